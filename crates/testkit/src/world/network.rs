//! The network and the clock: letters and appointments, in the order of virtual time.
//!
//! The weather says how bad it is: letters are lost, come twice, come much later, or do not come
//! at all because a line is cut. What it does to a letter is drawn when the letter is posted.

use std::collections::BTreeMap;

use openset_types::UnixTime;

use super::people::Deed;
use crate::{draws::Draws, pki};

/// Milliseconds since the world began.
pub type Moment = u64;

/// A party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The cardholders' wallet.
    Wallet,
    /// The merchant.
    Merchant,
    /// The payment gateway.
    Gateway,
    /// The cardholders' bank.
    Issuer,
    /// The merchant's bank.
    Acquirer,
    /// The authority that certifies cardholders.
    CardholderAuthority,
    /// The authority that certifies merchants.
    MerchantAuthority,
    /// The authority that certifies payment gateways.
    GatewayAuthority,
}

/// Who talks to whom. Each line may be cut in either direction.
pub const LINES: [(Role, Role); 8] = [
    (Role::Wallet, Role::Merchant),
    (Role::Merchant, Role::Gateway),
    (Role::Gateway, Role::Issuer),
    (Role::Gateway, Role::Acquirer),
    (Role::Wallet, Role::CardholderAuthority),
    (Role::Merchant, Role::MerchantAuthority),
    (Role::Gateway, Role::GatewayAuthority),
    (Role::CardholderAuthority, Role::Issuer),
];

/// Something on its way from one party to another.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Who sent it.
    pub from: Role,
    /// Who gets it.
    pub to: Role,
    /// What kind it is.
    pub kind: Kind,
    /// The asker's errand: an answer finds its question by it.
    pub errand: u64,
    /// What it says.
    pub octets: Vec<u8>,
}

/// What a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It asks.
    Question,
    /// It answers.
    Answer,
}

/// Something that happens.
#[derive(Debug, Clone)]
pub enum Event {
    /// A letter arrives.
    Arrives(Letter),
    /// A party starts again.
    Starts(Role),
    /// Somebody does something.
    Does(Deed),
    /// A party looks whether something has been answered, unless it has stopped since.
    Looks {
        /// Who.
        role: Role,
        /// How often it had stopped.
        stops: u32,
        /// What.
        errand: u64,
        /// How often it has looked.
        tries: u32,
    },
    /// A party looks which instances want to be woken.
    Wakes {
        /// Who.
        role: Role,
        /// How often it had stopped.
        stops: u32,
    },
}

/// How bad the network is, in a thousand letters, and how long.
#[derive(Debug, Clone)]
pub struct Weather {
    /// How many are lost.
    pub lost: u64,
    /// How many come again.
    pub repeated: u64,
    /// The longest ordinary delay, in milliseconds.
    pub delay_ms_max: u64,
    /// How much later a repetition may come, in milliseconds.
    pub late_ms_max: u64,
    /// How many steps end in a crash.
    pub crashes: u64,
    /// Lines that are cut.
    pub cuts: Vec<Cut>,
    /// When all of this ends.
    pub heals_at: Moment,
}

/// A line on which nothing arrives for a while, in one direction.
#[derive(Debug, Clone)]
pub struct Cut {
    /// From whom.
    pub from: Role,
    /// To whom.
    pub to: Role,
    /// Since when.
    pub begins_at: Moment,
    /// Until when.
    pub ends_at: Moment,
}

/// What will happen, and what time it is.
#[derive(Default)]
pub struct Network {
    queue: BTreeMap<(Moment, u64), Event>,
    number: u64,
    now: Moment,
}

impl Weather {
    /// Nothing is lost and everything is quick.
    pub fn calm() -> Self {
        Self {
            lost: 0,
            repeated: 0,
            delay_ms_max: 20,
            late_ms_max: 0,
            crashes: 0,
            cuts: Vec::new(),
            heals_at: 0,
        }
    }

    fn is_cut(&self, letter: &Letter, now: Moment) -> bool {
        self.cuts.iter().any(|cut| {
            cut.from == letter.from
                && cut.to == letter.to
                && (cut.begins_at..cut.ends_at).contains(&now)
        })
    }
}

impl Network {
    /// Milliseconds since the world began.
    pub fn moment(&self) -> Moment {
        self.now
    }

    /// The time, as clocks show it.
    pub fn now(&self) -> UnixTime {
        let seconds = i64::try_from(self.now / 1000).expect("worlds are short");
        pki::beginning().plus_s(seconds)
    }

    /// The next thing that happens. The clock moves on to it.
    pub fn take_next(&mut self) -> Option<Event> {
        let ((at, _), event) = self.queue.pop_first()?;
        self.now = at;
        Some(event)
    }

    /// Something happens after so many milliseconds.
    pub fn after(&mut self, delay_ms: u64, event: Event) {
        self.number += 1;
        self.queue.insert((self.now + delay_ms, self.number), event);
    }

    /// Something happens when clocks show a time.
    pub fn at(&mut self, time: UnixTime, event: Event) {
        let seconds = time.seconds_since(pki::beginning());
        let at = u64::try_from(seconds).unwrap_or_default() * 1000;
        self.after(at.saturating_sub(self.now), event);
    }

    /// Sends a letter, as well as the weather lets it.
    pub fn post(&mut self, letter: Letter, weather: &Weather, draws: &mut Draws) {
        let delay_ms = draws.between(1, weather.delay_ms_max.max(1));
        if self.now >= weather.heals_at {
            return self.after(delay_ms, Event::Arrives(letter));
        }
        if draws.happens(weather.repeated) {
            let late_ms = draws.between(1, weather.late_ms_max.max(1));
            self.after(late_ms, Event::Arrives(letter.clone()));
        }
        if !draws.happens(weather.lost) && !weather.is_cut(&letter, self.now) {
            self.after(delay_ms, Event::Arrives(letter));
        }
    }
}

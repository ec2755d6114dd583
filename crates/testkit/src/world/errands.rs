//! What is to be done until it succeeds, and what is taken up again after a crash.

use openset_protocol::role;
use openset_types::UnixTime;

use super::{
    World,
    disk::{Errand, What},
    hands::hands,
    network::{Event, Kind, Letter, Role},
    played::Played,
    shell::Cause,
};

/// The first interval between two tries; each is twice the one before.
const INTERVAL_MS: u64 = 1_000;
/// The longest interval between two tries.
const INTERVAL_MS_MAX: u64 = 60_000;

impl World {
    /// Looks at an errand: whatever is not done is done, or done again.
    pub(super) fn looks(&mut self, role: Role, errand: u64, tries: u32) {
        let party = self.party_mut(role);
        let Some(Errand { place, what }) = party.disk.find_errand(errand).cloned() else { return };
        let call = party.calls.get(&errand).cloned();
        let (to, octets, again_ms) = match (what, call) {
            (What::Ask { party, message, .. }, _) => {
                (addressee(&party), message, interval_ms(tries))
            }
            // Its outcome was refused: it counts as interrupted.
            (What::Own(note), None) => {
                return (hands(place.0).takes_up)(self, role, errand, &place.1, &note);
            }
            (What::Own(_), Some(call)) => match (tries, call.means.patience_ms()) {
                (0, patience_ms) => {
                    (call.to, call.first, patience_ms.unwrap_or_else(|| interval_ms(tries)))
                }
                (_, None) => (call.to, call.again, interval_ms(tries)),
                (_, Some(_)) => return self.bank_is_silent(role, errand, &place.1, &call.means),
            },
        };
        self.post(Letter { from: role, to, kind: Kind::Question, errand, octets });
        let (stops, tries) = (self.stops(role), tries + 1);
        self.network.after(again_ms, Event::Looks { role, stops, errand, tries });
    }

    /// What came of an errand was refused: it is looked at again when its question is forgotten.
    pub(super) fn looks_later(&mut self, role: Role, errand: u64) {
        self.party_mut(role).calls.remove(&errand);
        let (stops, tries) = (self.stops(role), 1);
        self.network.after(INTERVAL_MS_MAX, Event::Looks { role, stops, errand, tries });
    }

    /// Wakes every instance whose time has come.
    pub(super) fn wakes(&mut self, role: Role) {
        let now = self.now();
        while !self.is_down(role) {
            let Some((kind, key)) = self.party_mut(role).disk.due(now) else { return };
            (hands(kind).wakes)(self, role, &key);
        }
    }

    pub(super) fn wake<M: Played>(&mut self, role: Role, key: &[u8]) {
        self.input::<M>(role, key, M::woke(), Cause::Timer);
    }

    /// Takes up what was interrupted: questions are asked again, the same octets; what was the
    /// machine's own is reported to it.
    pub(super) fn recovers(&mut self, role: Role) {
        let errands: Vec<_> =
            self.party_mut(role).disk.errands().map(|(id, errand)| (id, errand.clone())).collect();
        for (id, Errand { place: (kind, key), what }) in errands {
            match what {
                _ if self.is_down(role) => return,
                What::Ask { .. } => self.looks(role, id, 0),
                What::Own(note) => (hands(kind).takes_up)(self, role, id, &key, &note),
            }
        }
        let stops = self.stops(role);
        let timers: Vec<UnixTime> = self.party_mut(role).disk.timers().collect();
        for time in timers {
            self.network.at(time, Event::Wakes { role, stops });
        }
    }

    pub(super) fn interrupted<M: Played>(
        &mut self,
        role: Role,
        errand: u64,
        key: &[u8],
        note: &[u8],
    ) {
        let note = serde_json::from_slice(note).expect("what was written can be read");
        self.input::<M>(role, key, M::interrupted(note), Cause::Errand(errand));
    }
}

fn addressee(party: &role::Party) -> Role {
    match party {
        role::Party::Merchant { .. } => Role::Merchant,
        role::Party::Gateway(_) => Role::Gateway,
        role::Party::CardholderAuthority(_) => Role::CardholderAuthority,
        role::Party::MerchantAuthority(_) => Role::MerchantAuthority,
        role::Party::GatewayAuthority(_) => Role::GatewayAuthority,
        role::Party::ReferredAuthority { url } => panic!("nobody here refers to {url}"),
    }
}

fn interval_ms(tries: u32) -> u64 {
    INTERVAL_MS.saturating_mul(1 << tries.min(16)).min(INTERVAL_MS_MAX)
}

//! What is true whatever happens, and what is true when all is quiet.
//!
//! Each invariant is a function that says what is wrong, or nothing. [`Watch`] asks the first kind
//! after every event and the second kind at the end.

mod agreement;
mod authority;
mod certificates;
mod enrolments;
mod privacy;

use std::fmt;

pub use agreement::{invariant_both_sides_agree_when_quiet, invariant_everything_is_done};
pub use authority::{
    invariant_a_declined_card_is_never_charged, invariant_captured_at_most_once,
    invariant_every_claim_is_claimed_once, invariant_money_is_conserved,
    invariant_money_reaches_the_merchant_to_the_cent, invariant_no_capture_without_authorization,
    invariant_no_more_is_given_back_than_was_taken, invariant_one_hold_for_one_consent,
    invariant_same_rrpid_same_reply,
};
pub use certificates::{
    Acknowledged, invariant_every_certificate_chains_to_root,
    invariant_every_issued_certificate_was_recorded_first, invariant_one_key_is_certified_once,
    invariant_serial_numbers_are_never_reused,
};
pub use enrolments::invariant_every_enrolment_ends;
pub use privacy::Privacy;

use openset_protocol::gateway::{
    Authorization, authorization::GatewayAuthorization, capture::Captures, capture::GatewayCapture,
};

use crate::world::World;

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which one.
    pub invariant: &'static str,
    /// What is the case instead.
    pub what: String,
}

/// What the gateway has stored, read once for all who look at it.
#[derive(Debug, Default)]
pub struct Desk {
    /// Its authorizations.
    pub authorizations: Vec<Authorization>,
    /// Its captures.
    pub captures: Vec<Captures>,
}

/// Looks at a world after every event.
#[derive(Debug, Default)]
pub struct Watch {
    privacy: Privacy,
    acknowledged: Acknowledged,
    desk: Desk,
    gateway_wrote: usize,
    signed: usize,
    banks_wrote: u64,
}

/// Nothing, or what is broken.
pub type Holds = Result<(), Broken>;

fn broken(invariant: &'static str, what: impl Into<String>) -> Holds {
    Err(Broken { invariant, what: what.into() })
}

impl Desk {
    /// Reads what the gateway has stored.
    pub fn of(world: &World) -> Self {
        let disk = &world.gateway.disk;
        Self {
            authorizations: disk.states::<GatewayAuthorization>().map(|(_, one)| one).collect(),
            captures: disk.states::<GatewayCapture>().map(|(_, one)| one).collect(),
        }
    }
}

impl Watch {
    /// Looks at what one event has changed.
    pub fn after_event(&mut self, world: &World) -> Holds {
        self.privacy.look(world)?;
        invariant_same_rrpid_same_reply(world)?;
        invariant_every_claim_is_claimed_once(world)?;
        self.acknowledged.invariant_an_acknowledged_certificate_is_never_lost(world)?;
        let signed = world.authorities().into_iter().filter_map(|(_, party)| party.witness());
        let signed = signed.map(|witness| witness.signed().len()).sum();
        if signed != self.signed {
            self.signed = signed;
            invariant_every_issued_certificate_was_recorded_first(world)?;
            invariant_one_key_is_certified_once(world)?;
            invariant_serial_numbers_are_never_reused(world)?;
            invariant_every_certificate_chains_to_root(world)?;
        }
        let wrote = world.gateway.disk.written_since(self.gateway_wrote).len();
        let banks_wrote = world.issuer.changes() + world.acquirer.changes();
        if wrote == 0 && banks_wrote == self.banks_wrote {
            return Ok(());
        }
        if wrote > 0 {
            self.desk = Desk::of(world);
        }
        self.gateway_wrote += wrote;
        self.banks_wrote = banks_wrote;
        invariant_money_is_conserved(world)?;
        invariant_no_capture_without_authorization(world)?;
        invariant_no_more_is_given_back_than_was_taken(world)?;
        invariant_captured_at_most_once(&self.desk)?;
        invariant_one_hold_for_one_consent(world, &self.desk)?;
        invariant_a_declined_card_is_never_charged(world)
    }

    /// Looks at a world in which nothing happens any more and the books are closed.
    pub fn when_quiet(&mut self, world: &World) -> Holds {
        self.after_event(world)?;
        invariant_everything_is_done(world)?;
        invariant_every_enrolment_ends(world)?;
        invariant_both_sides_agree_when_quiet(world, &self.desk)?;
        invariant_money_reaches_the_merchant_to_the_cent(world)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)
    }
}

impl std::error::Error for Broken {}

//! When all is quiet, nobody waits for a certificate any more.

use openset_protocol::{
    ca::{AuthorityEnrolment, Stage as Issues},
    cardholder::registration::{CardholderRegistration, Stage as CardStage},
    enrolment::applicant::{Applicant, Registering, Stage},
    gateway::registration::Gateway,
    merchant::registration::Merchant,
};

use super::{Holds, broken};
use crate::world::{Party, World};

/// Nobody waits: an applicant has its certificates, or a form before it, or a no. A certified
/// card can be paid with.
pub fn invariant_every_enrolment_ends(world: &World) -> Holds {
    const NAME: &str = "invariant_every_enrolment_ends";
    for (key, registration) in world.wallet.disk.states::<CardholderRegistration>() {
        let key_text = String::from_utf8_lossy(key);
        match registration.stage {
            CardStage::Certified { .. } if !world.vault.can_pay_with(key) => {
                return broken(NAME, format!("{key_text} is certified and cannot be paid with"));
            }
            CardStage::Certified { .. }
            | CardStage::FormShown(_)
            | CardStage::Referred(_)
            | CardStage::Refused(_) => {}
            CardStage::Started(_)
            | CardStage::Introduced(_)
            | CardStage::Asking { .. }
            | CardStage::Applied(_)
            | CardStage::Pending(_)
            | CardStage::Inquiring(_) => {
                return broken(NAME, format!("the wallet waits for {key_text}"));
            }
        }
    }
    nobody_waits::<Merchant>(&world.merchant)?;
    nobody_waits::<Gateway>(&world.gateway)?;
    for (role, party) in world.authorities() {
        for (_, enrolment) in party.disk.states::<AuthorityEnrolment>() {
            if let Issues::Applied(_) | Issues::Issuing(_) = enrolment.stage {
                return broken(NAME, format!("the {role} has not decided"));
            }
        }
    }
    Ok(())
}

fn nobody_waits<A: Applicant>(party: &Party) -> Holds {
    for (key, registration) in party.disk.states::<Registering<A>>() {
        let (Stage::Started(_) | Stage::Applied(_) | Stage::Pending(_) | Stage::Inquiring(_)) =
            registration.stage
        else {
            continue;
        };
        let what = format!("{} waits: {}", A::KIND, String::from_utf8_lossy(key));
        return broken("invariant_every_enrolment_ends", what);
    }
    Ok(())
}

//! The authority's answer: compared with what was asked.
//!
//! It is signed and not sealed, so anybody may have seen it and may send it again: it is believed
//! only with the challenge of this application in it (A18).

use openset_crypto::{Bag, Certified, Purpose};
use openset_types::UnixTime;
use openset_wire::types::Thumbs;

use super::{Applicant, Applied, Registering, Registration, Shown, Stage, Taken, Verdict};
use crate::{
    enrolment::{self, CertifiedKey, Echo, FormShown, NewKey, Said, certified},
    refusal::Refusal,
    role::{Effect, Env, Step},
};

type World<'a, A> = Env<'a, Registering<A>>;

/// CertRes.
pub(super) fn on_cert_res<A: Applicant>(
    registration: Registration<A>,
    verdict: &Verdict,
    env: &World<'_, A>,
) -> Taken<A> {
    let (Stage::Applied(applied) | Stage::Inquiring(applied)) = &registration.stage else {
        return Err(Refusal::AuthorityAnsweredAnother);
    };
    let data = &verdict.heard.data;
    applied.question.require(&Echo {
        rrpid: (verdict.rrpid, data.rrpid.0),
        lid_ee: (&registration.lid_ee, &data.lid_ee),
        challenge: &data.chall_ee3,
        thumbs: data.thumbs.as_ref(),
    })?;
    if data.lid_ca.0 != applied.shown.addressee.lid_ca {
        return Err(Refusal::AuthorityAnsweredAnother);
    }
    let (bag, brand) = (&verdict.heard.bag, &registration.brand);
    enrolment::learn(data.brand_crl_identifier.as_ref(), bag, brand, env)?;
    let stage = match Said::read(data) {
        Said::Certified => {
            let (stage, due) = certified(&registration, data.cert_thumbs.as_ref(), bag, env)?;
            return Ok(Step::new(registration.becomes(stage)).then(Effect::WakeAt(due)));
        }
        Said::Undecided => {
            let wake = env.now.plus_s(env.standing.patience.inquire_after_s);
            let stage = Stage::Pending(applied.clone());
            return Ok(Step::new(registration.becomes(stage)).then(Effect::WakeAt(wake)));
        }
        Said::Unfit(unfit) => Stage::FormShown(again(applied.clone(), unfit)),
        Said::No(ended) => Stage::Refused(ended),
    };
    Ok(Step::new(registration.becomes(stage)))
}

fn again(applied: Applied, unfit: Vec<enrolment::Unfit>) -> Shown {
    let form = FormShown { unfit, ..applied.shown.form };
    Shown { form, ..applied.shown }
}

/// Both certificates, each about the right key and the right names (A18, A19), and when others
/// are due.
fn certified<A: Applicant>(
    registration: &Registration<A>,
    thumbs: Option<&Thumbs>,
    bag: &Bag,
    env: &World<'_, A>,
) -> Result<(Stage, UnixTime), Refusal> {
    let patience = env.standing.patience;
    let due = |leaf: &Certified| patience.renewal_due(leaf.not_before(), leaf.not_after());
    let certified = |key: &NewKey, purpose: Purpose| {
        let believed = (purpose, &registration.brand);
        let path = certified::find(thumbs, bag, key, believed, env)?;
        match A::is_named(&registration.names, path.leaf()) {
            true => Ok((CertifiedKey::of(&path)?, due(path.leaf()))),
            false => Err(Refusal::AuthorityCertifiedAnotherApplicant),
        }
    };
    let (signature, due) = certified(&registration.keys.signature, A::SIGNATURE)?;
    let (encipherment, due_too) = certified(&registration.keys.encipherment, A::ENCIPHERMENT)?;
    Ok((Stage::Certified { signature, encipherment }, due.min(due_too)))
}

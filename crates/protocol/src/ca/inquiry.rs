//! CertInqReq: what has become of an application. Only whoever applied is told (A14).

use openset_crypto::{Claimed, Untrusted};
use openset_wire::{
    cert::{CertInqReqTbs, CertReqData, CertStatusCode},
    der::{decode, encode},
    x509::Certificate,
};

use super::{
    Answerable, Enrolment, Stage, Told,
    enrolment::{AuthorityEnrolment, Taken},
    proof,
    reply::{Asking, Outcome},
};
use crate::{
    octets::Octets,
    refusal::Refusal,
    role::{Env, Step},
};

type World<'a> = Env<'a, AuthorityEnrolment>;

/// CertInqReq is answered by CertInqRes, and nothing is changed.
pub(super) fn on_cert_inq_req(
    enrolment: Enrolment,
    inquiry: &Claimed<CertInqReqTbs>,
    env: &World<'_>,
) -> Taken {
    let about = enrolment.stage.answerable().ok_or(Refusal::SenderNamedUnknownLabel)?;
    let opened = proof::reopen(&about.request, env)?;
    require_applicant(inquiry, &opened.data, about.renews.as_ref(), env)?;
    if inquiry.value().lid_ee.0 != enrolment.lid_ee {
        return Err(Refusal::SenderNamedUnknownLabel);
    }
    let certificates = issued(&enrolment.stage)?;
    let outcome = Outcome {
        certificates: &certificates,
        nonce_cca: about.nonce_cca.as_ref(),
        ..outcome(&enrolment.stage)
    };
    let asking = Asking::inquiry(inquiry.value(), &opened.data);
    let reply = outcome.reply(&asking, &enrolment.lid_ca, env)?;
    Ok(Step::new(enrolment).then(reply))
}

/// The key that signed the application signs the inquiry; where no new key could, the holder of
/// the certificate that did.
fn require_applicant(
    inquiry: &Claimed<CertInqReqTbs>,
    applied: &CertReqData,
    renews: Option<&Octets>,
    env: &World<'_>,
) -> Result<(), Refusal> {
    if let Some(key) = &applied.public_key_s_or_e.public_key_s {
        inquiry.possessed_by(key)?;
        return Ok(());
    }
    let (purpose, brand) = (env.standing.policy.certifies.signature(), Some(&env.standing.brand));
    let verified = inquiry.verified(env.trust, purpose, brand, env.now)?;
    let signer: Octets = encode(verified.signer().leaf().certificate())?.into();
    if renews == Some(&signer) { Ok(()) } else { Err(Untrusted::OtherKey.into()) }
}

fn outcome(stage: &Stage) -> Outcome<'_> {
    match stage {
        Stage::Issued { .. } => Outcome::of(CertStatusCode::RequestComplete),
        Stage::Refused { code, message, .. } => {
            Outcome { message: message.as_deref(), ..Outcome::of(*code) }
        }
        Stage::Returned(returned) => {
            let message = returned.message.as_deref();
            Outcome { message, ..Outcome::unfit(returned.unfit.clone()) }
        }
        Stage::Applied(applied) if applied.told == Told::Pended => {
            Outcome::of(CertStatusCode::RequestPended)
        }
        Stage::Applied(_)
        | Stage::Issuing(_)
        | Stage::Initiated
        | Stage::Unserved(_)
        | Stage::FormSent(_) => Outcome::of(CertStatusCode::RequestInProgress),
    }
}

fn issued(stage: &Stage) -> Result<Vec<Certificate>, Refusal> {
    let Stage::Issued { certificates, .. } = stage else { return Ok(Vec::new()) };
    certificates.iter().map(|one| Ok(decode(one.as_ref())?)).collect()
}

impl Stage {
    /// What inquiries are answered with, if they still are.
    fn answerable(&self) -> Option<Answerable> {
        let of = |request: &Octets, renews: &Option<Octets>| Answerable {
            request: request.clone(),
            renews: renews.clone(),
            nonce_cca: None,
        };
        match self {
            Self::Applied(applied) => Some(of(&applied.request, &applied.renews)),
            Self::Returned(returned) => {
                Some(of(&returned.applied.request, &returned.applied.renews))
            }
            Self::Issuing(issuing) => Some(of(&issuing.applied.request, &issuing.applied.renews)),
            Self::Issued { about, .. } | Self::Refused { about, .. } => about.clone(),
            Self::Initiated | Self::Unserved(_) | Self::FormSent(_) => None,
        }
    }
}

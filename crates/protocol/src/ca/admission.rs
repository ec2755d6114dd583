//! What is let in: cheap checks first, then the envelopes, then the signatures.

use openset_crypto::{Beside, PublicKey, Suite, claimed, open_with_extra};
use openset_types::{LocalId, Rrpid};
use openset_wire::{
    cert::{
        CardCInitReq, CertInqReq, CertReq, IdData, MeAqCInitReq, PublicKeySorE, RegFormReq,
        RequestType,
    },
    der::encode,
    x509::SubjectPublicKeyInfo,
};

use super::{
    Certifies, Standing,
    enrolment::{Applying, AuthorityEnrolment, Input, Inquiring},
    proof::{self, Brought},
    welcome::FormWanted,
};
use crate::{
    acceptance::same_rrpid,
    enrolment::Wanted,
    refusal::Refusal,
    role::{Admitted, Claim, Env, Lookup, Register},
};

type World<'a> = Env<'a, AuthorityEnrolment>;
type Let = Result<Admitted<Input>, Refusal>;

/// CardCInitReq: comes in clear from anybody.
pub(super) fn card_c_init_req(message: &CardCInitReq, rrpid: Rrpid, env: &World<'_>) -> Let {
    env.standing.require(Certifies::Cardholders, "CardCInitReq")?;
    same_rrpid(rrpid, message.rrpid.0)?;
    env.standing.require_brand(&message.brand_id)?;
    let lid_ca = env.draw().local_id();
    let request = Box::new(message.clone());
    Ok(create(&lid_ca.clone(), Input::CardCInitReq { request, lid_ca }))
}

/// Me-AqCInitReq: comes in clear from anybody.
pub(super) fn me_aq_c_init_req(message: &MeAqCInitReq, rrpid: Rrpid, env: &World<'_>) -> Let {
    let certifies = match &message.id_data {
        IdData::MerchantAcquirerId(_) => Certifies::Merchants,
        IdData::AcquirerId(_) => Certifies::Gateways,
    };
    env.standing.require(certifies, "Me-AqCInitReq")?;
    same_rrpid(rrpid, message.rrpid.0)?;
    env.standing.require_brand(&message.brand_id)?;
    env.standing.wanted(message.request_type)?;
    let lid_ca = env.draw().local_id();
    let request = Box::new(message.clone());
    Ok(create(&lid_ca.clone(), Input::MeAqCInitReq { request, lid_ca }))
}

/// RegFormReq: EXH, so the card's number is inside.
pub(super) fn reg_form_req(message: &RegFormReq, rrpid: Rrpid, env: &World<'_>) -> Let {
    env.standing.require(Certifies::Cardholders, "RegFormReq")?;
    let openers = &env.standing.encipherments;
    let opened = open_with_extra(message, openers, env.suite(), env.keys)?;
    let Beside { value, extra } = opened.into_value();
    let data = value.t1.into_value();
    same_rrpid(rrpid, data.rrpid.0)?;
    env.standing.wanted(data.request_type)?;
    let lid_ca = data.lid_ca.as_ref().ok_or(Refusal::SenderNamedUnknownLabel)?;
    let instance = Lookup::Key(lid_ca.as_bytes().to_vec());
    let sealed = message.octets().into();
    let wanted = FormWanted { data, pan: extra.pan.0, sealed };
    Ok(Admitted { instance, held: Vec::new(), input: Input::RegFormReq(Box::new(wanted)) })
}

/// CertReq: EncX or Enc, signed by the very key that is to be certified, by the holder of the
/// certificate that is renewed, or by both.
pub(super) fn cert_req(message: &CertReq, rrpid: Rrpid, env: &World<'_>) -> Let {
    // Abuse case 29: nobody is certified by an authority that does not know which lists are good.
    env.trust.require_bci(&env.standing.brand, env.now)?;
    let brought = proof::open(message, env)?;
    let (data, held) = match &brought {
        Brought::Proved(opened) => {
            (&opened.data, claims(env.suite(), &opened.data.public_key_s_or_e)?)
        }
        Brought::Unproved { data, .. } => (data, Vec::new()),
    };
    same_rrpid(rrpid, data.rrpid.0)?;
    let lid_ca = data.lid_ca.as_ref().ok_or(Refusal::SenderNamedUnknownLabel)?;
    let instance = Lookup::Key(lid_ca.as_bytes().to_vec());
    let applying = Applying { brought, sealed: encode(message)?.into() };
    Ok(Admitted { instance, held, input: Input::CertReq(Box::new(applying)) })
}

/// CertInqReq: S, with the key that signed the application.
pub(super) fn cert_inq_req(message: &CertInqReq, rrpid: Rrpid, env: &World<'_>) -> Let {
    let inquiry = claimed(env.suite(), message.clone())?;
    same_rrpid(rrpid, inquiry.value().rrpid.0)?;
    let instance = Lookup::Key(inquiry.value().lid_ca.as_bytes().to_vec());
    let input = Input::CertInqReq(Box::new(Inquiring { inquiry }));
    Ok(Admitted { instance, held: Vec::new(), input })
}

/// The entries of the register that the keys of an application would take (A15).
pub(super) fn claims(suite: Suite, keys: &PublicKeySorE) -> Result<Vec<Claim>, Refusal> {
    let all = [&keys.public_key_s, &keys.public_key_e].into_iter().flatten();
    all.map(|key| {
        let key = public_key(suite, key)?.id().as_bytes().to_vec();
        Ok(Claim { register: Register::Certified, key })
    })
    .collect()
}

/// A public key, as it came.
pub(super) fn public_key(suite: Suite, info: &SubjectPublicKeyInfo) -> Result<PublicKey, Refusal> {
    Ok(PublicKey::from_der(suite, &encode(info)?)?)
}

fn create(lid_ca: &LocalId, input: Input) -> Admitted<Input> {
    let instance = Lookup::Key(lid_ca.as_bytes().to_vec());
    Admitted { instance, held: Vec::new(), input }
}

impl Standing {
    /// Refuses a message that another kind of authority answers.
    fn require(&self, certifies: Certifies, name: &'static str) -> Result<(), Refusal> {
        if self.policy.certifies == certifies {
            return Ok(());
        }
        Err(Refusal::SenderSentForeignMessage { name })
    }

    /// What a request asks for. Refuses what another kind of authority gives.
    pub(super) fn wanted(&self, request: RequestType) -> Result<Wanted, Refusal> {
        let (kind, wanted) = Wanted::read(request);
        if kind == self.policy.certifies.authority() {
            return Ok(wanted);
        }
        Err(Refusal::ApplicantAskedForAnother)
    }

    /// Refuses another brand (A12).
    fn require_brand(&self, brand: &openset_types::Brand) -> Result<(), Refusal> {
        if self.brand == *brand {
            return Ok(());
        }
        Err(Refusal::SenderNamedForeignBrand { brand: brand.clone() })
    }
}

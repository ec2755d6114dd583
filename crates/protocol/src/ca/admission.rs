//! What is let in: cheap checks first, then the envelopes, then the proof of the new key.

use openset_crypto::{Beside, PublicKey, open_with_extra};
use openset_types::{LocalId, Rrpid};
use openset_wire::{
    cert::{CardCInitReq, CertReq, IdData, MeAqCInitReq, PublicKeySorE, RegFormReq},
    der::encode,
    x509::SubjectPublicKeyInfo,
};

use super::{
    Certifies, Standing, application,
    enrolment::{Applying, AuthorityEnrolment, Input},
    welcome::FormWanted,
};
use crate::{
    acceptance::same_rrpid,
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
    if message.request_type != certifies.request() {
        return Err(Refusal::ApplicantAskedForAnother);
    }
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
    if data.request_type != Certifies::Cardholders.request() {
        return Err(Refusal::ApplicantAskedForAnother);
    }
    let lid_ca = data.lid_ca.as_ref().ok_or(Refusal::SenderNamedUnknownLabel)?;
    let instance = Lookup::Key(lid_ca.as_bytes().to_vec());
    let sealed = message.octets().into();
    let wanted = FormWanted { data, pan: extra.pan.0, sealed };
    Ok(Admitted { instance, held: Vec::new(), input: Input::RegFormReq(Box::new(wanted)) })
}

/// CertReq: EncX or Enc, signed by the very key that is to be certified.
pub(super) fn cert_req(message: &CertReq, rrpid: Rrpid, env: &World<'_>) -> Let {
    let opened = application::open(message, env)?;
    same_rrpid(rrpid, opened.data.rrpid.0)?;
    let lid_ca = opened.data.lid_ca.as_ref().ok_or(Refusal::SenderNamedUnknownLabel)?;
    let instance = Lookup::Key(lid_ca.as_bytes().to_vec());
    let held = claims(&opened.data.public_key_s_or_e)?;
    let applying = Applying { opened, sealed: encode(message)?.into() };
    Ok(Admitted { instance, held, input: Input::CertReq(Box::new(applying)) })
}

/// The entries of the register that the keys of an application would take (A15).
pub(super) fn claims(keys: &PublicKeySorE) -> Result<Vec<Claim>, Refusal> {
    let all = [&keys.public_key_s, &keys.public_key_e].into_iter().flatten();
    all.map(|key| {
        let key = public_key(key)?.id().as_bytes().to_vec();
        Ok(Claim { register: Register::Certified, key })
    })
    .collect()
}

/// A public key, as it came.
pub(super) fn public_key(info: &SubjectPublicKeyInfo) -> Result<PublicKey, Refusal> {
    Ok(PublicKey::from_der(&encode(info)?)?)
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

    /// Refuses another brand (A12).
    fn require_brand(&self, brand: &openset_types::Brand) -> Result<(), Refusal> {
        if self.brand == *brand {
            return Ok(());
        }
        Err(Refusal::SenderNamedForeignBrand { brand: brand.clone() })
    }
}

//! CertRes and CertInqRes: what came of an application.

use openset_crypto::{Bag, Suite, Thumb, seal_under};
use openset_types::{LocalId, Rrpid, Secret};
use openset_wire::{
    cert::{CertInqReqTbs, CertReqData, CertRes, CertResData, CertStatus, CertStatusCode},
    types::{BackKeyData, Challenge, Thumbs},
    wrapper::Message,
    x509::Certificate,
};

use super::enrolment::{AuthorityEnrolment, Effect};
use crate::{
    enrolment::{Unfit, text},
    octets::Octets,
    refusal::Refusal,
    role::{Effect as Do, Env},
};

type World<'a> = Env<'a, AuthorityEnrolment>;

/// Who asks what came of an application, and how the answer gets back.
pub(super) struct Asking<'a> {
    rrpid: Rrpid,
    lid_ee: &'a LocalId,
    challenge: &'a Challenge,
    thumbs: Option<&'a Thumbs>,
    back_key: Option<&'a BackKeyData>,
    message: fn(CertRes) -> Message,
}

impl<'a> Asking<'a> {
    /// The application itself.
    pub(super) fn request(data: &'a CertReqData) -> Self {
        Self {
            rrpid: data.rrpid.0,
            lid_ee: &data.lid_ee.0,
            challenge: &data.chall_ee3,
            thumbs: data.thumbs.as_ref(),
            back_key: data.ca_back_key_data.as_ref(),
            message: Message::CertRes,
        }
    }

    /// An inquiry after it. What the applicant had already it still has.
    pub(super) fn inquiry(inquiry: &'a CertInqReqTbs, applied: &'a CertReqData) -> Self {
        Self {
            rrpid: inquiry.rrpid.0,
            lid_ee: &inquiry.lid_ee.0,
            challenge: &inquiry.chall_ee3,
            message: Message::CertInqRes,
            thumbs: None,
            ..Self::request(applied)
        }
    }
}

/// What came of an application.
pub(super) struct Outcome<'a> {
    pub(super) code: CertStatusCode,
    pub(super) nonce_cca: Option<&'a Octets>,
    pub(super) message: Option<&'a str>,
    pub(super) unfit: Vec<Unfit>,
    pub(super) certificates: &'a [Certificate],
}

impl Outcome<'_> {
    /// A code and no more.
    pub(super) fn of(code: CertStatusCode) -> Self {
        Self { code, nonce_cca: None, message: None, unfit: Vec::new(), certificates: &[] }
    }

    /// Answers that do not fit. Others may be given.
    pub(super) fn unfit(unfit: Vec<Unfit>) -> Self {
        Self { unfit, ..Self::of(CertStatusCode::RegFormAnswerMalformed) }
    }

    /// The answer: signed, and sealed if a cardholder gave a key for it.
    pub(super) fn reply(
        &self,
        asking: &Asking<'_>,
        lid_ca: &LocalId,
        env: &World<'_>,
    ) -> Result<Do<Effect>, Refusal> {
        let rrpid = asking.rrpid;
        let data = self.data(asking, lid_ca, env)?;
        let signed = env.sign_beside(&data, self.bag(env), asking.thumbs)?;
        let answer = match back_key(asking, env) {
            Some(key) => CertRes::EncK(seal_under(env.suite(), &signed, key, rrpid.as_bytes())?),
            None => CertRes::CertResS(signed),
        };
        let message = (asking.message)(answer);
        let message = env.standing.letterhead.write(message, rrpid, None, env.now)?;
        Ok(Do::Reply { rrpid, message })
    }

    fn data(
        &self,
        asking: &Asking<'_>,
        lid_ca: &LocalId,
        env: &World<'_>,
    ) -> Result<CertResData, Refusal> {
        Ok(CertResData {
            rrpid: asking.rrpid.into(),
            lid_ee: asking.lid_ee.clone().into(),
            chall_ee3: asking.challenge.clone(),
            lid_ca: lid_ca.clone().into(),
            cert_status: self.status()?,
            cert_thumbs: self.thumbs(env)?,
            brand_crl_identifier: env.brand_list(asking.thumbs),
            thumbs: asking.thumbs.cloned(),
        })
    }

    fn status(&self) -> Result<CertStatus, Refusal> {
        let items = self.unfit.iter().map(Unfit::item).collect::<Result<Vec<_>, _>>()?;
        let nonce = self.nonce_cca.map(|nonce| Secret::new(nonce.as_ref().to_vec()).into());
        Ok(CertStatus {
            cert_status_code: self.code,
            nonce_cca: nonce,
            ee_message: self.message.map(text).transpose()?,
            ca_msg: None,
            failed_item_seq: (!items.is_empty()).then_some(items),
        })
    }

    /// Names the certificates, so that no other one that comes along is taken for them (A11).
    fn thumbs(&self, env: &World<'_>) -> Result<Option<Thumbs>, Refusal> {
        let suite = env.suite();
        let thumb = |one: &Certificate| Thumb::of_certificate(suite, one).cert_thumb(suite);
        let named = self.certificates.iter().map(thumb).collect::<Result<Vec<_>, _>>()?;
        let algorithm = named.first().map(|one| one.digest_algorithm.clone());
        Ok(algorithm.map(|digest_algorithm| Thumbs {
            digest_algorithm,
            cert_thumbs: Some(named.into_iter().map(|one| one.thumbprint).collect()),
            crl_thumbs: None,
            brand_crl_id_thumbs: None,
        }))
    }

    /// The certificates travel beside the signature, with those above them.
    fn bag(&self, env: &World<'_>) -> Bag {
        let bag = Bag::of(&env.standing.signature);
        if self.certificates.is_empty() {
            return bag;
        }
        let mut bag = bag.and(&env.standing.issuing);
        bag.certificates.extend(self.certificates.iter().cloned());
        bag
    }
}

/// The key that the answer is sealed under, if there is one that can be used.
fn back_key<'a>(asking: &Asking<'a>, env: &World<'_>) -> Option<&'a Secret> {
    if !env.standing.policy.certifies.seals_answers() {
        return None;
    }
    usable(asking.back_key?, env.suite())
}

/// A key that came to seal an answer with, if it is one of this suite.
pub(super) fn usable(given: &BackKeyData, suite: Suite) -> Option<&Secret> {
    let key = &given.back_key.0;
    let is_usable = given.back_alg_id == suite.content_encryption()
        && key.expose().len() == suite.content_key_octets();
    is_usable.then_some(key)
}

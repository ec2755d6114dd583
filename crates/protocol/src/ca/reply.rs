//! CertRes: what came of an application.

use openset_crypto::{Bag, Thumb, seal_under};
use openset_types::{LocalId, Secret};
use openset_wire::{
    cert::{CertRes, CertResData, CertStatus, CertStatusCode},
    types::Thumbs,
    wrapper::Message,
    x509::Certificate,
};

use super::{
    application::Opened,
    enrolment::{AuthorityEnrolment, Effect},
};
use crate::{
    enrolment::{Unfit, text},
    octets::Octets,
    refusal::Refusal,
    role::{Effect as Do, Env},
};

type World<'a> = Env<'a, AuthorityEnrolment>;

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

    /// The answer to an application: signed, and sealed if a cardholder gave a key for it.
    pub(super) fn reply(
        &self,
        opened: &Opened,
        lid_ca: &LocalId,
        env: &World<'_>,
    ) -> Result<Do<Effect>, Refusal> {
        let rrpid = opened.data.rrpid.0;
        let known = opened.data.thumbs.as_ref();
        let signed = env.sign_beside(&self.data(opened, lid_ca, env)?, self.bag(env), known)?;
        let answer = match back_key(opened, env) {
            Some(key) => CertRes::EncK(seal_under(env.suite(), &signed, key, rrpid.as_bytes())?),
            None => CertRes::CertResS(signed),
        };
        let message = Message::CertRes(answer);
        let message = env.standing.letterhead.write(message, rrpid, None, env.now)?;
        Ok(Do::Reply { rrpid, message })
    }

    fn data(
        &self,
        opened: &Opened,
        lid_ca: &LocalId,
        env: &World<'_>,
    ) -> Result<CertResData, Refusal> {
        let request = &opened.data;
        Ok(CertResData {
            rrpid: request.rrpid,
            lid_ee: request.lid_ee.clone(),
            chall_ee3: request.chall_ee3.clone(),
            lid_ca: lid_ca.clone().into(),
            cert_status: self.status()?,
            cert_thumbs: self.thumbs(env)?,
            brand_crl_identifier: env.brand_list(request.thumbs.as_ref()),
            thumbs: request.thumbs.clone(),
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
fn back_key<'a>(opened: &'a Opened, env: &World<'_>) -> Option<&'a Secret> {
    if !env.standing.policy.certifies.seals_answers() {
        return None;
    }
    let given = opened.data.ca_back_key_data.as_ref()?;
    (given.back_alg_id == env.suite().content_encryption()).then_some(&given.back_key.0)
}

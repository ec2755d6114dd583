//! CertReq, opened: whether whoever wrote it holds the key to be certified, and the certificate
//! that is to be renewed.

use std::sync::Arc;

use openset_crypto::{
    Bag, Beside, Claimed, OpenedWithExtra, Path, Unopened, Untrusted, claimed,
    open_signed_with_extra, open_without_extra,
};
use openset_wire::{
    cert::{AcctInfo, CertReq, CertReqData, CertReqTbex, CertStatusCode},
    der::decode,
    x509::SubjectPublicKeyInfo,
};

use super::enrolment::AuthorityEnrolment;
use crate::{
    enrolment::{KeysWanted, Occasion, Wanted},
    octets::Octets,
    refusal::Refusal,
    role::Env,
};

type World<'a> = Env<'a, AuthorityEnrolment>;

/// What came in a CertReq.
#[derive(Debug)]
pub(super) enum Brought {
    /// It was signed as it must be.
    Proved(Opened),
    /// It was not, or its account does not open: its writer is told with this code.
    Unproved {
        /// The request. Nothing in it is believed.
        data: CertReqData,
        /// What its writer is told.
        code: CertStatusCode,
    },
}

/// CertReq, opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) data: CertReqData,
    pub(super) account: Option<AcctInfo>,
    /// Who has signed it beside the new key, where somebody had to.
    pub(super) holder: Option<Holder>,
}

/// Somebody with a certificate.
#[derive(Debug)]
pub(super) struct Holder {
    pub(super) path: Arc<Path>,
    /// What travelled beside the signature.
    pub(super) bag: Bag,
}

/// Opens CertReq and checks who has signed it.
pub(super) fn open(request: &CertReq, env: &World<'_>) -> Result<Brought, Refusal> {
    let openers = &env.standing.encipherments;
    let (suite, keys) = (env.suite(), env.keys);
    match request {
        CertReq::Encx(sealed) => {
            let unproved = |code| {
                require_unchanged(env)?;
                let data = open_without_extra(sealed, openers, suite, keys)?;
                Ok(Brought::Unproved { data, code })
            };
            let Ok(opened) = open_signed_with_extra(sealed, openers, suite, keys) else {
                return unproved(CertStatusCode::DecryptionError);
            };
            match with_account(opened, env) {
                Ok(opened) => Ok(Brought::Proved(opened)),
                Err(_) => unproved(CertStatusCode::SigValidationFail),
            }
        }
        CertReq::Enc(sealed) => {
            let claimed = claimed(suite, env.open(sealed, openers)?);
            let claimed = claimed.map_err(|why| why.within(suite))?;
            if let Ok(opened) = without_account(&claimed, env) {
                return Ok(Brought::Proved(opened));
            }
            require_unchanged(env)?;
            let data = claimed.danger_assume_signed();
            Ok(Brought::Unproved { data, code: CertStatusCode::SigValidationFail })
        }
    }
}

/// Refuses to say more of an envelope than that it did not open, where whoever carried it could
/// change what is inside.
fn require_unchanged(env: &World<'_>) -> Result<(), Unopened> {
    env.suite().seals_against_change().then_some(()).ok_or(Unopened)
}

/// Opens again what was proved before it was stored.
pub(super) fn reopen(request: &Octets, env: &World<'_>) -> Result<Opened, Refusal> {
    let openers = &env.standing.encipherments;
    Ok(match decode(request.as_ref())? {
        CertReq::Encx(sealed) => {
            let opened: Result<_, Unopened> =
                open_signed_with_extra(&sealed, openers, env.suite(), env.keys);
            let Beside { value, extra } = opened?.danger_assume_signed();
            Opened { data: value.into_value(), account: Some(extra), holder: None }
        }
        CertReq::Enc(sealed) => {
            let claimed = claimed(env.suite(), env.open(&sealed, openers)?)?;
            Opened { data: claimed.danger_assume_signed(), account: None, holder: None }
        }
    })
}

/// The signatures of an EncX.
fn with_account(
    opened: OpenedWithExtra<CertReqTbex>,
    env: &World<'_>,
) -> Result<Opened, Untrusted> {
    let (purpose, brand) = (env.standing.policy.certifies.signature(), Some(&env.standing.brand));
    let (Beside { value, extra }, holder) = match signers(opened.data()) {
        Signers::NewKey => {
            let possessed = opened.verify_possession(env.suite(), signature_key)?;
            (possessed.into_value(), None)
        }
        Signers::Certified => {
            let verified = opened.verify(env.trust, purpose, brand, env.now)?;
            let (path, bag) = (Arc::clone(verified.signer()), verified.bag().clone());
            (verified.into_value(), Some(Holder { path, bag }))
        }
        Signers::Both => {
            let renewed =
                opened.verify_renewal(signature_key, env.trust, purpose, brand, env.now)?;
            let (path, bag) = (Arc::clone(renewed.signer()), Bag::default());
            (renewed.into_value(), Some(Holder { path, bag }))
        }
    };
    Ok(Opened { data: value.into_value(), account: Some(extra), holder })
}

/// The signatures of an Enc.
fn without_account(claimed: &Claimed<CertReqData>, env: &World<'_>) -> Result<Opened, Untrusted> {
    let (purpose, brand) = (env.standing.policy.certifies.signature(), Some(&env.standing.brand));
    let (data, holder) = match signers(claimed.value()) {
        Signers::NewKey => (claimed.possessed(signature_key)?.into_value(), None),
        Signers::Certified => {
            let verified = claimed.verified(env.trust, purpose, brand, env.now)?;
            let (path, bag) = (Arc::clone(verified.signer()), verified.bag().clone());
            (verified.into_value(), Some(Holder { path, bag }))
        }
        Signers::Both => {
            let renewed = claimed.renewed(signature_key, env.trust, purpose, brand, env.now)?;
            let (path, bag) = (Arc::clone(renewed.signer()), Bag::default());
            (renewed.into_value(), Some(Holder { path, bag }))
        }
    };
    Ok(Opened { data, account: None, holder })
}

/// Who must have signed a request.
enum Signers {
    /// The new key alone: there is no certificate yet.
    NewKey,
    /// The holder of a certificate alone: the new key does not sign.
    Certified,
    /// Both.
    Both,
}

fn signers(data: &CertReqData) -> Signers {
    let (_, wanted) = Wanted::read(data.request_type);
    match (wanted.keys, wanted.occasion) {
        (KeysWanted::Encipherment, _) => Signers::Certified,
        (KeysWanted::Signature | KeysWanted::Both, Occasion::First) => Signers::NewKey,
        (KeysWanted::Signature | KeysWanted::Both, Occasion::Renewal) => Signers::Both,
    }
}

fn signature_key(data: &CertReqData) -> Option<&SubjectPublicKeyInfo> {
    data.public_key_s_or_e.public_key_s.as_ref()
}

//! The Error message: how a peer is told that its request was refused.

use openset_crypto::{Bag, Identity, Keys, Signer, Suite, sign};
use openset_types::UnixTime;
use openset_wire::{
    der::{Octets, Oid},
    error::{Error, ErrorCode, ErrorMsg, ErrorTbs},
    types::CertThumb,
    wrapper::{Message, MessageHeader, MessageWrapper},
};

use crate::{letter::Letterhead, refusal::Refusal, treatment::bounds};

/// Who answers a request that was refused, and with what.
pub struct Complainant<'a> {
    /// Signs the Error; a party without a certificate leaves it unsigned.
    pub identity: Option<&'a Identity>,
    /// What travels beside the signature.
    pub bag: &'a Bag,
    /// Signs.
    pub keys: &'a dyn Keys,
    /// How its messages are headed.
    pub letterhead: &'a Letterhead,
    /// The suite.
    pub suite: Suite,
    /// The time, as the shell read it.
    pub now: UnixTime,
    /// Randomness, as the shell drew it.
    pub seed: [u8; 32],
}

/// The most octets of a request that are sent back.
const ECHO_OCTETS_MAX: usize = 20_000;

/// Builds the Error that answers a refused request: its octets as they came.
///
/// There is none for a response, and none for an Error: whoever receives those keeps silent.
pub fn answer(
    refusal: &Refusal,
    request: &[u8],
    complainant: &Complainant<'_>,
) -> Result<Option<Vec<u8>>, Refusal> {
    if let Ok(wrapper) = MessageWrapper::decode(request)
        && !is_request(&wrapper.message)
    {
        return Ok(None);
    }
    let mut draw = openset_crypto::Draw::new(complainant.suite, complainant.seed);
    let header = MessageWrapper::header_of(request);
    let rrpid = match header.as_ref().and_then(|header| header.rrpid.as_ref()) {
        Some(rrpid) => rrpid.0,
        None => draw.rrpid(),
    };
    let ids = header.as_ref().and_then(|header| header.message_ids.clone());
    let tbs = ErrorTbs {
        error_code: ErrorCode::from(refusal),
        error_nonce: draw.nonce(),
        error_oid: named_extension(refusal).cloned(),
        error_thumb: named_certificate(refusal, complainant.suite)?,
        error_msg: echo(header, request)?,
    };
    let error = match complainant.identity {
        Some(identity) => {
            let signer = Signer::Certified { identity, bag: complainant.bag };
            let Complainant { suite, keys, now, .. } = *complainant;
            Error::SignedError(sign(suite, &tbs, signer, keys, now)?)
        }
        None => Error::UnsignedError(Box::new(tbs)),
    };
    let message = Message::Error(error);
    complainant.letterhead.write(message, rrpid, ids, complainant.now).map(Some)
}

/// Whether a message asks for an answer.
pub fn is_request(message: &Message) -> bool {
    match message {
        Message::PInitReq(_)
        | Message::PReq(_)
        | Message::InqReq(_)
        | Message::AuthReq(_)
        | Message::AuthRevReq(_)
        | Message::CapReq(_)
        | Message::CapRevReq(_)
        | Message::CredReq(_)
        | Message::CredRevReq(_)
        | Message::PCertReq(_)
        | Message::BatchAdminReq(_)
        | Message::CardCInitReq(_)
        | Message::MeAqCInitReq(_)
        | Message::RegFormReq(_)
        | Message::CertReq(_)
        | Message::CertInqReq(_) => true,
        Message::PInitRes(_)
        | Message::PRes(_)
        | Message::InqRes(_)
        | Message::AuthRes(_)
        | Message::AuthRevRes(_)
        | Message::CapRes(_)
        | Message::CapRevRes(_)
        | Message::CredRes(_)
        | Message::CredRevRes(_)
        | Message::PCertRes(_)
        | Message::BatchAdminRes(_)
        | Message::CardCInitRes(_)
        | Message::MeAqCInitRes(_)
        | Message::RegFormRes(_)
        | Message::CertRes(_)
        | Message::CertInqRes(_)
        | Message::Error(_) => false,
    }
}

/// The extension that was not understood.
fn named_extension(refusal: &Refusal) -> Option<&Oid> {
    match refusal {
        Refusal::SenderNamedUnknownExtension(name) => Some(name),
        _ => None,
    }
}

/// The certificate that is at fault, where it is none of the request's.
fn named_certificate(refusal: &Refusal, suite: Suite) -> Result<Option<CertThumb>, Refusal> {
    match refusal {
        Refusal::GatewayNotBelieved { thumb, .. } => Ok(Some(thumb.cert_thumb(suite)?)),
        _ => Ok(None),
    }
}

/// What the Error is about: all octets of the request, so that nobody can take it for an Error
/// about another. Of a request that is too long for that, its header, or its first octets where it
/// has none.
fn echo(header: Option<MessageHeader>, request: &[u8]) -> Result<ErrorMsg, Refusal> {
    if let Some(header) = header.filter(|_| request.len() > ECHO_OCTETS_MAX) {
        return Ok(ErrorMsg::MessageHeader(header));
    }
    let first = request.get(..request.len().min(ECHO_OCTETS_MAX)).unwrap_or_default();
    // An Error must echo something; of nothing it echoes one zero.
    let first = if first.is_empty() { &[0] } else { first };
    Ok(ErrorMsg::BadWrapper(Octets::new(first).map_err(bounds)?))
}

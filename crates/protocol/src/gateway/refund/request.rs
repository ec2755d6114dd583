//! What a merchant asks to give back: opened, believed, and judged item by item.

use openset_crypto::Verified;
use openset_types::{BatchNumber, BatchWish, MerchantId, Money, RefundKind, Rrpid};
use openset_wire::{
    content::Content,
    der::{Decode, Encode, Original, encode},
    opaque::{Linked, Signed},
    payment::{
        CapEncB, CapRevOrCredCode, CapRevOrCredReqData, CapRevOrCredReqItem, CapRevReq, CapToken,
        CapTokenSeq, CredReq, CredRevReq,
    },
    types::TransIds,
};

use super::{Environment, Input};
use crate::{
    acceptance::{self, same_rrpid},
    gateway::{
        capture::ITEMS_MAX,
        heard::{asker, believe},
        keep_known,
        token::{self, Token},
    },
    octets::Octets,
    refusal::Refusal,
    role::{Admitted, Claim, Lookup},
};

/// What a merchant asks, its tokens opened.
#[derive(Debug)]
pub struct Request {
    pub(super) kind: RefundKind,
    pub(super) rrpid: Rrpid,
    pub(super) merchant: MerchantId,
    pub(super) reply_to: Vec<Octets>,
    pub(super) tags: Octets,
    pub(super) known: Option<Octets>,
    pub(super) items: Vec<Asking>,
}

/// One item as it was asked for.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) ids: TransIds,
    pub(super) authorization: Rrpid,
    pub(super) verdict: Result<Fit, CapRevOrCredCode>,
}

/// An item that may be done, as far as its token says.
#[derive(Debug)]
pub(super) struct Fit {
    pub(super) amount: Money,
    pub(super) token: Token,
    pub(super) batch: BatchWish,
}

impl Asking {
    /// The register entry of the token that was shown, if it may be believed.
    fn claim(&self) -> Option<Claim> {
        let fit = self.verdict.as_ref().ok()?;
        Some(token::used(&self.authorization, fit.token.notes.generation))
    }
}

/// What all three messages say, tied to the tokens beside it.
pub(super) struct Heard<'a> {
    said: Verified<Linked<CapRevOrCredReqData, CapTokenSeq>>,
    tokens: &'a Original<CapTokenSeq>,
}

/// CapRevReq: opens and believes it.
pub(super) fn reversal<'a>(
    message: &'a CapRevReq,
    env: &Environment<'_>,
) -> Result<Heard<'a>, Refusal> {
    // Suite `modern` returns the card number to nobody, so nobody can show it here.
    let CapRevReq::EncB(message) = message else { return Err(Refusal::GatewayReturnedCardNumber) };
    hear(message, |tbs| tbs.0, env)
}

/// CredReq: opens and believes it.
pub(super) fn credit<'a>(
    message: &'a CredReq,
    env: &Environment<'_>,
) -> Result<Heard<'a>, Refusal> {
    let CredReq::EncB(message) = message else { return Err(Refusal::GatewayReturnedCardNumber) };
    hear(message, |tbs| tbs.0, env)
}

/// CredRevReq: opens and believes it.
pub(super) fn credit_reversal<'a>(
    message: &'a CredRevReq,
    env: &Environment<'_>,
) -> Result<Heard<'a>, Refusal> {
    let CredRevReq::EncB(message) = message else { return Err(Refusal::GatewayReturnedCardNumber) };
    hear(message, |tbs| tbs.0, env)
}

fn hear<'a, T: Content + Decode + Encode>(
    message: &'a CapEncB<Signed<T>>,
    inside: fn(T) -> Linked<CapRevOrCredReqData, CapTokenSeq>,
    env: &Environment<'_>,
) -> Result<Heard<'a>, Refusal>
where
    Signed<T>: Content,
{
    let said = believe(&message.enc, &message.baggage, inside, env)?;
    Ok(Heard { said, tokens: &message.baggage })
}

/// Lets the request in: what it says is the merchant's own, and each item is judged.
pub(super) fn admit(
    kind: RefundKind,
    heard: &Heard<'_>,
    rrpid: Rrpid,
    env: &Environment<'_>,
) -> Result<Admitted<Input>, Refusal> {
    let data = heard.said.t1.value();
    same_rrpid(rrpid, data.cap_rev_or_cred_rr_tags.rrpid.0)?;
    acceptance::understood(data, acceptance::in_answers(env.suite()).as_slice())?;
    let (merchant, reply_to) = asker(&heard.said, &data.cap_rev_or_cred_rr_tags, env)?;
    let (items, tokens) = (&data.cap_rev_or_cred_req_item_seq, &heard.tokens.0);
    if tokens.len() != items.len() || tokens.len() > ITEMS_MAX {
        return Err(Refusal::PartsNotLinked);
    }
    let pairs = items.iter().zip(tokens);
    let items: Vec<_> = pairs.map(|(item, token)| ask(kind, item, token, &merchant, env)).collect();
    Ok(Admitted {
        instance: Lookup::Key(rrpid.as_bytes().to_vec()),
        held: items.iter().filter_map(Asking::claim).collect(),
        input: Input::Asked(Box::new(Request {
            kind,
            rrpid,
            merchant,
            reply_to,
            tags: encode(&data.cap_rev_or_cred_rr_tags)?.into(),
            known: keep_known(data.m_thumbs.as_ref())?,
            items,
        })),
    })
}

fn ask(
    kind: RefundKind,
    item: &CapRevOrCredReqItem,
    token: &CapToken,
    merchant: &MerchantId,
    env: &Environment<'_>,
) -> Asking {
    Asking {
        ids: item.trans_ids.clone(),
        authorization: item.auth_rrpid.0,
        verdict: judge(kind, item, token, merchant, env),
    }
}

/// Whether an item may be done by what it and its token say (A8, abuse case 5).
fn judge(
    kind: RefundKind,
    item: &CapRevOrCredReqItem,
    token: &CapToken,
    merchant: &MerchantId,
    env: &Environment<'_>,
) -> Result<Fit, CapRevOrCredCode> {
    // Another account would have to be named, and this message has no room for one.
    if item.new_account_ind {
        return Err(CapRevOrCredCode::UnspecifiedFailure);
    }
    if matches!(token, CapToken::Null(())) {
        return Err(without_token(item));
    }
    let token = token::open(token, env).map_err(|_| CapRevOrCredCode::InvalidCapToken)?;
    if token.rrpid != item.auth_rrpid.0 || token.notes.merchant != *merchant {
        return Err(CapRevOrCredCode::InvalidCapToken);
    }
    if token.notes.xid != item.trans_ids.xid.0 {
        return Err(CapRevOrCredCode::OriginalNotFound);
    }
    let age_s = env.now.seconds_since(token.notes.at);
    if kind == RefundKind::CaptureReversal && age_s > env.standing.captures_kept_s {
        return Err(CapRevOrCredCode::CapPurged);
    }
    let amount = amount(item, token.amount).ok_or(CapRevOrCredCode::CapDataMismatch)?;
    let brand = env.standing.brand.clone();
    let batch = item.new_batch_id.map(BatchNumber::new).transpose();
    let batch = batch.map_err(|_| CapRevOrCredCode::BatchUnknown)?;
    Ok(Fit { amount, token, batch: BatchWish { brand, batch, position: None } })
}

/// This gateway finds nothing without its token; what the token stands for may be missing as well.
fn without_token(item: &CapRevOrCredReqItem) -> CapRevOrCredCode {
    let payload = &item.cap_payload;
    match (&payload.auth_req_item, &payload.auth_res_payload) {
        (Some(_), Some(_)) => CapRevOrCredCode::MissingCapToken,
        _ => CapRevOrCredCode::MissingCapData,
    }
}

/// The amount of an item, the whole of the capture if it names none. Nothing if it is no part of
/// the capture, or that no part of what was authorized.
fn amount(item: &CapRevOrCredReqItem, authorized: Money) -> Option<Money> {
    let captured = item.cap_payload.cap_req_amt.money().ok()?;
    let amount = match &item.cap_rev_or_cred_req_amt {
        Some(amount) => amount.money().ok()?,
        None => captured,
    };
    let fits = !amount.is_zero()
        && !amount.exceeds(captured).ok()?
        && !captured.exceeds(authorized).ok()?;
    fits.then_some(amount)
}

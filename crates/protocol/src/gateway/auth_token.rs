//! AuthToken: what a gateway must remember of a consent that is authorized in more than one part,
//! sealed for itself and carried by the merchant, who shows it instead of payment instructions.
//!
//! EncX(P, P, AuthTokenData, PANToken), like a CapToken. Each authorization gives one token, and
//! each token is used for one authorization: the consent, its authorizations and the token of the
//! last are one chain. What a chain has in all is written in its last token.

use openset_crypto::{Bag, Purpose, Signer, open_signed_with_extra, seal_signed_with_extra};
use openset_types::{MerchantId, Money, Rrpid, Terms, UnixTime};
use openset_wire::{
    der::{Element, Octets},
    payment::{AuthCode, AuthReqData, AuthReqPayload, AuthToken, AuthTokenData},
    types::{InstallRecurData, PanToken},
};
use serde::{Deserialize, Serialize};

use super::{
    authorization::{Card, Environment},
    instructions::{Instructions, Verdict, within},
    market,
    record::Question,
};
use crate::{
    refusal::Refusal,
    role::{Claim, Register},
    terms,
    treatment::bounds,
};

/// What may still be authorized of a consent, after one authorization.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Further {
    /// What the cardholder agreed to: in all, or each time if the terms say so.
    pub agreed: Money,
    /// How much of it the policy lets pass.
    pub tolerated: Money,
    /// What was authorized before.
    pub before: Money,
    /// Which authorization of the consent this is, from one on.
    pub count: u64,
    /// The terms, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// When the gateway gives no more.
    pub until: UnixTime,
    /// Whether the token for the next was used before this one was lowered: then there is no other.
    #[serde(default)]
    pub is_used: bool,
}

/// authTokenOpaque: the gateway's own notes.
// Carried by merchants. Change only with a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Notes {
    /// The authorization that gave the token.
    of: Rrpid,
    /// How often that was lowered before.
    generation: u8,
    /// When the gateway gives no more.
    until: UnixTime,
}

/// The most octets that the notes take.
const NOTES_OCTETS_MAX: usize = 256;

type NotesOctets = Octets<1, NOTES_OCTETS_MAX>;

/// The register entry of the token that an authorization gave, when it was lowered so often.
pub(super) fn used(authorization: &Rrpid, generation: u8) -> Claim {
    let mut key = authorization.as_bytes().to_vec();
    if generation > 0 {
        key.push(generation);
    }
    Claim { register: Register::Spent, key }
}

/// The register entry of the token that an authorization gave, if it gave one that nobody has used.
/// Where there is none to find, another authorization may stand on this one.
pub(super) fn unused(question: &Question, generation: u8, env: &Environment<'_>) -> Option<Claim> {
    question.further.as_ref().filter(|further| !further.is_used)?;
    let claim = used(&question.rrpid, generation);
    (!env.held.has(&claim)).then_some(claim)
}

/// Seals the token for the next authorization to ourselves.
pub(super) fn seal(
    question: &Question,
    further: &Further,
    (amount, generation, at): (Money, u8, UnixTime),
    card: Card,
    env: &Environment<'_>,
) -> Result<AuthToken, Refusal> {
    let notes = Notes { of: question.rrpid, generation, until: further.until };
    let notes = serde_json::to_vec(&notes).map_err(|_| Refusal::GatewayTokenAltered)?;
    let notes = NotesOctets::new(&notes).map_err(bounds)?;
    let data = AuthTokenData {
        trans_ids: question.ids.trans_ids(),
        purch_amt: further.agreed.into(),
        merchant_id: question.merchant.clone().into(),
        acq_back_key_data: None,
        install_recur_data: further.terms.map(InstallRecurData::from),
        recurring_count: Some(further.count),
        prev_auth_date_time: at.into(),
        total_auth_amount: Some(further.before.plus(amount)?.into()),
        auth_token_opaque: Some(Element::of(&notes)?),
    };
    let mut draw = env.draw();
    // The first draw of this step is in the token for the money.
    draw.nonce();
    let Card { pan, expiry } = card;
    let extra = PanToken { pan: pan.into(), card_expiry: expiry.into(), ex_nonce: draw.nonce() };
    let own = env.standing.signature.certificate.clone();
    let bag = Bag { certificates: vec![own], crls: Vec::new() };
    let signer = Signer::Certified { identity: &env.standing.signature, bag: &bag };
    let to = env.standing.own_path(env)?;
    Ok(seal_signed_with_extra(data, &extra, signer, env.keys, &to, env.now)?)
}

/// A token of our own, opened and believed.
struct Opened {
    data: AuthTokenData,
    notes: Notes,
    card: PanToken,
}

fn open(token: &AuthToken, env: &Environment<'_>) -> Result<Opened, Refusal> {
    let standing = env.standing;
    // Makes known what stands above our certificate: the token came without it.
    let own = standing.own_signature(env)?;
    let opened = open_signed_with_extra(token, &standing.encipherments, env.suite(), env.keys)?;
    let brand = Some(&standing.brand);
    let verified = opened.verify(env.trust, Purpose::GatewaySignature, brand, env.now)?;
    // A8: another gateway of the brand signs well and is still not us.
    if verified.signer().leaf().subject() != own.leaf().subject() {
        return Err(Refusal::GatewayTokenAltered);
    }
    let beside = verified.into_value();
    let data = beside.value.into_value();
    let opaque = data.auth_token_opaque.as_ref().ok_or(Refusal::GatewayTokenAltered)?;
    let notes: NotesOctets = opaque.read()?;
    let notes =
        serde_json::from_slice(notes.as_bytes()).map_err(|_| Refusal::GatewayTokenAltered)?;
    Ok(Opened { data, notes, card: beside.extra })
}

/// Judges a request that shows a token instead of payment instructions.
pub(super) fn judge(
    request: &AuthReqData,
    token: &AuthToken,
    merchant: &MerchantId,
    env: &Environment<'_>,
) -> Verdict {
    let verdict = open(token, env)
        .map_err(|_| AuthCode::InvalidTransaction)
        .and_then(|opened| may(request, opened, merchant, env));
    match verdict {
        Ok(instructions) => Verdict::Ask(instructions),
        Err(code) => Verdict::Refuse(code),
    }
}

/// Whether so much may be authorized now, by what the token says (A8).
fn may(
    request: &AuthReqData,
    opened: Opened,
    merchant: &MerchantId,
    env: &Environment<'_>,
) -> Result<Instructions, AuthCode> {
    let Opened { data, notes, card } = opened;
    let (item, policy) = (&request.auth_req_item, env.standing.policies.of(merchant));
    let is_its = item.auth_tags.trans_ids == data.trans_ids
        && data.merchant_id.0 == *merchant
        // Digests belong to payment instructions, and none are here.
        && item.check_digests.is_none();
    if !is_its {
        return Err(AuthCode::PiAuthMismatch);
    }
    if !policy.tokens {
        return Err(AuthCode::InvalidTransaction);
    }
    if request.capture_now && !policy.sales {
        return Err(AuthCode::CaptureNotSupported);
    }
    if card.card_expiry.0.is_past(env.now) {
        return Err(AuthCode::ExpiredCard);
    }
    let payload = &item.auth_req_payload;
    let terms = same_terms(payload, data.install_recur_data.as_ref())?;
    let count = data.recurring_count.unwrap_or(1).saturating_add(1);
    in_time(terms, count, (data.prev_auth_date_time.0, notes.until), env.now)?;
    let unreadable = |_| AuthCode::AmountError;
    let asked = payload.auth_req_amt.money().map_err(unreadable)?;
    let agreed = data.purch_amt.money().map_err(unreadable)?;
    let before = data.total_auth_amount.as_ref().ok_or(AuthCode::AmountError)?;
    let before = before.money().map_err(unreadable)?;
    let total = before.plus(asked).map_err(unreadable)?;
    let counts = if terms.is_some_and(|terms| terms.is_for_each()) { asked } else { total };
    let tolerated = within(counts, agreed, policy)?;
    if asked.is_zero() || !market::agrees(request.sale_detail.as_ref(), asked) {
        return Err(AuthCode::AmountError);
    }
    let (until, is_used) = (notes.until, false);
    let further = Further { agreed, tolerated, before, count, terms, until, is_used };
    Ok(Instructions {
        pan: card.pan.0,
        expiry: card.card_expiry.0,
        amount: asked,
        spent: used(&notes.of, notes.generation),
        further: payload.subsequent_auth_ind.then_some(further),
    })
}

/// The terms of a consent, which the merchant must repeat.
pub(super) fn same_terms(
    payload: &AuthReqPayload,
    agreed: Option<&InstallRecurData>,
) -> Result<Option<Terms>, AuthCode> {
    if payload.install_recur_data.as_ref() != agreed {
        return Err(AuthCode::InstallRecurMismatch);
    }
    agreed.map(terms::read).transpose().map_err(|_| AuthCode::InstallRecurMismatch)
}

/// Whether it is neither too soon nor too late, nor one too many.
fn in_time(
    terms: Option<Terms>,
    count: u64,
    (last, until): (UnixTime, UnixTime),
    now: UnixTime,
) -> Result<(), AuthCode> {
    match terms {
        Some(terms) if terms.are_over(now) => Err(AuthCode::RecurringExpired),
        Some(terms) if terms.is_too_soon(last, now) => Err(AuthCode::RecurringTooSoon),
        Some(terms) if terms.is_too_many(count) => Err(AuthCode::InstallRecurMismatch),
        _ if now.seconds_since(until) > 0 => Err(AuthCode::InvalidTransaction),
        _ => Ok(()),
    }
}

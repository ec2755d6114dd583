//! AuthReq at the gateway: opened, verified, and held against the payment instructions.

use std::convert::identity;

use openset_crypto::{Untrusted, dual, sealed_token_card, unsigned};
use openset_types::{MerchantCategory, MerchantId, Rrpid};
use openset_wire::{
    der::encode,
    error::ErrorCode,
    payment::{AuthCode, AuthReq, AuthReqData, Pi},
};

use super::{
    Standing, auth_token,
    authorization::{GatewayAuthorization, Input, Request},
    heard::{asker, believe},
    instructions::{self, Instructions, Verdict},
    keep_known,
    presented::Presented,
    record::Question,
};
use crate::{
    acceptance::{self, same_ids, same_rrpid},
    octets::Octets,
    purchase_ids::PurchaseIds,
    refusal::Refusal,
    role::{Admitted, Env, Lookup, Received},
};

type Environment<'a> = Env<'a, GatewayAuthorization>;

/// Opens and verifies a request, and judges what it asks.
pub(super) fn admit(
    request: &Received,
    message: &AuthReq,
    rrpid: Rrpid,
    env: &Environment<'_>,
) -> Result<Admitted<Input>, Refusal> {
    let linked = believe(&message.enc, &message.baggage, identity, env)?;
    let data = linked.t1.value();
    let tags = &data.auth_req_item.auth_tags;
    same_rrpid(rrpid, tags.auth_rr_tags.rrpid.0)?;
    same_ids(&request.wrapper.message_header, &tags.trans_ids)?;
    acceptance::understood(data, &[])?;
    let (merchant, reply_to) = asker(&linked, &tags.auth_rr_tags, env)?;
    let verdict = judge(data, message.baggage.value(), &merchant, env)?;
    let held = match &verdict {
        Verdict::Ask(Instructions { spent, .. }) | Verdict::Decline { spent } => {
            Some(spent.clone())
        }
        Verdict::Refuse(_) => None,
    };
    let question = Question {
        rrpid,
        ids: PurchaseIds::read(&tags.trans_ids).ok_or(Refusal::SenderNamedUnknownLabel)?,
        merchant,
        merchant_signature: linked.signer().thumb(),
        reply_to,
        category: category(data),
        amount: data.auth_req_item.auth_req_payload.auth_req_amt.money().ok(),
        tags: encode(tags)?.into(),
        known: keep_known(data.m_thumbs.as_ref())?,
        instructions: Some(linked.t2.digest().into()),
        is_sale: data.capture_now,
        wants_card_type: data.auth_req_item.auth_req_payload.request_card_type_ind,
        has_address: data.auth_req_item.auth_req_payload.avs_data.is_some(),
        further: None,
        at: env.now,
    };
    Ok(Admitted {
        instance: Lookup::Key(rrpid.as_bytes().to_vec()),
        held: held.into_iter().collect(),
        input: Input::AuthReq(Box::new(Request {
            question,
            card: sealed_card(message.baggage.value(), &verdict, env)?,
            verdict,
        })),
    })
}

/// Opens and judges the payment instructions.
fn judge(
    data: &AuthReqData,
    pi: &Pi,
    merchant: &MerchantId,
    env: &Environment<'_>,
) -> Result<Verdict, Refusal> {
    if let Pi::AuthToken(token) = pi {
        return Ok(auth_token::judge(data, token, merchant, env));
    }
    match open(pi, env) {
        Ok(payment) => instructions::judge(data, payment, merchant, env),
        Err(Unfit::Answered(code)) => Ok(Verdict::Refuse(code)),
        Err(Unfit::Refused(refusal)) => Err(refusal),
    }
}

/// Why payment instructions were not opened: something to be answered, or not to be believed.
enum Unfit {
    Answered(AuthCode),
    Refused(Refusal),
}

fn open(pi: &Pi, env: &Environment<'_>) -> Result<Presented, Unfit> {
    let Standing { encipherments, brand, .. } = env.standing;
    let pi = match pi {
        Pi::PiDualSigned(pi) => pi,
        // A6: nothing opens unless this gateway's certificate says that it takes payments without a
        // signature, and suite `modern` knows none.
        Pi::PiUnsigned(pi) => {
            let opened = unsigned::open(pi, encipherments, env.suite(), env.keys);
            return opened.map(Presented::Unsigned).map_err(|why| unproven(why.into()));
        }
        // A token is no instructions.
        Pi::AuthToken(_) => return Err(Unfit::Answered(AuthCode::SignatureRequired)),
    };
    match dual::check_payment(pi, encipherments, env.keys, env.trust, brand, env.now) {
        Ok(payment) => Ok(Presented::Signed(payment)),
        // A12: a good card, of another brand.
        Err(Untrusted::OtherBrand) => Err(Unfit::Answered(AuthCode::CardMerchBrandMismatch)),
        Err(untrusted) => Err(unproven(untrusted.into())),
    }
}

/// Instructions that prove nothing. Whoever brought them is believed, and waits for a word about
/// money: where time does not mend what is wrong, it gets one that is kept, as for a token that
/// does not open. What may pass stays a refusal, and is asked again (ADR 32).
fn unproven(refusal: Refusal) -> Unfit {
    match ErrorCode::from(&refusal) {
        ErrorCode::SignatureFailure => Unfit::Answered(AuthCode::SignatureRequired),
        _ => Unfit::Refused(refusal),
    }
}

/// What of the instructions is kept until the issuer has answered. Those that are answered at once
/// have nothing to keep.
fn sealed_card(pi: &Pi, verdict: &Verdict, env: &Environment<'_>) -> Result<Octets, Refusal> {
    match (pi, verdict) {
        (_, Verdict::Refuse(_)) => Ok(Vec::new().into()),
        (Pi::PiUnsigned(pi), _) => Ok(unsigned::sealed_card(pi, env.suite())?.into()),
        (Pi::AuthToken(token), _) => Ok(sealed_token_card(token, env.suite())?.into()),
        (Pi::PiDualSigned(pi), _) => Ok(dual::sealed_card(pi, env.suite())?.into()),
    }
}

/// What kind of business asks.
pub(super) fn category(data: &AuthReqData) -> Option<MerchantCategory> {
    let code = &data.auth_req_item.auth_req_payload.merch_data.merch_cat_code;
    code.as_ref().map(|code| code.0.clone())
}

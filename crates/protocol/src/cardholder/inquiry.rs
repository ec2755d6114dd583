//! PRes, InqReq and InqRes: how the order stands.

use openset_crypto::Purpose;
use openset_types::{Money, Rrpid};
use openset_wire::{
    payment::{
        CapRevOrCredCode, CompletionCode, InqReq, InqReqData, PRes, PResData, PResPayload, Results,
    },
    types::FloatingPoint,
    wrapper::Message,
};

use super::{
    purchase::CardholderPurchase,
    record::{Agreed, Answer, Asked, Ordered, Said},
};
use crate::{
    acceptance::{self, same_ids},
    refusal::Refusal,
    role::{Env, Received},
};

/// InqReq: asks how the order stands, signed by whoever ordered, if the order was.
pub(crate) fn ask(
    agreed: &Agreed,
    ordered: &Ordered,
    env: &Env<'_, CardholderPurchase>,
) -> Result<(Message, Asked), Refusal> {
    let mut draw = env.draw();
    let (rrpid, chall_c2) = (draw.rrpid(), draw.challenge());
    let data = InqReqData {
        trans_ids: ordered.ids.trans_ids(),
        rrpid: rrpid.into(),
        chall_c2: chall_c2.clone(),
        inq_rq_extensions: None,
    };
    let inquiry = match &agreed.card {
        Some(card) => InqReq::InqReqSigned(env.sign(&data, &card.identity()?)?),
        None => InqReq::InqReqUnsigned(data),
    };
    let message = Message::InqReq(Box::new(inquiry));
    Ok((message, Asked { rrpid, challenge: chall_c2.into() }))
}

/// PRes or InqRes: verifies it. It must be by the merchant that was consented to and answer one
/// of the questions that stand.
pub(crate) fn hear(
    agreed: &Agreed,
    ordered: &Ordered,
    answer: &Received,
    message: &PRes,
    rrpid: Rrpid,
    env: &Env<'_, CardholderPurchase>,
) -> Result<Answer, Refusal> {
    let verified = env.verify(message, Purpose::MerchantSignature, Some(&agreed.brand))?;
    if verified.signer().merchant_id() != Some(&ordered.merchant.merchant) {
        return Err(Refusal::MerchantSwitched);
    }
    require_answer(&verified, ordered, rrpid)?;
    same_ids(&answer.wrapper.message_header, &verified.trans_ids)?;
    if let Some(bci) = &verified.brand_crl_identifier {
        env.learn_bci(bci, verified.bag())?;
    }
    acceptance::understood(verified.value(), &[])?;
    let [payload] = verified.p_res_payload_seq.as_slice() else {
        return Err(Refusal::MerchantAnsweredAnother);
    };
    Ok(Answer { question: Some(rrpid), ..read(payload, agreed.amount, env)? })
}

/// A9: an answer names its question, and repeats that question's challenge.
fn require_answer(data: &PResData, ordered: &Ordered, rrpid: Rrpid) -> Result<(), Refusal> {
    let asked = [Some(&ordered.order), ordered.inquiry.as_ref()];
    let asked = asked.into_iter().flatten().find(|asked| asked.rrpid == rrpid);
    let asked = asked.ok_or(Refusal::MerchantAnsweredAnother)?;
    if data.rrpid.0 != rrpid || !ordered.ids.are(&data.trans_ids) {
        return Err(Refusal::MerchantAnsweredAnother);
    }
    if data.chall_c.as_bytes() != asked.challenge.as_ref() {
        return Err(Refusal::MerchantRepeatedOldChallenge);
    }
    Ok(())
}

fn read(
    payload: &PResPayload,
    price: Money,
    env: &Env<'_, CardholderPurchase>,
) -> Result<Answer, Refusal> {
    let verdict = payload.results.as_ref().and_then(verdict);
    let needs_verdict = matches!(
        payload.completion_code,
        CompletionCode::AuthorizationPerformed
            | CompletionCode::CapturePerformed
            | CompletionCode::CreditPerformed
            | CompletionCode::MeaninglessRatio
    );
    if needs_verdict && verdict.is_none() {
        return Err(Refusal::MerchantGaveNoVerdict);
    }
    let given_back = payload.results.as_ref().and_then(|results| given_back(results, price));
    let status = payload.results.as_ref().and_then(|results| results.auth_status.as_ref());
    let is_released = status.is_some_and(|status| status.auth_ratio == FloatingPoint::ZERO);
    let completion = payload.completion_code;
    let at = env.now;
    Ok(Answer { completion, verdict, given_back, is_released, question: None, at })
}

fn verdict(results: &Results) -> Option<Said> {
    results.auth_status.as_ref().map(|status| Said(status.auth_code))
}

/// What the merchant says was given back and stands: it tells parts of the price, so that nobody
/// else reads an amount. Nothing if there is none, or if the parts are no amount.
fn given_back(results: &Results, price: Money) -> Option<Money> {
    let credits = results.cred_status_seq.as_ref()?.iter();
    let mut done = credits.filter(|one| one.credit_code == CapRevOrCredCode::Success);
    done.try_fold(Money::zero(price.currency()), |sum, credit| {
        let minor = credit.credit_ratio.part_of(price.minor())?;
        sum.plus(Money::new(minor, price.currency()).ok()?).ok()
    })
}

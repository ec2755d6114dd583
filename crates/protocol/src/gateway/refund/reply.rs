//! CapRevRes, CredRes and CredRevRes: what came of each item, once every item has come to an end.

use openset_crypto::Purpose;
use openset_wire::{
    der::decode,
    payment::{
        CapRevOrCredCode, CapRevOrCredResData, CapRevOrCredResItem, CapRevOrCredResPayload,
        CapRevResData, CredResData, CredRevResData,
    },
    types::{RrTags, Thumbs},
    wrapper::Message,
};

use super::{Environment, Item, Outcome, RefundKind, Refunds, StepTaken};
use crate::{
    gateway::{self, reply::NOTHING},
    kept::kept_path,
    refusal::Refusal,
    role::Effect as Asked,
};

/// Enc(P, M, CapRevOrCredResData), once every item has come to an end.
pub(super) fn when_done(mut step: StepTaken, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let refunds = &mut step.state;
    let is_open = refunds.items.iter().any(|item| item.advice().is_some());
    if is_open || refunds.is_answered {
        return Ok(step);
    }
    refunds.is_answered = true;
    let rrpid = refunds.rrpid;
    let message = write(refunds, env)?;
    let message = env.standing.letterhead.write(message, rrpid, None, env.now)?;
    Ok(step.then(Asked::Reply { rrpid, message }))
}

fn write(refunds: &Refunds, env: &Environment<'_>) -> Result<Message, Refusal> {
    let known = gateway::known(refunds.known.as_ref())?;
    let data = data(refunds, known.as_ref(), env)?;
    let standing = env.standing;
    let purpose = Purpose::MerchantEncipherment;
    let to = kept_path(&refunds.reply_to, purpose, &standing.brand, env)?;
    let known = known.as_ref();
    Ok(match refunds.kind {
        RefundKind::CaptureReversal => {
            let signed = standing.sign_for(&CapRevResData(data), known, env)?;
            Message::CapRevRes(env.seal(&signed, &to)?)
        }
        RefundKind::Credit => {
            let signed = standing.sign_for(&CredResData(data), known, env)?;
            Message::CredRes(env.seal(&signed, &to)?)
        }
        RefundKind::CreditReversal => {
            let signed = standing.sign_for(&CredRevResData(data), known, env)?;
            Message::CredRevRes(env.seal(&signed, &to)?)
        }
    })
}

fn data(
    refunds: &Refunds,
    known: Option<&Thumbs>,
    env: &Environment<'_>,
) -> Result<CapRevOrCredResData, Refusal> {
    let items = refunds.items.iter().map(answer).collect::<Result<_, _>>()?;
    Ok(CapRevOrCredResData {
        cap_rev_or_cred_rr_tags: decode::<RrTags>(refunds.tags.as_ref())?,
        brand_crl_identifier: env.unknown_bci(&env.standing.brand, known),
        pe_thumb: env.standing.announced(known, env)?,
        batch_status_seq: None,
        cap_rev_or_cred_res_item_seq: items,
        c_rv_rs_extensions: None,
    })
}

fn answer(item: &Item) -> Result<CapRevOrCredResItem, Refusal> {
    let place = match &item.outcome {
        Outcome::Done { place, .. } => *place,
        Outcome::Advising(_) | Outcome::Refused(_) => None,
    };
    let (code, amount) = match &item.outcome {
        Outcome::Done { amount, .. } => (CapRevOrCredCode::Success, (*amount).into()),
        Outcome::Refused(code) => (*code, NOTHING),
        Outcome::Advising(_) => (CapRevOrCredCode::UnspecifiedFailure, NOTHING),
    };
    Ok(CapRevOrCredResItem {
        trans_ids: decode(item.trans_ids.as_ref())?,
        auth_rrpid: item.authorization.into(),
        cap_rev_or_cred_res_payload: CapRevOrCredResPayload {
            cap_rev_or_cred_code: code,
            cap_rev_or_cred_actual_amt: amount,
            batch_id: place.map(|place| place.batch.get()),
            batch_sequence_num: place.map(|place| place.position),
            c_rv_rs_pay_extensions: None,
        },
    })
}

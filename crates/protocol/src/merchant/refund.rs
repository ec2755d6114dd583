//! CapRevReq, CredReq, CredRevReq and their answers: the shop gives money of a captured order back,
//! one question to the gateway at a time.

use openset_types::{BatchPlace, Brand, Money, RefundKind, Rrpid};
use openset_wire::{
    content::Content,
    der::{Decode, Encode, Original, decode},
    opaque::{Merchant, Sealed, Signed},
    payment::{
        CapEncB, CapPayload, CapRevOrCredCode, CapRevOrCredReqData, CapRevOrCredReqItem,
        CapRevOrCredResData, CapRevReq, CapRevReqTbs, CapToken, CapTokenSeq, CredReq, CredReqTbs,
        CredRevReq, CredRevReqTbs,
    },
    types::CertThumb,
    wrapper::Message,
};

use super::{
    Account,
    capture::place,
    order::{Captured, Purchase, Stage},
    purchase::{MerchantPurchase, StepTaken},
    refunds::{REFUNDS_MAX, Refund, RefundOutcome, RefundRefused},
};
use crate::{
    acceptance,
    refusal::Refusal,
    role::{Effect, Env, Party, Step},
    summary::Fact,
};

type Environment<'a> = Env<'a, MerchantPurchase>;

/// The shop wants to give money back, or to take it back that it gave.
pub(super) fn on_refund(
    mut purchase: Purchase,
    kind: RefundKind,
    amount: Money,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Stage::Captured(captured) = &mut purchase.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    if captured.refunding().is_some() || captured.refunds.len() >= REFUNDS_MAX {
        return Err(Refusal::CommandOutOfTurn);
    }
    // Abuse case 5: never more than is left, and never nothing.
    if !captured.may(kind, amount)? {
        return Err(Refusal::MerchantAskedForNoAmount);
    }
    let consent = &captured.authorized.consent;
    let (brand, ids) = (consent.brand.clone(), consent.ids.message_ids());
    let rrpid = env.draw().rrpid();
    let outcome = RefundOutcome::Asked;
    let refund = Refund { kind, rrpid, amount, asked_at: env.now, outcome, place: None };
    let account = env.standing.account(&brand)?;
    let message = message(&refund, captured, account, &brand, env)?;
    let message = env.standing.letterhead.write(message, rrpid, Some(ids), env.now)?;
    captured.refunds.push(refund);
    let party = Party::Gateway(brand);
    Ok(Step::new(purchase).then(Effect::Ask { party, rrpid, message }))
}

/// EncB(M, P, CapRevOrCredReqData, CapTokenSeq), as the message of its kind.
fn message(
    refund: &Refund,
    captured: &Captured,
    account: &Account,
    brand: &Brand,
    env: &Environment<'_>,
) -> Result<Message, Refusal> {
    let data = CapRevOrCredReqData {
        cap_rev_or_cred_rr_tags: account.tags(refund.rrpid, env.now),
        m_thumbs: account.known(brand, env)?,
        cap_rev_or_cred_req_item_seq: vec![item(refund, captured)],
        c_rv_rq_extensions: None,
    };
    let token = decode::<CapToken>(captured.authorized.cap_token.as_ref())?;
    let tokens = Original::new(CapTokenSeq(vec![token]))?;
    let linked = env.link(data, &tokens)?;
    let counter = Counter { account, brand, tokens, env };
    Ok(match refund.kind {
        RefundKind::CaptureReversal => {
            let sealed = counter.seal(&CapRevReqTbs(linked))?;
            Message::CapRevReq(Box::new(CapRevReq::EncB(sealed)))
        }
        RefundKind::Credit => {
            let sealed = counter.seal(&CredReqTbs(linked))?;
            Message::CredReq(Box::new(CredReq::EncB(sealed)))
        }
        RefundKind::CreditReversal => {
            let sealed = counter.seal(&CredRevReqTbs(linked))?;
            Message::CredRevReq(Box::new(CredRevReq::EncB(sealed)))
        }
    })
}

fn item(refund: &Refund, captured: &Captured) -> CapRevOrCredReqItem {
    let authorized = &captured.authorized;
    // All of it is meant where no amount is named.
    let amount = (refund.amount != captured.amount).then(|| refund.amount.into());
    CapRevOrCredReqItem {
        trans_ids: authorized.consent.ids.trans_ids(),
        auth_rrpid: authorized.rrpid.into(),
        cap_payload: CapPayload {
            cap_date: captured.at.into(),
            cap_req_amt: captured.amount.into(),
            auth_req_item: None,
            auth_res_payload: None,
            sale_detail: None,
            c_pay_extensions: None,
        },
        new_batch_id: None,
        cap_rev_or_cred_req_date: refund.asked_at.into(),
        cap_rev_or_cred_req_amt: amount,
        new_account_ind: false,
        c_rv_rq_item_extensions: None,
    }
}

/// What a request of each kind is signed and sealed with.
struct Counter<'a> {
    account: &'a Account,
    brand: &'a Brand,
    tokens: Original<CapTokenSeq>,
    env: &'a Environment<'a>,
}

impl Counter<'_> {
    fn seal<T: Content + Encode>(&self, tbs: &T) -> Result<CapEncB<Signed<T>>, Refusal>
    where
        Signed<T>: Content + Encode,
    {
        let Self { account, brand, tokens, env } = self;
        let signed = env.sign_with(tbs, &account.signature, &account.bag(env))?;
        let enc = env.seal(&signed, &*account.gateway_path(brand, env)?)?;
        Ok(CapEncB { enc, baggage: tokens.clone() })
    }
}

/// What the gateway answered, verified.
#[derive(Debug)]
pub struct Answer {
    kind: RefundKind,
    data: CapRevOrCredResData,
}

impl Answer {
    /// CapRevRes, CredRes or CredRevRes: opens and verifies it. Nothing if it is another message.
    pub(super) fn open(
        message: &Message,
        account: &Account,
        brand: &Brand,
        env: &Environment<'_>,
    ) -> Result<Option<Self>, Refusal> {
        let at = (account, brand, env);
        let (kind, data) = match message {
            Message::CapRevRes(sealed) => {
                (RefundKind::CaptureReversal, opened(sealed, at, |said| said.0)?)
            }
            Message::CredRes(sealed) => (RefundKind::Credit, opened(sealed, at, |said| said.0)?),
            Message::CredRevRes(sealed) => {
                (RefundKind::CreditReversal, opened(sealed, at, |said| said.0)?)
            }
            _ => return Ok(None),
        };
        acceptance::understood(&data, &[])?;
        Ok(Some(Self { kind, data }))
    }

    /// The request/response pair this answer belongs to.
    pub(super) fn rrpid(&self) -> Rrpid {
        self.data.cap_rev_or_cred_rr_tags.rrpid.0
    }

    /// PEThumb: the certificate that the gateway wants sealed for, if it is another one.
    pub(super) fn pe_thumb(&self) -> Option<&CertThumb> {
        self.data.pe_thumb.as_ref()
    }

    /// What came of the question: done, or why not.
    fn outcome(
        &self,
        refund: &Refund,
        captured: &Captured,
        account: &Account,
    ) -> Result<Result<Option<BatchPlace>, CapRevOrCredCode>, Refusal> {
        let tags = &self.data.cap_rev_or_cred_rr_tags;
        let is_ours = self.kind == refund.kind
            && tags.rrpid.0 == refund.rrpid
            && tags.mer_term_ids.merchant_id.0 == account.merchant;
        let [item] = self.data.cap_rev_or_cred_res_item_seq.as_slice() else {
            return Err(Refusal::GatewayAnsweredAnother);
        };
        let authorized = &captured.authorized;
        let is_of_it =
            item.auth_rrpid.0 == authorized.rrpid && authorized.consent.ids.are(&item.trans_ids);
        if !is_ours || !is_of_it {
            return Err(Refusal::GatewayAnsweredAnother);
        }
        let said = &item.cap_rev_or_cred_res_payload;
        match said.cap_rev_or_cred_code {
            CapRevOrCredCode::Success => {
                let (asked, got) = (refund.amount, said.cap_rev_or_cred_actual_amt.money()?);
                if got != asked {
                    return Err(Refusal::GatewayChangedAmount { asked, got });
                }
                Ok(Ok(place(said.batch_id, said.batch_sequence_num)))
            }
            refused => Ok(Err(refused)),
        }
    }
}

fn opened<T: Content + Decode + Encode>(
    sealed: &Sealed<Signed<T>, Merchant>,
    (account, brand, env): (&Account, &Brand, &Environment<'_>),
    inside: fn(T) -> CapRevOrCredResData,
) -> Result<CapRevOrCredResData, Refusal>
where
    Signed<T>: Content,
{
    Ok(inside(account.open(sealed, brand, env)?.into_value()))
}

/// The gateway has answered.
pub(super) fn on_answer(
    purchase: Purchase,
    answer: &Answer,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Stage::Captured(captured) = &purchase.stage else {
        return Err(Refusal::GatewayAnsweredAnother);
    };
    let refund = captured.refunding().ok_or(Refusal::GatewayAnsweredAnother)?;
    let account = env.standing.account(&captured.authorized.consent.brand)?;
    let (outcome, place) = match answer.outcome(refund, captured, account)? {
        Ok(place) => (RefundOutcome::Done { at: env.now }, place),
        Err(code) => (RefundOutcome::Refused(RefundRefused::Because(code)), None),
    };
    let mut step = ended(purchase, answer.rrpid(), outcome, env)?;
    if let Stage::Captured(captured) = &mut step.state.stage
        && let Some(last) = captured.refunds.last_mut()
    {
        last.place = place;
    }
    Ok(step)
}

/// The question has come to an end.
pub(super) fn ended(
    mut purchase: Purchase,
    rrpid: Rrpid,
    outcome: RefundOutcome,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Stage::Captured(captured) = &mut purchase.stage else {
        return Err(Refusal::GatewayAnsweredAnother);
    };
    let open = captured.refunds.last_mut();
    let open = open.filter(|last| last.rrpid == rrpid && last.outcome == RefundOutcome::Asked);
    open.ok_or(Refusal::GatewayAnsweredAnother)?.outcome = outcome;
    let fact = if captured.given_back()?.is_zero() { Fact::Captured } else { Fact::Credited };
    purchase.timeline.add(fact, env.now);
    Ok(Step::new(purchase))
}

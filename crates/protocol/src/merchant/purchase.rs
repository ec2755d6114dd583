//! One purchase at the merchant, from the order to the money.
//!
//! An instance is made by the shop when the order is placed, under the order number. It is known
//! by its XID too, once a wallet has asked for an offer.

use openset_crypto::{Bag, Purpose, Thumb, dual};
use openset_types::{Money, RefundKind, Rrpid};
use openset_wire::{
    der::Original,
    error::ErrorCode,
    payment::{CapCode, InqReq, InqReqData, PInitReq, PReq, Pi},
    wrapper::Message,
};

use super::{
    Standing, answer, authorization, capture,
    consent::{Consent, PurchaseRequest},
    decided,
    news::{self, AskGateway},
    offer::{OFFERS_MAX, Offer},
    order::{
        Authorized, Authorizing, CaptureRefused, Captured, Capturing, Declined, Order, Purchase,
        Stage, Verdict,
    },
    parts,
    plan::Plan,
    refund,
    refunds::{RefundOutcome, RefundRefused},
    reversal, voiding,
};
use crate::{
    acceptance::{self, same_ids, same_rrpid},
    last_word,
    refusal::{self, Refusal},
    role::{Admitted, Decided, Effect, Env, Lookup, Machine, Party, Received, Step},
    summary::Fact,
};

/// The machine of a merchant's purchase.
#[derive(Debug)]
pub enum MerchantPurchase {}

/// What can happen to a purchase.
#[derive(Debug)]
pub enum Input {
    /// The shop took an order. Makes the instance.
    Placed(Order),
    /// A wallet asks for an offer.
    PInitReq(Box<PInitReq>),
    /// A cardholder has consented: the dual signature is verified, if there is to be one.
    PReq(Box<PurchaseRequest>),
    /// A cardholder asks how the order stands: the signature is verified, if there is one.
    InqReq(Box<Inquiry>),
    /// The gateway has answered an authorization request.
    AuthRes(Box<authorization::Answer>),
    /// The shop takes the money, or part of it.
    Capture {
        /// How much.
        amount: Money,
    },
    /// The shop has the next part of the order authorized.
    Next {
        /// How much.
        amount: Money,
        /// Whether the money is taken with it.
        is_sale: bool,
    },
    /// The shop turns to an authorization that need not be the one in front. From then on it is.
    Of {
        /// Which one.
        authorization: Rrpid,
        /// What it commands, if anything.
        command: Option<Box<Self>>,
    },
    /// The gateway has answered a capture request.
    CapRes(Box<capture::Answer>),
    /// The shop gives money back, or takes it back that it gave.
    Refund {
        /// Which of the three.
        kind: RefundKind,
        /// How much.
        amount: Money,
    },
    /// The gateway has answered that.
    Refunded(Box<refund::Answer>),
    /// The shop gives up what is held before it is taken, or a part of it; or what it waits for.
    Void {
        /// How much is to stay held: nothing if all of it is given up.
        remains: Money,
    },
    /// The gateway has answered a request to take an authorization back.
    AuthRevRes(Box<reversal::Answer>),
    /// An answer to a question that was given up.
    TooLate,
    /// The gateway could not answer a request at all.
    GatewayRefused {
        /// The request.
        rrpid: Rrpid,
        /// What it said.
        code: ErrorCode,
    },
    /// The gateway is asked for its certificate, or will be at the next start.
    GatewayAsked,
    /// The cardholder has waited long enough for the bank, or the gateway is asked again.
    Woke,
}

/// An inquiry, and the certificate that has signed it, if one has.
#[derive(Debug)]
pub struct Inquiry {
    data: InqReqData,
    by: Option<Thumb>,
}

pub(super) type StepTaken = Step<Purchase, AskGateway>;
pub(super) type Environment<'a> = Env<'a, MerchantPurchase>;

impl Machine for MerchantPurchase {
    const KIND: &'static str = "merchant.purchase";
    type Standing = Standing;
    type State = Purchase;
    type Input = Input;
    type Effect = AskGateway;
    type Note = AskGateway;

    fn admit(request: &Received, env: &Env<'_, Self>) -> Result<Admitted<Input>, Refusal> {
        let rrpid = env.standing.acceptance.check(&request.wrapper, env.now)?;
        match &request.wrapper.message {
            Message::PInitReq(message) => admit_p_init_req(request, message, rrpid, env),
            Message::PReq(message) => admit_p_req(request, message, rrpid, env),
            Message::InqReq(message) => admit_inq_req(request, message, rrpid, env),
            other => Err(Refusal::SenderSentForeignMessage { name: other.name() }),
        }
    }

    fn hear(state: &Purchase, answer: &Received, env: &Env<'_, Self>) -> Result<Input, Refusal> {
        let rrpid = env.standing.acceptance.check(&answer.wrapper, env.now)?;
        // Unless it is taken, it is asked for again and again.
        if state.moot.contains(rrpid) {
            return Ok(Input::TooLate);
        }
        let consent = state.consent().ok_or(Refusal::GatewayAnsweredAnother)?;
        let account = env.standing.account(&consent.brand)?;
        match &answer.wrapper.message {
            Message::AuthRes(message) => {
                let asked = (consent, state.signed_with());
                let heard = authorization::Answer::open(message, account, asked, env)?;
                same_rrpid(rrpid, heard.rrpid())?;
                Ok(Input::AuthRes(Box::new(heard)))
            }
            Message::CapRes(message) => {
                let heard = capture::Answer::open(message, account, &consent.brand, env)?;
                same_rrpid(rrpid, heard.rrpid())?;
                Ok(Input::CapRes(Box::new(heard)))
            }
            Message::AuthRevRes(message) => {
                let (brand, account) = state.asked_of(rrpid, env.standing)?;
                let heard = reversal::Answer::open(message, account, brand, env)?;
                same_rrpid(rrpid, heard.rrpid())?;
                Ok(Input::AuthRevRes(Box::new(heard)))
            }
            Message::Error(error) => {
                let purpose = Purpose::GatewaySignature;
                let said = refusal::heard(error, answer, purpose, Some(&consent.brand), env)?;
                // Another gateway that is sent the question has a refusal of its own for it, as it
                // may have an answer: neither is believed.
                account.require_gateway(&said)?;
                let sealed_in = Some(env.suite());
                last_word::require(&said, answer, sealed_in, env.standing.acceptance)?;
                Ok(Input::GatewayRefused { rrpid, code: said.into_value().error_code })
            }
            message => {
                let heard = refund::Answer::open(message, account, &consent.brand, env)?;
                let foreign = Refusal::SenderSentForeignMessage { name: message.name() };
                let heard = heard.ok_or(foreign)?;
                same_rrpid(rrpid, heard.rrpid())?;
                Ok(Input::Refunded(Box::new(heard)))
            }
        }
    }

    fn step(
        state: Option<Purchase>,
        input: Input,
        env: &Env<'_, Self>,
    ) -> Result<StepTaken, Refusal> {
        match (state, input) {
            (None, Input::Placed(order)) => place(order, env),
            (None, Input::PInitReq(_)) => Err(Refusal::SenderNamedUnknownLabel),
            (None, Input::PReq(_) | Input::InqReq(_)) => Err(Refusal::SenderNamedUnknownPurchase),
            (None, _) => Err(Refusal::CommandToAnotherInstance),
            (Some(purchase), input) => {
                let news = news::heard(&purchase, &input, env)?;
                Ok(take(purchase, input, env)?.and(news))
            }
        }
    }

    fn note(effect: &AskGateway) -> AskGateway {
        effect.clone()
    }

    fn interrupted(_: AskGateway) -> Input {
        Input::GatewayAsked
    }

    fn woke() -> Input {
        Input::Woke
    }

    fn decided(purchase: &Purchase) -> Vec<Decided> {
        decided::of_purchase(purchase)
    }
}

fn admit_p_init_req(
    request: &Received,
    message: &PInitReq,
    rrpid: Rrpid,
    env: &Env<'_, MerchantPurchase>,
) -> Result<Admitted<Input>, Refusal> {
    same_rrpid(rrpid, message.rrpid.0)?;
    acceptance::understood(message, &[])?;
    env.standing.account(&message.brand_id)?;
    let lid_m = message.local_id_m.as_ref().ok_or(Refusal::SenderNamedUnknownLabel)?;
    if let Some(ids) = &request.wrapper.message_header.message_ids {
        let agrees = ids.lid_c.as_ref().is_none_or(|lid_c| *lid_c == message.local_id_c)
            && ids.lid_m.as_ref().is_none_or(|header| header == lid_m)
            && ids.xid.is_none();
        if !agrees {
            return Err(Refusal::SenderSentContradictoryHeader);
        }
    }
    Ok(Admitted {
        instance: Lookup::Key(lid_m.as_bytes().to_vec()),
        held: Vec::new(),
        input: Input::PInitReq(Box::new(message.clone())),
    })
}

fn admit_p_req(
    request: &Received,
    message: &PReq,
    rrpid: Rrpid,
    env: &Env<'_, MerchantPurchase>,
) -> Result<Admitted<Input>, Refusal> {
    let oi = match message {
        PReq::PReqDualSigned(signed) => &signed.oi_dual_signed.t1,
        PReq::PReqUnsigned(unsigned) if env.suite().knows_unsigned_payments() => {
            &unsigned.oi_unsigned.t1
        }
        // A6: there an unsigned order is refused before anything is read of it.
        PReq::PReqUnsigned(_) => return Err(Refusal::CardholderSentUnsigned),
    };
    same_rrpid(rrpid, oi.rrpid.0)?;
    same_ids(&request.wrapper.message_header, &oi.trans_ids)?;
    PurchaseRequest::understood(oi)?;
    let account = env.standing.account(&oi.brand_id)?;
    // Abuse case 29: which lists are the current ones is known, or nobody is believed.
    env.trust.require_bci(&oi.brand_id, env.now)?;
    let (pi, cardholder) = match message {
        PReq::PReqDualSigned(signed) => {
            let verified = dual::check_order(signed, env.trust, &oi.brand_id, env.now)?;
            env.standing.acceptance.fresh(&verified, env.now)?;
            (Pi::PiDualSigned(signed.pi_dual_signed.clone()), Some(verified.signer().thumb()))
        }
        PReq::PReqUnsigned(unsigned) => {
            account.require_unsigned(&oi.brand_id, env)?;
            (Pi::PiUnsigned(unsigned.pi_unsigned.clone()), None)
        }
    };
    let order = PurchaseRequest { oi: oi.clone(), pi: Original::new(pi)?, cardholder };
    Ok(Admitted {
        instance: Lookup::Alias(order.purchase().to_vec()),
        held: Vec::new(),
        input: Input::PReq(Box::new(order)),
    })
}

fn admit_inq_req(
    request: &Received,
    message: &InqReq,
    rrpid: Rrpid,
    env: &Env<'_, MerchantPurchase>,
) -> Result<Admitted<Input>, Refusal> {
    let (data, by) = match message {
        InqReq::InqReqSigned(signed) => {
            let verified = env.verify(signed, Purpose::CardholderSignature, None)?;
            env.standing.acceptance.fresh(&verified, env.now)?;
            let by = verified.signer().thumb();
            (verified.into_value(), Some(by))
        }
        InqReq::InqReqUnsigned(data) if env.suite().knows_unsigned_payments() => {
            (data.clone(), None)
        }
        // A14: every order was signed, so an unsigned inquiry is a stranger's.
        InqReq::InqReqUnsigned(_) => return Err(Refusal::CardholderInquiredAsAnother),
    };
    same_rrpid(rrpid, data.rrpid.0)?;
    same_ids(&request.wrapper.message_header, &data.trans_ids)?;
    acceptance::understood(&data, &[])?;
    Ok(Admitted {
        instance: Lookup::Alias(data.trans_ids.xid.as_bytes().to_vec()),
        held: Vec::new(),
        input: Input::InqReq(Box::new(Inquiry { data, by })),
    })
}

fn place(order: Order, env: &Env<'_, MerchantPurchase>) -> Result<StepTaken, Refusal> {
    // A23: a purchase of nothing has no ratio that would mean anything.
    let first = order.plan.first(order.amount);
    if order.amount.is_zero() || first.is_zero() || first.exceeds(order.amount)? {
        return Err(Refusal::MerchantAskedForNoAmount);
    }
    if order.plan.terms().is_some_and(|terms| terms.are_over(env.now)) {
        return Err(Refusal::MerchantAskedForSpentTerms);
    }
    Ok(Step::new(Purchase::placed(order, env.now)))
}

fn take(
    purchase: Purchase,
    input: Input,
    env: &Env<'_, MerchantPurchase>,
) -> Result<StepTaken, Refusal> {
    match input {
        Input::Placed(_) => Err(Refusal::CommandToAnotherInstance),
        Input::PInitReq(request) => on_p_init_req(purchase, &request, env),
        Input::PReq(order) => on_p_req(purchase, &order, env),
        Input::InqReq(inquiry) => on_inq_req(purchase, &inquiry, env),
        Input::AuthRes(answer) => on_auth_res(purchase.waiting_for(answer.rrpid()), *answer, env),
        Input::Capture { amount } => on_capture(purchase, amount, env),
        Input::Next { amount, is_sale } => parts::next(purchase, amount, is_sale, env),
        Input::Of { authorization, command } => {
            let purchase = parts::in_front(purchase, authorization)?;
            match command {
                Some(command) => take(purchase, *command, env),
                None => Ok(Step::new(purchase)),
            }
        }
        Input::CapRes(answer) => on_cap_res(purchase.waiting_for(answer.rrpid()), &answer, env),
        Input::Refund { kind, amount } => refund::on_refund(purchase, kind, amount, env),
        Input::Refunded(answer) => {
            refund::on_answer(purchase.waiting_for(answer.rrpid()), &answer, env)
        }
        Input::Void { remains } => voiding::void(purchase, remains, env),
        Input::AuthRevRes(answer) => {
            voiding::on_auth_rev_res(purchase.waiting_for(answer.rrpid()), &answer, env)
        }
        Input::TooLate | Input::GatewayAsked => Ok(Step::new(purchase)),
        Input::GatewayRefused { rrpid, .. } => {
            on_gateway_refused(purchase.waiting_for(rrpid), rrpid, env)
        }
        Input::Woke => on_woke(purchase, env),
    }
}

fn on_p_init_req(
    mut purchase: Purchase,
    request: &PInitReq,
    env: &Env<'_, MerchantPurchase>,
) -> Result<StepTaken, Refusal> {
    let (Stage::Offered { offers } | Stage::Declined(Declined { offers, .. })) =
        &mut purchase.stage
    else {
        return Err(Refusal::CardholderPaidAlready);
    };
    let offer = Offer::draw(request, &purchase.order, &mut env.draw(), env.now);
    if offers.len() >= OFFERS_MAX {
        offers.remove(0);
    }
    offers.push(offer.clone());
    let account = env.standing.account(&offer.brand)?;
    let gateway = account.gateway_path(&offer.brand, env)?;
    let bci = env.unknown_bci(&offer.brand, request.thumbs.as_ref());
    let data = offer.answer(request, gateway.thumb().cert_thumb(env.suite())?, bci)?;
    // PEThumb is signed; the gateway's certificate lies beside it in the bag.
    let bag = env.trust.with_lists(Bag::of(&account.signature).and_path(&gateway));
    let bag = match &request.thumbs {
        Some(known) => bag.without(env.suite(), known),
        None => bag,
    };
    let message = Message::PInitRes(env.sign_with(&data, &account.signature, &bag)?);
    let ids = Some(offer.ids.message_ids());
    let message = env.standing.letterhead.write(message, request.rrpid.0, ids, env.now)?;
    Ok(Step::new(purchase)
        .then(Effect::KnownAs(offer.ids.xid.as_bytes().to_vec()))
        .then(Effect::Reply { rrpid: request.rrpid.0, message }))
}

fn on_p_req(
    purchase: Purchase,
    order: &PurchaseRequest,
    env: &Env<'_, MerchantPurchase>,
) -> Result<StepTaken, Refusal> {
    let (Stage::Offered { offers } | Stage::Declined(Declined { offers, .. })) = &purchase.stage
    else {
        // Abuse case 3: the same purchase, other octets.
        return Err(Refusal::CardholderReusedXid);
    };
    let consent = order.consent(order.taken(offers)?);
    if !order.is_for(&purchase.order, env.suite())? {
        return reject(purchase, &consent, env);
    }
    let mut draw = env.draw();
    let rrpid = draw.rrpid();
    let account = env.standing.account(&consent.brand)?;
    let (is_sale, whole) = (purchase.order.plan == Plan::Sale, purchase.order.amount);
    let first = purchase.order.plan.first(whole);
    let question = authorization::Question {
        rrpid,
        ids: &consent.ids,
        brand: &consent.brand,
        amount: first,
        check_digests: Some(order.check_digests(&purchase.order, env.suite())?),
        pi: &order.pi,
        is_sale,
        is_more: purchase.is_more(whole, first, env.now)?,
        terms: purchase.order.plan.terms(),
    };
    let ids = Some(consent.ids.message_ids());
    let asked = Some(question.asked(account, env)?);
    let message = question.message(account, env)?;
    let message = env.standing.letterhead.write(message, rrpid, ids, env.now)?;
    let party = Party::Gateway(consent.brand.clone());
    let (is_awaited, amount) = (true, Some(first).filter(|first| *first != whole));
    let stage =
        Stage::Authorizing(Authorizing { consent, rrpid, is_awaited, is_sale, amount, asked });
    Ok(Step::new(purchase.remember().becomes(stage, Fact::Received, env.now))
        .then(Effect::Ask { party, rrpid, message })
        .then(Effect::WakeAt(env.now.plus_s(env.standing.answer_within_s))))
}

/// The cardholder signed another order than the shop has. It stands unpaid (A4).
fn reject(
    purchase: Purchase,
    consent: &Consent,
    env: &Env<'_, MerchantPurchase>,
) -> Result<StepTaken, Refusal> {
    let data = answer::rejection(&consent.ids, consent.rrpid, consent.chall_c.as_ref())?;
    let message = sign_answer(Message::PRes, &data, consent, env)?;
    Ok(Step::new(purchase).then(Effect::Reply { rrpid: consent.rrpid, message }))
}

fn on_inq_req(
    purchase: Purchase,
    inquiry: &Inquiry,
    env: &Env<'_, MerchantPurchase>,
) -> Result<StepTaken, Refusal> {
    let InqReqData { trans_ids, rrpid, chall_c2, .. } = &inquiry.data;
    let (consent, offers) = (purchase.consent_to(trans_ids.xid.0), purchase.offers());
    let (ids, brand) = match consent {
        // A14: only whoever ordered may ask how the order stands. Of an order that nobody signed,
        // nobody can prove to have made it.
        Some(consent) if consent.cardholder.is_some() && consent.cardholder != inquiry.by => {
            return Err(Refusal::CardholderInquiredAsAnother);
        }
        Some(consent) => (&consent.ids, &consent.brand),
        None => offers
            .iter()
            .find(|offer| offer.ids.xid == trans_ids.xid.0)
            .map(|offer| (&offer.ids, &offer.brand))
            .ok_or(Refusal::SenderNamedUnknownPurchase)?,
    };
    // Where orders have to be signed, nobody else is told whether one has come.
    let takes = || env.standing.account(brand)?.require_unsigned(brand, env);
    if consent.is_none() && inquiry.by.is_none() && takes().is_err() {
        return Err(Refusal::CardholderInquiredAsAnother);
    }
    if !ids.are(trans_ids) {
        return Err(Refusal::CardholderNamedOtherLabels);
    }
    let data = answer::answer(&purchase, ids, rrpid.0, chall_c2.as_bytes())?;
    let signed = env.sign(&data, &env.standing.account(brand)?.signature)?;
    let message = env.standing.letterhead.write(
        Message::InqRes(signed),
        rrpid.0,
        Some(ids.message_ids()),
        env.now,
    )?;
    Ok(Step::new(purchase).then(Effect::Reply { rrpid: rrpid.0, message }))
}

fn on_auth_res(
    purchase: Purchase,
    answer: authorization::Answer,
    env: &Env<'_, MerchantPurchase>,
) -> Result<StepTaken, Refusal> {
    let Stage::Authorizing(authorizing) = &purchase.stage else {
        return Err(Refusal::GatewayAnsweredAnother);
    };
    let account = env.standing.account(&authorizing.consent.brand)?;
    answer.is_to(authorizing.rrpid, &authorizing.consent, account)?;
    let consent = authorizing.consent.clone();
    let (is_awaited, asked) = (authorizing.is_awaited, authorizing.asked.clone());
    let amount = authorizing.amount.unwrap_or(purchase.order.amount);
    let taken = answer.taken(amount, authorizing.is_sale)?;
    let next = answer.next()?;
    let verdict = answer.verdict(consent.clone(), amount, env.now)?;
    let purchase = match verdict {
        Ok(authorized) => {
            let authorized = Authorized { asked, ..authorized };
            let stage = Stage::Authorized(authorized.clone());
            let purchase = Purchase { next, ..purchase };
            let purchase = purchase.becomes(stage, Fact::Authorized, env.now);
            match taken {
                None => purchase,
                Some(outcome) => after_capture(purchase, authorized, outcome, env),
            }
        }
        Err(verdict) => decline(purchase, consent.clone(), verdict, env),
    };
    answer_order(purchase, &consent, is_awaited, env)
}

fn on_gateway_refused(
    purchase: Purchase,
    rrpid: Rrpid,
    env: &Env<'_, MerchantPurchase>,
) -> Result<StepTaken, Refusal> {
    match &purchase.stage {
        Stage::Authorizing(authorizing) if authorizing.rrpid == rrpid => {
            let Authorizing { consent, is_awaited, .. } = authorizing.clone();
            let purchase = decline(purchase, consent.clone(), Verdict::WithError, env);
            answer_order(purchase, &consent, is_awaited, env)
        }
        Stage::Capturing(capturing) if capturing.rrpid == rrpid => {
            let authorized = capturing.authorized.clone();
            Ok(Step::new(not_captured(purchase, authorized, CaptureRefused::WithError, env)))
        }
        Stage::Captured(captured) if captured.refunding().is_some_and(|one| one.rrpid == rrpid) => {
            let outcome = RefundOutcome::Refused(RefundRefused::WithError);
            refund::ended(purchase, rrpid, outcome, env)
        }
        _ => voiding::on_gateway_refused(purchase, rrpid, env),
    }
}

fn decline(
    mut purchase: Purchase,
    consent: Consent,
    verdict: Verdict,
    env: &Env<'_, MerchantPurchase>,
) -> Purchase {
    if parts::is_declined(&mut purchase, verdict, env) {
        return purchase;
    }
    let stage = Stage::Declined(Declined { consent, verdict, at: env.now, offers: Vec::new() });
    purchase.becomes(stage, Fact::Declined, env.now)
}

/// Tells the cardholder how its order stands, if it still waits to be told.
pub(super) fn answer_order(
    purchase: Purchase,
    consent: &Consent,
    is_awaited: bool,
    env: &Env<'_, MerchantPurchase>,
) -> Result<StepTaken, Refusal> {
    if !is_awaited {
        return Ok(Step::new(purchase));
    }
    let chall_c = consent.chall_c.as_ref();
    let data = answer::answer(&purchase, &consent.ids, consent.rrpid, chall_c)?;
    let message = sign_answer(Message::PRes, &data, consent, env)?;
    Ok(Step::new(purchase).then(Effect::Reply { rrpid: consent.rrpid, message }))
}

fn sign_answer(
    name: impl FnOnce(openset_wire::payment::PRes) -> Message,
    data: &openset_wire::payment::PResData,
    consent: &Consent,
    env: &Env<'_, MerchantPurchase>,
) -> Result<Vec<u8>, Refusal> {
    let account = env.standing.account(&consent.brand)?;
    let message = name(env.sign(data, &account.signature)?);
    let ids = Some(consent.ids.message_ids());
    env.standing.letterhead.write(message, consent.rrpid, ids, env.now)
}

fn on_woke(purchase: Purchase, env: &Env<'_, MerchantPurchase>) -> Result<StepTaken, Refusal> {
    let mut purchase = purchase.unanswered();
    if let Stage::Voiding(voiding) = &purchase.stage {
        let voiding = voiding.clone();
        return voiding::on_woke(purchase, voiding, env);
    }
    let Stage::Authorizing(authorizing) = &mut purchase.stage else {
        return Ok(Step::new(purchase));
    };
    let is_awaited = std::mem::replace(&mut authorizing.is_awaited, false);
    let consent = authorizing.consent.clone();
    answer_order(purchase, &consent, is_awaited, env)
}

fn on_capture(
    purchase: Purchase,
    amount: Money,
    env: &Env<'_, MerchantPurchase>,
) -> Result<StepTaken, Refusal> {
    let Stage::Authorized(authorized) = &purchase.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    // Abuse case 5: never more than is held, and never nothing.
    if amount.is_zero() || amount.exceeds(authorized.amount)? {
        return Err(Refusal::MerchantAskedForNoAmount);
    }
    let authorized = authorized.clone();
    let brand = authorized.consent.brand.clone();
    let rrpid = env.draw().rrpid();
    let item = capture::Item { authorized: &authorized, amount };
    let account = env.standing.account(&brand)?;
    let message = capture::message(rrpid, &[item], account, &brand, env)?;
    let ids = Some(authorized.consent.ids.message_ids());
    let message = env.standing.letterhead.write(message, rrpid, ids, env.now)?;
    let stage = Stage::Capturing(Capturing { authorized, rrpid, amount });
    Ok(Step::new(purchase.becomes(stage, Fact::Capturing, env.now)).then(Effect::Ask {
        party: Party::Gateway(brand),
        rrpid,
        message,
    }))
}

fn on_cap_res(
    purchase: Purchase,
    answer: &capture::Answer,
    env: &Env<'_, MerchantPurchase>,
) -> Result<StepTaken, Refusal> {
    let Stage::Capturing(Capturing { authorized, rrpid, amount }) = purchase.stage.clone() else {
        return Err(Refusal::GatewayAnsweredAnother);
    };
    same_rrpid(rrpid, answer.rrpid()).map_err(|_| Refusal::GatewayAnsweredAnother)?;
    let account = env.standing.account(&authorized.consent.brand)?;
    let item = capture::Item { authorized: &authorized, amount };
    let outcome = answer.outcome(&item, account)?;
    Ok(Step::new(after_capture(purchase, authorized, outcome, env)))
}

/// What was authorized was taken, or was not.
fn after_capture(
    purchase: Purchase,
    authorized: Authorized,
    outcome: Result<capture::Taken, CapCode>,
    env: &Env<'_, MerchantPurchase>,
) -> Purchase {
    match outcome {
        Ok(capture::Taken { amount, place }) => {
            // What was taken is given back by another message, which repeats nothing of this.
            let authorized = Authorized { asked: None, ..authorized };
            let (at, refunds) = (env.now, Vec::new());
            let stage = Stage::Captured(Captured { authorized, amount, at, place, refunds });
            purchase.becomes(stage, Fact::Captured, env.now)
        }
        Err(code) => not_captured(purchase, authorized, CaptureRefused::Because(code), env),
    }
}

/// The money is still held, and may be asked for again.
fn not_captured(
    purchase: Purchase,
    authorized: Authorized,
    why: CaptureRefused,
    env: &Env<'_, MerchantPurchase>,
) -> Purchase {
    let stage = Stage::Authorized(Authorized { capture_refused: Some(why), ..authorized });
    purchase.becomes(stage, Fact::Authorized, env.now)
}

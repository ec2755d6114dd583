//! One purchase in the wallet: from the shop's initiation document to the receipt.

use openset_crypto::{Purpose, Verified};
use openset_types::{Bin, Brand, Rrpid};
use openset_wire::{
    error::{ErrorCode, ErrorTbs},
    initiation::Initiation,
    wrapper::Message,
};

use super::{
    BareCard, Card, CardIdentity, Standing, doubt, inquiry, offer,
    order::{self, Means},
    record::{Abandoned, Agreed, Answer, Asked, Doubt, Offered, Ordered, Purchase, Stage},
};
use crate::{
    acceptance, hod, last_word,
    moot::Moot,
    refusal::{self, Refusal},
    role::{Admitted, Effect, Env, Machine, Nothing, Party, Received, Step},
    summary::{Fact, Timeline},
    version::Version,
};

/// The machine of a cardholder's purchase.
#[derive(Debug)]
pub enum CardholderPurchase {}

/// What can happen to a purchase.
#[derive(Debug)]
pub enum Input {
    /// The owner came from a shop and chose a card. Makes the instance.
    Start(Box<Start>),
    /// The merchant has answered: it and its gateway have proved who they are.
    PInitRes(Box<Offered>),
    /// The merchant has answered, and its certificates are not good.
    Doubted(Doubt),
    /// The owner consents. The card is here for this step only.
    Consented(Box<Card>),
    /// The owner consents to a purchase that is paid without a certificate.
    ConsentedUnsigned(Box<BareCard>),
    /// The owner says no.
    Declined,
    /// The merchant has said how the order stands.
    Answered(Box<Answer>),
    /// The merchant could not answer a request at all.
    MerchantRefused {
        /// The request.
        rrpid: Rrpid,
        /// What it said.
        said: Complaint,
    },
    /// The merchant did not take the order, and may have taken it before or take it yet. Heard once
    /// of an order.
    MerchantMayTakeIt {
        /// The order, octet for octet.
        order: Vec<u8>,
    },
    /// The answer to a question that nobody waits for any more.
    TooLate,
    /// The owner asks how the order stands.
    Inquire,
    /// The time has come: nothing was heard.
    Woke,
}

/// What a merchant says that could not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complaint {
    /// Something is wrong with the request, with the card that signed it, or at the merchant.
    OfRequest(ErrorCode),
    /// The certificate of its own gateway is not good.
    OfGateway(ErrorCode),
}

/// What a purchase starts with.
#[derive(Debug)]
pub struct Start {
    /// What the shop's page said.
    pub initiation: Initiation,
    /// The brand of the card.
    pub brand: Brand,
    /// The first six digits of the card.
    pub bin: Bin,
    /// The certificate to pay with. Without one nothing is signed, which suite `modern` never does,
    /// and `set10` where the gateway's certificate says so.
    pub card: Option<CardIdentity>,
}

/// After so many inquiries the wallet asks no more by itself.
const INQUIRIES_MAX: u32 = 20;

type StepTaken = Step<Purchase, Nothing>;
type Environment<'a> = Env<'a, CardholderPurchase>;

impl Machine for CardholderPurchase {
    const KIND: &'static str = "cardholder.purchase";
    type Standing = Standing;
    type State = Purchase;
    type Input = Input;
    type Effect = Nothing;
    type Note = Nothing;

    /// A wallet answers nobody.
    fn admit(request: &Received, _: &Environment<'_>) -> Result<Admitted<Input>, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: request.wrapper.message.name() })
    }

    fn hear(state: &Purchase, answer: &Received, env: &Environment<'_>) -> Result<Input, Refusal> {
        hear(state, answer, env).or_else(|refusal| {
            doubt::of(&refusal, state, answer, env).map(Input::Doubted).ok_or(refusal)
        })
    }

    fn step(
        state: Option<Purchase>,
        input: Input,
        env: &Environment<'_>,
    ) -> Result<StepTaken, Refusal> {
        let Some(purchase) = state else {
            return match input {
                Input::Start(start) => begin(*start, env),
                _ => Err(Refusal::CommandToAnotherInstance),
            };
        };
        match input {
            Input::Start(_) => Err(Refusal::CommandToAnotherInstance),
            Input::PInitRes(offered) => on_p_init_res(purchase, offered, env),
            Input::Doubted(doubt) => on_doubt(purchase, doubt, env),
            Input::Consented(card) => consent(purchase, Means::Certified(*card), env),
            Input::ConsentedUnsigned(card) => consent(purchase, Means::Bare(*card), env),
            Input::Declined => decline(purchase, env),
            Input::Answered(answer) => on_answer(purchase, *answer, env),
            Input::MerchantRefused { rrpid, said } => on_error(purchase, rrpid, said, env),
            Input::MerchantMayTakeIt { order } => ask_on(purchase, order, env),
            Input::TooLate => Ok(Step::new(purchase)),
            Input::Inquire => inquire(purchase, env),
            Input::Woke => on_woke(purchase, env),
        }
    }

    fn note(effect: &Nothing) -> Nothing {
        match *effect {}
    }

    fn interrupted(note: Nothing) -> Input {
        match note {}
    }

    fn woke() -> Input {
        Input::Woke
    }
}

fn hear(state: &Purchase, answer: &Received, env: &Environment<'_>) -> Result<Input, Refusal> {
    let rrpid = env.standing.acceptance.check(&answer.wrapper, env.now)?;
    // Unless it is taken, it is asked for again and again.
    if state.moot.contains(rrpid) {
        return Ok(Input::TooLate);
    }
    match &answer.wrapper.message {
        Message::PInitRes(message) => {
            let offered = offer::hear(state, answer, message, env)?;
            Ok(Input::PInitRes(Box::new(offered)))
        }
        Message::PRes(message) | Message::InqRes(message) => {
            let ordered = state.ordered().ok_or(Refusal::MerchantAnsweredAnother)?;
            let heard = inquiry::hear(&state.agreed, ordered, answer, message, rrpid, env)?;
            Ok(Input::Answered(Box::new(heard)))
        }
        Message::Error(error) => {
            let brand = Some(&state.agreed.brand);
            let said = refusal::heard(error, answer, Purpose::MerchantSignature, brand, env)?;
            // Another merchant that is sent the order has a refusal of its own for it.
            if state.ordered().is_some_and(|ordered| {
                said.signer().merchant_id() != Some(&ordered.merchant.merchant)
            }) {
                return Err(Refusal::MerchantSwitched);
            }
            hear_refusal(state, answer, &said, rrpid, env)
        }
        other => Err(Refusal::SenderSentForeignMessage { name: other.name() }),
    }
}

/// The merchant could not go on. An order that may be taken yet, or has been, is not given up.
fn hear_refusal(
    state: &Purchase,
    answer: &Received,
    said: &Verified<ErrorTbs>,
    rrpid: Rrpid,
    env: &Environment<'_>,
) -> Result<Input, Refusal> {
    let complaint = Complaint::read(said, state, env)?;
    let refused = Input::MerchantRefused { rrpid, said: complaint };
    let Stage::Ordered(ordered) = &state.stage else { return Ok(refused) };
    let (is_order, acceptance) = (ordered.order.rrpid == rrpid, env.standing.acceptance);
    let last_word = match complaint {
        // A gateway comes to another certificate, and the order is as good as before.
        Complaint::OfGateway(_) => last_word::require_over(said, answer, acceptance),
        Complaint::OfRequest(_) => last_word::require(said, answer, None, acceptance),
    };
    match (last_word, &answer.question) {
        (Err(_), Some(order)) if is_order && ordered.inquiries == 0 => {
            Ok(Input::MerchantMayTakeIt { order: order.clone() })
        }
        (Err(refusal), _) if is_order => Err(refusal),
        _ => Ok(refused),
    }
}

impl Complaint {
    /// An Error that names a certificate is about that one. One that names none can be about the
    /// card's only where the card has signed: no other certificate was sent.
    fn read(said: &ErrorTbs, purchase: &Purchase, env: &Environment<'_>) -> Result<Self, Refusal> {
        let code = said.error_code;
        let is_of_certificate = matches!(
            code,
            ErrorCode::ExpiredCertificate
                | ErrorCode::InvalidCertificate
                | ErrorCode::MissingCertificate
                | ErrorCode::RevokedCertificate
        );
        let is_of_card = match &said.error_thumb {
            Some(named) => match &purchase.agreed.card {
                Some(card) => {
                    let card = card.identity()?.thumb(env.suite());
                    *named == card.cert_thumb(env.suite())?
                }
                None => false,
            },
            None => {
                let has_signed = !matches!(purchase.stage, Stage::Initiating { .. });
                has_signed && purchase.agreed.card.is_some()
            }
        };
        Ok(match is_of_certificate && !is_of_card {
            true => Self::OfGateway(code),
            false => Self::OfRequest(code),
        })
    }
}

fn begin(start: Start, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let Start { initiation, brand, bin, card } = start;
    if !initiation.brands.contains(&brand) {
        return Err(Refusal::SenderNamedForeignBrand { brand });
    }
    // A6: suite `modern` knows no payment that nobody has signed.
    if card.is_none() && !env.suite().knows_unsigned_payments() {
        return Err(Refusal::CardholderSentUnsigned);
    }
    if initiation.amount.is_zero() {
        return Err(Refusal::MerchantAskedForNoAmount);
    }
    if initiation.terms.is_some_and(|terms| terms.are_over(env.now)) {
        return Err(Refusal::MerchantAskedForSpentTerms);
    }
    let agreed = Agreed {
        url: initiation.set_url,
        lid_m: initiation.lid_m,
        description: initiation.order.into(),
        amount: initiation.amount,
        terms: initiation.terms,
        brand,
        bin,
        card,
    };
    let offer::Request { message, lid_c, asked, thumbs, ids } = offer::Request::draw(&agreed, env)?;
    let rrpid = asked.rrpid;
    let message = Message::PInitReq(Box::new(message));
    let message = env.standing.letterhead.write(message, rrpid, Some(ids), env.now)?;
    let party = agreed.merchant();
    let purchase = Purchase {
        version: Version,
        agreed,
        stage: Stage::Initiating { lid_c, asked, thumbs },
        moot: Moot::default(),
        timeline: Timeline::begin(Fact::Placed, env.now),
    };
    Ok(Step::new(purchase)
        .then(Effect::Ask { party, rrpid, message })
        .then(Effect::WakeAt(env.now.plus_s(env.standing.give_up_after_s))))
}

fn on_p_init_res(
    purchase: Purchase,
    offered: Box<Offered>,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let Stage::Initiating { .. } = &purchase.stage else {
        return Err(Refusal::MerchantAnsweredAnother);
    };
    if purchase.agreed.card.is_none() && !offered.takes_unsigned {
        return Ok(Step::new(abandon(purchase, Abandoned::WithoutCertificate, env)));
    }
    let xid = offered.ids.xid.as_bytes().to_vec();
    let purchase = purchase.becomes(Stage::Offered(offered), None, env.now);
    Ok(Step::new(purchase).then(Effect::KnownAs(xid)))
}

fn on_doubt(purchase: Purchase, doubt: Doubt, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    match &purchase.stage {
        Stage::Initiating { .. } => {
            Ok(Step::new(abandon(purchase, Abandoned::Doubted(doubt), env)))
        }
        _ => Err(Refusal::MerchantAnsweredAnother),
    }
}

fn consent(purchase: Purchase, card: Means, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let Stage::Offered(offered) = &purchase.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let bin = card.bin();
    acceptance::require_card_for(env.suite(), &bin)?;
    // The card that pays is the one that was chosen, with its certificate or without one.
    if bin != purchase.agreed.bin || card.is_certified() != purchase.agreed.card.is_some() {
        return Err(Refusal::CommandOutOfTurn);
    }
    let Offered { ids, chall_c, merchant, .. } = (**offered).clone();
    let mut draw = env.draw();
    let rrpid = draw.rrpid();
    let message = order::make(&purchase.agreed, offered, card, rrpid, &mut draw, env)?;
    let message =
        env.standing.letterhead.write(message, rrpid, Some(ids.message_ids()), env.now)?;
    let ordered = Ordered {
        ids,
        merchant,
        order: Asked { rrpid, challenge: chall_c },
        inquiry: None,
        inquiries: 0,
        answer: None,
    };
    let party = purchase.agreed.merchant();
    Ok(Step::new(purchase.becomes(Stage::Ordered(ordered), None, env.now))
        .then(Effect::Ask { party, rrpid, message })
        .then(Effect::WakeAt(env.now.plus_s(env.standing.inquire_after_s))))
}

fn decline(purchase: Purchase, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    match &purchase.stage {
        Stage::Initiating { .. } | Stage::Offered(_) => {
            Ok(Step::new(abandon(purchase, Abandoned::ByOwner, env)))
        }
        Stage::Ordered(_) | Stage::Answered(_) | Stage::Abandoned(_) => {
            Err(Refusal::CommandOutOfTurn)
        }
    }
}

fn abandon(mut purchase: Purchase, why: Abandoned, env: &Environment<'_>) -> Purchase {
    purchase.gives_up();
    purchase.becomes(Stage::Abandoned(why), Some(Fact::Abandoned), env.now)
}

fn on_answer(
    purchase: Purchase,
    answer: Answer,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let mut ordered = purchase.ordered().cloned().ok_or(Refusal::MerchantAnsweredAnother)?;
    let known = ordered.answer.as_ref().is_some_and(Answer::is_final);
    if known && !answer.is_final() {
        // An answer to an older question came late: what is known is more.
        return Ok(Step::new(purchase));
    }
    let (fact, is_final) = (answer.fact(), answer.is_final());
    ordered.answer = Some(answer);
    if is_final {
        return Ok(Step::new(purchase.becomes(Stage::Answered(ordered), fact, env.now)));
    }
    let wake_at = env.now.plus_s(env.standing.inquire_after_s);
    let purchase = purchase.becomes(Stage::Ordered(ordered), fact, env.now);
    Ok(Step::new(purchase).then(Effect::WakeAt(wake_at)))
}

/// The merchant could not go on. Before the order that ends the purchase, and so does its signed
/// refusal of the order itself; a refused inquiry ends nothing.
fn on_error(
    mut purchase: Purchase,
    rrpid: Rrpid,
    said: Complaint,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let ends = match &purchase.stage {
        Stage::Initiating { asked, .. } => asked.rrpid == rrpid,
        Stage::Ordered(ordered) => ordered.order.rrpid == rrpid,
        // The merchant has said already how the order stands.
        Stage::Answered(ordered) if ordered.order.rrpid == rrpid => {
            return Ok(Step::new(purchase));
        }
        Stage::Offered(_) | Stage::Answered(_) | Stage::Abandoned(_) => false,
    };
    if ends {
        let why = match said {
            Complaint::OfRequest(code) => Abandoned::WithError(code),
            Complaint::OfGateway(code) => Abandoned::WithoutGateway(code),
        };
        return Ok(Step::new(abandon(purchase, why, env)));
    }
    let (Stage::Ordered(ordered) | Stage::Answered(ordered)) = &mut purchase.stage else {
        return Err(Refusal::MerchantAnsweredAnother);
    };
    if ordered.inquiry.take_if(|inquiry| inquiry.rrpid == rrpid).is_none() {
        return Err(Refusal::MerchantAnsweredAnother);
    }
    purchase.moves_on_from(rrpid);
    Ok(Step::new(purchase))
}

/// Sends the same order on, and asks at once how it stands: whoever paid is told what is known.
fn ask_on(purchase: Purchase, order: Vec<u8>, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let rrpid = purchase.ordered().ok_or(Refusal::MerchantAnsweredAnother)?.order.rrpid;
    let party = purchase.agreed.merchant();
    Ok(inquire(purchase, env)?.then(Effect::Ask { party, rrpid, message: order }))
}

/// Asks how the order stands. It never orders twice.
fn inquire(mut purchase: Purchase, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let mut ordered = purchase.ordered().cloned().ok_or(Refusal::CommandOutOfTurn)?;
    if let Some(before) = &ordered.inquiry {
        purchase.moves_on_from(before.rrpid);
    }
    let (message, asked) = inquiry::ask(&purchase.agreed, &ordered, env)?;
    let rrpid = asked.rrpid;
    let ids = Some(ordered.ids.message_ids());
    let message = env.standing.letterhead.write(message, rrpid, ids, env.now)?;
    ordered.inquiry = Some(asked);
    ordered.inquiries = ordered.inquiries.saturating_add(1);
    let asks_on = ordered.inquiries < INQUIRIES_MAX;
    let stage = match &purchase.stage {
        Stage::Answered(_) => Stage::Answered(ordered),
        _ => Stage::Ordered(ordered),
    };
    let wake_at = env.now.plus_s(env.standing.inquire_after_s);
    let wake = (asks_on && matches!(stage, Stage::Ordered(_))).then_some(Effect::WakeAt(wake_at));
    let party = purchase.agreed.merchant();
    Ok(Step::new(purchase.becomes(stage, None, env.now))
        .then(Effect::Ask { party, rrpid, message })
        .and(wake))
}

fn on_woke(purchase: Purchase, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    match &purchase.stage {
        Stage::Initiating { .. } => Ok(Step::new(abandon(purchase, Abandoned::WithoutAnswer, env))),
        Stage::Ordered(_) => inquire(purchase, env),
        Stage::Offered(_) | Stage::Answered(_) | Stage::Abandoned(_) => Ok(Step::new(purchase)),
    }
}

impl Agreed {
    fn merchant(&self) -> Party {
        Party::Merchant { url: self.url.clone() }
    }

    /// What is digested of it.
    pub fn ordered(&self) -> hod::Ordered<'_> {
        let (description, amount) = (self.description.as_ref(), self.amount);
        hod::Ordered { description, amount, terms: self.terms }
    }
}

impl Purchase {
    /// The order, once there is one.
    pub fn ordered(&self) -> Option<&Ordered> {
        match &self.stage {
            Stage::Ordered(ordered) | Stage::Answered(ordered) => Some(ordered),
            Stage::Initiating { .. } | Stage::Offered(_) | Stage::Abandoned(_) => None,
        }
    }
}

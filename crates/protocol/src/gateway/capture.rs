//! One capture request at the gateway: many items, each taken or refused by itself.
//!
//! ```text
//! CapReq ─▶ Capturing ──every item advised──▶ Captured
//! ```
//!
//! Each item names an authorization by the token this gateway sealed for itself. The token is
//! used once: a register entry for the authorization is claimed in the commit that tells the
//! acquirer. The card is not needed and is not looked at.

use std::{collections::BTreeSet, convert::identity};

use openset_crypto::Purpose;
use openset_types::{
    BatchPlace, BatchRefusal, BatchWish, CaptureAdvice, MerchantId, Money, RetrievalReference,
    Rrpid, UnixTime, Xid,
};
use openset_wire::{
    der::{decode, encode},
    payment::{CapCode, CapItem, CapReq, CapResData, CapResItem, CapResPayload, CapToken},
    types::{RrTags, TransIds},
    wrapper::Message,
};
use serde::{Deserialize, Serialize};

use super::{
    Standing,
    batch::wish,
    decided,
    heard::{asker, believe},
    keep_known, market,
    token::{self, Token},
    trace::{retrieval, trace},
};
use crate::{
    acceptance::{self, same_rrpid},
    kept::kept_path,
    octets::Octets,
    refusal::Refusal,
    role::{Admitted, Claim, Decided, Effect as Asked, Env, Lookup, Machine, Received, Step},
    version::Version,
};

/// The most items of one request.
pub const ITEMS_MAX: usize = 500;

/// The machine of a gateway's captures.
#[derive(Debug)]
pub enum GatewayCapture {}

/// One capture request as the gateway stores it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captures {
    /// The form of what follows.
    pub version: Version<1>,
    /// Names the request.
    pub rrpid: Rrpid,
    /// Who asks.
    pub merchant: MerchantId,
    /// The certificate the answer is sealed for (DER), then those above it.
    pub reply_to: Vec<Octets>,
    /// The tags to be repeated in the answer (DER).
    pub tags: Octets,
    /// What the merchant knows and needs not be sent (Thumbs, DER).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<Octets>,
    /// The items, in the order of the request.
    pub items: Vec<Item>,
    /// Whether the merchant was answered.
    pub is_answered: bool,
}

/// One item of a capture request.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The names of the purchase, to be repeated (DER).
    pub trans_ids: Octets,
    /// The purchase.
    pub xid: Xid,
    /// The authorization.
    pub authorization: Rrpid,
    /// Which of its tokens: as often was it lowered.
    #[serde(default)]
    pub generation: u8,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of an item.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The acquirer is being told.
    Advising(CaptureAdvice),
    /// The acquirer has taken it.
    Taken {
        /// How much.
        amount: Money,
        /// Finds the authorization at the banks.
        retrieval: RetrievalReference,
        /// When.
        at: UnixTime,
        /// Where the acquirer counts it, if it says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<BatchPlace>,
    },
    /// Nothing was taken.
    Refused(#[serde(with = "crate::stored::cap_code")] CapCode),
}

/// What can happen to a capture request.
#[derive(Debug)]
pub enum Input {
    /// A merchant asks. What it says is believed; the tokens are opened.
    CapReq(Box<Request>),
    /// The acquirer has taken an item, or will not.
    Advised {
        /// Which advice.
        retrieval: RetrievalReference,
        /// What it said.
        answer: AdviceAnswer,
    },
    /// The gateway stopped while the acquirer was being told.
    Interrupted(CaptureAdvice),
    /// The time has come. Nothing here waits for a time.
    Woke,
}

/// What the acquirer said to an advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdviceAnswer {
    /// It has taken it, now or at an earlier telling.
    Taken,
    /// The same, and counts it there.
    Counted(BatchPlace),
    /// It will not.
    Refused,
    /// It will not, because it cannot be counted as was asked.
    NotCounted(BatchRefusal),
}

/// What is asked of the acquirer: told until it is acknowledged.
#[derive(Debug)]
pub enum Effect {
    /// Tells the acquirer of one item.
    AdviseCapture(CaptureAdvice),
}

/// What a merchant asks, its tokens opened.
#[derive(Debug)]
pub struct Request {
    rrpid: Rrpid,
    merchant: MerchantId,
    reply_to: Vec<Octets>,
    tags: Octets,
    known: Option<Octets>,
    items: Vec<Asking>,
}

/// One item as it was asked for.
#[derive(Debug)]
struct Asking {
    ids: TransIds,
    authorization: Rrpid,
    verdict: Result<Fit, CapCode>,
}

/// An item that may be taken, unless it was taken before.
#[derive(Debug)]
struct Fit {
    amount: Money,
    token: Token,
    batch: BatchWish,
}

impl Asking {
    /// Which of the authorization's tokens was shown.
    fn generation(&self) -> u8 {
        self.verdict.as_ref().map_or(0, |fit| fit.token.notes.generation)
    }

    /// The register entry of that token.
    fn claim(&self) -> Claim {
        token::used(&self.authorization, self.generation())
    }
}

type StepTaken = Step<Captures, Effect>;
type Environment<'a> = Env<'a, GatewayCapture>;

impl Machine for GatewayCapture {
    const KIND: &'static str = "gateway.capture";
    const OUTCOMES_TOGETHER_MAX: usize = 100;
    type Standing = Standing;
    type State = Captures;
    type Input = Input;
    type Effect = Effect;
    type Note = CaptureAdvice;

    fn admit(request: &Received, env: &Environment<'_>) -> Result<Admitted<Input>, Refusal> {
        let rrpid = env.standing.acceptance.check(&request.wrapper, env.now)?;
        match &request.wrapper.message {
            Message::CapReq(message) => admit(message, rrpid, env),
            other => Err(Refusal::SenderSentForeignMessage { name: other.name() }),
        }
    }

    fn hear(_: &Captures, answer: &Received, _: &Environment<'_>) -> Result<Input, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: answer.wrapper.message.name() })
    }

    fn step(
        state: Option<Captures>,
        input: Input,
        env: &Environment<'_>,
    ) -> Result<StepTaken, Refusal> {
        match (state, input) {
            (None, Input::CapReq(request)) => begin(*request, env),
            (None, _) | (Some(_), Input::CapReq(_)) => Err(Refusal::CommandToAnotherInstance),
            (Some(captures), Input::Advised { retrieval, answer }) => {
                advised(captures, &retrieval, answer, env)
            }
            (Some(captures), Input::Interrupted(advice)) => Ok(advise_again(captures, advice)),
            (Some(captures), Input::Woke) => Ok(Step::new(captures)),
        }
    }

    fn note(effect: &Effect) -> CaptureAdvice {
        let Effect::AdviseCapture(advice) = effect;
        advice.clone()
    }

    fn interrupted(note: CaptureAdvice) -> Input {
        Input::Interrupted(note)
    }

    fn woke() -> Input {
        Input::Woke
    }

    fn decided(captures: &Captures) -> Vec<Decided> {
        decided::of_captures(captures)
    }
}

fn admit(
    message: &CapReq,
    rrpid: Rrpid,
    env: &Environment<'_>,
) -> Result<Admitted<Input>, Refusal> {
    // Nobody but the issuer's side needs the card again, and suite `modern` returns it to nobody.
    let CapReq::EncB(message) = message else {
        return Err(Refusal::GatewayReturnedCardNumber);
    };
    let linked = believe(&message.enc, &message.baggage, identity, env)?;
    let data = linked.t1.value();
    same_rrpid(rrpid, data.cap_rr_tags.rrpid.0)?;
    acceptance::understood(data, acceptance::in_answers(env.suite()).as_slice())?;
    let (merchant, reply_to) = asker(&linked, &data.cap_rr_tags, env)?;
    let tokens = &message.baggage.0;
    if tokens.len() != data.cap_item_seq.len() || tokens.len() > ITEMS_MAX {
        return Err(Refusal::PartsNotLinked);
    }
    let pairs = data.cap_item_seq.iter().zip(tokens);
    let items: Vec<_> = pairs.map(|(item, token)| ask(item, token, &merchant, env)).collect();
    Ok(Admitted {
        instance: Lookup::Key(rrpid.as_bytes().to_vec()),
        held: items.iter().map(Asking::claim).collect(),
        input: Input::CapReq(Box::new(Request {
            rrpid,
            merchant,
            reply_to,
            tags: encode(&data.cap_rr_tags)?.into(),
            known: keep_known(data.m_thumbs.as_ref())?,
            items,
        })),
    })
}

fn ask(item: &CapItem, token: &CapToken, merchant: &MerchantId, env: &Environment<'_>) -> Asking {
    Asking {
        ids: item.trans_ids.clone(),
        authorization: item.auth_rrpid.0,
        verdict: judge(item, token, merchant, env),
    }
}

/// Whether an item may be taken by what its token says (A8, abuse case 5).
fn judge(
    item: &CapItem,
    token: &CapToken,
    merchant: &MerchantId,
    env: &Environment<'_>,
) -> Result<Fit, CapCode> {
    if matches!(token, CapToken::Null(())) {
        return Err(CapCode::CapTokenMissing);
    }
    let token = token::open(token, env).map_err(|_| CapCode::InvalidCapToken)?;
    if token.rrpid != item.auth_rrpid.0 || token.notes.merchant != *merchant {
        return Err(CapCode::InvalidCapToken);
    }
    if token.notes.xid != item.trans_ids.xid.0 {
        return Err(CapCode::UnknownXid);
    }
    if env.now.seconds_since(token.notes.at) > env.standing.authorization_lasts_s {
        return Err(CapCode::AuthExpired);
    }
    let amount = item.cap_payload.cap_req_amt.money().map_err(|_| CapCode::InvalidAuthData)?;
    let is_more = amount.exceeds(token.amount).map_err(|_| CapCode::InvalidAuthData)?;
    let is_agreed = market::agrees(item.cap_payload.sale_detail.as_ref(), amount);
    if is_more || amount.is_zero() || !is_agreed {
        return Err(CapCode::InvalidAuthData);
    }
    let sale = item.cap_payload.sale_detail.as_ref();
    let batch = wish(sale, &env.standing.brand).map_err(not_counted)?;
    Ok(Fit { amount, token, batch })
}

/// Claims what may be taken and tells the acquirer, all in one commit.
fn begin(request: Request, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let Request { rrpid, merchant, reply_to, tags, known, items } = request;
    let mut draw = env.draw();
    let mut taken = BTreeSet::new();
    let mut effects = Vec::new();
    let mut kept = Vec::new();
    for asking in items {
        let (claim, generation) = (asking.claim(), asking.generation());
        let is_first = !env.held.has(&claim) && !taken.contains(&claim);
        let outcome = match asking.verdict {
            Err(code) => Outcome::Refused(code),
            Ok(_) if !is_first => Outcome::Refused(CapCode::DuplicateRequest),
            Ok(Fit { amount, token, batch }) => {
                let trace = trace(&mut draw, env.now)?;
                effects.extend([Asked::Claim(claim.clone()), Asked::Claim(retrieval(&trace))]);
                taken.insert(claim);
                Outcome::Advising(CaptureAdvice {
                    trace,
                    authorization: token.notes.retrieval,
                    approval_code: token.notes.approval_code,
                    issuer: token.notes.issuer,
                    amount,
                    merchant: merchant.clone(),
                    batch: Some(batch),
                })
            }
        };
        kept.push(Item {
            trans_ids: encode(&asking.ids)?.into(),
            xid: asking.ids.xid.0,
            authorization: asking.authorization,
            generation,
            outcome,
        });
    }
    let advices = kept.iter().filter_map(Item::advice).cloned();
    effects.extend(advices.map(Effect::AdviseCapture).map(Asked::Own));
    let (version, items) = (Version, kept);
    let captures =
        Captures { version, rrpid, merchant, reply_to, tags, known, items, is_answered: false };
    answer_when_done(Step::new(captures).and(effects), env)
}

fn advised(
    mut captures: Captures,
    retrieval: &RetrievalReference,
    answer: AdviceAnswer,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let is_this =
        |item: &&mut Item| item.advice().is_some_and(|advice| advice.trace.retrieval == *retrieval);
    let Some(item) = captures.items.iter_mut().find(is_this) else {
        return Ok(Step::new(captures));
    };
    let mut released = None;
    let taken = outcome(answer);
    item.outcome = match (taken, item.advice()) {
        (Ok(place), Some(advice)) => Outcome::Taken {
            amount: advice.amount,
            retrieval: advice.authorization.clone(),
            at: env.now,
            place,
        },
        (taken, _) => {
            released = Some(Asked::Release(token::used(&item.authorization, item.generation)));
            Outcome::Refused(taken.err().unwrap_or(CapCode::UnspecifiedFailure))
        }
    };
    answer_when_done(Step::new(captures).and(released), env)
}

/// Where the acquirer counts what it has taken, if it says so; or what the merchant is told.
pub(super) fn outcome(answer: AdviceAnswer) -> Result<Option<BatchPlace>, CapCode> {
    match answer {
        AdviceAnswer::Taken => Ok(None),
        AdviceAnswer::Counted(place) => Ok(Some(place)),
        AdviceAnswer::Refused => Err(CapCode::UnspecifiedFailure),
        AdviceAnswer::NotCounted(why) => Err(not_counted(why)),
    }
}

/// What the merchant is told of an item that fits no batch.
fn not_counted(why: BatchRefusal) -> CapCode {
    match why {
        BatchRefusal::Closed => CapCode::BatchClosed,
        BatchRefusal::PlaceTaken => CapCode::DuplicateRequest,
        BatchRefusal::Unknown | BatchRefusal::Known => CapCode::BatchUnknown,
        BatchRefusal::OutOfBalance | BatchRefusal::Unavailable => CapCode::UnspecifiedFailure,
    }
}

/// The same advice again: the acquirer tells repeats by its trace.
fn advise_again(captures: Captures, advice: CaptureAdvice) -> StepTaken {
    let is_open = captures.items.iter().filter_map(Item::advice).any(|open| *open == advice);
    let again = is_open.then_some(Asked::Own(Effect::AdviseCapture(advice)));
    Step::new(captures).and(again)
}

/// CapRes: Enc(P, M, CapResData), once every item has come to an end.
fn answer_when_done(mut step: StepTaken, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let captures = &mut step.state;
    let is_open = captures.items.iter().any(|item| item.advice().is_some());
    if is_open || captures.is_answered {
        return Ok(step);
    }
    captures.is_answered = true;
    let standing = env.standing;
    let known = super::known(captures.known.as_ref())?;
    let data = CapResData {
        cap_rr_tags: decode::<RrTags>(captures.tags.as_ref())?,
        brand_crl_identifier: env.unknown_bci(&standing.brand, known.as_ref()),
        pe_thumb: standing.announced(known.as_ref(), env)?,
        batch_status_seq: None,
        cap_res_item_seq: captures.items.iter().map(Item::answer).collect::<Result<_, _>>()?,
        c_rs_extensions: None,
    };
    let signed = standing.sign_for(&data, known.as_ref(), env)?;
    let to = kept_path(&captures.reply_to, Purpose::MerchantEncipherment, &standing.brand, env)?;
    let rrpid = captures.rrpid;
    let message = Message::CapRes(env.seal(&signed, &to)?);
    let message = standing.letterhead.write(message, rrpid, None, env.now)?;
    Ok(step.then(Asked::Reply { rrpid, message }))
}

impl Item {
    /// What the acquirer is still being told.
    fn advice(&self) -> Option<&CaptureAdvice> {
        match &self.outcome {
            Outcome::Advising(advice) => Some(advice),
            Outcome::Taken { .. } | Outcome::Refused(_) => None,
        }
    }

    fn answer(&self) -> Result<CapResItem, Refusal> {
        let place = match &self.outcome {
            Outcome::Taken { place, .. } => *place,
            Outcome::Advising(_) | Outcome::Refused(_) => None,
        };
        let (cap_code, cap_amt) = match &self.outcome {
            Outcome::Taken { amount, .. } => (CapCode::Success, (*amount).into()),
            Outcome::Refused(code) => (*code, super::reply::NOTHING),
            Outcome::Advising(_) => (CapCode::UnspecifiedFailure, super::reply::NOTHING),
        };
        Ok(CapResItem {
            trans_ids: decode(self.trans_ids.as_ref())?,
            auth_rrpid: self.authorization.into(),
            cap_res_payload: CapResPayload {
                cap_code,
                cap_amt,
                batch_id: place.map(|place| place.batch.get()),
                batch_sequence_num: place.map(|place| place.position),
                c_rs_pay_extensions: None,
            },
        })
    }
}

//! PCertReq and PCertRes: the merchant asks its gateway which certificate to seal for.
//!
//! ```text
//! Ask ─▶ Asked ─▶ Told
//!              └▶ Refused
//! ```
//!
//! Who the gateway is, the merchant knows from its acquirer: by the name in its certificates. Which
//! certificate it uses today, it asks.

use openset_crypto::{Identity, Purpose, Verified};
use openset_types::{Brand, Rrpid, UnixTime};
use openset_wire::{
    der::decode,
    error::ErrorCode,
    payment::{BrandAndBin, PCertCode, PCertReqData, PCertRes, PCertResTbs},
    wrapper::Message,
    x509::Certificate,
};
use serde::{Deserialize, Serialize};

use super::{Account, Standing};
use crate::{
    acceptance::{self, same_rrpid},
    kept::keep_path,
    octets::Octets,
    refusal::{self, Refusal},
    role::{Admitted, Effect, Env, Machine, Nothing, Party, Received, Step},
    version::Version,
};

/// The machine that asks a merchant's gateway for its certificate.
#[derive(Debug)]
pub enum MerchantGateway {}

/// One question as the merchant stores it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asking {
    /// The form of what follows.
    pub version: Version<1>,
    /// The brand whose gateway is asked.
    pub brand: Brand,
    /// Names the question.
    pub rrpid: Rrpid,
    /// When it was asked.
    pub at: UnixTime,
    /// What came of it.
    pub stage: Stage,
}

/// What came of a question.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// There is no answer yet.
    Asked,
    /// The gateway's certificate for sealing (DER), then those above it.
    Told(Vec<Octets>),
    /// The gateway has none for this brand.
    Refused(#[serde(with = "crate::stored::p_cert_code")] PCertCode),
    /// The gateway could not answer.
    Failed(#[serde(with = "crate::stored::error_code")] ErrorCode),
}

/// What can happen to a question.
#[derive(Debug)]
pub enum Input {
    /// The gateway of this brand is to be asked.
    Ask(Brand),
    /// It has answered; what it says is believed.
    Answered(Answer),
    /// It could not answer.
    Failed(ErrorCode),
    /// The time has come. Nothing here waits for a time.
    Woke,
}

/// What a gateway said of its certificate.
#[derive(Debug)]
pub struct Answer(Result<Vec<Octets>, PCertCode>);

type StepTaken = Step<Asking, Nothing>;
type Environment<'a> = Env<'a, MerchantGateway>;

impl Machine for MerchantGateway {
    const KIND: &'static str = "merchant.gateway";
    type Standing = Standing;
    type State = Asking;
    type Input = Input;
    type Effect = Nothing;
    type Note = Nothing;

    fn admit(request: &Received, _: &Environment<'_>) -> Result<Admitted<Input>, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: request.wrapper.message.name() })
    }

    fn hear(state: &Asking, answer: &Received, env: &Environment<'_>) -> Result<Input, Refusal> {
        let rrpid = env.standing.acceptance.check(&answer.wrapper, env.now)?;
        same_rrpid(rrpid, state.rrpid)?;
        let account = env.standing.account(&state.brand)?;
        match &answer.wrapper.message {
            Message::PCertRes(message) => {
                hear(state, message, account, env).map(Answer).map(Input::Answered)
            }
            Message::Error(error) => {
                let (purpose, brand) = (Purpose::GatewaySignature, Some(&state.brand));
                let said = refusal::heard(error, answer, purpose, brand, env)?;
                account.require_gateway(&said)?;
                Ok(Input::Failed(said.error_code))
            }
            other => Err(Refusal::SenderSentForeignMessage { name: other.name() }),
        }
    }

    fn step(
        state: Option<Asking>,
        input: Input,
        env: &Environment<'_>,
    ) -> Result<StepTaken, Refusal> {
        let Some(asking) = state else {
            return match input {
                Input::Ask(brand) => ask(brand, env),
                _ => Err(Refusal::CommandToAnotherInstance),
            };
        };
        let stage = match (asking.stage, input) {
            (_, Input::Ask(_)) => return Err(Refusal::CommandToAnotherInstance),
            (Stage::Asked, Input::Answered(Answer(Ok(certificates)))) => Stage::Told(certificates),
            (Stage::Asked, Input::Answered(Answer(Err(code)))) => Stage::Refused(code),
            (Stage::Asked, Input::Failed(code)) => Stage::Failed(code),
            (stage, Input::Answered(_) | Input::Failed(_) | Input::Woke) => stage,
        };
        Ok(Step::new(Asking { stage, ..asking }))
    }

    fn note(effect: &Nothing) -> Nothing {
        *effect
    }

    fn interrupted(note: Nothing) -> Input {
        match note {}
    }

    fn woke() -> Input {
        Input::Woke
    }
}

/// PCertReq: S(M, PCertReqData).
fn ask(brand: Brand, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let standing = env.standing;
    let account = standing.account(&brand)?;
    let rrpid = env.draw().rrpid();
    let data = PCertReqData {
        p_cert_rr_tags: account.tags(rrpid, env.now),
        m_thumbs: env.trust.thumbs(&brand)?,
        brand_and_bin_seq: vec![BrandAndBin { brand_id: brand.clone().into(), bin: None }],
        pc_rq_extensions: None,
    };
    let message = Message::PCertReq(env.sign(&data, &account.signature)?);
    let message = standing.letterhead.write(message, rrpid, None, env.now)?;
    let party = Party::Gateway(brand.clone());
    let asking = Asking { version: Version, brand, rrpid, at: env.now, stage: Stage::Asked };
    Ok(Step::new(asking).then(Effect::Ask { party, rrpid, message }))
}

/// PCertRes: believes it, and the certificate whose thumb is under its signature (A11).
fn hear(
    asking: &Asking,
    message: &PCertRes,
    account: &Account,
    env: &Environment<'_>,
) -> Result<Result<Vec<Octets>, PCertCode>, Refusal> {
    let brand = &asking.brand;
    // What stands above the gateway's certificates is made known again: it leaves out of its
    // answers what it was told is known here.
    let _ = account.gateway_path(brand, env);
    let said = env.verify(message, Purpose::GatewaySignature, Some(brand))?;
    account.require_gateway(&said)?;
    acceptance::understood(said.value(), &[])?;
    require_answer(asking, &said, account)?;
    for bci in said.brand_crl_identifier_seq.iter().flatten() {
        env.learn_bci(bci, said.bag())?;
    }
    let [item] = said.p_cert_res_item_seq.as_slice() else {
        return Err(Refusal::GatewayAnsweredAnother);
    };
    if item.p_cert_code != PCertCode::Success {
        return Ok(Err(item.p_cert_code));
    }
    let thumb = item.cert_thumb.as_ref().ok_or(Refusal::GatewayAnsweredAnother)?;
    let path = env.named(said.bag(), thumb, Purpose::GatewayEncipherment, brand)?;
    let path = path.ok_or(Refusal::GatewayAnsweredAnother)?;
    if path.leaf().subject() != said.signer().leaf().subject() {
        return Err(Refusal::GatewayAnsweredAnother);
    }
    Ok(Ok(keep_path(&path)?))
}

/// An answer repeats the tags of its question.
fn require_answer(
    asking: &Asking,
    said: &Verified<PCertResTbs>,
    account: &Account,
) -> Result<(), Refusal> {
    let tags = &said.p_cert_rr_tags;
    same_rrpid(asking.rrpid, tags.rrpid.0)?;
    if tags.mer_term_ids.merchant_id.0 == account.merchant {
        return Ok(());
    }
    Err(Refusal::GatewayAnsweredAnother)
}

impl Asking {
    /// What the gateway has told: its certificate for sealing, with those above it.
    pub fn told(&self) -> Result<Option<Identity>, Refusal> {
        let Stage::Told(certificates) = &self.stage else { return Ok(None) };
        let read = |octets: &Octets| Ok(decode::<Certificate>(octets.as_ref())?);
        let mut certificates = certificates.iter().map(read);
        let Some(own) = certificates.next().transpose()? else { return Ok(None) };
        let above = certificates.collect::<Result<_, Refusal>>()?;
        Ok(Some(Identity::new(own, above)?))
    }
}

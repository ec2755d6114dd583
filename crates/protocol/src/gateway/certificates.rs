//! PCertReq at the gateway: a merchant asks which certificate payment instructions and its own
//! questions are to be sealed for.
//!
//! ```text
//! PCertReq ─▶ Told
//! ```
//!
//! The certificate travels beside the signature of PCertRes and its thumb stands under it. A
//! gateway says it of the brand that it serves, and of no cards whose bank it does not reach.

use openset_crypto::{Purpose, Thumb};
use openset_types::{MerchantId, Rrpid, UnixTime};
use openset_wire::{
    der::What,
    payment::{BrandAndBin, PCertCode, PCertReq, PCertReqData, PCertResItem, PCertResTbs},
    wrapper::Message,
};
use serde::{Deserialize, Serialize};

use super::Standing;
use crate::{
    acceptance::{self, same_rrpid},
    refusal::Refusal,
    role::{Admitted, Effect as Asked, Env, Lookup, Machine, Nothing, Received, Step},
    treatment::bounds,
    version::Version,
};

/// The most brands of one request.
pub const BRANDS_MAX: usize = 32;

/// The machine that tells merchants which certificate to seal for.
#[derive(Debug)]
pub enum GatewayCertificates {}

/// One request as the gateway stores it.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The form of what follows.
    pub version: Version<1>,
    /// Names the request.
    pub rrpid: Rrpid,
    /// Who asked.
    pub merchant: MerchantId,
    /// For how many brands.
    pub brands: usize,
    /// When.
    pub at: UnixTime,
}

/// What can happen to a request.
#[derive(Debug)]
pub enum Input {
    /// A merchant asks. What it says is believed.
    PCertReq(Box<Request>),
    /// The time has come. Nothing here waits for a time.
    Woke,
}

/// What a merchant asks.
#[derive(Debug)]
pub struct Request {
    rrpid: Rrpid,
    merchant: MerchantId,
    data: PCertReqData,
}

type StepTaken = Step<Told, Nothing>;
type Environment<'a> = Env<'a, GatewayCertificates>;

impl Machine for GatewayCertificates {
    const KIND: &'static str = "gateway.certificates";
    type Standing = Standing;
    type State = Told;
    type Input = Input;
    type Effect = Nothing;
    type Note = Nothing;

    fn admit(request: &Received, env: &Environment<'_>) -> Result<Admitted<Input>, Refusal> {
        let rrpid = env.standing.acceptance.check(&request.wrapper, env.now)?;
        match &request.wrapper.message {
            Message::PCertReq(message) => admit(message, rrpid, env),
            other => Err(Refusal::SenderSentForeignMessage { name: other.name() }),
        }
    }

    fn hear(_: &Told, answer: &Received, _: &Environment<'_>) -> Result<Input, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: answer.wrapper.message.name() })
    }

    fn step(
        state: Option<Told>,
        input: Input,
        env: &Environment<'_>,
    ) -> Result<StepTaken, Refusal> {
        match (state, input) {
            (None, Input::PCertReq(request)) => answer(&request, env),
            (Some(told), Input::Woke) => Ok(Step::new(told)),
            (None, Input::Woke) | (Some(_), Input::PCertReq(_)) => {
                Err(Refusal::CommandToAnotherInstance)
            }
        }
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

fn admit(
    message: &PCertReq,
    rrpid: Rrpid,
    env: &Environment<'_>,
) -> Result<Admitted<Input>, Refusal> {
    let standing = env.standing;
    // Abuse case 29: which lists are the current ones is known, or nobody is believed.
    env.trust.require_bci(&standing.brand, env.now)?;
    let asked = env.verify(message, Purpose::MerchantSignature, Some(&standing.brand))?;
    standing.acceptance.fresh(&asked, env.now)?;
    same_rrpid(rrpid, asked.p_cert_rr_tags.rrpid.0)?;
    acceptance::understood(asked.value(), &[])?;
    let merchant = asked.signer().merchant_id().cloned().ok_or(Refusal::MerchantNamedAnother)?;
    if asked.p_cert_rr_tags.mer_term_ids.merchant_id.0 != merchant {
        return Err(Refusal::MerchantNamedAnother);
    }
    if asked.brand_and_bin_seq.len() > BRANDS_MAX {
        return Err(bounds(What::Many).into());
    }
    let data = asked.into_value();
    Ok(Admitted {
        instance: Lookup::Key(rrpid.as_bytes().to_vec()),
        held: Vec::new(),
        input: Input::PCertReq(Box::new(Request { rrpid, merchant, data })),
    })
}

impl Standing {
    /// Whether the banks of these cards are reached: of all, if no card is meant.
    fn reaches(&self, asked: &BrandAndBin) -> bool {
        let bin = asked.bin.as_ref();
        self.bins.is_empty() || bin.is_none_or(|bin| self.bins.contains(&bin.0))
    }
}

/// What is said of one brand.
fn item(
    asked: &BrandAndBin,
    own: Option<Thumb>,
    env: &Environment<'_>,
) -> Result<PCertResItem, Refusal> {
    let named = match own {
        _ if asked.brand_id.0 != env.standing.brand => Err(PCertCode::BrandNotSupported),
        _ if !env.standing.reaches(asked) => Err(PCertCode::UnknownBin),
        Some(thumb) => Ok(thumb.cert_thumb(env.suite())?),
        None => Err(PCertCode::UnspecifiedFailure),
    };
    Ok(match named {
        Ok(thumb) => PCertResItem { p_cert_code: PCertCode::Success, cert_thumb: Some(thumb) },
        Err(code) => PCertResItem { p_cert_code: code, cert_thumb: None },
    })
}

/// PCertRes: S(P, PCertResTBS), one item for each brand in the order of the request.
fn answer(request: &Request, env: &Environment<'_>) -> Result<StepTaken, Refusal> {
    let Request { rrpid, merchant, data } = request;
    let standing = env.standing;
    // What nobody would believe is not named: a gateway without a good certificate says so.
    let own = standing.own_path(env).ok().map(|path| path.thumb());
    let items = data.brand_and_bin_seq.iter().map(|asked| item(asked, own, env));
    let known = data.m_thumbs.as_ref();
    let bci = env.unknown_bci(&standing.brand, known);
    let told = PCertResTbs {
        p_cert_rr_tags: data.p_cert_rr_tags.clone(),
        p_cert_res_item_seq: items.collect::<Result<_, Refusal>>()?,
        brand_crl_identifier_seq: bci.map(|bci| vec![bci]),
        pc_rs_extensions: None,
    };
    let signed = standing.sign_for(&told, known, env)?;
    let message = Message::PCertRes(signed);
    let message = standing.letterhead.write(message, *rrpid, None, env.now)?;
    let state = Told {
        version: Version,
        rrpid: *rrpid,
        merchant: merchant.clone(),
        brands: data.brand_and_bin_seq.len(),
        at: env.now,
    };
    Ok(Step::new(state).then(Asked::Reply { rrpid: *rrpid, message }))
}

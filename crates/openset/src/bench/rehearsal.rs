//! One purchase with its capture, many times, with nothing between the machines: no socket, no
//! disk, no waiting. Every step is timed on its own, and the questions to the gateway are kept.

use std::{sync::Arc, time::Instant};

use anyhow::Context;
use openset_protocol::{
    cardholder::{
        Card, CardIdentity,
        purchase::{CardholderPurchase, Input as CardholderInput, Start},
    },
    gateway::{
        authorization::{Effect as GatewayEffect, GatewayAuthorization, Input as GatewayInput},
        capture::{AdviceAnswer, Effect as CaptureEffect, GatewayCapture, Input as CaptureInput},
    },
    merchant::{
        Order, Plan, Purchase,
        purchase::{Input as MerchantInput, MerchantPurchase},
    },
    role::Effect,
};
use openset_types::{AuthorizationRequest, CaptureAdvice, LidM};
use openset_wire::initiation::Initiation;

use super::{
    actor::{Actor, sent},
    counters::Counters,
    samples::{Samples, Spread},
};
use crate::{demo::cast, house::system::System};

/// What each step is called, in the order of the purchase.
pub(super) const STEPS: [&str; 15] = [
    "cardholder: begins, PInitReq",
    "merchant: PInitReq to PInitRes",
    "cardholder: PInitRes",
    "cardholder: consents, PReq",
    "merchant: PReq to AuthReq",
    "gateway: AuthReq to the issuer",
    "issuer: an authorization",
    "gateway: the issuer to AuthRes",
    "merchant: AuthRes to PRes",
    "cardholder: PRes",
    "merchant: captures, CapReq",
    "gateway: CapReq to the acquirer",
    "acquirer: an entry for clearing",
    "gateway: the acquirer to CapRes",
    "merchant: CapRes",
];

/// What was rehearsed.
pub(super) struct Rehearsed {
    /// Every step with its times.
    pub(super) steps: Vec<(&'static str, Spread)>,
    /// Questions that no gateway has stored.
    pub(super) requests: Vec<Vec<u8>>,
}

/// Rehearses a purchase so many times.
pub(super) async fn rehearse(
    system: &System,
    card: &str,
    times: usize,
) -> anyhow::Result<Rehearsed> {
    let stage = Stage::set(system, card).await?;
    let mut samples = vec![Samples::default(); STEPS.len()];
    let mut requests = Vec::with_capacity(times);
    let mut banks = Counters::open();
    for number in 0..times {
        let mut clock = Clock { samples: samples.iter_mut() };
        let sold = stage.play(system, card, number, &mut banks, &mut clock)?;
        stage.capture(sold.merchant, &mut banks, &mut clock)?;
        requests.push(sold.auth_req);
    }
    let spreads = samples.into_iter().map(Samples::spread);
    Ok(Rehearsed { steps: STEPS.into_iter().zip(spreads).collect(), requests })
}

/// Times one step after the other.
struct Clock<'a, I: Iterator<Item = &'a mut Samples>> {
    samples: I,
}

impl<'a, I: Iterator<Item = &'a mut Samples>> Clock<'a, I> {
    fn time<T>(&mut self, step: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        let begun = Instant::now();
        let done = step()?;
        let took = begun.elapsed();
        self.samples.next().context("more steps than names")?.add(took);
        Ok(done)
    }
}

/// The three who talk.
struct Stage {
    cardholder: Actor<CardholderPurchase>,
    merchant: Actor<MerchantPurchase>,
    gateway: Actor<GatewayAuthorization>,
    captures: Actor<GatewayCapture>,
    identity: CardIdentity,
}

/// A purchase that was authorized.
struct Sold {
    /// The question that the gateway was asked.
    auth_req: Vec<u8>,
    /// How it stands at the merchant.
    merchant: Purchase,
}

impl Stage {
    async fn set(system: &System, card: &str) -> anyhow::Result<Self> {
        let (wallet, merchant, gateway) = (&system.wallet, &system.merchant, &system.gateway);
        let certified = wallet.certified().await?;
        let identity = certified.into_iter().find(|(known, _)| known == card);
        let (_, identity) = identity.context("the card is not certified")?;
        let keys = |role: &str| system.ground.keys(role);
        let vault = Arc::new(wallet.vault.clone());
        Ok(Self {
            cardholder: Actor::new(&wallet.party, vault, &wallet.purchases),
            merchant: Actor::new(&merchant.party, keys("merchant")?, &merchant.purchases),
            gateway: Actor::new(&gateway.party, keys("gateway")?, &gateway.authorizations),
            captures: Actor::new(&gateway.party, keys("gateway")?, &gateway.captures),
            identity,
        })
    }

    /// Plays a purchase up to the receipt.
    fn play<'a, I: Iterator<Item = &'a mut Samples>>(
        &self,
        system: &System,
        card: &str,
        number: usize,
        banks: &mut Counters,
        clock: &mut Clock<'a, I>,
    ) -> anyhow::Result<Sold> {
        let initiation = initiation(system, number)?;
        let placed = MerchantInput::Placed(Order {
            lid_m: initiation.lid_m.clone(),
            description: initiation.order.clone().into(),
            amount: initiation.amount,
            plan: Plan::default(),
        });
        let placed = self.merchant.step(None, placed)?.state;
        let start = CardholderInput::Start(Box::new(self.start(initiation)));
        let consent = CardholderInput::Consented(Box::new(secrets(system, card)?));

        let (cardholder, p_init_req) = clock.time(|| sent(self.cardholder.step(None, start)?))?;
        let (merchant, p_init_res) =
            clock.time(|| sent(self.merchant.asked(Some(placed), &p_init_req)?))?;
        let cardholder = clock.time(|| Ok(self.cardholder.told(cardholder, &p_init_res)?.state))?;
        let (cardholder, p_req) =
            clock.time(|| sent(self.cardholder.step(Some(cardholder), consent)?))?;
        let (merchant, auth_req) =
            clock.time(|| sent(self.merchant.asked(Some(merchant), &p_req)?))?;
        let asked = clock.time(|| self.gateway.asked(None, &auth_req))?;
        let question = to_issuer(asked.effects).context("the gateway did not ask the issuer")?;
        let answer = clock.time(|| banks.authorize(&question, self.gateway.now))?;
        let answered = GatewayInput::Answered { answer, asked: Some(Box::new(question)) };
        let (_, auth_res) = clock.time(|| sent(self.gateway.step(Some(asked.state), answered)?))?;
        let (merchant, p_res) = clock.time(|| sent(self.merchant.told(merchant, &auth_res)?))?;
        let _done = clock.time(|| self.cardholder.told(cardholder, &p_res))?;
        Ok(Sold { auth_req, merchant })
    }

    /// Plays the capture of what was authorized.
    fn capture<'a, I: Iterator<Item = &'a mut Samples>>(
        &self,
        sold: Purchase,
        banks: &mut Counters,
        clock: &mut Clock<'a, I>,
    ) -> anyhow::Result<()> {
        let ships = MerchantInput::Capture { amount: cast::price() };
        let (merchant, cap_req) = clock.time(|| sent(self.merchant.step(Some(sold), ships)?))?;
        let asked = clock.time(|| self.captures.asked(None, &cap_req))?;
        let advice = to_acquirer(asked.effects).context("the gateway did not tell the acquirer")?;
        clock.time(|| banks.capture(&advice, self.captures.now))?;
        let (retrieval, answer) = (advice.trace.retrieval, AdviceAnswer::Taken);
        let taken = CaptureInput::Advised { retrieval, answer };
        let (_, cap_res) = clock.time(|| sent(self.captures.step(Some(asked.state), taken)?))?;
        clock.time(|| self.merchant.told(merchant, &cap_res)).map(drop)
    }

    fn start(&self, initiation: Initiation) -> Start {
        Start {
            initiation,
            brand: cast::brand(),
            bin: cast::bin(),
            card: Some(self.identity.clone()),
        }
    }
}

/// What the gateway asks the issuer.
fn to_issuer(effects: Vec<Effect<GatewayEffect>>) -> Option<AuthorizationRequest> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Own(GatewayEffect::AskAcquirer(question)) => Some(question),
        _ => None,
    })
}

/// What the gateway tells the acquirer.
fn to_acquirer(effects: Vec<Effect<CaptureEffect>>) -> Option<CaptureAdvice> {
    effects.into_iter().find_map(|effect| match effect {
        Effect::Own(CaptureEffect::AdviseCapture(advice)) => Some(advice),
        _ => None,
    })
}

/// An order that is in no database.
fn initiation(system: &System, number: usize) -> anyhow::Result<Initiation> {
    let page = "http://shop.localhost/orders/rehearsal".to_owned();
    Ok(Initiation {
        set_url: system.ground.addresses.merchant.clone(),
        success_url: page.clone(),
        failure_url: page.clone(),
        cancel_url: page,
        brands: vec![cast::brand()],
        amount: cast::price(),
        terms: None,
        lid_m: LidM::new(format!("R{number}").as_bytes())?,
        language: openset_types::Language::parse("en")?,
        order: format!("{} R{number}\r\n1 × {}", cast::SHOP, cast::GOODS[0]).into_bytes(),
    })
}

/// What the vault holds of the card, for one consent.
fn secrets(system: &System, card: &str) -> anyhow::Result<Card> {
    system.wallet.secrets(card)
}

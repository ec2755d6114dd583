//! One purchase, many times, with nothing between the machines: no socket, no disk, no waiting.
//! Every step is timed on its own, and the questions to the gateway are kept.

use std::{sync::Arc, time::Instant};

use anyhow::Context;
use openset_crypto::{Keys, Trust};
use openset_node::{driver::Driver, entropy};
use openset_protocol::{
    cardholder::{
        Card, CardIdentity,
        purchase::{CardholderPurchase, Input as CardholderInput, Start},
    },
    gateway::authorization::{
        Effect as GatewayEffect, GatewayAuthorization, Input as GatewayInput,
    },
    merchant::{
        Order,
        purchase::{Input as MerchantInput, MerchantPurchase},
    },
    role::{Effect, Env, Held, Machine, Received, Step},
};
use openset_types::{ApprovalCode, AuthorizationAnswer, LidM, UnixTime};
use openset_wire::{initiation::Initiation, wrapper::MessageWrapper};

use super::samples::{Samples, Spread};
use crate::{
    demo::cast,
    house::{ground::Party, system::System},
};

/// What each step is called, in the order of the purchase.
pub(super) const STEPS: [&str; 9] = [
    "cardholder: begins, PInitReq",
    "merchant: PInitReq to PInitRes",
    "cardholder: PInitRes",
    "cardholder: consents, PReq",
    "merchant: PReq to AuthReq",
    "gateway: AuthReq to the issuer",
    "gateway: the issuer to AuthRes",
    "merchant: AuthRes to PRes",
    "cardholder: PRes",
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
    for number in 0..times {
        let mut clock = Clock { samples: samples.iter_mut() };
        requests.push(stage.play(system, card, number, &mut clock)?);
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

/// A machine and what it may know.
struct Actor<M: Machine> {
    keys: Arc<dyn Keys>,
    trust: Arc<Trust>,
    standing: Arc<M::Standing>,
    now: UnixTime,
}

impl<M: Machine> Actor<M> {
    fn new(party: &Party, keys: Arc<dyn Keys>, driver: &Driver<M>) -> Self {
        let (trust, now) = (Arc::clone(party.shell.trust()), party.shell.clock().now());
        Self { keys, trust, standing: driver.standing(), now }
    }

    fn env<'a>(&'a self, held: &'a Held) -> anyhow::Result<Env<'a, M>> {
        Ok(Env {
            now: self.now,
            seed: entropy::seed()?,
            keys: self.keys.as_ref(),
            trust: &self.trust,
            standing: &self.standing,
            held,
        })
    }

    fn step(
        &self,
        state: Option<M::State>,
        input: M::Input,
    ) -> anyhow::Result<Step<M::State, M::Effect>> {
        Ok(M::step(state, input, &self.env(&Held::nothing())?)?)
    }

    /// Takes a request.
    fn asked(
        &self,
        state: Option<M::State>,
        request: &[u8],
    ) -> anyhow::Result<Step<M::State, M::Effect>> {
        let nothing = Held::nothing();
        let input = M::admit(&received(request)?, &self.env(&nothing)?)?.input;
        self.step(state, input)
    }

    /// Takes an answer.
    fn told(&self, state: M::State, answer: &[u8]) -> anyhow::Result<Step<M::State, M::Effect>> {
        let nothing = Held::nothing();
        let input = M::hear(&state, &received(answer)?, &self.env(&nothing)?)?;
        self.step(Some(state), input)
    }
}

fn received(octets: &[u8]) -> anyhow::Result<Received> {
    let wrapper = MessageWrapper::decode(octets)?;
    Ok(Received { octets: octets.to_vec(), wrapper, question: None })
}

/// The one message a step sends.
fn sent<S, E>(step: Step<S, E>) -> anyhow::Result<(S, Vec<u8>)> {
    let message = step.effects.into_iter().find_map(|effect| match effect {
        Effect::Reply { message, .. } | Effect::Ask { message, .. } => Some(message),
        _ => None,
    });
    Ok((step.state, message.context("a step without a message")?))
}

/// The three who talk.
struct Stage {
    cardholder: Actor<CardholderPurchase>,
    merchant: Actor<MerchantPurchase>,
    gateway: Actor<GatewayAuthorization>,
    identity: CardIdentity,
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
            identity,
        })
    }

    /// Plays a purchase; gives the question that the gateway was asked.
    fn play<'a, I: Iterator<Item = &'a mut Samples>>(
        &self,
        system: &System,
        card: &str,
        number: usize,
        clock: &mut Clock<'a, I>,
    ) -> anyhow::Result<Vec<u8>> {
        let initiation = initiation(system, number)?;
        let placed = MerchantInput::Placed(Order {
            lid_m: initiation.lid_m.clone(),
            description: initiation.order.clone().into(),
            amount: initiation.amount,
        });
        let placed = self.merchant.step(None, placed)?.state;
        let start = CardholderInput::Start(Box::new(self.start(initiation)));
        let consent = CardholderInput::Consented(Box::new(secrets(system, card)?));
        let approved = GatewayInput::Answered(AuthorizationAnswer::Approved {
            approval_code: ApprovalCode::parse("L1GHT5")?,
        });

        let (cardholder, p_init_req) = clock.time(|| sent(self.cardholder.step(None, start)?))?;
        let (merchant, p_init_res) =
            clock.time(|| sent(self.merchant.asked(Some(placed), &p_init_req)?))?;
        let cardholder = clock.time(|| Ok(self.cardholder.told(cardholder, &p_init_res)?.state))?;
        let (cardholder, p_req) =
            clock.time(|| sent(self.cardholder.step(Some(cardholder), consent)?))?;
        let (merchant, auth_req) =
            clock.time(|| sent(self.merchant.asked(Some(merchant), &p_req)?))?;
        let asked = clock.time(|| self.gateway.asked(None, &auth_req))?;
        anyhow::ensure!(asks_issuer(&asked.effects), "the gateway did not ask the issuer");
        let (_, auth_res) = clock.time(|| sent(self.gateway.step(Some(asked.state), approved)?))?;
        let (_, p_res) = clock.time(|| sent(self.merchant.told(merchant, &auth_res)?))?;
        let _done = clock.time(|| self.cardholder.told(cardholder, &p_res))?;
        Ok(auth_req)
    }

    fn start(&self, initiation: Initiation) -> Start {
        Start { initiation, brand: cast::brand(), bin: cast::bin(), card: self.identity.clone() }
    }
}

fn asks_issuer(effects: &[Effect<GatewayEffect>]) -> bool {
    effects.iter().any(|one| matches!(one, Effect::Own(GatewayEffect::AskAcquirer(_))))
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
        lid_m: LidM::new(format!("R{number}").as_bytes())?,
        language: openset_types::Language::parse("en")?,
        order: format!("{} R{number}\r\n1 × {}", cast::SHOP, cast::GOODS[0]).into_bytes(),
    })
}

/// What the vault holds of the card, for one consent.
fn secrets(system: &System, card: &str) -> anyhow::Result<Card> {
    system.wallet.secrets(card)
}

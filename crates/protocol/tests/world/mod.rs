//! A small world: wallet, merchant and gateway stepped by hand, with what a shell would store.
#![allow(dead_code, reason = "each of the two tests uses its part of the world")]

pub(crate) mod carrier;
pub(crate) mod forge;
pub(crate) mod pki;

use std::collections::{BTreeMap, BTreeSet};

use openset_crypto::{Bag, Suite, Trust};
use openset_protocol::{
    acceptance::Acceptance,
    cardholder::{self, CardIdentity, purchase::CardholderPurchase},
    enrolment::Patience,
    gateway::{self, authorization::GatewayAuthorization, capture::GatewayCapture},
    letter::Letterhead,
    merchant::{self, Account, Order, Plan, purchase::MerchantPurchase},
    refusal::Refusal,
    role::{Claim, Effect, Env, Held, Lookup, Machine, Received},
};
use openset_types::{
    ApprovalCode, AuthorizationAnswer, Brand, Currency, Language, LidM, MerchantCategory,
    MerchantId, Money, Rrpid, UnixTime,
};
use openset_wire::{
    initiation::Initiation,
    types::SwIdent,
    wrapper::{Message, MessageWrapper},
};

use pki::{CARD, House, MODERN, Pki, Server};

/// The order description that no gateway may ever hold.
pub(crate) const DESCRIPTION: &[u8] = b"1 x Lighthouse poster, 50 x 70 cm";

pub(crate) fn now() -> UnixTime {
    UnixTime::parse_generalized("20261123081500Z").expect("a moment")
}

pub(crate) fn eur(minor: u64) -> Money {
    Money::new(minor, Currency::EUR).expect("within range")
}

/// One party's machine and what its shell stores for it.
pub(crate) struct Party<M: Machine> {
    pub(crate) standing: M::Standing,
    pub(crate) trust: Trust,
    pub(crate) states: BTreeMap<Vec<u8>, String>,
    aliases: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(crate) register: BTreeSet<Claim>,
    asked: BTreeMap<Rrpid, Vec<u8>>,
}

/// What a step left to do.
pub(crate) struct Done<M: Machine> {
    pub(crate) key: Vec<u8>,
    pub(crate) effects: Vec<Effect<M::Effect>>,
}

/// Time, keys and randomness for everybody.
pub(crate) struct World {
    pub(crate) pki: Pki,
    pub(crate) now: UnixTime,
    drawn: u64,
}

/// All parties of one purchase.
pub(crate) struct Cast {
    pub(crate) world: World,
    pub(crate) wallet: Party<CardholderPurchase>,
    pub(crate) shop: Party<MerchantPurchase>,
    pub(crate) gateway: Party<GatewayAuthorization>,
    pub(crate) captures: Party<GatewayCapture>,
    /// When the shop takes the money of what it sells.
    pub(crate) plan: Plan,
    /// Whether the payer has a certificate.
    pub(crate) is_certified: bool,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::in_suite(MODERN)
    }

    pub(crate) fn in_suite(suite: Suite) -> Self {
        Self { pki: Pki::in_suite(suite), now: now(), drawn: 0 }
    }

    pub(crate) fn seed(&mut self) -> [u8; 32] {
        self.drawn += 1;
        let mut seed = [0x33; 32];
        seed[..8].copy_from_slice(&self.drawn.to_be_bytes());
        seed
    }
}

impl<M: Machine> Party<M> {
    pub(crate) fn new(standing: M::Standing, trust: Trust) -> Self {
        Self {
            standing,
            trust,
            states: BTreeMap::new(),
            aliases: BTreeMap::new(),
            register: BTreeSet::new(),
            asked: BTreeMap::new(),
        }
    }

    pub(crate) fn state(&self, key: &[u8]) -> Option<M::State> {
        let stored = self.states.get(key)?;
        Some(serde_json::from_str(stored).expect("what was stored is read back"))
    }

    fn env<'a>(&'a self, world: &'a mut World, held: &'a Held) -> Env<'a, M> {
        Env {
            seed: world.seed(),
            now: world.now,
            keys: &world.pki.keys,
            trust: &self.trust,
            standing: &self.standing,
            held,
        }
    }

    /// A request from outside.
    pub(crate) fn request(&mut self, octets: &[u8], world: &mut World) -> Result<Done<M>, Refusal> {
        let nothing = Held::nothing();
        let admitted = M::admit(&received(octets)?, &self.env(world, &nothing))?;
        let key = match admitted.instance {
            Lookup::Key(key) => key,
            Lookup::Alias(alias) => self.aliases.get(&alias).cloned().unwrap_or(alias),
        };
        let held = admitted.held.into_iter().filter(|claim| self.register.contains(claim));
        let held = held.collect();
        self.take(key, admitted.input, &held, world)
    }

    /// The answer to something an instance asked.
    pub(crate) fn answer(
        &mut self,
        key: &[u8],
        octets: &[u8],
        world: &mut World,
    ) -> Result<Done<M>, Refusal> {
        let nothing = Held::nothing();
        let state = self.state(key).expect("an instance that asked");
        let mut received = received(octets)?;
        let named = received.wrapper.message_header.rrpid.as_ref();
        received.question = named.and_then(|rrpid| self.asked.get(&rrpid.0)).cloned();
        let input = M::hear(&state, &received, &self.env(world, &nothing))?;
        self.take(key.to_vec(), input, &nothing, world)
    }

    /// A command, the outcome of an effect, or a wake-up.
    pub(crate) fn command(
        &mut self,
        key: &[u8],
        input: M::Input,
        world: &mut World,
    ) -> Result<Done<M>, Refusal> {
        self.take(key.to_vec(), input, &Held::nothing(), world)
    }

    fn take(
        &mut self,
        key: Vec<u8>,
        input: M::Input,
        held: &Held,
        world: &mut World,
    ) -> Result<Done<M>, Refusal> {
        let step = M::step(self.state(&key), input, &self.env(world, held))?;
        let stored = serde_json::to_string(&step.state).expect("a state is stored as a text");
        assert!(!stored.contains(CARD.pan), "a stored state holds no card number: {stored}");
        assert!(stored.starts_with("{\"version\":"), "a stored state begins with its version");
        self.states.insert(key.clone(), stored);
        for effect in &step.effects {
            match effect {
                Effect::KnownAs(alias) => {
                    self.aliases.insert(alias.clone(), key.clone());
                }
                Effect::Claim(claim) => {
                    assert!(self.register.insert(claim.clone()), "claimed twice: {claim:?}");
                }
                Effect::Release(claim) => {
                    assert!(self.register.remove(claim), "released what was not held: {claim:?}");
                }
                Effect::Ask { rrpid, message, .. } => {
                    self.asked.insert(*rrpid, message.clone());
                }
                Effect::Reply { .. } | Effect::WakeAt(_) | Effect::Own(_) => {}
            }
        }
        Ok(Done { key, effects: step.effects })
    }
}

impl<M: Machine> Done<M> {
    pub(crate) fn reply(&self) -> Vec<u8> {
        let reply = self.effects.iter().find_map(|effect| match effect {
            Effect::Reply { message, .. } => Some(message.clone()),
            _ => None,
        });
        reply.expect("the step answers")
    }

    /// Every answer that it gives, in order.
    pub(crate) fn replies(&self) -> Vec<Vec<u8>> {
        let replies = self.effects.iter().filter_map(|effect| match effect {
            Effect::Reply { message, .. } => Some(message.clone()),
            _ => None,
        });
        replies.collect()
    }

    pub(crate) fn answers(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::Reply { .. }))
    }

    pub(crate) fn ask(&self) -> Vec<u8> {
        let ask = self.effects.iter().find_map(|effect| match effect {
            Effect::Ask { message, .. } => Some(message.clone()),
            _ => None,
        });
        ask.expect("the step asks")
    }

    pub(crate) fn own(&self) -> Vec<&M::Effect> {
        let own = self.effects.iter().filter_map(|effect| match effect {
            Effect::Own(own) => Some(own),
            _ => None,
        });
        own.collect()
    }
}

pub(crate) fn received(octets: &[u8]) -> Result<Received, Refusal> {
    let wrapper = MessageWrapper::decode(octets)?;
    Ok(Received { octets: octets.to_vec(), wrapper, question: None })
}

pub(crate) fn message(octets: &[u8]) -> Message {
    MessageWrapper::decode(octets).expect("one of our messages").message
}

pub(crate) fn letterhead() -> Letterhead {
    Letterhead { software: SwIdent::new("OpenSET 0.1").expect("a text") }
}

impl Cast {
    pub(crate) fn new() -> Self {
        Self::in_suite(MODERN)
    }

    pub(crate) fn in_suite(suite: Suite) -> Self {
        Self::of(World::in_suite(suite))
    }

    pub(crate) fn of(world: World) -> Self {
        let trust = || world.pki.trust();
        let house = &world.pki.house;
        Self {
            wallet: Party::new(wallet(), trust()),
            shop: Party::new(
                shop(house, &house.merchant, "ATELIER-LUMEN-001", &house.gateway),
                trust(),
            ),
            gateway: Party::new(gateway(house, &house.gateway), trust()),
            captures: Party::new(gateway(house, &house.gateway), trust()),
            plan: Plan::default(),
            is_certified: true,
            world,
        }
    }

    /// The shop takes an order and the wallet starts to pay it: gives PInitReq.
    pub(crate) fn start(&mut self, order: &[u8], amount: Money) -> Vec<u8> {
        self.place(order, amount);
        self.begin(order, amount)
    }

    pub(crate) fn place(&mut self, order: &[u8], amount: Money) {
        let lid_m = LidM::new(order).expect("a label");
        let input = merchant::purchase::Input::Placed(Order {
            lid_m,
            description: DESCRIPTION.into(),
            amount,
            plan: self.plan,
        });
        self.shop.command(order, input, &mut self.world).expect("a good order");
    }

    pub(crate) fn begin(&mut self, order: &[u8], amount: Money) -> Vec<u8> {
        let start = self.starting(order, amount);
        let input = cardholder::purchase::Input::Start(Box::new(start));
        self.wallet.command(order, input, &mut self.world).expect("a good document").ask()
    }

    pub(crate) fn starting(&self, order: &[u8], amount: Money) -> cardholder::purchase::Start {
        let house = &self.world.pki.house;
        cardholder::purchase::Start {
            initiation: Initiation {
                terms: self.plan.terms(),
                ..initiation(order, amount, &house.brand)
            },
            brand: house.brand.clone(),
            bin: CARD.bin(),
            card: self
                .is_certified
                .then(|| CardIdentity::of(&house.cardholder).expect("encodable")),
        }
    }

    /// PInitReq to PInitRes: gives PInitRes.
    pub(crate) fn offer(&mut self, order: &[u8], amount: Money) -> Vec<u8> {
        let p_init_req = self.start(order, amount);
        self.shop.request(&p_init_req, &mut self.world).expect("an offer").reply()
    }

    /// Until the order is signed: gives PReq.
    pub(crate) fn consent(&mut self, order: &[u8], amount: Money) -> Vec<u8> {
        let p_init_res = self.offer(order, amount);
        self.wallet.answer(order, &p_init_res, &mut self.world).expect("a good offer");
        self.sign(order)
    }

    /// The owner consents: gives PReq.
    pub(crate) fn sign(&mut self, order: &[u8]) -> Vec<u8> {
        let input = match self.is_certified {
            true => cardholder::purchase::Input::Consented(Box::new(card(self.world.pki.suite))),
            false => cardholder::purchase::Input::ConsentedUnsigned(Box::new(bare_card())),
        };
        self.wallet.command(order, input, &mut self.world).expect("a consent").ask()
    }

    /// Until the gateway is asked: gives AuthReq.
    pub(crate) fn order(&mut self, order: &[u8], amount: Money) -> Vec<u8> {
        let p_req = self.consent(order, amount);
        self.shop.request(&p_req, &mut self.world).expect("a good order").ask()
    }

    /// The issuer answers what it was asked last: gives AuthRes.
    pub(crate) fn issuer_says(&mut self, key: &[u8], answer: AuthorizationAnswer) -> Vec<u8> {
        let input = gateway::authorization::Input::Answered { answer, asked: None };
        self.gateway.command(key, input, &mut self.world).expect("an answer").reply()
    }

    /// Until the issuer has agreed: gives AuthRes.
    pub(crate) fn approve(&mut self, order: &[u8], amount: Money) -> Vec<u8> {
        let auth_req = self.order(order, amount);
        let done = self.gateway.request(&auth_req, &mut self.world).expect("a good request");
        assert_eq!(done.own().len(), 1, "the issuer is asked once");
        self.issuer_says(&done.key, approved())
    }

    /// Until the merchant knows: gives PRes.
    pub(crate) fn authorize(&mut self, order: &[u8], amount: Money) -> Vec<u8> {
        let auth_res = self.approve(order, amount);
        self.shop.answer(order, &auth_res, &mut self.world).expect("a good answer").reply()
    }

    /// The shop takes the money: gives CapReq.
    pub(crate) fn capture(&mut self, order: &[u8], amount: Money) -> Vec<u8> {
        let input = merchant::purchase::Input::Capture { amount };
        self.shop.command(order, input, &mut self.world).expect("a capture").ask()
    }

    pub(crate) fn shop_stage(&self, order: &[u8]) -> merchant::Stage {
        self.shop.state(order).expect("an order").stage
    }

    pub(crate) fn wallet_stage(&self, order: &[u8]) -> cardholder::Stage {
        self.wallet.state(order).expect("a purchase").stage
    }
}

pub(crate) fn approved() -> AuthorizationAnswer {
    AuthorizationAnswer::Approved {
        approval_code: ApprovalCode::parse("4K7Q21").expect("six characters"),
    }
}

pub(crate) fn card(suite: Suite) -> cardholder::Card {
    cardholder::Card {
        pan: CARD.pan(),
        expiry: CARD.expiry(),
        card_secret: CARD.card_secret(suite),
        pan_secret: CARD.pan_secret(suite),
    }
}

pub(crate) fn bare_card() -> cardholder::BareCard {
    cardholder::BareCard { pan: CARD.pan(), expiry: CARD.expiry() }
}

pub(crate) fn initiation(order: &[u8], amount: Money, brand: &Brand) -> Initiation {
    Initiation {
        set_url: "http://shop.localhost:7180/set".to_owned(),
        success_url: "http://shop.localhost:7180/success".to_owned(),
        failure_url: "http://shop.localhost:7180/failure".to_owned(),
        cancel_url: "http://shop.localhost:7180/cancel".to_owned(),
        brands: vec![brand.clone()],
        amount,
        terms: None,
        lid_m: LidM::new(order).expect("a label"),
        language: Language::parse("en").expect("a tag"),
        order: DESCRIPTION.to_vec(),
    }
}

pub(crate) fn wallet() -> cardholder::Standing {
    cardholder::Standing {
        language: Language::parse("en").expect("a tag"),
        letterhead: letterhead(),
        acceptance: Acceptance::default(),
        inquire_after_s: 30,
        give_up_after_s: 300,
        patience: Patience::default(),
    }
}

pub(crate) fn shop(
    house: &House,
    own: &Server,
    number: &str,
    gateway: &Server,
) -> merchant::Standing {
    let account = Account {
        merchant: MerchantId::parse(number).expect("a number"),
        category: MerchantCategory::parse("5999").expect("four digits"),
        signature: own.signature.clone(),
        encipherments: vec![own.encipherment.clone()],
        gateway: Bag::of(&gateway.encipherment),
    };
    merchant::Standing {
        accounts: [(house.brand.clone(), account)].into_iter().collect(),
        letterhead: letterhead(),
        acceptance: Acceptance::default(),
        answer_within_s: 5,
    }
}

pub(crate) fn gateway(house: &House, own: &Server) -> gateway::Standing {
    gateway::Standing {
        brand: house.brand.clone(),
        bins: BTreeSet::new(),
        signature: own.signature.clone(),
        encipherments: vec![own.encipherment.clone()],
        letterhead: letterhead(),
        acceptance: Acceptance::default(),
        authorization_lasts_s: 7 * 86_400,
        captures_kept_s: 8 * 86_400,
        policies: gateway::Policies::default(),
    }
}

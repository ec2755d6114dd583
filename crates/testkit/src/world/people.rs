//! What people do: shoppers order, consent, decline, ask; the shop takes the money and gives some
//! of it back; a thief with the merchant's keys presents things twice.

use openset_protocol::{
    cardholder::{self, purchase::CardholderPurchase},
    merchant::{self, purchase::MerchantPurchase},
};
use openset_types::{Language, LidM, Money, RefundKind};
use openset_wire::initiation::Initiation;

use super::{
    World,
    network::{Event, Moment, Role},
    shell::Cause,
};
use crate::pki::{CARDS, MERCHANT_URL, Pki};

/// The order description: a canary that no bank and no gateway may hold.
pub const DESCRIPTION: &str = "1 x Lighthouse poster, 50 x 70 cm, for the lamp room";

/// One order, who pays it and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What it costs.
    pub amount: Money,
    /// When it is placed.
    pub placed_at: Moment,
    /// Whoever tries to pay it, one after the other or at once.
    pub shoppers: Vec<Shopper>,
    /// Whether the money is taken with the authorization.
    pub taken: merchant::Plan,
    /// How much of a thousandth part the shop takes; nothing if it takes none.
    pub takes: Option<u64>,
    /// What the shop gives back, one after the other: which way, and how much of a thousandth part
    /// of what is left. A credit is taken back whole.
    pub gives_back: Vec<(RefundKind, u64)>,
    /// What the shop gives up before it takes anything; nothing if it gives up none.
    pub gives_up: Option<GivesUp>,
}

/// What a shop gives up.
#[derive(Debug, Clone, Copy)]
pub struct GivesUp {
    /// How long after the order.
    pub after_ms: u64,
    /// How much of a thousandth part stays held.
    pub keeps: u64,
    /// Whether it waits for the answer of the gateway before.
    pub is_patient: bool,
}

/// Somebody who tries to pay an order.
#[derive(Debug, Clone)]
pub struct Shopper {
    /// Which card.
    pub card: usize,
    /// How long after the order.
    pub begins_after_ms: u64,
    /// How long the offer is looked at.
    pub thinks_ms: u64,
    /// Whether it is taken.
    pub consents: bool,
    /// How long after the beginning somebody asks how the order stands.
    pub inquires_after_ms: Option<u64>,
}

/// Something that somebody does.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    /// Somebody applies for certificates, as often as that.
    Applies(usize, usize),
    /// Somebody looks at an application and goes on with it; it has looked so often.
    Answers(usize, usize, u32),
    /// The shop takes an order.
    Places(usize),
    /// A shopper begins to pay an order.
    Begins(usize, usize),
    /// A shopper looks at the offer and decides; it has looked so often.
    Decides(usize, usize, u32),
    /// A shopper asks how the order stands.
    Inquires(usize, usize),
    /// The shop takes the money if there is any; it has looked so often.
    Takes(usize, u32),
    /// The shop gives money back, if there is any; it has looked so often.
    GivesBack(usize, usize, u32),
    /// The shop gives up what is held, or what it waits for; it has looked so often.
    GivesUp(usize, u32),
    /// The shop has the next part of an order authorized, if more may be; it has looked so often.
    ShipsMore(usize, u32),
    /// A thief presents a consent to the gateway again.
    PresentsConsentAgain,
    /// A thief presents a capture to the gateway again.
    PresentsCaptureAgain,
}

/// How often somebody looks whether it can go on.
const LOOKS_MAX: u32 = 40;
/// How long somebody waits before looking again.
const LOOK_MS: u64 = 5_000;

/// The name of an order.
pub fn order_number(order: usize) -> Vec<u8> {
    format!("order-{order:02}").into_bytes()
}

/// What a wallet calls a shopper's purchase.
pub fn purchase_key(order: usize, shopper: usize) -> Vec<u8> {
    format!("order-{order:02}/{shopper}").into_bytes()
}

impl World {
    /// Writes down what everybody will do.
    pub(super) fn plan(&mut self) {
        for (order, plan) in self.plans.clone().into_iter().enumerate() {
            let at = plan.placed_at;
            self.network.after(at, Event::Does(Deed::Places(order)));
            for (shopper, person) in plan.shoppers.iter().enumerate() {
                let begins_at = at + person.begins_after_ms;
                self.network.after(begins_at, Event::Does(Deed::Begins(order, shopper)));
                let looks_at = begins_at + person.thinks_ms;
                self.network.after(looks_at, Event::Does(Deed::Decides(order, shopper, 0)));
                if let Some(after_ms) = person.inquires_after_ms {
                    let deed = Deed::Inquires(order, shopper);
                    self.network.after(begins_at + after_ms, Event::Does(deed));
                }
            }
            if !plan.gives_back.is_empty() {
                self.network.after(at + LOOK_MS, Event::Does(Deed::GivesBack(order, 0, 0)));
            }
            if plan.takes.is_some() {
                self.network.after(at + LOOK_MS, Event::Does(Deed::Takes(order, 0)));
            }
            if let merchant::Plan::Parts { .. } = plan.taken {
                self.network.after(at + LOOK_MS, Event::Does(Deed::ShipsMore(order, 0)));
            }
            if let Some(GivesUp { after_ms, .. }) = plan.gives_up {
                self.network.after(at + after_ms, Event::Does(Deed::GivesUp(order, 0)));
            }
        }
    }

    /// Everybody who ordered asks how the order stands.
    pub(super) fn everybody_inquires(&mut self) {
        for (order, plan) in self.plans.clone().into_iter().enumerate() {
            for shopper in 0..plan.shoppers.len() {
                self.network.after(0, Event::Does(Deed::Inquires(order, shopper)));
            }
        }
    }

    pub(super) fn does(&mut self, deed: Deed) {
        let role = match deed {
            Deed::Begins(..) | Deed::Decides(..) | Deed::Inquires(..) => Role::Wallet,
            Deed::Applies(enrolment, _) | Deed::Answers(enrolment, ..) => {
                self.enrolments[enrolment].who.role()
            }
            _ => Role::Merchant,
        };
        if self.is_down(role) || !self.tries(deed) {
            self.network.after(LOOK_MS, Event::Does(deed));
        }
    }

    /// Whether it was done, or need not be done.
    fn tries(&mut self, deed: Deed) -> bool {
        match deed {
            Deed::Applies(enrolment, attempt) => self.applies(enrolment, attempt),
            Deed::Answers(enrolment, attempt, looks) => self.answers(enrolment, attempt, looks),
            Deed::Places(order) => self.places(order),
            Deed::Begins(order, shopper) => self.begins(order, shopper),
            Deed::Decides(order, shopper, looks) => self.decides(order, shopper, looks),
            Deed::Inquires(order, shopper) => {
                let input = cardholder::purchase::Input::Inquire;
                let key = purchase_key(order, shopper);
                self.input::<CardholderPurchase>(Role::Wallet, &key, input, Cause::Command)
            }
            Deed::Takes(order, looks) => self.takes(order, looks),
            Deed::GivesBack(order, place, looks) => self.gives_back(order, place, looks),
            Deed::GivesUp(order, looks) => self.gives_up(order, looks),
            Deed::ShipsMore(order, looks) => self.ships_more(order, looks),
            Deed::PresentsConsentAgain => self.presents_again("AuthReq"),
            Deed::PresentsCaptureAgain => self.presents_again("CapReq"),
        }
    }

    fn places(&mut self, order: usize) -> bool {
        let key = order_number(order);
        let input = merchant::purchase::Input::Placed(merchant::Order {
            lid_m: LidM::new(&key).expect("a label"),
            description: DESCRIPTION.as_bytes().into(),
            amount: self.plans[order].amount,
            plan: self.plans[order].taken,
        });
        self.input::<MerchantPurchase>(Role::Merchant, &key, input, Cause::Command)
    }

    fn begins(&mut self, order: usize, shopper: usize) -> bool {
        let pki = Pki::shared();
        let plan = &self.plans[order];
        let (card, amount) = (plan.shoppers[shopper].card, plan.amount);
        let key = purchase_key(order, shopper);
        let page = |name: &str| format!("http://shop.localhost:7180/{name}");
        let initiation = Initiation {
            set_url: MERCHANT_URL.to_owned(),
            success_url: page("success"),
            failure_url: page("failure"),
            cancel_url: page("cancel"),
            brands: vec![pki.brand.clone()],
            amount,
            terms: None,
            lid_m: LidM::new(&order_number(order)).expect("a label"),
            language: Language::parse("en").expect("a tag"),
            order: DESCRIPTION.as_bytes().to_vec(),
        };
        let start = cardholder::purchase::Start {
            initiation,
            brand: pki.brand.clone(),
            bin: CARDS[card].pan().bin(),
            card: Some(self.pays_with(&key, card)),
        };
        let input = cardholder::purchase::Input::Start(Box::new(start));
        self.input::<CardholderPurchase>(Role::Wallet, &key, input, Cause::Command)
    }

    fn decides(&mut self, order: usize, shopper: usize, looks: u32) -> bool {
        let key = purchase_key(order, shopper);
        let person = self.plans[order].shoppers[shopper].clone();
        let purchase = self.wallet.disk.state::<CardholderPurchase>(&key);
        match purchase.map(|purchase| purchase.stage) {
            Some(cardholder::Stage::Offered(_)) => {
                let input = if person.consents {
                    let card = self.vault.card(&key, person.card);
                    cardholder::purchase::Input::Consented(Box::new(card))
                } else {
                    cardholder::purchase::Input::Declined
                };
                self.input::<CardholderPurchase>(Role::Wallet, &key, input, Cause::Command)
            }
            None | Some(cardholder::Stage::Initiating { .. }) => {
                self.looks_again(Deed::Decides(order, shopper, looks + 1), looks)
            }
            Some(_) => true,
        }
    }

    fn takes(&mut self, order: usize, looks: u32) -> bool {
        let key = order_number(order);
        let purchase = self.merchant.disk.state::<MerchantPurchase>(&key);
        let (stage, share) = match (purchase, self.plans[order].takes) {
            (Some(purchase), Some(share)) => (purchase.stage, share),
            _ => return self.looks_again(Deed::Takes(order, looks + 1), looks),
        };
        match stage {
            merchant::Stage::Authorized(authorized) if authorized.capture_refused.is_none() => {
                let minor = (authorized.amount.minor() * share / 1000).max(1);
                let amount = Money::new(minor, authorized.amount.currency()).expect("a part");
                let input = merchant::purchase::Input::Capture { amount };
                self.input::<MerchantPurchase>(Role::Merchant, &key, input, Cause::Command)
            }
            merchant::Stage::Captured(_) | merchant::Stage::Voided(_) => true,
            _ => self.looks_again(Deed::Takes(order, looks + 1), looks),
        }
    }

    fn gives_back(&mut self, order: usize, place: usize, looks: u32) -> bool {
        let Some((kind, share)) = self.plans[order].gives_back.get(place).copied() else {
            return true;
        };
        let key = order_number(order);
        let purchase = self.merchant.disk.state::<MerchantPurchase>(&key);
        let captured = match purchase.map(|purchase| purchase.stage) {
            Some(merchant::Stage::Captured(captured)) if captured.refunding().is_none() => captured,
            _ => return self.looks_again(Deed::GivesBack(order, place, looks + 1), looks),
        };
        self.network.after(LOOK_MS, Event::Does(Deed::GivesBack(order, place + 1, 0)));
        let left = captured.left().expect("never more than was taken");
        let amount = match (kind, captured.credits().last()) {
            (RefundKind::CreditReversal, None) => return true,
            (RefundKind::CreditReversal, Some(credit)) => credit.amount,
            _ => Money::new((left.minor() * share / 1000).max(1), left.currency()).expect("a part"),
        };
        if captured.may(kind, amount) != Ok(true) {
            return true;
        }
        let input = merchant::purchase::Input::Refund { kind, amount };
        self.input::<MerchantPurchase>(Role::Merchant, &key, input, Cause::Command)
    }

    fn gives_up(&mut self, order: usize, looks: u32) -> bool {
        let key = order_number(order);
        let purchase = self.merchant.disk.state::<MerchantPurchase>(&key);
        let (Some(purchase), Some(plan)) = (purchase, self.plans[order].gives_up) else {
            return self.looks_again(Deed::GivesUp(order, looks + 1), looks);
        };
        let part = |amount: Money, share: u64| {
            let minor = amount.minor().saturating_sub(1).min(amount.minor() * share / 1000);
            Money::new(minor, amount.currency()).expect("a part")
        };
        let remains = match purchase.stage {
            merchant::Stage::Authorized(authorized) => part(authorized.amount, plan.keeps),
            merchant::Stage::Authorizing(_) if !plan.is_patient => part(purchase.order.amount, 0),
            merchant::Stage::Captured(_) | merchant::Stage::Voided(_) => return true,
            _ => return self.looks_again(Deed::GivesUp(order, looks + 1), looks),
        };
        let input = merchant::purchase::Input::Void { remains };
        self.input::<MerchantPurchase>(Role::Merchant, &key, input, Cause::Command)
    }

    /// The rest in two halves, the second of them taken at once.
    fn ships_more(&mut self, order: usize, looks: u32) -> bool {
        let key = order_number(order);
        let purchase = self.merchant.disk.state::<MerchantPurchase>(&key);
        self.looks_again(Deed::ShipsMore(order, looks + 1), looks);
        let Some(purchase) = purchase else { return true };
        let is_asked = |stage: &merchant::Stage| matches!(stage, merchant::Stage::Authorizing(_));
        let Some(left) = purchase.left().filter(|_| !purchase.stages().any(is_asked)) else {
            return true;
        };
        let is_last = purchase.others.len() > 1;
        let minor = if is_last { left.minor() } else { left.minor().div_ceil(2) };
        let amount = Money::new(minor, left.currency()).expect("a part");
        let input = merchant::purchase::Input::Next { amount, is_sale: is_last };
        self.input::<MerchantPurchase>(Role::Merchant, &key, input, Cause::Command);
        true
    }

    fn looks_again(&mut self, deed: Deed, looks: u32) -> bool {
        if looks < LOOKS_MAX {
            self.network.after(LOOK_MS, Event::Does(deed));
        }
        true
    }
}

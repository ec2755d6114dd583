//! Instalments and subscriptions, from the shop's page to the books of all. Proves: the wallet
//! signs the terms it was told, the shop charges again within them and not beyond, and the gateway
//! says with SET's codes what it does not allow.

use openset_crypto::Suite;
use openset_node::clock::{Clock, SystemClock};
use openset_protocol::{
    cardholder,
    merchant::{Purchase, Verdict, purchase::Input},
    summary::Fact,
};
use openset_types::{Money, Terms};
use openset_web::{
    Tongue,
    ports::{Basket, Buyer},
};
use openset_wire::payment::AuthCode;

use super::{
    stage::{card, runtime},
    town::Town,
};
use crate::{
    demo::{cast::Behaviour, reading, story},
    house::{payments::NotEnded, wallet::at},
    shop::{checkout, orders::Order},
};

const DAY_S: i64 = 86_400;

/// A shop that charges again, and somebody who agreed to it.
struct Subscription {
    town: Town,
    order: Order,
    /// What the wallet calls the purchase.
    id: String,
}

impl Subscription {
    /// Somebody orders on terms and pays the first time.
    async fn begin(suite: Suite, way: &str, terms: Option<Terms>) -> Self {
        let town = Town::in_suite(suite).await;
        let system = &town.system;
        story::unlock(system).await.expect("the passphrase");
        let card = story::enrol(system, card(Behaviour::Approves)).await.expect("certified");
        let order = match terms {
            None => story::order_delivered(&system.merchant, way).await.expect("an order"),
            Some(_) => {
                let basket = Basket { quantity: 1, delivery: way.to_owned() };
                let (name, address) = ("Ada Martin".to_owned(), "Brest".to_owned());
                let buyer = Buyer { name, address, email: None };
                let shop = &system.merchant;
                let placed = checkout::place_on(terms, shop, &basket, buyer, Tongue::English);
                placed.await.expect("a store").expect("in the catalogue")
            }
        };
        let id = story::offer(system, &order, &card).await.expect("an offer");
        let kept = system.wallet.purchase(&id).await.expect("a store").expect("a purchase");
        let asked = kept.consent_summary().expect("the owner decides").terms;
        assert!(asked.is_some() && asked == order.terms, "the owner is told the terms: {asked:?}");
        let told = story::pay(system, &order, &id, &card).await.expect("an answer");
        assert_eq!(told.fact, Fact::Authorized);
        Self { town, order, id }
    }

    async fn purchase(&self) -> Purchase {
        self.town.system.purchase(&self.order).await.expect("a store").expect("a purchase")
    }

    /// The shop charges what is due, or so much; says why not.
    async fn charges(&self, amount: Option<Money>) -> Option<Verdict> {
        let due = self.purchase().await.due().expect("more may come");
        self.asks(amount.unwrap_or(due)).await.expect("the gateway answers");
        self.purchase().await.next_refused
    }

    async fn asks(&self, amount: Money) -> Result<(), NotEnded> {
        let next = Input::Next { amount, is_sale: false };
        self.town.system.merchant.payments().end(&self.order, next).await.map(drop)
    }

    async fn takes(&self) -> Money {
        story::capture(&self.town.system, &self.order).await.expect("the money")
    }

    /// The bank pays for all that was taken, the wallet asks how it stands, and everybody says the
    /// same.
    async fn ends(self) {
        let system = &self.town.system;
        // A wallet that has not been used for an hour has locked itself.
        story::unlock(system).await.expect("the passphrase");
        story::clear(system).await.expect("a settlement");
        let purchases = &system.wallet.purchases;
        let mut watch = purchases.watch(self.id.as_bytes());
        let inquire = cardholder::purchase::Input::Inquire;
        purchases.command(at(&self.id), inquire).await.expect("an inquiry");
        loop {
            let kept = system.wallet.purchase(&self.id).await.expect("a store");
            let kept = kept.expect("a purchase");
            if kept.summary().fact == Fact::Captured {
                break;
            }
            watch.changed().await;
        }
        let books = reading::read(system).await.expect("readable books");
        assert_eq!(books.differences(), []);
        self.town.stop().await;
    }
}

#[test]
fn a_subscription_is_charged_again_each_month_and_not_before() {
    for suite in [Suite::Modern, Suite::Set10] {
        runtime().block_on(async {
            let subscription = Subscription::begin(suite, "monthly", None).await;
            let each = subscription.takes().await;
            assert_eq!(each, subscription.order.total);
            let too_soon = Some(Verdict::Because(AuthCode::RecurringTooSoon));
            assert_eq!(subscription.charges(None).await, too_soon);
            subscription.town.passes(27 * DAY_S);
            assert_eq!(subscription.charges(None).await, too_soon);
            subscription.town.passes(DAY_S);
            let cent = Money::new(1, each.currency()).expect("an amount");
            let more = each.plus(cent).expect("an amount");
            assert!(subscription.asks(more).await.is_err(), "the shop knows what was agreed to");
            assert_eq!(subscription.charges(None).await, None);
            assert_eq!(subscription.takes().await, each);
            let twice = each.plus(each);
            assert_eq!(subscription.purchase().await.authorized_in_all(), twice);
            subscription.ends().await;
        });
    }
}

#[test]
fn a_subscription_that_is_over_is_not_charged_again() {
    for suite in [Suite::Modern, Suite::Set10] {
        runtime().block_on(async {
            let until = SystemClock.now().plus_s(3 * DAY_S);
            let terms = Some(Terms::Recurring { every_days: 1, until });
            let subscription = Subscription::begin(suite, "post", terms).await;
            subscription.takes().await;
            subscription.town.passes(DAY_S);
            assert_eq!(subscription.charges(None).await, None);
            subscription.takes().await;
            subscription.town.passes(2 * DAY_S + 1);
            let over = Some(Verdict::Because(AuthCode::RecurringExpired));
            assert_eq!(subscription.charges(None).await, over);
            subscription.ends().await;
        });
    }
}

#[test]
fn three_instalments_pay_an_order_and_there_is_no_fourth() {
    for suite in [Suite::Modern, Suite::Set10] {
        runtime().block_on(async {
            let subscription = Subscription::begin(suite, "instalments", None).await;
            let first = subscription.takes().await;
            assert_eq!(first.times(3), Ok(subscription.order.total));
            assert_eq!(subscription.charges(None).await, None);
            assert_eq!(subscription.takes().await, first);
            let cent = Money::new(1, first.currency()).expect("an amount");
            let less = first.minus(cent).expect("an amount");
            assert_eq!(subscription.charges(Some(less)).await, None);
            assert_eq!(subscription.takes().await, less);
            let no_fourth = Some(Verdict::Because(AuthCode::InstallRecurMismatch));
            assert_eq!(subscription.charges(None).await, no_fourth);
            subscription.ends().await;
        });
    }
}

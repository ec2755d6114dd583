//! What the shop sells, in two languages, and what a basket costs.

use openset_protocol::merchant::Plan;
use openset_types::{InvalidMoney, Money, Terms, UnixTime};
use openset_web::{
    Tongue, Words,
    ports::{Basket, Delivery, Goods, Line, Quote},
};

use crate::demo::cast;

/// The most posters one order may hold.
const QUANTITY_MAX: u32 = 10;

/// A way of delivery: what forms call it, its name in English and French, its price in cents, and
/// when the money is taken.
struct Way {
    id: &'static str,
    names: [&'static str; 2],
    price: fn() -> Money,
    plan: Pays,
}

/// When the money of a way of delivery is taken.
#[derive(Clone, Copy)]
enum Pays {
    /// When the parcel goes out.
    OnDispatch,
    /// With the order.
    AtOnce,
    /// Half of it with the order, the rest when the second parcel goes out.
    InTwoParcels,
    /// A third of it with the order, the rest in two more payments.
    InThreeInstalments,
    /// With each parcel, one a month for half a year.
    EachMonth,
}

/// How many days lie between two parcels of a subscription.
const MONTH_DAYS: u16 = 28;
/// How many days a subscription lasts: six parcels, and a week for the last to be late.
const SUBSCRIPTION_DAYS: i64 = 5 * 28 + 7;
/// Seconds in a day.
const DAY_S: i64 = 86_400;

const WAYS: [Way; 6] = [
    Way {
        id: "post",
        names: ["Delivery by post", "Livraison par la poste"],
        price: cast::postage,
        plan: Pays::OnDispatch,
    },
    Way {
        id: "collect",
        names: ["Collect at the workshop", "Retrait à l’atelier"],
        price: || Money::zero(cast::price().currency()),
        plan: Pays::OnDispatch,
    },
    Way {
        id: "parcels",
        names: [
            "By post in two parcels, paid as they go",
            "Par la poste en deux colis, payés à l’envoi",
        ],
        price: cast::postage,
        plan: Pays::InTwoParcels,
    },
    Way {
        id: "instalments",
        names: ["By post, paid in three instalments", "Par la poste, payé en trois fois"],
        price: cast::postage,
        plan: Pays::InThreeInstalments,
    },
    Way {
        id: "monthly",
        names: [
            "By post each month for half a year, paid each time",
            "Par la poste chaque mois pendant six mois, payé chaque fois",
        ],
        price: cast::postage,
        plan: Pays::EachMonth,
    },
    // Delivered while the bank is still on the line.
    Way {
        id: "file",
        names: ["Sent at once as a file to print", "Envoyé aussitôt, en fichier à imprimer"],
        price: || Money::zero(cast::price().currency()),
        plan: Pays::AtOnce,
    },
];

/// What is for sale.
pub(crate) fn goods(tongue: Tongue) -> Goods {
    let delivery = |way: &Way| Delivery {
        id: way.id.to_owned(),
        name: said(&way.names, tongue).to_owned(),
        price: (way.price)(),
    };
    Goods {
        shop: cast::SHOP.to_owned(),
        name: said(&cast::GOODS, tongue).to_owned(),
        price: cast::price(),
        quantity_max: QUANTITY_MAX,
        deliveries: WAYS.iter().map(delivery).collect(),
    }
}

/// What a basket costs, or nothing if it is not one of this shop.
pub(crate) fn quote(basket: &Basket, tongue: Tongue) -> Option<Quote> {
    let way = WAYS.iter().find(|way| way.id == basket.delivery)?;
    if !(1..=QUANTITY_MAX).contains(&basket.quantity) {
        return None;
    }
    let name = said(&cast::GOODS, tongue);
    let lines = vec![
        Line {
            text: format!("{} × {name}", basket.quantity),
            amount: cast::price().times(basket.quantity.into()).ok()?,
        },
        Line { text: said(&way.names, tongue).to_owned(), amount: (way.price)() },
    ];
    let total = sum(&lines).ok()?;
    Some(Quote { lines, total })
}

/// On which terms a basket is paid that is ordered now, if more than once.
pub(crate) fn terms(basket: &Basket, now: UnixTime) -> Option<Terms> {
    let way = WAYS.iter().find(|way| way.id == basket.delivery)?;
    match way.plan {
        Pays::InThreeInstalments => Some(Terms::Instalments { at_most: 3 }),
        Pays::EachMonth => {
            let until = now.plus_s(SUBSCRIPTION_DAYS * DAY_S);
            Some(Terms::Recurring { every_days: MONTH_DAYS, until })
        }
        Pays::OnDispatch | Pays::AtOnce | Pays::InTwoParcels => None,
    }
}

/// When the money of a basket is taken that costs so much, on these terms.
pub(crate) fn plan(basket: &Basket, total: Money, terms: Option<Terms>) -> Plan {
    if let Some(terms) = terms {
        return Plan::On(terms);
    }
    let way = WAYS.iter().find(|way| way.id == basket.delivery);
    match way.map(|way| way.plan) {
        None | Some(Pays::OnDispatch | Pays::InThreeInstalments | Pays::EachMonth) => Plan::Held,
        Some(Pays::AtOnce) => Plan::Sale,
        Some(Pays::InTwoParcels) => {
            // The first parcel has the bigger half.
            let first = Money::new(total.minor().div_ceil(2), total.currency());
            first.map_or(Plan::Held, |first| Plan::Parts { first })
        }
    }
}

/// The order description: what the cardholder reads, signs the hash of, and no bank ever sees.
pub(crate) fn description(number: &str, quote: &Quote, tongue: Tongue) -> String {
    let say = Words::of(tongue);
    let lines = quote.lines.iter().map(|line| format!("{}\t{}", line.text, say.money(line.amount)));
    let lines: Vec<String> = lines.collect();
    format!("{} {number}\r\n{}\r\n= {}", cast::SHOP, lines.join("\r\n"), say.money(quote.total))
}

fn sum(lines: &[Line]) -> Result<Money, InvalidMoney> {
    let zero = Money::zero(cast::price().currency());
    lines.iter().try_fold(zero, |sum, line| sum.plus(line.amount))
}

fn said<'a>(names: &[&'a str; 2], tongue: Tongue) -> &'a str {
    let [english, french] = names;
    match tongue {
        Tongue::English => english,
        Tongue::French => french,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basket(quantity: u32, delivery: &str) -> Basket {
        Basket { quantity, delivery: delivery.to_owned() }
    }

    #[test]
    fn one_poster_by_post_costs_42_euros() {
        let quote = quote(&basket(1, "post"), Tongue::English).expect("in the catalogue");
        assert_eq!(quote.total.decimal(), "42.00");
        assert!(description("1042", &quote, Tongue::English).contains("1 × Lighthouse poster"));
    }

    #[test]
    fn what_is_delivered_at_once_is_taken_at_once_and_nothing_else() {
        let total = cast::price();
        let plans = ["post", "collect", "file"].map(|way| plan(&basket(1, way), total, None));
        assert_eq!(plans, [Plan::Held, Plan::Held, Plan::Sale]);
    }

    #[test]
    fn of_two_parcels_the_first_is_paid_with_the_order() {
        let total = Money::new(4201, cast::price().currency()).expect("an amount");
        let first = Money::new(2101, total.currency()).expect("an amount");
        assert_eq!(plan(&basket(1, "parcels"), total, None), Plan::Parts { first });
    }

    #[test]
    fn a_subscription_is_paid_six_times_and_three_instalments_three_times() {
        let now = UnixTime::new(1_800_000_000).expect("after 1970");
        let told = ["monthly", "instalments", "post", "parcels"].map(|way| {
            let terms = terms(&basket(1, way), now);
            assert_eq!(
                terms.map(Plan::On),
                plan(&basket(1, way), cast::price(), terms).terms().map(Plan::On)
            );
            terms.map(|terms| terms.at_most(now))
        });
        assert_eq!(told, [Some(6), Some(3), None, None]);
    }

    #[test]
    fn baskets_that_are_not_of_this_shop_cost_nothing_because_there_is_no_quote() {
        for basket in [basket(0, "post"), basket(11, "post"), basket(1, "drone"), basket(1, "")] {
            assert_eq!(quote(&basket, Tongue::French), None, "{basket:?}");
        }
    }
}

//! What the shop sells, in two languages, and what a basket costs.

use openset_types::{InvalidMoney, Money};
use openset_web::{
    Tongue, Words,
    ports::{Basket, Delivery, Goods, Line, Quote},
};

use crate::demo::cast;

/// The most posters one order may hold.
const QUANTITY_MAX: u32 = 10;

/// A way of delivery: what forms call it, its name in English and French, its price in cents.
struct Way {
    id: &'static str,
    names: [&'static str; 2],
    price: fn() -> Money,
}

const WAYS: [Way; 2] = [
    Way { id: "post", names: ["Delivery by post", "Livraison par la poste"], price: cast::postage },
    Way {
        id: "collect",
        names: ["Collect at the workshop", "Retrait à l’atelier"],
        price: || Money::zero(cast::price().currency()),
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
    fn baskets_that_are_not_of_this_shop_cost_nothing_because_there_is_no_quote() {
        for basket in [basket(0, "post"), basket(11, "post"), basket(1, "drone"), basket(1, "")] {
            assert_eq!(quote(&basket, Tongue::French), None, "{basket:?}");
        }
    }
}

//! The list of orders, with one search box for any number.

use askama::Template;

use crate::frame::Frame;
use crate::pages::desk::{DeskTop, Part};
use crate::ports::OrderRow;
use crate::table::{Badge, Cell, Table};

/// The orders.
#[derive(Template)]
#[template(path = "pages/merchant/orders.html")]
pub struct Orders<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The shop's name.
    pub shop: &'a str,
    /// What was searched for.
    pub search: &'a str,
    /// What was found, newest first.
    pub orders: &'a [OrderRow],
}

impl<'a> Orders<'a> {
    fn top(&self) -> DeskTop<'a> {
        DeskTop::of(self.frame, self.shop, Part::Work)
    }

    fn table(&self) -> Table {
        let say = self.frame.say;
        let row = |order: &OrderRow| {
            let href = format!("/orders/{}", order.slug);
            vec![
                Cell::Link { href, text: order.number.clone() },
                Cell::Text(order.buyer.clone()),
                Cell::Text(say.moment(order.placed)),
                Cell::Badge(Badge::standing(&order.standing, say)),
                Cell::Number(say.money(order.total)),
            ]
        };
        Table::new(say.orders_title(), say.orders_none())
            .column(say.head_order())
            .column(say.head_buyer())
            .column(say.head_when())
            .column(say.head_state())
            .numbers(say.head_amount())
            .rows(self.orders.iter().map(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn an_order_is_found_and_the_search_stands_where_it_was_typed() {
        let frame = sample::frame(Site::Merchant, Tongue::English);
        let orders = sample::orders();
        let html = Orders { frame: &frame, shop: "Atelier Lumen", search: "10<", orders: &orders };
        let html = html.to_string();
        assert!(html.contains("href=\"/orders/1042-k3v9\""), "{html}");
        assert!(html.contains("value=\"10&#60;\""), "{html}");
    }
}

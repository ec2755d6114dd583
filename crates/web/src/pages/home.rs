//! The home page: what this is, where everything is, who is up, the last payments.

use askama::Template;

use crate::frame::{Frame, Site};
use crate::ports::{Neighbour, RecentPayment};
use crate::table::{Badge, Cell, Table};

/// The first page anybody sees.
#[derive(Template)]
#[template(path = "pages/home.html")]
pub struct Home<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Every party and whether it answers.
    pub neighbours: &'a [Neighbour],
    /// The last payments.
    pub recent: &'a [RecentPayment],
}

impl Home<'_> {
    fn payments(&self) -> Table {
        let say = self.frame.say;
        let row = |payment: &RecentPayment| {
            let href = self.frame.inspect(&payment.transaction);
            vec![
                Cell::Link { href, text: say.order_numbered(&payment.order) },
                Cell::Text(payment.payee.clone()),
                Cell::Text(say.moment(payment.at)),
                Cell::Badge(Badge::standing(&payment.standing, say)),
                Cell::Number(say.money(payment.amount)),
            ]
        };
        Table::new(say.home_payments(), say.home_payments_none())
            .column(say.head_order())
            .column(say.head_payee())
            .column(say.head_when())
            .column(say.head_state())
            .numbers(say.head_amount())
            .rows(self.recent.iter().map(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::words::Tongue;

    fn html(tongue: Tongue, recent: &[RecentPayment]) -> String {
        let frame = sample::frame(Site::Home, tongue);
        let neighbours = sample::neighbours();
        Home { frame: &frame, neighbours: &neighbours, recent }.to_string()
    }

    #[test]
    fn the_home_page_says_where_everything_is() {
        let html = html(Tongue::English, &[]);
        for place in ["shop", "wallet", "merchant", "gateway", "issuer", "acquirer"] {
            assert!(html.contains(&format!("http://{place}.localhost:7180/")), "{place}");
        }
        for place in ["wallet-nordic", "issuer-nordic"] {
            assert!(html.contains(&format!("http://{place}.localhost:7180/?lang=en")), "{place}");
        }
        assert!(html.contains("Wallet of Nordic Test Bank"), "{html}");
        assert!(html.contains("No payment yet"));
    }

    #[test]
    fn a_payment_leads_to_its_evidence() {
        let html = html(Tongue::French, &sample::recent());
        assert!(html.contains("/transactions/ord-1042?lang=fr"), "{html}");
        assert!(html.contains("42,00\u{a0}€"));
    }
}

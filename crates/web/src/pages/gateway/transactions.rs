//! The list of authorizations.

use askama::Template;

use crate::frame::Frame;
use crate::pages::desk::{DeskTop, Part};
use crate::ports::GatewayRow;
use crate::table::{Badge, Cell, Table};

/// The authorizations.
#[derive(Template)]
#[template(path = "pages/gateway/transactions.html")]
pub struct GatewayTransactions<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The gateway's name.
    pub name: &'a str,
    /// The authorizations, newest first.
    pub rows: &'a [GatewayRow],
}

impl<'a> GatewayTransactions<'a> {
    fn top(&self) -> DeskTop<'a> {
        DeskTop::of(self.frame, self.name, Part::Work)
    }

    fn table(&self) -> Table {
        let say = self.frame.say;
        let row = |row: &GatewayRow| {
            let href = format!("/transactions/{}", row.slug);
            vec![
                Cell::Link { href, text: shortened(&row.xid) },
                Cell::Text(row.merchant.clone()),
                Cell::Text(format!("…{}", row.last_four)),
                Cell::Text(say.moment(row.at)),
                Cell::Badge(Badge::standing(&row.standing, say)),
                Cell::Number(say.money(row.amount)),
            ]
        };
        Table::new(say.authorizations_title(), say.authorizations_none())
            .column("XID".to_owned())
            .column(say.head_merchant())
            .column(say.head_card())
            .column(say.head_when())
            .column(say.head_state())
            .numbers(say.head_amount())
            .rows(self.rows.iter().map(row))
    }
}

/// The two ends of a long identifier: `5c1e…90ab`.
pub(super) fn shortened(id: &str) -> String {
    match (id.get(..4), id.len().checked_sub(4).and_then(|at| id.get(at..))) {
        (Some(head), Some(tail)) if id.len() > 12 => format!("{head}…{tail}"),
        _ => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_long_identifier_shows_its_two_ends() {
        assert_eq!(shortened("5c1e0000000090ab"), "5c1e…90ab");
        for short in ["", "abc", "é", "123456789012"] {
            assert_eq!(shortened(short), short);
        }
    }

    #[test]
    fn an_authorization_leads_to_its_page() {
        let frame = sample::frame(Site::Gateway, Tongue::English);
        let rows = sample::gateway_rows();
        let html = GatewayTransactions { frame: &frame, name: "Demo Gateway", rows: &rows };
        assert!(html.to_string().contains("href=\"/transactions/g1\""));
    }
}

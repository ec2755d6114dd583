//! The holds of all accounts.

use askama::Template;

use crate::frame::Frame;
use crate::pages::bank::{BankTop, Part};
use crate::ports::{HeldRow, Newest};
use crate::table::{Badge, Cell, Table};

/// The holds.
#[derive(Template)]
#[template(path = "pages/issuer/holds.html")]
pub struct Holds<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The bank's name.
    pub name: &'a str,
    /// The holds, newest first.
    pub rows: &'a Newest<HeldRow>,
}

impl<'a> Holds<'a> {
    fn top(&self) -> BankTop<'a> {
        BankTop::of(self.frame, self.name, Part::Holds)
    }

    fn table(&self) -> Table {
        let say = self.frame.say;
        let row = |row: &HeldRow| {
            let posted = row.posted.map(|amount| say.money(amount)).unwrap_or_default();
            vec![
                Cell::Text(say.moment(row.hold.at)),
                Cell::Code(row.authorization.clone()),
                Cell::Link {
                    href: format!("/accounts/{}", row.account),
                    text: row.account.clone(),
                },
                Cell::Text(row.hold.merchant.clone()),
                Cell::Text(say.moment(row.until)),
                Cell::Badge(Badge::hold(&row.hold.state, say)),
                Cell::Number(say.money(row.hold.amount)),
                Cell::Number(posted),
            ]
        };
        Table::new(say.holds_title(), say.holds_none())
            .column(say.head_when())
            .column(say.head_reference())
            .column(say.head_account())
            .column(say.head_merchant())
            .column(say.hold_until())
            .column(say.head_state())
            .numbers(say.head_held())
            .numbers(say.hold_taken())
            .newest(self.rows, say, row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_hold_that_was_posted_says_how_much_was_taken_of_it() {
        let frame = sample::frame(Site::Issuer, Tongue::English);
        let rows = sample::held();
        let html = Holds { frame: &frame, name: "Banque Démo", rows: &rows }.to_string();
        assert!(html.contains("€42.00") && html.contains("€24.00"), "{html}");
        assert!(html.contains("href=\"/accounts/000001\""), "{html}");
    }
}

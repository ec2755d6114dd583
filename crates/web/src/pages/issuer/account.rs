//! One account: what is held, what was spent.

use askama::Template;

use crate::frame::Frame;
use crate::pages::bank::{BankTop, Part};
use crate::ports::{AccountFile, Entry, HoldRow};
use crate::table::{Badge, Cell, Table};

/// One account.
#[derive(Template)]
#[template(path = "pages/issuer/account.html")]
pub struct AccountPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The bank's name.
    pub name: &'a str,
    /// The account.
    pub file: &'a AccountFile,
}

impl<'a> AccountPage<'a> {
    fn top(&self) -> BankTop<'a> {
        BankTop::of(self.frame, self.name, Part::Work)
    }

    fn holds(&self) -> Table {
        let say = self.frame.say;
        let row = |hold: &HoldRow| {
            vec![
                Cell::Text(say.moment(hold.at)),
                Cell::Text(hold.merchant.clone()),
                Cell::Code(hold.approval_code.clone()),
                Cell::Badge(Badge::hold(&hold.state, say)),
                Cell::Number(say.money(hold.amount)),
            ]
        };
        Table::new(say.holds_title(), say.holds_none())
            .column(say.head_when())
            .column(say.head_merchant())
            .column(say.approval_code())
            .column(say.head_state())
            .numbers(say.head_amount())
            .rows(self.file.holds.iter().map(row))
    }

    fn entries(&self) -> Table {
        let say = self.frame.say;
        let money = |amount: &Option<_>| amount.map(|it| say.money(it)).unwrap_or_default();
        let row = |entry: &Entry| {
            vec![
                Cell::Text(say.moment(entry.at)),
                Cell::Text(entry.text.clone()),
                Cell::Number(money(&entry.debit)),
                Cell::Number(money(&entry.credit)),
            ]
        };
        Table::new(say.entries_title(), say.entries_none())
            .column(say.head_when())
            .column(say.head_text())
            .numbers(say.head_debit())
            .numbers(say.head_credit())
            .rows(self.file.entries.iter().map(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_hold_says_what_became_of_it() {
        let frame = sample::frame(Site::Issuer, Tongue::French);
        let file = sample::account_file();
        let html = AccountPage { frame: &frame, name: "Banque Démo", file: &file }.to_string();
        assert!(html.contains("Réservé") && html.contains("42,00\u{a0}€"), "{html}");
    }
}

//! The list of accounts, card numbers masked.

use askama::Template;

use crate::frame::Frame;
use crate::pages::bank::{BankTop, Part};
use crate::ports::AccountRow;
use crate::table::{Badge, Cell, Table};

/// The accounts.
#[derive(Template)]
#[template(path = "pages/issuer/accounts.html")]
pub struct Accounts<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The bank's name.
    pub name: &'a str,
    /// The accounts.
    pub accounts: &'a [AccountRow],
}

impl<'a> Accounts<'a> {
    fn top(&self) -> BankTop<'a> {
        BankTop::of(self.frame, self.name, Part::Work)
    }

    fn table(&self) -> Table {
        let say = self.frame.say;
        let row = |account: &AccountRow| {
            let href = format!("/accounts/{}", account.slug);
            vec![
                Cell::Link { href, text: account.number.clone() },
                Cell::Text(account.holder.clone()),
                Cell::Badge(Badge::account(&account.state, say)),
                Cell::Number(say.money(account.limit)),
                Cell::Number(say.money(account.held)),
                Cell::Number(say.money(account.spent)),
            ]
        };
        Table::new(say.accounts_title(), say.accounts_none())
            .column(say.head_card())
            .column(say.head_holder())
            .column(say.head_state())
            .numbers(say.head_limit())
            .numbers(say.head_held())
            .numbers(say.head_spent())
            .rows(self.accounts.iter().map(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn accounts_are_listed_with_masked_numbers() {
        let frame = sample::frame(Site::Issuer, Tongue::English);
        let accounts = sample::accounts();
        let html = Accounts { frame: &frame, name: "Banque Démo", accounts: &accounts };
        let html = html.to_string();
        assert!(html.contains("999999•• •••• 4242") && html.contains("href=\"/accounts/a1\""));
    }
}

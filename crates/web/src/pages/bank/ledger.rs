//! A bank's ledger: every account with its balance, and the entries that made them.

use askama::Template;
use openset_types::Side;

use super::{BankTop, Part};
use crate::frame::Frame;
use crate::ports::{LedgerAccount, LedgerBooks, LedgerEntry, LedgerLine, Occasion};
use crate::table::{Badge, Cell, Table};
use crate::words::Words;

/// The ledger.
#[derive(Template)]
#[template(path = "pages/bank/ledger.html")]
pub struct LedgerPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The bank's name.
    pub name: &'a str,
    /// The ledger.
    pub books: &'a LedgerBooks,
}

impl<'a> LedgerPage<'a> {
    fn top(&self) -> BankTop<'a> {
        BankTop::of(self.frame, self.name, Part::Ledger)
    }

    fn balance(&self) -> Badge {
        Badge::ledger(self.books.is_balanced, self.frame.say)
    }

    fn balances(&self) -> Table {
        let say = self.frame.say;
        let row = |line: &LedgerLine| {
            let [debit, credit] = sides(line, say);
            vec![Cell::Text(account(&line.account, say)), Cell::Number(debit), Cell::Number(credit)]
        };
        Table::new(say.ledger_balances(), say.ledger_none())
            .column(say.ledger_account())
            .numbers(say.head_debit())
            .numbers(say.head_credit())
            .rows(self.books.balances.iter().map(row))
    }

    /// A row for each line; what is said of the whole entry stands on its first.
    fn entries(&self) -> Table {
        let say = self.frame.say;
        let rows = self.books.entries.iter().flat_map(|entry| {
            entry.lines.iter().enumerate().map(move |(at, line)| row(entry, at == 0, line, say))
        });
        Table::new(say.entries_title(), say.ledger_none())
            .numbers(say.head_number())
            .column(say.head_when())
            .column(say.head_text())
            .column(say.ledger_account())
            .numbers(say.head_debit())
            .numbers(say.head_credit())
            .rows(rows)
    }
}

fn row(entry: &LedgerEntry, is_first: bool, line: &LedgerLine, say: &Words) -> Vec<Cell> {
    let once = |text: String| if is_first { text } else { String::new() };
    let [debit, credit] = sides(line, say);
    vec![
        Cell::Number(once(entry.number.to_string())),
        Cell::Text(once(say.moment(entry.at))),
        Cell::Text(once(occasion(entry, say))),
        Cell::Text(account(&line.account, say)),
        Cell::Number(debit),
        Cell::Number(credit),
    ]
}

/// The amount on its side; nothing on the other.
fn sides(line: &LedgerLine, say: &Words) -> [String; 2] {
    let amount = say.money(line.amount);
    match line.side {
        Side::Debit => [amount, String::new()],
        Side::Credit => [String::new(), amount],
    }
}

fn account(account: &LedgerAccount, say: &Words) -> String {
    match account {
        LedgerAccount::Card(number) => say.account_card(number.as_str()),
        LedgerAccount::Clearing(bank) => say.account_clearing(bank.as_str()),
        LedgerAccount::Central => say.account_central(),
        LedgerAccount::Fees => say.account_fees(),
        LedgerAccount::Merchant(merchant) => say.account_merchant(merchant.as_str()),
        LedgerAccount::Pending(merchant) => say.account_pending(merchant.as_str()),
    }
}

fn occasion(entry: &LedgerEntry, say: &Words) -> String {
    let word = match entry.occasion {
        Occasion::Captured => say.occasion_captured(),
        Occasion::Cleared => say.occasion_cleared(),
        Occasion::Credited => say.occasion_credited(),
        Occasion::Disputed => say.occasion_disputed(),
        Occasion::Refunded => say.occasion_refunded(),
        Occasion::Settled => say.occasion_settled(),
        Occasion::TakenBack => say.occasion_taken_back(),
    };
    format!("{word} · {}", entry.about)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    fn html(books: &LedgerBooks, tongue: Tongue) -> String {
        let frame = sample::frame(Site::Acquirer, tongue);
        LedgerPage { frame: &frame, name: "Demo Acquirer", books }.to_string()
    }

    #[test]
    fn each_currency_has_as_many_decimals_as_it_has() {
        let html = html(&sample::ledger(), Tongue::English);
        for amount in ["€42.00", "4,200\u{a0}JPY", "1.250\u{a0}KWD"] {
            assert!(html.contains(amount), "{amount}: {html}");
        }
        assert!(html.contains("Balanced") && !html.contains("Not balanced"), "{html}");
    }

    #[test]
    fn a_ledger_that_is_not_balanced_says_so() {
        let books = LedgerBooks { is_balanced: false, ..sample::ledger() };
        assert!(html(&books, Tongue::French).contains("Pas équilibré"));
    }

    #[test]
    fn older_entries_are_led_to_as_long_as_there_are_some() {
        let books = LedgerBooks { older: Some(7), ..sample::ledger() };
        assert!(html(&books, Tongue::English).contains("href=\"/ledger?before=7\""));
        assert!(!html(&sample::ledger(), Tongue::English).contains("before="));
    }
}

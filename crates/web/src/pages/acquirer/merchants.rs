//! The merchants: what the bank keeps of their sales, and what they were credited and debited.

use askama::Template;

use crate::frame::Frame;
use crate::pages::bank::{BankTop, Part, flow};
use crate::ports::{CreditRow, FeeTerms, MerchantBooks, MerchantTerms};
use crate::table::{Cell, Table};
use crate::words::Words;

/// The merchants.
#[derive(Template)]
#[template(path = "pages/acquirer/merchants.html")]
pub struct Merchants<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The bank's name.
    pub name: &'a str,
    /// The merchants, and what they were credited.
    pub books: &'a MerchantBooks,
}

impl<'a> Merchants<'a> {
    fn top(&self) -> BankTop<'a> {
        BankTop::of(self.frame, self.name, Part::Merchants)
    }

    fn terms(&self) -> Table {
        let say = self.frame.say;
        let row = |terms: &MerchantTerms| {
            vec![
                Cell::Text(terms.name.clone()),
                Cell::Code(terms.id.clone()),
                Cell::Code(terms.account.clone()),
                Cell::Text(fees(&terms.fees, say)),
            ]
        };
        Table::new(say.terms_title(), say.merchants_none())
            .column(say.head_merchant())
            .column(say.head_number())
            .column(say.terms_account())
            .column(say.terms_fees())
            .rows(self.books.merchants.iter().map(row))
    }

    fn credits(&self) -> Table {
        let say = self.frame.say;
        let row = |row: &CreditRow| {
            vec![
                Cell::Text(row.number.to_string()),
                Cell::Text(say.moment(row.at)),
                Cell::Text(row.merchant.clone()),
                Cell::Link {
                    href: format!("/clearing-files/{}", row.file),
                    text: row.file.clone(),
                },
                Cell::Text(format!("{}: {}", flow(row.flow, say), row.count)),
                Cell::Number(say.money(row.gross)),
                Cell::Number(say.money(row.fee)),
                Cell::Number(say.money(row.net)),
            ]
        };
        Table::new(say.merchant_credits_title(), say.merchant_credits_none())
            .column(say.head_number())
            .column(say.head_when())
            .column(say.head_merchant())
            .column(say.head_file())
            .column(say.head_kind())
            .numbers(say.head_gross())
            .numbers(say.head_fee())
            .numbers(say.head_net())
            .newest(&self.books.credits, say, row)
    }
}

/// `1.20%, and €0.05 each`: hundredths of a percent as percent, then the fixed amounts.
fn fees(terms: &FeeTerms, say: &Words) -> String {
    let percent = say.percent(terms.basis_points);
    match terms.fixed.as_slice() {
        [] => say.terms_share(percent),
        fixed => {
            let fixed: Vec<_> = fixed.iter().map(|amount| say.money(amount)).collect();
            say.terms_share_and_fixed(fixed.join(&format!(" {} ", say.terms_or())), percent)
        }
    }
}

#[cfg(test)]
mod tests {
    use openset_types::{Currency, Money};

    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn fees_are_told_as_a_share_and_what_is_kept_of_each_sale() {
        let money = |minor, code| {
            Money::new(minor, Currency::from_code(code).expect("in the table")).expect("an amount")
        };
        let terms = FeeTerms { basis_points: 120, fixed: vec![money(5, "EUR"), money(8, "JPY")] };
        let told = |tongue| fees(&terms, Words::of(tongue));
        assert_eq!(told(Tongue::English), "1.20% of the sales, and €0.05 or 8\u{a0}JPY of each");
        assert_eq!(
            told(Tongue::French),
            "1,20\u{a0}% des ventes, et 0,05\u{a0}€ ou 8\u{a0}JPY sur chacune"
        );
        let share = FeeTerms { basis_points: 5, fixed: Vec::new() };
        assert_eq!(fees(&share, Words::of(Tongue::English)), "0.05% of the sales");
    }

    #[test]
    fn what_a_merchant_got_stands_beside_what_was_kept() {
        let frame = sample::frame(Site::Acquirer, Tongue::English);
        let books = sample::merchant_books();
        let html = Merchants { frame: &frame, name: "Demo Acquirer", books: &books }.to_string();
        for told in ["€42.00", "€0.55", "€41.45", "/clearing-files/CLR-B999998-D20261122-N000001"]
        {
            assert!(html.contains(told), "{told}: {html}");
        }
    }
}

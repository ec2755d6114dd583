//! What waits at the acquirer and the button that clears it, the captures, the files, the credits.

use askama::Template;

use crate::frame::Frame;
use crate::pages::bank::{BankTop, Part};
use crate::ports::{AcquirerBooks, CaptureRow, Credit, FileRow, Newest};
use crate::table::{Cell, Table};

/// The acquirer's books.
#[derive(Template)]
#[template(path = "pages/acquirer/books.html")]
pub struct AcquirerPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The bank's name.
    pub name: &'a str,
    /// The books.
    pub books: &'a AcquirerBooks,
}

impl<'a> AcquirerPage<'a> {
    fn top(&self) -> BankTop<'a> {
        BankTop::of(self.frame, self.name, Part::Work)
    }

    /// What the button clears: the sales, or only what goes back.
    fn amounts(&self) -> String {
        let all = match self.books.waiting.as_slice() {
            [] => self.books.refunds_waiting.as_slice(),
            sales => sales,
        };
        let amounts: Vec<_> = all.iter().map(|one| self.frame.say.money(one.total)).collect();
        amounts.join(" + ")
    }

    fn captures(&self) -> Table {
        let say = self.frame.say;
        self.rows(say.captures_title(), say.captures_none(), &self.books.captures)
    }

    fn refunds(&self) -> Table {
        let say = self.frame.say;
        self.rows(say.bank_refunds_title(), say.captures_none(), &self.books.refunds)
    }

    fn rows(&self, title: String, none: String, rows: &Newest<CaptureRow>) -> Table {
        let say = self.frame.say;
        let cleared = |row: &CaptureRow| match row.cleared {
            Some(at) => say.capture_cleared(say.moment(at)),
            None => say.capture_waiting(),
        };
        let row = |row: &CaptureRow| {
            vec![
                Cell::Text(say.moment(row.at)),
                Cell::Text(row.merchant.clone()),
                Cell::Code(row.reference.clone()),
                Cell::Text(cleared(row)),
                Cell::Number(say.money(row.amount)),
            ]
        };
        Table::new(title, none)
            .column(say.head_when())
            .column(say.head_merchant())
            .column(say.head_reference())
            .column(say.head_state())
            .numbers(say.head_amount())
            .newest(rows, say, row)
    }

    fn files(&self) -> Table {
        let say = self.frame.say;
        let row = |file: &FileRow| {
            let href = format!("/files/{}", file.name);
            vec![
                Cell::Link { href, text: file.name.clone() },
                Cell::Code(file.kind.clone()),
                Cell::Text(file.to.clone()),
                Cell::Text(say.moment(file.at)),
                Cell::Number(say.money(file.total)),
            ]
        };
        Table::new(say.files_title(), say.files_none())
            .column(say.head_file())
            .column(say.head_kind())
            .column(say.head_to())
            .column(say.head_when())
            .numbers(say.head_amount())
            .newest(&self.books.files, say, row)
    }

    fn credits(&self) -> Table {
        let say = self.frame.say;
        let row = |credit: &Credit| {
            vec![
                Cell::Text(credit.merchant.clone()),
                Cell::Number(say.money(credit.waiting)),
                Cell::Number(say.money(credit.paid)),
            ]
        };
        Table::new(say.credits_title(), say.credits_none())
            .column(say.head_merchant())
            .numbers(say.head_waiting())
            .numbers(say.head_paid())
            .rows(self.books.credits.iter().map(row))
    }
}

#[cfg(test)]
mod tests {
    use openset_types::{Currency, Money};

    use super::*;
    use crate::frame::Site;
    use crate::ports::Waiting;
    use crate::sample;
    use crate::words::Tongue;

    fn html(books: &AcquirerBooks) -> String {
        let frame = sample::frame(Site::Acquirer, Tongue::English);
        AcquirerPage { frame: &frame, name: "Demo Acquirer", books }.to_string()
    }

    #[test]
    fn the_clearing_button_states_what_it_sends() {
        let html = html(&sample::books());
        assert!(html.contains("1 capture") && html.contains("€42.00"), "{html}");
        assert!(html.contains("action=\"/clearing\""), "{html}");
    }

    #[test]
    fn with_nothing_waiting_there_is_no_button() {
        let (waiting, refunds_waiting) = (Vec::new(), Vec::new());
        let books = AcquirerBooks { waiting, refunds_waiting, ..sample::books() };
        assert!(!html(&books).contains("<button"));
    }

    #[test]
    fn every_currency_waits_for_itself() {
        let yen = Currency::from_code("JPY").expect("in the table");
        let yen = Money::new(4200, yen).expect("an amount");
        let mut books = sample::books();
        books.waiting.push(Waiting { count: 2, total: yen });
        let html = html(&books);
        assert!(html.contains("2 captures wait, 4,200\u{a0}JPY in all."), "{html}");
        assert!(html.contains("Clear and settle €42.00 + 4,200\u{a0}JPY"), "{html}");
    }
}

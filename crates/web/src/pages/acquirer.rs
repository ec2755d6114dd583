//! The acquirer's console: captures, the button that clears them, the files, the credits.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{AcquirerBooks, CaptureRow, Credit, FileRow};
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

impl AcquirerPage<'_> {
    fn captures(&self) -> Table {
        let say = self.frame.say;
        self.rows(say.captures_title(), say.captures_none(), &self.books.captures)
    }

    fn refunds(&self) -> Table {
        let say = self.frame.say;
        self.rows(say.bank_refunds_title(), say.captures_none(), &self.books.refunds)
    }

    fn rows(&self, title: String, none: String, rows: &[CaptureRow]) -> Table {
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
            .rows(rows.iter().map(row))
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
            .rows(self.books.files.iter().map(row))
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
    use super::*;
    use crate::frame::Site;
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
        let books = AcquirerBooks { waiting_count: 0, refunds_waiting_count: 0, ..sample::books() };
        assert!(!html(&books).contains("<button"));
    }
}

//! The list of transactions.

use askama::Template;

use crate::frame::Frame;
use crate::ports::TranscriptRow;
use crate::table::{Badge, Cell, Table};

/// The transactions.
#[derive(Template)]
#[template(path = "pages/inspector/transcripts.html")]
pub struct Transcripts<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The transactions, newest first.
    pub rows: &'a [TranscriptRow],
}

impl Transcripts<'_> {
    fn table(&self) -> Table {
        let say = self.frame.say;
        let row = |row: &TranscriptRow| {
            let href = format!("/transactions/{}", row.slug);
            let standing = row.standing.as_ref().map(|it| Badge::standing(it, say));
            vec![
                Cell::Link { href, text: row.subject.title(say) },
                Cell::Text(say.moment(row.at)),
                Cell::Number(row.messages.to_string()),
                standing.map_or_else(|| Cell::Text(String::new()), Cell::Badge),
                Cell::Number(row.amount.map(|it| say.money(it)).unwrap_or_default()),
            ]
        };
        Table::new(say.transcripts_title(), say.transcripts_none())
            .column(say.head_transaction())
            .column(say.head_when())
            .numbers(say.head_messages())
            .column(say.head_state())
            .numbers(say.head_amount())
            .rows(self.rows.iter().map(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_transaction_leads_to_its_diagram() {
        let frame = sample::frame(Site::Inspector, Tongue::English);
        let html = Transcripts { frame: &frame, rows: &sample::transcripts() }.to_string();
        assert!(html.contains("href=\"/transactions/ord-1042\""), "{html}");
    }
}

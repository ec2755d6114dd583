//! The published lists, the brand's word on them, and the button that makes new ones.

use askama::Template;

use super::records;
use super::top::{Desk, Tab, Top};
use crate::frame::Frame;
use crate::ports::{ListRow, Lists};
use crate::table::{Cell, Table};
use crate::validity::Validity;

/// What is published.
#[derive(Template)]
#[template(path = "pages/console/lists.html")]
pub struct ListsPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Whose console it is.
    pub desk: &'a Desk,
    /// What is published.
    pub lists: &'a Lists,
}

impl<'a> ListsPage<'a> {
    fn top(&self) -> Top<'a> {
        Top::of(self.frame, self.desk, Tab::Lists)
    }

    fn table(&self) -> Table {
        let say = self.frame.say;
        let row = |row: &ListRow| {
            vec![
                Cell::Text(row.issuer.clone()),
                Cell::Number(say.number(row.number)),
                Cell::Number(row.revoked.to_string()),
                Cell::Text(say.moment(row.span.from)),
                Cell::Validity(Validity::of(&row.span, say)),
            ]
        };
        Table::new(say.lists_title(), say.lists_none())
            .column(say.head_issuer())
            .numbers(say.head_number())
            .numbers(say.head_revoked())
            .column(say.head_made())
            .column(say.head_validity())
            .rows(self.lists.lists.iter().map(row))
    }

    fn records(&self) -> Table {
        records::table(&self.lists.records, self.frame.say)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn lists_are_shown_with_their_numbers_and_published_by_somebody_with_a_name() {
        let frame = sample::frame(Site::Console(0), Tongue::English);
        let (mut desk, mut lists) = (sample::desk(), sample::lists());
        let html = ListsPage { frame: &frame, desk: &desk, lists: &lists }.to_string();
        assert!(html.contains("Number 7") && html.contains("action=\"/lists\""), "{html}");
        desk.operator = None;
        lists.bci = None;
        let html = ListsPage { frame: &frame, desk: &desk, lists: &lists }.to_string();
        assert!(!html.contains("action=\"/lists\"") && html.contains("has not said"), "{html}");
    }
}

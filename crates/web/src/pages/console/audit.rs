//! The audit trail: who asked what, when, and what became of it.

use askama::Template;

use super::records::{self, escaped};
use super::top::{Desk, Tab, Top};
use crate::frame::Frame;
use crate::ports::{Trail, TrailSearch, Verdict};
use crate::table::Table;

/// The trail.
#[derive(Template)]
#[template(path = "pages/console/audit.html")]
pub struct AuditPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Whose console it is.
    pub desk: &'a Desk,
    /// What was looked for.
    pub search: &'a TrailSearch,
    /// What was found.
    pub trail: &'a Trail,
    /// Whether the trail is whole, if that was asked.
    pub verdict: Option<&'a Verdict>,
}

impl<'a> AuditPage<'a> {
    fn top(&self) -> Top<'a> {
        Top::of(self.frame, self.desk, Tab::Audit)
    }

    fn table(&self) -> Table {
        records::table(&self.trail.rows, self.frame.say)
    }

    fn about(&self) -> String {
        escaped(&self.search.about)
    }

    /// Where older records are.
    fn older(&self) -> Option<String> {
        let last = self.trail.rows.last().filter(|_| self.trail.has_older)?;
        Some(format!("/audit?about={}&before={}", self.about(), last.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    fn html(verdict: Option<&Verdict>) -> String {
        let frame = sample::frame(Site::Console(0), Tongue::English);
        let (desk, trail) = (sample::desk(), sample::trail());
        let search = TrailSearch { about: "a b".to_owned(), before: None };
        let (frame, desk, trail, search) = (&frame, &desk, &trail, &search);
        AuditPage { frame, desk, search, trail, verdict }.to_string()
    }

    #[test]
    fn older_records_are_one_link_away() {
        assert!(html(None).contains("/audit?about=a%20b&#38;before=41"), "{}", html(None));
    }

    #[test]
    fn a_trail_that_was_tampered_with_says_so_loudly() {
        let whole = html(Some(&Verdict::Whole { records: 42, signed: 40, heads: 3 }));
        assert!(whole.contains("note good") && whole.contains("42 records"), "{whole}");
        let tampered = "record 7 does not follow from those before it".to_owned();
        let html = html(Some(&Verdict::Tampered(tampered)));
        assert!(html.contains("note bad") && html.contains("record 7 does not follow"), "{html}");
    }
}

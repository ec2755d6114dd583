//! What stands above the first pages of a bank's site: whose it is, and its parts.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::frame::{Frame, Site};
use crate::party::Party;

/// A part of a bank's site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The issuer's accounts, or what waits at the acquirer.
    Work,
    /// The issuer's holds.
    Holds,
    /// The clearing files.
    Clearing,
    /// The acquirer's merchants.
    Merchants,
    /// The ledger.
    Ledger,
    /// What the acquirer and the issuers wrote differently.
    Breaks,
}

/// The head of a page.
#[derive(Template)]
#[template(path = "pages/desk.html")]
pub(crate) struct BankTop<'a> {
    frame: &'a Frame,
    owner: &'a str,
    part: Part,
}

impl HtmlSafe for BankTop<'_> {}

impl<'a> BankTop<'a> {
    pub(crate) fn of(frame: &'a Frame, owner: &'a str, part: Part) -> Self {
        Self { frame, owner, part }
    }

    fn tabs(&self) -> Vec<(&'static str, String, bool)> {
        let parts: &[Part] = match self.frame.site {
            Site::Acquirer => {
                &[Part::Work, Part::Clearing, Part::Merchants, Part::Ledger, Part::Breaks]
            }
            _ => &[Part::Work, Part::Holds, Part::Clearing, Part::Ledger],
        };
        let tab = |part: &Part| {
            let (path, name) = self.tab(*part);
            (path, name, *part == self.part)
        };
        parts.iter().map(tab).collect()
    }

    fn tab(&self, part: Part) -> (&'static str, String) {
        let say = self.frame.say;
        match part {
            Part::Work if self.frame.site == Site::Acquirer => ("/", say.captures_title()),
            Part::Work => ("/", say.accounts_title()),
            Part::Holds => ("/holds", say.holds_title()),
            Part::Clearing => ("/clearing-files", say.clearing_files_title()),
            Part::Merchants => ("/merchants", say.credits_title()),
            Part::Ledger => ("/ledger", say.ledger_title()),
            Part::Breaks => ("/breaks", say.breaks_title()),
        }
    }

    fn class(&self) -> &'static str {
        party(self.frame.site).class()
    }

    fn letter(&self) -> &'static str {
        party(self.frame.site).letter()
    }
}

/// Whose site it is.
fn party(site: Site) -> Party {
    if site == Site::Acquirer { Party::Acquirer } else { Party::Issuer }
}

//! What stands above the first pages of a merchant's and a gateway's site: whose it is, and its
//! parts.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::frame::{Frame, Site};

/// A part of such a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What it does all day: orders, or authorizations.
    Work,
    /// Its batches.
    Batches,
    /// Its certificates.
    Certificates,
}

/// The head of a page.
#[derive(Template)]
#[template(path = "pages/desk.html")]
pub(super) struct DeskTop<'a> {
    frame: &'a Frame,
    owner: &'a str,
    part: Part,
}

impl HtmlSafe for DeskTop<'_> {}

impl<'a> DeskTop<'a> {
    pub(super) fn of(frame: &'a Frame, owner: &'a str, part: Part) -> Self {
        Self { frame, owner, part }
    }

    fn tabs(&self) -> [(&'static str, String, bool); 3] {
        let say = self.frame.say;
        let work = match self.frame.site {
            Site::Gateway => say.authorizations_title(),
            _ => say.orders_title(),
        };
        [
            ("/", work, self.part == Part::Work),
            ("/batches", say.batches_title(), self.part == Part::Batches),
            ("/certificates", say.own_title(), self.part == Part::Certificates),
        ]
    }

    fn class(&self) -> &'static str {
        if self.frame.site == Site::Gateway { "p-g" } else { "p-m" }
    }

    fn letter(&self) -> &'static str {
        if self.frame.site == Site::Gateway { "G" } else { "M" }
    }
}

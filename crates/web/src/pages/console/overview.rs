//! What operators look at first: what waits, what ends, and the tree of the authorities.

use askama::Template;
use askama::filters::HtmlSafe;

use super::certificates::table;
use super::top::{Desk, Tab, Top};
use crate::frame::Frame;
use crate::ports::{Branch, Overview};
use crate::table::{Badge, Table};
use crate::validity::Validity;

/// The first page of a console.
#[derive(Template)]
#[template(path = "pages/console/overview.html")]
pub struct OverviewPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Whose console it is.
    pub desk: &'a Desk,
    /// What there is to see.
    pub overview: &'a Overview,
}

impl<'a> OverviewPage<'a> {
    fn top(&self) -> Top<'a> {
        Top::of(self.frame, self.desk, Tab::Overview)
    }

    fn ending(&self) -> Table {
        let say = self.frame.say;
        let none = match &self.overview.first_to_end {
            Some(first) => say.console_ending_none(say.day(first.span.until), &first.name),
            None => say.console_ending_nothing(),
        };
        table(&self.overview.ending, say.console_ending(), none, say)
    }

    fn root(&self) -> TreeBranch<'a> {
        TreeBranch { frame: self.frame, branch: &self.overview.root }
    }
}

/// An authority with those below it.
#[derive(Template)]
#[template(path = "pages/console/branch.html")]
struct TreeBranch<'a> {
    frame: &'a Frame,
    branch: &'a Branch,
}

impl HtmlSafe for TreeBranch<'_> {}

impl<'a> TreeBranch<'a> {
    fn below(&self) -> impl Iterator<Item = Self> {
        self.branch.below.iter().map(|branch| TreeBranch { frame: self.frame, branch })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn the_first_page_says_what_waits_what_ends_and_where_the_authority_stands() {
        let frame = sample::frame(Site::Console(0), Tongue::English);
        let (desk, overview) = (sample::desk(), sample::overview());
        let html = OverviewPage { frame: &frame, desk: &desk, overview: &overview }.to_string();
        assert!(html.contains("href=\"/requests\"") && html.contains("2 requests wait"), "{html}");
        assert!(html.contains("Ends within thirty days") && html.contains("P-256"), "{html}");
        assert_eq!(html.matches("class=\"branch\"").count(), 3, "{html}");
        assert!(html.contains("this console"), "{html}");
    }

    #[test]
    fn where_nothing_ends_soon_the_page_says_what_ends_first() {
        let frame = sample::frame(Site::Console(0), Tongue::French);
        let (desk, mut overview) = (sample::desk(), sample::overview());
        overview.ending.clear();
        let html = OverviewPage { frame: &frame, desk: &desk, overview: &overview }.to_string();
        assert!(html.contains("le premier à finir"), "{html}");
    }
}

//! What stands above every page of a console: whose it is, who works there, and its parts.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::frame::Frame;
use crate::words::Words;

/// Whose console it is, and who works there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// What the authority is called.
    pub name: String,
    /// The name that the operator gave, if one was given.
    pub operator: Option<String>,
}

/// A part of a console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// What operators look at first.
    Overview,
    /// The requests.
    Requests,
    /// The certificates.
    Certificates,
    /// The lists.
    Lists,
    /// The audit trail.
    Audit,
}

impl Tab {
    /// All of them, in their order.
    const ALL: [Self; 5] =
        [Self::Overview, Self::Requests, Self::Certificates, Self::Lists, Self::Audit];

    fn path(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::Requests => "/requests",
            Self::Certificates => "/certificates",
            Self::Lists => "/lists",
            Self::Audit => "/audit",
        }
    }

    fn name(self, say: &Words) -> String {
        match self {
            Self::Overview => say.console_overview(),
            Self::Requests => say.console_requests(),
            Self::Certificates => say.console_certificates(),
            Self::Lists => say.console_lists(),
            Self::Audit => say.console_audit(),
        }
    }
}

/// The head of a page.
#[derive(Template)]
#[template(path = "pages/console/top.html")]
pub(super) struct Top<'a> {
    frame: &'a Frame,
    desk: &'a Desk,
    tab: Option<Tab>,
}

impl HtmlSafe for Top<'_> {}

impl<'a> Top<'a> {
    pub(super) fn of(frame: &'a Frame, desk: &'a Desk, tab: impl Into<Option<Tab>>) -> Self {
        Self { frame, desk, tab: tab.into() }
    }

    fn tabs(&self) -> impl Iterator<Item = (&'static str, String, bool)> {
        Tab::ALL
            .into_iter()
            .map(|tab| (tab.path(), tab.name(self.frame.say), self.tab == Some(tab)))
    }
}

impl Frame {
    /// Where an operator says who they are, to come back to this page.
    pub(super) fn sign_in(&self) -> String {
        let path = self.path.split('?').next().unwrap_or("/");
        format!("/operator?next={path}")
    }
}

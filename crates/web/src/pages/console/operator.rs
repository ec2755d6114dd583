//! Where an operator says who they are: a name for the audit trail, which nobody checks.

use askama::Template;

use super::top::{Desk, Top};
use crate::frame::Frame;

/// The form for a name.
#[derive(Template)]
#[template(path = "pages/console/operator.html")]
pub struct OperatorPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Whose console it is.
    pub desk: &'a Desk,
    /// Where to go on.
    pub next: &'a str,
    /// What was given, and is no name.
    pub refused: Option<&'a str>,
}

impl<'a> OperatorPage<'a> {
    fn top(&self) -> Top<'a> {
        Top::of(self.frame, self.desk, None)
    }

    fn given(&self) -> &'a str {
        self.refused.or(self.desk.operator.as_deref()).unwrap_or_default()
    }
}

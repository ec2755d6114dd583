//! The authority is being asked. The browser asks again by itself.

use askama::Template;

use crate::frame::Frame;
use crate::ports::Bearer;

/// The authority is being asked.
#[derive(Template)]
#[template(path = "pages/application/waiting.html")]
pub struct Waiting<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// For whom.
    pub bearer: &'a Bearer,
    /// Whether the answers are sent already.
    pub applied: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn the_page_says_what_is_waited_for_and_leads_back() {
        let frame = sample::frame(Site::Gateway, Tongue::English);
        let page =
            |applied| Waiting { frame: &frame, bearer: &Bearer::Server, applied }.to_string();
        assert!(page(false).contains("asks for its form"), "{}", page(false));
        assert!(page(true).contains("answers are with") && page(true).contains("/certificates"));
    }
}

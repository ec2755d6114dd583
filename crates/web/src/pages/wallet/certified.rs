//! A card has its certificate.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{Card, CardState};

/// A card is certified.
#[derive(Template)]
#[template(path = "pages/wallet/certified.html")]
pub struct Certified<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The card.
    pub card: &'a Card,
}

impl Certified<'_> {
    fn until(&self) -> Option<String> {
        match self.card.state {
            CardState::Certified { until } | CardState::Ending { until, .. } => {
                Some(self.frame.say.day(until))
            }
            CardState::Expired { .. } | CardState::Unfinished => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_certified_card_says_until_when() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let card = sample::card("4242");
        let html = Certified { frame: &frame, card: &card }.to_string();
        assert!(html.contains("30 Nov 2029"), "{html}");
    }
}

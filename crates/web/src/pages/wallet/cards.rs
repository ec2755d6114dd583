//! The cards of the wallet, and the form for a new one.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{Card, CardState};
use crate::table::Badge;
use crate::words::Words;

/// The cards.
#[derive(Template)]
#[template(path = "pages/wallet/cards.html")]
pub struct Cards<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The cards.
    pub cards: &'a [Card],
    /// Minutes until the wallet locks by itself.
    pub minutes_left: usize,
}

/// What is wrong with a card as typed. It never repeats the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryComplaint {
    /// Not a month and a year, or a month that is over.
    Expiry,
    /// Not a card number.
    Number,
}

impl EntryComplaint {
    fn field(&self) -> &'static str {
        match self {
            Self::Expiry => "expiry",
            Self::Number => "number",
        }
    }

    fn text(&self, say: &Words) -> String {
        match self {
            Self::Expiry => say.complaint_expiry(),
            Self::Number => say.complaint_number(),
        }
    }
}

/// The form for a new card.
#[derive(Template)]
#[template(path = "pages/wallet/new_card.html")]
pub struct NewCard<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What is wrong with the last try.
    pub complaint: Option<EntryComplaint>,
}

impl NewCard<'_> {
    fn complains(&self, field: &str) -> bool {
        self.complaint.is_some_and(|complaint| complaint.field() == field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn an_unfinished_registration_can_be_taken_up_again() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let mut cards = vec![sample::card("4242")];
        cards.push(Card {
            id: "e7".to_owned(),
            state: CardState::Unfinished,
            ..sample::card("0002")
        });
        let html = Cards { frame: &frame, cards: &cards, minutes_left: 9 }.to_string();
        assert!(html.contains("href=\"/enrolments/e7\""), "{html}");
        assert!(html.contains("Certified until") && html.contains("9 minutes"), "{html}");
    }

    #[test]
    fn an_empty_wallet_invites_a_card() {
        let frame = sample::frame(Site::Wallet, Tongue::French);
        let html = Cards { frame: &frame, cards: &[], minutes_left: 1 }.to_string();
        assert!(html.contains("/cards/new") && html.contains("1 minute"), "{html}");
    }

    #[test]
    fn a_card_that_was_refused_is_not_shown_again() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let complaint = Some(EntryComplaint::Number);
        let html = NewCard { frame: &frame, complaint }.to_string();
        assert!(html.contains("aria-invalid=\"true\"") && !html.contains("value=\"9999"));
        assert!(html.contains("autocomplete=\"cc-number\""), "{html}");
    }
}

//! The cards of the wallet, and the form for a new one.

use askama::Template;

use super::card::continue_text;
use crate::frame::Frame;
use crate::ports::{ApplicationState, Card, CardState};
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

impl Cards<'_> {
    /// What is to be said of a card before its holder wants to pay with it. While another
    /// certificate is asked for, nothing is.
    fn warning(&self, card: &Card) -> Option<String> {
        let (say, digits) = (self.frame.say, &card.last_four);
        match (card.state, &card.application) {
            (CardState::Ending { days, .. }, None) => Some(say.cards_ends_soon(days, digits)),
            (CardState::Expired { .. }, None) => Some(say.cards_ended(digits)),
            _ => None,
        }
    }

    fn tone(&self, card: &Card) -> &'static str {
        if card.state.can_pay() { "warning" } else { "bad" }
    }

    fn continue_text(&self, state: &ApplicationState) -> String {
        continue_text(self.frame, *state)
    }
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
        cards.push(sample::unfinished(ApplicationState::Form));
        let html = Cards { frame: &frame, cards: &cards, minutes_left: 9 }.to_string();
        assert!(html.contains("href=\"/enrolments/e7\""), "{html}");
        assert!(html.contains("Certified until") && html.contains("9 minutes"), "{html}");
    }

    #[test]
    fn a_card_whose_certificate_ends_is_announced_until_another_one_is_asked_for() {
        let until = sample::at(0);
        let ending = Card { state: CardState::Ending { until, days: 3 }, ..sample::card("4242") };
        let ended = Card { state: CardState::Expired { on: until }, ..sample::card("0002") };
        let asked = Card {
            application: sample::unfinished(ApplicationState::Pended).application,
            ..ending.clone()
        };
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let page = |cards: &[Card]| Cards { frame: &frame, cards, minutes_left: 9 }.to_string();
        let html = page(&[ending, ended]);
        assert!(html.contains("note warning") && html.contains("ends in 3 days. Renew"), "{html}");
        assert!(
            html.contains("note bad") && html.contains("4242") && html.contains("0002"),
            "{html}"
        );
        let html = page(&[asked]);
        assert!(!html.contains("class=\"note"), "{html}");
        assert!(html.contains("href=\"/enrolments/e7\""), "{html}");
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

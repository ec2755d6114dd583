//! One card: its certificate, and asking for another one.

use askama::Template;

use super::EntryComplaint;
use crate::frame::Frame;
use crate::ports::{ApplicationState, CardFile, CardState};
use crate::table::Badge;

/// One card.
#[derive(Template)]
#[template(path = "pages/wallet/card.html")]
pub struct CardSheet<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The card.
    pub file: &'a CardFile,
    /// What is wrong with the month that was typed.
    pub complaint: Option<EntryComplaint>,
}

impl CardSheet<'_> {
    fn is_urgent(&self) -> bool {
        !matches!(self.file.card.state, CardState::Certified { .. })
    }

    fn renew_lead(&self) -> String {
        match self.file.card.state {
            CardState::Expired { .. } => self.frame.say.renew_lead_ended(),
            _ => self.frame.say.renew_lead(),
        }
    }

    fn continue_text(&self, state: &ApplicationState) -> String {
        continue_text(self.frame, *state)
    }
}

/// What a link to an application says.
pub(in crate::pages) fn continue_text(frame: &Frame, state: ApplicationState) -> String {
    match state {
        ApplicationState::Refused => frame.say.application_why(),
        ApplicationState::Pended | ApplicationState::Asking => frame.say.application_look(),
        ApplicationState::Form | ApplicationState::Referred => frame.say.cards_continue(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::ports::{Application, Card};
    use crate::sample;
    use crate::words::Tongue;

    fn page(card: Card, tongue: Tongue) -> String {
        let frame = sample::frame(Site::Wallet, tongue);
        let file = CardFile { card, ..sample::card_file("4242") };
        CardSheet { frame: &frame, file: &file, complaint: None }.to_string()
    }

    #[test]
    fn a_card_can_be_renewed_before_its_certificate_ends() {
        let html = page(sample::card("4242"), Tongue::English);
        assert!(html.contains("30 Nov 2029") && html.contains("2f9c41d0"), "{html}");
        assert!(html.contains("action=\"/cards/card-4242/renew\""), "{html}");
        assert!(!html.contains("btn primary wide\" type"), "there is no hurry: {html}");
    }

    #[test]
    fn a_certificate_that_ends_soon_says_so_in_days() {
        let until = sample::at(0);
        for (days, english, french) in [
            (0, "ends today", "se termine aujourd"),
            (1, "ends in 1 day", "dans 1 jour"),
            (12, "ends in 12 days", "dans 12 jours"),
        ] {
            let card = || Card { state: CardState::Ending { until, days }, ..sample::card("4242") };
            for (tongue, says) in [(Tongue::English, english), (Tongue::French, french)] {
                let html = page(card(), tongue);
                assert!(html.contains(says) && html.contains("btn primary wide"), "{html}");
            }
        }
    }

    #[test]
    fn what_is_asked_for_already_is_not_asked_for_again() {
        let application = Application { id: "e9".to_owned(), state: ApplicationState::Pended };
        let card = Card { application: Some(application), ..sample::card("4242") };
        let html = page(card, Tongue::English);
        assert!(html.contains("href=\"/enrolments/e9\"") && !html.contains("/renew"), "{html}");
    }

    #[test]
    fn a_month_that_cannot_be_is_a_complaint() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let file = sample::card_file("4242");
        let complaint = Some(EntryComplaint::Expiry);
        let html = CardSheet { frame: &frame, file: &file, complaint }.to_string();
        assert!(html.contains("role=\"alert\"") && html.contains("aria-invalid"), "{html}");
    }
}

//! The consent sheet: who is paid and how much, with the button that says it again.
//!
//! Everything here comes from the shop's verified offer and from the wallet itself; the payee is
//! the name in the certificate.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{Consent, PayCard};

/// The consent sheet.
#[derive(Template)]
#[template(path = "pages/wallet/consent.html")]
pub struct ConsentSheet<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call this purchase.
    pub id: &'a str,
    /// What is asked for.
    pub consent: &'a Consent,
    /// Whether the last try named no card that can pay.
    pub no_card: bool,
}

impl ConsentSheet<'_> {
    /// Whether the sheet advises against paying.
    fn doubtful(&self) -> bool {
        self.consent.payee.claimed.is_some()
    }

    /// The card proposed: the first without an obstacle.
    fn proposed(&self, card: &PayCard) -> bool {
        let usable = self.consent.cards.iter().find(|card| card.obstacle.is_none());
        usable.is_some_and(|usable| usable.card.id == card.card.id)
    }

    fn can_pay(&self) -> bool {
        self.consent.cards.iter().any(|card| card.obstacle.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    fn html(tongue: Tongue, consent: &Consent) -> String {
        let frame = sample::frame(Site::Wallet, tongue);
        ConsentSheet { frame: &frame, id: "p1", consent, no_card: false }.to_string()
    }

    #[test]
    fn payee_and_amount_stand_in_the_title_and_on_the_button() {
        let consent = sample::consent();
        let english = html(Tongue::English, &consent);
        assert!(english.contains("<h1>Pay Atelier Lumen?</h1>"), "{english}");
        assert!(english.contains(">Pay €42.00</button>"), "{english}");
        assert!(html(Tongue::French, &consent).contains(">Payer 42,00\u{a0}€</button>"));
    }

    #[test]
    fn it_says_what_the_shop_and_the_bank_will_see() {
        let english = html(Tongue::English, &sample::consent());
        assert!(english.contains("your order, not your card"), "{english}");
        assert!(english.contains("the amount, not your order"), "{english}");
    }

    #[test]
    fn another_name_on_the_page_makes_cancel_the_first_choice() {
        let mut consent = sample::consent();
        consent.payee.claimed = Some("Atelier Lumière".to_owned());
        let html = html(Tongue::English, &consent);
        assert!(html.contains("Atelier Lumière") && html.contains("Atelier Lumen"));
        let (cancel, pay) = (html.find("/pay/p1/cancel"), html.find(">Pay €42.00<"));
        assert!(
            html.contains("class=\"btn primary wide\" type=\"submit\" form=\"cancel\""),
            "{html}"
        );
        assert!(cancel.is_some() && pay.is_some());
    }

    #[test]
    fn a_card_that_cannot_pay_says_why_and_cannot_be_chosen() {
        let html = html(Tongue::English, &sample::consent());
        assert!(html.contains("does not take this card brand"), "{html}");
        assert!(html.contains("value=\"card-0002\" disabled"), "{html}");
    }

    #[test]
    fn both_halves_and_the_hash_of_the_order_can_be_read_before_signing() {
        let consent = sample::consent();
        let html = html(Tongue::English, &consent);
        assert!(html.contains("What exactly do I sign?"), "{html}");
        assert!(html.contains("<code>8f21 d1b0 4c7e 55a9</code>"), "{html}");
        assert!(html.contains(&consent.signing.order_hash), "{html}");
    }
}

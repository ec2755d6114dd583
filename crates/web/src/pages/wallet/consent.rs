//! The consent sheet: who is paid and how much, with the button that says it again.
//!
//! Everything here comes from the shop's verified offer and from the wallet itself; the payee is
//! the name in the certificate.

use askama::Template;
use openset_types::Terms;

use crate::frame::Frame;
use crate::ports::{Consent, Further, PayCard};

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

    /// What else is agreed to than this one payment.
    fn agrees_to(&self, further: &Further) -> String {
        let say = self.frame.say;
        let Terms::Recurring { every_days, until } = further.terms else {
            return say.consent_instalments(further.at_most);
        };
        let agreed = say.consent_recurring(further.at_most, say.day(until), every_days);
        match further.in_all {
            Some(total) => format!("{agreed} {}", say.consent_recurring_total(say.money(total))),
            None => agreed,
        }
    }

    /// What the button says: how often too, if the amount is charged again.
    fn button(&self) -> String {
        let (say, amount) = (self.frame.say, self.frame.say.money(self.consent.amount));
        match self.consent.further {
            Some(further) if further.terms.is_for_each() => {
                say.consent_pay_again(amount, further.at_most)
            }
            _ => say.consent_pay(amount),
        }
    }

    fn can_pay(&self) -> bool {
        self.consent.cards.iter().any(|card| card.obstacle.is_none())
    }
}

#[cfg(test)]
mod tests {
    use openset_types::{Currency, Money, UnixTime};

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
    fn what_may_be_charged_again_stands_above_the_button_and_on_it() {
        let until = UnixTime::parse_generalized("20270601000000Z").expect("a time");
        let terms = Terms::Recurring { every_days: 28, until };
        let in_all = Money::new(25_200, Currency::EUR).ok();
        let further = Some(Further { terms, at_most: 6, in_all });
        let consent = Consent { further, ..sample::consent() };
        let english = html(Tongue::English, &consent);
        for part in [
            "charge this amount again without asking you",
            "at least 28 days apart",
            "and none after 1 Jun 2027",
            "up to 6 payments",
            "€252.00 at most",
            ">Pay €42.00 up to 6 times</button>",
        ] {
            assert!(english.contains(part), "{part} in {english}");
        }
        let french = html(Tongue::French, &consent);
        for part in ["sans vous redemander", "28 jours", "1er juin 2027", "6 fois au plus</button>"]
        {
            assert!(french.contains(part), "{part} in {french}");
        }
        assert!(!html(Tongue::English, &sample::consent()).contains("several payments"));
    }

    #[test]
    fn instalments_say_how_many_and_that_nobody_asks_again() {
        let terms = Terms::Instalments { at_most: 3 };
        let further = Some(Further { terms, at_most: 3, in_all: None });
        let consent = Consent { further, ..sample::consent() };
        let english = html(Tongue::English, &consent);
        assert!(english.contains("in up to 3 instalments") && english.contains(">Pay €42.00<"));
        assert!(english.contains("without asking you again"), "{english}");
        let french = html(Tongue::French, &consent);
        assert!(french.contains("en 3 fois au plus") && french.contains("redemander"), "{french}");
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

//! Applications that have no certificate yet, or never will: a person looks at them, another
//! authority is to be asked, or the bank said no.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{Pended, Referral, Refusal, RefusedFor};

/// Somebody at the bank looks at it.
#[derive(Template)]
#[template(path = "pages/wallet/pended.html")]
pub struct PendedSheet<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call the registration.
    pub id: &'a str,
    /// The application.
    pub pended: &'a Pended,
}

/// Another authority is to be asked.
#[derive(Template)]
#[template(path = "pages/wallet/referred.html")]
pub struct ReferredSheet<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call the registration.
    pub id: &'a str,
    /// Where to.
    pub referral: &'a Referral,
}

/// There is no certificate.
#[derive(Template)]
#[template(path = "pages/wallet/refused.html")]
pub struct RefusedSheet<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call the registration.
    pub id: &'a str,
    /// Why.
    pub refusal: &'a Refusal,
}

impl RefusedSheet<'_> {
    fn headline(&self) -> String {
        let Refusal { bank, last_four, good_until, .. } = self.refusal;
        match good_until {
            Some(_) => self.frame.say.refused_renewal_title(last_four),
            None => self.frame.say.refused_title(bank, last_four),
        }
    }

    fn good_until(&self) -> Option<String> {
        self.refusal.good_until.map(|day| self.frame.say.day(day))
    }

    fn reason(&self) -> String {
        let (say, bank) = (self.frame.say, &self.refusal.bank);
        match self.refusal.why {
            RefusedFor::Bank => say.refused_bank(bank),
            RefusedFor::Authority => say.refused_authority(bank),
            RefusedFor::Signature => say.refused_signature(),
            RefusedFor::NoForm => say.refused_no_form(bank),
            RefusedFor::Circle => say.refused_circle(),
            RefusedFor::Trouble => say.refused_trouble(bank),
            RefusedFor::Silence => say.refused_silence(bank),
        }
    }

    fn next(&self) -> String {
        let say = self.frame.say;
        match self.refusal.why {
            RefusedFor::Bank | RefusedFor::Authority => say.refused_next_bank(),
            RefusedFor::Signature => say.refused_next_anew(),
            RefusedFor::NoForm | RefusedFor::Circle => say.refused_next_ask(),
            RefusedFor::Trouble | RefusedFor::Silence => say.refused_next_later(),
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
    fn a_pended_application_says_when_it_was_sent_and_can_be_asked_after() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let pended = sample::pended();
        let page = |pended: &Pended| PendedSheet { frame: &frame, id: "e7", pended }.to_string();
        let html = page(&pended);
        assert!(html.contains("action=\"/enrolments/e7/inquire\""), "{html}");
        assert!(html.contains("23 Nov 2026, 14:02:11"), "{html}");
        let says = "has not answered";
        assert!(!html.contains(says), "{html}");
        assert!(page(&Pended { is_open: true, ..pended }).contains(says));
    }

    #[test]
    fn an_address_that_somebody_names_is_shown_as_it_is_and_followed_by_a_button_only() {
        let frame = sample::frame(Site::Wallet, Tongue::French);
        let referral = sample::referral();
        let html = ReferredSheet { frame: &frame, id: "e7", referral: &referral }.to_string();
        assert!(html.contains("http://ca.branch.localhost:7180/set"), "{html}");
        assert!(!html.contains("href=\"http://ca.branch"), "it is no link: {html}");
        assert!(html.contains("action=\"/enrolments/e7/follow\""), "{html}");
    }

    #[test]
    fn every_refusal_says_why_in_both_languages_and_can_be_tried_again() {
        let all = [
            RefusedFor::Bank,
            RefusedFor::Authority,
            RefusedFor::Signature,
            RefusedFor::NoForm,
            RefusedFor::Circle,
            RefusedFor::Trouble,
            RefusedFor::Silence,
        ];
        for why in all {
            let refusal = Refusal { why, ..sample::refusal() };
            let [english, french] = Tongue::ALL.map(|tongue| {
                let frame = sample::frame(Site::Wallet, tongue);
                RefusedSheet { frame: &frame, id: "e7", refusal: &refusal }.to_string()
            });
            for html in [&english, &french] {
                assert!(
                    html.contains("Please call your branch.") && html.contains("/cards/e7/renew")
                );
            }
            assert_ne!(english, french, "{why:?}");
        }
    }

    #[test]
    fn a_renewal_that_was_refused_says_how_long_the_card_pays_all_the_same() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let refusal = Refusal { good_until: Some(sample::at(0)), ..sample::refusal() };
        let html = RefusedSheet { frame: &frame, id: "e7", refusal: &refusal }.to_string();
        assert!(html.contains("stays good until 23 Nov 2026"), "{html}");
    }
}

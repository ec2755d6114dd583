//! Applications that have no certificate yet, or never will: a person looks at them, another
//! authority is to be asked, or the bank said no.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{Bearer, Pended, Referral, Refusal, RefusedFor};

/// Somebody at the bank looks at it.
#[derive(Template)]
#[template(path = "pages/application/pended.html")]
pub struct PendedSheet<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call the registration.
    pub id: &'a str,
    /// For whom it is.
    pub bearer: &'a Bearer,
    /// The application.
    pub pended: &'a Pended,
}

/// Another authority is to be asked.
#[derive(Template)]
#[template(path = "pages/application/referred.html")]
pub struct ReferredSheet<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call the registration.
    pub id: &'a str,
    /// For whom it is.
    pub bearer: &'a Bearer,
    /// Where to.
    pub referral: &'a Referral,
}

/// There is no certificate.
#[derive(Template)]
#[template(path = "pages/application/refused.html")]
pub struct RefusedSheet<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call the registration.
    pub id: &'a str,
    /// For whom it is.
    pub bearer: &'a Bearer,
    /// Why.
    pub refusal: &'a Refusal,
}

impl RefusedSheet<'_> {
    fn headline(&self) -> String {
        let Refusal { bank, good_until, .. } = self.refusal;
        let (say, digits, whom) = (self.frame.say, self.bearer.digits(), self.bearer.word());
        match good_until {
            Some(_) => say.refused_renewal_title(digits, whom),
            None => say.refused_title(bank, digits, whom),
        }
    }

    fn still_good(&self) -> Option<String> {
        let say = self.frame.say;
        let day = self.refusal.good_until.map(|day| say.day(day));
        day.map(|day| say.refused_still_good(day, self.bearer.word()))
    }

    fn reason(&self) -> String {
        let (say, bank, whom) = (self.frame.say, &self.refusal.bank, self.bearer.word());
        match self.refusal.why {
            RefusedFor::Bank => say.refused_bank(bank, whom),
            RefusedFor::Authority => say.refused_authority(bank, whom),
            RefusedFor::Signature => say.refused_signature(),
            RefusedFor::NoForm => say.refused_no_form(bank, whom),
            RefusedFor::Circle => say.refused_circle(),
            RefusedFor::Trouble => say.refused_trouble(bank, whom),
            RefusedFor::Silence => say.refused_silence(bank),
        }
    }

    fn next(&self) -> String {
        let (say, whom) = (self.frame.say, self.bearer.word());
        match self.refusal.why {
            RefusedFor::Bank | RefusedFor::Authority => say.refused_next_bank(),
            RefusedFor::Signature => say.refused_next_anew(whom),
            RefusedFor::NoForm | RefusedFor::Circle => say.refused_next_ask(whom),
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
        let bearer = sample::bearer("0002");
        let page = |pended: &Pended| {
            PendedSheet { frame: &frame, id: "e7", bearer: &bearer, pended }.to_string()
        };
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
        let bearer = sample::bearer("0002");
        let html = ReferredSheet { frame: &frame, id: "e7", bearer: &bearer, referral: &referral };
        let html = html.to_string();
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
            let all = [
                (Site::Wallet, sample::bearer("0002"), "/cards/e7/renew"),
                (Site::Merchant, Bearer::Server, "/certificates/apply"),
            ];
            for (site, bearer, again) in all {
                let [english, french] = Tongue::ALL.map(|tongue| {
                    let frame = sample::frame(site, tongue);
                    let (bearer, refusal) = (&bearer, &refusal);
                    RefusedSheet { frame: &frame, id: "e7", bearer, refusal }.to_string()
                });
                for html in [&english, &french] {
                    assert!(html.contains("Please call your branch.") && html.contains(again));
                }
                assert_ne!(english, french, "{why:?}");
                assert_eq!(english.contains("card"), site == Site::Wallet, "{why:?}: {english}");
            }
        }
    }

    #[test]
    fn a_renewal_that_was_refused_says_how_long_the_card_pays_all_the_same() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let refusal = Refusal { good_until: Some(sample::at(0)), ..sample::refusal() };
        let bearer = sample::bearer("0002");
        let html = RefusedSheet { frame: &frame, id: "e7", bearer: &bearer, refusal: &refusal };
        let html = html.to_string();
        assert!(html.contains("stays good until 23 Nov 2026"), "{html}");
    }
}

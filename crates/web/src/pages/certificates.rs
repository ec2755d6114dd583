//! The certificates of a merchant or a gateway: how they stand, what was asked for, and asking.

use askama::Template;

use super::desk::{DeskTop, Part};
use super::wallet::continue_text;
use crate::frame::Frame;
use crate::ports::{
    ApplicationState, CertificateState, OwnApplication, OwnCertificate, OwnCertificates,
};
use crate::table::{Badge, Cell, Table};
use crate::validity::Validity;

const DAY_S: i64 = 86_400;

/// The certificates.
#[derive(Template)]
#[template(path = "pages/certificates.html")]
pub struct CertificatesPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Whose they are.
    pub owner: &'a str,
    /// How they stand.
    pub own: &'a OwnCertificates,
}

/// What the page's button does.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Act<'a> {
    /// Asks for others.
    Renew,
    /// Applies anew.
    Apply,
    /// Asks what became of an application.
    Inquire {
        /// Which.
        id: &'a str,
    },
    /// There is none: a link leads to the application.
    Look,
}

impl<'a> CertificatesPage<'a> {
    fn top(&self) -> DeskTop<'a> {
        DeskTop::of(self.frame, self.owner, Part::Certificates)
    }

    fn table(&self) -> Table {
        let say = self.frame.say;
        let row = |row: &OwnCertificate| {
            vec![
                Cell::Text(match row.is_in_use {
                    true => row.duty.word(say),
                    false => say.own_duty_late(),
                }),
                Cell::Text(row.brand.clone()),
                Cell::Text(row.suite.clone()),
                Cell::Text(say.day(row.span.from)),
                Cell::Validity(Validity::of(&row.span, say)),
                Cell::Code(row.serial.clone()),
                Cell::Badge(Badge::certificate(&row.state, say)),
            ]
        };
        Table::new(say.own_in_use(), say.own_none())
            .column(say.head_duty())
            .column(say.head_brand())
            .column(say.head_suite())
            .column(say.head_since())
            .column(say.head_validity())
            .column(say.head_serial())
            .column(say.head_state())
            .rows(self.own.rows.iter().map(row))
    }

    /// What is to be said of certificates that are not as they should be.
    fn warning(&self) -> Option<String> {
        let (say, span) = (self.frame.say, &self.own.span);
        Some(match self.own.state {
            CertificateState::Current => return None,
            CertificateState::Ending => {
                let days = span.until.seconds_since(span.now) / DAY_S;
                say.own_ends_soon(usize::try_from(days).unwrap_or_default())
            }
            CertificateState::Ended => say.own_ended(say.day(span.until), self.owner),
            CertificateState::Revoked => say.own_revoked(self.owner),
        })
    }

    /// When and why certificates in use were taken back, and what stops without each.
    fn revoked(&self) -> impl Iterator<Item = String> {
        let say = self.frame.say;
        let in_use = self.own.rows.iter().filter(|row| row.is_in_use);
        in_use.filter_map(move |row| {
            let revoked = row.revoked.map(|revoked| say.revocation(revoked))?;
            Some(format!("{revoked}. {}", row.stops.word(say)))
        })
    }

    fn tone(&self) -> &'static str {
        if self.own.is_usable() { "warning" } else { "bad" }
    }

    fn role(&self) -> &'static str {
        if self.own.is_usable() { "status" } else { "alert" }
    }

    fn is_urgent(&self) -> bool {
        self.own.state != CertificateState::Current
    }

    fn lead(&self) -> String {
        match self.own.is_usable() {
            true => self.frame.say.own_lead(),
            false => self.frame.say.own_lead_anew(),
        }
    }

    fn act(&self) -> Act<'_> {
        let anew = if self.own.is_usable() { Act::Renew } else { Act::Apply };
        let Some(OwnApplication { id, state, .. }) = &self.own.application else { return anew };
        match state {
            ApplicationState::Pended => Act::Inquire { id },
            ApplicationState::Refused => anew,
            ApplicationState::Asking | ApplicationState::Form | ApplicationState::Referred => {
                Act::Look
            }
        }
    }

    /// Whether the link to the application is what the page leads to.
    fn leads(&self) -> bool {
        self.act() == Act::Look
    }

    fn continue_text(&self, state: &ApplicationState) -> String {
        continue_text(self.frame, *state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::ports::{RevocationReason, Stops};
    use crate::sample;
    use crate::words::Tongue;

    fn page(own: &OwnCertificates, tongue: Tongue) -> String {
        let frame = sample::frame(Site::Merchant, tongue);
        CertificatesPage { frame: &frame, owner: "Atelier Lumen", own }.to_string()
    }

    fn applied(state: ApplicationState) -> OwnCertificates {
        let application = Some(OwnApplication { state, ..sample::own_application() });
        OwnCertificates { application, ..sample::own_certificates() }
    }

    #[test]
    fn good_certificates_are_listed_without_a_warning_and_can_be_renewed() {
        let html = page(&sample::own_certificates(), Tongue::English);
        assert!(html.contains("signs messages") && html.contains("363 days left"), "{html}");
        assert!(html.contains("opens only what comes late") && html.contains("modern"), "{html}");
        assert!(html.contains("action=\"/certificates/renew\""), "{html}");
        assert!(!html.contains("class=\"note") && !html.contains("/certificates/apply"), "{html}");
    }

    #[test]
    fn certificates_that_end_soon_say_so_in_days() {
        let own = sample::own_certificates();
        for (days, english, french) in [
            (0, "end today", "aujourd’hui"),
            (1, "in 1 day.", "dans 1 jour."),
            (9, "in 9 days", "dans 9 jours"),
        ] {
            let until = own.span.now.plus_s(days * DAY_S + 60);
            let span = crate::ports::Span { until, ..own.span };
            let own = OwnCertificates { state: CertificateState::Ending, span, ..own.clone() };
            for (tongue, says) in [(Tongue::English, english), (Tongue::French, french)] {
                let html = page(&own, tongue);
                assert!(html.contains(says) && html.contains("note warning"), "{html}");
                assert!(html.contains("btn primary\" type"), "{html}");
            }
        }
    }

    #[test]
    fn what_was_taken_back_says_when_why_and_what_stops_and_leads_to_an_application() {
        let mut own = sample::own_certificates();
        own.state = CertificateState::Revoked;
        own.rows[0].state = CertificateState::Revoked;
        own.rows[0].revoked = Some((sample::at(0), Some(RevocationReason::KeyCompromise)));
        own.rows[0].stops = Stops::ShopSigns;
        let html = page(&own, Tongue::English);
        assert!(html.contains("role=\"alert\"") && html.contains("Somebody else may"), "{html}");
        assert!(html.contains("Wallets do not believe this shop"), "{html}");
        assert!(html.contains("action=\"/certificates/apply\""), "{html}");
        assert!(!html.contains("/certificates/renew"), "{html}");
    }

    #[test]
    fn ended_certificates_lead_to_an_application() {
        let own = OwnCertificates { state: CertificateState::Ended, ..sample::own_certificates() };
        let html = page(&own, Tongue::French);
        assert!(html.contains("note bad") && html.contains("/certificates/apply"), "{html}");
    }

    #[test]
    fn what_is_under_way_is_not_asked_for_again_but_asked_after() {
        let html = page(&applied(ApplicationState::Pended), Tongue::English);
        assert!(html.contains("action=\"/enrolments/e7/inquire\""), "{html}");
        assert!(html.contains("9b1f") && html.contains("Ask what became of it"), "{html}");
        for state in [ApplicationState::Asking, ApplicationState::Form, ApplicationState::Referred]
        {
            let html = page(&applied(state), Tongue::English);
            assert!(!html.contains("<form method=\"post\""), "{html}");
            assert!(html.contains("href=\"/enrolments/e7\""), "{html}");
        }
    }

    #[test]
    fn after_a_refusal_the_reason_is_a_link_and_it_can_be_tried_again() {
        let html = page(&applied(ApplicationState::Refused), Tongue::English);
        assert!(html.contains("href=\"/enrolments/e7\"") && html.contains("/renew"), "{html}");
    }
}

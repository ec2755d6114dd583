//! The certificates that an authority has issued, and one of them with all it says.

use askama::Template;
use openset_types::UnixTime;

use super::records;
use super::top::{Desk, Tab, Top};
use crate::frame::Frame;
use crate::ports::{
    CertificateFile, CertificateRow, CertificateSearch, CertificateState, CertificatesFound,
    KeyDuty, RevocationReason,
};
use crate::table::{Badge, Cell, Table};
use crate::validity::Validity;
use crate::words::Words;

/// Certificates, found by number, name or thumb.
#[derive(Template)]
#[template(path = "pages/console/certificates.html")]
pub struct CertificatesPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Whose console it is.
    pub desk: &'a Desk,
    /// What was looked for.
    pub search: &'a CertificateSearch,
    /// What was found.
    pub found: &'a CertificatesFound,
}

impl<'a> CertificatesPage<'a> {
    fn top(&self) -> Top<'a> {
        Top::of(self.frame, self.desk, Tab::Certificates)
    }

    fn table(&self) -> Table {
        let say = self.frame.say;
        let caption = say.console_found(self.found.total);
        table(&self.found.rows, caption, say.console_found_none(), say)
    }

    /// The states to choose from: the word for each, its name, and whether it is chosen.
    fn states(&self) -> impl Iterator<Item = (&'static str, String, bool)> {
        let say = self.frame.say;
        CertificateState::ALL.into_iter().map(move |state| {
            (state.id(), state_word(state, say), self.search.state == Some(state))
        })
    }

    /// The pages before and after this one.
    fn pager(&self) -> Vec<(String, String)> {
        let CertificateSearch { page, .. } = *self.search;
        let say = self.frame.say;
        let last = self.found.total.saturating_sub(1) / self.found.per_page.max(1);
        let newer = page.checked_sub(1).map(|page| (self.page(page), say.console_newer()));
        let older = (page < last).then(|| (self.page(page + 1), say.console_older()));
        newer.into_iter().chain(older).collect()
    }

    fn page(&self, page: usize) -> String {
        let CertificateSearch { text, state, .. } = self.search;
        let state = state.map(CertificateState::id).unwrap_or_default();
        format!("/certificates?q={}&state={state}&page={page}", records::escaped(text))
    }
}

/// One certificate.
#[derive(Template)]
#[template(path = "pages/console/certificate.html")]
pub struct CertificateFilePage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Whose console it is.
    pub desk: &'a Desk,
    /// The certificate.
    pub file: &'a CertificateFile,
}

impl<'a> CertificateFilePage<'a> {
    fn top(&self) -> Top<'a> {
        Top::of(self.frame, self.desk, Tab::Certificates)
    }

    fn records(&self) -> Table {
        records::table(&self.file.records, self.frame.say)
    }

    /// When and why it was taken back.
    fn revoked(&self) -> Option<String> {
        self.file.revoked.map(|revoked| self.frame.say.revocation(revoked))
    }

    fn reasons(&self) -> impl Iterator<Item = (&'static str, String)> {
        let say = self.frame.say;
        RevocationReason::ALL.into_iter().map(|reason| (reason.id(), reason_word(reason, say)))
    }
}

impl Words {
    /// When and why a certificate was taken back.
    pub(crate) fn revocation(&self, (at, reason): (UnixTime, Option<RevocationReason>)) -> String {
        let moment = self.moment(at);
        match reason {
            Some(reason) => self.console_revoked_for(moment, reason_word(reason, self)),
            None => self.console_revoked(moment),
        }
    }
}

/// A table of certificates.
pub(super) fn table(rows: &[CertificateRow], caption: String, empty: String, say: &Words) -> Table {
    let row = |row: &CertificateRow| {
        let href = format!("/certificates/{}", row.thumb);
        vec![
            Cell::Link { href, text: row.name.clone() },
            Cell::Text(row.duty.word(say)),
            Cell::Code(row.serial.clone()),
            Cell::Text(row.key.clone()),
            Cell::Validity(Validity::of(&row.span, say)),
            Cell::Badge(Badge::certificate(&row.state, say)),
        ]
    };
    Table::new(caption, empty)
        .column(say.head_name())
        .column(say.head_duty())
        .column(say.head_serial())
        .column(say.head_key())
        .column(say.head_validity())
        .column(say.head_state())
        .rows(rows.iter().map(row))
}

impl KeyDuty {
    /// What a key is for.
    pub(crate) fn word(self, say: &Words) -> String {
        match self {
            Self::Certificates => say.duty_certificates(),
            Self::Lists => say.duty_lists(),
            Self::Messages => say.duty_messages(),
            Self::Opens => say.duty_opens(),
        }
    }
}

/// Why a certificate is taken back.
pub(super) fn reason_word(reason: RevocationReason, say: &Words) -> String {
    match reason {
        RevocationReason::KeyCompromise => say.reason_key_compromise(),
        RevocationReason::CaCompromise => say.reason_ca_compromise(),
        RevocationReason::AffiliationChanged => say.reason_affiliation_changed(),
        RevocationReason::Superseded => say.reason_superseded(),
        RevocationReason::CessationOfOperation => say.reason_cessation_of_operation(),
        RevocationReason::PrivilegeWithdrawn => say.reason_privilege_withdrawn(),
    }
}

fn state_word(state: CertificateState, say: &Words) -> String {
    match state {
        CertificateState::Current => say.certificate_current(),
        CertificateState::Ending => say.certificate_ending(),
        CertificateState::Ended => say.certificate_ended(),
        CertificateState::Revoked => say.certificate_revoked(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_search_keeps_its_words_from_page_to_page() {
        let frame = sample::frame(Site::Console(0), Tongue::English);
        let (desk, found) = (sample::desk(), sample::certificates_found());
        let state = Some(CertificateState::Current);
        let search = CertificateSearch { text: "a&b".to_owned(), state, page: 1 };
        let page = CertificatesPage { frame: &frame, desk: &desk, search: &search, found: &found };
        let html = page.to_string();
        for href in ["q=a%26b&#38;state=current&#38;page=0", "q=a%26b&#38;state=current&#38;page=2"]
        {
            assert!(html.contains(href), "{href}: {html}");
        }
        assert!(html.contains("value=\"current\" selected"), "{html}");
    }

    #[test]
    fn a_certificate_that_was_taken_back_says_why_and_is_not_taken_back_again() {
        let frame = sample::frame(Site::Console(0), Tongue::French);
        let (desk, mut file) = (sample::desk(), sample::certificate_file());
        let html = CertificateFilePage { frame: &frame, desk: &desk, file: &file }.to_string();
        assert!(html.contains("/revoke\"") && html.contains("value=\"superseded\""), "{html}");
        file.may_be_revoked = false;
        file.revoked = Some((file.row.span.from, Some(RevocationReason::Superseded)));
        let html = CertificateFilePage { frame: &frame, desk: &desk, file: &file }.to_string();
        assert!(html.contains("Un autre a pris sa place") && !html.contains("/revoke\""), "{html}");
    }
}

//! The requests at an authority, and one of them with what was answered.

use askama::Template;

use super::records;
use super::top::{Desk, Tab, Top};
use crate::frame::Frame;
use crate::ports::{Applicant, Asked, Refuser, RequestFile, RequestRow};
use crate::table::{Badge, Cell, Table};
use crate::words::Words;

/// The most characters of words for an applicant.
const WORDS_MAX: usize = 128;

/// The requests.
#[derive(Template)]
#[template(path = "pages/console/requests.html")]
pub struct RequestsPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Whose console it is.
    pub desk: &'a Desk,
    /// The requests, newest first.
    pub rows: &'a [RequestRow],
    /// Whether they are all requests, or those that wait.
    pub all: bool,
}

impl<'a> RequestsPage<'a> {
    fn top(&self) -> Top<'a> {
        Top::of(self.frame, self.desk, Tab::Requests)
    }

    fn table(&self) -> Table {
        let say = self.frame.say;
        let row = |row: &RequestRow| {
            let href = format!("/requests/{}", row.id);
            vec![
                Cell::Link { href, text: records::short(&row.id).to_owned() },
                Cell::Text(say.moment(row.began)),
                Cell::Text(row.applicant.word(say)),
                Cell::Badge(Badge::request(&row.state, say)),
            ]
        };
        let caption = if self.all { say.requests_all() } else { say.requests_waiting() };
        Table::new(caption, say.requests_none())
            .column(say.head_request())
            .column(say.head_when())
            .column(say.head_applicant())
            .column(say.head_state())
            .rows(self.rows.iter().map(row))
    }
}

/// One request.
#[derive(Template)]
#[template(path = "pages/console/request.html")]
pub struct RequestPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Whose console it is.
    pub desk: &'a Desk,
    /// The request.
    pub file: &'a RequestFile,
}

impl<'a> RequestPage<'a> {
    fn top(&self) -> Top<'a> {
        Top::of(self.frame, self.desk, Tab::Requests)
    }

    fn id(&self) -> &'a str {
        records::short(&self.file.row.id)
    }

    fn records(&self) -> Table {
        records::table(&self.file.records, self.frame.say)
    }

    fn wanted(&self, asked: &Asked) -> String {
        let say = self.frame.say;
        let duties: Vec<_> = asked.duties.iter().map(|duty| duty.word(say)).collect();
        let duties = duties.join(", ");
        if asked.renews { say.request_renewal(duties) } else { say.request_first(duties) }
    }

    fn refusers(&self) -> impl Iterator<Item = (&'static str, String)> {
        let say = self.frame.say;
        self.file.refusers.iter().map(|refuser| {
            let word = match refuser {
                Refuser::Issuer => say.refused_by_issuer(),
                Refuser::Acquirer => say.refused_by_acquirer(),
                Refuser::Authority => say.refused_by_authority(),
            };
            (refuser.id(), word)
        })
    }
}

impl Applicant {
    /// Who asks, in words.
    fn word(&self, say: &Words) -> String {
        match self {
            Self::Unknown => String::new(),
            Self::Card { bank } => say.applicant_card(bank),
            Self::Merchant { merchant, bank } => say.applicant_merchant(bank, merchant),
            Self::Gateway { bank } => say.applicant_gateway(bank),
            Self::Certified { name } => name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::ports::RequestState;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_request_that_waits_shows_its_answers_and_can_be_decided() {
        let frame = sample::frame(Site::Console(0), Tongue::English);
        let (desk, file) = (sample::desk(), sample::request_file());
        let html = RequestPage { frame: &frame, desk: &desk, file: &file }.to_string();
        assert!(html.contains("Élise Faure") && html.contains("2•••0"), "{html}");
        assert!(html.contains("/approve\"") && html.contains("name=\"answer-2\""), "{html}");
    }

    #[test]
    fn nobody_decides_without_a_name() {
        let frame = sample::frame(Site::Console(0), Tongue::English);
        let (mut desk, file) = (sample::desk(), sample::request_file());
        desk.operator = None;
        let html = RequestPage { frame: &frame, desk: &desk, file: &file }.to_string();
        assert!(!html.contains("method=\"post\"") && html.contains("/operator?next="), "{html}");
    }

    #[test]
    fn a_request_that_was_decided_says_how_and_offers_nothing() {
        let frame = sample::frame(Site::Console(0), Tongue::French);
        let (desk, mut file) = (sample::desk(), sample::request_file());
        file.row.state = RequestState::Refused;
        file.asked = None;
        file.refused = Some("RejectedByIssuer".to_owned());
        let html = RequestPage { frame: &frame, desk: &desk, file: &file }.to_string();
        assert!(html.contains("RejectedByIssuer") && !html.contains("method=\"post\""), "{html}");
    }
}

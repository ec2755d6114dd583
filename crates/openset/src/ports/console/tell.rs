//! What the bureau knows, in the words of the console's pages.

use openset_crypto::{Authority as Kind, authority::Revoked};
use openset_protocol::enrolment::{KeysWanted, Occasion};
use openset_types::UnixTime;
use openset_web::ports::{
    Applicant, Asked, Certificate, CertificateRow, CertificateState, Consequences, Fact,
    GivenAnswer, KeyDuty, ListRow, Listed, Lists, Refuser, RequestFile, RequestRow, RequestState,
    RevocationReason, Span, Stops, TrailRow,
};
use openset_wire::x509::CrlReason;

use crate::{
    ceremony::papers,
    house::bureau::{
        self, Dossier, Entry, Line, Preview, Published, Request, State,
        queue::{self, By},
    },
};

pub(super) fn row(line: &Line, now: UnixTime) -> CertificateRow {
    CertificateRow {
        thumb: line.thumb.clone(),
        serial: line.serial.clone(),
        name: line.name.clone(),
        duty: duty(line),
        key: line.key.to_string(),
        issuer: line.issuer.clone(),
        span: Span { from: line.from, until: line.until, now },
        state: state(line.state),
    }
}

fn duty(line: &Line) -> KeyDuty {
    match line.paper.rsplit(' ').next() {
        Some(papers::CERTIFICATES) => KeyDuty::Certificates,
        Some(papers::LISTS) => KeyDuty::Lists,
        Some(papers::ENCIPHERMENT) => KeyDuty::Opens,
        _ => KeyDuty::Messages,
    }
}

pub(super) fn state(state: State) -> CertificateState {
    match state {
        State::Current => CertificateState::Current,
        State::Ending => CertificateState::Ending,
        State::Ended => CertificateState::Ended,
        State::Revoked => CertificateState::Revoked,
    }
}

pub(super) fn request(request: &Request) -> RequestRow {
    RequestRow {
        id: request.id.clone(),
        applicant: applicant(&request.applicant),
        began: request.began_at,
        state: match request.state {
            queue::RequestState::Begun => RequestState::Begun,
            queue::RequestState::Asking => RequestState::Asking,
            queue::RequestState::Waiting => RequestState::Waiting,
            queue::RequestState::Issuing => RequestState::Issuing,
            queue::RequestState::Returned => RequestState::Returned,
            queue::RequestState::Issued => RequestState::Issued,
            queue::RequestState::Refused => RequestState::Refused,
            queue::RequestState::Unserved => RequestState::Unserved,
        },
    }
}

fn applicant(who: &queue::Applicant) -> Applicant {
    match who.clone() {
        queue::Applicant::Unknown => Applicant::Unknown,
        queue::Applicant::Card { bank } => Applicant::Card { bank },
        queue::Applicant::Merchant { merchant, bank } => Applicant::Merchant { merchant, bank },
        queue::Applicant::Gateway { bank } => Applicant::Gateway { bank },
        queue::Applicant::Certified { name } => Applicant::Certified { name },
    }
}

pub(super) fn dossier(dossier: Dossier, kind: Kind, records: Vec<TrailRow>) -> RequestFile {
    let Dossier { request: told, asked } = dossier;
    let bank = if kind == Kind::Cardholder { Refuser::Issuer } else { Refuser::Acquirer };
    RequestFile {
        row: request(&told),
        asked: asked.map(self::asked),
        refused: told.refused,
        message: told.message,
        unfit: told.unfit,
        refusers: vec![bank, Refuser::Authority],
        names_merchant: kind == Kind::Merchant,
        records,
    }
}

fn asked(asked: bureau::Asked) -> Asked {
    let duties = match asked.wanted.keys {
        KeysWanted::Signature => vec![KeyDuty::Messages],
        KeysWanted::Encipherment => vec![KeyDuty::Opens],
        KeysWanted::Both => vec![KeyDuty::Messages, KeyDuty::Opens],
    };
    let answers = asked.answers.into_iter().map(|given| GivenAnswer {
        number: given.number,
        question: given.question,
        text: given.text,
    });
    Asked {
        renews: asked.wanted.occasion == Occasion::Renewal,
        duties,
        bank: asked.bank,
        language: asked.language,
        card: asked.card,
        answers: answers.collect(),
    }
}

pub(super) fn listed(listed: Listed) -> bureau::Listed {
    let Listed { name, city } = listed;
    bureau::Listed { name, city }
}

pub(super) fn refuser(refuser: Refuser) -> By {
    match refuser {
        Refuser::Issuer => By::Issuer,
        Refuser::Acquirer => By::Acquirer,
        Refuser::Authority => By::Authority,
    }
}

pub(super) fn says(line: &Line, facts: Vec<(String, String)>, der: Vec<u8>) -> Certificate {
    let facts = facts.into_iter().map(|(name, value)| Fact { name, value }).collect();
    Certificate { name: line.name.clone(), state: state(line.state), facts, der }
}

pub(in crate::ports) fn reason(reason: RevocationReason) -> CrlReason {
    match reason {
        RevocationReason::KeyCompromise => CrlReason::KeyCompromise,
        RevocationReason::CaCompromise => CrlReason::CaCompromise,
        RevocationReason::AffiliationChanged => CrlReason::AffiliationChanged,
        RevocationReason::Superseded => CrlReason::Superseded,
        RevocationReason::CessationOfOperation => CrlReason::CessationOfOperation,
        RevocationReason::PrivilegeWithdrawn => CrlReason::PrivilegeWithdrawn,
    }
}

pub(super) fn revoked(revoked: &Revoked) -> (UnixTime, Option<RevocationReason>) {
    let mut all = RevocationReason::ALL.into_iter();
    (revoked.at, all.find(|page| Some(reason(*page)) == revoked.reason))
}

pub(super) fn consequences(
    preview: &Preview,
    row: CertificateRow,
    below: Vec<CertificateRow>,
) -> Consequences {
    Consequences {
        row,
        stops: match preview.stops {
            bureau::Stops::Card => Stops::Card,
            bureau::Stops::ShopSigns => Stops::ShopSigns,
            bureau::Stops::ShopOpens => Stops::ShopOpens,
            bureau::Stops::GatewaySigns => Stops::GatewaySigns,
            bureau::Stops::GatewayOpens => Stops::GatewayOpens,
            bureau::Stops::AuthorityCertifies => Stops::AuthorityCertifies,
            bureau::Stops::AuthoritySigns => Stops::AuthoritySigns,
            bureau::Stops::AuthorityOpens => Stops::AuthorityOpens,
            bureau::Stops::AuthorityLists => Stops::AuthorityLists,
        },
        below,
        issuer: preview.list.issuer.clone(),
        list: preview.list.number,
        bci: preview.bci,
    }
}

pub(super) fn lists(published: Published, records: Vec<TrailRow>, now: UnixTime) -> Lists {
    let span = |from, until| Span { from, until, now };
    let row = |list: crate::ceremony::ListState| ListRow {
        issuer: list.issuer,
        number: list.number,
        revoked: list.revoked,
        span: span(list.made_at, list.ends_at),
    };
    let bci = published.bci.map(|bci| (bci.sequence, span(bci.made_at, bci.ends_at)));
    Lists { lists: published.lists.into_iter().map(row).collect(), bci, records }
}

/// A record; the label at its beginning is that of a request.
pub(super) fn record(entry: Entry) -> TrailRow {
    let Entry { number, at, cause, subject, outcome, detail, messages } = entry;
    let label = subject.split(' ').next().unwrap_or_default();
    let is_label = label.len() >= 16 && label.bytes().all(|it| it.is_ascii_hexdigit());
    let request = is_label.then(|| label.to_owned());
    TrailRow { number, at, cause, subject, outcome, detail, messages, request }
}

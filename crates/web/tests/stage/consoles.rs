//! Plain data for the console of an authority.

use openset_types::UnixTime;
use openset_web::pages::console::Desk;
use openset_web::ports::*;

use super::certificate;

pub fn desk() -> Desk {
    let operator = Some("Ada Martin".to_owned());
    Desk { name: "Banque Demo Cardholder CA".to_owned(), operator }
}

fn moment(text: &str) -> UnixTime {
    UnixTime::parse_generalized(text).expect("a real moment")
}

fn span() -> Span {
    let (from, until) = (moment("20261122000000Z"), moment("20271122000000Z"));
    Span { from, until, now: moment("20261123110000Z") }
}

pub fn certificate_row(name: &str, duty: KeyDuty) -> CertificateRow {
    CertificateRow {
        thumb: "a4".to_owned(),
        serial: "3fa27c5e91d04b68".to_owned(),
        name: name.to_owned(),
        duty,
        key: "P-256".to_owned(),
        issuer: "Banque Demo Cardholder CA".to_owned(),
        span: span(),
        state: CertificateState::Current,
    }
}

pub fn overview() -> Overview {
    let own = |name: &str| vec![certificate_row(name, KeyDuty::Certificates)];
    let branch = |name: &str, is_own, below| Branch {
        name: name.to_owned(),
        is_own,
        own: own(name),
        issued: 2,
        below,
    };
    let authority = branch("Banque Demo Cardholder CA", true, vec![]);
    let brand = branch("Demo Brand CA", false, vec![authority]);
    let ends = CertificateRow {
        state: CertificateState::Ending,
        ..certificate_row("kM3x/pQ0", KeyDuty::Messages)
    };
    Overview {
        root: branch("OpenSET Demo Root 2026", false, vec![brand]),
        ending: vec![ends.clone()],
        first_to_end: Some(ends),
        waiting: 2,
        issued: 3,
        lists_end: Some(moment("20261222000000Z")),
    }
}

/// The label of a request.
pub const REQUEST: &str = "5c1e90ab5c1e90ab5c1e90ab5c1e90ab5c1e90ab";

pub fn request_row() -> RequestRow {
    RequestRow {
        id: REQUEST.to_owned(),
        applicant: Applicant::Card { bank: "999999".to_owned() },
        began: moment("20261123101500Z"),
        state: RequestState::Waiting,
    }
}

pub fn request_file() -> RequestFile {
    let given = |number, question: &str, text: &str| GivenAnswer {
        number: Some(number),
        question: question.to_owned(),
        text: text.to_owned(),
    };
    RequestFile {
        row: request_row(),
        asked: Some(Asked {
            renews: false,
            duties: vec![KeyDuty::Messages],
            bank: "999999".to_owned(),
            language: "en".to_owned(),
            card: Some("…1018, 2029-12".to_owned()),
            answers: vec![
                given(1, "Name on the card", "Élise Faure"),
                given(2, "Postcode", "2•••0"),
                given(3, "Telephone", ""),
            ],
        }),
        refused: None,
        message: None,
        unfit: Vec::new(),
        refusers: vec![Refuser::Issuer, Refuser::Authority],
        names_merchant: true,
        records: records(),
    }
}

pub fn certificates_found() -> CertificatesFound {
    let row = certificate_row("kM3x/pQ0", KeyDuty::Messages);
    CertificatesFound { rows: vec![row.clone(), row], total: 60, per_page: 25 }
}

pub fn certificate_file() -> CertificateFile {
    CertificateFile {
        row: certificate_row("kM3x/pQ0", KeyDuty::Messages),
        says: certificate(),
        above: ["Banque Demo Cardholder CA", "Demo Brand CA"].map(str::to_owned).into(),
        revoked: None,
        may_be_revoked: true,
        records: records(),
    }
}

pub fn consequences() -> Consequences {
    Consequences {
        row: certificate_row("kM3x/pQ0", KeyDuty::Messages),
        stops: Stops::Card,
        below: vec![certificate_row("kM3x/pQ0", KeyDuty::Opens)],
        issuer: "Banque Demo Cardholder CA".to_owned(),
        list: 1,
        bci: 8,
    }
}

pub fn lists() -> Lists {
    let row = ListRow { issuer: "Demo Brand CA".to_owned(), number: 4, revoked: 1, span: span() };
    Lists { lists: vec![row], bci: Some((7, span())), records: records() }
}

pub fn records() -> Vec<TrailRow> {
    let row = |number, cause: &str, outcome: &str| TrailRow {
        number,
        at: moment("20261123104500Z"),
        cause: cause.to_owned(),
        subject: format!("{REQUEST} cardholder of 999999"),
        outcome: outcome.to_owned(),
        detail: String::new(),
        messages: 1,
        request: Some(REQUEST.to_owned()),
    };
    vec![
        row(42, "operator Ada Martin (console)", "to-be-signed"),
        TrailRow { request: None, ..row(41, "CertReq", "applied") },
    ]
}

pub fn trail() -> Trail {
    Trail { rows: records(), has_older: true }
}

/// The certificates of a merchant: two in use and an older one.
pub fn own_certificates() -> OwnCertificates {
    let own = |duty, is_in_use| OwnCertificate {
        duty,
        brand: "Demo Brand".to_owned(),
        suite: "modern".to_owned(),
        serial: "3fa27c5e91d04b68".to_owned(),
        span: span(),
        state: CertificateState::Current,
        is_in_use,
        revoked: None,
        stops: Stops::ShopSigns,
    };
    OwnCertificates {
        state: CertificateState::Current,
        span: span(),
        renew_from: moment("20270722000000Z"),
        rows: vec![
            own(KeyDuty::Messages, true),
            own(KeyDuty::Opens, true),
            own(KeyDuty::Opens, false),
        ],
        application: None,
        granted: Some(moment("20261122100000Z")),
    }
}

/// What it has asked for, and somebody looks at.
pub fn own_application() -> OwnApplication {
    OwnApplication {
        id: "e7".to_owned(),
        number: Some("9b1f4c07".to_owned()),
        state: ApplicationState::Pended,
        moved: moment("20261123101500Z"),
        sent: Some(moment("20261123101459Z")),
        again: None,
    }
}

//! Every certificate of a data folder on one line: whose it is, when it ends, whether it was
//! taken back.

use openset_crypto::{Authority as Kind, Certified, KeyKind, authority::Revoked};
use openset_types::UnixTime;
use openset_wire::x509::{Certificate, KeyUsage, Serial};

use crate::{
    ceremony::{self, Papers, Seat, papers},
    house::ground::Ground,
};

/// A certificate is ending when it has less than this left.
const ENDING_S: i64 = 30 * 86_400;

/// One certificate.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Its number in hexadecimal digits.
    pub(crate) serial: String,
    pub(crate) number: Serial,
    /// The thumb of the certificate, in hexadecimal digits.
    pub(crate) thumb: String,
    pub(crate) certificate: Certificate,
    /// Whose it is.
    pub(crate) name: String,
    /// What it is for: the name of an authority's paper, or whose kind it is and for what.
    pub(crate) paper: String,
    /// The authority that has it, if it is one's.
    pub(crate) authority: Option<Kind>,
    /// The common name of whoever issued it.
    pub(crate) issuer: String,
    pub(crate) issued_by: Seat,
    /// What its key is.
    pub(crate) key: KeyKind,
    pub(crate) from: UnixTime,
    pub(crate) until: UnixTime,
    pub(crate) state: State,
    /// When and why it was taken back.
    pub(crate) revoked: Option<Revoked>,
}

/// How a certificate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Current,
    /// It ends within a month.
    Ending,
    Ended,
    Revoked,
}

impl Line {
    /// Whether its number, name or thumb has a text in it.
    pub(crate) fn says(&self, text: &str) -> bool {
        let wanted = text.to_lowercase();
        let has = |field: &str| field.to_lowercase().contains(&wanted);
        has(&self.serial) || has(&self.name) || has(&self.thumb)
    }
}

/// The certificates of the authorities, and of those that they have certified.
pub(super) fn lines(
    ground: &Ground,
    issued: &[(Seat, Vec<Certificate>)],
) -> anyhow::Result<Vec<Line>> {
    let mut all = Vec::new();
    for seat in Seat::every(&ground.data) {
        let folder: Papers = ground.papers(seat.folder);
        let own = [papers::CERTIFICATES, papers::SIGNATURE, papers::ENCIPHERMENT, papers::LISTS];
        for paper in own.into_iter().filter(|paper| folder.has(paper)) {
            let certificate = folder.take(paper)?.certificate;
            let above = Seat::first(above(ground, &certificate, seat.kind)?);
            all.push(line(ground, certificate, paper.to_owned(), Some(seat.kind), above)?);
        }
        let below = issued.iter().filter(|(by, _)| *by == seat);
        for certificate in below.flat_map(|(_, certificates)| certificates) {
            let paper = format!("{} {}", bearer(seat.kind), use_of(certificate));
            all.push(line(ground, certificate.clone(), paper, None, seat)?);
        }
    }
    Ok(all)
}

/// Who has issued a certificate of an authority: the one above it of that name.
fn above(ground: &Ground, certificate: &Certificate, kind: Kind) -> anyhow::Result<Kind> {
    for above in Kind::ALL.into_iter().take_while(|above| *above != kind) {
        let papers = ground.papers(ceremony::folder(above));
        if !papers.has(papers::CERTIFICATES) {
            continue;
        }
        let own = papers.take(papers::CERTIFICATES)?.certificate;
        if own.to_be_signed.subject == certificate.to_be_signed.issuer {
            return Ok(above);
        }
    }
    Ok(Kind::Root)
}

/// The names of those above a certificate, from its issuer to the root.
pub(crate) fn above_all(line: &Line, all: &[Line]) -> Vec<String> {
    let (mut names, mut name) = (Vec::new(), line.issuer.clone());
    let own = |name: &str| {
        let certifies = |it: &&Line| it.authority.is_some() && it.paper == papers::CERTIFICATES;
        all.iter().filter(certifies).find(|it| it.name == name)
    };
    // A root has issued itself.
    while let Some(above) = own(&name).filter(|above| above.thumb != line.thumb) {
        names.push(above.name.clone());
        if above.issuer == above.name || names.len() == all.len() {
            break;
        }
        name.clone_from(&above.issuer);
    }
    names
}

/// What those are whom an authority certifies.
fn bearer(by: Kind) -> &'static str {
    match by {
        Kind::Cardholder => "card",
        Kind::Merchant => "merchant",
        Kind::Gateway => "gateway",
        Kind::Root | Kind::Brand | Kind::Geopolitical => "authority",
    }
}

/// What its key is for, as papers are called.
fn use_of(certificate: &Certificate) -> &'static str {
    let extensions = certificate.to_be_signed.extensions.as_ref();
    let usage: Option<KeyUsage> = extensions.and_then(|all| all.get().ok().flatten());
    match usage.is_some_and(|usage| usage.contains(KeyUsage::DIGITAL_SIGNATURE)) {
        true => papers::SIGNATURE,
        false => papers::ENCIPHERMENT,
    }
}

fn line(
    ground: &Ground,
    certificate: Certificate,
    paper: String,
    authority: Option<Kind>,
    issued_by: Seat,
) -> anyhow::Result<Line> {
    let revoked = ground.lists.revocation(&certificate);
    let read = Certified::read(ground.suite, certificate)?;
    let unsigned = read.certificate().to_be_signed.value();
    let left_s = read.not_after().seconds_since(ground.clock.now());
    let state = match (&revoked, left_s) {
        (Some(_), _) => State::Revoked,
        (None, ..0) => State::Ended,
        (None, 0..ENDING_S) => State::Ending,
        (None, _) => State::Current,
    };
    Ok(Line {
        serial: data_encoding::HEXLOWER.encode(read.serial().as_bytes()),
        number: read.serial().clone(),
        thumb: read.thumb().to_string(),
        certificate: read.certificate().clone(),
        name: read.subject().common_name().unwrap_or_default().to_owned(),
        paper,
        authority,
        issuer: unsigned.issuer.common_name().unwrap_or_default().to_owned(),
        issued_by,
        key: read.key().kind(),
        from: read.not_before(),
        until: read.not_after(),
        state,
        revoked,
    })
}

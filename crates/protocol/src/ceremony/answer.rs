//! What the authority above gives back: certificates, everything above them, and the lists.

use std::fmt::Write;

use data_encoding::BASE64;
use openset_crypto::{
    Bag, Certified, Identity, KeyId, Keys, PublicKey, Trust, statement::Statement,
};
use openset_types::{Brand, UnixTime};
use openset_wire::{
    der::{decode, encode},
    x509::{Certificate, CertificateRevocationList, Name},
};

use super::{BadLine, Objection, Paper, Request, lines::Lines};

const TITLE: &str = "OpenSET ceremony answer, version 1";
const ABOVE: &str = "Above";
const LISTER: &str = "Signs lists";
const LIST: &str = "List";
/// More authorities than can stand above one, and each has one list.
const ABOVE_MAX: usize = 4;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The number of the request.
    pub number: String,
    /// The name of the request's text: a digest of it.
    pub request: String,
    /// The certificates that were asked for.
    pub certificates: Vec<(Paper, Certificate)>,
    /// Those above: whoever has signed first, the root last.
    pub above: Vec<Certificate>,
    /// The certificates that lists are signed with, where those are others.
    pub listers: Vec<Certificate>,
    /// The lists of those above.
    pub lists: Vec<CertificateRevocationList>,
}

/// What may be written down below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Each certificate with those above it, the root included.
    pub papers: Vec<(Paper, Identity)>,
    /// Those above: whoever has signed first, the root last.
    pub above: Vec<Identity>,
    /// The certificates that lists are signed with, where those are others.
    pub listers: Vec<Certificate>,
    /// The lists of those above.
    pub lists: Vec<CertificateRevocationList>,
}

impl Answer {
    /// Signs it with the key that signed the certificates.
    pub fn sign(&self, by: KeyId, keys: &dyn Keys) -> Result<Statement, Objection> {
        Ok(Statement::sign(&self.write()?, &[by], keys)?)
    }

    /// Reads an answer. Nothing in it is believed yet.
    pub fn read(statement: &Statement) -> Result<Self, Objection> {
        let mut lines = Lines::of(statement.text(), TITLE)?;
        let number = lines.take("Number")?.to_owned();
        let request = lines.take("Request")?.to_owned();
        let mut certificates = Vec::new();
        for paper in Paper::ALL {
            if let Some(found) = lines.maybe(line(paper))? {
                certificates.push((paper, certificate(found, line(paper))?));
            }
        }
        let mut above = Vec::new();
        while let Some(found) = lines.maybe(ABOVE)?.filter(|_| above.len() < ABOVE_MAX) {
            above.push(certificate(found, ABOVE)?);
        }
        let mut listers = Vec::new();
        while let Some(found) = lines.maybe(LISTER)?.filter(|_| listers.len() < ABOVE_MAX) {
            listers.push(certificate(found, LISTER)?);
        }
        let mut lists = Vec::new();
        while let Some(found) = lines.maybe(LIST)?.filter(|_| lists.len() < ABOVE_MAX) {
            lists.push(list(found)?);
        }
        lines.finish()?;
        Ok(Self { number, request, certificates, above, listers, lists })
    }

    /// Checks an answer to one's own request, down from the root whose key was asked for.
    pub fn accept(
        self,
        statement: &Statement,
        (request, asked): (&Request, &Statement),
        now: UnixTime,
    ) -> Result<Accepted, Objection> {
        if self.number != request.number || self.request != asked.name() {
            return Err(Objection::AnotherRequest);
        }
        let wanted = &request.wanted;
        let above = identities(&self.above)?;
        let root = above.last().ok_or(Objection::OtherRoot)?;
        if root.key != wanted.root {
            return Err(Objection::OtherRoot);
        }
        let trust = Trust::new(wanted.suite, std::slice::from_ref(&root.certificate))?;
        let certificates = [self.above.clone(), self.listers.clone()].concat();
        let bag = Bag { certificates, crls: Vec::new() };
        for list in &self.lists {
            trust.learn_crl(list, &bag, now)?;
        }
        let signer = above.first().ok_or(Objection::OtherRoot)?;
        statement.require(&PublicKey::of(wanted.suite, &signer.certificate)?)?;
        let mut papers = Vec::new();
        for (paper, key) in &request.keys {
            let mine = self.certificates.iter().find(|(found, _)| found == paper);
            let (_, certificate) = mine.ok_or(Objection::AnswersSomethingElse)?;
            require_asked(certificate, key, request)?;
            let brand = Brand::parse(&wanted.subject.brand).map_err(|_| Objection::Name)?;
            let purpose = paper.purpose(wanted.role);
            trust.path(certificate, &bag, purpose, Some(&brand), now)?;
            papers.push((*paper, Identity::new(certificate.clone(), self.above.clone())?));
        }
        if papers.len() != self.certificates.len() {
            return Err(Objection::AnswersSomethingElse);
        }
        Ok(Accepted { papers, above, listers: self.listers, lists: self.lists })
    }

    fn write(&self) -> Result<String, Objection> {
        let mut text = format!("{TITLE}\nNumber: {}\nRequest: {}\n", self.number, self.request);
        let mut put = |name: &str, octets: Vec<u8>| {
            // A String takes everything.
            let _ = writeln!(text, "{name}: {}", BASE64.encode(&octets));
        };
        for (paper, certificate) in &self.certificates {
            put(line(*paper), encode(certificate).map_err(unwritable)?);
        }
        for certificate in &self.above {
            put(ABOVE, encode(certificate).map_err(unwritable)?);
        }
        for certificate in &self.listers {
            put(LISTER, encode(certificate).map_err(unwritable)?);
        }
        for list in &self.lists {
            put(LIST, encode(list).map_err(unwritable)?);
        }
        Ok(text)
    }
}

/// A certificate says what was asked for: this key, this name, and no longer.
fn require_asked(
    certificate: &Certificate,
    key: &PublicKey,
    request: &Request,
) -> Result<(), Objection> {
    let wanted = &request.wanted;
    let found = Certified::read(wanted.suite, certificate.clone())?;
    let name = wanted.subject.to_name().map_err(|_| Objection::Name)?;
    let life_s = i64::from(wanted.life_years).saturating_mul(366 * 86_400);
    let last = request.expires().plus_s(life_s);
    let right =
        found.key() == key && says_the_same(found.subject(), &name) && found.not_after() <= last;
    if right { Ok(()) } else { Err(Objection::AnswersSomethingElse) }
}

/// Whether two names have the same attributes, however their suites write them.
pub(super) fn says_the_same(one: &Name, other: &Name) -> bool {
    let parts = |name: &Name| -> Vec<_> {
        name.parts().map(|part| (part.attribute, part.text.as_str().to_owned())).collect()
    };
    parts(one) == parts(other)
}

/// Each certificate above, with those above it.
fn identities(above: &[Certificate]) -> Result<Vec<Identity>, Objection> {
    let mut identities = Vec::new();
    let mut rest = above;
    while let Some((first, chain)) = rest.split_first() {
        identities.push(Identity::new(first.clone(), chain.to_vec())?);
        rest = chain;
    }
    Ok(identities)
}

fn line(paper: Paper) -> &'static str {
    match paper {
        Paper::Certificates => "Certificate for certificates",
        Paper::Lists => "Certificate for lists",
        Paper::Signature => "Certificate for messages",
        Paper::Encipherment => "Certificate to be sealed to",
    }
}

fn certificate(text: &str, expected: &'static str) -> Result<Certificate, BadLine> {
    let bad = BadLine { expected };
    decode(&BASE64.decode(text.as_bytes()).map_err(|_| bad)?).map_err(|_| bad)
}

fn list(text: &str) -> Result<CertificateRevocationList, BadLine> {
    let bad = BadLine { expected: LIST };
    decode(&BASE64.decode(text.as_bytes()).map_err(|_| bad)?).map_err(|_| bad)
}

fn unwritable<T>(_: T) -> Objection {
    Objection::Line(BadLine { expected: TITLE })
}

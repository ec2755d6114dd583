//! What an authority asks of the one above it: who it is, for how long, and its new keys.

use std::fmt::Write;

use data_encoding::BASE64;
use openset_crypto::{
    Authority, KeyId, Keys, PublicKey, Purpose, Suite, Unmade,
    statement::{self, Statement},
};
use openset_types::UnixTime;
use openset_wire::{
    der::What,
    x509::{Name, NameAttribute},
};

use super::{BadLine, Objection, lines::Lines, named, word};

/// How long a request may be carried about before it is signed.
pub const REQUEST_GOOD_S: i64 = 14 * 86_400;
/// The longest life that can be wished.
pub const LIFE_YEARS_MAX: u8 = 20;

const TITLE: &str = "OpenSET ceremony request, version 1";

/// One of the certificates of an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Paper {
    /// For signing certificates, and lists unless there is another for that.
    Certificates,
    /// For signing lists and nothing else.
    Lists,
    /// For signing messages.
    Signature,
    /// For being sealed to.
    Encipherment,
}

/// How an authority is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Two letters.
    pub country: String,
    /// The brand; of a root, whoever runs it.
    pub brand: String,
    /// The bank or other institution.
    pub institution: Option<String>,
    /// What tells it from others of the same institution.
    pub name: Option<String>,
}

/// What an authority wants: all that a person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The suite of the trust anchor.
    pub suite: Suite,
    /// What it is to be.
    pub role: Authority,
    /// How it is to be named.
    pub subject: Subject,
    /// For how many years.
    pub life_years: u8,
    /// Whether lists are to be signed with a certificate of their own.
    pub lists_apart: bool,
    /// The key of the root that it will believe, by name. Its operators read it out aloud.
    pub root: KeyId,
}

/// A request.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// Its own name, drawn when it was made.
    pub number: String,
    /// What is wanted.
    pub wanted: Wanted,
    /// When it was made.
    pub made: UnixTime,
    /// The keys to be certified.
    pub keys: Vec<(Paper, PublicKey)>,
}

impl Paper {
    /// All of them, in the order of files.
    pub const ALL: [Self; 4] =
        [Self::Certificates, Self::Lists, Self::Signature, Self::Encipherment];

    /// What it is called in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Certificates => "certificates",
            Self::Lists => "lists",
            Self::Signature => "signature",
            Self::Encipherment => "encipherment",
        }
    }

    /// What the certificate of this authority is for.
    pub fn purpose(self, role: Authority) -> Purpose {
        match self {
            Self::Certificates => Purpose::CertificateSigning(role),
            Self::Lists => Purpose::ListSigning(role),
            Self::Signature => Purpose::AuthoritySignature(role),
            Self::Encipherment => Purpose::AuthorityEncipherment(role),
        }
    }

    fn line(self) -> &'static str {
        match self {
            Self::Certificates => "Key for certificates",
            Self::Lists => "Key for lists",
            Self::Signature => "Key for messages",
            Self::Encipherment => "Key to be sealed to",
        }
    }
}

impl Subject {
    /// The same as a distinguished name.
    pub fn to_name(&self) -> Result<Name, What> {
        use NameAttribute::{CommonName, Country, Organization, OrganizationalUnit};
        let mut parts = vec![(Country, self.country.as_str()), (Organization, self.brand.as_str())];
        parts.extend(self.institution.as_deref().map(|unit| (OrganizationalUnit, unit)));
        parts.extend(self.name.as_deref().map(|name| (CommonName, name)));
        Name::new(&parts)
    }
}

impl Wanted {
    /// Whether it answers messages for an institution; roots, brands and regions do not.
    fn answers(&self) -> bool {
        match self.role {
            Authority::Root | Authority::Brand | Authority::Geopolitical => false,
            Authority::Cardholder | Authority::Merchant | Authority::Gateway => true,
        }
    }

    /// The certificates that such an authority has (asn1.md 4.2).
    pub fn papers(&self) -> Vec<Paper> {
        let answers = self.answers();
        let has = |paper: &Paper| match paper {
            Paper::Certificates => true,
            Paper::Lists => self.lists_apart,
            Paper::Signature | Paper::Encipherment => answers,
        };
        Paper::ALL.into_iter().filter(has).collect()
    }

    /// Refuses what cannot be wanted, before any key is made.
    pub fn check(&self) -> Result<(), Objection> {
        let is_root = self.role == Authority::Root;
        // In suite `set10` the authorities of cardholders and merchants publish no list.
        let lists = self.role.publishes_crl() || self.suite == Suite::Modern;
        if is_root || (self.lists_apart && !lists) {
            return Err(Objection::NotForThisRole);
        }
        if self.life_years == 0 || self.life_years > LIFE_YEARS_MAX {
            return Err(Objection::Life { years_max: LIFE_YEARS_MAX });
        }
        if self.subject.institution.is_some() != self.answers() {
            return Err(Objection::Institution);
        }
        self.subject.to_name().map(drop).map_err(|_| Objection::Name)
    }
}

impl Request {
    /// Signs a request with every one of its keys that can sign: nobody asks for somebody else's
    /// key. The key that is sealed to cannot; the others vouch for it, as in the standard's own
    /// messages.
    pub fn sign(&self, keys: &dyn Keys) -> Result<Statement, Unmade> {
        let signs = self.keys.iter().filter(|(paper, _)| *paper != Paper::Encipherment);
        let signers: Vec<_> = signs.map(|(_, key)| key.id()).collect();
        Statement::sign(&self.write(), &signers, keys)
    }

    /// Reads a request and checks that whoever wrote it has the keys.
    pub fn read(statement: &Statement) -> Result<Self, Objection> {
        let request = Self::parse(statement.text())?;
        if request.write() != statement.text() {
            return Err(Objection::Line(BadLine { expected: TITLE }));
        }
        for (paper, key) in &request.keys {
            if *paper != Paper::Encipherment {
                statement.require(key).map_err(Objection::NoProof)?;
            }
        }
        Ok(request)
    }

    /// The last moment at which it is signed.
    pub fn expires(&self) -> UnixTime {
        self.made.plus_s(REQUEST_GOOD_S)
    }

    fn write(&self) -> String {
        let Wanted { suite, role, subject, life_years, lists_apart: _, root } = &self.wanted;
        let mut text = format!("{TITLE}\nNumber: {}\n", self.number);
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            // A String takes everything.
            let _ = writeln!(text, "{name}: {value}");
        };
        line("Suite", suite);
        line("Authority", &word(*role));
        line("Country", &subject.country);
        line("Brand", &subject.brand);
        if let Some(institution) = &subject.institution {
            line("Institution", institution);
        }
        if let Some(name) = &subject.name {
            line("Name", name);
        }
        line("Years", life_years);
        line("Root", root);
        line("Made", &self.made.rfc3339());
        line("Expires", &self.expires().rfc3339());
        for (paper, key) in &self.keys {
            line(paper.line(), &BASE64.encode(key.der()));
        }
        text
    }

    fn parse(text: &str) -> Result<Self, BadLine> {
        let bad = |expected| move || BadLine { expected };
        let mut lines = Lines::of(text, TITLE)?;
        let number = lines.take("Number")?.to_owned();
        if number.len() > NUMBER_CHARACTERS_MAX || !number.bytes().all(|o| o.is_ascii_hexdigit()) {
            return Err(bad("Number")());
        }
        let suite = lines.take("Suite")?.parse().map_err(|_| bad("Suite")())?;
        let role = named(lines.take("Authority")?).ok_or_else(bad("Authority"))?;
        let subject = Subject {
            country: lines.take("Country")?.to_owned(),
            brand: lines.take("Brand")?.to_owned(),
            institution: lines.maybe("Institution")?.map(str::to_owned),
            name: lines.maybe("Name")?.map(str::to_owned),
        };
        let life_years = lines.take("Years")?.parse().map_err(|_| bad("Years")())?;
        let root = KeyId::parse(lines.take("Root")?).map_err(|_| bad("Root")())?;
        let made = lines.moment("Made")?;
        lines.moment("Expires")?;
        let mut keys = Vec::new();
        for paper in Paper::ALL {
            if let Some(key) = lines.maybe(paper.line())? {
                let der = BASE64.decode(key.as_bytes()).map_err(|_| bad(paper.line())())?;
                let key = PublicKey::from_der(suite, &der).map_err(|_| bad(paper.line())())?;
                keys.push((paper, key));
            }
        }
        lines.finish()?;
        let lists_apart = keys.iter().any(|(paper, _)| *paper == Paper::Lists);
        let wanted = Wanted { suite, role, subject, life_years, lists_apart, root };
        let papers: Vec<_> = keys.iter().map(|(paper, _)| *paper).collect();
        if papers != wanted.papers() {
            return Err(bad("Key for certificates")());
        }
        Ok(Self { number, wanted, made, keys })
    }
}

const NUMBER_CHARACTERS_MAX: usize = 32;
const _: () = assert!(statement::OCTETS_MAX > 4 * 1024, "a request with four keys fits");

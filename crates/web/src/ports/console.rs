//! What the console of one authority needs: what it has certified, what waits for its operators,
//! its lists, and its audit trail.

use std::future::Future;

use openset_types::UnixTime;

use super::{Certificate, CertificateState, Said};

/// How long something is good, and what time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub from: UnixTime,
    /// Its last moment.
    pub until: UnixTime,
    /// Now.
    pub now: UnixTime,
}

/// What the bearer of a certificate does with its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyDuty {
    /// Signs certificates.
    Certificates,
    /// Signs lists of revoked certificates.
    Lists,
    /// Signs messages.
    Messages,
    /// Opens what is sealed for it.
    Opens,
}

/// One certificate of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRow {
    /// Its thumb in hex, which addresses use.
    pub thumb: String,
    /// Its number in hex.
    pub serial: String,
    /// The subject as people call it.
    pub name: String,
    /// What its key is for.
    pub duty: KeyDuty,
    /// What its key is: `P-256`.
    pub key: String,
    /// Who issued it, by its name.
    pub issuer: String,
    /// How long it is good.
    pub span: Span,
    /// Whether it may be relied on.
    pub state: CertificateState,
}

/// An authority of the tree, with its own certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// What it is called.
    pub name: String,
    /// Whether this console is its.
    pub is_own: bool,
    /// Its own certificates, the one that signs certificates first.
    pub own: Vec<CertificateRow>,
    /// How many certificates it has issued to cards, shops or gateways.
    pub issued: usize,
    /// Those below it.
    pub below: Vec<Self>,
}

/// What operators look at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// The root, and all below it.
    pub root: Branch,
    /// What ends within thirty days, soonest first.
    pub ending: Vec<CertificateRow>,
    /// What ends first of all that is current, if nothing ends soon.
    pub first_to_end: Option<CertificateRow>,
    /// How many requests wait.
    pub waiting: usize,
    /// How many certificates this authority has issued.
    pub issued: usize,
    /// When the first list ends.
    pub lists_end: Option<UnixTime>,
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// The applicant has not answered its form yet.
    Begun,
    /// The registrar is asked.
    Asking,
    /// It waits for a decision.
    Waiting,
    /// It is agreed to, and being signed.
    Issuing,
    /// The answers went back to the applicant.
    Returned,
    /// It has its certificates.
    Issued,
    /// It will not have any.
    Refused,
    /// There was no form for the applicant.
    Unserved,
}

impl RequestState {
    /// Whether operators may decide about it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Asking | Self::Waiting)
    }
}

/// Who asks for certificates: no more than its bank of a card, until that has its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applicant {
    /// Nobody has said yet, or it is not kept.
    Unknown,
    /// A card.
    Card {
        /// The first digits of the bank's cards.
        bank: String,
    },
    /// A merchant.
    Merchant {
        /// Its number.
        merchant: String,
        /// The number of its acquirer.
        bank: String,
    },
    /// A payment gateway.
    Gateway {
        /// The number of its acquirer.
        bank: String,
    },
    /// Whoever has this name in a certificate now.
    Certified {
        /// The name.
        name: String,
    },
}

/// One request of the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// The authority's label of it, in hex.
    pub id: String,
    /// Who asks.
    pub applicant: Applicant,
    /// When it began.
    pub began: UnixTime,
    /// How far it has come.
    pub state: RequestState,
}

/// A request with all that operators may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestFile {
    /// As it stands in the queue.
    pub row: RequestRow,
    /// What it asks for, and what was answered; nothing unless it waits.
    pub asked: Option<Asked>,
    /// What the applicant was told, if it was refused: the code of the standard.
    pub refused: Option<String>,
    /// The words that went with it.
    pub message: Option<String>,
    /// The answers that went back.
    pub unfit: Vec<String>,
    /// Who may say no here.
    pub refusers: Vec<Refuser>,
    /// Whether a name and a city may be said, for a merchant that no contract lists.
    pub names_merchant: bool,
    /// Its records in the audit trail, newest first.
    pub records: Vec<TrailRow>,
}

/// What an applicant asks for, and what it has answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Whether it has a certificate already.
    pub renews: bool,
    /// Which keys are to be certified.
    pub duties: Vec<KeyDuty>,
    /// The first digits of its bank's cards, or the number of its acquirer.
    pub bank: String,
    /// The language of the form.
    pub language: String,
    /// The last digits and the last month of the card, if it is one's.
    pub card: Option<String>,
    /// What was answered, as much of it as operators read.
    pub answers: Vec<GivenAnswer>,
}

/// One answer to the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAnswer {
    /// The number of the question; nothing if the form is another one now.
    pub number: Option<u16>,
    /// The question.
    pub question: String,
    /// As much of the answer as operators read.
    pub text: String,
}

/// Who says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refuser {
    /// The card's bank.
    Issuer,
    /// The merchant's bank.
    Acquirer,
    /// The authority itself.
    Authority,
}

impl Refuser {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Issuer, Self::Acquirer, Self::Authority];

    /// The word for it in forms.
    pub fn id(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Acquirer => "acquirer",
            Self::Authority => "authority",
        }
    }

    /// Reads that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refuser| refuser.id() == text)
    }
}

/// An operator's no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// For good.
    By(Refuser),
    /// Some answers are not right, by the number of the question, and why: the applicant may
    /// answer again.
    Answers(Vec<(u16, String)>),
}

/// A merchant that no contract lists, as it will stand in its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its city.
    pub city: String,
}

/// Which certificates are looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertificateSearch {
    /// What stands in the number, the name or the thumb.
    pub text: String,
    /// How they stand; nothing means anyhow.
    pub state: Option<CertificateState>,
    /// Which page of them, from 0.
    pub page: usize,
}

/// A page of certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificatesFound {
    /// Those on this page, newest first.
    pub rows: Vec<CertificateRow>,
    /// How many there are on all pages.
    pub total: usize,
    /// How many stand on a page.
    pub per_page: usize,
}

/// One certificate with all that operators may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFile {
    /// As it stands in lists.
    pub row: CertificateRow,
    /// What it says: names of the standard and their values.
    pub says: Certificate,
    /// The names of those above it, from its issuer to the root.
    pub above: Vec<String>,
    /// When and why it was taken back.
    pub revoked: Option<(UnixTime, Option<RevocationReason>)>,
    /// Whether it may be taken back here.
    pub may_be_revoked: bool,
    /// Its records in the audit trail, newest first.
    pub records: Vec<TrailRow>,
}

/// Why a certificate is taken back, as RFC 5280 names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationReason {
    /// Somebody else may have the key.
    KeyCompromise,
    /// Somebody else may have the key of the authority.
    CaCompromise,
    /// What it says of its bearer is not so any more.
    AffiliationChanged,
    /// Another one has taken its place.
    Superseded,
    /// Its bearer does not need it any more.
    CessationOfOperation,
    /// Its bearer may not do any more what it is for.
    PrivilegeWithdrawn,
}

impl RevocationReason {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::PrivilegeWithdrawn,
    ];

    /// The word for it in forms, and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::KeyCompromise => "key-compromise",
            Self::CaCompromise => "ca-compromise",
            Self::AffiliationChanged => "affiliation-changed",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessation-of-operation",
            Self::PrivilegeWithdrawn => "privilege-withdrawn",
        }
    }

    /// Reads that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.id() == text)
    }
}

/// What stops working without a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stops {
    /// Payments with a card.
    Card,
    /// A shop's offers.
    ShopSigns,
    /// A gateway's answers to a shop.
    ShopOpens,
    /// A gateway's answers.
    GatewaySigns,
    /// Payments sealed for a gateway.
    GatewayOpens,
    /// All that an authority has certified.
    AuthorityCertifies,
    /// An authority's answers.
    AuthoritySigns,
    /// Requests sealed for an authority.
    AuthorityOpens,
    /// An authority's lists.
    AuthorityLists,
}

/// What would come of taking a certificate back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consequences {
    /// The certificate.
    pub row: CertificateRow,
    /// What stops working.
    pub stops: Stops,
    /// Others that would not be believed any more.
    pub below: Vec<CertificateRow>,
    /// Whose list would say so.
    pub issuer: String,
    /// The number of that list. 1 is the issuer's first.
    pub list: u64,
    /// The number of the brand's next word on the lists.
    pub bci: u64,
}

/// One published list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Whose it is.
    pub issuer: String,
    /// Its number.
    pub number: u64,
    /// How many certificates it takes back.
    pub revoked: usize,
    /// How long it is good.
    pub span: Span,
}

/// What is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lists {
    /// The lists of all who have one.
    pub lists: Vec<ListRow>,
    /// The brand's word on which lists are current: its number, and how long it is good.
    pub bci: Option<(u64, Span)>,
    /// Records of what operators have published, newest first.
    pub records: Vec<TrailRow>,
}

/// One record of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailRow {
    /// Its number.
    pub number: u64,
    /// When.
    pub at: UnixTime,
    /// What brought it about: the name of a message, `time`, `outcome`, or an operator.
    pub cause: String,
    /// What it is about.
    pub subject: String,
    /// What became of it, in one word.
    pub outcome: String,
    /// What else is to be known.
    pub detail: String,
    /// How many messages it stands for.
    pub messages: usize,
    /// The request it is about, if it is about one.
    pub request: Option<String>,
}

/// Which records are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrailSearch {
    /// What stands in them; empty means all.
    pub about: String,
    /// Those before this number; nothing means the newest.
    pub before: Option<u64>,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trail {
    /// The records, newest first.
    pub rows: Vec<TrailRow>,
    /// Whether there may be older ones.
    pub has_older: bool,
}

/// Whether the audit trail is still what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Whole {
        /// How many records it has.
        records: u64,
        /// How many of the first of them are under a signed head.
        signed: u64,
        /// How many heads there are.
        heads: usize,
    },
    /// It is not: how that shows.
    Tampered(String),
}

/// The console of one authority. Whoever acts is named: `by` was given by the operator, and nobody
/// has checked it.
pub trait ConsolePort: Send + Sync + 'static {
    /// What the authority is called.
    fn name(&self) -> String;
    /// Whether this can be an operator's name.
    fn is_name(&self, name: &str) -> bool;
    /// What operators look at first.
    fn overview(&self) -> impl Future<Output = Said<Overview>> + Send;
    /// The requests, newest first: those that wait, or all.
    fn requests(&self, all: bool) -> impl Future<Output = Said<Vec<RequestRow>>> + Send;
    /// One request.
    fn request(&self, id: &str) -> impl Future<Output = Said<RequestFile>> + Send;
    /// Agrees to a request. Returns when its certificates are signed.
    fn approve(
        &self,
        id: &str,
        listed: Option<Listed>,
        by: &str,
    ) -> impl Future<Output = Said<()>> + Send;
    /// Turns a request down, with words for the applicant.
    fn refuse(
        &self,
        id: &str,
        refusal: Denial,
        message: Option<String>,
        by: &str,
    ) -> impl Future<Output = Said<()>> + Send;
    /// The certificates that this authority has issued.
    fn certificates(
        &self,
        search: &CertificateSearch,
    ) -> impl Future<Output = Said<CertificatesFound>> + Send;
    /// One certificate that this authority has issued, or an authority's own, by its thumb.
    fn file(&self, thumb: &str) -> impl Future<Output = Said<CertificateFile>> + Send;
    /// What would come of taking it back.
    fn consequences(&self, thumb: &str) -> impl Future<Output = Said<Consequences>> + Send;
    /// Takes it back and tells everybody.
    fn revoke(
        &self,
        thumb: &str,
        reason: RevocationReason,
        by: &str,
    ) -> impl Future<Output = Said<()>> + Send;
    /// What is published.
    fn lists(&self) -> impl Future<Output = Said<Lists>> + Send;
    /// Publishes all lists anew and tells everybody.
    fn publish(&self, by: &str) -> impl Future<Output = Said<()>> + Send;
    /// The audit trail.
    fn trail(&self, search: &TrailSearch) -> impl Future<Output = Said<Trail>> + Send;
    /// Follows the audit trail from its start.
    fn verify(&self) -> impl Future<Output = Said<Verdict>> + Send;
}

//! What a merchant or a gateway shows of its own certificates, and applying for others.

use std::future::Future;

use openset_types::UnixTime;

use super::{
    Answer, ApplicationState, CertificateState, Enrolment, KeyDuty, RevocationReason, Said, Span,
    Stops,
};
use crate::words::Tongue;

/// One certificate of a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCertificate {
    /// What its key does.
    pub duty: KeyDuty,
    /// Its brand.
    pub brand: String,
    /// Its suite.
    pub suite: String,
    /// Its serial number, in hex.
    pub serial: String,
    /// How long it is good.
    pub span: Span,
    /// Whether it is.
    pub state: CertificateState,
    /// Whether it is in use; if not, its key opens what comes late.
    pub is_in_use: bool,
    /// When it was taken back, and why if that is said.
    pub revoked: Option<(UnixTime, Option<RevocationReason>)>,
    /// What stops without it.
    pub stops: Stops,
}

/// What a party has asked its authority for, and was not granted or not yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnApplication {
    /// What [`enrolment`](CertificatesPort::enrolment) knows it by.
    pub id: String,
    /// The authority's name of the request, once it has given one.
    pub number: Option<String>,
    /// How far it has come.
    pub state: ApplicationState,
    /// When it moved last.
    pub moved: UnixTime,
    /// When the answers were sent, if they were.
    pub sent: Option<UnixTime>,
    /// When there is another try by itself, if there is one.
    pub again: Option<UnixTime>,
}

/// How a party's certificates stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnCertificates {
    /// Whether those in use are good.
    pub state: CertificateState,
    /// How long those in use are good together.
    pub span: Span,
    /// From when others are asked for by itself.
    pub renew_from: UnixTime,
    /// Those in use, then older ones whose keys still open.
    pub rows: Vec<OwnCertificate>,
    /// What is asked for, or was refused.
    pub application: Option<OwnApplication>,
    /// When the authority granted something, if that was its last answer.
    pub granted: Option<UnixTime>,
}

impl OwnCertificates {
    /// Whether others can work with this party.
    pub fn is_usable(&self) -> bool {
        matches!(self.state, CertificateState::Current | CertificateState::Ending)
    }
}

/// The certificates of a merchant or a gateway.
pub trait CertificatesPort: Send + Sync + 'static {
    /// Whose they are, in words.
    fn owner(&self) -> String;
    /// How they stand.
    fn own(&self) -> impl Future<Output = Said<OwnCertificates>> + Send;
    /// Asks for others now; what is under way already is gone on with. May wait a second or two.
    fn renew(&self) -> impl Future<Output = Said<()>> + Send;
    /// Applies with a form that is answered on a page, in a language, and answers the id of the
    /// application. One that is open is answered instead.
    fn apply(&self, tongue: Tongue) -> impl Future<Output = Said<String>> + Send;
    /// How far an application has come. May wait a second or two for the authority.
    fn enrolment(&self, id: &str) -> impl Future<Output = Said<Enrolment<()>>> + Send;
    /// Sends the answers to the form; the authority's terms were accepted.
    fn answer(&self, id: &str, answers: Vec<Answer>) -> impl Future<Output = Said<()>> + Send;
    /// Asks now what has become of an application that somebody looks at. May wait a second or two.
    fn ask_again(&self, id: &str) -> impl Future<Output = Said<()>> + Send;
    /// Asks the authority at an address that a referral named.
    fn follow(&self, id: &str, address: String) -> impl Future<Output = Said<()>> + Send;
}

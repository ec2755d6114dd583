//! The authorities that certify cardholders, merchants and payment gateways: one machine, three
//! policies.
//!
//! An authority decides nothing about people. It proves that an application holds together - one
//! key, one card, one form, one challenge - and asks a registrar whether the applicant is who it
//! says. A registrar may take its time: the applicant is told so, and inquires later. What is then
//! signed is written down first.
//!
//! What this deliberately does not know: how the registrar finds out, and what certificates look
//! like (`openset_crypto::authority` does).

mod account;
mod admission;
mod application;
mod disclosed;
mod enrolment;
mod inquiry;
mod issuing;
mod policy;
mod proof;
mod record;
mod reply;
mod welcome;

use openset_crypto::Identity;
use openset_types::Brand;

pub use application::{Applicant, Application};
pub use disclosed::{Disclosed, KnownCard, disclose};
pub use enrolment::{AuthorityEnrolment, Effect, Input, Note};
pub use issuing::{Approval, Denial, Listing, Reason};
pub use policy::{Certifies, Institution, Policy, Referral};
pub use record::{
    Answerable, Applied, Enrolment, FormSent, Issuing, Returned, Stage, Told, Unserved, Whom,
};

use crate::{acceptance::Acceptance, letter::Letterhead};

/// Who an authority is. It serves one brand.
#[derive(Debug)]
pub struct Standing {
    /// The brand.
    pub brand: Brand,
    /// Signs its messages.
    pub signature: Identity,
    /// Opens what is sealed for it: the one in use first, then older ones, kept so that late
    /// applications still open.
    pub encipherments: Vec<Identity>,
    /// Signs certificates.
    pub issuing: Identity,
    /// Where its list of revoked certificates is, if it publishes one.
    pub crl_url: Option<String>,
    /// How many seconds a certificate lasts, unless the card or the authority ends earlier.
    pub certificates_last_s: i64,
    /// After how many seconds an applicant whose registrar says nothing is told to inquire later.
    pub answer_within_s: i64,
    /// How many seconds a decided application is kept, sealed, to answer inquiries about it.
    pub inquiries_s: i64,
    /// Whom it certifies, and for which banks.
    pub policy: Policy,
    /// How its messages are headed.
    pub letterhead: Letterhead,
    /// Which dates it accepts.
    pub acceptance: Acceptance,
}

//! How a party comes to its certificates: what the applicants share with each other and with the
//! authorities.
//!
//! A cardholder's registration is its own (`cardholder::registration`), because a card and its
//! secrets are part of it. Merchants and gateways register in the same way and share
//! [`applicant`].
//!
//! What this deliberately does not know: cards, and whether an applicant deserves a certificate.

pub mod applicant;

mod addressee;
pub(crate) mod certified;
mod ended;
mod field_id;
mod form;
mod heard;
mod inquiry;
mod key;
mod patience;
mod question;
mod referral;
mod request;
mod wanted;

pub use addressee::Addressee;
pub use certified::CertifiedKey;
pub use ended::{Ended, Rejection};
pub use field_id::FieldId;
pub use form::{Answer, Field, Form, FormShown, InvalidForm, Logos, Unfit, Why};
pub use key::NewKey;
pub use patience::Patience;
pub use question::Question;
pub use referral::{REFERRALS_MAX, Referral, Trail};
pub use wanted::{KeysWanted, Occasion, Wanted};

pub(crate) use addressee::learn;
pub(crate) use form::in_language;
pub(crate) use heard::{Heard, Said, Shown};
pub(crate) use inquiry::{INQUIRY_LASTS_S, inquire};
pub(crate) use question::Echo;
pub(crate) use request::Request;

use openset_wire::types::SetString;

use crate::{refusal::Refusal, treatment::bounds};

/// A text for people, as it travels.
pub(crate) fn text<const MAX: usize>(text: &str) -> Result<SetString<MAX>, Refusal> {
    Ok(SetString::new(text).map_err(bounds)?)
}

/// A text for people that may be missing, as it travels.
pub(crate) fn maybe_text<const MAX: usize>(
    given: Option<&String>,
) -> Result<Option<SetString<MAX>>, Refusal> {
    given.map(|given| text(given)).transpose()
}

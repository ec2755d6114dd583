//! An application for certificates, from the authority's form to its answer: the same pages for a
//! card in the wallet and for a merchant or a gateway.

mod form;
mod undecided;
mod waiting;

pub use form::{AnswerComplaint, Registration, RegistrationComplaint};
pub use undecided::{PendedSheet, ReferredSheet, RefusedSheet};
pub use waiting::Waiting;

use crate::ports::Bearer;
use crate::words::Words;

impl Bearer {
    /// What texts that differ call it.
    fn word(&self) -> &'static str {
        match self {
            Self::Card { .. } => "card",
            Self::Server => "server",
        }
    }

    /// The last digits of the card, if it is one.
    fn digits(&self) -> &str {
        match self {
            Self::Card { last_four } => last_four,
            Self::Server => "",
        }
    }

    /// The page that leads to the application.
    fn home(&self) -> &'static str {
        match self {
            Self::Card { .. } => "/",
            Self::Server => "/certificates",
        }
    }

    /// What that page is called.
    fn home_name(&self, say: &Words) -> String {
        match self {
            Self::Card { .. } => say.cards_title(),
            Self::Server => say.own_title(),
        }
    }

    /// Where one that was refused is begun again.
    fn again(&self, id: &str) -> String {
        match self {
            Self::Card { .. } => format!("/cards/{id}/renew"),
            Self::Server => "/certificates/apply".to_owned(),
        }
    }
}

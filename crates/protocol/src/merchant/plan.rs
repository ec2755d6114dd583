//! How the money of an order is asked for: what the shop has agreed with the cardholder.

use openset_types::{Money, Terms};
use serde::{Deserialize, Serialize};

/// When the money is taken.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Plan {
    /// The shop takes it when the goods go out.
    #[default]
    Held,
    /// It is taken with the authorization: the goods are delivered at once.
    Sale,
    /// The goods go out in parts, and each part is authorized when it does.
    Parts {
        /// What is authorized with the order.
        first: Money,
    },
    /// It is paid more than once, on terms that the cardholder signs.
    On(Terms),
}

impl Plan {
    /// Whether it is as it is for most orders.
    pub(crate) fn is_usual(&self) -> bool {
        *self == Self::Held
    }

    /// How much is authorized with the order, of so much in all.
    pub(crate) fn first(&self, whole: Money) -> Money {
        match *self {
            Self::Held | Self::Sale => whole,
            Self::Parts { first } => first,
            Self::On(_) => self.each(whole),
        }
    }

    /// How much one of several payments is, unless something else is said; the last may be less.
    pub(crate) fn each(&self, whole: Money) -> Money {
        let Self::On(Terms::Instalments { at_most }) = *self else { return whole };
        let each = whole.minor().div_ceil(at_most.max(1));
        Money::new(each, whole.currency()).unwrap_or(whole)
    }

    /// On which terms it is paid, if there are any.
    pub fn terms(&self) -> Option<Terms> {
        match *self {
            Self::On(terms) => Some(terms),
            Self::Held | Self::Sale | Self::Parts { .. } => None,
        }
    }
}

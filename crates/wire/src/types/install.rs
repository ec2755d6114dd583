//! Instalments and recurring payments.

use openset_types::{Terms, UnixTime};
use rasn::{AsnType, Decode, Decoder, Encode};

use super::MsgExtensions;
use crate::der::Carried;

/// InstallRecurData
///
/// The terms of instalments or recurring payments.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct InstallRecurData {
    /// Which.
    pub install_recur_ind: InstallRecurInd,
    /// What SET itself does not say.
    #[rasn(tag(context, 0))]
    pub ir_extensions: Option<MsgExtensions>,
}

/// InstallRecurInd
///
/// Instalments or recurring payments.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum InstallRecurInd {
    /// Maximum number of authorizations.
    #[rasn(tag(context, 0), value("2..=18446744073709551615"))]
    InstallTotalTrans(u64),
    /// Recurring terms.
    #[rasn(tag(context, 1))]
    Recurring(Recurring),
}

/// Recurring
///
/// Payments that come again until a day.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Recurring {
    /// Minimum days between authorizations (28 = monthly).
    #[rasn(value("1..=366"))]
    pub recurring_frequency: u16,
    /// No authorization after.
    pub recurring_expiry: Carried<UnixTime>,
}

impl From<Terms> for InstallRecurData {
    fn from(terms: Terms) -> Self {
        let install_recur_ind = match terms {
            Terms::Instalments { at_most } => InstallRecurInd::InstallTotalTrans(at_most),
            Terms::Recurring { every_days, until } => InstallRecurInd::Recurring(Recurring {
                recurring_frequency: every_days,
                recurring_expiry: until.into(),
            }),
        };
        Self { install_recur_ind, ir_extensions: None }
    }
}

impl From<&InstallRecurInd> for Terms {
    fn from(terms: &InstallRecurInd) -> Self {
        match terms {
            InstallRecurInd::InstallTotalTrans(at_most) => Self::Instalments { at_most: *at_most },
            InstallRecurInd::Recurring(recurring) => Self::Recurring {
                every_days: recurring.recurring_frequency,
                until: recurring.recurring_expiry.0,
            },
        }
    }
}

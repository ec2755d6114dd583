//! What a gateway does for the merchants of its acquirer: a policy for all, and others for some.

use std::collections::BTreeMap;

use openset_types::MerchantId;

/// The policies of a gateway.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    /// What holds for every merchant that has none of its own.
    pub general: Policy,
    /// What holds for some.
    pub own: BTreeMap<MerchantId, Policy>,
}

/// What a gateway does for one merchant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Whether money may be taken with its authorization (captureNow).
    pub sales: bool,
    /// Whether a consent may be authorized in more than one part (subsequentAuthInd, AuthToken).
    pub tokens: bool,
    /// Whether instalments and recurring payments are taken (InstallRecurData).
    pub recurring: bool,
    /// How much more than the cardholder agreed to may be authorized in all, in hundredths.
    pub tolerance_percent: u8,
    /// How many seconds after its first authorization the rest of a consent may be asked for whose
    /// cardholder agreed to one payment, and to nothing about parts (abuse case 10).
    pub parts_last_s: i64,
    /// The same where the cardholder agreed to instalments, which have no last day.
    pub instalments_last_s: i64,
}

/// How many seconds the rest of a consent to one payment may be asked for, unless something else is
/// said: a month, in which goods go out in parts.
pub const PARTS_LAST_S: i64 = 31 * 86_400;

/// How many seconds a consent to instalments lasts, unless something else is said: a year.
pub const INSTALMENTS_LAST_S: i64 = 366 * 86_400;

impl Default for Policy {
    fn default() -> Self {
        Self {
            sales: true,
            tokens: true,
            recurring: true,
            tolerance_percent: 0,
            parts_last_s: PARTS_LAST_S,
            instalments_last_s: INSTALMENTS_LAST_S,
        }
    }
}

impl Policies {
    /// The policy for a merchant.
    pub(crate) fn of(&self, merchant: &MerchantId) -> &Policy {
        self.own.get(merchant).unwrap_or(&self.general)
    }
}

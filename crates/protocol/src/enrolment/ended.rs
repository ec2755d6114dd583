//! Why a registration ended without a certificate.

use openset_wire::{cert::CertStatusCode, error::ErrorCode};
use serde::{Deserialize, Serialize};

/// Why a registration ended without a certificate.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// The authority said no.
    Rejected(Rejection),
    /// The authority has no form for this applicant and does not say where else to ask.
    Referred {
        /// Its words.
        reason: Option<String>,
    },
    /// The authority sends the applicant on, and to no address that may be followed: it has been
    /// there, was sent on too often, or the address hides something (A22).
    ReferredInCircle,
    /// The authority could not go on.
    WithError(#[serde(with = "crate::stored::error_code")] ErrorCode),
    /// No answer that could be believed came in time.
    WithoutAnswer,
}

/// The authority's no.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Its code.
    #[serde(with = "crate::stored::cert_status_code")]
    pub code: CertStatusCode,
    /// Its words.
    pub message: Option<String>,
}

//! When the certificates of roles are renewed.

use std::time::Duration;

use crate::house::gateway;

/// In which last part of their life, in hundredths of it, the certificates of roles are renewed;
/// and how often somebody looks whether that has come, or whether a neighbour has others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Renewals {
    pub(crate) merchant: u8,
    pub(crate) gateway: u8,
    pub(crate) look: Duration,
}

impl Renewals {
    pub(super) fn of(self, role: &str) -> u8 {
        if role == gateway::ROLE.folder { self.gateway } else { self.merchant }
    }
}

impl Default for Renewals {
    /// In the last third; looked at every ten seconds.
    fn default() -> Self {
        Self { merchant: 33, gateway: 33, look: Duration::from_secs(10) }
    }
}

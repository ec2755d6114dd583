//! When the certificates of roles are renewed.

use crate::house::gateway;

/// In which last part of their life, in hundredths of it, the certificates of roles are renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Renewals {
    pub(crate) merchant: u8,
    pub(crate) gateway: u8,
}

impl Renewals {
    pub(super) fn of(self, role: &str) -> u8 {
        if role == gateway::ROLE.folder { self.gateway } else { self.merchant }
    }
}

impl Default for Renewals {
    /// In the last third.
    fn default() -> Self {
        Self { merchant: 33, gateway: 33 }
    }
}

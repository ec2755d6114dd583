//! What happened, in lines for whoever reads a run that failed.

use std::fmt;

use super::network::{Moment, Role};

/// What happened, oldest first.
#[derive(Debug, Default)]
pub struct History(Vec<String>);

impl History {
    /// Notes what happened to a party.
    pub fn tell(&mut self, at: Moment, role: Role, what: fmt::Arguments<'_>) {
        self.0.push(format!("{:>6}.{:03} {role:<8} {what}", at / 1000, at % 1000));
    }

    /// All of it.
    pub fn lines(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Wallet => "wallet",
            Self::Merchant => "merchant",
            Self::Gateway => "gateway",
            Self::Issuer => "issuer",
            Self::Acquirer => "acquirer",
            Self::CardholderAuthority => "cca",
            Self::MerchantAuthority => "mca",
            Self::GatewayAuthority => "pca",
        })
    }
}

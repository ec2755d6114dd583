//! A wallet and the ground it stands on: all that its pages ask, in a whole system and alone.

use std::sync::Arc;

use openset_types::Bin;

use super::{ground::Ground, system::System, wallet::Wallet};

/// A wallet behind its pages.
pub(crate) struct Purse {
    pub(crate) ground: Ground,
    pub(crate) wallet: Arc<Wallet>,
}

impl Purse {
    /// That of a system.
    pub(crate) fn of(system: &System) -> Self {
        Self { ground: system.ground.clone(), wallet: Arc::clone(&system.wallet) }
    }

    /// The bank that gave the wallet out; that of a demo, if nobody did.
    pub(crate) fn bank(&self) -> &str {
        match &self.wallet.worn {
            Some(pack) => &pack.facts.names(pack.facts.tongue()).bank,
            None => self.ground.bank.name,
        }
    }

    /// Whether the wallet holds cards that begin like this: a bank's wallet, those of that bank.
    pub(crate) fn takes(&self, bin: &Bin) -> bool {
        self.wallet.worn.as_ref().is_none_or(|pack| pack.facts.bins.contains(bin))
    }
}

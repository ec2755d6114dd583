//! Settlement: an issuer pays an acquirer what a file took.

use std::fmt;

use openset_types::{Bin, Money, UnixTime};
use serde::{Deserialize, Serialize};

use crate::clearing::{ClearingFile, FileId};

/// The money for one clearing file, from bank to bank.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The file it pays for.
    pub file: FileId,
    /// The issuer.
    pub payer: Bin,
    /// The acquirer.
    pub payee: Bin,
    /// How much.
    pub amount: Money,
    /// When.
    pub at: UnixTime,
}

/// How a settlement differs from what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettlementFault {
    /// Another amount than the file's total.
    Amount {
        /// What the file says.
        owed: Money,
        /// What was paid.
        paid: Money,
    },
    /// Between other banks.
    Banks,
    /// For another file.
    File,
}

impl Settlement {
    /// What an issuer owes for a file.
    pub fn of(file: &ClearingFile, at: UnixTime) -> Self {
        Self {
            file: file.id().clone(),
            payer: file.issuer().clone(),
            payee: file.acquirer().clone(),
            amount: file.total(),
            at,
        }
    }

    /// Whether it pays for a file, to the cent.
    pub fn pays_for(&self, file: &ClearingFile) -> Result<(), SettlementFault> {
        if &self.file != file.id() {
            return Err(SettlementFault::File);
        }
        if &self.payer != file.issuer() || &self.payee != file.acquirer() {
            return Err(SettlementFault::Banks);
        }
        if self.amount != file.total() {
            return Err(SettlementFault::Amount { owed: file.total(), paid: self.amount });
        }
        Ok(())
    }
}

impl fmt::Display for SettlementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount { owed, paid } => write!(f, "{owed} is owed and {paid} was paid"),
            Self::Banks => f.write_str("it is between other banks"),
            Self::File => f.write_str("it is for another file"),
        }
    }
}

impl std::error::Error for SettlementFault {}

//! Settlement: an issuer pays an acquirer what a file took; what a file of credits gives back, the
//! acquirer pays.

use std::fmt;

use openset_types::{Bin, Money, UnixTime};
use serde::{Deserialize, Serialize};

use crate::clearing::{ClearingFile, FileId, Flow};

/// The money for one clearing file, from bank to bank.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// The file it pays for.
    pub file: FileId,
    /// The bank that pays.
    pub payer: Bin,
    /// The bank that is paid.
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
    /// What one bank owes the other for a file.
    pub fn of(file: &ClearingFile, at: UnixTime) -> Self {
        let (payer, payee) = banks(file);
        Self {
            file: file.id().clone(),
            payer: payer.clone(),
            payee: payee.clone(),
            amount: file.total(),
            at,
        }
    }

    /// Whether it pays for a file, to the cent.
    pub fn pays_for(&self, file: &ClearingFile) -> Result<(), SettlementFault> {
        if &self.file != file.id() {
            return Err(SettlementFault::File);
        }
        if (&self.payer, &self.payee) != banks(file) {
            return Err(SettlementFault::Banks);
        }
        if self.amount != file.total() {
            return Err(SettlementFault::Amount { owed: file.total(), paid: self.amount });
        }
        Ok(())
    }
}

/// Who pays for a file, and who is paid.
fn banks(file: &ClearingFile) -> (&Bin, &Bin) {
    match file.flow() {
        Flow::Sale => (file.issuer(), file.acquirer()),
        Flow::Credit => (file.acquirer(), file.issuer()),
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

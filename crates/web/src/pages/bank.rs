//! What both banks' sites have: their tabs, the ledger, the clearing files between them.

mod clearing;
mod ledger;
mod top;

pub(super) use clearing::flow;
pub use clearing::{ClearingFilePage, ClearingFiles};
pub use ledger::LedgerPage;
pub(super) use top::{BankTop, Part};

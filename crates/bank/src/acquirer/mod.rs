//! The acquirer: the merchant's bank. It collects from issuers what its merchants have sold.
//!
//! ```text
//!   0220 ──▶ awaiting ──▶ presented ──▶ settled ──▶ credited
//!                             │
//!                             ├──▶ disputed    the issuer refuses this sale
//!                             └──▶ awaiting    the issuer refuses its file for another's sake
//! ```
//!
//! A credit goes the same way, in files of its own; until it is presented it can be taken back, as
//! a sale can. No more is ever given back of a sale than was taken: that is decided here, where
//! the money is, whoever asks and however often.
//!
//! No record of this module has room for a card number: a sale is its authorization's reference
//! and approval code.

mod batch;
mod capture;
mod credit;
mod desk;
mod fees;
mod file;
mod record;
mod refund;

use std::collections::{BTreeMap, BTreeSet};

use openset_types::{BatchNumber, Bin, Currency, InvalidMoney, MerchantId, RetrievalReference};
use serde::{Deserialize, Serialize};

use crate::clearing::{FileId, Flow};
use crate::ledger::{Ledger, LedgerFault};
use crate::reconciliation::{DayTotals, SettlementDay, Written};

use self::batch::Tally;
pub use batch::{
    BATCH_ITEMS_MAX, Batch, BatchControl, Closed, Counted, OPEN_MAX, OPEN_S_MAX, POSITION_MAX,
};
pub use credit::Statement;
pub use desk::LINES_MAX;
pub use fees::{EarlierFees, Fees, InvalidFees};
pub use file::{AnswerFault, Cleared};
pub use record::{
    AcquirerRecord, Capture, CaptureState, FileState, MerchantCredit, SentFile, TakenBack,
};

/// One acquirer: its merchants, their sales, its files and books.
#[derive(Debug)]
pub struct Acquirer {
    institution: Bin,
    name: String,
    merchants: BTreeMap<MerchantId, Merchant>,
    captures: BTreeMap<RetrievalReference, Capture>,
    /// By the authorization of the sale, then by their own references.
    refunds: BTreeMap<RetrievalReference, BTreeMap<RetrievalReference, Capture>>,
    files: BTreeMap<FileId, SentFile>,
    credits: BTreeMap<u64, MerchantCredit>,
    batches: BTreeMap<MerchantId, BTreeMap<BatchNumber, Tally>>,
    ledger: Ledger,
}

/// A merchant that banks here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    /// The number this bank knows him by.
    pub id: MerchantId,
    /// What he is called.
    pub name: String,
    /// His account at this bank.
    pub account: String,
    /// What the bank keeps of his sales.
    #[serde(flatten)]
    pub fees: Fees,
    /// What it kept before, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_fees: Vec<EarlierFees>,
    /// Who opens and closes his batches.
    #[serde(default)]
    pub batches: BatchControl,
}

impl Acquirer {
    /// An acquirer without merchants, known by an institution number and a name.
    pub fn new(institution: Bin, name: &str) -> Self {
        Self {
            institution,
            name: name.to_owned(),
            merchants: BTreeMap::new(),
            captures: BTreeMap::new(),
            refunds: BTreeMap::new(),
            files: BTreeMap::new(),
            credits: BTreeMap::new(),
            batches: BTreeMap::new(),
            ledger: Ledger::default(),
        }
    }

    /// Rebuilds an acquirer from its records; the entries must come in the order of their
    /// numbers.
    pub fn restore(
        institution: Bin,
        name: &str,
        records: impl IntoIterator<Item = AcquirerRecord>,
    ) -> Result<Self, LedgerFault> {
        let mut acquirer = Self::new(institution, name);
        for record in records {
            match record {
                AcquirerRecord::Entry(entry) => acquirer.ledger.replay(&entry)?,
                other => acquirer.enter(other),
            }
        }
        Ok(acquirer)
    }

    /// Signs a merchant up, or changes his terms.
    pub fn sign_up(&mut self, merchant: Merchant) {
        self.merchants.insert(merchant.id.clone(), merchant);
    }

    /// The number this bank is known by.
    pub fn institution(&self) -> &Bin {
        &self.institution
    }

    /// The name this bank is known by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its merchants.
    pub fn merchants(&self) -> impl Iterator<Item = &Merchant> {
        self.merchants.values()
    }

    /// The sales it knows of.
    pub fn captures(&self) -> impl Iterator<Item = &Capture> {
        self.captures.values()
    }

    /// The credits that merchants gave.
    pub fn refunds(&self) -> impl Iterator<Item = &Capture> {
        self.refunds.values().flat_map(BTreeMap::values)
    }

    /// The files it made.
    pub fn files(&self) -> impl Iterator<Item = &SentFile> {
        self.files.values()
    }

    /// What it credited and debited to merchants, in order.
    pub fn credits(&self) -> impl Iterator<Item = &MerchantCredit> {
        self.credits.values()
    }

    /// Its books.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Every sale an issuer has paid for, and every credit it was paid for by its own reference, to
    /// compare with what the other side wrote.
    pub fn written(&self) -> Vec<Written> {
        let written = |capture: &Capture| Written {
            authorization: capture.name().clone(),
            amount: capture.amount(),
        };
        self.all().filter(|capture| capture.is_paid()).map(written).collect()
    }

    /// The sums of the files to an issuer that were settled on a day, by the issuer's word for it.
    pub fn day_totals(
        &self,
        issuer: &Bin,
        currency: Currency,
        day: SettlementDay,
    ) -> Result<DayTotals, InvalidMoney> {
        let settled = self.files.values().filter_map(|sent| match &sent.state {
            FileState::Settled(settlement) if sent.file.issuer() == issuer => {
                Some((&sent.file, settlement.at))
            }
            _ => None,
        });
        DayTotals::sum(day, currency, settled)
    }

    /// The currencies in which it has sent files to an issuer.
    pub fn currencies_with(&self, issuer: &Bin) -> BTreeSet<Currency> {
        let sent = self.files.values().filter(|sent| sent.file.issuer() == issuer);
        sent.map(|sent| sent.file.currency()).collect()
    }

    /// The credits of one sale.
    fn credits_of(&self, authorization: &RetrievalReference) -> impl Iterator<Item = &Capture> {
        self.refunds.get(authorization).into_iter().flat_map(BTreeMap::values)
    }

    /// Its sales, then its credits.
    fn all(&self) -> impl Iterator<Item = &Capture> {
        self.captures().chain(self.refunds())
    }

    /// Puts records in their places; entries are in the ledger already.
    fn enter(&mut self, record: AcquirerRecord) {
        match record {
            AcquirerRecord::Batch(batch) => {
                let tallies = self.batches.entry(batch.merchant.clone()).or_default();
                match tallies.get_mut(&batch.number) {
                    Some(tally) => tally.batch = batch,
                    None => drop(tallies.insert(batch.number, Tally::new(batch))),
                }
            }
            AcquirerRecord::Capture(capture) => {
                self.count(&capture);
                let shelf = match capture.flow {
                    Flow::Sale => &mut self.captures,
                    Flow::Credit => {
                        self.refunds.entry(capture.advice.authorization.clone()).or_default()
                    }
                };
                shelf.insert(capture.name().clone(), capture);
            }
            AcquirerRecord::Credit(credit) => {
                self.credits.insert(credit.number, credit);
            }
            AcquirerRecord::Entry(_) => {}
            AcquirerRecord::File(sent) => {
                self.files.insert(sent.file.id().clone(), sent);
            }
            AcquirerRecord::Merchant(merchant) => self.sign_up(merchant),
        }
    }

    /// Takes over a finished piece of work: the books it made and the records it rests on.
    fn adopt(&mut self, ledger: Ledger, records: &[AcquirerRecord]) {
        self.ledger = ledger;
        self.take_in(records);
    }

    /// Takes over records that need no books.
    fn take_in(&mut self, records: &[AcquirerRecord]) {
        for record in records {
            self.enter(record.clone());
        }
    }
}

#[cfg(test)]
mod tests;

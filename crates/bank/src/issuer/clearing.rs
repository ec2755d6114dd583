//! Clearing at the issuer: a file is posted whole, once, and paid. A file of credits gives cards
//! back what sales took, and never more.

use std::collections::BTreeMap;

use openset_types::{Money, RetrievalReference, UnixTime};

use super::{Issuer, IssuerRecord, TakenFile};
use crate::Decided;
use crate::clearing::{
    ClearingFile, Flow, Presentation, Rejection, RejectionReason, Sale, SaleFault,
};
use crate::ledger::{
    Account, Entry, Hold, HoldFault, HoldState, Ledger, LedgerFault, Line, Occasion,
};
use crate::settlement::Settlement;

/// What an issuer answers to a clearing file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileAnswer {
    /// All of it was posted; this is the money.
    Settled(Settlement),
    /// None of it was posted.
    Rejected(Rejection),
}

impl Issuer {
    /// Takes a file: posts every hold it names and pays, or posts nothing and says why.
    pub fn take_file(
        &mut self,
        file: &ClearingFile,
        presentation: Presentation,
        now: UnixTime,
    ) -> Result<Decided<FileAnswer, IssuerRecord>, LedgerFault> {
        if file.issuer() != &self.institution {
            return Ok(reject(file, RejectionReason::WrongIssuer, now));
        }
        if let Some(taken) = self.files.get(&(file.acquirer().clone(), file.id().clone())) {
            return Ok(match presentation {
                Presentation::Again if &taken.file == file => {
                    Decided::unchanged(FileAnswer::Settled(taken.settlement.clone()))
                }
                _ => reject(file, RejectionReason::PresentedBefore, now),
            });
        }
        let faults = match file.flow() {
            Flow::Sale => self.unposted(file),
            Flow::Credit => self.unreturned(file),
        };
        if !faults.is_empty() {
            return Ok(reject(file, RejectionReason::Sales(faults), now));
        }
        self.post_file(file, now)
    }

    /// The sales that cannot be posted.
    fn unposted(&self, file: &ClearingFile) -> Faults {
        let items = file.items().iter();
        items.filter_map(|sale| Some((sale.name().clone(), self.post(sale).err()?))).collect()
    }

    /// The credits that cannot be given: of each sale as many are taken as fit into it.
    fn unreturned(&self, file: &ClearingFile) -> Faults {
        let mut given: BTreeMap<&RetrievalReference, Money> = BTreeMap::new();
        let mut faults = Vec::new();
        for credit in file.items() {
            let before = given.get(&credit.authorization).copied();
            let before = before.or_else(|| self.given_back(&credit.authorization));
            match self.give_back(credit, before) {
                Ok(sum) => {
                    given.insert(&credit.authorization, sum);
                }
                Err(fault) => faults.push((credit.name().clone(), fault)),
            }
        }
        faults
    }

    /// What will have been given back of the sale of a credit.
    fn give_back(&self, credit: &Sale, before: Option<Money>) -> Result<Money, SaleFault> {
        let hold = self.holds.get(&credit.authorization).ok_or(SaleFault::NoHold)?;
        let HoldState::Posted(posted) = hold.state else { return Err(SaleFault::NoHold) };
        if hold.approval_code != credit.approval_code {
            return Err(SaleFault::ApprovalCodeDiffers);
        }
        if hold.merchant != credit.merchant {
            return Err(SaleFault::MerchantDiffers);
        }
        if self.refunds.contains_key(credit.name()) {
            return Err(SaleFault::ClearedBefore);
        }
        let before = before.unwrap_or_else(|| Money::zero(posted.currency()));
        let sum = before.plus(credit.amount).map_err(|_| SaleFault::MoreThanHeld)?;
        match sum.exceeds(posted) {
            Ok(false) => Ok(sum),
            Ok(true) | Err(_) => Err(SaleFault::MoreThanHeld),
        }
    }

    /// The hold of a sale, posted.
    fn post(&self, sale: &Sale) -> Result<Hold, SaleFault> {
        let hold = self.holds.get(&sale.authorization).ok_or(SaleFault::NoHold)?;
        if hold.approval_code != sale.approval_code {
            return Err(SaleFault::ApprovalCodeDiffers);
        }
        if hold.merchant != sale.merchant {
            return Err(SaleFault::MerchantDiffers);
        }
        hold.clone().post(sale.amount).map_err(|fault| match fault {
            HoldFault::Closed(HoldState::Released) => SaleFault::Reversed,
            HoldFault::Closed(HoldState::Expired) => SaleFault::HoldExpired,
            HoldFault::Closed(_) => SaleFault::ClearedBefore,
            HoldFault::MoreThanHeld | HoldFault::NotYetDue => SaleFault::MoreThanHeld,
        })
    }

    fn post_file(
        &mut self,
        file: &ClearingFile,
        now: UnixTime,
    ) -> Result<Decided<FileAnswer, IssuerRecord>, LedgerFault> {
        let sales = file.items().iter().filter(|item| item.flow() == Flow::Sale);
        let holds: Vec<_> = sales.filter_map(|sale| self.post(sale).ok()).collect();
        let mut ledger = self.ledger.clone();
        let entries = self.enter_file(&mut ledger, file, now)?;
        self.ledger = ledger;
        for hold in &holds {
            self.close(hold.clone());
        }
        self.count_refunds(file);
        let settlement = Settlement::of(file, now);
        let taken = TakenFile { file: file.clone(), settlement: settlement.clone() };
        self.files.insert((file.acquirer().clone(), file.id().clone()), taken.clone());
        let holds = holds.into_iter().map(IssuerRecord::Hold);
        let entries = entries.into_iter().map(IssuerRecord::Entry);
        let records = holds.chain(entries).chain([IssuerRecord::File(taken)]).collect();
        Ok(Decided::new(FileAnswer::Settled(settlement), records))
    }

    /// Each sale is owed by its card and due to the acquirer, and each credit the other way round;
    /// then all of it is paid.
    fn enter_file(
        &self,
        ledger: &mut Ledger,
        file: &ClearingFile,
        now: UnixTime,
    ) -> Result<Vec<Entry>, LedgerFault> {
        let acquirer = Account::Clearing(file.acquirer().clone());
        let mut entries = Vec::new();
        for item in file.items() {
            let Some(hold) = self.holds.get(&item.authorization) else { continue };
            let lines = moved(item.flow(), Account::Card(hold.card), acquirer.clone(), item.amount);
            entries.push(ledger.post(now, Occasion::Cleared(item.name().clone()), lines)?);
        }
        let lines = moved(file.flow(), acquirer, Account::Central, file.total());
        entries.push(ledger.post(now, Occasion::Settled(file.id().clone()), lines)?);
        Ok(entries)
    }
}

/// Sales and credits that cannot be taken, by what they are known by.
type Faults = Vec<(RetrievalReference, SaleFault)>;

/// From one account to another for a sale; back for a credit.
fn moved(flow: Flow, one: Account, other: Account, amount: Money) -> Vec<Line> {
    let (debit, credit) = match flow {
        Flow::Sale => (one, other),
        Flow::Credit => (other, one),
    };
    vec![Line::debit(debit, amount), Line::credit(credit, amount)]
}

fn reject(
    file: &ClearingFile,
    reason: RejectionReason,
    at: UnixTime,
) -> Decided<FileAnswer, IssuerRecord> {
    let rejection = Rejection { file: file.id().clone(), at, reason };
    Decided::unchanged(FileAnswer::Rejected(rejection))
}

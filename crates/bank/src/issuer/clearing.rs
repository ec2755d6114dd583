//! Clearing at the issuer: a file is posted whole, once, and paid.

use openset_types::UnixTime;

use super::{Issuer, IssuerRecord, TakenFile};
use crate::Decided;
use crate::clearing::{ClearingFile, Presentation, Rejection, RejectionReason, Sale, SaleFault};
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
        let faults: Vec<_> = file
            .items()
            .iter()
            .filter_map(|sale| Some((sale.authorization.clone(), self.post(sale).err()?)))
            .collect();
        if !faults.is_empty() {
            return Ok(reject(file, RejectionReason::Sales(faults), now));
        }
        self.post_file(file, now)
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
        let holds: Vec<_> = file.items().iter().filter_map(|sale| self.post(sale).ok()).collect();
        let mut ledger = self.ledger.clone();
        let entries = enter_file(&mut ledger, file, &holds, now)?;
        self.ledger = ledger;
        for hold in &holds {
            self.close(hold.clone());
        }
        let settlement = Settlement::of(file, now);
        let taken = TakenFile { file: file.clone(), settlement: settlement.clone() };
        self.files.insert((file.acquirer().clone(), file.id().clone()), taken.clone());
        let holds = holds.into_iter().map(IssuerRecord::Hold);
        let entries = entries.into_iter().map(IssuerRecord::Entry);
        let records = holds.chain(entries).chain([IssuerRecord::File(taken)]).collect();
        Ok(Decided::new(FileAnswer::Settled(settlement), records))
    }
}

/// Each sale is owed by its card and due to the acquirer; then all of it is paid.
fn enter_file(
    ledger: &mut Ledger,
    file: &ClearingFile,
    holds: &[Hold],
    now: UnixTime,
) -> Result<Vec<Entry>, LedgerFault> {
    let acquirer = Account::Clearing(file.acquirer().clone());
    let mut entries = Vec::new();
    for (sale, hold) in file.items().iter().zip(holds) {
        let lines = vec![
            Line::debit(Account::Card(hold.card), sale.amount),
            Line::credit(acquirer.clone(), sale.amount),
        ];
        entries.push(ledger.post(now, Occasion::Cleared(sale.authorization.clone()), lines)?);
    }
    let lines =
        vec![Line::debit(acquirer, file.total()), Line::credit(Account::Central, file.total())];
    entries.push(ledger.post(now, Occasion::Settled(file.id().clone()), lines)?);
    Ok(entries)
}

fn reject(
    file: &ClearingFile,
    reason: RejectionReason,
    at: UnixTime,
) -> Decided<FileAnswer, IssuerRecord> {
    let rejection = Rejection { file: file.id().clone(), at, reason };
    Decided::unchanged(FileAnswer::Rejected(rejection))
}

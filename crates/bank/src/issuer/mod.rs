//! The issuer: the cardholder's bank. It grants credit, answers for its cards, and pays.
//!
//! | comes | done | answered |
//! |---|---|---|
//! | 0100 | a hold is placed, or not | 0110 |
//! | 0100 with processing code 33 | nothing | 0110: is the card good? |
//! | 0400, 0420, 0421 | the hold is released | 0410, 0430, always |
//! | 0500 | nothing | 0510: its own sums of the day |
//! | clearing file of sales | its holds are posted, all or none | settlement or rejection |
//! | clearing file of credits | cards are given back what sales took | settlement or rejection |
//!
//! A request that comes twice is answered twice and decided once. A reversal of a request that
//! has not come is remembered, so that the request is refused when it comes.
//!
//! What this module deliberately does not know: who asks over which link, and SET.

mod card;
mod clearing;
mod decide;
mod messages;
mod record;

use std::collections::BTreeMap;

use openset_types::{
    Bin, Currency, InvalidMoney, Money, Pan, RetrievalReference, SystemTrace, Trace, UnixTime,
};

use crate::clearing::{ClearingFile, FileId, Flow, Sale};
use crate::ledger::{Account, CardId, Hold, HoldState, Ledger, LedgerFault};
use crate::reconciliation::{DayTotals, SettlementDay, Written};

use card::OpenAccount;
pub use card::{CardAccount, CardView, Standing};
pub use clearing::FileAnswer;
pub use decide::Decision;
pub use record::{Answered, IssuerRecord, Reversed, StoredCard, TakenFile};

/// One issuer: its accounts, holds, answers and books.
#[derive(Debug)]
pub struct Issuer {
    institution: Bin,
    accounts: BTreeMap<CardId, OpenAccount>,
    numbers: BTreeMap<String, CardId>,
    holds: BTreeMap<RetrievalReference, Hold>,
    answered: BTreeMap<RequestKey, Answered>,
    reversed: BTreeMap<RequestKey, Reversed>,
    files: BTreeMap<(Bin, FileId), TakenFile>,
    /// The credits of the files it took, by their own references.
    refunds: BTreeMap<RetrievalReference, Sale>,
    /// What was given back of each sale.
    given_back: BTreeMap<RetrievalReference, Money>,
    ledger: Ledger,
}

/// How long a hold stands if nobody comes for it: seven days.
pub const HOLD_S: i64 = 7 * 86_400;

/// What names one request at this bank.
type RequestKey = (RetrievalReference, SystemTrace);

fn key(trace: &Trace) -> RequestKey {
    (trace.retrieval.clone(), trace.system.clone())
}

impl Issuer {
    /// An issuer without cards, known by an institution number.
    pub fn new(institution: Bin) -> Self {
        Self {
            institution,
            accounts: BTreeMap::new(),
            numbers: BTreeMap::new(),
            holds: BTreeMap::new(),
            answered: BTreeMap::new(),
            reversed: BTreeMap::new(),
            files: BTreeMap::new(),
            refunds: BTreeMap::new(),
            given_back: BTreeMap::new(),
            ledger: Ledger::default(),
        }
    }

    /// Rebuilds an issuer from its records; the entries must come in the order of their numbers.
    pub fn restore(
        institution: Bin,
        records: impl IntoIterator<Item = IssuerRecord>,
    ) -> Result<Self, LedgerFault> {
        let mut issuer = Self::new(institution);
        for record in records {
            issuer.take_back(record)?;
        }
        issuer.count_holds();
        Ok(issuer)
    }

    /// Opens an account, or changes the terms of one that has the same number.
    pub fn open(&mut self, account: CardAccount) {
        self.numbers.insert(account.pan.expose().to_owned(), account.id);
        match self.accounts.get_mut(&account.id) {
            Some(open) => open.terms = account,
            None => {
                self.accounts.insert(account.id, OpenAccount::new(account));
            }
        }
    }

    /// The number this bank is known by.
    pub fn institution(&self) -> &Bin {
        &self.institution
    }

    /// Its accounts, masked.
    pub fn cards(&self) -> impl Iterator<Item = CardView> {
        self.accounts.values().map(|account| account.view(self.owed(account)))
    }

    /// Its holds, by authorization.
    pub fn holds(&self) -> impl Iterator<Item = &Hold> {
        self.holds.values()
    }

    /// One hold.
    pub fn hold(&self, authorization: &RetrievalReference) -> Option<&Hold> {
        self.holds.get(authorization)
    }

    /// The files it took.
    pub fn files(&self) -> impl Iterator<Item = &TakenFile> {
        self.files.values()
    }

    /// Its books.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The credits it gave to cards.
    pub fn refunds(&self) -> impl Iterator<Item = &Sale> {
        self.refunds.values()
    }

    /// What was given back of a sale, if anything was.
    pub fn given_back(&self, authorization: &RetrievalReference) -> Option<Money> {
        self.given_back.get(authorization).copied()
    }

    /// Every sale it posted, and every credit by its own reference, to compare with what the other
    /// side wrote.
    pub fn written(&self) -> Vec<Written> {
        let posted = |hold: &Hold| match hold.state {
            HoldState::Posted(amount) => {
                Some(Written { authorization: hold.authorization.clone(), amount })
            }
            _ => None,
        };
        let given =
            |credit: &Sale| Written { authorization: credit.name().clone(), amount: credit.amount };
        self.holds.values().filter_map(posted).chain(self.refunds.values().map(given)).collect()
    }

    /// The sums of the files of an acquirer that it settled on a day.
    pub fn day_totals(
        &self,
        acquirer: &Bin,
        currency: Currency,
        day: SettlementDay,
    ) -> Result<DayTotals, InvalidMoney> {
        let taken = self.files.values().filter(|taken| taken.file.acquirer() == acquirer);
        DayTotals::sum(day, currency, taken.map(|taken| (&taken.file, taken.settlement.at)))
    }

    /// Ends the holds whose time has come, and says how many.
    pub fn expire_holds(&mut self, now: UnixTime) -> crate::Decided<usize, IssuerRecord> {
        let due = self.holds.values().filter(|hold| hold.is_due(now)).cloned();
        let expired: Vec<_> = due.filter_map(|hold| hold.expire(now).ok()).collect();
        for hold in &expired {
            self.close(hold.clone());
        }
        let records: Vec<_> = expired.into_iter().map(IssuerRecord::Hold).collect();
        crate::Decided::new(records.len(), records)
    }

    fn account_of(&self, pan: &Pan) -> Option<&OpenAccount> {
        self.numbers.get(pan.expose()).and_then(|id| self.accounts.get(id))
    }

    fn owed(&self, account: &OpenAccount) -> u128 {
        let currency = account.terms.credit_line.currency();
        self.ledger.balance(&Account::Card(account.terms.id), currency).debit()
    }

    /// Puts a hold in the place of the one that stood.
    fn close(&mut self, hold: Hold) {
        let posted = match hold.state {
            HoldState::Posted(amount) => amount.minor(),
            _ => 0,
        };
        if let Some(account) = self.accounts.get_mut(&hold.card) {
            account.unhold(hold.amount, hold.placed_at, posted);
        }
        self.holds.insert(hold.authorization.clone(), hold);
    }

    fn take_back(&mut self, record: IssuerRecord) -> Result<(), LedgerFault> {
        match record {
            IssuerRecord::Answered(answered) => {
                self.answered.insert(key(&answered.trace), answered);
            }
            IssuerRecord::Card(card) => self.open(card.0),
            IssuerRecord::Entry(entry) => self.ledger.replay(&entry)?,
            IssuerRecord::File(taken) => {
                let name = (taken.file.acquirer().clone(), taken.file.id().clone());
                self.count_refunds(&taken.file);
                self.files.insert(name, taken);
            }
            IssuerRecord::Hold(hold) => {
                self.holds.insert(hold.authorization.clone(), hold);
            }
            IssuerRecord::Reversed(reversed) => {
                let key = (reversed.retrieval.clone(), reversed.system.clone());
                self.reversed.insert(key, reversed);
            }
        }
        Ok(())
    }

    fn count_refunds(&mut self, file: &ClearingFile) {
        let credits = file.items().iter().filter(|item| item.flow() == Flow::Credit);
        for credit in credits {
            let nothing = Money::zero(credit.amount.currency());
            let sum = self.given_back.entry(credit.authorization.clone()).or_insert(nothing);
            // It was looked at before it was taken: it fits.
            *sum = sum.plus(credit.amount).unwrap_or(*sum);
            self.refunds.insert(credit.name().clone(), credit.clone());
        }
    }

    fn count_holds(&mut self) {
        let mut holds: Vec<_> = self.holds.values().collect();
        holds.sort_by_key(|hold| hold.placed_at);
        for hold in holds {
            let Some(account) = self.accounts.get_mut(&hold.card) else { continue };
            match hold.state {
                HoldState::Placed => account.hold(hold.amount, hold.placed_at),
                HoldState::Posted(amount) => {
                    account.count_spent(amount.minor().into(), hold.placed_at);
                }
                HoldState::Released | HoldState::Expired => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;

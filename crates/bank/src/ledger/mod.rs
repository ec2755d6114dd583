//! A bank's books: balanced entries that are never changed, and the balances they make.
//!
//! An entry moves money between accounts; a hold only keeps it back. A ledger is rebuilt from
//! its entries, which is also how it is audited.

mod account;
mod entry;
mod hold;

use std::collections::BTreeMap;
use std::fmt;

use openset_types::{Currency, UnixTime};

pub use account::{Account, Balance, CardId, Side};
pub use entry::{Entry, Line, Occasion};
pub use hold::{Hold, HoldFault, HoldState};

/// One bank's books.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    balances: BTreeMap<(Account, Currency), Balance>,
    entries: u64,
}

/// Why an entry cannot be made or believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LedgerFault {
    /// An entry is missing before this one.
    Gap,
    /// A sum no longer fits.
    TooLarge,
    /// Debits and credits differ, or there are none.
    Unbalanced,
}

impl Ledger {
    /// Makes the next entry. On an error the books are as they were.
    pub fn post(
        &mut self,
        at: UnixTime,
        occasion: Occasion,
        lines: Vec<Line>,
    ) -> Result<Entry, LedgerFault> {
        let number = self.entries.checked_add(1).ok_or(LedgerFault::TooLarge)?;
        let entry = Entry::balanced(number, at, occasion, lines)?;
        self.enter(&entry)?;
        Ok(entry)
    }

    /// Takes an entry that was made before, as the next one.
    pub fn replay(&mut self, entry: &Entry) -> Result<(), LedgerFault> {
        if self.entries.checked_add(1) != Some(entry.number()) {
            return Err(LedgerFault::Gap);
        }
        entry.check()?;
        self.enter(entry)
    }

    /// What an account has seen in a currency.
    pub fn balance(&self, account: &Account, currency: Currency) -> Balance {
        self.balances.get(&(account.clone(), currency)).copied().unwrap_or_default()
    }

    /// Every account with its balance.
    pub fn balances(&self) -> impl Iterator<Item = (&Account, Currency, Balance)> {
        self.balances.iter().map(|((account, currency), balance)| (account, *currency, *balance))
    }

    /// How many entries were made.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Whether all debits equal all credits, in every currency.
    pub fn is_balanced(&self) -> bool {
        let mut sums: BTreeMap<Currency, (u128, u128)> = BTreeMap::new();
        for ((_, currency), balance) in &self.balances {
            let (debits, credits) = sums.entry(*currency).or_default();
            *debits = debits.saturating_add(balance.debits);
            *credits = credits.saturating_add(balance.credits);
        }
        sums.values().all(|(debits, credits)| debits == credits)
    }

    fn enter(&mut self, entry: &Entry) -> Result<(), LedgerFault> {
        let mut changed: BTreeMap<(Account, Currency), Balance> = BTreeMap::new();
        for line in entry.lines() {
            let key = (line.account.clone(), line.amount.currency());
            let before = changed.get(&key).or_else(|| self.balances.get(&key));
            let after = before.copied().unwrap_or_default().with(line.side, line.amount);
            changed.insert(key, after.ok_or(LedgerFault::TooLarge)?);
        }
        self.balances.extend(changed);
        self.entries = entry.number();
        Ok(())
    }
}

impl fmt::Display for LedgerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gap => "an entry is missing before this one",
            Self::TooLarge => "a sum no longer fits",
            Self::Unbalanced => "debits and credits differ",
        })
    }
}

impl std::error::Error for LedgerFault {}

#[cfg(test)]
mod tests {
    use openset_types::{Money, RetrievalReference};

    use super::*;

    fn euro(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("an amount")
    }

    fn now() -> UnixTime {
        UnixTime::parse_generalized("20261123081500Z").expect("a real moment")
    }

    fn occasion() -> Occasion {
        Occasion::Captured(RetrievalReference::parse("632708000123").expect("twelve digits"))
    }

    fn lines(debit: Money, credit: Money) -> Vec<Line> {
        vec![Line::debit(Account::Central, debit), Line::credit(Account::Fees, credit)]
    }

    #[test]
    fn a_balanced_entry_moves_money() {
        let mut ledger = Ledger::default();
        let entry = ledger.post(now(), occasion(), lines(euro(5), euro(5))).expect("balanced");
        assert_eq!(entry.number(), 1);
        assert_eq!(ledger.balance(&Account::Central, Currency::EUR).debit(), 5);
        assert_eq!(ledger.balance(&Account::Fees, Currency::EUR).credit(), 5);
        assert!(ledger.is_balanced());
    }

    #[test]
    fn unbalanced_and_empty_entries_are_refused_and_change_nothing() {
        let mut ledger = Ledger::default();
        let yen = Money::new(5, Currency::from_code("JPY").expect("known")).expect("an amount");
        for lines in [lines(euro(5), euro(4)), lines(euro(5), yen), Vec::new()] {
            assert_eq!(ledger.post(now(), occasion(), lines), Err(LedgerFault::Unbalanced));
        }
        assert_eq!(ledger.entries(), 0);
        assert_eq!(ledger.balances().count(), 0);
    }

    #[test]
    fn books_are_rebuilt_from_their_entries_without_gaps() {
        let mut ledger = Ledger::default();
        let first = ledger.post(now(), occasion(), lines(euro(5), euro(5))).expect("balanced");
        let second = ledger.post(now(), occasion(), lines(euro(7), euro(7))).expect("balanced");
        let mut rebuilt = Ledger::default();
        assert_eq!(rebuilt.replay(&second), Err(LedgerFault::Gap));
        rebuilt.replay(&first).expect("the first");
        rebuilt.replay(&second).expect("the second");
        assert_eq!(rebuilt.replay(&second), Err(LedgerFault::Gap));
        assert!(ledger.balances().eq(rebuilt.balances()));
    }

    #[test]
    fn an_entry_changed_in_the_store_is_refused() {
        let mut ledger = Ledger::default();
        let entry = ledger.post(now(), occasion(), lines(euro(5), euro(5))).expect("balanced");
        let json = serde_json::to_string(&entry).expect("an entry is JSON");
        let changed = json.replacen("\"minor\":5", "\"minor\":6", 1);
        assert_ne!(changed, json);
        let changed: Entry = serde_json::from_str(&changed).expect("still JSON");
        assert_eq!(Ledger::default().replay(&changed), Err(LedgerFault::Unbalanced));
    }
}

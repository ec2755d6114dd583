//! The merchant's money: what was settled is credited, less a fee, or debited if it was given back,
//! and told in a statement.

use std::collections::BTreeMap;

use openset_types::{Currency, InvalidMoney, MerchantId, Money, UnixTime};

use super::{Acquirer, AcquirerRecord, Capture, CaptureState, MerchantCredit};
use crate::Decided;
use crate::clearing::{FileId, Flow};
use crate::ledger::{Account, Balance, Ledger, LedgerFault, Line, Occasion, Side};

/// What a merchant's account has seen in one currency: one line for each credit and each debit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its number in this account and currency, from 1: how many lines there are up to its last.
    pub number: u64,
    /// Who.
    pub merchant: MerchantId,
    /// What he is called.
    pub name: String,
    /// His account.
    pub account: String,
    /// Its currency.
    pub currency: Currency,
    /// The balance before the first line. A merchant that gave back more than it sold owes.
    pub opening: Balance,
    /// The lines, in order.
    pub credits: Vec<MerchantCredit>,
    /// The balance after the last line.
    pub closing: Balance,
    /// When the statement was made.
    pub at: UnixTime,
}

impl Acquirer {
    /// Credits every merchant for the sales that issuers have paid, and debits it for the credits
    /// that they were paid for.
    pub fn credit_merchants(
        &mut self,
        now: UnixTime,
    ) -> Result<Decided<Vec<MerchantCredit>, AcquirerRecord>, LedgerFault> {
        let mut ledger = self.ledger.clone();
        let mut records = Vec::new();
        let mut credits = Vec::new();
        for ((merchant, file), captures) in self.settled_sales() {
            let number = self.credits.len().saturating_add(credits.len()).saturating_add(1);
            let credit = self
                .reckon(number, merchant, file, &captures, now)
                .map_err(|_| LedgerFault::TooLarge)?;
            records.push(AcquirerRecord::Entry(enter(&mut ledger, &credit)?));
            records.push(AcquirerRecord::Credit(credit.clone()));
            records.extend(captures.into_iter().map(|capture| {
                let state = CaptureState::Credited(credit.file.clone());
                AcquirerRecord::Capture(Capture { state, ..capture })
            }));
            credits.push(credit);
        }
        self.adopt(ledger, &records);
        Ok(Decided::new(credits, records))
    }

    /// What a merchant's account has seen in a currency, after the first so many lines.
    pub fn statement(
        &self,
        merchant: &MerchantId,
        currency: Currency,
        after: usize,
        now: UnixTime,
    ) -> Option<Statement> {
        let all: Vec<_> = self.lines_of(merchant, currency).collect();
        self.told(merchant, currency, all.split_at_checked(after)?, now)
    }

    /// The statement that tells a merchant of one credit or debit: what came before it is in its
    /// opening balance, and what follows in a statement of its own.
    pub fn statement_of(&self, credit: &MerchantCredit, now: UnixTime) -> Option<Statement> {
        let (merchant, currency) = (&credit.merchant, credit.net.currency());
        let until = |line: &&MerchantCredit| line.number <= credit.number;
        let all: Vec<_> = self.lines_of(merchant, currency).filter(until).collect();
        let after = all.len().checked_sub(1)?;
        self.told(merchant, currency, all.split_at_checked(after)?, now)
    }

    fn lines_of(
        &self,
        merchant: &MerchantId,
        currency: Currency,
    ) -> impl Iterator<Item = &MerchantCredit> {
        let of_this = move |credit: &&MerchantCredit| {
            &credit.merchant == merchant && credit.net.currency() == currency
        };
        self.credits.values().filter(of_this)
    }

    fn told(
        &self,
        merchant: &MerchantId,
        currency: Currency,
        (before, credits): (&[&MerchantCredit], &[&MerchantCredit]),
        now: UnixTime,
    ) -> Option<Statement> {
        let terms = self.merchants.get(merchant)?;
        let add = |sum: Balance, credit: &MerchantCredit| sum.with(credit.side(), credit.net);
        let opening = before.iter().copied().try_fold(Balance::default(), add)?;
        Some(Statement {
            number: u64::try_from(before.len().checked_add(credits.len())?).ok()?,
            merchant: merchant.clone(),
            name: terms.name.clone(),
            account: terms.account.clone(),
            currency,
            opening,
            closing: credits.iter().copied().try_fold(opening, add)?,
            credits: credits.iter().copied().cloned().collect(),
            at: now,
        })
    }

    fn settled_sales(&self) -> BTreeMap<(MerchantId, FileId), Vec<Capture>> {
        let mut groups: BTreeMap<_, Vec<Capture>> = BTreeMap::new();
        for capture in self.all() {
            if let CaptureState::Settled(file) = &capture.state {
                let group = (capture.advice.merchant.clone(), file.clone());
                groups.entry(group).or_default().push(capture.clone());
            }
        }
        groups
    }

    fn reckon(
        &self,
        number: usize,
        merchant: MerchantId,
        file: FileId,
        captures: &[Capture],
        at: UnixTime,
    ) -> Result<MerchantCredit, InvalidMoney> {
        let first = captures.first();
        let currency = first.map_or(Currency::EUR, |one| one.advice.amount.currency());
        let flow = first.map_or(Flow::Sale, |one| one.flow);
        let gross = captures
            .iter()
            .try_fold(Money::zero(currency), |sum, capture| sum.plus(capture.amount()))?;
        let count = |count: usize| u64::try_from(count).map_err(|_| InvalidMoney::TooLarge);
        let (number, sales) = (count(number)?, count(captures.len())?);
        let fee = match (flow, self.merchants.get(&merchant)) {
            (Flow::Sale, Some(terms)) => terms.fees_of(number).of(gross, sales),
            (Flow::Sale, None) | (Flow::Credit, _) => Money::zero(currency),
        };
        Ok(MerchantCredit {
            number,
            merchant,
            file,
            flow,
            sales,
            gross,
            fee,
            net: gross.minus(fee)?,
            at,
        })
    }
}

impl MerchantCredit {
    /// On which side of the merchant's account it stands.
    pub fn side(&self) -> Side {
        match self.flow {
            Flow::Sale => Side::Credit,
            Flow::Credit => Side::Debit,
        }
    }
}

fn enter(
    ledger: &mut Ledger,
    credit: &MerchantCredit,
) -> Result<crate::ledger::Entry, LedgerFault> {
    let pending = Account::Pending(credit.merchant.clone());
    let own = Account::Merchant(credit.merchant.clone());
    let mut lines = match credit.flow {
        Flow::Sale => vec![Line::debit(pending, credit.gross), Line::credit(own, credit.net)],
        Flow::Credit => vec![Line::debit(own, credit.net), Line::credit(pending, credit.gross)],
    };
    if !credit.fee.is_zero() {
        lines.push(Line::credit(Account::Fees, credit.fee));
    }
    ledger.post(credit.at, Occasion::Credited(credit.file.clone()), lines)
}

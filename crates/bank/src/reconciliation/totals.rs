//! What was settled between two banks on one day, as sums.

use std::fmt;

use openset_types::{Currency, InvalidMoney, Money, UnixTime};

use crate::clearing::{ClearingFile, Flow};

/// A day of settlements, from midnight to midnight in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SettlementDay(UnixTime);

/// How many, and how much together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// How many.
    pub count: u64,
    /// How much together.
    pub amount: Money,
}

/// What one side has of one day, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayTotals {
    /// The day.
    pub day: SettlementDay,
    sales: Total,
    credits: Total,
}

/// A difference between the sums of two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TotalsBreak {
    /// Of sales or of credits.
    pub flow: Flow,
    /// What we have.
    pub ours: Total,
    /// What they have.
    pub theirs: Total,
}

const DAY_S: i64 = 86_400;

impl SettlementDay {
    /// The day of a moment.
    pub fn of(at: UnixTime) -> Self {
        let into_it = at.seconds().checked_rem_euclid(DAY_S).unwrap_or_default();
        Self(at.plus_s(into_it.saturating_neg()))
    }

    /// Month and day, as field 15 has them.
    pub fn mmdd(self) -> String {
        self.0.utc().format("%m%d").to_string()
    }
}

impl Total {
    /// Nothing.
    pub fn zero(currency: Currency) -> Self {
        Self { count: 0, amount: Money::zero(currency) }
    }

    fn with(self, count: usize, amount: Money) -> Result<Self, InvalidMoney> {
        let count = u64::try_from(count).map_err(|_| InvalidMoney::TooLarge)?;
        let count = self.count.checked_add(count).ok_or(InvalidMoney::TooLarge)?;
        Ok(Self { count, amount: self.amount.plus(amount)? })
    }
}

impl DayTotals {
    /// The sums of a day; nothing if they are in two currencies.
    pub fn new(day: SettlementDay, sales: Total, credits: Total) -> Option<Self> {
        let is_one = sales.amount.currency() == credits.amount.currency();
        is_one.then_some(Self { day, sales, credits })
    }

    /// The sums of the files that were settled on a day, each with the moment of that. Files of
    /// other days and currencies are passed over.
    pub fn sum<'a>(
        day: SettlementDay,
        currency: Currency,
        settled: impl Iterator<Item = (&'a ClearingFile, UnixTime)>,
    ) -> Result<Self, InvalidMoney> {
        let (mut sales, mut credits) = (Total::zero(currency), Total::zero(currency));
        for (file, at) in settled {
            if file.currency() != currency || SettlementDay::of(at) != day {
                continue;
            }
            let sum = match file.flow() {
                Flow::Sale => &mut sales,
                Flow::Credit => &mut credits,
            };
            *sum = sum.with(file.items().len(), file.total())?;
        }
        Ok(Self { day, sales, credits })
    }

    /// The currency of all of it.
    pub fn currency(&self) -> Currency {
        self.sales.amount.currency()
    }

    /// What cards paid.
    pub fn sales(&self) -> Total {
        self.sales
    }

    /// What cards were given back.
    pub fn credits(&self) -> Total {
        self.credits
    }

    /// Every difference from what the other side has; none if both have the same.
    pub fn breaks(&self, theirs: &Self) -> Vec<TotalsBreak> {
        let pairs =
            [(Flow::Sale, self.sales, theirs.sales), (Flow::Credit, self.credits, theirs.credits)];
        let differs = pairs.into_iter().filter(|(_, ours, theirs)| ours != theirs);
        differs.map(|(flow, ours, theirs)| TotalsBreak { flow, ours, theirs }).collect()
    }
}

impl fmt::Display for SettlementDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.utc().format("%Y-%m-%d"))
    }
}

impl fmt::Display for TotalsBreak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { flow, ours, theirs } = self;
        let what = match flow {
            Flow::Sale => "sales",
            Flow::Credit => "credits",
        };
        write!(f, "{what}: we have {} of {}", ours.count, ours.amount)?;
        write!(f, ", they have {} of {}", theirs.count, theirs.amount)
    }
}

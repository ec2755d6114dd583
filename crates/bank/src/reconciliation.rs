//! Reconciliation: two parties compare what they have written about the same sales, one by one or
//! by the sums of a day.

mod totals;

pub use totals::{DayTotals, SettlementDay, Total, TotalsBreak};

use std::collections::BTreeMap;
use std::fmt;

use openset_types::{Money, RetrievalReference};

/// What one party has written about one sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The authorization.
    pub authorization: RetrievalReference,
    /// How much.
    pub amount: Money,
}

/// A difference between two parties' books.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Break {
    /// Both have it, with different amounts.
    AmountDiffers {
        /// The authorization.
        authorization: RetrievalReference,
        /// What we have.
        ours: Money,
        /// What they have.
        theirs: Money,
    },
    /// Only we have it.
    OnlyOurs(Written),
    /// Only they have it.
    OnlyTheirs(Written),
    /// One of us has written it more than once.
    Twice(RetrievalReference),
}

/// Every difference between our books and theirs, by authorization. None if both tell the same.
pub fn compare(ours: &[Written], theirs: &[Written]) -> Vec<Break> {
    let mut breaks = Vec::new();
    let our_books = index(ours, &mut breaks);
    let mut their_books = index(theirs, &mut breaks);
    for (authorization, ours) in our_books {
        match their_books.remove(authorization) {
            None => breaks.push(Break::OnlyOurs(written(authorization, ours))),
            Some(theirs) if ours != theirs => {
                let authorization = authorization.clone();
                breaks.push(Break::AmountDiffers { authorization, ours, theirs });
            }
            Some(_) => {}
        }
    }
    let rest = their_books.into_iter();
    breaks.extend(rest.map(|(reference, theirs)| Break::OnlyTheirs(written(reference, theirs))));
    breaks
}

fn index<'a>(
    books: &'a [Written],
    breaks: &mut Vec<Break>,
) -> BTreeMap<&'a RetrievalReference, Money> {
    let mut index = BTreeMap::new();
    for line in books {
        if index.insert(&line.authorization, line.amount).is_some() {
            breaks.push(Break::Twice(line.authorization.clone()));
        }
    }
    index
}

fn written(authorization: &RetrievalReference, amount: Money) -> Written {
    Written { authorization: authorization.clone(), amount }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AmountDiffers { authorization, ours, theirs } => {
                write!(f, "{authorization}: we have {ours}, they have {theirs}")
            }
            Self::OnlyOurs(line) => {
                write!(f, "{}: only we have {}", line.authorization, line.amount)
            }
            Self::OnlyTheirs(line) => {
                write!(f, "{}: only they have {}", line.authorization, line.amount)
            }
            Self::Twice(authorization) => write!(f, "{authorization}: written more than once"),
        }
    }
}

#[cfg(test)]
mod tests {
    use openset_types::Currency;

    use super::*;

    fn line(reference: &str, minor: u64) -> Written {
        Written {
            authorization: RetrievalReference::parse(reference).expect("twelve digits"),
            amount: Money::new(minor, Currency::EUR).expect("an amount"),
        }
    }

    #[test]
    fn books_that_tell_the_same_have_no_breaks() {
        let ours = [line("632708000001", 1), line("632708000002", 2)];
        let theirs = [line("632708000002", 2), line("632708000001", 1)];
        assert_eq!(compare(&ours, &theirs), []);
        assert_eq!(compare(&[], &[]), []);
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let ours = [line("632708000001", 1), line("632708000002", 2)];
        let theirs = [line("632708000002", 3), line("632708000003", 4), line("632708000003", 4)];
        let breaks = compare(&ours, &theirs);
        let told: Vec<_> = breaks.iter().map(Break::to_string).collect();
        assert_eq!(
            told,
            [
                "632708000003: written more than once",
                "632708000001: only we have 0.01 EUR",
                "632708000002: we have 0.02 EUR, they have 0.03 EUR",
                "632708000003: only they have 0.04 EUR",
            ]
        );
    }
}

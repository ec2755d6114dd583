//! A gateway: its authorizations and captures, found by the names that others use.

use std::collections::{BTreeMap, BTreeSet};

use openset_types::{Money, RetrievalReference, Rrpid, Xid};

use crate::{
    books::{AUTHORIZED, Authorization, Item, Refund},
    report::{Difference, What},
    testimony::Testimony,
};

/// A gateway's books.
pub(crate) struct Account<'a> {
    pub(crate) of: &'a Testimony,
    pub(crate) authorizations: BTreeMap<Rrpid, &'a Authorization>,
    /// Authorizations by what the banks call them.
    pub(crate) references: BTreeMap<&'a RetrievalReference, &'a Authorization>,
    /// What was taken or is being taken of each authorization.
    pub(crate) items: BTreeMap<Rrpid, Vec<&'a Item>>,
    /// What was given back, by the banks' name of it.
    pub(crate) refunds: BTreeMap<&'a RetrievalReference, &'a Refund>,
}

/// The acquirer has taken it.
pub(crate) const TAKEN: &str = "Taken";
/// The acquirer has noted what is given back.
pub(crate) const DONE: &str = "Done";
/// The acquirer is being told.
pub(crate) const ADVISING: &str = "Advising";

impl<'a> Account<'a> {
    pub(crate) fn of(of: &'a Testimony) -> Self {
        let all = &of.books.authorizations;
        let refunds = of.books.refunds.iter();
        let mut items: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for item in &of.books.items {
            items.entry(item.authorization).or_default().push(item);
        }
        Self {
            of,
            authorizations: all.iter().map(|one| (one.rrpid, one)).collect(),
            references: all.iter().filter_map(|one| Some((one.reference.as_ref()?, one))).collect(),
            items,
            refunds: refunds.filter_map(|one| Some((one.own.as_ref()?, one))).collect(),
        }
    }

    pub(crate) fn folder(&self) -> &'a str {
        &self.of.party().folder
    }

    /// What was taken of an authorization; nothing if nothing was.
    pub(crate) fn taken(&self, authorization: Rrpid) -> Option<Money> {
        let items = self.items.get(&authorization)?.iter();
        let taken = items.filter(|item| item.outcome == TAKEN).filter_map(|item| item.amount);
        taken.map(Some).reduce(|sum, amount| sum?.plus(amount?).ok()).flatten()
    }

    /// Consents that hold money more than once, or more than was agreed to.
    pub(crate) fn twice(&self) -> impl Iterator<Item = Difference> {
        let mut holding: BTreeMap<Xid, Vec<&Authorization>> = BTreeMap::new();
        for one in self.authorizations.values().filter(|one| one.stage == AUTHORIZED) {
            holding.entry(one.xid).or_default().push(one);
        }
        let twice = holding.into_iter().filter_map(|(xid, all)| match all.as_slice() {
            [first, second, ..] if !is_within(&all) => Some((xid, [*first, *second])),
            _ => None,
        });
        twice.map(|(xid, both)| {
            let says = both.map(|one| match (&one.reference, one.amount) {
                (Some(reference), Some(amount)) => format!("{amount} as sale {reference}"),
                _ => "an authorization".to_owned(),
            });
            let about = format!("consent to purchase {xid}");
            Difference::new(What::AuthorizedTwice, about, [self.folder(); 2], says)
        })
    }
}

/// Whether several authorizations of one consent are what it allows: each used something else up,
/// and all together, or each where that was agreed, are no more than that.
fn is_within(all: &[&Authorization]) -> bool {
    let used: BTreeSet<_> = all.iter().filter_map(|one| one.spent.as_ref()).collect();
    let Some(agreed) = all.iter().find_map(|one| one.agreed) else { return false };
    let amounts = all.iter().map(|one| one.amount.ok_or(()));
    let within = |amount: Money| amount.exceeds(agreed.at_most) == Ok(false);
    let fits = match agreed.is_each {
        true => amounts.clone().all(|amount| amount.is_ok_and(within)),
        false => {
            let none = Money::zero(agreed.at_most.currency());
            let mut amounts = amounts;
            let sum = amounts.try_fold(none, |sum, amount| sum.plus(amount?).map_err(drop));
            sum.is_ok_and(within)
        }
    };
    used.len() == all.len() && fits
}

#[cfg(test)]
mod tests {
    use openset_types::{Currency, MerchantId};

    use super::*;
    use crate::books::Agreed;

    fn eur(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("an amount")
    }

    fn one(minor: u64, spent: u8, agreed: Option<Agreed>) -> Authorization {
        Authorization {
            rrpid: Rrpid::new([spent; 20]),
            xid: Xid::new([1; 20]),
            merchant: MerchantId::parse("ATELIER-LUMEN-001").expect("a number"),
            stage: AUTHORIZED.to_owned(),
            reference: None,
            amount: Some(eur(minor)),
            approval: None,
            spent: Some(vec![spent]),
            agreed,
        }
    }

    #[test]
    fn parts_of_one_consent_are_no_difference_and_more_than_it_or_one_token_twice_are() {
        let in_all = Some(Agreed { at_most: eur(4200), is_each: false });
        let each = Some(Agreed { at_most: eur(4200), is_each: true });
        for (first, second, is_well) in [
            (one(3000, 1, in_all), one(1200, 2, None), true),
            (one(3000, 1, in_all), one(1201, 2, None), false),
            (one(3000, 1, in_all), one(1200, 1, None), false),
            (one(3000, 1, None), one(1200, 2, None), false),
            (one(4200, 1, each), one(4200, 2, each), true),
            (one(4200, 1, each), one(4201, 2, each), false),
        ] {
            assert_eq!(is_within(&[&first, &second]), is_well, "{first:?} {second:?}");
        }
    }
}

//! A gateway: its authorizations and captures, found by the names that others use.

use std::collections::BTreeMap;

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

    /// Consents that hold money more than once.
    pub(crate) fn twice(&self) -> impl Iterator<Item = Difference> {
        let mut holding: BTreeMap<Xid, Vec<&Authorization>> = BTreeMap::new();
        for one in self.authorizations.values().filter(|one| one.stage == AUTHORIZED) {
            holding.entry(one.xid).or_default().push(one);
        }
        let twice = holding.into_iter().filter_map(|(xid, all)| match all.as_slice() {
            [first, second, ..] => Some((xid, [*first, *second])),
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

//! A merchant: its purchases, found by the names that its gateway uses.

use std::collections::BTreeMap;

use openset_types::Rrpid;

use crate::{
    books::{Authorized, Purchase},
    testimony::Testimony,
};

/// A merchant's books.
pub(crate) struct Account<'a> {
    pub(crate) of: &'a Testimony,
    /// Purchases that money is held for, by the name of the authorization.
    pub(crate) authorized: BTreeMap<Rrpid, (&'a Purchase, &'a Authorized)>,
    /// Purchases that wait for the gateway's answer, by the question.
    pub(crate) waiting: BTreeMap<Rrpid, &'a Purchase>,
}

impl<'a> Account<'a> {
    pub(crate) fn of(of: &'a Testimony) -> Self {
        let all = of.books.purchases.iter();
        let authorized = all.clone().filter_map(|purchase| {
            let authorized = purchase.authorized.as_ref()?;
            Some((authorized.rrpid, (purchase, authorized)))
        });
        let waiting = all.clone().filter_map(|purchase| Some((purchase.waiting?, purchase)));
        Self { of, authorized: authorized.collect(), waiting: waiting.collect() }
    }

    pub(crate) fn folder(&self) -> &'a str {
        &self.of.party().folder
    }
}

impl Purchase {
    /// The purchase in the words of a report.
    pub(crate) fn named(&self) -> String {
        format!("order {}", self.order)
    }

    /// Whether the gateway was asked for the money and has not answered.
    pub(crate) fn is_capturing(&self) -> bool {
        self.stage == "Capturing"
    }
}

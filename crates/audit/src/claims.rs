//! What an acquirer took note of, each sale and each credit by its name, and what was taken back of
//! it before it was presented.

use std::collections::BTreeMap;

use openset_types::{ApprovalCode, Money, RetrievalReference};

use crate::{
    files::{Clearing, Presented},
    sales::{Part, Sale, SaleId},
};

/// A sale whose merchant wants the money, or a credit by which it gives money of one back.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// The sale.
    pub(crate) sale: RetrievalReference,
    pub(crate) is_credit: bool,
    /// Where in the journal it was agreed to.
    pub(crate) at: i64,
    pub(crate) whole: Money,
    pub(crate) merchant: String,
    pub(crate) approval: Option<ApprovalCode>,
    /// What was taken back of it.
    pub(crate) less: Vec<Part>,
}

/// All of them, by issuer and name.
pub(crate) type Claims = BTreeMap<SaleId, Claim>;

/// When each name was presented first.
pub(crate) type Presentations = BTreeMap<SaleId, i64>;

impl Claim {
    /// How much it was still for at a place in the journal.
    pub(crate) fn at(&self, place: i64) -> Option<Money> {
        let before = self.less.iter().filter(|part| part.at < place);
        before.map(|part| part.amount).try_fold(self.whole, |left, part| left.minus(part).ok())
    }

    /// How much it is for.
    pub(crate) fn amount(&self) -> Option<Money> {
        self.at(i64::MAX)
    }

    /// Whether a file says of it what it should.
    pub(crate) fn is_as(&self, presented: &Presented, place: i64) -> bool {
        self.at(place) == Some(presented.amount)
            && self.sale == presented.reference
            && self.is_credit == presented.credit.is_some()
            && self.merchant == presented.merchant
            && self.approval.as_ref() == Some(&presented.approval)
    }
}

/// Every claim that the messages of an acquirer come to.
pub(crate) fn of(sales: &BTreeMap<SaleId, Sale>, presented: &Presentations) -> Claims {
    let mut claims = Claims::new();
    for (id, sale) in sales {
        let Some(taken) = &sale.taken else { continue };
        let claim = |whole, at, is_credit, less| Claim {
            sale: id.reference.clone(),
            is_credit,
            at,
            whole,
            merchant: taken.merchant.clone(),
            approval: taken.approval.clone(),
            less,
        };
        claims.insert(id.clone(), claim(taken.amount, 0, false, sale.less.clone()));
        let kept = kept(id, sale, presented);
        for given in &sale.given {
            let less = kept.iter().filter(|(own, _)| *own == given.own);
            let less = less.map(|(_, part)| part.clone()).collect();
            let name = SaleId { issuer: id.issuer.clone(), reference: given.own.clone() };
            claims.insert(name, claim(given.amount, given.at, true, less));
        }
    }
    claims
}

/// Which credit each reversal of one takes back: it names the sale and the amount, and means the
/// last of that amount that was not taken back and not presented before.
fn kept(id: &SaleId, sale: &Sale, presented: &Presentations) -> Vec<(RetrievalReference, Part)> {
    let mut kept: Vec<(RetrievalReference, Part)> = Vec::new();
    for part in &sale.kept {
        let is_free = |given: &&Part| {
            given.amount == part.amount
                && given.at < part.at
                && kept.iter().all(|(own, _)| *own != given.own)
        };
        let waits = |given: &&Part| {
            let name = SaleId { issuer: id.issuer.clone(), reference: given.own.clone() };
            presented.get(&name).is_none_or(|at| *at > part.at)
        };
        let mut all = sale.given.iter().rev().filter(is_free);
        let last = sale.given.iter().rev().find(is_free);
        if let Some(given) = all.find(waits).or(last) {
            kept.push((given.own.clone(), part.clone()));
        }
    }
    kept
}

/// Notes what a file presents, where nothing was noted before.
pub(crate) fn note(presented: &mut Presentations, clearing: &Clearing, place: i64) {
    for sale in &clearing.sales {
        let (issuer, reference) = (clearing.issuer.clone(), sale.name().clone());
        presented.entry(SaleId { issuer, reference }).or_insert(place);
    }
}

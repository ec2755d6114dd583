//! What was given back, between those who say it: merchant and gateway by the request, gateway and
//! acquirer by the banks' name of it.

use std::collections::{BTreeMap, BTreeSet};

use openset_types::Money;

use crate::{
    across::Everybody,
    books::Refund,
    gateway::{self, DONE},
    report::{Difference, Report, What, said},
    sales::Part,
};

/// Compares what everybody says was given back.
pub(crate) fn compare(everybody: &Everybody<'_>, report: &mut Report) {
    for gateway in &everybody.gateways {
        to_acquirers(gateway, everybody, report);
        to_merchant(gateway, everybody, report);
    }
    from_acquirers(everybody, report);
    from_merchants(everybody, report);
}

/// What a gateway had done, its acquirer has noted.
fn to_acquirers(gateway: &gateway::Account<'_>, everybody: &Everybody<'_>, report: &mut Report) {
    let Some(acquirer) = everybody.acquirers.first() else { return };
    let sales = everybody.acquirers.iter().flat_map(|one| one.sales.values());
    let parts = sales.flat_map(|sale| [&sale.less, &sale.given, &sale.kept]).flatten();
    let noted: BTreeMap<_, _> = parts.map(|part| (&part.own, part.amount)).collect();
    for (own, refund) in gateway.refunds.iter().filter(|(_, refund)| refund.is_done()) {
        let between = [gateway.folder(), acquirer.folder()];
        let noted = noted.get(own).copied();
        differ(format!("refund {own}"), between, [refund.amount, noted], report);
    }
}

/// What an acquirer noted, some gateway told it.
fn from_acquirers(everybody: &Everybody<'_>, report: &mut Report) {
    let Some(somebody) = everybody.gateways.first() else { return };
    for acquirer in &everybody.acquirers {
        for sale in acquirer.sales.values() {
            for Part { own, amount, .. } in
                [&sale.less, &sale.given, &sale.kept].into_iter().flatten()
            {
                if !everybody.gateways.iter().any(|one| one.refunds.contains_key(own)) {
                    let between = [acquirer.folder(), somebody.folder()];
                    differ(format!("refund {own}"), between, [Some(*amount), None], report);
                }
            }
        }
    }
}

/// What a gateway had done, its merchant knows or is about to hear.
fn to_merchant(gateway: &gateway::Account<'_>, everybody: &Everybody<'_>, report: &mut Report) {
    let [merchant] = everybody.merchants.as_slice() else { return };
    for refund in gateway.refunds.values().filter(|refund| refund.is_done()) {
        let purchase = merchant.authorized.get(&refund.authorization);
        let known = purchase.and_then(|(purchase, _)| {
            purchase.refunds.iter().find(|known| known.rrpid == refund.rrpid)
        });
        if known.is_some_and(|known| known.outcome == "Asked") {
            continue;
        }
        let known = known.filter(|known| known.outcome == DONE).map(|known| known.amount);
        let about = format!("request {}", refund.rrpid);
        let between = [gateway.folder(), merchant.folder()];
        differ(about, between, [refund.amount, known], report);
    }
}

/// What a merchant believes was done, its gateway had done.
fn from_merchants(everybody: &Everybody<'_>, report: &mut Report) {
    let Some(somebody) = everybody.gateways.first() else { return };
    let all = everybody.gateways.iter().flat_map(|one| one.refunds.values());
    let done: BTreeSet<_> = all
        .filter(|refund| refund.is_done())
        .map(|refund| (refund.rrpid, refund.authorization))
        .collect();
    for merchant in &everybody.merchants {
        for (authorization, (purchase, _)) in &merchant.authorized {
            for refund in purchase.refunds.iter().filter(|one| one.outcome == DONE) {
                if !done.contains(&(refund.rrpid, *authorization)) {
                    let about = format!("{}, request {}", purchase.named(), refund.rrpid);
                    let between = [merchant.folder(), somebody.folder()];
                    differ(about, between, [Some(refund.amount), None], report);
                }
            }
        }
    }
}

fn differ(about: String, between: [&str; 2], amounts: [Option<Money>; 2], report: &mut Report) {
    let what = match amounts {
        [one, other] if one == other => return,
        [Some(_), Some(_)] => What::RefundDiffers,
        _ => What::RefundMissing,
    };
    report.find(Difference::new(what, about, between, amounts.map(said)));
}

impl Refund {
    /// Whether the acquirer has noted it.
    fn is_done(&self) -> bool {
        self.outcome == DONE
    }
}

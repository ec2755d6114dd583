//! The acquirer's books held against those of the issuers that run beside it, and its links to
//! them.

use openset_bank::{
    acquirer::Capture,
    clearing,
    reconciliation::{Break, SettlementDay, Total, Written, compare},
};
use openset_node::banks::{AcquirerView, Reconciled};
use openset_types::Bin;
use openset_web::ports::{
    BankCompared, Comparison, DayAsked, DayLine, DaySum, Difference, Flow, FoundBreak, LinkRow,
    Said,
};

use super::super::{books::bank_name, broken};
use crate::house::system::System;

/// Sale by sale, with each issuer of this system.
pub(super) async fn compared(system: &System) -> Said<Comparison> {
    let ours = system.acquirer.host.view().await.map_err(broken)?;
    let mut banks = Vec::new();
    for view in system.views() {
        let issuer = view.ground.bank.bin();
        let theirs = view.issuer.host.view().await.map_err(broken)?.written;
        banks.push(with(&issuer, &settled(&ours, &issuer), &theirs));
    }
    let links = system.issuers.iter().map(|(issuer, link)| LinkRow {
        bank: bank_name(issuer),
        address: link.address().to_owned(),
        dialect: link.dialect().name().to_owned(),
        has_codes: link.dialect().has_codes(),
        is_up: link.is_up(),
    });
    Ok(Comparison { banks, links: links.collect(), today: None })
}

/// What the acquirer has settled with an issuer.
fn settled(view: &AcquirerView, issuer: &Bin) -> Vec<Written> {
    let of_issuer = |capture: &&Capture| capture.is_paid() && capture.advice.issuer == *issuer;
    let written = |capture: &Capture| Written {
        authorization: capture.name().clone(),
        amount: capture.amount(),
    };
    view.captures.iter().chain(&view.refunds).filter(of_issuer).map(written).collect()
}

fn with(issuer: &Bin, ours: &[Written], theirs: &[Written]) -> BankCompared {
    let breaks = compare(ours, theirs).into_iter().filter_map(found).collect();
    BankCompared { bank: bank_name(issuer), settled: ours.len(), breaks }
}

fn found(found: Break) -> Option<FoundBreak> {
    let (reference, how) = match found {
        Break::AmountDiffers { authorization, ours, theirs } => {
            (authorization, Difference::Amounts { ours, theirs })
        }
        Break::OnlyOurs(line) => (line.authorization, Difference::OnlyOurs(line.amount)),
        Break::OnlyTheirs(line) => (line.authorization, Difference::OnlyTheirs(line.amount)),
        Break::Twice(authorization) => (authorization, Difference::Twice),
        _ => return None,
    };
    Some(FoundBreak { reference: reference.to_string(), how })
}

/// What each issuer has settled today, by 0500 over its link.
pub(super) async fn today(system: &System) -> DayAsked {
    let now = system.ground.clock.now();
    let day = SettlementDay::of(now);
    let (mut lines, mut unasked, mut silent) = (Vec::new(), Vec::new(), Vec::new());
    for (issuer, link) in system.issuers.iter() {
        let bank = bank_name(issuer);
        match system.acquirer.host.reconcile(link, issuer, day).await {
            Ok(all) if all.is_empty() => unasked.push(bank),
            Ok(all) => lines.extend(all.iter().flat_map(|one| of_currency(&bank, one))),
            Err(why) => {
                tracing::warn!(%issuer, %why, "an issuer did not say what it has settled");
                silent.push(bank);
            }
        }
    }
    DayAsked { day: now, lines, unasked, silent }
}

/// Sales and credits in one currency.
fn of_currency(bank: &str, one: &Reconciled) -> [DayLine; 2] {
    let both = [
        (Flow::Sales, clearing::Flow::Sale, one.ours.sales()),
        (Flow::Credits, clearing::Flow::Credit, one.ours.credits()),
    ];
    both.map(|(flow, of, ours)| {
        let theirs = one.breaks.iter().find(|found| found.flow == of);
        let theirs = theirs.map_or(ours, |found| found.theirs);
        DayLine { bank: bank.to_owned(), flow, ours: sum(ours), theirs: sum(theirs) }
    })
}

fn sum(total: Total) -> DaySum {
    DaySum { count: total.count, amount: total.amount }
}

#[cfg(test)]
mod tests {
    use openset_bank::reconciliation::{DayTotals, TotalsBreak};
    use openset_types::{Currency, Money, RetrievalReference, UnixTime};

    use super::*;
    use crate::demo::cast;

    fn euro(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("an amount")
    }

    fn line(reference: &str, minor: u64) -> Written {
        let authorization = RetrievalReference::parse(reference).expect("twelve digits");
        Written { authorization, amount: euro(minor) }
    }

    #[test]
    fn every_kind_of_break_is_found_and_named() {
        let ours = [line("632708000001", 1), line("632708000002", 2)];
        let theirs = [line("632708000002", 3), line("632708000003", 4), line("632708000003", 4)];
        let compared = with(&cast::bin(), &ours, &theirs);
        assert_eq!((compared.bank.as_str(), compared.settled), (cast::ISSUER, 2));
        let how: Vec<_> = compared.breaks.iter().map(|found| found.how).collect();
        let differ = Difference::Amounts { ours: euro(2), theirs: euro(3) };
        let (only_ours, only_theirs) =
            (Difference::OnlyOurs(euro(1)), Difference::OnlyTheirs(euro(4)));
        assert_eq!(how, [Difference::Twice, only_ours, differ, only_theirs]);
        assert!(with(&cast::bin(), &ours, &ours).breaks.is_empty());
    }

    #[test]
    fn a_sum_that_differs_stands_beside_ours_and_one_that_does_not_is_ours() {
        let day = SettlementDay::of(UnixTime::new(1).expect("after 1970"));
        let total = |count, minor| Total { count, amount: euro(minor) };
        let ours = DayTotals::new(day, total(2, 80), total(1, 10)).expect("one currency");
        let found =
            TotalsBreak { flow: clearing::Flow::Sale, ours: total(2, 80), theirs: total(1, 42) };
        let [sales, credits] = of_currency("Banque", &Reconciled { ours, breaks: vec![found] });
        assert_eq!((sales.ours.count, sales.theirs.count), (2, 1));
        assert_eq!(sales.theirs.amount, euro(42));
        assert_eq!(credits.ours, credits.theirs);
    }
}

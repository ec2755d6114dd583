//! `openset payments`: the payments of a shop that is served. What is done is in
//! [`house::payments`](crate::house::payments).

use openset_types::RefundKind;

use crate::{
    args::{Payments, PaymentsDeed},
    demo::open::harden,
    ending::{Done, Ending},
    house::payments::{Deed, Line, PartLine, RefundLine, Told, perform_behind},
    inspect::tree::harmless,
    said::say,
};

/// Does what is asked.
pub(crate) fn payments(asked: &Payments) -> Done {
    harden();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Ending::Machine(error.into()))?;
    let told = runtime.block_on(perform_behind(&asked.data, &deed(&asked.deed)));
    let told = told.ok_or_else(|| {
        let data = asked.data.display();
        Ending::Machine(anyhow::anyhow!(
            "nobody serves the merchant of {data}\n  try: openset demo, or another --data"
        ))
    })??;
    match told {
        Told::Undone(why) => {
            eprintln!("openset: {why}\n  try: openset payments list");
            Err(Ending::No)
        }
        Told::Orders(lines) if asked.json => json(&lines),
        Told::Orders(lines) => {
            for line in &lines {
                short(line);
            }
            Ok(())
        }
        Told::Order(line) => show(&line, asked),
    }
}

fn deed(asked: &PaymentsDeed) -> Deed {
    match asked {
        PaymentsDeed::List => Deed::List,
        PaymentsDeed::Show { order } => Deed::Show { order: order.clone() },
        PaymentsDeed::Capture { order, amount } => {
            Deed::Capture { order: order.clone(), amount: amount.clone() }
        }
        PaymentsDeed::Void { order, keep } => {
            Deed::Void { order: order.clone(), keep: keep.clone() }
        }
        PaymentsDeed::Refund { order, amount } => refund(order, RefundKind::Credit, amount),
        PaymentsDeed::TakeBack { order, amount } => {
            refund(order, RefundKind::CaptureReversal, amount)
        }
        PaymentsDeed::Undo { order, amount } => refund(order, RefundKind::CreditReversal, amount),
        PaymentsDeed::Next { order, amount, take } => {
            Deed::Next { order: order.clone(), amount: amount.clone(), is_taken: *take }
        }
        PaymentsDeed::Part { order, part } => Deed::TurnTo { order: order.clone(), part: *part },
    }
}

fn refund(order: &str, kind: RefundKind, amount: &Option<String>) -> Deed {
    Deed::Refund { order: order.to_owned(), kind, amount: amount.clone() }
}

fn json(told: &impl serde::Serialize) -> Done {
    let text = serde_json::to_string_pretty(told).map_err(anyhow::Error::new)?;
    say!("{text}");
    Ok(())
}

fn short(line: &Line) {
    let Line { order, buyer, total, state, .. } = line;
    say!("{order}  {state:<11}  {total:>12}  {}", harmless(buyer));
}

/// One order. What was given up and not released is a no, and so is what was not given back.
fn show(line: &Line, asked: &Payments) -> Done {
    if asked.json {
        json(line)?;
    } else {
        short(line);
        for (name, value) in [
            ("authorized", &line.authorized),
            ("captured", &line.captured),
            ("given back", &line.given_back),
            ("xid", &line.xid),
            ("not released", &line.void_refused),
            ("left", &line.left),
            ("not agreed", &line.next_refused),
        ] {
            if let Some(value) = value {
                say!("  {name:<12}  {value}");
            }
        }
        for (number, PartLine { amount, state, is_in_front }) in (1..).zip(&line.parts) {
            let here = if *is_in_front { "  <" } else { "" };
            say!("  part {number:<7}  {amount:>12}  {state}{here}");
        }
        for refund in &line.refunds {
            let RefundLine { kind, amount, .. } = refund;
            say!("  {:<12}  {amount:>12}  {}", kind_word(*kind), outcome(refund));
        }
    }
    let is_wanted = match asked.deed {
        PaymentsDeed::Capture { .. } => line.captured.is_some(),
        PaymentsDeed::Void { .. } => line.void_refused.is_none(),
        PaymentsDeed::Next { .. } => line.next_refused.is_none(),
        PaymentsDeed::Refund { .. } | PaymentsDeed::TakeBack { .. } | PaymentsDeed::Undo { .. } => {
            line.refunds.last().and_then(|last| last.is_done) == Some(true)
        }
        PaymentsDeed::List | PaymentsDeed::Show { .. } | PaymentsDeed::Part { .. } => true,
    };
    if is_wanted { Ok(()) } else { Err(Ending::No) }
}

fn kind_word(kind: RefundKind) -> &'static str {
    match kind {
        RefundKind::CaptureReversal => "taken back",
        RefundKind::Credit => "refund",
        RefundKind::CreditReversal => "undone",
    }
}

fn outcome(refund: &RefundLine) -> String {
    match (refund.is_done, &refund.refused) {
        (Some(true), _) => "done".to_owned(),
        (Some(false), Some(why)) => format!("refused: {why}"),
        (Some(false), None) => "refused".to_owned(),
        (None, _) => "asked, not answered yet".to_owned(),
    }
}

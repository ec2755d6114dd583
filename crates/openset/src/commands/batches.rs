//! `openset batches`: the batches of a shop that is served. What is done is in
//! [`house::batches`](crate::house::batches).

use openset_protocol::merchant::{Break, Line, batch::Deed as Asked, batch::word};
use openset_types::BatchTotals;

use crate::{
    args::{Batches, BatchesDeed},
    demo::open::harden,
    ending::{Done, Ending},
    house::batches::{Deed, Told, View, perform_behind},
    inspect::tree::harmless,
    said::say,
};

/// Does what is asked.
pub(crate) fn batches(asked: &Batches) -> Done {
    harden();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Ending::Machine(error.into()))?;
    let told = runtime.block_on(perform_behind(&asked.data, &deed(asked)));
    let told = told.ok_or_else(|| {
        let data = asked.data.display();
        Ending::Machine(anyhow::anyhow!(
            "nobody serves the merchant of {data}\n  try: openset demo, or another --data"
        ))
    })??;
    match told {
        Told::Undone(why) => {
            eprintln!("openset: {why}\n  try: openset batches list");
            Err(Ending::No)
        }
        Told::Batches(views) if asked.json => json(&views),
        Told::Batches(views) => {
            views.iter().for_each(short);
            Ok(())
        }
        Told::Batch(view) => show(&view, asked),
    }
}

fn deed(asked: &Batches) -> Deed {
    let (number, deed) = match &asked.deed {
        BatchesDeed::List => (None, None),
        BatchesDeed::Show { batch } => (Some(batch), Some(Asked::Look)),
        BatchesDeed::Open { batch } => (batch.as_ref(), Some(Asked::Open)),
        BatchesDeed::Close { batch } => (Some(batch), Some(Asked::Close)),
        BatchesDeed::Purge { batch } => (Some(batch), Some(Asked::Purge)),
        BatchesDeed::Reconcile { batch } => (Some(batch), Some(Asked::Reconcile)),
    };
    Deed { brand: asked.brand.clone(), number: number.cloned(), asked: deed }
}

fn json(told: &impl serde::Serialize) -> Done {
    let text = serde_json::to_string_pretty(told).map_err(anyhow::Error::new)?;
    say!("{text}");
    Ok(())
}

fn short(view: &View) {
    let View { number, brand, state, lines, .. } = view;
    let state = state.word();
    say!("{number:>6}  {state:<18}  {:>5} items  {}", lines.len(), harmless(brand));
}

/// One batch. A status that is not success, and a difference, are a no.
fn show(view: &View, asked: &Batches) -> Done {
    if asked.json {
        json(view)?;
    } else {
        short(view);
        sums("ours", view.ours.as_ref());
        sums("the bank's", view.theirs.as_ref());
        for (name, value) in [("progress", &view.progress), ("status", &view.status)] {
            if let Some(value) = value {
                say!("  {name:<10}  {value}");
            }
        }
        for found in view.breaks.iter().flatten() {
            say!("  differs     {}", difference(found));
        }
    }
    let is_success = view.status.as_deref() == Some("Success");
    let is_compared = matches!(asked.deed, BatchesDeed::Reconcile { .. });
    let agrees = !is_compared || view.breaks.as_ref().is_some_and(Vec::is_empty);
    if is_success && agrees { Ok(()) } else { Err(Ending::No) }
}

fn sums(whose: &str, totals: Option<&BatchTotals>) {
    let Some(BatchTotals { credits, credit, debits, debit }) = totals else { return };
    say!("  {whose:<10}  {debits} debits {debit}, {credits} credits {credit}");
}

fn difference(found: &Break) -> String {
    match found {
        Break::Count { side, ours, theirs } => {
            format!("{}s: ours {ours}, the bank's {theirs}", word(*side))
        }
        Break::Sum { side, ours, theirs } => {
            format!("sum of {}s: ours {ours}, the bank's {theirs}", word(*side))
        }
        Break::Missing { ours } => format!("{}: the bank does not have it", item(ours)),
        Break::Unexpected { theirs } => format!("{}: only the bank has it", item(theirs)),
        Break::Item { ours, theirs } => format!("{}: the bank has {}", item(ours), item(theirs)),
    }
}

fn item(line: &Line) -> String {
    let Line { position, side, amount, .. } = line;
    format!("item {position}, {} {amount}", word(*side))
}

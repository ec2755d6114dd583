//! `openset payments`: the payments of a shop that is served. What is done is in
//! [`house::payments`](crate::house::payments).

use crate::{
    args::{Payments, PaymentsDeed},
    demo::open::harden,
    ending::{Done, Ending},
    house::payments::{Deed, Line, Told, perform_behind},
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
    }
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

/// One order. What was given up and not released is a no.
fn show(line: &Line, asked: &Payments) -> Done {
    if asked.json {
        json(line)?;
    } else {
        short(line);
        for (name, value) in [
            ("authorized", &line.authorized),
            ("captured", &line.captured),
            ("xid", &line.xid),
            ("not released", &line.void_refused),
        ] {
            if let Some(value) = value {
                say!("  {name:<12}  {value}");
            }
        }
    }
    let is_wanted = match asked.deed {
        PaymentsDeed::Capture { .. } => line.captured.is_some(),
        PaymentsDeed::Void { .. } => line.void_refused.is_none(),
        PaymentsDeed::List | PaymentsDeed::Show { .. } => true,
    };
    if is_wanted { Ok(()) } else { Err(Ending::No) }
}

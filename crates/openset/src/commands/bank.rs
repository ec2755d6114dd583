//! `openset bank`: the banks of a data folder, as their operators see them. What is done is in
//! [`house::counter`](crate::house::counter).

use std::path::Path;

use openset_bank::{clearing::Flow, reconciliation::Break};
use serde::Serialize;

use crate::{
    args::{Bank, BankDeed},
    demo::{cast, open::harden},
    ending::{Done, Ending},
    house::{
        banks,
        counter::{
            AccountLine, BalanceLine, CreditLine, Deed, DocumentLine, EntryLine, FileLine,
            HoldLine, LedgerLines, MerchantLine, ReconciledLine, Side, Told, WrittenLine, breaks,
            perform_behind,
        },
    },
    said::say,
};

/// Does what is asked.
pub(crate) fn bank(asked: &Bank) -> Done {
    harden();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Ending::Machine(error.into()))?;
    runtime.block_on(async {
        match asked.deed {
            BankDeed::Breaks => compare(asked).await,
            _ => print(&ask(&asked.data, folder(asked), &deed(&asked.deed)).await?, asked),
        }
    })
}

/// Whose door it is.
fn folder(asked: &Bank) -> &str {
    match asked.deed {
        BankDeed::Accounts
        | BankDeed::Holds
        | BankDeed::Ledger { acquirer: false }
        | BankDeed::Entries { acquirer: false, .. } => &asked.issuer,
        _ => banks::ACQUIRER,
    }
}

fn deed(asked: &BankDeed) -> Deed {
    match asked {
        BankDeed::Accounts => Deed::Accounts,
        BankDeed::Holds => Deed::Holds,
        BankDeed::Ledger { .. } => Deed::Ledger,
        BankDeed::Entries { before, .. } => Deed::Entries { before: *before },
        BankDeed::Merchants => Deed::Merchants,
        BankDeed::Files => Deed::Files,
        BankDeed::File { name, print } => {
            Deed::Documents { name: name.clone(), print: print.clone() }
        }
        BankDeed::Credits => Deed::Credits,
        BankDeed::Clear => Deed::Clear,
        BankDeed::Reconcile => Deed::Reconcile,
        BankDeed::Breaks => Deed::Written,
    }
}

async fn ask(data: &Path, folder: &str, deed: &Deed) -> Result<Told, Ending> {
    let told = perform_behind(data, folder, deed).await;
    let told = told.ok_or_else(|| {
        let place = data.join(folder);
        Ending::Machine(anyhow::anyhow!(
            "nobody serves the bank of {}\n  try: openset demo, or another --data",
            place.display()
        ))
    })??;
    match told {
        Told::Undone(why) => {
            eprintln!("openset: {why}");
            Err(Ending::No)
        }
        told => Ok(told),
    }
}

fn print(told: &Told, asked: &Bank) -> Done {
    match told {
        Told::Accounts(lines) => list(lines, asked, account),
        Told::Holds(lines) => list(lines, asked, hold),
        Told::Ledger(ledger) => show(ledger, asked),
        Told::Entries(lines) => list(lines, asked, entry),
        Told::Merchants(lines) => list(lines, asked, merchant),
        Told::Files(lines) => list(lines, asked, file),
        Told::Documents(lines) => list(lines, asked, document),
        Told::Document(text) => {
            say!("{text}");
            Ok(())
        }
        Told::Credits(lines) => list(lines, asked, credit),
        Told::Reconciled(lines) => reconciled(lines, asked),
        Told::Written(_) | Told::Undone(_) => Ok(()),
    }
}

fn list<T: Serialize>(lines: &[T], asked: &Bank, print: fn(&T)) -> Done {
    if asked.json {
        return json(&lines);
    }
    lines.iter().for_each(print);
    Ok(())
}

fn json(told: &impl Serialize) -> Done {
    let text = serde_json::to_string_pretty(told).map_err(anyhow::Error::new)?;
    say!("{text}");
    Ok(())
}

fn account(line: &AccountLine) {
    let AccountLine { account, card, standing, granted, held, owed } = line;
    say!("{account}  {card}  {standing:<7}  granted {granted}, held {held}, owed {owed}");
}

fn hold(line: &HoldLine) {
    let HoldLine { authorization, account, merchant, amount, state, placed_at, .. } = line;
    let posted = line.posted.as_ref().map(|posted| format!(" {posted}")).unwrap_or_default();
    say!("{authorization}  {placed_at}  {account}  {amount:>12}  {state}{posted}  {merchant}");
}

/// A ledger. One that is not balanced is a no.
fn show(ledger: &LedgerLines, asked: &Bank) -> Done {
    if asked.json {
        json(ledger)?;
    } else {
        ledger.accounts.iter().for_each(amount);
        let balanced = if ledger.is_balanced { "balanced" } else { "not balanced" };
        say!("{} entries, {balanced}", ledger.entries);
    }
    if ledger.is_balanced { Ok(()) } else { Err(Ending::No) }
}

/// An entry, and each of its lines below it.
fn entry(entry: &EntryLine) {
    say!("{:>6}  {}  {}", entry.number, entry.at, entry.occasion);
    entry.lines.iter().for_each(amount);
}

/// An account with the side of it on which an amount stands.
fn amount(line: &BalanceLine) {
    let side = match line.side {
        Side::Debit => "debit",
        Side::Credit => "credit",
    };
    say!("{:<28}  {side:<6}  {:>16}", line.account, line.balance);
}

fn merchant(line: &MerchantLine) {
    let MerchantLine { merchant, name, account, fee_basis_points, fee_fixed } = line;
    let fixed = match fee_fixed.as_slice() {
        [] => String::new(),
        fixed => format!(", and {} of each", fixed.join(" or ")),
    };
    let (percent, hundredths) = (fee_basis_points / 100, fee_basis_points % 100);
    say!("{merchant}  {name}  account {account}  fee {percent}.{hundredths:02} %{fixed}");
}

fn file(line: &FileLine) {
    let FileLine { name, issuer, items, total, state, .. } = line;
    let what = match line.flow {
        Flow::Sale => "sales",
        Flow::Credit => "credits",
    };
    let settled = line.settled_at.as_ref().map(|at| format!(" {at}")).unwrap_or_default();
    say!("{name}  issuer {issuer}  {what} {items}  {total:>12}  {state}{settled}");
}

fn document(line: &DocumentLine) {
    let DocumentLine { kind, sender, recipient, at, octets, .. } = line;
    say!("{at}  {kind}  {sender} to {recipient}  {octets} octets");
}

fn credit(line: &CreditLine) {
    let CreditLine { number, merchant, file, gross, fee, net, .. } = line;
    let sign = match line.flow {
        Flow::Sale => "credited",
        Flow::Credit => "debited",
    };
    say!("{number:>4}  {merchant}  {sign}  gross {gross}, fee {fee}, net {net}  {file}");
}

/// What issuers said of the day. A difference is a no, and so is silence.
fn reconciled(lines: &[ReconciledLine], asked: &Bank) -> Done {
    list(lines, asked, |line| {
        let ReconciledLine { issuer, day, currency, .. } = line;
        let currency = currency.as_deref().unwrap_or("every currency");
        let told = match (&line.unanswered, line.breaks.as_slice()) {
            (Some(why), _) => why.clone(),
            (None, []) => "the sums agree".to_owned(),
            (None, breaks) => breaks.join("; "),
        };
        say!("issuer {issuer}, {day}, {currency}: {told}");
    })?;
    let agree = lines.iter().all(|line| line.unanswered.is_none() && line.breaks.is_empty());
    if agree { Ok(()) } else { Err(Ending::No) }
}

/// What two banks have written differently, for people and programs.
#[derive(Serialize)]
struct Compared {
    /// The issuer, by the first digits of its cards.
    issuer: String,
    /// Whether it is served from this folder; what is not cannot be compared.
    is_served: bool,
    breaks: Vec<String>,
}

/// Compares the books of the acquirer with those of each issuer. A break is a no.
async fn compare(asked: &Bank) -> Done {
    let written = |told| match told {
        Told::Written(lines) => Ok(lines),
        _ => Err(Ending::Machine(anyhow::anyhow!("the bank says something else"))),
    };
    let ours = written(ask(&asked.data, banks::ACQUIRER, &Deed::Written).await?)?;
    let mut compared = Vec::new();
    for bank in cast::BANKS {
        let issuer = bank.bin();
        let (folder, name) = (banks::issuer_folder(bank), issuer.to_string());
        let Some(told) = perform_behind(&asked.data, &folder, &Deed::Written).await else {
            let is_ours = |line: &WrittenLine| line.issuer.as_ref() == Some(&issuer);
            if ours.iter().any(is_ours) {
                compared.push(Compared { issuer: name, is_served: false, breaks: Vec::new() });
            }
            continue;
        };
        let found = breaks(&ours, &issuer, &written(told?)?);
        let breaks = found.iter().map(Break::to_string).collect();
        compared.push(Compared { issuer: name, is_served: true, breaks });
    }
    if asked.json {
        json(&compared)?;
    } else {
        compared.iter().for_each(told);
    }
    let agree = compared.iter().all(|one| one.is_served && one.breaks.is_empty());
    if agree { Ok(()) } else { Err(Ending::No) }
}

fn told(compared: &Compared) {
    let issuer = &compared.issuer;
    match compared.breaks.as_slice() {
        [] if compared.is_served => say!("issuer {issuer}: the books agree"),
        [] => say!("issuer {issuer}: not served from this folder, and not compared"),
        breaks => breaks.iter().for_each(|one| say!("issuer {issuer}: {one}")),
    }
}

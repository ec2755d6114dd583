//! `openset audit`: reads everybody's database and has an independent reader derive every balance
//! again. What is true is decided in `openset_audit`; here files are found, read and told.

use std::{fs, path::Path, thread, time::Duration};

use anyhow::Context;
use openset_audit::{Difference, Message, Party, Report, Role, Testimony, Totals, Way};
use openset_node::{
    clock::{Clock, SystemClock},
    fault::Fault,
    store::{Direction, Passed, Seq, sqlite::Reading},
};
use openset_types::Currency;
use serde_json::json;

use crate::{
    args::Audit,
    demo::cast::OTHER_BRAND_FOLDER,
    ending::{Done, Ending},
    paint::Paint,
    said::say,
};

/// How long a payment that was under way at the first look has to get on.
const SECOND_LOOK: Duration = Duration::from_secs(2);

/// Audits a data folder.
pub(crate) fn audit(audit: &Audit) -> Done {
    let parties = parties(&audit.data)?;
    if parties.is_empty() {
        return Err(Ending::input(format_args!(
            "there are no books in {}\n  try: openset demo, or another --data",
            audit.data.display()
        )));
    }
    let mut report = look(&audit.data, &parties)?;
    if !report.differences.is_empty() {
        // Databases are read one after the other. What only time stood between is gone when they
        // are read again.
        thread::sleep(SECOND_LOOK);
        let again = look(&audit.data, &parties)?;
        let before = std::mem::replace(&mut report, again).differences;
        report.differences.retain(|difference| before.contains(difference));
    }
    if audit.json {
        as_json(&report)?;
    } else {
        print(&report);
    }
    if report.differences.is_empty() { Ok(()) } else { Err(Ending::No) }
}

/// Reads everybody in a data folder once and compares.
pub(crate) fn look_at(data: &Path) -> Result<Report, Ending> {
    look(data, &parties(data)?)
}

fn look(data: &Path, parties: &[Party]) -> Result<Report, Ending> {
    let testimonies = parties.iter().map(|party| read(data, party));
    let testimonies = testimonies.collect::<Result<Vec<_>, _>>()?;
    Ok(openset_audit::audit(&testimonies, SystemClock.now()))
}

/// Everybody whose database is there, of the first brand and of the other one.
pub(crate) fn parties(data: &Path) -> Result<Vec<Party>, Ending> {
    let mut found = parties_in(data, "")?;
    found.extend(parties_in(data, OTHER_BRAND_FOLDER)?);
    found.sort();
    Ok(found)
}

fn parties_in(data: &Path, brand: &str) -> Result<Vec<Party>, Ending> {
    let folder = data.join(brand);
    let Ok(entries) = fs::read_dir(&folder) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("{} cannot be read", folder.display()))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Some(role) = role(&name).filter(|role| is_apart(*role, brand)) else { continue };
        let folder = if brand.is_empty() { name } else { format!("{brand}/{name}") };
        if entry.path().join("store.elsewhere").exists() {
            let fault = Fault::StoreElsewhere;
            return Err(Ending::Machine(anyhow::anyhow!("the books of {folder}: {fault}")));
        }
        if entry.path().join("store.db").is_file() {
            found.push(Party { role, folder });
        }
    }
    Ok(found)
}

/// What the party of a folder is; nothing if it takes no part in payments.
fn role(folder: &str) -> Option<Role> {
    match folder {
        "merchant" => Some(Role::Merchant),
        "gateway" => Some(Role::Gateway),
        "acquirer" => Some(Role::Acquirer),
        _ => (folder == "issuer" || folder.starts_with("issuer-")).then_some(Role::Issuer),
    }
}

/// Whether a party keeps books in the folder of this brand: shop and acquirer are those of all
/// brands, and what another brand has of them is their certificates.
fn is_apart(role: Role, brand: &str) -> bool {
    brand.is_empty() || matches!(role, Role::Gateway | Role::Issuer)
}

fn read(data: &Path, party: &Party) -> Result<Testimony, Ending> {
    let path = data.join(&party.folder).join("store.db");
    let mut testimony = Testimony::of(party.clone());
    let read = Reading::open(&path).and_then(|file| {
        file.journal(|message| hear(&mut testimony, message))?;
        for kind in party.role.books() {
            file.records(kind, |record| testimony.note(kind, &record.state))?;
        }
        Ok(())
    });
    read.with_context(|| format!("the books in {}", path.display()))?;
    Ok(testimony)
}

/// Takes the next message of a journal, or only its place if it is not the one that was stored.
pub(crate) fn hear(testimony: &mut Testimony, message: Result<Passed, Seq>) {
    let passed = match message {
        Ok(passed) => passed,
        Err(seq) => return testimony.altered(seq.number()),
    };
    testimony.hear(Message {
        number: passed.seq.number(),
        way: match passed.direction {
            Direction::In => Way::In,
            Direction::Out => Way::Out,
        },
        sender: &passed.sender,
        recipient: &passed.recipient,
        name: &passed.name,
        xid: passed.xid,
        rrpid: passed.rrpid,
        octets: &passed.octets,
    });
}

fn print(report: &Report) {
    let paint = Paint::of_stdout();
    for read in &report.read {
        let openset_audit::Read { party, messages, records } = read;
        say!("  {party:<24} {messages:>7} messages  {records:>7} records");
    }
    for (currency, totals) in &report.totals {
        say!("\n  {currency}");
        for (word, sum) in sums(totals, *currency) {
            say!("    {word:<12} {sum:>20}");
        }
    }
    say!("");
    match report.differences.len() {
        0 => say!("  {} {AGREED}", paint.good("✓")),
        count => {
            let word = if count == 1 { "difference" } else { "differences" };
            say!("  {} {count} {word}", paint.bad("✗"));
        }
    }
    report.differences.iter().for_each(|difference| say!("    {difference}"));
}

/// What is said of books without a difference.
pub(crate) const AGREED: &str = "every balance follows from the messages, and all books agree";

/// The sums of a currency, in the order in which money moves.
fn sums(totals: &Totals, currency: Currency) -> [(&'static str, String); 11] {
    [
        ("authorized", totals.authorized),
        ("undone", totals.undone),
        ("captured", totals.captured),
        ("taken back", totals.taken_back),
        ("settled", totals.settled),
        ("credited", totals.credited),
        ("fees", totals.fees),
        ("stated", totals.stated),
        ("given back", totals.given_back),
        ("returned", totals.returned),
        ("debited", totals.debited),
    ]
    .map(|(word, sum)| (word, openset_audit::written(sum, currency)))
}

fn as_json(report: &Report) -> Done {
    let totals = report.totals.iter().map(|(currency, totals)| {
        let sums = sums(totals, *currency);
        let sums = sums.map(|(word, sum)| (word.replace(' ', "-"), json!(sum)));
        (currency.to_string(), sums.into_iter().collect::<serde_json::Map<_, _>>().into())
    });
    let differences: &[Difference] = &report.differences;
    let facts = json!({
        "read": report.read,
        "totals": totals.collect::<serde_json::Map<_, _>>(),
        "agree": differences.is_empty(),
        "differences": differences,
    });
    let json = serde_json::to_string_pretty(&facts).context("a report is no JSON")?;
    say!("{json}");
    Ok(())
}

//! What operators read: lines for people, or JSON.

use std::path::Path;

use openset_types::UnixTime;
use serde::Serialize;
use serde_json::json;

use crate::{
    ceremony::carried::Wish,
    ending::Done,
    house::bureau::{BRAND, Dossier, Heard, Line, Preview, Published, Request, Revocation, State},
    house::dossier,
    paint::Paint,
    said::say,
};

/// The tree, what is taken back and what ends, and the state of the lists.
pub(super) fn tree(lines: &[Line], published: &Published, json: bool) -> Done {
    if json {
        let certificates: Vec<_> = lines.iter().map(facts).collect();
        return as_json(&json!({ "certificates": certificates, "lists": lists(published) }));
    }
    let paint = Paint::of_stdout();
    for line in lines {
        let state = match line.state {
            State::Current => paint.good(&format!("until {}", line.until)),
            State::Ending => paint.bad(&format!("ends on {}", line.until)),
            State::Ended => paint.bad(&format!("ended on {}", line.until)),
            State::Revoked => paint.bad(&taken_back(line)),
        };
        let depth = depth(line);
        say!("{}  {:depth$}{}, {}  {state}", line.serial, "", line.name, line.paper);
    }
    say!("");
    print_lists(published);
    Ok(())
}

/// One certificate with everything in it, and the names of those above it.
pub(super) fn certificate(line: &Line, above: &[String], json: bool) -> Done {
    let says = dossier::facts(&line.certificate)?;
    if json {
        let says: serde_json::Map<_, _> =
            says.into_iter().map(|(name, value)| (name, value.into())).collect();
        return as_json(&json!({ "certificate": facts(line), "above": above, "says": says }));
    }
    say!("{}, {}", line.name, line.paper);
    for (name, value) in says {
        say!("  {name:<24} {value}");
    }
    for name in above {
        say!("  {:<24} {name}", "above");
    }
    Ok(())
}

/// Requests, the newest first, with what was answered by those who wait.
pub(super) fn requests(all: &[Dossier], json: bool) -> Done {
    if json {
        let all: Vec<_> = all.iter().map(answered).collect::<Result<_, _>>()?;
        return as_json(&all);
    }
    if all.is_empty() {
        say!("nothing waits");
    }
    for Dossier { request, asked } in all {
        say!("{}", one_line(request));
        let Some(asked) = asked else { continue };
        if let Some(card) = &asked.card {
            say!("    the card {card}");
        }
        for given in &asked.answers {
            let number = given.number.map(|number| format!("{number}. ")).unwrap_or_default();
            say!("    {number}{}: {}", given.question, given.text);
        }
    }
    Ok(())
}

/// A request as JSON says it: with the answers beside the rest.
fn answered(dossier: &Dossier) -> anyhow::Result<serde_json::Value> {
    let mut said = serde_json::to_value(&dossier.request)?;
    if let Some(fields) = said.as_object_mut() {
        fields.insert("asked".to_owned(), serde_json::to_value(&dossier.asked)?);
    }
    Ok(said)
}

/// What would come of taking a certificate back.
pub(super) fn preview(preview: &Preview, json: bool) -> Done {
    let Preview { line, stops, below, list, bci } = preview;
    if json {
        return as_json(&json!({
            "certificate": facts(line),
            "stops": stops.to_string(),
            "below": below.iter().map(facts).collect::<Vec<_>>(),
            "list": { "issuer": list.issuer, "number": list.number },
            "named": bci,
        }));
    }
    say!("{} of {}, if it is taken back:", line.serial, line.name);
    say!("  {stops}");
    for hung in below {
        say!("  not believed any more: {} of {}, {}", hung.serial, hung.name, hung.paper);
    }
    say!("  at once list {} of {} says so, and the brand's {bci}", list.number, list.issuer);
    say!("  parties that listen are told; wallets learn it with the next message");
    Ok(())
}

/// What was decided.
pub(super) fn decided(request: &Request, json: bool) -> Done {
    if json {
        return as_json(request);
    }
    say!("{}", one_line(request));
    Ok(())
}

/// What was taken back, and who knows.
pub(super) fn revocation(revocation: &Revocation, json: bool) -> Done {
    let Revocation { line, list, heard } = revocation;
    if json {
        let certificate = facts(line);
        return as_json(&json!({ "revoked": certificate, "list": list, "told": told(heard) }));
    }
    say!("{} of {} is taken back: list {list} of {}", line.serial, line.name, line.issuer);
    print_heard(heard);
    Ok(())
}

/// What is published, and who knows.
pub(super) fn published(published: &Published, heard: &[Heard], json: bool) -> Done {
    if json {
        return as_json(&json!({ "lists": lists(published), "told": told(heard) }));
    }
    print_lists(published);
    print_heard(heard);
    Ok(())
}

/// What a ceremony is to do, and where that is written.
pub(super) fn request(wishes: &[Wish], lists: usize, out: &Path, json: bool) -> Done {
    if json {
        let wishes: Vec<_> = wishes.iter().map(Wish::to_string).collect();
        return as_json(&json!({ "take_back": wishes, "lists": lists, "request": out }));
    }
    for wish in wishes {
        say!("to be taken back by a ceremony: {wish}");
    }
    say!("to be named by the brand's ceremony: lists {lists}");
    say!("  request  {}", out.display());
    Ok(())
}

fn print_lists(published: &Published) {
    for list in &published.lists {
        let (number, until) = (list.number, list.ends_at);
        let revoked = list.revoked;
        say!("list {number} of {}: {revoked} taken back, good until {until}", list.issuer);
    }
    match published.bci {
        Some(bci) => {
            say!("the brand names them, number {}, good until {}", bci.sequence, bci.ends_at);
        }
        None => say!("the brand has not said which lists are the current ones"),
    }
}

fn print_heard(heard: &[Heard]) {
    for Heard { role, why_not } in heard {
        match why_not {
            None => say!("  {role} knows"),
            Some(why) if role == BRAND => {
                say!("  the brand has not named it yet: {why}");
            }
            Some(why) => {
                say!("  {role} does not know yet: {why}; it reads them itself when it runs")
            }
        }
    }
}

fn one_line(request: &Request) -> String {
    let mut line = format!(
        "{}  {}  {}  {}  {}",
        request.id,
        request.began_at,
        request.authority,
        request.applicant,
        request.state.word()
    );
    let words = request.refused.iter().chain(&request.message).chain(&request.unfit);
    for word in words {
        line.push_str(": ");
        line.push_str(word);
    }
    line
}

fn taken_back(line: &Line) -> String {
    let Some(revoked) = &line.revoked else { return String::new() };
    let why = revoked.reason.map(|reason| format!(", {reason:?}")).unwrap_or_default();
    format!("taken back on {}{why}", revoked.at)
}

/// How far a line stands to the right: one step for each authority above it.
fn depth(line: &Line) -> usize {
    use openset_crypto::Authority as Kind;
    match (line.authority, line.issued_by.kind) {
        (Some(Kind::Root), _) => 0,
        (_, Kind::Root) => 2,
        (_, Kind::Brand | Kind::Geopolitical) => 4,
        (_, Kind::Cardholder | Kind::Merchant | Kind::Gateway) => 6,
    }
}

/// A certificate as JSON says it.
#[derive(Debug, Serialize)]
struct Facts<'a> {
    serial: &'a str,
    name: &'a str,
    purpose: &'a str,
    issuer: &'a str,
    thumb: &'a str,
    key: String,
    from: UnixTime,
    until: UnixTime,
    state: &'static str,
    revoked_at: Option<UnixTime>,
    reason: Option<String>,
}

fn facts(line: &Line) -> Facts<'_> {
    let revoked = line.revoked.as_ref();
    Facts {
        serial: &line.serial,
        name: &line.name,
        purpose: &line.paper,
        issuer: &line.issuer,
        thumb: &line.thumb,
        key: line.key.to_string(),
        from: line.from,
        until: line.until,
        state: match line.state {
            State::Current => "current",
            State::Ending => "ending",
            State::Ended => "ended",
            State::Revoked => "revoked",
        },
        revoked_at: revoked.map(|revoked| revoked.at),
        reason: revoked.and_then(|revoked| Some(format!("{:?}", revoked.reason?))),
    }
}

fn lists(published: &Published) -> serde_json::Value {
    let all: Vec<_> = published
        .lists
        .iter()
        .map(|list| {
            json!({
                "issuer": list.issuer,
                "number": list.number,
                "made_at": list.made_at,
                "ends_at": list.ends_at,
                "revoked": list.revoked,
            })
        })
        .collect();
    let named = published.bci.map(
        |bci| json!({ "number": bci.sequence, "made_at": bci.made_at, "ends_at": bci.ends_at }),
    );
    json!({ "published": all, "named": named })
}

fn told(heard: &[Heard]) -> serde_json::Value {
    let one = |heard: &Heard| json!({ "role": heard.role, "why_not": heard.why_not });
    heard.iter().map(one).collect()
}

pub(super) fn as_json(facts: &impl Serialize) -> Done {
    let json = serde_json::to_string_pretty(facts).map_err(anyhow::Error::new)?;
    say!("{json}");
    Ok(())
}

//! `openset ca audit`: who asked what, and whether the trail of it is whole.

use serde_json::json;

use super::{ending, print::as_json};
use crate::{
    args::ca::Audit,
    ending::{Done, Ending},
    house::bureau::{Bureau, Entry, Verified, record::Sought},
    paint::Paint,
    said::say,
};

/// One authority's trail, as far as it was asked for.
struct Trail {
    authority: &'static str,
    entries: Vec<Entry>,
    verified: Option<Verified>,
}

/// Lists the trails, and verifies them if that is asked for. A trail that was tampered with ends
/// the command with a no.
pub(super) async fn list(bureau: &Bureau, audit: &Audit, json: bool) -> Done {
    let sought = Sought {
        before: audit.before,
        about: audit.about.clone(),
        limit: usize::try_from(audit.last).unwrap_or(usize::MAX),
    };
    let mut trails = Vec::new();
    for office in &bureau.offices {
        let authority = office.seat.folder;
        if audit.authority.is_some_and(|wanted| wanted.folder() != authority) {
            continue;
        }
        let entries = bureau.trail(authority, &sought).await.map_err(ending)?;
        let verified = match audit.verify {
            true => Some(bureau.verify(authority).await.map_err(ending)?),
            false => None,
        };
        trails.push(Trail { authority, entries, verified });
    }
    let is_tampered = |trail: &Trail| matches!(trail.verified, Some(Verified::Tampered(_)));
    let is_whole = !trails.iter().any(is_tampered);
    if json {
        as_json(&trails.iter().map(facts).collect::<Vec<_>>())?
    } else {
        print(&trails)
    }
    if is_whole { Ok(()) } else { Err(Ending::No) }
}

fn print(trails: &[Trail]) {
    let paint = Paint::of_stdout();
    for Trail { authority, entries, verified } in trails {
        for Entry { number, at, cause, subject, outcome, detail, .. } in entries {
            let detail = if detail.is_empty() { String::new() } else { format!(", {detail}") };
            say!("{authority} {number}  {at}  {cause}  {subject}  {outcome}{detail}");
        }
        match verified {
            Some(Verified::Whole(whole)) => {
                let (records, heads, signed) = (whole.records, whole.heads, whole.signed);
                let good = format!("{records} records, each follows from those before it");
                say!("{authority}: {}; {heads} heads sign the first {signed}", paint.good(&good));
            }
            Some(Verified::Tampered(why)) => say!("{authority}: {}", paint.bad(why)),
            None => {}
        }
    }
}

fn facts(trail: &Trail) -> serde_json::Value {
    let verified = trail.verified.as_ref().map(|verified| match verified {
        Verified::Whole(whole) => json!({
            "whole": true,
            "records": whole.records,
            "heads": whole.heads,
            "signed": whole.signed,
        }),
        Verified::Tampered(why) => json!({ "whole": false, "why": why }),
    });
    json!({ "authority": trail.authority, "records": trail.entries, "verified": verified })
}

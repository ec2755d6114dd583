//! `openset ca`: the daily work of authorities on the command line. What is done is in
//! [`house::bureau`](crate::house::bureau); here it is asked for and printed.

mod open;
mod print;
mod trail;

use std::{fs, path::Path};

use anyhow::Context;
use openset_wire::x509::CrlReason;

use self::open::Opened;
use crate::{
    args::ca::{
        Approve, Ca, CaDeed, List, Publish, Refuse, RefusedBy, Requests, Revoke, RevokedFor, Stands,
    },
    ceremony::{Carried, carried::Wish},
    commands::ceremony::{brought, require_free},
    demo::open::harden,
    ending::{Done, Ending},
    house::{
        bureau::{
            BRAND, Bureau, Heard, Line, Listed, No, Office, Operator, State, Undone, queue::By,
        },
        gateway,
        lists::GLANCE,
        merchant,
    },
    serve::claim,
};

/// Does what is asked.
pub(crate) fn ca(ca: &Ca) -> Done {
    harden();
    let by = Operator::at_command_line(ca.by.as_deref());
    let by = by.map_err(|why| Ending::input(format_args!("--by is no name\n  expected: {why}")))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Ending::Machine(error.into()))?;
    runtime.block_on(async {
        let opened = Opened::open(ca).await?;
        let done = perform(&opened.bureau, ca, &by).await;
        opened.close().await;
        done
    })
}

async fn perform(bureau: &Bureau, ca: &Ca, by: &Operator) -> Done {
    match &ca.deed {
        CaDeed::List(list) => {
            let lines = wanted(bureau.tree().await.map_err(ending)?, list);
            print::tree(&lines, &bureau.published(), ca.json)
        }
        CaDeed::Show(show) => {
            let (line, above) = bureau.certificate(&show.serial).await.map_err(ending)?;
            print::certificate(&line, &above, ca.json)
        }
        CaDeed::Requests(requests) => list_requests(bureau, requests, ca.json).await,
        CaDeed::Approve(approve) => {
            let decided = bureau.approve(&approve.id, listed(approve), by).await.map_err(ending)?;
            print::decided(&decided, ca.json)
        }
        CaDeed::Refuse(refuse) => {
            let decided = bureau.refuse(&refuse.id, no(refuse)?, by).await.map_err(ending)?;
            print::decided(&decided, ca.json)
        }
        CaDeed::Revoke(revoke) => take_back(bureau, revoke, ca.json, by).await,
        CaDeed::Publish(publish) => put_out(bureau, publish, ca.json, by).await,
        CaDeed::Audit(audit) => trail::list(bureau, audit, ca.json).await,
    }
}

/// The certificates that are asked for.
fn wanted(mut lines: Vec<Line>, list: &List) -> Vec<Line> {
    if let Some(text) = &list.find {
        lines.retain(|line| line.says(text));
    }
    let stands = match list.state {
        Some(Stands::Current) => Some(State::Current),
        Some(Stands::Ending) => Some(State::Ending),
        Some(Stands::Ended) => Some(State::Ended),
        Some(Stands::Revoked) => Some(State::Revoked),
        None => None,
    };
    lines.retain(|line| stands.is_none_or(|state| line.state == state));
    if list.ending {
        lines.retain(|line| line.state == State::Ending);
        lines.sort_by_key(|line| line.until);
    }
    lines
}

async fn list_requests(bureau: &Bureau, requests: &Requests, json: bool) -> Done {
    let mut dossiers = Vec::new();
    if let Some(id) = &requests.id {
        dossiers.push(bureau.request(id).await.map_err(ending)?);
    } else {
        for office in &bureau.offices {
            let mut all = office.requests().await.map_err(ending)?;
            all.retain(|request| requests.all || request.state.is_open());
            for request in all {
                dossiers.push(office.request(&request.id).await.map_err(ending)?);
            }
        }
    }
    print::requests(&dossiers, json)
}

async fn take_back(bureau: &Bureau, revoke: &Revoke, json: bool, by: &Operator) -> Done {
    if let Some(out) = &revoke.request {
        require_free(out)?;
    }
    let (mut wishes, mut heard) = (Vec::new(), None::<Vec<Heard>>);
    for serial in &revoke.serials {
        let Some(because) = revoke.reason.map(reason).filter(|_| !revoke.preview) else {
            print::preview(&bureau.preview(serial).await.map_err(ending)?, json)?;
            continue;
        };
        match bureau.revoke(serial, because, by).await {
            Ok(revocation) => {
                print::revocation(&revocation, json)?;
                heard.get_or_insert_default().extend(revocation.heard);
            }
            Err(Undone::Apart { serial, .. }) if revoke.request.is_some() => {
                wishes.extend(Wish::of(&serial, because));
            }
            Err(undone) => return Err(ending(undone)),
        }
    }
    if let Some(out) = &revoke.request {
        ask(bureau, wishes, out, (json, by)).await?;
    }
    if let Some(heard) = heard {
        until_read(bureau, &heard).await;
    }
    Ok(())
}

async fn put_out(bureau: &Bureau, publish: &Publish, json: bool, by: &Operator) -> Done {
    if let Some(out) = &publish.request {
        require_free(out)?;
        return ask(bureau, Vec::new(), out, (json, by)).await;
    }
    let done = match &publish.file {
        Some(file) => {
            let unfit = |error| Ending::input(format_args!("{}: {error:#}", file.display()));
            let carried = Carried::read(&brought(file)?).map_err(unfit)?;
            bureau.take_in(&carried, by).await
        }
        None => bureau.publish(by).await,
    };
    let (published, heard) = done.map_err(ending)?;
    print::published(&published, &heard, json)?;
    until_read(bureau, &heard).await;
    Ok(())
}

/// Where the brand tells nobody, whoever is served here reads the lists itself: when the command
/// has ended they have. Where nobody is served nobody is waited for.
async fn until_read(bureau: &Bureau, heard: &[Heard]) {
    let is_told = heard.iter().any(|heard| heard.role != BRAND);
    let is_taken = |role: &str| claim::is_taken(&bureau.ground.data, role);
    let is_served = bureau.offices.iter().any(Office::is_served)
        || [gateway::ROLE, merchant::ROLE].iter().any(|role| is_taken(role.folder));
    if !is_told && is_served {
        tokio::time::sleep(GLANCE + GLANCE / 2).await;
    }
}

/// Writes what a ceremony is to do.
async fn ask(
    bureau: &Bureau,
    wishes: Vec<Wish>,
    out: &Path,
    (json, by): (bool, &Operator),
) -> Done {
    let carried = bureau.ask_ceremony(wishes, by).await.map_err(ending)?;
    let text = carried.write()?;
    fs::write(out, text).with_context(|| format!("{} cannot be written", out.display()))?;
    print::request(&carried.wishes, carried.lists.len(), out, json)
}

fn listed(approve: &Approve) -> Option<Listed> {
    let (name, city) = (approve.name.clone()?, approve.city.clone()?);
    Some(Listed { name, city })
}

fn no(refuse: &Refuse) -> Result<No, Ending> {
    let length = refuse.message.as_deref().unwrap_or_default().chars().count();
    if length > No::CHARACTERS_MAX {
        let most = No::CHARACTERS_MAX;
        return Err(Ending::input(format_args!(
            "--message has {length} characters\n  try: at most {most}"
        )));
    }
    let by = match refuse.reason {
        Some(RefusedBy::Issuer) => By::Issuer,
        Some(RefusedBy::Acquirer) => By::Acquirer,
        Some(RefusedBy::Authority) => By::Authority,
        None => No::answers(refuse.answers.iter().cloned()),
    };
    Ok(No { by, message: refuse.message.clone() })
}

/// The reason of a list.
pub(crate) fn reason(reason: RevokedFor) -> CrlReason {
    match reason {
        RevokedFor::KeyCompromise => CrlReason::KeyCompromise,
        RevokedFor::CaCompromise => CrlReason::CaCompromise,
        RevokedFor::AffiliationChanged => CrlReason::AffiliationChanged,
        RevokedFor::Superseded => CrlReason::Superseded,
        RevokedFor::CessationOfOperation => CrlReason::CessationOfOperation,
        RevokedFor::PrivilegeWithdrawn => CrlReason::PrivilegeWithdrawn,
    }
}

/// How a deed that was not done ends the command, and what to try instead.
fn ending(undone: Undone) -> Ending {
    let remedy = match &undone {
        Undone::NoRequest { .. } | Undone::NotWaiting { .. } => "openset ca requests --all",
        Undone::ManyRequests { .. } | Undone::ManyCertificates { .. } => "more of its digits",
        Undone::Unlisted { .. } => "--name and --city, as its contract says them",
        Undone::NoCertificate { .. } | Undone::Already { .. } => "openset ca list",
        Undone::IsRoot => "a ceremony that makes the announced root",
        Undone::Apart { .. } => "--request FILE, and carry the file to its ceremony",
        Undone::NotBelieved { .. } => "what the ceremony wrote last",
        Undone::NoLists { .. } => "blocking the card or the merchant at its bank",
        Undone::NoQuestion { .. } => "a number that openset ca requests shows",
        Undone::NoReason { .. } => "a few words after the =",
        Undone::TooManyWords { .. } => "fewer words",
        Undone::NoAuthority { .. } => "one that keeps a trail: openset ca audit",
        Undone::Unrecorded { .. } | Undone::Failed { .. } => {
            return Ending::Machine(anyhow::anyhow!("{undone}"));
        }
    };
    match undone {
        Undone::Unlisted { .. }
        | Undone::NoQuestion { .. }
        | Undone::NoReason { .. }
        | Undone::TooManyWords { .. } => Ending::input(format_args!("{undone}\n  try: {remedy}")),
        _ => {
            eprintln!("openset: {undone}\n  try: {remedy}");
            Ending::No
        }
    }
}

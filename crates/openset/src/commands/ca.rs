//! `openset ca`: the daily work of authorities on the command line. What is done is in
//! [`house::bureau`](crate::house::bureau); here it is asked for and printed.

mod open;
mod print;
mod trail;

use openset_wire::x509::CrlReason;

use self::open::Opened;
use crate::{
    args::ca::{
        Approve, Ca, CaDeed, List, Refuse, RefusedBy, Requests, Revoke, RevokedFor, Stands,
    },
    demo::open::harden,
    ending::{Done, Ending},
    house::bureau::{Bureau, Line, Listed, No, Operator, State, Undone, queue::By},
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
        CaDeed::Publish => {
            let (published, heard) = bureau.publish(by).await.map_err(ending)?;
            print::published(&published, &heard, ca.json)
        }
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
    for serial in &revoke.serials {
        match revoke.reason {
            Some(because) if !revoke.preview => {
                let revocation = bureau.revoke(serial, reason(because), by).await;
                print::revocation(&revocation.map_err(ending)?, json)?;
            }
            _ => print::preview(&bureau.preview(serial).await.map_err(ending)?, json)?,
        }
    }
    Ok(())
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

fn reason(reason: RevokedFor) -> CrlReason {
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

//! `openset ca`: the daily work of authorities on the command line. What is done is in
//! [`house::bureau`](crate::house::bureau); here it is asked for and printed.

mod open;
mod print;

use openset_wire::x509::CrlReason;

use self::open::Opened;
use crate::{
    args::{Approve, Ca, CaDeed, RefusedBy, Revoke, RevokedFor},
    demo::open::harden,
    ending::{Done, Ending},
    house::bureau::{Bureau, Listed, No, Undone, queue::By},
};

/// The most characters of words for an applicant.
const MESSAGE_MAX: usize = 128;

/// Does what is asked.
pub(crate) fn ca(ca: &Ca) -> Done {
    harden();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Ending::Machine(error.into()))?;
    runtime.block_on(async {
        let opened = Opened::open(ca).await?;
        let done = perform(&opened.bureau, ca).await;
        opened.close().await;
        done
    })
}

async fn perform(bureau: &Bureau, ca: &Ca) -> Done {
    match &ca.deed {
        CaDeed::List => {
            let lines = bureau.tree().await.map_err(ending)?;
            print::tree(&lines, &bureau.published(), ca.json)
        }
        CaDeed::Requests(requests) => {
            let mut all = bureau.requests().await.map_err(ending)?;
            all.retain(|request| requests.all || request.state.is_open());
            print::requests(&all, ca.json)
        }
        CaDeed::Approve(approve) => {
            let decided = bureau.approve(&approve.id, listed(approve)).await.map_err(ending)?;
            print::decided(&decided, ca.json)
        }
        CaDeed::Refuse(refuse) => {
            let length = refuse.message.as_deref().unwrap_or_default().chars().count();
            if length > MESSAGE_MAX {
                return Err(Ending::input(format_args!(
                    "--message has {length} characters\n  try: at most {MESSAGE_MAX}"
                )));
            }
            let no = No { by: by(refuse.reason), message: refuse.message.clone() };
            let decided = bureau.refuse(&refuse.id, no).await.map_err(ending)?;
            print::decided(&decided, ca.json)
        }
        CaDeed::Revoke(revoke) => take_back(bureau, revoke, ca.json).await,
        CaDeed::Publish => {
            let (published, heard) = bureau.publish().await.map_err(ending)?;
            print::published(&published, &heard, ca.json)
        }
    }
}

async fn take_back(bureau: &Bureau, revoke: &Revoke, json: bool) -> Done {
    for serial in &revoke.serials {
        let revocation = bureau.revoke(serial, reason(revoke.reason)).await.map_err(ending)?;
        print::revocation(&revocation, json)?;
    }
    Ok(())
}

fn listed(approve: &Approve) -> Option<Listed> {
    let (name, city) = (approve.name.clone()?, approve.city.clone()?);
    Some(Listed { name, city })
}

fn by(reason: RefusedBy) -> By {
    match reason {
        RefusedBy::Issuer => By::Issuer,
        RefusedBy::Acquirer => By::Acquirer,
        RefusedBy::Authority => By::Authority,
    }
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
        Undone::Failed { what } => return Ending::Machine(anyhow::anyhow!("{what}")),
    };
    match undone {
        Undone::Unlisted { .. } => Ending::input(format_args!("{undone}\n  try: {remedy}")),
        _ => {
            eprintln!("openset: {undone}\n  try: {remedy}");
            Ending::No
        }
    }
}

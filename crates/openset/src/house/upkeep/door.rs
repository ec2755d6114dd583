//! The operator's door of a merchant or a gateway: how its certificates stand, and asking for
//! others.

use std::{path::Path, sync::Arc};

use openset_node::shutdown::Stop;
use openset_protocol::enrolment::applicant::Applicant;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use super::{Report, Upkeep};
use crate::house::socket::{self, OPERATORS, Performs};

/// What is asked of a party about its certificates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Deed {
    /// How they stand.
    List,
    /// Others are wanted now.
    Renew,
    /// What has become of what was asked for; or whether to go where a referral says.
    Inquire { follow: Option<String> },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Told {
    Report(Box<Report>),
    /// Why not.
    Undone(String),
}

impl<A: Applicant> Performs for Upkeep<A> {
    type Deed = Deed;
    type Told = Told;

    async fn perform(&self, deed: Deed) -> Told {
        let done = match deed {
            Deed::List => self.report().await,
            Deed::Renew => self.renew().await,
            Deed::Inquire { follow } => self.inquire(follow).await,
        };
        match done {
            Ok(report) => Told::Report(Box::new(report)),
            Err(error) => Told::Undone(format!("{error:#}")),
        }
    }

    fn baffled() -> Told {
        Told::Undone("not a deed".to_owned())
    }
}

/// Opens the door in the party's folder.
pub(super) fn open<A: Applicant>(
    upkeep: &Arc<Upkeep<A>>,
    stop: Stop,
) -> anyhow::Result<JoinHandle<()>> {
    let (data, role) = (&upkeep.ground.data, upkeep.role.folder);
    socket::open(data, role, OPERATORS, Arc::clone(upkeep), stop)
}

/// Says a deed to the party that another process serves from this folder, if one does.
pub(crate) async fn perform_behind(
    data: &Path,
    role: &str,
    deed: &Deed,
) -> Option<anyhow::Result<Told>> {
    let socket = socket::find(data, role, OPERATORS).await?;
    Some(socket::ask(&socket, deed).await)
}

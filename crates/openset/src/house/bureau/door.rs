//! The operator's door of an authority: what can be asked of it, through the socket in its folder
//! or in this process.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use data_encoding::BASE64;
use openset_node::{driver::Driver, shutdown::Stop};
use openset_protocol::ca::AuthorityEnrolment;
use openset_wire::{der::decode, x509::Certificate};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use super::{
    Operator, Undone,
    queue::{self, Dossier, Listed, No, Request},
    record::{self, Act, Entry, Sought},
};
use crate::{
    ceremony::Seat,
    house::socket::{self, OPERATORS, Performs},
};

/// What is asked of one authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Deed {
    Requests,
    /// One request, with what was answered.
    Request {
        id: String,
    },
    Issued,
    Approve {
        id: String,
        listed: Option<Listed>,
        by: String,
    },
    Refuse {
        id: String,
        no: No,
        by: String,
    },
    /// Something that an operator is about to do elsewhere, or has done.
    Record(Act),
    Trail(Sought),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Told {
    Requests(Vec<Request>),
    Request(Box<Dossier>),
    /// Certificates (DER, base64).
    Issued(Vec<String>),
    Decided(Request),
    Recorded,
    Trail(Vec<Entry>),
    Undone(Undone),
}

/// One authority, in this process or behind its door.
pub(crate) struct Office {
    pub(crate) seat: Seat,
    reach: Reach,
}

enum Reach {
    Here(Inside),
    Behind(PathBuf),
}

/// An authority of this process: its folder and its machine.
#[derive(Clone)]
struct Inside {
    seat: Seat,
    folder: PathBuf,
    enrolments: Driver<AuthorityEnrolment>,
}

impl Office {
    /// An authority of this process, in this data folder.
    pub(crate) fn here(seat: Seat, data: &Path, enrolments: Driver<AuthorityEnrolment>) -> Self {
        Self { seat, reach: Reach::Here(Inside::of(seat, data, enrolments)) }
    }

    /// Whether another process serves it.
    pub(crate) fn is_served(&self) -> bool {
        matches!(self.reach, Reach::Behind(_))
    }

    /// An authority that another process serves from this data folder, if one does.
    pub(crate) async fn behind(seat: Seat, data: &Path) -> Option<Self> {
        let socket = socket::find(data, seat.folder, OPERATORS).await?;
        Some(Self { seat, reach: Reach::Behind(socket) })
    }

    /// Its requests, newest first.
    pub(crate) async fn requests(&self) -> Result<Vec<Request>, Undone> {
        match self.perform(&Deed::Requests).await? {
            Told::Requests(requests) => Ok(requests),
            other => Err(strange(&other)),
        }
    }

    /// The certificates it has issued, oldest first.
    pub(crate) async fn issued(&self) -> Result<Vec<Certificate>, Undone> {
        let Told::Issued(all) = self.perform(&Deed::Issued).await? else {
            return Err(Undone::Failed { what: "an answer to another question".to_owned() });
        };
        let read = |text: &String| -> anyhow::Result<Certificate> {
            Ok(decode(&BASE64.decode(text.as_bytes())?)?)
        };
        Ok(all.iter().map(read).collect::<anyhow::Result<_>>()?)
    }

    /// One request, with what its applicant has answered if it waits.
    pub(crate) async fn request(&self, id: &str) -> Result<Dossier, Undone> {
        match self.perform(&Deed::Request { id: id.to_owned() }).await? {
            Told::Request(dossier) => Ok(*dossier),
            other => Err(strange(&other)),
        }
    }

    /// Approves or refuses a request.
    pub(crate) async fn decide(&self, deed: &Deed) -> Result<Request, Undone> {
        match self.perform(deed).await? {
            Told::Decided(request) => Ok(request),
            other => Err(strange(&other)),
        }
    }

    /// Writes what an operator does into its audit trail.
    pub(super) async fn record(&self, act: &Act) -> Result<(), Undone> {
        match self.perform(&Deed::Record(act.clone())).await? {
            Told::Recorded => Ok(()),
            other => Err(strange(&other)),
        }
    }

    /// Its audit trail, newest first.
    pub(crate) async fn trail(&self, sought: &Sought) -> Result<Vec<Entry>, Undone> {
        match self.perform(&Deed::Trail(sought.clone())).await? {
            Told::Trail(entries) => Ok(entries),
            other => Err(strange(&other)),
        }
    }

    async fn perform(&self, deed: &Deed) -> Result<Told, Undone> {
        let told = match &self.reach {
            Reach::Here(inside) => inside.perform(deed.clone()).await,
            Reach::Behind(socket) => socket::ask(socket, deed).await?,
        };
        match told {
            Told::Undone(undone) => Err(undone),
            told => Ok(told),
        }
    }
}

impl Deed {
    pub(crate) fn approve(id: String, listed: Option<Listed>, by: &Operator) -> Self {
        Self::Approve { id, listed, by: by.to_string() }
    }

    pub(crate) fn refuse(id: String, no: No, by: &Operator) -> Self {
        Self::Refuse { id, no, by: by.to_string() }
    }
}

fn strange(told: &Told) -> Undone {
    tracing::warn!(?told, "an answer to another question");
    Undone::Failed { what: "an answer to another question".to_owned() }
}

impl Inside {
    fn of(seat: Seat, data: &Path, enrolments: Driver<AuthorityEnrolment>) -> Self {
        Self { seat, folder: data.join(seat.folder), enrolments }
    }

    async fn done(&self, deed: Deed) -> Result<Told, Undone> {
        let (name, enrolments) = (self.seat.folder, &self.enrolments);
        let shell = enrolments.shell();
        Ok(match deed {
            Deed::Requests => Told::Requests(queue::requests(name, enrolments).await?),
            Deed::Request { id } => {
                let dossier = queue::dossier((name, &self.folder), enrolments, &id).await?;
                Told::Request(Box::new(dossier))
            }
            Deed::Issued => {
                let all = queue::issued(enrolments).await?;
                Told::Issued(all.iter().map(|octets| BASE64.encode(octets)).collect())
            }
            Deed::Approve { id, listed, by } => {
                Told::Decided(queue::approve((name, &by), enrolments, &id, listed).await?)
            }
            Deed::Refuse { id, no, by } => {
                Told::Decided(queue::refuse((name, &by), enrolments, &id, no).await?)
            }
            Deed::Record(act) => {
                record::write(shell.store().as_ref(), shell.clock().now(), act).await?;
                Told::Recorded
            }
            Deed::Trail(sought) => {
                Told::Trail(record::read(shell.store().as_ref(), &sought).await?)
            }
        })
    }
}

impl Performs for Inside {
    type Deed = Deed;
    type Told = Told;

    /// Does a deed at an authority of this process.
    async fn perform(&self, deed: Deed) -> Told {
        self.done(deed).await.unwrap_or_else(Told::Undone)
    }

    fn baffled() -> Told {
        Told::Undone(Undone::Failed { what: "not a deed".to_owned() })
    }
}

/// Opens the door of an authority in its folder, which this process has claimed.
pub(crate) fn open(
    data: &Path,
    seat: Seat,
    enrolments: Driver<AuthorityEnrolment>,
    stop: Stop,
) -> anyhow::Result<JoinHandle<()>> {
    let inside = Arc::new(Inside::of(seat, data, enrolments));
    socket::open(data, seat.folder, OPERATORS, inside, stop)
}

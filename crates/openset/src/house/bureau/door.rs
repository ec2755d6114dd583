//! The operator's door of an authority: a socket in its folder, for its owner alone.
//!
//! One process at a time has an authority's database. Whoever else works for the same operator
//! says a deed, one line of JSON, and hears what came of it, another one.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use data_encoding::BASE64;
use openset_node::{driver::Driver, shutdown::Stop};
use openset_protocol::ca::AuthorityEnrolment;
use openset_wire::{der::decode, x509::Certificate};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    task::JoinHandle,
    time::timeout,
};

use super::{
    Operator, Undone,
    queue::{self, Dossier, Listed, No, Request},
    record::{self, Act, Entry, Sought},
};
use crate::ceremony::Seat;

/// The socket in an authority's folder.
const SOCKET: &str = "operator.sock";
/// The longest deed.
const DEED_OCTETS_MAX: u64 = 16 * 1024;
/// The longest answer: every certificate that an authority has issued.
const TOLD_OCTETS_MAX: u64 = 256 * 1024 * 1024;
/// How long a deed may take.
const PATIENCE: Duration = Duration::from_secs(30);

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

    /// An authority that another process serves from this data folder, if one does.
    pub(crate) async fn behind(seat: Seat, data: &Path) -> Option<Self> {
        let socket = data.join(seat.folder).join(SOCKET);
        UnixStream::connect(&socket).await.ok()?;
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
            Reach::Behind(socket) => {
                let asked = timeout(PATIENCE, ask(socket, deed)).await;
                asked.context("the authority says nothing").and_then(|told| told)?
            }
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

    /// Does a deed at an authority of this process.
    async fn perform(&self, deed: Deed) -> Told {
        self.done(deed).await.unwrap_or_else(Told::Undone)
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

async fn ask(socket: &Path, deed: &Deed) -> anyhow::Result<Told> {
    let mut stream = UnixStream::connect(socket).await.context("the authority is gone")?;
    let mut line = serde_json::to_vec(deed)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut told = Vec::new();
    stream.take(TOLD_OCTETS_MAX).read_to_end(&mut told).await?;
    serde_json::from_slice(&told).context("the authority says something else")
}

/// Opens the door of an authority in its folder, which this process has claimed.
pub(crate) fn open(
    data: &Path,
    seat: Seat,
    enrolments: Driver<AuthorityEnrolment>,
    mut stop: Stop,
) -> anyhow::Result<JoinHandle<()>> {
    use std::os::unix::fs::PermissionsExt;
    let inside = Inside::of(seat, data, enrolments);
    let socket = inside.folder.join(SOCKET);
    match std::fs::remove_file(&socket) {
        // What an earlier process left: nobody else has this folder.
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| socket.display().to_string()),
    }
    let listener = match UnixListener::bind(&socket) {
        Ok(listener) => listener,
        // The path of a socket has no more than a hundred characters or so. The authority serves
        // applicants all the same.
        Err(error) => {
            tracing::warn!(%error, socket = %socket.display(), "operators cannot come in");
            return Ok(tokio::spawn(async {}));
        }
    };
    std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o600))?;
    Ok(tokio::spawn(async move {
        loop {
            let stream = tokio::select! {
                () = stop.asked() => break,
                accepted = listener.accept() => accepted,
            };
            match stream {
                Ok((stream, _)) => drop(tokio::spawn(answer(stream, inside.clone()))),
                Err(error) => tracing::warn!(%error, "an operator could not come in"),
            }
        }
        let _ = std::fs::remove_file(&socket);
    }))
}

async fn answer(stream: UnixStream, inside: Inside) {
    let answered = async {
        let (read, mut write) = stream.into_split();
        let mut line = String::new();
        let read_octets = BufReader::new(read.take(DEED_OCTETS_MAX)).read_line(&mut line).await?;
        if read_octets == 0 {
            // Somebody looked whether the door is there.
            return Ok(());
        }
        let told = match serde_json::from_str(&line) {
            Ok(deed) => inside.perform(deed).await,
            Err(_) => Told::Undone(Undone::Failed { what: "not a deed".to_owned() }),
        };
        write.write_all(&serde_json::to_vec(&told)?).await?;
        write.shutdown().await
    };
    match timeout(PATIENCE, answered).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "an operator hung up"),
        Err(_) => tracing::warn!("an operator said nothing"),
    }
}

//! What operators of authorities do in their daily work: look at the tree and the queue, approve
//! and refuse, take certificates back, publish lists.
//!
//! The command line and the pages do the same things by the same functions. An authority that is
//! served by another process is asked through the door in its folder ([`door`]); the lists are
//! files, made under a lock, and whoever makes them needs the keys.
//!
//! ```text
//! requests, approve, refuse ─▶ the authority itself, or its door
//! revoke, publish           ─▶ list ─▶ CRLNotification ─▶ brand ─▶ BCI ─▶ BCIDistribution
//! ```

mod clerk;
pub(crate) mod door;
pub(crate) mod notices;
pub(crate) mod queue;
mod tree;

use std::fmt;

use openset_crypto::{Authority as Kind, Suite, authority::Revoked};
use openset_wire::x509::CrlReason;
use serde::{Deserialize, Serialize};

pub(crate) use self::{
    clerk::Clerk,
    door::{Deed, Office},
    notices::{BRAND, Heard, deliver, tell, untaken},
    queue::{Listed, No, Request},
    tree::{Line, State},
};
use super::ground::Ground;
use crate::ceremony::{self, BciState, ListState};

/// The authorities of a data folder, as their operator reaches them.
pub(crate) struct Bureau {
    pub(crate) ground: Ground,
    pub(crate) offices: Vec<Office>,
}

/// What came of taking a certificate back.
#[derive(Debug, Clone)]
pub(crate) struct Revocation {
    /// The certificate, as it was before.
    pub(crate) line: Line,
    /// The number of the list that it stands on now.
    pub(crate) list: u64,
    /// Who heard of it, and who did not.
    pub(crate) heard: Vec<Heard>,
}

/// What is published.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    pub(crate) lists: Vec<ListState>,
    pub(crate) bci: Option<BciState>,
}

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Undone {
    /// Nobody has asked for anything under this name.
    NoRequest { id: String },
    /// Several names begin so.
    ManyRequests { id: String },
    /// It does not wait for anybody.
    NotWaiting { id: String, state: String },
    /// The acquirer has no contract with this merchant: what will stand in its certificate must
    /// be said.
    Unlisted { id: String },
    /// No certificate has this number.
    NoCertificate { serial: String },
    /// The numbers of several certificates begin so.
    ManyCertificates { serial: String },
    /// It was taken back before.
    Already { serial: String, on: String },
    /// A root is replaced, not taken back.
    IsRoot,
    /// In this suite the issuer publishes no list.
    NoLists { authority: String },
    /// Something did not work.
    Failed { what: String },
}

impl fmt::Display for Undone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRequest { id } => write!(f, "there is no request {id}"),
            Self::ManyRequests { id } => write!(f, "several requests begin with {id}"),
            Self::NotWaiting { id, state } => {
                write!(f, "request {id} does not wait for a decision: {state}")
            }
            Self::Unlisted { id } => {
                write!(f, "request {id} is of a merchant that the acquirer does not list")
            }
            Self::NoCertificate { serial } => write!(f, "no certificate has the number {serial}"),
            Self::ManyCertificates { serial } => {
                write!(f, "the numbers of several certificates begin with {serial}")
            }
            Self::Already { serial, on } => write!(f, "{serial} was taken back on {on}"),
            Self::IsRoot => f.write_str("a root is replaced by the next one, not taken back"),
            Self::NoLists { authority } => write!(
                f,
                "in suite set10 {authority} publishes no list: cards are declined by their bank, \
                 and merchants by their acquirer"
            ),
            Self::Failed { what } => f.write_str(what),
        }
    }
}

impl std::error::Error for Undone {}

impl From<anyhow::Error> for Undone {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed { what: format!("{error:#}") }
    }
}

impl Bureau {
    /// The requests of all authorities, newest first within each.
    pub(crate) async fn requests(&self) -> Result<Vec<Request>, Undone> {
        let mut all = Vec::new();
        for office in &self.offices {
            all.extend(office.requests().await?);
        }
        Ok(all)
    }

    /// Agrees to a request.
    pub(crate) async fn approve(
        &self,
        id: &str,
        listed: Option<Listed>,
    ) -> Result<Request, Undone> {
        let (office, id) = self.find(id).await?;
        office.decide(&Deed::Approve { id, listed }).await
    }

    /// Turns a request down.
    pub(crate) async fn refuse(&self, id: &str, no: No) -> Result<Request, Undone> {
        let (office, id) = self.find(id).await?;
        office.decide(&Deed::Refuse { id, no }).await
    }

    /// Every certificate, from the root down.
    pub(crate) async fn tree(&self) -> Result<Vec<Line>, Undone> {
        let mut issued = Vec::new();
        for office in &self.offices {
            issued.push((office.kind, office.issued().await?));
        }
        Ok(tree::lines(&self.ground, &issued)?)
    }

    /// The lists, and the brand's word on them.
    pub(crate) fn published(&self) -> Published {
        let (lists, bci) = self.ground.lists.state();
        Published { lists, bci }
    }

    /// Takes a certificate back and tells everybody. `serial` may be the beginning of the number.
    pub(crate) async fn revoke(
        &self,
        serial: &str,
        reason: CrlReason,
    ) -> Result<Revocation, Undone> {
        let line = one(self.tree().await?, serial)?;
        self.require_revocable(&line)?;
        let (ground, rings) = (&self.ground, self.ground.rings());
        let clock = ground.clock.as_ref();
        let now = clock.now();
        let revoked = Revoked { serial: line.number.clone(), at: now, reason: Some(reason) };
        let by = line.issued_by;
        let list = ceremony::take_back(&rings, ground.suite, clock, by, revoked)?;
        let brand = notices::notify(ground, &rings, by, &list).await?;
        ceremony::say_current(&rings, ground.suite, clock)?;
        let heard = brand.into_iter().chain(self.tell(&rings).await?).collect();
        let number = self.number_of(&line);
        tracing::info!(serial = %line.serial, ?reason, number, "a certificate is taken back");
        Ok(Revocation { line, list: number, heard })
    }

    /// Publishes new lists now and tells everybody.
    pub(crate) async fn publish(&self) -> Result<(Published, Vec<Heard>), Undone> {
        let (ground, rings) = (&self.ground, self.ground.rings());
        ceremony::publish_anew(&rings, ground.suite, ground.clock.as_ref())?;
        let mut heard = Vec::new();
        if !rings.hold(Kind::Brand) {
            for by in Kind::ALL {
                if let Some(list) = untaken(ground, by)?.filter(|_| rings.hold(by)) {
                    heard.extend(notices::notify(ground, &rings, by, &list).await?);
                }
            }
        }
        heard.extend(self.tell(&rings).await?);
        Ok((self.published(), heard))
    }

    async fn tell(&self, rings: &ceremony::Rings<'_>) -> Result<Vec<Heard>, Undone> {
        self.ground.lists.reread(&self.ground.data)?;
        Ok(tell(&self.ground, rings).await?)
    }

    fn require_revocable(&self, line: &Line) -> Result<(), Undone> {
        if line.authority == Some(Kind::Root) {
            return Err(Undone::IsRoot);
        }
        if let Some(revoked) = &line.revoked {
            let (serial, on) = (line.serial.clone(), revoked.at.to_string());
            return Err(Undone::Already { serial, on });
        }
        let has_lists = line.issued_by.publishes_crl() || self.ground.suite != Suite::Set10;
        let authority = ceremony::folder(line.issued_by).to_owned();
        if has_lists { Ok(()) } else { Err(Undone::NoLists { authority }) }
    }

    /// The number of the list on which a certificate stands.
    fn number_of(&self, line: &Line) -> u64 {
        let lists = self.ground.lists.state().0;
        let own = lists.into_iter().find(|list| list.issuer == line.issuer);
        own.map_or(0, |list| list.number)
    }

    /// The one request whose name begins so, and where it is.
    async fn find(&self, id: &str) -> Result<(&Office, String), Undone> {
        let mut found: Option<(&Office, String)> = None;
        for office in &self.offices {
            for request in office.requests().await? {
                let is_meant = !id.is_empty() && request.id.starts_with(id);
                match (is_meant, &found) {
                    (false, _) => {}
                    (true, None) => found = Some((office, request.id)),
                    (true, Some(_)) => return Err(Undone::ManyRequests { id: id.to_owned() }),
                }
            }
        }
        found.ok_or_else(|| Undone::NoRequest { id: id.to_owned() })
    }
}

/// The one certificate whose number begins so.
fn one(lines: Vec<Line>, serial: &str) -> Result<Line, Undone> {
    let wanted = serial.to_ascii_lowercase();
    let mut meant = lines.into_iter().filter(|line| line.serial.starts_with(&wanted));
    match (meant.next().filter(|_| !wanted.is_empty()), meant.next()) {
        (None, _) => Err(Undone::NoCertificate { serial: serial.to_owned() }),
        (Some(line), None) => Ok(line),
        (Some(_), Some(_)) => Err(Undone::ManyCertificates { serial: serial.to_owned() }),
    }
}

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

mod asked;
mod carrying;
mod clerk;
pub(crate) mod door;
pub(crate) mod notices;
mod operator;
mod preview;
pub(crate) mod queue;
pub(crate) mod record;
mod tree;

use std::fmt;

use openset_crypto::{Authority as Kind, Suite, authority::Revoked};
use openset_node::trail::Whole;
use openset_wire::x509::CrlReason;
use serde::{Deserialize, Serialize};
use tokio::task::block_in_place;

use self::record::{Act, Sought};
pub(crate) use self::{
    asked::Asked,
    clerk::Clerk,
    door::{Deed, Office},
    notices::{BRAND, Heard, deliver, tell, untaken},
    operator::Operator,
    preview::{Preview, Stops},
    queue::{Dossier, Listed, No, Request},
    record::Entry,
    tree::{Line, State},
};
use super::{audit, ground::Ground};
use crate::ceremony::{self, BciState, ListState, Rings, Seat};

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

/// Whether an audit trail is still what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verified {
    Whole(Whole),
    /// It is not, or cannot be read: why.
    Tampered(String),
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
    /// Whoever issued it has its keys apart.
    Apart { serial: String, authority: String },
    /// What a ceremony is said to have made is not believed.
    NotBelieved { what: String },
    /// In this suite the issuer publishes no list.
    NoLists { authority: String },
    /// The form that was answered has no question of this number.
    NoQuestion { number: u16 },
    /// Nothing says why the answer to this question is not right.
    NoReason { number: u16 },
    /// More words for the applicant than fit into an answer.
    TooManyWords { characters: usize },
    /// There is no such authority here.
    NoAuthority { name: String },
    /// The audit trail did not take the record, so nothing was done.
    Unrecorded { why: String },
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
            Self::Apart { serial, authority } => {
                write!(f, "{serial} was issued by {authority}, whose keys are not here")
            }
            Self::NotBelieved { what } => write!(f, "nothing is taken in: {what}"),
            Self::NoLists { authority } => write!(
                f,
                "in suite set10 {authority} publishes no list: cards are declined by their bank, \
                 and merchants by their acquirer"
            ),
            Self::NoQuestion { number: 0 } => f.write_str("no answer is named"),
            Self::NoQuestion { number } => write!(f, "the form has no question {number}"),
            Self::NoReason { number } => write!(f, "nothing says why answer {number} is not right"),
            Self::TooManyWords { characters } => {
                let most = No::CHARACTERS_MAX;
                write!(f, "{characters} characters for the applicant; at most {most} fit")
            }
            Self::NoAuthority { name } => write!(f, "there is no authority {name} here"),
            Self::Unrecorded { why } => {
                write!(f, "the audit trail cannot be written, and nothing was done: {why}")
            }
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
    /// One request, with what was answered if it waits. `id` may be the beginning of its name.
    pub(crate) async fn request(&self, id: &str) -> Result<Dossier, Undone> {
        let (office, id) = self.find(id).await?;
        office.request(&id).await
    }

    /// Agrees to a request.
    pub(crate) async fn approve(
        &self,
        id: &str,
        listed: Option<Listed>,
        by: &Operator,
    ) -> Result<Request, Undone> {
        let (office, id) = self.find(id).await?;
        office.decide(&Deed::approve(id, listed, by)).await
    }

    /// Turns a request down, or gives its answers back.
    pub(crate) async fn refuse(&self, id: &str, no: No, by: &Operator) -> Result<Request, Undone> {
        let (office, id) = self.find(id).await?;
        office.decide(&Deed::refuse(id, no, by)).await
    }

    /// Every certificate, from the root down.
    pub(crate) async fn tree(&self) -> Result<Vec<Line>, Undone> {
        let mut issued = Vec::new();
        for office in &self.offices {
            issued.push((office.seat, office.issued().await?));
        }
        Ok(tree::lines(&self.ground, &issued)?)
    }

    /// One certificate, and the names of those above it, from its issuer to the root. `serial` may
    /// be the beginning of the number.
    pub(crate) async fn certificate(&self, serial: &str) -> Result<(Line, Vec<String>), Undone> {
        let all = self.tree().await?;
        let line = one(all.clone(), serial)?;
        let above = tree::above_all(&line, &all);
        Ok((line, above))
    }

    /// The lists, and the brand's word on them.
    pub(crate) fn published(&self) -> Published {
        let (lists, bci) = self.ground.lists.state();
        Published { lists, bci }
    }

    /// What would come of taking a certificate back. `serial` may be the beginning of the number.
    pub(crate) async fn preview(&self, serial: &str) -> Result<Preview, Undone> {
        let all = self.tree().await?;
        let line = one(all.clone(), serial)?;
        self.require_revocable(&line)?;
        Ok(Preview::of(line, all, &self.published()))
    }

    /// Takes a certificate back and tells everybody. `serial` may be the beginning of the number.
    pub(crate) async fn revoke(
        &self,
        serial: &str,
        reason: CrlReason,
        by: &Operator,
    ) -> Result<Revocation, Undone> {
        let line = one(self.tree().await?, serial)?;
        self.require_revocable(&line)?;
        let subject = format!("certificate {} of {}", line.serial, line.issuer);
        let why = format!("{reason:?}");
        let act = Act::of(by, subject.clone(), "to-be-revoked", why.clone());
        self.record(line.issued_by, &act).await?;
        let revoked = Revoked {
            serial: line.number.clone(),
            at: self.ground.clock.now(),
            reason: Some(reason),
        };
        let (ground, rings) = (&self.ground, self.ground.rings());
        let (clock, issuer) = (ground.clock.as_ref(), line.issued_by);
        let list = block_in_place(|| {
            open(&rings, issuer)?;
            ceremony::take_back(&rings, ground.suite, clock, issuer, revoked)
        })?;
        let brand = notices::notify(ground, &rings, issuer, &list).await?;
        ceremony::say_current(&rings, ground.suite, clock)?;
        let heard: Vec<_> = brand.into_iter().chain(self.tell(&rings).await?).collect();
        let list = self.number_of(&line);
        let detail = format!("{why}, list {list}, {}", notices::said(&heard));
        self.remember(issuer, &Act::of(by, subject, "revoked", detail)).await;
        tracing::info!(serial = %line.serial, ?reason, list, "a certificate is taken back");
        Ok(Revocation { line, list, heard })
    }

    /// Publishes new lists now and tells everybody.
    pub(crate) async fn publish(&self, by: &Operator) -> Result<(Published, Vec<Heard>), Undone> {
        let lists = || "the lists of all authorities".to_owned();
        let act = Act::of(by, lists(), "to-be-published", String::new());
        self.record(Seat::BRAND, &act).await?;
        let (ground, rings) = (&self.ground, self.ground.rings());
        block_in_place(|| {
            open(&rings, Seat::first(Kind::Gateway))?;
            ceremony::publish_anew(&rings, ground.suite, ground.clock.as_ref())
        })?;
        let mut heard = Vec::new();
        if !rings.hold(Seat::BRAND) {
            for by in Seat::every(&ground.data) {
                if let Some(list) = untaken(ground, by)?.filter(|_| rings.hold(by)) {
                    heard.extend(notices::notify(ground, &rings, by, &list).await?);
                }
            }
        }
        heard.extend(self.tell(&rings).await?);
        let published = self.published();
        let named = published.bci.map_or(0, |bci| bci.sequence);
        let detail = format!("list of lists {named}, {}", notices::said(&heard));
        self.remember(Seat::BRAND, &Act::of(by, lists(), "published", detail)).await;
        Ok((published, heard))
    }

    /// The audit trail of an authority, newest first.
    pub(crate) async fn trail(&self, of: &str, sought: &Sought) -> Result<Vec<Entry>, Undone> {
        self.office(of)?.trail(sought).await
    }

    /// Follows the audit trail of an authority from its start, as it lies on the disk.
    pub(crate) async fn verify(&self, of: &str) -> Result<Verified, Undone> {
        let folder = self.office(of)?.seat.folder;
        Ok(match audit::verify(&self.ground.data, folder).await {
            Ok(whole) => Verified::Whole(whole),
            Err(error) => Verified::Tampered(format!("{error:#}")),
        })
    }

    fn office(&self, of: &str) -> Result<&Office, Undone> {
        let found = self.offices.iter().find(|office| office.seat.folder == of);
        found.ok_or_else(|| Undone::NoAuthority { name: of.to_owned() })
    }

    async fn tell(&self, rings: &Rings<'_>) -> Result<Vec<Heard>, Undone> {
        self.ground.lists.reread(&self.ground.data)?;
        Ok(tell(&self.ground, rings).await?)
    }

    /// Records an act where whoever issues keeps a trail; what root, brand and region do, at every
    /// authority, since they keep none. Without the record nothing is done.
    async fn record(&self, issuer: Seat, act: &Act) -> Result<(), Undone> {
        let has_trail = self.offices.iter().any(|office| office.seat == issuer);
        for office in self.offices.iter().filter(|one| !has_trail || one.seat == issuer) {
            office.record(act).await?;
        }
        Ok(())
    }

    /// Records what came of an act. That it would be done is recorded already.
    async fn remember(&self, issuer: Seat, act: &Act) {
        if let Err(error) = self.record(issuer, act).await {
            tracing::error!(%error, outcome = act.outcome, "what came of an act is not recorded");
        }
    }

    fn require_revocable(&self, line: &Line) -> Result<(), Undone> {
        if line.authority == Some(Kind::Root) {
            return Err(Undone::IsRoot);
        }
        if let Some(revoked) = &line.revoked {
            let (serial, on) = (line.serial.clone(), revoked.at.to_string());
            return Err(Undone::Already { serial, on });
        }
        let authority = line.issued_by.folder.to_owned();
        if !self.ground.rings().hold(line.issued_by) {
            return Err(Undone::Apart { serial: line.serial.clone(), authority });
        }
        let has_lists = line.issued_by.kind.publishes_crl() || self.ground.suite != Suite::Set10;
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

/// Opens the keys that lists are signed with, as far as they are here. That takes time on purpose.
fn open(rings: &Rings<'_>, issuer: Seat) -> anyhow::Result<()> {
    let mut wanted = [issuer, Seat::BRAND].into_iter().filter(|seat| rings.hold(*seat));
    wanted.try_for_each(|seat| rings.at(seat).map(drop))
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

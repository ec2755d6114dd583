//! The console of one authority: what its operators see, and what they do by the functions that
//! the command line uses.

mod tell;

pub(super) use self::tell::reason;

use std::sync::Arc;

use openset_crypto::Authority as Kind;
use openset_web::{
    Problem,
    ports::{
        Branch, CertificateFile, CertificateRow, CertificateSearch, CertificateState,
        CertificatesFound, Consequences, ConsolePort, Denial, Listed, Lists, Overview, RequestFile,
        RequestRow, RevocationReason, Said, Trail, TrailRow, TrailSearch, Verdict,
    },
};
use openset_wire::der::encode;

use super::unavailable;
use crate::{
    ceremony::{Seat, papers},
    house::{
        bureau::{
            Bureau, Deed, Line, No, Office, Operator, State, Undone, Verified, record::Sought,
        },
        dossier,
        ground::Ground,
        system::System,
    },
};

/// How many certificates stand on a page.
const CERTIFICATES_PER_PAGE: usize = 25;
/// How many records stand on a page of the trail.
const RECORDS_PER_PAGE: usize = 50;
/// How many records stand on the page of what they are about.
const RECORDS_BESIDE: usize = 10;

/// The console of one authority of a running system.
pub(super) struct Console {
    seat: Seat,
    bureau: Bureau,
}

impl Console {
    /// The console of this authority.
    pub(super) fn of(system: &Arc<System>, seat: Seat) -> Self {
        let ground = system.ground.clone();
        let offices = system.offices().map(|authority| {
            Office::here(authority.seat, &ground.data, authority.enrolments.clone())
        });
        let offices = offices.collect();
        Self { seat, bureau: Bureau { ground, offices } }
    }

    fn office(&self) -> Said<&Office> {
        let own = self.bureau.offices.iter().find(|office| office.seat == self.seat);
        own.ok_or(Problem::NotFound)
    }

    fn folder(&self) -> &'static str {
        self.seat.folder
    }

    async fn lines(&self) -> Said<Vec<Line>> {
        self.bureau.tree().await.map_err(told)
    }

    /// What this console shows: what its authority has issued, and the authorities' own.
    async fn line(&self, thumb: &str) -> Said<Line> {
        let lines = self.lines().await?;
        let is_shown = |line: &Line| line.authority.is_some() || line.issued_by == self.seat;
        let found = lines.into_iter().find(|line| line.thumb == thumb && is_shown(line));
        found.ok_or(Problem::NotFound)
    }

    fn row(&self, line: &Line) -> CertificateRow {
        tell::row(line, self.bureau.ground.clock.now())
    }

    /// What may be read by its full label, so that nobody decides about another one.
    async fn requested(&self, id: &str) -> Said<RequestRow> {
        let all = self.office()?.requests().await.map_err(told)?;
        let found = all.iter().find(|request| request.id == id);
        found.map(tell::request).ok_or(Problem::NotFound)
    }

    async fn records(&self, about: &str) -> Said<Vec<TrailRow>> {
        let about = Some(about.to_owned());
        let sought = Sought { before: None, about, limit: RECORDS_BESIDE };
        let entries = self.bureau.trail(self.folder(), &sought).await.map_err(told)?;
        Ok(entries.into_iter().map(tell::record).collect())
    }

    /// An authority with those that it has certified.
    fn branch(&self, lines: &[Line], certificate: &Line) -> Branch {
        let kind = certificate.authority;
        let is_own = |line: &&Line| line.authority == kind && line.name == certificate.name;
        let is_below = |line: &&Line| {
            line.paper == papers::CERTIFICATES
                && line.authority.is_some()
                && line.issuer == certificate.name
                && line.thumb != certificate.thumb
        };
        let issued = |line: &&Line| line.authority.is_none() && line.issuer == certificate.name;
        Branch {
            name: certificate.name.clone(),
            is_own: kind == Some(self.seat.kind) && certificate.name == self.name(),
            own: lines.iter().filter(is_own).map(|line| self.row(line)).collect(),
            issued: lines.iter().filter(issued).count(),
            below: lines.iter().filter(is_below).map(|line| self.branch(lines, line)).collect(),
        }
    }
}

impl ConsolePort for Console {
    fn name(&self) -> String {
        name(&self.bureau.ground, self.seat)
    }

    fn is_name(&self, name: &str) -> bool {
        Operator::in_console(name).is_ok()
    }

    async fn overview(&self) -> Said<Overview> {
        let lines = self.lines().await?;
        let is_shown = |line: &&Line| line.authority.is_some() || line.issued_by == self.seat;
        let mut shown: Vec<&Line> = lines.iter().filter(is_shown).collect();
        shown.sort_by_key(|line| line.until);
        let is_ending = |line: &&&Line| line.state == State::Ending;
        let is_good = |line: &&&Line| matches!(line.state, State::Current | State::Ending);
        let root = lines.iter().find(|line| line.authority == Some(Kind::Root));
        let waiting = self.requests(false).await?.len();
        Ok(Overview {
            root: self.branch(&lines, root.ok_or(Problem::Unavailable)?),
            ending: shown.iter().filter(is_ending).map(|line| self.row(line)).collect(),
            first_to_end: shown.iter().find(is_good).map(|line| self.row(line)),
            waiting,
            issued: shown.iter().filter(|line| line.authority.is_none()).count(),
            lists_end: self.bureau.ground.lists.end_at(),
        })
    }

    async fn requests(&self, all: bool) -> Said<Vec<RequestRow>> {
        let mut requests = self.office()?.requests().await.map_err(told)?;
        requests.retain(|request| all || request.state.is_open());
        Ok(requests.iter().map(tell::request).collect())
    }

    async fn request(&self, id: &str) -> Said<RequestFile> {
        self.requested(id).await?;
        let dossier = self.office()?.request(id).await.map_err(told)?;
        let records = self.records(id).await?;
        Ok(tell::dossier(dossier, self.seat.kind, records))
    }

    async fn approve(&self, id: &str, listed: Option<Listed>, by: &str) -> Said<()> {
        self.requested(id).await?;
        let deed = Deed::approve(id.to_owned(), listed.map(tell::listed), &named(by)?);
        self.office()?.decide(&deed).await.map(drop).map_err(told)
    }

    async fn refuse(
        &self,
        id: &str,
        refusal: Denial,
        message: Option<String>,
        by: &str,
    ) -> Said<()> {
        self.requested(id).await?;
        let who = match refusal {
            Denial::By(refuser) => tell::refuser(refuser),
            Denial::Answers(unfit) => No::answers(unfit),
        };
        let deed = Deed::refuse(id.to_owned(), No { by: who, message }, &named(by)?);
        self.office()?.decide(&deed).await.map(drop).map_err(told)
    }

    async fn certificates(&self, search: &CertificateSearch) -> Said<CertificatesFound> {
        let mut lines = self.lines().await?;
        lines.retain(|line| {
            let is_own = line.authority.is_none() && line.issued_by == self.seat;
            let stands = search.state.is_none_or(|state| tell::state(line.state) == state);
            is_own && stands && line.says(&search.text)
        });
        lines.sort_by_key(|line| std::cmp::Reverse(line.from));
        let total = lines.len();
        let begin = search.page.saturating_mul(CERTIFICATES_PER_PAGE);
        let page = lines.iter().skip(begin).take(CERTIFICATES_PER_PAGE);
        let rows = page.map(|line| self.row(line)).collect();
        Ok(CertificatesFound { rows, total, per_page: CERTIFICATES_PER_PAGE })
    }

    async fn file(&self, thumb: &str) -> Said<CertificateFile> {
        let line = self.line(thumb).await?;
        let (_, above) = self.bureau.certificate(&line.serial).await.map_err(told)?;
        let says = dossier::facts(&line.certificate).map_err(unavailable)?;
        let der = encode(&line.certificate).map_err(unavailable)?;
        let may_be_revoked = self.bureau.preview(&line.serial).await.is_ok()
            && tell::state(line.state) != CertificateState::Revoked;
        Ok(CertificateFile {
            row: self.row(&line),
            says: tell::says(&line, says, der),
            above,
            revoked: line.revoked.as_ref().map(tell::revoked),
            may_be_revoked,
            records: self.records(&line.serial).await?,
        })
    }

    async fn consequences(&self, thumb: &str) -> Said<Consequences> {
        let line = self.line(thumb).await?;
        let preview = self.bureau.preview(&line.serial).await.map_err(told)?;
        let below = preview.below.iter().map(|line| self.row(line)).collect();
        Ok(tell::consequences(&preview, self.row(&line), below))
    }

    async fn revoke(&self, thumb: &str, reason: RevocationReason, by: &str) -> Said<()> {
        let line = self.line(thumb).await?;
        let (reason, by) = (tell::reason(reason), named(by)?);
        self.bureau.revoke(&line.serial, reason, &by).await.map(drop).map_err(told)
    }

    async fn lists(&self) -> Said<Lists> {
        let records = self.records("published").await?;
        Ok(tell::lists(self.bureau.published(), records, self.bureau.ground.clock.now()))
    }

    async fn publish(&self, by: &str) -> Said<()> {
        self.bureau.publish(&named(by)?).await.map(drop).map_err(told)
    }

    async fn trail(&self, search: &TrailSearch) -> Said<Trail> {
        let about = (!search.about.is_empty()).then(|| search.about.clone());
        let sought = Sought { before: search.before, about, limit: RECORDS_PER_PAGE };
        let entries = self.bureau.trail(self.folder(), &sought).await.map_err(told)?;
        let has_older = entries.len() == RECORDS_PER_PAGE;
        Ok(Trail { rows: entries.into_iter().map(tell::record).collect(), has_older })
    }

    async fn verify(&self) -> Said<Verdict> {
        Ok(match self.bureau.verify(self.folder()).await.map_err(told)? {
            Verified::Whole(whole) => {
                Verdict::Whole { records: whole.records, signed: whole.signed, heads: whole.heads }
            }
            Verified::Tampered(why) => Verdict::Tampered(why),
        })
    }
}

/// What an authority is called: as its certificate says.
pub(super) fn name(ground: &Ground, seat: Seat) -> String {
    let own = ground.papers(seat.folder).take(papers::CERTIFICATES).ok();
    let name = own.as_ref().and_then(|own| own.certificate.to_be_signed.subject.common_name());
    name.unwrap_or(seat.folder).to_owned()
}

/// The name that an operator gave, as the trail will have it.
fn named(by: &str) -> Said<Operator> {
    Operator::in_console(by).map_err(|_| Problem::FormStale)
}

/// What an operator is told of what was not done.
fn told(undone: Undone) -> Problem {
    match undone {
        Undone::NoRequest { .. }
        | Undone::ManyRequests { .. }
        | Undone::NoCertificate { .. }
        | Undone::ManyCertificates { .. }
        | Undone::NoAuthority { .. } => Problem::NotFound,
        Undone::NotWaiting { .. } => Problem::RequestNotWaiting,
        Undone::Unlisted { .. } => Problem::Unlisted,
        Undone::Already { .. } => Problem::AlreadyRevoked,
        Undone::IsRoot | Undone::Apart { .. } | Undone::NoLists { .. } => Problem::NotRevocable,
        Undone::NoQuestion { .. } | Undone::NoReason { .. } | Undone::TooManyWords { .. } => {
            Problem::RefusalUnclear
        }
        Undone::Unrecorded { why } => {
            tracing::error!(why, "an act was not recorded, and not done");
            Problem::ActUnrecorded
        }
        Undone::NotBelieved { what } | Undone::Failed { what } => {
            unavailable(anyhow::anyhow!(what))
        }
    }
}

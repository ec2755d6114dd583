//! The inspector: every message that really passed, read from the journals of all parties.

use std::sync::Arc;

use openset_node::store::Page;
use openset_types::Xid;
use openset_web::{
    Problem,
    diagram::{Passed, Protection},
    ports::{JournalPort, MessageFile, Part, Said, Subject, Transcript, TranscriptRow},
    visibility::Evidence,
};

use super::{broken, evidence, unavailable, words};
use crate::{
    house::{banks, merge::Crossed, system::System, transcript},
    inspect::{self, part},
};

/// How many transactions the list shows.
const ROWS_MAX: u32 = 200;

/// The inspector.
pub(super) struct Journals(pub(super) Arc<System>);

/// A transaction with all that passed.
struct Told {
    subject: Subject,
    xid: Option<Xid>,
    crossed: Vec<Crossed>,
}

impl Journals {
    async fn tell(&self, slug: &str) -> Said<Told> {
        let told = match Xid::parse(slug) {
            Ok(xid) => self.purchase(xid).await,
            Err(_) => self.registration(slug).await,
        };
        told.map_err(unavailable)?.filter(|told| !told.crossed.is_empty()).ok_or(Problem::NotFound)
    }

    async fn purchase(&self, xid: Xid) -> anyhow::Result<Option<Told>> {
        let Some(number) = self.0.order_of(xid).await? else { return Ok(None) };
        let crossed = transcript::of_purchase(&self.0, &number, xid).await?;
        Ok(Some(Told { subject: Subject::Order(number), xid: Some(xid), crossed }))
    }

    async fn registration(&self, id: &str) -> anyhow::Result<Option<Told>> {
        if self.0.wallet.registration(id).await?.is_none() {
            return Ok(None);
        }
        let crossed = transcript::of_registration(&self.0, id).await?;
        let subject = Subject::Card(self.0.wallet.last_four(id).await?);
        Ok(Some(Told { subject, xid: None, crossed }))
    }

    async fn purchase_rows(&self) -> Said<Vec<TranscriptRow>> {
        let orders = self.0.merchant.orders.newest(ROWS_MAX).await.map_err(broken)?;
        let mut rows = Vec::new();
        for order in orders {
            let purchase = self.0.purchase(&order).await.map_err(unavailable)?;
            let Some(purchase) = purchase else { continue };
            let summary = purchase.summary();
            let Some(xid) = summary.xid else { continue };
            let crossed = transcript::of_purchase(&self.0, &order.number, xid).await;
            let messages = shown(&crossed.map_err(unavailable)?).count();
            let settled = self.0.settled(&purchase).await.map_err(unavailable)?;
            rows.push(TranscriptRow {
                slug: xid.to_string(),
                subject: Subject::Order(order.number),
                amount: Some(order.total),
                standing: Some(words::standing_of(&summary, settled)),
                messages,
                at: order.at,
            });
        }
        Ok(rows)
    }

    async fn registration_rows(&self) -> Said<Vec<TranscriptRow>> {
        let all = self.0.wallet.registrations.list(Page::newest(ROWS_MAX)).await;
        let mut rows = Vec::new();
        for (record, _) in all.map_err(broken)? {
            let id = String::from_utf8_lossy(&record.key).into_owned();
            let crossed = transcript::of_registration(&self.0, &id).await.map_err(unavailable)?;
            let last_four = self.0.wallet.last_four(&id).await.map_err(unavailable)?;
            rows.push(TranscriptRow {
                slug: id,
                subject: Subject::Card(last_four),
                amount: None,
                standing: None,
                messages: shown(&crossed).count(),
                at: record.created_at,
            });
        }
        Ok(rows)
    }
}

impl JournalPort for Journals {
    async fn transcripts(&self) -> Said<Vec<TranscriptRow>> {
        let mut rows = self.purchase_rows().await?;
        rows.extend(self.registration_rows().await?);
        rows.sort_by_key(|row| std::cmp::Reverse(row.at));
        Ok(rows)
    }

    async fn transcript(&self, slug: &str) -> Said<Transcript> {
        let told = self.tell(slug).await?;
        let evidence = match (&told.subject, told.xid) {
            (Subject::Order(number), Some(xid)) => {
                evidence::of_purchase(&self.0, number, xid, &told.crossed).await
            }
            _ => Ok(Evidence::default()),
        };
        Ok(Transcript {
            subject: told.subject,
            xid: told.xid.map(|xid| xid.to_string()),
            messages: messages(&told.crossed),
            evidence: evidence.map_err(unavailable)?,
        })
    }

    async fn message(&self, slug: &str, number: u32) -> Said<MessageFile> {
        let told = self.tell(slug).await?;
        let messages = messages(&told.crossed);
        let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let at = at.filter(|at| *at < messages.len()).ok_or(Problem::NotFound)?;
        let crossed = shown(&told.crossed).nth(at).ok_or(Problem::NotFound)?;
        let octets = crossed.passed.octets.clone();
        let tree = inspect::parts(&octets).map_err(|_| Problem::Unavailable)?;
        Ok(MessageFile {
            subject: told.subject,
            passed: messages[at].clone(),
            of: messages.len().try_into().unwrap_or(u32::MAX),
            tree: part_of(tree),
            octets,
        })
    }
}

/// What passed between two parties; what a party writes for itself did not.
pub(super) fn shown(crossed: &[Crossed]) -> impl Iterator<Item = &Crossed> {
    crossed.iter().filter(|one| {
        let [from, to] = [&one.passed.sender, &one.passed.recipient].map(|name| words::party(name));
        from.is_some() && to.is_some() && from != to
    })
}

/// The messages as a diagram draws them.
fn messages(crossed: &[Crossed]) -> Vec<Passed> {
    let numbered = shown(crossed).zip(1..);
    numbered.filter_map(|(crossed, number)| message(crossed, number)).collect()
}

fn message(crossed: &Crossed, number: u32) -> Option<Passed> {
    let passed = &crossed.passed;
    Some(Passed {
        number,
        at: passed.at,
        from: words::party(&passed.sender)?,
        to: words::party(&passed.recipient)?,
        name: passed.name.clone(),
        size: passed.octets.len(),
        protection: protection(&passed.octets),
        note: detail(passed),
    })
}

/// What a bank message says that needs no words: its response code.
fn detail(passed: &openset_node::store::Passed) -> String {
    if passed.name.len() != 4 {
        return String::new();
    }
    let read = banks::dialect().read(&passed.octets).ok();
    read.and_then(|message| message.text(39).map(str::to_owned)).unwrap_or_default()
}

/// What keeps a message: an envelope in it, or a signature, or neither.
fn protection(octets: &[u8]) -> Protection {
    let Ok(tree) = inspect::parts(octets) else { return Protection::Clear };
    if any(&tree, &|part| part.sealed_for.is_some()) {
        return Protection::Sealed;
    }
    if any(&tree, &|part| part.kind == "EncapsulatedContentInfo") {
        return Protection::Signed;
    }
    Protection::Clear
}

fn any(part: &part::Part, is_it: &dyn Fn(&part::Part) -> bool) -> bool {
    is_it(part) || part.parts.iter().any(|inner| any(inner, is_it))
}

fn part_of(part: part::Part) -> Part {
    Part {
        name: part.name,
        kind: part.kind,
        at: part.place.map_or(0, |place| place.at),
        len: part.place.map_or(0, |place| place.len),
        value: part.value,
        sealed_for: part.sealed_for,
        parts: part.parts.into_iter().map(part_of).collect(),
    }
}

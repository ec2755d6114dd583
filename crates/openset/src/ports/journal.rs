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
    demo::cast,
    house::{banks, merge::Crossed, system::System, transcript},
    inspect::{self, part},
};

/// How many transactions the list shows.
const ROWS_MAX: u32 = 200;

/// A party that enrolled by messages when everything was made.
struct Enrolled {
    slug: &'static str,
    name: &'static str,
}

const MERCHANT: &str = "merchant";
const ENROLLED: [Enrolled; 2] = [
    Enrolled { slug: MERCHANT, name: cast::SHOP },
    Enrolled { slug: "gateway", name: cast::GATEWAY },
];

fn enrolled(slug: &str) -> Option<&'static Enrolled> {
    ENROLLED.iter().find(|enrolled| enrolled.slug == slug)
}

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
            Err(_) => match enrolled(slug) {
                Some(enrolled) => self.enrolment(enrolled).await.map(Some),
                None => self.registration(slug).await,
            },
        };
        told.map_err(unavailable)?.filter(|told| !told.crossed.is_empty()).ok_or(Problem::NotFound)
    }

    async fn purchase(&self, xid: Xid) -> anyhow::Result<Option<Told>> {
        let Some(order) = self.0.order_of(xid).await? else { return Ok(None) };
        let crossed = transcript::of_purchase(&self.0, &order.label, xid).await?;
        Ok(Some(Told { subject: Subject::Order(order.number), xid: Some(xid), crossed }))
    }

    async fn registration(&self, id: &str) -> anyhow::Result<Option<Told>> {
        for view in self.0.views() {
            if view.wallet.registration(id).await?.is_some() {
                let crossed = transcript::of_registration(view, id).await?;
                let subject = Subject::Card(view.wallet.last_four(id).await?);
                return Ok(Some(Told { subject, xid: None, crossed }));
            }
        }
        Ok(None)
    }

    async fn enrolment(&self, enrolled: &Enrolled) -> anyhow::Result<Told> {
        let crossed = match enrolled.slug {
            MERCHANT => transcript::of_merchant(&self.0).await?,
            _ => transcript::of_gateway(&self.0).await?,
        };
        let subject = Subject::Certificates(enrolled.name.to_owned());
        Ok(Told { subject, xid: None, crossed })
    }

    /// How merchant and gateway came to their certificates.
    async fn enrolment_rows(&self) -> Said<Vec<TranscriptRow>> {
        let mut rows = Vec::new();
        for enrolled in &ENROLLED {
            let told = self.enrolment(enrolled).await.map_err(unavailable)?;
            let Some(first) = shown(&told.crossed).next() else { continue };
            rows.push(TranscriptRow {
                slug: enrolled.slug.to_owned(),
                subject: told.subject,
                amount: None,
                standing: None,
                messages: shown(&told.crossed).count(),
                at: first.passed.at,
            });
        }
        Ok(rows)
    }

    async fn purchase_rows(&self) -> Said<Vec<TranscriptRow>> {
        let orders = self.0.merchant.orders.newest(ROWS_MAX).await.map_err(broken)?;
        let mut rows = Vec::new();
        for order in orders {
            let purchase = self.0.purchase(&order).await.map_err(unavailable)?;
            let Some(purchase) = purchase else { continue };
            let summary = purchase.summary();
            let Some(xid) = summary.xid else { continue };
            let crossed = transcript::of_purchase(&self.0, &order.label, xid).await;
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
        let mut rows = Vec::new();
        for view in self.0.views() {
            let all = view.wallet.registrations.list(Page::newest(ROWS_MAX)).await;
            for (record, _) in all.map_err(broken)? {
                let id = String::from_utf8_lossy(&record.key).into_owned();
                let crossed = transcript::of_registration(view, &id).await.map_err(unavailable)?;
                let last_four = view.wallet.last_four(&id).await.map_err(unavailable)?;
                rows.push(TranscriptRow {
                    slug: id,
                    subject: Subject::Card(last_four),
                    amount: None,
                    standing: None,
                    messages: shown(&crossed).count(),
                    at: record.created_at,
                });
            }
        }
        Ok(rows)
    }
}

impl JournalPort for Journals {
    async fn transcripts(&self) -> Said<Vec<TranscriptRow>> {
        let mut rows = self.purchase_rows().await?;
        rows.extend(self.registration_rows().await?);
        rows.extend(self.enrolment_rows().await?);
        rows.sort_by_key(|row| std::cmp::Reverse(row.at));
        Ok(rows)
    }

    async fn transcript(&self, slug: &str) -> Said<Transcript> {
        let told = self.tell(slug).await?;
        let evidence = match (&told.subject, told.xid) {
            (Subject::Order(_), Some(xid)) => {
                evidence::of_purchase(&self.0, xid, &told.crossed).await
            }
            (Subject::Card(_), _) => evidence::of_registration(&self.0, &told.crossed),
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
    inspect::parts(octets).map_or(Protection::Clear, |tree| kept_by(&tree))
}

fn kept_by(tree: &part::Part) -> Protection {
    if any(tree, &|part| part.sealed_for.is_some()) {
        return Protection::Sealed;
    }
    if any(tree, &|part| part.kind == "EncapsulatedContentInfo") {
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

#[cfg(test)]
mod tests {
    use openset_node::store::{Direction, Passed as Kept, Seq};
    use openset_types::UnixTime;

    use super::*;

    fn crossed(from: &str, to: &str, name: &str, octets: &[u8]) -> Crossed {
        let passed = Kept {
            seq: Seq::new(1),
            at: UnixTime::new(1_800_000_000).expect("after 1970"),
            direction: Direction::Out,
            sender: from.to_owned(),
            recipient: to.to_owned(),
            name: name.to_owned(),
            xid: None,
            rrpid: None,
            octets: octets.to_vec(),
        };
        Crossed { passed, written_by: "merchant" }
    }

    #[test]
    fn what_a_party_writes_for_itself_or_to_nobody_known_did_not_pass() {
        let story = [
            crossed("cardholder", "merchant", "PReq", b""),
            crossed("acquirer", "acquirer", "pain.001", b""),
            crossed("merchant", "stranger", "PRes", b""),
            crossed("merchant", "gateway", "AuthReq", b""),
        ];
        let told = messages(&story);
        let names: Vec<_> = told.iter().map(|one| (one.number, one.name.as_str())).collect();
        assert_eq!(names, [(1, "PReq"), (2, "AuthReq")]);
    }

    #[test]
    fn a_seal_keeps_more_than_a_signature_and_noise_is_kept_by_nothing() {
        let signature = || part::Part::new("encapContentInfo", "EncapsulatedContentInfo");
        let mut sealed = part::Part::new("exPIData", "EnvelopedData");
        sealed.sealed_for = Some("payment gateway".to_owned());
        let both = part::Part::new("PReq", "").with(vec![signature(), sealed]);
        assert_eq!(kept_by(&both), Protection::Sealed);
        let signed = part::Part::new("PRes", "").with(vec![signature()]);
        assert_eq!(kept_by(&signed), Protection::Signed);
        for noise in [&b""[..], b"0100", &[0x30, 0x80], &[0xFF; 40]] {
            assert_eq!(protection(noise), Protection::Clear);
        }
    }

    #[test]
    fn a_response_code_is_told_of_bank_messages_only() {
        let answer =
            openset_bank::iso8583::Message::new(openset_bank::iso8583::Mti::AUTHORIZATION_RESPONSE);
        let octets = banks::dialect().write(&answer.with(39, "51")).expect("of the dialect");
        assert_eq!(detail(&crossed("issuer", "gateway", "0110", &octets).passed), "51");
        assert_eq!(detail(&crossed("issuer", "gateway", "camt.054", &octets).passed), "");
        assert_eq!(detail(&crossed("issuer", "gateway", "0110", b"0110").passed), "");
    }

    #[test]
    fn only_who_enrolled_by_messages_has_a_page_of_its_own() {
        assert_eq!(enrolled("merchant").map(|one| one.name), Some(cast::SHOP));
        for slug in ["issuer", "", "Merchant", "gateway/"] {
            assert!(enrolled(slug).is_none(), "{slug}");
        }
    }
}

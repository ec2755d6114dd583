//! What the audit trail promises: a record with every answer, and no change that goes unseen.

use std::{path::PathBuf, sync::Arc};

use openset_crypto::{
    Authority, Certified, Draw, Identity, PrivateKey, PublicKey, Purpose, SoftwareKeys, Suite,
    authority::{Details, Terms, draft_root, issue},
    trail::{Head, Link},
};
use openset_node::{
    clock::{Clock, SystemClock},
    fault::Fault,
    shutdown::Shutdown,
    store::{
        Account, Change, Direction, Entry, Expected, Lookup, Put, Store, Uncommitted,
        sqlite::Sqlite,
    },
    trail::{Heads, Keeper, SignedHead, Tampered, Whole, verify},
};
use openset_types::UnixTime;
use openset_wire::x509::{Name, NameAttribute};
use tempfile::TempDir;

const KIND: &str = "test.thing";
const PARTY: &str = "ca-cardholder";
const ROOT: Purpose = Purpose::CertificateSigning(Authority::Root);

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(seconds).expect("a moment after 1970")
}

fn account(subject: &str) -> Account {
    Account {
        at: at(5),
        cause: "CertReq".to_owned(),
        subject: subject.to_owned(),
        outcome: "issued".to_owned(),
        detail: "0A".to_owned(),
    }
}

/// A change as a step of an authority makes it: an instance, a message, a record.
fn change(key: &[u8]) -> Change {
    Change {
        puts: vec![Put {
            kind: KIND,
            key: key.to_vec(),
            expected: Expected::Absent,
            state: b"one".to_vec(),
            at: at(5),
        }],
        journal: vec![Entry {
            at: at(5),
            direction: Direction::In,
            sender: "cardholder",
            recipient: PARTY,
            name: "CertReq",
            xid: None,
            rrpid: None,
            kind: KIND,
            key: key.to_vec(),
            octets: [b"request of ", key].concat(),
        }],
        trail: vec![account(&String::from_utf8_lossy(key))],
        ..Change::default()
    }
}

/// A party with a trail, and the certificate that its heads are signed by.
struct Party {
    folder: TempDir,
    keys: Arc<SoftwareKeys>,
    identity: Identity,
}

impl Party {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let keys = Arc::new(SoftwareKeys::new());
        let identity = root(&keys);
        Self { folder, keys, identity }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    fn store(&self) -> Sqlite {
        Sqlite::open(&self.file()).expect("a folder that can be written")
    }

    fn heads(&self) -> Heads {
        Heads::at(&self.folder.path().join("trail.heads"))
    }

    fn certified(&self) -> Certified {
        self.identity.certified(Suite::Modern).expect("a certificate")
    }

    /// Stores one change for each key, and signs the end.
    async fn with_records(&self, keys: &[&[u8]]) {
        let store = Arc::new(self.store());
        for key in keys {
            store.commit(change(key)).await.expect("a new instance");
        }
        self.sign(store).await;
    }

    /// Lets the keeper sign one head, as it does when it is asked to stop.
    async fn sign(&self, store: Arc<dyn Store>) {
        let shutdown = Shutdown::default();
        shutdown.ask();
        let keeper = Keeper {
            folder: PARTY,
            store,
            heads: self.heads(),
            identity: self.identity.clone(),
            keys: Arc::clone(&self.keys) as _,
            clock: Arc::new(SystemClock),
        };
        keeper.start(shutdown.listen()).ended().await;
    }

    /// Whoever has the file can write in it, and takes the triggers away first.
    fn tamper(&self, sql: &str) {
        let db = rusqlite::Connection::open(self.file()).expect("the file");
        let triggers = "DROP TRIGGER trail_is_not_changed; DROP TRIGGER trail_is_not_shortened; \
             DROP TRIGGER journal_is_not_changed; DROP TRIGGER journal_is_not_shortened;";
        db.execute_batch(triggers).expect("the triggers of the schema");
        db.execute_batch(sql).expect("a change that the engine takes");
    }

    async fn verify(&self) -> Result<Whole, Tampered> {
        let heads = self.heads().read().expect("heads");
        verify(&self.store(), PARTY, &heads, &[self.certified()]).await
    }
}

fn root(keys: &SoftwareKeys) -> Identity {
    let next = PrivateKey::generate(ROOT.key_kind(Suite::Modern)).expect("randomness");
    let key = PrivateKey::generate(ROOT.key_kind(Suite::Modern)).expect("randomness");
    let public = PublicKey::from_der(Suite::Modern, key.public().der()).expect("our own key");
    keys.hold(key);
    let now = SystemClock.now();
    let terms = Terms {
        serial: Draw::new(Suite::Modern, [7; 32]).serial(),
        subject: Name::new(&[
            (NameAttribute::Country, "FR"),
            (NameAttribute::Organization, "Root"),
        ])
        .expect("a name"),
        key: &public,
        purpose: ROOT,
        not_before: now,
        not_after: now.plus_s(86_400),
        signs_until: now.plus_s(86_400),
        crl_url: None,
        details: Details::NextRoot(next.public().digest()),
    };
    let draft = draft_root(Suite::Modern, &terms).expect("a good draft");
    let certificate = issue(&draft, keys).expect("a key that signs");
    Identity::new(certificate, Vec::new()).expect("a certificate")
}

#[tokio::test]
async fn a_trail_that_nobody_touched_is_whole() {
    let party = Party::new();
    assert_eq!(party.verify().await, Ok(Whole { records: 0, heads: 0, signed: 0 }));
    party.with_records(&[b"a", b"b"]).await;
    party.with_records(&[b"c"]).await;
    assert_eq!(party.verify().await, Ok(Whole { records: 3, heads: 2, signed: 3 }));
    let store = party.store();
    let read = store.trail(1, 10).await.expect("a trail");
    let subjects: Vec<_> = read.iter().map(|one| one.account.subject.as_str()).collect();
    assert_eq!(subjects, ["b", "c"]);
    assert_eq!(store.trail_end().await.expect("a trail").as_ref(), read.last());
    store.commit(change(b"d")).await.expect("a new instance");
    drop(store);
    assert_eq!(party.verify().await, Ok(Whole { records: 4, heads: 2, signed: 3 }));
}

#[tokio::test]
async fn every_change_of_a_record_or_its_messages_is_seen() {
    let record = |number| Err(Tampered::Record { number });
    let tampering = [
        ("UPDATE trail SET outcome = 'refused' WHERE number = 2", record(2)),
        ("UPDATE trail SET detail = '0B' WHERE number = 1", record(1)),
        ("UPDATE trail SET at = at + 1 WHERE number = 3", record(3)),
        ("UPDATE trail SET cause = '', subject = cause || subject WHERE number = 2", record(2)),
        ("UPDATE trail SET messages = '[]' WHERE number = 2", record(2)),
        ("UPDATE trail SET messages = '[1]' WHERE number = 2", record(2)),
        ("DELETE FROM trail WHERE number = 2", Err(Tampered::Missing { number: 2 })),
        ("DELETE FROM trail WHERE number = 3", Err(Tampered::Cut { signed: 3, records: 2 })),
        ("DELETE FROM trail", Err(Tampered::Cut { signed: 3, records: 0 })),
        ("UPDATE trail SET number = 9 WHERE number = 3", Err(Tampered::Missing { number: 3 })),
    ];
    for (sql, seen) in tampering {
        let party = Party::new();
        party.with_records(&[b"a", b"b", b"c"]).await;
        party.tamper(sql);
        assert_eq!(party.verify().await, seen, "{sql}");
    }
}

#[tokio::test]
async fn a_message_that_was_taken_away_or_changed_is_missed() {
    let party = Party::new();
    party.with_records(&[b"a", b"b"]).await;
    party.tamper("DELETE FROM journal WHERE seq = 2");
    assert!(matches!(party.verify().await, Err(Tampered::Message { number: 2, .. })));

    let party = Party::new();
    party.with_records(&[b"a", b"b"]).await;
    // With the digest that belongs to it: what the store itself checks holds.
    let other = "octets = (SELECT octets FROM journal WHERE seq = 1), \
         digest = (SELECT digest FROM journal WHERE seq = 1)";
    party.tamper(&format!("UPDATE journal SET {other} WHERE seq = 2"));
    assert_eq!(party.verify().await, Err(Tampered::Record { number: 2 }));

    let party = Party::new();
    party.with_records(&[b"a"]).await;
    party.tamper("UPDATE journal SET octets = X'00' WHERE seq = 1");
    assert!(matches!(party.verify().await, Err(Tampered::Unreadable(_))));
}

#[tokio::test]
async fn a_trail_written_anew_does_not_agree_with_its_heads() {
    let party = Party::new();
    party.with_records(&[b"a", b"b"]).await;
    std::fs::remove_file(party.file()).expect("the file");
    let store = party.store();
    for key in [b"a", b"x"] {
        store.commit(change(key)).await.expect("a new instance");
    }
    drop(store);
    assert_eq!(party.verify().await, Err(Tampered::Rewritten { number: 2 }));
}

#[tokio::test]
async fn only_the_party_itself_signs_its_heads() {
    let party = Party::new();
    party.with_records(&[b"a"]).await;
    let mut heads = party.heads().read().expect("a head");
    let stranger = Party::new().certified();
    let judged = verify(&party.store(), PARTY, &heads, &[stranger]).await;
    assert_eq!(judged, Err(Tampered::Head { head: 1 }));

    let judged = verify(&party.store(), "ca-merchant", &heads, &[party.certified()]).await;
    assert_eq!(judged, Err(Tampered::Head { head: 1 }));

    let invented = Head { records: 0, link: Link::START, ..heads[0].head.clone() };
    heads.push(SignedHead { head: invented, signature: heads[0].signature.clone() });
    let judged = verify(&party.store(), PARTY, &heads, &[party.certified()]).await;
    assert_eq!(judged, Err(Tampered::Head { head: 2 }));
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_stored_at_all() {
    let party = Party::new();
    party.with_records(&[b"a"]).await;
    party.tamper("ALTER TABLE trail RENAME TO trail_elsewhere");
    let store = party.store();
    let committed = store.commit(change(b"b")).await;
    assert_eq!(committed, Err(Uncommitted::Fault(Fault::StoreStopped)));
    drop(store);
    let found = party.store().load(KIND, &Lookup::Key(b"b".to_vec())).await;
    assert_eq!(found, Ok(None));
}

#[tokio::test]
async fn a_record_of_a_change_that_was_refused_leaves_no_gap() {
    let party = Party::new();
    party.with_records(&[b"a"]).await;
    let store = party.store();
    assert!(store.commit(change(b"a")).await.is_err(), "the instance is there already");
    store.commit(change(b"b")).await.expect("a new instance");
    drop(store);
    assert_eq!(party.verify().await, Ok(Whole { records: 2, heads: 1, signed: 1 }));
}

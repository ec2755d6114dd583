//! What a store promises, tried on the SQLite engine.

use std::{collections::BTreeSet, path::Path, sync::Arc, time::Instant};

use openset_node::{
    fault::Fault,
    store::{
        Alias, Change, Claim, CommitRefused, Direction, Entry, Errand, Expected, JournalOf, Lookup,
        Page, Put, Release, Reply, Request, Store, Timer, Uncommitted, sqlite::Sqlite,
    },
};
use openset_types::{Rrpid, UnixTime, Xid};
use tempfile::TempDir;

const KIND: &str = "test.thing";

fn at(seconds: i64) -> UnixTime {
    UnixTime::new(seconds).expect("a moment after 1970")
}

fn open(folder: &Path) -> Sqlite {
    Sqlite::open(&folder.join("store.db")).expect("a folder that can be written")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn put(key: &[u8], expected: Expected, state: &[u8]) -> Put {
    Put { kind: KIND, key: key.to_vec(), expected, state: state.to_vec(), at: at(1_000) }
}

fn making(key: &[u8]) -> Change {
    Change { puts: vec![put(key, Expected::Absent, b"one")], ..Change::default() }
}

fn claim(key: &[u8], holder: &[u8]) -> Claim {
    Claim { register: "spent", key: key.to_vec(), holder: holder.to_vec() }
}

fn errand(topic: &'static str, due_at: i64) -> Errand {
    Errand {
        kind: KIND,
        key: b"k".to_vec(),
        topic,
        body: b"do it".to_vec(),
        message: None,
        due_at: at(due_at),
    }
}

fn entry(name: &'static str, xid: Option<Xid>) -> Entry {
    Entry {
        at: at(5),
        direction: Direction::In,
        sender: "cardholder",
        recipient: "merchant",
        name,
        xid,
        rrpid: None,
        kind: KIND,
        key: b"k".to_vec(),
        octets: vec![0x30, 0x00],
    }
}

fn request(rrpid: Rrpid) -> Request {
    Request { rrpid, fingerprint: b"f".to_vec(), kind: KIND, key: b"k".to_vec() }
}

fn by_key(key: &[u8]) -> Lookup {
    Lookup::Key(key.to_vec())
}

fn refused(refused: CommitRefused) -> Result<openset_node::store::Committed, Uncommitted> {
    Err(Uncommitted::Refused(refused))
}

#[tokio::test]
async fn what_was_committed_is_read_back_after_reopening() {
    let folder = folder();
    let store = open(folder.path());
    let mut change = making(b"k");
    change.aliases.push(Alias { kind: KIND, alias: b"other".to_vec(), key: b"k".to_vec() });
    store.commit(change).await.expect("a new instance");
    drop(store);

    let store = open(folder.path());
    let record = store.load(KIND, &by_key(b"k")).await.expect("a query").expect("the instance");
    assert_eq!((record.state.as_slice(), record.created_at), (b"one".as_slice(), at(1_000)));
    let alias = Lookup::Alias(b"other".to_vec());
    assert_eq!(store.load(KIND, &alias).await, Ok(Some(record)));
}

#[tokio::test]
async fn another_kind_with_the_same_key_is_another_instance() {
    let folder = folder();
    let store = open(folder.path());
    store.commit(making(b"k")).await.expect("a new instance");
    assert_eq!(store.load("test.other", &by_key(b"k")).await, Ok(None));
    assert_eq!(store.load(KIND, &Lookup::Alias(b"k".to_vec())).await, Ok(None));
}

#[tokio::test]
async fn of_two_steps_from_one_version_one_is_stored() {
    let folder = folder();
    let store = open(folder.path());
    store.commit(making(b"k")).await.expect("a new instance");
    let version = store.load(KIND, &by_key(b"k")).await.expect("a query").expect("it").version;
    let step = |state: &[u8]| Change {
        puts: vec![put(b"k", Expected::At(version), state)],
        ..Change::default()
    };
    store.commit(step(b"two")).await.expect("the first of two");
    assert_eq!(store.commit(step(b"three")).await, refused(CommitRefused::Conflict));
    assert_eq!(store.commit(making(b"k")).await, refused(CommitRefused::Conflict));
    let record = store.load(KIND, &by_key(b"k")).await.expect("a query").expect("it");
    assert_eq!(record.state, b"two");
}

#[tokio::test]
async fn a_refused_change_leaves_nothing_behind() {
    let folder = folder();
    let store = open(folder.path());
    let first = Change { claims: vec![claim(b"pi", b"a")], ..Change::default() };
    store.commit(first).await.expect("a free entry");

    let mut second = making(b"b");
    second.claims.push(claim(b"pi", b"b"));
    second.journal.push(entry("PReq", None));
    second.errands.push(errand("ask", 0));
    let taken = CommitRefused::ClaimTaken { register: "spent", key: b"pi".to_vec() };
    assert_eq!(store.commit(second).await, refused(taken));

    assert_eq!(store.load(KIND, &by_key(b"b")).await, Ok(None));
    assert_eq!(store.journal(&JournalOf::Everything, Page::newest(9)).await, Ok(Vec::new()));
    assert_eq!(store.errands_due(KIND, "ask", at(9), 9).await, Ok(Vec::new()));
    assert_eq!(store.holder("spent", b"pi").await, Ok(Some(b"a".to_vec())));
}

#[tokio::test]
async fn a_hundred_claims_of_one_entry_at_once_give_it_to_one() {
    let folder = folder();
    let store = Arc::new(open(folder.path()));
    let mut tasks = Vec::new();
    for holder in 0..100_u8 {
        let store = Arc::clone(&store);
        tasks.push(tokio::spawn(async move {
            let mut change = making(&[holder]);
            change.claims.push(claim(b"pi", &[holder]));
            store.commit(change).await.is_ok()
        }));
    }
    let mut winners = 0;
    for task in tasks {
        winners += usize::from(task.await.expect("no panic"));
    }
    assert_eq!(winners, 1);
    assert_eq!(store.count(KIND).await, Ok(1));
}

#[tokio::test]
async fn an_entry_is_given_back_by_its_holder_only() {
    let folder = folder();
    let store = open(folder.path());
    let taken = Change { claims: vec![claim(b"pi", b"a")], ..Change::default() };
    store.commit(taken).await.expect("a free entry");
    let release = |holder: &[u8]| Change {
        releases: vec![Release { register: "spent", key: b"pi".to_vec(), holder: holder.to_vec() }],
        ..Change::default()
    };
    store.commit(release(b"b")).await.expect("nothing to do");
    assert_eq!(store.holder("spent", b"pi").await, Ok(Some(b"a".to_vec())));
    store.commit(release(b"a")).await.expect("its own entry");
    assert_eq!(store.holder("spent", b"pi").await, Ok(None));
}

#[tokio::test]
async fn a_name_of_one_instance_cannot_become_the_name_of_another() {
    let folder = folder();
    let store = open(folder.path());
    let named = |key: &[u8]| {
        let mut change = making(key);
        change.aliases.push(Alias { kind: KIND, alias: b"xid".to_vec(), key: key.to_vec() });
        change
    };
    store.commit(named(b"a")).await.expect("a free name");
    assert_eq!(store.commit(named(b"b")).await, refused(CommitRefused::AliasTaken));
    assert_eq!(store.load(KIND, &by_key(b"b")).await, Ok(None));
}

#[tokio::test]
async fn a_request_is_taken_once_and_answered_once() {
    let folder = folder();
    let store = open(folder.path());
    let rrpid = Rrpid::new([7; 20]);
    let taking = || Change { requests: vec![request(rrpid)], ..Change::default() };
    let answering = |message: &[u8]| {
        let mut change = Change::default();
        let message = change.append(Entry { octets: message.to_vec(), ..entry("PRes", None) });
        change.replies.push(Reply { rrpid, message });
        change
    };
    store.commit(making(b"k")).await.expect("a new instance");
    assert_eq!(store.commit(answering(b"x")).await, refused(CommitRefused::Answered(rrpid)));
    store.commit(taking()).await.expect("a new request");
    assert_eq!(store.commit(taking()).await, refused(CommitRefused::RequestSeen(rrpid)));
    assert_eq!(store.request(rrpid).await.expect("a query").expect("it").reply, None);
    store.commit(answering(b"yes")).await.expect("the first answer");
    store.commit(answering(b"yes")).await.expect("the same answer");
    assert_eq!(store.commit(answering(b"no")).await, refused(CommitRefused::Answered(rrpid)));
    let seen = store.request(rrpid).await.expect("a query").expect("it");
    assert_eq!((seen.reply, seen.fingerprint), (Some(b"yes".to_vec()), b"f".to_vec()));
}

#[tokio::test]
async fn an_errand_stays_until_it_is_finished_and_is_finished_once() {
    let folder = folder();
    let store = open(folder.path());
    let adding = Change { errands: vec![errand("ask", 10)], ..Change::default() };
    let id = store.commit(adding).await.expect("an errand").errands[0];
    drop(store);

    let store = open(folder.path());
    assert_eq!(store.errands_due(KIND, "ask", at(9), 9).await, Ok(Vec::new()));
    assert_eq!(store.errands_due(KIND, "own", at(10), 9).await, Ok(Vec::new()));
    let due = store.errands_due(KIND, "ask", at(10), 9).await.expect("a query");
    assert_eq!((due.len(), due[0].id, due[0].tries), (1, id, 0));

    let later = Change { postponed: vec![(id, at(20))], ..Change::default() };
    store.commit(later).await.expect("the errand is there");
    assert_eq!(store.errands_due(KIND, "ask", at(19), 9).await, Ok(Vec::new()));
    assert_eq!(store.errands_due(KIND, "ask", at(20), 9).await.expect("a query")[0].tries, 1);

    let finishing = || {
        let mut change = making(b"after");
        change.finished.push(id);
        change
    };
    store.commit(finishing()).await.expect("the errand is there");
    let mut again = making(b"again");
    again.finished.push(id);
    assert_eq!(store.commit(again).await, refused(CommitRefused::ErrandGone(id)));
    assert_eq!(store.load(KIND, &by_key(b"again")).await, Ok(None));
}

#[tokio::test]
async fn an_instance_wakes_at_the_last_time_it_asked_for() {
    let folder = folder();
    let store = open(folder.path());
    let timing = |due_at: Option<UnixTime>| Change {
        timers: vec![Timer { kind: KIND, key: b"k".to_vec(), due_at }],
        ..Change::default()
    };
    let mut first = making(b"k");
    first.timers = timing(Some(at(10))).timers;
    store.commit(first).await.expect("a time");
    assert_eq!(store.wakes_due(KIND, at(10), 9).await.expect("a query").len(), 1);
    store.commit(timing(Some(at(20)))).await.expect("a later time");
    assert_eq!(store.wakes_due(KIND, at(19), 9).await, Ok(Vec::new()));
    assert_eq!(store.wakes_due(KIND, at(20), 9).await.expect("a query").len(), 1);
    store.commit(timing(None)).await.expect("no time");
    assert_eq!(store.wakes_due(KIND, at(99), 9).await, Ok(Vec::new()));
}

#[tokio::test]
async fn the_journal_is_read_newest_first_by_instance_and_by_page() {
    let folder = folder();
    let store = open(folder.path());
    let xid = Xid::new([3; 20]);
    for name in ["PInitReq", "PInitRes", "PReq"] {
        let named = (name != "PInitReq").then_some(xid);
        let change = Change { journal: vec![entry(name, named)], ..Change::default() };
        store.commit(change).await.expect("an entry");
    }
    let of = JournalOf::Instance { kind: KIND, key: b"k".to_vec() };
    let first = store.journal(&of, Page::newest(1)).await.expect("a query");
    assert_eq!((first.len(), first[0].name.as_str()), (1, "PReq"));
    let page = Page { before: Some(first[0].seq), limit: 9 };
    let rest = store.journal(&of, page).await.expect("a query");
    let rest: Vec<_> = rest.iter().map(|passed| (passed.name.as_str(), passed.xid)).collect();
    assert_eq!(rest, [("PInitRes", Some(xid)), ("PInitReq", None)]);
    let of = JournalOf::Instance { kind: KIND, key: b"other".to_vec() };
    assert_eq!(store.journal(&of, Page::newest(9)).await, Ok(Vec::new()));
}

#[tokio::test]
async fn the_journal_of_an_instance_begins_before_it_was_made() {
    let folder = folder();
    let store = open(folder.path());
    let before = Change { journal: vec![entry("PInitReq", None)], ..Change::default() };
    store.commit(before).await.expect("an entry");
    let mut change = making(b"k");
    change.append(entry("PInitRes", None));
    store.commit(change).await.expect("a new instance");
    let of = JournalOf::Instance { kind: KIND, key: b"k".to_vec() };
    let all = store.journal(&of, Page::newest(9)).await.expect("a query");
    let names: Vec<_> = all.iter().map(|passed| passed.name.as_str()).collect();
    assert_eq!(names, ["PInitRes", "PInitReq"]);
}

#[tokio::test]
async fn a_request_is_found_in_the_journal_with_what_answered_it() {
    let folder = folder();
    let store = open(folder.path());
    let rrpid = Rrpid::new([7; 20]);
    let mut change = making(b"k");
    change.requests.push(request(rrpid));
    for (name, rrpid) in [("PReq", Some(rrpid)), ("AuthReq", None), ("PRes", Some(rrpid))] {
        change.append(Entry { rrpid, ..entry(name, None) });
    }
    store.commit(change).await.expect("a new request");
    let found = store.journal(&JournalOf::Request(rrpid), Page::newest(9)).await.expect("a query");
    let names: Vec<_> = found.iter().map(|passed| passed.name.as_str()).collect();
    assert_eq!(names, ["PRes", "PReq"]);
    let other = JournalOf::Request(Rrpid::new([8; 20]));
    assert_eq!(store.journal(&other, Page::newest(9)).await, Ok(Vec::new()));
}

#[tokio::test]
async fn what_belongs_to_no_instance_is_refused() {
    let folder = folder();
    let store = open(folder.path());
    let taking = Change { requests: vec![request(Rrpid::new([7; 20]))], ..Change::default() };
    assert_eq!(store.commit(taking).await, refused(CommitRefused::Conflict));
    let alias = Alias { kind: KIND, alias: b"other".to_vec(), key: b"k".to_vec() };
    let naming = Change { aliases: vec![alias], ..Change::default() };
    assert_eq!(store.commit(naming).await, refused(CommitRefused::Conflict));
}

#[tokio::test]
async fn an_errand_brings_the_message_that_the_journal_has() {
    let folder = folder();
    let store = open(folder.path());
    let mut change = making(b"k");
    change.append(entry("PReq", None));
    let asked = change.append(Entry { octets: b"ask".to_vec(), ..entry("AuthReq", None) });
    change.errands.push(Errand { message: Some(asked), ..errand("ask", 1) });
    store.commit(change).await.expect("an errand");
    let due = store.errands_due(KIND, "ask", at(1), 9).await.expect("a query");
    assert_eq!(due[0].message, Some(b"ask".to_vec()));
}

#[tokio::test]
async fn a_change_that_contradicts_itself_is_refused_whole() {
    let folder = folder();
    let store = open(folder.path());
    let mut twice = making(b"k");
    twice.puts.extend(making(b"k").puts);
    let mut claimed = making(b"k");
    claimed.claims = vec![claim(b"pi", b"a"), claim(b"pi", b"b")];
    let mut named = making(b"k");
    named.puts.extend(making(b"l").puts);
    named.aliases = [b"k", b"l"]
        .map(|key| Alias { kind: KIND, alias: b"x".to_vec(), key: key.to_vec() })
        .into();
    let mut requested = making(b"k");
    requested.requests = vec![request(Rrpid::new([7; 20])), request(Rrpid::new([7; 20]))];
    for change in [twice, claimed, named, requested] {
        assert!(matches!(store.commit(change).await, Err(Uncommitted::Refused(_))));
        assert_eq!(store.count(KIND).await, Ok(0));
    }
}

#[tokio::test]
async fn an_entry_given_back_can_be_taken_in_the_same_change() {
    let folder = folder();
    let store = open(folder.path());
    let taken = Change { claims: vec![claim(b"pi", b"a")], ..Change::default() };
    store.commit(taken).await.expect("a free entry");
    let release =
        |holder: &[u8]| Release { register: "spent", key: b"pi".to_vec(), holder: holder.to_vec() };
    let passing = |by: &[u8]| Change {
        releases: vec![release(by)],
        claims: vec![claim(b"pi", b"b")],
        ..Change::default()
    };
    assert!(store.commit(passing(b"c")).await.is_err());
    store.commit(passing(b"a")).await.expect("given back by its holder");
    assert_eq!(store.holder("spent", b"pi").await, Ok(Some(b"b".to_vec())));
}

/// What begins like a certificate of X.509, and is long enough for one.
fn certificate() -> Vec<u8> {
    let head = [0x30, 0x82, 0x01, 0x35, 0x30, 0x82, 0x01, 0x31, 0xA0, 0x03, 0x02, 0x01, 0x02];
    [head.as_slice(), &[7; 300]].concat()
}

/// A change with a certificate in its message and in its state.
fn certified(key: &[u8]) -> Change {
    let mut change = making(key);
    let octets = [b"0", certificate().as_slice(), &[key[0]; 8]].concat();
    change.append(Entry { octets, ..entry("PReq", None) });
    let text = data_encoding::BASE64.encode(&certificate());
    change.puts[0].state = format!("{{\"path\":[\"{text}\"]}}").into_bytes();
    change
}

#[tokio::test]
async fn certificates_are_stored_once_and_read_where_they_stood() {
    let folder = folder();
    let store = open(folder.path());
    for key in [b"a", b"b", b"c"] {
        store.commit(certified(key)).await.expect("a new instance");
    }
    drop(store);
    let store = open(folder.path());
    store.commit(certified(b"d")).await.expect("a new instance");
    let journal = store.journal(&JournalOf::Everything, Page::newest(9)).await.expect("a query");
    let expected = [b"d", b"c", b"b", b"a"].map(|key| certified(key));
    assert_eq!(journal.len(), expected.len());
    for (passed, change) in journal.iter().zip(&expected) {
        assert_eq!(passed.octets, change.journal[0].octets);
        let record = store.load(KIND, &by_key(&change.puts[0].key)).await.expect("a query");
        assert_eq!(record.expect("the instance").state, change.puts[0].state);
    }
    let file = rusqlite::Connection::open(folder.path().join("store.db")).expect("the file");
    let count = |sql| file.query_row(sql, [], |row| row.get::<_, i64>(0)).expect("a number");
    assert_eq!(count("SELECT COUNT(*) FROM piece"), 2);
    assert_eq!(count("SELECT COUNT(*) FROM journal WHERE length(octets) = 9"), 3);
    assert_eq!(count("SELECT COUNT(*) FROM instance WHERE length(state) < 20"), 3);
}

#[tokio::test]
async fn a_message_whose_octets_were_altered_is_not_read() {
    let folder = folder();
    let store = open(folder.path());
    for key in [b"a", b"b"] {
        store.commit(certified(key)).await.expect("a new instance");
    }
    let intruder = rusqlite::Connection::open(folder.path().join("store.db")).expect("the file");
    intruder
        .execute_batch(
            "DROP TRIGGER piece_is_not_changed; \
             UPDATE piece SET octets = zeroblob(length(octets))",
        )
        .expect("no trigger stands in the way any more");
    let newest = store.journal(&JournalOf::Everything, Page::newest(1)).await;
    assert_eq!(newest, Err(Fault::StoreQuery));
}

#[tokio::test]
async fn the_journal_cannot_be_changed_or_shortened() {
    let folder = folder();
    let store = open(folder.path());
    let change = Change { journal: vec![entry("PReq", None)], ..Change::default() };
    store.commit(change).await.expect("an entry");
    let intruder = rusqlite::Connection::open(folder.path().join("store.db")).expect("the file");
    for sql in ["UPDATE journal SET name = 'PRes'", "DELETE FROM journal"] {
        let error = intruder.execute(sql, []).expect_err("a trigger stands in the way");
        assert!(error.to_string().contains("append-only"), "{error}");
    }
    for key in [b"a", b"b"] {
        store.commit(certified(key)).await.expect("a new instance");
    }
    for sql in ["UPDATE piece SET octets = x'00'", "DELETE FROM piece"] {
        let error = intruder.execute(sql, []).expect_err("a trigger stands in the way");
        assert!(error.to_string().contains("others need this piece"), "{error}");
    }
}

#[tokio::test]
async fn lists_are_newest_first_and_go_on_where_they_stopped() {
    let folder = folder();
    let store = open(folder.path());
    for key in [b"a", b"b", b"c"] {
        store.commit(making(key)).await.expect("a new instance");
    }
    let first = store.list(KIND, Page::newest(2)).await.expect("a query");
    assert_eq!(first.iter().map(|record| record.key.as_slice()).collect::<Vec<_>>(), [b"c", b"b"]);
    let page = Page { before: Some(first[1].seq), limit: 2 };
    let rest = store.list(KIND, page).await.expect("a query");
    assert_eq!(rest.iter().map(|record| record.key.as_slice()).collect::<Vec<_>>(), [b"a"]);
}

#[tokio::test]
async fn a_full_disk_refuses_and_what_was_stored_stands() {
    let folder = folder();
    drop(open(folder.path()));
    let path = folder.path().join("store.db");
    let store = Sqlite::open_bounded(&path, 60).expect("the file");
    store.commit(making(b"before")).await.expect("room for one");
    let mut large = making(b"large");
    large.puts[0].state = vec![0; 1 << 20];
    assert_eq!(store.commit(large).await, Err(Uncommitted::Fault(Fault::StoreFull)));
    assert_eq!(store.load(KIND, &by_key(b"large")).await, Ok(None));
    store.commit(making(b"after")).await.expect("small changes still fit");
}

#[tokio::test]
async fn a_file_that_gave_way_is_neither_read_nor_written_again() {
    let folder = folder();
    let path = folder.path().join("store.db");
    {
        let store = open(folder.path());
        for key in 0..200_u8 {
            store.commit(making(&[key; 100])).await.expect("a new instance");
        }
    }
    let store = open(folder.path());
    let length = std::fs::metadata(&path).expect("the file").len();
    std::fs::write(&path, vec![0xFF; usize::try_from(length).expect("a small file")])
        .expect("the file can be spoiled");
    let read = store.load(KIND, &by_key(b"k")).await;
    assert_eq!(read, Err(Fault::StoreStopped));
    assert_eq!(store.commit(making(b"new")).await, Err(Uncommitted::Fault(Fault::StoreStopped)));
    assert_eq!(store.check().await, Err(Fault::StoreStopped));
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused() {
    let folder = folder();
    drop(open(folder.path()));
    let path = folder.path().join("store.db");
    let connection = rusqlite::Connection::open(&path).expect("the file");
    connection.pragma_update(None, "user_version", 99).expect("a number");
    drop(connection);
    assert_eq!(Sqlite::open(&path).err(), Some(Fault::StoreNewer));
}

#[tokio::test]
async fn a_file_of_a_version_that_is_not_read_any_more_is_refused() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let connection = rusqlite::Connection::open(&path).expect("the file");
    connection.pragma_update(None, "user_version", 4).expect("a number");
    drop(connection);
    assert_eq!(Sqlite::open(&path).err(), Some(Fault::StoreOlder));
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let store = open(folder.path());
    store.commit(making(b"k")).await.expect("a new instance");
    for file in std::fs::read_dir(folder.path()).expect("the folder") {
        let file = file.expect("a file");
        let mode = file.metadata().expect("its mode").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.path().display());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_changes_are_all_stored_and_share_commits() {
    let folder = folder();
    let store = Arc::new(open(folder.path()));
    let (clients, each) = (64_u16, 50_u16);
    let begun = Instant::now();
    let mut tasks = Vec::new();
    for client in 0..clients {
        let store = Arc::clone(&store);
        tasks.push(tokio::spawn(async move {
            for number in 0..each {
                let key = [client.to_be_bytes(), number.to_be_bytes()].concat();
                store.commit(making(&key)).await.expect("a new instance");
            }
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    let total = u64::from(clients) * u64::from(each);
    let rate = total as f64 / begun.elapsed().as_secs_f64();
    println!("{clients} clients: {rate:.0} synced changes per second");
    assert_eq!(store.count(KIND).await, Ok(total));
    let all = store.list(KIND, Page::newest(10_000)).await.expect("a query");
    assert_eq!(all.iter().map(|record| &record.key).collect::<BTreeSet<_>>().len(), all.len());
}

//! The journal: every message, as it was.

use openset_node::{
    fault::Fault,
    store::{Change, Entry, JournalOf, Page},
};
use openset_types::{Rrpid, Xid};

use crate::ground::*;

on_both_engines! {
    the_journal_is_read_newest_first_by_instance_and_by_page,
    the_journal_of_an_instance_begins_before_it_was_made,
    a_request_is_found_in_the_journal_with_what_answered_it,
    certificates_are_stored_once_and_read_where_they_stood,
    a_message_whose_octets_were_altered_is_not_read,
    the_journal_cannot_be_changed_or_shortened,
}

async fn the_journal_is_read_newest_first_by_instance_and_by_page(ground: &Ground) {
    let store = ground.open().await;
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

async fn the_journal_of_an_instance_begins_before_it_was_made(ground: &Ground) {
    let store = ground.open().await;
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

async fn a_request_is_found_in_the_journal_with_what_answered_it(ground: &Ground) {
    let store = ground.open().await;
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

async fn certificates_are_stored_once_and_read_where_they_stood(ground: &Ground) {
    let store = ground.open().await;
    for key in [b"a", b"b", b"c"] {
        store.commit(certified(key)).await.expect("a new instance");
    }
    close(store).await;
    let store = ground.open().await;
    store.commit(certified(b"d")).await.expect("a new instance");
    let journal = store.journal(&JournalOf::Everything, Page::newest(9)).await.expect("a query");
    let expected = [b"d", b"c", b"b", b"a"].map(|key| certified(key));
    assert_eq!(journal.len(), expected.len());
    for (passed, change) in journal.iter().zip(&expected) {
        assert_eq!(passed.octets, change.journal[0].octets);
        let record = store.load(KIND, &by_key(&change.puts[0].key)).await.expect("a query");
        assert_eq!(record.expect("the instance").state, change.puts[0].state);
    }
    for (sql, count) in [
        ("SELECT COUNT(*) FROM piece", "2"),
        ("SELECT COUNT(*) FROM journal WHERE length(octets) = 9", "3"),
        ("SELECT COUNT(*) FROM instance WHERE length(state) < 20", "3"),
    ] {
        assert_eq!(ground.run(sql).as_deref(), Ok(count), "{sql}");
    }
}

async fn a_message_whose_octets_were_altered_is_not_read(ground: &Ground) {
    let store = ground.open().await;
    for key in [b"a", b"b"] {
        store.commit(certified(key)).await.expect("a new instance");
    }
    ground.force("piece", "UPDATE piece SET octets = X'00'");
    let newest = store.journal(&JournalOf::Everything, Page::newest(1)).await;
    assert_eq!(newest, Err(Fault::StoreQuery));
}

async fn the_journal_cannot_be_changed_or_shortened(ground: &Ground) {
    let store = ground.open().await;
    let change = Change { journal: vec![entry("PReq", None)], ..Change::default() };
    store.commit(change).await.expect("an entry");
    for sql in ["UPDATE journal SET name = 'PRes'", "DELETE FROM journal"] {
        let error = ground.run(sql).expect_err("a trigger stands in the way");
        assert!(error.contains("append-only"), "{error}");
    }
    for key in [b"a", b"b"] {
        store.commit(certified(key)).await.expect("a new instance");
    }
    for sql in ["UPDATE piece SET octets = x'00'", "DELETE FROM piece"] {
        let error = ground.run(sql).expect_err("a trigger stands in the way");
        assert!(error.contains("others need this piece"), "{error}");
    }
}

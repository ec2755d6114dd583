//! Instances: their versions, names and lists.

use std::{collections::BTreeSet, sync::Arc, time::Instant};

use openset_node::store::{
    Alias, Change, CommitRefused, Expected, JournalOf, Lookup, Page, Uncommitted,
};
use openset_types::Rrpid;

use crate::ground::*;

on_both_engines! {
    what_was_committed_is_read_back_after_reopening,
    another_kind_with_the_same_key_is_another_instance,
    of_two_steps_from_one_version_one_is_stored,
    a_refused_change_leaves_nothing_behind,
    a_change_that_contradicts_itself_is_refused_whole,
    lists_are_newest_first_and_go_on_where_they_stopped,
    concurrent_changes_are_all_stored_and_share_commits,
}

async fn what_was_committed_is_read_back_after_reopening(ground: &Ground) {
    let store = ground.open().await;
    let mut change = making(b"k");
    change.aliases.push(Alias { kind: KIND, alias: b"other".to_vec(), key: b"k".to_vec() });
    store.commit(change).await.expect("a new instance");
    close(store).await;

    let store = ground.open().await;
    let record = store.load(KIND, &by_key(b"k")).await.expect("a query").expect("the instance");
    assert_eq!((record.state.as_slice(), record.created_at), (b"one".as_slice(), at(1_000)));
    let alias = Lookup::Alias(b"other".to_vec());
    assert_eq!(store.load(KIND, &alias).await, Ok(Some(record)));
}

async fn another_kind_with_the_same_key_is_another_instance(ground: &Ground) {
    let store = ground.open().await;
    store.commit(making(b"k")).await.expect("a new instance");
    assert_eq!(store.load("test.other", &by_key(b"k")).await, Ok(None));
    assert_eq!(store.load(KIND, &Lookup::Alias(b"k".to_vec())).await, Ok(None));
}

async fn of_two_steps_from_one_version_one_is_stored(ground: &Ground) {
    let store = ground.open().await;
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

async fn a_refused_change_leaves_nothing_behind(ground: &Ground) {
    let store = ground.open().await;
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

async fn a_change_that_contradicts_itself_is_refused_whole(ground: &Ground) {
    let store = ground.open().await;
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

async fn lists_are_newest_first_and_go_on_where_they_stopped(ground: &Ground) {
    let store = ground.open().await;
    for key in [b"a", b"b", b"c"] {
        store.commit(making(key)).await.expect("a new instance");
    }
    let first = store.list(KIND, Page::newest(2)).await.expect("a query");
    assert_eq!(first.iter().map(|record| record.key.as_slice()).collect::<Vec<_>>(), [b"c", b"b"]);
    let page = Page { before: Some(first[1].seq), limit: 2 };
    let rest = store.list(KIND, page).await.expect("a query");
    assert_eq!(rest.iter().map(|record| record.key.as_slice()).collect::<Vec<_>>(), [b"a"]);
}

async fn concurrent_changes_are_all_stored_and_share_commits(ground: &Ground) {
    let store = ground.open().await;
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

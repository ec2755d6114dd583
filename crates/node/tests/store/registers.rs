//! Registers, requests and their answers: what one of several gets.

use std::sync::Arc;

use openset_node::store::{Alias, Change, CommitRefused, Entry, Release, Reply, Tally};
use openset_types::Rrpid;

use crate::ground::*;

on_both_engines! {
    a_hundred_claims_of_one_entry_at_once_give_it_to_one,
    an_entry_is_given_back_by_its_holder_only,
    an_entry_given_back_can_be_taken_in_the_same_change,
    a_name_of_one_instance_cannot_become_the_name_of_another,
    a_request_is_taken_once_and_answered_once,
    what_belongs_to_no_instance_is_refused,
    what_is_counted_is_counted_in_its_period_and_forgotten_after_it,
    a_count_is_stored_with_the_rest_of_its_change_or_not_at_all,
    a_hundred_that_count_at_once_lose_none,
}

async fn a_hundred_claims_of_one_entry_at_once_give_it_to_one(ground: &Ground) {
    let store = ground.open().await;
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

async fn an_entry_is_given_back_by_its_holder_only(ground: &Ground) {
    let store = ground.open().await;
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

async fn an_entry_given_back_can_be_taken_in_the_same_change(ground: &Ground) {
    let store = ground.open().await;
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

async fn a_name_of_one_instance_cannot_become_the_name_of_another(ground: &Ground) {
    let store = ground.open().await;
    let named = |key: &[u8]| {
        let mut change = making(key);
        change.aliases.push(Alias { kind: KIND, alias: b"xid".to_vec(), key: key.to_vec() });
        change
    };
    store.commit(named(b"a")).await.expect("a free name");
    assert_eq!(store.commit(named(b"b")).await, refused(CommitRefused::AliasTaken));
    assert_eq!(store.load(KIND, &by_key(b"b")).await, Ok(None));
}

async fn a_request_is_taken_once_and_answered_once(ground: &Ground) {
    let store = ground.open().await;
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

async fn what_belongs_to_no_instance_is_refused(ground: &Ground) {
    let store = ground.open().await;
    let taking = Change { requests: vec![request(Rrpid::new([7; 20]))], ..Change::default() };
    assert_eq!(store.commit(taking).await, refused(CommitRefused::Conflict));
    let alias = Alias { kind: KIND, alias: b"other".to_vec(), key: b"k".to_vec() };
    let naming = Change { aliases: vec![alias], ..Change::default() };
    assert_eq!(store.commit(naming).await, refused(CommitRefused::Conflict));
}

fn tally(period: i64, key: &[u8]) -> Tally {
    Tally { register: "tries", period, key: key.to_vec() }
}

fn counting(tallies: Vec<Tally>) -> Change {
    Change { tallies, ..Change::default() }
}

async fn what_is_counted_is_counted_in_its_period_and_forgotten_after_it(ground: &Ground) {
    let store = ground.open().await;
    assert_eq!(store.tally_period("tries").await, Ok(None));
    let today = counting(vec![tally(7, b"a"), tally(7, b"a"), tally(7, b"b")]);
    store.commit(today).await.expect("counted");
    store.commit(counting(vec![tally(7, b"a")])).await.expect("counted");
    close(store).await;
    let store = ground.open().await;
    for (key, times) in [(b"a", 3), (b"b", 1), (b"c", 0)] {
        assert_eq!(store.tally("tries", 7, key).await, Ok(times));
    }
    assert_eq!(store.tally("others", 7, b"a").await, Ok(0));
    store.commit(counting(vec![tally(8, b"b")])).await.expect("counted");
    assert_eq!(store.tally_period("tries").await, Ok(Some(8)));
    assert_eq!(store.tally("tries", 7, b"a").await, Ok(0));
    assert_eq!(store.tally("tries", 8, b"b").await, Ok(1));
}

async fn a_count_is_stored_with_the_rest_of_its_change_or_not_at_all(ground: &Ground) {
    let store = ground.open().await;
    store.commit(making(b"k")).await.expect("a new instance");
    let again = Change { tallies: vec![tally(7, b"a")], ..making(b"k") };
    assert_eq!(store.commit(again).await, refused(CommitRefused::Conflict));
    assert_eq!(store.tally("tries", 7, b"a").await, Ok(0));
}

async fn a_hundred_that_count_at_once_lose_none(ground: &Ground) {
    let store = ground.open().await;
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.commit(counting(vec![tally(7, b"a")])).await.is_ok() })
        })
        .collect();
    for task in tasks {
        assert!(task.await.expect("no panic"));
    }
    assert_eq!(store.tally("tries", 7, b"a").await, Ok(100));
}

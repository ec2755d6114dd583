//! Errands and times: what is done after a commit.

use openset_node::store::{Change, CommitRefused, Entry, Errand, Timer};
use openset_types::UnixTime;

use crate::ground::*;

on_both_engines! {
    an_errand_stays_until_it_is_finished_and_is_finished_once,
    an_errand_brings_the_message_that_the_journal_has,
    an_instance_wakes_at_the_last_time_it_asked_for,
}

async fn an_errand_stays_until_it_is_finished_and_is_finished_once(ground: &Ground) {
    let store = ground.open().await;
    let adding = Change { errands: vec![errand("ask", 10)], ..Change::default() };
    let id = store.commit(adding).await.expect("an errand").errands[0];
    close(store).await;

    let store = ground.open().await;
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

async fn an_errand_brings_the_message_that_the_journal_has(ground: &Ground) {
    let store = ground.open().await;
    let mut change = making(b"k");
    change.append(entry("PReq", None));
    let asked = change.append(Entry { octets: b"ask".to_vec(), ..entry("AuthReq", None) });
    change.errands.push(Errand { message: Some(asked), ..errand("ask", 1) });
    store.commit(change).await.expect("an errand");
    let due = store.errands_due(KIND, "ask", at(1), 9).await.expect("a query");
    assert_eq!(due[0].message, Some(b"ask".to_vec()));
}

async fn an_instance_wakes_at_the_last_time_it_asked_for(ground: &Ground) {
    let store = ground.open().await;
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

//! What several nodes on one PostgreSQL can be at the same time, and what a server may do to them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use openset_node::{
    fault::{Fault, Unfit},
    store::{
        Account, Change, CommitRefused, Entry, Expected, Lookup, Page, Pending, Reply, Store,
        Timer, Uncommitted, Wake,
        postgres::{Postgres, Server as Look, Terms},
    },
};
use openset_testkit::postgres::{self, Schema, Server};
use openset_types::Rrpid;
use tokio::task::JoinSet;

use crate::ground::*;

/// How long anything may take before a test has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// So many nodes on one schema. Nothing where PostgreSQL is missing.
async fn nodes<const COUNT: usize>() -> Option<[Arc<Postgres>; COUNT]> {
    let schema = postgres::schema()?;
    let mut nodes = Vec::new();
    for _ in 0..COUNT {
        nodes.push(Arc::new(node_of(&schema).await));
    }
    nodes.try_into().ok()
}

/// A node that is taken for dead soon after it is silent.
async fn short_lived(schema: &Schema) -> Postgres {
    let mut terms = Terms::new(schema.server(), None).expect("a server");
    terms.lease = Duration::from_millis(300);
    Postgres::open(&terms).await.expect("a server that is fit")
}

/// Commits so many changes at once, on one node after the other.
async fn all_at_once(
    nodes: &[Arc<Postgres>],
    changes: impl IntoIterator<Item = Change>,
) -> Vec<Result<(), Uncommitted>> {
    let mut tasks = JoinSet::new();
    for (change, node) in changes.into_iter().zip(nodes.iter().cycle()) {
        let node = Arc::clone(node);
        tasks.spawn(async move { node.commit(change).await.map(drop) });
    }
    tasks.join_all().await
}

/// Asks until there is something, which a lease that ends brings about.
async fn adopted(node: &Postgres) -> Vec<Pending> {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let adopted = node.adopt(KIND, "own").await.expect("a query");
        if !adopted.is_empty() {
            return adopted;
        }
    }
    panic!("nobody took over")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_claims_at_two_nodes_at_once_one_is_granted() {
    let Some(nodes) = nodes::<2>().await else { return };
    let claiming = |holder: u8| {
        let mut change = making(&[holder]);
        change.claims.push(claim(b"pi", &[holder]));
        change
    };
    let outcomes = all_at_once(&nodes, (0..40).map(claiming)).await;
    let taken = CommitRefused::ClaimTaken { register: "spent", key: b"pi".to_vec() };
    let refused = Err(Uncommitted::Refused(taken));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == refused).count(), 39);
    assert_eq!(nodes[0].count(KIND).await, Ok(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_request_at_two_nodes_at_once_is_taken_by_one_and_seen_by_the_other() {
    let Some(nodes) = nodes::<2>().await else { return };
    let rrpid = Rrpid::new([7; 20]);
    let taking = || {
        let mut change = making(b"k");
        change.requests.push(request(rrpid));
        let message = change.append(Entry { octets: b"yes".to_vec(), ..entry("AuthRes", None) });
        change.replies.push(Reply { rrpid, message });
        change
    };
    let outcomes = all_at_once(&nodes, (0..20).map(|_| taking())).await;
    let seen = Err(Uncommitted::Refused(CommitRefused::RequestSeen(rrpid)));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == seen).count(), 19);
    for node in &nodes {
        let known = node.request(rrpid).await.expect("a query").expect("it was taken");
        assert_eq!(known.reply.as_deref(), Some(b"yes".as_slice()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_of_one_instance_at_three_nodes_are_all_taken_one_after_the_other() {
    let Some(nodes) = nodes::<3>().await else { return };
    nodes[0].commit(making(b"k")).await.expect("a new instance");
    let mut tasks = JoinSet::new();
    for node in nodes.iter().cycle().take(12) {
        let node = Arc::clone(node);
        tasks.spawn(async move {
            loop {
                let record = node.load(KIND, &by_key(b"k")).await.expect("a query").expect("it");
                let longer = [record.state.as_slice(), b"+"].concat();
                let step = put(b"k", Expected::At(record.version), &longer);
                let change = Change { puts: vec![step], ..Change::default() };
                match node.commit(change).await {
                    Ok(_) => return,
                    Err(refused) => {
                        assert_eq!(refused, Uncommitted::Refused(CommitRefused::Conflict));
                    }
                }
            }
        });
    }
    tasks.join_all().await;
    let record = nodes[0].load(KIND, &by_key(b"k")).await.expect("a query").expect("it");
    assert_eq!(record.state, [b"one".as_slice(), &[b'+'; 12]].concat());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_cross_each_other_are_all_stored() {
    let Some(nodes) = nodes::<2>().await else { return };
    for key in [b"a", b"b"] {
        nodes[0].commit(making(key)).await.expect("a new instance");
    }
    // Two instances in one change, in either order: each waits for what the other has.
    for round in 0..20_u8 {
        let mut tasks = JoinSet::new();
        for (node, keys) in nodes.iter().zip([[b"a", b"b"], [b"b", b"a"]]) {
            let node = Arc::clone(node);
            tasks.spawn(async move {
                loop {
                    let mut change = Change::default();
                    for key in keys {
                        let found = node.load(KIND, &by_key(key)).await.expect("a query");
                        let version = found.expect("it").version;
                        change.puts.push(put(key, Expected::At(version), &[round]));
                    }
                    match node.commit(change).await {
                        Ok(_) => return,
                        Err(refused) => {
                            assert_eq!(refused, Uncommitted::Refused(CommitRefused::Conflict));
                        }
                    }
                }
            });
        }
        tasks.join_all().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_errand_is_its_nodes_until_that_node_leaves() {
    let Some([first, second]) = nodes().await else { return };
    let adding = Change { errands: vec![errand("ask", 1), errand("own", 1)], ..Change::default() };
    let ids = first.commit(adding).await.expect("two errands").errands;
    assert_eq!(second.errands_due(KIND, "ask", at(9), 9).await, Ok(Vec::new()));
    assert_eq!(second.adopt(KIND, "own").await, Ok(Vec::new()));
    assert_eq!(first.adopt(KIND, "own").await, Ok(Vec::new()));
    assert_eq!(first.errands_due(KIND, "ask", at(9), 9).await.expect("a query")[0].id, ids[0]);

    first.leave().await.expect("the server is there");
    assert_eq!(second.errands_due(KIND, "ask", at(9), 9).await.expect("a query")[0].id, ids[0]);
    assert_eq!(second.adopt(KIND, "own").await.expect("a query")[0].id, ids[1]);
    assert_eq!(second.adopt(KIND, "own").await, Ok(Vec::new()), "it was given out once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_node_left_is_taken_over_by_one_of_the_others_when_its_lease_ends() {
    let Some(schema) = postgres::schema() else { return };
    let dead = short_lived(&schema).await;
    let adding = Change { errands: vec![errand("own", 1)], ..Change::default() };
    let id = dead.commit(adding).await.expect("an errand").errands[0];
    let others = [node_of(&schema).await, node_of(&schema).await];
    assert_eq!(others[0].adopt(KIND, "own").await, Ok(Vec::new()), "it lives");
    drop(dead);

    assert_eq!(adopted(&others[0]).await[0].id, id);
    assert_eq!(others[1].adopt(KIND, "own").await, Ok(Vec::new()));
    let finishing = Change { finished: vec![id], ..Change::default() };
    others[0].commit(finishing).await.expect("it is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_that_two_nodes_bring_is_taken_from_one() {
    let Some(nodes) = nodes::<2>().await else { return };
    let adding = Change { errands: vec![errand("own", 1)], ..Change::default() };
    let id = nodes[0].commit(adding).await.expect("an errand").errands[0];
    let bringing = |key: u8| {
        let mut change = making(&[key]);
        change.finished.push(id);
        change
    };
    let outcomes = all_at_once(&nodes, (0..10).map(bringing)).await;
    let gone = Err(Uncommitted::Refused(CommitRefused::ErrandGone(id)));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == gone).count(), 9);
    assert_eq!(nodes[0].count(KIND).await, Ok(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_is_woken_by_one_of_two_nodes_and_again_if_that_one_does_not() {
    let Some([first, second]) = nodes().await else { return };
    let mut change = making(b"k");
    change.timers = vec![Timer { kind: KIND, key: b"k".to_vec(), due_at: Some(at(10)) }];
    first.commit(change).await.expect("a time");
    let given = Wake { key: b"k".to_vec(), due_at: at(10) };
    let (one, other) =
        tokio::join!(first.wakes_due(KIND, at(10), 9), second.wakes_due(KIND, at(10), 9));
    let (one, other) = (one.expect("a query"), other.expect("a query"));
    assert_eq!([one, other].concat(), [given]);
    assert_eq!(second.wakes_due(KIND, at(39), 9).await, Ok(Vec::new()));
    assert_eq!(second.wakes_due(KIND, at(40), 9).await.expect("a query").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trail_that_two_nodes_write_is_one_chain() {
    let Some(nodes) = nodes::<2>().await else { return };
    let recording = |key: u8| {
        let mut change = making(&[key]);
        change.append(entry("CertReq", None));
        let text = String::new;
        let subject = format!("{key}\0");
        let (at, cause, outcome) = (at(5), "CertReq".to_owned(), "issued".to_owned());
        change.trail = vec![Account { at, cause, subject, outcome, detail: text() }];
        change
    };
    let outcomes = all_at_once(&nodes, (0..40).map(recording)).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let trail = nodes[0].trail(0, 99).await.expect("a trail");
    let numbers: Vec<u64> = trail.iter().map(|recorded| recorded.number).collect();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
    // Of two that follow the same record, one is not in the chain: each link is another.
    let mut links: Vec<_> = trail.iter().map(|recorded| recorded.link.as_bytes()).collect();
    links.sort_unstable();
    links.dedup();
    assert_eq!(links.len(), 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_at_once_make_the_tables_once() {
    let Some(schema) = postgres::schema() else { return };
    let mut tasks = JoinSet::new();
    for _ in 0..6 {
        let schema = schema.clone();
        tasks.spawn(async move { node_of(&schema).await });
    }
    let nodes = tasks.join_all().await;
    nodes[0].commit(making(b"k")).await.expect("a new instance");
    assert_eq!(nodes[5].count(KIND).await, Ok(1));
    assert_eq!(schema.run("SELECT COUNT(*) FROM schema_version").as_deref(), Ok("1"));
}

/// A node of a role that is one process.
async fn lone(schema: &Schema, lease: Duration) -> Result<Postgres, Fault> {
    let mut terms = Terms::new(schema.server(), None).expect("a server");
    terms.lease = lease;
    terms.is_shared = false;
    Postgres::open(&terms).await
}

/// Longer than a node that is there is ever silent.
const LONG: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_role_is_one_process_nobody_begins_until_the_one_before_has_left() {
    let Some(schema) = postgres::schema() else { return };
    let first = lone(&schema, LONG).await.expect("nobody is here");
    assert_eq!(lone(&schema, LONG).await.err(), Some(Fault::StoreShared));
    first.commit(making(b"k")).await.expect("it goes on");
    first.leave().await.expect("it says so");
    let next = lone(&schema, LONG).await.expect("nobody is here any more");
    assert_eq!(next.count(KIND).await, Ok(1));
}

#[tokio::test]
async fn one_process_that_was_killed_is_waited_for_until_its_lease_ends() {
    let Some(schema) = postgres::schema() else { return };
    let lease = Duration::from_millis(300);
    drop(lone(&schema, lease).await.expect("nobody is here"));
    lone(&schema, lease).await.expect("the dead one's lease has ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_begin_alone_at_the_same_time_one_does() {
    let Some(schema) = postgres::schema() else { return };
    let (one, other) = tokio::join!(lone(&schema, LONG), lone(&schema, LONG));
    let refused = [one.as_ref().err(), other.as_ref().err()];
    assert!(
        [[None, Some(&Fault::StoreShared)], [Some(&Fault::StoreShared), None]].contains(&refused),
        "{refused:?}"
    );
}

#[tokio::test]
async fn tables_of_a_newer_version_are_refused() {
    let Some(schema) = postgres::schema() else { return };
    drop(node_of(&schema).await);
    schema.run("UPDATE schema_version SET version = 99").expect("a number");
    let terms = Terms::new(schema.server(), None).expect("a server");
    assert_eq!(Postgres::open(&terms).await.err(), Some(Fault::StoreNewer));
}

#[tokio::test]
async fn a_server_that_lets_nobody_in_or_is_not_there_is_said() {
    let Some(schema) = postgres::schema() else { return };
    let stranger = schema.server().replace("user=openset", "user=nobody");
    let elsewhere = schema.server().replace("openset-pg-", "no-such-");
    for (server, fault) in [(stranger, Fault::StoreDenied), (elsewhere, Fault::StoreUnreachable)] {
        let terms = Terms::new(&server, None).expect("a server");
        assert_eq!(Postgres::open(&terms).await.err(), Some(fault), "{server}");
    }
}

#[tokio::test]
async fn a_server_that_may_lose_what_it_acknowledged_is_refused() {
    let Some(schema) = postgres::schema() else { return };
    for word in ["off", "local", "remote_write"] {
        let option = format!("options='-c synchronous_commit={word} ");
        let terms = Terms::new(&schema.server().replace("options='", &option), None);
        let opened = Postgres::open(&terms.expect("a server")).await;
        let unfit = Fault::StoreUnfit(Unfit::SynchronousCommit);
        assert_eq!(opened.err(), Some(unfit), "{word}");
    }
    let option = "options='-c default_transaction_read_only=on ";
    let terms = Terms::new(&schema.server().replace("options='", option), None);
    let looked = Look::look(&terms.expect("a server")).await.expect("it answers");
    assert_eq!(looked.unfit(), Some(Unfit::ReadOnly));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_wait_for_its_disk_is_refused() {
    let Some(server) = Server::start() else { return };
    let schema = server.schema();
    let node = node_of(&schema).await;
    for (setting, unfit) in [("fsync", Unfit::Fsync), ("full_page_writes", Unfit::FullPageWrites)] {
        server.set(setting, "off");
        let terms = Terms::new(schema.server(), None).expect("a server");
        // The server reads its settings in its own time.
        let until = Instant::now() + PATIENCE;
        while Postgres::open(&terms).await.is_ok() && Instant::now() < until {}
        assert_eq!(Postgres::open(&terms).await.err(), Some(Fault::StoreUnfit(unfit)));
        server.set(setting, "on");
        while Postgres::open(&terms).await.is_err() && Instant::now() < until {}
    }
    node.check().await.expect("it is as it was");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_outlives_a_crash_of_the_server_and_the_nodes_find_it_again() {
    let Some(server) = Server::start() else { return };
    let schema = server.schema();
    let node = Arc::new(node_of(&schema).await);
    let enough = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for client in 0..16_u16 {
        let (node, enough) = (Arc::clone(&node), Arc::clone(&enough));
        tasks.spawn(async move {
            let mut acknowledged = Vec::new();
            for number in 0..=u16::MAX {
                if enough.load(Ordering::Acquire) {
                    break;
                }
                let key = [client.to_be_bytes(), number.to_be_bytes()].concat();
                match node.commit(making(&key)).await {
                    Ok(_) => acknowledged.push(key),
                    Err(error) => {
                        assert_eq!(error, Uncommitted::Fault(Fault::StoreUnreachable));
                    }
                }
            }
            acknowledged
        });
    }
    let begun = Instant::now();
    while node.count(KIND).await.expect("a query") < 50 {
        assert!(begun.elapsed() < PATIENCE, "nothing is stored");
    }
    server.crash();
    assert_eq!(node.check().await, Err(Fault::StoreUnreachable));
    server.recover();
    enough.store(true, Ordering::Release);
    let acknowledged = tasks.join_all().await.concat();
    let begun = Instant::now();
    while node.check().await.is_err() {
        assert!(begun.elapsed() < PATIENCE, "the node does not find the server again");
    }
    for key in &acknowledged {
        let found = node.load(KIND, &Lookup::Key(key.clone())).await.expect("a query");
        assert!(found.is_some(), "{key:?} was acknowledged");
    }
    // What nobody acknowledged was not stored either, for the server was asked.
    let stored = node.list(KIND, Page::newest(u32::MAX)).await.expect("a query").len();
    assert_eq!(stored, acknowledged.len());
    node.commit(making(b"after")).await.expect("it goes on");
}

//! Several identical nodes of a party on one PostgreSQL, each behind a port of its own: whoever
//! asks may ask any of them, and any of them may be killed.

use std::{
    sync::mpsc,
    time::{Duration, Instant},
};

use openset_testkit::postgres::schema;
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
};

use super::*;

/// A node, and where it takes messages.
struct Node {
    house: House,
    url: String,
    serving: Shutdown,
}

impl Node {
    /// A node that others take for dead soon after it is silent.
    async fn on(schema: &Schema, desk: Counting) -> Self {
        let mut terms = Terms::new(schema.server(), None).expect("a server");
        terms.lease = Duration::from_millis(600);
        let store = Postgres::open(&terms).await.expect("a server that is fit");
        let house = house_on(Arc::new(store), String::new(), desk).await;
        let (url, serving) = serve(&house).await;
        Self { house, url, serving }
    }

    /// Stops in good order: what was begun is finished, what comes is refused.
    async fn close(self) {
        self.serving.ask();
        self.house.close().await;
    }
}

/// A node in a runtime of its own, which ends as a process does that is killed: in the middle of
/// everything, and its connections with it.
struct Killable {
    runtime: Runtime,
    url: String,
    desk: Arc<Counting>,
}

impl Killable {
    fn on(schema: &Schema, desk: Counting) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let (tell, told) = mpsc::channel();
        let schema = schema.clone();
        runtime.spawn(async move {
            let node = Node::on(&schema, desk).await;
            tell.send((node.url.clone(), Arc::clone(&node.house.desk))).expect("somebody waits");
            // Until it is killed.
            std::future::pending::<()>().await;
            node.close().await;
        });
        let (url, desk) = told.recv_timeout(PATIENCE).expect("it starts");
        Self { runtime, url, desk }
    }

    fn kill(self) {
        self.runtime.shutdown_background();
    }
}

async fn ask(url: &str, message: &[u8]) -> Option<Vec<u8>> {
    let client = Client::new(PATIENCE, 65_536);
    client.ask(url, Media::Payment, message.to_vec()).await.ok()
}

/// Asks these nodes in turn until one answers, as whoever stands behind a balancer does.
async fn ask_any(urls: &[String], message: &[u8]) -> Vec<u8> {
    let until = Instant::now() + PATIENCE;
    for url in urls.iter().cycle() {
        if let Some(answer) = ask(url, message).await {
            return answer;
        }
        assert!(Instant::now() < until, "nobody answers");
    }
    panic!("there is no node")
}

fn number(answer: &[u8]) -> u64 {
    let wrapper = MessageWrapper::decode(answer).expect("a message");
    number_in(&wrapper.message).expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_at_two_nodes_at_once_is_taken_by_one_and_answered_alike_by_both() {
    let Some(schema) = schema() else { return };
    let nodes = [
        Node::on(&schema, Counting::default()).await,
        Node::on(&schema, Counting::default()).await,
    ];
    for what in [ADD, ADD_LATER, SPEND] {
        let name = rrpid(u32::try_from(what).expect("a small one"));
        let message = request(name, None, what, 7);
        let mut asking = JoinSet::new();
        for node in nodes.iter().cycle().take(20) {
            let (url, message) = (node.url.clone(), message.clone());
            asking.spawn(async move { ask(&url, &message).await.expect("an answer") });
        }
        let mut answers = asking.join_all().await;
        answers.dedup();
        assert_eq!(answers.iter().map(|answer| number(answer)).collect::<Vec<_>>(), [7]);
        let state = nodes[0].house.state(name.as_bytes()).await.expect("it was taken");
        assert_eq!(state.total, 7);
    }
    let performed = nodes.iter().map(|node| node.house.desk.performed.load(Ordering::SeqCst));
    assert_eq!(performed.sum::<usize>(), 1);
    assert_eq!(nodes[1].house.journal().await.len(), 6, "each asked once, each answered once");
    for node in nodes {
        node.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_octets_under_one_name_are_refused_by_every_node() {
    // A10.
    let Some(schema) = schema() else { return };
    let first = Node::on(&schema, Counting::default()).await;
    let second = Node::on(&schema, Counting::default()).await;
    let answer = ask(&first.url, &request(rrpid(1), None, ADD, 7)).await.expect("an answer");
    assert_eq!(number(&answer), 7);
    let other = ask(&second.url, &request(rrpid(1), None, ADD, 8)).await.expect("an answer");
    assert_eq!(other, Refusal::SenderReusedRrpid.to_string().into_bytes());
    first.close().await;
    second.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_node_had_begun_another_one_finishes_and_answers() {
    let Some(schema) = schema() else { return };
    let closed = Counting { closed: true, ..Counting::default() };
    let killed = Killable::on(&schema, closed);
    let other = Node::on(&schema, Counting::default()).await;
    let message = request(rrpid(1), None, ADD_LATER, 7);

    // It was taken and its effect was begun; whoever asked is cut off.
    let (url, again) = (killed.url.clone(), message.clone());
    let cut_off = tokio::spawn(async move { ask(&url, &again).await });
    let until = Instant::now() + PATIENCE;
    while killed.desk.performed.load(Ordering::SeqCst) == 0 {
        assert!(Instant::now() < until, "the effect is not begun");
        yield_now().await;
    }
    killed.kill();
    assert_eq!(cut_off.await.expect("no panic"), None);

    // The same octets elsewhere: what became of the effect nobody knows, and the machine is told.
    let answer = ask_any(std::slice::from_ref(&other.url), &message).await;
    assert_eq!(number(&answer), 0);
    let state = other.house.state(rrpid(1).as_bytes()).await.expect("it was taken");
    assert_eq!((state.total, state.interrupted), (0, 1));
    assert_eq!(ask(&other.url, &message).await, Some(answer));
    assert_eq!(other.house.open_errands().await, 0);
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_given_up_and_lives_changes_nothing_any_more() {
    let Some(schema) = schema() else { return };
    let closed = Counting { closed: true, ..Counting::default() };
    let slow = Node::on(&schema, closed).await;
    let other = Node::on(&schema, Counting::default()).await;
    let message = request(rrpid(1), None, ADD_LATER, 7);
    let asking = slow.house.asked(&message).await;

    // Somebody takes it for dead, as when it cannot be heard.
    schema.run("UPDATE node SET until = now() - interval '1 hour'").expect("a table");
    schema.run("UPDATE errand SET node = -1").expect("a table");
    assert_eq!(number(&ask(&other.url, &message).await.expect("an answer")), 0);
    slow.house.desk.opened.notify_one();
    let Said::Message(answer) = asking.await.expect("no panic").expect("no fault of ours") else {
        panic!("an answer")
    };
    assert_eq!(number(&answer), 0, "what the other has answered");
    let state = other.house.state(rrpid(1).as_bytes()).await.expect("it was taken");
    assert_eq!((state.total, state.interrupted), (0, 1), "the late outcome is not taken");
    slow.close().await;
    other.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_are_restarted_one_after_the_other_and_every_request_is_taken_once() {
    let Some(schema) = schema() else { return };
    let mut nodes = [
        Some(Node::on(&schema, Counting::default()).await),
        Some(Node::on(&schema, Counting::default()).await),
    ];
    let xid = Xid::new([9; 20]);
    let mut number_of = 0;
    for round in 0..6 {
        let urls: Vec<_> = nodes.iter().flatten().map(|node| node.url.clone()).collect();
        let mut asking = JoinSet::new();
        for _ in 0..10 {
            number_of += 1;
            let message = request(rrpid(number_of), Some(xid), ADD, 1);
            let urls = urls.clone();
            asking.spawn(async move { number(&ask_any(&urls, &message).await) });
        }
        // One of them stops in the middle of that, and is started again.
        let place = round % 2;
        nodes[place].take().expect("it runs").close().await;
        let answers = asking.join_all().await;
        assert_eq!(answers.len(), 10);
        nodes[place] = Some(Node::on(&schema, Counting::default()).await);
    }
    let node = nodes[0].as_ref().expect("it runs");
    assert_eq!(node.house.state(xid.as_bytes()).await.expect("it").total, u64::from(number_of));
    for node in nodes.into_iter().flatten() {
        node.close().await;
    }
}

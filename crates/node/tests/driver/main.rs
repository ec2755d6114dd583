//! What the driver promises of every machine, tried on one that only counts.

mod nodes;
mod randomness;
mod together;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use openset_crypto::{SoftwareKeys, Suite, Trust};
use openset_node::{
    clock::SystemClock,
    driver::{Complaint, Desk, Door, Driver, NotTaken, Performing, Reminder, Shell, ShellParts},
    fault::Fault,
    http::{Answers, Doors, Limits, Media, Said, Server, Site, client::Client, set_endpoint},
    shutdown::Shutdown,
    store::{
        Change, Expected, JournalOf, Page, Put, Store,
        postgres::{Postgres, Terms},
        sqlite::Sqlite,
    },
};
use openset_protocol::{
    refusal::Refusal,
    role::{Admitted, Claim, Effect, Env, Lookup, Machine, Party, Received, Register, Step},
};
use openset_testkit::postgres::Schema;
use openset_types::{Brand, Rrpid, UnixTime, Xid};
use openset_wire::{
    der::Element,
    opaque::Sealed,
    types::SwIdent,
    wrapper::{Message, MessageHeader, MessageIds, MessageWrapper},
};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::{
    sync::Notify,
    task::{JoinHandle, yield_now},
    time::timeout,
};

/// How long anything may take before a test has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a request of the counter asks, as the thousands of its number; the rest is the amount.
const ADD: u64 = 1;
const ADD_LATER: u64 = 2;
const FORWARD: u64 = 3;
const SPEND: u64 = 4;
const SLEEP: u64 = 5;
const REFUSE: u64 = 9;
/// The amount that the counter does not take from its desk.
const UNWELCOME: u64 = 666;
/// The amount that one instance adds, and no other one.
const ONCE: u64 = 555;

/// A machine that adds up what it is told.
struct Counter;

#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
struct Count {
    version: u8,
    total: u64,
    asked_by: Option<Rrpid>,
    interrupted: u32,
    woken: u32,
}

enum Event {
    Asked { what: u64, amount: u64, rrpid: Rrpid },
    Answered { amount: u64 },
    Performed { amount: u64 },
    Interrupted { amount: u64 },
    Woken,
    Told(u64),
}

impl Machine for Counter {
    const KIND: &'static str = "test.counter";
    type Standing = ();
    type State = Count;
    type Input = Event;
    type Effect = u64;
    type Note = u64;

    fn admit(request: &Received, _: &Env<'_, Self>) -> Result<Admitted<Event>, Refusal> {
        let header = &request.wrapper.message_header;
        let rrpid = header.rrpid.as_ref().ok_or(Refusal::SenderSentBadHeader)?.0;
        let number = number_in(&request.wrapper.message)?;
        let (what, amount) = (number / 1_000, number % 1_000);
        if what == REFUSE {
            return Err(Refusal::SenderNamedUnknownLabel);
        }
        let xid = header.message_ids.as_ref().and_then(|ids| ids.xid.as_ref());
        let key = xid.map_or(rrpid.as_bytes(), |xid| xid.0.as_bytes());
        Ok(Admitted {
            instance: Lookup::Key(key.to_vec()),
            held: (what == SPEND).then(|| spent(amount)).into_iter().collect(),
            input: Event::Asked { what, amount, rrpid },
        })
    }

    fn hear(_: &Count, answer: &Received, _: &Env<'_, Self>) -> Result<Event, Refusal> {
        Ok(Event::Answered { amount: number_in(&answer.wrapper.message)? })
    }

    fn step(
        state: Option<Count>,
        input: Event,
        env: &Env<'_, Self>,
    ) -> Result<Step<Count, u64>, Refusal> {
        let mut count = state.unwrap_or_else(|| Count { version: 1, ..Count::default() });
        let mut effects = Vec::new();
        match input {
            Event::Asked { what, amount, rrpid } => {
                count.asked_by = Some(rrpid);
                match what {
                    ADD_LATER => effects.push(Effect::Own(amount)),
                    FORWARD => effects.push(Effect::Ask {
                        party: Party::Gateway(brand()),
                        rrpid: forwarded(rrpid),
                        message: request(forwarded(rrpid), None, ADD, amount),
                    }),
                    SLEEP => effects.push(Effect::WakeAt(env.now)),
                    SPEND if env.held.has(&spent(amount)) => {
                        return Err(Refusal::CardholderReusedXid);
                    }
                    _ => {
                        if what == SPEND {
                            effects.push(Effect::Claim(spent(amount)));
                        }
                        effects.extend(count.add(amount));
                    }
                }
            }
            Event::Performed { amount: UNWELCOME } => return Err(Refusal::CommandOutOfTurn),
            Event::Interrupted { amount: UNWELCOME } if count.total == 0 => {
                return Err(Refusal::CommandOutOfTurn);
            }
            Event::Performed { amount: ONCE } => {
                effects.push(Effect::Claim(spent(ONCE)));
                effects.extend(count.add(ONCE));
            }
            Event::Answered { amount } | Event::Performed { amount } | Event::Told(amount) => {
                effects.extend(count.add(amount));
            }
            Event::Interrupted { amount: ONCE } if !env.held.has(&spent(ONCE)) => {
                effects.push(Effect::Own(ONCE));
            }
            Event::Interrupted { .. } => {
                count.interrupted += 1;
                effects.extend(count.add(0));
            }
            Event::Woken => {
                count.woken += 1;
                effects.extend(count.add(0));
            }
        }
        Ok(Step::new(count).and(effects))
    }

    fn note(effect: &u64) -> u64 {
        *effect
    }

    fn interrupted(amount: u64) -> Event {
        Event::Interrupted { amount }
    }

    fn woke() -> Event {
        Event::Woken
    }
}

impl Count {
    fn add(&mut self, amount: u64) -> Option<Effect<u64>> {
        self.total += amount;
        let rrpid = self.asked_by.take()?;
        let answer = Message::BatchAdminRes(sealed(self.total));
        Some(Effect::Reply { rrpid, message: wrap(rrpid, None, answer) })
    }
}

fn spent(amount: u64) -> Claim {
    Claim { register: Register::Spent, key: amount.to_be_bytes().to_vec() }
}

fn brand() -> Brand {
    Brand::parse("Demo Brand").expect("printable")
}

/// The name under which a forwarded request goes on.
fn forwarded(rrpid: Rrpid) -> Rrpid {
    let mut octets: [u8; 20] = rrpid.as_bytes().try_into().expect("twenty");
    octets[0] ^= 0xFF;
    Rrpid::new(octets)
}

fn number_in(message: &Message) -> Result<u64, Refusal> {
    let numbers: Vec<u64> = match message {
        Message::BatchAdminReq(sealed) => sealed.read()?,
        Message::BatchAdminRes(sealed) => sealed.read()?,
        other => return Err(Refusal::SenderSentForeignMessage { name: other.name() }),
    };
    Ok(numbers[0])
}

/// A number where ciphertext would be: what is sealed, the driver never looks at.
fn sealed<T, R>(number: u64) -> Sealed<T, R> {
    let element = Element::of(&vec![number]).expect("a number");
    Sealed::from_element(element).expect("a sequence")
}

fn wrap(rrpid: Rrpid, xid: Option<Xid>, message: Message) -> Vec<u8> {
    let date = UnixTime::parse_generalized("20261123081500Z").expect("a real moment");
    let ids = xid.map(|xid| MessageIds { xid: Some(xid.into()), ..MessageIds::default() });
    let message_header = MessageHeader {
        version: MessageHeader::VERSION,
        revision: 0,
        date: date.into(),
        message_ids: ids,
        rrpid: Some(rrpid.into()),
        sw_ident: SwIdent::new("test").expect("printable"),
    };
    MessageWrapper { message_header, message, mw_extensions: None }.encode().expect("a message")
}

fn request(rrpid: Rrpid, xid: Option<Xid>, what: u64, amount: u64) -> Vec<u8> {
    wrap(rrpid, xid, Message::BatchAdminReq(sealed(what * 1_000 + amount)))
}

fn rrpid(number: u32) -> Rrpid {
    let mut octets = [0; 20];
    octets[16..].copy_from_slice(&number.to_be_bytes());
    Rrpid::new(octets)
}

/// A desk that counts, and that can be made to keep everybody waiting.
#[derive(Default)]
struct Counting {
    performed: AtomicUsize,
    closed: bool,
    opened: Notify,
}

impl Desk<Counter> for Arc<Counting> {
    fn perform<'a>(&'a self, _: &'a [u8], amount: u64) -> Performing<'a, Counter> {
        Box::pin(async move {
            self.performed.fetch_add(1, Ordering::SeqCst);
            if self.closed {
                self.opened.notified().await;
            }
            yield_now().await;
            Some(Event::Performed { amount })
        })
    }
}

/// One party with a door, and everything behind it.
struct House {
    store: Arc<dyn Store>,
    driver: Driver<Counter>,
    door: Arc<Door>,
    desk: Arc<Counting>,
    shutdown: Shutdown,
    reminder: Reminder,
    shell: Arc<Shell>,
}

async fn house(ground: &Ground) -> House {
    house_with(ground, "http://127.0.0.1:1/set".to_owned(), Counting::default()).await
}

async fn house_with(ground: &Ground, gateway: String, desk: Counting) -> House {
    house_on(ground.open().await, gateway, desk).await
}

async fn house_on(store: Arc<dyn Store>, gateway: String, desk: Counting) -> House {
    let shell = Arc::new(Shell::from(ShellParts {
        folder: "merchant",
        role: "merchant",
        clients: "cardholder",
        store: Arc::clone(&store),
        keys: Arc::new(SoftwareKeys::new()),
        trust: Arc::new(Trust::new(Suite::Modern, &[]).expect("no roots")),
        clock: Arc::new(SystemClock),
        client: Client::new(Duration::from_secs(2), 65_536),
        addresses: Box::new(move |_| Some(gateway.clone())),
        patience: Duration::from_secs(5),
    }));
    let desk = Arc::new(desk);
    let driver = Driver::<Counter>::new(Arc::clone(&shell), (), Arc::clone(&desk));
    let complaint: Complaint = Box::new(|refused| Some(refused.refusal.to_string().into_bytes()));
    let door = Door::new(Arc::clone(&shell), complaint).with(&["BatchAdminReq"], &driver);
    let shutdown = Shutdown::default();
    let reminder = driver.start(shutdown.listen()).await.expect("a store that answers");
    House { store, driver, door: Arc::new(door), desk, shutdown, reminder, shell }
}

impl House {
    async fn ask(&self, message: &[u8]) -> Vec<u8> {
        match self.door.answer(message.to_vec()).await.expect("no fault of ours") {
            Said::Message(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    /// Asks with the first message about an instance, and comes back when it was taken.
    async fn asked(&self, message: &[u8]) -> JoinHandle<Result<Said, Fault>> {
        let (door, message) = (Arc::clone(&self.door), message.to_vec());
        let mut watch = self.driver.watch(rrpid(1).as_bytes());
        let asking = tokio::spawn(async move { door.answer(message).await });
        timeout(PATIENCE, watch.changed()).await.expect("it is taken");
        asking
    }

    /// The total that an answer says.
    async fn total(&self, message: &[u8]) -> u64 {
        let answer = self.ask(message).await;
        let wrapper = MessageWrapper::decode(&answer).expect("a message");
        number_in(&wrapper.message).expect("a number")
    }

    async fn state(&self, key: &[u8]) -> Option<Count> {
        self.driver.state(&Lookup::Key(key.to_vec())).await.expect("a store that answers")
    }

    async fn journal(&self) -> Vec<(String, String, String)> {
        let of = JournalOf::Everything;
        let passed = self.store.journal(&of, Page::newest(1_000)).await.expect("a query");
        let named = passed.into_iter().map(|one| (one.name, one.sender, one.recipient));
        named.collect()
    }

    async fn open_errands(&self) -> usize {
        let mut open = 0;
        for topic in ["ask", "own"] {
            open += self.store.errands(Counter::KIND, topic).await.expect("a query").len();
        }
        open
    }

    /// Stops in good order.
    async fn close(self) {
        self.shutdown.ask();
        self.reminder.ended().await;
        assert!(self.shell.settle(Duration::from_secs(5)).await);
        self.store.leave().await.expect("the store still answers");
    }
}

/// Where a party's store is, empty at first.
enum Ground {
    Sqlite(TempDir),
    Postgres(Schema),
}

impl Ground {
    fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a folder for the test"))
    }

    async fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(folder) => {
                Arc::new(Sqlite::open(&folder.path().join("store.db")).expect("a folder"))
            }
            Self::Postgres(schema) => {
                let terms = Terms::new(schema.server(), None).expect("a server");
                Arc::new(Postgres::open(&terms).await.expect("a server that is fit"))
            }
        }
    }
}

/// Tries each of these sentences on both engines. One that is not listed is never called, which the
/// compiler tells.
macro_rules! on_both_engines {
    ($($sentence:ident,)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    super::$sentence(&super::Ground::sqlite()).await;
                }
            )*
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    let Some(schema) = openset_testkit::postgres::schema() else { return };
                    super::$sentence(&super::Ground::Postgres(schema)).await;
                }
            )*
        }
    };
}

on_both_engines! {
    a_request_sent_a_hundred_times_at_once_is_taken_once_and_answered_alike,
    other_octets_under_the_same_rrpid_are_refused,
    a_repeated_request_gets_the_same_octets_after_a_restart,
    steps_of_one_instance_come_one_after_the_other,
    of_many_requests_that_spend_one_thing_at_once_one_does,
    an_outcome_that_comes_after_the_claim_of_another_sees_it,
    of_a_refused_message_nothing_is_stored,
    what_is_no_message_or_for_nobody_here_is_refused,
    an_answer_is_not_answered,
    a_question_to_another_party_is_answered_and_both_journals_tell_it,
    a_question_that_found_nobody_is_asked_again_after_a_restart,
    an_effect_that_a_crash_interrupted_is_reported_to_its_machine,
    an_outcome_that_is_refused_counts_as_interrupted_until_that_is_taken,
    an_instance_is_woken_at_its_time_and_once,
    a_state_that_somebody_else_has_moved_on_is_read_again,
    a_command_moves_an_instance_and_whoever_watches_it_is_told,
    a_reply_that_nobody_asked_for_is_not_stored,
    requests_of_many_at_once_share_commits,
}

async fn a_request_sent_a_hundred_times_at_once_is_taken_once_and_answered_alike(ground: &Ground) {
    // Abuse case 2.
    let house = Arc::new(house(ground).await);
    let message = request(rrpid(1), None, ADD_LATER, 7);
    let mut asking = Vec::new();
    for _ in 0..100 {
        let (house, message) = (Arc::clone(&house), message.clone());
        asking.push(tokio::spawn(async move { house.ask(&message).await }));
    }
    let mut answers = Vec::new();
    for one in asking {
        answers.push(one.await.expect("no panic"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!(house.desk.performed.load(Ordering::SeqCst), 1);
    assert_eq!(house.journal().await.len(), 2);
    assert_eq!(house.state(rrpid(1).as_bytes()).await.expect("it").total, 7);
}

async fn other_octets_under_the_same_rrpid_are_refused(ground: &Ground) {
    // A10.
    let house = house(ground).await;
    assert_eq!(house.total(&request(rrpid(1), None, ADD, 7)).await, 7);
    let other = house.ask(&request(rrpid(1), None, ADD, 8)).await;
    assert_eq!(other, Refusal::SenderReusedRrpid.to_string().into_bytes());
    assert_eq!(house.state(rrpid(1).as_bytes()).await.expect("it").total, 7);
}

async fn a_repeated_request_gets_the_same_octets_after_a_restart(ground: &Ground) {
    let message = request(rrpid(1), None, ADD, 7);
    let before = house(ground).await;
    let answer = before.ask(&message).await;
    before.close().await;
    let after = house(ground).await;
    assert_eq!(after.ask(&message).await, answer);
    assert_eq!(after.journal().await.len(), 2);
}

async fn steps_of_one_instance_come_one_after_the_other(ground: &Ground) {
    let house = Arc::new(house(ground).await);
    let xid = Xid::new([9; 20]);
    let mut asking = Vec::new();
    for number in 0..200 {
        let house = Arc::clone(&house);
        let message = request(rrpid(number), Some(xid), ADD, 1);
        asking.push(tokio::spawn(async move { house.total(&message).await }));
    }
    let mut totals = Vec::new();
    for one in asking {
        totals.push(one.await.expect("no panic"));
    }
    totals.sort_unstable();
    assert_eq!(totals, (1..=200).collect::<Vec<u64>>());
}

async fn of_many_requests_that_spend_one_thing_at_once_one_does(ground: &Ground) {
    // A7.
    let house = Arc::new(house(ground).await);
    let mut asking = Vec::new();
    for number in 0..50 {
        let house = Arc::clone(&house);
        let message = request(rrpid(number), None, SPEND, 7);
        asking.push(tokio::spawn(async move { house.ask(&message).await }));
    }
    let refusal = Refusal::CardholderReusedXid.to_string().into_bytes();
    let mut spent = 0;
    for one in asking {
        spent += usize::from(one.await.expect("no panic") != refusal);
    }
    assert_eq!(spent, 1);
    assert_eq!(house.store.count(Counter::KIND).await, Ok(1));
}

async fn an_outcome_that_comes_after_the_claim_of_another_sees_it(ground: &Ground) {
    // A15, the race: the outcome is used up, so that the step begins again from the note.
    let house = Arc::new(house(ground).await);
    let mut asking = Vec::new();
    for number in 0..8 {
        let house = Arc::clone(&house);
        let message = request(rrpid(number), None, ADD_LATER, ONCE);
        asking.push(tokio::spawn(async move { house.total(&message).await }));
    }
    let mut totals = Vec::new();
    for one in asking {
        totals.push(one.await.expect("no panic"));
    }
    totals.sort_unstable();
    assert_eq!(totals, [0, 0, 0, 0, 0, 0, 0, ONCE]);
    assert_eq!(house.open_errands().await, 0);
}

async fn of_a_refused_message_nothing_is_stored(ground: &Ground) {
    let house = house(ground).await;
    let refused = house.ask(&request(rrpid(1), None, REFUSE, 7)).await;
    assert_eq!(refused, Refusal::SenderNamedUnknownLabel.to_string().into_bytes());
    assert_eq!(house.journal().await, Vec::new());
    assert_eq!(house.store.count(Counter::KIND).await, Ok(0));
    assert_eq!(house.store.request(rrpid(1)).await, Ok(None));
    let good = request(rrpid(1), None, ADD, 7);
    assert_eq!(house.total(&good).await, 7, "the name was not used up");
}

async fn what_is_no_message_or_for_nobody_here_is_refused(ground: &Ground) {
    let house = house(ground).await;
    let foreign = wrap(rrpid(1), None, Message::RegFormReq(sealed(1)));
    let mut trailing = request(rrpid(2), None, ADD, 1);
    trailing.push(0);
    for octets in [foreign.as_slice(), &trailing, &foreign[..20], b"", b"\x30\x80"] {
        let answer = String::from_utf8(house.ask(octets).await).expect("text");
        assert!(answer.contains("not"), "{answer}");
    }
    assert_eq!(house.journal().await, Vec::new());
}

async fn an_answer_is_not_answered(ground: &Ground) {
    let house = house(ground).await;
    let answer = wrap(rrpid(1), None, Message::BatchAdminRes(sealed(1)));
    assert_eq!(house.door.answer(answer).await, Ok(Said::Nothing));
}

/// A second party that adds, behind a real port.
async fn gateway(ground: &Ground) -> (House, String, Shutdown) {
    let house = house(ground).await;
    let (url, shutdown) = serve(&house).await;
    (house, url, shutdown)
}

/// Opens a party's door at a real port, until the request to stop.
async fn serve(house: &House) -> (String, Shutdown) {
    let router = set_endpoint(&[Media::Payment], Arc::<Door>::clone(&house.door));
    let mut server = Server::new(Limits::default());
    let site = Site::new("gateway", "gateway.localhost", router);
    let at = server.open(([127, 0, 0, 1], 0).into(), Doors::only(site)).await.expect("a port");
    let shutdown = Shutdown::default();
    tokio::spawn(server.serve(shutdown.listen()));
    (format!("http://gateway.localhost:{}/set", at.port()), shutdown)
}

async fn a_question_to_another_party_is_answered_and_both_journals_tell_it(ground: &Ground) {
    let there = Ground::sqlite();
    let (gateway, url, _serving) = gateway(&there).await;
    let house = house_with(ground, url, Counting::default()).await;
    assert_eq!(house.total(&request(rrpid(1), None, FORWARD, 7)).await, 7);
    let told = house.journal().await;
    let told: Vec<_> =
        told.iter().map(|(name, from, to)| [name.as_str(), from.as_str(), to.as_str()]).collect();
    assert_eq!(
        told,
        [
            ["BatchAdminRes", "merchant", "cardholder"],
            ["BatchAdminRes", "gateway", "merchant"],
            ["BatchAdminReq", "merchant", "gateway"],
            ["BatchAdminReq", "cardholder", "merchant"],
        ]
    );
    assert_eq!(gateway.journal().await.len(), 2);
    assert_eq!(house.open_errands().await, 0);
}

async fn a_question_that_found_nobody_is_asked_again_after_a_restart(ground: &Ground) {
    // Abuse case 40.
    let there = Ground::sqlite();
    let message = request(rrpid(1), None, FORWARD, 7);
    let before = house(ground).await;
    let asking = before.asked(&message).await;
    assert!(!asking.is_finished(), "nobody could have answered");
    asking.abort();
    before.close().await;

    let (gateway, url, _serving) = gateway(&there).await;
    let after = house_with(ground, url, Counting::default()).await;
    assert_eq!(after.total(&message).await, 7);
    assert_eq!(after.open_errands().await, 0);
    assert_eq!(gateway.store.count(Counter::KIND).await, Ok(1));
}

async fn an_effect_that_a_crash_interrupted_is_reported_to_its_machine(ground: &Ground) {
    // Abuse case 40.
    let message = request(rrpid(1), None, ADD_LATER, 7);
    let closed = Counting { closed: true, ..Counting::default() };
    let before = house_with(ground, String::new(), closed).await;
    let asking = before.asked(&message).await;
    assert!(!asking.is_finished(), "the desk was closed");
    assert_eq!(before.open_errands().await, 1);
    before.shutdown.ask();
    // Others need not wait until its lease ends.
    before.store.leave().await.expect("the store still answers");

    let after = house(ground).await;
    assert_eq!(after.total(&message).await, 0);
    let state = after.state(rrpid(1).as_bytes()).await.expect("it");
    assert_eq!((state.interrupted, state.total), (1, 0));
    assert_eq!(after.open_errands().await, 0);
    assert_eq!(after.desk.performed.load(Ordering::SeqCst), 0);
}

async fn an_outcome_that_is_refused_counts_as_interrupted_until_that_is_taken(ground: &Ground) {
    let house = house(ground).await;
    let asking = {
        let (door, message) =
            (Arc::clone(&house.door), request(rrpid(1), None, ADD_LATER, UNWELCOME));
        tokio::spawn(async move { door.answer(message).await })
    };
    let at = || Lookup::Key(rrpid(1).as_bytes().to_vec());
    let mut watch = house.driver.watch(rrpid(1).as_bytes());
    while house.desk.performed.load(Ordering::SeqCst) == 0 {
        yield_now().await;
    }
    assert_eq!(house.open_errands().await, 1, "the counter refuses both while it has nothing");
    house.driver.command(at(), Event::Told(5)).await.expect("the same instance");
    while house.open_errands().await > 0 {
        watch.changed().await;
    }
    let state = house.state(rrpid(1).as_bytes()).await.expect("it");
    assert_eq!((state.interrupted, state.total), (1, 5));
    asking.await.expect("no panic").expect("answered");
    house.close().await;
}

async fn an_instance_is_woken_at_its_time_and_once(ground: &Ground) {
    let house = house(ground).await;
    assert_eq!(house.total(&request(rrpid(1), None, SLEEP, 0)).await, 0);
    let mut watch = house.driver.watch(rrpid(1).as_bytes());
    while house.state(rrpid(1).as_bytes()).await.expect("it").woken == 0 {
        timeout(PATIENCE, watch.changed()).await.expect("it is woken");
    }
    assert_eq!(house.state(rrpid(1).as_bytes()).await.expect("it").woken, 1);
    let ever = UnixTime::parse_generalized("20991231235959Z").expect("a real moment");
    let due = house.store.wakes_due(Counter::KIND, ever, 1).await.expect("a query");
    assert!(due.is_empty(), "it would be woken again");
}

async fn a_state_that_somebody_else_has_moved_on_is_read_again(ground: &Ground) {
    let house = house(ground).await;
    let xid = Xid::new([9; 20]);
    let add = |number| request(rrpid(number), Some(xid), ADD, 1);
    assert_eq!(house.total(&add(1)).await, 1);
    let of_kind = house.store.list(Counter::KIND, Page::newest(1)).await.expect("a query");
    let [record] = of_kind.as_slice() else { panic!("one instance") };
    let mut count: Count = serde_json::from_slice(&record.state).expect("a count");
    count.total = 40;
    let put = Put {
        kind: Counter::KIND,
        key: record.key.clone(),
        expected: Expected::At(record.version),
        state: serde_json::to_vec(&count).expect("JSON"),
        at: record.changed_at,
    };
    house.store.commit(Change { puts: vec![put], ..Change::default() }).await.expect("stored");
    assert_eq!(house.total(&add(2)).await, 41);
    assert_eq!(house.total(&add(3)).await, 42);
}

async fn a_command_moves_an_instance_and_whoever_watches_it_is_told(ground: &Ground) {
    let house = house(ground).await;
    let at = || Lookup::Key(b"page".to_vec());
    let mut watch = house.driver.watch(b"page");
    house.driver.command(at(), Event::Told(4)).await.expect("a new instance");
    house.driver.command(at(), Event::Told(5)).await.expect("the same instance");
    watch.changed().await;
    assert_eq!(house.state(b"page").await.expect("it").total, 9);
    let list = house.driver.list(Page::newest(9)).await.expect("a query");
    assert_eq!(list.iter().map(|(record, _)| record.key.as_slice()).collect::<Vec<_>>(), [b"page"]);
}

async fn a_reply_that_nobody_asked_for_is_not_stored(ground: &Ground) {
    let house = house(ground).await;
    let at = Lookup::Key(b"page".to_vec());
    let event = Event::Asked { what: ADD, amount: 1, rrpid: rrpid(1) };
    let taken = house.driver.command(at, event).await;
    assert!(matches!(taken, Err(NotTaken::Done)), "{taken:?}");
    assert_eq!(house.state(b"page").await, None);
}

async fn requests_of_many_at_once_share_commits(ground: &Ground) {
    let house = Arc::new(house(ground).await);
    let (clients, each) = (32_u32, 30_u32);
    let begun = Instant::now();
    let mut asking = Vec::new();
    for client in 0..clients {
        let house = Arc::clone(&house);
        asking.push(tokio::spawn(async move {
            for number in 0..each {
                let message = request(rrpid(client * each + number), None, ADD, 1);
                assert_eq!(house.total(&message).await, 1);
            }
        }));
    }
    for one in asking {
        one.await.expect("no panic");
    }
    let rate = f64::from(clients * each) / begun.elapsed().as_secs_f64();
    println!("{clients} clients: {rate:.0} taken and stored per second");
}

//! Outcomes of one instance that come together, tried on a machine that asks for many at once.

use std::{
    collections::BTreeSet,
    sync::{Mutex, mpsc},
    thread,
};

use openset_node::store::Version;
use tokio::runtime::Handle;

use super::*;

/// What one command asks for.
const MANY: u64 = 60;
/// The number whose outcome is refused while nothing was added.
const UNFIT: u64 = 7;
/// The number that is claimed on the way, and the one that gives it back.
const TAKER: u64 = 11;
const GIVER: u64 = 12;

/// A machine that asks for each number by itself, and notes them as they come.
struct Collector;

#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
struct Collection {
    version: u8,
    /// The numbers that came, in order.
    came: Vec<u64>,
    /// How often one was reported as interrupted.
    interrupted: u32,
    /// The numbers whose outcome was refused.
    refused: Vec<u64>,
}

#[derive(Debug)]
enum Heard {
    Wanted(Vec<u64>),
    Came(u64),
    Interrupted(u64),
    Refused(u64),
    /// Says that it is in its step, and stays there until somebody says so.
    Held {
        begun: mpsc::Sender<()>,
        until: mpsc::Receiver<()>,
    },
}

impl Machine for Collector {
    const KIND: &'static str = "test.collector";
    const OUTCOMES_TOGETHER_MAX: usize = 25;
    type Standing = ();
    type State = Collection;
    type Input = Heard;
    type Effect = u64;
    type Note = u64;

    fn admit(request: &Received, _: &Env<'_, Self>) -> Result<Admitted<Heard>, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: request.wrapper.message.name() })
    }

    fn hear(_: &Collection, answer: &Received, _: &Env<'_, Self>) -> Result<Heard, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: answer.wrapper.message.name() })
    }

    fn step(
        state: Option<Collection>,
        input: Heard,
        _: &Env<'_, Self>,
    ) -> Result<Step<Collection, u64>, Refusal> {
        let mut collection = state.unwrap_or_default();
        let mut effects = Vec::new();
        match input {
            Heard::Wanted(numbers) => effects.extend(numbers.into_iter().map(Effect::Own)),
            Heard::Came(UNFIT) => return Err(Refusal::CommandOutOfTurn),
            Heard::Came(number) => {
                effects.extend(match number {
                    TAKER => Some(Effect::Claim(spent(TAKER))),
                    GIVER => Some(Effect::Release(spent(TAKER))),
                    _ => None,
                });
                collection.came.push(number);
            }
            Heard::Interrupted(number) => {
                collection.interrupted += 1;
                effects.push(Effect::Own(number));
            }
            Heard::Refused(number) => collection.refused.push(number),
            Heard::Held { begun, until } => {
                begun.send(()).expect("somebody waits");
                // The end of the other side is as good as a word.
                let _ = until.recv();
            }
        }
        Ok(Step::new(collection).and(effects))
    }

    fn note(effect: &u64) -> u64 {
        *effect
    }

    fn interrupted(number: u64) -> Heard {
        Heard::Interrupted(number)
    }

    fn refused(number: u64) -> Heard {
        Heard::Refused(number)
    }

    fn woke() -> Heard {
        Heard::Wanted(Vec::new())
    }
}

/// A desk that lets those numbers through that it is told.
#[derive(Default)]
struct Gate {
    open: Mutex<BTreeSet<u64>>,
    opened: Notify,
    performed: AtomicUsize,
}

impl Gate {
    fn open(&self, numbers: impl IntoIterator<Item = u64>) {
        self.open.lock().expect("no panic").extend(numbers);
        self.opened.notify_waiters();
    }

    fn is_open(&self, number: u64) -> bool {
        self.open.lock().expect("no panic").contains(&number)
    }

    /// Waits until so many were let through.
    async fn passed(&self, numbers: usize) {
        while self.performed.load(Ordering::SeqCst) < numbers {
            yield_now().await;
        }
    }
}

impl Desk<Collector> for Arc<Gate> {
    fn perform<'a>(&'a self, _: &'a [u8], number: u64) -> Performing<'a, Collector> {
        Box::pin(async move {
            loop {
                let opened = self.opened.notified();
                if self.is_open(number) {
                    break;
                }
                opened.await;
            }
            self.performed.fetch_add(1, Ordering::SeqCst);
            Some(Heard::Came(number))
        })
    }
}

/// A party with a collector.
struct Collecting {
    house: House,
    driver: Driver<Collector>,
    gate: Arc<Gate>,
    reminder: Reminder,
}

/// An instance in the middle of a step: what comes for it gathers until this is dropped.
struct Held(#[expect(dead_code, reason = "its end is what is waited for")] mpsc::Sender<()>);

const KEY: &[u8] = b"collection";

fn at() -> Lookup {
    Lookup::Key(KEY.to_vec())
}

impl Collecting {
    async fn on(ground: &Ground) -> Self {
        let house = house(ground).await;
        let gate = Arc::<Gate>::default();
        let driver = Driver::<Collector>::new(Arc::clone(&house.shell), (), Arc::clone(&gate));
        let reminder = driver.start(house.shutdown.listen()).await.expect("a store that answers");
        Self { house, driver, gate, reminder }
    }

    async fn want(&self, numbers: impl IntoIterator<Item = u64>) {
        let numbers = Heard::Wanted(numbers.into_iter().collect());
        self.driver.command(at(), numbers).await.expect("it is wanted");
    }

    /// Holds the instance in a step, on a thread of its own.
    fn hold(&self) -> Held {
        let (end, until) = mpsc::channel();
        let (begun, began) = mpsc::channel();
        let (driver, runtime) = (self.driver.clone(), Handle::current());
        thread::spawn(move || runtime.block_on(driver.command(at(), Heard::Held { begun, until })));
        began.recv().expect("it begins");
        Held(end)
    }

    /// Everything that is let through while the instance is held, and then not any more.
    async fn let_through_at_once(&self, numbers: impl IntoIterator<Item = u64>) {
        let numbers: Vec<_> = numbers.into_iter().collect();
        let held = self.hold();
        let passed = self.gate.performed.load(Ordering::SeqCst) + numbers.len();
        for number in numbers {
            let before = self.gate.performed.load(Ordering::SeqCst);
            self.gate.open([number]);
            self.gate.passed(before + 1).await;
        }
        self.gate.passed(passed).await;
        drop(held);
    }

    async fn until(&self, is_it: impl Fn(&Collection) -> bool) -> Collection {
        let mut watch = self.driver.watch(KEY);
        let waiting = async {
            loop {
                let state = self.driver.state(&at()).await.expect("a query").expect("it is there");
                if is_it(&state) && self.open_errands().await == 0 {
                    return state;
                }
                watch.changed().await;
            }
        };
        timeout(PATIENCE, waiting).await.expect("all have come")
    }

    async fn open_errands(&self) -> usize {
        self.house.store.errands(Collector::KIND, "own").await.expect("a query").len()
    }

    /// How often the instance was stored.
    async fn commits(&self) -> usize {
        let all = self.house.store.list(Collector::KIND, Page::newest(1)).await.expect("a query");
        let stored = all.first().expect("it is there").version;
        let versions = std::iter::successors(Some(Version::FIRST), |one| Some(one.next()));
        versions.take_while(|one| *one != stored).count() + 1
    }

    async fn close(self) {
        self.house.shutdown.ask();
        self.reminder.ended().await;
        self.house.close().await;
    }
}

fn sorted(mut numbers: Vec<u64>) -> Vec<u64> {
    numbers.sort_unstable();
    numbers
}

/// So many numbers, from 100 on.
fn numbers() -> std::ops::Range<u64> {
    100..100 + MANY
}

async fn many_outcomes_at_once_are_few_commits_and_none_is_lost(ground: &Ground) {
    let collecting = Collecting::on(ground).await;
    collecting.want(numbers()).await;
    collecting.let_through_at_once(numbers()).await;
    let collection = collecting.until(|one| one.came.len() == 60).await;
    assert_eq!(sorted(collection.came), numbers().collect::<Vec<_>>());
    assert_eq!((collection.interrupted, collection.refused.len()), (0, 0));
    // What was wanted, what was held, at most 25 at a time, and whoever came too late for those.
    let commits = collecting.commits().await;
    assert!((5..=6).contains(&commits), "{commits} commits");
    collecting.close().await;
}

async fn an_outcome_that_is_refused_takes_no_other_with_it(ground: &Ground) {
    let collecting = Collecting::on(ground).await;
    let all = [101, 102, UNFIT, 103, 104];
    collecting.want(all).await;
    collecting.let_through_at_once(all).await;
    let collection = collecting.until(|one| !one.refused.is_empty()).await;
    assert_eq!(sorted(collection.came), [101, 102, 103, 104]);
    assert_eq!((collection.interrupted, collection.refused), (0, vec![UNFIT]));
    collecting.close().await;
}

async fn where_all_are_refused_nothing_is_stored_but_that(ground: &Ground) {
    let collecting = Collecting::on(ground).await;
    collecting.want([UNFIT, UNFIT]).await;
    let held = collecting.hold();
    collecting.gate.open([UNFIT]);
    collecting.gate.passed(2).await;
    drop(held);
    let collection = collecting.until(|one| one.refused.len() == 2).await;
    assert_eq!((collection.came.len(), collection.interrupted), (0, 0));
    collecting.close().await;
}

async fn outcomes_that_gathered_before_a_crash_are_reported_after_it(ground: &Ground) {
    let before = Collecting::on(ground).await;
    before.want(numbers()).await;
    let held = before.hold();
    before.gate.open(numbers());
    before.gate.passed(60).await;
    before.house.shutdown.ask();
    // Others need not wait until its lease ends.
    before.house.store.leave().await.expect("the store still answers");

    let after = Collecting::on(ground).await;
    after.gate.open(numbers());
    let collection = after.until(|one| one.came.len() == 60).await;
    assert_eq!(sorted(collection.came), numbers().collect::<Vec<_>>());
    assert_eq!(collection.interrupted, 60);
    // What the dead one still had in its hands comes too late.
    drop(held);
    before.reminder.ended().await;
    assert_eq!(after.until(|one| one.came.len() >= 60).await.came.len(), 60);
    after.close().await;
}

async fn where_somebody_else_was_first_each_goes_on_by_itself(ground: &Ground) {
    let collecting = Collecting::on(ground).await;
    collecting.want([101, 102, 103]).await;
    let held = collecting.hold();
    collecting.gate.open([101, 102, 103]);
    collecting.gate.passed(3).await;
    // Another process that shares the store puts one of the errands away.
    let errands = collecting.house.store.errands(Collector::KIND, "own").await.expect("a query");
    let gone = Change { finished: vec![errands[1].id], ..Change::default() };
    collecting.house.store.commit(gone).await.expect("stored");
    drop(held);
    let collection = collecting.until(|one| one.came.len() >= 2).await;
    let gone: u64 = serde_json::from_slice(&errands[1].body).expect("a number");
    let expected = [101, 102, 103].into_iter().filter(|number| *number != gone);
    assert_eq!(sorted(collection.came), expected.collect::<Vec<_>>());
    assert_eq!(collection.interrupted, 2);
    collecting.close().await;
}

async fn what_is_claimed_and_given_back_on_the_way_is_free_afterwards(ground: &Ground) {
    let collecting = Collecting::on(ground).await;
    collecting.want([TAKER, GIVER]).await;
    collecting.let_through_at_once([TAKER, GIVER]).await;
    let collection = collecting.until(|one| one.came.len() == 2).await;
    assert_eq!(collection.came, [TAKER, GIVER]);
    let (register, key) = (Register::Spent.name(), spent(TAKER).key);
    assert_eq!(collecting.house.store.holder(register, &key).await, Ok(None));
    collecting.close().await;
}

/// Tries each of these sentences on both engines, with one thread for all that is begun.
macro_rules! on_both_engines {
    ($($sentence:ident,)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
                async fn $sentence() {
                    super::$sentence(&super::Ground::sqlite()).await;
                }
            )*
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
                async fn $sentence() {
                    let Some(schema) = openset_testkit::postgres::schema() else { return };
                    super::$sentence(&super::Ground::Postgres(schema)).await;
                }
            )*
        }
    };
}

on_both_engines! {
    many_outcomes_at_once_are_few_commits_and_none_is_lost,
    an_outcome_that_is_refused_takes_no_other_with_it,
    where_all_are_refused_nothing_is_stored_but_that,
    outcomes_that_gathered_before_a_crash_are_reported_after_it,
    where_somebody_else_was_first_each_goes_on_by_itself,
    what_is_claimed_and_given_back_on_the_way_is_free_afterwards,
}

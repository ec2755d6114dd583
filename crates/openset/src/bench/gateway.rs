//! The gateway alone: the processor time of one authorization, from the octets of AuthReq to the
//! octets of AuthRes, with everything it stores. The issuer agrees at once.
//!
//! A machine is not as quick from one moment to the next, and its processors slow each other. The
//! floor of a round is the processor time of its cryptography alone: right before it, as often, and
//! on as many processors.

use std::{sync::Arc, thread, time::Duration};

use anyhow::Context;
use openset_crypto::{KeyFault, Suite, bare::Bare};
use openset_node::{
    driver::{Desk, Door, Driver, Performing},
    http::Answers,
};
use openset_protocol::gateway::{
    authorization::{Effect, GatewayAuthorization, Input, Line},
    capture::AdviceAnswer,
};
use openset_types::{ApprovalCode, AuthorizationAnswer, ReversalOutcome};
use tokio::task::JoinSet;

use super::{
    floor::{NEEDS, Needs},
    machine,
};
use crate::house::system::System;

/// How many authorizations are under way at the same time.
const CONCURRENCY: usize = 32;
/// How many are asked before anything is measured.
const WARM_UP: usize = 40;
/// In how many rounds the others are asked.
const ROUNDS: usize = 9;

/// An issuer that is always near and always agrees.
struct Agreeable(ApprovalCode);

impl Desk<GatewayAuthorization> for Agreeable {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Effect) -> Performing<'a, GatewayAuthorization> {
        let approved = AuthorizationAnswer::Approved { approval_code: self.0.clone() };
        Box::pin(async move {
            Some(match effect {
                Effect::AskAcquirer(request) => {
                    Input::Answered { answer: approved, asked: Some(Box::new(request)) }
                }
                Effect::Wait { .. } => Input::Waited(Line::Answers),
                Effect::Reverse(_) => Input::ReversalAcknowledged,
                Effect::Release(_) => Input::Released(ReversalOutcome::Undone),
                Effect::Take(_) => Input::Taken(AdviceAnswer::Taken),
            })
        })
    }
}

/// What the gateway took: the round in the middle of all, by its ratio.
pub(super) struct Alone {
    /// How many authorizations there were in all rounds.
    pub(super) count: usize,
    /// That round.
    pub(super) round: Round,
}

/// What one authorization took in a round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    /// Processor time, in all threads.
    pub(super) worked: Duration,
    /// What its cryptography alone would have taken then.
    pub(super) floor: Duration,
}

impl Round {
    /// How near it comes to its floor: 1 would be nothing but cryptography.
    pub(super) fn ratio(&self) -> f64 {
        self.floor.as_secs_f64() / self.worked.as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// Brings questions that the gateway has never seen to its door.
pub(super) async fn alone(system: &System, mut requests: Vec<Vec<u8>>) -> anyhow::Result<Alone> {
    let shell = &system.gateway.party.shell;
    let desk = Agreeable(ApprovalCode::parse("L1GHT5")?);
    let standing = system.gateway.authorizations.standing();
    let driver: Driver<GatewayAuthorization> = Driver::new(Arc::clone(shell), standing, desk);
    let door = Door::new(Arc::clone(shell), Box::new(|_| None)).with(&["AuthReq"], &driver);
    let door = Arc::new(door);
    let rest = requests.split_off(WARM_UP.min(requests.len()));
    answer_all(&door, requests).await?;
    let count = rest.len();
    let mut rounds = Vec::new();
    for requests in rest.chunks(count.div_ceil(ROUNDS).max(1)) {
        let floor = cryptography(system.ground.suite, requests.len())?;
        rounds.push(Round { floor, worked: worked(&door, requests).await? });
    }
    rounds.sort_by(|one, other| one.ratio().total_cmp(&other.ratio()));
    let middle = rounds.get(rounds.len() / 2).context("nobody asked the gateway")?;
    Ok(Alone { count, round: *middle })
}

/// The processor time that one of these requests took.
async fn worked(door: &Arc<Door>, requests: &[Vec<u8>]) -> anyhow::Result<Duration> {
    let before = machine::worked().context(NOT_TOLD)?;
    answer_all(door, requests.to_vec()).await?;
    let after = machine::worked().context(NOT_TOLD)?;
    Ok(after.saturating_sub(before) / u32::try_from(requests.len().max(1))?)
}

/// The processor time that the cryptography of one authorization takes, when all processors are
/// busy with that of so many.
fn cryptography(suite: Suite, authorizations: usize) -> anyhow::Result<Duration> {
    let bare = Bare::new(suite)?;
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let each = authorizations.div_ceil(processors);
    let perform_all = || (0..each).try_for_each(|_| mine().try_for_each(|one| one.perform(&bare)));
    let before = machine::worked().context(NOT_TOLD)?;
    thread::scope(|scope| {
        let busy: Vec<_> = (0..processors).map(|_| scope.spawn(perform_all)).collect();
        busy.into_iter().try_for_each(|one| one.join().unwrap_or(Err(KeyFault::Broken)))
    })?;
    let after = machine::worked().context(NOT_TOLD)?;
    Ok(after.saturating_sub(before) / u32::try_from((each * processors).max(1))?)
}

/// What the messages of an authorization need at the gateway.
fn mine() -> impl Iterator<Item = &'static Needs> {
    NEEDS.iter().filter(|needs| needs.is_gateways)
}

const NOT_TOLD: &str = "processor time is not told";

async fn answer_all(door: &Arc<Door>, requests: Vec<Vec<u8>>) -> anyhow::Result<()> {
    let mut waiting = JoinSet::new();
    for request in requests {
        if waiting.len() == CONCURRENCY {
            waiting.join_next().await.context("somebody waits")???;
        }
        let door = Arc::clone(door);
        waiting.spawn(async move { anyhow::Ok(door.answer(request).await.map(drop)?) });
    }
    while let Some(answered) = waiting.join_next().await {
        answered??;
    }
    Ok(())
}

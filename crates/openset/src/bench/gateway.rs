//! The gateway alone: the processor time of one authorization, from the octets of AuthReq to the
//! octets of AuthRes, with everything it stores. The issuer agrees at once.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use openset_node::{
    driver::{Desk, Door, Driver, Performing},
    http::Answers,
};
use openset_protocol::gateway::authorization::{Effect, GatewayAuthorization, Input, Line};
use openset_types::{ApprovalCode, AuthorizationAnswer, ReversalOutcome};
use tokio::task::JoinSet;

use super::machine;
use crate::house::system::System;

/// How many authorizations are under way at the same time.
const CONCURRENCY: usize = 32;
/// How many are asked before anything is measured.
const WARM_UP: usize = 40;

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
            })
        })
    }
}

/// What the gateway took.
pub(super) struct Alone {
    /// How many authorizations.
    pub(super) count: usize,
    /// Processor time of one, in all threads.
    pub(super) worked: Duration,
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
    let before = machine::worked().context("processor time is not told")?;
    answer_all(&door, rest).await?;
    let after = machine::worked().context("processor time is not told")?;
    let divisor = u32::try_from(count.max(1))?;
    Ok(Alone { count, worked: (after - before) / divisor })
}

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

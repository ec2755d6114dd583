//! A party's machine, called by hand: nothing is stored, and nobody waits.

use std::sync::Arc;

use anyhow::Context;
use openset_crypto::{Keys, Trust};
use openset_node::{driver::Driver, entropy};
use openset_protocol::role::{Effect, Env, Held, Machine, Received, Step};
use openset_types::UnixTime;
use openset_wire::wrapper::MessageWrapper;

use crate::house::ground::Party;

/// A machine and what it may know.
pub(super) struct Actor<M: Machine> {
    keys: Arc<dyn Keys>,
    trust: Arc<Trust>,
    standing: Arc<M::Standing>,
    /// What time it is for all that it does.
    pub(super) now: UnixTime,
}

impl<M: Machine> Actor<M> {
    /// A party's machine, with its keys.
    pub(super) fn new(party: &Party, keys: Arc<dyn Keys>, driver: &Driver<M>) -> Self {
        let (trust, now) = (Arc::clone(party.shell.trust()), party.shell.clock().now());
        Self { keys, trust, standing: driver.standing(), now }
    }

    fn env<'a>(&'a self, held: &'a Held) -> anyhow::Result<Env<'a, M>> {
        Ok(Env {
            now: self.now,
            seed: entropy::seed()?,
            keys: self.keys.as_ref(),
            trust: &self.trust,
            standing: &self.standing,
            held,
        })
    }

    /// Takes one step.
    pub(super) fn step(
        &self,
        state: Option<M::State>,
        input: M::Input,
    ) -> anyhow::Result<Step<M::State, M::Effect>> {
        Ok(M::step(state, input, &self.env(&Held::nothing())?)?)
    }

    /// Takes a request.
    pub(super) fn asked(
        &self,
        state: Option<M::State>,
        request: &[u8],
    ) -> anyhow::Result<Step<M::State, M::Effect>> {
        let nothing = Held::nothing();
        let input = M::admit(&received(request)?, &self.env(&nothing)?)?.input;
        self.step(state, input)
    }

    /// Takes an answer.
    pub(super) fn told(
        &self,
        state: M::State,
        answer: &[u8],
    ) -> anyhow::Result<Step<M::State, M::Effect>> {
        let nothing = Held::nothing();
        let input = M::hear(&state, &received(answer)?, &self.env(&nothing)?)?;
        self.step(Some(state), input)
    }
}

fn received(octets: &[u8]) -> anyhow::Result<Received> {
    let wrapper = MessageWrapper::decode(octets)?;
    Ok(Received { octets: octets.to_vec(), wrapper, question: None })
}

/// The one message a step sends.
pub(super) fn sent<S, E>(step: Step<S, E>) -> anyhow::Result<(S, Vec<u8>)> {
    let message = step.effects.into_iter().find_map(|effect| match effect {
        Effect::Reply { message, .. } | Effect::Ask { message, .. } => Some(message),
        _ => None,
    });
    Ok((step.state, message.context("a step without a message")?))
}

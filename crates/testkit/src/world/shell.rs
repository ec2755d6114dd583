//! The shell that runs a party's machines against its disk.
//!
//! The same contract as the driver of `node`, in one thread: a step is committed whole or not at
//! all, a request is taken once, and a step that comes after another's claim is taken again.

use openset_crypto::{Keys, Trust};
use openset_protocol::{
    refusal::Refusal,
    role::{Admitted, Env, Held, Machine, Received},
};
use openset_types::{Rrpid, UnixTime};

use super::{
    disk::{Disk, Errand, Taking, What},
    planted::Lapse,
};

/// Who runs a machine, and when.
pub struct Shell<'a, M: Machine> {
    /// The virtual time.
    pub now: UnixTime,
    /// The draw of this event.
    pub seed: [u8; 32],
    /// The party's keys.
    pub keys: &'a dyn Keys,
    /// Whom the party believes.
    pub trust: &'a Trust,
    /// Who the party is.
    pub standing: &'a M::Standing,
}

/// What follows a commit, in the order in which the step asked for it.
pub enum Followup<E> {
    /// An answer can be given.
    Reply(Rrpid, Vec<u8>),
    /// Another party is to be asked: an errand.
    Ask(u64),
    /// An effect of the machine's own: an errand, and what it carries.
    Own(u64, E),
    /// An instance wants to be woken.
    Wake(UnixTime),
}

/// What became of a request.
pub enum Taken<E> {
    /// A step was committed.
    Stepped(Vec<Followup<E>>),
    /// The request had been answered before: the same octets.
    Repeated(Vec<u8>),
    /// The request had been taken before and waits for its answer.
    Waiting,
}

/// Why an instance is given an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Somebody wants something.
    Command,
    /// An errand is done, or was interrupted.
    Errand(u64),
    /// Its time has come.
    Timer,
}

impl Disk {
    /// Takes a request from outside.
    pub fn request<M: Machine>(
        &mut self,
        shell: &Shell<'_, M>,
        rrpid: Rrpid,
        request: &Received,
    ) -> Result<Taken<M::Effect>, Refusal> {
        if let Some(known) = self.requests.get(&rrpid)
            && self.lapse != Some(Lapse::Requests)
        {
            return match &known.reply {
                // A10: the name of a request belongs to its octets.
                _ if known.request != request.octets => Err(Refusal::SenderSentOtherRrpid),
                Some(reply) => Ok(Taken::Repeated(reply.clone())),
                None => Ok(Taken::Waiting),
            };
        }
        let nothing = Held::nothing();
        let Admitted { instance, held, input } = M::admit(request, &shell.env(&nothing))?;
        let held = self.held(&held);
        let place = self.place::<M>(&instance);
        let step = M::step(self.state::<M>(&place.1), input, &shell.env(&held))?;
        let taking = Taking { request: request.octets.clone(), reply: None };
        self.requests.insert(rrpid, taking);
        self.written.push(request.octets.clone());
        Ok(Taken::Stepped(self.commit::<M>(place, step)))
    }

    /// Takes the answer to an errand. Nothing follows if the errand is done already.
    pub fn answer<M: Machine>(
        &mut self,
        shell: &Shell<'_, M>,
        errand: u64,
        answer: &mut Received,
    ) -> Result<Vec<Followup<M::Effect>>, Refusal> {
        let Some(Errand { place, what: What::Ask { rrpid, message, .. } }) =
            self.errands.get(&errand).cloned()
        else {
            return Ok(Vec::new());
        };
        let named = answer.wrapper.message_header.rrpid.as_ref();
        if named.is_none_or(|named| named.0 != rrpid) {
            return Err(Refusal::SenderSentOtherRrpid);
        }
        answer.question = Some(message);
        let Some(state) = self.state::<M>(&place.1) else { return Ok(Vec::new()) };
        let nothing = Held::nothing();
        let input = M::hear(&state, answer, &shell.env(&nothing))?;
        let step = M::step(Some(state), input, &shell.env(&nothing))?;
        self.errands.remove(&errand);
        self.written.push(answer.octets.clone());
        Ok(self.commit::<M>(place, step))
    }

    /// Gives an instance an input, and marks its cause as done with in the same commit.
    pub fn input<M: Machine>(
        &mut self,
        shell: &Shell<'_, M>,
        key: &[u8],
        input: M::Input,
        cause: Cause,
    ) -> Result<Vec<Followup<M::Effect>>, Refusal> {
        let shell = &Shell { seed: self.seed(shell.seed), ..*shell };
        let place = (M::KIND, key.to_vec());
        let nothing = Held::nothing();
        let mut step = M::step(self.state::<M>(key), input, &shell.env(&nothing))?;
        let others = self.held_by_others(&step, &place);
        // Another instance was first: the step is taken again, and sees what is held.
        if others != nothing
            && let Some(again) = self.again::<M>(cause)
        {
            step = M::step(self.state::<M>(key), again, &shell.env(&others))?;
        }
        match cause {
            Cause::Command => {}
            Cause::Errand(errand) => {
                self.errands.remove(&errand);
            }
            Cause::Timer => {
                self.timers.remove(&place);
            }
        }
        Ok(self.commit::<M>(place, step))
    }

    /// The input of a step that is taken again: the first was used up.
    fn again<M: Machine>(&self, cause: Cause) -> Option<M::Input> {
        match cause {
            Cause::Command => None,
            Cause::Timer => Some(M::woke()),
            Cause::Errand(errand) => match &self.errands.get(&errand)?.what {
                What::Ask { .. } => None,
                What::Own(note) => {
                    let note = serde_json::from_slice(note).expect("what was written can be read");
                    Some(M::interrupted(note))
                }
            },
        }
    }
}

impl<M: Machine> Shell<'_, M> {
    fn env<'e>(&'e self, held: &'e Held) -> Env<'e, M> {
        let Self { now, seed, keys, trust, standing } = self;
        Env { now: *now, seed: *seed, keys: *keys, trust, standing, held }
    }
}

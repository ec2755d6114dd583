//! What one party would have on disk, and the shell that runs its machines against it.
//!
//! The same contract as the driver of `node`, in one thread and without a disk: a step is
//! committed whole or not at all, and whatever was to be done after a commit survives a crash as
//! an errand.

use std::collections::BTreeMap;

use openset_crypto::{Keys, Trust};
use openset_protocol::{
    refusal::Refusal,
    role::{Admitted, Claim, Effect, Env, Held, Lookup, Machine, Party, Received, Step},
};
use openset_types::{Rrpid, UnixTime};

use super::planted::Lapse;

/// The place of an instance: its kind and its key.
pub type Place = (&'static str, Vec<u8>);

/// Everything a party keeps through a crash.
#[derive(Default)]
pub struct Disk {
    instances: BTreeMap<Place, Vec<u8>>,
    aliases: BTreeMap<Place, Vec<u8>>,
    registers: BTreeMap<Claim, Place>,
    requests: BTreeMap<Rrpid, Taking>,
    errands: BTreeMap<u64, Errand>,
    timers: BTreeMap<Place, UnixTime>,
    next_errand: u64,
    written: Vec<Vec<u8>>,
    claimed_twice: Vec<Claim>,
    lapse: Option<Lapse>,
}

/// A request that was taken, and its answer once there is one.
struct Taking {
    request: Vec<u8>,
    reply: Option<Vec<u8>>,
}

/// Something to be done until it succeeds.
#[derive(Clone)]
pub struct Errand {
    /// The instance it is for.
    pub place: Place,
    /// What is to be done.
    pub what: What,
}

/// What an errand is.
#[derive(Clone)]
pub enum What {
    /// A request to another party.
    Ask {
        /// Who is asked.
        party: Party,
        /// What the answer must name.
        rrpid: Rrpid,
        /// The same octets, every time.
        message: Vec<u8>,
    },
    /// An effect of the machine's own, as its note.
    Own(Vec<u8>),
}

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
    /// A disk whose shell forgets something, to see whether anybody notices.
    pub fn with_lapse(lapse: Lapse) -> Self {
        Self { lapse: Some(lapse), ..Self::default() }
    }

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
        answer: &Received,
    ) -> Result<Vec<Followup<M::Effect>>, Refusal> {
        let Some(Errand { place, what: What::Ask { rrpid, .. } }) =
            self.errands.get(&errand).cloned()
        else {
            return Ok(Vec::new());
        };
        let named = answer.wrapper.message_header.rrpid.as_ref();
        if named.is_none_or(|named| named.0 != rrpid) {
            return Err(Refusal::SenderSentOtherRrpid);
        }
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
        let place = (M::KIND, key.to_vec());
        let nothing = Held::nothing();
        let step = M::step(self.state::<M>(key), input, &shell.env(&nothing))?;
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

    fn commit<M: Machine>(
        &mut self,
        place: Place,
        step: Step<M::State, M::Effect>,
    ) -> Vec<Followup<M::Effect>> {
        let stored = serde_json::to_vec(&step.state).expect("a state can be written");
        self.written.push(stored.clone());
        self.instances.insert(place.clone(), stored);
        let effects = step.effects.into_iter();
        effects.filter_map(|effect| self.keep::<M>(effect, &place)).collect()
    }

    fn keep<M: Machine>(
        &mut self,
        effect: Effect<M::Effect>,
        place: &Place,
    ) -> Option<Followup<M::Effect>> {
        match effect {
            Effect::Reply { rrpid, message } => {
                if let Some(taking) = self.requests.get_mut(&rrpid) {
                    taking.reply = Some(message.clone());
                }
                self.written.push(message.clone());
                Some(Followup::Reply(rrpid, message))
            }
            Effect::Ask { party, rrpid, message } => {
                self.written.push(message.clone());
                Some(Followup::Ask(self.errand(place, What::Ask { party, rrpid, message })))
            }
            Effect::KnownAs(name) => {
                self.aliases.insert((place.0, name), place.1.clone());
                None
            }
            Effect::Claim(claim) => {
                self.claim(claim, place);
                None
            }
            Effect::Release(claim) => {
                if self.registers.get(&claim) == Some(place) {
                    self.registers.remove(&claim);
                }
                None
            }
            Effect::WakeAt(time) => {
                self.timers.insert(place.clone(), time);
                Some(Followup::Wake(time))
            }
            Effect::Own(effect) => {
                let note = serde_json::to_vec(&M::note(&effect)).expect("a note can be written");
                self.written.push(note.clone());
                Some(Followup::Own(self.errand(place, What::Own(note)), effect))
            }
        }
    }

    /// Nobody steps in between here, so that a claim of what another holds is a machine that did
    /// not look.
    fn claim(&mut self, claim: Claim, place: &Place) {
        if self.lapse == Some(Lapse::Claims) {
            return;
        }
        match self.registers.get(&claim) {
            Some(holder) if holder != place => self.claimed_twice.push(claim),
            _ => {
                self.registers.insert(claim, place.clone());
            }
        }
    }

    fn errand(&mut self, place: &Place, what: What) -> u64 {
        self.next_errand += 1;
        self.errands.insert(self.next_errand, Errand { place: place.clone(), what });
        self.next_errand
    }

    fn held(&self, claims: &[Claim]) -> Held {
        claims.iter().filter(|claim| self.registers.contains_key(claim)).cloned().collect()
    }

    fn place<M: Machine>(&self, lookup: &Lookup) -> Place {
        match lookup {
            Lookup::Key(key) => (M::KIND, key.clone()),
            Lookup::Alias(name) => {
                let place = (M::KIND, name.clone());
                let key = self.aliases.get(&place).cloned();
                (M::KIND, key.unwrap_or(place.1))
            }
        }
    }

    /// The power fails: what was stored stays.
    pub fn power_fails(&mut self) {
        if self.lapse == Some(Lapse::Errands) {
            self.errands.clear();
        }
    }

    /// The state of an instance, read from what was stored.
    pub fn state<M: Machine>(&self, key: &[u8]) -> Option<M::State> {
        let stored = self.instances.get(&(M::KIND, key.to_vec()))?;
        Some(serde_json::from_slice(stored).expect("what was written can be read"))
    }

    /// The states of all instances of a machine, with their keys.
    pub fn states<M: Machine>(&self) -> impl Iterator<Item = (&[u8], M::State)> {
        self.instances.iter().filter(|((kind, _), _)| *kind == M::KIND).map(|((_, key), stored)| {
            (key.as_slice(), serde_json::from_slice(stored).expect("what was written can be read"))
        })
    }

    /// What is still to be done.
    pub fn errands(&self) -> impl Iterator<Item = (u64, &Errand)> {
        self.errands.iter().map(|(id, errand)| (*id, errand))
    }

    /// One thing that is still to be done.
    pub fn find_errand(&self, id: u64) -> Option<&Errand> {
        self.errands.get(&id)
    }

    /// An instance whose time has come.
    pub fn due(&self, now: UnixTime) -> Option<Place> {
        self.timers.iter().find(|(_, at)| **at <= now).map(|(place, _)| place.clone())
    }

    /// An instance that does not want to wake sleeps on.
    pub fn forget_timer(&mut self, place: &Place) {
        self.timers.remove(place);
    }

    /// The times at which instances want to be woken.
    pub fn timers(&self) -> impl Iterator<Item = UnixTime> {
        self.timers.values().copied()
    }

    /// Everything that was ever written, in order, from some place on.
    pub fn written_since(&self, mark: usize) -> &[Vec<u8>] {
        self.written.get(mark..).unwrap_or_default()
    }

    /// Entries of registers that were claimed while another instance held them.
    pub fn claimed_twice(&self) -> &[Claim] {
        &self.claimed_twice
    }
}

impl<M: Machine> Shell<'_, M> {
    fn env<'e>(&'e self, held: &'e Held) -> Env<'e, M> {
        let Self { now, seed, keys, trust, standing } = self;
        Env { now: *now, seed: *seed, keys: *keys, trust, standing, held }
    }
}

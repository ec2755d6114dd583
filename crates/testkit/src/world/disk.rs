//! What one party would have on disk: states, names, registers, requests with their answers, and
//! whatever was to be done after a commit, which survives a crash as an errand.

use std::collections::BTreeMap;

use openset_protocol::role::{Claim, Effect, Held, Lookup, Machine, Party, Register, Step};
use openset_types::{Rrpid, UnixTime};
use serde::de::DeserializeOwned;

use super::{planted::Lapse, shell::Followup};

/// The place of an instance: its kind and its key.
pub type Place = (&'static str, Vec<u8>);

/// Everything a party keeps through a crash.
#[derive(Default, Clone)]
pub struct Disk {
    instances: BTreeMap<Place, Vec<u8>>,
    /// What a forgetful shell has committed in memory only.
    unstored: Option<(Place, Vec<u8>)>,
    aliases: BTreeMap<Place, Vec<u8>>,
    registers: BTreeMap<Claim, Place>,
    pub(super) requests: BTreeMap<Rrpid, Taking>,
    pub(super) errands: BTreeMap<u64, Errand>,
    pub(super) timers: BTreeMap<Place, UnixTime>,
    next_errand: u64,
    pub(super) written: Vec<Vec<u8>>,
    claimed_twice: Vec<Claim>,
    pub(super) lapse: Option<Lapse>,
}

/// A request that was taken, and its answer once there is one.
#[derive(Clone)]
pub(super) struct Taking {
    pub(super) request: Vec<u8>,
    pub(super) reply: Option<Vec<u8>>,
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

impl Disk {
    /// A disk whose shell forgets something, to see whether anybody notices.
    pub fn with_lapse(lapse: Lapse) -> Self {
        Self { lapse: Some(lapse), ..Self::default() }
    }

    pub(super) fn commit<M: Machine>(
        &mut self,
        place: Place,
        step: Step<M::State, M::Effect>,
    ) -> Vec<Followup<M::Effect>> {
        let stored = serde_json::to_vec(&step.state).expect("a state can be written");
        self.written.push(stored.clone());
        self.store(place.clone(), stored);
        let effects = step.effects.into_iter();
        effects.filter_map(|effect| self.keep::<M>(effect, &place)).collect()
    }

    fn store(&mut self, place: Place, stored: Vec<u8>) {
        if let Some((place, stored)) = self.unstored.take() {
            self.instances.insert(place, stored);
        }
        if self.lapse == Some(Lapse::Commits) {
            self.unstored = Some((place, stored));
        } else {
            self.instances.insert(place, stored);
        }
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

    /// Whoever could have looked has looked by now, so that a claim of what another holds is a
    /// machine that did not.
    fn claim(&mut self, claim: Claim, place: &Place) {
        if self.forgets(&claim) {
            return;
        }
        match self.registers.get(&claim) {
            Some(holder) if holder != place => self.claimed_twice.push(claim),
            _ => {
                self.registers.insert(claim, place.clone());
            }
        }
    }

    /// Whether a planted fault makes it forget that this was claimed.
    fn forgets(&self, claim: &Claim) -> bool {
        match self.lapse {
            Some(Lapse::Claims) => true,
            Some(Lapse::Seeds) => claim.register == Register::Serials,
            _ => false,
        }
    }

    fn errand(&mut self, place: &Place, what: What) -> u64 {
        self.next_errand += 1;
        self.errands.insert(self.next_errand, Errand { place: place.clone(), what });
        self.next_errand
    }

    pub(super) fn held(&self, claims: &[Claim]) -> Held {
        claims.iter().filter(|claim| self.registers.contains_key(claim)).cloned().collect()
    }

    /// What a step claims and other instances hold.
    pub(super) fn held_by_others<S, E>(&self, step: &Step<S, E>, place: &Place) -> Held {
        let claims = step.effects.iter().filter_map(|effect| match effect {
            Effect::Claim(claim) => Some(claim),
            _ => None,
        });
        let is_other = |claim: &&Claim| {
            let holder = self.registers.get(claim);
            holder.is_some_and(|holder| holder != place) && !self.forgets(claim)
        };
        claims.filter(is_other).cloned().collect()
    }

    pub(super) fn place<M: Machine>(&self, lookup: &Lookup) -> Place {
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
        self.unstored = None;
        if self.lapse == Some(Lapse::Errands) {
            self.errands.clear();
        }
    }

    /// The randomness of a step that nobody outside has asked for.
    pub(super) fn seed(&self, drawn: [u8; 32]) -> [u8; 32] {
        if self.lapse == Some(Lapse::Seeds) { [0x5E; 32] } else { drawn }
    }

    /// The state of an instance, as its party has it.
    pub fn state<M: Machine>(&self, key: &[u8]) -> Option<M::State> {
        let place = (M::KIND, key.to_vec());
        let unstored = self.unstored.as_ref().filter(|(unstored, _)| *unstored == place);
        let state = unstored.map(|(_, state)| state).or_else(|| self.instances.get(&place))?;
        Some(read(state))
    }

    /// The states of all instances of a machine as their party has them, with their keys.
    pub fn states<M: Machine>(&self) -> impl Iterator<Item = (&[u8], M::State)> {
        let unstored = self.unstored.iter().map(|(place, state)| (place, state));
        let all: BTreeMap<&Place, &Vec<u8>> = self.instances.iter().chain(unstored).collect();
        all.into_iter()
            .filter(|((kind, _), _)| *kind == M::KIND)
            .map(|((_, key), state)| (key.as_slice(), read(state)))
    }

    /// The states of all instances of a machine that a crash would leave.
    pub fn stored<M: Machine>(&self) -> impl Iterator<Item = M::State> {
        self.instances
            .iter()
            .filter(|((kind, _), _)| *kind == M::KIND)
            .map(|(_, state)| read(state))
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

fn read<S: DeserializeOwned>(state: &[u8]) -> S {
    serde_json::from_slice(state).expect("what was written can be read")
}

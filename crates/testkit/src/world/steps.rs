//! One step of one instance: it is taken, committed and followed up, unless the power fails
//! first.

use openset_crypto::Trust;

use super::{
    Party, Point, World,
    disk::Disk,
    network::{Event, Role},
    party,
    planted::standings,
    played::{Desk, Played, Task},
    shell::{Cause, Followup, Shell},
};

impl World {
    /// Lets a party take one step. Nothing is given if the power fails before it is committed:
    /// then whatever it did was done in vain.
    pub(super) fn commits<M: Played, T>(
        &mut self,
        role: Role,
        point: Option<Point>,
        step: impl FnOnce(&mut Disk, &Shell<'_, M>) -> T,
    ) -> Option<T> {
        let (now, seed) = (self.now(), self.draws.seed());
        let standing = M::standing(standings(self.planted), role);
        let Party { disk, trust, witness, .. } = self.party_mut(role);
        let trust: &Trust = trust;
        let before = (point == Some(Point::BeforeCommit)).then(|| disk.clone());
        let keys = party::keys(witness.as_ref());
        let taken = step(disk, &Shell { now, seed, keys, trust, standing });
        let is_lost = before.is_some();
        if let Some(before) = before {
            *disk = before;
        }
        if let Some(witness) = witness {
            witness.look(disk);
        }
        if is_lost {
            self.stop(role);
            return None;
        }
        Some(taken)
    }

    /// Gives an instance an input. Whether it was given: a crash may come first.
    pub(super) fn input<M: Played>(
        &mut self,
        role: Role,
        key: &[u8],
        input: M::Input,
        cause: Cause,
    ) -> bool {
        let point = self.crash();
        let stepped = self
            .commits::<M, _>(role, point, |disk, shell| disk.input::<M>(shell, key, input, cause));
        let Some(stepped) = stepped else { return false };
        match stepped {
            Ok(followups) => {
                self.tell(role, format_args!("steps {} {}: {cause:?}", M::KIND, label(key)));
                self.follow::<M>(role, followups, point);
            }
            Err(refusal) => {
                let kind = M::KIND;
                self.tell(role, format_args!("refuses {cause:?} to {kind}: {refusal}"));
                match cause {
                    Cause::Command => {}
                    Cause::Timer => {
                        self.party_mut(role).disk.forget_timer(&(M::KIND, key.to_vec()));
                    }
                    Cause::Errand(errand) => self.looks_later(role, errand),
                }
            }
        }
        true
    }

    /// Does what a step asked for, unless the power fails first.
    pub(super) fn follow<M: Played>(
        &mut self,
        role: Role,
        followups: Vec<Followup<M::Effect>>,
        point: Option<Point>,
    ) {
        let doing = match point {
            None => followups.len(),
            Some(Point::AmidEffects) => followups.len() / 2,
            Some(Point::BeforeCommit | Point::AfterCommit) => 0,
        };
        for followup in followups.into_iter().take(doing) {
            self.follow_up::<M>(role, followup);
        }
        if point.is_some() && !self.is_down(role) {
            self.stop(role);
        }
    }

    fn follow_up<M: Played>(&mut self, role: Role, followup: Followup<M::Effect>) {
        match followup {
            _ if self.is_down(role) => {}
            Followup::Reply(rrpid, message) => {
                self.replies.note(role, rrpid, &message);
                let waiting = self.party_mut(role).waiting.remove(&rrpid).unwrap_or_default();
                for (to, errand) in waiting {
                    self.post_answer(role, to, errand, message.clone());
                }
            }
            Followup::Ask(errand) => self.looks(role, errand, 0),
            Followup::Own(errand, effect) => self.perform::<M>(role, errand, effect),
            Followup::Wake(time) => {
                let stops = self.stops(role);
                self.network.at(time, Event::Wakes { role, stops });
            }
        }
    }

    /// Does what only this machine asks for: a bank is asked, or it is done here and now.
    fn perform<M: Played>(&mut self, role: Role, errand: u64, effect: M::Effect) {
        let found = self.party_mut(role).disk.find_errand(errand);
        let key = found.map(|errand| errand.place.1.clone()).unwrap_or_default();
        let desk = Desk { now: self.now(), errand, vault: &mut self.vault };
        match M::perform(desk, &key, effect) {
            Task::Call(call) => {
                self.party_mut(role).calls.insert(errand, call);
                self.looks(role, errand, 0);
            }
            Task::Done(outcome) => {
                self.input::<M>(role, &key, outcome, Cause::Errand(errand));
            }
        }
    }
}

fn label(key: &[u8]) -> String {
    match std::str::from_utf8(key) {
        Ok(text) if text.is_ascii() => text.to_owned(),
        _ => data_encoding::HEXLOWER.encode(&key[..key.len().min(4)]),
    }
}

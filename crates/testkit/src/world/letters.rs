//! What arrives: whoever is asked takes the request, whoever asked hears the answer.

use openset_protocol::{
    complaint::{self, Complainant},
    refusal::Refusal,
    role::Received,
};
use openset_wire::wrapper::MessageWrapper;

use super::{
    Party, World,
    hands::{self, hands},
    network::{Kind, Letter, Role},
    played::Played,
    shell::Taken,
};
use crate::pki::{self, Pki};

impl World {
    /// A letter arrives. Whoever does not run loses it.
    pub(super) fn arrives(&mut self, letter: Letter) {
        if self.is_down(letter.to) {
            return self.tell(letter.to, format_args!("is down and loses a letter"));
        }
        match (letter.from, letter.to, letter.kind) {
            (_, Role::Issuer | Role::Acquirer, Kind::Question) => self.bank_is_asked(letter),
            (Role::Issuer | Role::Acquirer, _, Kind::Answer) => self.bank_answers(&letter),
            (_, _, Kind::Answer) => {
                let errand = self.party_mut(letter.to).disk.find_errand(letter.errand);
                match errand.map(|errand| hands(errand.place.0)) {
                    Some(hands) => (hands.hears)(self, &letter),
                    None => self.tell(letter.to, format_args!("waits for no such answer")),
                }
            }
            (_, to, Kind::Question) => match hands::asked(to, name(&letter.octets)) {
                Some(hands) => (hands.is_asked)(self, &letter),
                None => self.tell(to, format_args!("does not take such letters")),
            },
        }
    }

    /// A party is asked by another.
    pub(super) fn is_asked<M: Played>(&mut self, letter: &Letter) {
        let (role, point) = (letter.to, self.crash());
        let received = received(&letter.octets);
        let header = &received.wrapper.message_header;
        let Some(rrpid) = header.rrpid.as_ref().map(|rrpid| rrpid.0) else {
            return self.complain(letter, &Refusal::SenderSentBadHeader);
        };
        let taken = self
            .commits::<M, _>(role, point, |disk, shell| disk.request::<M>(shell, rrpid, &received));
        let Some(taken) = taken else { return };
        if let Ok(Taken::Stepped(_) | Taken::Waiting) = &taken {
            let Party { waiting, .. } = self.party_mut(role);
            waiting.entry(rrpid).or_default().push((letter.from, letter.errand));
        }
        let name = received.wrapper.message.name();
        match taken {
            Ok(Taken::Stepped(followups)) => {
                self.tell(role, format_args!("takes {name} {rrpid}"));
                self.follow::<M>(role, followups, point);
            }
            Ok(Taken::Repeated(reply)) => {
                self.tell(role, format_args!("answers {name} {rrpid} again"));
                self.replies.note(role, rrpid, &reply);
                self.post_answer(role, letter.from, letter.errand, reply);
            }
            Ok(Taken::Waiting) => self.tell(role, format_args!("still works at {name} {rrpid}")),
            Err(refusal) => {
                self.tell(role, format_args!("refuses {name} {rrpid}: {refusal}"));
                self.complain(letter, &refusal);
            }
        }
    }

    /// A party hears the answer to an errand.
    pub(super) fn hears<M: Played>(&mut self, letter: &Letter) {
        let (role, point) = (letter.to, self.crash());
        let mut received = received(&letter.octets);
        let heard = self.commits::<M, _>(role, point, |disk, shell| {
            disk.answer::<M>(shell, letter.errand, &mut received)
        });
        let name = received.wrapper.message.name();
        match heard {
            None => {}
            Some(Ok(followups)) => {
                self.tell(role, format_args!("hears {name} on errand {}", letter.errand));
                self.follow::<M>(role, followups, point);
            }
            Some(Err(refusal)) => self.tell(role, format_args!("drops {name}: {refusal}")),
        }
    }

    /// Tells whoever asked that its request was refused.
    fn complain(&mut self, letter: &Letter, refusal: &Refusal) {
        let (now, seed) = (self.now(), self.draws.seed());
        let pki = Pki::shared();
        let (identity, letterhead) = pki.standings.complainant(letter.to);
        let bag = self.party_mut(letter.to).trust.bag(identity);
        let complainant = Complainant {
            identity: Some(identity),
            bag: &bag,
            keys: &pki.keys,
            letterhead,
            suite: pki::suite(),
            now,
            seed,
        };
        let error = complaint::answer(refusal, &letter.octets, &complainant);
        if let Some(error) = error.expect("an Error can be written") {
            self.post_answer(letter.to, letter.from, letter.errand, error);
        }
    }

    pub(super) fn post_answer(&mut self, from: Role, to: Role, errand: u64, octets: Vec<u8>) {
        self.post(Letter { from, to, kind: Kind::Answer, errand, octets });
    }

    pub(super) fn post(&mut self, letter: Letter) {
        if (letter.to, letter.kind) == (Role::Gateway, Kind::Question) {
            self.seen.push((name(&letter.octets), letter.octets.clone()));
        }
        self.network.post(letter, &self.weather, &mut self.draws);
    }
}

fn received(octets: &[u8]) -> Received {
    let wrapper = MessageWrapper::decode(octets).expect("the network changes nothing");
    Received { octets: octets.to_vec(), wrapper, question: None }
}

fn name(octets: &[u8]) -> &'static str {
    received(octets).wrapper.message.name()
}

//! The shells of the three parties that run machines, and the desks of the two banks: what
//! arrives is taken, what a step asks for is done, and what was interrupted is taken up again.

use openset_crypto::{Identity, Trust};
use openset_protocol::{
    cardholder::purchase::CardholderPurchase,
    complaint::{self, Complainant},
    gateway::{
        authorization::{self as asking, GatewayAuthorization},
        capture::GatewayCapture,
    },
    merchant::purchase::MerchantPurchase,
    refusal::Refusal,
    role::{self, Machine, Received},
};
use openset_types::{AuthorizationAnswer, UnixTime};
use openset_wire::wrapper::MessageWrapper;

use super::{
    Party, Point, World,
    disk::{Cause, Errand, Followup, Shell, Taken, What},
    network::{Event, Kind, Letter, Role},
    played::{self, Means, Played},
};
use crate::pki::{Pki, SUITE};

/// How long the gateway waits for the issuer.
const ISSUER_MS: u64 = 8_000;
/// The first interval between two tries; each is twice the one before.
const INTERVAL_MS: u64 = 1_000;
/// The longest interval between two tries.
const INTERVAL_MS_MAX: u64 = 60_000;

impl World {
    /// A letter arrives. Whoever does not run loses it.
    pub(super) fn arrives(&mut self, letter: Letter) {
        if self.is_down(letter.to) {
            return self.tell(letter.to, format_args!("is down and loses a letter"));
        }
        match (letter.to, letter.kind) {
            (Role::Wallet, Kind::Answer) => self.hears::<CardholderPurchase>(&letter),
            (Role::Merchant, Kind::Answer) => self.hears::<MerchantPurchase>(&letter),
            (Role::Gateway, Kind::Answer) => self.bank_answers(&letter),
            (Role::Issuer | Role::Acquirer, Kind::Question) => self.bank_is_asked(letter),
            (Role::Merchant, Kind::Question) => self.is_asked::<MerchantPurchase>(&letter),
            (Role::Gateway, Kind::Question) => match name(&letter.octets) {
                "CapReq" => self.is_asked::<GatewayCapture>(&letter),
                _ => self.is_asked::<GatewayAuthorization>(&letter),
            },
            (Role::Wallet, Kind::Question) | (Role::Issuer | Role::Acquirer, Kind::Answer) => {
                self.tell(letter.to, format_args!("does not take such letters"));
            }
        }
    }

    /// A party is asked by another.
    fn is_asked<M: Played>(&mut self, letter: &Letter) {
        let point = self.crash();
        if point == Some(Point::BeforeCommit) {
            return self.stop(M::ROLE);
        }
        let received = received(&letter.octets);
        let header = &received.wrapper.message_header;
        let Some(rrpid) = header.rrpid.as_ref().map(|rrpid| rrpid.0) else {
            return self.complain::<M>(letter, &Refusal::SenderSentBadHeader);
        };
        let (now, seed) = (self.now(), self.draws.seed());
        let party = self.party_mut(M::ROLE);
        let Party { disk, trust, waiting, .. } = party;
        let taken = disk.request::<M>(&shell(now, seed, trust), rrpid, &received);
        if let Ok(Taken::Stepped(_) | Taken::Waiting) = &taken {
            waiting.entry(rrpid).or_default().push((letter.from, letter.errand));
        }
        let name = received.wrapper.message.name();
        match taken {
            Ok(Taken::Stepped(followups)) => {
                self.tell(M::ROLE, format_args!("takes {name} {rrpid}"));
                self.follow::<M>(followups, point);
            }
            Ok(Taken::Repeated(reply)) => {
                self.tell(M::ROLE, format_args!("answers {name} {rrpid} again"));
                self.replies.note(M::ROLE, rrpid, &reply);
                self.post_answer(M::ROLE, letter.from, letter.errand, reply);
            }
            Ok(Taken::Waiting) => self.tell(M::ROLE, format_args!("still works at {name} {rrpid}")),
            Err(refusal) => {
                self.tell(M::ROLE, format_args!("refuses {name} {rrpid}: {refusal}"));
                self.complain::<M>(letter, &refusal);
            }
        }
    }

    /// A party hears the answer to an errand.
    fn hears<M: Played>(&mut self, letter: &Letter) {
        let point = self.crash();
        if point == Some(Point::BeforeCommit) {
            return self.stop(M::ROLE);
        }
        let received = received(&letter.octets);
        let (now, seed) = (self.now(), self.draws.seed());
        let Party { disk, trust, .. } = self.party_mut(M::ROLE);
        let heard = disk.answer::<M>(&shell(now, seed, trust), letter.errand, &received);
        let name = received.wrapper.message.name();
        match heard {
            Ok(followups) => {
                self.tell(M::ROLE, format_args!("hears {name} on errand {}", letter.errand));
                self.follow::<M>(followups, point);
            }
            Err(refusal) => self.tell(M::ROLE, format_args!("drops {name}: {refusal}")),
        }
    }

    /// Gives an instance an input. Whether it was given: a crash may come first.
    pub(super) fn input<M: Played>(&mut self, key: &[u8], input: M::Input, cause: Cause) -> bool {
        let point = self.crash();
        if point == Some(Point::BeforeCommit) {
            self.stop(M::ROLE);
            return false;
        }
        let (now, seed) = (self.now(), self.draws.seed());
        let Party { disk, trust, .. } = self.party_mut(M::ROLE);
        match disk.input::<M>(&shell(now, seed, trust), key, input, cause) {
            Ok(followups) => {
                self.tell(M::ROLE, format_args!("steps {} {}: {cause:?}", M::KIND, label(key)));
                self.follow::<M>(followups, point);
            }
            Err(refusal) => {
                let kind = M::KIND;
                self.tell(M::ROLE, format_args!("refuses {cause:?} to {kind}: {refusal}"));
                if cause == Cause::Timer {
                    self.party_mut(M::ROLE).disk.forget_timer(&(M::KIND, key.to_vec()));
                }
            }
        }
        true
    }

    /// Does what a step asked for, unless the power fails first.
    fn follow<M: Played>(&mut self, followups: Vec<Followup<M::Effect>>, point: Option<Point>) {
        let doing = match point {
            None => followups.len(),
            Some(Point::AmidEffects) => followups.len() / 2,
            Some(Point::BeforeCommit | Point::AfterCommit) => 0,
        };
        for followup in followups.into_iter().take(doing) {
            self.follow_up::<M>(followup);
        }
        if point.is_some() {
            self.stop(M::ROLE);
        }
    }

    fn follow_up<M: Played>(&mut self, followup: Followup<M::Effect>) {
        let role = M::ROLE;
        match followup {
            Followup::Reply(rrpid, message) => {
                self.replies.note(role, rrpid, &message);
                let waiting = self.party_mut(role).waiting.remove(&rrpid).unwrap_or_default();
                for (to, errand) in waiting {
                    self.post_answer(role, to, errand, message.clone());
                }
            }
            Followup::Ask(errand) => self.looks(role, errand, 0),
            Followup::Own(errand, effect) => {
                let party = self.party_mut(role);
                let errands = party.disk.find_errand(errand);
                let key = errands.map(|errand| errand.place.1.clone()).unwrap_or_default();
                party.calls.insert(errand, M::call(&key, &effect));
                self.looks(role, errand, 0);
            }
            Followup::Wake(time) => {
                let stops = self.stops(role);
                self.network.at(time, Event::Wakes { role, stops });
            }
        }
    }

    /// Looks at an errand: whatever is not done is done, or done again.
    pub(super) fn looks(&mut self, role: Role, errand: u64, tries: u32) {
        let party = self.party_mut(role);
        let Some(Errand { place, what }) = party.disk.find_errand(errand).cloned() else { return };
        let call = party.calls.get(&errand).cloned();
        let (to, octets, again_ms) = match (what, call) {
            (What::Ask { party, message, .. }, _) => {
                (addressee(&party), message, interval_ms(tries))
            }
            (What::Own(_), None) => return,
            (What::Own(_), Some(call)) => match call.means {
                Means::Authorization if tries == 0 => (call.to, call.first, ISSUER_MS),
                Means::Authorization => {
                    let input = asking::Input::Answered(AuthorizationAnswer::NoAnswer);
                    let cause = Cause::Errand(errand);
                    self.input::<GatewayAuthorization>(&place.1, input, cause);
                    return;
                }
                _ if tries == 0 => (call.to, call.first, interval_ms(tries)),
                _ => (call.to, call.again, interval_ms(tries)),
            },
        };
        self.post(Letter { from: role, to, kind: Kind::Question, errand, octets });
        let (stops, tries) = (self.stops(role), tries + 1);
        self.network.after(again_ms, Event::Looks { role, stops, errand, tries });
    }

    /// A bank has answered the gateway. An answer that comes too late is told to the machine all
    /// the same: it must not change its mind (abuse case 12).
    fn bank_answers(&mut self, letter: &Letter) {
        let Some(call) = self.gateway.calls.get(&letter.errand).cloned() else {
            return self.tell(Role::Gateway, format_args!("has forgotten what it asked"));
        };
        let answer = played::read(&letter.octets);
        let errand = self.gateway.disk.find_errand(letter.errand).cloned();
        let cause = match &errand {
            Some(_) => Cause::Errand(letter.errand),
            None => Cause::Command,
        };
        let key = call.key;
        if let Some(input) = played::heard(&call.means, &answer) {
            self.input::<GatewayAuthorization>(&key, input, cause);
        }
        if let Some(input) = played::heard_of_capture(&call.means, &answer) {
            self.input::<GatewayCapture>(&key, input, cause);
        }
    }

    /// A bank is asked by the gateway.
    fn bank_is_asked(&mut self, letter: Letter) {
        let role = letter.to;
        let point = self.crash();
        if point == Some(Point::BeforeCommit) {
            return self.stop(role);
        }
        let (now, question) = (self.now(), played::read(&letter.octets));
        let draw = u32::try_from(self.draws.below(1 << 32)).unwrap_or_default();
        let answer = match role {
            Role::Issuer => self.issuer.answer(&question, now, draw),
            _ => self.acquirer.answer(&question, now, draw),
        };
        let (mti, code) = (question.mti(), answer.as_ref().and_then(|said| said.text(39)));
        self.tell(
            role,
            format_args!("answers {} with {}", mti.as_str(), code.unwrap_or("silence")),
        );
        if point.is_some() {
            return self.stop(role);
        }
        if let Some(answer) = answer {
            self.post_answer(role, letter.from, letter.errand, played::write(&answer));
        }
    }

    /// Wakes every instance whose time has come.
    pub(super) fn wakes(&mut self, role: Role) {
        let now = self.now();
        while !self.is_down(role) {
            let Some((kind, key)) = self.party_mut(role).disk.due(now) else { return };
            match kind {
                CardholderPurchase::KIND => self.wake::<CardholderPurchase>(&key),
                MerchantPurchase::KIND => self.wake::<MerchantPurchase>(&key),
                GatewayAuthorization::KIND => self.wake::<GatewayAuthorization>(&key),
                _ => self.wake::<GatewayCapture>(&key),
            }
        }
    }

    fn wake<M: Played>(&mut self, key: &[u8]) {
        self.input::<M>(key, M::woke(), Cause::Timer);
    }

    /// Takes up what was interrupted: questions are asked again, the same octets; what was the
    /// machine's own is reported to it.
    pub(super) fn recovers(&mut self, role: Role) {
        let errands: Vec<_> =
            self.party_mut(role).disk.errands().map(|(id, errand)| (id, errand.clone())).collect();
        for (id, Errand { place: (kind, key), what }) in errands {
            match what {
                _ if self.is_down(role) => return,
                What::Ask { .. } => self.looks(role, id, 0),
                What::Own(note) if kind == GatewayAuthorization::KIND => {
                    self.interrupted::<GatewayAuthorization>(id, &key, &note);
                }
                What::Own(note) => self.interrupted::<GatewayCapture>(id, &key, &note),
            }
        }
        let stops = self.stops(role);
        let timers: Vec<UnixTime> = self.party_mut(role).disk.timers().collect();
        for time in timers {
            self.network.at(time, Event::Wakes { role, stops });
        }
    }

    fn interrupted<M: Played>(&mut self, errand: u64, key: &[u8], note: &[u8]) {
        let note = serde_json::from_slice(note).expect("what was written can be read");
        self.input::<M>(key, M::interrupted(note), Cause::Errand(errand));
    }

    /// Tells whoever asked that its request was refused.
    fn complain<M: Played>(&mut self, letter: &Letter, refusal: &Refusal) {
        let (now, seed) = (self.now(), self.draws.seed());
        let Party { trust, .. } = self.party_mut(M::ROLE);
        let (identity, letterhead) = complainant(M::ROLE);
        let bag = trust.bag(identity);
        let complainant = Complainant {
            identity: Some(identity),
            bag: &bag,
            keys: &Pki::shared().keys,
            letterhead,
            suite: SUITE,
            now,
            seed,
        };
        let error = complaint::answer(refusal, &letter.octets, &complainant);
        if let Some(error) = error.expect("an Error can be written") {
            self.post_answer(M::ROLE, letter.from, letter.errand, error);
        }
    }

    fn post_answer(&mut self, from: Role, to: Role, errand: u64, octets: Vec<u8>) {
        self.post(Letter { from, to, kind: Kind::Answer, errand, octets });
    }

    fn post(&mut self, letter: Letter) {
        if (letter.to, letter.kind) == (Role::Gateway, Kind::Question) {
            self.seen.push((name(&letter.octets), letter.octets.clone()));
        }
        self.network.post(letter, &self.weather, &mut self.draws);
    }

    fn party_mut(&mut self, role: Role) -> &mut Party {
        match role {
            Role::Wallet => &mut self.wallet,
            Role::Merchant => &mut self.merchant,
            Role::Gateway | Role::Issuer | Role::Acquirer => &mut self.gateway,
        }
    }
}

fn shell<M: Played>(now: UnixTime, seed: [u8; 32], trust: &Trust) -> Shell<'_, M> {
    let pki = Pki::shared();
    Shell { now, seed, keys: &pki.keys, trust, standing: M::standing(&pki.standings) }
}

fn received(octets: &[u8]) -> Received {
    let wrapper = MessageWrapper::decode(octets).expect("the network changes nothing");
    Received { octets: octets.to_vec(), wrapper }
}

fn name(octets: &[u8]) -> &'static str {
    received(octets).wrapper.message.name()
}

fn label(key: &[u8]) -> String {
    match std::str::from_utf8(key) {
        Ok(text) if text.is_ascii() => text.to_owned(),
        _ => data_encoding::HEXLOWER.encode(&key[..key.len().min(4)]),
    }
}

fn addressee(party: &role::Party) -> Role {
    match party {
        role::Party::Merchant { .. } => Role::Merchant,
        _ => Role::Gateway,
    }
}

fn complainant(role: Role) -> (&'static Identity, &'static openset_protocol::letter::Letterhead) {
    let pki = Pki::shared();
    match role {
        Role::Gateway => (&pki.gateway.signature, &pki.standings.gateway.letterhead),
        _ => (&pki.merchant.signature, &pki.standings.merchant.letterhead),
    }
}

fn interval_ms(tries: u32) -> u64 {
    INTERVAL_MS.saturating_mul(1 << tries.min(16)).min(INTERVAL_MS_MAX)
}

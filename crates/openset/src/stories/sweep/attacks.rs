//! The language of the sweep: an attack is octets, and what they come to.

use std::cell::Cell;

use openset_crypto::{Authority as Kind, Bag};
use openset_node::entropy;
use openset_types::Rrpid;
use openset_wire::{
    cert::CertStatusCode,
    error::ErrorCode,
    wrapper::{Message, MessageHeader, MessageWrapper},
};

use super::{
    super::post::Answer,
    hands::{Says, message, rewrap},
    scene::Scene,
};
use crate::ceremony::ISSUING;

/// How many places of each message are cut or changed.
const SAMPLE: usize = 24;

/// Octets that somebody sends to an authority, and what they come to.
pub(super) struct Attack {
    pub(super) what: String,
    pub(super) at: Kind,
    pub(super) octets: Vec<u8>,
    pub(super) comes_to: ComesTo,
}

/// What an attack comes to. Nobody is ever certified by one, and no registrar asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ComesTo {
    /// An Error with this code and a line in the log; not an octet is kept.
    Refused(ErrorCode),
    /// An Error with one of these codes and a line in the log; not an octet is kept. Or, where
    /// the envelope with the account cannot be changed without anybody noticing, the answer that
    /// it did not open.
    Spoilt(Vec<ErrorCode>),
    /// The octets that were answered before; not an octet is kept.
    TheSame(Vec<u8>),
    /// No answer at all; not an octet is kept.
    Silence,
    /// A CertRes or CertInqRes that says so.
    Told(CertStatusCode),
    /// It is taken for a first question of somebody, and answered by a message of this name.
    Answered(&'static str),
}

impl Attack {
    /// An attack on the authority that a message was for.
    pub(super) fn on(at: Kind, what: &str, octets: Vec<u8>, comes_to: ComesTo) -> Self {
        Self { what: what.to_owned(), at, octets, comes_to }
    }

    /// The same at another authority.
    fn at(self, at: Kind) -> Self {
        Self { at, what: format!("{} at {at:?}", self.what), ..self }
    }
}

/// What can be done to any message by whoever carries it.
pub(super) fn carried(at: Kind, honest: &[u8]) -> Vec<Attack> {
    let unread = || ComesTo::Refused(ErrorCode::DecodingFailure);
    let mut attacks: Vec<_> = sample(honest.len())
        .map(|end| {
            let what = format!("cut after {end} octets");
            Attack::on(at, &what, honest[..end].to_vec(), unread())
        })
        .collect();
    let twice = honest.repeat(2);
    attacks.push(Attack::on(at, "one octet more", twice[..=honest.len()].to_vec(), unread()));
    attacks.push(Attack::on(at, "the same twice", twice, unread()));
    let renamed = with_header(honest, |header| header.rrpid = Some(Rrpid::new([0x78; 20]).into()));
    let other = ComesTo::Refused(ErrorCode::UnknownRrpid);
    attacks.push(Attack::on(at, "under another number outside", renamed, other));
    let nameless = with_header(honest, |header| header.rrpid = None);
    let headless = ComesTo::Refused(ErrorCode::BadMessageHeader);
    attacks.push(Attack::on(at, "without a number", nameless, headless));
    attacks
}

/// A message at the other authorities, which are of other roles.
pub(super) fn misdirected(at: Kind, honest: &[u8], comes_to: &ComesTo) -> Vec<Attack> {
    let others = ISSUING.into_iter().filter(|other| *other != at);
    others
        .map(|other| Attack::on(at, "sent", honest.to_vec(), comes_to.clone()).at(other))
        .collect()
}

/// One bit of a message in another state, where it is sealed or signed. Each is made anew: what
/// is answered by a verdict has used up its number.
pub(super) fn changed(at: Kind, made: impl Fn() -> Vec<u8>, codes: &[ErrorCode]) -> Vec<Attack> {
    let places = sample(3 * 256);
    places
        .map(|place| {
            let mut octets = made();
            // The header may say another time and other software, and is not signed.
            let place = octets.len() / 4 + place * octets.len() / (4 * 256);
            octets[place] ^= 1 << (place % 8);
            let what = format!("a bit of octet {place} of {} changed", octets.len());
            Attack::on(at, &what, octets, ComesTo::Spoilt(codes.to_vec()))
        })
        .collect()
}

/// What was answered already, by whoever sends it again.
pub(super) fn repeated(at: Kind, honest: &[u8], answer: &[u8]) -> Vec<Attack> {
    let later = with_header(honest, |header| header.date = header.date.0.plus_s(1).into());
    let other = ComesTo::Refused(ErrorCode::UnspecifiedFailure);
    vec![
        Attack::on(at, "sent again", honest.to_vec(), ComesTo::TheSame(answer.to_vec())),
        Attack::on(at, "the same number for other octets", later, other),
    ]
}

/// Answers, sent to an authority as if it had asked.
pub(super) fn answers_as_questions(at: Kind, answer: &[u8]) -> Vec<Attack> {
    vec![Attack::on(at, "the answer itself", answer.to_vec(), ComesTo::Silence)]
}

/// Changes the header of a message and nothing else.
pub(super) fn with_header(octets: &[u8], change: impl FnOnce(&mut MessageHeader)) -> Vec<u8> {
    let mut wrapper = MessageWrapper::decode(octets).expect("one of our messages");
    change(&mut wrapper.message_header);
    wrapper.encode().expect("encodable")
}

/// Changes a message that nobody has signed, and its number too.
pub(super) fn with_message(octets: &[u8], change: impl FnOnce(&mut Message)) -> Vec<u8> {
    let mut inside = message(octets);
    change(&mut inside);
    let number = match &inside {
        Message::CardCInitReq(asked) => asked.rrpid.0,
        Message::MeAqCInitReq(asked) => asked.rrpid.0,
        other => panic!("{} is signed or sealed", other.name()),
    };
    rewrap(octets, inside, Some(number))
}

/// The first places, the last one, and others drawn by the machine: which, an attack's name says.
pub(super) fn sample(length: usize) -> impl Iterator<Item = usize> {
    let seed = entropy::seed().expect("randomness");
    let drawn = seed
        .into_iter()
        .enumerate()
        .map(move |(at, octet)| (at * 256 + usize::from(octet)) * length / (seed.len() * 256));
    [0, 1, 2, 3].into_iter().chain(drawn.take(SAMPLE)).chain([length - 1])
}

/// What an answer is, as far as traces are concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// A refusal, which stands in the log and nowhere else.
    No,
    /// What was said before, or nothing.
    Nothing,
    /// An answer, which is kept with its question.
    Answer,
}

impl Scene {
    /// Sends what somebody has made, and checks what it comes to.
    pub(super) async fn suffer(&self, message: &str, attacks: Vec<Attack>) {
        assert!(!attacks.is_empty(), "{message}: no attack");
        for attack in attacks {
            let what = format!("{:?}, {message}, {}", self.suite, attack.what);
            let before = self.traces(attack.at).await;
            let answer = self.post(attack.at, &attack.octets).await;
            let said = self.require(&attack, &answer, &what);
            let after = self.traces(attack.at).await;
            before.nobody_was_certified(&after, usize::from(said == Said::No), &what);
            if said != Said::Answer {
                before.nothing_was_kept(&after, &what);
            }
        }
    }

    /// Checks that an answer is what the attack should come to.
    fn require(&self, attack: &Attack, answer: &Answer, what: &str) -> Said {
        match &attack.comes_to {
            ComesTo::Refused(code) => {
                let said = self.complaint(attack.at, answer, what).error_code;
                assert_eq!(said, *code, "{what}");
                Said::No
            }
            ComesTo::Spoilt(codes) => self.require_spoilt(attack, answer, codes, what),
            ComesTo::TheSame(octets) => {
                assert_eq!(answer.body, *octets, "{what}");
                Said::Nothing
            }
            ComesTo::Silence => {
                assert_eq!((answer.status, answer.body.len()), (204, 0), "{what}");
                Said::Nothing
            }
            ComesTo::Told(code) => {
                assert_eq!(self.told(&answer.body, attack.at), *code, "{what}");
                Said::Answer
            }
            ComesTo::Answered(name) => {
                assert_eq!(message(&answer.body).name(), *name, "{what}");
                Said::Answer
            }
        }
    }

    fn require_spoilt(
        &self,
        attack: &Attack,
        answer: &Answer,
        codes: &[ErrorCode],
        what: &str,
    ) -> Said {
        if let Message::CertRes(_) = message(&answer.body) {
            assert!(self.suite.seals_against_change(), "{what}: more is told than may be");
            let said = self.told(&answer.body, attack.at);
            assert_eq!(said, CertStatusCode::DecryptionError, "{what}");
            return Said::Answer;
        }
        let said = self.complaint(attack.at, answer, what).error_code;
        assert!(codes.contains(&said), "{what}: {said:?}");
        Said::No
    }

    /// What a verdict says.
    fn told(&self, octets: &[u8], by: Kind) -> CertStatusCode {
        let said = Cell::new(None);
        let read = |says: &mut dyn Says, _: &mut Bag| {
            said.set(says.verdict().map(|verdict| verdict.cert_status.cert_status_code));
        };
        self.hands.answer(octets, &self.hands.clerks[&by].signs, &read);
        said.take().expect("a verdict")
    }
}

//! The one contract between a state machine of a role and the shell that runs it.
//!
//! ```text
//! a request ─▶ admit ─▶ load the instance and what is held ─▶ step ─▶ commit ─▶ run the effects
//! an answer ─▶ hear  ─▶ load the instance                  ─▶ step ─▶ commit ─▶ run the effects
//! a command, the outcome of an effect, a wake-up           ─▶ step ─▶ commit ─▶ run the effects
//! ```
//!
//! A machine is pure: time, randomness, keys, trust and what it stored before are arguments, and
//! whatever it wants done is a value. Nothing is done until the step is stored.
//!
//! What this deliberately does not know: sockets, disks, addresses, retries, or which machine
//! comes next.

use std::{collections::BTreeSet, fmt};

use openset_crypto::{Keys, Trust};
use openset_types::{Brand, Rrpid, UnixTime, Xid};
use openset_wire::wrapper::MessageWrapper;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::refusal::Refusal;

/// All a machine may know of the outside world, and nothing else.
pub struct Env<'a, M: Machine> {
    /// The time, as the shell read it.
    pub now: UnixTime,
    /// Randomness, as the shell drew it: fresh for every call.
    pub seed: [u8; 32],
    /// Able to sign and to open, never to be read.
    pub keys: &'a dyn Keys,
    /// Whom this party believes.
    pub trust: &'a Trust,
    /// Who this party is.
    pub standing: &'a M::Standing,
    /// Which of the register entries named by [`Admitted::held`] exist.
    pub held: &'a Held,
}

/// One state machine of a role: a merchant's purchase, a gateway's authorization, and so on.
pub trait Machine: Sized + 'static {
    /// The store's name for its instances, such as `merchant.purchase`.
    const KIND: &'static str;
    /// Who this party is: configuration and its own identities. It holds no secret.
    type Standing: Send + Sync;
    /// The most outcomes of its own effects that one instance is given together: each is a step,
    /// and all of them are one commit. A machine that has many effects at one time has more than
    /// one here.
    const OUTCOMES_TOGETHER_MAX: usize = 1;
    /// What is stored of an instance, its version first.
    type State: Serialize + DeserializeOwned + Clone + Send;
    /// What can happen to an instance.
    type Input: Send;
    /// What only this machine asks of its shell. It may carry a card number.
    type Effect: Send;
    /// What the outbox keeps of such an effect: never a card number.
    type Note: Serialize + DeserializeOwned + Send;

    /// Opens and verifies a request from outside, cheap checks first, and names the instance and
    /// the register entries that the step will read.
    fn admit(request: &Received, env: &Env<'_, Self>) -> Result<Admitted<Self::Input>, Refusal>;

    /// Opens and verifies the answer to something this instance asked. A refused answer is logged
    /// and dropped, and the instance goes on waiting.
    fn hear(
        state: &Self::State,
        answer: &Received,
        env: &Env<'_, Self>,
    ) -> Result<Self::Input, Refusal>;

    /// Takes one input. On `Err` nothing is stored and the instance stands.
    fn step(
        state: Option<Self::State>,
        input: Self::Input,
        env: &Env<'_, Self>,
    ) -> Result<Step<Self::State, Self::Effect>, Refusal>;

    /// What the outbox keeps of an effect.
    fn note(effect: &Self::Effect) -> Self::Note;

    /// The input that says an effect was interrupted by a crash: its outcome is unknown.
    fn interrupted(note: Self::Note) -> Self::Input;

    /// The input that says the outcome of an effect was refused. It is like an interruption,
    /// unless the outcome depends on what somebody else said: then it would be refused for ever.
    fn refused(note: Self::Note) -> Self::Input {
        Self::interrupted(note)
    }

    /// The input that says the time asked for by [`Effect::WakeAt`] has come.
    fn woke() -> Self::Input;

    /// What the party's audit trail says of a step that led to this state. A party that keeps no
    /// trail says nothing.
    fn account(_state: &Self::State) -> Option<Account> {
        None
    }

    /// Everything that this party has decided about money by the time of a state. What a step adds
    /// to it is logged and counted, once; a decision that a later state has forgotten is not made
    /// again by that. A machine that moves no money decides nothing here.
    fn decided(_state: &Self::State) -> Vec<Decided> {
        Vec::new()
    }
}

/// One decision about money, for the log and for what is measured. It has no room for a card
/// number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided {
    /// What was decided, in one word: `authorized`, `captured`, ...
    pub status: &'static str,
    /// The purchase.
    pub xid: Xid,
    /// The request that it answers, or that it was made by, where the state still knows it.
    pub rrpid: Option<Rrpid>,
}

/// What an audit trail says of one step: about whom, and what became of it. Never a card number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Which instance, and for whom.
    pub subject: String,
    /// How far it has come, in one word.
    pub outcome: &'static str,
    /// What else is to be known of that: a code, serial numbers.
    pub detail: String,
}

/// A message as it came: its octets and what they decode to.
#[derive(Debug)]
pub struct Received {
    /// The octets, exactly as they came.
    pub octets: Vec<u8>,
    /// What they say.
    pub wrapper: MessageWrapper,
    /// What they came in answer to, octet for octet as it was sent; nothing if they are a request.
    pub question: Option<Vec<u8>>,
}

/// How an instance is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// By the key it is stored under. If there is none yet, this is the key of a new one.
    Key(Vec<u8>),
    /// By another name it has asked to be known as. If it is unknown, the step is taken with no
    /// state, and says so.
    Alias(Vec<u8>),
}

/// A request that was let in, and what must be read before the step can be taken.
#[derive(Debug)]
pub struct Admitted<I> {
    /// The instance it is for.
    pub instance: Lookup,
    /// The register entries to look up; those that exist are given in [`Env::held`].
    pub held: Vec<Claim>,
    /// The input it became.
    pub input: I,
}

/// One entry of a register: a thing that can be claimed once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Claim {
    /// Which register.
    pub register: Register,
    /// Which entry of it.
    pub key: Vec<u8>,
}

/// The registers: each is a set of keys in which no key can be claimed twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Register {
    /// At a gateway: authorizations whose capture token was used, for the money or to take the
    /// authorization back.
    Captured,
    /// At an authority: keys that were certified.
    Certified,
    /// At a gateway: references by which the banks find an authorization.
    Retrieval,
    /// At an authority: numbers that a certificate has, or was to have.
    Serials,
    /// At a gateway: payment instructions for which an authorization was asked.
    Spent,
}

impl Register {
    /// The register of a name, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Captured, Self::Certified, Self::Retrieval, Self::Serials, Self::Spent];
        all.into_iter().find(|register| register.name() == name)
    }

    /// The store's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Certified => "certified",
            Self::Retrieval => "retrieval",
            Self::Serials => "serials",
            Self::Spent => "spent",
        }
    }
}

impl fmt::Display for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The register entries that exist, of those a step asked to read.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Held(BTreeSet<Claim>);

impl Held {
    /// Nothing is held.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Whether this entry is claimed.
    pub fn has(&self, claim: &Claim) -> bool {
        self.0.contains(claim)
    }
}

impl FromIterator<Claim> for Held {
    fn from_iter<I: IntoIterator<Item = Claim>>(claims: I) -> Self {
        Self(claims.into_iter().collect())
    }
}

/// The state an instance moves to, and what the shell must do once that state is stored.
#[derive(Debug)]
#[must_use = "commit the step, then run its effects"]
pub struct Step<S, E> {
    /// The state to store.
    pub state: S,
    /// What is done afterwards, in order. Claims, releases and names are part of the commit.
    pub effects: Vec<Effect<E>>,
}

impl<S, E> Step<S, E> {
    /// Moves to a state and asks for nothing.
    pub fn new(state: S) -> Self {
        Self { state, effects: Vec::new() }
    }

    /// Asks for one thing more.
    pub fn then(mut self, effect: Effect<E>) -> Self {
        self.effects.push(effect);
        self
    }

    /// Asks for several things more.
    pub fn and(mut self, effects: impl IntoIterator<Item = Effect<E>>) -> Self {
        self.effects.extend(effects);
        self
    }
}

/// What a step asks of the shell.
#[derive(Debug)]
pub enum Effect<E> {
    /// The answer to a request: stored with its RRPID, byte for byte, and given again when the
    /// request is repeated.
    Reply {
        /// The request that is answered.
        rrpid: Rrpid,
        /// The whole message.
        message: Vec<u8>,
    },
    /// A request to another party, sent (the same octets) until it is answered. The answer comes
    /// back through [`Machine::hear`].
    Ask {
        /// Who is asked. The shell knows the address.
        party: Party,
        /// What the answer will be found by.
        rrpid: Rrpid,
        /// The whole message.
        message: Vec<u8>,
    },
    /// Another name of this instance.
    KnownAs(Vec<u8>),
    /// Claims an entry of a register in the same commit. If another instance holds it by then,
    /// the step is taken again, with what is held now and with a fresh seed.
    Claim(Claim),
    /// Gives an entry of a register back in the same commit.
    Release(Claim),
    /// Wakes this instance at a time. A later one replaces it.
    WakeAt(UnixTime),
    /// What only this machine asks for.
    Own(E),
}

/// A party that can be asked. The shell knows the addresses of those that have none here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Party {
    /// The authority that certifies cardholders of a brand.
    CardholderAuthority(Brand),
    /// The payment gateway a merchant uses for a brand.
    Gateway(Brand),
    /// The authority that certifies payment gateways of a brand.
    GatewayAuthority(Brand),
    /// The merchant whose address stood in the initiation document.
    Merchant {
        /// Where SET messages are posted.
        url: String,
    },
    /// The authority that certifies merchants of a brand.
    MerchantAuthority(Brand),
    /// An authority that another one has named, and a person has said to ask.
    ReferredAuthority {
        /// Where SET messages are posted.
        url: String,
    },
}

/// What a machine asks that asks nothing of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Nothing {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_entries_that_exist_are_held() {
        let claim = |key: u8| Claim { register: Register::Spent, key: vec![key] };
        let held: Held = [claim(1)].into_iter().collect();
        assert!(held.has(&claim(1)));
        assert!(!held.has(&claim(2)));
        assert!(!held.has(&Claim { register: Register::Captured, key: vec![1] }));
        assert!(!Held::nothing().has(&claim(1)));
    }

    #[test]
    fn effects_keep_their_order() {
        let step: Step<(), ()> = Step::new(())
            .then(Effect::KnownAs(vec![1]))
            .and([Effect::KnownAs(vec![2]), Effect::Own(())]);
        assert!(matches!(
            step.effects.as_slice(),
            [Effect::KnownAs(first), Effect::KnownAs(second), Effect::Own(())]
                if first == &[1] && second == &[2]
        ));
    }
}

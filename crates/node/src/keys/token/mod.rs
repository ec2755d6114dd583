//! A party's private keys in a PKCS#11 token: a smart card, an HSM, or SoftHSM for tests.
//!
//! | | |
//! |---|---|
//! | [`terms`] | where the token is, as a configuration says |
//! | [`entry`] | module, slot and PIN |
//! | [`pool`] | sessions, not more than the token bears; a lost one is replaced |
//! | [`visit`] | what is done in one session |
//! | [`fault`] | what goes wrong |
//!
//! Keys are made in the token and never leave it. A key is known by the digest of its public
//! half, as everywhere; the token must hold that half too.
//!
//! What this deliberately does not know: which algorithm a key is for. `openset_crypto::token`
//! says what to ask.

mod entry;
mod fault;
mod pool;
mod terms;
mod visit;

use std::{
    collections::HashMap,
    fmt,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use openset_crypto::{
    KeyFault, KeyId, KeyKind, KeyUse, Keys, PublicKey,
    token::{ToAgree, ToMake, ToOpen, ToSign},
};
use openset_types::Secret;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task,
};

use self::{
    entry::Entry,
    pool::Pool,
    visit::{Pair, Visit},
};
pub use self::{
    fault::TokenFault,
    terms::{PinSource, TokenTerms},
};
use super::KeyHolder;
use crate::{entropy, fault::Fault};

/// How long a free session is waited for.
const WAIT: Duration = Duration::from_secs(5);
/// Digits of a PIN that is drawn, where the token has room for so many.
const PIN_DIGITS_MAX: usize = 32;
/// Octets of the mark that the halves of a new pair have in common.
const MARK_OCTETS: usize = 16;

/// The keys in one token.
pub struct TokenKeys {
    entry: Entry,
    /// What new keys are labelled with: the party they are made for.
    owner: String,
    sessions: Pool<Visit>,
    known: RwLock<HashMap<KeyId, Arc<Pair>>>,
}

/// A key in a token, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldKey {
    /// Its name.
    pub id: KeyId,
    /// Its label in the token.
    pub label: String,
    /// Whether the private half could be read out of the token.
    pub may_leave: bool,
}

impl TokenKeys {
    /// Enters a token on behalf of a party, and learns which keys are in it.
    pub fn open(owner: &str, terms: &TokenTerms) -> Result<Self, TokenFault> {
        let entry = Entry::new(&terms.module, &terms.token, terms.pin.read()?)?;
        Self::enter(owner, entry, terms.sessions_max.clamp(1, TokenTerms::SESSIONS_MAX))
    }

    /// The same with a PIN that is known, for somebody who does one thing after another.
    pub fn open_with(
        owner: &str,
        module: &Path,
        token: &str,
        pin: &Secret,
    ) -> Result<Self, TokenFault> {
        let entry = Entry::new(module, token, terms::of_octets(pin.expose())?)?;
        Self::enter(owner, entry, 1)
    }

    fn enter(owner: &str, entry: Entry, sessions_max: usize) -> Result<Self, TokenFault> {
        let keys = Self {
            entry,
            owner: owner.to_owned(),
            sessions: Pool::new(sessions_max, WAIT),
            known: RwLock::default(),
        };
        keys.learn()?;
        if !keys.entry.is_able()? {
            return Err(TokenFault::Unable);
        }
        Ok(keys)
    }

    /// Draws a PIN for the token: digits, which every token takes, and as many as it takes.
    pub fn draw_pin(&self) -> Result<Secret, TokenFault> {
        let length = self.entry.pin_length_max()?.min(PIN_DIGITS_MAX);
        let mut pin = Vec::with_capacity(PIN_DIGITS_MAX);
        while pin.len() < length {
            let seed = entropy::seed().map_err(|_| TokenFault::Failed)?;
            // The last few values would make some digits likelier than others.
            let fair = seed.into_iter().filter(|octet| *octet < 250);
            pin.extend(fair.map(|octet| b'0' + octet % 10).take(length - pin.len()));
        }
        Ok(Secret::new(pin))
    }

    /// Gives the token another PIN: the one before opens it no more.
    pub fn set_pin(&self, pin: &Secret) -> Result<(), TokenFault> {
        aside(|| self.entry.set_pin(terms::of_octets(pin.expose())?))
    }

    /// Every key in the token that could be used here.
    pub fn held(&self) -> Result<Vec<HeldKey>, TokenFault> {
        self.learn()?;
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<_> = known.iter().map(|(id, pair)| (*id, Arc::clone(pair))).collect();
        drop(known);
        let mut held = Vec::new();
        for (id, pair) in pairs {
            match self.work(|visit| visit.lets_leave(&pair)) {
                Ok(may_leave) => held.push(HeldKey { id, label: pair.label.clone(), may_leave }),
                // A public half alone is nobody's key.
                Err(TokenFault::NoSuchKey | TokenFault::OtherKind) => {}
                Err(fault) => return Err(fault),
            }
        }
        held.sort_by(|one, other| one.label.cmp(&other.label).then(one.id.cmp(&other.id)));
        Ok(held)
    }

    fn make(&self, kind: KeyKind, to: KeyUse) -> Result<PublicKey, TokenFault> {
        let seed = entropy::seed().map_err(|_| TokenFault::Failed)?;
        let label = match to {
            KeyUse::Opens => format!("{} opens", self.owner),
            KeyUse::Signs => format!("{} signs", self.owner),
        };
        let pair = ToMake::new(kind, to, &label, &seed[..MARK_OCTETS])
            .map_err(|_| TokenFault::OtherKind)?;
        // Never tried again by itself: a pair may have been made before a session was lost.
        aside(|| Visit::new(self.entry.open(true)?).make(&pair))
    }

    /// Looks which keys are in the token.
    fn learn(&self) -> Result<(), TokenFault> {
        let pairs = self.work(|visit| visit.pairs())?;
        let named = pairs.into_iter().map(|pair| (pair.public.id(), Arc::new(pair)));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = named.collect();
        Ok(())
    }

    /// A key pair by its name. One that was not there before is looked for in the token.
    fn find(&self, key: &KeyId) -> Result<Arc<Pair>, TokenFault> {
        let known = |keys: &Self| {
            let known = keys.known.read().unwrap_or_else(PoisonError::into_inner);
            known.get(key).cloned()
        };
        if let Some(pair) = known(self) {
            return Ok(pair);
        }
        self.learn()?;
        known(self).ok_or(TokenFault::NoSuchKey)
    }

    fn work<T>(&self, work: impl Fn(&mut Visit) -> Result<T, TokenFault>) -> Result<T, TokenFault> {
        aside(|| self.sessions.work(|| Ok(Visit::new(self.entry.open(false)?)), work))
    }

    /// Says in the log what the machines are not told.
    fn fault(&self, key: &KeyId, fault: TokenFault) -> KeyFault {
        tracing::error!(owner = self.owner, %key, %fault, "a token did not do its work");
        fault.into()
    }
}

impl Keys for TokenKeys {
    fn sign(&self, key: &KeyId, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        let pair = self.find(key).map_err(|fault| self.fault(key, fault))?;
        let what = ToSign::new(&pair.public, message)?;
        let answer = self.work(|visit| visit.sign(&pair, &what));
        what.finish(&answer.map_err(|fault| self.fault(key, fault))?)
    }

    fn agree(&self, key: &KeyId, peer: &[u8]) -> Result<Secret, KeyFault> {
        let pair = self.find(key).map_err(|fault| self.fault(key, fault))?;
        let what = ToAgree::new(&pair.public, peer)?;
        let answer = self.work(|visit| visit.agree(&pair, &what));
        what.finish(answer.map_err(|fault| self.fault(key, fault))?)
    }

    fn open_block(&self, key: &KeyId, block: &[u8]) -> Result<Secret, KeyFault> {
        let pair = self.find(key).map_err(|fault| self.fault(key, fault))?;
        let what = ToOpen::new(&pair.public, block)?;
        let answer = self.work(|visit| visit.open(&pair, &what));
        what.finish(answer.map_err(|fault| self.fault(key, fault))?)
    }
}

impl KeyHolder for TokenKeys {
    fn generate(&self, kind: KeyKind, to: KeyUse) -> Result<PublicKey, Fault> {
        self.make(kind, to).map_err(Fault::Token)
    }

    fn holds(&self, key: &KeyId) -> Result<bool, Fault> {
        let looked = self.find(key).and_then(|pair| self.work(|visit| visit.lets_leave(&pair)));
        match looked {
            Ok(_) => Ok(true),
            Err(TokenFault::NoSuchKey | TokenFault::OtherKind) => Ok(false),
            Err(fault) => Err(Fault::Token(fault)),
        }
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenKeys({} of {})", self.owner, self.entry.label())
    }
}

/// Waits for a device without keeping the runtime's other tasks waiting.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    let flavor = Handle::try_current().map(|runtime| runtime.runtime_flavor());
    match flavor {
        Ok(RuntimeFlavor::MultiThread) => task::block_in_place(work),
        _ => work(),
    }
}

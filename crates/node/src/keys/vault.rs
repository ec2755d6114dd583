//! The wallet's vault: cards and their keys under the holder's passphrase, locked when idle.
//!
//! ```text
//! New ──create──▶ Open ──lock, or five idle minutes──▶ Locked ──unlock──▶ Open
//! ```
//!
//! While it is locked nothing of a card is in memory. No answer says whether the passphrase was
//! wrong or the file damaged.

use std::{
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use openset_crypto::{
    Draw, KeyFault, KeyId, KeyKind, Keys, PrivateKey, PublicKey, SoftwareKeys, Suite, vault,
};
use openset_types::{CardExpiry, Pan, Secret, UnixTime};
use tokio::{task, time::timeout};

use super::{
    cards::{self, Card, LockedKey},
    file,
    tries::{Permit, Tries},
};
use crate::{clock::Clock, entropy, fault::Fault, shutdown::Stop};

/// How long an open vault may idle.
const IDLE_S: i64 = 300;
/// How much earlier than the last use the time of another may be, which began before and took
/// longer: making a key takes its time.
const OVERLAP_S: i64 = 10;
/// How often somebody looks whether it idles.
const WATCH: Duration = Duration::from_secs(1);

/// Why a vault is not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Locked {
    /// There is a vault already, and it is not made anew.
    Exists,
    /// The disk gave way.
    Fault(Fault),
    /// It is locked, or no card of that name is in it.
    Locked,
    /// Too many wrong passphrases: nothing is tried before the pause is over.
    Paused {
        /// Seconds to wait.
        seconds: u32,
    },
    /// The passphrase does not open it.
    Wrong {
        /// Tries before a pause.
        tries_left: u32,
    },
}

impl fmt::Display for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => f.write_str("there is a vault already"),
            Self::Fault(fault) => fault.fmt(f),
            Self::Locked => f.write_str("the vault is locked"),
            Self::Paused { seconds } => write!(f, "wait {seconds} seconds before another try"),
            Self::Wrong { tries_left } => {
                write!(f, "the passphrase does not open it, {tries_left} tries are left")
            }
        }
    }
}

impl std::error::Error for Locked {}

impl From<Fault> for Locked {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A vault file, open or locked. Clones share it.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    path: PathBuf,
    cost: vault::Cost,
    tries: Tries,
    /// Held while a passphrase is tried, so that guesses wait for each other.
    trying: Mutex<()>,
    open: Mutex<Option<Open>>,
}

/// What a registration needs beside the card.
struct Fresh {
    key: PrivateKey,
    at_rest: LockedKey,
    card_secret: Secret,
    back_key: Secret,
}

/// What is in memory while the vault is open.
struct Open {
    passphrase: Secret,
    cards: Vec<Card>,
    keys: SoftwareKeys,
    idle_since: UnixTime,
}

impl Vault {
    /// A vault at a path, locked or not made yet.
    pub fn new(path: PathBuf, cost: vault::Cost) -> Self {
        let tries = Tries::new(path.with_extension("tries"));
        let (trying, open) = Default::default();
        Self(Arc::new(Inner { path, cost, tries, trying, open }))
    }

    /// Whether the vault was made.
    pub fn exists(&self) -> bool {
        self.0.path.exists()
    }

    /// Makes an empty vault under a passphrase, and leaves it open.
    pub async fn create(&self, passphrase: Secret, now: UnixTime) -> Result<(), Locked> {
        self.apart(move |vault| {
            let _alone = lock(&vault.trying);
            if vault.path.exists() {
                return Err(Locked::Exists);
            }
            let open = Open::new(passphrase, Vec::new(), now);
            vault.write(&open)?;
            *lock(&vault.open) = Some(open);
            Ok(())
        })
        .await
    }

    /// Tries a passphrase.
    pub async fn unlock(&self, passphrase: Secret, now: UnixTime) -> Result<(), Locked> {
        self.apart(move |vault| vault.unlock(passphrase, now)).await
    }

    /// Locks the vault and forgets what was in it.
    pub fn lock(&self) {
        *lock(&self.0.open) = None;
    }

    /// How many seconds the vault stays open if nobody touches it; nothing when it is locked.
    pub fn open_for_s(&self, now: UnixTime) -> Option<u32> {
        let open = self.0.lock_idle(now);
        let idle_s = open.as_ref()?.idle_since;
        u32::try_from(IDLE_S.saturating_sub(now.seconds_since(idle_s))).ok()
    }

    /// Puts a new card into the vault, with a key and the secrets that its registration needs,
    /// and answers when that is on the disk.
    pub async fn add(
        &self,
        suite: Suite,
        id: String,
        pan: Pan,
        expiry: CardExpiry,
        now: UnixTime,
    ) -> Result<PublicKey, Locked> {
        self.apart(move |vault| {
            let fresh = Fresh::draw(suite)?;
            let public = fresh.public(suite)?;
            vault.change(now, |open| {
                open.take_in(id, pan, expiry, fresh);
                Some(())
            })?;
            Ok(public)
        })
        .await
    }

    /// Puts a card that is in the vault into it once more, under another name and with a key and
    /// secrets of its own, for another registration of it. `expiry` is the last month printed on
    /// the card if the bank has sent a new one. What was there before stays as it is.
    pub async fn add_again(
        &self,
        suite: Suite,
        card: String,
        id: String,
        expiry: Option<CardExpiry>,
        now: UnixTime,
    ) -> Result<PublicKey, Locked> {
        self.apart(move |vault| {
            let fresh = Fresh::draw(suite)?;
            let public = fresh.public(suite)?;
            vault.change(now, |open| {
                let before = open.cards.iter().find(|one| one.id == card)?;
                let pan = Pan::parse(before.pan.expose()).ok()?;
                let expiry = expiry.unwrap_or_else(|| before.expiry.clone());
                open.take_in(id, pan, expiry, fresh);
                Some(())
            })?;
            Ok(public)
        })
        .await
    }

    /// Keeps what the bank answered: the card's PANSecret.
    pub async fn certify(
        &self,
        id: String,
        pan_secret: Secret,
        now: UnixTime,
    ) -> Result<(), Locked> {
        self.apart(move |vault| {
            vault.change(now, |open| {
                open.cards.iter_mut().find(|card| card.id == id)?.pan_secret = Some(pan_secret);
                Some(())
            })
        })
        .await
    }

    /// Takes a card and its key out.
    pub async fn remove(&self, id: String, now: UnixTime) -> Result<(), Locked> {
        self.apart(move |vault| {
            vault.change(now, |open| {
                let at = open.cards.iter().position(|card| card.id == id)?;
                open.keys.forget(&open.cards.remove(at).key.id);
                Some(())
            })
        })
        .await
    }

    /// Reads the cards while the vault is open. Whoever reads them keeps it open.
    pub fn cards<T>(&self, now: UnixTime, read: impl FnOnce(&[Card]) -> T) -> Result<T, Locked> {
        let mut open = self.0.lock_idle(now);
        let open = open.as_mut().ok_or(Locked::Locked)?;
        open.idle_since = now;
        Ok(read(&open.cards))
    }

    /// Locks the vault when it idles, until asked to stop; then locks it for good.
    pub async fn keep_watch(&self, clock: Arc<dyn Clock>, mut stop: Stop) {
        while timeout(WATCH, stop.asked()).await.is_err() {
            drop(self.0.lock_idle(clock.now()));
        }
        self.lock();
    }

    /// Does slow work where it keeps nobody waiting.
    async fn apart<T, W>(&self, work: W) -> Result<T, Locked>
    where
        T: Send + 'static,
        W: FnOnce(&Inner) -> Result<T, Locked> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        let done = task::spawn_blocking(move || work(&inner)).await;
        done.unwrap_or(Err(Locked::Fault(Fault::Key)))
    }
}

impl Inner {
    fn unlock(&self, passphrase: Secret, now: UnixTime) -> Result<(), Locked> {
        let _alone = lock(&self.trying);
        let sealed = file::read(&self.path)?.ok_or(Locked::Locked)?;
        let tries_left = match self.tries.begin(now)? {
            Permit::Wait { seconds } => return Err(Locked::Paused { seconds }),
            Permit::Try { left_after } => left_after,
        };
        let wrong = Locked::Wrong { tries_left };
        let octets = vault::open(&passphrase, &sealed).map_err(|_| wrong)?;
        let cards = cards::read(&octets).ok_or(wrong)?;
        self.tries.forgive()?;
        *lock(&self.open) = Some(Open::new(passphrase, cards, now));
        Ok(())
    }

    /// Changes what is in the vault: in memory only after it is on the disk, or not at all.
    fn change(
        &self,
        now: UnixTime,
        change: impl FnOnce(&mut Open) -> Option<()>,
    ) -> Result<(), Locked> {
        let mut slot = self.lock_idle(now);
        let open = slot.as_mut().ok_or(Locked::Locked)?;
        let changed = change(open).ok_or(Locked::Locked);
        open.idle_since = now;
        let written = changed.and_then(|()| self.write(open));
        if written.is_err() {
            // What is in memory may not be what is on the disk: the next unlock reads it again.
            *slot = None;
        }
        written
    }

    fn write(&self, open: &Open) -> Result<(), Locked> {
        let sealed = vault::seal(&open.passphrase, self.cost, &cards::write(&open.cards))
            .map_err(|_| Fault::Key)?;
        Ok(file::replace(&self.path, &sealed)?)
    }

    /// What is in memory, after an idle vault was locked.
    fn lock_idle(&self, now: UnixTime) -> MutexGuard<'_, Option<Open>> {
        let mut open = lock(&self.open);
        if open.as_ref().is_some_and(|open| !open.may_stay(now)) {
            *open = None;
        }
        open
    }
}

impl Fresh {
    fn draw(suite: Suite) -> Result<Self, Fault> {
        let key = PrivateKey::generate(KeyKind::of_parties(suite)).map_err(|_| Fault::Key)?;
        let passphrase = Secret::new(entropy::seed()?.to_vec());
        let file =
            key.to_locked_file(&passphrase, vault::Cost::UNDER_DRAWN).map_err(|_| Fault::Key)?;
        let at_rest = LockedKey { id: key.id(), file, passphrase };
        let mut draw = Draw::new(suite, entropy::seed()?);
        let (card_secret, back_key) = (draw.secret(), draw.content_key());
        Ok(Self { key, at_rest, card_secret, back_key })
    }

    fn public(&self, suite: Suite) -> Result<PublicKey, Fault> {
        PublicKey::from_der(suite, self.key.public().der()).map_err(|_| Fault::Key)
    }
}

impl Open {
    fn take_in(&mut self, id: String, pan: Pan, expiry: CardExpiry, fresh: Fresh) {
        let Fresh { key, at_rest, card_secret, back_key } = fresh;
        self.keys.hold(key);
        let pan_secret = None;
        self.cards.push(Card { id, pan, expiry, card_secret, back_key, pan_secret, key: at_rest });
    }

    fn new(passphrase: Secret, cards: Vec<Card>, now: UnixTime) -> Self {
        Self { passphrase, cards, keys: SoftwareKeys::new(), idle_since: now }
    }

    /// A clock that was put back does not keep it open.
    fn may_stay(&self, now: UnixTime) -> bool {
        (-OVERLAP_S..IDLE_S).contains(&now.seconds_since(self.idle_since))
    }

    /// Opens a card's key unless it is open.
    fn ensure_open(&self, key: &KeyId) -> Result<(), KeyFault> {
        if self.keys.holds(key) {
            return Ok(());
        }
        let card = self.cards.iter().find(|card| card.key.id == *key);
        let opened = card.ok_or(KeyFault::NoSuchKey)?.key.open().ok_or(KeyFault::Broken)?;
        self.keys.hold(opened);
        Ok(())
    }
}

impl Keys for Vault {
    fn sign(&self, key: &KeyId, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        let open = lock(&self.0.open);
        let open = open.as_ref().ok_or(KeyFault::NoSuchKey)?;
        open.ensure_open(key)?;
        open.keys.sign(key, message)
    }

    fn agree(&self, key: &KeyId, peer: &[u8]) -> Result<Secret, KeyFault> {
        let open = lock(&self.0.open);
        let open = open.as_ref().ok_or(KeyFault::NoSuchKey)?;
        open.ensure_open(key)?;
        open.keys.agree(key, peer)
    }

    fn open_block(&self, key: &KeyId, block: &[u8]) -> Result<Secret, KeyFault> {
        let open = lock(&self.0.open);
        let open = open.as_ref().ok_or(KeyFault::NoSuchKey)?;
        open.ensure_open(key)?;
        open.keys.open_block(key, block)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

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
            let kind = KeyKind::of_parties(suite);
            let key = PrivateKey::generate(kind).map_err(|_| Fault::Key)?;
            let passphrase = Secret::new(entropy::seed()?.to_vec());
            let file = key.to_locked_file(&passphrase).map_err(|_| Fault::Key)?;
            let public = PublicKey::from_der(suite, key.public().der()).map_err(|_| Fault::Key)?;
            let key_at_rest = LockedKey { id: key.id(), file, passphrase };
            let mut draw = Draw::new(suite, entropy::seed()?);
            let (card_secret, back_key) = (draw.secret(), draw.content_key());
            let pan_secret = None;
            let card =
                Card { id, pan, expiry, card_secret, back_key, pan_secret, key: key_at_rest };
            vault.change(now, |open| {
                open.keys.hold(key);
                open.cards.push(card);
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

impl Open {
    fn new(passphrase: Secret, cards: Vec<Card>, now: UnixTime) -> Self {
        Self { passphrase, cards, keys: SoftwareKeys::new(), idle_since: now }
    }

    /// A clock that was put back does not keep it open.
    fn may_stay(&self, now: UnixTime) -> bool {
        (0..IDLE_S).contains(&now.seconds_since(self.idle_since))
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
mod tests {
    use super::*;

    const ID: &str = "first";

    fn secret(text: &str) -> Secret {
        Secret::new(text.as_bytes().to_vec())
    }

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(1_000_000 + seconds).expect("a moment after 1970")
    }

    fn again(folder: &tempfile::TempDir) -> Vault {
        Vault::new(folder.path().join("vault"), vault::Cost::FLEETING)
    }

    /// A vault with one card, and the name of its key.
    async fn filled() -> (tempfile::TempDir, Vault, KeyId) {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let vault = again(&folder);
        assert!(!vault.exists());
        vault.create(secret("lighthouse"), at(0)).await.expect("a new vault");
        let pan = Pan::parse("4111111111111111").expect("a public test number");
        let expiry = CardExpiry::parse("203012").expect("a month");
        let key = vault.add(Suite::Modern, ID.to_owned(), pan, expiry, at(1)).await.expect("open");
        (folder, vault, key.id())
    }

    #[tokio::test]
    async fn a_card_is_there_again_after_a_restart_and_its_key_signs() {
        let (folder, vault, key) = filled().await;
        vault.certify(ID.to_owned(), secret("s"), at(2)).await.expect("open");
        drop(vault);
        let vault = again(&folder);
        assert_eq!(vault.sign(&key, b"m"), Err(KeyFault::NoSuchKey));
        assert_eq!(vault.cards(at(3), <[Card]>::len), Err(Locked::Locked));
        vault.unlock(secret("lighthouse"), at(3)).await.expect("the passphrase");
        let kept = vault.cards(at(4), |cards| {
            let card = &cards[0];
            (card.pan.expose() == "4111111111111111", card.pan_secret == Some(secret("s")))
        });
        assert_eq!(kept, Ok((true, true)));
        assert!(vault.sign(&key, b"m").is_ok());
    }

    #[tokio::test]
    async fn five_wrong_passphrases_bring_a_pause_even_for_the_right_one() {
        // Abuse case 34.
        let (folder, vault, _) = filled().await;
        vault.lock();
        for tries_left in (0..5).rev() {
            let tried = again(&folder).unlock(secret("guess"), at(10)).await;
            assert_eq!(tried, Err(Locked::Wrong { tries_left }));
        }
        let right = again(&folder).unlock(secret("lighthouse"), at(20)).await;
        assert_eq!(right, Err(Locked::Paused { seconds: 50 }));
        vault.unlock(secret("lighthouse"), at(70)).await.expect("the pause is over");
    }

    #[tokio::test]
    async fn a_damaged_vault_looks_like_a_wrong_passphrase() {
        let (folder, vault, _) = filled().await;
        let path = folder.path().join("vault");
        let mut octets = std::fs::read(&path).expect("the vault");
        *octets.last_mut().expect("octets") ^= 1;
        std::fs::write(&path, octets).expect("a damaged vault");
        let tried = vault.unlock(secret("lighthouse"), at(10)).await;
        assert_eq!(tried, Err(Locked::Wrong { tries_left: 4 }));
    }

    #[tokio::test]
    async fn a_vault_that_idles_locks_itself() {
        let (_folder, vault, key) = filled().await;
        assert_eq!(vault.open_for_s(at(1)), Some(300));
        assert_eq!(vault.cards(at(300), <[Card]>::len), Ok(1));
        assert_eq!(vault.open_for_s(at(599)), Some(1));
        assert_eq!(vault.open_for_s(at(600)), None);
        assert_eq!(vault.sign(&key, b"m"), Err(KeyFault::NoSuchKey));
        vault.unlock(secret("lighthouse"), at(600)).await.expect("the passphrase");
        assert_eq!(vault.open_for_s(at(0)), None, "the clock was put back");
    }

    #[tokio::test]
    async fn a_removed_card_is_gone_with_its_key() {
        let (folder, vault, key) = filled().await;
        assert_eq!(vault.remove("other".to_owned(), at(2)).await, Err(Locked::Locked));
        vault.unlock(secret("lighthouse"), at(2)).await.expect("the passphrase");
        vault.remove(ID.to_owned(), at(2)).await.expect("the card");
        assert_eq!(vault.sign(&key, b"m"), Err(KeyFault::NoSuchKey));
        let again = again(&folder);
        again.unlock(secret("lighthouse"), at(3)).await.expect("the passphrase");
        assert_eq!(again.cards(at(3), <[Card]>::len), Ok(0));
    }

    #[tokio::test]
    async fn a_vault_is_not_made_over_another() {
        let (_folder, vault, _) = filled().await;
        let made = vault.create(secret("another"), at(10)).await;
        assert_eq!(made, Err(Locked::Exists));
    }

    #[tokio::test]
    async fn nothing_of_a_card_is_on_the_disk_in_clear() {
        let (folder, _vault, _) = filled().await;
        for entry in std::fs::read_dir(folder.path()).expect("the folder") {
            let octets = std::fs::read(entry.expect("a file").path()).expect("readable");
            assert!(!octets.windows(8).any(|part| part == b"41111111"));
        }
    }
}

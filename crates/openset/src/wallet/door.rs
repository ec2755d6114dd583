//! The wallet's door: who has opened it, and until when.
//!
//! A session is a text nobody can guess. It ends at its time, when the wallet is locked, and when
//! the vault locks by itself; whoever comes with an ended one stands before a locked door.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use data_encoding::HEXLOWER;
use openset_node::{
    clock::Clock,
    entropy,
    keys::{Locked, Vault},
};
use openset_types::{Secret, UnixTime};
use openset_web::{
    Problem,
    ports::{Door as Seen, Said, Unopened},
};

/// The longest a session lasts, whatever is asked for.
const MINUTES_MAX: u32 = 60;
/// How long the session lasts in which a wallet was made.
const MINUTES_FIRST: u32 = 10;

/// The door to a vault.
pub(crate) struct Door {
    vault: Vault,
    clock: Arc<dyn Clock>,
    sessions: Mutex<HashMap<String, UnixTime>>,
}

impl Door {
    /// Stands before a vault.
    pub(crate) fn new(vault: Vault, clock: Arc<dyn Clock>) -> Self {
        Self { vault, clock, sessions: Mutex::default() }
    }

    /// What a session sees of it.
    pub(crate) fn seen(&self, session: Option<&str>) -> Seen {
        if !self.vault.exists() {
            return Seen::New;
        }
        match session.and_then(|session| self.open_for_s(session)) {
            Some(seconds) => Seen::Open { minutes_left: seconds.div_ceil(60) },
            None => Seen::Locked,
        }
    }

    /// Lets nobody pass whose session has ended.
    pub(crate) fn pass(&self, session: &str) -> Said<()> {
        self.open_for_s(session).map(|_| ()).ok_or(Problem::WalletLocked)
    }

    /// Makes the vault.
    pub(crate) async fn create(&self, passphrase: Secret) -> Said<String> {
        let made = self.vault.create(passphrase, self.clock.now()).await;
        made.map_err(problem)?;
        self.admit(MINUTES_FIRST)
    }

    /// Tries a passphrase.
    pub(crate) async fn unlock(
        &self,
        passphrase: Secret,
        minutes: u32,
    ) -> Result<String, Unopened> {
        match self.vault.unlock(passphrase, self.clock.now()).await {
            Ok(()) => self.admit(minutes.clamp(1, MINUTES_MAX)).map_err(Unopened::Problem),
            Err(Locked::Wrong { tries_left }) => Err(Unopened::Wrong { tries_left }),
            Err(Locked::Paused { seconds }) => Err(Unopened::Paused { seconds }),
            Err(locked) => Err(Unopened::Problem(problem(locked))),
        }
    }

    /// Locks it for everybody, if it is open to this session.
    pub(crate) fn lock(&self, session: &str) {
        if self.pass(session).is_ok() {
            self.sessions().clear();
            self.vault.lock();
        }
    }

    fn admit(&self, minutes: u32) -> Said<String> {
        let seed = entropy::seed().map_err(|_| Problem::Unavailable)?;
        let session = HEXLOWER.encode(&seed);
        let now = self.clock.now();
        let mut sessions = self.sessions();
        sessions.retain(|_, until| *until > now);
        sessions.insert(session.clone(), now.plus_s(i64::from(minutes) * 60));
        Ok(session)
    }

    /// How many seconds the door stays open to a session: never longer than the vault does.
    fn open_for_s(&self, session: &str) -> Option<u32> {
        let now = self.clock.now();
        let until = *self.sessions().get(session)?;
        let session_s = u32::try_from(until.seconds_since(now)).ok().filter(|left| *left > 0)?;
        self.vault.open_for_s(now).map(|vault_s| vault_s.min(session_s))
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<String, UnixTime>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a person is told about a vault that is not open.
pub(crate) fn problem(locked: Locked) -> Problem {
    match locked {
        Locked::Fault(fault) => {
            tracing::error!(%fault, "the vault cannot be used");
            Problem::Unavailable
        }
        _ => Problem::WalletLocked,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use openset_crypto::vault::Cost;

    use super::*;

    struct Hands(AtomicI64);

    impl Clock for Hands {
        fn now(&self) -> UnixTime {
            UnixTime::new(self.0.load(Ordering::SeqCst)).expect("after 1970")
        }
    }

    fn door() -> (Door, Arc<Hands>, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let hands = Arc::new(Hands(AtomicI64::new(1_000_000)));
        let vault = Vault::new(folder.path().join("vault"), Cost::FLEETING);
        (Door::new(vault, hands.clone()), hands, folder)
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.as_bytes().to_vec())
    }

    #[tokio::test]
    async fn a_door_opens_with_its_passphrase_and_closes_with_time() {
        let (door, hands, _folder) = door();
        assert_eq!(door.seen(None), Seen::New);
        let session = door.create(secret("lighthouse-42")).await.expect("made");
        assert!(matches!(door.seen(Some(&session)), Seen::Open { minutes_left: 1.. }));
        assert_eq!(door.seen(None), Seen::Locked);
        assert_eq!(door.seen(Some("guess")), Seen::Locked);
        hands.0.fetch_add(3600, Ordering::SeqCst);
        assert_eq!(door.pass(&session), Err(Problem::WalletLocked));
    }

    #[tokio::test]
    async fn a_session_of_before_the_lock_does_not_pass_after_the_next_unlock() {
        let (door, _hands, _folder) = door();
        let first = door.create(secret("right")).await.expect("made");
        door.lock("somebody else's");
        assert!(door.pass(&first).is_ok());
        door.lock(&first);
        assert!(matches!(
            door.unlock(secret("wrong"), 10).await,
            Err(Unopened::Wrong { tries_left: 1.. })
        ));
        let second = door.unlock(secret("right"), 10).await.expect("the passphrase");
        assert!(door.pass(&second).is_ok());
        assert!(door.pass(&first).is_err());
    }
}

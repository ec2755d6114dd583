//! A party's private keys: one locked file each, opened when first used.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use openset_crypto::{
    KeyFault, KeyId, KeyKind, KeyUse, Keys, PrivateKey, PublicKey, SoftwareKeys, vault::Cost,
};
use openset_types::Secret;

use super::{KeyHolder, file};
use crate::fault::Fault;

/// What a key file's name ends with.
const EXTENSION: &str = "p8";

/// The keys in one folder, under one passphrase.
///
/// A file is named for the key in it and can be read by `openssl pkcs8 -inform DER`. Opening one
/// costs a fraction of a second, so each is opened at its first use or by [`Self::open_all`].
#[derive(Debug)]
pub struct KeyRing {
    folder: PathBuf,
    passphrase: Secret,
    /// What a guess at the passphrase costs in files that are written.
    cost: Cost,
    opened: SoftwareKeys,
    /// Held while a file is opened, so that two who need a key do not both pay for it.
    opening: Mutex<()>,
}

impl KeyRing {
    /// Takes the folder, made if there is none.
    pub fn open(folder: &Path, passphrase: Secret) -> Result<Self, Fault> {
        file::make_folder(folder)?;
        let opened = SoftwareKeys::new();
        let (folder, cost) = (folder.to_owned(), Cost::KEY_FILE);
        Ok(Self { folder, passphrase, cost, opened, opening: Mutex::default() })
    }

    /// The same, where files that are written from now on cost this to open. A file says itself
    /// what it costs: those that are there are read as before.
    pub fn costing(self, cost: Cost) -> Self {
        Self { cost, ..self }
    }

    /// Takes a key in, and answers when its file is on the disk.
    pub fn keep(&self, key: PrivateKey) -> Result<KeyId, Fault> {
        let locked = key.to_locked_file(&self.passphrase, self.cost).map_err(|_| Fault::Key)?;
        file::replace(&self.path(&key.id()), &locked)?;
        Ok(self.opened.hold(key))
    }

    /// The names of all keys in the folder.
    pub fn names(&self) -> Result<Vec<KeyId>, Fault> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(|error| file::fault(&error))? {
            let path = entry.map_err(|error| file::fault(&error))?.path();
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                let stem = path.file_stem().and_then(|stem| stem.to_str()).ok_or(Fault::Key)?;
                names.push(KeyId::parse(stem).map_err(|_| Fault::Key)?);
            }
        }
        Ok(names)
    }

    /// Opens every key now, so that a wrong passphrase or a damaged file shows at once.
    pub fn open_all(&self) -> Result<(), Fault> {
        self.names()?.iter().try_for_each(|name| self.ensure_open(name).map_err(|_| Fault::Key))
    }

    fn path(&self, key: &KeyId) -> PathBuf {
        self.folder.join(key.to_string()).with_extension(EXTENSION)
    }

    /// Opens a key's file unless it is open.
    fn ensure_open(&self, key: &KeyId) -> Result<(), KeyFault> {
        if self.opened.holds(key) {
            return Ok(());
        }
        let _alone = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        if self.opened.holds(key) {
            return Ok(());
        }
        let locked = file::read(&self.path(key)).map_err(|_| KeyFault::Broken)?;
        let locked = locked.ok_or(KeyFault::NoSuchKey)?;
        let opened = PrivateKey::from_locked_file(&locked, &self.passphrase).map_err(|error| {
            tracing::error!(%key, %error, "a key file does not open");
            KeyFault::Broken
        })?;
        if opened.id() != *key {
            tracing::error!(%key, "a key file holds another key than its name says");
            return Err(KeyFault::Broken);
        }
        self.opened.hold(opened);
        Ok(())
    }
}

impl Keys for KeyRing {
    fn sign(&self, key: &KeyId, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        self.ensure_open(key)?;
        self.opened.sign(key, message)
    }

    fn agree(&self, key: &KeyId, peer: &[u8]) -> Result<Secret, KeyFault> {
        self.ensure_open(key)?;
        self.opened.agree(key, peer)
    }

    fn open_block(&self, key: &KeyId, block: &[u8]) -> Result<Secret, KeyFault> {
        self.ensure_open(key)?;
        self.opened.open_block(key, block)
    }
}

impl KeyHolder for KeyRing {
    /// A file does not hold a key to one use.
    fn generate(&self, kind: KeyKind, _: KeyUse) -> Result<PublicKey, Fault> {
        let key = PrivateKey::generate(kind).map_err(|_| Fault::Key)?;
        let public =
            PublicKey::from_der(kind.suite(), key.public().der()).map_err(|_| Fault::Key)?;
        self.keep(key)?;
        Ok(public)
    }

    fn holds(&self, key: &KeyId) -> Result<bool, Fault> {
        Ok(self.opened.holds(key) || self.path(key).is_file())
    }
}

#[cfg(test)]
mod tests {
    use openset_crypto::Suite;

    use super::*;

    fn ring(folder: &Path, passphrase: &str) -> KeyRing {
        KeyRing::open(folder, Secret::new(passphrase.as_bytes().to_vec())).expect("a folder")
    }

    fn made(ring: &KeyRing) -> KeyId {
        ring.generate(KeyKind::of_parties(Suite::Modern), KeyUse::Signs).expect("a key").id()
    }

    #[test]
    fn a_key_signs_again_after_a_restart_under_its_passphrase_only() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let key = made(&ring(folder.path(), "a"));
        let again = ring(folder.path(), "a");
        assert_eq!(again.names(), Ok(vec![key]));
        assert!(again.sign(&key, b"message").is_ok());
        let wrong = ring(folder.path(), "b");
        assert_eq!(wrong.sign(&key, b"message"), Err(KeyFault::Broken));
        assert_eq!(wrong.open_all(), Err(Fault::Key));
    }

    #[test]
    fn a_key_that_is_not_there_does_nothing() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let elsewhere = tempfile::tempdir().expect("a folder for the test");
        let key = made(&ring(elsewhere.path(), "a"));
        assert_eq!(ring(folder.path(), "a").sign(&key, b"message"), Err(KeyFault::NoSuchKey));
    }

    #[test]
    fn a_file_under_another_keys_name_is_not_used() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let ring_of_two = ring(folder.path(), "a");
        let one = made(&ring_of_two);
        let other = made(&ring_of_two);
        fs::copy(ring_of_two.path(&one), ring_of_two.path(&other)).expect("an intruder");
        assert_eq!(ring(folder.path(), "a").sign(&other, b"message"), Err(KeyFault::Broken));
    }

    #[cfg(unix)]
    #[test]
    fn folder_and_files_are_their_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let above = tempfile::tempdir().expect("a folder for the test");
        let folder = above.path().join("keys");
        let ring = ring(&folder, "a");
        let key = made(&ring);
        for path in [folder, ring.path(&key)] {
            let mode = fs::metadata(&path).expect("it exists").permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", path.display());
        }
    }
}

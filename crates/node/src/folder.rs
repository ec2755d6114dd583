//! One folder for each role, with its own database, keys and log: what a role never held can be
//! shown by reading its files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use openset_types::Secret;

use crate::{
    fault::Fault,
    keys::{KeyRing, make_folder},
    store::sqlite::Sqlite,
};

/// The file that says that a role's database is not in its folder.
const ELSEWHERE: &str = "store.elsewhere";
/// What that file says to people.
const ELSEWHERE_SAYS: &str = "The database of this role is where `store` in its table of \
    openset.toml says. Nothing is read from a store.db beside this file.\n";

/// The folder of one role.
#[derive(Debug, Clone)]
pub struct RoleFolder(PathBuf);

impl RoleFolder {
    /// Takes a role's folder under the data folder, made if there is none, for its owner alone.
    pub fn open(data: &Path, role: &str) -> Result<Self, Fault> {
        let path = data.join(role);
        make_folder(&path)?;
        Ok(Self(path))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Opens the role's database in its folder, unless it is elsewhere.
    pub fn store(&self) -> Result<Sqlite, Fault> {
        if self.0.join(ELSEWHERE).exists() {
            return Err(Fault::StoreElsewhere);
        }
        Sqlite::open(&self.0.join("store.db"))
    }

    /// Remembers that the role's database is not in its folder, so that nobody opens one there by
    /// mistake.
    pub fn store_is_elsewhere(&self) -> Result<(), Fault> {
        fs::write(self.0.join(ELSEWHERE), ELSEWHERE_SAYS).map_err(|error| Fault::File(error.kind()))
    }

    /// Opens the role's keys.
    pub fn keys(&self, passphrase: Secret) -> Result<KeyRing, Fault> {
        KeyRing::open(&self.0.join("keys"), passphrase)
    }

    /// Where the role's log lines go.
    pub fn log(&self) -> PathBuf {
        self.0.join("log.jsonl")
    }

    /// Where the signed heads of the role's audit trail are.
    pub fn heads(&self) -> PathBuf {
        self.0.join("trail.heads")
    }

    /// Where a wallet's cards are kept.
    pub fn vault(&self) -> PathBuf {
        self.0.join("vault")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_everything_in_its_own_folder() {
        let data = tempfile::tempdir().expect("a folder for the test");
        let folder = RoleFolder::open(data.path(), "gateway").expect("a folder");
        assert_eq!(folder.path(), data.path().join("gateway"));
        let _store = folder.store().expect("a database");
        let _keys = folder.keys(Secret::new(b"passphrase".to_vec())).expect("a folder for keys");
        for path in [folder.log(), folder.vault()] {
            assert!(path.starts_with(folder.path()));
        }
        assert!(folder.path().join("store.db").is_file());
        assert!(folder.path().join("keys").is_dir());
    }

    #[test]
    fn a_database_that_is_elsewhere_is_not_opened_here() {
        let data = tempfile::tempdir().expect("a folder for the test");
        let folder = RoleFolder::open(data.path(), "gateway").expect("a folder");
        drop(folder.store().expect("a database"));
        folder.store_is_elsewhere().expect("a folder of our own");
        assert_eq!(folder.store().err(), Some(Fault::StoreElsewhere));
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().expect("a folder for the test");
        let folder = RoleFolder::open(data.path(), "gateway").expect("a folder");
        let mode = fs::metadata(folder.path()).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}

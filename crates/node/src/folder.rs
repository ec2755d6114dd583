//! One folder for each role, with its own database, keys and log: what a role never held can be
//! shown by reading its files.

use std::path::{Path, PathBuf};

use openset_types::Secret;

use crate::{
    fault::Fault,
    keys::{KeyRing, make_folder},
    store::sqlite::Sqlite,
};

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

    /// Opens the role's database.
    pub fn store(&self) -> Result<Sqlite, Fault> {
        Sqlite::open(&self.0.join("store.db"))
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

    #[cfg(unix)]
    #[test]
    fn the_folder_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let data = tempfile::tempdir().expect("a folder for the test");
        let folder = RoleFolder::open(data.path(), "gateway").expect("a folder");
        let mode = std::fs::metadata(folder.path()).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}

//! A role's folder, claimed by one process: two of them with one folder would answer the same
//! question twice.
//!
//! ```text
//! whole data folder   a running demo alone, or any number of single roles
//! a role's folder     one process
//! ```

use std::{
    fmt,
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use anyhow::Context;
use openset_node::folder::RoleFolder;

use crate::{demo::data::MARK, ending::Ending};

/// The file that is locked in a role's folder.
const CLAIM: &str = ".claim";

/// Another process has the folder.
#[derive(Debug)]
pub(crate) struct InUse {
    folder: PathBuf,
}

impl InUse {
    /// Whether this is why something ended.
    pub(crate) fn is_why(ending: &Ending) -> bool {
        matches!(ending, Ending::Machine(error) if error.is::<Self>())
    }
}

impl fmt::Display for InUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.folder.display();
        let mend = "try: stop it, or take another data folder";
        write!(f, "{shown} is in use by another openset\n  {mend}")
    }
}

impl std::error::Error for InUse {}

/// A claimed folder, until this is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    _whole: Option<File>,
    _role: File,
}

impl Claim {
    /// Claims a role's folder, made if there is none.
    pub(crate) fn take(data: &Path, role: &str) -> Result<Self, Ending> {
        let folder = RoleFolder::open(data, role)
            .with_context(|| format!("{} cannot be used", data.join(role).display()))?;
        let whole = beside_demos(data)?;
        let file = File::options()
            .create(true)
            .append(true)
            .open(folder.path().join(CLAIM))
            .with_context(|| format!("{} cannot be written", folder.path().display()))?;
        granted(file.try_lock(), folder.path())?;
        Ok(Self { _whole: whole, _role: file })
    }
}

/// Whether a process has a role's folder now, by itself or with the whole data folder.
pub(crate) fn is_taken(data: &Path, role: &str) -> bool {
    let locks = [data.join(MARK), data.join(role).join(CLAIM)];
    locks.iter().any(|path| {
        let lock = File::open(path).map(|file| file.try_lock_shared());
        matches!(lock, Ok(Err(TryLockError::WouldBlock)))
    })
}

/// Keeps demos from starting in this data folder, if it is a demo's.
fn beside_demos(data: &Path) -> Result<Option<File>, Ending> {
    let Ok(mark) = File::open(data.join(MARK)) else { return Ok(None) };
    granted(mark.try_lock_shared(), data)?;
    Ok(Some(mark))
}

fn granted(lock: Result<(), TryLockError>, folder: &Path) -> Result<(), Ending> {
    let shown = folder.display();
    match lock {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            Err(Ending::Machine(InUse { folder: folder.to_owned() }.into()))
        }
        Err(TryLockError::Error(error)) => {
            let error = anyhow::Error::new(error);
            Err(error.context(format!("{shown} cannot be locked")).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::data::Data;

    #[test]
    fn a_role_is_claimed_once_and_beside_other_roles() {
        let data = tempfile::tempdir().expect("a folder");
        let issuer = Claim::take(data.path(), "issuer").expect("nobody has it");
        let _acquirer = Claim::take(data.path(), "acquirer").expect("another role");
        let taken = Claim::take(data.path(), "issuer").expect_err("it is taken");
        assert!(InUse::is_why(&taken));
        assert!(is_taken(data.path(), "issuer") && !is_taken(data.path(), "gateway"));
        drop(issuer);
        assert!(!is_taken(data.path(), "issuer"));
        assert!(Claim::take(data.path(), "issuer").is_ok());
    }

    #[test]
    fn a_running_demo_and_a_single_role_exclude_each_other() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("demo");
        let demo = Data::open(&folder).expect("a new folder");
        assert!(Claim::take(&folder, "issuer").is_err());
        assert!(is_taken(&folder, "issuer"));
        drop(demo);
        assert!(!is_taken(&folder, "issuer"));
        let _issuer = Claim::take(&folder, "issuer").expect("no demo runs");
        let _gateway = Claim::take(&folder, "gateway").expect("no demo runs");
        assert!(Data::open(&folder).is_err());
    }
}

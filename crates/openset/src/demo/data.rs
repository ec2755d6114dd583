//! The demo's data folder: marked by a file, locked while in use, deleted by nobody else.

use std::{
    fs::{self, File, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::ending::Ending;

/// The file that says whose the folder is.
pub(crate) const MARK: &str = ".openset-demo";
/// Its first line.
const WHOSE: &str = "Made by `openset demo`. `openset demo --reset` deletes this whole folder.\n";
/// The file that is locked in a folder without a mark.
const IN_USE: &str = ".in-use";
/// The file that says that everything was made.
const READY: &str = ".ready";

/// A data folder of ours, locked for as long as this lives.
#[derive(Debug)]
pub(crate) struct Data {
    path: PathBuf,
    _lock: File,
}

impl Data {
    /// Takes the folder: makes it if it is not there, refuses one that is somebody else's or in
    /// use. `is_ready` says whether an earlier start finished making everything.
    pub(crate) fn open(path: &Path) -> Result<Self, Ending> {
        if is_foreign(path) {
            return Err(Ending::input(format_args!(
                "{} holds other things than a demo's data\n  try: another --data",
                path.display()
            )));
        }
        make_private(path)?;
        let path = path.canonicalize().context("the data folder is gone again")?;
        let lock = mark(&path)?;
        Ok(Self { path, _lock: lock })
    }

    /// Takes a folder that ceremonies have made: it gets no mark, so that no demo deletes it.
    pub(crate) fn unmarked(path: &Path) -> Result<Self, Ending> {
        let path = path.canonicalize().context("the data folder is gone again")?;
        let lock = path.join(IN_USE);
        let lock = File::options().create(true).append(true).open(&lock);
        let lock = lock.with_context(|| format!("{} cannot be written", path.display()))?;
        granted(&lock, &path)?;
        Ok(Self { path, _lock: lock })
    }

    /// Deletes a folder that carries our mark. Answers whether there was one.
    pub(crate) fn reset(path: &Path) -> Result<bool, Ending> {
        if !path.exists() {
            return Ok(false);
        }
        if is_foreign(path) {
            return Err(Ending::input(format_args!(
                "{} was not made by openset demo; nothing was deleted",
                path.display()
            )));
        }
        drop(mark(path)?);
        fs::remove_dir_all(path).with_context(|| format!("{} stays", path.display()))?;
        Ok(true)
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether an earlier start made everything.
    pub(crate) fn is_ready(&self) -> bool {
        self.path.join(READY).exists()
    }

    /// Everything is made.
    pub(crate) fn set_ready(&self) -> anyhow::Result<()> {
        let file = File::create(self.path.join(READY)).context("the data folder is full")?;
        file.sync_all().context("the data folder is full")
    }

    /// Deletes what a start that did not finish has left.
    pub(crate) fn clear(&self) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            if path.is_dir() {
                fs::remove_dir_all(&path)?;
            } else if path.file_name().is_some_and(|name| name != MARK) {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }
}

/// Whether something is there that does not carry our mark.
fn is_foreign(path: &Path) -> bool {
    let is_empty = || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    path.exists() && !path.join(MARK).is_file() && !is_empty()
}

/// Puts our mark there and locks it.
fn mark(folder: &Path) -> Result<File, Ending> {
    let mut file = File::options()
        .create(true)
        .append(true)
        .open(folder.join(MARK))
        .with_context(|| format!("{} cannot be written", folder.display()))?;
    granted(&file, folder)?;
    let is_new = file.metadata().is_ok_and(|about| about.len() == 0);
    if is_new {
        file.write_all(WHOSE.as_bytes()).context("the data folder cannot be written")?;
    }
    Ok(file)
}

/// Locks a folder for this process.
fn granted(file: &File, folder: &Path) -> Result<(), Ending> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            let shown = folder.display();
            let cause = anyhow::anyhow!("{shown} is in use by another openset\n  try: stop it");
            Err(Ending::Machine(cause))
        }
        Err(TryLockError::Error(error)) => {
            Err(anyhow::Error::new(error).context("the data folder cannot be locked").into())
        }
    }
}

/// Makes a folder, and those above it, into which only we may look.
fn make_private(folder: &Path) -> anyhow::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("{} cannot be made", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_somebody_else_is_neither_used_nor_deleted() {
        let parent = tempfile::tempdir().expect("a folder");
        let letters = parent.path().join("letters");
        fs::create_dir(&letters).expect("a folder");
        fs::write(letters.join("dear.txt"), "Dear").expect("a file");
        assert!(matches!(Data::open(&letters), Err(Ending::Input(_))));
        assert!(matches!(Data::reset(&letters), Err(Ending::Input(_))));
        assert!(letters.join("dear.txt").exists());
    }

    #[test]
    fn our_own_folder_is_deleted_and_nothing_beside_it() {
        let parent = tempfile::tempdir().expect("a folder");
        let (ours, beside) = (parent.path().join("demo"), parent.path().join("beside"));
        fs::write(&beside, "").expect("a file");
        assert!(!Data::reset(&ours).expect("nothing there"));
        drop(Data::open(&ours).expect("a new folder"));
        fs::create_dir(ours.join("wallet")).expect("a folder");
        assert!(Data::reset(&ours).expect("ours"));
        assert!(!ours.exists() && beside.exists());
    }

    #[test]
    fn a_folder_in_use_is_not_taken_twice_nor_deleted() {
        let parent = tempfile::tempdir().expect("a folder");
        let ours = parent.path().join("demo");
        let data = Data::open(&ours).expect("a new folder");
        assert!(matches!(Data::open(&ours), Err(Ending::Machine(_))));
        assert!(matches!(Data::reset(&ours), Err(Ending::Machine(_))));
        drop(data);
        assert!(Data::open(&ours).is_ok());
    }

    #[test]
    fn what_an_unfinished_start_left_is_cleared_and_the_mark_stays() {
        let parent = tempfile::tempdir().expect("a folder");
        let data = Data::open(&parent.path().join("demo")).expect("a new folder");
        fs::create_dir(data.path().join("wallet")).expect("a folder");
        data.set_ready().expect("a file");
        assert!(data.is_ready());
        data.clear().expect("cleared");
        assert!(!data.is_ready() && !data.path().join("wallet").exists());
        assert!(data.path().join(MARK).is_file());
    }
}

//! What a party keeps: every octet of every file in its folder, but for the log.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::stage::Stage;
use crate::sites::Name;

/// The files of a party, and what its issuer has seen.
#[derive(PartialEq, Eq)]
pub(super) struct Kept {
    files: BTreeMap<PathBuf, Vec<u8>>,
    issuer_saw: i64,
    refused: usize,
}

impl Stage {
    /// What a party keeps, once it has nothing left to do.
    pub(super) async fn kept(&self, of: Name) -> Kept {
        self.example().await;
        // What earlier stories have taught is not mistaken for what comes of this one.
        if let Some(party) = self.party(of) {
            party.learned.save().await.expect("a store");
        }
        self.now_kept(of).await
    }

    async fn now_kept(&self, of: Name) -> Kept {
        self.quiet(of).await;
        let folder = self.folder(of.label());
        let files = files(&folder).into_iter();
        let files = files.filter(|path| path.is_file() && !is_passing(path));
        let files = files.map(|path| (path.clone(), fs::read(path).expect("a file")));
        Kept {
            files: files.collect(),
            issuer_saw: self.issuer_saw().await,
            refused: self.refused(of),
        }
    }

    /// Checks that a party has kept nothing since, that the issuer has heard nothing, and that
    /// so many refusals were logged.
    pub(super) async fn nothing_came_of_it(
        &self,
        of: Name,
        before: &Kept,
        refused: usize,
        what: &str,
    ) {
        let after = self.now_kept(of).await;
        for (path, octets) in &after.files {
            let same = before.files.get(path) == Some(octets);
            assert!(same, "{what}: {} has changed", path.display());
        }
        assert_eq!(after.files.len(), before.files.len(), "{what}: a file is gone");
        assert_eq!(after.issuer_saw, before.issuer_saw, "{what}: the issuer heard of it");
        assert_eq!(after.refused, before.refused + refused, "{what}: refusals in the log");
    }

    /// How many refusals a party's log has.
    fn refused(&self, of: Name) -> usize {
        self.log(of).lines().filter(|line| line.contains(r#""message":"refused"#)).count()
    }

    /// A party's log.
    pub(super) fn log(&self, of: Name) -> String {
        let path = self.folder(of.label()).join("log.jsonl");
        fs::read_to_string(path).expect("a log")
    }
}

/// The log says what was refused, and the index of the database's log is rebuilt by readers.
fn is_passing(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "jsonl") || path.to_string_lossy().ends_with("-shm")
}

/// Every file below a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

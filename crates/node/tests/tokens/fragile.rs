//! SoftHSM behind a module whose sessions end while it signs (`fragile.c`).

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::softhsm::{SoftHsm, done};

/// Says how many signatures are lost.
const LOSE: &str = "lose";
/// Where the module writes what it signed.
const SEEN: &str = "seen";

impl SoftHsm {
    /// The module, which does as SoftHSM does until [`Self::lose`] says otherwise.
    pub(crate) fn fragile_module(&self) -> PathBuf {
        let module = self.folder().join("fragile.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node/tests/tokens/fragile.c");
        let define = |name: &str, path: &Path| format!("-D{name}=\"{}\"", path.display());
        done(
            Command::new("cc")
                .args(["-shared", "-fPIC", "-Wall", "-Werror", "-o"])
                .args([&module, &source])
                .arg(define("MODULE", &self.module))
                .arg(define("LOSE", &self.folder().join(LOSE)))
                .arg(define("SEEN", &self.folder().join(SEEN)))
                .arg("-ldl"),
        );
        module
    }

    /// After so many further signatures, so many are made and never given.
    pub(crate) fn lose(&self, after: usize, lost: usize) {
        let terms = format!("{after} {lost}");
        fs::write(self.folder().join(LOSE), terms).expect("a folder of our own");
        fs::write(self.folder().join(SEEN), "").expect("a folder of our own");
    }

    /// What was signed since then, and whether it was given.
    pub(crate) fn seen(&self) -> Vec<(String, bool)> {
        let seen = fs::read_to_string(self.folder().join(SEEN)).expect("somebody lost something");
        let line = |line: &str| {
            let (what, became) = line.split_once(' ').expect("two words");
            (what.to_owned(), became == "given")
        };
        seen.lines().map(line).collect()
    }
}

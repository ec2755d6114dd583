//! Whether the programs are there that the build and the tests call.

use std::{env, ffi::OsStr, path::Path};

use super::Finding;

const ABOUT: &str = "tools";

/// What each is called, and what is missing without it.
const TOOLS: [(&str, &str); 3] = [
    ("cargo", "cargo builds and tests: https://rustup.rs"),
    ("cc", "a C compiler builds SQLite and the cryptography: apt-get install build-essential"),
    ("openssl", "openssl checks our certificates in the tests: apt-get install openssl"),
];

/// Looks for them where the shell would.
pub(super) fn look() -> Finding {
    look_in(&env::var_os("PATH").unwrap_or_default())
}

fn look_in(path: &OsStr) -> Finding {
    let is_there = |name: &str| env::split_paths(path).any(|folder| is_program(&folder.join(name)));
    let missing: Vec<_> = TOOLS.iter().filter(|(name, _)| !is_there(name)).collect();
    if missing.is_empty() {
        let names: Vec<_> = TOOLS.iter().map(|(name, _)| *name).collect();
        return Finding::good(ABOUT, format!("{} are there", names.join(", ")));
    }
    let names: Vec<_> = missing.iter().map(|(name, _)| *name).collect();
    let remedies: Vec<_> = missing.iter().map(|(_, remedy)| *remedy).collect();
    let found = format!("not found: {}; what is built runs without", names.join(", "));
    Finding::notable(ABOUT, found, remedies.join("; "))
}

fn is_program(path: &Path) -> bool {
    path.is_file() || path.with_extension(env::consts::EXE_EXTENSION).is_file()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;

    #[test]
    fn what_is_missing_is_named_with_where_to_get_it() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("cargo"), "").expect("a file");
        let finding = look_in(folder.path().as_os_str());
        assert_eq!(finding.state, State::Notable);
        assert!(finding.found.contains("cc, openssl") && !finding.found.contains("cargo"));
    }
}

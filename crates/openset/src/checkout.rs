//! `openset test`: hands over to the tests of the checkout that this executable was built from.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context;

use crate::{
    args::Test,
    ending::{Done, Ending},
};

/// Runs `./openset test` of the checkout around the executable or the working directory.
pub(crate) fn test(test: &Test) -> Done {
    let Some(root) = find() else {
        return Err(Ending::input(
            "the tests live in a checkout of OpenSET, and this is not one\n  \
             try: git clone the repository, then ./openset test",
        ));
    };
    if !env::current_dir().is_ok_and(|here| here.starts_with(&root)) {
        eprintln!("the tests of {}, where this executable was built", root.display());
    }
    let mut command = Command::new(root.join("openset"));
    command.arg("test");
    if test.browser {
        command.arg("--browser");
    }
    let status = command.status().context("the tests of this checkout cannot be started")?;
    if status.success() { Ok(()) } else { Err(Ending::No) }
}

fn find() -> Option<PathBuf> {
    let executable = env::current_exe().ok();
    let here = env::current_dir().ok();
    [here, executable].into_iter().flatten().find_map(|from| above(&from))
}

/// The nearest folder above that holds the wrapper and the tests it runs.
fn above(from: &Path) -> Option<PathBuf> {
    let is_checkout =
        |folder: &&Path| folder.join("openset").is_file() && folder.join("scripts/test").is_file();
    from.ancestors().find(is_checkout).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkout_is_found_from_inside_and_not_from_elsewhere() {
        let root = tempfile::tempdir().expect("a folder");
        let inside = root.path().join("crates/openset");
        std::fs::create_dir_all(&inside).expect("folders");
        assert_eq!(above(&inside), None);
        std::fs::create_dir(root.path().join("scripts")).expect("a folder");
        for file in ["openset", "scripts/test"] {
            std::fs::write(root.path().join(file), "").expect("a file");
        }
        assert_eq!(above(&inside), Some(root.path().to_owned()));
    }
}

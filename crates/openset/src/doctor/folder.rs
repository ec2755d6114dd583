//! Whether the data folder can be written and nobody else can read it.

use std::{fs, path::Path};

use super::Finding;

const ABOUT: &str = "data folder";

/// Looks at the folder and at every role's folder in it.
pub(super) fn look(data: &Path) -> Vec<Finding> {
    let shown = data.display();
    if !data.exists() {
        return vec![Finding::good(ABOUT, format!("{shown} is not there yet; the demo makes it"))];
    }
    if let Err(error) = try_to_write(data) {
        let found = format!("{shown} cannot be written: {error}");
        return vec![Finding::bad(ABOUT, found, format!("chown -R $(id -un) {shown}"))];
    }
    let open = open_to_others(data);
    if open.is_empty() {
        return vec![Finding::good(ABOUT, format!("{shown} can be written, by you alone"))];
    }
    let found = format!("others may look into {}", open.join(", "));
    vec![Finding::bad(ABOUT, found, format!("chmod -R go= {shown}"))]
}

fn try_to_write(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(".openset-doctor");
    fs::write(&path, b"")?;
    fs::remove_file(path)
}

/// The folders, and files that may hold secrets, that somebody else may read.
#[cfg(unix)]
fn open_to_others(data: &Path) -> Vec<String> {
    use std::os::unix::fs::PermissionsExt;
    let Ok(entries) = fs::read_dir(data) else { return Vec::new() };
    let is_open = |path: &Path| {
        fs::metadata(path)
            .is_ok_and(|about| about.is_dir() && about.permissions().mode() & 0o077 != 0)
    };
    let mut open: Vec<String> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| is_open(path))
        .map(|path| path.display().to_string())
        .collect();
    open.sort();
    open
}

/// Elsewhere permissions are the administrator's.
#[cfg(not(unix))]
fn open_to_others(_: &Path) -> Vec<String> {
    Vec::new()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::doctor::State;

    #[test]
    fn a_role_folder_that_others_may_read_is_bad() {
        let data = tempfile::tempdir().expect("a folder");
        let wallet = data.path().join("wallet");
        fs::create_dir(&wallet).expect("a folder");
        fs::set_permissions(&wallet, fs::Permissions::from_mode(0o755)).expect("its mode");
        let [finding] = &look(data.path())[..] else { panic!("one finding") };
        assert_eq!(finding.state, State::Bad);
        assert!(finding.found.contains("wallet"));
        fs::set_permissions(&wallet, fs::Permissions::from_mode(0o700)).expect("its mode");
        assert_eq!(look(data.path())[0].state, State::Good);
    }

    #[test]
    fn a_folder_that_is_not_there_yet_is_fine() {
        let data = tempfile::tempdir().expect("a folder");
        assert_eq!(look(&data.path().join("later"))[0].state, State::Good);
    }
}

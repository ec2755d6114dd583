//! Files that only their owner may read: what is in them is shown to nobody.

use std::{fs::File, io::Read, path::Path};

use openset_node::keys::is_open_to_others;
use openset_types::Secret;

use crate::ending::Miswritten;

/// Reads such a file, if it is not longer than that.
pub(crate) fn read(path: &Path, octets_max: u64) -> anyhow::Result<Secret> {
    let told = |what: &dyn std::fmt::Display| Miswritten(format!("{}: {what}", path.display()));
    let file = File::open(path).map_err(|error| told(&error))?;
    if is_open_to_others(&file).map_err(|error| told(&error))? {
        let mend = format!("others may read it\n  try: chmod 600 {}", path.display());
        return Err(told(&mend).into());
    }
    let room = usize::try_from(octets_max).unwrap_or_default().saturating_add(1);
    let mut octets = Vec::with_capacity(room.min(64 * 1024));
    let read = file.take(octets_max + 1).read_to_end(&mut octets);
    let (octets, length) = (Secret::new(octets), read.map_err(|error| told(&error))?);
    if length as u64 > octets_max {
        return Err(told(&format_args!("it is longer than {octets_max} octets")).into());
    }
    Ok(octets)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;

    use super::*;

    /// A file in a folder, which others may read or not.
    pub(crate) fn file(folder: &Path, text: &str, mode: u32) -> std::path::PathBuf {
        let path = folder.join("private");
        drop(fs::remove_file(&path));
        crate::ceremony::papers::write_private(&path, text.as_bytes()).expect("a file");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its mode");
        }
        path
    }

    #[test]
    fn what_others_may_read_or_is_too_long_is_not_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = file(folder.path(), "four", 0o600);
        assert_eq!(read(&own, 4).expect("its owner's").expose(), b"four");
        let told = read(&own, 3).expect_err("too long").to_string();
        assert!(told.ends_with("it is longer than 3 octets"), "{told}");
        #[cfg(unix)]
        for mode in [0o640, 0o604, 0o622] {
            let told = read(&file(folder.path(), "four", mode), 4).expect_err("open").to_string();
            assert!(told.contains("others may read it"), "{mode:o}: {told}");
        }
        assert!(read(&folder.path().join("none"), 4).is_err());
    }
}

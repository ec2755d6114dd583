//! Where the password of a database is read: never in a configuration, never on a command line.

use std::{
    env, fmt,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use openset_types::Secret;

use crate::keys::is_open_to_others;

/// The longest password that is read from a file, with its line end.
const OCTETS_MAX: u64 = 1024;

/// Where a password is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordSource {
    /// A file that nobody but its owner may read; a line end at its end does not count.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
}

/// Why there is no password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoPassword {
    /// It is empty or too long.
    Form,
    /// Its file cannot be read.
    File(io::ErrorKind),
    /// Its file can be read by others.
    FileOpen,
    /// Its variable is not set.
    Unset,
}

impl fmt::Display for NoPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("the password is empty or too long"),
            Self::File(kind) => write!(f, "the file with the password cannot be read: {kind}"),
            Self::FileOpen => f.write_str("others may read the file with the password"),
            Self::Unset => f.write_str("the variable with the password is not set"),
        }
    }
}

impl std::error::Error for NoPassword {}

impl PasswordSource {
    /// Reads the password.
    pub fn read(&self) -> Result<Secret, NoPassword> {
        let mut octets = match self {
            Self::File(path) => from_file(path)?,
            Self::Variable(name) => {
                let value = env::var_os(name).ok_or(NoPassword::Unset)?;
                value.into_encoded_bytes()
            }
        };
        let end = octets.iter().rposition(|octet| !matches!(octet, b'\r' | b'\n'));
        octets.truncate(end.map_or(0, |end| end + 1));
        if octets.is_empty() || octets.len() as u64 >= OCTETS_MAX {
            return Err(NoPassword::Form);
        }
        Ok(Secret::new(octets))
    }
}

fn from_file(path: &Path) -> Result<Vec<u8>, NoPassword> {
    let fault = |error: io::Error| NoPassword::File(error.kind());
    let file = File::open(path).map_err(fault)?;
    if is_open_to_others(&file).map_err(fault)? {
        return Err(NoPassword::FileOpen);
    }
    // Enough room from the start: what grows leaves copies behind.
    let mut octets = Vec::with_capacity(OCTETS_MAX as usize);
    file.take(OCTETS_MAX).read_to_end(&mut octets).map_err(fault)?;
    Ok(octets)
}

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn a_password_is_read_from_its_owners_file_only() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("password");
        let read = |octets: &[u8], mode: u32| {
            fs::write(&path, octets).expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its mode");
            PasswordSource::File(path.clone()).read().map(|secret| secret.expose().to_vec())
        };
        assert_eq!(read(b"lighthouse 7\r\n", 0o600), Ok(b"lighthouse 7".to_vec()));
        assert_eq!(read(b"lighthouse 7", 0o644), Err(NoPassword::FileOpen));
        assert_eq!(read(b"\n", 0o600), Err(NoPassword::Form));
        assert_eq!(read(&[b'x'; 2_000], 0o600), Err(NoPassword::Form));
        let missing = PasswordSource::File(folder.path().join("none")).read();
        assert_eq!(missing.err(), Some(NoPassword::File(io::ErrorKind::NotFound)));
        let unset = PasswordSource::Variable("A_VARIABLE_THAT_NOBODY_SETS".to_owned()).read();
        assert_eq!(unset.err(), Some(NoPassword::Unset));
    }
}

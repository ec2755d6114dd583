//! Where a party's token is and how it is entered, as a configuration says.

use std::{
    env,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use cryptoki::types::AuthPin;
use zeroize::Zeroizing;

use super::fault::TokenFault;
use crate::keys::is_open_to_others;

/// Where a party's keys are, if they are in a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenTerms {
    /// The PKCS#11 module: a shared library that its maker delivers.
    pub module: PathBuf,
    /// The label of the token.
    pub token: String,
    /// Where the user's PIN is read.
    pub pin: PinSource,
    /// The most sessions that are open at one time.
    pub sessions_max: usize,
}

impl TokenTerms {
    /// How many sessions are opened where nothing is said.
    pub const SESSIONS: usize = 8;
    /// The most sessions that may be asked for.
    pub const SESSIONS_MAX: usize = 64;
}

/// Where a PIN is read. It is never in the configuration itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PinSource {
    /// A file that nobody but its owner may read; a line end at its end does not count.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
}

impl PinSource {
    /// Reads the PIN.
    pub(super) fn read(&self) -> Result<AuthPin, TokenFault> {
        match self {
            Self::File(path) => of_octets(&from_file(path)?),
            Self::Variable(name) => {
                let value = env::var_os(name).ok_or(TokenFault::PinUnset)?;
                let text = value.into_string().map_err(|_| TokenFault::PinForm)?;
                of_octets(Zeroizing::new(text).as_bytes())
            }
        }
    }
}

fn from_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, TokenFault> {
    let fault = |error: io::Error| TokenFault::PinFile(error.kind());
    let file = File::open(path).map_err(fault)?;
    if is_open_to_others(&file).map_err(fault)? {
        return Err(TokenFault::PinFileOpen);
    }
    let mut octets = Zeroizing::new(Vec::with_capacity(FILE_OCTETS_MAX));
    file.take(FILE_OCTETS_MAX as u64).read_to_end(&mut octets).map_err(fault)?;
    Ok(octets)
}

/// A PIN as a person or a file gives it.
pub(super) fn of_octets(octets: &[u8]) -> Result<AuthPin, TokenFault> {
    let text = str::from_utf8(octets).map_err(|_| TokenFault::PinForm)?;
    let pin = text.trim_end_matches(['\r', '\n']);
    if pin.is_empty() || pin.len() > PIN_OCTETS_MAX {
        return Err(TokenFault::PinForm);
    }
    Ok(AuthPin::from(pin.to_owned()))
}

/// The longest PIN.
const PIN_OCTETS_MAX: usize = 255;
/// Room for a PIN, its line end, and one octet that shows that there is more.
const FILE_OCTETS_MAX: usize = PIN_OCTETS_MAX + 3;

#[cfg(all(test, unix))]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    /// What is read from a file of these octets with this mode.
    fn read(octets: &[u8], mode: u32) -> Result<AuthPin, TokenFault> {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = folder.path().join("pin");
        fs::write(&path, octets).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("its mode");
        PinSource::File(path).read()
    }

    #[test]
    fn a_pin_is_read_from_its_owners_file_only_and_does_not_print() {
        let pin = read(b"lighthouse 7\n", 0o600).expect("a PIN");
        assert!(!format!("{pin:?}").contains("lighthouse"));
        for mode in [0o640, 0o604, 0o666] {
            assert_eq!(read(b"1234", mode).err(), Some(TokenFault::PinFileOpen));
        }
    }

    #[test]
    fn what_is_no_pin_is_refused() {
        for bad in [&b""[..], b"\n", b"\r\n", &[b'1'; 256], &[b'1'; 5000], &[0xFF, 0xFE]] {
            assert_eq!(read(bad, 0o600).err(), Some(TokenFault::PinForm), "{}", bad.len());
        }
        let missing = PinSource::File(PathBuf::from("no such file")).read();
        assert_eq!(missing.err(), Some(TokenFault::PinFile(io::ErrorKind::NotFound)));
        let unset = PinSource::Variable("A_VARIABLE_THAT_NOBODY_SETS".to_owned()).read();
        assert_eq!(unset.err(), Some(TokenFault::PinUnset));
    }
}

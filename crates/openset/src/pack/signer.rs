//! The key with which a bank signs its packs: in a folder of its own, locked, made when it is
//! first needed.

use std::{fs, path::Path};

use anyhow::{Context, bail};
use data_encoding::BASE64;
use openset_crypto::{KeyId, KeyKind, KeyUse, PublicKey, Suite};
use openset_node::keys::{KeyHolder, KeyRing};

use super::{Files, Pack, sealed::seal};
use crate::ceremony::{role_ring, write_private};

/// The public key, as `openssl pkey -pubin` reads it.
const PUBLIC: &str = "pack-key.pem";
const BEGIN: &str = "-----BEGIN PUBLIC KEY-----\n";
const END: &str = "\n-----END PUBLIC KEY-----\n";
const COLUMNS: usize = 64;

/// Whoever signs packs for a bank.
pub(crate) struct PackSigner {
    ring: KeyRing,
    key: PublicKey,
}

impl PackSigner {
    /// Opens the key in this folder, or makes one.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(PUBLIC);
        let ring = role_ring(folder).with_context(|| folder.display().to_string())?;
        if !path.exists() {
            let key = ring.generate(KeyKind::of_parties(Suite::Modern), KeyUse::Signs)?;
            write_private(&path, write_pem(&key).as_bytes())?;
            return Ok(Self { ring, key });
        }
        let key = read_pem(&fs::read_to_string(&path)?);
        let key = key.with_context(|| format!("{}: not a public key", path.display()))?;
        if !ring.holds(&key.id())? {
            bail!("{}: its private key is not there", path.display());
        }
        Ok(Self { ring, key })
    }

    /// The name of the key.
    pub(crate) fn name(&self) -> KeyId {
        self.key.id()
    }

    /// Signs a pack that can be read.
    pub(crate) fn seal(&self, files: &Files) -> anyhow::Result<Vec<u8>> {
        Pack::of(files)?;
        seal(files, &self.key, &self.ring)
    }
}

fn write_pem(key: &PublicKey) -> String {
    let base64 = BASE64.encode(key.der());
    let lines: Vec<_> = base64.as_bytes().chunks(COLUMNS).map(String::from_utf8_lossy).collect();
    format!("{BEGIN}{}{END}", lines.join("\n"))
}

fn read_pem(text: &str) -> Option<PublicKey> {
    let base64: String = text.strip_prefix(BEGIN)?.strip_suffix(END)?.lines().collect();
    let der = BASE64.decode(base64.as_bytes()).ok()?;
    PublicKey::from_der(Suite::Modern, &der).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{sealed::Sealed, tests::whole};

    #[test]
    fn a_bank_signs_with_the_same_key_again_and_not_without_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = PackSigner::open(folder.path()).expect("a new key").name();
        let again = PackSigner::open(folder.path()).expect("the same key");
        assert_eq!(again.name(), first);
        let octets = again.seal(&whole()).expect("signed");
        assert!(Sealed::open(&octets, Some(&first)).is_ok());
        assert!(again.seal(&Files::default()).is_err());
        fs::remove_dir_all(folder.path().join("keys")).expect("removed");
        assert!(PackSigner::open(folder.path()).is_err());
        fs::write(folder.path().join(PUBLIC), "no key").expect("written");
        assert!(PackSigner::open(folder.path()).is_err());
    }
}

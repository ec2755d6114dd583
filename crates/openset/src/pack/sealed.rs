//! The signed form of a pack: one file `NAME.setpack`, a tar of a manifest and of the files.
//!
//! The manifest is a [`Statement`]: a text that people can read, which gives the key, and of each
//! file its length and its print, and is signed by the bank's pack key. A pack can be written in
//! one way only, and is refused in any other, so there is no octet in it that nobody signed.

use std::{fmt, io::Read};

use data_encoding::BASE64;
use openset_crypto::{
    KeyId, Keys, PublicKey, Suite, Unmade, Untrusted, print,
    statement::{NoStatement, Statement},
};
use tar::{Archive, Builder, EntryType, Header};

use super::files::{Files, known};

/// How the name of a signed pack ends.
pub(crate) const SUFFIX: &str = "setpack";
/// The most octets of one: all files at their largest, and what tar adds.
pub(crate) const OCTETS_MAX: usize = 256 * 1024;

const MANIFEST: &str = "manifest.txt";
const FIRST_LINE: &str = "OpenSET brand pack 1";
/// Packs are signed with the keys of this suite in whatever suite the bank's brand is: the pack
/// is what protects somebody who studies the other one.
const SIGNED_IN: Suite = Suite::Modern;

/// Why a file is not the pack that a bank signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Refused {
    /// A file that the manifest does not name.
    Added(&'static str),
    /// The signature is not of the manifest.
    BadSignature,
    /// A file is not the one that was signed.
    Changed(&'static str),
    /// The manifest is none.
    Manifest(NoStatement),
    /// The manifest names a file that is not there.
    Missing(&'static str),
    /// It is not a pack, or not written the one way that packs are.
    NoPack,
    /// Signed by another key than the one that was named.
    OtherKey,
    /// It has more octets than any pack.
    TooLarge,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added(file) => write!(f, "{file} was added after the bank signed the pack"),
            Self::BadSignature => f.write_str("the manifest is not what the bank signed"),
            Self::Changed(file) => write!(f, "{file} was changed after the bank signed the pack"),
            Self::Manifest(why) => write!(f, "{MANIFEST}: {why}"),
            Self::Missing(file) => write!(f, "{file} was taken out after the bank signed the pack"),
            Self::NoPack => f.write_str("not a signed pack, or changed after it was signed"),
            Self::OtherKey => f.write_str("signed by another key than that of this wallet's bank"),
            Self::TooLarge => write!(f, "longer than the {OCTETS_MAX} octets of any pack"),
        }
    }
}

impl std::error::Error for Refused {}

/// A pack as it travels, with the key that signed it.
#[derive(Debug)]
pub(crate) struct Sealed {
    /// The files, which are what that key signed.
    pub(crate) files: Files,
    /// The name of the key.
    pub(crate) by: KeyId,
}

/// Signs a pack, and writes it.
pub(crate) fn seal(files: &Files, key: &PublicKey, keys: &dyn Keys) -> anyhow::Result<Vec<u8>> {
    Ok(write(&sign_manifest(files, key, keys)?, files)?)
}

pub(super) fn sign_manifest(
    files: &Files,
    key: &PublicKey,
    keys: &dyn Keys,
) -> Result<String, Unmade> {
    Ok(Statement::sign(&manifest(files, key), &[key.id()], keys)?.to_string())
}

impl Sealed {
    /// Reads a pack, and accepts it only from this key; without a name, from the key that it
    /// gives itself.
    pub(crate) fn open(octets: &[u8], by: Option<&KeyId>) -> Result<Self, Refused> {
        if octets.len() > OCTETS_MAX {
            return Err(Refused::TooLarge);
        }
        let (statement, files) = read(octets)?;
        if write(&statement, &files).ok().as_deref() != Some(octets) {
            return Err(Refused::NoPack);
        }
        let statement = Statement::read(&statement).map_err(Refused::Manifest)?;
        let key = key(statement.text())?;
        if by.is_some_and(|by| *by != key.id()) {
            return Err(Refused::OtherKey);
        }
        statement.require(&key).map_err(|untrusted| match untrusted {
            Untrusted::UnknownSigner => Refused::OtherKey,
            _ => Refused::BadSignature,
        })?;
        require_named(statement.text(), &files, &key)?;
        Ok(Self { files, by: key.id() })
    }
}

fn manifest(files: &Files, key: &PublicKey) -> String {
    let mut text = format!("{FIRST_LINE}\nKey: {}\n", BASE64.encode(key.der()));
    for (name, octets) in files.iter() {
        text.push_str(&line(name, octets));
    }
    text
}

fn line(name: &str, octets: &[u8]) -> String {
    format!("File: {name} {} {}\n", octets.len(), print(octets))
}

/// The key that a manifest gives.
fn key(text: &str) -> Result<PublicKey, Refused> {
    let mut lines = text.lines();
    let first = lines.next().filter(|first| *first == FIRST_LINE);
    let key = first.and_then(|_| lines.next()).and_then(|line| line.strip_prefix("Key: "));
    let der = key.and_then(|key| BASE64.decode(key.as_bytes()).ok()).ok_or(Refused::NoPack)?;
    PublicKey::from_der(SIGNED_IN, &der).map_err(|_| Refused::NoPack)
}

/// The files are those that a believed manifest names.
fn require_named(text: &str, files: &Files, key: &PublicKey) -> Result<(), Refused> {
    for named in text.lines().filter_map(|line| line.strip_prefix("File: ")) {
        let name = named.split(' ').next().unwrap_or_default();
        let (name, _) = known(name).ok_or(Refused::NoPack)?;
        let octets = files.find(name).ok_or(Refused::Missing(name))?;
        if line(name, octets) != format!("File: {named}\n") {
            return Err(Refused::Changed(name));
        }
    }
    let stray = files.iter().find(|(name, _)| !text.contains(&format!("\nFile: {name} ")));
    if let Some((name, _)) = stray {
        return Err(Refused::Added(name));
    }
    // The same files, said the one way there is to say it.
    if manifest(files, key) == text { Ok(()) } else { Err(Refused::NoPack) }
}

pub(super) fn write(manifest: &str, files: &Files) -> std::io::Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    for (name, octets) in [(MANIFEST, manifest.as_bytes())].into_iter().chain(files.iter()) {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_size(u64::try_from(octets.len()).map_err(std::io::Error::other)?);
        tar.append_data(&mut header, name, octets)?;
    }
    tar.into_inner()
}

/// The manifest and the files, none of which was checked.
fn read(octets: &[u8]) -> Result<(String, Files), Refused> {
    let mut archive = Archive::new(octets);
    let (mut manifest, mut files) = (None, Files::default());
    for entry in archive.entries().map_err(|_| Refused::NoPack)? {
        let mut entry = entry.map_err(|_| Refused::NoPack)?;
        let name = entry.path().map_err(|_| Refused::NoPack)?;
        let name = name.to_str().ok_or(Refused::NoPack)?.to_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(|_| Refused::NoPack)?;
        match &manifest {
            None if name == MANIFEST => {
                manifest = Some(String::from_utf8(content).map_err(|_| Refused::NoPack)?);
            }
            Some(_) if files.find(&name).is_none() => {
                files.put(&name, content).map_err(|_| Refused::NoPack)?;
            }
            _ => return Err(Refused::NoPack),
        }
    }
    manifest.map(|manifest| (manifest, files)).ok_or(Refused::NoPack)
}

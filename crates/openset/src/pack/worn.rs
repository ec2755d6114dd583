//! The pack that a wallet wears: verified at every start, and only from the key that signed the
//! one it began with.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

use anyhow::{Context, bail};
use openset_crypto::KeyId;

use super::{
    Pack,
    sealed::{OCTETS_MAX, Refused, Sealed},
};

/// The pack in a wallet's folder, for a wallet that has its own.
const PACK_FILE: &str = "brand.setpack";
/// The name of the key whose packs this wallet wears.
const KEY_FILE: &str = "brand.key";
/// The most octets of a file with such a name.
const KEY_OCTETS_MAX: u64 = 200;

/// A signed pack that was verified.
#[derive(Debug)]
pub(crate) struct Signed {
    /// What it says.
    pub(crate) pack: Pack,
    /// The name of the key that signed it.
    pub(crate) by: KeyId,
    /// Its octets.
    pub(crate) octets: Vec<u8>,
}

/// Reads a signed pack from a file.
pub(crate) fn open(path: &Path, by: Option<&KeyId>) -> anyhow::Result<Signed> {
    let unworn = || format!("{} is not used", path.display());
    let octets = read(path).with_context(unworn)?;
    let Sealed { files, by } = Sealed::open(&octets, by).with_context(unworn)?;
    Ok(Signed { pack: Pack::of(&files).with_context(unworn)?, by, octets })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut octets = Vec::new();
    let octets_max = u64::try_from(OCTETS_MAX)? + 1;
    File::open(path)?.take(octets_max).read_to_end(&mut octets)?;
    if octets.len() > OCTETS_MAX {
        return Err(Refused::TooLarge.into());
    }
    Ok(octets)
}

/// Puts a signed pack into a wallet's folder, which wears packs of this key only, from its first
/// day on.
pub(crate) fn dress(wallet: &Path, sealed: &[u8], by: &KeyId) -> anyhow::Result<()> {
    require_pinned(wallet, by)?;
    fs::write(wallet.join(PACK_FILE), sealed).context("the wallet's pack cannot be written")?;
    let file = File::options().create_new(true).write(true).open(wallet.join(KEY_FILE));
    match file {
        Ok(mut file) => {
            writeln!(file, "{by}").and_then(|()| file.sync_all()).context("brand.key is not kept")
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).context("brand.key is not kept"),
    }
}

/// Refuses a wallet that began with a pack of another key.
pub(crate) fn require_pinned(wallet: &Path, by: &KeyId) -> anyhow::Result<()> {
    match pinned(wallet)? {
        Some(pinned) if pinned != *by => {
            bail!("{} is of a wallet that another bank gave out", wallet.display())
        }
        _ => Ok(()),
    }
}

/// Refuses a pack that is older than the one that the wallet wears: its bank has replaced it, and
/// perhaps for a reason.
pub(crate) fn require_not_older(wallet: &Path, given: &Pack) -> anyhow::Result<()> {
    // A pack in the folder that is not whole any more is replaced by one that is.
    let Ok(Some(worn)) = worn(wallet) else { return Ok(()) };
    if worn.facts.version > given.facts.version {
        bail!(
            "version {} of the brand pack is older than version {}, which this wallet wears\n  \
             try: the package that the bank gives out today",
            given.facts.version,
            worn.facts.version
        );
    }
    Ok(())
}

/// The pack in a wallet's folder; nothing if it began without one.
pub(crate) fn worn(wallet: &Path) -> anyhow::Result<Option<Pack>> {
    let path = wallet.join(PACK_FILE);
    match (pinned(wallet)?, path.exists()) {
        (None, false) => Ok(None),
        (Some(by), true) => Ok(Some(open(&path, Some(&by))?.pack)),
        (Some(_), false) => bail!(
            "the brand pack of the wallet in {} is missing\n  try: --pack and --signed-by, as the \
             bank's package has them",
            wallet.display()
        ),
        (None, true) => bail!("{} is not used: nothing says who signs it", path.display()),
    }
}

fn pinned(wallet: &Path) -> anyhow::Result<Option<KeyId>> {
    let path = wallet.join(KEY_FILE);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| path.display().to_string()),
    };
    let mut text = String::new();
    file.take(KEY_OCTETS_MAX).read_to_string(&mut text).context(KEY_FILE)?;
    let name = KeyId::parse(text.trim_end());
    name.map(Some).map_err(|_| anyhow::anyhow!("{}: not the name of a key", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::tests::{bank, whole};
    use crate::pack::{
        files::{LOGO_SVG, PACK},
        sealed::seal,
    };

    #[test]
    fn a_wallet_wears_its_pack_and_refuses_every_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let (wallet, ours, other) = (folder.path(), bank(), bank());
        assert!(worn(wallet).expect("no pack").is_none());
        let octets = seal(&whole(), &ours.key, &ours.keys).expect("signed");
        dress(wallet, &octets, &ours.key.id()).expect("dressed");
        let pack = worn(wallet).expect("verified").expect("a pack");
        assert_eq!(pack.facts.id, "banque-demo");

        let told = |octets: &[u8]| {
            fs::write(wallet.join(PACK_FILE), octets).expect("written");
            format!("{:#}", worn(wallet).expect_err("refused"))
        };
        let theirs = seal(&whole(), &other.key, &other.keys).expect("signed");
        let said = told(&theirs);
        assert!(said.ends_with("signed by another key than that of this wallet's bank"), "{said}");
        let mut changed = octets.clone();
        let at = octets.windows(7).position(|part| part == b"viewBox").expect("in the logo");
        changed[at] ^= 1;
        let said = told(&changed);
        let logo = format!("{LOGO_SVG} was changed after the bank signed the pack");
        assert!(said.contains(&logo), "{said}");
        assert!(told(&vec![0; OCTETS_MAX + 1]).contains("longer than"));
        assert!(told(b"").contains("not a signed pack"));

        fs::remove_file(wallet.join(PACK_FILE)).expect("removed");
        assert!(worn(wallet).expect_err("missing").to_string().contains("is missing"));
        assert!(require_pinned(wallet, &ours.key.id()).is_ok());
        assert!(require_pinned(wallet, &other.key.id()).is_err());
        assert!(dress(wallet, &theirs, &other.key.id()).is_err());
        dress(wallet, &octets, &ours.key.id()).expect("dressed again");
        assert!(worn(wallet).expect("verified").is_some());
        fs::write(wallet.join(KEY_FILE), "no name").expect("written");
        assert!(worn(wallet).is_err());
    }

    #[test]
    fn a_wallet_goes_back_to_no_older_pack_of_its_bank() {
        let folder = tempfile::tempdir().expect("a folder");
        let (wallet, ours) = (folder.path(), bank());
        let of = |version: u32| {
            let mut files = whole();
            let toml = files.text(PACK).expect("there");
            let toml = toml.replace("version = 1\n", &format!("version = {version}\n"));
            files.put(PACK, toml.into_bytes()).expect("a known file");
            files
        };
        let pack = |version| Pack::of(&of(version)).expect("a pack");
        let mut unsaid = whole();
        let toml = unsaid.text(PACK).expect("there").replace("version = 1\n", "");
        unsaid.put(PACK, toml.into_bytes()).expect("a known file");
        assert_eq!(Pack::of(&unsaid).expect("a pack").facts.version, 1, "unless it says one");
        assert!(require_not_older(wallet, &pack(1)).is_ok(), "its first day");
        let second = seal(&of(2), &ours.key, &ours.keys).expect("signed");
        dress(wallet, &second, &ours.key.id()).expect("dressed");
        for (version, is_taken) in [(1, false), (2, true), (3, true)] {
            let told = require_not_older(wallet, &pack(version));
            assert_eq!(told.is_ok(), is_taken, "{version}: {told:?}");
        }
        for wrong in ["0", "-1", "\"2\"", "4294967296"] {
            let mut files = whole();
            let toml = files.text(PACK).expect("there");
            let toml = toml.replace("version = 1\n", &format!("version = {wrong}\n"));
            files.put(PACK, toml.into_bytes()).expect("a known file");
            assert!(Pack::of(&files).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_pack_without_the_name_of_its_key_is_not_worn() {
        let folder = tempfile::tempdir().expect("a folder");
        let ours = bank();
        let octets = seal(&whole(), &ours.key, &ours.keys).expect("signed");
        fs::write(folder.path().join(PACK_FILE), octets).expect("written");
        assert!(worn(folder.path()).is_err());
    }
}

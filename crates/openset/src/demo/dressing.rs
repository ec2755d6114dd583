//! The demo's bank dresses its wallet: the pack of this checkout, completed and signed with the
//! bank's own key, lies with the bank and in its wallet.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use openset_crypto::Authority;

use crate::{
    ceremony::{self, papers},
    house::wallet,
    pack::{self, Complement, Files, PackSigner, SUFFIX},
};

/// The bank's folder.
const BANK: &str = "issuer";
/// The folder in it with the key that signs packs.
const KEY: &str = "pack-key";
/// The folder in it where packages lie that its page offers.
const PACKAGES: &str = "packages";

/// A pack of this checkout.
struct Source {
    id: &'static str,
    files: [(&'static str, &'static [u8]); 2],
}

/// The pack of Banque Démo.
const BANQUE_DEMO: Source = Source {
    id: "banque-demo",
    files: [
        ("pack.toml", include_bytes!("../../../../assets/packs/banque-demo/pack.toml")),
        ("logo.svg", include_bytes!("../../../../assets/packs/banque-demo/logo.svg")),
    ],
};

/// Signs the bank's pack, and puts it into its wallet.
pub(crate) fn dress(data: &Path, authority: &str) -> anyhow::Result<()> {
    let root = data.join(ceremony::folder(Authority::Root)).join("certificates");
    let root = root.join(papers::CERTIFICATES).with_extension("pem");
    let root = fs::read_to_string(&root).with_context(|| root.display().to_string())?;
    let mut files = Files::default();
    for (name, octets) in BANQUE_DEMO.files {
        files.put(name, octets.to_vec())?;
    }
    Complement { root: Some(root), authority: Some(authority.to_owned()) }.add_to(&mut files)?;
    let signer = PackSigner::open(&data.join(BANK).join(KEY))?;
    let octets = signer.seal(&files)?;
    fs::write(sealed(data), &octets).context("the signed pack cannot be written")?;
    pack::dress(&data.join(wallet::ROLE.folder), &octets, &signer.name())
}

/// The bank's signed pack.
pub(crate) fn sealed(data: &Path) -> PathBuf {
    data.join(BANK).join(BANQUE_DEMO.id).with_extension(SUFFIX)
}

/// Where packages lie that the bank's page offers.
pub(crate) fn packages(data: &Path) -> PathBuf {
    data.join(BANK).join(PACKAGES)
}

//! The demo's banks dress their wallets: a pack of this checkout, completed and signed with the
//! bank's own key, lies with the bank and in its wallet.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use openset_crypto::Authority;

use super::cast::CardBank;
use crate::{
    ceremony::{self, papers},
    pack::{self, Complement, Files, PackSigner, SUFFIX},
};

/// The folder in it with the key that signs packs.
const KEY: &str = "pack-key";
/// The folder in it where packages lie that its page offers.
const PACKAGES: &str = "packages";

/// A pack of this checkout.
#[derive(Debug)]
pub(crate) struct Source {
    id: &'static str,
    files: [(&'static str, &'static [u8]); 2],
}

/// The pack of Banque Démo.
pub(super) const BANQUE_DEMO: Source = Source {
    id: "banque-demo",
    files: [
        ("pack.toml", include_bytes!("../../../../assets/packs/banque-demo/pack.toml")),
        ("logo.svg", include_bytes!("../../../../assets/packs/banque-demo/logo.svg")),
    ],
};

/// The pack of Nordic Test Bank.
pub(super) const NORDIC_TEST_BANK: Source = Source {
    id: "nordic-test-bank",
    files: [
        ("pack.toml", include_bytes!("../../../../assets/packs/nordic-test-bank/pack.toml")),
        ("logo.svg", include_bytes!("../../../../assets/packs/nordic-test-bank/logo.svg")),
    ],
};

/// The pack of Banca di Prova.
pub(super) const BANCA_DI_PROVA: Source = Source {
    id: "banca-di-prova",
    files: [
        ("pack.toml", include_bytes!("../../../../assets/packs/banca-di-prova/pack.toml")),
        ("logo.svg", include_bytes!("../../../../assets/packs/banca-di-prova/logo.svg")),
    ],
};

/// Signs a bank's pack, and puts it into its wallet.
pub(crate) fn dress(data: &Path, bank: &CardBank, authority: &str) -> anyhow::Result<()> {
    let root = data.join(ceremony::folder(Authority::Root)).join("certificates");
    let root = root.join(papers::CERTIFICATES).with_extension("pem");
    let root = fs::read_to_string(&root).with_context(|| root.display().to_string())?;
    let mut files = Files::default();
    for (name, octets) in bank.pack.files {
        files.put(name, octets.to_vec())?;
    }
    Complement { root: Some(root), authority: Some(authority.to_owned()) }.add_to(&mut files)?;
    let signer = PackSigner::open(&data.join(bank.issuer.folder()).join(KEY))?;
    let octets = signer.seal(&files)?;
    fs::write(sealed(data, bank), &octets).context("the signed pack cannot be written")?;
    pack::dress(&data.join(bank.wallet.folder()), &octets, &signer.name())
}

/// A bank's signed pack.
pub(crate) fn sealed(data: &Path, bank: &CardBank) -> PathBuf {
    data.join(bank.issuer.folder()).join(bank.pack.id).with_extension(SUFFIX)
}

/// Where packages lie that a bank's page offers.
pub(crate) fn packages(data: &Path, bank: &CardBank) -> PathBuf {
    data.join(bank.issuer.folder()).join(PACKAGES)
}

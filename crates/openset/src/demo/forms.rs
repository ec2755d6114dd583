//! The form files that the demo's authorities begin with, and the cardholders of its banks.
//!
//! They are laid out where there are none: whoever changes one keeps it.

use std::path::Path;

use openset_crypto::Authority as Kind;

use super::cast::CardBrand;
use crate::{
    ceremony::{self, papers::write_private},
    house::forms,
};

/// Of the authority of cardholders: the commented example.
pub(crate) const CARDHOLDERS: &str = include_str!("../../../../docs/forms.toml");
/// Of the authority of merchants.
pub(crate) const MERCHANTS: &str = include_str!("forms/merchants.toml");
/// Of the authority of gateways.
pub(crate) const GATEWAYS: &str = include_str!("forms/gateways.toml");
/// Of the second bank's authority of cardholders.
pub(crate) const SECOND_CARDHOLDERS: &str = include_str!("forms/nordic-cards.toml");
/// Of the authority of cardholders of the bank of another brand.
pub(crate) const OTHER_CARDHOLDERS: &str = include_str!("forms/prova-cards.toml");
/// The bank's cardholders.
pub(crate) const CARDS: &str = include_str!("../../../../docs/cardholders.toml");
/// Those of the second bank.
pub(crate) const SECOND_CARDS: &str = include_str!("forms/nordic-cardholders.toml");
/// Those of the bank of another brand.
pub(crate) const OTHER_CARDS: &str = include_str!("forms/prova-cardholders.toml");
/// What the file with them is called, in the folder of the bank.
const CARDS_FILE: &str = "cardholders.toml";

/// Lays out what is not there yet in the folder of a brand.
pub(crate) fn lay_out(data: &Path, brand: &CardBrand) -> anyhow::Result<()> {
    let form_file = |folder: &str| data.join(folder).join(forms::FILE);
    let mut files = vec![
        (form_file(ceremony::folder(Kind::Merchant)), MERCHANTS),
        (form_file(ceremony::folder(Kind::Gateway)), GATEWAYS),
    ];
    for bank in brand.banks.iter().filter(|bank| bank.is_in(data)) {
        files.push((form_file(bank.authority.folder()), bank.forms));
        files.push((data.join(bank.issuer.folder()).join(CARDS_FILE), bank.cardholders));
    }
    for (path, text) in files {
        if !path.exists() {
            write_private(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

//! The form files that the demo's authorities begin with, and the cardholders of its bank.
//!
//! They are laid out where there are none: whoever changes one keeps it.

use std::path::Path;

use openset_crypto::Authority as Kind;

use crate::{
    ceremony::{self, papers::write_private},
    house::{banks, forms},
};

/// Of the authority of cardholders: the commented example.
pub(crate) const CARDHOLDERS: &str = include_str!("../../../../docs/forms.toml");
/// Of the authority of merchants.
pub(crate) const MERCHANTS: &str = include_str!("forms/merchants.toml");
/// Of the authority of gateways.
pub(crate) const GATEWAYS: &str = include_str!("forms/gateways.toml");
/// The bank's cardholders.
pub(crate) const CARDS: &str = include_str!("../../../../docs/cardholders.toml");
/// What the file with them is called, in the folder of the bank.
const CARDS_FILE: &str = "cardholders.toml";

/// Lays out what is not there yet in a data folder.
pub(crate) fn lay_out(data: &Path) -> anyhow::Result<()> {
    let form_file = |kind| data.join(ceremony::folder(kind)).join(forms::FILE);
    let files = [
        (form_file(Kind::Cardholder), CARDHOLDERS),
        (form_file(Kind::Merchant), MERCHANTS),
        (form_file(Kind::Gateway), GATEWAYS),
        (data.join(banks::ISSUER).join(CARDS_FILE), CARDS),
    ];
    for (path, text) in files {
        if !path.exists() {
            write_private(&path, text.as_bytes())?;
        }
    }
    Ok(())
}

//! HOD: the digest of an order, which stands in both halves of a consent.
//!
//! A salt keeps whoever sees the digest from guessing the order (B5). It is drawn when the order is
//! signed, and only the merchant is told; so before that, and where people compare what two pages
//! say, the digest is the one without a salt.

use openset_crypto::{Digest, Suite};
use openset_types::{Money, Terms};
use openset_wire::{
    payment::{HodInput, OrderDescription},
    types::{InstallRecurData, Nonce},
};

use crate::{refusal::Refusal, treatment::bounds};

/// What the digest is of.
#[derive(Debug, Clone, Copy)]
pub struct Ordered<'a> {
    /// The order description, octet for octet.
    pub description: &'a [u8],
    /// What it costs.
    pub amount: Money,
    /// On which terms it is paid, if more than once.
    pub terms: Option<Terms>,
}

/// The salt of what is shown to people.
const NO_SALT: [u8; 20] = [0; 20];

/// What shop and wallet show of an order, so that whoever buys can compare them. The gateway is
/// never given it.
///
/// # Errors
///
/// A description that is longer than an order may be.
pub fn shown(order: &Ordered<'_>, suite: Suite) -> Result<Digest<HodInput>, Refusal> {
    let salt = Nonce::try_from(NO_SALT.as_slice()).map_err(bounds)?;
    digest(order, &salt, suite)
}

/// The digest that is signed.
pub(crate) fn digest(
    order: &Ordered<'_>,
    salt: &Nonce,
    suite: Suite,
) -> Result<Digest<HodInput>, Refusal> {
    let input = HodInput {
        od: OrderDescription::new(order.description).map_err(bounds)?,
        purch_amt: order.amount.into(),
        od_salt: salt.clone(),
        install_recur_data: order.terms.map(InstallRecurData::from),
        od_extensions: None,
    };
    Ok(openset_crypto::digest(suite, &input)?)
}

#[cfg(test)]
mod tests {
    use openset_types::Currency;

    use super::*;

    fn order(description: &str, minor: u64) -> Ordered<'_> {
        let amount = Money::new(minor, Currency::EUR).expect("an amount");
        Ordered { description: description.as_bytes(), amount, terms: None }
    }

    fn hash(description: &str, minor: u64) -> Vec<u8> {
        shown(&order(description, minor), Suite::Modern).expect("short").as_bytes().to_vec()
    }

    #[test]
    fn what_is_shown_changes_with_every_letter_and_every_cent() {
        let one = hash("one poster", 4200);
        assert_eq!(one, hash("one poster", 4200));
        for other in
            [hash("two posters", 4200), hash("one poster ", 4200), hash("one poster", 4201)]
        {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn other_terms_are_another_order() {
        let on = |terms| {
            let order = Ordered { terms, ..order("one poster", 4200) };
            shown(&order, Suite::Modern).expect("short").as_bytes().to_vec()
        };
        let (twice, thrice) =
            (Terms::Instalments { at_most: 2 }, Terms::Instalments { at_most: 3 });
        assert_eq!(on(None), hash("one poster", 4200));
        assert_ne!(on(None), on(Some(twice)));
        assert_ne!(on(Some(twice)), on(Some(thrice)));
    }

    #[test]
    fn what_is_shown_is_not_what_is_signed() {
        let salt = Nonce::try_from([7; 20].as_slice()).expect("twenty octets");
        let signed = digest(&order("one poster", 4200), &salt, Suite::Modern).expect("short");
        assert_ne!(signed.as_bytes(), hash("one poster", 4200));
    }
}

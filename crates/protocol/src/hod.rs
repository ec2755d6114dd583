//! HOD: the digest of an order, which stands in both halves of a consent.
//!
//! A salt keeps whoever sees the digest from guessing the order (B5). It is drawn when the order is
//! signed, and only the merchant is told; so before that, and where people compare what two pages
//! say, the digest is the one without a salt.

use openset_crypto::{Digest, Suite};
use openset_types::Money;
use openset_wire::{
    payment::{HodInput, OrderDescription},
    types::Nonce,
};

use crate::{refusal::Refusal, treatment::bounds};

/// The salt of what is shown to people.
const NO_SALT: [u8; 20] = [0; 20];

/// What shop and wallet show of an order, so that whoever buys can compare them. The gateway is
/// never given it.
///
/// # Errors
///
/// A description that is longer than an order may be.
pub fn shown(description: &[u8], amount: Money, suite: Suite) -> Result<Digest<HodInput>, Refusal> {
    let salt = Nonce::try_from(NO_SALT.as_slice()).map_err(bounds)?;
    digest(description, amount, &salt, suite)
}

/// The digest that is signed.
pub(crate) fn digest(
    description: &[u8],
    amount: Money,
    salt: &Nonce,
    suite: Suite,
) -> Result<Digest<HodInput>, Refusal> {
    let input = HodInput {
        od: OrderDescription::new(description).map_err(bounds)?,
        purch_amt: amount.into(),
        od_salt: salt.clone(),
        install_recur_data: None,
        od_extensions: None,
    };
    Ok(openset_crypto::digest(suite, &input)?)
}

#[cfg(test)]
mod tests {
    use openset_types::Currency;

    use super::*;

    fn hash(description: &str, minor: u64) -> Vec<u8> {
        let amount = Money::new(minor, Currency::EUR).expect("an amount");
        let shown = shown(description.as_bytes(), amount, Suite::Modern).expect("short");
        shown.as_bytes().to_vec()
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
    fn what_is_shown_is_not_what_is_signed() {
        let amount = Money::new(4200, Currency::EUR).expect("an amount");
        let salt = Nonce::try_from([7; 20].as_slice()).expect("twenty octets");
        let signed = digest(b"one poster", amount, &salt, Suite::Modern).expect("short");
        assert_ne!(signed.as_bytes(), hash("one poster", 4200));
    }
}

//! What ties a card to a certificate without showing either: PANSecret, the cardholder's common
//! name, TransStain.

use data_encoding::BASE64;
use openset_types::{CardExpiry, Pan, Secret, Xid};
use openset_wire::Malformed;
use openset_wire::der::{Carried, encode};
use openset_wire::types::{Digest as WireDigest, Nonce, PanData};

use crate::envelope::pair;
use crate::modern::primitives::{hmac_sha256, same};
use crate::set10::primitives::hmac_sha1;
use crate::{Path, Suite, Unmade};

/// PANSecret, of the cardholder's secret and the authority's nonce.
///
/// In suite `modern` it is derived, so that the authority, who sees the cardholder's half first,
/// cannot choose it (A17). In `set10` it is the exclusive or of the two, which it can: a cardholder
/// refuses zeros.
pub fn pan_secret(suite: Suite, card_secret: &Secret, nonce_cca: &Nonce) -> Secret {
    match suite {
        Suite::Set10 => {
            let halves = card_secret.expose().iter().zip(nonce_cca.as_bytes());
            Secret::new(halves.map(|(own, given)| own ^ given).collect())
        }
        Suite::Modern => Secret::new(
            hmac_sha256(card_secret, &[b"openset panSecret", nonce_cca.as_bytes()]).to_vec(),
        ),
    }
}

/// The common name of a cardholder: base64 of HMAC(PANSecret, DER of { PAN, CardExpiry }). Only
/// who knows the card and the secret can tell that they belong together (B4).
pub fn common_name(
    suite: Suite,
    pan: &Carried<Pan>,
    expiry: &Carried<CardExpiry>,
    pan_secret: &Secret,
) -> Result<String, Unmade> {
    let pan = zeroize::Zeroizing::new(encode(pan)?);
    let card = pair(&pan, &encode(expiry)?)?;
    Ok(match suite {
        Suite::Set10 => BASE64.encode(&hmac_sha1(pan_secret, &card)),
        Suite::Modern => BASE64.encode(&hmac_sha256(pan_secret, &[&card])),
    })
}

/// Whether a cardholder's certificate is of this card (abuse case 8).
pub fn is_of(cardholder: &Path, pan_data: &PanData) -> bool {
    let PanData { pan, card_expiry, pan_secret, .. } = pan_data;
    let suite = cardholder.suite();
    let computed = common_name(suite, pan, card_expiry, pan_secret).unwrap_or_default();
    let certified = cardholder.leaf().subject().common_name().unwrap_or_default();
    !computed.is_empty() && same(computed.as_bytes(), certified.as_bytes())
}

/// TransStain: HMAC over the DER of XID, under the cardholder's secret. Evidence in a dispute.
pub fn trans_stain(suite: Suite, xid: Xid, card_secret: &Secret) -> Result<WireDigest, Unmade> {
    let xid = encode(&Carried(xid))?;
    let stain = match suite {
        Suite::Set10 => hmac_sha1(card_secret, &xid).to_vec(),
        Suite::Modern => hmac_sha256(card_secret, &[&xid]).to_vec(),
    };
    Ok(WireDigest::new(&stain).map_err(|what| Malformed::new(0, what))?)
}

/// TransStain of a cardholder without a certificate, who has no secret: under a key of zeros.
pub fn no_stain(suite: Suite, xid: Xid) -> Result<WireDigest, Unmade> {
    trans_stain(suite, xid, &Secret::new(vec![0; suite.secret_octets()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(suite: Suite, pan: &str, expiry: &str, secret: u8) -> String {
        let pan = Carried(Pan::parse(pan).expect("a public test number"));
        let expiry = Carried(CardExpiry::parse(expiry).expect("a month"));
        common_name(suite, &pan, &expiry, &Secret::new(vec![secret; 32])).expect("encodable")
    }

    #[test]
    fn a_common_name_depends_on_card_expiry_and_secret() {
        for (suite, characters) in [(Suite::Set10, 28), (Suite::Modern, 44)] {
            let one = name(suite, "4111111111111111", "202912", 1);
            assert_eq!(one.len(), characters);
            assert_eq!(one, name(suite, "4111111111111111", "202912", 1));
            assert_ne!(one, name(suite, "5555555555554444", "202912", 1));
            assert_ne!(one, name(suite, "4111111111111111", "203001", 1));
            assert_ne!(one, name(suite, "4111111111111111", "202912", 2));
        }
    }

    #[test]
    fn in_set10_the_secret_is_the_exclusive_or_of_both_halves() {
        // A17, as 1997 had it: the authority can choose it, and zeros come of its repeating ours.
        let half = Secret::new(vec![7; 20]);
        let secret = pan_secret(Suite::Set10, &half, &Nonce::from([0x0A; 20]));
        assert_eq!(secret.expose(), [0x0D; 20]);
        let zeros = pan_secret(Suite::Set10, &half, &Nonce::from([7; 20]));
        assert_eq!(zeros.expose(), [0; 20]);
    }

    #[test]
    fn the_authority_cannot_choose_the_secret_in_modern() {
        // A17: with the nonce equal to the cardholder's half, an exclusive or would be zero.
        let half = Secret::new(vec![7; 32]);
        let secret = pan_secret(Suite::Modern, &half, &Nonce::from([7; 32]));
        assert_ne!(secret.expose(), [0; 32]);
        assert_ne!(secret, pan_secret(Suite::Modern, &half, &Nonce::from([8; 32])));
        assert_ne!(
            secret,
            pan_secret(Suite::Modern, &Secret::new(vec![8; 32]), &Nonce::from([7; 32]))
        );
    }

    #[test]
    fn a_stain_is_of_one_purchase_and_one_secret() {
        for suite in Suite::ALL {
            let stain = |xid: u8, secret: u8| {
                let secret = Secret::new(vec![secret; suite.secret_octets()]);
                trans_stain(suite, Xid::new([xid; 20]), &secret).expect("encodable")
            };
            assert_eq!(stain(1, 1).as_bytes().len(), suite.secret_octets());
            assert_eq!(stain(1, 1), stain(1, 1));
            assert_ne!(stain(1, 1), stain(2, 1));
            assert_ne!(stain(1, 1), stain(1, 2));
        }
    }
}

//! What a PKCS#11 token is asked, and what its answers mean.
//!
//! A token speaks of mechanisms and attributes, and most of those name algorithms. They are made
//! and read here, as data; `node` carries them to the device without looking inside.
//!
//! What this deliberately does not know: any module, slot, session or PIN.

use std::ffi::c_ulong;
use std::fmt;

use cryptoki::mechanism::elliptic_curve::{EcKdf, Ecdh1DeriveParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass};
use cryptoki::types::Ulong;
use openset_types::Secret;

use crate::keys::curve::Curve;
use crate::modern::primitives::{LENGTH, sha256, sha384};
use crate::{KeyFault, KeyKind, KeyUse, PublicKey};

/// What a token must be able to do for the keys of a party.
pub const NEEDED: [MechanismType; 3] =
    [MechanismType::ECC_KEY_PAIR_GEN, MechanismType::ECDSA, MechanismType::ECDH1_DERIVE];

/// What a token is asked about a public key, for [`public_key`].
pub const ASKED: [AttributeType; 3] =
    [AttributeType::KeyType, AttributeType::EcParams, AttributeType::EcPoint];

/// A key pair that a token is asked to make, its private half never to leave.
#[derive(Debug)]
pub struct ToMake {
    /// How.
    pub mechanism: Mechanism<'static>,
    /// The public half.
    pub public: Vec<Attribute>,
    /// The private half.
    pub private: Vec<Attribute>,
}

impl ToMake {
    /// A pair of a kind for one use. Both halves carry the label and, to find one by the other,
    /// the mark. RSA keys are not made here.
    pub fn new(kind: KeyKind, to: KeyUse, label: &str, mark: &[u8]) -> Result<Self, KeyFault> {
        let curve = Curve::of(kind).ok_or(KeyFault::WrongKind)?;
        if to == KeyUse::Opens && kind != KeyKind::P256 {
            return Err(KeyFault::WrongKind);
        }
        let both = [
            Attribute::Token(true),
            Attribute::KeyType(KeyType::EC),
            Attribute::Label(label.as_bytes().to_vec()),
            Attribute::Id(mark.to_vec()),
        ];
        let signs = to == KeyUse::Signs;
        let public = [
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::Private(false),
            Attribute::Verify(signs),
            Attribute::EcParams(curve.identifier().to_vec()),
        ];
        let private = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(signs),
            Attribute::Derive(!signs),
        ];
        Ok(Self {
            mechanism: Mechanism::EccKeyPairGen,
            public: both.iter().chain(&public).cloned().collect(),
            private: both.iter().chain(&private).cloned().collect(),
        })
    }
}

/// A signature that a token is asked for. What is signed is fixed when this is made: however often
/// the question must be put, it is the same.
pub struct ToSign<'a> {
    public: &'a PublicKey,
    message: &'a [u8],
    digest: Vec<u8>,
}

impl<'a> ToSign<'a> {
    /// A signature over a message by the holder of a public key's other half.
    pub fn new(public: &'a PublicKey, message: &'a [u8]) -> Result<Self, KeyFault> {
        let digest = match public.kind() {
            KeyKind::P256 => sha256(message).to_vec(),
            KeyKind::P384 => sha384(message),
            KeyKind::Rsa | KeyKind::Rsa1024 | KeyKind::Rsa2048 => return Err(KeyFault::WrongKind),
        };
        Ok(Self { public, message, digest })
    }

    /// How the token signs.
    pub fn mechanism(&self) -> Mechanism<'static> {
        Mechanism::Ecdsa
    }

    /// What the token signs.
    pub fn octets(&self) -> &[u8] {
        &self.digest
    }

    /// The signature as messages carry it. One that does not verify is never given out: a token
    /// that errs could give its key away.
    pub fn finish(self, answer: &[u8]) -> Result<Vec<u8>, KeyFault> {
        let half = Curve::of(self.public.kind()).ok_or(KeyFault::WrongKind)?.half();
        let (r, s) = answer.split_at_checked(half).ok_or(KeyFault::Broken)?;
        let signature = sequence(&[integer(r)?, integer(s)?].concat())?;
        self.public.verify(self.message, &signature).map_err(|_| KeyFault::Broken)?;
        Ok(signature)
    }
}

impl fmt::Debug for ToSign<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToSign(by {:?})", self.public)
    }
}

/// A secret that a token is asked to agree on with a peer.
#[derive(Debug)]
pub struct ToAgree<'a> {
    peer: &'a [u8],
}

impl<'a> ToAgree<'a> {
    /// An agreement of one of our keys with the point of a peer (SEC 1, uncompressed). The point
    /// is checked here: not every token does.
    pub fn new(own: &PublicKey, peer: &'a [u8]) -> Result<Self, KeyFault> {
        if own.kind() != KeyKind::P256 {
            return Err(KeyFault::WrongKind);
        }
        Curve::P256.key_at(peer).ok_or(KeyFault::BadPeer)?;
        Ok(Self { peer })
    }

    /// How the token agrees.
    pub fn mechanism(&self) -> Mechanism<'_> {
        Mechanism::Ecdh1Derive(Ecdh1DeriveParams::new(EcKdf::null(), self.peer))
    }

    /// What the secret is to be in the token: an object of the session, whose value can be read.
    pub fn template(&self) -> Vec<Attribute> {
        vec![
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(KeyType::GENERIC_SECRET),
            Attribute::Token(false),
            Attribute::Private(true),
            Attribute::Sensitive(false),
            Attribute::Extractable(true),
            Attribute::ValueLen(Ulong::from(SECRET_OCTETS)),
        ]
    }

    /// The secret.
    pub fn finish(self, value: Secret) -> Result<Secret, KeyFault> {
        if value.expose().len() == LENGTH { Ok(value) } else { Err(KeyFault::Broken) }
    }
}

/// The public key that a token describes by the attributes [`ASKED`] for; nothing if it is of a
/// kind that is not used here.
pub fn public_key(attributes: &[Attribute]) -> Option<PublicKey> {
    let mut is_curve = false;
    let (mut parameters, mut point) = (None, None);
    for attribute in attributes {
        match attribute {
            Attribute::KeyType(kind) => is_curve = *kind == KeyType::EC,
            Attribute::EcParams(octets) => parameters = Some(octets),
            Attribute::EcPoint(octets) => point = Some(octets),
            _ => {}
        }
    }
    let curve = Curve::identified(parameters.filter(|_| is_curve)?)?;
    curve.key_at(curve.unwrapped(point?))
}

/// Octets of an agreed secret: a coordinate of the curve.
const SECRET_OCTETS: c_ulong = 32;

/// How a token says of which kind the halves of a key pair are.
pub fn kind_of(key: &PublicKey) -> Attribute {
    Attribute::KeyType(match key.kind() {
        KeyKind::P256 | KeyKind::P384 => KeyType::EC,
        KeyKind::Rsa | KeyKind::Rsa1024 | KeyKind::Rsa2048 => KeyType::RSA,
    })
}

/// A DER INTEGER of big-endian octets.
fn integer(octets: &[u8]) -> Result<Vec<u8>, KeyFault> {
    let first = octets.iter().position(|octet| *octet != 0).ok_or(KeyFault::Broken)?;
    let digits = octets.get(first..).unwrap_or_default();
    let sign = digits.first().filter(|octet| **octet >= 0x80).map(|_| 0);
    tagged(0x02, &sign.into_iter().chain(digits.iter().copied()).collect::<Vec<_>>())
}

fn sequence(content: &[u8]) -> Result<Vec<u8>, KeyFault> {
    tagged(0x30, content)
}

/// A DER element with a short length: no signature here is longer.
fn tagged(tag: u8, content: &[u8]) -> Result<Vec<u8>, KeyFault> {
    let length = u8::try_from(content.len()).ok().filter(|length| *length < 0x80);
    Ok([&[tag, length.ok_or(KeyFault::Broken)?], content].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PrivateKey;

    fn key(kind: KeyKind) -> PrivateKey {
        PrivateKey::generate(kind).expect("randomness")
    }

    /// What a token would say about a public key, its point wrapped or not.
    fn described(public: &PublicKey, wraps: bool) -> [Attribute; 3] {
        let curve = Curve::of(public.kind()).expect("a curve");
        let point = &public.der()[curve.prefix().len()..];
        let length = u8::try_from(point.len()).expect("a short point");
        let value = if wraps { [&[4, length], point].concat() } else { point.to_vec() };
        [
            Attribute::KeyType(KeyType::EC),
            Attribute::EcParams(curve.identifier().to_vec()),
            Attribute::EcPoint(value),
        ]
    }

    #[test]
    fn a_key_is_recognized_by_what_a_token_says_of_it() {
        for kind in [KeyKind::P256, KeyKind::P384] {
            let key = key(kind);
            for wraps in [true, false] {
                let found = public_key(&described(key.public(), wraps));
                assert_eq!(found.as_ref(), Some(key.public()));
            }
        }
    }

    #[test]
    fn keys_of_other_kinds_and_half_descriptions_are_not_recognized() {
        let key = key(KeyKind::P256);
        let good = described(key.public(), true);
        for missing in 0..3 {
            let mut less = good.to_vec();
            less.remove(missing);
            assert_eq!(public_key(&less), None, "{missing}");
        }
        let [_, curve, point] = good.clone();
        let other = Attribute::KeyType(KeyType::RSA);
        assert_eq!(public_key(&[other, curve, point.clone()]), None);
        let [is_curve, ..] = good.clone();
        // secp256k1
        let foreign = Attribute::EcParams(vec![0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A]);
        assert_eq!(public_key(&[is_curve.clone(), foreign, point]), None);
        let [_, curve, _] = good;
        for bad in [vec![], vec![4], vec![4, 65], vec![4; 65], vec![4; 67]] {
            let point = Attribute::EcPoint(bad);
            assert_eq!(public_key(&[is_curve.clone(), curve.clone(), point]), None);
        }
    }

    #[test]
    fn an_answer_that_does_not_verify_is_never_given_out() {
        let key = key(KeyKind::P256);
        for answer in [&[][..], &[1; 63], &[1; 64], &[1; 65], &[0; 64], &[0xFF; 200]] {
            let asked = ToSign::new(key.public(), b"message").expect("a curve");
            assert_eq!(asked.finish(answer), Err(KeyFault::Broken), "{}", answer.len());
        }
    }

    #[test]
    fn a_raw_signature_becomes_what_messages_carry() {
        // The two halves of our own signatures, padded as a token gives them.
        for kind in [KeyKind::P256, KeyKind::P384] {
            let key = key(kind);
            let half = Curve::of(kind).expect("a curve").half();
            for _ in 0..200 {
                let signature = key.sign(b"message").expect("signed");
                let asked = ToSign::new(key.public(), b"message").expect("a curve");
                assert_eq!(asked.finish(&halves(&signature, half)), Ok(signature));
            }
        }
    }

    fn halves(signature: &[u8], half: usize) -> Vec<u8> {
        let mut rest = &signature[2..];
        let mut raw = Vec::new();
        for _ in 0..2 {
            let length = usize::from(rest[1]);
            let digits: Vec<u8> =
                rest[2..2 + length].iter().copied().skip_while(|octet| *octet == 0).collect();
            raw.extend(vec![0; half - digits.len()]);
            raw.extend(digits);
            rest = &rest[2 + length..];
        }
        raw
    }

    #[test]
    fn a_token_is_never_shown_a_bad_point_nor_asked_to_agree_with_a_signing_curve() {
        let (own, peer) = (key(KeyKind::P256), key(KeyKind::P256));
        let point = peer.public().p256_point().expect("P-256");
        assert!(ToAgree::new(own.public(), point).is_ok());
        let mut off = point.to_vec();
        off[64] ^= 1;
        for bad in [&off[..], &point[..64], &[]] {
            assert_eq!(ToAgree::new(own.public(), bad).err(), Some(KeyFault::BadPeer));
        }
        let brand = key(KeyKind::P384);
        assert_eq!(ToAgree::new(brand.public(), point).err(), Some(KeyFault::WrongKind));
        let made = ToMake::new(KeyKind::P384, KeyUse::Opens, "x", &[1]);
        assert_eq!(made.err(), Some(KeyFault::WrongKind));
        let short = ToAgree::new(own.public(), point).expect("a point");
        assert_eq!(short.finish(Secret::new(vec![1; 31])), Err(KeyFault::Broken));
    }

    #[test]
    fn what_is_asked_for_never_leaves_and_does_one_thing() {
        for (to, signs) in [(KeyUse::Signs, true), (KeyUse::Opens, false)] {
            let pair = ToMake::new(KeyKind::P256, to, "gateway", &[1, 2]).expect("a curve");
            for attribute in [
                Attribute::Extractable(false),
                Attribute::Sensitive(true),
                Attribute::Sign(signs),
                Attribute::Derive(!signs),
            ] {
                assert!(pair.private.contains(&attribute), "{attribute:?}");
            }
        }
    }
}

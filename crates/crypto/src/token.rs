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
use crate::modern::primitives::LENGTH;
use crate::{KeyFault, KeyKind, KeyUse, PublicKey, Suite};

/// Whether a token that knows these mechanisms can hold the keys of a party in one of the suites.
pub fn is_able(known: &[MechanismType]) -> bool {
    let of_suites = Suite::ALL.map(|suite| match suite {
        Suite::Modern => {
            [MechanismType::ECC_KEY_PAIR_GEN, MechanismType::ECDSA, MechanismType::ECDH1_DERIVE]
        }
        Suite::Set10 => [
            MechanismType::RSA_PKCS_KEY_PAIR_GEN,
            MechanismType::RSA_PKCS,
            MechanismType::RSA_X_509,
        ],
    });
    of_suites.iter().any(|needed| needed.iter().all(|mechanism| known.contains(mechanism)))
}

/// What a token is asked about a public key, for [`public_key`].
pub const ASKED: [AttributeType; 5] = [
    AttributeType::KeyType,
    AttributeType::EcParams,
    AttributeType::EcPoint,
    AttributeType::Modulus,
    AttributeType::PublicExponent,
];

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
    /// the mark. RSA keys of suite `modern` are not made here.
    pub fn new(kind: KeyKind, to: KeyUse, label: &str, mark: &[u8]) -> Result<Self, KeyFault> {
        if (kind, to) == (KeyKind::P384, KeyUse::Opens) {
            return Err(KeyFault::WrongKind);
        }
        let signs = to == KeyUse::Signs;
        let (mechanism, of_kind, opens) = match (Curve::of(kind), kind.modulus()) {
            (Some(curve), _) => (
                Mechanism::EccKeyPairGen,
                vec![Attribute::EcParams(curve.identifier().to_vec())],
                Attribute::Derive(!signs),
            ),
            (None, Some(modulus)) => (
                Mechanism::RsaPkcsKeyPairGen,
                vec![
                    Attribute::ModulusBits(Ulong::from(c_ulong::from(modulus.bits))),
                    Attribute::PublicExponent(EXPONENT.to_vec()),
                    Attribute::Encrypt(!signs),
                ],
                Attribute::Decrypt(!signs),
            ),
            (None, None) => return Err(KeyFault::WrongKind),
        };
        let both = [
            Attribute::Token(true),
            type_of(kind),
            Attribute::Label(label.as_bytes().to_vec()),
            Attribute::Id(mark.to_vec()),
        ];
        let public = [
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::Private(false),
            Attribute::Verify(signs),
        ];
        let private = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(signs),
            opens,
        ];
        Ok(Self {
            mechanism,
            public: both.iter().cloned().chain(public).chain(of_kind).collect(),
            private: both.iter().cloned().chain(private).collect(),
        })
    }
}

/// A signature that a token is asked for. What is signed is fixed when this is made: however often
/// the question must be put, it is the same.
pub struct ToSign<'a> {
    public: &'a PublicKey,
    message: &'a [u8],
    octets: Vec<u8>,
}

impl<'a> ToSign<'a> {
    /// A signature over a message by the holder of a public key's other half.
    pub fn new(public: &'a PublicKey, message: &'a [u8]) -> Result<Self, KeyFault> {
        let hash = public.kind().hash(message);
        let octets = match public.kind() {
            KeyKind::P256 | KeyKind::P384 => hash,
            KeyKind::Rsa1024 | KeyKind::Rsa2048 => [SHA1_INFO, &hash].concat(),
            KeyKind::Rsa => return Err(KeyFault::WrongKind),
        };
        Ok(Self { public, message, octets })
    }

    /// How the token signs.
    pub fn mechanism(&self) -> Mechanism<'static> {
        match Curve::of(self.public.kind()) {
            Some(_) => Mechanism::Ecdsa,
            None => Mechanism::RsaPkcs,
        }
    }

    /// What the token signs.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The signature as messages carry it. One that does not verify is never given out: a token
    /// that errs could give its key away.
    pub fn finish(self, answer: &[u8]) -> Result<Vec<u8>, KeyFault> {
        let signature = match Curve::of(self.public.kind()) {
            Some(curve) => {
                let (r, s) = answer.split_at_checked(curve.half()).ok_or(KeyFault::Broken)?;
                sequence(&[integer(r)?, integer(s)?].concat())?
            }
            None => answer.to_vec(),
        };
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

/// A block that a token is asked to raise to the private exponent of a key of suite `set10`.
pub struct ToOpen<'a> {
    public: &'a PublicKey,
    block: &'a [u8],
}

impl<'a> ToOpen<'a> {
    /// A block for the holder of a public key's other half: as long as the modulus, and smaller.
    pub fn new(own: &'a PublicKey, block: &'a [u8]) -> Result<Self, KeyFault> {
        let modulus = own.kind().modulus().ok_or(KeyFault::WrongKind)?;
        let digits = modulus.digits(own.der()).ok_or(KeyFault::WrongKind)?;
        if block.len() != digits.len() || block >= digits {
            return Err(KeyFault::BadPeer);
        }
        Ok(Self { public: own, block })
    }

    /// How the token opens it: nothing inside is looked at.
    pub fn mechanism(&self) -> Mechanism<'static> {
        Mechanism::RsaX509
    }

    /// What the token opens.
    pub fn octets(&self) -> &[u8] {
        self.block
    }

    /// What was inside. An answer that does not lead back to the block is never used.
    pub fn finish(self, answer: Secret) -> Result<Secret, KeyFault> {
        let rsa = self.public.rsa().ok_or(KeyFault::WrongKind)?;
        let back = rsa.public_operation(answer.expose()).map_err(|_| KeyFault::Broken)?;
        if back == self.block { Ok(answer) } else { Err(KeyFault::Broken) }
    }
}

impl fmt::Debug for ToOpen<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToOpen(by {:?})", self.public)
    }
}

/// The public key that a token describes by the attributes [`ASKED`] for; nothing if it is of a
/// kind that is not used here.
pub fn public_key(attributes: &[Attribute]) -> Option<PublicKey> {
    let find = |wanted| attributes.iter().find(|one| one.attribute_type() == wanted);
    let octets = |wanted| match find(wanted)? {
        Attribute::EcParams(octets)
        | Attribute::EcPoint(octets)
        | Attribute::Modulus(octets)
        | Attribute::PublicExponent(octets) => Some(octets.as_slice()),
        _ => None,
    };
    match find(AttributeType::KeyType)? {
        Attribute::KeyType(KeyType::EC) => {
            let curve = Curve::identified(octets(AttributeType::EcParams)?)?;
            curve.key_at(curve.unwrapped(octets(AttributeType::EcPoint)?))
        }
        Attribute::KeyType(KeyType::RSA) => {
            let exponent = octets(AttributeType::PublicExponent)?;
            let digits = without_zeros(octets(AttributeType::Modulus)?);
            let of_set10 = [KeyKind::Rsa1024, KeyKind::Rsa2048];
            let mut shapes = of_set10.into_iter().filter_map(KeyKind::modulus);
            let shape = shapes.find(|shape| shape.octets() == digits.len())?;
            let is_usual = without_zeros(exponent) == EXPONENT;
            PublicKey::from_der(Suite::Set10, &shape.der(digits)).ok().filter(|_| is_usual)
        }
        _ => None,
    }
}

fn without_zeros(octets: &[u8]) -> &[u8] {
    let first = octets.iter().position(|octet| *octet != 0).unwrap_or(octets.len());
    octets.get(first..).unwrap_or_default()
}

/// Octets of an agreed secret: a coordinate of the curve.
const SECRET_OCTETS: c_ulong = 32;
/// 65537, the exponent of every key of suite `set10`.
const EXPONENT: [u8; 3] = [1, 0, 1];
/// DigestInfo (RFC 8017, 9.2) of SHA-1, up to the digest.
const SHA1_INFO: &[u8] =
    &[0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14];

/// How a token says of which kind the halves of a key pair are.
pub fn kind_of(key: &PublicKey) -> Attribute {
    type_of(key.kind())
}

fn type_of(kind: KeyKind) -> Attribute {
    Attribute::KeyType(match kind {
        KeyKind::P256 | KeyKind::P384 => KeyType::EC,
        KeyKind::Rsa | KeyKind::Rsa1024 | KeyKind::Rsa2048 => KeyType::RSA,
    })
}

/// A DER INTEGER of big-endian octets.
fn integer(octets: &[u8]) -> Result<Vec<u8>, KeyFault> {
    let digits = without_zeros(octets);
    if digits.is_empty() {
        return Err(KeyFault::Broken);
    }
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
    fn a_key_of_set10_is_recognized_however_its_numbers_are_padded() {
        for kind in [KeyKind::Rsa1024, KeyKind::Rsa2048] {
            let key = key(kind);
            let modulus = kind.modulus().expect("a modulus");
            let digits = modulus.digits(key.public().der()).expect("its own").to_vec();
            let padded = [&[0], &digits[..]].concat();
            let told = |digits: &[u8], exponent: &[u8]| {
                public_key(&[
                    Attribute::KeyType(KeyType::RSA),
                    Attribute::Modulus(digits.to_vec()),
                    Attribute::PublicExponent(exponent.to_vec()),
                ])
            };
            assert_eq!(told(&digits, &[1, 0, 1]).as_ref(), Some(key.public()));
            assert_eq!(told(&padded, &[0, 1, 0, 1]).as_ref(), Some(key.public()));
            for (digits, exponent) in
                [(&digits[..], &[3][..]), (&digits[1..], &EXPONENT), (&[], &[]), (&digits, &[])]
            {
                assert_eq!(told(digits, exponent), None);
            }
        }
    }

    #[test]
    fn an_opened_block_that_does_not_lead_back_is_never_used() {
        let key = key(KeyKind::Rsa1024);
        let block = [0x22; 128];
        let asked = || ToOpen::new(key.public(), &block).expect("a block");
        let opened = key.open_block(&block).expect("opened");
        let mut other = opened.expose().to_vec();
        other[127] ^= 1;
        assert!(asked().finish(opened).is_ok());
        for bad in [other, vec![0; 128], vec![1; 127], Vec::new()] {
            assert_eq!(asked().finish(Secret::new(bad)), Err(KeyFault::Broken));
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

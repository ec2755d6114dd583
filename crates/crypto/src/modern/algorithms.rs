//! The algorithm identifiers of suite `modern`: each written in one way.

use openset_wire::der::{Element, Malformed, Oid};
use openset_wire::x509::AlgorithmIdentifier;

use crate::KeyKind;

/// OBJECT IDENTIFIER 1.2.840.10045.2.1
pub(crate) const EC_PUBLIC_KEY: Oid = Oid::from_static(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]);
/// OBJECT IDENTIFIER 1.2.840.10045.4.3.2
pub(crate) const ECDSA_WITH_SHA256: Oid =
    Oid::from_static(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]);
/// OBJECT IDENTIFIER 1.2.840.10045.4.3.3
pub(crate) const ECDSA_WITH_SHA384: Oid =
    Oid::from_static(&[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03]);
/// OBJECT IDENTIFIER 1.2.840.113549.1.1.10
pub(crate) const RSASSA_PSS: Oid =
    Oid::from_static(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A]);
/// OBJECT IDENTIFIER 2.16.840.1.101.3.4.2.1
pub(crate) const SHA256: Oid =
    Oid::from_static(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]);
/// OBJECT IDENTIFIER 2.16.840.1.101.3.4.2.2
pub(crate) const SHA384: Oid =
    Oid::from_static(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02]);
/// OBJECT IDENTIFIER 2.16.840.1.101.3.4.1.45
pub(crate) const AES256_WRAP: Oid =
    Oid::from_static(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2D]);
/// OBJECT IDENTIFIER 2.16.840.1.101.3.4.1.46
pub(crate) const AES256_GCM: Oid =
    Oid::from_static(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2E]);
/// OBJECT IDENTIFIER 1.3.132.1.11.1
pub(crate) const STD_DH_SHA256_KDF: Oid = Oid::from_static(&[0x2B, 0x81, 0x04, 0x01, 0x0B, 0x01]);
/// OBJECT IDENTIFIER 1.2.840.113549.1.9.3
pub(crate) const CONTENT_TYPE: Oid =
    Oid::from_static(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03]);
/// OBJECT IDENTIFIER 1.2.840.113549.1.9.4
pub(crate) const MESSAGE_DIGEST: Oid =
    Oid::from_static(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04]);
/// OBJECT IDENTIFIER 1.2.840.113549.1.9.5
pub(crate) const SIGNING_TIME: Oid =
    Oid::from_static(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x05]);

/// The hash a kind of key signs with.
pub(crate) fn digest_algorithm(kind: KeyKind) -> AlgorithmIdentifier {
    match kind {
        KeyKind::P256 | KeyKind::Rsa => AlgorithmIdentifier::bare(SHA256),
        KeyKind::P384 => AlgorithmIdentifier::bare(SHA384),
    }
}

/// How a kind of key signs.
pub(crate) fn signature_algorithm(kind: KeyKind) -> Result<AlgorithmIdentifier, Malformed> {
    Ok(match kind {
        KeyKind::P256 => AlgorithmIdentifier::bare(ECDSA_WITH_SHA256),
        KeyKind::P384 => AlgorithmIdentifier::bare(ECDSA_WITH_SHA384),
        KeyKind::Rsa => AlgorithmIdentifier {
            algorithm: RSASSA_PSS,
            parameters: Some(Element::from_octets(PSS_SHA256.to_vec())?),
        },
    })
}

/// Whether an identifier names this hash. RFC 5754 allows the parameters to be NULL.
pub(crate) fn is_digest(found: &AlgorithmIdentifier, kind: KeyKind) -> bool {
    let parameters = found.parameters.as_ref().map(Element::octets);
    found.algorithm == digest_algorithm(kind).algorithm
        && parameters.is_none_or(|octets| octets == NULL)
}

/// Whether an identifier names the signature of this kind of key.
pub(crate) fn is_signature(found: &AlgorithmIdentifier, kind: KeyKind) -> bool {
    let parameters = found.parameters.as_ref().map(Element::octets);
    match kind {
        KeyKind::P256 => found.algorithm == ECDSA_WITH_SHA256 && parameters.is_none(),
        KeyKind::P384 => found.algorithm == ECDSA_WITH_SHA384 && parameters.is_none(),
        // RFC 4055 lets the hashes inside the parameters go without their NULLs.
        KeyKind::Rsa => {
            found.algorithm == RSASSA_PSS
                && parameters.is_some_and(|octets| octets == PSS_SHA256 || octets == PSS_TERSE)
        }
    }
}

const NULL: &[u8] = &[5, 0];

/// RSASSA-PSS-params (RFC 4055, 3.1): SHA-256, MGF1 with SHA-256, a salt of 32 octets.
const PSS_SHA256: &[u8] = &[
    0x30, 0x34, 0xA0, 0x0F, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
    0x01, 0x05, 0x00, 0xA1, 0x1C, 0x30, 0x1A, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01,
    0x01, 0x08, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0xA2, 0x03, 0x02, 0x01, 0x20,
];
/// The same without the NULLs.
const PSS_TERSE: &[u8] = &[
    0x30, 0x30, 0xA0, 0x0D, 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
    0x01, 0xA1, 0x1A, 0x30, 0x18, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08,
    0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0xA2, 0x03, 0x02,
    0x01, 0x20,
];

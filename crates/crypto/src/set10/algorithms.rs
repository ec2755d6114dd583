//! The algorithm identifiers of suite `set10`: each written in one way, as certificates of the
//! time wrote them.

use openset_wire::der::{Element, Malformed, Oid};
use openset_wire::x509::AlgorithmIdentifier;

/// OBJECT IDENTIFIER 1.3.14.3.2.26
pub(crate) const SHA1: Oid = Oid::from_static(&[0x2B, 0x0E, 0x03, 0x02, 0x1A]);
/// OBJECT IDENTIFIER 1.3.14.3.2.7
pub(crate) const DES_CBC: Oid = Oid::from_static(&[0x2B, 0x0E, 0x03, 0x02, 0x07]);
/// OBJECT IDENTIFIER 1.2.840.113549.1.1.1
pub(crate) const RSA_ENCRYPTION: Oid =
    Oid::from_static(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]);
/// OBJECT IDENTIFIER 1.2.840.113549.1.1.5
pub(crate) const SHA1_WITH_RSA: Oid =
    Oid::from_static(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05]);
/// OBJECT IDENTIFIER 1.2.840.113549.1.1.6: rsaOAEPEncryptionSET
pub(crate) const RSA_OAEP_SET: Oid =
    Oid::from_static(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x06]);

/// An algorithm with NULL for parameters: how 1997 wrote those that need none. The
/// hashedRootKey of a public root that carries one is written so.
pub(crate) fn with_null(algorithm: Oid) -> Result<AlgorithmIdentifier, Malformed> {
    Ok(AlgorithmIdentifier { algorithm, parameters: Some(Element::from_octets(NULL.to_vec())?) })
}

/// Whether an identifier is that one, to the octet.
pub(crate) fn is_with_null(found: &AlgorithmIdentifier, algorithm: &Oid) -> bool {
    let parameters = found.parameters.as_ref().map(Element::octets);
    found.algorithm == *algorithm && parameters == Some(NULL)
}

const NULL: &[u8] = &[5, 0];

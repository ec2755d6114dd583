//! Octets that others made: a public root certificate that carries SET's hashedRootKey.
//!
//! Chunghwa Telecom made it in 2004; it stands in the certificate stores of browsers and in
//! Debian's package `ca-certificates`. Nobody of this house had a hand in it.

use openset_wire::der::{Element, Oid, decode, encode};
use openset_wire::x509::{Certificate, Extensions, HashedRootKey};

const ROOT: &[u8] = include_bytes!("../../../vectors/public/ePKI-Root-Certification-Authority.cer");
/// OBJECT IDENTIFIER 1.3.14.3.2.26
const SHA1: Oid = Oid::from_static(&[0x2B, 0x0E, 0x03, 0x02, 0x1A]);

#[test]
fn a_public_root_of_2004_is_read_and_written_again_to_the_same_octets() {
    let root: Certificate = decode(ROOT).expect("a certificate in DER");
    assert_eq!(encode(&root).expect("encodable"), ROOT);
    assert_eq!(root.to_be_signed.subject.organization(), Some("Chunghwa Telecom Co., Ltd."));
}

#[test]
fn its_hashed_root_key_is_laid_out_as_ours_is() {
    let root: Certificate = decode(ROOT).expect("a certificate in DER");
    let extensions = root.to_be_signed.extensions.as_ref();
    let announced: Option<HashedRootKey> =
        extensions.map(Extensions::get).transpose().expect("in DER").flatten();
    let announced = announced.expect("it carries the extension").root_key_thumbprint;
    assert_eq!(announced.dd_version, 0);
    assert_eq!(announced.digest_algorithm.algorithm, SHA1);
    let parameters = announced.digest_algorithm.parameters.as_ref().map(Element::octets);
    assert_eq!(parameters, Some([5, 0].as_slice()), "NULL, as suite set10 writes it");
    assert_eq!(announced.content_info.content_type, HashedRootKey::CONTENT);
    assert!(announced.content_info.content.is_none());
    let digest = data_encoding::HEXLOWER.encode(announced.digest.as_bytes());
    assert_eq!(digest, "45b0c2c70a567cee5b780c95f91853c1a61cd810");
}

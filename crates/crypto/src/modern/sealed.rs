//! E and EK: AuthEnvelopedData under AES-256-GCM, its key agreed (RFC 5753) or shared.
//!
//! The kind of the content enters the derivation of the key: the ukm of the recipient holds the
//! DER of the content type, and encryptedContentInfo repeats it. An envelope of one kind
//! therefore does not open as another, even for a tool that checks nothing (B9).

use openset_types::Secret;
use openset_wire::der::{Element, OctetBits, Oid, decode, encode};
use openset_wire::x509::AlgorithmIdentifier;
use rasn::types::{Integer, SetOf};
use zeroize::Zeroizing;

use super::algorithms::{AES256_GCM, AES256_WRAP, EC_PUBLIC_KEY, STD_DH_SHA256_KDF};
use super::cms::{
    AgreementRecipient, AuthEnvelopedData, EncryptedContent, GcmParameters, Originator,
    OriginatorKey, Recipient, RecipientIdentifier, SharedInfo, SharedKeyName, SharedKeyRecipient,
    WrappedKey,
};
use super::primitives::{self, Ephemeral, fresh_key, gcm_open, gcm_seal, x963_sha256};
use crate::envelope::SealFor;
use crate::identity::CertificateName;
use crate::{KeyFault, Unmade, Unopened};

/// Seals octets for the holder of a key.
pub(crate) fn seal(to: &SealFor<'_>, kind: &Oid, plaintext: &[u8]) -> Result<Element, Unmade> {
    let point = to.key.p256_point().ok_or(Unmade::WrongKey)?;
    let ephemeral = Ephemeral::generate()?;
    let ukm = encode(kind)?;
    let kek = key_encryption_key(&ephemeral.agree(point)?, Some(&ukm))?;
    let content_key = fresh_key()?;
    let recipient = AgreementRecipient {
        version: Integer::from(3),
        originator: Originator::Key(OriginatorKey {
            algorithm: AlgorithmIdentifier::bare(EC_PUBLIC_KEY),
            point: OctetBits::new(ephemeral.point()),
        }),
        ukm: Some(ukm.into()),
        key_encryption: agreement_algorithm()?,
        keys: vec![WrappedKey {
            recipient: RecipientIdentifier::Certificate(to.certificate.clone()),
            key: primitives::wrap(&kek, &content_key)?.into(),
        }],
    };
    envelope(Recipient::Agreement(recipient), kind, &content_key, plaintext)
}

/// Opens an envelope made for one certificate, whose key does the `agree`ing.
pub(crate) fn open(
    octets: &[u8],
    certificate: &CertificateName,
    kind: &Oid,
    agree: impl FnOnce(&[u8]) -> Result<Secret, KeyFault>,
) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    let ukm = encode(kind).map_err(|_| Unopened)?;
    open_bound(octets, certificate, Some(&ukm), kind, agree)
}

/// What an envelope says is inside it. Whoever opens it as that must still be able to.
pub(crate) fn kind(octets: &[u8]) -> Option<Oid> {
    decode::<AuthEnvelopedData>(octets).ok().map(|envelope| envelope.content.content_type)
}

/// Seals octets under a key both sides hold already. `name` tells the other side which.
pub(crate) fn seal_under(
    key: &Secret,
    name: &[u8],
    kind: &Oid,
    plaintext: &[u8],
) -> Result<Element, Unmade> {
    let content_key = fresh_key()?;
    let recipient = SharedKeyRecipient {
        version: Integer::from(4),
        key_name: SharedKeyName { identifier: name.to_vec().into() },
        key_encryption: AlgorithmIdentifier::bare(AES256_WRAP),
        key: primitives::wrap(key, &content_key)?.into(),
    };
    envelope(Recipient::SharedKey(recipient), kind, &content_key, plaintext)
}

/// Opens what [`seal_under`] sealed.
pub(crate) fn open_under(
    octets: &[u8],
    key: &Secret,
    name: &[u8],
    kind: &Oid,
) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    let envelope: AuthEnvelopedData = decode(octets).map_err(|_| Unopened)?;
    let [Recipient::SharedKey(recipient)] = envelope.recipients.to_vec()[..] else {
        return Err(Unopened);
    };
    let proper = recipient.version == Integer::from(4)
        && recipient.key_encryption == AlgorithmIdentifier::bare(AES256_WRAP)
        && recipient.key_name.identifier == name;
    let content_key = primitives::unwrap(key, &recipient.key).map_err(|_| Unopened)?;
    if proper { content(&envelope, kind, &content_key) } else { Err(Unopened) }
}

/// Opens an envelope whose ukm is exactly the one given.
///
/// Every failure is the same value and says nothing: no step may become an oracle (B1, 16).
fn open_bound(
    octets: &[u8],
    certificate: &CertificateName,
    ukm: Option<&[u8]>,
    kind: &Oid,
    agree: impl FnOnce(&[u8]) -> Result<Secret, KeyFault>,
) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    let envelope: AuthEnvelopedData = decode(octets).map_err(|_| Unopened)?;
    let [Recipient::Agreement(recipient)] = envelope.recipients.to_vec()[..] else {
        return Err(Unopened);
    };
    let [WrappedKey { recipient: RecipientIdentifier::Certificate(named), key }] =
        recipient.keys.as_slice()
    else {
        return Err(Unopened);
    };
    let Originator::Key(originator) = &recipient.originator;
    let proper = recipient.version == Integer::from(3)
        && named == certificate
        && originator.algorithm == AlgorithmIdentifier::bare(EC_PUBLIC_KEY)
        && agreement_algorithm().is_ok_and(|algorithm| recipient.key_encryption == algorithm)
        && recipient.ukm.as_deref() == ukm;
    if !proper {
        return Err(Unopened);
    }
    let shared = agree(originator.point.as_bytes()).map_err(|_| Unopened)?;
    let kek = key_encryption_key(&shared, ukm).map_err(|_| Unopened)?;
    let content_key = primitives::unwrap(&kek, key).map_err(|_| Unopened)?;
    content(&envelope, kind, &content_key)
}

/// Builds the envelope around its one recipient.
fn envelope(
    recipient: Recipient,
    kind: &Oid,
    content_key: &Secret,
    plaintext: &[u8],
) -> Result<Element, Unmade> {
    let sealed = gcm_seal(content_key, &[], plaintext)?;
    let parameters =
        GcmParameters { nonce: sealed.nonce.to_vec().into(), tag_octets: tag_octets() };
    Ok(Element::of(&AuthEnvelopedData {
        version: Integer::from(0),
        recipients: SetOf::from_vec(vec![recipient]),
        content: EncryptedContent {
            content_type: kind.clone(),
            encryption: AlgorithmIdentifier {
                algorithm: AES256_GCM,
                parameters: Some(Element::of(&parameters)?),
            },
            ciphertext: sealed.ciphertext.into(),
        },
        mac: sealed.tag.into(),
    })?)
}

/// The plaintext of an envelope of this kind.
fn content(
    envelope: &AuthEnvelopedData,
    kind: &Oid,
    content_key: &Secret,
) -> Result<Zeroizing<Vec<u8>>, Unopened> {
    let EncryptedContent { content_type, encryption, ciphertext } = &envelope.content;
    let parameters = encryption.parameters.as_ref().ok_or(Unopened)?;
    let parameters: GcmParameters = parameters.read().map_err(|_| Unopened)?;
    let proper = envelope.version == Integer::from(0)
        && content_type == kind
        && encryption.algorithm == AES256_GCM
        && parameters.tag_octets == tag_octets();
    if !proper {
        return Err(Unopened);
    }
    gcm_open(content_key, &[], &parameters.nonce, ciphertext, &envelope.mac).map_err(|_| Unopened)
}

/// RFC 5753, 7.2: the key that wraps the content key.
fn key_encryption_key(shared: &Secret, ukm: Option<&[u8]>) -> Result<Secret, Unmade> {
    let info = SharedInfo {
        wrap: AlgorithmIdentifier::bare(AES256_WRAP),
        ukm: ukm.map(|ukm| ukm.to_vec().into()),
        key_bits: KEY_BITS.to_be_bytes().to_vec().into(),
    };
    Ok(x963_sha256(shared, &encode(&info)?))
}

/// dhSinglePass-stdDH-sha256kdf-scheme over aes256-wrap.
fn agreement_algorithm() -> Result<AlgorithmIdentifier, Unmade> {
    let wrap = Element::of(&AlgorithmIdentifier::bare(AES256_WRAP))?;
    Ok(AlgorithmIdentifier { algorithm: STD_DH_SHA256_KDF, parameters: Some(wrap) })
}

/// The whole tag of GCM; RFC 5084 allows shorter ones and we do not.
fn tag_octets() -> Integer {
    Integer::from(16)
}

const KEY_BITS: u32 = 256;

#[cfg(test)]
mod tests {
    use openset_wire::x509::{Name, NameAttribute, Serial};
    use proptest::prelude::*;

    use super::*;
    use crate::openssl::OpenSsl;
    use crate::{KeyKind, PrivateKey};

    const KIND: Oid = Oid::from_static(&[0x67, 0x2A, 0, 52]);
    const OTHER_KIND: Oid = Oid::from_static(&[0x67, 0x2A, 0, 53]);
    const ID_DATA: Oid = Oid::from_static(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 1]);

    fn certificate(serial: u8) -> CertificateName {
        let issued_by = Name::new(&[(NameAttribute::CommonName, "x")]).expect("a name");
        CertificateName { issued_by, serial_number: Serial::new(&[serial]).expect("a number") }
    }

    fn sealed(key: &PrivateKey) -> Vec<u8> {
        let to = SealFor { certificate: certificate(7), key: key.public() };
        seal(&to, &KIND, b"account data").expect("sealed").octets().to_vec()
    }

    fn opened(octets: &[u8], key: &PrivateKey) -> Result<Vec<u8>, Unopened> {
        open(octets, &certificate(7), &KIND, |peer| key.agree(peer)).map(|plain| plain.to_vec())
    }

    /// The same octets as a ContentInfo, which is what `openssl cms` reads.
    fn content_info(enveloped: &[u8]) -> Vec<u8> {
        #[derive(rasn::AsnType, rasn::Encode)]
        struct ContentInfo {
            kind: Oid,
            #[rasn(tag(explicit(0)))]
            content: Element,
        }
        use rasn::Encoder;
        let kind = Oid::from_arcs(&[1, 2, 840, 113549, 1, 9, 16, 1, 23]).expect("an identifier");
        let content = Element::from_octets(enveloped.to_vec()).expect("an element");
        encode(&ContentInfo { kind, content }).expect("encodable")
    }

    /// A key made by `openssl` with a certificate `/CN=x`, serial 7.
    fn openssl_identity(openssl: &OpenSsl) -> PrivateKey {
        openssl.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER -out k");
        openssl.run("req -new -x509 -key k -subj /CN=x -set_serial 7 -days 9 -out c.pem");
        PrivateKey::from_pkcs8(Secret::new(openssl.read("k"))).expect("an EC key")
    }

    #[test]
    fn what_was_sealed_opens_with_its_key_only() {
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let octets = sealed(&key);
        assert_eq!(opened(&octets, &key), Ok(b"account data".to_vec()));
        let other = PrivateKey::generate(KeyKind::P256).expect("randomness");
        assert_eq!(opened(&octets, &other), Err(Unopened));
    }

    #[test]
    fn openssl_opens_what_we_sealed() {
        let openssl = OpenSsl::new();
        let key = openssl_identity(&openssl);
        openssl.write("e", &content_info(&sealed(&key)));
        let plain = openssl.run("cms -decrypt -inform DER -in e -recip c.pem -inkey k -binary");
        assert_eq!(plain, "account data");
    }

    #[test]
    fn we_open_what_openssl_sealed_but_only_where_no_kind_is_asked_for() {
        let openssl = OpenSsl::new();
        let key = openssl_identity(&openssl);
        openssl.write("m", b"account data");
        openssl.run(
            "cms -encrypt -aes-256-gcm -binary -in m -outform DER -out e \
             -recip c.pem -keyopt ecdh_kdf_md:sha256 -aes256-wrap",
        );
        let info = openssl.read("e");
        let info = Element::from_octets(info).expect("one element");
        // ContentInfo: the identifier has 13 octets, the explicit tag 4.
        let enveloped = &info.contents()[17..];
        let plain = open_bound(enveloped, &certificate(7), None, &ID_DATA, |peer| key.agree(peer));
        assert_eq!(plain.expect("openssl's envelope").as_slice(), b"account data");
        let bound = open(enveloped, &certificate(7), &ID_DATA, |peer| key.agree(peer));
        assert_eq!(bound.err(), Some(Unopened));
    }

    #[test]
    fn openssl_opens_what_we_sealed_under_a_shared_key() {
        let openssl = OpenSsl::new();
        let key = fresh_key().expect("randomness");
        let sealed = seal_under(&key, b"back key", &KIND, b"certificate").expect("sealed");
        let octets = sealed.octets();
        openssl.write("e", &content_info(octets));
        let hex = data_encoding::HEXLOWER;
        let (key, name) = (hex.encode(key.expose()), hex.encode(b"back key"));
        let plain = openssl.run(&format!(
            "cms -decrypt -inform DER -in e -secretkey {key} -secretkeyid {name} -binary"
        ));
        assert_eq!(plain, "certificate");
    }

    #[test]
    fn we_open_what_openssl_sealed_under_a_shared_key() {
        let openssl = OpenSsl::new();
        let key = fresh_key().expect("randomness");
        openssl.write("m", b"certificate");
        let hex = data_encoding::HEXLOWER;
        openssl.run(&format!(
            "cms -encrypt -aes-256-gcm -binary -in m -outform DER -out e -secretkey {} \
             -secretkeyid {}",
            hex.encode(key.expose()),
            hex.encode(b"back key"),
        ));
        let info = Element::from_octets(openssl.read("e")).expect("one element");
        let enveloped = &info.contents()[info.contents().len() - enveloped_len(&info)..];
        let plain = open_under(enveloped, &key, b"back key", &ID_DATA);
        assert_eq!(plain.expect("openssl's envelope").as_slice(), b"certificate");
    }

    /// The length of the element inside the explicit tag of a ContentInfo.
    fn enveloped_len(info: &Element) -> usize {
        let explicit = info.contents()[13..].to_vec();
        Element::from_octets(explicit).expect("the explicit tag").contents().len()
    }

    #[test]
    fn an_envelope_does_not_open_as_another_kind_or_for_another_certificate() {
        // B9 and B11.
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let octets = sealed(&key);
        let as_other = open(&octets, &certificate(7), &OTHER_KIND, |peer| key.agree(peer));
        assert_eq!(as_other.err(), Some(Unopened));
        let for_other = open(&octets, &certificate(8), &KIND, |peer| key.agree(peer));
        assert_eq!(for_other.err(), Some(Unopened));
    }

    #[test]
    fn an_envelope_relabelled_as_another_kind_does_not_open() {
        // B9: the outer label is not authenticated, the derivation of the key is.
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let mut envelope: AuthEnvelopedData = decode(&sealed(&key)).expect("our own");
        envelope.content.content_type = OTHER_KIND;
        let label_only = encode(&envelope).expect("encodable");
        let Recipient::Agreement(mut recipient) = envelope.recipients.to_vec()[0].clone() else {
            panic!("we seal by agreement");
        };
        recipient.ukm = Some(encode(&OTHER_KIND).expect("encodable").into());
        envelope.recipients = SetOf::from_vec(vec![Recipient::Agreement(recipient)]);
        let both = encode(&envelope).expect("encodable");
        for octets in [label_only, both] {
            let opened = open(&octets, &certificate(7), &OTHER_KIND, |peer| key.agree(peer));
            assert_eq!(opened.err(), Some(Unopened));
        }
    }

    #[test]
    fn one_bit_changed_anywhere_gives_the_one_error() {
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let octets = sealed(&key);
        for at in 0..octets.len() {
            let mut touched = octets.clone();
            touched[at] ^= 1 << (at % 8);
            assert_eq!(opened(&touched, &key), Err(Unopened), "octet {at}");
        }
    }

    #[test]
    fn an_envelope_cut_anywhere_or_followed_by_anything_gives_the_one_error() {
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let mut octets = sealed(&key);
        for end in 0..octets.len() {
            assert_eq!(opened(&octets[..end], &key), Err(Unopened), "cut at {end}");
        }
        octets.push(0);
        assert_eq!(opened(&octets, &key), Err(Unopened));
    }

    #[test]
    fn an_envelope_for_two_recipients_does_not_open() {
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        let mut envelope: AuthEnvelopedData = decode(&sealed(&key)).expect("our own");
        let mut recipients = envelope.recipients.into_vec();
        recipients.push(recipients[0].clone());
        envelope.recipients = SetOf::from_vec(recipients);
        assert_eq!(opened(&encode(&envelope).expect("encodable"), &key), Err(Unopened));
    }

    #[test]
    fn an_envelope_under_a_shared_key_opens_with_that_key_and_name_only() {
        let key = fresh_key().expect("randomness");
        let sealed = seal_under(&key, b"back key", &KIND, b"certificate").expect("sealed");
        let octets = sealed.octets();
        let open = |key: &Secret, name: &[u8], kind: &Oid| open_under(octets, key, name, kind);
        assert!(open(&key, b"back key", &KIND).is_ok());
        assert!(open(&key, b"other key", &KIND).is_err());
        assert!(open(&key, b"back key", &OTHER_KIND).is_err());
        assert!(open(&fresh_key().expect("randomness"), b"back key", &KIND).is_err());
        assert!(super::open(octets, &certificate(7), &KIND, |_| Err(KeyFault::Broken)).is_err());
    }

    #[test]
    fn two_envelopes_of_the_same_content_differ_everywhere_that_matters() {
        let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
        assert_ne!(sealed(&key), sealed(&key));
    }

    #[test]
    fn a_key_that_only_signs_cannot_be_sealed_to() {
        let brand = PrivateKey::generate(KeyKind::P384).expect("randomness");
        let to = SealFor { certificate: certificate(7), key: brand.public() };
        assert_eq!(seal(&to, &KIND, b"x"), Err(Unmade::WrongKey));
    }

    proptest! {
        #[test]
        fn any_content_is_read_back(content: Vec<u8>) {
            let key = PrivateKey::generate(KeyKind::P256).expect("randomness");
            let to = SealFor { certificate: certificate(7), key: key.public() };
            let octets = seal(&to, &KIND, &content).expect("sealed");
            prop_assert_eq!(opened(octets.octets(), &key), Ok(content));
        }

        #[test]
        fn octets_that_are_no_envelope_give_the_one_error(octets: Vec<u8>) {
            let opened = open(&octets, &certificate(7), &KIND, |_| Err(KeyFault::Broken));
            prop_assert_eq!(opened.err(), Some(Unopened));
            let key = Secret::new(vec![1; 32]);
            prop_assert_eq!(open_under(&octets, &key, b"", &KIND).err(), Some(Unopened));
        }
    }
}

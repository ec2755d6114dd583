//! What opens, what does not, and that nobody can tell why.

use openset_wire::x509::{Name, NameAttribute, Serial};
use proptest::prelude::*;

use super::super::rsa::Rsa;
use super::*;
use crate::openssl::OpenSsl;
use crate::{KeyKind, PrivateKey};

/// AuthReqTBE: a key alone stands in the block.
const PLAIN: Oid = Oid::from_static(&[0x67, 0x2A, 0, 52]);
/// PIDualSignedTBE: account data stands beside the key.
const WITH_EXTRA: Oid = Oid::from_static(&[0x67, 0x2A, 0, 50]);
/// RegFormReqTBE: a digest and account data stand beside the key.
const WITH_DIGEST: Oid = Oid::from_static(&[0x67, 0x2A, 0, 76]);
const EXTRA: &[u8] = &[0x30, 3, 4, 1, 0x5E];
const PLAINTEXT: &[u8] = &[0x30, 9, 4, 7, b'c', b'o', b'n', b't', b'e', b'n', b't'];

fn certificate(serial: u8) -> CertificateName {
    let issued_by = Name::new(&[(NameAttribute::CommonName, "x")]).expect("a name");
    CertificateName { issued_by, serial_number: Serial::new(&[serial]).expect("a number") }
}

fn key() -> PrivateKey {
    PrivateKey::generate(KeyKind::Rsa1024).expect("randomness")
}

fn extra(kind: &Oid) -> &'static [u8] {
    if *kind == PLAIN { &[] } else { EXTRA }
}

fn sealed(key: &PrivateKey, kind: &Oid) -> Vec<u8> {
    let to = SealFor { certificate: certificate(7), key: key.public() };
    seal(&to, kind, PLAINTEXT, extra(kind)).expect("sealed")
}

/// What a receiver gets: the octets of both parts, or the one error.
fn opened(octets: &[u8], key: &PrivateKey, kind: &Oid) -> Result<(Vec<u8>, Vec<u8>), Unopened> {
    let unsealed = open(octets, &certificate(7), kind, |block| key.open_block(block))?;
    let (content, extra) = (unsealed.content.octets(), unsealed.extra.octets());
    let both = content.zip(extra).map(|(content, extra)| (content.to_vec(), extra.to_vec()));
    both.ok_or(Unopened)
}

/// An envelope with a block and a ciphertext of one's own making: what whoever has the public key
/// can send.
fn forged(key: &PrivateKey, whole: &[u8], block: &[u8], ciphertext: Vec<u8>) -> Vec<u8> {
    let mut envelope: EnvelopedData = decode(whole).expect("our own");
    let rsa = key.public().rsa().expect("an RSA key");
    envelope.recipients[0].key = rsa.public_operation(block).expect("below the modulus").into();
    envelope.content.ciphertext = ciphertext.into();
    encode(&envelope).expect("encodable")
}

const DES_KEY: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];

fn block(kind: &Oid, key: &[u8; 8], digest: [u8; 20]) -> Vec<u8> {
    let contents = Contents { layout: Layout::of(kind)[0], key, digest, extra: extra(kind) };
    oaep::compose(&contents, 128).expect("it fits").to_vec()
}

#[test]
fn what_was_sealed_opens_with_its_key_only_in_every_layout() {
    let (key, other) = (key(), key());
    for kind in [PLAIN, WITH_EXTRA, WITH_DIGEST] {
        let octets = sealed(&key, &kind);
        let both = (PLAINTEXT.to_vec(), extra(&kind).to_vec());
        assert_eq!(opened(&octets, &key, &kind), Ok(both));
        assert_eq!(opened(&octets, &other, &kind), Err(Unopened));
    }
}

#[test]
fn an_envelope_does_not_open_as_another_kind_or_for_another_certificate() {
    // B9 and B11.
    let key = key();
    let octets = sealed(&key, &WITH_EXTRA);
    for kind in [PLAIN, WITH_DIGEST] {
        assert_eq!(opened(&octets, &key, &kind), Err(Unopened));
    }
    let for_other = open(&octets, &certificate(8), &WITH_EXTRA, |block| key.open_block(block));
    assert!(for_other.is_err());
}

#[test]
fn every_wrong_block_takes_the_way_of_a_right_one_to_the_one_error() {
    // Abuse cases 16 and 18, B1 and B2. Each of these gets as far as a right envelope does: the
    // envelope opens, and only reading what is in it is refused. So no step can be told apart.
    let key = key();
    let whole = sealed(&key, &WITH_DIGEST);
    let ciphertext = |plaintext: &[u8]| -> Vec<u8> {
        let envelope: EnvelopedData = decode(&whole).expect("our own");
        let parameters = envelope.content.encryption.parameters.expect("an IV");
        let iv: OctetString = decode(parameters.octets()).expect("an IV");
        des_cbc_seal(&DES_KEY, iv.as_ref().try_into().expect("eight octets"), plaintext)
    };
    let right = block(&WITH_DIGEST, &DES_KEY, sha1(PLAINTEXT));
    let changed = |at: usize, to: u8| {
        let mut block = right.clone();
        block[at] = to;
        block
    };
    let mut unpadded = ciphertext(PLAINTEXT);
    unpadded.truncate(8);
    let wrong = [
        ("I is zero", changed(0, 0), ciphertext(PLAINTEXT)),
        ("A was touched", changed(1, right[1] ^ 1), ciphertext(PLAINTEXT)),
        ("B was touched", changed(127, right[127] ^ 1), ciphertext(PLAINTEXT)),
        ("the label is another", block(&WITH_EXTRA, &DES_KEY, [0; 20]), ciphertext(PLAINTEXT)),
        ("the block is empty", vec![1; 128], ciphertext(PLAINTEXT)),
        ("the digest is wrong", block(&WITH_DIGEST, &DES_KEY, [7; 20]), ciphertext(PLAINTEXT)),
        ("the key is weak", block(&WITH_DIGEST, &[1; 8], sha1(PLAINTEXT)), ciphertext(PLAINTEXT)),
        ("the key is another", block(&WITH_DIGEST, &[3; 8], [0; 20]), ciphertext(PLAINTEXT)),
        ("the padding is wrong", right.clone(), unpadded),
        ("the content is another", right.clone(), ciphertext(&[0x30, 0])),
    ];
    for (what, block, ciphertext) in wrong {
        let octets = forged(&key, &whole, &block, ciphertext);
        let unsealed = open(&octets, &certificate(7), &WITH_DIGEST, |block| key.open_block(block));
        assert!(unsealed.is_ok(), "{what}: an early return can be told apart");
        assert_eq!(opened(&octets, &key, &WITH_DIGEST), Err(Unopened), "{what}");
    }
    let good = forged(&key, &whole, &right, ciphertext(PLAINTEXT));
    assert!(opened(&good, &key, &WITH_DIGEST).is_ok());
}

#[test]
fn one_bit_changed_where_something_is_read_gives_the_one_error() {
    let key = key();
    let octets = sealed(&key, &WITH_DIGEST);
    for at in 0..octets.len() {
        let mut touched = octets.clone();
        touched[at] ^= 1 << (at % 8);
        assert_eq!(opened(&touched, &key, &WITH_DIGEST), Err(Unopened), "octet {at}");
    }
}

#[test]
fn an_envelope_cut_anywhere_or_followed_by_anything_gives_the_one_error() {
    let key = key();
    let mut octets = sealed(&key, &PLAIN);
    for end in 0..octets.len() {
        assert_eq!(opened(&octets[..end], &key, &PLAIN), Err(Unopened), "cut at {end}");
    }
    octets.push(0);
    assert_eq!(opened(&octets, &key, &PLAIN), Err(Unopened));
}

#[test]
fn an_envelope_for_two_recipients_or_with_another_algorithm_does_not_open() {
    let key = key();
    let envelope: EnvelopedData = decode(&sealed(&key, &PLAIN)).expect("our own");
    let with = |change: fn(&mut EnvelopedData)| {
        let mut other = envelope.clone();
        change(&mut other);
        opened(&encode(&other).expect("encodable"), &key, &PLAIN)
    };
    assert!(with(|_| {}).is_ok());
    let changes: [fn(&mut EnvelopedData); 6] = [
        |it| it.recipients.push(it.recipients[0].clone()),
        |it| it.recipients.clear(),
        |it| it.version = Integer::from(0),
        |it| it.recipients[0].version = Integer::from(1),
        |it| it.recipients[0].key_encryption = AlgorithmIdentifier::bare(RSA_OAEP_SET),
        |it| it.content.encryption = AlgorithmIdentifier::bare(DES_CBC),
    ];
    for (place, change) in changes.into_iter().enumerate() {
        assert_eq!(with(change), Err(Unopened), "change {place}");
    }
}

#[test]
fn two_envelopes_of_the_same_content_differ() {
    let key = key();
    assert_ne!(sealed(&key, &PLAIN), sealed(&key, &PLAIN));
}

#[test]
fn a_key_of_the_other_suite_cannot_be_sealed_to() {
    let other = PrivateKey::generate(KeyKind::P256).expect("randomness");
    let to = SealFor { certificate: certificate(7), key: other.public() };
    assert_eq!(seal(&to, &PLAIN, PLAINTEXT, &[]), Err(Unmade::WrongKey));
}

#[test]
fn what_was_sealed_under_a_shared_key_opens_with_it_only() {
    let key = Secret::new(DES_KEY.to_vec());
    let octets = seal_under(&key, &PLAIN, PLAINTEXT).expect("sealed");
    let open = |key: &[u8], kind: &Oid| {
        let plain = open_under(&octets, &Secret::new(key.to_vec()), kind)?;
        plain.octets().map(|octets| octets.to_vec()).ok_or(Unopened)
    };
    assert_eq!(open(&DES_KEY, &PLAIN), Ok(PLAINTEXT.to_vec()));
    assert_eq!(open(&DES_KEY, &WITH_EXTRA), Err(Unopened));
    assert_eq!(open(&DES_KEY[..7], &PLAIN), Err(Unopened));
    assert_eq!(open(&[1; 8], &PLAIN), Err(Unopened));
    assert_eq!(seal_under(&Secret::new(vec![1; 32]), &PLAIN, b"x"), Err(Unmade::WrongKey));
}

#[test]
fn openssl_opens_what_we_sealed_step_by_step() {
    // Its command knows neither SET's tags nor SET's block, but RSA and DES it knows.
    let (openssl, key) = (OpenSsl::new(), Rsa::generate(1024).expect("randomness"));
    openssl.write("k", &key.private().expect("written"));
    openssl.run("pkcs8 -topk8 -nocrypt -inform DER -in k -outform DER -out k8");
    let ours = PrivateKey::from_pkcs8(Secret::new(openssl.read("k8"))).expect("an RSA key");
    let envelope: EnvelopedData = decode(&sealed(&ours, &WITH_EXTRA)).expect("our own");
    openssl.write("c", &envelope.recipients[0].key);
    openssl
        .run("pkeyutl -decrypt -keyform DER -inkey k -pkeyopt rsa_padding_mode:none -in c -out b");
    let found = oaep::open(&openssl.read("b"), &[Layout::PanData]).expect("a block");
    assert!(found.is_sound);
    assert_eq!(*found.extra, EXTRA);
    let hex = data_encoding::HEXLOWER;
    let iv = envelope.content.encryption.parameters.expect("an IV");
    openssl.write("e", &envelope.content.ciphertext);
    openssl.run(&format!(
        "enc -d -des-cbc -provider legacy -provider default -K {} -iv {} -in e -out p",
        hex.encode(&*found.key),
        hex.encode(iv.contents()),
    ));
    assert_eq!(openssl.read("p"), PLAINTEXT);
}

#[test]
fn we_open_what_openssl_sealed_step_by_step() {
    let (openssl, key) = (OpenSsl::new(), Rsa::generate(1024).expect("randomness"));
    openssl.write("k", &key.private().expect("written"));
    openssl.run("rsa -inform DER -in k -pubout -outform DER -out p");
    openssl.run("pkcs8 -topk8 -nocrypt -inform DER -in k -outform DER -out k8");
    let ours = PrivateKey::from_pkcs8(Secret::new(openssl.read("k8"))).expect("an RSA key");
    let mut envelope: EnvelopedData = decode(&sealed(&ours, &WITH_EXTRA)).expect("our own");
    openssl.write("b", &block(&WITH_EXTRA, &DES_KEY, [0; 20]));
    openssl.run(
        "pkeyutl -encrypt -pubin -keyform DER -inkey p -pkeyopt rsa_padding_mode:none -in b -out c",
    );
    envelope.recipients[0].key = openssl.read("c").into();
    let hex = data_encoding::HEXLOWER;
    let iv = envelope.content.encryption.parameters.as_ref().expect("an IV");
    openssl.write("t", PLAINTEXT);
    openssl.run(&format!(
        "enc -e -des-cbc -provider legacy -provider default -K {} -iv {} -in t -out e",
        hex.encode(&DES_KEY),
        hex.encode(iv.contents()),
    ));
    envelope.content.ciphertext = openssl.read("e").into();
    let octets = encode(&envelope).expect("encodable");
    assert_eq!(opened(&octets, &ours, &WITH_EXTRA), Ok((PLAINTEXT.to_vec(), EXTRA.to_vec())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_content_is_read_back(content: Vec<u8>) {
        let key = key();
        let to = SealFor { certificate: certificate(7), key: key.public() };
        let octets = seal(&to, &PLAIN, &content, &[]).expect("sealed");
        prop_assert_eq!(opened(&octets, &key, &PLAIN), Ok((content, Vec::new())));
    }
}

proptest! {
    #[test]
    fn octets_that_are_no_envelope_give_the_one_error(octets: Vec<u8>) {
        let opened = open(&octets, &certificate(7), &PLAIN, |_| Err(KeyFault::Broken));
        prop_assert!(opened.is_err());
        let key = Secret::new(DES_KEY.to_vec());
        prop_assert!(open_under(&octets, &key, &PLAIN).is_err());
    }
}

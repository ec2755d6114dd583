//! What a signature of 1997 looks like, and which ones are refused.

use openset_types::Brand;
use openset_wire::cert::CertInqReqTbs;
use openset_wire::content::Content;
use openset_wire::error::ErrorTbs;
use openset_wire::opaque::Signed;
use openset_wire::wrapper::{Message, MessageWrapper};

use super::*;
use crate::openssl::OpenSsl;
use crate::pki::{World, brand, now};
use crate::samples::question;
use crate::{Authority, Bag, Identity, Keys, Purpose, Signer, Suite, sign, verify};

const MERCHANT: Purpose = Purpose::MerchantSignature;
const ANSWERS: Purpose = Purpose::AuthoritySignature(Authority::Cardholder);

fn signed_by(world: &World, who: &Identity) -> Signed<CertInqReqTbs> {
    let bag = world.trust().bag(who);
    let signer = Signer::Certified { identity: who, bag: &bag };
    sign(Suite::Set10, &question(1), signer, &world.keys, now()).expect("signed")
}

fn believed(world: &World, signed: &Signed<CertInqReqTbs>) -> Result<CertInqReqTbs, Untrusted> {
    let verified = verify(signed, &world.trust(), MERCHANT, Some(&brand()), now());
    verified.map(crate::Verified::into_value)
}

/// The same signature with its SignedData changed.
fn changed(
    signed: &Signed<CertInqReqTbs>,
    change: impl FnOnce(&mut SignedData),
) -> Signed<CertInqReqTbs> {
    let mut data: SignedData = decode(signed.octets()).expect("our own");
    change(&mut data);
    Signed::from_octets(encode(&data).expect("encodable")).expect("one sequence")
}

#[test]
fn the_structure_is_that_of_1997() {
    let world = World::new(Suite::Set10);
    let data: SignedData = decode(signed_by(&world, &world.merchant).octets()).expect("our own");
    assert_eq!(data.version, Integer::from(2));
    let [info] = data.signer_infos.as_slice() else { panic!("one signer") };
    assert_eq!(info.version, Integer::from(2));
    assert_eq!(info.signature.len(), 128);
    // PKCS#7 1.5: the digest is over the contents octets, without tag and length.
    let content = data.content_info.content.expect("inside");
    assert_eq!(content.octets(), encode(&question(1)).expect("encodable"));
    let digest = find(info, &MESSAGE_DIGEST).expect("there").contents();
    assert_eq!(digest, sha1(content.contents()));
}

#[test]
fn two_signatures_of_1997_over_the_same_are_the_same() {
    let world = World::new(Suite::Set10);
    let (one, two) = (signed_by(&world, &world.merchant), signed_by(&world, &world.merchant));
    assert_eq!(one, two);
}

#[test]
fn changed_content_and_content_of_another_kind_are_refused() {
    // Abuse case 4 and B9.
    let world = World::new(Suite::Set10);
    let signed = signed_by(&world, &world.merchant);
    let other = Element::of(&question(2)).expect("encodable");
    let swapped = changed(&signed, |data| data.content_info.content = Some(other));
    assert_eq!(believed(&world, &swapped), Err(Untrusted::OtherContent));
    let absent = changed(&signed, |data| data.content_info.content = None);
    assert_eq!(believed(&world, &absent), Err(Untrusted::NoContent));
    let relabelled = changed(&signed, |data| data.content_info.content_type = ErrorTbs::TYPE.oid());
    assert_eq!(believed(&world, &relabelled), Err(Untrusted::OtherContent));
}

#[test]
fn two_signers_and_no_signer_are_refused() {
    // B10.
    let world = World::new(Suite::Set10);
    let signed = signed_by(&world, &world.merchant);
    let twice = changed(&signed, |data| data.signer_infos.push(data.signer_infos[0].clone()));
    assert_eq!(believed(&world, &twice), Err(Untrusted::NotOneSigner));
    let none = changed(&signed, |data| data.signer_infos.clear());
    assert_eq!(believed(&world, &none), Err(Untrusted::NotOneSigner));
}

#[test]
fn unusual_shapes_and_other_algorithms_are_refused() {
    // Abuse cases 11 and 17: nothing but what is written is accepted, missing NULLs included.
    let world = World::new(Suite::Set10);
    let signed = signed_by(&world, &world.merchant);
    let with = |change: fn(&mut SignedData)| believed(&world, &changed(&signed, change));
    let unusual: [fn(&mut SignedData); 4] = [
        |data| data.version = Integer::from(1),
        |data| data.signer_infos[0].version = Integer::from(1),
        |data| data.signer_infos[0].attributes.truncate(1),
        |data| data.signer_infos[0].attributes[1] = data.signer_infos[0].attributes[0].clone(),
    ];
    for change in unusual {
        assert_eq!(with(change), Err(Untrusted::UnusualSignature));
    }
    let algorithms: [fn(&mut SignedData); 4] = [
        |data| data.signer_infos[0].digest_algorithm = AlgorithmIdentifier::bare(SHA1),
        |data| data.digest_algorithms = vec![AlgorithmIdentifier::bare(SHA1)],
        |data| data.signer_infos[0].signature_algorithm.parameters = None,
        |data| data.signer_infos[0].signature_algorithm.algorithm = SHA1,
    ];
    for change in algorithms {
        assert_eq!(with(change), Err(Untrusted::UnknownAlgorithm));
    }
}

#[test]
fn a_signature_that_is_no_proper_pkcs_1_block_is_refused() {
    // Abuse case 17 and B3: no garbage after the hash, no short padding, no other DigestInfo.
    let world = World::new(Suite::Set10);
    let signed = signed_by(&world, &world.merchant);
    let data: SignedData = decode(signed.octets()).expect("our own");
    let attributes = encode(&data.signer_infos[0].attributes).expect("encodable");
    let info = [DIGEST_INFO, &sha1(&attributes)].concat();
    let bare = [&DIGEST_INFO[..2], &[0x30, 7], &DIGEST_INFO[4..11], &DIGEST_INFO[13..]].concat();
    let bare = [&bare, sha1(&attributes).as_slice()].concat();
    let padded = |tail: &[u8], filler: u8| {
        let filling = vec![filler; 128 - 3 - tail.len()];
        [&[0, 1], filling.as_slice(), &[0], tail].concat()
    };
    let forge = |block: Vec<u8>| {
        let signature = world.keys.open_block(&world.merchant.key, &block).expect("below");
        let signature = OctetString::from_slice(signature.expose());
        believed(&world, &changed(&signed, |data| data.signer_infos[0].signature = signature))
    };
    assert_eq!(forge(padded(&info, 0xFF)), Ok(question(1)));
    for wrong in [
        padded(&info, 0xFE),
        padded(&[&info[..], &[0; 8]].concat(), 0xFF),
        [&[0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0], &info[..], &[7; 82]].concat(),
        padded(&bare, 0xFF),
        padded(&sha1(&attributes), 0xFF),
        [&[0, 2], &padded(&info, 0xFF)[2..]].concat(),
    ] {
        assert_eq!(forge(wrong), Err(Untrusted::BadSignature));
    }
}

/// DigestInfo of SHA-1, up to the digest (RFC 8017, 9.2).
const DIGEST_INFO: &[u8] =
    &[0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14];

#[test]
fn a_signature_of_one_suite_is_none_in_the_other() {
    // Abuse case 11.
    let (old, new) = (World::new(Suite::Set10), World::new(Suite::Modern));
    let signed = signed_by(&old, &old.merchant);
    assert!(believed(&new, &signed).is_err());
    let bag = Bag::of(&new.merchant);
    let signer = Signer::Certified { identity: &new.merchant, bag: &bag };
    let modern = sign(Suite::Modern, &question(1), signer, &new.keys, now()).expect("signed");
    assert!(believed(&old, &modern).is_err());
    let crossed = sign(Suite::Set10, &question(1), signer, &new.keys, now());
    assert_eq!(crossed.err(), Some(Unmade::WrongKey));
}

#[test]
fn openssl_verifies_what_we_sign_and_signs_what_we_verify() {
    // Its command does not read SET's tags, so it is given the signed octets and the signature.
    let world = World::new(Suite::Set10);
    let openssl = OpenSsl::new();
    let signed = signed_by(&world, &world.merchant);
    let data: SignedData = decode(signed.octets()).expect("our own");
    openssl.write("c.der", &encode(&world.merchant.certificate).expect("encodable"));
    openssl.run("x509 -inform DER -in c.der -pubkey -noout -out p.pem");
    openssl.write("a", &encode(&data.signer_infos[0].attributes).expect("encodable"));
    openssl.write("s", &data.signer_infos[0].signature);
    openssl.run("dgst -sha1 -verify p.pem -signature s a");

    let mut other = World::new(Suite::Set10);
    openssl.run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out k.pem");
    openssl.run("pkcs8 -topk8 -nocrypt -in k.pem -outform DER -out k");
    let key = crate::PrivateKey::from_pkcs8(openset_types::Secret::new(openssl.read("k")));
    let mca = other.mca.clone();
    let wish = crate::pki::Wish::of(MERCHANT);
    let certified = other.certify_key(wish, &mca, key.expect("an RSA key"));
    let signed = signed_by(&other, &certified);
    let data: SignedData = decode(signed.octets()).expect("our own");
    openssl.write("a", &encode(&data.signer_infos[0].attributes).expect("encodable"));
    openssl.run("dgst -sha1 -sign k.pem -out s a");
    let signature = OctetString::from(openssl.read("s"));
    let theirs = changed(&signed, |data| data.signer_infos[0].signature = signature);
    assert_eq!(believed(&other, &theirs), Ok(question(1)));
}

#[test]
fn the_story_that_was_saved_is_believed_at_its_date_and_not_after() {
    // What was written then is read for ever: vectors/set10 is one story of this suite.
    let root = include_str!("../../../../../vectors/set10/root.pem");
    let body: String = root.lines().filter(|line| !line.starts_with("-----")).collect();
    let root = data_encoding::BASE64.decode(body.as_bytes()).expect("PEM");
    let root = decode(&root).expect("a certificate");
    let trust = crate::Trust::new(Suite::Set10, &[root]).expect("a root of this suite");
    let welcome = include_bytes!("../../../../../vectors/set10/02-CardCInitRes.der");
    let wrapper = MessageWrapper::decode(welcome).expect("a message");
    let Message::CardCInitRes(welcome) = wrapper.message else { panic!("a welcome") };
    let sent = wrapper.message_header.date.0;
    let brand = Brand::parse("Demo Brand").expect("a brand");
    let believed = |at| verify(&welcome, &trust, ANSWERS, Some(&brand), at).map(|_| ());
    assert_eq!(believed(sent), Ok(()));
    assert_eq!(believed(sent.plus_s(40 * 86_400)), Err(Untrusted::CrlNotCurrent));
}

//! What a signature proves, and what it does not.

use openset_wire::cert::{CertInqReqTbs, CertReqData};
use openset_wire::content::ContentType;
use openset_wire::error::ErrorTbs;
use openset_wire::x509::Certificate;
use rasn::types::{Integer, OctetString, SetOf};

use super::*;
use crate::modern::cms::{Attribute, SignedData, SignerIdentifier};
use crate::modern::signed;
use crate::openssl::OpenSsl;
use crate::pki::{MODERN, Wish, World, brand, in_every_suite, now};
use crate::samples::question;
use crate::{KeyKind, PrivateKey};

const MERCHANT: Purpose = Purpose::MerchantSignature;

fn signed_by(world: &World, who: &Identity) -> Signed<CertInqReqTbs> {
    let bag = world.trust().bag(who);
    let signer = Signer::Certified { identity: who, bag: &bag };
    sign(world.suite, &question(1), signer, &world.keys, now()).expect("signed")
}

fn believed(world: &World, signed: &Signed<CertInqReqTbs>) -> Result<CertInqReqTbs, Untrusted> {
    let verified = verify(signed, &world.trust(), MERCHANT, Some(&brand()), now());
    verified.map(Verified::into_value)
}

fn reread<T>(octets: Vec<u8>) -> Signed<T> {
    Signed::from_octets(octets).expect("one sequence")
}

/// The same signature with its SignedData changed.
fn changed(
    signed: &Signed<CertInqReqTbs>,
    change: impl FnOnce(&mut SignedData),
) -> Signed<CertInqReqTbs> {
    let mut data: SignedData = decode(signed.octets()).expect("our own");
    change(&mut data);
    reread(encode(&data).expect("encodable"))
}

fn content_info(signed: &[u8]) -> Vec<u8> {
    #[derive(rasn::AsnType, rasn::Encode)]
    struct ContentInfo {
        kind: Oid,
        #[rasn(tag(explicit(0)))]
        content: Element,
    }
    use rasn::Encoder;
    let kind = Oid::from_arcs(&[1, 2, 840, 113549, 1, 7, 2]).expect("an identifier");
    let content = Element::from_octets(signed.to_vec()).expect("an element");
    encode(&ContentInfo { kind, content }).expect("encodable")
}

#[test]
fn what_a_merchant_signed_is_believed_and_says_who_and_when() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let signed = signed_by(&world, &world.merchant);
        let verified = verify(&signed, &world.trust(), MERCHANT, Some(&brand()), now());
        let verified = verified.expect("a good signature");
        assert_eq!(*verified.value(), question(1));
        assert_eq!(verified.signed_at(), now());
        assert_eq!(verified.signer().thumb(), world.merchant.thumb(suite));
        let number = verified.signer().merchant_id().map(openset_types::MerchantId::as_str);
        assert_eq!(number, Some("ATELIER-LUMEN-001"));
    });
}

#[test]
fn two_signatures_over_the_same_consent_differ() {
    let world = World::new(MODERN);
    assert_ne!(signed_by(&world, &world.merchant), signed_by(&world, &world.merchant));
}

#[test]
fn a_signature_by_another_role_or_with_another_key_is_refused() {
    in_every_suite(|suite| {
        // A13.
        let world = World::new(suite);
        for (who, why) in [
            (&world.gateway, Untrusted::WrongRole),
            (&world.cardholder, Untrusted::WrongRole),
            (&world.mca_signature, Untrusted::WrongRole),
            (&world.merchant_exchange, Untrusted::WrongKeyUsage),
            (&world.mca, Untrusted::WrongRole),
        ] {
            assert_eq!(believed(&world, &signed_by(&world, who)), Err(why));
        }
    });
}

#[test]
fn a_signature_over_one_kind_of_content_is_none_over_another() {
    // B9.
    let world = World::new(MODERN);
    let signed = signed_by(&world, &world.merchant);
    let as_error: Signed<ErrorTbs> = reread(signed.octets().to_vec());
    let verified = verify(&as_error, &world.trust(), MERCHANT, None, now());
    assert_eq!(verified.err(), Some(Untrusted::OtherContent));
    let other = ContentType::from_oid(&ErrorTbs::TYPE.oid()).expect("a content type").oid();
    let relabelled = changed(&signed, |data| data.content.content_type = other);
    assert_eq!(believed(&world, &relabelled), Err(Untrusted::OtherContent));
}

#[test]
fn changed_content_is_refused() {
    // Abuse case 4.
    let world = World::new(MODERN);
    let signed = signed_by(&world, &world.merchant);
    let other = encode(&question(2)).expect("encodable");
    let swapped = changed(&signed, |data| data.content.content = Some(OctetString::from(other)));
    assert_eq!(believed(&world, &swapped), Err(Untrusted::OtherContent));
    let absent = changed(&signed, |data| data.content.content = None);
    assert_eq!(believed(&world, &absent), Err(Untrusted::NoContent));
}

#[test]
fn one_bit_changed_anywhere_in_the_signer_s_part_is_refused() {
    let world = World::new(MODERN);
    let trust = world.trust();
    let signed = signed_by(&world, &world.merchant);
    let data: SignedData = decode(signed.octets()).expect("our own");
    let infos = encode(&data.signer_infos).expect("encodable").len();
    let octets = signed.octets();
    for at in octets.len() - infos..octets.len() {
        let mut touched = octets.to_vec();
        touched[at] ^= 1 << (at % 8);
        let Ok(touched) = Signed::<CertInqReqTbs>::from_octets(touched) else { continue };
        assert!(verify(&touched, &trust, MERCHANT, None, now()).is_err(), "octet {at}");
    }
}

#[test]
fn two_signers_and_no_signer_are_refused() {
    // B10.
    let world = World::new(MODERN);
    let signed = signed_by(&world, &world.merchant);
    let twice = changed(&signed, |data| {
        let other: SignedData =
            decode(signed_by(&world, &world.merchant).octets()).expect("our own");
        let mut infos = data.signer_infos.clone().into_vec();
        infos.extend(other.signer_infos.into_vec());
        data.signer_infos = SetOf::from_vec(infos);
    });
    assert_eq!(believed(&world, &twice), Err(Untrusted::NotOneSigner));
    let none = changed(&signed, |data| data.signer_infos = SetOf::new());
    assert_eq!(believed(&world, &none), Err(Untrusted::NotOneSigner));
}

#[test]
fn the_certificate_named_is_the_one_that_counts() {
    // B10, A11 and A15: more certificates in the bag change nothing, and the signature does not
    // move to another certificate.
    let world = World::new(MODERN);
    let signed = signed_by(&world, &world.merchant);
    let more = changed(&signed, |data| {
        let mut all = data.certificates.clone().map(SetOf::into_vec).unwrap_or_default();
        for other in [&world.gateway, &world.gateway_exchange, &world.cardholder] {
            all.push(Element::of(&other.certificate).expect("encodable"));
        }
        data.certificates = Some(SetOf::from_vec(all));
    });
    assert_eq!(believed(&world, &more), Ok(question(1)));
    let moved = changed(&signed, |data| {
        let mut infos = data.signer_infos.clone().into_vec();
        infos[0].signer = SignerIdentifier::Certificate(world.merchant_exchange.name());
        data.signer_infos = SetOf::from_vec(infos);
        let other = Element::of(&world.merchant_exchange.certificate).expect("encodable");
        let mut all = data.certificates.clone().map(SetOf::into_vec).unwrap_or_default();
        all.push(other);
        data.certificates = Some(SetOf::from_vec(all));
    });
    assert_eq!(believed(&world, &moved), Err(Untrusted::BadSignature));
}

#[test]
fn a_bag_beyond_bounds_is_refused() {
    // Abuse case 24.
    let world = World::new(MODERN);
    let signed = signed_by(&world, &world.merchant);
    let heavy = changed(&signed, |data| {
        let one = Element::of(&world.merchant.certificate).expect("encodable");
        data.certificates = Some(SetOf::from_vec(vec![one; Bag::ITEMS_MAX + 1]));
    });
    assert_eq!(believed(&world, &heavy), Err(Untrusted::TooManyCertificates));
}

#[test]
fn a_signer_whose_certificate_is_missing_is_refused_unless_it_was_seen_before() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let trust = world.trust();
        let signer = Signer::Certified { identity: &world.merchant, bag: &Bag::default() };
        let bare = sign(suite, &question(1), signer, &world.keys, now()).expect("signed");
        let verified = verify(&bare, &trust, MERCHANT, None, now());
        assert_eq!(verified.err(), Some(Untrusted::UnknownSigner));
        verify(&signed_by(&world, &world.merchant), &trust, MERCHANT, None, now())
            .expect("a good signature");
        assert!(verify(&bare, &trust, MERCHANT, None, now()).is_ok());
    });
}

#[test]
fn unusual_shapes_are_refused() {
    let world = World::new(MODERN);
    let signed = signed_by(&world, &world.merchant);
    let version = changed(&signed, |data| data.version = Integer::from(1));
    assert_eq!(believed(&world, &version), Err(Untrusted::UnusualSignature));
    let attribute = changed(&signed, |data| {
        let mut infos = data.signer_infos.clone().into_vec();
        let mut all = infos[0].signed_attributes.clone().into_vec();
        let kind = Oid::from_arcs(&[2, 999]).expect("an identifier");
        let value = Element::of(&true).expect("encodable");
        all.push(Attribute { kind, values: SetOf::from_vec(vec![value]) });
        infos[0].signed_attributes = SetOf::from_vec(all);
        data.signer_infos = SetOf::from_vec(infos);
    });
    assert_eq!(believed(&world, &attribute), Err(Untrusted::UnusualSignature));
    let weaker = changed(&signed, |data| {
        // Abuse case 11: SHA-1 where SHA-256 belongs.
        let mut infos = data.signer_infos.clone().into_vec();
        let sha1 = Oid::from_arcs(&[1, 3, 14, 3, 2, 26]).expect("an identifier");
        infos[0].digest_algorithm.algorithm = sha1;
        data.signer_infos = SetOf::from_vec(infos);
    });
    assert_eq!(believed(&world, &weaker), Err(Untrusted::UnknownAlgorithm));
}

#[test]
fn a_signature_from_outside_the_time_of_its_key_is_refused() {
    let mut world = World::new(MODERN);
    let mca = world.mca.clone();
    let wish = Wish { signs_until: now().plus_s(60), ..Wish::of(MERCHANT) };
    let retired = world.certify(wish, &mca);
    let trust = world.trust();
    let bag = trust.bag(&retired);
    let signer = Signer::Certified { identity: &retired, bag: &bag };
    let at = |signed_at, judged_at| {
        let signed = sign(MODERN, &question(1), signer, &world.keys, signed_at).expect("signed");
        verify(&signed, &trust, MERCHANT, None, judged_at).map(drop)
    };
    assert_eq!(at(now(), now().plus_s(3_600)), Ok(()));
    let late = at(now().plus_s(61), now().plus_s(3_600));
    assert_eq!(late, Err(Untrusted::OutsideSigningPeriod));
    let future = at(now().plus_s(CLOCK_AHEAD_S_MAX + 1), now());
    assert_eq!(future, Err(Untrusted::SignedInTheFuture));
}

#[test]
fn a_detached_signature_is_over_its_own_content_only() {
    in_every_suite(|suite| {
        // A5.
        let world = World::new(suite);
        let trust = world.trust();
        let bag = trust.bag(&world.merchant);
        let signer = Signer::Certified { identity: &world.merchant, bag: &bag };
        let apart = sign_detached(suite, &question(1), signer, &world.keys, now()).expect("signed");
        let check = |signed: &Signed<_>, content| {
            verify_detached(signed, content, &trust, MERCHANT, None, now()).map(drop)
        };
        assert_eq!(check(&apart, question(1)), Ok(()));
        assert_eq!(check(&apart, question(2)), Err(Untrusted::OtherContent));
        let inside = signed_by(&world, &world.merchant);
        assert_eq!(check(&inside, question(1)), Err(Untrusted::UnusualSignature));
        assert_eq!(believed(&world, &apart), Err(Untrusted::NoContent));
    });
}

#[test]
fn a_new_key_proves_that_it_is_held_and_nothing_more() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let key = PrivateKey::generate(KeyKind::of_parties(suite)).expect("randomness");
        let public = PublicKey::from_der(suite, key.public().der()).expect("our own key");
        // The content of this message names no key, so these stand for what it would name.
        let named: &SubjectPublicKeyInfo =
            Box::leak(Box::new(decode(public.der()).expect("a key")));
        let other = world.merchant.certificate.to_be_signed.subject_public_key_info.clone();
        let other: &SubjectPublicKeyInfo = Box::leak(Box::new(other));
        world.keys.hold(key);
        let signer = Signer::NewKey(&public);
        let signed = sign(suite, &question(1), signer, &world.keys, now()).expect("signed");
        let possessed = verify_possession(suite, &signed, |_| Some(named)).expect("its own key");
        assert_eq!(*possessed.key(), public);
        let by_other = verify_possession(suite, &signed, |_| Some(other));
        // In `set10` a new key is not named, so only the signature can tell.
        let why = match suite {
            Suite::Set10 => Untrusted::BadSignature,
            Suite::Modern => Untrusted::OtherKey,
        };
        assert_eq!(by_other.err(), Some(why));
        let by_none = verify_possession(suite, &signed, |_| None);
        assert_eq!(by_none.err(), Some(Untrusted::UnknownSigner));
        assert_eq!(believed(&world, &signed), Err(Untrusted::UnknownSigner));
        let as_request: Signed<CertReqData> = reread(signed.octets().to_vec());
        assert!(verify_possession(suite, &as_request, |_| Some(named)).is_err());
    });
}

#[test]
fn openssl_verifies_what_we_sign() {
    let world = World::new(MODERN);
    let openssl = OpenSsl::new();
    let root = data_encoding::BASE64
        .encode(&encode::<Certificate>(&world.root.certificate).expect("encodable"));
    let root = format!("-----BEGIN CERTIFICATE-----\n{root}\n-----END CERTIFICATE-----\n");
    openssl.write("root.pem", root.as_bytes());
    let content = encode(&question(1)).expect("encodable");
    let flags = "-inform DER -binary -ignore_critical -purpose any -attime 1795421700 \
                 -CAfile root.pem";

    let signed = signed_by(&world, &world.merchant);
    openssl.write("s", &content_info(signed.octets()));
    openssl.run(&format!("cms -verify -in s -out content {flags}"));
    assert_eq!(openssl.read("content"), content);

    let bag = world.trust().bag(&world.merchant);
    let signer = Signer::Certified { identity: &world.merchant, bag: &bag };
    let apart = sign_detached(MODERN, &question(1), signer, &world.keys, now()).expect("signed");
    openssl.write("so", &content_info(apart.octets()));
    openssl.write("t", &content);
    openssl.run(&format!("cms -verify -in so -content t -out content {flags}"));
    let brand = Signer::Certified { identity: &world.brand, bag: &Bag::of(&world.brand) };
    let by_brand = sign(MODERN, &question(1), brand, &world.keys, now()).expect("signed");
    openssl.write("s", &content_info(by_brand.octets()));
    openssl.run(&format!("cms -verify -in s -out content {flags}"));
}

#[test]
fn we_verify_what_openssl_signs() {
    let mut world = World::new(MODERN);
    let openssl = OpenSsl::new();
    let mca = world.mca.clone();
    openssl.run("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER -out k");
    let key = PrivateKey::from_pkcs8(openset_types::Secret::new(openssl.read("k")));
    let certified = world.certify_key(Wish::of(MERCHANT), &mca, key.expect("an EC key"));
    openssl.write("c.der", &encode(&certified.certificate).expect("encodable"));
    openssl.write("t", &encode(&question(1)).expect("encodable"));
    let kind = CertInqReqTbs::TYPE.oid();
    openssl.run(&format!(
        "cms -sign -binary -in t -signer c.der -inkey k -keyform DER -econtent_type {kind} \
         -nodetach -nosmimecap -md sha256 -outform DER -out s"
    ));
    let info = Element::from_octets(openssl.read("s")).expect("one element");
    // ContentInfo: the identifier has 11 octets, the explicit tag 4.
    let signed: Signed<CertInqReqTbs> = reread(info.contents()[15..].to_vec());
    // openssl signs with the clock of this machine, so only the signature is judged here.
    let unchecked = signed::read(signed.read().expect("a SignedData")).expect("a proper shape");
    let content = unchecked.content().expect("inside");
    let key = PublicKey::of(MODERN, &certified.certificate).expect("a key");
    assert_eq!(unchecked.check(&kind, content, &key), Ok(()));
    assert_eq!(decode(content), Ok(question(1)));
}

#[test]
fn an_rsa_key_of_an_older_device_is_believed_with_pss_only() {
    let openssl = OpenSsl::new();
    openssl.run("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -outform DER -out k");
    openssl.run("req -new -x509 -key k -keyform DER -subj /CN=x -days 9 -outform DER -out c.der");
    openssl.run("pkey -inform DER -in k -pubout -outform DER -out k.pub");
    let key = PublicKey::from_der(MODERN, &openssl.read("k.pub")).expect("3072 bits");
    let content = encode(&question(1)).expect("encodable");
    openssl.write("t", &content);
    let kind = CertInqReqTbs::TYPE.oid();
    let sign = |padding: &str| {
        openssl.run(&format!(
            "cms -sign -binary -in t -signer c.der -inkey k -keyform DER -econtent_type {kind} \
             -nodetach -nosmimecap -md sha256 -outform DER -out s {padding}"
        ));
        let info = Element::from_octets(openssl.read("s")).expect("one element");
        let unchecked = signed::read(decode(&info.contents()[15..]).expect("a SignedData"))
            .expect("a proper shape");
        unchecked.check(&kind, &content, &key)
    };
    assert_eq!(sign("-keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:32"), Ok(()));
    assert_eq!(sign(""), Err(Untrusted::UnknownAlgorithm));
}

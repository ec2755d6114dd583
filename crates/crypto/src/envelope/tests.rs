//! Who opens what, and what is refused.

use openset_types::{CardExpiry, Pan, Rrpid, Secret};
use openset_wire::cert::{AcctInfo, CertReqData, CertReqTbex, RequestType};
use openset_wire::der::Carried;
use openset_wire::opaque::{Authority as ForAuthority, Merchant};
use openset_wire::payment::{AcqCardCode, AcqCardCodeMsg, AcqCardCodeMsgTbe, AcqCardMsgData};
use openset_wire::types::{Nonce, PanData0};

use super::*;
use crate::pki::{MODERN, Wish, World, brand, in_every_suite, now};
use crate::samples;
use crate::{Authority, Bag, Draw, KeyKind, PrivateKey, PublicKey, sign, verify};

fn request(key: &PublicKey) -> CertReqData {
    samples::request(key, RequestType::CardInitialSig)
}

fn account(suite: Suite, nonce: u8) -> AcctInfo {
    AcctInfo::PanData0(PanData0 {
        pan: Carried(Pan::parse("4111111111111111").expect("a public test number")),
        card_expiry: Carried(CardExpiry::parse("202912").expect("a month")),
        card_secret: Carried(Secret::new(vec![7; suite.secret_octets()])),
        ex_nonce: nonce_of(suite, nonce),
    })
}

fn nonce_of(suite: Suite, octet: u8) -> Nonce {
    let octets = vec![octet; suite.secret_octets()];
    Nonce::try_from(octets.as_slice()).expect("as long as the suite says")
}

/// A certificate request as a new cardholder makes it.
fn enrolment(world: &World, key: &PublicKey, nonce: u8) -> Sealed<CertReqTbex, ForAuthority> {
    let to = world.path(&world.cca_exchange, Purpose::AuthorityEncipherment(Authority::Cardholder));
    let signer = Signer::NewKey(key);
    let data = request(key);
    seal_signed_with_extra(data, &account(world.suite, nonce), signer, &world.keys, &to, now())
        .expect("sealed")
}

fn answer() -> AcqCardCodeMsg {
    let nothing = AcqCardMsgData { acq_card_text: None, acq_card_url: None, acq_card_phone: None };
    AcqCardCodeMsg { acq_card_code: AcqCardCode::MessageOfDay, acq_card_msg_data: nothing }
}

fn new_key(world: &World) -> PublicKey {
    let key = PrivateKey::generate(KeyKind::of_parties(world.suite)).expect("randomness");
    let public = PublicKey::from_der(world.suite, key.public().der()).expect("our own key");
    world.keys.hold(key);
    public
}

fn signing_key(data: &CertReqData) -> Option<&SubjectPublicKeyInfo> {
    data.public_key_s_or_e.public_key_s.as_ref()
}

#[test]
fn an_enrolment_opens_at_its_authority_and_proves_possession() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let key = new_key(&world);
        let sealed = enrolment(&world, &key, 1);
        let openers = [world.merchant_exchange.clone(), world.cca_exchange.clone()];
        let opened = open_signed_with_extra(&sealed, &openers, suite, &world.keys);
        let opened = opened.expect("the authority's envelope");
        assert_eq!(opened.certificate(), world.cca_exchange.thumb(suite));
        let possessed = opened.verify_possession(suite, signing_key).expect("its own key");
        assert_eq!(*possessed.key(), key);
        assert_eq!(possessed.value().extra, account(suite, 1));
        assert_eq!(*possessed.value().value.value(), request(&key));
    });
}

#[test]
fn nobody_else_opens_an_enrolment() {
    in_every_suite(|suite| {
        // B11.
        let world = World::new(suite);
        let sealed = enrolment(&world, &new_key(&world), 1);
        for openers in [vec![], vec![world.gateway_exchange.clone()], vec![world.cca.clone()]] {
            assert!(open_signed_with_extra(&sealed, &openers, suite, &world.keys).is_err());
        }
    });
}

#[test]
fn parts_of_two_enrolments_do_not_make_one() {
    // Abuse cases 1 and 4, A5: the account of one request beside the data of another.
    let world = World::new(MODERN);
    let key = new_key(&world);
    let (one, two) = (enrolment(&world, &key, 1), enrolment(&world, &key, 2));
    let one: Pair = decode(one.octets()).expect("a pair");
    let two: Pair = decode(two.octets()).expect("a pair");
    let open = |first: &Element, second: &Element| {
        let spliced = pair(first.octets(), second.octets()).expect("encodable").to_vec();
        let spliced: Sealed<CertReqTbex, ForAuthority> =
            Sealed::from_octets(spliced).expect("one sequence");
        let openers = [world.cca_exchange.clone()];
        open_signed_with_extra(&spliced, &openers, MODERN, &world.keys)
    };
    let spliced = open(&one.first, &two.second).expect("both are for this authority");
    let believed = spliced.verify_possession(MODERN, signing_key);
    assert_eq!(believed.err(), Some(Untrusted::OtherContent));
    assert!(open(&one.second, &one.first).is_err());
    assert!(open(&one.first, &one.first).is_err());
}

#[test]
fn an_enrolment_signed_by_another_key_than_it_names_is_refused() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let (named, signing) = (new_key(&world), new_key(&world));
        let to =
            world.path(&world.cca_exchange, Purpose::AuthorityEncipherment(Authority::Cardholder));
        let signer = Signer::NewKey(&signing);
        let sealed: Sealed<CertReqTbex, ForAuthority> = seal_signed_with_extra(
            request(&named),
            &account(suite, 1),
            signer,
            &world.keys,
            &to,
            now(),
        )
        .expect("sealed");
        let openers = [world.cca_exchange.clone()];
        let opened = open_signed_with_extra(&sealed, &openers, suite, &world.keys).expect("opened");
        let possessed = opened.verify_possession(suite, signing_key);
        let why = match suite {
            Suite::Set10 => Untrusted::BadSignature,
            Suite::Modern => Untrusted::OtherKey,
        };
        assert_eq!(possessed.err(), Some(why));
    });
}

#[test]
fn a_signed_and_sealed_answer_is_opened_and_believed() {
    in_every_suite(|suite| {
        // Enc: the signature is inside, so nothing is learned about it from outside.
        let world = World::new(suite);
        let trust = world.trust();
        let gateway = Purpose::GatewaySignature;
        let bag = trust.bag(&world.gateway);
        let signer = Signer::Certified { identity: &world.gateway, bag: &bag };
        let signed: AcqCardCodeMsgTbe =
            sign(suite, &answer(), signer, &world.keys, now()).expect("signed");
        let to = world.path(&world.merchant_exchange, Purpose::MerchantEncipherment);
        let sealed: Sealed<AcqCardCodeMsgTbe, Merchant> = seal(&signed, &to).expect("sealed");
        let openers = [world.merchant_exchange.clone()];
        let opened = open(&sealed, &openers, suite, &world.keys).expect("ours");
        let verified = verify(opened.value(), &trust, gateway, Some(&brand()), now());
        assert_eq!(verified.expect("a good signature").into_value(), answer());
    });
}

#[test]
fn a_retired_certificate_still_opens_what_was_sealed_for_it() {
    in_every_suite(|suite| {
        // B11: which certificate it was is told, so that a role can refuse the old one.
        let mut world = World::new(suite);
        let mca = world.mca.clone();
        let newer = world.certify(Wish::of(Purpose::MerchantEncipherment), &mca);
        let to = world.path(&world.merchant_exchange, Purpose::MerchantEncipherment);
        let signed: AcqCardCodeMsgTbe = Signed::from_octets(vec![0x30, 0]).expect("one sequence");
        let sealed: Sealed<AcqCardCodeMsgTbe, Merchant> = seal(&signed, &to).expect("sealed");
        let openers = [newer.clone(), world.merchant_exchange.clone()];
        let opened = open(&sealed, &openers, suite, &world.keys).expect("ours");
        assert_eq!(opened.certificate(), world.merchant_exchange.thumb(suite));
        assert!(open(&sealed, &[newer], suite, &world.keys).is_err());
    });
}

#[test]
fn what_is_sealed_under_a_key_opens_under_it() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let bag = Bag::of(&world.gateway);
        let signer = Signer::Certified { identity: &world.gateway, bag: &bag };
        let signed: AcqCardCodeMsgTbe =
            sign(suite, &answer(), signer, &world.keys, now()).expect("signed");
        let key = Draw::new(suite, [9; 32]).content_key();
        let sealed = seal_under(suite, &signed, &key, b"rrpid").expect("sealed");
        assert_eq!(open_under(suite, &sealed, &key, b"rrpid"), Ok(signed));
        if suite == Suite::Modern {
            assert_eq!(open_under(suite, &sealed, &key, b"other"), Err(Unopened));
        }
        let other = Draw::new(suite, [8; 32]).content_key();
        assert_eq!(open_under(suite, &sealed, &other, b"rrpid"), Err(Unopened));
        let short = Secret::new(vec![9; suite.content_key_octets() - 1]);
        assert_eq!(open_under(suite, &sealed, &short, b"rrpid"), Err(Unopened));
    });
}

fn named(data: &CertReqData) -> Option<&SubjectPublicKeyInfo> {
    data.public_key_s_or_e.public_key_s.as_ref()
}

/// A renewal as a cardholder makes it: signed with the new key and the old.
fn renewal(world: &World, key: &PublicKey) -> Sealed<CertReqTbex, ForAuthority> {
    let to = world.path(&world.cca_exchange, Purpose::AuthorityEncipherment(Authority::Cardholder));
    let bag = Bag::of(&world.cardholder);
    let signer = Signer::Renewal { key, identity: &world.cardholder, bag: &bag };
    let data = request(key);
    seal_signed_with_extra(data, &account(world.suite, 3), signer, &world.keys, &to, now())
        .expect("sealed")
}

fn opened(
    world: &World,
    sealed: &Sealed<CertReqTbex, ForAuthority>,
) -> OpenedWithExtra<CertReqTbex> {
    let openers = std::slice::from_ref(&world.cca_exchange);
    open_signed_with_extra(sealed, openers, world.suite, &world.keys).expect("for this authority")
}

#[test]
fn a_renewal_is_signed_by_the_new_key_and_in_the_name_of_the_old_certificate() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let key = new_key(&world);
        let verify = |sealed: &Sealed<CertReqTbex, ForAuthority>, purpose| {
            let opened = opened(&world, sealed);
            let trust = world.trust();
            opened.verify_renewal(named, &trust, purpose, Some(&brand()), now())
        };
        let twice = renewal(&world, &key);
        let renewed = verify(&twice, Purpose::CardholderSignature).expect("both are good");
        assert_eq!(renewed.signer().thumb(), world.cardholder.thumb(suite));
        assert_eq!(renewed.key().id(), key.id());
        let wrong = verify(&twice, MERCHANT_SIGNS).err();
        assert_eq!(wrong, Some(Untrusted::WrongRole));
        let once = enrolment(&world, &key, 3);
        let wrong = verify(&once, Purpose::CardholderSignature).err();
        assert_eq!(wrong, Some(Untrusted::NotTwoSigners));
        let possessed = opened(&world, &twice)
            .verify_possession(suite, |data| data.public_key_s_or_e.public_key_s.as_ref());
        assert_eq!(possessed.err(), Some(Untrusted::NotOneSigner));
    });
}

const MERCHANT_SIGNS: Purpose = Purpose::MerchantSignature;

#[test]
fn data_without_its_account_opens_and_is_not_believed() {
    let world = World::new(MODERN);
    let key = new_key(&world);
    let openers = std::slice::from_ref(&world.cca_exchange);
    let whole: Pair = decode(enrolment(&world, &key, 1).octets()).expect("two envelopes");
    let halves = pair(whole.first.octets(), &[0x30, 0x00]).expect("encodable");
    let sealed = Sealed::<CertReqTbex, ForAuthority>::from_octets(halves.to_vec()).expect("one");
    assert!(open_signed_with_extra(&sealed, openers, MODERN, &world.keys).is_err());
    let data = open_without_extra(&sealed, openers, MODERN, &world.keys).expect("the data");
    assert_eq!(data.rrpid.0, Rrpid::new([1; 20]));
    let others = std::slice::from_ref(&world.merchant_exchange);
    assert!(open_without_extra(&sealed, others, MODERN, &world.keys).is_err());
}

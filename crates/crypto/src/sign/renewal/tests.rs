//! What two signatures prove, and what one of them does not.

use openset_types::{Brand, LocalId, Rrpid};
use openset_wire::cert::{CertInqReqTbs, CertReqData, RequestType};
use openset_wire::der::{Carried, encode};
use openset_wire::types::Challenge;
use rasn::types::SetOf;

use super::*;
use crate::modern::cms::{SignedData, SignerInfo};
use crate::pki::{MODERN, Wish, World, brand, in_every_suite, now};
use crate::samples;
use crate::{Bag, Identity, KeyKind, PrivateKey, Signer, sign};

const MERCHANT: Purpose = Purpose::MerchantSignature;

fn request(key: &PublicKey) -> CertReqData {
    samples::request(key, RequestType::MerRenewalSig)
}

fn new_key(world: &World) -> PublicKey {
    let key = PrivateKey::generate(KeyKind::of_parties(world.suite)).expect("randomness");
    let public = PublicKey::from_der(world.suite, key.public().der()).expect("our own key");
    world.keys.hold(key);
    public
}

fn named(data: &CertReqData) -> Option<&SubjectPublicKeyInfo> {
    data.public_key_s_or_e.public_key_s.as_ref()
}

fn renewal(world: &World, key: &PublicKey, identity: &Identity) -> Signed<CertReqData> {
    let bag = Bag::of(identity);
    let signer = Signer::Renewal { key, identity, bag: &bag };
    sign(world.suite, &request(key), signer, &world.keys, now()).expect("signed")
}

fn judged(world: &World, signed: Signed<CertReqData>) -> Result<Renewed<CertReqData>, Untrusted> {
    let claimed = claimed(world.suite, signed)?;
    claimed.renewed(named, &world.trust(), MERCHANT, Some(&brand()), now())
}

/// The same with its signers changed.
fn with_signers(
    signed: &Signed<CertReqData>,
    change: impl FnOnce(&mut Vec<SignerInfo>),
) -> Signed<CertReqData> {
    let mut data: SignedData = decode(signed.octets()).expect("our own");
    let mut infos = data.signer_infos.to_vec().into_iter().cloned().collect();
    change(&mut infos);
    data.signer_infos = SetOf::from_vec(infos);
    Signed::from_octets(encode(&data).expect("encodable")).expect("one sequence")
}

#[test]
fn the_new_key_and_the_old_certificate_are_both_proved() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let key = new_key(&world);
        let renewed =
            judged(&world, renewal(&world, &key, &world.merchant)).expect("both are good");
        assert_eq!(renewed.key().id(), key.id());
        assert_eq!(renewed.signer().thumb(), world.merchant.thumb(suite));
        assert_eq!(renewed.value().request_type, RequestType::MerRenewalSig);
    });
}

#[test]
fn one_signature_is_not_two_and_two_are_not_one() {
    // B10: a renewal with one signer, a message with two.
    let world = World::new(MODERN);
    let key = new_key(&world);
    let two = renewal(&world, &key, &world.merchant);
    let once = |signer| sign(MODERN, &request(&key), signer, &world.keys, now()).expect("signed");
    let bag = Bag::of(&world.merchant);
    for one in [
        once(Signer::NewKey(&key)),
        once(Signer::Certified { identity: &world.merchant, bag: &bag }),
    ] {
        assert_eq!(judged(&world, one).err(), Some(Untrusted::NotTwoSigners));
    }
    let trust = world.trust();
    let claimed = claimed(MODERN, two.clone()).expect("readable");
    let believed = claimed.verified(&trust, MERCHANT, None, now());
    assert_eq!(believed.err(), Some(Untrusted::NotOneSigner));
    assert_eq!(claimed.possessed(named).err(), Some(Untrusted::NotOneSigner));
    let twice = with_signers(&two, |infos| infos.push(infos[0].clone()));
    assert!(judged(&world, twice).is_err());
    let none = with_signers(&two, Vec::clear);
    assert_eq!(judged(&world, none).err(), Some(Untrusted::NotTwoSigners));
}

#[test]
fn two_new_keys_renew_nothing() {
    let world = World::new(MODERN);
    let (key, other) = (new_key(&world), new_key(&world));
    let two = renewal(&world, &key, &world.merchant);
    let by_other = sign(MODERN, &request(&key), Signer::NewKey(&other), &world.keys, now());
    let by_other: SignedData = decode(by_other.expect("signed").octets()).expect("our own");
    let stranger = by_other.signer_infos.to_vec()[0].clone();
    let both_new = with_signers(&two, |infos| {
        infos.retain(|info| info.signer != stranger.signer && is_new(info));
        infos.push(stranger.clone());
    });
    assert_eq!(judged(&world, both_new).err(), Some(Untrusted::NotTwoSigners));
    // The name of the new key, and the signature of another one.
    let replaced = with_signers(&two, |infos| {
        infos.retain(|info| !is_new(info));
        infos.push(stranger.clone());
    });
    assert_eq!(judged(&world, replaced).err(), Some(Untrusted::OtherKey));
}

fn is_new(info: &SignerInfo) -> bool {
    matches!(info.signer, crate::modern::cms::SignerIdentifier::Key(_))
}

#[test]
fn the_old_certificate_is_judged_like_any_other() {
    in_every_suite(|suite| {
        let mut world = World::new(suite);
        let key = new_key(&world);
        // A13: of another role; A12: of another brand; and one that has ended.
        for wrong in [&world.gateway, &world.cardholder, &world.mca_signature] {
            let refused = judged(&world, renewal(&world, &key, wrong)).err();
            assert_eq!(refused, Some(Untrusted::WrongRole));
        }
        let claimed = claimed(suite, renewal(&world, &key, &world.merchant)).expect("readable");
        let other = Brand::parse("Other Brand").expect("a brand");
        let refused = claimed.renewed(named, &world.trust(), MERCHANT, Some(&other), now());
        assert_eq!(refused.err(), Some(Untrusted::OtherBrand));
        let mca = world.mca.clone();
        let ended = now().plus_s(-60);
        let wish = Wish { not_after: ended, signs_until: ended, ..Wish::of(MERCHANT) };
        let ended = world.certify(wish, &mca);
        let refused = judged(&world, renewal(&world, &key, &ended)).err();
        assert_eq!(refused, Some(Untrusted::Expired));
    });
}

#[test]
fn a_signature_over_other_content_renews_nothing() {
    let world = World::new(MODERN);
    let (key, other) = (new_key(&world), new_key(&world));
    let mine = renewal(&world, &key, &world.merchant);
    let theirs: SignedData =
        decode(renewal(&world, &other, &world.merchant).octets()).expect("our own");
    let old = theirs.signer_infos.to_vec().into_iter().find(|info| !is_new(info)).cloned();
    let spliced = with_signers(&mine, |infos| {
        infos.retain(is_new);
        infos.extend(old);
    });
    assert_eq!(judged(&world, spliced).err(), Some(Untrusted::OtherContent));
}

#[test]
fn an_inquiry_is_accepted_from_the_key_that_applied_and_no_other() {
    in_every_suite(|suite| {
        // A14.
        let world = World::new(suite);
        let (key, other) = (new_key(&world), new_key(&world));
        let tbs = CertInqReqTbs {
            rrpid: Carried(Rrpid::new([2; 20])),
            lid_ee: Carried(LocalId::new(&[1]).expect("a label")),
            chall_ee3: Challenge::from([2; 32]),
            lid_ca: Carried(LocalId::new(&[1]).expect("a label")),
        };
        let signed = sign(suite, &tbs, Signer::NewKey(&key), &world.keys, now()).expect("signed");
        let claimed = claimed(suite, signed).expect("readable");
        assert_eq!(*claimed.value(), tbs);
        let info = |key: &PublicKey| decode::<SubjectPublicKeyInfo>(key.der()).expect("a key");
        assert_eq!(claimed.possessed_by(&info(&key)).expect("its key").into_value(), tbs);
        let refused = claimed.possessed_by(&info(&other)).err();
        // In `set10` a new key is not named, so only the signature can tell.
        let why = match suite {
            Suite::Set10 => Untrusted::BadSignature,
            Suite::Modern => Untrusted::OtherKey,
        };
        assert_eq!(refused, Some(why));
    });
}

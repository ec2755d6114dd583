//! Regions, certificates for lists, and what belongs in whose certificate.

use openset_wire::der::{OctetBits, Octets, Original};
use openset_wire::x509::{
    AuthorityKeyIdentifier, CertificateRevocationList, ExtensionValue, Extensions, GeneralName,
    HashedRootKey,
};

use super::tests::{DAY_S, MERCHANT, judge, made_bci};
use super::*;
use crate::authority::{BciTerms, CrlTerms, Revoked, bci, crl};
use crate::pki::{Wish, World, brand, in_every_suite, now};

/// A world with a region between the brand and its gateways.
fn with_region(world: &mut World) -> (Identity, Identity, Identity) {
    let brand = world.brand.clone();
    let under = |purpose, name| Wish { common_name: name, ..Wish::of(purpose) };
    let region = Purpose::CertificateSigning(Authority::Geopolitical);
    let region = world.certify(under(region, "Demo Brand Europe"), &brand);
    let pca = Purpose::CertificateSigning(Authority::Gateway);
    let pca = world.certify(under(pca, "Regional PCA"), &region);
    let gateway = world.certify(under(Purpose::GatewaySignature, "Regional Gateway"), &pca);
    (region, pca, gateway)
}

fn list_of(world: &World, by: &Identity, number: u64, revoked: &[&Identity]) -> Lists {
    let entry = |one: &&Identity| Revoked {
        serial: one.certificate.to_be_signed.serial_number.clone(),
        at: now(),
        reason: None,
    };
    let revoked: Vec<_> = revoked.iter().map(entry).collect();
    let terms = CrlTerms {
        number,
        this_update: now().plus_s(-60),
        next_update: now().plus_s(DAY_S),
        revoked: &revoked,
    };
    (crl(world.suite, &terms, by, &world.keys).expect("a list"), Bag::of(by))
}

type Lists = (CertificateRevocationList, Bag);

fn learn(trust: &Trust, (list, bag): &Lists) -> Result<(), Untrusted> {
    trust.learn_crl(list, bag, now())
}

#[test]
fn a_region_may_stand_between_a_brand_and_its_authorities() {
    in_every_suite(|suite| {
        let mut world = World::new(suite);
        let trust = world.trust();
        let (region, pca, gateway) = with_region(&mut world);
        let purpose = Purpose::GatewaySignature;
        // A region publishes a list, and none at all is a refusal (abuse case 29).
        assert_eq!(judge(&trust, &gateway, purpose), Err(Untrusted::CrlMissing));
        learn(&trust, &list_of(&world, &pca, 1, &[])).expect("its list");
        assert_eq!(judge(&trust, &gateway, purpose), Err(Untrusted::CrlMissing));
        learn(&trust, &list_of(&world, &region, 1, &[])).expect("its list");
        assert_eq!(judge(&trust, &gateway, purpose), Ok(()));
        assert_eq!(judge(&trust, &world.gateway, purpose), Ok(()), "without a region");
        learn(&trust, &list_of(&world, &region, 2, &[&pca])).expect("a newer list");
        assert_eq!(judge(&trust, &gateway, purpose), Err(Untrusted::Revoked));
        assert_eq!(judge(&trust, &world.gateway, purpose), Ok(()));
    });
}

#[test]
fn a_region_is_certified_by_a_brand_and_certifies_no_region() {
    in_every_suite(|suite| {
        let mut world = World::new(suite);
        let (region, pca, _) = with_region(&mut world);
        let region_below = Wish::of(Purpose::CertificateSigning(Authority::Geopolitical));
        for issuer in [&region, &pca, &world.root.clone()] {
            let key =
                crate::PrivateKey::generate(crate::KeyKind::of_parties(suite)).expect("randomness");
            let serial = openset_wire::x509::Serial::new(&[0x41; 16]).expect("a number");
            let terms = crate::pki::terms(&region_below, serial, key.public());
            let refused = crate::authority::draft(suite, &terms, issuer).err();
            let wrong = crate::authority::Lint::NotTheIssuers;
            assert_eq!(refused, Some(wrong));
        }
    });
}

#[test]
fn a_certificate_for_lists_signs_lists_and_nothing_else() {
    in_every_suite(|suite| {
        let mut world = World::new(suite);
        let root = world.root.clone();
        let trust = world.trust();
        let purpose = Purpose::ListSigning(Authority::Brand);
        let wish = Wish { common_name: "Demo Brand CA", ..Wish::of(purpose) };
        let lists = world.certify(wish, &root);
        assert_eq!(judge(&trust, &lists, purpose), Ok(()));
        for other in [
            Purpose::CertificateSigning(Authority::Brand),
            Purpose::AuthoritySignature(Authority::Brand),
            Purpose::ListSigning(Authority::Gateway),
            Purpose::ListSigning(Authority::Root),
        ] {
            assert!(judge(&trust, &lists, other).is_err(), "{other:?}");
        }
        let key =
            crate::PrivateKey::generate(crate::KeyKind::of_parties(suite)).expect("randomness");
        let serial = openset_wire::x509::Serial::new(&[0x41; 16]).expect("a number");
        let wish = Wish::of(Purpose::CertificateSigning(Authority::Merchant));
        let terms = crate::pki::terms(&wish, serial, key.public());
        let refused = crate::authority::draft(suite, &terms, &lists).err();
        let wrong = crate::authority::Lint::NotTheIssuers;
        assert_eq!(refused, Some(wrong));
        // What it lists is taken back, by name: the brand's own list and this one are one series.
        learn(&trust, &list_of(&world, &lists, 2, &[&world.mca])).expect("the brand's list");
        assert_eq!(judge(&trust, &world.merchant, MERCHANT), Err(Untrusted::Revoked));
        let older = list_of(&world, &world.brand, 1, &[]);
        assert_eq!(learn(&trust, &older), Err(Untrusted::RolledBack));
    });
}

#[test]
fn a_list_of_an_authority_that_must_have_none_counts_once_the_brand_names_it() {
    in_every_suite(|suite| {
        // Abuse case 30: a merchant that is taken back is refused by whoever heard the brand.
        let mut world = World::new(suite);
        let brand = world.brand.clone();
        let purpose = Purpose::ListSigning(Authority::Merchant);
        let lists = world.certify(Wish { common_name: "MCA", ..Wish::of(purpose) }, &brand);
        let trust = world.trust();
        assert_eq!(judge(&trust, &world.merchant, MERCHANT), Ok(()), "no list, none needed");
        let mca = world.mca.certificate.to_be_signed.subject.clone();
        let named = made_bci(&world, 1, &[(mca, 1)]);
        trust.learn_bci(&named, &Bag::default(), now()).expect("a good BCI");
        assert_eq!(judge(&trust, &world.merchant, MERCHANT), Err(Untrusted::CrlMissing));
        learn(&trust, &list_of(&world, &lists, 1, &[&world.merchant])).expect("its list");
        assert_eq!(judge(&trust, &world.merchant, MERCHANT), Err(Untrusted::Revoked));
        let sealed_to = judge(&trust, &world.merchant_exchange, Purpose::MerchantEncipherment);
        assert_eq!(sealed_to, Ok(()), "another certificate of the same merchant");
        // The authority's own certificate signs certificates and no lists.
        let (newer, _) = list_of(&world, &lists, 2, &[]);
        let unentitled = forged(&newer, &lists, &world.mca, &world.keys);
        let learned = trust.learn_crl(&unentitled, &Bag::of(&world.mca), now());
        assert_eq!(learned, Err(Untrusted::WrongKeyUsage));
    });
}

#[test]
fn a_list_by_a_certificate_for_lists_travels_with_it_and_is_learned_from_a_bag() {
    in_every_suite(|suite| {
        let mut world = World::new(suite);
        let root = world.root.clone();
        let purpose = Purpose::ListSigning(Authority::Brand);
        let wish = Wish { common_name: "Demo Brand CA", ..Wish::of(purpose) };
        let lists = world.certify(wish, &root);
        let teacher = world.trust();
        learn(&teacher, &list_of(&world, &lists, 2, &[])).expect("the brand's list");
        judge(&teacher, &world.merchant, MERCHANT).expect("a good path");
        let bag = teacher.bag(&world.merchant);
        assert!(bag.certificates.contains(&lists.certificate));
        let stranger = world.stranger();
        let path = stranger.path(&world.merchant.certificate, &bag, MERCHANT, None, now());
        assert!(path.is_ok());
        let remembered = stranger.remember().expect("encodable");
        let again = world.stranger();
        again.recall(&remembered, now()).expect("what was written down");
        assert_eq!(judge(&again, &world.merchant, MERCHANT), Ok(()));
    });
}

#[test]
fn lists_of_a_signer_that_is_over_or_taken_back_are_worth_nothing() {
    in_every_suite(|suite| {
        let mut world = World::new(suite);
        let root = world.root.clone();
        let trust = world.trust();
        let brief = now().plus_s(3_600);
        let wish = Wish {
            common_name: "Demo Brand CA",
            not_after: brief,
            signs_until: brief,
            ..Wish::of(Purpose::ListSigning(Authority::Brand))
        };
        let lists = world.certify(wish, &root);
        learn(&trust, &list_of(&world, &lists, 2, &[])).expect("the brand's list");
        let at = |moment| {
            let bag = Bag::of(&world.merchant);
            trust.path(&world.merchant.certificate, &bag, MERCHANT, None, moment).map(drop)
        };
        assert_eq!(at(now()), Ok(()));
        assert_eq!(at(brief.plus_s(1)), Err(Untrusted::Expired));
        learn(&trust, &list_of(&world, &world.root, 2, &[&lists])).expect("the root's list");
        assert_eq!(at(now()), Err(Untrusted::Revoked));
    });
}

#[test]
fn a_certificate_for_lists_of_another_authority_lists_nothing_here() {
    in_every_suite(|suite| {
        // A region's certificate for lists cannot empty the list of the brand.
        let mut world = World::new(suite);
        let trust = world.trust();
        learn(&trust, &list_of(&world, &world.pca, 2, &[&world.gateway])).expect("a newer list");
        let brand = world.brand.clone();
        let wish =
            Wish { common_name: "Elsewhere", ..Wish::of(Purpose::ListSigning(Authority::Gateway)) };
        let elsewhere = world.certify(wish, &brand);
        learn(&trust, &list_of(&world, &elsewhere, 9, &[])).expect("a list of somebody else");
        let revoked = judge(&trust, &world.gateway, Purpose::GatewaySignature);
        assert_eq!(revoked, Err(Untrusted::Revoked));
    });
}

#[test]
fn a_brand_signs_its_list_of_lists_with_either_certificate_and_nobody_else_does() {
    in_every_suite(|suite| {
        let mut world = World::new(suite);
        let root = world.root.clone();
        let trust = world.trust();
        let wish = Wish {
            common_name: "Demo Brand CA",
            ..Wish::of(Purpose::ListSigning(Authority::Brand))
        };
        let lists = world.certify(wish, &root);
        let by = |signer: &Identity, sequence| {
            let terms = BciTerms {
                sequence,
                brand: &brand(),
                not_before: now().plus_s(-60),
                not_after: now().plus_s(DAY_S),
                lists: &[],
            };
            let made = bci(suite, &terms, signer, &world.keys).expect("a BCI");
            trust.learn_bci(&made, &Bag::of(signer), now())
        };
        assert_eq!(by(&lists, 1), Ok(()));
        assert_eq!(by(&world.brand, 2), Ok(()));
        assert_eq!(by(&world.brand, 1), Err(Untrusted::RolledBack));
        assert!(by(&world.pca, 3).is_err());
        assert!(by(&world.mca_signature, 3).is_err());
    });
}

#[test]
fn a_list_of_lists_that_has_ended_is_no_list() {
    in_every_suite(|suite| {
        // Abuse case 29: which lists are current is not known any more.
        let world = World::new(suite);
        let trust = world.trust();
        let later = now().plus_s(DAY_S + 1);
        assert_eq!(trust.require_bci(&brand(), later), Ok(()), "none was ever shown");
        let (shown, bag) = (made_bci(&world, 1, &[]), Bag::default());
        trust.learn_bci(&shown, &bag, now()).expect("a good BCI");
        assert_eq!(trust.require_bci(&brand(), now()), Ok(()));
        assert_eq!(trust.require_bci(&brand(), later), Err(Untrusted::BciNotCurrent));
        let other = Brand::parse("Other Brand").expect("a brand");
        assert_eq!(trust.require_bci(&other, later), Ok(()));
    });
}

#[test]
fn whoever_the_list_of_lists_names_must_be_asked() {
    in_every_suite(|suite| {
        // MCA publishes no list of its own accord. The brand says that there is one.
        let world = World::new(suite);
        let trust = world.trust();
        let mca = world.mca.certificate.to_be_signed.subject.clone();
        let named = made_bci(&world, 1, &[(mca, 1)]);
        trust.learn_bci(&named, &Bag::default(), now()).expect("a good BCI");
        assert_eq!(judge(&trust, &world.merchant, MERCHANT), Err(Untrusted::CrlMissing));
    });
}

#[test]
fn an_announced_root_that_comes_along_takes_its_predecessors_place() {
    in_every_suite(|suite| {
        // A20: the bag brings the new root, and a chain below it.
        let mut world = World::new(suite);
        let trust = world.trust();
        let stranger = World::new(suite);
        let new = world.announced_root();
        let purpose = Purpose::CertificateSigning(Authority::Brand);
        let brand_again = world.certify(Wish::of(purpose), &new);
        let mut bag = Bag::of(&brand_again);
        bag.crls = vec![list_of(&world, &new, 1, &[]).0];
        let path = |bag: &Bag| {
            trust.path(&brand_again.certificate, bag, purpose, Some(&brand()), now()).map(drop)
        };
        assert_eq!(path(&bag), Err(Untrusted::NoPath));
        bag.certificates.push(stranger.root.certificate.clone());
        assert!(path(&bag).is_err(), "another root is not the announced one");
        assert_eq!(trust.roots(), [world.root.thumb(suite)]);
        bag.certificates.push(new.certificate.clone());
        assert_eq!(path(&bag), Ok(()));
        assert_eq!(trust.roots(), [new.thumb(suite)]);
    });
}

/// A merchant's certificate with other extensions, signed by its authority.
fn with_extensions(
    world: &World,
    of: &Identity,
    by: &Identity,
    change: impl Fn(openset_wire::x509::Extension) -> Option<openset_wire::x509::Extension>,
    more: Vec<openset_wire::x509::Extension>,
) -> Certificate {
    use openset_wire::{der::Original, x509::Extensions};
    let mut unsigned = of.certificate.to_be_signed.value().clone();
    let all = unsigned.extensions.iter().flat_map(Extensions::iter).cloned();
    let all = all.filter_map(change).chain(more).collect();
    unsigned.extensions = Some(Extensions::new(all).expect("all differ"));
    let tbs = encode(&unsigned).expect("encodable");
    let signature = crate::Keys::sign(&world.keys, &by.key, &tbs).expect("signed");
    Certificate {
        to_be_signed: Original::new(unsigned).expect("encodable").into(),
        algorithm: of.certificate.algorithm.clone(),
        signature: OctetBits::new(&signature),
    }
}

#[test]
fn an_extension_with_the_wrong_criticality_is_refused() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let trust = world.trust();
        let extensions = world.merchant.certificate.to_be_signed.extensions.clone();
        for wrong in extensions.expect("some").iter() {
            let flip = |mut one: openset_wire::x509::Extension| {
                one.critical ^= one.extn_id == wrong.extn_id;
                Some(one)
            };
            let made = with_extensions(&world, &world.merchant, &world.mca, flip, Vec::new());
            let path = trust.path(&made, &Bag::of(&world.merchant), MERCHANT, None, now());
            assert_eq!(path.err(), Some(Untrusted::OutsideProfile), "{}", wrong.extn_id);
        }
        let same = with_extensions(&world, &world.merchant, &world.mca, Some, Vec::new());
        let path = trust.path(&same, &Bag::of(&world.merchant), MERCHANT, None, now());
        assert!(path.is_ok());
    });
}

#[test]
fn an_extension_in_another_partys_certificate_is_refused() {
    in_every_suite(|suite| {
        use openset_wire::x509::{CardCertRequired, ExtensionValue, MerchantData, Tunneling};
        let world = World::new(suite);
        let trust = world.trust();
        let root = world.root.certificate.to_be_signed.extensions.clone().expect("some");
        let announced: HashedRootKey = root.get().expect("read").expect("there");
        let merchant = world.merchant.certificate.to_be_signed.extensions.clone().expect("some");
        let data: MerchantData = merchant.get().expect("read").expect("there");
        let tunneling = Tunneling { tunneling: true, tunnel_alg_ids: Vec::new() };
        let cases = [
            (&world.merchant, &world.mca, MERCHANT, announced.extension()),
            (&world.merchant, &world.mca, MERCHANT, CardCertRequired(true).extension()),
            (&world.merchant, &world.mca, MERCHANT, tunneling.extension()),
            (
                &world.gateway,
                &world.pca,
                Purpose::GatewaySignature,
                CardCertRequired(true).extension(),
            ),
            (&world.gateway, &world.pca, Purpose::GatewaySignature, data.extension()),
            (&world.cardholder, &world.cca, Purpose::CardholderSignature, data.extension()),
        ];
        for (of, by, purpose, extension) in cases {
            let more = vec![extension.expect("encodable")];
            let made = with_extensions(&world, of, by, Some, more);
            let path = trust.path(&made, &Bag::of(of), purpose, None, now());
            assert_eq!(path.err(), Some(Untrusted::OutsideProfile), "{purpose:?}");
        }
        let bare =
            |one: openset_wire::x509::Extension| (one.extn_id != MerchantData::OID).then_some(one);
        let made = with_extensions(&world, &world.merchant, &world.mca, bare, Vec::new());
        let path = trust.path(&made, &Bag::of(&world.merchant), MERCHANT, None, now());
        assert_eq!(path.err(), Some(Untrusted::OutsideProfile));
    });
}

/// A list that says it is another's, and is signed by that other.
fn forged(
    list: &CertificateRevocationList,
    from: &Identity,
    to: &Identity,
    keys: &dyn crate::Keys,
) -> CertificateRevocationList {
    let mut unsigned = list.to_be_signed.value().clone();
    assert_eq!(unsigned.issuer, from.certificate.to_be_signed.subject);
    unsigned.issuer = to.certificate.to_be_signed.subject.clone();
    let (extensions, name) = (unsigned.crl_extensions.take().expect("always"), to.name());
    let mut by: AuthorityKeyIdentifier = extensions.get().expect("DER").expect("whose key");
    match &mut by.key_identifier {
        Some(key) => *key = Octets::new(to.key.as_bytes()).expect("short"),
        None => {
            by.authority_cert_issuer = Some(vec![GeneralName::DirectoryName(name.issued_by)]);
            by.authority_cert_serial_number = Some(name.serial_number);
        }
    }
    let rest = extensions.iter().filter(|one| one.extn_id != AuthorityKeyIdentifier::OID).cloned();
    let all = [by.extension().expect("encodable")].into_iter().chain(rest).collect();
    unsigned.crl_extensions = Some(Extensions::new(all).expect("each once"));
    let to_be_signed = Original::new(unsigned).expect("encodable");
    let signature = keys.sign(&to.key, to_be_signed.octets()).expect("signed");
    CertificateRevocationList {
        to_be_signed: to_be_signed.into(),
        algorithm: list.algorithm.clone(),
        signature: OctetBits::new(&signature),
    }
}

#[test]
fn a_list_signed_by_someone_else_is_not_learned() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let trust = world.trust();
        let terms = CrlTerms {
            number: 9,
            this_update: now().plus_s(-60),
            next_update: now().plus_s(DAY_S),
            revoked: &[],
        };
        // MCA may not sign lists at all, and makes none: it is forged from one of PCA's.
        let of_pca = crl(suite, &terms, &world.pca, &world.keys).expect("a list");
        let of_mca = forged(&of_pca, &world.pca, &world.mca, &world.keys);
        let bag = Bag::of(&world.mca);
        assert_eq!(trust.learn_crl(&of_mca, &bag, now()), Err(Untrusted::WrongKeyUsage));
        let mut forger = world.brand.clone();
        forger.key = world.next_root.id();
        let forged = crl(suite, &terms, &forger, &world.keys).expect("a list");
        assert_eq!(trust.learn_crl(&forged, &bag, now()), Err(Untrusted::BadSignature));
    });
}

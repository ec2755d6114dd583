//! What is not believed.

use super::*;
use crate::authority::{BciTerms, CrlTerms, Revoked, bci, crl};
use crate::pki::{Wish, World, brand, in_every_suite, now};

pub(super) const DAY_S: i64 = 86_400;
pub(super) const MERCHANT: Purpose = Purpose::MerchantSignature;

pub(super) fn judge(trust: &Trust, of: &Identity, purpose: Purpose) -> Result<(), Untrusted> {
    trust.path(&of.certificate, &Bag::of(of), purpose, Some(&brand()), now()).map(drop)
}

#[test]
fn every_party_is_believed_for_its_own_purpose_and_no_other() {
    in_every_suite(|suite| {
        // A13: role confusion, and keys used for what they are not for.
        use Purpose::*;
        let world = World::new(suite);
        let trust = world.trust();
        let parties = [
            (&world.cardholder, CardholderSignature),
            (&world.merchant, MerchantSignature),
            (&world.merchant_exchange, MerchantEncipherment),
            (&world.gateway, GatewaySignature),
            (&world.gateway_exchange, GatewayEncipherment),
            (&world.mca_signature, AuthoritySignature(Authority::Merchant)),
            (&world.cca_exchange, AuthorityEncipherment(Authority::Cardholder)),
            (&world.mca, CertificateSigning(Authority::Merchant)),
            (&world.brand, CertificateSigning(Authority::Brand)),
        ];
        for (party, own) in parties {
            for (_, asked) in parties {
                let believed = judge(&trust, party, asked);
                assert_eq!(
                    believed.is_ok(),
                    asked == own,
                    "{own:?} asked as {asked:?}: {believed:?}"
                );
            }
        }
    });
}

#[test]
fn a_stranger_learns_the_lists_from_the_bag() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let trust = world.stranger();
        let mut bag = Bag::of(&world.merchant);
        let asked = |bag: &Bag| {
            trust.path(&world.merchant.certificate, bag, MERCHANT, None, now()).map(drop)
        };
        assert_eq!(asked(&bag), Err(Untrusted::CrlMissing));
        bag.crls = world.lists(1, &[]).crls;
        assert_eq!(asked(&bag), Ok(()));
        assert_eq!(asked(&Bag::default()), Ok(()));
    });
}

#[test]
fn another_brand_is_refused() {
    in_every_suite(|suite| {
        // A12 and abuse case 8.
        let mut world = World::new(suite);
        let trust = world.trust();
        let other = Brand::parse("Other Brand").expect("a brand");
        let bag = Bag::of(&world.merchant);
        let path = trust.path(&world.merchant.certificate, &bag, MERCHANT, Some(&other), now());
        assert_eq!(path.err(), Some(Untrusted::OtherBrand));

        let purpose = Purpose::CertificateSigning(Authority::Brand);
        let wish = Wish { organization: "Other Brand", ..Wish::of(purpose) };
        let root = world.root.clone();
        let other = world.certify(wish, &root);
        assert!(trust.path(&other.certificate, &Bag::of(&other), purpose, None, now()).is_ok());
        assert_eq!(judge(&trust, &other, purpose), Err(Untrusted::OtherBrand));
    });
}

#[test]
fn time_is_judged_at_every_use() {
    in_every_suite(|suite| {
        // Abuse case 45: expiry is judged at the moment of use, also for a path that is cached.
        let mut world = World::new(suite);
        let trust = world.trust();
        let wish = Wish {
            not_before: now(),
            not_after: now().plus_s(60),
            signs_until: now().plus_s(60),
            ..Wish::of(MERCHANT)
        };
        let mca = world.mca.clone();
        let brief = world.certify(wish, &mca);
        let at = |moment| {
            trust.path(&brief.certificate, &Bag::of(&brief), MERCHANT, None, moment).map(drop)
        };
        assert_eq!(at(now()), Ok(()));
        assert_eq!(at(now().plus_s(60)), Ok(()));
        assert_eq!(at(now().plus_s(61)), Err(Untrusted::Expired));
        assert_eq!(at(now().plus_s(-1)), Err(Untrusted::NotYetValid));
    });
}

#[test]
fn a_list_that_is_missing_stale_or_of_the_future_is_a_refusal() {
    in_every_suite(|suite| {
        // Abuse case 29: revocation fails closed.
        let world = World::new(suite);
        let trust = world.trust();
        let later = now().plus_s(DAY_S + 1);
        let bag = Bag::of(&world.merchant);
        let stale = trust.path(&world.merchant.certificate, &bag, MERCHANT, None, later);
        assert_eq!(stale.err(), Some(Untrusted::CrlNotCurrent));

        let stranger = world.stranger();
        let future = world.lists_between(2, &[], now().plus_s(60), now().plus_s(DAY_S));
        for list in &future.crls {
            let learned = stranger.learn_crl(list, &future, now());
            assert_eq!(learned, Err(Untrusted::NotYetValid));
        }
        assert_eq!(judge(&stranger, &world.merchant, MERCHANT), Err(Untrusted::CrlMissing));
    });
}

#[test]
fn a_revoked_gateway_and_everybody_under_a_revoked_authority_are_refused() {
    in_every_suite(|suite| {
        // Abuse case 30 and A21.
        let world = World::new(suite);
        let trust = world.trust();
        let gateway = Purpose::GatewaySignature;
        assert_eq!(judge(&trust, &world.gateway, gateway), Ok(()));
        let bag = world.lists(2, &[&world.gateway, &world.mca]);
        for list in &bag.crls {
            trust.learn_crl(list, &bag, now()).expect("a newer list");
        }
        assert_eq!(judge(&trust, &world.gateway, gateway), Err(Untrusted::Revoked));
        assert_eq!(judge(&trust, &world.merchant, MERCHANT), Err(Untrusted::Revoked));
        let purpose = Purpose::CardholderSignature;
        assert_eq!(judge(&trust, &world.cardholder, purpose), Ok(()));
    });
}

#[test]
fn an_older_list_does_not_take_the_place_of_a_newer_one() {
    in_every_suite(|suite| {
        // Abuse case 29: the older list is valid, signed and current, and still refused.
        let world = World::new(suite);
        let trust = world.trust();
        let newer = world.lists(3, &[&world.gateway]);
        for list in &newer.crls {
            trust.learn_crl(list, &newer, now()).expect("a newer list");
        }
        for number in [1, 2, 3] {
            let older = world.lists(number, &[]);
            for list in &older.crls {
                assert_eq!(trust.learn_crl(list, &older, now()), Err(Untrusted::RolledBack));
            }
        }
        let mut bag = Bag::of(&world.gateway);
        bag.crls = world.lists(2, &[]).crls;
        let purpose = Purpose::GatewaySignature;
        let believed = trust.path(&world.gateway.certificate, &bag, purpose, None, now());
        assert_eq!(believed.err(), Some(Untrusted::Revoked));
    });
}

#[test]
fn an_unknown_root_a_missing_issuer_and_a_false_chain_are_refused() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let stranger = World::new(suite);
        let trust = world.trust();
        let path = |of: &Identity, bag: &Bag| {
            trust.path(&of.certificate, bag, MERCHANT, None, now()).map(drop)
        };
        let mut bag = Bag::of(&stranger.merchant);
        assert_eq!(path(&stranger.merchant, &bag), Err(Untrusted::NoPath));
        bag.certificates.push(stranger.root.certificate.clone());
        assert_eq!(path(&stranger.merchant, &bag), Err(Untrusted::UnknownRoot));
        assert_eq!(path(&stranger.merchant, &Bag::default()), Err(Untrusted::NoPath));
    });
}

#[test]
fn a_certificate_with_one_bit_changed_is_refused() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let trust = world.trust();
        let octets = encode(&world.merchant.certificate).expect("encodable");
        let bag = Bag::of(&world.merchant);
        for at in 0..octets.len() {
            let mut touched = octets.clone();
            touched[at] ^= 1;
            // Many changes are no certificate at all; whatever is one is not believed.
            if let Ok(certificate) = decode::<Certificate>(&touched) {
                let believed = trust.path(&certificate, &bag, MERCHANT, None, now());
                assert!(believed.is_err(), "octet {at}");
            }
        }
    });
}

#[test]
fn a_party_that_certifies_others_is_refused() {
    in_every_suite(|suite| {
        // A merchant's key signs a certificate: its own says that it is no authority.
        let mut world = World::new(suite);
        let trust = world.trust();
        let mca = world.mca.clone();
        let victim = world.certify(Wish::of(MERCHANT), &mca);
        let mut forged = victim.clone();
        let tbs = forged.certificate.to_be_signed.octets().to_vec();
        let signature = crate::Keys::sign(&world.keys, &world.merchant.key, &tbs).expect("signed");
        forged.certificate.signature = openset_wire::der::OctetBits::new(&signature);
        assert_eq!(judge(&trust, &forged, MERCHANT), Err(Untrusted::BadSignature));
    });
}

#[test]
fn an_unknown_critical_extension_is_refused() {
    in_every_suite(|suite| {
        // Abuse case 25.
        use openset_wire::der::{Octets, Oid, Original};
        use openset_wire::x509::{Extension, Extensions};
        let world = World::new(suite);
        let trust = world.trust();
        let with = |critical| {
            let mut unsigned = world.merchant.certificate.to_be_signed.value().clone();
            let mut all: Vec<_> =
                unsigned.extensions.iter().flat_map(Extensions::iter).cloned().collect();
            let extn_id = Oid::from_arcs(&[2, 999, 1]).expect("an identifier");
            let extn_value = Octets::new(&[5, 0]).expect("within bounds");
            all.push(Extension { extn_id, critical, extn_value });
            unsigned.extensions = Some(Extensions::new(all).expect("all differ"));
            let mut certificate = world.merchant.certificate.clone();
            let tbs = encode(&unsigned).expect("encodable");
            let signature = crate::Keys::sign(&world.keys, &world.mca.key, &tbs).expect("signed");
            certificate.to_be_signed = Original::new(unsigned).expect("encodable").into();
            certificate.signature = openset_wire::der::OctetBits::new(&signature);
            trust.path(&certificate, &Bag::of(&world.merchant), MERCHANT, None, now()).map(drop)
        };
        assert_eq!(with(false), Ok(()));
        assert_eq!(with(true), Err(Untrusted::UnknownExtension));
    });
}

#[test]
fn a_path_longer_than_an_authority_allows_is_refused() {
    in_every_suite(|suite| {
        // An MCA allows no authority below it; a chain of seven is longer than any may be.
        let world = World::new(suite);
        let path = world.path(&world.merchant, MERCHANT);
        let [leaf, above @ ..] = path.certificates() else { panic!("a path is never empty") };
        let mca = Arc::clone(&above[0]);
        let deeper = [vec![mca], above.to_vec()].concat();
        let too_deep = Path::new(suite, Arc::clone(leaf), deeper);
        assert_eq!(too_deep.err(), Some(Untrusted::PathTooLong));
        let long = vec![Arc::clone(path.certificates().last().expect("a root")); LENGTH_MAX];
        assert_eq!(Path::new(suite, Arc::clone(leaf), long).err(), Some(Untrusted::PathTooLong));
    });
}

#[test]
fn a_loop_of_certificates_ends() {
    in_every_suite(|suite| {
        // Abuse case 24: a bag in which a certificate leads to itself.
        let world = World::new(suite);
        let stranger = World::new(suite);
        let trust = world.trust();
        let mut bag = Bag::default();
        for _ in 0..Bag::ITEMS_MAX {
            bag.certificates.push(stranger.root.certificate.clone());
        }
        let purpose = Purpose::CertificateSigning(Authority::Root);
        let path = trust.path(&stranger.root.certificate, &bag, purpose, None, now());
        assert_eq!(path.err(), Some(Untrusted::UnknownRoot));
    });
}

#[test]
fn a_root_is_replaced_only_by_the_one_it_announced_and_only_once() {
    in_every_suite(|suite| {
        // A20 and abuse case 29.
        let mut world = World::new(suite);
        let trust = world.trust();
        let stranger = World::new(suite);
        let unannounced = trust.roll_root(&stranger.root.certificate, now());
        assert_eq!(unannounced, Err(Untrusted::NotTheAnnouncedRoot));
        let not_a_root = trust.roll_root(&world.brand.certificate, now());
        assert_eq!(not_a_root, Err(Untrusted::WrongRole));

        let new = world.announced_root();
        let mut altered = new.certificate.clone();
        altered.signature = world.root.certificate.signature.clone();
        assert_eq!(trust.roll_root(&altered, now()), Err(Untrusted::BadSignature));
        assert_eq!(trust.roll_root(&new.certificate, now()), Ok(()));
        assert_eq!(trust.roots(), [new.thumb(suite)]);
        assert_eq!(trust.roll_root(&new.certificate, now()), Err(Untrusted::NotTheAnnouncedRoot));
        // What hung on the old root is no longer believed.
        let path = trust.path(
            &world.merchant.certificate,
            &Bag::of(&world.merchant),
            MERCHANT,
            None,
            now(),
        );
        assert_eq!(path.err(), Some(Untrusted::NoPath));
    });
}

pub(super) fn made_bci(world: &World, sequence: u64, lists: &[(Name, u64)]) -> BrandCrlIdentifier {
    let terms = BciTerms {
        sequence,
        brand: &brand(),
        not_before: now().plus_s(-60),
        not_after: now().plus_s(DAY_S),
        lists,
    };
    bci(world.suite, &terms, &world.brand, &world.keys).expect("a BCI")
}

#[test]
fn a_bci_makes_an_older_list_insufficient() {
    in_every_suite(|suite| {
        // A21: the list known is current by its own dates, and the brand names a newer one.
        let world = World::new(suite);
        let trust = world.trust();
        let pca = world.pca.certificate.to_be_signed.subject.clone();
        let named = made_bci(&world, 1, &[(pca, 2)]);
        trust.learn_bci(&named, &Bag::default(), now()).expect("a good BCI");
        assert_eq!(trust.bci(&brand(), now()), Some(named));
        let purpose = Purpose::GatewaySignature;
        let gateway = judge(&trust, &world.gateway, purpose);
        assert_eq!(gateway, Err(Untrusted::CrlNotCurrent));
        let bag = world.lists(2, &[]);
        for list in &bag.crls {
            trust.learn_crl(list, &bag, now()).expect("a newer list");
        }
        assert_eq!(judge(&trust, &world.gateway, purpose), Ok(()));
    });
}

#[test]
fn a_bci_that_is_older_expired_early_or_of_another_brand_is_refused() {
    in_every_suite(|suite| {
        // A21.
        let world = World::new(suite);
        let trust = world.trust();
        let learn = |bci: &BrandCrlIdentifier, at| trust.learn_bci(bci, &Bag::default(), at);
        assert_eq!(learn(&made_bci(&world, 5, &[]), now()), Ok(()));
        assert_eq!(learn(&made_bci(&world, 4, &[]), now()), Err(Untrusted::RolledBack));
        let next = made_bci(&world, 6, &[]);
        assert_eq!(learn(&next, now().plus_s(-61)), Err(Untrusted::CrlNotCurrent));
        let late = trust.learn_bci(&next, &Bag::default(), now().plus_s(DAY_S + 1));
        assert!(matches!(late, Err(Untrusted::CrlNotCurrent)));

        let other = Brand::parse("Other Brand").expect("a brand");
        let terms = BciTerms {
            sequence: 7,
            brand: &other,
            not_before: now().plus_s(-60),
            not_after: now().plus_s(DAY_S),
            lists: &[],
        };
        let other = bci(suite, &terms, &world.brand, &world.keys).expect("a BCI");
        assert_eq!(learn(&other, now()), Err(Untrusted::NoPath));
        let mut forger = world.brand.clone();
        forger.key = world.next_root.id();
        let forged = bci(suite, &BciTerms { brand: &brand(), ..terms }, &forger, &world.keys)
            .expect("a BCI");
        assert_eq!(learn(&forged, now()), Err(Untrusted::BadSignature));
        assert_eq!(trust.bci(&brand(), now().plus_s(DAY_S + 1)), None);
    });
}

#[test]
fn of_what_two_processes_wrote_down_the_newer_of_every_list_is_known() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let one = world.trust();
        let newer = world.lists(4, &[&world.gateway]);
        for list in &newer.crls {
            one.learn_crl(list, &newer, now()).expect("a newer list");
        }
        let other = world.trust();
        other.learn_bci(&made_bci(&world, 5, &[]), &Bag::default(), now()).expect("a good BCI");
        let (ones, others) = (one.remember(), other.remember());

        one.recall(&others.expect("encodable"), now()).expect("older lists, and a newer BCI");
        other.recall(&ones.expect("encodable"), now()).expect("newer lists, and no BCI");
        let both = one.remember().expect("encodable");
        assert_eq!(other.remember().expect("encodable"), both);
        one.recall(&both, now()).expect("nothing new");
        assert_eq!(one.remember().expect("encodable"), both);
    });
}

#[test]
fn what_was_learned_survives_a_restart_and_still_refuses_older_lists() {
    in_every_suite(|suite| {
        let mut world = World::new(suite);
        let trust = world.trust();
        let newer = world.lists(4, &[&world.gateway]);
        for list in &newer.crls {
            trust.learn_crl(list, &newer, now()).expect("a newer list");
        }
        trust.learn_bci(&made_bci(&world, 5, &[]), &Bag::default(), now()).expect("a good BCI");
        let remembered = trust.remember().expect("encodable");

        let again = world.stranger();
        // Long after: the lists have expired, and they still are the newest that were seen.
        again.recall(&remembered, now().plus_s(30 * DAY_S)).expect("what was written down");
        let older = world.lists(3, &[]);
        for list in &older.crls {
            assert_eq!(again.learn_crl(list, &older, now()), Err(Untrusted::RolledBack));
        }
        let older = again.learn_bci(&made_bci(&world, 4, &[]), &Bag::default(), now());
        assert_eq!(older, Err(Untrusted::RolledBack));
        assert_eq!(again.remember().expect("encodable"), remembered);

        let new = world.announced_root();
        again.roll_root(&new.certificate, now()).expect("announced");
        let remembered = again.remember().expect("encodable");
        let third = world.stranger();
        assert!(
            third
                .recall(
                    &Remembered {
                        authorities: Vec::new(),
                        crls: Vec::new(),
                        bcis: Vec::new(),
                        ..remembered
                    },
                    now()
                )
                .is_ok()
        );
        assert_eq!(third.roots(), [new.thumb(suite)]);
    });
}

#[test]
fn forged_memories_are_not_believed() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let stranger = World::new(suite);
        let theirs = stranger.trust().remember().expect("encodable");
        assert!(world.stranger().recall(&theirs, now()).is_err());
    });
}

#[test]
fn the_lists_that_belong_to_a_chain_go_along() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let trust = world.trust();
        judge(&trust, &world.merchant, MERCHANT).expect("a good path");
        let bag = trust.bag(&world.merchant);
        assert_eq!(bag.certificates.len(), 3);
        // Root and brand publish lists; MCA does not.
        assert_eq!(bag.crls.len(), 2);
        let with_gateway = trust.with_lists(bag.and(&world.gateway_exchange));
        assert_eq!(with_gateway.crls.len(), 3);
        let known = trust.thumbs(&brand()).expect("encodable").expect("something is known");
        let short = with_gateway.without(suite, &known);
        assert_eq!(
            short.certificates,
            [world.merchant.certificate.clone(), world.gateway_exchange.certificate.clone(),]
        );
        assert!(short.crls.is_empty());
    });
}

#[test]
fn a_revocation_entry_is_about_the_number_it_names() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let trust = world.trust();
        let revoked = [Revoked {
            serial: openset_wire::x509::Serial::new(&[1; 16]).expect("a number"),
            at: now(),
            reason: None,
        }];
        let terms = CrlTerms {
            number: 2,
            this_update: now().plus_s(-60),
            next_update: now().plus_s(DAY_S),
            revoked: &revoked,
        };
        let list = crl(suite, &terms, &world.pca, &world.keys).expect("a list");
        trust.learn_crl(&list, &Bag::of(&world.pca), now()).expect("a newer list");
        assert_eq!(judge(&trust, &world.gateway, Purpose::GatewaySignature), Ok(()));
    });
}

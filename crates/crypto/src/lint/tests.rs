//! For every rule a certificate that breaks just that rule, and is refused for it.

mod rules;

use openset_types::UnixTime;
use openset_wire::der::{Carried, Element, Octets};
use openset_wire::types::{Digest as WireDigest, SetString};
use openset_wire::x509::{
    AlgorithmIdentifier, AuthorityKeyIdentifier, BasicConstraints, CardCertRequired,
    CertificatePolicies, CertificateType, CrlDistributionPoints, DistributionPoint,
    DistributionPointName, Extension, ExtensionValue, GeneralName, HashedRootKey, KeyUsage,
    MerchantData, Name, NameAttribute, PolicyInformation, PolicyQualifierInfo,
    PrivateKeyUsagePeriod, Serial, SetExtensions, SubjectKeyIdentifier,
};

use super::*;
use crate::pki::{Wish, World, in_every_suite, now};
use crate::{Authority, Identity, PrivateKey};

use NameAttribute::{CommonName, Country, Organization, OrganizationalUnit};

type Unsigned = UnsignedCertificate;

/// What the lint says of a certificate that was changed.
fn changed(
    suite: Suite,
    (of, by): (&Identity, Option<&Identity>),
    change: impl FnOnce(&mut Unsigned),
) -> Result<Purpose, Lint> {
    let mut unsigned = of.certificate.to_be_signed.value().clone();
    change(&mut unsigned);
    let octets = encode(&unsigned).expect("encodable");
    lint(suite, &octets, by.map(|by| &by.certificate))
}

/// All extensions, one of them put in place of the one of its name, or at the end.
fn put(unsigned: &mut Unsigned, extension: Extension) {
    let mut all = extensions(unsigned);
    match all.iter_mut().find(|one| one.extn_id == extension.extn_id) {
        Some(one) => *one = extension,
        None => all.push(extension),
    }
    unsigned.extensions = Some(Extensions::new(all).expect("each once"));
}

fn says<T: ExtensionValue>(unsigned: &mut Unsigned, value: &T) {
    put(unsigned, value.extension().expect("encodable"));
}

fn without<T: ExtensionValue>(unsigned: &mut Unsigned) {
    let all = extensions(unsigned).into_iter().filter(|one| one.extn_id != T::OID).collect();
    unsigned.extensions = Some(Extensions::new(all).expect("each once"));
}

fn turned<T: ExtensionValue>(unsigned: &mut Unsigned) {
    let all = extensions(unsigned);
    let own = all.iter().find(|one| one.extn_id == T::OID).expect("it is there").clone();
    put(unsigned, Extension { critical: !own.critical, ..own });
}

fn extensions(unsigned: &Unsigned) -> Vec<Extension> {
    unsigned.extensions.as_ref().expect("always").iter().cloned().collect()
}

fn value<T: ExtensionValue>(unsigned: &Unsigned) -> T {
    let extensions = unsigned.extensions.as_ref().expect("always");
    extensions.get().expect("well formed").expect("it is there")
}

fn named(suite: Suite, parts: &[(NameAttribute, &str)]) -> Name {
    let name = Name::new(parts).expect("a name");
    match suite {
        Suite::Set10 => name.in_set_strings().expect("in the plane"),
        Suite::Modern => name,
    }
}

/// Another key, under its own name.
fn rekeyed(suite: Suite, unsigned: &mut Unsigned, key: &PublicKey) {
    unsigned.subject_public_key_info = decode(key.der()).expect("a key");
    if suite == Suite::Modern {
        let name = Octets::new(key.id().as_bytes()).expect("short");
        says(unsigned, &SubjectKeyIdentifier(name));
    }
}

fn moment(text: &str) -> UnixTime {
    UnixTime::parse_generalized(text).expect("a moment")
}

/// Everybody in a world, with who certified them and for what.
fn everybody(world: &World) -> Vec<(&Identity, Option<&Identity>, Purpose)> {
    use Purpose::*;
    let (root, brand) = (&world.root, &world.brand);
    vec![
        (root, None, CertificateSigning(Authority::Root)),
        (brand, Some(root), CertificateSigning(Authority::Brand)),
        (&world.cca, Some(brand), CertificateSigning(Authority::Cardholder)),
        (&world.mca, Some(brand), CertificateSigning(Authority::Merchant)),
        (&world.pca, Some(brand), CertificateSigning(Authority::Gateway)),
        (&world.cca_exchange, Some(brand), AuthorityEncipherment(Authority::Cardholder)),
        (&world.mca_signature, Some(brand), AuthoritySignature(Authority::Merchant)),
        (&world.cardholder, Some(&world.cca), CardholderSignature),
        (&world.merchant, Some(&world.mca), MerchantSignature),
        (&world.merchant_exchange, Some(&world.mca), MerchantEncipherment),
        (&world.gateway, Some(&world.pca), GatewaySignature),
        (&world.gateway_exchange, Some(&world.pca), GatewayEncipherment),
    ]
}

#[test]
fn what_keeps_the_profile_passes_and_says_what_it_is_for() {
    in_every_suite(|suite| {
        let mut world = World::new(suite);
        for (of, by, purpose) in everybody(&world) {
            assert_eq!(changed(suite, (of, by), |_| {}), Ok(purpose));
        }
        let (root, brand) = (world.root.clone(), world.brand.clone());
        let region = Purpose::CertificateSigning(Authority::Geopolitical);
        let region = world.certify(Wish::of(region), &brand);
        for (purpose, by) in [
            (Purpose::ListSigning(Authority::Brand), &root),
            (Purpose::AuthoritySignature(Authority::Brand), &root),
            (Purpose::ListSigning(Authority::Gateway), &brand),
            (Purpose::AuthoritySignature(Authority::Gateway), &region),
            (Purpose::AuthorityEncipherment(Authority::Gateway), &region),
        ] {
            let one = world.certify(Wish::of(purpose), by);
            assert_eq!(changed(suite, (&one, Some(by)), |_| {}), Ok(purpose));
        }
    });
}

#[test]
fn whoever_signs_is_named_as_the_suite_names_it() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let merchant = (&world.merchant, Some(&world.mca));
        let found = |change: &dyn Fn(&mut Unsigned)| changed(suite, merchant, change);
        assert_eq!(
            changed(suite, (&world.merchant, Some(&world.cca)), |_| {}),
            Err(Lint::OtherIssuer)
        );
        assert_eq!(changed(suite, (&world.merchant, None), |_| {}), Err(Lint::OtherIssuer));
        let other = AlgorithmIdentifier::bare(Oid::from_static(&[0x2A, 0x03]));
        assert_eq!(found(&|it| it.signature = other.clone()), Err(Lint::Algorithm));
        let number = Some(Serial::new(&[0x42; 16]).expect("a number"));
        let of_another = |it: &mut Unsigned| {
            let key = AuthorityKeyIdentifier {
                authority_cert_serial_number: number.clone(),
                ..value(it)
            };
            says(it, &key);
        };
        assert_eq!(found(&of_another), Err(Lint::AuthorityKey));
        let in_another_form = |it: &mut Unsigned| {
            let own: AuthorityKeyIdentifier = value(it);
            let key_identifier = match own.key_identifier {
                Some(_) => None,
                None => Some(Octets::new(&[7; 20]).expect("short")),
            };
            says(it, &AuthorityKeyIdentifier { key_identifier, ..own });
        };
        assert_eq!(found(&in_another_form), Err(Lint::AuthorityKey));
        let strange_key = SubjectKeyIdentifier(Octets::new(&[7; 32]).expect("short"));
        let why = match suite {
            Suite::Set10 => Lint::Foreign(SubjectKeyIdentifier::OID),
            Suite::Modern => Lint::SubjectKey,
        };
        assert_eq!(found(&|it| says(it, &strange_key)), Err(why));
        let points = |name| {
            let distribution_point = DistributionPointName::FullName(vec![name]);
            CrlDistributionPoints(vec![DistributionPoint { distribution_point }])
        };
        let file = Octets::new(b"file:///etc/passwd").expect("short");
        let elsewhere = points(GeneralName::UniformResourceIdentifier(file));
        let why = match suite {
            Suite::Set10 => Lint::Foreign(CrlDistributionPoints::OID),
            Suite::Modern => Lint::DistributionPoints,
        };
        assert_eq!(found(&|it| says(it, &elsewhere)), Err(why));
    });
}

#[test]
fn every_role_has_its_name_and_no_other() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let (country, brand) = ((Country, "FR"), (Organization, "Demo Brand"));
        let (unit, common) = ((OrganizationalUnit, "Banque Demo"), (CommonName, "Atelier Lumen"));
        let called = |of: (&Identity, Option<&Identity>), parts: &[_]| {
            changed(suite, of, |it| it.subject = named(suite, parts)).err()
        };
        let merchant = (&world.merchant, Some(&world.mca));
        let (root, mca) = ((&world.root, None), (&world.mca, Some(&world.brand)));
        let (own, cca) = ((&world.brand, Some(&world.root)), (&world.cca, Some(&world.brand)));
        assert_eq!(called(merchant, &[country, brand, unit, common]), None);
        for parts in [
            &[brand, unit, common][..],
            &[country, unit, common],
            &[country, brand, common],
            &[country, brand, unit],
            &[country, brand, unit, unit, common],
            &[brand, country, unit, common],
            &[],
        ] {
            assert_eq!(called(merchant, parts), Some(Lint::NameParts), "{parts:?}");
        }
        assert_eq!(called(mca, &[country, brand, unit]), None);
        assert_eq!(called(mca, &[country, brand, common]), Some(Lint::NameParts));
        assert_eq!(called(own, &[country, brand]), None);
        assert_eq!(called(own, &[country, brand, unit, common]), Some(Lint::NameParts));
        assert_eq!(called(root, &[country, brand, unit]), Some(Lint::NameParts));
        let small = (Country, "fr");
        assert_eq!(called(merchant, &[small, brand, unit, common]), Some(Lint::NameForm));
        let long = (Country, "FRA");
        assert_eq!(called(merchant, &[long, brand, unit, common]), Some(Lint::NameForm));
        let other = (Organization, "Other Brand");
        assert_eq!(called(merchant, &[country, other, unit, common]), Some(Lint::OtherBrand));
        // The second letter is Cyrillic.
        let looks_latin = (CommonName, "At\u{435}lier");
        assert_eq!(
            called(merchant, &[country, brand, unit, looks_latin]),
            Some(Lint::MixedScripts)
        );
        let of_its_issuer = [country, brand, unit, (CommonName, "MCA")];
        assert_eq!(called(merchant, &of_its_issuer), Some(Lint::IssuersName));
        assert_eq!(called(cca, &of_its_issuer), None);
    });
}

#[test]
fn a_name_in_the_strings_of_another_suite_is_refused() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let other = match suite {
            Suite::Set10 => Suite::Modern,
            Suite::Modern => Suite::Set10,
        };
        let found = changed(suite, (&world.merchant, Some(&world.mca)), |it| {
            let parts: Vec<_> = it
                .subject
                .parts()
                .map(|part| (part.attribute, part.text.as_str().to_owned()))
                .collect();
            let parts: Vec<_> = parts.iter().map(|(name, text)| (*name, text.as_str())).collect();
            it.subject = named(other, &parts);
        });
        assert_eq!(found, Err(Lint::NameForm));
    });
}

#[test]
fn a_cardholders_name_is_a_keyed_digest_and_nothing_else() {
    // B4: neither a card number nor a person stands in a certificate.
    in_every_suite(|suite| {
        let world = World::new(suite);
        for name in ["4111111111111111", "Ada Lumen", "3q2+7w==", "AAAA", "", "Wlpa WlpaWlo="] {
            let parts = [
                (Country, "FR"),
                (Organization, "Demo Brand"),
                (OrganizationalUnit, "Banque Demo"),
                (CommonName, name),
            ];
            let parts = if name.is_empty() { &parts[..3] } else { &parts[..] };
            let found = changed(suite, (&world.cardholder, Some(&world.cca)), |it| {
                it.subject = named(suite, parts);
            });
            let why = if name.is_empty() { Lint::NameParts } else { Lint::BareCardholder };
            assert_eq!(found, Err(why), "{name}");
        }
    });
}

#[test]
fn every_purpose_has_its_kind_of_key() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let key = |kind| PrivateKey::generate(kind).expect("randomness").public().der().to_vec();
        let with = |of: (&Identity, Option<&Identity>), kind| {
            let key = PublicKey::from_der(suite, &key(kind)).expect("our own");
            changed(suite, of, |it| rekeyed(suite, it, &key)).err()
        };
        let own = (&world.brand, Some(&world.root));
        let exchange = (&world.merchant_exchange, Some(&world.mca));
        let (party, strong) = match suite {
            Suite::Set10 => (KeyKind::Rsa1024, KeyKind::Rsa2048),
            Suite::Modern => (KeyKind::P256, KeyKind::P384),
        };
        assert_eq!(with((&world.merchant, Some(&world.mca)), strong), None);
        assert_eq!(with(exchange, party), None);
        assert_eq!(with(exchange, strong), Some(Lint::KeyKind));
        let wrong = if suite == Suite::Modern { party } else { strong };
        assert_eq!(with(own, wrong), Some(Lint::KeyKind));
        let of_root = changed(suite, (&world.root, None), |it| {
            let key = PublicKey::from_der(suite, &key(party)).expect("our own");
            rekeyed(suite, it, &key);
        });
        assert_eq!(of_root, Err(Lint::KeyKind));
    });
}

#[test]
fn the_issuers_own_key_is_not_certified_by_it() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let own = PublicKey::of(suite, &world.mca.certificate).expect("a key");
        let found = changed(suite, (&world.merchant, Some(&world.mca)), |it| {
            rekeyed(suite, it, &own);
        });
        assert_eq!(found, Err(Lint::IssuersKey));
    });
}

#[test]
fn an_authority_gives_out_what_its_own_certificate_allows() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let mca = world.mca.certificate.clone();
        let under = |change: &dyn Fn(&mut Unsigned)| {
            let mut above = world.mca.certificate.to_be_signed.value().clone();
            change(&mut above);
            let to_be_signed = openset_wire::der::Original::new(above).expect("encodable");
            let by = Certificate { to_be_signed: to_be_signed.into(), ..mca.clone() };
            let octets = world.merchant.certificate.to_be_signed.octets();
            lint(suite, octets, Some(&by)).err()
        };
        assert_eq!(under(&|_| {}), None);
        let wrong = Some(Lint::NotTheIssuers);
        assert_eq!(under(&|it| says(it, &KeyUsage::CRL_SIGN)), wrong);
        assert_eq!(under(&|it| says(it, &CertificateType::CCA)), wrong);
        assert_eq!(under(&without::<CertificateType>), wrong);
        assert_eq!(under(&|it| says(it, &BasicConstraints::default())), wrong);
        let over = Some(Carried(now().plus_s(-86_400 * 2)));
        let signs_no_more = |it: &mut Unsigned| {
            says(it, &PrivateKeyUsagePeriod { not_before: None, not_after: over });
        };
        assert_eq!(under(&signs_no_more), Some(Lint::OutlivesIssuer));
        let octets = world.mca.certificate.to_be_signed.octets();
        let mut brand = world.brand.certificate.to_be_signed.value().clone();
        says(&mut brand, &BasicConstraints { ca: true, path_len_constraint: Some(0) });
        let to_be_signed = openset_wire::der::Original::new(brand).expect("encodable");
        let by = Certificate { to_be_signed: to_be_signed.into(), ..mca };
        assert_eq!(lint(suite, octets, Some(&by)).err(), wrong, "no room below");
    });
}

#[test]
fn a_root_signs_itself_and_announces_the_next() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let root = (&world.root, None);
        let found = |change: &dyn Fn(&mut Unsigned)| changed(suite, root, change).err();
        assert_eq!(
            changed(suite, (&world.root, Some(&world.root)), |_| {}).err(),
            Some(Lint::NotTheIssuers)
        );
        assert_eq!(found(&without::<HashedRootKey>), Some(Lint::Missing("hashedRootKey")));
        assert_eq!(found(&turned::<HashedRootKey>), Some(Lint::Criticality("hashedRootKey")));
        assert_eq!(
            found(&|it| it.issuer = world.brand.certificate.to_be_signed.subject.clone()),
            Some(Lint::OtherIssuer)
        );
        let announces = |change: fn(&mut HashedRootKey)| {
            found(&|it| {
                let mut next: HashedRootKey = value(it);
                change(&mut next);
                says(it, &next);
            })
        };
        let wrong = Some(Lint::NextRoot);
        assert_eq!(announces(|it| it.root_key_thumbprint.dd_version = 1), wrong);
        let short = |it: &mut HashedRootKey| {
            it.root_key_thumbprint.digest = WireDigest::new(&[1; 16]).expect("short");
        };
        assert_eq!(announces(short), wrong);
        let other = |it: &mut HashedRootKey| {
            it.root_key_thumbprint.content_info.content_type = PolicyInformation::SET_ROOT;
        };
        assert_eq!(announces(other), wrong);
        let inside = |it: &mut HashedRootKey| {
            let null = Element::from_octets(vec![5, 0]).expect("NULL");
            it.root_key_thumbprint.content_info.content = Some(null);
        };
        assert_eq!(announces(inside), wrong);
        let hashed: HashedRootKey = value(world.root.certificate.to_be_signed.value());
        let brand = (&world.brand, Some(&world.root));
        let foreign = changed(suite, brand, |it| says(it, &hashed)).err();
        assert_eq!(foreign, Some(Lint::Foreign(HashedRootKey::OID)));
    });
}

#[test]
fn a_merchant_is_given_no_card_numbers_and_a_gateway_takes_no_unsigned_payments() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let modern = |lint| (suite == Suite::Modern).then_some(lint);
        for merchant in [&world.merchant, &world.merchant_exchange] {
            let of = (merchant, Some(&world.mca));
            let given = changed(suite, of, |it| {
                let own: MerchantData = value(it);
                says(it, &MerchantData { mer_auth_flag: true, ..own });
            });
            assert_eq!(given.err(), modern(Lint::ReturnsCardNumbers));
            let looks_latin = changed(suite, of, |it| {
                let mut own: MerchantData = value(it);
                own.mer_name_seq[0].name = SetString::new("At\u{435}lier").expect("a name");
                says(it, &own);
            });
            assert_eq!(looks_latin.err(), Some(Lint::MixedScripts));
        }
        let gateway = (&world.gateway_exchange, Some(&world.pca));
        let takes = changed(suite, gateway, |it| says(it, &CardCertRequired(false))).err();
        assert_eq!(takes, modern(Lint::TakesUnsigned));
        for (change, name) in [
            (without::<CardCertRequired> as fn(&mut Unsigned), "cardCertRequired"),
            (without::<SetExtensions>, "setExtensions"),
        ] {
            assert_eq!(changed(suite, gateway, change).err(), Some(Lint::Missing(name)));
        }
        let period = PrivateKeyUsagePeriod::default();
        let signs = changed(suite, gateway, |it| says(it, &period)).err();
        assert_eq!(signs, Some(Lint::Foreign(PrivateKeyUsagePeriod::OID)));
    });
}

#[test]
fn what_is_not_the_der_of_a_certificate_is_refused() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let octets = world.merchant.certificate.to_be_signed.octets();
        let refused = |octets: &[u8]| {
            let found = lint(suite, octets, Some(&world.mca.certificate));
            matches!(found, Err(Lint::Malformed(_)))
        };
        let mut longer = octets.to_vec();
        longer.push(0);
        assert!(refused(&longer));
        assert!(refused(&octets[..octets.len() - 1]));
        assert!(refused(&[]));
    });
}

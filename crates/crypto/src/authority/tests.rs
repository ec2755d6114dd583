//! What an authority does not sign, and what `openssl` thinks of what it does.

use openset_types::UnixTime;
use openset_wire::der::encode;
use openset_wire::x509::{Certificate, Serial};

use super::*;
use crate::openssl::{OpenSsl, named_folder};
use crate::pki::{Wish, World, brand, in_every_suite, now, terms};
use crate::vault::Cost;
use crate::{Authority, Bag, Identity, KeyKind, PrivateKey, Suite};

const MERCHANT: Purpose = Purpose::MerchantSignature;

fn linted(
    suite: Suite,
    issuer: &Identity,
    wish: Wish<'_>,
    kind: KeyKind,
    change: impl FnOnce(&mut Terms<'_>),
) -> Option<Lint> {
    let key = PrivateKey::generate(kind).expect("randomness");
    let serial = Serial::new(&[0x41; 16]).expect("a number");
    let mut terms = terms(&wish, serial, key.public());
    change(&mut terms);
    draft(suite, &terms, issuer).err()
}

#[test]
fn an_authority_certifies_only_those_it_is_for() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let lint = |issuer: &Identity, purpose, kind| {
            linted(suite, issuer, Wish::of(purpose), kind, |_| {})
        };
        let party = KeyKind::of_parties(suite);
        let wrong = Some(Lint::NotTheIssuers);
        assert_eq!(lint(&world.mca, MERCHANT, party), None);
        assert_eq!(lint(&world.cca, MERCHANT, party), wrong);
        assert_eq!(lint(&world.mca, Purpose::GatewaySignature, party), wrong);
        let authority = Purpose::CertificateSigning(Authority::Cardholder);
        assert_eq!(lint(&world.mca, authority, party), wrong);
        assert_eq!(lint(&world.root, authority, party), wrong);
        // A merchant is an authority of nothing.
        assert_eq!(lint(&world.merchant, MERCHANT, party), wrong);
    });
}

#[test]
fn terms_that_do_not_go_together_are_not_drafted() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let lint = |wish, change: fn(&mut Terms<'_>)| {
            linted(suite, &world.mca, wish, KeyKind::of_parties(suite), change)
        };
        let short = |terms: &mut Terms<'_>| terms.serial = Serial::new(&[1; 8]).expect("a number");
        assert_eq!(lint(Wish::of(MERCHANT), short), Some(Lint::Serial));
        let bare = |terms: &mut Terms<'_>| terms.details = Details::None;
        assert_eq!(lint(Wish::of(MERCHANT), bare), Some(Lint::Missing("merchantData")));
        let nameless = |terms: &mut Terms<'_>| terms.subject = Name::default();
        assert_eq!(lint(Wish::of(MERCHANT), nameless), Some(Lint::NameParts));
        let signs_on = |terms: &mut Terms<'_>| terms.signs_until = terms.not_after.plus_s(1);
        assert_eq!(lint(Wish::of(MERCHANT), signs_on), Some(Lint::SigningPeriod));
        let ever = UnixTime::parse_generalized("99991231235959Z").expect("a moment");
        let outlives = Wish { not_after: ever, signs_until: ever, ..Wish::of(MERCHANT) };
        assert_eq!(lint(outlives, |_| {}), Some(Lint::OutlivesIssuer));
    });
}

#[test]
fn a_draft_is_taken_up_again_after_a_crash() {
    in_every_suite(|suite| {
        // Abuse case 30: the record of what was to be signed is enough.
        let world = World::new(suite);
        let key = PrivateKey::generate(KeyKind::of_parties(suite)).expect("randomness");
        let serial = Serial::new(&[0x41; 16]).expect("a number");
        let terms = terms(&Wish::of(MERCHANT), serial, key.public());
        let draft = draft(suite, &terms, &world.mca).expect("a good draft");
        let again = restore(suite, draft.octets(), &world.mca).expect("its own draft");
        assert_eq!(again, draft);
        assert_eq!(restore(suite, draft.octets(), &world.cca), Err(Lint::OtherIssuer));
        let mut rotten = draft.octets().to_vec();
        *rotten.last_mut().expect("an octet") ^= 1;
        assert!(restore(suite, &rotten, &world.mca).is_err(), "what a disk has changed");
        let certificate = issue(&again, &world.keys).expect("signed");
        let trust = world.trust();
        let bag = Bag::of(&world.mca);
        assert!(trust.path(&certificate, &bag, MERCHANT, Some(&brand()), now()).is_ok());
    });
}

#[test]
fn the_draft_of_a_root_is_taken_up_again_too() {
    in_every_suite(|suite| {
        let world = World::new(suite);
        let octets = world.root.certificate.to_be_signed.octets();
        let again = restore_root(suite, octets).expect("a root's own draft");
        let certificate = issue(&again, &world.keys).expect("signed");
        assert!(crate::Trust::new(suite, &[certificate]).is_ok());
        let below = world.brand.certificate.to_be_signed.octets();
        assert!(restore_root(suite, below).is_err());
    });
}

fn pem(label: &str, octets: &[u8]) -> String {
    let text = data_encoding::BASE64.encode(octets);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

fn certificate_pem(certificate: &Certificate) -> String {
    pem("CERTIFICATE", &encode(certificate).expect("encodable"))
}

#[test]
fn openssl_verify_accepts_every_chain_and_every_list() {
    in_every_suite(|suite| {
        // `-ignore_critical`: certificateType and hashedRootKey are critical and not known to it.
        let world = World::new(suite);
        let openssl = OpenSsl::new();
        openssl.write("root.pem", certificate_pem(&world.root.certificate).as_bytes());
        let bag = world.lists(1, &[&world.gateway_exchange]);
        let above: String = bag.certificates.iter().map(certificate_pem).collect();
        let lists = bag.crls.iter().map(|list| pem("X509 CRL", &encode(list).expect("encodable")));
        // The profile of 1997 has no names of keys, which `-x509_strict` asks for, and its digests
        // are below what OpenSSL takes by itself.
        let manner = match suite {
            Suite::Set10 => "-auth_level 0",
            Suite::Modern => "-x509_strict",
        };
        let verify = format!(
            "verify -ignore_critical {manner} -attime 1795421700 -CAfile root.pem \
             -untrusted above.pem"
        );
        let plain = format!("{verify} leaf.pem");
        openssl.write("above.pem", above.as_bytes());
        for leaf in [
            &world.cardholder,
            &world.merchant,
            &world.merchant_exchange,
            &world.gateway,
            &world.gateway_exchange,
            &world.cca_exchange,
            &world.mca_signature,
            &world.brand,
        ] {
            openssl.write("leaf.pem", certificate_pem(&leaf.certificate).as_bytes());
            assert_eq!(openssl.run(&plain).trim(), "leaf.pem: OK");
        }
        openssl.write("lists.pem", lists.collect::<String>().as_bytes());
        let checked = format!("{verify} -crl_check_all -CRLfile lists.pem leaf.pem");
        openssl.write("leaf.pem", certificate_pem(&world.gateway.certificate).as_bytes());
        assert_eq!(openssl.run(&checked).trim(), "leaf.pem: OK");
        openssl.write("leaf.pem", certificate_pem(&world.gateway_exchange.certificate).as_bytes());
        assert!(openssl.refusal(&checked).contains("certificate revoked"));
    });
}

/// One of every kind of certificate, and lists with and without entries.
fn of_every_kind(world: &mut World) -> (Vec<Certificate>, Bag) {
    use Purpose::{AuthoritySignature, CertificateSigning, ListSigning};
    let (root, brand) = (world.root.clone(), world.brand.clone());
    let under = |world: &mut World, purpose, name, by: &Identity| {
        world.certify(Wish { common_name: name, ..Wish::of(purpose) }, by)
    };
    let region = CertificateSigning(Authority::Geopolitical);
    let region = under(world, region, "Demo Brand Europe", &brand);
    let regional = CertificateSigning(Authority::Gateway);
    let others = [
        under(world, ListSigning(Authority::Brand), "Demo Brand CA", &root),
        under(world, AuthoritySignature(Authority::Brand), "Demo Brand Clerk", &root),
        under(world, regional, "Regional PCA", &region),
        under(world, ListSigning(Authority::Gateway), "PCA", &brand),
        region,
    ];
    let own = [
        &world.root,
        &world.brand,
        &world.cca,
        &world.mca,
        &world.pca,
        &world.cca_exchange,
        &world.mca_signature,
        &world.cardholder,
        &world.merchant,
        &world.merchant_exchange,
        &world.gateway,
        &world.gateway_exchange,
    ];
    let all = own.into_iter().chain(&others).map(|one| one.certificate.clone()).collect();
    (all, world.lists(1, &[&world.gateway, &world.gateway_exchange]))
}

#[test]
fn certificates_and_lists_of_every_kind_are_written_for_other_readers() {
    // `scripts/test` names the folder and has pkilint and OpenSSL judge what is in it.
    let scratch = tempfile::tempdir().expect("a folder");
    let folder = named_folder("OPENSET_CERTIFICATES");
    let folder = folder.unwrap_or_else(|| scratch.path().to_owned());
    in_every_suite(|suite| {
        let folder = folder.join(suite.to_string());
        std::fs::create_dir_all(&folder).expect("a folder");
        let write = |name: String, octets: &[u8]| {
            std::fs::write(folder.join(name), octets).expect("written");
        };
        let mut world = World::new(suite);
        let (certificates, bag) = of_every_kind(&mut world);
        for (number, certificate) in certificates.iter().enumerate() {
            let octets = encode(certificate).expect("encodable");
            write(format!("certificate-{number:02}.der"), &octets);
        }
        for (number, list) in bag.crls.iter().enumerate() {
            write(format!("list-{number}.der"), &encode(list).expect("encodable"));
        }
        write("root.pem".to_owned(), certificate_pem(&world.root.certificate).as_bytes());
        let written = std::fs::read_dir(&folder).expect("a folder").count();
        assert_eq!(written, certificates.len() + bag.crls.len() + 1);
    });
}

#[test]
fn openssl_pkcs8_reads_our_key_files_and_we_read_its() {
    let openssl = OpenSsl::new();
    let secret = openset_types::Secret::new(b"lighthouse".to_vec());
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::Rsa1024, KeyKind::Rsa2048] {
        let key = PrivateKey::generate(kind).expect("randomness");
        openssl.write("k.p8", &key.to_locked_file(&secret, Cost::KEY_FILE).expect("written"));
        openssl.run("pkcs8 -inform DER -in k.p8 -passin pass:lighthouse -outform DER -out k");
        openssl.run("pkey -inform DER -in k -pubout -outform DER -out k.pub");
        assert_eq!(openssl.read("k.pub"), key.public().der());
        openssl.run(
            "pkcs8 -topk8 -scrypt -inform DER -in k -outform DER -out k2.p8 \
             -passout pass:lighthouse",
        );
        let back = PrivateKey::from_locked_file(&openssl.read("k2.p8"), &secret);
        assert_eq!(back.expect("openssl's file").id(), key.id());
    }
}

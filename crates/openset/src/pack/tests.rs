//! Packs, right and wrong: what is said of each mistake, and that no change goes unnoticed.

use std::{fs, path::Path, sync::LazyLock};

use openset_crypto::{
    Draw, KeyKind, PrivateKey, PublicKey, SoftwareKeys, Suite,
    authority::{Details, Terms, draft_root, issue},
};
use openset_types::UnixTime;
use openset_web::Tongue;
use openset_wire::x509::{Name, NameAttribute};

use super::{
    files::LOGO_SVG,
    sealed::{Refused, Sealed, seal},
    *,
};
use crate::ceremony::write_pem;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/packs/banque-demo");
const AUTHORITY: &str = "http://ca-cardholder.localhost:7180/set";

pub(crate) struct Bank {
    pub(crate) keys: SoftwareKeys,
    pub(crate) key: PublicKey,
}

pub(crate) fn bank() -> Bank {
    let key = PrivateKey::generate(KeyKind::of_parties(Suite::Modern)).expect("randomness");
    let public = PublicKey::from_der(Suite::Modern, key.public().der()).expect("our own key");
    let keys = SoftwareKeys::new();
    keys.hold(key);
    Bank { keys, key: public }
}

fn root_of(suite: Suite) -> String {
    let purpose = openset_crypto::Purpose::CertificateSigning(openset_crypto::Authority::Root);
    let kind = purpose.key_kind(suite);
    let [key, next] = [(); 2].map(|()| PrivateKey::generate(kind).expect("randomness"));
    let public = |key: &PrivateKey| PublicKey::from_der(suite, key.public().der()).expect("ours");
    let (own, next) = (public(&key), public(&next));
    let keys = SoftwareKeys::new();
    keys.hold(key);
    let now = UnixTime::parse_generalized("20261123120000Z").expect("a time");
    let subject = [
        (NameAttribute::Country, "FR"),
        (NameAttribute::Organization, "OpenSET"),
        (NameAttribute::CommonName, "A Root"),
    ];
    let terms = Terms {
        serial: Draw::new(suite, [7; 32]).serial(),
        subject: Name::new(&subject).expect("a name"),
        key: &own,
        purpose,
        not_before: now,
        not_after: now.plus_s(86_400 * 365),
        signs_until: now.plus_s(86_400 * 30),
        crl_url: None,
        details: Details::NextRoot(next.digest()),
    };
    let draft = draft_root(suite, &terms).expect("a root");
    write_pem([&issue(&draft, &keys).expect("signed")]).expect("PEM")
}

static ROOT_PEM: LazyLock<String> = LazyLock::new(|| root_of(Suite::Modern));

pub(crate) fn whole() -> Files {
    let mut files = read_folder(Path::new(FOLDER)).expect("a pack of this checkout");
    let complement =
        Complement { root: Some(ROOT_PEM.clone()), authority: Some(AUTHORITY.to_owned()) };
    complement.add_to(&mut files).expect("left open");
    files
}

/// The whole pack, signed by a bank.
pub(crate) fn seal_with(bank: &Bank) -> Vec<u8> {
    seal(&whole(), &bank.key, &bank.keys).expect("signed")
}

fn with(name: &str, change: impl FnOnce(&str) -> String) -> Files {
    let mut files = whole();
    let text = change(files.text(name).expect("there"));
    files.put(name, text.into_bytes()).expect("a known file");
    files
}

fn told(files: &Files) -> String {
    format!("{:#}", Pack::of(files).expect_err("refused"))
}

#[test]
fn the_packs_of_the_checkout_are_complete_but_for_what_each_demo_adds() {
    let packs = Path::new(FOLDER).parent().expect("above");
    let mut ids = Vec::new();
    for folder in fs::read_dir(packs).expect("the packs") {
        let folder = folder.expect("a pack").path();
        let mut files = read_folder(&folder).expect("files");
        let complement =
            Complement { root: Some(ROOT_PEM.clone()), authority: Some(AUTHORITY.to_owned()) };
        complement.add_to(&mut files).expect("left open");
        let pack = Pack::of(&files).expect("a pack");
        assert_eq!(folder.file_name().and_then(|name| name.to_str()), Some(&*pack.facts.id));
        assert_eq!(pack.facts.names.len(), Tongue::ALL.len());
        ids.push(pack.facts.id);
    }
    ids.sort();
    assert_eq!(ids, ["banca-di-prova", "banque-demo", "nordic-test-bank"]);
}

#[test]
fn a_pack_says_what_a_wallet_needs() {
    let Pack { facts, root, anchor, .. } = Pack::of(&whole()).expect("a pack");
    assert_eq!((facts.suite, facts.authority.as_str()), (Suite::Modern, AUTHORITY));
    assert_eq!(facts.tongue(), Tongue::French);
    assert_eq!(facts.names(Tongue::English).wallet, "Banque Démo Wallet");
    assert_eq!(print_of(&root.expect("a root")).expect("DER"), anchor);
}

#[test]
fn each_wrong_value_is_told_with_its_file_and_its_field() {
    for (from, to, field) in [
        ("id = \"banque-demo\"", "id = \"Banque Demo\"", "pack.id"),
        ("id = \"banque-demo\"", "", "pack.id is missing"),
        ("[\"fr\", \"en\"]", "[\"fr\", \"de\"]", "pack.languages"),
        ("[\"fr\", \"en\"]", "[\"fr\", \"fr\"]", "pack.languages"),
        ("[\"fr\", \"en\"]", "[]", "pack.languages"),
        ("[\"fr\", \"en\"]", "[\"fr\"]", "pack.names.en is no setting"),
        ("[\"999999\"]", "[\"99999\"]", "pack.bins"),
        ("[\"999999\"]", "999999", "pack.bins"),
        ("suite = \"modern\"", "suite = \"set20\"", "pack.suite"),
        (AUTHORITY, "http://bank.example/set", "pack.authority"),
        ("portefeuille@banque-demo.example", "a b@c.example\\n", "pack.contact"),
        ("\"Banque Démo Wallet\"", "\"<b>Banque</b>\"", "pack.names.en.wallet"),
        ("\"Banque Démo Wallet\"", "\"Banque\\nExec=sh\"", "pack.names.en.wallet"),
        ("\"#8ec5ff\"", "\"#0b5394\"", "pack.colours.dark.accent: "),
        ("\"#ffffff\"", "\"#5a8fc4\"", "pack.colours.light.on-accent: "),
        ("\"#ffffff\"", "\"white\"", "pack.colours.light.on-accent = "),
        ("[colours.dark]", "[colours.night]", "pack.colours.dark.accent is missing"),
        ("[names.fr]", "surprise = 1\n[names.fr]", "pack.surprise is no setting"),
        ("[names.fr]", "trust = { sha256 = \"00\" }\n[names.fr]", "pack.trust.sha256"),
    ] {
        let files = with(PACK, |toml| toml.replacen(from, to, 1));
        assert_ne!(files, whole(), "{from} is in the pack");
        let told = told(&files);
        assert!(told.starts_with("pack.toml: ") && told.contains(field), "{from}: {told}");
    }
    assert!(told(&with(PACK, |_| "id = ".to_owned())).starts_with("pack.toml: "));
}

#[test]
fn files_that_are_wrong_missing_or_too_many_are_told_by_name() {
    assert!(told(&with(LOGO_SVG, |_| "<svg/>".to_owned())).starts_with("logo.svg: "));
    assert!(told(&with(ROOT, |_| String::new())).starts_with("root.pem"));
    assert!(told(&with(ROOT, |pem| pem.repeat(2))).starts_with("root.pem: expected one"));
    let mut both = whole();
    both.put("logo.png", b"\x89PNG".to_vec()).expect("known");
    assert!(told(&both).contains("a pack has one logo"));
    let folder = tempfile::tempdir().expect("a folder");
    assert!(told(&read_folder(folder.path()).expect("empty")).starts_with("pack.toml is missing"));
    fs::write(folder.path().join("pack.toml"), vec![b' '; 8193]).expect("a file");
    let long = read_folder(folder.path()).expect_err("too long");
    assert!(long.to_string().starts_with("pack.toml: 8193 octets"), "{long}");
    fs::write(folder.path().join("pack.toml"), "").expect("a file");
    fs::write(folder.path().join("run.sh"), "").expect("a file");
    let stray = read_folder(folder.path()).expect_err("a stray file");
    assert!(stray.to_string().starts_with("run.sh: a file that no pack has"), "{stray}");
}

#[test]
fn a_pack_names_its_trust_anchor_and_no_other_suite() {
    let print = Pack::of(&whole()).expect("a pack").anchor;
    let named = |print: &str| with(PACK, |toml| format!("{toml}\n[trust]\nsha256 = \"{print}\"\n"));
    assert!(Pack::of(&named(&print)).is_ok());
    assert!(told(&named(&"0".repeat(64))).contains("trust.sha256 is not the print of root.pem"));
    let other = root_of(Suite::Modern);
    let other = read_pem(&other).expect("PEM").remove(0);
    assert!(Pack::of(&whole()).expect("a pack").require_anchor(&other).is_err());
    let set10 = with(ROOT, |_| root_of(Suite::Set10));
    assert!(told(&set10).contains("root.pem is of suite set10"));
    let complement = Complement { root: Some(root_of(Suite::Set10)), authority: None };
    assert!(complement.add_to(&mut whole()).is_err());
}

#[test]
fn a_signed_pack_opens_with_the_key_that_signed_it_and_with_no_other() {
    let (ours, other) = (bank(), bank());
    let octets = seal(&whole(), &ours.key, &ours.keys).expect("signed");
    let opened = Sealed::open(&octets, Some(&ours.key.id())).expect("ours");
    assert_eq!((opened.files, opened.by), (whole(), ours.key.id()));
    let refused = Sealed::open(&octets, Some(&other.key.id())).expect_err("other");
    assert_eq!(refused, Refused::OtherKey);
    assert_eq!(seal(&whole(), &ours.key, &other.keys).map_err(|_| ()), Err(()));
}

#[test]
fn a_signed_pack_that_was_changed_in_any_octet_is_refused() {
    let ours = bank();
    let octets = seal(&whole(), &ours.key, &ours.keys).expect("signed");
    for at in 0..octets.len() {
        let mut changed = octets.clone();
        changed[at] ^= 1;
        assert!(Sealed::open(&changed, Some(&ours.key.id())).is_err(), "octet {at}");
    }
    let more = [octets.as_slice(), &[0; 512]].concat();
    assert!(Sealed::open(&more, None).is_err());
    for cut in (0..octets.len()).step_by(97) {
        assert!(Sealed::open(&octets[..cut], None).is_err(), "cut at {cut}");
    }
}

#[test]
fn each_file_that_was_changed_added_or_taken_out_is_told_by_name() {
    let ours = bank();
    let manifest = sealed::sign_manifest(&whole(), &ours.key, &ours.keys).expect("signed");
    let told = |files: &Files| {
        let octets = sealed::write(&manifest, files).expect("written");
        Sealed::open(&octets, Some(&ours.key.id())).expect_err("refused")
    };
    for name in [PACK, LOGO_SVG, ROOT] {
        assert_eq!(told(&with(name, |text| format!("{text} "))), Refused::Changed(name));
        let mut less = Files::default();
        for (kept, octets) in whole().iter().filter(|(kept, _)| *kept != name) {
            less.put(kept, octets.to_vec()).expect("known");
        }
        assert_eq!(told(&less), Refused::Missing(name));
    }
    let mut more = whole();
    more.put("logo.png", Vec::new()).expect("known");
    assert_eq!(told(&more), Refused::Added("logo.png"));
}

//! Keys in PKCS#11 tokens, played with SoftHSM.

mod fragile;
mod softhsm;

use std::{fs, path::PathBuf, process::Command, sync::Arc};

use cryptoki::{
    context::{CInitializeArgs, CInitializeFlags, Pkcs11},
    object::{Attribute, AttributeType, ObjectClass, ObjectHandle},
    session::{Session, UserType},
    types::AuthPin,
};
use openset_crypto::{
    Authority, KeyFault, KeyId, KeyKind, KeyUse, Keys, PrivateKey, PublicKey, Purpose,
    SoftwareKeys, Suite, vault::Cost,
};
use openset_node::{
    fault::Fault,
    keys::{KeyHolder, PinSource, TokenFault, TokenKeys, TokenTerms},
};
use openset_types::Secret;

use self::softhsm::{PIN, SoftHsm, done};

/// The kind of every party's keys.
fn party() -> KeyKind {
    KeyKind::of_parties(Suite::Modern)
}

/// The kind of the keys of brands.
fn brand_kind() -> KeyKind {
    Purpose::CertificateSigning(Authority::Brand).key_kind(Suite::Modern)
}

fn open(terms: &TokenTerms) -> TokenKeys {
    TokenKeys::open("gateway", terms).expect("a token that takes the PIN")
}

fn make(keys: &TokenKeys, to: KeyUse) -> PublicKey {
    keys.generate(party(), to).expect("a key in the token")
}

/// The module as another program would have it that shares our process.
fn module(hsm: &SoftHsm) -> Pkcs11 {
    Pkcs11::new(&hsm.module).expect("SoftHSM")
}

fn initialize(module: &Pkcs11) {
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    module.initialize(arguments).expect("nobody else has it");
}

/// Where the tokens are.
fn tokens(hsm: &SoftHsm) -> PathBuf {
    hsm.folder().join("tokens")
}

/// Ends every session that the process has with any token.
fn end_sessions(hsm: &SoftHsm) {
    module(hsm).finalize().expect("it was initialized");
}

/// The point of a peer, which is made of software.
fn peer() -> (PrivateKey, Vec<u8>) {
    let peer = PrivateKey::generate(party()).expect("randomness");
    let der = peer.public().der();
    let point = der[der.len() - 65..].to_vec();
    (peer, point)
}

/// Whether OpenSSL accepts a signature.
fn openssl_accepts(hsm: &SoftHsm, key: &PublicKey, digest: &str, signature: &[u8]) -> bool {
    let path = |name: &str| hsm.folder().join(name);
    fs::write(path("public.der"), key.der()).expect("a file");
    fs::write(path("signature"), signature).expect("a file");
    fs::write(path("message"), MESSAGE).expect("a file");
    let mut openssl = Command::new("openssl");
    openssl.current_dir(hsm.folder()).args(["dgst", digest, "-keyform", "DER"]);
    openssl.args(["-verify", "public.der", "-signature", "signature", "message"]);
    openssl.output().expect("openssl is there").status.success()
}

const MESSAGE: &[u8] = b"one consent";

#[test]
fn openssl_accepts_what_a_key_of_a_token_signs() {
    SoftHsm::play("openssl_accepts_what_a_key_of_a_token_signs", |hsm| {
        let keys = open(&hsm.token("gateway"));
        for (kind, digest) in [(party(), "-sha256"), (brand_kind(), "-sha384")] {
            let key = keys.generate(kind, KeyUse::Signs).expect("a key in the token");
            assert_eq!(key.kind(), kind);
            // The length of a signature varies with its numbers.
            for _ in 0..64 {
                let signature = keys.sign(&key.id(), MESSAGE).expect("signed");
                assert!(openssl_accepts(hsm, &key, digest, &signature));
            }
            let other = keys.sign(&key.id(), b"other").expect("signed");
            assert!(!openssl_accepts(hsm, &key, digest, &other));
        }
    });
}

/// Brings a key of software into a token.
fn import(hsm: &SoftHsm, token: &str, key: &PrivateKey) {
    let passphrase = Secret::new(b"on the way".to_vec());
    let file = key.to_locked_file(&passphrase, Cost::KEY_FILE).expect("written");
    let (locked, pem) = (hsm.folder().join("key.p8"), hsm.folder().join("key.pem"));
    fs::write(&locked, file).expect("a file");
    let mut openssl = Command::new("openssl");
    openssl.args(["pkcs8", "-inform", "DER", "-passin", "pass:on the way", "-in"]);
    done(openssl.arg(&locked).arg("-out").arg(&pem));
    let mut import = Command::new("softhsm2-util");
    import.args(["--token", token, "--label", "brought along", "--id", "beef"]);
    done(import.args(["--pin", PIN, "--import"]).arg(&pem));
}

#[test]
fn a_key_of_set10_signs_and_opens_in_a_token_as_it_does_in_software() {
    SoftHsm::play("a_key_of_set10_signs_and_opens_in_a_token_as_it_does_in_software", |hsm| {
        let terms = hsm.token("gateway");
        let key = PrivateKey::generate(KeyKind::of_parties(Suite::Set10)).expect("randomness");
        import(hsm, "gateway", &key);
        let keys = open(&terms);
        let software = SoftwareKeys::new();
        let octets = key.public().der().len() - MODULUS_AT - EXPONENT_OCTETS;
        let modulus = key.public().der()[MODULUS_AT..][..octets].to_vec();
        let id = software.hold(key);
        assert_eq!(keys.sign(&id, MESSAGE), software.sign(&id, MESSAGE));
        for first in [0, 1, 0x40] {
            let mut block = vec![0xA5; octets];
            block[0] = first;
            let opened = keys.open_block(&id, &block).expect("opened");
            assert!(Ok(opened) == software.open_block(&id, &block));
        }
        // Whoever sends one of these is told so, and the token never sees it.
        for bad in [&modulus[..], &[0xFF; 128], &modulus[1..], &[0; 129], &[]] {
            assert_eq!(keys.open_block(&id, bad).err(), Some(KeyFault::BadPeer));
        }
        assert_eq!(keys.agree(&id, &[4; 65]).err(), Some(KeyFault::WrongKind));
    });
}

/// Where the modulus of a key of 1024 bits begins in its DER, and what stands after it.
const MODULUS_AT: usize = 29;
const EXPONENT_OCTETS: usize = 5;

#[test]
fn a_key_of_set10_is_made_in_a_token_for_one_use() {
    SoftHsm::play("a_key_of_set10_is_made_in_a_token_for_one_use", |hsm| {
        let keys = open(&hsm.token("gateway"));
        let kind = KeyKind::of_parties(Suite::Set10);
        let signs = keys.generate(kind, KeyUse::Signs).expect("a key in the token");
        let signature = keys.sign(&signs.id(), MESSAGE).expect("signed");
        assert!(openssl_accepts(hsm, &signs, "-sha1", &signature));
        let mut block = vec![0x11; 128];
        assert_eq!(keys.open_block(&signs.id(), &block).err(), Some(KeyFault::WrongKind));
        let opens = keys.generate(kind, KeyUse::Opens).expect("a key in the token").id();
        assert_eq!(keys.sign(&opens, MESSAGE), Err(KeyFault::WrongKind));
        assert!(keys.open_block(&opens, &block).is_ok());
        end_sessions(hsm);
        block[1] = 7;
        assert!(keys.open_block(&opens, &block).is_ok());
        let curve = make(&keys, KeyUse::Opens).id();
        assert_eq!(keys.open_block(&curve, &block).err(), Some(KeyFault::WrongKind));
    });
}

#[test]
fn a_key_agrees_in_a_token_as_it_does_in_software() {
    SoftHsm::play("a_key_agrees_in_a_token_as_it_does_in_software", |hsm| {
        let terms = hsm.token("gateway");
        let key = PrivateKey::generate(party()).expect("randomness");
        import(hsm, "gateway", &key);
        let keys = open(&terms);
        let allow = |session: &Session, object| {
            session.update_attributes(object, &[Attribute::Derive(true)]).expect("a key of ours");
        };
        for_private(hsm, "brought along", allow);
        let software = SoftwareKeys::new();
        let id = software.hold(key);
        for _ in 0..16 {
            let (_, point) = peer();
            let agreed = keys.agree(&id, &point).expect("agreed");
            assert!(Ok(agreed) == software.agree(&id, &point));
        }
        assert!(keys.sign(&id, MESSAGE).is_ok());
    });
}

#[test]
fn a_key_that_is_made_in_a_token_agrees_with_one_of_software() {
    SoftHsm::play("a_key_that_is_made_in_a_token_agrees_with_one_of_software", |hsm| {
        let keys = open(&hsm.token("gateway"));
        let ours = make(&keys, KeyUse::Opens);
        let (theirs, their_point) = peer();
        let our_point = &ours.der()[ours.der().len() - 65..];
        let software = SoftwareKeys::new();
        let id = software.hold(theirs);
        assert!(keys.agree(&ours.id(), &their_point) == software.agree(&id, our_point));
        let mut off_curve = their_point;
        off_curve[64] ^= 1;
        for bad in [&off_curve[..], &off_curve[..33], &[]] {
            assert_eq!(keys.agree(&ours.id(), bad).err(), Some(KeyFault::BadPeer));
        }
    });
}

#[test]
fn a_key_is_there_again_after_a_restart_and_cannot_be_read_out() {
    SoftHsm::play("a_key_is_there_again_after_a_restart_and_cannot_be_read_out", |hsm| {
        let terms = hsm.token("gateway");
        let key = make(&open(&terms), KeyUse::Signs).id();
        let keys = open(&terms);
        let held = keys.held().expect("a token that answers");
        let [only] = &held[..] else { panic!("one key: {held:?}") };
        assert_eq!((only.id, only.label.as_str(), only.may_leave), (key, "gateway signs", false));
        assert!(keys.sign(&key, MESSAGE).is_ok());
        let module = module(hsm);
        let slot = module.get_slots_with_initialized_token().expect("slots")[0];
        let session = module.open_ro_session(slot).expect("a session");
        let private = [Attribute::Class(ObjectClass::PRIVATE_KEY)];
        let found = session.find_objects(&private).expect("the process is logged in");
        let told = session.get_attributes(found[0], &[AttributeType::Value]).expect("an answer");
        assert_eq!(told, [], "its value is nobody's");
    });
}

#[test]
fn a_session_that_is_lost_is_opened_again_and_the_same_content_is_signed() {
    const NAME: &str = "a_session_that_is_lost_is_opened_again_and_the_same_content_is_signed";
    SoftHsm::play(NAME, |hsm| {
        let keys = open(&hsm.token("gateway"));
        let key = make(&keys, KeyUse::Signs);
        let opens = make(&keys, KeyUse::Opens).id();
        let (_, point) = peer();
        for revive in [false, true] {
            // The module forgets us: CKR_CRYPTOKI_NOT_INITIALIZED. With somebody else having
            // begun again meanwhile: CKR_SESSION_HANDLE_INVALID.
            for ask in [0, 1] {
                assert!(keys.sign(&key.id(), MESSAGE).is_ok());
                end_sessions(hsm);
                if revive {
                    initialize(&module(hsm));
                }
                if ask == 0 {
                    let signature = keys.sign(&key.id(), MESSAGE).expect("signed after all");
                    assert!(openssl_accepts(hsm, &key, "-sha256", &signature));
                } else {
                    assert!(keys.agree(&opens, &point).is_ok());
                }
            }
        }
    });
}

#[test]
fn a_session_that_ends_in_the_middle_of_a_signature_signs_the_same_content_again_or_nothing() {
    const NAME: &str =
        "a_session_that_ends_in_the_middle_of_a_signature_signs_the_same_content_again_or_nothing";
    SoftHsm::play(NAME, |hsm| {
        let terms = TokenTerms { module: hsm.fragile_module(), ..hsm.token("gateway") };
        let keys = open(&terms);
        let key = make(&keys, KeyUse::Signs);
        hsm.lose(0, 1);
        let signature = keys.sign(&key.id(), MESSAGE).expect("signed after all");
        assert!(openssl_accepts(hsm, &key, "-sha256", &signature));
        let seen = hsm.seen();
        assert_eq!(seen.iter().map(|(_, given)| *given).collect::<Vec<_>>(), [false, true]);
        assert_eq!(seen[0].0, seen[1].0, "the same content");
        hsm.lose(0, 2);
        assert_eq!(keys.sign(&key.id(), MESSAGE), Err(KeyFault::Broken));
        assert_eq!(hsm.seen(), [(seen[0].0.clone(), false), (seen[0].0.clone(), false)]);
        assert!(keys.sign(&key.id(), MESSAGE).is_ok(), "it is back");
    });
}

#[test]
fn a_token_that_is_away_is_a_broken_holder_until_it_is_back() {
    SoftHsm::play("a_token_that_is_away_is_a_broken_holder_until_it_is_back", |hsm| {
        let terms = hsm.token("gateway");
        let keys = open(&terms);
        let key = make(&keys, KeyUse::Signs).id();
        assert!(keys.sign(&key, MESSAGE).is_ok());
        let aside = hsm.folder().join("aside");
        fs::rename(tokens(hsm), &aside).expect("the token is pulled while it is in use");
        fs::create_dir(tokens(hsm)).expect("an empty reader");
        for _ in 0..3 {
            assert_eq!(keys.sign(&key, MESSAGE), Err(KeyFault::Broken));
        }
        assert_eq!(TokenKeys::open("gateway", &terms).err(), Some(TokenFault::NoToken));
        // SoftHSM looks for its tokens when it begins; readers notice by themselves.
        end_sessions(hsm);
        fs::remove_dir(tokens(hsm)).expect("an empty reader");
        fs::rename(&aside, tokens(hsm)).expect("the token is back");
        assert!(keys.sign(&key, MESSAGE).is_ok());
    });
}

#[test]
fn another_token_under_the_same_label_is_not_used() {
    SoftHsm::play("another_token_under_the_same_label_is_not_used", |hsm| {
        let keys = open(&hsm.token("gateway"));
        let key = make(&keys, KeyUse::Signs).id();
        end_sessions(hsm);
        fs::rename(tokens(hsm), hsm.folder().join("aside")).expect("the token is pulled");
        fs::create_dir(tokens(hsm)).expect("an empty reader");
        hsm.token("gateway");
        assert_eq!(keys.sign(&key, MESSAGE), Err(KeyFault::Broken));
        let made = keys.generate(party(), KeyUse::Signs);
        assert_eq!(made.err(), Some(Fault::Token(TokenFault::OtherToken)));
    });
}

#[test]
fn a_pin_that_was_refused_is_never_tried_again() {
    SoftHsm::play("a_pin_that_was_refused_is_never_tried_again", |hsm| {
        let terms = hsm.token("gateway");
        let wrong =
            TokenTerms { pin: PinSource::File(hsm.pin_file("wrong", "guess")), ..terms.clone() };
        assert_eq!(TokenKeys::open("gateway", &wrong).err(), Some(TokenFault::WrongPin));
        let keys = open(&terms);
        let key = make(&keys, KeyUse::Signs).id();
        let change = |from: &str, to: &str| {
            end_sessions(hsm);
            let module = module(hsm);
            initialize(&module);
            let slot = module.get_slots_with_initialized_token().expect("slots")[0];
            let session = module.open_rw_session(slot).expect("a session");
            let (from, to) = (AuthPin::from(from.to_owned()), AuthPin::from(to.to_owned()));
            session.login(UserType::User, Some(&from)).expect("the PIN");
            session.set_pin(&from, &to).expect("another PIN");
            session.logout().expect("it was logged in");
        };
        change(PIN, "another-pin");
        assert_eq!(keys.sign(&key, MESSAGE), Err(KeyFault::Broken));
        // Were it tried again, it would be right now.
        change("another-pin", PIN);
        for _ in 0..10 {
            assert_eq!(keys.sign(&key, MESSAGE), Err(KeyFault::Broken));
        }
        assert!(open(&terms).sign(&key, MESSAGE).is_ok(), "after a restart it is");
    });
}

#[test]
fn a_token_that_is_not_as_configured_is_told_by_what_is_wrong() {
    SoftHsm::play("a_token_that_is_not_as_configured_is_told_by_what_is_wrong", |hsm| {
        let good = hsm.token("gateway");
        hsm.token("twin");
        hsm.token("twin");
        let library = |name: &str| TokenTerms { module: PathBuf::from(name), ..good.clone() };
        let label = |name: &str| TokenTerms { token: name.to_owned(), ..good.clone() };
        let variable = PinSource::Variable("A_VARIABLE_THAT_NOBODY_SETS".to_owned());
        for (terms, fault) in [
            (library("no such module.so"), TokenFault::NoModule),
            (library("/proc/self/cmdline"), TokenFault::NoModule),
            (library("libm.so.6"), TokenFault::NotAModule),
            (label("gatewey"), TokenFault::NoToken),
            (label("twin"), TokenFault::TwoTokens),
            (TokenTerms { pin: variable, ..good.clone() }, TokenFault::PinUnset),
        ] {
            let opened = TokenKeys::open("gateway", &terms);
            assert_eq!(opened.err(), Some(fault), "{terms:?}");
        }
        assert!(TokenKeys::open("gateway", &good).is_ok());
    });
}

#[test]
fn a_missing_key_and_a_key_for_another_use_are_told_apart() {
    SoftHsm::play("a_missing_key_and_a_key_for_another_use_are_told_apart", |hsm| {
        let terms = hsm.token("gateway");
        let keys = open(&terms);
        let (signs, opens) = (make(&keys, KeyUse::Signs).id(), make(&keys, KeyUse::Opens).id());
        let (stranger, point) = peer();
        assert_eq!(keys.sign(&stranger.id(), MESSAGE), Err(KeyFault::NoSuchKey));
        assert_eq!(keys.agree(&stranger.id(), &point).err(), Some(KeyFault::NoSuchKey));
        assert_eq!(keys.sign(&opens, MESSAGE), Err(KeyFault::WrongKind));
        assert_eq!(keys.agree(&signs, &point).err(), Some(KeyFault::WrongKind));
        let brand = keys.generate(brand_kind(), KeyUse::Signs).expect("a key").id();
        assert_eq!(keys.agree(&brand, &point).err(), Some(KeyFault::WrongKind));
        let opening = keys.generate(brand_kind(), KeyUse::Opens);
        assert_eq!(opening.err(), Some(Fault::Token(TokenFault::OtherKind)));
        // A public half whose private half is gone is nobody's key.
        for_private(hsm, "gateway signs", |session, object| {
            session.destroy_object(object).expect("a token that can be written");
        });
        assert_eq!(open(&terms).sign(&signs, MESSAGE), Err(KeyFault::NoSuchKey));
        assert!(open(&terms).held().expect("an answer").iter().all(|held| held.id == opens));
    });
}

/// Does something with the private keys of a label, in the one token there is.
fn for_private(hsm: &SoftHsm, label: &str, work: impl Fn(&Session, ObjectHandle)) {
    let module = module(hsm);
    let slot = module.get_slots_with_initialized_token().expect("slots")[0];
    let session = module.open_rw_session(slot).expect("a session");
    let label = Attribute::Label(label.as_bytes().to_vec());
    let private = [Attribute::Class(ObjectClass::PRIVATE_KEY), label];
    for object in session.find_objects(&private).expect("the process is logged in") {
        work(&session, object);
    }
}

#[test]
fn a_key_that_another_party_made_later_is_found() {
    SoftHsm::play("a_key_that_another_party_made_later_is_found", |hsm| {
        let terms = hsm.token("shared");
        let early = open(&terms);
        let late = TokenKeys::open("merchant", &terms).expect("the same token");
        let key = make(&late, KeyUse::Signs).id();
        assert!(early.sign(&key, MESSAGE).is_ok());
    });
}

#[test]
fn many_sign_at_once_with_two_sessions() {
    SoftHsm::play("many_sign_at_once_with_two_sessions", |hsm| {
        let terms = TokenTerms { sessions_max: 2, ..hsm.token("gateway") };
        let keys = Arc::new(open(&terms));
        let key: KeyId = make(&keys, KeyUse::Signs).id();
        let runtime = tokio::runtime::Builder::new_multi_thread().build().expect("threads");
        runtime.block_on(async {
            let sign = |_| {
                let keys = Arc::clone(&keys);
                tokio::spawn(async move { keys.sign(&key, MESSAGE).map(drop) })
            };
            for signing in (0..64).map(sign).collect::<Vec<_>>() {
                assert_eq!(signing.await.expect("no panic"), Ok(()));
            }
        });
        let module = module(hsm);
        let slot = module.get_slots_with_initialized_token().expect("slots")[0];
        let token = module.get_token_info(slot).expect("the token");
        assert!(token.session_count().is_none_or(|sessions| sessions <= 2), "{token:?}");
    });
}

#[test]
fn a_pin_never_prints() {
    SoftHsm::play("a_pin_never_prints", |hsm| {
        let terms = hsm.token("gateway");
        let printed = format!("{terms:?} {:?}", open(&terms));
        assert!(!printed.contains(PIN), "{printed}");
    });
}

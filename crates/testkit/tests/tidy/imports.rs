//! Who may not name whom: the promises of the dual signature, and purity below `node`, as bans.

use super::source::{Named, Source};
use super::tree::{Breach, File};

/// The roles of the protocol. They meet in messages and never import each other.
const ROLES: [&str; 4] = ["ca", "cardholder", "gateway", "merchant"];

/// Crates below `node`: no sockets, files, environment, clock or waiting.
const PURE: [&str; 7] = ["audit", "bank", "crypto", "protocol", "testkit", "types", "wire"];

/// Paths that reach the outside world.
const WORLD: [&[&str]; 17] = [
    &["std", "env"],
    &["std", "fs"],
    &["std", "net"],
    &["std", "os"],
    &["std", "process"],
    &["std", "thread"],
    &["std", "time", "Instant"],
    &["std", "time", "SystemTime"],
    &["chrono", "Utc", "now"],
    &["axum"],
    &["cryptoki", "context"],
    &["cryptoki", "session"],
    &["cryptoki", "slot"],
    &["getrandom"],
    &["hyper"],
    &["rusqlite"],
    &["tokio"],
];

/// Words of a name that say which algorithm runs. Only `crypto` knows.
const ALGORITHMS: [&str; 31] = [
    "aes", "argon2", "cbc", "cdmf", "des", "ecdh", "ecdsa", "ed25519", "gcm", "hkdf", "hmac",
    "kdf", "md5", "mldsa", "mlkem", "oaep", "p256", "p384", "pbes2", "pbkdf2", "pkcs1", "pkcs8",
    "pss", "rsa", "scrypt", "sha", "sha1", "sha256", "sha384", "sha512", "x25519",
];

/// What a file of the merchant may not name, wherever it stands.
const CARD: [&str; 6] = ["Pan", "PanData", "PanData0", "PanOnly", "PanToken", "PiData"];

/// What a file of the gateway may not name, wherever it stands.
const ORDER: [&str; 3] = ["HodInput", "OiData", "OrderDescription"];

/// All that the auditor may name of the banks: how their messages and documents are written. What
/// they mean, it reads for itself.
const FORMS: [&[&str]; 3] = [
    &["openset_bank", "iso20022", "outline"],
    &["openset_bank", "iso8583", "Dialect"],
    &["openset_bank", "iso8583", "Message"],
];

/// Start a database server, and a process on a disk that fails, for the tests of other crates.
/// Nothing else in `testkit` touches the world.
const WORLDLY: [&str; 2] = ["crates/testkit/src/disk.rs", "crates/testkit/src/postgres.rs"];

/// Every breach of the import bans in one file.
pub(crate) fn check(file: &File) -> Vec<Breach> {
    if !file.is_rust() || !file.path.starts_with("crates/") || file.is_test {
        return Vec::new();
    }
    let paths = Source::of(file).shipped_paths();
    let refused = |named: &Named| refusals(&file.path, &named.segments).into_iter().next();
    let breach = |named: &Named| refused(named).map(|rule| Breach::at(file, named.line, rule));
    paths.iter().filter_map(breach).collect()
}

/// Why a file may not name a path; nothing if it may.
fn refusals(file: &str, path: &[String]) -> Vec<String> {
    let name = path.join("::");
    let mut rules = Vec::new();
    if let Some(other) = other_role(file, path) {
        rules.push(format!("`{name}`: roles meet in messages, this one may not name {other}"));
    }
    if belongs_to(file, "merchant") && names_any(path, &CARD) {
        rules.push(format!("`{name}`: the merchant cannot read payment instructions"));
    }
    if belongs_to(file, "gateway") && names_any(path, &ORDER) {
        rules.push(format!("`{name}`: the gateway cannot read the order"));
    }
    if PURE.contains(&crate_of(file)) && !WORLDLY.contains(&file) && reaches_world(path) {
        rules.push(format!("`{name}`: only `node` and what stands on it may touch the world"));
    }
    if crate_of(file) != "crypto" && (path[0] == "aws_lc_rs" || speaks_algorithm(path)) {
        rules.push(format!("`{name}`: only `crypto` names algorithms"));
    }
    if crate_of(file) == "bank" && is_set(path) {
        rules.push(format!("`{name}`: the banks do not know that SET exists"));
    }
    if crate_of(file) == "audit" && path[0] == "openset_bank" && !is_form(path) {
        rules.push(format!("`{name}`: the auditor shares no decision with the banks"));
    }
    rules
}

fn crate_of(file: &str) -> &str {
    file.split('/').nth(1).unwrap_or_default()
}

/// Whether a folder or file on the way bears a role's name: `merchant/purchase.rs`, `merchant.rs`.
fn belongs_to(file: &str, role: &str) -> bool {
    file.split('/').any(|part| part.strip_suffix(".rs").unwrap_or(part) == role)
}

fn other_role(file: &str, path: &[String]) -> Option<&'static str> {
    let inside = file.strip_prefix("crates/protocol/src/")?;
    let own = inside.split(['/', '.']).next().filter(|role| ROLES.contains(role))?;
    let rooted = ["crate", "self", "super", "openset_protocol"].contains(&path[0].as_str());
    let climbs =
        |part: &&String| ["crate", "self", "super", "openset_protocol"].contains(&part.as_str());
    let first = path.iter().find(|part| !climbs(part)).filter(|_| rooted)?;
    ROLES.into_iter().find(|role| role == first && *role != own)
}

fn names_any(path: &[String], names: &[&str]) -> bool {
    path.iter().any(|segment| names.contains(&segment.as_str()))
}

fn reaches_world(path: &[String]) -> bool {
    WORLD
        .iter()
        .any(|world| path.len() >= world.len() && path.iter().zip(*world).all(|(a, b)| a == b))
        || names_any(path, &["SystemTime", "Instant"])
}

fn is_set(path: &[String]) -> bool {
    ["openset_wire", "openset_crypto", "openset_protocol"].contains(&path[0].as_str())
}

fn is_form(path: &[String]) -> bool {
    FORMS.iter().any(|form| path.len() >= form.len() && path.iter().zip(*form).all(|(a, b)| a == b))
}

fn speaks_algorithm(path: &[String]) -> bool {
    path.iter().flat_map(|segment| words(segment)).any(|word| ALGORITHMS.contains(&word.as_str()))
}

/// The words of a name, in lower case: `EcdsaKeyPair`, `ECDSA_KEY_PAIR` and `ecdsa_key_pair` alike.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (at, character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| characters[before]);
        let after = characters.get(at + 1);
        let rises = before.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit());
        let turns =
            before.is_some_and(char::is_uppercase) && after.is_some_and(|c| c.is_lowercase());
        if *character == '_' || (character.is_uppercase() && (rises || turns)) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| *character != '_') {
            word.extend(character.to_lowercase());
        }
    }
    words
}

/// Every place that a ban speaks of must exist: a ban on nothing protects nobody.
pub(crate) fn check_places(files: &[File]) -> Vec<Breach> {
    let roles = ROLES.map(|role| format!("crates/protocol/src/{role}/"));
    let crates = PURE.map(|name| format!("crates/{name}/src/"));
    let holds_files = |place: &str| files.iter().any(|file| file.path.starts_with(place));
    let missing = roles.into_iter().chain(crates).filter(|place| !holds_files(place));
    let rule = "a ban speaks of this folder, but it holds no file";
    missing.map(|path| Breach { path, line: 0, rule: rule.to_owned() }).collect()
}

/// Every type that a ban speaks of must be defined, or a change of its name would lift the ban.
pub(crate) fn check_names(files: &[File]) -> Vec<Breach> {
    let defines = |file: &File, name: &str| {
        let words: Vec<&str> = file.text.split(|c: char| !c.is_alphanumeric()).collect();
        words
            .windows(2)
            .any(|pair| ["struct", "enum", "type"].contains(&pair[0]) && pair[1] == name)
    };
    let shared = |file: &&File| ["types", "wire"].contains(&crate_of(&file.path));
    let is_defined = |name: &str| files.iter().filter(shared).any(|file| defines(file, name));
    let missing = CARD.into_iter().chain(ORDER).filter(|name| !is_defined(name));
    let rule = |name| format!("a ban speaks of `{name}`, but nothing has that name");
    let path = "crates/wire/src/".to_owned();
    missing.map(|name| Breach { path: path.clone(), line: 0, rule: rule(name) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaches(path: &str, text: &str) -> usize {
        check(&File::planted(path, text)).len()
    }

    #[test]
    fn a_role_that_imports_another_is_found() {
        let file = "crates/protocol/src/cardholder/purchase.rs";
        assert_eq!(breaches(file, "use crate::merchant::Offer;"), 1);
        assert_eq!(breaches(file, "use crate::{role::Step, gateway::Spent};"), 1);
        assert_eq!(breaches(file, "use super::super::ca::Desk;"), 1);
        assert_eq!(breaches(file, "fn f() { crate::merchant::offer() }"), 1);
        assert_eq!(breaches(file, "use crate::cardholder::Wallet;"), 0);
        assert_eq!(breaches(file, "let merchant = state.merchant; // crate::merchant"), 0);
    }

    #[test]
    fn a_merchant_that_names_the_card_is_found_in_any_crate() {
        for file in ["crates/protocol/src/merchant/purchase.rs", "crates/node/src/merchant.rs"] {
            assert_eq!(breaches(file, "use openset_types::{Money, Pan};"), 1);
            assert_eq!(breaches(file, "fn f(pi: Sealed<PiData, Merchant>) {}"), 1);
            assert_eq!(breaches(file, "/// Never a `Pan`.\nfn f(pan_free: Panel) {}"), 0);
        }
        assert_eq!(breaches("crates/web/src/pages/wallet.rs", "use openset_types::Pan;"), 0);
    }

    #[test]
    fn a_gateway_that_names_the_order_is_found() {
        let file = "crates/protocol/src/gateway/authorization.rs";
        assert_eq!(breaches(file, "fn f(oi: OiData) {}"), 1);
        assert_eq!(breaches(file, "fn f(oi: Digested<HoiData>) {}"), 0);
    }

    #[test]
    fn a_pure_crate_that_touches_the_world_is_found() {
        for line in [
            "use std::fs;",
            "use std::{fmt, net::TcpStream};",
            "fn f() { std::env::var(\"X\") }",
            "use tokio::sync::Mutex;",
            "fn f(at: SystemTime) {}",
            "use cryptoki::{context::Pkcs11, object::Attribute};",
        ] {
            assert_eq!(breaches("crates/protocol/src/role.rs", line), 1, "{line}");
            assert_eq!(breaches("crates/node/src/driver.rs", line), 0, "{line}");
        }
    }

    #[test]
    fn an_algorithm_named_outside_crypto_is_found() {
        for line in
            ["use aws_lc_rs::digest;", "fn f(k: EcdsaKeyPair) {}", "const X: u8 = HMAC_SHA256;"]
        {
            assert_eq!(breaches("crates/wire/src/x509.rs", line), 1, "{line}");
            assert_eq!(breaches("crates/crypto/src/sign.rs", line), 0, "{line}");
        }
        assert_eq!(breaches("crates/wire/src/x509.rs", "fn f(d: Description, s: Shape) {}"), 0);
    }

    #[test]
    fn a_bank_that_speaks_set_is_found() {
        assert_eq!(breaches("crates/bank/src/issuer.rs", "use openset_wire::AuthReq;"), 1);
    }

    #[test]
    fn an_auditor_that_asks_how_a_bank_decides_is_found() {
        let file = "crates/audit/src/words.rs";
        for line in [
            "use openset_bank::issuer::Issuer;",
            "use openset_bank::iso8583::words::read_capture;",
            "use openset_bank::iso20022::{camt_054, outline};",
            "use openset_bank::*;",
            "fn f(of: &openset_bank::ledger::Hold) {}",
        ] {
            assert_eq!(breaches(file, line), 1, "{line}");
            assert_eq!(breaches("crates/node/src/banks/run.rs", line), 0, "{line}");
        }
        let forms = "use openset_bank::{iso8583::{Dialect, Message}, iso20022::outline::Element};";
        assert_eq!(breaches(file, forms), 0);
    }

    #[test]
    fn what_a_test_names_is_free() {
        let text = "#[cfg(test)]\nmod tests {\n use std::fs;\n}\n";
        assert_eq!(breaches("crates/crypto/src/keys.rs", text), 0);
        assert_eq!(breaches("crates/crypto/tests/openssl.rs", "use std::fs;"), 0);
    }

    #[test]
    fn a_ban_on_what_is_gone_is_found() {
        let file = File::planted("crates/wire/src/payment.rs", "pub struct PiData {}\n");
        let found = check_names(&[file]);
        assert_eq!(found.len(), CARD.len() + ORDER.len() - 1);
        assert_eq!(check_places(&[]).len(), ROLES.len() + PURE.len());
    }
}

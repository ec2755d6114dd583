//! The executable with keys in tokens: a whole story, a second start, a check of the machine, and
//! what it says when a token is not as it should be.

#[path = "../../node/tests/tokens/softhsm.rs"]
mod softhsm;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use self::softhsm::{PIN, SoftHsm};

/// The roles whose keys are in tokens here.
const ROLES: [&str; 3] = ["ca-cardholder", "gateway", "merchant"];

fn openset(hsm: &SoftHsm, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_openset"));
    command.args(arguments).current_dir(hsm.folder()).env("NO_COLOR", "1");
    command.env_remove("OPENSET_DATA").output().expect("the executable starts")
}

/// Writes a configuration with a token for each of the roles.
fn configure(hsm: &SoftHsm, pin_file: &Path) -> PathBuf {
    let table = |role: &&str| {
        let (module, pin_file) = (hsm.module.display(), pin_file.display());
        format!(
            "[role.{role}]\n\
             keys = {{ module = '{module}', token = '{role}', pin_file = '{pin_file}' }}\n"
        )
    };
    let path = hsm.folder().join("openset.toml");
    let text: String = ROLES.iter().map(table).collect();
    fs::write(&path, text).expect("a file");
    path
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

fn key_files(hsm: &SoftHsm, role: &str) -> usize {
    let folder = hsm.folder().join("demo").join(role).join("keys");
    fs::read_dir(folder).map_or(0, |entries| entries.count())
}

const DEMO: [&str; 6] = ["demo", "--once", "--data", "demo", "--keys", "openset.toml"];

#[test]
fn a_whole_story_is_told_with_keys_in_tokens() {
    SoftHsm::play("a_whole_story_is_told_with_keys_in_tokens", |hsm| {
        for role in ROLES {
            hsm.token(role);
        }
        let config = configure(hsm, &hsm.pin_file("pin", PIN));
        for start in ["first", "second"] {
            let told = openset(hsm, &DEMO);
            assert!(told.status.success(), "{start}: {}", said(&told));
            assert!(!said(&told).contains(PIN));
        }
        for role in ROLES {
            assert_eq!(key_files(hsm, role), 0, "{role}");
        }
        assert_ne!(key_files(hsm, "ca-brand"), 0, "the others keep files");
        let config = config.to_str().expect("a plain path");
        let looked = openset(hsm, &["doctor", "--data", "demo", "--config", config]);
        for (role, keys) in [("ca-cardholder", 3), ("gateway", 2), ("merchant", 2)] {
            let line = format!("{role} in the token \"{role}\": {keys} keys");
            assert!(said(&looked).contains(&line), "{}", said(&looked));
        }
        // Without the tokens the keys are missing, and that is said before anything is served.
        let without = openset(hsm, &DEMO[..4]);
        assert_eq!(without.status.code(), Some(69), "{}", said(&without));
        assert!(said(&without).contains("is not in "), "{}", said(&without));
    });
}

#[test]
fn a_wrong_pin_an_open_pin_file_and_a_missing_token_end_the_start() {
    SoftHsm::play("a_wrong_pin_an_open_pin_file_and_a_missing_token_end_the_start", |hsm| {
        let pin = hsm.pin_file("pin", "a wrong guess");
        configure(hsm, &pin);
        let missing = openset(hsm, &DEMO);
        assert_eq!(missing.status.code(), Some(69));
        assert!(said(&missing).contains("no slot holds a token with this label"));
        for role in ROLES {
            hsm.token(role);
        }
        // Making a token has written the right one there.
        hsm.pin_file("pin", "a wrong guess");
        let wrong = openset(hsm, &DEMO);
        assert_eq!(wrong.status.code(), Some(69));
        assert!(said(&wrong).contains("the token does not take the PIN"), "{}", said(&wrong));
        assert!(!said(&wrong).contains("wrong guess"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&pin, fs::Permissions::from_mode(0o644)).expect("its mode");
            let open = openset(hsm, &DEMO);
            assert!(said(&open).contains("others may read the file with the PIN"));
        }
    });
}

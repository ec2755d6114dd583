//! Tokens of SoftHSM for tests, each test with its own.
//!
//! The module learns where its tokens are once for a process. So each test plays in a process of
//! its own: the test calls itself again with the folder of its tokens in the environment.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use openset_node::keys::{PinSource, TokenTerms};

/// Where packages put the module.
const MODULES: [&str; 6] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
    "/usr/lib/pkcs11/libsofthsm2.so",
];
/// The variable in which a test finds its folder again.
const FOLDER: &str = "SOFTHSM2_FOLDER_OF_TEST";
/// The folder of a test's tokens, in the test's own.
const TOKENS: &str = "tokens";
/// The PIN of every token here.
pub(crate) const PIN: &str = "lighthouse-7";
/// The PIN of whoever sets tokens up.
const SETTER_PIN: &str = "harbour-master-9";

/// The tokens of one test.
pub(crate) struct SoftHsm {
    folder: PathBuf,
    pub(crate) module: PathBuf,
}

impl SoftHsm {
    /// Plays a test, named as the test runner names it, in a process of its own. Where SoftHSM
    /// is missing it says so, and fails in CI.
    pub(crate) fn play(test: &str, play: impl FnOnce(&Self)) {
        let Some(module) = MODULES.iter().map(PathBuf::from).find(|path| path.is_file()) else {
            let what = "SoftHSM is missing (apt-get install softhsm2)";
            assert!(env::var("CI").as_deref() != Ok("true"), "{what}");
            eprintln!("skipped: {test}: {what}");
            return;
        };
        match env::var_os(FOLDER) {
            Some(folder) => play(&Self { folder: folder.into(), module }),
            None => play_elsewhere(test),
        }
    }

    /// A folder for whatever the test keeps beside its tokens.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes a token, and says how it is entered.
    pub(crate) fn token(&self, label: &str) -> TokenTerms {
        let args = ["--init-token", "--free", "--label", label];
        let pins = ["--so-pin", SETTER_PIN, "--pin", PIN];
        done(Command::new("softhsm2-util").args(args).args(pins));
        TokenTerms {
            module: self.module.clone(),
            token: label.to_owned(),
            pin: PinSource::File(self.pin_file("pin", PIN)),
            sessions_max: 4,
        }
    }

    /// A file with a PIN in it that is its owner's alone.
    pub(crate) fn pin_file(&self, name: &str, pin: &str) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, format!("{pin}\n")).expect("a folder of our own");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let owners = fs::Permissions::from_mode(0o600);
            fs::set_permissions(&path, owners).expect("a file of our own");
        }
        path
    }
}

/// Runs a program that must succeed, and gives what it printed.
pub(crate) fn done(command: &mut Command) -> Vec<u8> {
    let Output { status, stdout, stderr } = command.output().expect("the program is there");
    let said = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{command:?}: {said} {}", String::from_utf8_lossy(&stdout));
    stdout
}

fn play_elsewhere(test: &str) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let tokens = folder.path().join(TOKENS);
    fs::create_dir(&tokens).expect("a folder of our own");
    let settings = folder.path().join("softhsm2.conf");
    let text = format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display());
    fs::write(&settings, text).expect("a folder of our own");
    let said = done(
        Command::new(env::current_exe().expect("this runs from a file"))
            .args([test, "--exact", "--nocapture", "--test-threads=1"])
            .env("SOFTHSM2_CONF", settings)
            .env(FOLDER, folder.path()),
    );
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("1 passed"), "no test is called {test}: {said}");
}

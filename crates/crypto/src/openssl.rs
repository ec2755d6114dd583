//! Running the `openssl` command from tests: somebody else's opinion. And where tests exchange
//! files with others.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder in which `openssl` runs.
pub(crate) struct OpenSsl(TempDir);

impl OpenSsl {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    /// Writes a file for the command to read.
    pub(crate) fn write(&self, name: &str, octets: &[u8]) {
        std::fs::write(self.path(name), octets).expect("a writable folder");
    }

    /// Reads a file that the command has written.
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("a file of this name")
    }

    /// Runs a command line that must succeed; gives what it printed.
    pub(crate) fn run(&self, command_line: &str) -> String {
        let output = self.output(command_line);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {command_line}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What a command line that must fail says about it.
    pub(crate) fn refusal(&self, command_line: &str) -> String {
        let output = self.output(command_line);
        assert!(!output.status.success(), "openssl {command_line} should have failed");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn output(&self, command_line: &str) -> Output {
        Command::new("openssl")
            .args(command_line.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .expect("the openssl command is installed")
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(self.0.path()).join(name)
    }
}

/// The folder that a variable of the environment names, for tests that whoever runs them sends
/// somewhere.
#[expect(clippy::disallowed_methods, reason = "tests are told by scripts/test where to look")]
pub(crate) fn named_folder(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

/// Whether every test must run.
#[expect(clippy::disallowed_methods, reason = "whether this is CI is known to the environment")]
pub(crate) fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}

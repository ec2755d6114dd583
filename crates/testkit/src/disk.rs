//! A disk that runs full, fails to sync and loses power, under a process of its own.
//!
//! A test starts itself again in a process whose C library is asked last (`disk.c`, which `cc`
//! builds): there SQLite writes and syncs as ever, and is told what a disk would tell it. What the
//! power would have left is in a folder beside.
//!
//! What this deliberately does not do: tear a page, or lose one of two files that were synced.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Where the disk keeps what it is told and what is kept.
const FOLDER: &str = "DISK_FOLDER";
/// What the paths of its files have in them.
const HOLDS: &str = "DISK_HOLDS";

/// A disk, and what becomes of the files on it.
#[derive(Debug, Clone)]
pub struct Disk(PathBuf);

impl Disk {
    /// The disk that this process was started on, if it was.
    #[expect(clippy::disallowed_methods, reason = "a test is told by its environment what it is")]
    pub fn here() -> Option<Self> {
        env::var_os(FOLDER).map(|folder| Self(folder.into()))
    }

    /// A disk in a folder, for the files whose paths have a text in them.
    ///
    /// # Panics
    ///
    /// If there is no C compiler, which building SQLite needs too.
    pub fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder.join("kept")).expect("a folder");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src/disk.c");
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(folder.join("disk.so")).arg(source);
        assert!(cc.arg("-ldl").status().expect("a C compiler").success());
        Self(folder.to_owned())
    }

    /// Starts one test of this program in a process on the disk. What it prints is read by whoever
    /// started it.
    pub fn start(&self, test: &str, holds: &str) -> Child {
        let mut child = Command::new(env::current_exe().expect("this runs from a file"));
        child.args(["--exact", test, "--nocapture", "--test-threads", "1"]);
        child.env("LD_PRELOAD", self.0.join("disk.so")).env(FOLDER, &self.0).env(HOLDS, holds);
        child.stdout(Stdio::piped()).spawn().expect("it starts")
    }

    /// Plays one test of this program on the disk, to its end.
    ///
    /// # Panics
    ///
    /// Unless it was found and has passed.
    pub fn plays(&self, test: &str, holds: &str) {
        let played = self.start(test, holds).wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&played.stdout);
        assert!(played.status.success() && said.contains("1 passed"), "{said}");
    }

    /// Whether no file grows from now on.
    pub fn is_full(&self, is_full: bool) {
        self.becomes("full", is_full);
    }

    /// Whether every sync fails from now on.
    pub fn fails_to_sync(&self, fails: bool) {
        self.becomes("failing", fails);
    }

    /// Whether every sync succeeds from now on and keeps nothing.
    pub fn lies(&self, lies: bool) {
        self.becomes("lying", lies);
    }

    /// Where its files are as they would be found had the power been lost now.
    pub fn kept(&self) -> PathBuf {
        self.0.join("kept")
    }

    /// A folder for files on it, if it holds those below `/data/`.
    pub fn data(&self) -> PathBuf {
        let data = self.0.join("data");
        fs::create_dir_all(&data).expect("a folder");
        data
    }

    fn becomes(&self, what: impl AsRef<OsStr>, is_so: bool) {
        let path = self.0.join(Path::new(&what));
        if is_so {
            fs::write(path, "").expect("a folder that can be written");
        } else {
            fs::remove_file(path).expect("it was so");
        }
    }
}

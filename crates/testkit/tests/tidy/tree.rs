//! The files of the project, read once.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

/// Folders that hold nothing of ours.
const PASSED_OVER: [&str; 6] = [".git", ".venv", "node_modules", "target", "var", "screenshots"];

/// One text file, named from the root of the project with forward slashes.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    /// A file made up for a test of the checks themselves.
    pub(crate) fn planted(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether the file is Rust.
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the whole file is test code, shipped to nobody.
    pub(crate) fn is_test(&self) -> bool {
        ["/tests/", "/benches/", "/examples/"].iter().any(|part| self.path.contains(part))
            || self.path.ends_with("/tests.rs")
    }
}

/// A rule broken somewhere.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) rule: String,
}

impl Breach {
    /// A rule broken at a line of a file; line 0 is the file itself.
    pub(crate) fn at(file: &File, line: usize, rule: impl Into<String>) -> Self {
        Self { path: file.path.clone(), line, rule: rule.into() }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.rule)
    }
}

/// The folder that holds the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.join("../..").canonicalize().expect("the workspace stands two folders above testkit")
}

/// Every text file of the project, in order of its name.
pub(crate) fn read() -> Vec<File> {
    let root = root();
    let mut files = Vec::new();
    read_folder(&root, &root, &mut files);
    files.sort_by(|left, right| left.path.cmp(&right.path));
    files
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).expect("a folder of the project can be listed") {
        let path = entry.expect("an entry of a folder can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !PASSED_OVER.contains(&name.as_str()) {
                read_folder(root, &path, files);
            }
        } else if let Ok(text) = fs::read_to_string(&path) {
            // What is not UTF-8 (a DER vector, a picture) is not text and has no style.
            let from_root = path.strip_prefix(root).expect("every file stands under the root");
            files.push(File { path: from_root.to_string_lossy().replace('\\', "/"), text });
        }
    }
}

//! The files of the project, read once.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

/// What git keeps of the project.
const GIT: &str = ".git";

/// Folders that hold nothing of ours.
const PASSED_OVER: [&str; 6] = [GIT, ".venv", "node_modules", "target", "var", "screenshots"];

/// One text file, named from the root of the project with forward slashes.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
    /// Whether the whole file is test code, shipped to nobody.
    pub(crate) is_test: bool,
}

impl File {
    /// A file made up for a test of the checks themselves.
    pub(crate) fn planted(path: &str, text: &str) -> Self {
        Self::new(path.to_owned(), text.to_owned())
    }

    fn new(path: String, text: String) -> Self {
        let folders = ["/tests/", "/benches/", "/examples/"];
        let is_test = folders.iter().any(|folder| path.contains(folder));
        Self { path, text, is_test }
    }

    /// Whether the file is Rust.
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The modules this file declares for tests only, as the beginnings of their paths.
    fn test_modules(&self) -> Vec<String> {
        let home = match self.path.rsplit_once('/') {
            Some((folder, "lib.rs" | "main.rs" | "mod.rs")) => folder,
            _ => self.path.trim_end_matches(".rs"),
        };
        let lines: Vec<&str> = self.text.lines().map(str::trim).collect();
        let after = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]").map(|pair| pair[1]);
        let name = |line: &str| Some(line.strip_suffix(';')?.rsplit_once("mod ")?.1.to_owned());
        after.filter_map(name).map(|name| format!("{home}/{name}")).collect()
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
    mark_tests(&mut files);
    files
}

/// A module declared under `#[cfg(test)]` is test code in whatever file it stands.
fn mark_tests(files: &mut [File]) {
    let modules: Vec<String> =
        files.iter().filter(|file| file.is_rust()).flat_map(File::test_modules).collect();
    for file in files {
        let stem = file.path.trim_end_matches(".rs");
        let below = |module: &String| stem == module || stem.starts_with(&format!("{module}/"));
        file.is_test |= modules.iter().any(below);
    }
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).expect("a folder of the project can be listed") {
        let path = entry.expect("an entry of a folder can be read").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !PASSED_OVER.contains(&name.as_str()) {
                read_folder(root, &path, files);
            }
        } else if name == GIT {
            // A worktree has a file in the place of the folder; it says where that is.
        } else if let Ok(text) = fs::read_to_string(&path) {
            // What is not UTF-8 (a DER vector, a picture) is not text and has no style.
            let from_root = path.strip_prefix(root).expect("every file stands under the root");
            files.push(File::new(from_root.to_string_lossy().replace('\\', "/"), text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_declared_for_tests_is_test_code() {
        let lib = "mod keys;\n#[cfg(test)]\nmod openssl;\n";
        let keys = "#[cfg(test)]\npub(crate) mod planted;\n";
        let mut files = [
            File::planted("crates/x/src/lib.rs", lib),
            File::planted("crates/x/src/keys.rs", keys),
            File::planted("crates/x/src/openssl.rs", ""),
            File::planted("crates/x/src/keys/planted.rs", ""),
            File::planted("crates/x/tests/story.rs", ""),
        ];
        mark_tests(&mut files);
        assert_eq!(files.map(|file| file.is_test), [false, false, true, true, true]);
    }
}

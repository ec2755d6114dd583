//! Packages: the same twice, read by the tools that will read them, and running when unpacked.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use super::*;
use crate::pack::tests::{bank, seal_with, whole};

/// The head of an executable, which is all that packaging looks at.
const EXECUTABLE: &[u8] = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0";

/// One signed pack: a signature is another each time.
static SEALED: LazyLock<(Vec<u8>, KeyId)> = LazyLock::new(|| {
    let ours = bank();
    (seal_with(&ours), ours.key.id())
});

fn packages() -> [Made; 2] {
    let pack = Pack::of(&whole()).expect("a pack");
    let machine = Machine::of(EXECUTABLE).expect("x86-64");
    let (sealed, by) = (SEALED.0.as_slice(), SEALED.1);
    let goods = Goods { pack: &pack, sealed, by, executable: EXECUTABLE, machine };
    [goods.deb().expect("a package"), goods.tarball().expect("a tarball")]
}

/// Whether a tool of Debian's is here. Where tests must not be skipped, it is.
fn has(tool: &str) -> bool {
    let is_there = Command::new(tool).arg("--version").output().is_ok();
    assert!(is_there || std::env::var_os("CI").is_none(), "{tool} is missing");
    if !is_there {
        eprintln!("not tested: {tool} is missing");
    }
    is_there
}

fn said(tool: &str, arguments: &[&str], file: &Path) -> String {
    let output = Command::new(tool).args(arguments).arg(file).output().expect("it starts");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{tool} {arguments:?}: {complaint}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_same_goods_make_the_same_packages() {
    let [deb, tarball] = packages();
    assert_eq!(packages(), [deb, tarball]);
}

#[test]
fn packages_are_named_by_bank_version_and_machine() {
    let names = packages().map(|made| made.name);
    let deb = format!("openset-wallet-banque-demo_{VERSION}_amd64.deb");
    assert_eq!(names, [deb, format!("openset-wallet-banque-demo-{VERSION}-amd64.tar.gz")]);
}

#[test]
fn an_executable_of_no_known_machine_is_not_packaged() {
    let mut other = EXECUTABLE.to_vec();
    other[18] = 3;
    for octets in [&other[..], b"#!/bin/sh\n", &EXECUTABLE[..18], b""] {
        assert!(Machine::of(octets).is_err());
    }
}

#[test]
fn the_tarball_holds_the_pack_as_it_was_signed() {
    let [_, tarball] = packages();
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(tarball.octets.as_slice()));
    let mut seen = Vec::new();
    for entry in archive.entries().expect("a tar") {
        let mut entry = entry.expect("an entry");
        let header = entry.header();
        assert_eq!((header.uid().ok(), header.gid().ok()), (Some(0), Some(0)));
        let path: PathBuf = entry.path().expect("a path").into_owned();
        if path.extension().is_some_and(|ending| ending == SUFFIX) {
            let mut octets = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut octets).expect("octets");
            assert_eq!(octets, SEALED.0);
        }
        seen.push(path.file_name().expect("a name").to_string_lossy().into_owned());
    }
    for file in ["README", "banque-demo-wallet", "openset", "openset-wallet-banque-demo.desktop"] {
        assert!(seen.iter().any(|name| name == file), "{file}: {seen:?}");
    }
}

#[test]
fn debian_reads_the_package_and_unpacks_it() {
    if !has("dpkg-deb") {
        return;
    }
    let [deb, _] = packages();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(&deb.name);
    fs::write(&file, deb.octets).expect("written");
    let fields = said("dpkg-deb", &["--info"], &file);
    for field in ["Package: openset-wallet-banque-demo", "Architecture: amd64", "Banque Démo"] {
        assert!(fields.contains(field), "{field}: {fields}");
    }
    let contents = said("dpkg-deb", &["--contents"], &file);
    for line in [
        "-rwxr-xr-x root/root",
        "usr/bin/banque-demo-wallet",
        "usr/lib/openset-wallet-banque-demo/banque-demo.setpack",
        "usr/share/mime/packages/openset-wallet-banque-demo.xml",
        "usr/share/applications/openset-wallet-banque-demo.desktop",
    ] {
        assert!(contents.contains(line), "{line}: {contents}");
    }
    let out = folder.path().join("out");
    let unpacked = Command::new("dpkg-deb").arg("-x").args([&file, &out]).status();
    assert!(unpacked.expect("it starts").success());
    assert!(out.join("usr/bin/banque-demo-wallet").is_file());
}

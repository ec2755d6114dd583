//! A bank's wallet, packaged from the executable that is tested here, unpacked and started: it
//! says whose it is, and nothing once its brand pack was changed.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

const BIN: &str = env!("CARGO_BIN_EXE_openset");
const AUTHORITY: &str = "http://ca-cardholder.localhost:7180/set";

fn has(tool: &str) -> bool {
    let is_there = Command::new(tool).arg("--version").output().is_ok();
    assert!(is_there || std::env::var_os("CI").is_none(), "{tool} is missing");
    if !is_there {
        eprintln!("not tested: {tool} is missing");
    }
    is_there
}

/// The executable without what debuggers read, which is most of it.
fn stripped(folder: &Path) -> PathBuf {
    let to = folder.join("openset");
    let strip = Command::new("strip").arg("-o").args([&to, Path::new(BIN)]).status();
    if strip.is_ok_and(|status| status.success()) { to } else { PathBuf::from(BIN) }
}

/// The pack of this checkout, which names its trust anchor by a print.
fn brand(folder: &Path) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/packs/banque-demo");
    let to = folder.join("brand");
    fs::create_dir(&to).expect("a folder");
    fs::copy(from.join("logo.svg"), to.join("logo.svg")).expect("copied");
    let toml = fs::read_to_string(from.join("pack.toml")).expect("a text");
    let print = "5e".repeat(32);
    let toml = format!("suite = \"modern\"\n{toml}\n[trust]\nsha256 = \"{print}\"\n");
    fs::write(to.join("pack.toml"), toml).expect("written");
    to
}

/// Packages the wallet of Banque Démo into a folder.
fn package(folder: &Path) -> String {
    let brand = brand(folder);
    let output = Command::new(BIN)
        .args(["wallet", "--json", "package", "--authority", AUTHORITY])
        .arg("--brand")
        .arg(&brand)
        .arg("--key")
        .arg(folder.join("key"))
        .arg("--out")
        .arg(folder.join("packages"))
        .arg("--executable")
        .arg(stripped(folder))
        .output()
        .expect("it starts");
    let said = String::from_utf8(output.stdout).expect("text");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    said
}

fn made(folder: &Path, ending: &str) -> PathBuf {
    let entries = fs::read_dir(folder.join("packages")).expect("packages");
    let paths = entries.map(|entry| entry.expect("a file").path());
    let mut paths = paths.filter(|path| path.to_string_lossy().ends_with(ending));
    let found = paths.next();
    found.unwrap_or_else(|| panic!("no {ending}"))
}

/// Starts the wallet of an unpacked tree.
fn start(tree: &Path, home: &Path, arguments: &[&Path]) -> Output {
    let launcher = tree.join("bin/banque-demo-wallet");
    let mut command = Command::new(launcher);
    command.args(arguments).env("XDG_DATA_HOME", home).env("NO_COLOR", "1").stdin(Stdio::null());
    command.output().expect("the launcher starts")
}

fn about(tree: &Path, home: &Path) -> Output {
    start(tree, home, &[Path::new("about")])
}

/// What it does in a terminal with a file of a bank's page.
fn opens_registrations_of_its_own_bank_only(tree: &Path, home: &Path) {
    let file = home.with_extension("setreg");
    let said = |brand: &str, authority: &str| {
        let document = format!(
            "SET-Initiation-Type: Registration-Initiation\r\nSET-Version: 1.0\r\n\
             SET-SET-URL: {authority}\r\nSET-Brand: {brand}\r\nSET-Language: fr\r\n\r\n"
        );
        fs::write(&file, document).expect("written");
        let output = start(tree, home, &[Path::new("enroll"), &file]);
        assert_eq!(output.status.code(), Some(2), "nobody is there to type: {output:?}");
        let said = [output.stdout, output.stderr].concat();
        String::from_utf8(said).expect("text")
    };
    let other = said("Lumiere", AUTHORITY);
    assert!(other.contains("it is for cards of Lumiere"), "{other}");
    let elsewhere = said("Demo Brand", "http://127.0.0.1:9/set");
    assert!(elsewhere.contains("it is of another bank"), "{elsewhere}");
    let own = said("Demo Brand", AUTHORITY);
    assert!(own.contains("registers a card of Demo Brand"), "{own}");
}

fn says_whose_it_is_until_it_is_changed(tree: &Path, home: &Path) {
    let output = about(tree, home);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("Portefeuille Banque Démo") && said.contains(AUTHORITY), "{said}");

    opens_registrations_of_its_own_bank_only(tree, home);
    let pack = tree.join("lib/openset-wallet-banque-demo/banque-demo.setpack");
    let whole = fs::read(&pack).expect("the pack");
    let mut changed = whole.clone();
    let at = whole.windows(7).position(|part| part == b"viewBox").expect("in the logo");
    changed[at] ^= 1;
    fs::write(&pack, changed).expect("written");
    let output = about(tree, home);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{complaint}");
    let sentence = "logo.svg was changed after the bank signed the pack";
    assert!(complaint.contains(sentence) && output.stdout.is_empty(), "{complaint}");

    fs::remove_file(&pack).expect("removed");
    assert_eq!(about(tree, home).status.code(), Some(2));
}

/// Installs a package below a folder, as `dpkg -i` does on a machine of its own. What it depends
/// on is this machine's.
fn install(root: &Path, deb: &Path) {
    let state = root.join("var/lib/dpkg");
    for folder in ["info", "updates"] {
        fs::create_dir_all(state.join(folder)).expect("a folder");
    }
    fs::write(state.join("status"), "").expect("written");
    dpkg(root, &[Path::new("--install"), deb]);
    let status = fs::read_to_string(state.join("status")).expect("a status");
    let whole = "Package: openset-wallet-banque-demo\nStatus: install ok installed\n";
    assert!(status.contains(whole), "{status}");
}

/// Takes the package away again, and nothing of it stays but its folders.
fn remove(root: &Path) {
    dpkg(root, &[Path::new("--purge"), Path::new("openset-wallet-banque-demo")]);
    for file in ["bin/banque-demo-wallet", "lib/openset-wallet-banque-demo/openset"] {
        assert!(!root.join("usr").join(file).exists(), "{file}");
    }
}

fn dpkg(root: &Path, arguments: &[&Path]) {
    let mut root_option = std::ffi::OsString::from("--root=");
    root_option.push(root);
    let mut command = Command::new("dpkg");
    command.arg(root_option).args(["--force-depends", "--force-not-root", "--force-bad-path"]);
    let output = command.args(arguments).output().expect("it starts");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "dpkg {arguments:?}: {complaint}");
}

#[test]
fn an_installed_wallet_starts_and_refuses_a_changed_pack() {
    let folder = tempfile::tempdir().expect("a folder");
    let (folder, home) = (folder.path(), folder.path().join("home"));
    let said = package(folder);
    assert!(said.contains("signed_by"), "{said}");
    if has("tar") {
        let out = folder.join("tree");
        fs::create_dir(&out).expect("a folder");
        let mut tar = Command::new("tar");
        tar.arg("xzf").arg(made(folder, ".tar.gz")).arg("-C").arg(&out);
        assert!(tar.status().expect("it starts").success());
        let tree = fs::read_dir(&out).expect("unpacked").next().expect("a folder");
        says_whose_it_is_until_it_is_changed(&tree.expect("a folder").path(), &home);
    }
    if has("dpkg-deb") {
        let out = folder.join("unpacked");
        let deb = made(folder, ".deb");
        let unpacked = Command::new("dpkg-deb").arg("-x").args([&deb, &out]).status();
        assert!(unpacked.expect("it starts").success());
        says_whose_it_is_until_it_is_changed(&out.join("usr"), &home);
    }
    if has("dpkg") {
        let out = folder.join("installed");
        install(&out, &made(folder, ".deb"));
        says_whose_it_is_until_it_is_changed(&out.join("usr"), &home);
        remove(&out);
    }
    if has("sha256sum") {
        let mut sums = Command::new("sha256sum");
        sums.args(["--check", "--quiet", "SHA256SUMS"]).current_dir(folder.join("packages"));
        assert!(sums.status().expect("it starts").success());
    }
}

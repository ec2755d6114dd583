//! A purchase with every party where a configuration puts it: an issuer host of its own that
//! speaks packed decimal, all other roles in another process, and a wallet on the command line.

mod ordering;

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use ordering::{http, order};

/// A process that is ended with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A folder for the test, and ports that nobody had a moment ago.
struct Stage {
    folder: tempfile::TempDir,
    port: u16,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, port: free_ports() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openset(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_openset"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("NO_COLOR", "1").env_remove("OPENSET_DATA");
        command
    }

    /// Writes a configuration and serves a role with it until the role says that it is ready.
    fn serve(&self, role: &str, settings: &str) -> Served {
        let file = self.path(&format!("{role}.toml"));
        fs::write(&file, settings).expect("a file");
        let mut command = self.openset(&["serve", role, "--config"]);
        command.arg(&file).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the executable starts");
        let said = child.stdout.take().expect("a pipe");
        let served = Served(child);
        let mut lines = BufReader::new(said).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("ready;")), "{role} is not ready");
        served
    }

    fn wallet(&self, arguments: &[&str]) -> Output {
        let mut command =
            self.openset(&["wallet", "--data", "mine", "--passphrase-file", "phrase"]);
        command.args(arguments).output().expect("the executable starts")
    }
}

#[test]
fn a_wallet_pays_through_an_issuer_that_runs_elsewhere_and_speaks_another_dialect() {
    let stage = Stage::new();
    let made = stage.openset(&["demo", "--once", "--data", "demo"]).output().expect("it starts");
    assert!(made.status.success(), "{made:?}");
    let (port, bank) = (stage.port, stage.port + 20);
    let issuer = format!("address = '127.0.0.1:{bank}'\ndialect = 'packed-87'\n");
    let _issuer = stage.serve(
        "issuer",
        &format!(
            "data = 'bank'\n[http]\nport = {bank}\n[role.issuer]\n\
             listen = '127.0.0.1:{bank}'\ndialect = 'packed-87'\n"
        ),
    );
    let _all = stage.serve(
        "all",
        &format!(
            "data = 'demo'\n[http]\nport = {port}\n[role.gateway.issuer]\n{issuer}\
             [role.ca-cardholder.issuer]\n{issuer}"
        ),
    );
    let asking = |place: &str| {
        format!("GET {place} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    };
    for (at, place, status) in [
        (bank + 6, "/metrics", "404"),
        (bank + 16, "/metrics", "200"),
        (bank + 16, "/readyz", "200"),
        (bank + 16, "/clearing", "404"),
    ] {
        let (head, _) = http(at, &asking(place));
        assert_eq!(head.split(' ').nth(1), Some(status), "{at}: {place}");
    }
    let address = order(port);
    fs::write(stage.path("phrase"), "a harbour at night\n").expect("a file");
    fs::write(stage.path("card"), "9999990000064242\n").expect("a file");
    let authority = format!("http://ca-cardholder.localhost:{port}/set");
    let enrolled = stage.wallet(&[
        "enroll",
        "--expiry",
        "202912",
        "--card-file",
        "card",
        "--authority",
        &authority,
        "--trust",
        "demo/ca-root/certificates/certificates.pem",
        "--yes",
        "--answer",
        "Name on the card=Ada Martin",
        "--answer",
        "Postcode=29200",
    ]);
    assert_eq!(code(&enrolled), 0, "{enrolled:?}");
    let unasked = stage.wallet(&["pay", &address]);
    assert_eq!(code(&unasked), 2, "without a terminal nobody agrees: {unasked:?}");
    let paid = stage.wallet(&["pay", &address, "--yes"]);
    assert_eq!(code(&paid), 0, "{paid:?}");
    assert!(text(&paid.stdout).contains("your bank agreed"), "{paid:?}");
    assert!(text(&paid.stderr).contains("42.00 EUR to Atelier Lumen"), "{paid:?}");
    let history = stage.wallet(&["history"]);
    let lines: Vec<String> = text(&history.stdout).lines().map(str::to_owned).collect();
    assert!(lines[0].ends_with("42.00 EUR  authorized"), "{lines:?}");
    assert!(lines[1].ends_with("42.00 EUR  given up"), "{lines:?}");
    assert!(knows(&stage.path("bank"), "9999990000064242"), "the other issuer was asked");
    assert!(!knows(&stage.path("demo/merchant"), "9999990000064242"), "the shop knows no card");
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// Whether any file below a folder holds a text. Sockets, such as an authority's door, hold none.
fn knows(folder: &Path, secret: &str) -> bool {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let is_in = |path: &Path| {
        let file = fs::read(path).expect("a file");
        file.windows(secret.len()).any(|part| part == secret.as_bytes())
    };
    entries.map(|entry| (entry.path(), entry.file_type().expect("a type"))).any(|(path, kind)| {
        (kind.is_dir() && knows(&path, secret)) || (kind.is_file() && is_in(&path))
    })
}

/// A port with twenty free ones after it.
fn free_ports() -> u16 {
    let is_free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
    let bases = (20_000 + u16::try_from(std::process::id() % 20_000).expect("small")..).step_by(50);
    bases.into_iter().find(|base| (*base..*base + 40).all(is_free)).expect("free ports")
}

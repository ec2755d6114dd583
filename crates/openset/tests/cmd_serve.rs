//! Parties where a configuration puts them: a purchase with an issuer host of its own that speaks
//! EBCDIC with a code over each message, all other roles in another process, and a wallet on the
//! command line; and nodes of a gateway that share a database.

mod ordering;

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

use openset_testkit::postgres::Server;
use ordering::{http, order};

/// How long anything may take before a test has failed.
const PATIENCE: Duration = Duration::from_secs(30);

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

    /// A file for its owner alone.
    fn private(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::write(&path, text).expect("a file");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("its mode");
        }
    }

    fn bank(&self, arguments: &[&str]) -> Output {
        let mut command = self.openset(&["bank", "--data", "demo"]);
        command.args(arguments).output().expect("the executable starts")
    }

    /// What operators of the banks see before and after clearing. The issuer of the sale is another
    /// process, and its folder another.
    fn banks_tell_and_clear(&self) {
        let before = self.bank(&["files"]);
        assert_eq!(code(&before), 0, "{before:?}");
        let cleared = self.bank(&["clear"]);
        assert_eq!(code(&cleared), 0, "{cleared:?}");
        let newest = text(&cleared.stdout).lines().next().expect("a file").to_owned();
        assert_ne!(text(&before.stdout).lines().next(), Some(newest.as_str()), "{cleared:?}");
        let name = newest.split(' ').next().expect("a name");
        assert!(newest.contains("sales 1     25.00 EUR"), "{newest}");
        let documents = text(&self.bank(&["file", name]).stdout);
        assert!(documents.contains("camt.054  acquirer to issuer"), "{documents}");
        let printed = text(&self.bank(&["file", name, "--print", "camt.054"]).stdout);
        assert!(printed.contains(&format!("<MsgId>{name}</MsgId>")), "{printed}");
        assert!(!printed.contains("9999990000064242"), "no file names a card");
        let none = self.bank(&["file", "CLR-NONE"]);
        assert_eq!(code(&none), 1, "{none:?}");
        assert_eq!(code(&self.bank(&["file", name, "--print", "pain.999"])), 1);
        let accounts = text(&self.bank(&["accounts", "--json"]).stdout);
        assert!(accounts.contains("999999...4242"), "{accounts}");
        assert!(!accounts.contains("0000064242"), "an account is told without its card's number");
        for deed in [["ledger", "--acquirer"].as_slice(), &["ledger"], &["holds"], &["credits"]] {
            let told = self.bank(deed);
            assert_eq!(code(&told), 0, "{deed:?}: {told:?}");
        }
        assert!(text(&self.bank(&["credits"]).stdout).contains("fee 0.50 EUR, net 41.50 EUR"));
        assert_eq!(code(&self.bank(&["accounts", "--issuer", "nobody"])), 69);
        let reconciled = self.bank(&["reconcile"]);
        assert_eq!(code(&reconciled), 0, "{reconciled:?}");
        assert!(text(&reconciled.stdout).contains("EUR: the sums agree"), "{reconciled:?}");
        let breaks = self.bank(&["breaks"]);
        assert_eq!(code(&breaks), 0, "{breaks:?}");
        assert!(text(&breaks.stdout).contains("issuer 999999: the books agree"), "{breaks:?}");
    }

    fn payments(&self, arguments: &[&str]) -> Output {
        let mut command = self.openset(&["payments", "--data", "demo"]);
        command.args(arguments).output().expect("the executable starts")
    }

    /// What an operator of the shop does about the newest order.
    fn gives_up_a_part_and_takes_the_rest(&self) {
        let listed = text(&self.payments(&["list"]).stdout);
        let newest = listed.lines().next().expect("an order");
        assert!(newest.contains("authorized") && newest.contains("42.00 EUR"), "{listed}");
        let order = newest.split(' ').next().expect("a number");
        for wrong in ["42.00", "42.01", "-1", "much"] {
            let refused = self.payments(&["void", order, "--keep", wrong]);
            assert_ne!(code(&refused), 0, "{wrong}: {refused:?}");
        }
        let lowered = self.payments(&["void", order, "--keep", "30.00"]);
        assert_eq!(code(&lowered), 0, "{lowered:?}");
        assert!(text(&lowered.stdout).contains("authorized    30.00 EUR"), "{lowered:?}");
        let taken = self.payments(&["capture", order]);
        assert_eq!(code(&taken), 0, "{taken:?}");
        assert!(text(&taken.stdout).contains("captured      30.00 EUR"), "{taken:?}");
        self.gives_a_part_back(order);
        let late = self.payments(&["void", order]);
        assert_eq!(code(&late), 1, "{late:?}");
        assert_eq!(code(&self.payments(&["show", "1"])), 1, "no such order");
    }

    /// Before clearing: less is taken, a part is given back, and that is undone.
    fn gives_a_part_back(&self, order: &str) {
        for (deed, amount) in
            [("refund", "30.01"), ("refund", "0.00"), ("take-back", "30.01"), ("undo", "1.00")]
        {
            let refused = self.payments(&[deed, order, "--amount", amount]);
            assert_eq!(code(&refused), 1, "{deed} {amount}: {refused:?}");
        }
        assert_eq!(code(&self.payments(&["undo", order])), 1, "nothing was given back yet");
        let less = self.payments(&["take-back", order, "--amount", "5.00"]);
        assert_eq!(code(&less), 0, "{less:?}");
        let given = self.payments(&["refund", order, "--amount", "10.00"]);
        assert_eq!(code(&given), 0, "{given:?}");
        assert!(text(&given.stdout).contains("given back    15.00 EUR"), "{given:?}");
        let undone = self.payments(&["undo", order]);
        assert_eq!(code(&undone), 0, "{undone:?}");
        let told = text(&undone.stdout);
        assert!(told.contains("given back    5.00 EUR"), "{told}");
        assert!(told.contains("undone           10.00 EUR  done"), "{told}");
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
    stage.private("link.key", &"5a".repeat(32));
    let speaks = "dialect = 'ebcdic-87'\nmac_key = 'link.key'\n";
    let issuer = format!("address = '127.0.0.1:{bank}'\n{speaks}");
    let _issuer = stage.serve(
        "issuer",
        &format!(
            "data = 'bank'\n[http]\nport = {bank}\n[role.issuer]\n\
             listen = '127.0.0.1:{bank}'\n{speaks}"
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
    let before = measured(port + 1);
    let paid = stage.wallet(&["pay", &address, "--yes"]);
    assert_eq!(code(&paid), 0, "{paid:?}");
    assert!(text(&paid.stdout).contains("your bank agreed"), "{paid:?}");
    assert!(text(&paid.stderr).contains("42.00 EUR to Atelier Lumen"), "{paid:?}");
    stage.gives_up_a_part_and_takes_the_rest();
    what_was_measured_is_what_happened(&before, &measured(port + 1));
    stage.banks_tell_and_clear();
    let history = stage.wallet(&["history"]);
    let lines: Vec<String> = text(&history.stdout).lines().map(str::to_owned).collect();
    assert!(lines[0].ends_with("42.00 EUR  authorized"), "{lines:?}");
    assert!(lines[1].ends_with("42.00 EUR  given up"), "{lines:?}");
    assert!(knows(&stage.path("bank"), "9999990000064242"), "the other issuer was asked");
    assert!(!knows(&stage.path("demo/merchant"), "9999990000064242"), "the shop knows no card");
}

#[test]
fn nodes_of_a_gateway_share_a_database_and_say_when_it_is_gone() {
    let Some(server) = Server::start() else { return };
    let (schema, stage) = (server.schema(), Stage::new());
    let made = stage.openset(&["demo", "--once", "--data", "demo"]).output().expect("it starts");
    assert!(made.status.success(), "{made:?}");
    let asking = "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    let mut nodes = Vec::new();
    for (data, port) in [("a", stage.port), ("b", stage.port + 20)] {
        copy(&stage.path("demo"), &stage.path(data));
        let settings = format!(
            "data = '{data}'\n[http]\nport = {port}\n\
             [role.gateway]\nstore = {{ server = \"{}\" }}\n\
             [role.gateway.issuer]\naddress = '127.0.0.1:1'\n\
             [role.gateway.acquirer]\naddress = '127.0.0.1:1'\n",
            schema.server()
        );
        let node = stage.serve("gateway", &settings);
        // Nobody is at the other end of the links, and the database is there.
        let (_, body) = http(port + 15, asking);
        assert_eq!(body, "the link to the issuer is down\n");
        assert!(stage.path(data).join("gateway/store.elsewhere").is_file());
        nodes.push((node, port + 15));
    }
    let looked = ["doctor", "--data", "a", "--config", "gateway.toml"];
    let looked = text(&stage.openset(&looked).output().expect("it starts").stdout);
    assert!(looked.contains("✓ databases     gateway in postgres at"), "{looked}");

    server.crash();
    for (_, port) in &nodes {
        let (head, body) = http(*port, asking);
        assert_eq!(head.split(' ').nth(1), Some("503"), "{head}");
        assert!(body.contains("gateway: the database server cannot be reached"), "{body}");
    }
    server.recover();
    for (_, port) in &nodes {
        let until = Instant::now() + PATIENCE;
        while http(*port, asking).1.contains("database") {
            assert!(Instant::now() < until, "it is not ready again");
        }
    }

    // A folder whose database is elsewhere is not served without it.
    drop(nodes);
    let settings = "data = 'a'\n[role.gateway.issuer]\naddress = '127.0.0.1:1'\n\
         [role.gateway.acquirer]\naddress = '127.0.0.1:1'\n";
    fs::write(stage.path("without.toml"), settings).expect("a file");
    let without = ["serve", "gateway", "--config", "without.toml"];
    let without = stage.openset(&without).output().expect("it starts");
    assert_ne!(code(&without), 0);
    assert!(text(&without.stderr).contains("on a server that openset.toml names"), "{without:?}");
}

/// What a process has measured, as its page says it: each measure with its labels.
fn measured(port: u16) -> BTreeMap<String, f64> {
    let asking = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    let (_, page) = http(port, asking);
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    let read = |line: &str| {
        let (name, value) = line.rsplit_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    lines.filter_map(read).collect()
}

/// One purchase through an issuer elsewhere, of which a part was given up and the rest was taken.
fn what_was_measured_is_what_happened(
    before: &BTreeMap<String, f64>,
    after: &BTreeMap<String, f64>,
) {
    let now = |name: &str| after.get(name).copied().unwrap_or_default();
    let since = |name: &str| now(name) - before.get(name).copied().unwrap_or_default();
    for role in ["merchant", "gateway"] {
        for (status, times) in
            [("authorized", 1.0), ("captured", 1.0), ("declined", 0.0), ("reversed", 0.0)]
        {
            let name =
                format!("openset_payment_count_total{{role=\"{role}\",status=\"{status}\"}}");
            assert_eq!(since(&name), times, "{name}");
        }
    }
    let lowered = "openset_payment_count_total{role=\"gateway\",status=\"lowered\"}";
    assert_eq!(since(lowered), 1.0);
    for (message, role) in [
        ("PInitReq", "merchant"),
        ("PReq", "merchant"),
        ("AuthReq", "gateway"),
        ("AuthRevReq", "gateway"),
        ("CapReq", "gateway"),
    ] {
        let labels = format!("message=\"{message}\",role=\"{role}\"");
        let answered = format!(
            "openset_message_duration_seconds_count\
             {{{labels},profile=\"modern\",outcome=\"answered\"}}"
        );
        assert_eq!(since(&answered), 1.0, "{answered}");
        assert!(since(&format!("openset_message_size_bytes_sum{{{labels}}}")) > 500.0, "{message}");
    }
    assert_eq!(since("openset_authorization_duration_seconds_count{outcome=\"approved\"}"), 1.0);
    for up in ["openset_link_up{bank=\"issuer\"}", "openset_store_up{role=\"gateway\"}"] {
        assert_eq!(now(up), 1.0, "{up}");
    }
    let day = 86_400.0;
    let ends = now("openset_certificate_expiry_seconds{role=\"gateway\"}");
    assert!((363.0 * day..366.0 * day).contains(&ends), "{ends}");
    let age = after.iter().find(|(name, _)| name.starts_with("openset_crl_age_seconds{brand="));
    assert!(age.is_some_and(|(_, age)| (0.0..day).contains(age)), "{age:?}");
    let page = after.keys().any(|name| name.contains("9999990000064242"));
    assert!(!page, "no card number in a label");
}

/// Copies a folder. Sockets in it, such as a party's door, are made anew.
fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a new folder");
    for entry in fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let (kind, to) = (entry.file_type().expect("a type"), to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &to);
        } else if kind.is_file() {
            fs::copy(entry.path(), to).expect("a file");
        }
    }
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
    // Two tests of this process do not look at the same ports.
    static STAGES: AtomicU16 = AtomicU16::new(0);
    let first = usize::from(STAGES.fetch_add(1, Ordering::Relaxed)) * 20;
    let mut bases = bases.into_iter().skip(first);
    bases.find(|base| (*base..*base + 40).all(is_free)).expect("free ports")
}

//! A wallet that is opened with its pages: one process for a folder, shown to the windows that it
//! opened itself and under its own name only, handed files through its folder, and closed again.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::LazyLock,
};

use serde_json::Value;

const BIN: &str = env!("CARGO_BIN_EXE_openset");
const AUTHORITY: &str = "http://ca-cardholder.localhost:7180/set";
/// The same, at another port of this machine.
const MOVED: &str = "http://ca-cardholder.localhost:7190/set";
const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/packs/banque-demo");

fn openset(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BIN);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).env("NO_COLOR", "1");
    for display in ["DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"] {
        command.env_remove(display);
    }
    command
}

fn said(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

/// What trust begins at: the root of a demo.
static ROOT: LazyLock<(tempfile::TempDir, String)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let made = openset(folder.path(), &["demo", "--once", "--data", "demo"]).output();
    let made = made.expect("it starts");
    assert!(made.status.success(), "{}", said(&made));
    let root = folder.path().join("demo/ca-root/certificates/certificates.pem");
    (folder, root.to_str().expect("text").to_owned())
});

/// A wallet that is open.
struct Opened {
    child: Child,
    address: String,
}

impl Opened {
    /// Opens the wallet in `mine`.
    fn begin(folder: &Path, arguments: &[&str]) -> Self {
        let own = ["wallet", "--json", "--data", "mine", "open", "--port", "0"];
        Self::by(openset(folder, &[&own[..], arguments].concat()))
    }

    /// Opens a wallet with a command that says as JSON where the pages are.
    fn by(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let line = stdout.lines().map_while(Result::ok).find(|line| line.contains("\"address\""));
        let line = line.expect("it says where its pages are");
        let address = line.split('"').nth(3).expect("an address").to_owned();
        Self { child, address }
    }

    /// The host and port of the pages.
    fn authority(&self) -> &str {
        authority(&self.address)
    }

    fn port(&self) -> u16 {
        self.authority().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port")
    }

    /// What is answered to a request for a path, under a host name.
    fn get(&self, host: &str, path: &str, cookies: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port())).expect("it listens");
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Comes in with a ticket, and answers the cookies that it gave and where it led.
    fn enter(&self, address: &str) -> (String, String) {
        let path = address.split_once(self.authority()).expect("of this wallet").1;
        let answer = self.get(self.authority(), path, "");
        let cookies = values(&answer, "set-cookie").join("; ");
        (cookies, values(&answer, "location").concat())
    }

    /// Asks it to stop, and answers the code with which it ended.
    fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-INT", &id]).status().expect("kill starts");
        assert!(asked.success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn authority(address: &str) -> &str {
    address.split('/').nth(2).expect("a host")
}

/// The values of a header, without what follows a semicolon.
fn values(answer: &str, name: &str) -> Vec<String> {
    let lines = answer.lines().filter_map(|line| line.split_once(": "));
    let found = lines.filter(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.split(';').next().unwrap_or_default().to_owned()).collect()
}

/// What a second call says.
fn led(folder: &Path, file: &str) -> (Option<i32>, Value) {
    let arguments = ["wallet", "--json", "--data", "mine", "open", "--no-open", file];
    let used = if file.is_empty() { &arguments[..6] } else { &arguments[..] };
    let output = openset(folder, used).output().expect("it starts");
    let json = serde_json::from_slice(&output.stdout);
    (output.status.code(), json.unwrap_or_else(|_| panic!("{}", said(&output))))
}

fn registration(brand: &str, authority: &str) -> String {
    format!(
        "SET-Initiation-Type: Registration-Initiation\r\nSET-Version: 1.0\r\n\
         SET-SET-URL: {authority}\r\nSET-Brand: {brand}\r\nSET-Language: fr\r\n\r\n"
    )
}

fn payment(brand: &str, shop: &str) -> String {
    format!(
        "SET-Initiation-Type: Payment-Initiation\r\nSET-Version: 1.0\r\n\
         SET-SET-URL: http://127.0.0.1:9/set\r\nSET-Success-URL: http://{shop}/a\r\n\
         SET-Failure-URL: http://{shop}/b\r\nSET-Cancel-URL: http://127.0.0.1:9/c\r\n\
         SET-PurchAmt: 978 4200 -2\r\nSET-LID-M: 1042\r\nSET-Language: en\r\n\
         SET-Brand: {brand}\r\n\r\nA poster"
    )
}

#[test]
fn a_second_call_finds_the_wallet_that_is_open_and_leads_it_to_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let root = ROOT.1.as_str();
    let wallet = Opened::begin(folder, &["--trust", root, "--authority", AUTHORITY]);
    let (first, place) = wallet.enter(&wallet.address);
    assert!(first.contains("wallet-key=") && place == "/", "{first} {place}");
    let again = wallet.enter(&wallet.address);
    assert!(!again.0.contains("wallet-key="), "a ticket is good once: {again:?}");

    for (name, text, leads) in [
        ("own.setreg", registration("Demo Brand", AUTHORITY), "/cards/new"),
        ("moved.setreg", registration("Demo Brand", MOVED), "/cards/new"),
        ("order.setpay", payment("Demo Brand", "127.0.0.1:9"), "/pay/"),
        // What is in a file says what it is, not what a browser called it.
        ("order.setpay.txt", payment("Demo Brand", "127.0.0.1:9"), "/pay/"),
    ] {
        fs::write(folder.join(name), text).expect("written");
        let (code, told) = led(folder, name);
        assert_eq!((code, &told["refused"]), (Some(0), &Value::Null), "{name}: {told}");
        let (_, place) = wallet.enter(told["address"].as_str().expect("an address"));
        assert!(place.starts_with(leads), "{name}: {place}");
    }
    let whole = payment("Demo Brand", "127.0.0.1:9");
    for (name, octets, code) in [
        ("empty", String::new(), "file_unreadable"),
        ("picture", "\u{89}PNG\r\n\u{1a}\n".to_owned(), "file_unreadable"),
        ("cut", whole[..whole.len() / 2].to_owned(), "file_unreadable"),
        ("cut.setreg", registration("Demo Brand", AUTHORITY)[..90].to_owned(), "file_unreadable"),
        ("both", registration("Demo Brand", AUTHORITY) + &whole, "file_unreadable"),
        ("long", whole.clone() + &"x".repeat(64 * 1024), "initiation_too_large"),
        ("endless", "x".repeat(4 * 1024 * 1024), "initiation_too_large"),
        ("brand", payment("Lumiere", "127.0.0.1:9"), "brand_not_accepted"),
        ("back", payment("Demo Brand", "evil.example"), "initiation_return_foreign"),
        ("other", registration("Lumiere", AUTHORITY), "registration_elsewhere"),
        ("bank", registration("Demo Brand", "http://127.0.0.1:9/set"), "registration_elsewhere"),
    ] {
        fs::write(folder.join(name), octets).expect("written");
        let (ended, told) = led(folder, name);
        assert_eq!(ended, Some(1), "{name}: {told}");
        assert!(told["refused"].as_str().is_some_and(|why| why.len() > 20), "{name}: {told}");
        let (_, place) = wallet.enter(told["address"].as_str().expect("an address"));
        assert_eq!(place, format!("/told/{code}"), "{name}");
    }
    let missing = ["wallet", "--data", "mine", "open", "--no-open", "none.setpay"];
    let missing = openset(folder, &missing).output().expect("it starts");
    assert_eq!(missing.status.code(), Some(2), "{}", said(&missing));

    let (_, shown) = led(folder, "");
    assert_eq!(authority(shown["address"].as_str().expect("an address")), wallet.authority());
    let cards = openset(folder, &["wallet", "--data", "mine", "cards"]).output().expect("starts");
    assert_eq!(cards.status.code(), Some(2), "nobody has chosen a passphrase: {}", said(&cards));
    assert_eq!(wallet.stop(), Some(0));
    assert!(!folder.join("mine/wallet/operator.sock").exists());
    assert!(!folder.join("mine/wallet/vault").exists(), "nothing was chosen, nothing is kept");
}

#[test]
fn the_pages_answer_to_their_own_name_and_to_the_windows_they_opened_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let root = ROOT.1.as_str();
    let wallet = Opened::begin(folder, &["--trust", root]);
    let port = wallet.port();
    // Abuse case 37: an address of the attacker's that leads here.
    for host in [
        format!("evil.example:{port}"),
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        format!("wallet.localhost:{port}"),
        format!("{}.evil.example", wallet.authority().split(':').next().expect("a name")),
    ] {
        let answer = wallet.get(&host, "/", "");
        assert!(answer.starts_with("HTTP/1.1 421 "), "{host}: {answer}");
        assert!(!answer.contains("set-cookie"), "{host}");
    }
    let (cookies, _) = wallet.enter(&wallet.address);
    let path = "/unlock";
    for wrong in ["", "wallet-key=", "wallet-key=0000", "wallet-session=x"] {
        let answer = wallet.get(wallet.authority(), path, wrong);
        assert!(answer.starts_with("HTTP/1.1 403 "), "{wrong}: {answer}");
    }
    let answer = wallet.get(wallet.authority(), path, &cookies);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let name = wallet.authority().split(':').next().expect("a name").to_owned();
    assert_eq!(wallet.stop(), Some(0));
    let later = Opened::begin(folder, &["--trust", root]);
    assert!(later.authority().starts_with(&name), "browsers know it again");
    let answer = later.get(later.authority(), path, &cookies);
    assert!(answer.starts_with("HTTP/1.1 403 "), "a key of before opens nothing: {answer}");
    assert_eq!(later.stop(), Some(0));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &str| {
            let about = fs::metadata(folder.join(path)).expect("it is there");
            about.permissions().mode() & 0o777
        };
        assert_eq!(mode("mine/wallet"), 0o700);
        assert_eq!(mode("mine/wallet/host"), 0o600);
    }
}

fn has(tool: &str) -> bool {
    let is_there = Command::new(tool).arg("--version").output().is_ok();
    assert!(is_there || std::env::var_os("CI").is_none(), "{tool} is missing");
    if !is_there {
        eprintln!("not tested: {tool} is missing");
    }
    is_there
}

/// The brand pack of this checkout, which knows neither root nor authority.
fn brand(folder: &Path) {
    let brand = folder.join("brand");
    fs::create_dir(&brand).expect("a folder");
    for file in ["logo.svg", "pack.toml"] {
        fs::copy(format!("{PACK}/{file}"), brand.join(file)).expect("copied");
    }
}

/// Packages it around an executable, and answers the name of the key that signed it.
fn package(folder: &Path, executable: &str) -> String {
    let own = ["wallet", "--json", "package", "--brand", "brand", "--key", "key", "--out", "out"];
    let mut command = openset(folder, &own);
    command.args(["--trust", &ROOT.1, "--authority", AUTHORITY, "--executable", executable]);
    let package = command.output().expect("it starts");
    let made: Value = serde_json::from_slice(&package.stdout).expect("what was made");
    made["signed_by"].as_str().expect("a key").to_owned()
}

/// What a desktop runs for an entry in its menus, and a file if there is one. Where the pages are
/// is printed for us besides.
fn entry(tree: &Path, home: &Path, file: Option<&Path>) -> Command {
    let path = tree.join("share/applications/openset-wallet-banque-demo.desktop");
    let desktop = fs::read_to_string(path).expect("an entry");
    for line in ["Terminal=false", "Type=Application", "Name[fr]=Portefeuille Banque Démo"] {
        assert!(desktop.lines().any(|one| one == line), "{line}: {desktop}");
    }
    let opens = desktop.lines().find_map(|line| line.strip_prefix("MimeType="));
    let opens: Vec<&str> = opens.expect("what it opens").split(';').collect();
    for kind in ["application/set-payment-initiation", "application/set-registration-initiation"] {
        assert!(opens.contains(&kind), "{kind}: {opens:?}");
    }
    let exec = desktop.lines().find_map(|line| line.strip_prefix("Exec=")).expect("a command");
    let mut words = exec.split(' ');
    let program = tree.join("bin").join(words.next().expect("a program"));
    let mut command = Command::new(program);
    command.env("XDG_DATA_HOME", home).env("NO_COLOR", "1").stdin(Stdio::null());
    for display in ["DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"] {
        command.env_remove(display);
    }
    for word in words {
        match (word, file) {
            ("%f", Some(file)) => command.arg(file),
            ("%f", None) => &mut command,
            _ => command.arg(word),
        };
    }
    command.args(["--json", "--port", "0"]);
    command
}

#[test]
fn an_entry_in_menus_opens_the_pages_and_files_of_the_bank_in_its_dress() {
    if !has("tar") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    brand(folder);
    let slim = folder.join("openset");
    let strip = Command::new("strip").arg("-o").arg(&slim).arg(BIN).status();
    let is_slim = strip.is_ok_and(|status| status.success());
    package(folder, if is_slim { "openset" } else { BIN });
    let names = fs::read_dir(folder.join("out")).expect("packages").map(|one| one.expect("a file"));
    let tarball =
        names.map(|one| one.path()).find(|path| path.extension().is_some_and(|it| it == "gz"));
    let mut tar = Command::new("tar");
    tar.arg("xzf").arg(tarball.expect("a tarball")).current_dir(folder);
    assert!(tar.status().expect("it starts").success());
    let mut trees = fs::read_dir(folder).expect("a folder").map(|one| one.expect("one").path());
    let tree = trees.find(|path| path.join("bin/banque-demo-wallet").is_file()).expect("unpacked");
    let home = folder.join("home");
    fs::create_dir(&home).expect("a folder");

    let asked = folder.join("own.setreg");
    fs::write(&asked, registration("Demo Brand", AUTHORITY)).expect("written");
    let wallet = Opened::by(entry(&tree, &home, Some(&asked)));
    let (cookies, place) = wallet.enter(&wallet.address);
    assert_eq!(place, "/cards/new");
    assert!(wallet.authority().starts_with("banque-demo-"), "{}", wallet.authority());
    let page = wallet.get(wallet.authority(), "/unlock?next=/cards/new", &cookies);
    for said in ["Banque Démo Wallet", "href=\"/assets/bank.", "name=\"again\""] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let again = entry(&tree, &home, None).output().expect("it starts");
    assert!(again.status.success(), "{}", said(&again));
    let told: Value = serde_json::from_slice(&again.stdout).expect("JSON");
    let (_, place) = wallet.enter(told["address"].as_str().expect("an address"));
    assert_eq!(place, "/");
    let pack = tree.join("lib/openset-wallet-banque-demo/banque-demo.setpack");
    fs::write(&pack, &fs::read(&pack).expect("the pack")[1..]).expect("written");
    let refused = entry(&tree, &home, None).output().expect("it starts");
    assert_eq!(refused.status.code(), Some(2), "beside one that is open, too: {}", said(&refused));
    assert_eq!(wallet.stop(), Some(0));
}

#[test]
fn a_changed_pack_opens_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    brand(folder);
    // The head of an executable, which is all that packaging looks at.
    fs::write(folder.join("elf"), b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0")
        .expect("written");
    let by = package(folder, "elf");
    let pack = folder.join("out/banque-demo.setpack");
    let whole = fs::read(&pack).expect("the pack");
    let at = whole.windows(7).position(|part| part == b"viewBox").expect("in the logo");
    let mut changed = whole.clone();
    changed[at] ^= 1;
    let open = |pack: &str, by: &str| {
        let own = ["wallet", "--data", "mine", "--pack", pack, "--signed-by", by, "open"];
        let output = openset(folder, &own).arg("--no-open").output().expect("it starts");
        (output.status.code(), said(&output))
    };
    fs::write(folder.join("changed.setpack"), changed).expect("written");
    let (code, told) = open("changed.setpack", &by);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("logo.svg was changed after the bank signed the pack"), "{told}");
    let (code, told) = open("out/banque-demo.setpack", &"5e".repeat(32));
    assert_eq!(code, Some(2), "{told}");
    assert!(!folder.join("mine").exists(), "nothing was begun");
}

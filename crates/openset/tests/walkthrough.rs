//! The walkthroughs are what happens: their commands are run on an empty machine, one after the
//! other. `docs/ceremony.md` leads from the root down to a purchase, and until what was taken back
//! is refused; `docs/payment.md` takes a payment through every state.

mod ordering;
mod transcript;

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
};

use transcript::{Step, matches, steps};

/// Stands for where the shop asks to be paid.
const ORDER: &str = "$ORDER";
/// The first port of the walkthrough and how many follow, for which the test takes free ones.
const PORTS: (u16, u16) = (7180, 40);

/// A role that is ended with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An empty machine.
struct Machine {
    folder: tempfile::TempDir,
    /// What names that begin with `$` stand for, as it was printed where they stand first.
    known: BTreeMap<String, String>,
    served: Vec<Served>,
    port: u16,
}

impl Machine {
    fn openset(&self, step: &Step) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_openset"));
        command
            .args(step.arguments.iter().map(|argument| self.told(argument)))
            .current_dir(self.folder.path())
            .env("NO_COLOR", "1")
            .env_remove("OPENSET_DATA")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&mut self, step: &Step) {
        let mut child = self.openset(step).spawn().expect("the executable starts");
        let mut input = child.stdin.take().expect("a pipe");
        // A command that refuses early does not read.
        let _ = input.write_all(step.typed.as_bytes());
        drop(input);
        let output = child.wait_with_output().expect("it ends");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
        assert_eq!(output.status.code(), Some(step.code), "line {}: {said}", step.line);
        self.compare(step, &said);
    }

    /// Starts a role, waits until it says that it is ready, and asks it.
    fn serve(&mut self, step: &Step) {
        let mut child = self.openset(step).spawn().expect("the executable starts");
        let said = child.stdout.take().expect("a pipe");
        self.served.push(Served(child));
        let mut lines = Vec::new();
        for line in BufReader::new(said).lines().map_while(Result::ok) {
            let is_ready = line.contains("ready;");
            lines.push(line);
            if is_ready {
                break;
            }
        }
        self.compare(step, &lines.join("\n"));
        let health = lines.iter().find_map(|line| line.split_once("http://127.0.0.1:"));
        let port = health.map_or(self.port + 1, |(_, rest)| {
            rest.split('/').next().expect("a port").parse().expect("a number")
        });
        let answer = get(port, "/readyz");
        assert!(answer.starts_with("HTTP/1.1 200"), "line {}: {answer}", step.line);
        let has_lists = answer.contains("the lists of revoked certificates end in");
        assert!(health.is_none() || has_lists, "{answer}");
    }

    fn compare(&mut self, step: &Step, said: &str) {
        let said: Vec<&str> = said.lines().map(str::trim_end).collect();
        let mut expected = Vec::new();
        for line in &step.expected {
            if let Some((before, name)) = line.split_once('$') {
                let name = format!("${name}");
                let mut found = said.iter().filter_map(|said| said.strip_prefix(before));
                // Two lines that begin alike give two names what they stand for, in their order.
                let found = found.find(|found| self.known.values().all(|known| known != found));
                if let (Some(found), false) = (found, self.known.contains_key(&name)) {
                    self.known.insert(name, found.to_owned());
                }
            }
            expected.push(self.told(line));
        }
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        let line = step.line;
        assert!(matches(&expected, &said), "line {line}: expected {expected:#?}, said {said:#?}");
    }

    /// A text with what is known instead of the names that stand for it, and with free ports.
    fn told(&self, text: &str) -> String {
        let with_names = self
            .known
            .iter()
            .fold(text.to_owned(), |text, (name, stands_for)| text.replace(name, stands_for));
        with_free_ports(&with_names, self.port)
    }
}

/// The ports of the page are some that are free here.
fn with_free_ports(text: &str, port: u16) -> String {
    let (first, count) = PORTS;
    (0..count).fold(text.to_owned(), |text, step| {
        text.replace(&format!(":{}", first + step), &format!(":{}", port + step))
            .replace(&format!("port = {}\n", first + step), &format!("port = {}\n", port + step))
    })
}

#[test]
fn the_walkthrough_leads_from_an_empty_machine_to_a_brand_that_runs() {
    let served = walk("ceremony.md");
    assert_eq!(served, (3, 1), "three authorities run, then everything");
}

#[test]
fn a_payment_goes_through_every_state_as_its_page_says() {
    assert_eq!(walk("payment.md"), (1, 1), "everything is served, once");
}

/// Does what a page says on an empty machine. Answers how many were served at most, and at the end.
fn walk(name: &str) -> (usize, usize) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    let page = fs::read_to_string(page).expect("the walkthrough");
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_ports();
    for (name, text) in files(&page) {
        let path = folder.path().join(name);
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).create(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, with_free_ports(text, port)).expect("a file");
    }
    let mut machine = Machine { folder, known: BTreeMap::new(), served: Vec::new(), port };
    let mut most = 0;
    for step in steps(&page) {
        match (step.arguments[0].as_str(), step.arguments.get(1).map(String::as_str)) {
            ("serve", Some("all")) => {
                // Those that ran alone were stopped.
                machine.served.clear();
                machine.serve(&step);
            }
            ("serve", _) => machine.serve(&step),
            _ => {
                if step.arguments.iter().any(|argument| argument == ORDER) {
                    let order = ordering::order(port);
                    machine.known.insert(ORDER.to_owned(), order);
                }
                machine.run(&step);
            }
        }
        most = most.max(machine.served.len());
    }
    (most, machine.served.len())
}

/// The files that the walkthrough has its reader write: the last name in code before each.
fn files(page: &str) -> Vec<(&str, &str)> {
    let mut files = Vec::new();
    let mut rest = page;
    while let Some((before, begun)) = rest.split_once("```toml\n") {
        let name = before.rsplit('`').nth(1).expect("its name");
        let (text, after) = begun.split_once("```").expect("its end");
        files.push((name, text));
        rest = after;
    }
    files
}

/// A port with forty free ones after it, a moment ago.
fn free_ports() -> u16 {
    for _ in 0..100 {
        let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let first = probe.local_addr().expect("its address").port();
        let is_free =
            |step| TcpListener::bind((Ipv4Addr::LOCALHOST, first.saturating_add(step))).is_ok();
        if first < u16::MAX - 40 && (1..40).all(is_free) {
            return first;
        }
    }
    panic!("no forty free ports in a row");
}

fn get(port: u16, place: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    let request = format!("GET {place} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

//! `docs/ceremony.md` is what happens: its commands are run on an empty machine, one after the
//! other, down to three authorities that serve and are ready.

mod transcript;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
};

use transcript::{Step, matches, steps};

/// Stands for the hash that `openset ceremony init` prints.
const ROOT: &str = "$ROOT";
/// The port of the walkthrough, for which the test takes free ones.
const PORT: &str = "7180";

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
    root: Option<String>,
    served: Vec<Served>,
}

impl Machine {
    fn openset(&self, step: &Step) -> Command {
        let root = self.root.as_deref().unwrap_or(ROOT);
        let mut command = Command::new(env!("CARGO_BIN_EXE_openset"));
        command
            .args(step.arguments.iter().map(|argument| argument.replace(ROOT, root)))
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
        let (_, rest) = health.expect("it says where");
        let port = rest.split('/').next().expect("a port").parse().expect("a number");
        let answer = get(port, "/readyz");
        assert!(answer.starts_with("HTTP/1.1 200"), "line {}: {answer}", step.line);
        assert!(answer.contains("the lists of revoked certificates end in"), "{answer}");
    }

    fn compare(&mut self, step: &Step, said: &str) {
        let said: Vec<&str> = said.lines().map(str::trim_end).collect();
        let mut expected = Vec::new();
        for line in &step.expected {
            if let Some((before, _)) = line.split_once(ROOT).filter(|_| self.root.is_none()) {
                let found = said.iter().find_map(|said| said.strip_prefix(before));
                self.root = found.map(str::to_owned);
            }
            expected.push(line.replace(ROOT, self.root.as_deref().unwrap_or(ROOT)));
        }
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        let line = step.line;
        assert!(matches(&expected, &said), "line {line}: expected {expected:#?}, said {said:#?}");
    }
}

#[test]
fn the_walkthrough_leads_from_an_empty_machine_to_a_brand_that_runs() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ceremony.md");
    let page = fs::read_to_string(page).expect("the walkthrough");
    let folder = tempfile::tempdir().expect("a folder");
    let port = free_ports().to_string();
    for (name, text) in files(&page) {
        let path = folder.path().join(name);
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).create(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text.replace(PORT, &port)).expect("a file");
    }
    let mut machine = Machine { folder, root: None, served: Vec::new() };
    for step in steps(&page) {
        match step.arguments[0].as_str() {
            "serve" => machine.serve(&step),
            _ => machine.run(&step),
        }
    }
    assert_eq!(machine.served.len(), 3, "three authorities run");
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

/// A port with thirty free ones after it, a moment ago.
fn free_ports() -> u16 {
    for _ in 0..100 {
        let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let first = probe.local_addr().expect("its address").port();
        let is_free =
            |step| TcpListener::bind((Ipv4Addr::LOCALHOST, first.saturating_add(step))).is_ok();
        if first < u16::MAX - 40 && (1..30).all(is_free) {
            return first;
        }
    }
    panic!("no thirty free ports in a row");
}

fn get(port: u16, place: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    let request = format!("GET {place} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

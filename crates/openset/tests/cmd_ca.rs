//! An operator takes a shop's certificate back on the command line, beside a system that runs:
//! the next list says so, and everybody who listens knows.

use std::{
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

/// A process that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn openset(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_openset"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env("NO_COLOR", "1").env_remove("OPENSET_DATA");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    openset(folder, arguments).output().expect("the executable starts")
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A demo that shows its sites, and their port.
fn demo(folder: &Path) -> (Running, String) {
    let any = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = any.local_addr().expect("an address").port().to_string();
    drop(any);
    let mut command =
        openset(folder, &["demo", "--data", "demo", "--no-open", "--port", port.as_str()]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the executable starts");
    let said = child.stdout.take().expect("a pipe");
    let running = Running(child);
    let mut lines = BufReader::new(said).lines().map_while(Result::ok);
    let found = lines.find_map(|line| {
        let (_, after) = line.split_once("localhost:")?;
        Some(after.chars().take_while(char::is_ascii_digit).collect::<String>())
    });
    let port = found.expect("it says where its sites are");
    std::thread::spawn(move || lines.for_each(drop));
    (running, port)
}

#[test]
fn a_shop_is_taken_back_beside_a_running_system_and_all_hear_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let (_demo, port) = demo(folder);
    let ca = |arguments: &[&str]| {
        let all = [&["ca", "--data", "demo", "--port", port.as_str()], arguments].concat();
        run(folder, &all)
    };
    let listed = json(&ca(&["list", "--json"]));
    let certificates = listed["certificates"].as_array().expect("a list");
    let is_shop =
        |one: &&Value| one["purpose"] == "merchant signature" && one["state"] == "current";
    let shop = certificates.iter().find(is_shop).expect("the demo's shop");
    let serial = shop["serial"].as_str().expect("a number");

    let revoke = ["revoke", serial, "--reason", "cessation-of-operation"];
    let revoked = json(&ca(&[&revoke[..], &["--json"]].concat()));
    assert_eq!((&revoked["revoked"]["serial"], &revoked["list"]), (&shop["serial"], &1.into()));
    let told = revoked["told"].as_array().expect("a list");
    assert_eq!(told.len(), 5);
    assert!(told.iter().all(|one| one["why_not"].is_null()), "{told:?}");

    let again = ca(&revoke);
    assert_eq!(again.status.code(), Some(1));
    let said = String::from_utf8_lossy(&again.stderr);
    assert!(said.contains("was taken back on") && said.contains("try: openset ca list"), "{said}");

    let listed = json(&ca(&["list", "--json"]));
    let certificates = listed["certificates"].as_array().expect("a list");
    let shop = certificates.iter().find(|one| one["serial"] == serial).expect("still listed");
    assert_eq!(shop["state"], "revoked");
    assert_eq!(shop["reason"], "CessationOfOperation");
    assert_eq!(listed["lists"]["named"]["number"], 2);
    let text = ca(&["list"]);
    let said = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(said.contains("taken back on") && said.contains("CessationOfOperation"), "{said}");
}

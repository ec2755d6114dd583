//! A demo that runs in a process of its own, and commands beside it.
#![allow(dead_code, unreachable_pub, reason = "shared by several tests")]

use std::{
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

/// A process that is ended with the test.
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A command that nobody types into.
pub fn openset(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_openset"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env("NO_COLOR", "1").env_remove("OPENSET_DATA");
    command
}

/// Runs a command to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    openset(folder, arguments).output().expect("the executable starts")
}

/// What a command that has succeeded says.
pub fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A demo that shows its sites, and their port.
pub fn demo(folder: &Path) -> (Running, String) {
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

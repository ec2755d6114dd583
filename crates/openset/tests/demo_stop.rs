//! A demo that is asked to stop while it makes its authorities: it ends at once, and what it leaves
//! is begun anew by the next start.

#![cfg(unix)]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

const BIN: &str = env!("CARGO_BIN_EXE_openset");

/// Starts a demo whose keys take long to make, as a shell starts what runs in the background: it
/// is to ignore interrupts.
fn begin(data: &Path) -> Child {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' INT; exec \"$0\" \"$@\"", BIN, "demo", "--suite", "set10"]);
    command.args(["--no-open", "--port", "0", "--data"]).arg(data);
    command.env("NO_COLOR", "1").env_remove("OPENSET_DATA").stdin(Stdio::null());
    command.stdout(Stdio::piped()).spawn().expect("a shell starts")
}

#[test]
fn a_demo_that_is_stopped_while_it_makes_keys_ends_and_the_next_begins_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("demo");
    for signal in ["-INT", "-TERM"] {
        let mut child = begin(&data);
        let said = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut lines = said.lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("making the authorities")), "{signal}");
        let id = child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill starts").success());
        // One that does not hear it goes on until it is ready.
        let last = lines.find(|line| line.contains("stopped;") || line.contains("ready in"));
        let has_stopped = last.is_some_and(|line| line.contains("stopped;"));
        if !has_stopped {
            drop(child.kill());
        }
        let status = child.wait().expect("it ends");
        assert!(has_stopped && status.success(), "{signal}: {status}");
        assert!(!data.join(".ready").exists(), "{signal}");
    }
    // In the suite that is made soonest: nothing is left of the other one.
    let mut next = Command::new(BIN);
    next.args(["demo", "--once", "--json", "--data"]).arg(&data).env_remove("OPENSET_DATA");
    let told = next.output().expect("it starts");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    assert!(data.join(".ready").exists());
    fs::remove_dir_all(&data).expect("nobody uses it any more");
}

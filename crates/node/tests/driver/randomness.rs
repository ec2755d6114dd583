//! What the driver does when the operating system gives no randomness, or little at a time (abuse
//! case 20).
//!
//! A test starts itself again in a process whose C library is asked last (`randomness.c`, which
//! `cc` builds).

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use openset_node::entropy;
use tokio::runtime::Runtime;

use super::*;

/// Says to a process of this program where it is told what randomness there is.
const FOLDER: &str = "RANDOMNESS";

/// The randomness of one process.
struct Randomness(PathBuf);

impl Randomness {
    fn becomes(&self, what: &str, is_so: bool) {
        let path = self.0.join(what);
        match is_so {
            true => fs::write(path, "").expect("a folder that can be written"),
            false => fs::remove_file(path).expect("it was so"),
        }
    }
}

/// Plays a test in a process with a randomness of its own.
fn with_randomness<F: Future<Output = ()>>(test: &str, play: impl FnOnce(Randomness) -> F) {
    if let Some(folder) = env::var_os(FOLDER) {
        let runtime = Runtime::new().expect("threads");
        return runtime.block_on(play(Randomness(folder.into())));
    }
    let folder = tempfile::tempdir().expect("a folder for the test");
    let library = folder.path().join("randomness.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/driver/randomness.c");
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source);
    assert!(cc.status().expect("a C compiler").success());
    let mut child = Command::new(env::current_exe().expect("this runs from a file"));
    child.args(["--exact", test, "--nocapture", "--test-threads", "1"]);
    let played = child.env("LD_PRELOAD", library).env(FOLDER, folder.path()).output();
    let played = played.expect("a process");
    let said = String::from_utf8_lossy(&played.stdout);
    assert!(played.status.success() && said.contains("1 passed"), "{said}");
}

#[test]
fn without_randomness_nothing_is_taken_until_there_is_some_again() {
    let own = "randomness::without_randomness_nothing_is_taken_until_there_is_some_again";
    with_randomness(own, async |randomness| {
        let house = house(&Ground::sqlite()).await;
        let message = request(rrpid(1), None, ADD, 7);
        randomness.becomes("none", true);
        for _ in 0..3 {
            let said = house.door.answer(message.clone()).await;
            assert!(matches!(said, Err(Fault::Entropy)), "{said:?}");
        }
        assert_eq!(house.state(rrpid(1).as_bytes()).await, None);
        assert_eq!(house.journal().await, []);
        randomness.becomes("none", false);
        assert_eq!(house.total(&message).await, 7, "nobody needs to restart it");
        house.close().await;
    });
}

#[test]
fn randomness_that_comes_in_pieces_is_waited_for() {
    let own = "randomness::randomness_that_comes_in_pieces_is_waited_for";
    with_randomness(own, async |randomness| {
        randomness.becomes("short", true);
        let [first, second] = [(); 2].map(|()| entropy::seed().expect("in the end"));
        assert_ne!(first, second);
        for seed in [first, second] {
            // Octets that nobody has written would be zeros.
            assert!(seed.chunks(8).all(|piece| piece != [0; 8]), "{seed:02x?}");
        }
    });
}

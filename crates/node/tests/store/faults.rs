//! What is true of the file of the SQLite engine when its disk is full, fails or loses power.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use openset_node::{
    fault::Fault,
    store::{Store, Uncommitted, sqlite::Sqlite},
};
use openset_testkit::disk::Disk;
use tempfile::TempDir;
use tokio::{runtime::Runtime, task::JoinSet};

use crate::ground::*;

/// The files that are on the disk under test.
const HOLDS: &str = "/data/store.db";
/// How many commit at once: groups form, and the log of the database begins anew now and then.
const AT_ONCE: usize = 32;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn open(folder: &Path) -> Sqlite {
    Sqlite::open(&folder.join("store.db")).expect("a folder that can be written")
}

/// Plays a test in a process on a disk of its own.
fn on_a_disk<F: Future<Output = ()>>(test: &str, play: impl FnOnce(Disk) -> F) {
    if let Some(disk) = Disk::here() {
        return Runtime::new().expect("threads").block_on(play(disk));
    }
    Disk::new(folder().path()).plays(test, HOLDS);
}

#[test]
fn a_disk_that_is_full_refuses_until_it_is_not_and_loses_nothing() {
    // Abuse case 43.
    let own = "faults::a_disk_that_is_full_refuses_until_it_is_not_and_loses_nothing";
    on_a_disk(own, async |disk| {
        let store = open(&disk.data());
        store.commit(making(b"before")).await.expect("room");
        disk.is_full(true);
        for _ in 0..3 {
            let refused = store.commit(making(b"during")).await;
            assert_eq!(refused, Err(Uncommitted::Fault(Fault::StoreFull)));
            assert_eq!(store.check().await, Err(Fault::StoreFull));
        }
        assert!(store.load(KIND, &by_key(b"before")).await.expect("readable").is_some());
        disk.is_full(false);
        assert_eq!(store.check().await, Ok(()), "nobody needs to restart it");
        store.commit(making(b"during")).await.expect("what was refused is taken");
        let left = open(&disk.kept());
        for key in [b"before", b"during"] {
            assert!(left.load(KIND, &by_key(key)).await.expect("readable").is_some());
        }
    });
}

#[test]
fn after_a_sync_that_failed_nothing_is_taken_and_nothing_acknowledged_is_lost() {
    // Abuse case 42: the next sync would succeed, and would not mean what it says.
    let own = "faults::after_a_sync_that_failed_nothing_is_taken_and_nothing_acknowledged_is_lost";
    on_a_disk(own, async |disk| {
        let store = open(&disk.data());
        store.commit(making(b"before")).await.expect("a disk that syncs");
        disk.fails_to_sync(true);
        let stopped = Err(Uncommitted::Fault(Fault::StoreStopped));
        assert_eq!(store.commit(making(b"during")).await, stopped);
        disk.fails_to_sync(false);
        assert_eq!(store.commit(making(b"after")).await, stopped);
        assert_eq!(store.check().await, Err(Fault::StoreStopped));
        let left = open(&disk.kept());
        assert!(left.load(KIND, &by_key(b"before")).await.expect("readable").is_some());
        for key in [b"during".as_slice(), b"after"] {
            assert_eq!(left.load(KIND, &by_key(key)).await, Ok(None));
        }
    });
}

/// Stores as fast as it can, and says what was acknowledged, until it is killed.
async fn stores_and_says(disk: Disk) {
    let (store, next) = (Arc::new(open(&disk.data())), Arc::new(AtomicU32::new(0)));
    let mut all = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (store, next) = (Arc::clone(&store), Arc::clone(&next));
        all.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let mut change = making(&number.to_be_bytes());
                change.puts[0].state = vec![0; 16_000];
                store.commit(change).await.expect("a disk with room");
                println!("kept {number}");
            }
        });
    }
    all.join_all().await;
}

/// Ends a process that stores with its power after so many acknowledgements; gives what was
/// acknowledged, and which of that is still there.
fn after_power_loss(test: &str, acknowledged: usize, lies: bool) -> [BTreeSet<u32>; 2] {
    let folder = folder();
    let disk = Disk::new(folder.path());
    let mut child = disk.start(test, HOLDS);
    let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
    let number = |line: &str| line.trim().rsplit_once("kept ")?.1.parse::<u32>().ok();
    let mut kept = BTreeSet::new();
    let mut line = String::new();
    while kept.len() < acknowledged && said.read_line(&mut line).expect("text") > 0 {
        kept.extend(number(&line));
        line.clear();
        if lies && kept.len() == acknowledged / 2 && !folder.path().join("lying").exists() {
            disk.lies(true);
        }
    }
    child.kill().expect("it lives");
    child.wait().expect("it is ours");
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("text");
    // A last line may be cut: it was not read by anybody.
    let whole = rest.rsplit_once('\n').map_or("", |(whole, _)| whole);
    kept.extend(whole.lines().filter_map(number));
    assert!(kept.len() >= acknowledged, "only {} were acknowledged", kept.len());

    let file = disk.kept().join("store.db");
    let found = Runtime::new().expect("threads").block_on(async {
        let store = open(&disk.kept());
        let mut found = BTreeSet::new();
        for number in &kept {
            let record = store.load(KIND, &by_key(&number.to_be_bytes())).await.expect("readable");
            found.extend(record.map(|_| *number));
        }
        found
    });
    let db = rusqlite::Connection::open(file).expect("the file");
    let sound: String =
        db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("an answer");
    assert_eq!(sound, "ok");
    [kept, found]
}

#[test]
fn what_was_acknowledged_outlives_a_power_loss() {
    // Abuse case 41. The largest number is beyond where the log is copied into the file.
    if let Some(disk) = Disk::here() {
        return Runtime::new().expect("threads").block_on(stores_and_says(disk));
    }
    for acknowledged in [1, 50, 400, 1_500] {
        let own = "faults::what_was_acknowledged_outlives_a_power_loss";
        let [kept, found] = after_power_loss(own, acknowledged, false);
        println!("{} acknowledged, {} found", kept.len(), found.len());
        assert_eq!(kept, found);
    }
}

#[test]
fn a_disk_that_lies_about_its_syncs_is_found_to_lose() {
    // Whether the test above could fail.
    if let Some(disk) = Disk::here() {
        return Runtime::new().expect("threads").block_on(stores_and_says(disk));
    }
    let own = "faults::a_disk_that_lies_about_its_syncs_is_found_to_lose";
    let [kept, found] = after_power_loss(own, 100, true);
    assert!(found.len() < kept.len(), "{} of {}", found.len(), kept.len());
}

//! What is true of the file of the SQLite engine alone.

use openset_node::{
    fault::Fault,
    store::{Change, Store, Uncommitted, sqlite::Sqlite},
};
use tempfile::TempDir;

use crate::ground::*;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn open(folder: &std::path::Path) -> Sqlite {
    Sqlite::open(&folder.join("store.db")).expect("a folder that can be written")
}

#[tokio::test]
async fn a_full_disk_refuses_and_what_was_stored_stands() {
    let folder = folder();
    drop(open(folder.path()));
    let path = folder.path().join("store.db");
    let store = Sqlite::open_bounded(&path, 60).expect("the file");
    store.commit(making(b"before")).await.expect("room for one");
    let mut large = making(b"large");
    large.puts[0].state = vec![0; 1 << 20];
    assert_eq!(store.commit(large).await, Err(Uncommitted::Fault(Fault::StoreFull)));
    assert_eq!(store.load(KIND, &by_key(b"large")).await, Ok(None));
    store.commit(making(b"after")).await.expect("small changes still fit");
}

#[tokio::test]
async fn a_store_without_room_says_so_until_there_is_room_again() {
    // Abuse case 43: what refuses others is not called ready, and nobody needs to restart it.
    let folder = folder();
    drop(open(folder.path()));
    let path = folder.path().join("store.db");
    let store = Sqlite::open_bounded(&path, 100).expect("the file");
    store.check().await.expect("room");
    let mut kept = 0_u8;
    while store.commit(holding(kept)).await.is_ok() {
        kept += 1;
    }
    assert!(kept > 0);
    assert_eq!(store.check().await, Err(Fault::StoreFull));
    assert_eq!(store.check().await, Err(Fault::StoreFull), "looking takes no room either");
    drop(store);
    let store = Sqlite::open_bounded(&path, 400).expect("the file, on a larger disk");
    store.check().await.expect("room again");
    store.commit(holding(kept)).await.expect("what was refused is taken");
    assert!(store.load(KIND, &by_key(&[0])).await.expect("a store").is_some(), "and kept");
}

/// As much as a payment.
fn holding(number: u8) -> Change {
    let mut change = making(&[number]);
    change.puts[0].state = vec![number; 16_000];
    change
}

#[tokio::test]
async fn a_file_that_gave_way_is_neither_read_nor_written_again() {
    let folder = folder();
    let path = folder.path().join("store.db");
    {
        let store = open(folder.path());
        for key in 0..200_u8 {
            store.commit(making(&[key; 100])).await.expect("a new instance");
        }
    }
    let store = open(folder.path());
    let length = std::fs::metadata(&path).expect("the file").len();
    std::fs::write(&path, vec![0xFF; usize::try_from(length).expect("a small file")])
        .expect("the file can be spoiled");
    let read = store.load(KIND, &by_key(b"k")).await;
    assert_eq!(read, Err(Fault::StoreStopped));
    assert_eq!(store.commit(making(b"new")).await, Err(Uncommitted::Fault(Fault::StoreStopped)));
    assert_eq!(store.check().await, Err(Fault::StoreStopped));
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused() {
    let folder = folder();
    drop(open(folder.path()));
    let path = folder.path().join("store.db");
    let connection = rusqlite::Connection::open(&path).expect("the file");
    connection.pragma_update(None, "user_version", 99).expect("a number");
    drop(connection);
    assert_eq!(Sqlite::open(&path).err(), Some(Fault::StoreNewer));
}

#[tokio::test]
async fn a_file_of_a_version_that_is_not_read_any_more_is_refused() {
    let folder = folder();
    let path = folder.path().join("store.db");
    let connection = rusqlite::Connection::open(&path).expect("the file");
    connection.pragma_update(None, "user_version", 4).expect("a number");
    drop(connection);
    assert_eq!(Sqlite::open(&path).err(), Some(Fault::StoreOlder));
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let store = open(folder.path());
    store.commit(making(b"k")).await.expect("a new instance");
    for file in std::fs::read_dir(folder.path()).expect("the folder") {
        let file = file.expect("a file");
        let mode = file.metadata().expect("its mode").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.path().display());
    }
}

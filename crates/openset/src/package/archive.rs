//! Archives without a trace of where and when they were made: tar under gzip, and Unix ar.

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use anyhow::bail;
use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

/// The time of every file, in seconds of Unix time: the beginning of 2026.
const TIME_S: u64 = 1_767_225_600;
const GLOBAL: &[u8] = b"!<arch>\n";

/// A file of an archive.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) path: String,
    pub(super) octets: Vec<u8>,
    mode: u32,
}

impl Item {
    /// A file that everybody may read.
    pub(super) fn file(path: &str, octets: Vec<u8>) -> Self {
        Self { path: path.to_owned(), octets, mode: 0o644 }
    }

    /// A file that everybody may run.
    pub(super) fn program(path: &str, octets: Vec<u8>) -> Self {
        Self { path: path.to_owned(), octets, mode: 0o755 }
    }
}

/// Writes files, and the folders above them, as a tar under gzip.
pub(super) fn tar_gz(items: &[Item]) -> io::Result<Vec<u8>> {
    let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    let mut tar = Builder::new(gzip);
    let mut folders = BTreeSet::new();
    for item in items {
        for (at, _) in item.path.match_indices('/') {
            let folder = &item.path[..=at];
            if folders.insert(folder.to_owned()) {
                append(&mut tar, folder, EntryType::Directory, 0o755, &[])?;
            }
        }
        append(&mut tar, &item.path, EntryType::Regular, item.mode, &item.octets)?;
    }
    tar.into_inner()?.finish()
}

fn append(
    tar: &mut Builder<impl Write>,
    path: &str,
    kind: EntryType,
    mode: u32,
    octets: &[u8],
) -> io::Result<()> {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_mtime(TIME_S);
    header.set_uid(0);
    header.set_gid(0);
    header.set_username("root")?;
    header.set_groupname("root")?;
    header.set_size(u64::try_from(octets.len()).map_err(io::Error::other)?);
    tar.append_data(&mut header, path, octets)
}

/// Writes an archive of Unix ar, as deb(5) wants it.
pub(super) fn ar(members: &[(&str, &[u8])]) -> anyhow::Result<Vec<u8>> {
    let mut octets = GLOBAL.to_vec();
    for (name, member) in members {
        let size = member.len().to_string();
        if name.len() > 16 || size.len() > 10 {
            bail!("{name} does not fit into an archive of ar");
        }
        let header = format!("{name:<16}{TIME_S:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, "100644");
        octets.extend_from_slice(header.as_bytes());
        octets.extend_from_slice(member);
        if member.len() % 2 == 1 {
            octets.push(b'\n');
        }
    }
    Ok(octets)
}

//! `openset inspect`: any message or file as a tree, its secrets masked.
//!
//! What it is, is told from its first octets: SET messages and certificates are DER, bank
//! messages begin with their type, files between banks are XML, certificates in a file are PEM, and
//! a purchase begins with a text.

mod hex;
mod iso8583;
pub(crate) mod part;
mod text;
pub(crate) mod tree;

use std::{
    fs,
    io::{Read, Write, stdin, stdout},
    path::Path,
};

use anyhow::Context;
use openset_wire::inspect;

use self::part::Part;
use crate::{
    args::{Format, Inspect},
    ending::{Done, Ending},
    paint::Paint,
};

/// Files longer than this are not read: no message is.
const OCTETS_MAX: u64 = 16 << 20;

/// Prints a message.
pub(crate) fn inspect(inspect: &Inspect) -> Done {
    let octets = read(&inspect.from)?;
    let printed = match inspect.format {
        Format::Hex => hex::dump(&octets),
        Format::Tree => tree::draw(&parts(&octets)?, Paint::of_stdout()),
        Format::Json => {
            let json = serde_json::to_string_pretty(&parts(&octets)?);
            json.context("the tree cannot be written as JSON")? + "\n"
        }
    };
    print(&printed)
}

/// Writes to standard output; a reader that has seen enough is no error.
fn print(text: &str) -> Done {
    match stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::new(error).context("standard output is closed").into())
        }
        _ => Ok(()),
    }
}

fn read(from: &Path) -> Result<Vec<u8>, Ending> {
    let mut octets = Vec::new();
    let read = if from == Path::new("-") {
        stdin().lock().take(OCTETS_MAX).read_to_end(&mut octets)
    } else {
        fs::File::open(from).and_then(|file| file.take(OCTETS_MAX).read_to_end(&mut octets))
    };
    read.map_err(|error| Ending::input(format_args!("{}: {error}", from.display())))?;
    Ok(octets)
}

/// The parts of whatever this is.
pub(crate) fn parts(octets: &[u8]) -> Result<Part, Ending> {
    match octets {
        [] => Err(Ending::input("there is nothing in it")),
        [b'<', ..] | [0xEF, 0xBB, 0xBF, b'<', ..] => text::xml(octets),
        [b'S', b'E', b'T', b'-', ..] => text::initiation(octets),
        [b'-', b'-', b'-', b'-', b'-', ..] => text::certificates(octets),
        _ if iso8583::looks_like_one(octets) => iso8583::parts(octets),
        _ => set(octets),
    }
}

/// A SET message, or any other DER.
fn set(octets: &[u8]) -> Result<Part, Ending> {
    let node = inspect::inspect(octets).map_err(Ending::input)?;
    if is_damaged_message(&node) {
        return inspect::message(octets).map(Part::from).map_err(Ending::input);
    }
    Ok(Part::from(node))
}

/// Whether something that is no known type is headed like a message: by a version and a date.
/// Then the place where it is damaged says more than a tree without names.
fn is_damaged_message(node: &inspect::Node) -> bool {
    let [header, ..] = &node.children[..] else { return false };
    let kinds: Vec<&str> = header.children.iter().map(|child| child.kind.as_str()).collect();
    node.name == "ANY" && kinds.starts_with(&["INTEGER", "GeneralizedTime"])
}

//! The file of signed heads: a line of JSON for each.

use std::{
    fmt,
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

use data_encoding::{BASE64, HEXLOWER};
use openset_crypto::trail::{Head, LINK_OCTETS, Link};
use openset_types::UnixTime;
use serde::{Deserialize, Serialize};

/// The most octets of a file of heads that are read: a line a minute for thirty years and more.
const OCTETS_MAX: u64 = 8 << 30;

/// A head and its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// How far the trail went.
    pub head: Head,
    /// Over the head, by the party's key.
    pub signature: Vec<u8>,
}

/// A line of the file.
// Stored. Change only with another version.
#[derive(Serialize, Deserialize)]
struct Line {
    version: u8,
    party: String,
    records: u64,
    link: String,
    at: i64,
    signature: String,
}

/// The version of the lines that are written.
const VERSION: u8 = 1;

/// The file of heads cannot be read.
#[derive(Debug)]
pub enum BadHeads {
    /// The file itself.
    File(io::ErrorKind),
    /// What stands in this line, counted from 1.
    Line(usize),
}

impl fmt::Display for BadHeads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(kind) => write!(f, "the heads of the audit trail cannot be read: {kind}"),
            Self::Line(line) => write!(f, "line {line} is no head of an audit trail"),
        }
    }
}

impl std::error::Error for BadHeads {}

impl From<io::Error> for BadHeads {
    fn from(error: io::Error) -> Self {
        Self::File(error.kind())
    }
}

/// The file of a party's heads.
#[derive(Debug, Clone)]
pub struct Heads(PathBuf);

impl Heads {
    /// The heads in this file, which may not be there yet.
    pub fn at(file: &Path) -> Self {
        Self(file.to_owned())
    }

    /// All heads, oldest first.
    pub fn read(&self) -> Result<Vec<SignedHead>, BadHeads> {
        let length = match std::fs::metadata(&self.0) {
            Ok(about) => about.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        if length > OCTETS_MAX {
            return Err(BadHeads::File(io::ErrorKind::FileTooLarge));
        }
        let text = std::fs::read_to_string(&self.0)?;
        let lines = text.lines().enumerate();
        lines.map(|(at, line)| read_line(line).ok_or(BadHeads::Line(at + 1))).collect()
    }

    /// Appends a head. It is on stable storage when this returns.
    pub(super) fn append(&self, signed: &SignedHead) -> io::Result<()> {
        let mut line = write_line(signed).map_err(io::Error::other)?;
        line.push('\n');
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.0)?;
        file.write_all(line.as_bytes())?;
        file.sync_all()
    }
}

fn write_line(signed: &SignedHead) -> serde_json::Result<String> {
    let Head { party, records, link, at } = &signed.head;
    serde_json::to_string(&Line {
        version: VERSION,
        party: party.clone(),
        records: *records,
        link: HEXLOWER.encode(link.as_bytes()),
        at: at.seconds(),
        signature: BASE64.encode(&signed.signature),
    })
}

fn read_line(line: &str) -> Option<SignedHead> {
    let line: Line = serde_json::from_str(line).ok()?;
    let link = HEXLOWER.decode(line.link.as_bytes()).ok()?;
    let link = Link::new(<[u8; LINK_OCTETS]>::try_from(link).ok()?);
    let at = UnixTime::new(line.at).ok()?;
    let signature = BASE64.decode(line.signature.as_bytes()).ok()?;
    let head = Head { party: line.party, records: line.records, link, at };
    (line.version == VERSION).then_some(SignedHead { head, signature })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(records: u64) -> SignedHead {
        let head = Head {
            party: "ca-cardholder".to_owned(),
            records,
            link: Link::START.then(records, &[b"record"]),
            at: UnixTime::new(1_000).expect("a moment"),
        };
        SignedHead { head, signature: vec![7; 70] }
    }

    #[test]
    fn heads_are_read_back_in_their_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let heads = Heads::at(&folder.path().join("trail.heads"));
        assert_eq!(heads.read().expect("no file is no head"), []);
        for records in [1, 5] {
            heads.append(&signed(records)).expect("a file");
        }
        assert_eq!(heads.read().expect("two heads"), [signed(1), signed(5)]);
    }

    #[test]
    fn a_line_that_is_no_head_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("trail.heads");
        let heads = Heads::at(&file);
        heads.append(&signed(1)).expect("a file");
        let good = std::fs::read_to_string(&file).expect("a text");
        let spoiled = [
            "".to_owned(),
            "{}".to_owned(),
            good.trim().replacen("\"version\":1", "\"version\":2", 1),
            good.trim().replacen("\"link\":\"", "\"link\":\"0", 1),
            good.trim().replacen("\"at\":", "\"at\":-", 1),
            good[..good.len() / 2].to_owned(),
        ];
        for bad in spoiled {
            std::fs::write(&file, format!("{good}{bad}\n")).expect("a file");
            assert!(matches!(heads.read(), Err(BadHeads::Line(2))), "{bad}");
        }
    }
}

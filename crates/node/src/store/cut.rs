//! Certificates are stored once: what is stored has holes, and says which piece fills each.
//!
//! ```text
//! message   30 82 .. [certificate] .. [certificate] ..
//! stored    30 82 .. ..                                  holes [[96,4],[210,2]]
//! ```
//!
//! A certificate is known by how it begins, and only by that: a message may be anything, and every
//! guess is put back together to the octets that came. One that came once stays where it is; from
//! the second time on it is a piece.
//!
//! What this deliberately does not know: where pieces are kept. Each engine keeps its own.

use std::{borrow::Cow, collections::HashMap, ops::Range, sync::LazyLock};

use data_encoding::BASE64;
use memchr::{memchr, memmem};
use openset_crypto::mac::MacKey;
use openset_types::Secret;

/// The most certificates that are remembered, a kilobyte or less each.
pub(super) const SEEN_MAX: usize = 512;
/// The longest certificate that is kept apart.
const PIECE_MAX: usize = 8 * 1024;

/// Where certificates stand in what is stored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// A message: as they are.
    Message,
    /// A state: as texts in base64.
    State,
}

/// What is stored of some octets.
#[derive(Debug)]
pub(super) struct Cut<'a> {
    /// The octets without the pieces.
    pub(super) rest: Cow<'a, [u8]>,
    /// Where in the rest which piece belongs, as JSON; nothing if the rest is all.
    pub(super) holes: Option<String>,
}

/// A place in the rest, and the piece that belongs there.
pub(super) type Hole = (usize, i64);

impl<'a> Cut<'a> {
    /// Cuts out what stands at these places and is stored as these pieces.
    pub(super) fn of(
        octets: &'a [u8],
        pieces: impl IntoIterator<Item = (Range<usize>, i64)>,
    ) -> serde_json::Result<Self> {
        let (mut rest, mut holes, mut from) = (Vec::new(), Vec::<Hole>::new(), 0);
        for (range, id) in pieces {
            rest.extend_from_slice(octets.get(from..range.start).unwrap_or_default());
            holes.push((rest.len(), id));
            from = range.end;
        }
        if holes.is_empty() {
            return Ok(Self { rest: Cow::Borrowed(octets), holes: None });
        }
        rest.extend_from_slice(octets.get(from..).unwrap_or_default());
        let holes = serde_json::to_string(&holes)?;
        Ok(Self { rest: Cow::Owned(rest), holes: Some(holes) })
    }
}

/// The holes that a text says.
pub(super) fn holes(text: Option<&str>) -> serde_json::Result<Vec<Hole>> {
    text.map_or_else(|| Ok(Vec::new()), serde_json::from_str)
}

/// Puts octets back together that were cut. `fill` appends the piece that fills a hole.
pub(super) fn join<E: From<Misplaced>>(
    rest: Vec<u8>,
    holes: &[Hole],
    mut fill: impl FnMut(i64, &mut Vec<u8>) -> Result<(), E>,
) -> Result<Vec<u8>, E> {
    if holes.is_empty() {
        return Ok(rest);
    }
    let (mut whole, mut from) = (Vec::new(), 0);
    for (at, id) in holes {
        whole.extend_from_slice(rest.get(from..*at).ok_or(Misplaced)?);
        fill(*id, &mut whole)?;
        from = *at;
    }
    whole.extend_from_slice(rest.get(from..).unwrap_or_default());
    Ok(whole)
}

/// What tells octets from others. Equal for equal octets; nobody authenticates anything with it,
/// so its key is no secret.
pub(super) fn digest(octets: &[u8]) -> [u8; 32] {
    static KEY: LazyLock<MacKey> =
        LazyLock::new(|| MacKey::new(Secret::new(b"stored octets".to_vec())));
    KEY.code(octets)
}

/// The certificates seen of late, by how they end: with a signature. Of two that end alike the
/// later one is remembered.
#[derive(Default)]
pub(super) struct Memory(HashMap<[u8; END], Seen>);

/// How many octets of the end of a certificate are looked at to find it.
pub(super) const END: usize = 24;

/// A certificate, and the piece it is if it is one.
struct Seen {
    octets: Box<[u8]>,
    id: Option<i64>,
}

/// What is remembered of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It is this piece.
    Piece(i64),
    /// It came before and is no piece yet.
    Once,
    /// Nothing: it may be a piece.
    Unknown,
}

impl Memory {
    /// What is remembered of a certificate.
    pub(super) fn of(&self, octets: &[u8]) -> Known {
        let seen = octets.last_chunk::<END>().and_then(|end| self.0.get(end));
        match seen.filter(|seen| *seen.octets == *octets) {
            Some(Seen { id: Some(id), .. }) => Known::Piece(*id),
            Some(Seen { id: None, .. }) => Known::Once,
            None => Known::Unknown,
        }
    }

    /// Remembers a certificate, and the piece it is if it is one.
    pub(super) fn keep(&mut self, octets: &[u8], id: Option<i64>) {
        let Some(end) = octets.last_chunk::<END>() else { return };
        if self.0.len() >= SEEN_MAX {
            self.0.clear();
        }
        self.0.insert(*end, Seen { octets: octets.into(), id });
    }

    /// Forgets everything, since what was written last may not have been stored.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// How many are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Form {
    /// Where certificates seem to stand, in order, none within another.
    pub(super) fn certificates(self, octets: &[u8]) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        let sign = match self {
            Self::Message => VERSION_3,
            Self::State => b"\"MII",
        };
        for at in memmem::find_iter(octets, sign) {
            let guess = match self {
                Self::Message => as_it_is(octets, at),
                Self::State => in_base64(octets, at),
            };
            let end = found.last().map_or(0, |range| range.end);
            found.extend(guess.filter(|range| range.start >= end));
        }
        found
    }
}

/// RFC 5280: how the version of an X.509 certificate is written.
pub(super) const VERSION_3: &[u8] = &[0xA0, 0x03, 0x02, 0x01, 0x02];
/// How many octets a certificate begins with before its version, if it is longer than 255.
const HEADS: usize = 8;

/// A certificate whose version stands here.
fn as_it_is(octets: &[u8], version_at: usize) -> Option<Range<usize>> {
    let start = version_at.checked_sub(HEADS)?;
    let length = length(octets.get(start..)?)?;
    let end = start + length;
    (end <= octets.len()).then_some(start..end)
}

/// A certificate in a text that begins after the quotation mark here.
fn in_base64(octets: &[u8], quote_at: usize) -> Option<Range<usize>> {
    let start = quote_at + 1;
    let end = start + memchr(b'"', octets.get(start..)?)?;
    let text = octets.get(start..end)?;
    let head = BASE64.decode(text.get(..20)?).ok()?;
    (BASE64.encode_len(length(&head)?) == text.len()).then_some(start..end)
}

/// How long a certificate is that begins like this, if one does.
fn length(octets: &[u8]) -> Option<usize> {
    let [0x30, 0x82, high, low, 0x30, 0x82, _, _, rest @ ..] = octets else { return None };
    let length = 4 + usize::from(u16::from_be_bytes([*high, *low]));
    (rest.starts_with(VERSION_3) && length <= PIECE_MAX).then_some(length)
}

/// A hole lies outside what is stored.
#[derive(Debug)]
pub(super) struct Misplaced;

impl std::fmt::Display for Misplaced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a piece belongs where nothing is stored")
    }
}

impl std::error::Error for Misplaced {}

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

use std::{borrow::Cow, collections::HashMap, ops::Range, sync::LazyLock};

use data_encoding::BASE64;
use memchr::{memchr, memmem};
use openset_crypto::mac::MacKey;
use openset_types::Secret;
use rusqlite::{Connection, OptionalExtension, params};

/// The most certificates that are remembered, a kilobyte or less each.
const SEEN_MAX: usize = 512;
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
pub(super) struct Cut<'a> {
    /// The octets without the pieces.
    pub(super) rest: Cow<'a, [u8]>,
    /// Where in the rest which piece belongs, as JSON; nothing if the rest is all.
    pub(super) holes: Option<String>,
}

/// A place in the rest, and the piece that belongs there.
type Hole = (usize, i64);

/// The certificates seen of late, by how they end: with a signature. Of two that end alike the
/// later one is remembered.
#[derive(Default)]
pub(super) struct Pieces(HashMap<[u8; END], Seen>);

/// How many octets of the end of a certificate are looked at to find it.
const END: usize = 24;

/// A certificate, and the piece it is if it is one.
struct Seen {
    octets: Box<[u8]>,
    id: Option<i64>,
}

impl Pieces {
    /// Cuts out what is stored as pieces.
    pub(super) fn cut<'a>(
        &mut self,
        db: &Connection,
        octets: &'a [u8],
        form: Form,
    ) -> rusqlite::Result<Cut<'a>> {
        let (mut rest, mut holes, mut from) = (Vec::new(), Vec::<Hole>::new(), 0);
        for range in form.certificates(octets) {
            let certificate = octets.get(range.clone()).unwrap_or_default();
            let Some(id) = self.recurs(db, certificate)? else { continue };
            rest.extend_from_slice(octets.get(from..range.start).unwrap_or_default());
            holes.push((rest.len(), id));
            from = range.end;
        }
        if holes.is_empty() {
            return Ok(Cut { rest: Cow::Borrowed(octets), holes: None });
        }
        rest.extend_from_slice(octets.get(from..).unwrap_or_default());
        let holes = serde_json::to_string(&holes).map_err(|error| unwritable(error.into()))?;
        Ok(Cut { rest: Cow::Owned(rest), holes: Some(holes) })
    }

    /// Forgets everything, since what was written last may not have been stored.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// The piece that a certificate is, once it has come twice.
    fn recurs(&mut self, db: &Connection, octets: &[u8]) -> rusqlite::Result<Option<i64>> {
        let Some(end) = octets.last_chunk::<END>() else { return Ok(None) };
        let id = match self.0.get(end).filter(|seen| *seen.octets == *octets) {
            Some(Seen { id: Some(id), .. }) => return Ok(Some(*id)),
            Some(Seen { id: None, .. }) => Some(insert(db, octets)?),
            None => find(db, octets)?,
        };
        if self.0.len() >= SEEN_MAX {
            self.0.clear();
        }
        self.0.insert(*end, Seen { octets: octets.into(), id });
        Ok(id)
    }
}

/// Puts octets back together that were cut.
pub(super) fn join(
    db: &Connection,
    rest: Vec<u8>,
    holes: Option<&str>,
) -> rusqlite::Result<Vec<u8>> {
    let Some(holes) = holes else { return Ok(rest) };
    let holes: Vec<Hole> =
        serde_json::from_str(holes).map_err(|error| super::read::unreadable(0, error))?;
    let (mut whole, mut from) = (Vec::new(), 0);
    let mut piece = db.prepare_cached("SELECT octets FROM piece WHERE id = ?1")?;
    for (at, id) in holes {
        let before = rest.get(from..at).ok_or_else(|| super::read::unreadable(0, Misplaced))?;
        whole.extend_from_slice(before);
        piece.query_row(params![id], |row| {
            whole.extend_from_slice(row.get_ref(0)?.as_blob()?);
            Ok(())
        })?;
        from = at;
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

fn find(db: &Connection, octets: &[u8]) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached("SELECT id FROM piece WHERE digest = ?1 AND octets = ?2")?
        .query_row(params![digest(octets), octets], |row| row.get(0))
        .optional()
}

fn insert(db: &Connection, octets: &[u8]) -> rusqlite::Result<i64> {
    db.prepare_cached("INSERT INTO piece (digest, octets) VALUES (?1, ?2)")?
        .insert(params![digest(octets), octets])
}

fn unwritable(error: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error)
}

impl Form {
    /// Where certificates seem to stand, in order, none within another.
    fn certificates(self, octets: &[u8]) -> Vec<Range<usize>> {
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
const VERSION_3: &[u8] = &[0xA0, 0x03, 0x02, 0x01, 0x02];
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
struct Misplaced;

impl std::fmt::Display for Misplaced {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a piece belongs where nothing is stored")
    }
}

impl std::error::Error for Misplaced {}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn database() -> Connection {
        let mut db = Connection::open_in_memory().expect("memory");
        super::super::schema::migrate(&mut db).expect("an empty database");
        db
    }

    /// What begins like a certificate, with so many octets after the version.
    fn certificate(filling: &[u8]) -> Vec<u8> {
        let inside = VERSION_3.len() + filling.len();
        let head = |length: usize| {
            let length = u16::try_from(length).expect("a short one").to_be_bytes();
            [0x30, 0x82, length[0], length[1]]
        };
        [&head(inside + 4), &head(inside), VERSION_3, filling].concat()
    }

    fn back(db: &Connection, cut: Cut<'_>) -> Vec<u8> {
        join(db, cut.rest.into_owned(), cut.holes.as_deref()).expect("pieces that are there")
    }

    #[test]
    fn a_certificate_is_cut_from_the_second_time_on() {
        let (db, mut pieces) = (database(), Pieces::default());
        let message = [b"before", certificate(&[7; 300]).as_slice(), b"after"].concat();
        let first = pieces.cut(&db, &message, Form::Message).expect("a statement");
        assert_eq!((first.rest.len(), first.holes), (message.len(), None));
        let second = pieces.cut(&db, &message, Form::Message).expect("a statement");
        assert_eq!(
            (&*second.rest, second.holes.as_deref()),
            (&b"beforeafter"[..], Some("[[6,1]]"))
        );
        assert_eq!(back(&db, second), message);
    }

    #[test]
    fn a_piece_is_found_again_after_everything_is_forgotten() {
        let (db, mut pieces) = (database(), Pieces::default());
        let message = certificate(&[7; 300]);
        for _ in 0..2 {
            pieces.cut(&db, &message, Form::Message).expect("a statement");
        }
        pieces.forget();
        let cut = pieces.cut(&db, &message, Form::Message).expect("a statement");
        assert_eq!((cut.rest.len(), cut.holes.as_deref()), (0, Some("[[0,1]]")));
    }

    #[test]
    fn a_certificate_in_a_state_is_cut_with_its_text() {
        let (db, mut pieces) = (database(), Pieces::default());
        let text = BASE64.encode(&certificate(&[7; 300]));
        let state = format!(r#"{{"path":["{text}","{text}"],"sealed":"MIIabc"}}"#);
        let cut = pieces.cut(&db, state.as_bytes(), Form::State).expect("a statement");
        assert_eq!(cut.holes.as_deref().map(|holes| holes.ends_with(",1]]")), Some(true));
        assert_eq!(back(&db, cut), state.as_bytes());
        let cut = pieces.cut(&db, state.as_bytes(), Form::State).expect("a statement");
        assert_eq!(&*cut.rest, br#"{"path":["",""],"sealed":"MIIabc"}"#);
        assert_eq!(back(&db, cut), state.as_bytes());
    }

    #[test]
    fn what_only_begins_like_a_certificate_stays() {
        let (db, mut pieces) = (database(), Pieces::default());
        let whole = certificate(&[7; 300]);
        let short = &whole[..whole.len() - 1];
        let headless = &whole[1..];
        for message in [short, headless, VERSION_3, b""] {
            for _ in 0..3 {
                let cut = pieces.cut(&db, message, Form::Message).expect("a statement");
                assert_eq!((&*cut.rest, cut.holes), (message, None));
            }
        }
    }

    #[test]
    fn certificates_beyond_those_remembered_and_those_that_end_alike_are_put_back() {
        let (db, mut pieces) = (database(), Pieces::default());
        let numbered = |number: usize| certificate(&[number.to_be_bytes(); 40].concat());
        let alike = |number: u8| certificate(&[&[number; 200][..], &[0; END]].concat());
        for number in [1, 2, 1, 2, 2, 2, 1, 1] {
            let message = alike(number);
            let cut = pieces.cut(&db, &message, Form::Message).expect("a statement");
            assert_eq!(back(&db, cut), message);
        }
        for number in (0..2 * SEEN_MAX).chain(0..2 * SEEN_MAX) {
            let message = numbered(number);
            let cut = pieces.cut(&db, &message, Form::Message).expect("a statement");
            assert_eq!(back(&db, cut), message);
        }
        assert!(pieces.0.len() <= SEEN_MAX);
    }

    #[test]
    fn holes_that_nothing_fills_are_refused() {
        let db = database();
        for holes in ["[[0,1]]", "[[9,1]]", "[[-1,1]]", "[[0]]", "no"] {
            assert!(join(&db, b"rest".to_vec(), Some(holes)).is_err(), "{holes}");
        }
    }

    /// A part of a message: noise, a certificate, or the beginning of one.
    fn part() -> impl Strategy<Value = Vec<u8>> {
        let kind = any::<u8>().prop_map(|kind| certificate(&[kind % 4; 260]));
        prop_oneof![
            3 => kind.clone(),
            2 => vec(any::<u8>(), 0..40),
            2 => (kind, 0..270_usize).prop_map(|(whole, length)| whole[..length].to_vec()),
            1 => Just(VERSION_3.to_vec()),
            1 => Just(b"\"MII\"".to_vec()),
        ]
    }

    proptest! {
        #[test]
        fn whatever_is_cut_is_put_back_octet_by_octet(
            messages in vec(vec(part(), 0..8), 1..6),
            in_base64 in any::<bool>(),
        ) {
            let (db, mut pieces) = (database(), Pieces::default());
            for parts in messages.iter().chain(&messages) {
                let (octets, form) = if in_base64 {
                    let texts: Vec<_> = parts.iter().map(|part| BASE64.encode(part)).collect();
                    (serde_json::to_vec(&texts).expect("texts"), Form::State)
                } else {
                    (parts.concat(), Form::Message)
                };
                let cut = pieces.cut(&db, &octets, form).expect("a statement");
                prop_assert_eq!(back(&db, cut), octets);
            }
        }
    }
}

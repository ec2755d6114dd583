//! The pieces of the SQLite engine: certificates that are stored once (`store/cut.rs`).

use rusqlite::{Connection, OptionalExtension, params};

use crate::store::cut::{self, Cut, Form, Known, Memory, Misplaced, digest};

/// The pieces that are written, and those remembered.
#[derive(Default)]
pub(super) struct Pieces(Memory);

impl Pieces {
    /// Cuts out what is stored as pieces.
    pub(super) fn cut<'a>(
        &mut self,
        db: &Connection,
        octets: &'a [u8],
        form: Form,
    ) -> rusqlite::Result<Cut<'a>> {
        let mut pieces = Vec::new();
        for range in form.certificates(octets) {
            let certificate = octets.get(range.clone()).unwrap_or_default();
            if let Some(id) = self.recurs(db, certificate)? {
                pieces.push((range, id));
            }
        }
        Cut::of(octets, pieces).map_err(|error| unwritable(error.into()))
    }

    /// Forgets everything, since what was written last may not have been stored.
    pub(super) fn forget(&mut self) {
        self.0.forget();
    }

    /// The piece that a certificate is, once it has come twice.
    fn recurs(&mut self, db: &Connection, octets: &[u8]) -> rusqlite::Result<Option<i64>> {
        let id = match self.0.of(octets) {
            Known::Piece(id) => return Ok(Some(id)),
            Known::Once => Some(insert(db, octets)?),
            Known::Unknown => find(db, octets)?,
        };
        self.0.keep(octets, id);
        Ok(id)
    }
}

/// Puts octets back together that were cut.
pub(super) fn join(
    db: &Connection,
    rest: Vec<u8>,
    holes: Option<&str>,
) -> rusqlite::Result<Vec<u8>> {
    let holes = cut::holes(holes).map_err(|error| super::read::unreadable(0, error))?;
    if holes.is_empty() {
        return Ok(rest);
    }
    let mut piece = db.prepare_cached("SELECT octets FROM piece WHERE id = ?1")?;
    cut::join(rest, &holes, |id, whole| {
        piece.query_row(params![id], |row| {
            whole.extend_from_slice(row.get_ref(0)?.as_blob()?);
            Ok(())
        })
    })
}

impl From<Misplaced> for rusqlite::Error {
    fn from(misplaced: Misplaced) -> Self {
        super::read::unreadable(0, misplaced)
    }
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

#[cfg(test)]
mod tests {
    use data_encoding::BASE64;
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::store::cut::{END, SEEN_MAX, VERSION_3};

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

//! The audit trail as a table.

use openset_crypto::trail::{LINK_OCTETS, Link};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::read::{time, unreadable};
use crate::store::{Account, Recorded, Seq, sql};

/// How far the trail goes.
pub(super) struct End {
    records: u64,
    link: Link,
}

impl End {
    /// Finds the end of the trail in the table.
    pub(super) fn find(db: &Connection) -> rusqlite::Result<Self> {
        Ok(match last(db)? {
            Some(recorded) => Self { records: recorded.number, link: recorded.link },
            None => Self { records: 0, link: Link::START },
        })
    }

    /// Appends a record, and says where the trail ends with it.
    pub(super) fn append(
        &self,
        db: &Connection,
        account: &Account,
        digests: &[[u8; LINK_OCTETS]],
        messages: &[Seq],
    ) -> rusqlite::Result<Self> {
        let records = self.records.saturating_add(1);
        let link = account.link(&self.link, records, digests);
        let places: Vec<_> = messages.iter().map(|seq| seq.0).collect();
        let places = serde_json::to_string(&places)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        db.prepare_cached(
            "INSERT INTO trail (number, at, cause, subject, outcome, detail, messages, link) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            i64::try_from(records).unwrap_or(i64::MAX),
            account.at.seconds(),
            account.cause,
            account.subject,
            account.outcome,
            account.detail,
            places,
            link.as_bytes()
        ])?;
        Ok(Self { records, link })
    }
}

/// Records after one of this number, oldest first.
pub(super) fn read(db: &Connection, after: u64, limit: u32) -> rusqlite::Result<Vec<Recorded>> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    db.prepare_cached(sql::TRAIL)?.query_map(params![after, limit], recorded)?.collect()
}

/// The last record.
pub(super) fn last(db: &Connection) -> rusqlite::Result<Option<Recorded>> {
    db.prepare_cached(sql::TRAIL_END)?.query_row([], recorded).optional()
}

fn recorded(row: &Row<'_>) -> rusqlite::Result<Recorded> {
    let messages: String = row.get(6)?;
    let messages: Vec<i64> =
        serde_json::from_str(&messages).map_err(|error| unreadable(6, error))?;
    Ok(Recorded {
        number: row.get::<_, i64>(0)?.unsigned_abs(),
        account: Account {
            at: time(row, 1)?,
            cause: row.get(2)?,
            subject: row.get(3)?,
            outcome: row.get(4)?,
            detail: row.get(5)?,
        },
        messages: messages.into_iter().map(Seq).collect(),
        link: Link::new(row.get(7)?),
    })
}

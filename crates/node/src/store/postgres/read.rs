//! Every question that only reads.

use std::collections::HashMap;

use deadpool_postgres::Object;
use openset_types::{InvalidId, Rrpid, UnixTime};
use tokio_postgres::{Row, types::ToSql};

use super::{
    fault::{Failed, unreadable},
    statements,
};
use crate::store::{
    Direction, ErrandId, JournalOf, Lookup, Page, Passed, Pending, Record, Seen, Seq, Version,
    Wake,
    cut::{self, digest},
    record::Altered,
};

type Result<T, E = Failed> = std::result::Result<T, E>;
/// Values of a statement.
type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// Asks, with a statement that the server has read before.
pub(super) async fn rows(client: &Object, sql: &str, values: Values<'_>) -> Result<Vec<Row>> {
    let statement = client.prepare_cached(sql).await?;
    Ok(client.query(&statement, values).await?)
}

async fn row(client: &Object, sql: &str, values: Values<'_>) -> Result<Option<Row>> {
    Ok(rows(client, sql, values).await?.into_iter().next())
}

pub(super) async fn load(client: &Object, kind: &str, at: &Lookup) -> Result<Option<Record>> {
    let (sql, name) = match at {
        Lookup::Key(key) => (statements::LOAD_BY_KEY, key),
        Lookup::Alias(alias) => (statements::LOAD_BY_ALIAS, alias),
    };
    let found = rows(client, sql, &[&kind, name]).await?;
    Ok(records(client, found).await?.pop())
}

pub(super) async fn key(client: &Object, kind: &str, alias: &[u8]) -> Result<Option<Vec<u8>>> {
    let found = row(client, statements::KEY, &[&kind, &alias]).await?;
    found.map(|row| Ok(row.try_get(0)?)).transpose()
}

pub(super) async fn list(client: &Object, kind: &str, page: Page) -> Result<Vec<Record>> {
    let limit = i64::from(page.limit);
    let found = rows(client, statements::LIST, &[&kind, &below(page), &limit]).await?;
    records(client, found).await
}

pub(super) async fn count(client: &Object, kind: &str) -> Result<u64> {
    let found = row(client, statements::COUNT, &[&kind]).await?;
    let count = found.map_or(Ok(0), |row| row.try_get::<_, i64>(0))?;
    Ok(count.unsigned_abs())
}

pub(super) async fn holder(client: &Object, register: &str, key: &[u8]) -> Result<Option<Vec<u8>>> {
    let found = row(client, statements::HOLDER, &[&register, &key]).await?;
    found.map(|row| Ok(row.try_get(0)?)).transpose()
}

pub(super) async fn tally(client: &Object, register: &str, period: i64, key: &[u8]) -> Result<u64> {
    let found = row(client, statements::TALLY, &[&register, &period, &key]).await?;
    let count = found.map_or(Ok(0), |row| row.try_get::<_, i64>(0))?;
    Ok(count.unsigned_abs())
}

pub(super) async fn tally_period(client: &Object, register: &str) -> Result<Option<i64>> {
    let found = row(client, statements::TALLY_PERIOD, &[&register]).await?;
    found.map_or(Ok(None), |row| Ok(row.try_get(0)?))
}

pub(super) async fn request(client: &Object, rrpid: Rrpid) -> Result<Option<Seen>> {
    let rrpid: &[u8] = rrpid.as_bytes();
    let Some(row) = row(client, statements::REQUEST, &[&rrpid]).await? else { return Ok(None) };
    let reply = messages(client, std::slice::from_ref(&row), 3).await?.pop().flatten();
    let (fingerprint, kind, key) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    Ok(Some(Seen { fingerprint, kind, key, reply }))
}

pub(super) async fn journal(client: &Object, of: &JournalOf, page: Page) -> Result<Vec<Passed>> {
    let (before, limit) = (below(page), i64::from(page.limit));
    let found = match of {
        JournalOf::Everything => rows(client, statements::JOURNAL, &[&before, &limit]).await,
        JournalOf::One(seq) => {
            rows(client, statements::JOURNAL_ONE, &[&before, &limit, &seq.0]).await
        }
        JournalOf::Instance { kind, key } => {
            let values: Values<'_> = &[&before, &limit, kind, key];
            rows(client, statements::JOURNAL_OF_INSTANCE, values).await
        }
        JournalOf::Request(rrpid) => {
            let rrpid: &[u8] = rrpid.as_bytes();
            rows(client, statements::JOURNAL_OF_REQUEST, &[&before, &limit, &rrpid]).await
        }
    }?;
    let messages = messages(client, &found, 8).await?;
    found
        .iter()
        .zip(messages)
        .map(|(row, octets)| passed(row, octets.unwrap_or_default()))
        .collect()
}

/// All errands of a kind and topic, whoever does them.
pub(super) async fn errands(client: &Object, kind: &str, topic: &str) -> Result<Vec<Pending>> {
    let values: Values<'_> = &[&kind, &topic, &i64::MAX, &i64::from(u32::MAX)];
    let found = rows(client, statements::ERRANDS, values).await?;
    pending(client, found).await
}

/// Those of one node that are due.
pub(super) async fn errands_due(
    client: &Object,
    (kind, topic): (&str, &str),
    until: i64,
    limit: u32,
    node: i64,
) -> Result<Vec<Pending>> {
    let values: Values<'_> = &[&kind, &topic, &until, &i64::from(limit), &node];
    let found = rows(client, statements::DUE, values).await?;
    pending(client, found).await
}

/// Takes over what another node has left, and says what that is.
pub(super) async fn adopt(
    client: &Object,
    kind: &str,
    topic: &str,
    node: i64,
) -> Result<Vec<ErrandId>> {
    let found = rows(client, statements::ADOPT, &[&kind, &topic, &node]).await?;
    found.iter().map(|row| Ok(ErrandId(row.try_get(0)?))).collect()
}

/// Instances whose time has come: they are put off until a time, in case nobody wakes them.
pub(super) async fn wakes_due(
    client: &Object,
    kind: &str,
    (now, again): (i64, i64),
    limit: u32,
) -> Result<Vec<Wake>> {
    let values: Values<'_> = &[&kind, &now, &again, &i64::from(limit)];
    let mut found = rows(client, statements::WAKE, values)
        .await?
        .iter()
        .map(|row| {
            Ok((row.try_get::<_, i64>(2)?, Wake { key: row.try_get(0)?, due_at: time(row, 1)? }))
        })
        .collect::<Result<Vec<_>>>()?;
    found.sort_by_key(|(seq, wake)| (wake.due_at, *seq));
    Ok(found.into_iter().map(|(_, wake)| wake).collect())
}

fn below(page: Page) -> i64 {
    page.before.map_or(i64::MAX, |seq| seq.0)
}

async fn records(client: &Object, found: Vec<Row>) -> Result<Vec<Record>> {
    let cuts = found
        .iter()
        .map(|row| Ok((row.try_get(6)?, row.try_get(5)?)))
        .collect::<Result<Vec<_>>>()?;
    let states = join_all(client, cuts).await?;
    let record = |(row, state): (&Row, Vec<u8>)| {
        Ok(Record {
            seq: Seq(row.try_get(0)?),
            key: row.try_get(1)?,
            version: Version(row.try_get(2)?),
            created_at: time(row, 3)?,
            changed_at: time(row, 4)?,
            state,
        })
    };
    found.iter().zip(states).map(record).collect()
}

async fn pending(client: &Object, found: Vec<Row>) -> Result<Vec<Pending>> {
    let messages = messages(client, &found, 5).await?;
    let pending = |(row, message): (&Row, Option<Vec<u8>>)| {
        Ok(Pending {
            id: ErrandId(row.try_get(0)?),
            key: row.try_get(1)?,
            body: row.try_get(2)?,
            message,
            due_at: time(row, 3)?,
            tries: u32::try_from(row.try_get::<_, i64>(4)?).unwrap_or(u32::MAX),
        })
    };
    found.iter().zip(messages).map(pending).collect()
}

fn passed(row: &Row, octets: Vec<u8>) -> Result<Passed> {
    Ok(Passed {
        seq: Seq(row.try_get(0)?),
        at: time(row, 1)?,
        direction: Direction::of_word(row.try_get(2)?).map_err(unreadable)?,
        sender: row.try_get(3)?,
        recipient: row.try_get(4)?,
        name: row.try_get(5)?,
        xid: name(row, 6)?,
        rrpid: name(row, 7)?,
        octets,
    })
}

/// The messages whose digests, holes and octets stand from a column on, where there are any.
async fn messages(client: &Object, rows: &[Row], from: usize) -> Result<Vec<Option<Vec<u8>>>> {
    let (mut digests, mut cuts) = (Vec::new(), Vec::new());
    for row in rows {
        let expected: Option<&[u8]> = row.try_get(from)?;
        digests.push(expected);
        if expected.is_some() {
            cuts.push((row.try_get(from + 2)?, row.try_get(from + 1)?));
        }
    }
    let mut whole = join_all(client, cuts).await?.into_iter();
    let message = |expected: Option<&[u8]>| {
        let Some(expected) = expected else { return Ok(None) };
        let message = whole.next().unwrap_or_default();
        if digest(&message) == *expected { Ok(Some(message)) } else { Err(unreadable(Altered)) }
    };
    digests.into_iter().map(message).collect()
}

/// Puts together what was cut, with one question for all pieces.
async fn join_all(client: &Object, cuts: Vec<(Vec<u8>, Option<&str>)>) -> Result<Vec<Vec<u8>>> {
    let mut parts = Vec::with_capacity(cuts.len());
    for (rest, holes) in cuts {
        parts.push((rest, cut::holes(holes).map_err(unreadable)?));
    }
    let wanted: Vec<i64> =
        parts.iter().flat_map(|(_, holes)| holes.iter().map(|(_, id)| *id)).collect();
    if wanted.is_empty() {
        return Ok(parts.into_iter().map(|(rest, _)| rest).collect());
    }
    let mut pieces = HashMap::new();
    for row in rows(client, statements::PIECES, &[&wanted]).await? {
        pieces.insert(row.try_get::<_, i64>(0)?, row.try_get::<_, Vec<u8>>(1)?);
    }
    let fill = |id: i64, whole: &mut Vec<u8>| {
        whole.extend_from_slice(pieces.get(&id).ok_or(cut::Misplaced)?);
        Ok(())
    };
    parts.into_iter().map(|(rest, holes)| cut::join(rest, &holes, fill)).collect()
}

pub(super) fn time(row: &Row, column: usize) -> Result<UnixTime> {
    UnixTime::new(row.try_get(column)?).map_err(unreadable)
}

/// Reads a name of twenty octets, where there is one.
fn name<T>(row: &Row, column: usize) -> Result<Option<T>>
where
    T: for<'a> TryFrom<&'a [u8], Error = InvalidId>,
{
    let octets: Option<&[u8]> = row.try_get(column)?;
    octets.map(T::try_from).transpose().map_err(unreadable)
}

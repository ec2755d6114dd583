//! The audit trail as a table. Each record is linked to the one before: whoever appends has the
//! table alone until its commit.

use deadpool_postgres::Object;
use openset_crypto::trail::{Link, digest_of};
use tokio_postgres::Row;

use super::{
    fault::{Failed, unreadable},
    read::{rows, time},
    statements,
};
use crate::store::{Account, Change, Recorded, Seq};

/// Appends the records of a change, for all messages of it, which stand at these places.
pub(super) async fn append(
    client: &Object,
    change: &Change,
    messages: &[Seq],
) -> Result<(), Failed> {
    if change.trail.is_empty() {
        return Ok(());
    }
    client.batch_execute("LOCK TABLE trail IN EXCLUSIVE MODE").await?;
    let (mut number, mut link) = match last(client).await? {
        Some(recorded) => (recorded.number, recorded.link),
        None => (0, Link::START),
    };
    let digests: Vec<_> = change.journal.iter().map(|entry| digest_of(&entry.octets)).collect();
    let places: Vec<_> = messages.iter().map(|seq| seq.0).collect();
    let places = serde_json::to_string(&places).map_err(unreadable)?;
    let statement = client.prepare_cached(statements::ACCOUNT).await?;
    for account in &change.trail {
        let account = storable(account);
        number = number.saturating_add(1);
        link = account.link(&link, number, &digests);
        client
            .execute(
                &statement,
                &[
                    &i64::try_from(number).unwrap_or(i64::MAX),
                    &account.at.seconds(),
                    &account.cause,
                    &account.subject,
                    &account.outcome,
                    &account.detail,
                    &places,
                    &link.as_bytes().as_slice(),
                ],
            )
            .await?;
    }
    Ok(())
}

/// A text of PostgreSQL cannot hold the character zero: its picture stands for it, also under the
/// link.
fn storable(account: &Account) -> Account {
    let text = |text: &String| text.replace('\0', "\u{2400}");
    Account {
        at: account.at,
        cause: text(&account.cause),
        subject: text(&account.subject),
        outcome: text(&account.outcome),
        detail: text(&account.detail),
    }
}

/// Records after one of this number, oldest first.
pub(super) async fn read(client: &Object, after: u64, limit: u32) -> Result<Vec<Recorded>, Failed> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let found = rows(client, statements::TRAIL, &[&after, &i64::from(limit)]).await?;
    found.iter().map(recorded).collect()
}

/// The last record.
pub(super) async fn last(client: &Object) -> Result<Option<Recorded>, Failed> {
    rows(client, statements::TRAIL_END, &[]).await?.first().map(recorded).transpose()
}

fn recorded(row: &Row) -> Result<Recorded, Failed> {
    let messages: Vec<i64> = serde_json::from_str(row.try_get(6)?).map_err(unreadable)?;
    let link: &[u8] = row.try_get(7)?;
    Ok(Recorded {
        number: row.try_get::<_, i64>(0)?.unsigned_abs(),
        account: Account {
            at: time(row, 1)?,
            cause: row.try_get(2)?,
            subject: row.try_get(3)?,
            outcome: row.try_get(4)?,
            detail: row.try_get(5)?,
        },
        messages: messages.into_iter().map(Seq).collect(),
        link: Link::new(link.try_into().map_err(unreadable)?),
    })
}

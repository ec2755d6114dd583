//! Every statement of the engine. Each connection has them read by the server once, at its
//! beginning.

use crate::store::sql;

/// A statement that both engines share, with PostgreSQL's placeholders.
macro_rules! shared {
    ($sql:expr) => {{
        const OCTETS: [u8; $sql.len()] = with_dollars($sql);
        match std::str::from_utf8(&OCTETS) {
            Ok(sql) => sql,
            Err(_) => panic!("one ASCII character for another"),
        }
    }};
}

const fn with_dollars<const LENGTH: usize>(sql: &str) -> [u8; LENGTH] {
    let (octets, mut changed, mut at) = (sql.as_bytes(), [0; LENGTH], 0);
    while at < LENGTH {
        changed[at] = if octets[at] == b'?' { b'$' } else { octets[at] };
        at += 1;
    }
    changed
}

pub(super) const LOAD_BY_KEY: &str = shared!(sql::LOAD_BY_KEY);
pub(super) const LOAD_BY_ALIAS: &str = shared!(sql::LOAD_BY_ALIAS);
pub(super) const KEY: &str = shared!(sql::KEY);
pub(super) const LIST: &str = shared!(sql::LIST);
pub(super) const COUNT: &str = shared!(sql::COUNT);
pub(super) const HOLDER: &str = shared!(sql::HOLDER);
pub(super) const REQUEST: &str = shared!(sql::REQUEST);
pub(super) const JOURNAL: &str = shared!(sql::JOURNAL);
pub(super) const JOURNAL_ONE: &str = shared!(sql::JOURNAL_ONE);
pub(super) const JOURNAL_OF_INSTANCE: &str = shared!(sql::JOURNAL_OF_INSTANCE);
pub(super) const JOURNAL_OF_REQUEST: &str = shared!(sql::JOURNAL_OF_REQUEST);
pub(super) const ERRANDS: &str = shared!(sql::ERRANDS);
pub(super) const TRAIL: &str = shared!(sql::TRAIL);
pub(super) const TRAIL_END: &str = shared!(sql::TRAIL_END);
pub(super) const TALLY: &str = shared!(sql::TALLY);
pub(super) const TALLY_PERIOD: &str = shared!(sql::TALLY_PERIOD);
pub(super) const FORGET_TALLIES: &str = shared!(sql::FORGET_TALLIES);
pub(super) const COUNT_ONE_MORE: &str = shared!(sql::COUNT_ONE_MORE);

/// Pieces by their names.
pub(super) const PIECES: &str = "SELECT id, octets FROM piece WHERE id = ANY($1)";
/// Pieces by their digests.
pub(super) const PIECES_LIKE: &str = "SELECT id, octets FROM piece WHERE digest = ANY($1)";
/// A piece, unless another node was first.
pub(super) const ADD_PIECE: &str = "INSERT INTO piece (digest, octets) VALUES ($1, $2) ON \
     CONFLICT (digest) DO NOTHING";

/// A new slot for a node.
pub(super) const SLOT: &str = "INSERT INTO slot (node, stroke) VALUES ($1, 0) RETURNING id";
/// Says which change it is that is being stored.
pub(super) const MARK: &str = "UPDATE slot SET stroke = $2 WHERE id = $1";
/// Which change was stored last, once nothing is being stored any more.
pub(super) const MARKED: &str = "SELECT stroke FROM slot WHERE id = $1 FOR UPDATE";

/// A new instance. One that is there already gives no row.
pub(super) const MAKE: &str = "INSERT INTO instance (kind, key, version, created_at, \
     changed_at, due_at, holes, state) VALUES ($1, $2, 1, $3, $3, $4, $5, $6) ON CONFLICT \
     (kind, key) DO NOTHING RETURNING seq";
/// Moves an instance on. One at another version gives no row.
pub(super) const MOVE: &str = "UPDATE instance SET version = version + 1, changed_at = $4, \
     holes = $5, state = $6 WHERE kind = $1 AND key = $2 AND version = $3 RETURNING seq";
/// Moves an instance on and sets its time.
pub(super) const MOVE_AND_TIME: &str = "UPDATE instance \
     SET version = version + 1, changed_at = $4, holes = $5, state = $6, due_at = $7 \
     WHERE kind = $1 AND key = $2 AND version = $3 RETURNING seq";
/// Where an instance stands.
pub(super) const SEAT: &str = "SELECT seq FROM instance WHERE kind = $1 AND key = $2";
/// Sets the time of an instance.
pub(super) const TIME: &str = "UPDATE instance SET due_at = $3 WHERE kind = $1 AND key = $2";

/// Requests among these that were taken.
pub(super) const TAKEN: &str = "SELECT rrpid FROM request WHERE rrpid = ANY($1)";
/// Takes a request. One that was taken gives no row.
pub(super) const TAKE: &str = "INSERT INTO request (rrpid, instance, fingerprint) VALUES \
     ($1, $2, $3) ON CONFLICT (rrpid) DO NOTHING";
/// Answers a request that was taken and not answered.
pub(super) const ANSWER: &str = "UPDATE request SET reply = $2 WHERE rrpid = $1 AND reply IS \
     NULL";

/// Gives an entry back.
pub(super) const RELEASE: &str = "DELETE FROM claim WHERE register = $1 AND key = $2 AND \
     holder = $3";
/// Takes an entry that is free or held by the same. One that another holds gives no row.
pub(super) const CLAIM: &str = "INSERT INTO claim (register, key, holder) VALUES ($1, $2, \
     $3) ON CONFLICT (register, key) DO UPDATE SET holder = claim.holder WHERE claim.holder = \
     excluded.holder";
/// Gives an instance another name. One that names another gives no row.
pub(super) const NAME: &str = "INSERT INTO alias (kind, alias, instance) VALUES ($1, $2, \
     $3) ON CONFLICT (kind, alias) DO UPDATE SET instance = alias.instance WHERE \
     alias.instance = excluded.instance";

/// Places for so many journal entries.
pub(super) const PLACES: &str = "SELECT nextval('journal_seq') FROM generate_series(1, \
     $1::int8)";
/// A journal entry.
pub(super) const APPEND: &str = "INSERT INTO journal (seq, at, direction, sender, recipient, \
     name, xid, rrpid, instance, kind, key, digest, holes, octets) VALUES ($1, $2, $3, $4, \
     $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

/// Names for so many errands.
pub(super) const NAMES: &str = "SELECT nextval('errand_id') FROM generate_series(1, \
     $1::int8)";
/// An errand.
pub(super) const ERRAND: &str = "INSERT INTO errand (id, kind, key, topic, body, message, \
     due_at, tries, node) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)";
/// Puts an errand off.
pub(super) const POSTPONE: &str = "UPDATE errand SET due_at = $2, tries = tries + 1 WHERE id = \
     $1";
/// Finishes an errand.
pub(super) const FINISH: &str = "DELETE FROM errand WHERE id = $1";
/// Takes over the errands of a kind and topic whose node has ended.
pub(super) const ADOPT: &str = "UPDATE errand SET node = $3 WHERE kind = $1 AND topic = $2 \
     AND node <> $3 AND NOT EXISTS (SELECT FROM node WHERE node.id = errand.node AND \
     node.until > clock_timestamp()) RETURNING id";
/// Errands of a kind and topic that are due and a node's own.
pub(super) const DUE: &str = "SELECT id, errand.key, body, due_at, tries, digest, holes, \
     octets FROM errand LEFT JOIN journal ON journal.seq = errand.message WHERE errand.kind = \
     $1 AND topic = $2 AND due_at <= $3 AND node = $5 ORDER BY due_at, id LIMIT $4";

/// Gives out the instances of a kind whose time has come, and puts their time off meanwhile.
pub(super) const WAKE: &str = "UPDATE instance SET due_at = $3 FROM (SELECT seq, due_at AS \
     asked FROM instance WHERE kind = $1 AND due_at <= $2 ORDER BY due_at, seq LIMIT $4 FOR \
     UPDATE SKIP LOCKED) AS given WHERE instance.seq = given.seq RETURNING instance.key, \
     given.asked, instance.seq";

/// A record of the trail.
pub(super) const ACCOUNT: &str = "INSERT INTO trail (number, at, cause, subject, outcome, \
     detail, messages, link) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Those that are asked often.
pub(super) const ALL: &[&str] = &[
    LOAD_BY_KEY,
    LOAD_BY_ALIAS,
    KEY,
    HOLDER,
    REQUEST,
    PIECES,
    PIECES_LIKE,
    MARK,
    MAKE,
    MOVE,
    MOVE_AND_TIME,
    SEAT,
    TIME,
    TAKEN,
    TAKE,
    ANSWER,
    RELEASE,
    CLAIM,
    NAME,
    PLACES,
    APPEND,
    NAMES,
    ERRAND,
    POSTPONE,
    FINISH,
    ADOPT,
    DUE,
    WAKE,
    ACCOUNT,
    TRAIL_END,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_statement_differs_in_its_placeholders_only() {
        assert_eq!(KEY, sql::KEY.replace('?', "$"));
        assert!(JOURNAL_OF_INSTANCE.contains("key = $4"));
        assert!(ALL.iter().all(|sql| !sql.contains('?')));
    }
}

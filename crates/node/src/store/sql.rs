//! What both engines ask in the same words, with SQLite's numbered placeholders.
//!
//! PostgreSQL writes `$1` where SQLite writes `?1`, and SQLite takes `$1` for a name
//! (docs/traps.md): its engine exchanges the one character.

/// An instance by its kind and key.
pub(super) const LOAD_BY_KEY: &str = "SELECT seq, key, version, created_at, changed_at, holes, \
     state FROM instance WHERE kind = ?1 AND key = ?2";

/// An instance by its kind and another name.
pub(super) const LOAD_BY_ALIAS: &str = "SELECT seq, key, version, created_at, changed_at, holes, \
     state FROM alias JOIN instance ON instance.seq = alias.instance WHERE alias.kind = ?1 \
     AND alias.alias = ?2";

/// The key of an instance by its kind and another name.
pub(super) const KEY: &str = "SELECT instance.key FROM alias JOIN instance ON instance.seq \
     = alias.instance WHERE alias.kind = ?1 AND alias.alias = ?2";

/// Instances of a kind below a place.
pub(super) const LIST: &str = "SELECT seq, key, version, created_at, changed_at, holes, \
     state FROM instance WHERE kind = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";

/// How many instances of a kind there are.
pub(super) const COUNT: &str = "SELECT COUNT(*) FROM instance WHERE kind = ?1";

/// Who holds an entry of a register.
pub(super) const HOLDER: &str = "SELECT holder FROM claim WHERE register = ?1 AND key = ?2";

/// What is known of a request.
pub(super) const REQUEST: &str = "SELECT fingerprint, instance.kind, instance.key, digest, \
     journal.holes, octets FROM request JOIN instance ON instance.seq = request.instance LEFT \
     JOIN journal ON journal.seq = request.reply WHERE request.rrpid = ?1";

/// A message of the journal.
pub(super) const MESSAGE: &str = "SELECT digest, holes, octets FROM journal WHERE seq = ?1";

/// The columns of a journal entry, and the order and limit of every list of them.
macro_rules! entries_where {
    ($condition:literal) => {
        concat!(
            "SELECT seq, at, direction, sender, recipient, name, xid, rrpid, ",
            "digest, holes, octets FROM journal WHERE seq < ?1 AND ",
            $condition,
            " ORDER BY seq DESC LIMIT ?2"
        )
    };
}

/// The whole journal below a place.
pub(super) const JOURNAL: &str = entries_where!("TRUE");
/// One entry of the journal.
pub(super) const JOURNAL_ONE: &str = entries_where!("seq = ?3");
/// The journal of an instance, also from before it was made.
pub(super) const JOURNAL_OF_INSTANCE: &str = entries_where!(
    "(instance = (SELECT seq FROM instance WHERE kind = ?3 AND key = ?4) \
     OR (instance IS NULL AND kind = ?3 AND key = ?4))"
);
/// A request in the journal, and what answered it.
pub(super) const JOURNAL_OF_REQUEST: &str =
    entries_where!("instance = (SELECT instance FROM request WHERE rrpid = ?3) AND rrpid = ?3");

/// Errands of a kind and topic that are due, whoever does them.
pub(super) const ERRANDS: &str = "SELECT id, errand.key, body, due_at, tries, digest, holes, \
     octets FROM errand LEFT JOIN journal ON journal.seq = errand.message WHERE errand.kind = \
     ?1 AND topic = ?2 AND due_at <= ?3 ORDER BY due_at, id LIMIT ?4";

/// Records of the trail after one of this number.
pub(super) const TRAIL: &str = "SELECT number, at, cause, subject, outcome, detail, \
     messages, link FROM trail WHERE number > ?1 ORDER BY number LIMIT ?2";

/// The last record of the trail.
pub(super) const TRAIL_END: &str = "SELECT number, at, cause, subject, outcome, detail, \
     messages, link FROM trail ORDER BY number DESC LIMIT 1";

/// How often a thing was counted in a period.
pub(super) const TALLY: &str = "SELECT count FROM tally WHERE register = ?1 AND period = ?2 \
     AND key = ?3";

/// The last period in which anything was counted.
pub(super) const TALLY_PERIOD: &str = "SELECT MAX(period) FROM tally WHERE register = ?1";

/// Forgets what was counted in periods that are over.
pub(super) const FORGET_TALLIES: &str = "DELETE FROM tally WHERE register = ?1 AND period < ?2";

/// Counts one more.
pub(super) const COUNT_ONE_MORE: &str = "INSERT INTO tally (register, period, key, count) \
     VALUES (?1, ?2, ?3, 1) ON CONFLICT (register, period, key) DO UPDATE SET count = \
     tally.count + 1";

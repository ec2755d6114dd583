//! Records of an audit trail, as a table.

use crate::ports::TrailRow;
use crate::table::{Cell, Table};
use crate::words::Words;

/// How many characters of a request's label are shown.
pub(super) const SHORT: usize = 8;
/// What stands before the name of an operator in a record.
const OPERATOR: &str = "operator ";

/// Records, as they come.
pub(super) fn table(rows: &[TrailRow], say: &Words) -> Table {
    let row = |row: &TrailRow| {
        vec![
            Cell::Number(say.number(row.number)),
            Cell::Text(say.moment(row.at)),
            Cell::Text(cause_word(&row.cause, say)),
            subject(row),
            Cell::Text(outcome_word(&row.outcome, say)),
            Cell::Text(row.detail.clone()),
        ]
    };
    Table::new(say.trail_records(), say.trail_none())
        .numbers(say.head_number())
        .column(say.head_when())
        .column(say.head_cause())
        .column(say.head_subject())
        .column(say.head_outcome())
        .column(say.head_detail())
        .rows(rows.iter().map(row))
}

/// What a record is about; a request leads to its page.
fn subject(row: &TrailRow) -> Cell {
    match &row.request {
        Some(id) => {
            let rest = row.subject.strip_prefix(id.as_str()).unwrap_or(&row.subject);
            let text = format!("{}{rest}", short(id));
            Cell::Link { href: format!("/requests/{id}"), text }
        }
        None => Cell::Text(row.subject.clone()),
    }
}

/// The beginning of a label.
pub(super) fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}

/// What brought a record about. Names of messages stay as they are.
fn cause_word(cause: &str, say: &Words) -> String {
    match cause {
        "time" => say.cause_time(),
        "outcome" => say.cause_outcome(),
        "command" => say.cause_command(),
        other => match other.strip_prefix(OPERATOR) {
            Some(name) => say.cause_operator(name),
            None => other.to_owned(),
        },
    }
}

/// What became of it. A word that is not known stays as it is.
fn outcome_word(outcome: &str, say: &Words) -> String {
    match outcome {
        "initiated" => say.outcome_initiated(),
        "unserved" => say.outcome_unserved(),
        "form-sent" => say.outcome_form_sent(),
        "applied" => say.outcome_applied(),
        "in-progress" => say.outcome_in_progress(),
        "pended" => say.outcome_pended(),
        "to-be-signed" => say.outcome_to_be_signed(),
        "returned" => say.outcome_returned(),
        "issued" => say.outcome_issued(),
        "refused" => say.outcome_refused(),
        "to-be-revoked" => say.outcome_to_be_revoked(),
        "revoked" => say.outcome_revoked(),
        "to-be-published" => say.outcome_to_be_published(),
        "published" => say.outcome_published(),
        other => other.to_owned(),
    }
}

/// A text as it stands in the query of an address.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_record_says_who_did_what_in_the_readers_language() {
        let rows = sample::records();
        let english = table(&rows, Words::of(Tongue::English)).to_string();
        let french = table(&rows, Words::of(Tongue::French)).to_string();
        assert!(english.contains("operator Ada Martin (console)"), "{english}");
        assert!(french.contains("opérateur Ada Martin (console)"), "{french}");
        assert!(french.contains("à signer") && french.contains("href=\"/requests/"), "{french}");
    }

    #[test]
    fn a_word_that_nobody_knows_is_shown_and_not_believed() {
        let say = Words::of(Tongue::English);
        assert_eq!(outcome_word("<b>", say), "<b>");
        let mut rows = sample::records();
        rows[0].outcome = "<b>".to_owned();
        assert!(!table(&rows, say).to_string().contains("<b>"));
    }

    #[test]
    fn a_text_in_an_address_keeps_its_meaning() {
        assert_eq!(escaped("Élise & co/?"), "%C3%89lise%20%26%20co%2F%3F");
    }
}

//! What a bank's message does to a sale: one row for each type of question.
//!
//! A message that is in no row is a difference: whoever adds a type adds its row here.

use crate::testimony::Role;

/// What a question does once it is agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Moves no money.
    Nothing,
    /// The issuer holds the amount.
    Hold,
    /// The issuer holds nothing any more, or no more than is to stay.
    Release,
    /// The acquirer takes note that the merchant takes the amount.
    Take,
    /// The acquirer takes note that the merchant takes less, before the issuer was asked for it.
    TakeLess,
    /// The acquirer takes note that the merchant gives the amount back.
    GiveBack,
    /// The acquirer takes note that it does not.
    Keep,
}

/// A type of question, its answer, and what the two do.
#[derive(Debug)]
pub(crate) struct Row {
    /// Who is asked.
    pub(crate) bank: Role,
    /// The type of the question.
    pub(crate) question: &'static str,
    /// What is done (field 3).
    pub(crate) processing: &'static str,
    /// The type of the answer.
    pub(crate) answer: &'static str,
    /// The answers that agree (field 39).
    pub(crate) agreed: &'static [&'static str],
    /// What an agreement does.
    pub(crate) effect: Effect,
}

const GOODS: &str = "00";
const REFUND: &str = "20";
const VERIFICATION: &str = "33";

/// Undone, or not known here: nothing is held either way.
const UNDONE: &[&str] = &["00", "25"];

const ROWS: &[Row] = &[
    issuer("0100", GOODS, "0110", &["00"], Effect::Hold),
    issuer("0100", VERIFICATION, "0110", &[], Effect::Nothing),
    issuer("0400", GOODS, "0410", UNDONE, Effect::Release),
    issuer("0420", GOODS, "0430", UNDONE, Effect::Release),
    issuer("0421", GOODS, "0430", UNDONE, Effect::Release),
    acquirer("0220", GOODS, "0230", &["00"], Effect::Take),
    acquirer("0221", GOODS, "0230", &["00"], Effect::Take),
    acquirer("0420", GOODS, "0430", &["00"], Effect::TakeLess),
    acquirer("0421", GOODS, "0430", &["00"], Effect::TakeLess),
    acquirer("0220", REFUND, "0230", &["00"], Effect::GiveBack),
    acquirer("0221", REFUND, "0230", &["00"], Effect::GiveBack),
    acquirer("0420", REFUND, "0430", &["00"], Effect::Keep),
    acquirer("0421", REFUND, "0430", &["00"], Effect::Keep),
    acquirer("0500", "90", "0510", &["00"], Effect::Nothing),
    acquirer("0500", "91", "0510", &["00"], Effect::Nothing),
    acquirer("0500", "92", "0510", &["00"], Effect::Nothing),
    acquirer("0500", "93", "0510", &["00"], Effect::Nothing),
    acquirer("0500", "94", "0510", &["00"], Effect::Nothing),
];

/// The row of a question; none if nobody has said what it does.
pub(crate) fn row(bank: Role, question: &str, processing: &str) -> Option<&'static Row> {
    let is_it =
        |row: &&Row| row.bank == bank && row.question == question && row.processing == processing;
    ROWS.iter().find(is_it)
}

/// Whether a message of this type answers.
pub(crate) fn is_answer(kind: &str) -> bool {
    ROWS.iter().any(|row| row.answer == kind)
}

const fn issuer(
    question: &'static str,
    processing: &'static str,
    answer: &'static str,
    agreed: &'static [&'static str],
    effect: Effect,
) -> Row {
    Row { bank: Role::Issuer, question, processing, answer, agreed, effect }
}

const fn acquirer(
    question: &'static str,
    processing: &'static str,
    answer: &'static str,
    agreed: &'static [&'static str],
    effect: Effect,
) -> Row {
    Row { bank: Role::Acquirer, question, processing, answer, agreed, effect }
}

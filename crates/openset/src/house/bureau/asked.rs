//! What an applicant has asked and answered, as an operator reads it who is to decide: as much of
//! each answer as its bank's form file says, and never a card number.

use openset_node::logging::mask::mask;
use openset_protocol::{
    ca::{Disclosed, KnownCard},
    enrolment::Wanted,
};
use serde::{Deserialize, Serialize};

use crate::house::forms::{BankForm, Shown};

/// An application that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// What it asks for.
    pub(crate) wanted: Wanted,
    /// The first digits of its bank's cards, or the number of its acquirer.
    pub(crate) bank: String,
    /// The language of the form.
    pub(crate) language: String,
    /// The last digits and the last month of the card, if it is one's.
    pub(crate) card: Option<String>,
    /// What was answered, in the form's order.
    pub(crate) answers: Vec<Given>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Given {
    /// The number of the question in the form, counted from one; nothing if the form is another
    /// one now.
    pub(crate) number: Option<u16>,
    /// The question.
    pub(crate) question: String,
    /// As much of the answer as operators read.
    pub(crate) text: String,
}

/// What stands for characters that are not shown.
const DOTS: &str = "•••";

impl Asked {
    /// What of an application operators read. Without the form that was answered, every answer is
    /// masked.
    pub(super) fn of(disclosed: &Disclosed, form: Option<&BankForm>) -> Self {
        let Disclosed { wanted, bank, language, card, .. } = disclosed;
        Self {
            wanted: *wanted,
            bank: bank.as_str().to_owned(),
            language: language.as_str().to_owned(),
            card: card.as_ref().map(recognised),
            answers: match form {
                Some(form) => in_form(disclosed, form),
                None => unknown(disclosed),
            },
        }
    }
}

/// By what its bank recognises a card: its last digits and its last month.
fn recognised(card: &KnownCard) -> String {
    let month = card.expiry.to_string();
    let (year, month) = month.split_at_checked(4).unwrap_or((&month, ""));
    format!("…{}, {year}-{month}", card.last_four)
}

/// Every question of the form, answered or not.
fn in_form(disclosed: &Disclosed, form: &BankForm) -> Vec<Given> {
    let fields = form.form.fields.iter().zip(&form.shown);
    let given = (1_u16..).zip(fields).map(|(number, (field, how_much))| {
        let answer = disclosed.answers.iter().find(|answer| answer.field == field.name);
        let text = answer.map(|answer| shown(&answer.text, *how_much)).unwrap_or_default();
        Given { number: Some(number), question: field.name.clone(), text }
    });
    given.collect()
}

fn unknown(disclosed: &Disclosed) -> Vec<Given> {
    let given = disclosed.answers.iter().map(|answer| Given {
        number: None,
        question: mask(&answer.field).into_owned(),
        text: shown(&answer.text, Shown::Masked),
    });
    given.collect()
}

/// As much of an answer as operators read. A card number that somebody typed into it is not.
fn shown(answer: &str, how_much: Shown) -> String {
    let (first, last) = (answer.chars().next(), answer.chars().last());
    match how_much {
        Shown::Whole => mask(answer).into_owned(),
        Shown::Masked if answer.chars().count() > DOTS.chars().count() => {
            first.into_iter().chain(DOTS.chars()).chain(last).collect()
        }
        Shown::Masked | Shown::Hidden if !answer.is_empty() => DOTS.to_owned(),
        Shown::Masked | Shown::Hidden => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_much_of_an_answer_is_shown_as_the_bank_says() {
        for (answer, whole, masked, hidden) in [
            ("Élise Faure", "Élise Faure", "É•••e", DOTS),
            ("29200", "29200", "2•••0", DOTS),
            ("abc", "abc", DOTS, DOTS),
            ("", "", "", ""),
        ] {
            assert_eq!(shown(answer, Shown::Whole), whole);
            assert_eq!(shown(answer, Shown::Masked), masked);
            assert_eq!(shown(answer, Shown::Hidden), hidden);
        }
    }

    #[test]
    fn a_card_number_in_an_answer_is_shown_to_nobody() {
        let answer = "card 4111 1111 1111 1111";
        for how_much in [Shown::Whole, Shown::Masked, Shown::Hidden] {
            let said = shown(answer, how_much);
            assert!(!said.contains("1111 1111"), "{said}");
        }
    }
}

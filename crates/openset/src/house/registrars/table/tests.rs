//! The demo's cardholders, and files that are none.

use openset_types::{Bin, Language};

use super::*;
use crate::{
    demo::{cast, forms::CARDS},
    house::private::tests::file,
};
use openset_protocol::enrolment::Occasion;

fn table(text: &str) -> Result<Table, String> {
    let folder = tempfile::tempdir().expect("a folder");
    Table::read(&file(folder.path(), text, 0o600)).map_err(|error| error.to_string())
}

/// What the demo's table says of a card, its expiry, and answers to the two questions.
fn judged(number: &str, expiry: &str, name: Option<&str>, postcode: &str) -> Verdict {
    judged_by(CARDS, (number, expiry), name, postcode)
}

fn judged_by(
    text: &str,
    (number, expiry): (&str, &str),
    name: Option<&str>,
    postcode: &str,
) -> Verdict {
    let (pan, expiry) = (Pan::parse(number).expect("a card"), CardExpiry::parse(expiry));
    let bank = Bin::parse("999999").expect("six digits");
    let language = Language::parse("fr").expect("a tag");
    let said = |number, compared, text| Said { number, id: None, compared, text };
    let name = name.map(|text| said(1, Some("name"), text));
    let others = [said(2, Some("postcode"), postcode), said(3, None, "whatever")];
    let case = Case {
        application: b"label",
        bank: &bank,
        pan: &pan,
        expiry: &expiry.expect("a month"),
        language: &language,
        occasion: Occasion::First,
        said: name.into_iter().chain(others).collect(),
    };
    table(text).expect("cardholders").judge(&case)
}

fn differing(verdict: &Verdict) -> Vec<u16> {
    match verdict {
        Verdict::Differs(unfit) => unfit.iter().map(|unfit| unfit.number).collect(),
        other => panic!("{other:?}"),
    }
}

const ADA: &str = "9999990000064242";

#[test]
fn every_card_of_the_cast_is_known_with_its_holder() {
    for card in cast::CARDS {
        let said = judged(card.number, "202912", Some(card.holder), cast::POSTCODE);
        let is_looked_at = card.behaviour == cast::Behaviour::LookedAt;
        let expected = if is_looked_at { Verdict::Refers } else { Verdict::Approves };
        assert_eq!(said, expected, "{}", card.holder);
    }
}

#[test]
fn capitals_and_spaces_do_not_count_and_everything_else_does() {
    for name in ["ADA MARTIN", " ada   martin "] {
        assert_eq!(judged(ADA, "202912", Some(name), "29200"), Verdict::Approves, "{name}");
    }
    for name in ["Ada Martinez", "Martin Ada", "Ada", "AdaMartin"] {
        assert_eq!(differing(&judged(ADA, "202912", Some(name), "29200")), [1], "{name}");
    }
    assert_eq!(differing(&judged(ADA, "202912", Some("Eve"), "29201")), [1, 2]);
    assert_eq!(judged(ADA, "202912", None, "29200"), Verdict::Approves, "nothing was said of it");
}

#[test]
fn a_card_that_is_not_there_or_ends_in_another_month_is_denied_alike() {
    for (number, expiry) in [("9999990000041026", "202912"), (ADA, "203001")] {
        let said = judged(number, expiry, Some("Ada Martin"), "29200");
        assert_eq!(said, Verdict::Denies(None));
    }
}

#[test]
fn a_person_looks_at_answers_that_fit_only() {
    let said = judged("9999990000041018", "202912", Some("Ada Martin"), "29200");
    assert_eq!(differing(&said), [1]);
}

#[test]
fn what_the_bank_does_not_have_on_record_is_not_confirmed() {
    let text = CARDS.replace(", postcode = \"29200\"", "");
    let said = judged_by(&text, (ADA, "202912"), Some("Ada Martin"), "29200");
    assert_eq!(differing(&said), [2]);
}

#[test]
fn what_is_wrong_is_told_by_its_place_and_not_shown() {
    for (from, to, begins) in [
        ("[[card]]", "[[cards]]\n[[card]]", "cards is no setting"),
        ("\"9999990000064242\"", "\"9999990000064243\"", "card[1].number = (not shown)"),
        ("\"9999990000064242\"", "9999990000064242", "card[1].number = (not shown)"),
        ("\"9999990000040002\"", "\"9999990000064242\"", "card[2].number = (not shown)"),
        ("\"2029-12\"", "\"2029-13\"", "card[1].expiry = (not shown)"),
        ("\"2029-12\"", "\"202912\"", "card[1].expiry = (not shown)"),
        ("expiry", "expires", "card[1].expiry is missing"),
        ("holder = {", "owner = {", "card[1].holder is missing"),
        ("name = \"Ada Martin\"", "name = 9999990000064242", "card[1].holder = (not shown)"),
        ("person = true", "person = 1", "card[5].person = 1"),
        ("person = true", "persons = true", "card[5].persons is no setting"),
        ("number = \"9999990000064242\"", "number = 9999990000064242x", "line "),
    ] {
        // Behind the words at the top of the file.
        let (words, cards) = CARDS.split_at(CARDS.find("[[card]]").expect("a card"));
        let text = [words, &cards.replacen(from, to, 1)].concat();
        assert_ne!(text, CARDS, "{from}");
        let told = table(&text).err().expect("a wrong file");
        let (_, what) = told.split_once(": ").expect("a file and what is wrong");
        assert!(what.starts_with(begins), "{to}: {told}");
        assert!(!told.contains("4242") && !told.contains("Martin"), "{told}");
    }
}

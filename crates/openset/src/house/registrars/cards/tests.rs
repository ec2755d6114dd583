//! Each rule, with sources that say what they are told to.

use std::{ops::Deref, sync::Mutex};

use openset_node::{clock::SystemClock, store::sqlite::Sqlite};
use openset_protocol::{
    ca::Certifies,
    enrolment::{Answer, KeysWanted, Occasion, Wanted, Why},
};
use openset_types::{Bin, CardExpiry, Language, Pan};
use tempfile::TempDir;

use super::{super::records::Asking, *};
use crate::demo::forms::CARDHOLDERS;

type Says = Result<Verdict, NotNow>;

/// A source that says one thing, and remembers how often it was asked.
struct Source {
    says: fn() -> Says,
    asked: Arc<Mutex<usize>>,
}

impl Records for Source {
    fn ask<'a>(&'a self, _: &'a Case<'a>) -> Asking<'a> {
        *self.asked.lock().expect("nobody panics") += 1;
        let said = (self.says)();
        Box::pin(async move { said })
    }
}

/// A registrar and its folder.
struct Seated {
    registrar: CardRegistrar,
    folder: Arc<TempDir>,
}

impl Deref for Seated {
    type Target = CardRegistrar;

    fn deref(&self) -> &CardRegistrar {
        &self.registrar
    }
}

/// The bank of the example, with other rules and sources.
fn registrar(rules: &str, says: &[fn() -> Says]) -> (Seated, Vec<Arc<Mutex<usize>>>) {
    registrar_in(Arc::new(tempfile::tempdir().expect("a folder")), rules, says)
}

fn registrar_in(
    folder: Arc<TempDir>,
    rules: &str,
    says: &[fn() -> Says],
) -> (Seated, Vec<Arc<Mutex<usize>>>) {
    let begin = CARDHOLDERS.find("\n[bank.rules]").expect("its rules");
    let end = CARDHOLDERS.find("# A form for each").expect("its forms");
    let text =
        [&CARDHOLDERS[..begin], "\n[bank.rules]\n", rules, "\n", &CARDHOLDERS[end..]].concat();
    let file = FormFile::parse(&text, Certifies::Cardholders).expect("a form file");
    let (bank, CardDesk { rules, .. }) = file.into_desks().next().expect("a bank");
    let asked: Vec<Arc<Mutex<usize>>> = says.iter().map(|_| Arc::default()).collect();
    let sources = says.iter().zip(&asked).map(|(says, asked)| {
        Arc::new(Source { says: *says, asked: Arc::clone(asked) }) as Arc<dyn Records>
    });
    let banks = vec![CardBank { bank, rules, sources: sources.collect() }];
    let store = Sqlite::open(&folder.path().join("store.db")).expect("a store");
    let tries = Tries::open(folder.path(), Arc::new(store)).expect("a key");
    (
        Seated { registrar: CardRegistrar { banks, clock: Arc::new(SystemClock), tries }, folder },
        asked,
    )
}

fn application() -> Application {
    let answer = |field: &str, text: &str| Answer { field: field.into(), text: text.into() };
    Application {
        applicant: Applicant::Cardholder {
            pan: Pan::parse("9999990000064242").expect("a test card"),
            expiry: CardExpiry::parse("202912").expect("a month"),
        },
        wanted: Wanted { keys: KeysWanted::Signature, occasion: Occasion::First },
        known_as: None,
        answers: vec![answer("Name on the card", "Ada Martin"), answer("Postcode", "29200")],
        account: None,
        bank: Bin::parse("999999").expect("six digits"),
        form: 1,
        language: Language::parse("en").expect("a tag"),
    }
}

async fn decided(registrar: &CardRegistrar) -> Input {
    registrar.decide(b"label", &application()).await
}

fn yes() -> Says {
    Ok(Verdict::Approves)
}

fn no() -> Says {
    Ok(Verdict::Denies(None))
}

fn silent() -> Says {
    Err(NotNow)
}

fn refers() -> Says {
    Ok(Verdict::Refers)
}

fn name() -> Says {
    Ok(Verdict::Differs(vec![unfit(1)]))
}

fn postcode() -> Says {
    Ok(Verdict::Differs(vec![unfit(2)]))
}

fn both() -> Says {
    Ok(Verdict::Differs(vec![unfit(1), unfit(2)]))
}

fn unfit(number: u16) -> Unfit {
    Unfit { number, why: Why::Said("no".to_owned()) }
}

fn is_denied(input: &Input, reason: &Reason) -> bool {
    matches!(input, Input::Denied(denial) if denial.reason == *reason)
}

#[tokio::test]
async fn a_card_is_certified_when_every_source_approves_and_by_nobody_if_rules_say_so() {
    let (agreed, asked) = registrar("", &[yes, yes]);
    assert!(matches!(decided(&agreed).await, Input::Approved(Approval::Cardholder)));
    assert_eq!(asked.iter().map(|it| *it.lock().expect("one thread")).sum::<usize>(), 2);
    let (watched, _) = registrar("automatic = false", &[yes]);
    assert!(matches!(decided(&watched).await, Input::Pended));
}

#[tokio::test]
async fn one_source_that_does_not_approve_is_enough_and_no_other_is_asked() {
    let issuers = [(no as fn() -> Says, Reason::Issuer), (silent, Reason::Authority)];
    for (says, reason) in issuers {
        let (registrar, asked) = registrar("", &[says, yes]);
        let input = decided(&registrar).await;
        assert!(is_denied(&input, &reason), "{input:?}");
        assert_eq!(*asked[1].lock().expect("one thread"), 0);
    }
    let (last, _) = registrar("", &[yes, silent]);
    assert!(is_denied(&decided(&last).await, &Reason::Authority), "silence is no yes");
}

#[tokio::test]
async fn what_the_bank_refers_waits_for_a_person() {
    assert!(matches!(decided(&registrar("", &[refers]).0).await, Input::Pended));
}

#[tokio::test]
async fn differing_answers_come_back_except_those_that_a_person_judges() {
    let rules = "refer = [\"postcode\"]";
    let input = decided(&registrar(rules, &[name]).0).await;
    assert!(is_denied(&input, &Reason::Answers(vec![unfit(1)])), "{input:?}");
    assert!(matches!(decided(&registrar(rules, &[postcode]).0).await, Input::Pended));
    let input = decided(&registrar(rules, &[both]).0).await;
    assert!(is_denied(&input, &Reason::Answers(vec![unfit(1)])), "the name first: {input:?}");
    let input = decided(&registrar("", &[both]).0).await;
    assert!(is_denied(&input, &Reason::Answers(vec![unfit(1), unfit(2)])), "{input:?}");
}

#[tokio::test]
async fn guesses_at_a_card_come_to_an_end_and_silence_is_no_guess() {
    let rules = "refer = [\"postcode\"]\ntries_per_day = 2";
    for guess in [name as fn() -> Says, no, postcode, refers] {
        let (registrar, asked) = registrar(rules, &[guess]);
        for _ in 0..2 {
            decided(&registrar).await;
        }
        let input = decided(&registrar).await;
        assert!(is_denied(&input, &Reason::Issuer), "{input:?}");
        assert_eq!(*asked[0].lock().expect("one thread"), 2, "the bank is not asked a third time");
    }
    let (registrar, asked) = registrar(rules, &[silent]);
    for _ in 0..9 {
        assert!(is_denied(&decided(&registrar).await, &Reason::Authority));
    }
    assert_eq!(*asked[0].lock().expect("one thread"), 9);
}

#[tokio::test]
async fn guesses_at_a_card_are_counted_across_restarts() {
    let folder = Arc::new(tempfile::tempdir().expect("a folder"));
    let mut heard = 0;
    for _ in 0..6 {
        let (started, asked) =
            registrar_in(Arc::clone(&folder), "tries_per_day = 2", &[name as fn() -> Says]);
        let input = decided(&started).await;
        let asked = *asked[0].lock().expect("one thread");
        assert_eq!(is_denied(&input, &Reason::Issuer), asked == 0, "{input:?}");
        heard += asked;
    }
    assert_eq!(heard, 2, "the bank is not asked a third time");
}

#[tokio::test]
async fn what_cannot_be_counted_is_not_told() {
    let (registrar, asked) = registrar("", &[name]);
    for file in ["store.db", "store.db-wal"] {
        let path = registrar.folder.path().join(file);
        let length = std::fs::metadata(&path).expect("a file").len();
        let spoiled = vec![0xFF; usize::try_from(length).expect("a small file")];
        std::fs::write(path, spoiled).expect("the file can be spoiled");
    }
    assert!(is_denied(&decided(&registrar).await, &Reason::Authority));
    assert_eq!(*asked[0].lock().expect("one thread"), 0, "the bank is not even asked");
}

#[tokio::test]
async fn answers_to_a_form_that_is_another_now_are_read_by_a_person() {
    let (registrar, asked) = registrar("", &[yes]);
    let older = Application { form: 7, ..application() };
    assert!(matches!(registrar.decide(b"label", &older).await, Input::Pended));
    assert_eq!(*asked[0].lock().expect("one thread"), 0);
}

#[tokio::test]
async fn merchants_and_cards_of_other_banks_are_not_certified_here() {
    let (registrar, _) = registrar("", &[yes]);
    let foreign = Application { bank: Bin::parse("999997").expect("six digits"), ..application() };
    assert!(is_denied(&registrar.decide(b"label", &foreign).await, &Reason::Authority));
    let acquirer = Bin::parse("999999").expect("six digits");
    let gateway = Applicant::Gateway { acquirer, business: None };
    let gateway = Application { applicant: gateway, ..application() };
    assert!(is_denied(&registrar.decide(b"label", &gateway).await, &Reason::Authority));
}

#[tokio::test]
async fn refusals_are_in_the_language_of_the_form_and_short_enough_to_travel() {
    for tag in ["en", "fr", "fr-CA", "de"] {
        let language = Language::parse(tag).expect("a tag");
        let words = Words::of(&language);
        for text in [words.refused(), words.not_now(), words.too_often(), words.differs()] {
            assert!((1..=128).contains(&text.chars().count()), "{tag}: {text}");
        }
        let said = words.refused();
        assert_eq!(said.starts_with("La banque"), tag.starts_with("fr"), "{tag}: {said}");
    }
}

//! The acquirer under advices and answers, most of them wrong.

use openset_types::{
    ApprovalCode, Bin, CaptureAdvice, Currency, MerchantId, Money, RetrievalReference, SystemTrace,
    Trace, UnixTime,
};

mod batches;
mod fees;
mod refunds;

use super::*;
use crate::clearing::{Presentation, Rejection, RejectionReason, SaleFault};
use crate::iso8583::ResponseCode;
use crate::iso8583::words::{CaptureKind, capture};
use crate::iso20022::camt_053;
use crate::ledger::{Account, Balance};
use crate::settlement::{Settlement, SettlementFault};

fn now() -> UnixTime {
    UnixTime::parse_generalized("20261123180000Z").expect("a real moment")
}

fn euro(minor: u64) -> Money {
    Money::new(minor, Currency::EUR).expect("an amount")
}

fn bank(digits: &str) -> Bin {
    Bin::parse(digits).expect("six digits")
}

fn shop() -> MerchantId {
    MerchantId::parse("ATELIER-LUMEN-001").expect("a name")
}

fn merchant() -> Merchant {
    let account = "ATELIER-LUMEN".to_owned();
    Merchant {
        id: shop(),
        name: "Atelier Lumen".to_owned(),
        account,
        fees: Fees::new(120, Vec::new()).expect("a small share"),
        earlier_fees: Vec::new(),
        batches: BatchControl::Acquirer,
    }
}

fn acquirer() -> Acquirer {
    let mut acquirer = Acquirer::new(bank("999998"), "Demo Acquirer");
    acquirer.sign_up(merchant());
    acquirer
}

fn advice(number: u32, minor: u64) -> CaptureAdvice {
    let digits = |prefix| RetrievalReference::parse(&format!("{prefix}{number:08}"));
    CaptureAdvice {
        trace: Trace {
            retrieval: digits("7327").expect("twelve digits"),
            system: SystemTrace::parse(&format!("{number:06}")).expect("six digits"),
            asked_at: now(),
        },
        authorization: digits("6327").expect("twelve digits"),
        approval_code: ApprovalCode::parse("4K7Q21").expect("six characters"),
        issuer: bank("999999"),
        amount: euro(minor),
        merchant: shop(),
        batch: None,
    }
}

fn take(acquirer: &mut Acquirer, number: u32, minor: u64) {
    let taken = acquirer.take_capture(&advice(number, minor), now());
    assert_eq!(taken.answer, ResponseCode::Approved);
}

fn one_file(acquirer: &mut Acquirer) -> Cleared {
    let mut files = acquirer.clear(now()).answer;
    assert_eq!(files.len(), 1);
    files.pop().expect("one file")
}

fn refusal(cleared: &Cleared, reason: RejectionReason) -> Rejection {
    Rejection { file: cleared.file.id().clone(), at: now(), reason }
}

#[test]
fn a_capture_said_twice_is_taken_once() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let again = acquirer.take_capture(&advice(1, 4200), now());
    assert_eq!(again.answer, ResponseCode::Approved);
    assert!(again.records.is_empty());
    assert_eq!(acquirer.captures().count(), 1);
}

#[test]
fn wrong_captures_are_refused() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let mut stranger = advice(2, 1);
    stranger.merchant = MerchantId::parse("SOMEBODY-ELSE").expect("a name");
    let mut second = advice(1, 4200);
    second.trace = advice(9, 1).trace;
    for (wrong, code) in [
        (advice(1, 4201), ResponseCode::DuplicateTransmission),
        (second, ResponseCode::DuplicateTransmission),
        (advice(3, 0), ResponseCode::InvalidAmount),
        (stranger, ResponseCode::InvalidMerchant),
    ] {
        assert_eq!(acquirer.take_capture(&wrong, now()).answer, code);
    }
    assert_eq!(acquirer.ledger().entries(), 1);
}

#[test]
fn advices_come_as_messages() {
    let mut acquirer = acquirer();
    let message = capture(CaptureKind::Advice, &advice(1, 4200), &bank("999998"));
    let answer = acquirer.answer(&message, now()).answer.expect("an answer");
    assert_eq!((answer.mti().as_str(), answer.text(39)), ("0230", Some("00")));
    let with_card = message.with(2, "4111111111111111");
    let answer = acquirer.answer(&with_card, now()).answer.expect("an answer");
    assert_eq!(answer.text(39), Some("30"));
    assert_eq!(acquirer.captures().count(), 1);
}

#[test]
fn sales_are_cleared_settled_and_credited_to_the_cent() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    take(&mut acquirer, 2, 1001);
    let cleared = one_file(&mut acquirer);
    assert_eq!(cleared.presentation, Presentation::First);
    assert_eq!(cleared.file.total(), euro(5201));
    let settlement = Settlement::of(&cleared.file, now());
    let _ = acquirer.settled(&settlement, now()).expect("it pays for the file");
    let credits = acquirer.credit_merchants(now()).expect("the sums fit").answer;
    let nets: Vec<_> = credits.iter().map(|credit| (credit.fee, credit.net)).collect();
    assert_eq!(nets, [(euro(62), euro(5139))]);
    let balance = |account| acquirer.ledger().balance(&account, Currency::EUR);
    assert_eq!(balance(Account::Merchant(shop())).credit(), 5139);
    assert_eq!(balance(Account::Pending(shop())).credit(), 0);
    assert_eq!(balance(Account::Clearing(bank("999999"))).debit(), 0);
    assert!(acquirer.ledger().is_balanced());
    assert_eq!(acquirer.written().len(), 2);
}

#[test]
fn nothing_is_credited_before_the_issuer_has_paid_or_twice() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let cleared = one_file(&mut acquirer);
    assert_eq!(acquirer.credit_merchants(now()).expect("the sums fit").answer, []);
    let settlement = Settlement::of(&cleared.file, now());
    for records in [3, 0] {
        let settled = acquirer.settled(&settlement, now()).expect("it pays for the file");
        assert_eq!(settled.records.len(), records);
    }
    assert_eq!(acquirer.credit_merchants(now()).expect("the sums fit").answer.len(), 1);
    assert_eq!(acquirer.credit_merchants(now()).expect("the sums fit").answer.len(), 0);
}

/// Abuse case 14.
#[test]
fn a_settlement_that_differs_by_a_cent_stops_the_run() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let cleared = one_file(&mut acquirer);
    let right = Settlement::of(&cleared.file, now());
    let short = Settlement { amount: euro(4199), ..right.clone() };
    let (owed, paid) = (euro(4200), euro(4199));
    assert_eq!(
        acquirer.settled(&short, now()),
        Err(AnswerFault::Settlement(SettlementFault::Amount { owed, paid }))
    );
    let other_bank = Settlement { payer: bank("111111"), ..right.clone() };
    assert_eq!(
        acquirer.settled(&other_bank, now()),
        Err(AnswerFault::Settlement(SettlementFault::Banks))
    );
    let file = FileId::parse("F0").expect("a name");
    let unknown = Settlement { file, ..right };
    assert_eq!(acquirer.settled(&unknown, now()), Err(AnswerFault::UnknownFile));
    assert_eq!(acquirer.ledger().entries(), 1);
}

#[test]
fn the_name_of_a_file_cannot_be_taken_for_a_card_number() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let cleared = one_file(&mut acquirer);
    let name = cleared.file.id().as_str();
    let parts = name.split(|it: char| it.is_ascii_alphabetic());
    let longest = parts.map(|part| part.bytes().filter(u8::is_ascii_digit).count()).max();
    assert!(longest < Some(13), "{name}");
}

#[test]
fn a_file_without_an_answer_is_presented_again() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let first = one_file(&mut acquirer);
    let again = one_file(&mut acquirer);
    assert_eq!(again.file, first.file);
    assert_eq!(again.presentation, Presentation::Again);
}

#[test]
fn a_refused_file_disputes_its_wrong_sales_and_the_others_wait_again() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    take(&mut acquirer, 2, 1000);
    let cleared = one_file(&mut acquirer);
    let wrong = (advice(1, 1).authorization, SaleFault::HoldExpired);
    let rejection = refusal(&cleared, RejectionReason::Sales(vec![wrong]));
    let _ = acquirer.rejected(&rejection, now()).expect("a known file");
    let states: Vec<_> = acquirer.captures().map(|capture| capture.state.clone()).collect();
    let disputed = CaptureState::Disputed(SaleFault::HoldExpired);
    assert_eq!(states, [disputed, CaptureState::Awaiting]);
    let next = one_file(&mut acquirer);
    assert_eq!(next.file.total(), euro(1000));
    assert_ne!(next.file.id(), cleared.file.id());
    let due = acquirer.ledger().balance(&Account::Clearing(bank("999999")), Currency::EUR);
    assert_eq!(due.debit(), 1000);
    let late = Settlement::of(&cleared.file, now());
    assert_eq!(acquirer.settled(&late, now()), Err(AnswerFault::AnsweredBefore));
}

#[test]
fn a_file_refused_as_such_stops_the_run() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let cleared = one_file(&mut acquirer);
    for reason in [RejectionReason::PresentedBefore, RejectionReason::WrongIssuer] {
        let rejection = refusal(&cleared, reason);
        assert_eq!(acquirer.rejected(&rejection, now()), Err(AnswerFault::Refused));
    }
}

#[test]
fn two_credits_of_one_run_are_told_in_two_statements_with_ids_of_their_own() {
    let mut acquirer = acquirer();
    for (number, minor) in [(1, 10_000), (2, 5_000)] {
        take(&mut acquirer, number, minor);
        let cleared = one_file(&mut acquirer);
        let settlement = Settlement::of(&cleared.file, now());
        let _ = acquirer.settled(&settlement, now()).expect("it pays for the file");
    }
    let credits = acquirer.credit_merchants(now()).expect("the sums fit").answer;
    let told: Vec<_> = credits.iter().map(|credit| acquirer.statement_of(credit, now())).collect();
    let [Some(one), Some(other)] = told.as_slice() else { panic!("two statements") };
    assert_eq!((one.number, other.number), (1, 2));
    assert_eq!(one.closing, other.opening, "no line is told twice");
    let id = |statement| {
        let octets = camt_053::write(statement).expect("a document");
        let text = String::from_utf8(octets).expect("UTF-8");
        text.split("<MsgId>").nth(1).and_then(|rest| rest.split('<').next()).map(str::to_owned)
    };
    assert!(id(one).is_some());
    assert_ne!(id(one), id(other));
}

#[test]
fn a_statement_tells_what_came_and_what_is_there() {
    let mut acquirer = acquirer();
    for (number, minor) in [(1, 10_000), (2, 5_000)] {
        take(&mut acquirer, number, minor);
        let cleared = one_file(&mut acquirer);
        let settlement = Settlement::of(&cleared.file, now());
        let _ = acquirer.settled(&settlement, now()).expect("it pays for the file");
        let _ = acquirer.credit_merchants(now()).expect("the sums fit");
    }
    let credit = |minor| Balance { credits: minor, ..Balance::default() };
    let whole = acquirer.statement(&shop(), Currency::EUR, 0, now()).expect("a merchant here");
    assert_eq!((whole.opening, whole.closing), (credit(0), credit(14_820)));
    let last = acquirer.statement(&shop(), Currency::EUR, 1, now()).expect("a merchant here");
    assert_eq!((last.opening, last.closing), (credit(9_880), credit(14_820)));
    assert_eq!(last.credits.len(), 1);
    let each: Vec<_> =
        acquirer.credits().map(|credit| acquirer.statement_of(credit, now())).collect();
    assert_eq!(each[1].as_ref(), Some(&last), "of the last line");
    let first = each[0].as_ref().expect("a merchant here");
    assert_eq!((first.number, first.credits.len()), (1, 1), "it does not tell what comes later");
    assert_eq!((first.closing, last.number), (last.opening, 2));
    assert_eq!(acquirer.statement(&shop(), Currency::EUR, 3, now()), None);
    let stranger = MerchantId::parse("SOMEBODY-ELSE").expect("a name");
    assert_eq!(acquirer.statement(&stranger, Currency::EUR, 0, now()), None);
}

#[test]
fn an_acquirer_rebuilt_from_its_records_is_the_same() {
    let mut acquirer = acquirer();
    let mut records = vec![AcquirerRecord::Merchant(merchant())];
    records.extend(acquirer.take_capture(&advice(1, 4200), now()).records);
    let cleared = acquirer.clear(now());
    let file = cleared.answer.first().expect("one file").file.clone();
    records.extend(cleared.records);
    let settled = acquirer.settled(&Settlement::of(&file, now()), now());
    records.extend(settled.expect("it pays for the file").records);
    records.extend(acquirer.credit_merchants(now()).expect("the sums fit").records);

    let json = serde_json::to_string(&records).expect("records are JSON");
    let read: Vec<AcquirerRecord> = serde_json::from_str(&json).expect("the same records");
    let mut rebuilt =
        Acquirer::restore(bank("999998"), "Demo Acquirer", read).expect("whole books");
    assert!(acquirer.captures().eq(rebuilt.captures()));
    assert!(acquirer.credits().eq(rebuilt.credits()));
    assert!(acquirer.ledger().balances().eq(rebuilt.ledger().balances()));
    assert!(rebuilt.clear(now()).answer.is_empty());
}

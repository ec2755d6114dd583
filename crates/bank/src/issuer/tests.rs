//! The issuer under questions, most of them wrong.

use openset_types::{
    AuthorizationRequest, Bin, CardExpiry, Currency, MerchantCategory, MerchantId, Money, Pan,
    RetrievalReference, ReversalAdvice, SystemTrace, Trace, UnixTime,
};

use openset_types::ApprovalCode;

mod refunds;

use super::*;
use crate::clearing::{ClearingFile, FileId, Presentation, RejectionReason, Sale, SaleFault};
use crate::iso8583::words::{AccountVerification, ReversalKind, authorization, reversal};
use crate::iso8583::{Message, Mti, ResponseCode};

const CARD: &str = "4111111111111111";
const BLOCKED: &str = "5555555555554444";
const ENDED: &str = "6011111111111117";
const SILENT: &str = "4012888888881881";

fn now() -> UnixTime {
    UnixTime::parse_generalized("20261123081500Z").expect("a real moment")
}

fn euro(minor: u64) -> Money {
    Money::new(minor, Currency::EUR).expect("an amount")
}

fn bank(digits: &str) -> Bin {
    Bin::parse(digits).expect("six digits")
}

fn account(id: u32, digits: &str, standing: Standing) -> CardAccount {
    CardAccount {
        id: CardId(id),
        pan: Pan::parse(digits).expect("a public test number"),
        expiry: CardExpiry::parse("202912").expect("a month"),
        credit_line: euro(100_000),
        day_limit: euro(50_000),
        standing,
    }
}

fn issuer() -> Issuer {
    let mut issuer = Issuer::new(bank("999999"));
    issuer.open(account(1, CARD, Standing::Open));
    issuer.open(account(2, BLOCKED, Standing::Blocked));
    issuer.open(account(3, ENDED, Standing::Ended));
    issuer.open(account(4, SILENT, Standing::Silent));
    issuer
}

fn trace(number: u32) -> Trace {
    Trace {
        retrieval: RetrievalReference::parse(&format!("6327{number:08}")).expect("twelve digits"),
        system: SystemTrace::parse(&format!("{number:06}")).expect("six digits"),
        asked_at: now(),
    }
}

fn request(number: u32, digits: &str, minor: u64) -> AuthorizationRequest {
    AuthorizationRequest {
        trace: trace(number),
        pan: Pan::parse(digits).expect("a public test number"),
        expiry: CardExpiry::parse("202912").expect("a month"),
        amount: euro(minor),
        merchant: MerchantId::parse("ATELIER-LUMEN-001").expect("a name"),
        category: MerchantCategory::parse("5999").expect("four digits"),
    }
}

fn reversal_of(number: u32, digits: &str, minor: u64) -> ReversalAdvice {
    ReversalAdvice {
        original: trace(number),
        trace: trace(number.saturating_add(500_000)),
        pan: Pan::parse(digits).expect("a public test number"),
        amount: euro(minor),
        remains: euro(0),
        merchant: MerchantId::parse("ATELIER-LUMEN-001").expect("a name"),
    }
}

fn say(issuer: &mut Issuer, request: &AuthorizationRequest) -> Decision {
    issuer.authorize(request, now(), 7).answer.expect("this card is answered for")
}

fn code(issuer: &mut Issuer, request: &AuthorizationRequest) -> ResponseCode {
    say(issuer, request).code
}

fn held(issuer: &Issuer) -> u128 {
    issuer.cards().map(|card| card.held_minor).sum()
}

#[test]
fn a_good_card_is_approved_and_the_amount_held() {
    let mut issuer = issuer();
    let decision = say(&mut issuer, &request(1, CARD, 4200));
    assert_eq!(decision.code, ResponseCode::Approved);
    assert!(decision.approval_code.is_some());
    assert_eq!(held(&issuer), 4200);
}

#[test]
fn the_usual_reasons_to_decline_are_told_apart() {
    let mut issuer = issuer();
    let mut other_month = request(4, CARD, 1);
    other_month.expiry = CardExpiry::parse("203001").expect("a month");
    let mut yen = request(5, CARD, 1);
    yen.amount = Money::new(1, Currency::from_code("JPY").expect("known")).expect("an amount");
    for (asked, code_expected) in [
        (request(1, "4222222222222", 1), ResponseCode::InvalidCard),
        (request(2, BLOCKED, 1), ResponseCode::RestrictedCard),
        (request(3, ENDED, 1), ResponseCode::ExpiredCard),
        (other_month, ResponseCode::ExpiredCard),
        (yen, ResponseCode::InvalidAmount),
        (request(6, CARD, 0), ResponseCode::InvalidAmount),
        (request(7, CARD, 100_001), ResponseCode::InsufficientFunds),
        (request(8, CARD, 50_001), ResponseCode::ExceedsLimit),
    ] {
        assert_eq!(code(&mut issuer, &asked), code_expected);
    }
    assert_eq!(held(&issuer), 0);
}

#[test]
fn a_card_past_its_last_month_is_expired() {
    let mut issuer = issuer();
    let later = UnixTime::parse_generalized("20300101000000Z").expect("a real moment");
    let decision = issuer.authorize(&request(1, CARD, 1), later, 7).answer;
    assert_eq!(decision.expect("answered").code, ResponseCode::ExpiredCard);
}

#[test]
fn holds_use_the_credit_line_up() {
    let mut issuer = issuer();
    let tomorrow = now().plus_s(86_400);
    assert_eq!(code(&mut issuer, &request(1, CARD, 50_000)), ResponseCode::Approved);
    assert_eq!(code(&mut issuer, &request(2, CARD, 1)), ResponseCode::ExceedsLimit);
    let next_day = issuer.authorize(&request(3, CARD, 50_000), tomorrow, 7).answer;
    assert_eq!(next_day.expect("answered").code, ResponseCode::Approved);
    let day_after = issuer.authorize(&request(4, CARD, 1), tomorrow.plus_s(86_400), 7).answer;
    assert_eq!(day_after.expect("answered").code, ResponseCode::InsufficientFunds);
}

#[test]
fn the_same_question_gets_the_same_answer_and_one_hold() {
    let mut issuer = issuer();
    let first = say(&mut issuer, &request(1, CARD, 4200));
    let again = issuer.authorize(&request(1, CARD, 4200), now().plus_s(5), 99);
    assert_eq!(again.answer, Some(first));
    assert!(again.records.is_empty());
    assert_eq!(held(&issuer), 4200);
}

#[test]
fn the_same_number_for_another_question_is_refused() {
    let mut issuer = issuer();
    say(&mut issuer, &request(1, CARD, 4200));
    let refused = ResponseCode::DuplicateTransmission;
    assert_eq!(code(&mut issuer, &request(1, CARD, 4201)), refused);
    assert_eq!(code(&mut issuer, &request(1, ENDED, 4200)), refused);
    let mut other_trace = request(1, CARD, 4200);
    other_trace.trace.system = SystemTrace::parse("000099").expect("six digits");
    assert_eq!(code(&mut issuer, &other_trace), refused);
    assert_eq!(held(&issuer), 4200);
}

#[test]
fn a_reversal_releases_the_hold_and_can_be_repeated() {
    let mut issuer = issuer();
    say(&mut issuer, &request(1, CARD, 50_000));
    for records in [1, 0, 0] {
        let reversed = issuer.reverse(&reversal_of(1, CARD, 50_000), now());
        assert_eq!(reversed.answer, ResponseCode::Approved);
        assert_eq!(reversed.records.len(), records);
    }
    assert_eq!(held(&issuer), 0);
    assert_eq!(code(&mut issuer, &request(2, CARD, 50_000)), ResponseCode::Approved);
}

/// Abuse cases 12 and 13.
#[test]
fn a_request_that_comes_after_its_reversal_is_refused() {
    let mut issuer = issuer();
    let unknown = issuer.reverse(&reversal_of(1, CARD, 4200), now());
    assert_eq!(unknown.answer, ResponseCode::Approved);
    assert_eq!(code(&mut issuer, &request(1, CARD, 4200)), ResponseCode::InvalidTransaction);
    assert_eq!(held(&issuer), 0);
}

#[test]
fn a_request_repeated_after_its_reversal_is_not_approved_again_and_holds_nothing() {
    // Abuse case 12: a yes that is repeated would be believed, and nothing is held for it.
    let mut issuer = issuer();
    say(&mut issuer, &request(1, CARD, 4200));
    assert_eq!(code(&mut issuer, &request(1, CARD, 4200)), ResponseCode::Approved);
    let _ = issuer.reverse(&reversal_of(1, CARD, 4200), now());
    let again = issuer.authorize(&request(1, CARD, 4200), now(), 7).answer.expect("an answer");
    assert_eq!((again.code, again.approval_code), (ResponseCode::InvalidTransaction, None));
    assert_eq!(held(&issuer), 0);
}

#[test]
fn a_request_repeated_after_its_hold_has_expired_is_not_approved_again() {
    let mut issuer = issuer();
    say(&mut issuer, &request(1, CARD, 4200));
    let late = now().plus_s(HOLD_S + 1);
    let _ = issuer.expire_holds(late);
    let again = issuer.authorize(&request(1, CARD, 4200), late, 7).answer.expect("an answer");
    assert_eq!((again.code, again.approval_code), (ResponseCode::InvalidTransaction, None));
}

#[test]
fn a_no_that_was_reversed_stays_the_no_it_was() {
    let mut issuer = issuer();
    let refused = code(&mut issuer, &request(1, BLOCKED, 4200));
    let _ = issuer.reverse(&reversal_of(1, BLOCKED, 4200), now());
    assert_eq!(code(&mut issuer, &request(1, BLOCKED, 4200)), refused);
}

#[test]
fn a_reversal_of_another_amount_or_card_undoes_nothing() {
    let mut issuer = issuer();
    say(&mut issuer, &request(1, CARD, 4200));
    for wrong in [reversal_of(1, CARD, 4199), reversal_of(1, BLOCKED, 4200)] {
        assert_eq!(issuer.reverse(&wrong, now()).answer, ResponseCode::InvalidTransaction);
    }
    assert_eq!(held(&issuer), 4200);
}

fn lowering_of(number: u32, minor: u64, remains: u64) -> ReversalAdvice {
    ReversalAdvice { remains: euro(remains), ..reversal_of(number, CARD, minor) }
}

#[test]
fn a_lowered_hold_gives_the_rest_back_once_and_is_never_raised() {
    let mut issuer = issuer();
    let word = approved(&mut issuer, 1, 4200);
    // The second and the fourth are repeats; the last is late, and lower already.
    for (remains, records, then) in
        [(3000, 1, 3000), (3000, 0, 3000), (2000, 1, 2000), (2000, 0, 2000), (3000, 0, 2000)]
    {
        let lowered = issuer.reverse(&lowering_of(1, 4200, remains), now());
        assert_eq!(lowered.answer, ResponseCode::Approved);
        assert_eq!(lowered.records.len(), records);
        assert_eq!(held(&issuer), then);
    }
    let more = take(&mut issuer, &file("F1", vec![sale(1, &word, 2001)]), Presentation::First);
    let fault = (trace(1).retrieval, SaleFault::MoreThanHeld);
    assert_eq!(rejected(more), RejectionReason::Sales(vec![fault]));
    let rest = take(&mut issuer, &file("F2", vec![sale(1, &word, 2000)]), Presentation::First);
    assert!(matches!(rest, FileAnswer::Settled(_)), "{rest:?}");
    assert_eq!(held(&issuer), 0);
}

#[test]
fn what_is_lowered_can_be_spent_again_on_the_same_day() {
    let mut issuer = issuer();
    say(&mut issuer, &request(1, CARD, 50_000));
    assert_eq!(code(&mut issuer, &request(2, CARD, 30_000)), ResponseCode::ExceedsLimit);
    let _ = issuer.reverse(&lowering_of(1, 50_000, 20_000), now());
    assert_eq!(code(&mut issuer, &request(3, CARD, 30_000)), ResponseCode::Approved);
}

#[test]
fn nothing_is_lowered_that_is_not_held_as_the_advice_says() {
    let mut issuer = issuer();
    let unknown = issuer.reverse(&lowering_of(1, 4200, 3000), now());
    assert_eq!(unknown.answer, ResponseCode::OriginalNotFound);
    assert_eq!(code(&mut issuer, &request(1, CARD, 4200)), ResponseCode::Approved);
    let other = issuer.reverse(&lowering_of(1, 4100, 3000), now());
    assert_eq!(other.answer, ResponseCode::InvalidTransaction);
    let _ = issuer.reverse(&reversal_of(1, CARD, 4200), now());
    let gone = issuer.reverse(&lowering_of(1, 4200, 3000), now());
    assert_eq!(gone.answer, ResponseCode::NotPermitted);
    code(&mut issuer, &request(2, BLOCKED, 4200));
    let declined = ReversalAdvice { remains: euro(1), ..reversal_of(2, BLOCKED, 4200) };
    assert_eq!(issuer.reverse(&declined, now()).answer, ResponseCode::InvalidTransaction);
    assert_eq!(held(&issuer), 0);
}

#[test]
fn a_silent_card_is_held_and_not_answered_until_it_is_reversed() {
    let mut issuer = issuer();
    assert_eq!(issuer.authorize(&request(1, SILENT, 4200), now(), 7).answer, None);
    assert_eq!(issuer.authorize(&request(1, SILENT, 4200), now(), 7).answer, None);
    assert_eq!(held(&issuer), 4200);
    let reversed = issuer.reverse(&reversal_of(1, SILENT, 4200), now());
    assert_eq!(reversed.answer, ResponseCode::Approved);
    assert_eq!(held(&issuer), 0);
}

#[test]
fn a_verification_says_whether_the_card_was_given_out_and_is_not_blocked() {
    let issuer = issuer();
    let verify = |digits, expiry: &str| {
        let question = AccountVerification {
            trace: trace(1),
            pan: Pan::parse(digits).expect("a public test number"),
            expiry: CardExpiry::parse(expiry).expect("a month"),
        };
        issuer.verify(&question, now())
    };
    assert_eq!(verify(CARD, "202912"), ResponseCode::NoReasonToDecline);
    assert_eq!(verify(SILENT, "202912"), ResponseCode::NoReasonToDecline);
    assert_eq!(verify(CARD, "202911"), ResponseCode::ExpiredCard);
    assert_eq!(verify(BLOCKED, "202912"), ResponseCode::RestrictedCard);
    assert_eq!(verify("4222222222222", "202912"), ResponseCode::InvalidCard);
}

#[test]
fn messages_are_answered_with_messages() {
    let mut issuer = issuer();
    let acquirer = bank("999998");
    let asked = authorization(&request(1, CARD, 4200), &acquirer);
    let answer = issuer.answer(&asked, now(), 7).answer.expect("an answer");
    assert_eq!((answer.mti(), answer.text(39)), (Mti::AUTHORIZATION_RESPONSE, Some("00")));
    assert_eq!(answer.text(2), None);
    let undone = reversal(ReversalKind::Repeat, &reversal_of(1, CARD, 4200), &acquirer);
    let answer = issuer.answer(&undone, now(), 7).answer.expect("an answer");
    assert_eq!((answer.mti(), answer.text(39)), (Mti::REVERSAL_ADVICE_RESPONSE, Some("00")));
    let broken = authorization(&request(2, CARD, 4200), &acquirer).with(14, "2913");
    let answer = issuer.answer(&broken, now(), 7).answer.expect("an answer");
    assert_eq!(answer.text(39), Some("30"));
    let capture = Message::new(Mti::FINANCIAL_ADVICE);
    let answer = issuer.answer(&capture, now(), 7).answer.expect("an answer");
    assert_eq!(answer.text(39), Some("12"));
    assert_eq!(issuer.answer(&answer, now(), 7).answer, None);
}

fn sale(number: u32, approval_code: &ApprovalCode, minor: u64) -> Sale {
    Sale {
        authorization: trace(number).retrieval,
        approval_code: approval_code.clone(),
        amount: euro(minor),
        merchant: MerchantId::parse("ATELIER-LUMEN-001").expect("a name"),
        captured_at: now(),
        credit: None,
    }
}

fn file(name: &str, items: Vec<Sale>) -> ClearingFile {
    let id = FileId::parse(name).expect("a name");
    ClearingFile::new(id, bank("999998"), bank("999999"), now(), items).expect("a file")
}

fn take(issuer: &mut Issuer, file: &ClearingFile, presentation: Presentation) -> FileAnswer {
    issuer.take_file(file, presentation, now()).expect("the sums fit").answer
}

fn rejected(answer: FileAnswer) -> RejectionReason {
    match answer {
        FileAnswer::Rejected(rejection) => rejection.reason,
        FileAnswer::Settled(_) => panic!("the file was taken"),
    }
}

fn approved(issuer: &mut Issuer, number: u32, minor: u64) -> ApprovalCode {
    say(issuer, &request(number, CARD, minor)).approval_code.expect("approved")
}

#[test]
fn a_file_posts_its_holds_and_is_paid() {
    let mut issuer = issuer();
    let one = approved(&mut issuer, 1, 4200);
    let two = approved(&mut issuer, 2, 1000);
    let file = file("F1", vec![sale(1, &one, 4200), sale(2, &two, 600)]);
    let FileAnswer::Settled(settlement) = take(&mut issuer, &file, Presentation::First) else {
        panic!("both holds stand");
    };
    assert_eq!(settlement.amount, euro(4800));
    assert_eq!(held(&issuer), 0);
    assert_eq!(issuer.cards().next().map(|card| card.owed_minor), Some(4800));
    assert!(issuer.ledger().is_balanced());
    assert_eq!(issuer.written().len(), 2);
}

/// Abuse case 14.
#[test]
fn a_second_presentation_is_refused_unless_it_says_that_it_is_one() {
    let mut issuer = issuer();
    let one = approved(&mut issuer, 1, 4200);
    let two = approved(&mut issuer, 2, 1000);
    let first = file("F1", vec![sale(1, &one, 4200)]);
    let paid = take(&mut issuer, &first, Presentation::First);
    let owed = issuer.ledger().clone();
    assert_eq!(
        rejected(take(&mut issuer, &first, Presentation::First)),
        RejectionReason::PresentedBefore
    );
    assert_eq!(take(&mut issuer, &first, Presentation::Again), paid);
    let other = file("F1", vec![sale(2, &two, 1000)]);
    assert_eq!(
        rejected(take(&mut issuer, &other, Presentation::Again)),
        RejectionReason::PresentedBefore
    );
    assert!(issuer.ledger().balances().eq(owed.balances()));
}

#[test]
fn one_wrong_sale_refuses_the_whole_file() {
    let mut issuer = issuer();
    let one = approved(&mut issuer, 1, 4200);
    let two = approved(&mut issuer, 2, 1000);
    let _ = issuer.reverse(&reversal_of(2, CARD, 1000), now());
    let other = ApprovalCode::parse("WRONG1").expect("six characters");
    let mut other_merchant = sale(1, &one, 4200);
    other_merchant.merchant = MerchantId::parse("SOMEBODY-ELSE").expect("a name");
    for (wrong, fault) in [
        (sale(9, &one, 4200), SaleFault::NoHold),
        (sale(1, &other, 4200), SaleFault::ApprovalCodeDiffers),
        (sale(1, &one, 4201), SaleFault::MoreThanHeld),
        (sale(2, &two, 1000), SaleFault::Reversed),
        (other_merchant, SaleFault::MerchantDiffers),
    ] {
        let reference = wrong.authorization.clone();
        let answer = take(&mut issuer, &file("F1", vec![wrong]), Presentation::First);
        assert_eq!(rejected(answer), RejectionReason::Sales(vec![(reference, fault)]));
    }
    assert_eq!(issuer.ledger().entries(), 0);
    assert_eq!(held(&issuer), 4200);
}

#[test]
fn a_file_for_another_bank_is_refused() {
    let mut issuer = issuer();
    let one = approved(&mut issuer, 1, 4200);
    let id = FileId::parse("F1").expect("a name");
    let items = vec![sale(1, &one, 4200)];
    let file = ClearingFile::new(id, bank("999998"), bank("111111"), now(), items);
    let answer = take(&mut issuer, &file.expect("a file"), Presentation::First);
    assert_eq!(rejected(answer), RejectionReason::WrongIssuer);
}

#[test]
fn what_was_cleared_can_neither_be_cleared_again_nor_reversed() {
    let mut issuer = issuer();
    let one = approved(&mut issuer, 1, 4200);
    take(&mut issuer, &file("F1", vec![sale(1, &one, 4200)]), Presentation::First);
    let again = take(&mut issuer, &file("F2", vec![sale(1, &one, 4200)]), Presentation::First);
    let fault = (trace(1).retrieval, SaleFault::ClearedBefore);
    assert_eq!(rejected(again), RejectionReason::Sales(vec![fault]));
    let reversed = issuer.reverse(&reversal_of(1, CARD, 4200), now());
    assert_eq!(reversed.answer, ResponseCode::NotPermitted);
}

#[test]
fn a_hold_nobody_comes_for_expires_and_cannot_be_cleared() {
    let mut issuer = issuer();
    let one = approved(&mut issuer, 1, 4200);
    assert_eq!(issuer.expire_holds(now()).answer, 0);
    assert_eq!(issuer.expire_holds(now().plus_s(HOLD_S)).answer, 1);
    assert_eq!(held(&issuer), 0);
    let answer = take(&mut issuer, &file("F1", vec![sale(1, &one, 4200)]), Presentation::First);
    let fault = (trace(1).retrieval, SaleFault::HoldExpired);
    assert_eq!(rejected(answer), RejectionReason::Sales(vec![fault]));
}

#[test]
fn an_issuer_rebuilt_from_its_records_answers_the_same() {
    let mut issuer = Issuer::new(bank("999999"));
    issuer.open(account(1, CARD, Standing::Open));
    let mut records = vec![IssuerRecord::Card(StoredCard(account(1, CARD, Standing::Open)))];
    let first = issuer.authorize(&request(1, CARD, 4200), now(), 7);
    let code = first.answer.clone().and_then(|decision| decision.approval_code);
    records.extend(first.records);
    records.extend(issuer.authorize(&request(2, CARD, 1000), now(), 8).records);
    records.extend(issuer.reverse(&reversal_of(3, CARD, 50), now()).records);
    records.extend(issuer.reverse(&lowering_of(2, 1000, 400), now()).records);
    let file = file("F1", vec![sale(1, &code.expect("approved"), 4200)]);
    let taken = issuer.take_file(&file, Presentation::First, now()).expect("the sums fit");
    records.extend(taken.records);

    let stored: Vec<_> = records
        .iter()
        .map(|record| serde_json::to_string(record).expect("a record is JSON"))
        .collect();
    let read = stored.iter().map(|json| serde_json::from_str(json).expect("a record"));
    let mut rebuilt = Issuer::restore(bank("999999"), read).expect("whole books");
    assert!(issuer.cards().eq(rebuilt.cards()));
    assert!(issuer.ledger().balances().eq(rebuilt.ledger().balances()));
    assert_eq!(rebuilt.authorize(&request(1, CARD, 4200), now(), 1).answer, first.answer);
    let late = rebuilt.authorize(&request(3, CARD, 50), now(), 1).answer.expect("answered");
    assert_eq!(late.code, ResponseCode::InvalidTransaction);
    assert_eq!(
        rejected(take(&mut rebuilt, &file, Presentation::First)),
        RejectionReason::PresentedBefore
    );
}

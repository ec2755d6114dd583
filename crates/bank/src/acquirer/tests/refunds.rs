//! Money given back at the acquirer, and taken back: most of it wrong.

use openset_types::{RefundAdvice, RefundKind};

use super::*;
use crate::clearing::Flow;
use crate::iso8583::words::{RefundTelling, refund};

/// A refund of the sale of a number; it has a number of its own.
fn wanted(kind: RefundKind, sale: u32, own: u32, minor: u64) -> RefundAdvice {
    let of = advice(sale, 1);
    RefundAdvice {
        kind,
        trace: advice(own, 1).trace,
        authorization: of.authorization,
        approval_code: of.approval_code,
        issuer: of.issuer,
        amount: euro(minor),
        merchant: of.merchant,
        batch: None,
    }
}

fn say(acquirer: &mut Acquirer, kind: RefundKind, sale: u32, own: u32, minor: u64) -> ResponseCode {
    acquirer.refund(&wanted(kind, sale, own, minor), now()).answer
}

fn settle(acquirer: &mut Acquirer) -> Vec<Cleared> {
    let files = acquirer.clear(now()).answer;
    for cleared in &files {
        let settlement = Settlement::of(&cleared.file, now());
        let _ = acquirer.settled(&settlement, now()).expect("it pays for the file");
    }
    let _ = acquirer.credit_merchants(now()).expect("the sums fit");
    files
}

fn stands(acquirer: &Acquirer) -> (u128, u128) {
    let merchant = acquirer.ledger().balance(&Account::Merchant(shop()), Currency::EUR);
    let pending = acquirer.ledger().balance(&Account::Pending(shop()), Currency::EUR);
    assert!(acquirer.ledger().is_balanced());
    assert_eq!(pending.debit(), 0);
    (merchant.credit(), pending.credit())
}

#[test]
fn a_part_taken_back_before_clearing_is_not_asked_of_the_issuer() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let kind = RefundKind::CaptureReversal;
    assert_eq!(say(&mut acquirer, kind, 1, 50, 1200), ResponseCode::Approved);
    assert_eq!(stands(&acquirer), (0, 3000));
    let cleared = one_file(&mut acquirer);
    assert_eq!(cleared.file.total(), euro(3000));
    assert_eq!(cleared.file.items()[0].amount, euro(3000));
}

#[test]
fn a_sale_taken_back_whole_is_in_no_file() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let kind = RefundKind::CaptureReversal;
    assert_eq!(say(&mut acquirer, kind, 1, 50, 4200), ResponseCode::Approved);
    assert!(acquirer.clear(now()).answer.is_empty());
    assert_eq!(stands(&acquirer), (0, 0));
    assert_eq!(say(&mut acquirer, kind, 1, 51, 1), ResponseCode::DuplicateTransmission);
    let late = say(&mut acquirer, RefundKind::Credit, 1, 52, 1);
    assert_eq!(late, ResponseCode::OriginalNotFound);
}

#[test]
fn a_credit_goes_out_in_a_file_of_its_own_once_the_sale_was_paid() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 10_000);
    assert_eq!(say(&mut acquirer, RefundKind::Credit, 1, 50, 2500), ResponseCode::Approved);
    let first = settle(&mut acquirer);
    assert_eq!(first.len(), 1);
    assert_eq!((first[0].file.flow(), first[0].file.total()), (Flow::Sale, euro(10_000)));
    let second = settle(&mut acquirer);
    assert_eq!((second[0].file.flow(), second[0].file.total()), (Flow::Credit, euro(2500)));
    assert!(settle(&mut acquirer).is_empty());
    // The fee of 1.20 of a hundred stays with the bank.
    assert_eq!(stands(&acquirer), (9_880 - 2500, 0));
    let central = acquirer.ledger().balance(&Account::Central, Currency::EUR);
    assert_eq!(central.debit(), 7500);
    assert_eq!(acquirer.written().len(), 2);
}

#[test]
fn a_merchant_that_gave_back_what_it_was_paid_owes_the_fee() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 10_000);
    settle(&mut acquirer);
    assert_eq!(say(&mut acquirer, RefundKind::Credit, 1, 50, 10_000), ResponseCode::Approved);
    settle(&mut acquirer);
    let statement = acquirer.statement(&shop(), Currency::EUR, 0, now()).expect("a merchant here");
    assert_eq!(statement.closing.debit(), 120);
    let last = statement.credits.last().expect("two lines");
    assert_eq!((last.flow, last.net, last.fee), (Flow::Credit, euro(10_000), euro(0)));
}

#[test]
fn no_more_is_given_back_than_was_taken_whichever_way() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let (reversal, credit) = (RefundKind::CaptureReversal, RefundKind::Credit);
    assert_eq!(say(&mut acquirer, reversal, 1, 50, 4201), ResponseCode::InvalidAmount);
    assert_eq!(say(&mut acquirer, reversal, 1, 51, 1200), ResponseCode::Approved);
    assert_eq!(say(&mut acquirer, credit, 1, 52, 3001), ResponseCode::InvalidAmount);
    assert_eq!(say(&mut acquirer, credit, 1, 53, 2000), ResponseCode::Approved);
    assert_eq!(say(&mut acquirer, credit, 1, 54, 1001), ResponseCode::InvalidAmount);
    assert_eq!(say(&mut acquirer, reversal, 1, 55, 1001), ResponseCode::InvalidAmount);
    assert_eq!(say(&mut acquirer, credit, 1, 56, 1000), ResponseCode::Approved);
    assert_eq!(say(&mut acquirer, credit, 1, 57, 1), ResponseCode::InvalidAmount);
}

#[test]
fn the_same_trace_gives_back_once_and_another_use_of_it_is_refused() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    for kind in [RefundKind::CaptureReversal, RefundKind::Credit] {
        let own = if kind == RefundKind::Credit { 60 } else { 50 };
        for _ in 0..2 {
            assert_eq!(say(&mut acquirer, kind, 1, own, 1000), ResponseCode::Approved);
        }
        let other = say(&mut acquirer, kind, 1, own, 999);
        assert_eq!(other, ResponseCode::DuplicateTransmission);
    }
    let mixed = say(&mut acquirer, RefundKind::CreditReversal, 1, 60, 1000);
    assert_eq!(mixed, ResponseCode::DuplicateTransmission);
    assert_eq!(stands(&acquirer), (0, 2200));
}

#[test]
fn nothing_is_taken_back_that_was_presented() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let cleared = one_file(&mut acquirer);
    let kind = RefundKind::CaptureReversal;
    assert_eq!(say(&mut acquirer, kind, 1, 50, 4200), ResponseCode::FileClosed);
    let settlement = Settlement::of(&cleared.file, now());
    let _ = acquirer.settled(&settlement, now()).expect("it pays for the file");
    assert_eq!(say(&mut acquirer, kind, 1, 51, 4200), ResponseCode::UnableToBackOut);
    assert_eq!(say(&mut acquirer, RefundKind::Credit, 1, 52, 4200), ResponseCode::Approved);
}

#[test]
fn a_credit_is_taken_back_whole_and_once_until_it_is_presented() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    settle(&mut acquirer);
    let (credit, undone) = (RefundKind::Credit, RefundKind::CreditReversal);
    assert_eq!(say(&mut acquirer, undone, 1, 50, 1000), ResponseCode::OriginalNotFound);
    assert_eq!(say(&mut acquirer, credit, 1, 51, 1000), ResponseCode::Approved);
    assert_eq!(say(&mut acquirer, undone, 1, 52, 999), ResponseCode::InvalidAmount);
    assert_eq!(say(&mut acquirer, undone, 1, 53, 1000), ResponseCode::Approved);
    assert_eq!(say(&mut acquirer, undone, 1, 53, 1000), ResponseCode::Approved);
    assert_eq!(say(&mut acquirer, undone, 1, 54, 1000), ResponseCode::DuplicateTransmission);
    assert!(acquirer.clear(now()).answer.is_empty());
    assert_eq!(say(&mut acquirer, credit, 1, 55, 4200), ResponseCode::Approved);
    let cleared = one_file(&mut acquirer);
    assert_eq!(say(&mut acquirer, undone, 1, 56, 4200), ResponseCode::FileClosed);
    let settlement = Settlement::of(&cleared.file, now());
    let _ = acquirer.settled(&settlement, now()).expect("it pays for the file");
    assert_eq!(say(&mut acquirer, undone, 1, 57, 4200), ResponseCode::UnableToBackOut);
}

#[test]
fn a_refund_of_nothing_of_a_stranger_or_of_no_sale_is_refused() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    let good = || wanted(RefundKind::Credit, 1, 50, 1000);
    let mut stranger = good();
    stranger.merchant = MerchantId::parse("SOMEBODY-ELSE").expect("a name");
    let mut neighbour = good();
    neighbour.merchant = MerchantId::parse("NEXT-DOOR").expect("a name");
    acquirer.sign_up(Merchant { id: neighbour.merchant.clone(), ..merchant() });
    let mut other_code = good();
    other_code.approval_code = ApprovalCode::parse("WRONG1").expect("six characters");
    let mut other_bank = good();
    other_bank.issuer = bank("999997");
    let mut yen = good();
    yen.amount = Money::new(1, Currency::from_code("JPY").expect("known")).expect("an amount");
    for (wrong, code) in [
        (wanted(RefundKind::Credit, 9, 50, 1000), ResponseCode::OriginalNotFound),
        (wanted(RefundKind::Credit, 1, 50, 0), ResponseCode::InvalidAmount),
        (stranger, ResponseCode::InvalidMerchant),
        (neighbour, ResponseCode::OriginalNotFound),
        (other_code, ResponseCode::OriginalNotFound),
        (other_bank, ResponseCode::OriginalNotFound),
        (yen, ResponseCode::InvalidAmount),
    ] {
        let decided = acquirer.refund(&wrong, now());
        assert_eq!((decided.answer, decided.records.len()), (code, 0));
    }
    assert_eq!(acquirer.ledger().entries(), 1);
}

#[test]
fn refunds_come_as_messages_and_survive_a_restart() {
    let mut acquirer = acquirer();
    let mut kept = vec![AcquirerRecord::Merchant(merchant())];
    kept.extend(acquirer.take_capture(&advice(1, 4200), now()).records);
    for (kind, own) in [(RefundKind::CaptureReversal, 50), (RefundKind::Credit, 51)] {
        let message = refund(RefundTelling::First, &wanted(kind, 1, own, 1000), &bank("999998"));
        let decided = acquirer.answer(&message, now());
        let answer = decided.answer.expect("an answer");
        assert_eq!(answer.text(39), Some("00"));
        kept.extend(decided.records);
        let with_card = acquirer.answer(&message.with(2, "4111111111111111"), now()).answer;
        assert_eq!(with_card.and_then(|said| said.text(39).map(str::to_owned)), Some("30".into()));
    }
    kept.sort_by_key(|record| {
        let place = AcquirerRecord::KINDS.iter().position(|kind| *kind == record.kind());
        (place, record.key())
    });
    let rebuilt = Acquirer::restore(bank("999998"), "Demo Acquirer", last_of_each(kept));
    let mut rebuilt = rebuilt.expect("its own entries");
    assert_eq!(stands(&rebuilt), (0, 2200));
    assert_eq!(say(&mut rebuilt, RefundKind::Credit, 1, 51, 1000), ResponseCode::Approved);
    assert_eq!(say(&mut rebuilt, RefundKind::Credit, 1, 52, 2201), ResponseCode::InvalidAmount);
}

/// As a store keeps them: a later record replaces an earlier one of the same name.
fn last_of_each(records: Vec<AcquirerRecord>) -> Vec<AcquirerRecord> {
    let mut last: Vec<AcquirerRecord> = Vec::new();
    for record in records {
        let name = (record.kind(), record.key());
        last.retain(|one| (one.kind(), one.key()) != name);
        last.push(record);
    }
    last
}

#[test]
fn the_credit_of_a_disputed_sale_is_disputed_with_it() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    assert_eq!(say(&mut acquirer, RefundKind::Credit, 1, 50, 1000), ResponseCode::Approved);
    let cleared = one_file(&mut acquirer);
    let reason = vec![(advice(1, 1).authorization, SaleFault::HoldExpired)];
    let rejection = refusal(&cleared, RejectionReason::Sales(reason));
    let _ = acquirer.rejected(&rejection, now()).expect("a file of ours");
    assert_eq!(stands(&acquirer), (0, 0));
    assert!(acquirer.clear(now()).answer.is_empty());
}

#[test]
fn a_credit_that_the_issuer_refuses_is_written_back() {
    let mut acquirer = acquirer();
    take(&mut acquirer, 1, 4200);
    settle(&mut acquirer);
    let before = stands(&acquirer);
    assert_eq!(say(&mut acquirer, RefundKind::Credit, 1, 50, 1000), ResponseCode::Approved);
    let cleared = one_file(&mut acquirer);
    let own = cleared.file.items()[0].name().clone();
    let reason = RejectionReason::Sales(vec![(own, SaleFault::MoreThanHeld)]);
    let _ = acquirer.rejected(&refusal(&cleared, reason), now()).expect("a file of ours");
    assert_eq!(stands(&acquirer), before);
    assert_eq!(say(&mut acquirer, RefundKind::Credit, 1, 51, 4200), ResponseCode::Approved);
}

//! Batches: what is counted where, who opens and closes, and what clearing takes.

use openset_types::{
    BatchAnswer, BatchDeed, BatchNumber, BatchPlace, BatchProgress, BatchQuestion, BatchRefusal,
    BatchReport, BatchTotals, BatchWish, Brand, ClosedBy, LinesWanted, RefundAdvice, RefundKind,
};

use super::*;
use crate::Decided;

fn number(number: u64) -> BatchNumber {
    BatchNumber::new(number).expect("a small number")
}

fn brand(name: &str) -> Brand {
    Brand::parse(name).expect("a name")
}

fn place(batch: u64, position: u64) -> BatchPlace {
    BatchPlace { batch: number(batch), position }
}

/// A shop that opens and closes its own.
fn own_batches() -> Acquirer {
    let mut acquirer = Acquirer::new(bank("999998"), "Demo Acquirer");
    acquirer.sign_up(Merchant { batches: BatchControl::Merchant, ..merchant() });
    acquirer
}

fn question(trace: u32, batch: Option<u64>, deed: BatchDeed) -> BatchQuestion {
    let trace = advice(trace, 1).trace;
    BatchQuestion { trace, merchant: shop(), batch: batch.map(number), deed }
}

fn ask(acquirer: &mut Acquirer, trace: u32, batch: Option<u64>, deed: BatchDeed) -> BatchAnswer {
    acquirer.ask_batch(&question(trace, batch, deed), now()).answer
}

fn stands(answer: BatchAnswer) -> BatchReport {
    match answer {
        BatchAnswer::Stands(report) => *report,
        other => panic!("{other:?}"),
    }
}

fn wishing(number: u32, minor: u64, batch: Option<u64>, position: Option<u64>) -> CaptureAdvice {
    let batch = batch.map(self::number);
    let wish = BatchWish { brand: brand("Visor"), batch, position };
    CaptureAdvice { batch: Some(wish), ..advice(number, minor) }
}

fn takes(acquirer: &mut Acquirer, advice: &CaptureAdvice) -> Result<BatchPlace, ResponseCode> {
    let message = capture(CaptureKind::Advice, advice, &bank("999998"));
    let answer = acquirer.answer(&message, now()).answer.expect("it is a question");
    match crate::iso8583::words::read_response_code(&answer).expect("field 39 is there") {
        ResponseCode::Approved => Ok(crate::iso8583::words::read_place(&answer).expect("a place")),
        code => Err(code),
    }
}

fn giving(kind: RefundKind, sale: u32, own: u32, minor: u64, batch: Option<u64>) -> RefundAdvice {
    let wish = BatchWish { brand: brand("Visor"), batch: batch.map(number), position: None };
    let CaptureAdvice { authorization, approval_code, issuer, merchant, .. } = advice(sale, minor);
    RefundAdvice {
        kind,
        trace: advice(own, minor).trace,
        authorization,
        approval_code,
        issuer,
        amount: euro(minor),
        merchant,
        batch: Some(wish),
    }
}

fn look(acquirer: &mut Acquirer, batch: u64) -> BatchReport {
    stands(ask(acquirer, 900, Some(batch), BatchDeed::Look))
}

fn sums(credits: u64, credit: u64, debits: u64, debit: u64) -> BatchTotals {
    BatchTotals { credits, credit: euro(credit), debits, debit: euro(debit) }
}

#[test]
fn what_names_no_batch_is_counted_in_the_one_that_the_bank_has_open() {
    let mut acquirer = acquirer();
    for at in 1..=3 {
        assert_eq!(takes(&mut acquirer, &wishing(at, 100, None, None)), Ok(place(1, at.into())));
    }
    let report = look(&mut acquirer, 1);
    assert_eq!((report.totals, report.closed), (sums(0, 0, 3, 300), None));
    assert_eq!(report.brands, BTreeMap::from([(brand("Visor"), sums(0, 0, 3, 300))]));
}

#[test]
fn an_item_told_twice_is_counted_once_and_has_its_place_again() {
    let mut acquirer = acquirer();
    let advice = wishing(1, 100, None, None);
    assert_eq!(takes(&mut acquirer, &advice), Ok(place(1, 1)));
    assert_eq!(takes(&mut acquirer, &advice), Ok(place(1, 1)));
    let other = CaptureAdvice { amount: euro(101), ..advice };
    assert_eq!(takes(&mut acquirer, &other), Err(ResponseCode::DuplicateTransmission));
    assert_eq!(look(&mut acquirer, 1).totals, sums(0, 0, 1, 100));
}

#[test]
fn a_batch_that_is_not_there_or_takes_nothing_more_takes_nothing() {
    let mut acquirer = own_batches();
    let unknown = Err(ResponseCode::BatchUnknown);
    assert_eq!(takes(&mut acquirer, &wishing(1, 100, None, None)), unknown);
    assert_eq!(takes(&mut acquirer, &wishing(1, 100, Some(17), None)), unknown);
    stands(ask(&mut acquirer, 500, Some(17), BatchDeed::Open(vec![brand("Visor")])));
    assert_eq!(takes(&mut acquirer, &wishing(1, 100, Some(18), None)), unknown);
    let other_brand = BatchWish { brand: brand("Mondo"), batch: Some(number(17)), position: None };
    let foreign = CaptureAdvice { batch: Some(other_brand), ..advice(1, 100) };
    assert_eq!(takes(&mut acquirer, &foreign), unknown);
    assert_eq!(takes(&mut acquirer, &advice(1, 100)), unknown, "no brand is said");
    assert_eq!(takes(&mut acquirer, &wishing(1, 100, Some(17), None)), Ok(place(17, 1)));
    stands(ask(&mut acquirer, 501, Some(17), BatchDeed::Close(None)));
    let closed = Err(ResponseCode::FileClosed);
    assert_eq!(takes(&mut acquirer, &wishing(2, 100, Some(17), None)), closed);
    assert_eq!(takes(&mut acquirer, &wishing(2, 100, None, None)), unknown);
    assert_eq!(acquirer.captures().count(), 1);
}

#[test]
fn a_place_is_taken_once() {
    let mut acquirer = own_batches();
    stands(ask(&mut acquirer, 500, Some(1), BatchDeed::Open(Vec::new())));
    assert_eq!(takes(&mut acquirer, &wishing(1, 100, Some(1), Some(5))), Ok(place(1, 5)));
    for position in [0, 5, POSITION_MAX + 1, u64::MAX] {
        let taken = takes(&mut acquirer, &wishing(2, 100, Some(1), Some(position)));
        assert_eq!(taken, Err(ResponseCode::PlaceTaken), "{position}");
    }
    assert_eq!(takes(&mut acquirer, &wishing(2, 100, Some(1), None)), Ok(place(1, 6)));
    assert_eq!(takes(&mut acquirer, &wishing(3, 100, Some(1), Some(2))), Ok(place(1, 2)));
}

#[test]
fn a_batch_has_one_currency() {
    let mut acquirer = acquirer();
    takes(&mut acquirer, &wishing(1, 100, None, None)).expect("euros");
    let dollars = Currency::from_code("USD").and_then(|usd| Money::new(100, usd));
    let amount = dollars.expect("an amount");
    let named = CaptureAdvice { amount, ..wishing(2, 1, Some(1), None) };
    assert_eq!(takes(&mut acquirer, &named), Err(ResponseCode::BatchUnknown));
    let unnamed = CaptureAdvice { amount, ..wishing(2, 1, None, None) };
    assert_eq!(takes(&mut acquirer, &unnamed), Ok(place(2, 1)));
    assert_eq!(takes(&mut acquirer, &wishing(3, 100, None, None)), Ok(place(1, 2)));
}

#[test]
fn every_refusal_of_a_deed_leaves_everything_as_it_was() {
    let mut acquirer = own_batches();
    stands(ask(&mut acquirer, 500, Some(1), BatchDeed::Open(Vec::new())));
    takes(&mut acquirer, &wishing(1, 100, Some(1), None)).expect("it is open");
    stands(ask(&mut acquirer, 501, Some(2), BatchDeed::Open(Vec::new())));
    stands(ask(&mut acquirer, 502, Some(2), BatchDeed::Purge));
    let wanted = |from| LinesWanted { from, at_most: 5, only_failed: false, brand: None };
    for (batch, deed, why) in [
        (Some(1), BatchDeed::Open(Vec::new()), BatchRefusal::Known),
        (Some(2), BatchDeed::Open(Vec::new()), BatchRefusal::Closed),
        (Some(NUMBER_TOO_GREAT), BatchDeed::Open(Vec::new()), BatchRefusal::Unavailable),
        (Some(2), BatchDeed::Close(None), BatchRefusal::Closed),
        (Some(2), BatchDeed::Purge, BatchRefusal::Closed),
        (Some(1), BatchDeed::Purge, BatchRefusal::Unavailable),
        (
            Some(1),
            BatchDeed::Close(Some((brand("Visor"), sums(0, 0, 1, 101)))),
            BatchRefusal::OutOfBalance,
        ),
        (
            Some(1),
            BatchDeed::Close(Some((brand("Visor"), sums(0, 0, 2, 100)))),
            BatchRefusal::OutOfBalance,
        ),
        (
            Some(1),
            BatchDeed::Close(Some((brand("Visor"), sums(1, 100, 0, 0)))),
            BatchRefusal::OutOfBalance,
        ),
        (Some(3), BatchDeed::Close(None), BatchRefusal::Unknown),
        (Some(3), BatchDeed::Look, BatchRefusal::Unknown),
        (Some(1), BatchDeed::Lines(wanted(2)), BatchRefusal::OutOfBalance),
        (Some(3), BatchDeed::Lines(wanted(0)), BatchRefusal::Unknown),
    ] {
        let decided = acquirer.ask_batch(&question(503, batch, deed.clone()), now());
        let refused = Decided::unchanged(BatchAnswer::Refused(why));
        assert_eq!(decided, refused, "{batch:?} {deed:?}");
    }
    assert_eq!(look(&mut acquirer, 1).totals, sums(0, 0, 1, 100));
    assert_eq!(acquirer.batches().count(), 2);
}

const NUMBER_TOO_GREAT: u64 = 999_999_999;

#[test]
fn the_batches_of_the_bank_are_not_the_merchants_to_open_or_close() {
    let mut acquirer = acquirer();
    takes(&mut acquirer, &wishing(1, 100, None, None)).expect("the bank opens one");
    let unavailable = BatchAnswer::Refused(BatchRefusal::Unavailable);
    for deed in [BatchDeed::Open(Vec::new()), BatchDeed::Close(None), BatchDeed::Purge] {
        assert_eq!(ask(&mut acquirer, 500, Some(1), deed.clone()), unavailable, "{deed:?}");
    }
    assert_eq!(stands(ask(&mut acquirer, 501, None, BatchDeed::Look)).batch, number(1));
}

#[test]
fn the_batch_of_another_merchant_is_unknown() {
    let mut acquirer = own_batches();
    stands(ask(&mut acquirer, 500, Some(17), BatchDeed::Open(Vec::new())));
    let other = MerchantId::parse("CHEZ-MARIE").expect("a name");
    let mut question = question(501, Some(17), BatchDeed::Close(None));
    question.merchant = other.clone();
    let unknown = BatchAnswer::Refused(BatchRefusal::Unknown);
    assert_eq!(acquirer.ask_batch(&question, now()).answer, unknown, "not signed up");
    acquirer.sign_up(Merchant { id: other, ..merchant() });
    assert_eq!(acquirer.ask_batch(&question, now()).answer, unknown);
    assert_eq!(look(&mut acquirer, 17).closed, None);
}

#[test]
fn a_question_asked_again_is_done_once() {
    let mut acquirer = own_batches();
    let open = stands(ask(&mut acquirer, 500, None, BatchDeed::Open(Vec::new())));
    let again = stands(ask(&mut acquirer, 500, None, BatchDeed::Open(Vec::new())));
    assert_eq!((open.batch, again), (number(1), open.clone()));
    let closed = stands(ask(&mut acquirer, 501, Some(1), BatchDeed::Close(None)));
    let again = stands(ask(&mut acquirer, 501, Some(1), BatchDeed::Close(None)));
    assert_eq!((closed.closed, again), (Some((ClosedBy::Merchant, now())), closed.clone()));
    assert_eq!(acquirer.batches().count(), 1);
}

#[test]
fn only_so_many_are_open_at_one_time() {
    let mut acquirer = own_batches();
    for trace in 0..OPEN_MAX {
        let trace = 500 + u32::try_from(trace).expect("a few");
        stands(ask(&mut acquirer, trace, None, BatchDeed::Open(Vec::new())));
    }
    let more = ask(&mut acquirer, 800, None, BatchDeed::Open(Vec::new()));
    assert_eq!(more, BatchAnswer::Refused(BatchRefusal::Unavailable));
}

#[test]
fn only_what_is_in_a_closed_batch_is_presented() {
    let mut acquirer = own_batches();
    stands(ask(&mut acquirer, 500, Some(1), BatchDeed::Open(Vec::new())));
    takes(&mut acquirer, &wishing(1, 100, Some(1), None)).expect("it is open");
    assert!(acquirer.clear(now()).answer.is_empty());
    stands(ask(
        &mut acquirer,
        501,
        Some(1),
        BatchDeed::Close(Some((brand("Visor"), sums(0, 0, 1, 100)))),
    ));
    assert_eq!(look(&mut acquirer, 1).progress, BatchProgress::Pending);
    let file = one_file(&mut acquirer).file;
    assert_eq!(file.items().len(), 1);
    assert_eq!(look(&mut acquirer, 1).progress, BatchProgress::InProgress);
    let settlement = Settlement::of(&file, now());
    acquirer.settled(&settlement, now()).map(drop).expect("it pays for the file");
    assert_eq!(look(&mut acquirer, 1).progress, BatchProgress::Done);
}

#[test]
fn a_batch_left_open_is_closed_by_the_bank_in_the_end() {
    let mut acquirer = own_batches();
    stands(ask(&mut acquirer, 500, Some(1), BatchDeed::Open(Vec::new())));
    takes(&mut acquirer, &wishing(1, 100, Some(1), None)).expect("it is open");
    let late = now().plus_s(OPEN_S_MAX);
    assert!(acquirer.clear(late).answer.is_empty());
    assert_eq!(acquirer.clear(late.plus_s(1)).answer.len(), 1);
    assert_eq!(look(&mut acquirer, 1).closed, Some((ClosedBy::Acquirer, late.plus_s(1))));
}

#[test]
fn clearing_closes_what_is_the_banks_and_the_next_item_opens_another() {
    let mut acquirer = acquirer();
    takes(&mut acquirer, &wishing(1, 100, None, None)).expect("the bank opens one");
    one_file(&mut acquirer);
    assert_eq!(look(&mut acquirer, 1).closed, Some((ClosedBy::Acquirer, now())));
    assert_eq!(takes(&mut acquirer, &wishing(2, 100, None, None)), Ok(place(2, 1)));
    assert_eq!(
        takes(&mut acquirer, &wishing(3, 100, Some(1), None)),
        Err(ResponseCode::FileClosed)
    );
}

#[test]
fn what_takes_back_is_counted_beside_the_sale_or_where_it_says_once_that_is_closed() {
    let mut acquirer = own_batches();
    for batch in [1, 2] {
        let trace = 500 + u32::try_from(batch).expect("small");
        stands(ask(&mut acquirer, trace, Some(batch), BatchDeed::Open(Vec::new())));
    }
    takes(&mut acquirer, &wishing(1, 1000, Some(1), None)).expect("it is open");
    let back = |own, batch| giving(RefundKind::CaptureReversal, 1, own, 100, batch);
    assert_eq!(acquirer.refund(&back(11, None), now()).answer, ResponseCode::Approved);
    assert_eq!(look(&mut acquirer, 1).totals, sums(1, 100, 1, 1000));
    stands(ask(&mut acquirer, 510, Some(1), BatchDeed::Close(None)));
    assert_eq!(acquirer.refund(&back(12, None), now()).answer, ResponseCode::FileClosed);
    assert_eq!(acquirer.refund(&back(12, Some(1)), now()).answer, ResponseCode::FileClosed);
    assert_eq!(acquirer.refund(&back(12, Some(9)), now()).answer, ResponseCode::BatchUnknown);
    assert_eq!(acquirer.refund(&back(12, Some(2)), now()).answer, ResponseCode::Approved);
    assert_eq!(acquirer.refund(&back(12, Some(2)), now()).answer, ResponseCode::Approved);
    assert_eq!(look(&mut acquirer, 2).totals, sums(1, 100, 0, 0));
    let file = one_file(&mut acquirer).file;
    assert_eq!(file.items()[0].amount, euro(800), "what both left of it");
}

#[test]
fn a_credit_and_what_takes_it_back_stand_on_their_sides() {
    let mut acquirer = own_batches();
    stands(ask(&mut acquirer, 500, Some(1), BatchDeed::Open(Vec::new())));
    takes(&mut acquirer, &wishing(1, 1000, None, None)).expect("it is open");
    let credit = giving(RefundKind::Credit, 1, 11, 300, None);
    assert_eq!(acquirer.refund(&credit, now()).answer, ResponseCode::Approved);
    let undone = giving(RefundKind::CreditReversal, 1, 12, 300, None);
    assert_eq!(acquirer.refund(&undone, now()).answer, ResponseCode::Approved);
    assert_eq!(look(&mut acquirer, 1).totals, sums(1, 300, 2, 1300));
}

#[test]
fn items_are_told_page_by_page_and_each_once() {
    let mut acquirer = acquirer();
    for at in 1..=7 {
        takes(&mut acquirer, &wishing(at, u64::from(at), None, None)).expect("it is open");
    }
    let (mut from, mut told) = (0, Vec::new());
    loop {
        let wanted = LinesWanted { from, at_most: 3, only_failed: false, brand: None };
        let answer = ask(&mut acquirer, 500, Some(1), BatchDeed::Lines(wanted));
        let BatchAnswer::Lines(page) = answer else { panic!("{answer:?}") };
        assert!(page.lines.len() <= 3);
        told.extend(page.lines.iter().map(|line| (line.position, line.amount.minor())));
        from = page.next;
        if from == 0 {
            break;
        }
    }
    assert_eq!(told, (1..=7).map(|at| (at, at)).collect::<Vec<_>>());
}

#[test]
fn failed_items_are_told_by_themselves() {
    let mut acquirer = acquirer();
    for at in 1..=3 {
        takes(&mut acquirer, &wishing(at, 100, None, None)).expect("it is open");
    }
    let file = one_file(&mut acquirer).file;
    let fault = (advice(2, 1).authorization, SaleFault::NoHold);
    let reason = RejectionReason::Sales(vec![fault]);
    let rejection = Rejection { file: file.id().clone(), at: now(), reason };
    acquirer.rejected(&rejection, now()).map(drop).expect("it names a sale of the file");
    let wanted = LinesWanted { from: 0, at_most: 9, only_failed: true, brand: None };
    let answer = ask(&mut acquirer, 500, Some(1), BatchDeed::Lines(wanted));
    let BatchAnswer::Lines(page) = answer else { panic!("{answer:?}") };
    assert_eq!(page.lines.iter().map(|line| line.position).collect::<Vec<_>>(), [2]);
    assert!(page.lines[0].is_failed);
    assert_eq!(look(&mut acquirer, 1).progress, BatchProgress::InProgress);
}

#[test]
fn a_bank_rebuilt_from_its_records_counts_the_same() {
    let mut acquirer = Acquirer::new(bank("999998"), "Demo Acquirer");
    let terms = Merchant { batches: BatchControl::Merchant, ..merchant() };
    acquirer.sign_up(terms.clone());
    let mut records = vec![AcquirerRecord::Merchant(terms)];
    let open = question(500, Some(4), BatchDeed::Open(Vec::new()));
    records.extend(acquirer.ask_batch(&open, now()).records);
    records.extend(acquirer.take_capture(&wishing(1, 900, None, None), now()).records);
    let refunds = [
        giving(RefundKind::CaptureReversal, 1, 11, 100, None),
        giving(RefundKind::Credit, 1, 12, 200, None),
        giving(RefundKind::CreditReversal, 1, 13, 200, None),
    ];
    for refund in &refunds {
        records.extend(acquirer.refund(refund, now()).records);
    }
    records
        .extend(acquirer.ask_batch(&question(501, Some(4), BatchDeed::Close(None)), now()).records);
    records
        .sort_by_key(|record| AcquirerRecord::KINDS.iter().position(|kind| *kind == record.kind()));
    let mut rebuilt = Acquirer::restore(bank("999998"), "Demo Acquirer", records).expect("whole");
    assert_eq!(look(&mut rebuilt, 4), look(&mut acquirer, 4));
    assert_eq!(look(&mut rebuilt, 4).totals, sums(2, 300, 2, 1100));
}

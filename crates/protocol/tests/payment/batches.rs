//! Batches, stepped by hand through shop and gateway: as it should go, and as dishonest parties
//! would have it.

use std::collections::BTreeMap;

use openset_crypto::Suite;
use openset_protocol::{
    gateway::{
        batch::{self, Detail, Details, Effect, GatewayBatch},
        capture::{self, AdviceAnswer},
    },
    merchant::{
        self, Break, CaptureRefused, Line, LineSet,
        batch::{Deed, Input, MerchantBatch, Said, key},
    },
    refusal::Refusal,
};
use openset_types::{
    BatchAnswer, BatchDeed, BatchLine, BatchNumber, BatchPlace, BatchProgress, BatchQuestion,
    BatchRefusal, BatchReport, BatchTotals, Brand, ClosedBy, RetrievalReference, Rrpid, Side,
};
use openset_wire::payment::{
    BaStatus, BatchAdminReqData, BatchAdminResData, BrandAndBin, CapCode, ReturnTransactionDetail,
    TransDetails,
};

use super::complaint::complain;
use crate::world::{self, Cast, Done, Party, World, eur, forge, message, now};

/// A shop with a batch, and its gateway.
struct Till {
    world: World,
    shop: Party<MerchantBatch>,
    gateway: Party<GatewayBatch>,
    brand: Brand,
}

fn number(number: u64) -> BatchNumber {
    BatchNumber::new(number).expect("a small number")
}

fn line(position: u64, side: Side, minor: u64) -> Line {
    let octets = [u8::try_from(position).expect("a few"); 20];
    Line { position, authorization: Rrpid::new(octets), side, amount: eur(minor) }
}

impl Till {
    fn in_suite(suite: Suite) -> Self {
        let world = World::in_suite(suite);
        let house = &world.pki.house;
        let shop = world::shop(house, &house.merchant, "ATELIER-LUMEN-001", &house.gateway);
        let gateway = world::gateway(house, &house.gateway);
        let (trust, brand) = (world.pki.trust(), house.brand.clone());
        let gateway = Party::new(gateway, world.pki.trust());
        Self { shop: Party::new(shop, trust), gateway, brand, world }
    }

    fn new() -> Self {
        Self::in_suite(Suite::Modern)
    }

    fn key(&self) -> Vec<u8> {
        key(&self.brand, number(17))
    }

    fn command(&mut self, deed: Deed, own: &[Line]) -> Result<Done<MerchantBatch>, Refusal> {
        let (brand, own) = (self.brand.clone(), LineSet::new(own.to_vec()));
        let input = Input::Ask { brand, number: number(17), deed, own };
        let key = self.key();
        self.shop.command(&key, input, &mut self.world)
    }

    /// The shop asks: gives the message.
    fn asks(&mut self, deed: Deed, own: &[Line]) -> Vec<u8> {
        self.command(deed, own).expect("a question").ask()
    }

    fn takes(&mut self, octets: &[u8]) -> Done<GatewayBatch> {
        self.gateway.request(octets, &mut self.world).expect("a good request")
    }

    fn bank_says(
        &mut self,
        done: &Done<GatewayBatch>,
        answer: BatchAnswer,
        details: Details,
    ) -> Done<GatewayBatch> {
        let input = batch::Input::Answered { answer, details };
        self.gateway.command(&done.key, input, &mut self.world).expect("an answer")
    }

    fn hears(&mut self, octets: &[u8]) -> Result<Done<MerchantBatch>, Refusal> {
        let key = self.key();
        self.shop.answer(&key, octets, &mut self.world)
    }

    fn said(&self) -> Option<Said> {
        Some(self.shop.state(&self.key())?.last?.said)
    }

    /// What a bank has that counts these lines.
    fn report(&self, lines: &[Line]) -> Box<BatchReport> {
        let totals = LineSet::new(lines.to_vec()).totals().expect("one currency");
        Box::new(BatchReport {
            batch: number(17),
            opened_at: now(),
            closed: None,
            progress: BatchProgress::Pending,
            totals,
            brands: BTreeMap::from([(self.brand.clone(), totals)]),
        })
    }

    fn details(&self, lines: &[Line], next: u64) -> Details {
        let lines = lines.iter().map(|line| Detail {
            line: BatchLine {
                position: line.position,
                own: RetrievalReference::parse("632708000400").expect("twelve digits"),
                brand: Some(self.brand.clone()),
                side: line.side,
                amount: line.amount,
                is_failed: false,
            },
            authorization: line.authorization,
            trans_ids: trans_ids(),
        });
        Details { lines: lines.collect(), next }
    }

    /// From the command to the answer: what the gateway is told by the bank.
    fn does(&mut self, deed: Deed, own: &[Line], answer: BatchAnswer) -> BaStatus {
        let asked = self.asks(deed, own);
        let done = self.takes(&asked);
        question(&done);
        let answered = self.bank_says(&done, answer, Details::default()).reply();
        self.hears(&answered).expect("a good answer");
        match self.said() {
            Some(Said::Status(status)) => status,
            other => panic!("a status, not {other:?}"),
        }
    }

    /// What the gateway answers to a changed request, without asking the bank.
    fn forged(&mut self, deed: Deed, change: impl FnOnce(&mut BatchAdminReqData)) -> BaStatus {
        let asked = self.asks(deed, &[]);
        let pki = &self.world.pki;
        let forged = forge::batch_admin_req(&asked, pki, &pki.house.merchant, change);
        let done = self.takes(&forged);
        assert!(done.own().is_empty(), "the bank is not asked");
        let data = forge::administered(&done.reply(), &self.world.pki);
        assert!(data.batch_status.is_none() && data.trans_details.is_none());
        data.ba_status.expect("a status")
    }

    fn reconciles(&mut self, own: &[Line], theirs: &[Line]) -> Vec<Break> {
        let asked = self.asks(Deed::Reconcile, own);
        let done = self.takes(&asked);
        let stands = BatchAnswer::Stands(self.report(theirs));
        let reading = self.bank_says(&done, stands, Details::default());
        assert!(matches!(question(&reading).deed, BatchDeed::Lines(_)));
        let details = self.details(theirs, 0);
        let answered = self.bank_says(&reading, BatchAnswer::Lines(Default::default()), details);
        self.hears(&answered.reply()).expect("a good answer");
        self.shop.state(&self.key()).expect("a batch").compared.expect("compared").breaks
    }
}

fn trans_ids() -> openset_protocol::octets::Octets {
    let ids = openset_wire::types::TransIds {
        lid_c: openset_types::LidC::new(&[8; 20]).expect("twenty octets").into(),
        lid_m: None,
        xid: openset_types::Xid::new([9; 20]).into(),
        p_req_date: now().into(),
        pay_sys_id: None,
        language: openset_types::Language::parse("en").expect("a tag").into(),
    };
    openset_wire::der::encode(&ids).expect("encodable").into()
}

fn question(done: &Done<GatewayBatch>) -> BatchQuestion {
    let [Effect::AskAcquirer(question)] = done.own()[..] else { panic!("the bank is asked once") };
    (**question).clone()
}

fn totals(credits: u64, credit: u64, debits: u64, debit: u64) -> BatchTotals {
    BatchTotals { credits, credit: eur(credit), debits, debit: eur(debit) }
}

#[test]
fn a_batch_is_opened_looked_at_and_closed_in_both_suites() {
    for suite in [Suite::Modern, Suite::Set10] {
        let mut till = Till::in_suite(suite);
        let items = [line(1, Side::Debit, 4200), line(2, Side::Credit, 1200)];
        let asked = till.asks(Deed::Open, &[]);
        assert_eq!(message(&asked).name(), "BatchAdminReq");
        let done = till.takes(&asked);
        let asked = question(&done);
        assert_eq!((asked.batch, asked.deed), (Some(number(17)), brands(&till)));
        let stands = BatchAnswer::Stands(till.report(&[]));
        let answered = till.bank_says(&done, stands, Details::default()).reply();
        assert_eq!(message(&answered).name(), "BatchAdminRes");
        till.hears(&answered).expect("a good answer");
        assert!(till.shop.state(&till.key()).expect("a batch").is_open());
        let report = till.report(&items);
        let status = till.does(Deed::Look, &items, BatchAnswer::Stands(report));
        assert_eq!(status, BaStatus::Success);
        let mut report = till.report(&items);
        report.closed = Some((ClosedBy::Merchant, now()));
        let status = till.does(Deed::Close, &items, BatchAnswer::Stands(report.clone()));
        assert_eq!(status, BaStatus::Success);
        let state = till.shop.state(&till.key()).expect("a batch");
        assert_eq!(state.report.expect("told").report, *report);
    }
}

fn brands(till: &Till) -> BatchDeed {
    BatchDeed::Open(vec![till.brand.clone()])
}

#[test]
fn closing_says_to_the_bank_what_the_merchant_has() {
    let mut till = Till::new();
    let items = [line(1, Side::Debit, 4200), line(2, Side::Credit, 1200)];
    let asked = till.asks(Deed::Close, &items);
    let done = till.takes(&asked);
    let sums = (till.brand.clone(), totals(1, 1200, 1, 4200));
    assert_eq!(question(&done).deed, BatchDeed::Close(Some(sums)));
}

#[test]
fn every_word_of_the_bank_has_its_status_and_changes_nothing_else() {
    let mut till = Till::new();
    for (answer, status) in [
        (BatchAnswer::Refused(BatchRefusal::Unknown), BaStatus::UnknownBatchId),
        (BatchAnswer::Refused(BatchRefusal::Known), BaStatus::BatchAlreadyOpen),
        (BatchAnswer::Refused(BatchRefusal::Closed), BaStatus::BatchAlreadyClosed),
        (BatchAnswer::Refused(BatchRefusal::OutOfBalance), BaStatus::UnknownTransactionDetail),
        (BatchAnswer::Refused(BatchRefusal::Unavailable), BaStatus::BatchIdUnavailable),
        (BatchAnswer::Refused(BatchRefusal::PlaceTaken), BaStatus::BatchIdUnavailable),
        (BatchAnswer::NoAnswer, BaStatus::CommunicationsError),
    ] {
        assert_eq!(till.does(Deed::Open, &[], answer), status);
        assert_eq!(till.shop.state(&till.key()).expect("a batch").report, None);
    }
}

#[test]
fn what_is_wrong_by_itself_is_not_said_to_the_bank() {
    type Change = fn(&mut BatchAdminReqData);
    let wanted = |starting_point| ReturnTransactionDetail {
        starting_point,
        maximum_items: 5,
        errors_only_ind: false,
        brand_id: Some(Brand::parse("Mondo").expect("a name").into()),
    };
    let mut foreign = wanted(0);
    let mut below = wanted(-1);
    below.brand_id = None;
    let mut till = Till::new();
    let changes: [(Change, BaStatus); 3] = [
        (|data| data.batch_id = Some(u64::MAX), BaStatus::UnknownBatchId),
        (|data| data.brand_and_bin_seq = Some(vec![other_brand()]), BaStatus::BrandNotSupported),
        (
            |data| {
                let of_ours = data.brand_and_bin_seq.as_mut().expect("it opens");
                of_ours[0].bin = Some(openset_types::Bin::parse("123456").expect("six").into());
            },
            BaStatus::UnknownBin,
        ),
    ];
    for (change, status) in changes {
        assert_eq!(till.forged_anew(Deed::Open, change), status);
    }
    foreign.maximum_items = 1;
    let status =
        till.forged_anew(Deed::Look, |data| data.return_transaction_detail = Some(foreign));
    assert_eq!(status, BaStatus::BrandNotSupported);
    let status = till.forged_anew(Deed::Look, |data| data.return_transaction_detail = Some(below));
    assert_eq!(status, BaStatus::UnknownTransactionDetail);
}

fn other_brand() -> BrandAndBin {
    BrandAndBin { brand_id: Brand::parse("Mondo").expect("a name").into(), bin: None }
}

impl Till {
    /// A forged request of a fresh till: a question is asked one at a time.
    fn forged_anew(&mut self, deed: Deed, change: impl FnOnce(&mut BatchAdminReqData)) -> BaStatus {
        *self = Self::new();
        self.forged(deed, change)
    }
}

#[test]
fn sums_and_items_that_the_bank_does_not_have_are_said_to_differ() {
    let mut till = Till::new();
    let items = [line(1, Side::Debit, 4200)];
    let asked = till.asks(Deed::Reconcile, &[line(1, Side::Debit, 4300)]);
    let done = till.takes(&asked);
    let stands = BatchAnswer::Stands(till.report(&items));
    let reading = till.bank_says(&done, stands, Details::default());
    let details = till.details(&items, 0);
    let answered = till.bank_says(&reading, BatchAnswer::Lines(Default::default()), details);
    let data = forge::administered(&answered.reply(), &till.world.pki);
    assert_eq!(data.ba_status, Some(BaStatus::UnknownTransactionDetail));
    assert!(data.batch_status.is_some() && data.trans_details.is_some(), "and what it has");
}

#[test]
fn a_merchant_s_own_items_are_held_against_the_bank_s() {
    for (minor, status) in [(4200, BaStatus::Success), (4201, BaStatus::UnknownTransactionDetail)] {
        let mut till = Till::new();
        let asked = till.asks(Deed::Look, &[]);
        let pki = &till.world.pki;
        let item = line(1, Side::Debit, minor);
        let claimed = transaction(&till, &item);
        let forged = forge::batch_admin_req(&asked, pki, &pki.house.merchant, |data| {
            let page =
                TransDetails { next_starting_point: 0, transaction_detail_seq: vec![claimed] };
            data.trans_details = Some(page);
        });
        let done = till.takes(&forged);
        let items = [line(1, Side::Debit, 4200)];
        let stands = BatchAnswer::Stands(till.report(&items));
        let reading = till.bank_says(&done, stands, Details::default());
        let details = till.details(&items, 0);
        let answered = till.bank_says(&reading, BatchAnswer::Lines(Default::default()), details);
        let data = forge::administered(&answered.reply(), &till.world.pki);
        assert_eq!(data.ba_status, Some(status), "{minor}");
    }
}

fn transaction(till: &Till, line: &Line) -> openset_wire::payment::TransactionDetail {
    openset_wire::payment::TransactionDetail {
        trans_ids: openset_wire::der::decode(trans_ids().as_ref()).expect("our own"),
        auth_rrpid: line.authorization.into(),
        brand_id: till.brand.clone().into(),
        batch_sequence_num: line.position,
        reimbursement_id: None,
        transaction_amt: line.amount.into(),
        transaction_amt_type: openset_wire::payment::AmountType::Debit,
        transaction_status: None,
        trans_extensions: None,
    }
}

#[test]
fn a_shop_names_every_difference() {
    let mut till = Till::new();
    let items = [line(1, Side::Debit, 4200), line(2, Side::Credit, 1200)];
    assert_eq!(till.reconciles(&items, &items), []);
    let mut till = Till::new();
    let breaks = till.reconciles(&items, &items[..1]);
    assert_eq!(
        breaks,
        [
            Break::Count { side: Side::Credit, ours: 1, theirs: 0 },
            Break::Sum { side: Side::Credit, ours: eur(1200), theirs: eur(0) },
            Break::Missing { ours: items[1].clone() },
        ]
    );
}

#[test]
fn items_are_read_page_by_page_to_the_end() {
    let mut till = Till::new();
    let items: Vec<_> = (1..=3).map(|at| line(at, Side::Debit, 100)).collect();
    let mut asked = till.asks(Deed::Reconcile, &items);
    for (page, next) in [(&items[..2], 3), (&items[2..], 0)] {
        let done = till.takes(&asked);
        let stands = BatchAnswer::Stands(till.report(&items));
        let reading = till.bank_says(&done, stands, Details::default());
        let details = till.details(page, next);
        let answered = till.bank_says(&reading, BatchAnswer::Lines(Default::default()), details);
        let heard = till.hears(&answered.reply()).expect("a good answer");
        if next > 0 {
            asked = heard.ask();
        }
    }
    let state = till.shop.state(&till.key()).expect("a batch");
    assert_eq!(state.compared.expect("compared").breaks, []);
    assert_eq!(state.asked, None);
}

#[test]
fn a_gateway_that_tells_items_in_a_circle_is_not_followed() {
    let mut till = Till::new();
    let items = [line(2, Side::Debit, 100)];
    for next in [1, 2] {
        let asked = match till.shop.state(&till.key()) {
            None => till.asks(Deed::Reconcile, &items),
            Some(_) => break,
        };
        let done = till.takes(&asked);
        let stands = BatchAnswer::Stands(till.report(&items));
        let reading = till.bank_says(&done, stands, Details::default());
        let details = till.details(&items, next);
        let answered = till.bank_says(&reading, BatchAnswer::Lines(Default::default()), details);
        let refused = till.hears(&answered.reply()).err();
        assert_eq!(refused, Some(Refusal::GatewayAnsweredAnother), "{next}");
    }
}

#[test]
fn only_one_question_is_asked_at_a_time() {
    let mut till = Till::new();
    till.asks(Deed::Open, &[]);
    assert_eq!(till.command(Deed::Close, &[]).err(), Some(Refusal::CommandOutOfTurn));
}

#[test]
fn an_answer_to_another_question_is_dropped() {
    type Change = fn(&mut BatchAdminResData);
    let changes: [Change; 3] = [
        |data| data.batch_id = 18,
        |data| {
            let other = openset_types::MerchantId::parse("CHEZ-MARIE").expect("a name");
            data.batch_admin_tags.mer_term_ids.merchant_id = other.into();
        },
        |data| data.batch_admin_tags.rrpid = Rrpid::new([1; 20]).into(),
    ];
    for change in changes {
        let mut till = Till::new();
        let asked = till.asks(Deed::Open, &[]);
        let done = till.takes(&asked);
        let stands = BatchAnswer::Stands(till.report(&[]));
        let answered = till.bank_says(&done, stands, Details::default()).reply();
        let pki = &till.world.pki;
        let forged = forge::batch_admin_res(&answered, pki, &pki.house.gateway.signature, change);
        assert!(till.hears(&forged).is_err());
        assert!(till.shop.state(&till.key()).expect("a batch").asked.is_some(), "it waits on");
        till.hears(&answered).expect("the good answer");
    }
}

#[test]
fn another_gateway_s_answer_is_dropped() {
    let mut till = Till::new();
    let asked = till.asks(Deed::Open, &[]);
    let done = till.takes(&asked);
    let stands = BatchAnswer::Stands(till.report(&[]));
    let answered = till.bank_says(&done, stands, Details::default()).reply();
    let pki = &till.world.pki;
    let other = &pki.house.other_gateway.signature;
    let forged = forge::batch_admin_res(&answered, pki, other, |_| ());
    assert_eq!(till.hears(&forged).err(), Some(Refusal::GatewayAnsweredAnother));
}

#[test]
fn a_merchant_asks_in_its_own_name() {
    let mut till = Till::new();
    let asked = till.asks(Deed::Close, &[]);
    let pki = &till.world.pki;
    let forged = forge::batch_admin_req(&asked, pki, &pki.house.other_merchant, |_| ());
    let refused = till.gateway.request(&forged, &mut till.world).err();
    assert_eq!(refused, Some(Refusal::MerchantNamedAnother));
    let pki = &till.world.pki;
    let forged = forge::batch_admin_req(&asked, pki, &pki.foreign.merchant, |_| ());
    assert!(till.gateway.request(&forged, &mut till.world).is_err());
    assert!(till.gateway.states.is_empty(), "nothing is stored");
}

#[test]
fn a_gateway_that_stopped_asks_the_same_again_and_answers_once() {
    let mut till = Till::new();
    let asked = till.asks(Deed::Open, &[]);
    let done = till.takes(&asked);
    let first = question(&done);
    let input = batch::Input::Interrupted(Box::new(first.clone()));
    let again = till.gateway.command(&done.key, input, &mut till.world).expect("taken up");
    assert_eq!(question(&again), first);
    let stands = BatchAnswer::Stands(till.report(&[]));
    assert!(till.bank_says(&done, stands.clone(), Details::default()).answers());
    assert!(!till.bank_says(&done, stands, Details::default()).answers());
    let input = batch::Input::Interrupted(Box::new(first));
    let late = till.gateway.command(&done.key, input, &mut till.world).expect("taken up");
    assert!(late.own().is_empty());
}

#[test]
fn an_error_ends_the_question_if_it_is_the_last_word() {
    for (refusal, is_last) in [(Refusal::PartsNotLinked, true), (Refusal::SenderSentTooLate, false)]
    {
        let mut till = Till::new();
        let asked = till.asks(Deed::Open, &[]);
        let pki = &till.world.pki;
        let error = complain(&refusal, &asked, Some(&pki.house.gateway), pki).expect("an answer");
        assert_eq!(till.hears(&error).is_ok(), is_last, "{refusal}");
        assert_eq!(till.said(), is_last.then_some(Said::WithError));
    }
}

#[test]
fn a_capture_that_fits_no_batch_is_refused_and_may_be_asked_for_again() {
    const ORDER: &[u8] = b"1042";
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let place = BatchPlace { batch: number(17), position: 3 };
    for (answer, code) in [
        (AdviceAnswer::NotCounted(BatchRefusal::Unknown), Some(CapCode::BatchUnknown)),
        (AdviceAnswer::NotCounted(BatchRefusal::Closed), Some(CapCode::BatchClosed)),
        (AdviceAnswer::NotCounted(BatchRefusal::PlaceTaken), Some(CapCode::DuplicateRequest)),
        (AdviceAnswer::NotCounted(BatchRefusal::Unavailable), Some(CapCode::UnspecifiedFailure)),
        (AdviceAnswer::Counted(place), None),
    ] {
        let asked = cast.capture(ORDER, eur(4200));
        let done = cast.captures.request(&asked, &mut cast.world).expect("a good request");
        let [capture::Effect::AdviseCapture(advice)] = done.own()[..] else { panic!("one advice") };
        let wish = advice.batch.clone().expect("the gateway names its brand");
        assert_eq!((wish.brand, wish.batch), (cast.world.pki.house.brand.clone(), None));
        let retrieval = advice.trace.retrieval.clone();
        let input = capture::Input::Advised { retrieval, answer };
        let said = cast.captures.command(&done.key, input, &mut cast.world).expect("an outcome");
        cast.shop.answer(ORDER, &said.reply(), &mut cast.world).expect("a good answer");
        match (cast.shop_stage(ORDER), code) {
            (merchant::Stage::Authorized(held), Some(code)) => {
                assert_eq!(held.capture_refused, Some(CaptureRefused::Because(code)));
            }
            (merchant::Stage::Captured(captured), None) => assert_eq!(captured.place, Some(place)),
            (other, code) => panic!("{code:?}: {other:?}"),
        }
    }
}

//! Two real banks, audited without a gateway or a merchant: what they decide follows from what they
//! said, in two currencies, with refusals, repeats and disputes.

use std::collections::BTreeMap;

use openset_bank::{
    acquirer::{Acquirer, AcquirerRecord, Fees, Merchant},
    clearing::{Flow, Presentation},
    iso8583::{
        Dialect, Message as Fields, ResponseCode,
        words::{
            CaptureKind, RefundTelling, ReversalKind, authorization, capture, refund, respond,
            reversal,
        },
    },
    iso20022::{camt_053, camt_054, pacs_002, pacs_009, pain_001},
    issuer::{CardAccount, FileAnswer, Issuer, IssuerRecord, Standing},
    ledger::CardId,
};
use openset_types::{
    AuthorizationRequest, Bin, CaptureAdvice, CardExpiry, Currency, MerchantCategory, MerchantId,
    Money, Pan, RefundAdvice, RefundKind, RetrievalReference, ReversalAdvice, SystemTrace, Trace,
    UnixTime,
};

use crate::{Message, Party, Report, Role, Testimony, Way, What, audit};

const CARD: &str = "9999990000064242";

/// What a party keeps: its messages, and the last record of each key.
#[derive(Default)]
struct Kept {
    messages: Vec<(Way, String, Vec<u8>)>,
    records: BTreeMap<(&'static str, String), Vec<u8>>,
}

struct Street {
    issuer: Issuer,
    acquirer: Acquirer,
    at_issuer: Kept,
    at_acquirer: Kept,
    now: UnixTime,
}

impl Kept {
    fn cross(&mut self, way: Way, name: &str, octets: Vec<u8>) {
        self.messages.push((way, name.to_owned(), octets));
    }

    fn fields(&mut self, way: Way, message: &Fields) {
        let octets = Dialect::openset_87().write(&message.masked()).expect("of the dialect");
        self.cross(way, message.mti().as_str(), octets);
    }

    fn testimony(&self, role: Role, folder: &str) -> Testimony {
        let mut testimony = Testimony::of(Party { role, folder: folder.to_owned() });
        for ((way, name, octets), number) in self.messages.iter().zip(1..) {
            testimony.hear(Message {
                number,
                way: *way,
                sender: "one bank",
                recipient: "another",
                name,
                xid: None,
                rrpid: None,
                octets,
            });
        }
        for ((kind, _), state) in &self.records {
            testimony.note(kind, state);
        }
        testimony
    }
}

fn bin(text: &str) -> Bin {
    Bin::parse(text).expect("six digits")
}

fn money(minor: u64, code: &str) -> Money {
    Money::new(minor, Currency::from_code(code).expect("known")).expect("an amount")
}

fn merchant() -> MerchantId {
    MerchantId::parse("A-SHOP-WITH-A-LONG-NAME").expect("printable")
}

fn trace(reference: u32, at: UnixTime) -> Trace {
    Trace {
        retrieval: RetrievalReference::parse(&format!("{reference:012}")).expect("twelve digits"),
        system: SystemTrace::parse(&format!("{:06}", reference % 1_000_000)).expect("six digits"),
        asked_at: at,
    }
}

impl Street {
    fn open() -> Self {
        let mut issuer = Issuer::new(bin("999999"));
        for (id, digits, code) in [(1, CARD, "EUR"), (2, "9999990000040002", "JPY")] {
            issuer.open(CardAccount {
                id: CardId(id),
                pan: Pan::parse(digits).expect("a test number"),
                expiry: CardExpiry::parse("202912").expect("a month"),
                credit_line: money(1_000_000, code),
                day_limit: money(1_000_000, code),
                standing: Standing::Open,
            });
        }
        let shop = Merchant {
            id: merchant(),
            name: "A Shop".to_owned(),
            account: "ACCOUNT-1".to_owned(),
            fees: Fees::new(120, Vec::new()).expect("a small share"),
            earlier_fees: Vec::new(),
            batches: openset_bank::acquirer::BatchControl::Acquirer,
        };
        let mut acquirer = Acquirer::new(bin("999998"), "An Acquirer");
        acquirer.sign_up(shop.clone());
        let now = UnixTime::parse_generalized("20261123081500Z").expect("a real moment");
        let (at_issuer, at_acquirer) = (Kept::default(), Kept::default());
        let mut street = Self { issuer, acquirer, at_issuer, at_acquirer, now };
        street.acquirer_keeps(vec![AcquirerRecord::Merchant(shop)]);
        street
    }

    fn issuer_keeps(&mut self, records: Vec<IssuerRecord>) {
        for record in records {
            let state = serde_json::to_vec(&record).expect("JSON");
            self.at_issuer.records.insert((record.kind(), record.key()), state);
        }
        // The auditor reads no more than these.
        self.at_issuer.records.retain(|(kind, _), _| Role::Issuer.books().contains(kind));
    }

    fn acquirer_keeps(&mut self, records: Vec<AcquirerRecord>) {
        for record in records {
            let state = serde_json::to_vec(&record).expect("JSON");
            self.at_acquirer.records.insert((record.kind(), record.key()), state);
        }
    }

    fn ask_issuer(&mut self, message: &Fields) -> Option<Fields> {
        let decided = self.issuer.answer(message, self.now, 7);
        self.at_issuer.fields(Way::In, message);
        if let Some(answer) = &decided.answer {
            self.at_issuer.fields(Way::Out, answer);
        }
        self.issuer_keeps(decided.records);
        decided.answer
    }

    fn authorize(&mut self, reference: u32, amount: Money) -> Option<String> {
        let digits = if amount.currency() == Currency::EUR { CARD } else { "9999990000040002" };
        let request = AuthorizationRequest {
            trace: trace(reference, self.now),
            pan: Pan::parse(digits).expect("a test number"),
            expiry: CardExpiry::parse("202912").expect("a month"),
            amount,
            merchant: merchant(),
            category: MerchantCategory::parse("5999").expect("four digits"),
        };
        let answer = self.ask_issuer(&authorization(&request, &bin("999998")))?;
        answer.text(38).map(str::to_owned)
    }

    fn reverse(&mut self, kind: ReversalKind, reference: u32, amount: Money) {
        let advice = ReversalAdvice {
            original: trace(reference, self.now),
            trace: trace(reference + 500_000, self.now),
            pan: Pan::parse(CARD).expect("a test number"),
            amount,
            remains: Money::zero(amount.currency()),
            merchant: merchant(),
        };
        self.ask_issuer(&reversal(kind, &advice, &bin("999998"))).expect("an answer");
    }

    fn capture(&mut self, kind: CaptureKind, reference: u32, approval: &str, amount: Money) {
        let advice = CaptureAdvice {
            trace: trace(reference + 700_000, self.now),
            authorization: trace(reference, self.now).retrieval,
            approval_code: openset_types::ApprovalCode::parse(approval).expect("six characters"),
            issuer: bin("999999"),
            amount,
            merchant: merchant(),
            batch: None,
        };
        let message = capture(kind, &advice, &bin("999998"));
        let decided = self.acquirer.answer(&message, self.now);
        self.at_acquirer.fields(Way::In, &message);
        self.at_acquirer.fields(Way::Out, &decided.answer.expect("an answer"));
        self.acquirer_keeps(decided.records);
    }

    /// A merchant gives back, or keeps, under a reference of this number.
    fn refund(
        &mut self,
        kind: RefundKind,
        own: u32,
        (reference, approval): (u32, &str),
        minor: u64,
    ) {
        let advice = RefundAdvice {
            kind,
            trace: trace(own, self.now),
            authorization: trace(reference, self.now).retrieval,
            approval_code: openset_types::ApprovalCode::parse(approval).expect("six characters"),
            issuer: bin("999999"),
            amount: money(minor, "EUR"),
            merchant: merchant(),
            batch: None,
        };
        for telling in [RefundTelling::First, RefundTelling::Again] {
            let message = refund(telling, &advice, &bin("999998"));
            let decided = self.acquirer.answer(&message, self.now);
            let answer = decided.answer.expect("an answer");
            assert_eq!(answer.text(39), Some("00"), "{kind:?} {minor}");
            self.at_acquirer.fields(Way::In, &message);
            self.at_acquirer.fields(Way::Out, &answer);
            self.acquirer_keeps(decided.records);
        }
    }

    /// A run of clearing; what comes back and is not heard is presented again at the next.
    fn clear(&mut self, is_heard: bool) {
        let decided = self.acquirer.clear(self.now);
        self.acquirer_keeps(decided.records);
        for cleared in decided.answer {
            let octets = camt_054::write(&cleared.file, cleared.presentation).expect("a file");
            self.at_acquirer.cross(Way::Out, "camt.054", octets.clone());
            self.at_issuer.cross(Way::In, "camt.054", octets);
            let taken = self.issuer.take_file(&cleared.file, cleared.presentation, self.now);
            let decided = taken.expect("sums that fit");
            self.issuer_keeps(decided.records);
            let (name, octets) = match &decided.answer {
                FileAnswer::Settled(paid) => ("pacs.009", pacs_009::write(paid)),
                FileAnswer::Rejected(no) => ("pacs.002", pacs_002::write(no)),
            };
            let octets = octets.expect("a document");
            self.at_issuer.cross(Way::Out, name, octets.clone());
            if !is_heard {
                continue;
            }
            self.at_acquirer.cross(Way::In, name, octets);
            let booked = match &decided.answer {
                FileAnswer::Settled(paid) => self.acquirer.settled(paid, self.now),
                FileAnswer::Rejected(no) => self.acquirer.rejected(no, self.now),
            };
            self.acquirer_keeps(booked.expect("of our own file").records);
        }
        self.credit();
    }

    fn credit(&mut self) {
        let decided = self.acquirer.credit_merchants(self.now).expect("sums that fit");
        self.acquirer_keeps(decided.records);
        for credit in decided.answer {
            let shop = self.acquirer.merchants().next().expect("one").clone();
            let institution = self.acquirer.institution().clone();
            let payer = pain_001::Payer { institution: &institution, name: "An Acquirer" };
            if credit.flow == Flow::Sale {
                let order = pain_001::write(payer, &shop, &credit).expect("an order");
                self.at_acquirer.cross(Way::Out, "pain.001", order);
            }
            let statement = self.acquirer.statement_of(&credit, self.now);
            let statement = camt_053::write(&statement.expect("it banks here")).expect("a file");
            self.at_acquirer.cross(Way::Out, "camt.053", statement);
        }
    }

    fn audit(&self) -> Report {
        let issuer = self.at_issuer.testimony(Role::Issuer, "issuer");
        let acquirer = self.at_acquirer.testimony(Role::Acquirer, "acquirer");
        audit(&[issuer, acquirer], self.now)
    }

    fn found(&self) -> Vec<What> {
        self.audit().differences.iter().map(|difference| difference.what).collect()
    }
}

#[test]
fn sales_in_two_currencies_are_derived_apart() {
    let mut street = Street::open();
    for (reference, amount) in [(1, money(4_200, "EUR")), (2, money(4_200, "JPY"))] {
        let approval = street.authorize(reference, amount).expect("a yes");
        street.capture(CaptureKind::Advice, reference, &approval, amount);
    }
    assert_eq!(street.authorize(3, money(2_000_000, "EUR")), None, "beyond the credit line");
    street.clear(true);
    let report = street.audit();
    assert_eq!(report.differences, []);
    assert_eq!(report.totals.len(), 2);
    for totals in report.totals.values() {
        assert_eq!((totals.authorized, totals.settled), (4_200, 4_200));
        assert_eq!((totals.fees, totals.credited), (50, 4_150));
    }
}

#[test]
fn what_is_said_twice_counts_once() {
    let mut street = Street::open();
    let amount = money(4_200, "EUR");
    let approval = street.authorize(1, amount).expect("a yes");
    assert_eq!(street.authorize(1, amount), Some(approval.clone()), "the same answer again");
    street.capture(CaptureKind::Advice, 1, &approval, amount);
    street.capture(CaptureKind::Repeat, 1, &approval, amount);
    street.clear(false);
    assert_eq!(street.found(), [], "paid, and not heard of yet");
    street.clear(true);
    let report = street.audit();
    assert_eq!(report.differences, []);
    let totals = report.totals[&Currency::EUR];
    assert_eq!((totals.authorized, totals.captured, totals.settled), (4_200, 4_200, 4_200));
}

#[test]
fn a_reversal_releases_and_one_that_comes_first_forbids() {
    let mut street = Street::open();
    let amount = money(4_200, "EUR");
    street.authorize(1, amount).expect("a yes");
    street.reverse(ReversalKind::Advice, 1, amount);
    street.reverse(ReversalKind::Repeat, 1, amount);
    street.reverse(ReversalKind::Request, 2, amount);
    assert_eq!(street.authorize(2, amount), None, "undone before it came");
    let report = street.audit();
    assert_eq!(report.differences, []);
    let totals = report.totals[&Currency::EUR];
    assert_eq!((totals.authorized, totals.undone), (4_200, 4_200));
}

#[test]
fn a_refused_file_is_disputed_and_the_other_sales_wait_again() {
    let mut street = Street::open();
    let amount = money(4_200, "EUR");
    for reference in [1, 2] {
        let approval = street.authorize(reference, amount).expect("a yes");
        street.capture(CaptureKind::Advice, reference, &approval, amount);
    }
    street.reverse(ReversalKind::Advice, 1, amount);
    street.clear(true);
    assert_eq!(street.found(), []);
    street.clear(true);
    let report = street.audit();
    assert_eq!(report.differences, []);
    let totals = report.totals[&Currency::EUR];
    assert_eq!((totals.captured, totals.settled), (8_400, 4_200));
}

#[test]
fn holds_expire_by_their_time_and_not_before() {
    let mut street = Street::open();
    street.authorize(1, money(4_200, "EUR")).expect("a yes");
    let asked = street.now;
    street.now = asked.plus_s(40 * 86_400);
    let expired = street.issuer.expire_holds(street.now);
    assert_eq!(expired.answer, 1);
    street.issuer_keeps(expired.records);
    assert_eq!(street.found(), []);
    street.now = asked;
    assert_eq!(street.found(), [What::HoldDiffers], "its time had not come");
}

#[test]
fn more_captured_than_held_is_found_at_the_banks_alone() {
    let mut street = Street::open();
    let approval = street.authorize(1, money(4_200, "EUR")).expect("a yes");
    street.capture(CaptureKind::Advice, 1, &approval, money(4_201, "EUR"));
    assert_eq!(street.found(), [What::CapturedMore]);
}

#[test]
fn a_question_that_was_never_answered_leaves_both_ways_open() {
    let mut street = Street::open();
    street.authorize(1, money(4_200, "EUR")).expect("a yes");
    street.at_issuer.messages.pop();
    assert_eq!(street.found(), []);
    street.at_issuer.records.retain(|(kind, _), _| *kind != "issuer.hold");
    assert_eq!(street.found(), []);
}

#[test]
fn a_type_of_message_that_nobody_has_said_anything_about_is_found() {
    let mut street = Street::open();
    for kind in [b"0200", b"0320"] {
        let mut octets = kind.to_vec();
        let approval = street.authorize(1, money(4_200, "EUR"));
        assert!(approval.is_some());
        octets.extend_from_slice(&street.at_issuer.messages[0].2[4..]);
        street.at_issuer.cross(Way::In, "other", octets);
        assert_eq!(street.found(), [What::MessageUnreadable]);
        street.at_issuer.messages.pop();
    }
    street.at_issuer.cross(Way::In, "0100", b"noise".to_vec());
    street.at_issuer.cross(Way::In, "camt.054", b"<Document/>".to_vec());
    assert_eq!(street.found(), [What::MessageUnreadable; 2]);
}

#[test]
fn a_file_that_comes_again_with_other_sales_is_found() {
    let mut street = Street::open();
    let amount = money(4_200, "EUR");
    let approval = street.authorize(1, amount).expect("a yes");
    street.capture(CaptureKind::Advice, 1, &approval, amount);
    street.clear(false);
    let file = street.acquirer.files().next().expect("one").file.clone();
    let again = camt_054::write(&file, Presentation::Again).expect("a file");
    let text = String::from_utf8(again).expect("XML").replace("42.00", "43.00");
    street.at_acquirer.cross(Way::Out, "camt.054", text.into_bytes());
    assert!(street.found().contains(&What::FileDiffers));
}

#[test]
fn a_hold_is_lowered_by_a_reversal_that_says_what_stays_and_never_raised() {
    let mut street = Street::open();
    let approval = street.authorize(1, money(4_200, "EUR")).expect("a yes");
    let advice = ReversalAdvice {
        original: trace(1, street.now),
        trace: trace(500_001, street.now),
        pan: Pan::parse(CARD).expect("a test number"),
        amount: money(4_200, "EUR"),
        remains: Money::zero(Currency::EUR),
        merchant: merchant(),
    };
    for (own, stays) in [("1", "000000003000"), ("2", "000000004000")] {
        let stays = format!("{stays}000000000000C00000000C00000000");
        let asked = reversal(ReversalKind::Advice, &advice, &bin("999998"));
        let asked = asked.with(63, format!("{own:0>12}")).with(95, stays);
        let answer = respond(&asked, ResponseCode::Approved).expect("a question");
        street.at_issuer.fields(Way::In, &asked);
        street.at_issuer.fields(Way::Out, &answer);
    }
    assert_eq!(street.found(), [What::HoldDiffers], "the hold is not lowered");
    let hold = street.at_issuer.records.iter_mut().find(|((kind, _), _)| *kind == "issuer.hold");
    let state = hold.expect("a hold").1;
    *state = String::from_utf8(state.clone()).expect("JSON").replace("4200", "3000").into_bytes();
    let report = street.audit();
    assert_eq!(report.differences, []);
    let totals = report.totals[&Currency::EUR];
    assert_eq!((totals.authorized, totals.undone), (4_200, 1_200));
    street.capture(CaptureKind::Advice, 1, &approval, money(3_001, "EUR"));
    assert_eq!(street.found(), [What::CapturedMore]);
}

/// A street where 42 euros were sold and paid.
fn sold() -> (Street, String) {
    let mut street = Street::open();
    let amount = money(4_200, "EUR");
    let approval = street.authorize(1, amount).expect("a yes");
    street.capture(CaptureKind::Advice, 1, &approval, amount);
    street.clear(true);
    (street, approval)
}

#[test]
fn what_is_taken_back_before_it_is_presented_is_never_asked_of_the_issuer() {
    let mut street = Street::open();
    let amount = money(4_200, "EUR");
    for reference in [1, 2] {
        let approval = street.authorize(reference, amount).expect("a yes");
        street.capture(CaptureKind::Advice, reference, &approval, amount);
        let whole = if reference == 1 { 1_200 } else { 4_200 };
        let kind = RefundKind::CaptureReversal;
        street.refund(kind, 800_000 + reference, (reference, &approval), whole);
    }
    assert_eq!(street.found(), []);
    street.clear(true);
    let report = street.audit();
    assert_eq!(report.differences, []);
    let totals = report.totals[&Currency::EUR];
    assert_eq!((totals.captured, totals.taken_back), (8_400, 5_400));
    assert_eq!((totals.settled, totals.given_back), (3_000, 0));
}

#[test]
fn credits_are_cleared_the_other_way_and_debited_without_a_fee() {
    let (mut street, approval) = sold();
    for (own, minor) in [(800_001, 1_000), (800_002, 500), (800_003, 500), (800_004, 200)] {
        street.refund(RefundKind::Credit, own, (1, &approval), minor);
    }
    street.refund(RefundKind::CreditReversal, 900_001, (1, &approval), 500);
    assert_eq!(street.found(), []);
    street.clear(false);
    assert_eq!(street.found(), [], "returned, and not heard of yet");
    street.clear(true);
    let report = street.audit();
    assert_eq!(report.differences, []);
    let totals = report.totals[&Currency::EUR];
    assert_eq!((totals.given_back, totals.returned, totals.debited), (1_700, 1_700, 1_700));
    assert_eq!((totals.settled, totals.credited, totals.fees), (4_200, 4_150, 50));
}

#[test]
fn a_credit_is_reckoned_by_the_terms_it_was_made_under() {
    let mut street = Street::open();
    let agree = |street: &mut Street, fees: Fees| {
        let agreed = street.acquirer.agree_fees(&merchant(), &fees);
        assert!(agreed.answer, "it banks here");
        street.acquirer_keeps(agreed.records);
    };
    for (reference, fixed) in [(1, 5), (2, 70), (3, 0)] {
        let fixed = vec![money(fixed, "EUR"), money(8, "JPY")];
        agree(&mut street, Fees::new(120, fixed).expect("terms"));
        let approval = street.authorize(reference, money(4200, "EUR")).expect("a yes");
        street.capture(CaptureKind::Advice, reference, &approval, money(4200, "EUR"));
        street.clear(true);
        street.credit();
    }
    assert_eq!(street.found(), []);
    let fees: Vec<_> = street.acquirer.credits().map(|credit| credit.fee).collect();
    assert_eq!(fees, [55, 120, 50].map(|minor| money(minor, "EUR")));
}

#[test]
fn a_fee_that_was_agreed_by_nobody_is_found() {
    let (mut street, _) = sold();
    street.credit();
    assert_eq!(street.found(), []);
    let dearer = Fees::new(9_000, Vec::new()).expect("terms");
    let books = street.acquirer.merchants().next().cloned().expect("a merchant");
    street.acquirer_keeps(vec![AcquirerRecord::Merchant(Merchant { fees: dearer, ..books })]);
    assert!(street.found().contains(&What::CreditDiffers), "{:?}", street.found());
}

#[test]
fn credits_of_a_disputed_sale_are_disputed_with_it() {
    let mut street = Street::open();
    let amount = money(4_200, "EUR");
    let approval = street.authorize(1, amount).expect("a yes");
    street.capture(CaptureKind::Advice, 1, &approval, amount);
    street.refund(RefundKind::Credit, 800_001, (1, &approval), 1_000);
    street.reverse(ReversalKind::Advice, 1, amount);
    street.clear(true);
    assert_eq!(street.found(), []);
    street.clear(true);
    assert_eq!(street.found(), []);
}

#[test]
fn a_credit_that_is_changed_or_gone_is_found() {
    let (mut street, approval) = sold();
    street.refund(RefundKind::Credit, 800_001, (1, &approval), 1_000);
    let key = ("acquirer.capture", "000000000001-000000800001".to_owned());
    let state = street.at_acquirer.records[&key].clone();
    let changed = String::from_utf8(state.clone()).expect("JSON").replace(":1000,", ":1001,");
    assert_ne!(changed.as_bytes(), state);
    street.at_acquirer.records.insert(key.clone(), changed.into_bytes());
    assert_eq!(street.found(), [What::RefundDiffers]);
    street.at_acquirer.records.remove(&key);
    assert_eq!(street.found(), [What::RefundMissing]);
    street.at_acquirer.records.insert(key, state);
    let amount = |one: &mut (Way, String, Vec<u8>)| {
        let message = Dialect::openset_87().read(&one.2);
        if let Some(message) =
            message.ok().filter(|message| message.text(4) == Some("000000001000"))
        {
            let more = message.with(4, "000000004201");
            one.2 = Dialect::openset_87().write(&more).expect("of the dialect");
        }
    };
    street.at_acquirer.messages.iter_mut().for_each(amount);
    let found = street.found();
    assert!(
        found.contains(&What::RefundedMore) && found.contains(&What::EntryDiffers),
        "{found:?}"
    );
}

#[test]
fn a_debit_that_two_statements_of_one_run_tell_counts_once() {
    let (mut street, approval) = sold();
    street.refund(RefundKind::Credit, 800_001, (1, &approval), 1_000);
    let amount = money(4_200, "EUR");
    let approval = street.authorize(2, amount).expect("a yes");
    street.capture(CaptureKind::Advice, 2, &approval, amount);
    street.clear(true);
    let report = street.audit();
    assert_eq!(report.differences, []);
    assert_eq!(report.totals[&Currency::EUR].debited, 1_000);
}

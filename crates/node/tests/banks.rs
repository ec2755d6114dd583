//! The banks over real sockets and real disks: a day at the issuer and the acquirer.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use openset_bank::clearing::Presentation;
use openset_bank::iso8583::words::{
    AccountVerification, CaptureKind, ReversalKind, VerificationAnswer, authorization, capture,
    read_authorization_answer, read_response_code, read_verification_answer, reversal,
    verification,
};
use openset_bank::iso8583::{Dialect, ResponseCode};
use openset_bank::iso20022::BadDocument;
use openset_bank::ledger::HoldState;
use openset_bank::reconciliation::{SettlementDay, compare};
use openset_node::banks::{
    ABOUT_SALE, AcquirerHost, AcquirerTerms, ClearingFault, DEMO_ACQUIRER, DEMO_ISSUER, Exchange,
    Exchanging, IssuerHost, IssuerTerms, Unreconciled, demo_cards, demo_merchant,
};
use openset_node::clock::{Clock, SystemClock};
use openset_node::link::{Host, HostTerms, Link, LinkTerms, NoReply, serve};
use openset_node::shutdown::Shutdown;
use openset_node::store::sqlite::Sqlite;
use openset_node::store::{JournalOf, Page, Store};
use openset_types::{
    ApprovalCode, AuthorizationAnswer, AuthorizationRequest, Bin, CaptureAdvice, CardExpiry,
    Currency, DeclineReason, MerchantCategory, MerchantId, Money, Pan, RetrievalReference,
    ReversalAdvice, SystemTrace, Trace,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const GOOD: &str = "9999990000064242";
const DECLINES: &str = "9999990000040002";
const ENDED: &str = "9999990000040069";
const SILENT: &str = "9999990000049995";

struct Banks {
    folder: TempDir,
    issuer: Arc<IssuerHost>,
    acquirer: Arc<AcquirerHost>,
    issuer_store: Arc<Sqlite>,
    to_issuer: Link,
    to_acquirer: Link,
    shutdown: Shutdown,
    serving: Vec<JoinHandle<()>>,
}

fn dialect() -> Arc<Dialect> {
    Arc::new(Dialect::openset_87().clone())
}

fn bank(digits: &str) -> Bin {
    Bin::parse(digits).expect("six digits")
}

fn store(folder: &Path, name: &str) -> Arc<Sqlite> {
    Arc::new(Sqlite::open(&folder.join(name)).expect("a database"))
}

async fn open_issuer(store: Arc<Sqlite>) -> Arc<IssuerHost> {
    let terms = IssuerTerms { institution: bank(DEMO_ISSUER), accounts: demo_cards() };
    IssuerHost::open(store, Arc::new(SystemClock), terms).await.expect("an issuer")
}

async fn open_acquirer(store: Arc<Sqlite>) -> Arc<AcquirerHost> {
    let terms = AcquirerTerms {
        institution: bank(DEMO_ACQUIRER),
        name: "Demo Acquirer".to_owned(),
        merchants: vec![demo_merchant()],
    };
    AcquirerHost::open(store, Arc::new(SystemClock), terms).await.expect("an acquirer")
}

async fn link_to(host: Arc<dyn Host>, shutdown: &Shutdown) -> (Link, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let serving = serve(listener, HostTerms::new(dialect()), host, shutdown.listen());
    let serving = tokio::spawn(serving);
    let patience = Duration::from_millis(500);
    let terms = LinkTerms { answer_within: patience, ..LinkTerms::new(&address, dialect()) };
    (Link::open(terms, Arc::new(SystemClock), |_| {}, shutdown.listen()), serving)
}

async fn banks_in(folder: TempDir) -> Banks {
    let issuer_store = store(folder.path(), "issuer.db");
    let issuer = open_issuer(Arc::clone(&issuer_store)).await;
    let acquirer = open_acquirer(store(folder.path(), "acquirer.db")).await;
    let shutdown = Shutdown::default();
    let (to_issuer, one) = link_to(Arc::<IssuerHost>::clone(&issuer), &shutdown).await;
    let (to_acquirer, two) = link_to(Arc::<AcquirerHost>::clone(&acquirer), &shutdown).await;
    let serving = vec![one, two];
    Banks { folder, issuer, acquirer, issuer_store, to_issuer, to_acquirer, shutdown, serving }
}

async fn banks() -> Banks {
    banks_in(tempfile::tempdir().expect("a folder for the test")).await
}

fn trace(number: u32) -> Trace {
    Trace {
        retrieval: RetrievalReference::parse(&format!("6327{number:08}")).expect("twelve digits"),
        system: SystemTrace::parse(&format!("{number:06}")).expect("six digits"),
        asked_at: SystemClock.now(),
    }
}

fn euro(minor: u64) -> Money {
    Money::new(minor, Currency::EUR).expect("an amount")
}

fn shop() -> MerchantId {
    MerchantId::parse("ATELIER-LUMEN").expect("a name")
}

fn request(trace: &Trace, digits: &str) -> AuthorizationRequest {
    AuthorizationRequest {
        trace: trace.clone(),
        pan: Pan::parse(digits).expect("a demo card"),
        expiry: CardExpiry::parse("202912").expect("a month"),
        amount: euro(4200),
        merchant: shop(),
        category: MerchantCategory::parse("5999").expect("four digits"),
    }
}

impl Banks {
    async fn authorize(&self, trace: &Trace, digits: &str) -> Result<AuthorizationAnswer, NoReply> {
        let message = authorization(&request(trace, digits), &bank(DEMO_ACQUIRER));
        let answer = self.to_issuer.ask(&message).await?;
        Ok(read_authorization_answer(&answer, euro(4200)).expect("an answer"))
    }

    async fn approve(&self, number: u32) -> ApprovalCode {
        match self.authorize(&trace(number), GOOD).await {
            Ok(AuthorizationAnswer::Approved { approval_code }) => approval_code,
            other => panic!("not approved: {other:?}"),
        }
    }

    async fn reverse(&self, original: &Trace, digits: &str, number: u32) -> ResponseCode {
        let advice = ReversalAdvice {
            original: original.clone(),
            trace: trace(number),
            pan: Pan::parse(digits).expect("a demo card"),
            amount: euro(4200),
            remains: euro(0),
            merchant: shop(),
        };
        let message = reversal(ReversalKind::Advice, &advice, &bank(DEMO_ACQUIRER));
        let answer = self.to_issuer.ask(&message).await.expect("an answer");
        read_response_code(&answer).expect("a code")
    }

    async fn capture(&self, number: u32, approval_code: ApprovalCode) -> ResponseCode {
        let advice = CaptureAdvice {
            trace: trace(number + 1000),
            authorization: trace(number).retrieval,
            approval_code,
            issuer: bank(DEMO_ISSUER),
            amount: euro(4200),
            merchant: shop(),
            batch: None,
        };
        let message = capture(CaptureKind::Advice, &advice, &bank(DEMO_ACQUIRER));
        let answer = self.to_acquirer.ask(&message).await.expect("an answer");
        read_response_code(&answer).expect("a code")
    }

    async fn held(&self) -> u128 {
        let view = self.issuer.view().await.expect("a view");
        view.cards.iter().map(|card| card.held_minor).sum()
    }

    async fn close(self) -> TempDir {
        self.shutdown.ask();
        for serving in self.serving {
            serving.await.expect("no panic");
        }
        self.folder
    }
}

/// Carries files to the issuer, unless the line is down on the way there or back.
struct Line {
    issuer: Arc<IssuerHost>,
    loses_answers: AtomicBool,
}

impl Line {
    fn to(banks: &Banks) -> Self {
        let issuer = Arc::clone(&banks.issuer);
        Self { issuer, loses_answers: AtomicBool::new(false) }
    }
}

impl Exchange for Line {
    fn present<'a>(&'a self, _: &'a Bin, file: &'a [u8]) -> Exchanging<'a> {
        Box::pin(async move {
            let answer = self.issuer.clearing(file).await.ok()?.ok()?;
            (!self.loses_answers.load(Ordering::SeqCst)).then_some(answer)
        })
    }
}

#[tokio::test]
async fn each_demo_card_behaves_as_it_is_told() {
    let banks = banks().await;
    banks.approve(1).await;
    let declined = |reason| Ok(AuthorizationAnswer::Declined(reason));
    assert_eq!(banks.authorize(&trace(2), DECLINES).await, declined(DeclineReason::Declined));
    assert_eq!(banks.authorize(&trace(3), ENDED).await, declined(DeclineReason::ExpiredCard));
    assert_eq!(banks.authorize(&trace(4), SILENT).await, Err(NoReply::TimedOut));
    for (number, digits) in [(11, GOOD), (12, DECLINES), (13, ENDED), (14, SILENT)] {
        let question = AccountVerification {
            trace: trace(number),
            pan: Pan::parse(digits).expect("a demo card"),
            expiry: CardExpiry::parse("202912").expect("a month"),
        };
        let message = verification(&question, &bank(DEMO_ACQUIRER));
        let answer = banks.to_issuer.ask(&message).await.expect("an answer");
        assert_eq!(read_verification_answer(&answer), Ok(VerificationAnswer::Verified));
    }
    banks.close().await;
}

/// Abuse cases 12 and 13.
#[tokio::test]
async fn silence_is_followed_by_a_reversal_and_nothing_stays_held() {
    let banks = banks().await;
    let original = trace(1);
    assert_eq!(banks.authorize(&original, SILENT).await, Err(NoReply::TimedOut));
    assert_eq!(banks.held().await, 4200);
    for number in [2, 3] {
        assert_eq!(banks.reverse(&original, SILENT, number).await, ResponseCode::Approved);
    }
    assert_eq!(banks.held().await, 0);
    assert_eq!(banks.authorize(&original, SILENT).await, Err(NoReply::TimedOut));
    assert_eq!(banks.held().await, 0);
    banks.close().await;
}

/// Abuse case 13.
#[tokio::test]
async fn a_reversal_that_overtakes_its_original_refuses_it() {
    let banks = banks().await;
    let original = trace(1);
    assert_eq!(banks.reverse(&original, GOOD, 2).await, ResponseCode::Approved);
    assert_eq!(
        banks.authorize(&original, GOOD).await,
        Ok(AuthorizationAnswer::Declined(DeclineReason::InvalidTransaction))
    );
    assert_eq!(banks.held().await, 0);
    banks.close().await;
}

#[tokio::test]
async fn a_repeated_question_gets_the_same_answer_even_after_a_restart() {
    let banks = banks().await;
    let asked = trace(1);
    let first = banks.authorize(&asked, GOOD).await;
    assert_eq!(banks.authorize(&asked, GOOD).await, first);
    assert_eq!(banks.held().await, 4200);
    let banks = banks_in(banks.close().await).await;
    assert_eq!(banks.authorize(&asked, GOOD).await, first);
    assert_eq!(banks.held().await, 4200);
    banks.close().await;
}

#[tokio::test]
async fn a_hundred_questions_at_once_are_each_decided_once() {
    let banks = Arc::new(banks().await);
    let asking = (1..=100).map(|number| {
        let banks = Arc::clone(&banks);
        tokio::spawn(async move { banks.approve(number).await })
    });
    for asked in asking.collect::<Vec<_>>() {
        asked.await.expect("approved");
    }
    assert_eq!(banks.held().await, 420_000);
}

#[tokio::test]
async fn sales_are_cleared_settled_and_credited_and_both_books_agree() {
    let banks = banks().await;
    for number in [1, 2] {
        let approval_code = banks.approve(number).await;
        let code = banks.capture(number, approval_code).await;
        assert_eq!(code, ResponseCode::Approved);
    }
    let run = banks.acquirer.clear(&Line::to(&banks)).await.expect("the books agree");
    assert_eq!(run.files.iter().map(|file| file.is_settled).collect::<Vec<_>>(), [true]);
    assert_eq!(run.orders.iter().map(|order| order.0.net.minor()).collect::<Vec<_>>(), [8300]);
    assert_eq!(run.statements.len(), 1);
    let issuer = banks.issuer.view().await.expect("a view");
    let acquirer = banks.acquirer.view().await.expect("a view");
    assert!(issuer.is_balanced && acquirer.is_balanced);
    assert_eq!(compare(&acquirer.written, &issuer.written), []);
    assert_eq!(issuer.written.len(), 2);
    let statement = banks.acquirer.statement(shop(), Currency::EUR).await.expect("a view");
    let statement = String::from_utf8(statement.expect("a merchant here")).expect("UTF-8");
    assert!(statement.contains(">83.00<"), "{statement}");
    let nothing = banks.acquirer.clear(&Line::to(&banks)).await.expect("nothing waits");
    assert!(nothing.files.is_empty() && nothing.orders.is_empty());
    banks.close().await;
}

#[tokio::test]
async fn what_was_settled_on_a_day_is_compared_with_the_issuer_and_a_difference_is_named() {
    let banks = banks().await;
    let issuer = bank(DEMO_ISSUER);
    let today = SettlementDay::of(SystemClock.now());
    let compare = async || banks.acquirer.reconcile(&banks.to_issuer, &issuer, today).await;
    assert_eq!(compare().await, Ok(Vec::new()), "nothing was ever sent");
    let approval_code = banks.approve(1).await;
    banks.capture(1, approval_code).await;
    let line = Line::to(&banks);
    line.loses_answers.store(true, Ordering::SeqCst);
    let _ = banks.acquirer.clear(&line).await.expect("no answer is no difference");
    let [lost] = compare().await.expect("an answer").try_into().expect("one currency");
    let told: Vec<_> = lost.breaks.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["sales: we have 0 of 0.00 EUR, they have 1 of 42.00 EUR"]);
    line.loses_answers.store(false, Ordering::SeqCst);
    let _ = banks.acquirer.clear(&line).await.expect("the books agree");
    let [same] = compare().await.expect("an answer").try_into().expect("one currency");
    assert_eq!((same.ours.sales().count, same.breaks), (1, Vec::new()));
    let stranger = banks.acquirer.reconcile(&banks.to_acquirer, &issuer, today).await;
    assert!(matches!(stranger, Err(Unreconciled::Answer(_))), "{stranger:?}");
    banks.close().await;
}

/// Abuse case 14.
#[tokio::test]
async fn a_lost_settlement_is_asked_for_again_and_money_moves_once() {
    let banks = banks().await;
    let approval_code = banks.approve(1).await;
    banks.capture(1, approval_code).await;
    let line = Line::to(&banks);
    line.loses_answers.store(true, Ordering::SeqCst);
    let lost = banks.acquirer.clear(&line).await.expect("no answer is no difference");
    assert!(lost.files.iter().all(|file| file.answer.is_none()) && lost.orders.is_empty());
    let banks = banks_in(banks.close().await).await;
    let again = banks.acquirer.clear(&Line::to(&banks)).await.expect("the books agree");
    let presented: Vec<_> = again.files.iter().map(|file| file.presentation).collect();
    assert_eq!(presented, [Presentation::Again]);
    assert_eq!(again.orders.len(), 1);
    let first = lost.files.first().expect("a file");
    let refused = banks.issuer.clearing(&first.octets).await.expect("stored").expect("a document");
    assert!(String::from_utf8_lossy(&refused).contains("presented-before"));
    let view = banks.issuer.view().await.expect("a view");
    assert_eq!(view.cards.iter().map(|card| card.owed_minor).sum::<u128>(), 4200);
    banks.close().await;
}

#[tokio::test]
async fn a_sale_that_was_reversed_is_disputed_and_the_others_wait_for_the_next_run() {
    let banks = banks().await;
    let undone = trace(1);
    let Ok(AuthorizationAnswer::Approved { approval_code }) = banks.authorize(&undone, GOOD).await
    else {
        panic!("a good card");
    };
    banks.capture(1, approval_code).await;
    let approval_code = banks.approve(2).await;
    banks.capture(2, approval_code).await;
    banks.reverse(&undone, GOOD, 3).await;
    let refused = banks.acquirer.clear(&Line::to(&banks)).await.expect("a known refusal");
    assert!(refused.files.iter().all(|file| !file.is_settled) && refused.orders.is_empty());
    let next = banks.acquirer.clear(&Line::to(&banks)).await.expect("the books agree");
    assert_eq!(next.files.iter().map(|file| file.total).collect::<Vec<_>>(), [euro(4200)]);
    let view = banks.issuer.view().await.expect("a view");
    let states: Vec<_> = view.holds.iter().map(|hold| hold.state).collect();
    assert_eq!(states, [HoldState::Released, HoldState::Posted(euro(4200))]);
    banks.close().await;
}

struct Liar(&'static [u8]);

impl Exchange for Liar {
    fn present<'a>(&'a self, _: &'a Bin, _: &'a [u8]) -> Exchanging<'a> {
        Box::pin(async { Some(self.0.to_vec()) })
    }
}

#[tokio::test]
async fn an_answer_that_is_no_document_stops_the_run_and_pays_nobody() {
    let banks = banks().await;
    let approval_code = banks.approve(1).await;
    banks.capture(1, approval_code).await;
    for (lie, bad) in [
        (b"paid!".as_slice(), BadDocument::Shape),
        (b"<!DOCTYPE d><d></d>".as_slice(), BadDocument::Forbidden),
    ] {
        let stopped = banks.acquirer.clear(&Liar(lie)).await.expect_err("no document");
        assert_eq!(stopped, ClearingFault::Document(bad));
    }
    assert_eq!(banks.acquirer.view().await.expect("a view").credits, []);
    let refused = banks.issuer.clearing(b"<Document/>").await.expect("stored");
    assert_eq!(refused, Err(BadDocument::Shape));
    banks.close().await;
}

#[tokio::test]
async fn the_journal_tells_of_a_sale_and_the_acquirer_never_learns_the_card() {
    let banks = banks().await;
    let approval_code = banks.approve(1).await;
    banks.capture(1, approval_code).await;
    banks.acquirer.clear(&Line::to(&banks)).await.expect("the books agree");
    let key = trace(1).retrieval.as_str().as_bytes().to_vec();
    let of_sale = JournalOf::Instance { kind: ABOUT_SALE, key };
    let passed = banks.issuer_store.journal(&of_sale, Page::newest(10)).await.expect("a journal");
    let names: Vec<_> = passed.iter().rev().map(|passed| passed.name.as_str()).collect();
    assert_eq!(names, ["0100", "0110"]);
    let shows = |octets: &[u8]| octets.windows(16).any(|window| window == GOOD.as_bytes());
    assert!(!passed.iter().any(|passed| shows(&passed.octets)));
    let folder = banks.close().await;
    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.to_string_lossy().contains("acquirer") {
            assert!(!shows(&std::fs::read(&path).expect("a file")), "{}", path.display());
        }
    }
}

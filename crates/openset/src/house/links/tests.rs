//! The desk in front of banks that answer something else than they should.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use openset_bank::iso8583::{Dialect, Message, ResponseCode, words::respond};
use openset_node::{
    clock::SystemClock,
    link::{Answering, Host, HostTerms, LinkTerms, serve},
    shutdown::Shutdown,
};
use openset_types::{
    ApprovalCode, CardExpiry, Currency, MerchantCategory, MerchantId, Money, Pan,
    RetrievalReference, SystemTrace, Trace, UnixTime,
};
use tokio::net::TcpListener;

use super::*;
use crate::house::banks::dialect;

/// A bank that says what it was told to say, and remembers what it was asked. With nothing left
/// to say it is silent.
#[derive(Default)]
struct Scripted {
    says: Mutex<VecDeque<Vec<(u8, &'static str)>>>,
    heard: Mutex<Vec<String>>,
}

impl Host for Scripted {
    fn answer(&self, message: Message) -> Answering<'_> {
        Box::pin(async move {
            let yes = respond(&message, ResponseCode::Approved)?;
            if message.mti().as_str() == "0800" {
                return Some(yes);
            }
            lock(&self.heard).push(message.mti().to_string());
            let fields = lock(&self.says).pop_front()?;
            Some(fields.into_iter().fold(yes, |answer, (field, text)| answer.with(field, text)))
        })
    }
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A bank with its answers, a link to it, and what ends both.
async fn bank(says: Vec<Vec<(u8, &'static str)>>) -> (Arc<Scripted>, Arc<Link>, Shutdown) {
    let host = Arc::new(Scripted { says: Mutex::new(says.into()), ..Scripted::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound").to_string();
    let (dialect, shutdown) = (dialect(), Shutdown::default());
    let terms = HostTerms::new(Arc::clone(&dialect));
    tokio::spawn(serve(listener, terms, Arc::clone(&host) as Arc<dyn Host>, shutdown.listen()));
    let terms = LinkTerms::new(&address, dialect);
    let link = Link::open(terms, Arc::new(SystemClock), |_| {}, shutdown.listen());
    (host, Arc::new(link), shutdown)
}

fn trace(number: u32) -> Trace {
    Trace {
        retrieval: RetrievalReference::parse(&format!("6327{number:08}")).expect("twelve digits"),
        system: SystemTrace::parse(&format!("{number:06}")).expect("six digits"),
        asked_at: UnixTime::new(1_800_000_000).expect("after 1970"),
    }
}

fn amount() -> Money {
    Money::new(4200, Currency::EUR).expect("an amount")
}

fn shop() -> MerchantId {
    MerchantId::parse("SHOP").expect("a number")
}

fn card() -> Pan {
    Pan::parse("9999990000064242").expect("a demo card")
}

fn acquirer() -> Bin {
    Bin::parse("999998").expect("six digits")
}

/// A desk that asks issuer and acquirer at the end of one link.
fn desk_at(link: Arc<Link>) -> IssuerDesk {
    let tells = AcquirerDesk::at(&link, &acquirer());
    IssuerDesk::new(link, tells)
}

fn request() -> AuthorizationRequest {
    AuthorizationRequest {
        trace: trace(1),
        pan: card(),
        expiry: CardExpiry::parse("202912").expect("a month"),
        amount: amount(),
        merchant: shop(),
        category: MerchantCategory::parse("5999").expect("four digits"),
    }
}

#[tokio::test]
async fn a_reversal_goes_on_until_a_bank_has_undone_it() {
    let codes = ["96", "12", "00"];
    let (host, link, shutdown) = bank(codes.map(|code| vec![(39, code)]).into()).await;
    let desk = desk_at(link);
    let advice = ReversalAdvice {
        original: trace(1),
        trace: trace(2),
        pan: card(),
        amount: amount(),
        remains: Money::zero(amount().currency()),
        merchant: shop(),
    };
    desk.reverse(&advice).await;
    assert_eq!(*lock(&host.heard), ["0420", "0421", "0421"]);
    shutdown.ask();
}

#[tokio::test]
async fn what_is_neither_yes_nor_no_is_no_answer() {
    let yes = (38, "4K7Q21");
    let says = vec![
        vec![yes, (39, "10")],
        vec![yes, (39, "11")],
        vec![yes, (4, "000000004199")],
        vec![yes, (49, "840")],
        vec![],
        vec![yes],
        vec![(39, "51")],
    ];
    let (_, link, shutdown) = bank(says).await;
    let desk = desk_at(link);
    for _ in 0..5 {
        assert_eq!(desk.ask(&request()).await, AuthorizationAnswer::NoAnswer);
    }
    assert!(matches!(desk.ask(&request()).await, AuthorizationAnswer::Approved { .. }));
    assert!(matches!(desk.ask(&request()).await, AuthorizationAnswer::Declined(_)));
    shutdown.ask();
}

#[tokio::test]
async fn two_questions_of_one_trace_number_are_asked_one_after_the_other() {
    let yes = (38, "4K7Q21");
    let (host, link, shutdown) = bank(vec![vec![yes], vec![yes]]).await;
    let desk = desk_at(link);
    let twin = request();
    let (first, second) = tokio::join!(desk.ask(&twin), desk.ask(&twin));
    for answer in [first, second] {
        assert!(matches!(answer, AuthorizationAnswer::Approved { .. }), "{answer:?}");
    }
    assert_eq!(*lock(&host.heard), ["0100", "0100"]);
    shutdown.ask();
}

#[tokio::test]
async fn a_capture_that_is_told_again_says_so() {
    // A bank that is out of order has not said no.
    let says = ["09", "96", "91", "00"].map(|code| vec![(39, code)]);
    let (host, link, shutdown) = bank(says.into()).await;
    let desk = AcquirerDesk::at(&link, &acquirer());
    let advice = CaptureAdvice {
        trace: trace(2),
        authorization: trace(1).retrieval,
        approval_code: ApprovalCode::parse("4K7Q21").expect("six characters"),
        issuer: Bin::parse("999999").expect("six digits"),
        amount: amount(),
        merchant: shop(),
        batch: None,
    };
    assert!(matches!(desk.advise(&advice).await, AdviceAnswer::Taken));
    assert_eq!(*lock(&host.heard), ["0220", "0221", "0221", "0221"]);
    shutdown.ask();
}

#[tokio::test]
async fn a_card_that_is_not_its_certificate_s_waits_and_asks_nobody() {
    // Abuse case 8.
    let (host, link, shutdown) = bank(vec![vec![(39, "51")]]).await;
    let desk = desk_at(link);
    desk.ask(&request()).await;
    assert_eq!(desk.wait(4711).await, machine::Line::Answers);
    assert_eq!(*lock(&host.heard), ["0100"], "the first question, and no other");
    shutdown.ask();
}

#[tokio::test]
async fn where_the_line_is_down_a_card_that_is_not_asked_about_has_no_answer_either() {
    // Nobody listens there.
    let terms = LinkTerms {
        answer_within: Duration::from_millis(1),
        ..LinkTerms::new("127.0.0.1:1", dialect())
    };
    let shutdown = Shutdown::default();
    let link = Link::open(terms, Arc::new(SystemClock), |_| {}, shutdown.listen());
    let desk = desk_at(Arc::new(link));
    assert_eq!(desk.wait(4711).await, machine::Line::Silent);
    assert_eq!(desk.ask(&request()).await, AuthorizationAnswer::NoAnswer, "like any other");
    shutdown.ask();
}

#[tokio::test]
async fn nothing_is_approved_without_the_issuer() {
    // Nobody stands in: not where the line is down, not where what comes is no answer.
    let unfit = [vec![(39, "08"), (38, "4K7Q21")], vec![(39, "00")], vec![(39, "91")]];
    for says in unfit {
        let (_host, link, shutdown) = bank(vec![says.clone()]).await;
        let answer = desk_at(link).ask(&request()).await;
        assert!(!matches!(answer, AuthorizationAnswer::Approved { .. }), "{says:?}: {answer:?}");
        shutdown.ask();
    }
    let none = LinkTerms {
        answer_within: Duration::from_millis(1),
        in_flight_max: 1,
        ..LinkTerms::new("127.0.0.1:1", dialect())
    };
    let codes = LinkTerms { dialect: Arc::new(Dialect::ebcdic_87().clone()), ..none.clone() };
    for (terms, expected) in [
        (none, AuthorizationAnswer::NoAnswer),
        // A dialect with codes and no key: it is not even asked.
        (codes, AuthorizationAnswer::Declined(DeclineReason::SystemError)),
    ] {
        let shutdown = Shutdown::default();
        let link = Link::open(terms, Arc::new(SystemClock), |_| {}, shutdown.listen());
        assert_eq!(desk_at(Arc::new(link)).ask(&request()).await, expected);
        shutdown.ask();
    }
}

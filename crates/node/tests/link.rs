//! Links over real sockets: answers in any order, late ones, lost ones, and bad octets between.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use openset_bank::iso8583::words::{Management, network, respond};
use openset_bank::iso8583::{Dialect, Message, Mti, ResponseCode};
use openset_crypto::mac::MacKey;
use openset_node::clock::{Clock, SystemClock};
use openset_node::link::{Answering, Host, HostTerms, Link, LinkTerms, NoReply, serve};
use openset_node::shutdown::Shutdown;
use openset_types::{Secret, SystemTrace, UnixTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// A bank that says yes, after as many milliseconds as field 4 says.
#[derive(Default)]
struct Patient {
    asked: Mutex<BTreeMap<String, usize>>,
}

impl Host for Patient {
    fn answer(&self, message: Message) -> Answering<'_> {
        Box::pin(async move {
            if let Some(trace) = message.text(11) {
                let mut asked = self.asked.lock().expect("nobody panics with it");
                *asked.entry(trace.to_owned()).or_default() += 1;
            }
            let wait = message.text(4).and_then(|text| text.parse().ok()).unwrap_or(0);
            sleep(Duration::from_millis(wait)).await;
            respond(&message, ResponseCode::Approved)
        })
    }
}

struct Bank {
    host: Arc<Patient>,
    address: SocketAddr,
    shutdown: Shutdown,
    serving: JoinHandle<()>,
}

fn dialect() -> Arc<Dialect> {
    Arc::new(Dialect::packed_87().clone())
}

async fn bank_at(address: &str) -> Bank {
    bank_with(address, HostTerms { connections_max: 4, ..HostTerms::new(dialect()) }).await
}

async fn bank_with(address: &str, terms: HostTerms) -> Bank {
    let listener = TcpListener::bind(address).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (host, shutdown) = (Arc::new(Patient::default()), Shutdown::default());
    let answering: Arc<dyn Host> = Arc::<Patient>::clone(&host);
    let serving = tokio::spawn(serve(listener, terms, answering, shutdown.listen()));
    Bank { host, address, shutdown, serving }
}

impl Bank {
    async fn stop(self) {
        self.shutdown.ask();
        timeout(Duration::from_secs(5), self.serving)
            .await
            .expect("it stops")
            .expect("it does not panic");
    }
}

struct Caller {
    link: Link,
    late: Arc<AtomicUsize>,
    _shutdown: Shutdown,
}

fn terms(address: SocketAddr) -> LinkTerms {
    LinkTerms {
        answer_within: Duration::from_millis(600),
        reconnect_min: Duration::from_millis(20),
        reconnect_max: Duration::from_millis(50),
        ..LinkTerms::new(&address.to_string(), dialect())
    }
}

fn call(terms: LinkTerms) -> Caller {
    let shutdown = Shutdown::default();
    let late = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&late);
    let report = move |_: &Message| {
        counted.fetch_add(1, Ordering::SeqCst);
    };
    let link = Link::open(terms, Arc::new(SystemClock), report, shutdown.listen());
    Caller { link, late, _shutdown: shutdown }
}

fn question(trace: u32, wait_ms: u32) -> Message {
    Message::new(Mti::AUTHORIZATION_REQUEST)
        .with(4, format!("{wait_ms:012}"))
        .with(11, format!("{trace:06}"))
        .with(37, format!("{trace:012}"))
}

fn belongs(answer: Result<Message, NoReply>, trace: u32) -> bool {
    answer.is_ok_and(|answer| answer.text(11) == Some(format!("{trace:06}").as_str()))
}

fn now() -> UnixTime {
    SystemClock.now()
}

/// Both ends of a link whose messages have codes, the caller's with a key of its own.
async fn with_codes(key: Option<u8>) -> (Bank, Caller) {
    let dialect = Arc::new(Dialect::ebcdic_87().clone());
    let key_of = |octet| Arc::new(MacKey::new(Secret::new(vec![octet; 32])));
    let host_terms = HostTerms { mac_key: Some(key_of(7)), ..HostTerms::new(Arc::clone(&dialect)) };
    let bank = bank_with("127.0.0.1:0", host_terms).await;
    let terms = LinkTerms { dialect, mac_key: key.map(key_of), ..terms(bank.address) };
    (bank, call(terms))
}

#[tokio::test]
async fn a_link_whose_messages_have_codes_carries_questions_and_answers() {
    let (bank, caller) = with_codes(Some(7)).await;
    for trace in 1..20 {
        assert!(belongs(caller.link.ask(&question(trace, 0)).await, trace));
    }
    bank.stop().await;
}

#[tokio::test]
async fn with_a_wrong_key_or_none_nobody_signs_on_and_nothing_is_decided() {
    for key in [Some(8), None] {
        let (bank, caller) = with_codes(key).await;
        let answer = caller.link.ask(&question(1, 0)).await;
        assert!(matches!(answer, Err(NoReply::TimedOut | NoReply::Unwritable)), "{answer:?}");
        assert!(!caller.link.is_up(), "{key:?}");
        assert!(bank.host.asked.lock().expect("nobody panics with it").is_empty(), "{key:?}");
        bank.stop().await;
    }
}

#[tokio::test]
async fn of_a_message_with_a_wrong_code_nothing_is_heard_and_those_after_it_are_answered() {
    let (bank, _caller) = with_codes(None).await;
    let (dialect, key) = (Dialect::ebcdic_87(), MacKey::new(Secret::new(vec![7; 32])));
    let written = |message: &Message| {
        dialect.write_with_code(message, |octets| key.short_code(octets)).expect("of the dialect")
    };
    let mut stream = TcpStream::connect(bank.address).await.expect("a bank");
    let trace = SystemTrace::parse("000009").expect("six digits");
    let sign_on = written(&network(Management::SignOn, &trace, now()));
    let mut forged = written(&question(1, 0));
    *forged.last_mut().expect("octets") ^= 1;
    let bare = dialect.write(&question(2, 0)).expect("of the dialect");
    let other = Dialect::packed_87().write(&question(3, 0)).expect("of the dialect");
    let cut = written(&question(4, 0)).split_last().expect("octets").1.to_vec();
    for octets in [sign_on, forged, bare, other, cut, written(&question(5, 0))] {
        let header = dialect.frame().header(octets.len()).expect("a length");
        stream.write_all(&[header, octets].concat()).await.expect("somebody listens");
    }
    until(|| bank.host.asked.lock().expect("nobody panics with it").contains_key("000005")).await;
    let asked: Vec<_> = bank.host.asked.lock().expect("as above").keys().cloned().collect();
    assert_eq!(asked, ["000005", "000009"], "of all the others nothing was heard");
    bank.stop().await;
}

#[tokio::test]
async fn who_has_not_signed_on_or_has_signed_off_is_not_answered() {
    let bank = bank_at("127.0.0.1:0").await;
    let mut stream = TcpStream::connect(bank.address).await.expect("a bank");
    let trace = SystemTrace::parse("000009").expect("six digits");
    let says = |management| network(management, &trace, now());
    let before = [question(1, 0), says(Management::Echo), question(2, 0)];
    let on = [says(Management::SignOn), question(3, 0)];
    let off = [says(Management::SignOff), question(4, 0)];
    let again = [says(Management::SignOn), question(5, 0)];
    for message in before.into_iter().chain(on).chain(off).chain(again) {
        send(&mut stream, &dialect().write(&message).expect("our own message")).await;
    }
    until(|| bank.host.asked.lock().expect("nobody panics with it").contains_key("000005")).await;
    let asked: Vec<_> = bank.host.asked.lock().expect("as above").keys().cloned().collect();
    assert_eq!(asked, ["000003", "000005", "000009"]);
    bank.stop().await;
}

async fn until(mut is_so: impl FnMut() -> bool) {
    let waited = timeout(Duration::from_secs(5), async {
        while !is_so() {
            sleep(Duration::from_millis(10)).await;
        }
    });
    waited.await.expect("it becomes so");
}

#[tokio::test]
async fn many_questions_are_answered_over_one_link_in_any_order() {
    let bank = bank_at("127.0.0.1:0").await;
    let caller = call(terms(bank.address));
    let (slow, quick) = (question(1, 300), question(2, 0));
    let (slow, quick) = tokio::join!(caller.link.ask(&slow), async {
        let answer = caller.link.ask(&quick).await;
        assert!(caller.late.load(Ordering::SeqCst) == 0);
        answer
    });
    assert!(belongs(slow, 1));
    assert!(belongs(quick, 2));
    bank.stop().await;
}

#[tokio::test]
async fn a_late_answer_is_reported_and_never_another_questions_answer() {
    let bank = bank_at("127.0.0.1:0").await;
    let caller = call(terms(bank.address));
    assert_eq!(caller.link.ask(&question(1, 900)).await, Err(NoReply::TimedOut));
    let same_trace = question(1, 500).with(37, "000000000999");
    let answer = caller.link.ask(&same_trace).await.expect("its own answer");
    assert_eq!(answer.text(37), Some("000000000999"));
    assert_eq!(caller.late.load(Ordering::SeqCst), 1);
    bank.stop().await;
}

#[tokio::test]
async fn the_link_comes_back_when_its_bank_does() {
    let bank = bank_at("127.0.0.1:0").await;
    let address = bank.address;
    let caller = call(terms(address));
    assert!(belongs(caller.link.ask(&question(1, 0)).await, 1));
    bank.stop().await;
    until(|| !caller.link.is_up()).await;
    assert_eq!(caller.link.ask(&question(2, 0)).await, Err(NoReply::TimedOut));
    let bank = bank_at(&address.to_string()).await;
    until(|| caller.link.is_up()).await;
    assert!(belongs(caller.link.ask(&question(3, 0)).await, 3));
    let asked = bank.host.asked.lock().expect("nobody panics with it").clone();
    assert!(!asked.contains_key("000002"), "what nobody waits for is not sent");
    bank.stop().await;
}

#[tokio::test]
async fn a_question_that_waits_when_the_link_breaks_is_lost_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let caller = call(terms(listener.local_addr().expect("an address")));
    let breaking = async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        sign_on(&mut stream).await;
        let mut header = [0; 2];
        stream.read_exact(&mut header).await.expect("a question");
    };
    let asked = question(1, 0);
    let (answer, ()) = tokio::join!(caller.link.ask(&asked), breaking);
    assert_eq!(answer, Err(NoReply::Lost));
}

/// Answers the first message of a link.
async fn sign_on(stream: &mut TcpStream) {
    let mut header = [0; 2];
    stream.read_exact(&mut header).await.expect("a header");
    let mut octets = vec![0; usize::from(u16::from_be_bytes(header))];
    stream.read_exact(&mut octets).await.expect("a message");
    let asked = dialect().read(&octets).expect("a sign-on");
    assert_eq!(asked.mti(), Mti::NETWORK_REQUEST);
    let answer = respond(&asked, ResponseCode::Approved).expect("a question");
    send(stream, &dialect().write(&answer).expect("our own message")).await;
}

async fn send(stream: &mut TcpStream, octets: &[u8]) {
    let length = u16::try_from(octets.len()).expect("a short message").to_be_bytes();
    stream.write_all(&[&length, octets].concat()).await.expect("somebody listens");
}

#[tokio::test]
async fn a_bank_that_falls_silent_is_asked_for_a_sign_of_life_and_then_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let caller = call(LinkTerms { echo_after: Duration::from_millis(100), ..terms(address) });
    let (mut first, _) = listener.accept().await.expect("a connection");
    sign_on(&mut first).await;
    until(|| caller.link.is_up()).await;
    sign_on(&mut first).await; // The echo is answered once,
    let again = timeout(Duration::from_secs(5), listener.accept()).await;
    assert!(again.expect("and then no more, so the link is made anew").is_ok());
}

#[tokio::test]
async fn trace_numbers_in_use_and_too_many_questions_are_refused_unsent() {
    let bank = bank_at("127.0.0.1:0").await;
    let caller = call(LinkTerms { in_flight_max: 2, ..terms(bank.address) });
    let (first, second, third) = (question(1, 300), question(2, 300), question(3, 0));
    let refused = async {
        until(|| bank.host.asked.lock().expect("nobody panics with it").contains_key("000001"))
            .await;
        let twin = caller.link.ask(&first).await;
        let (_, third) = tokio::join!(caller.link.ask(&second), caller.link.ask(&third));
        (twin, third)
    };
    let (answer, (twin, third)) = tokio::join!(caller.link.ask(&first), refused);
    assert!(belongs(answer, 1));
    assert_eq!(twin, Err(NoReply::TraceInUse));
    assert_eq!(third, Err(NoReply::Busy));
    let unspoken = Message::new(Mti::AUTHORIZATION_REQUEST).with(28, "1").with(11, "000009");
    assert_eq!(caller.link.ask(&unspoken).await, Err(NoReply::Unwritable));
    let answer = Message::new(Mti::AUTHORIZATION_RESPONSE).with(11, "000009");
    assert_eq!(caller.link.ask(&answer).await, Err(NoReply::TraceInUse));
    bank.stop().await;
}

/// Abuse case 28.
#[tokio::test]
async fn an_unreadable_message_is_passed_over_and_those_after_it_are_answered() {
    let bank = bank_at("127.0.0.1:0").await;
    let mut stream = TcpStream::connect(bank.address).await.expect("a bank");
    for octets in [b"".as_slice(), b"\0\0", b"\x01\x00\xFF\xFF\xFF\xFF", &[0x42; 300]] {
        send(&mut stream, octets).await;
    }
    let sign_on = network(Management::SignOn, &SystemTrace::parse("000009").expect("six"), now());
    for message in [sign_on, question(1, 0)] {
        send(&mut stream, &dialect().write(&message).expect("our own message")).await;
    }
    let mut header = [0; 2];
    stream.read_exact(&mut header).await.expect("an answer");
    bank.stop().await;
}

#[tokio::test]
async fn a_header_that_announces_too_much_ends_the_connection() {
    let bank = bank_at("127.0.0.1:0").await;
    let mut stream = TcpStream::connect(bank.address).await.expect("a bank");
    stream.write_all(&[0xFF, 0xFF, 1, 2]).await.expect("somebody listens");
    let ended = timeout(Duration::from_secs(5), stream.read(&mut [0; 1])).await;
    assert!(matches!(ended.expect("in time"), Ok(0) | Err(_)));
    bank.stop().await;
}

#[tokio::test]
async fn connections_beyond_the_limit_are_closed() {
    let bank = bank_at("127.0.0.1:0").await;
    let mut streams = Vec::new();
    for _ in 0..5 {
        streams.push(TcpStream::connect(bank.address).await.expect("a bank"));
    }
    let last = streams.last_mut().expect("five");
    let ended = timeout(Duration::from_secs(5), last.read(&mut [0; 1])).await;
    assert!(matches!(ended.expect("in time"), Ok(0) | Err(_)));
    drop(streams);
    bank.stop().await;
}

#[tokio::test]
async fn what_is_being_answered_is_finished_when_the_bank_stops() {
    let bank = bank_at("127.0.0.1:0").await;
    let caller = call(terms(bank.address));
    let asked = question(1, 200);
    let host = Arc::clone(&bank.host);
    let (answer, ()) = tokio::join!(caller.link.ask(&asked), async {
        until(|| host.asked.lock().expect("nobody panics with it").contains_key("000001")).await;
        bank.stop().await;
    });
    assert!(belongs(answer, 1));
}

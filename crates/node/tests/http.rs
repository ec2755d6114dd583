//! What the server refuses, how, and how soon, over real sockets.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use openset_node::{
    fault::Fault,
    hardening,
    http::{
        Answering, Answers, Doors, Limits, Media, Said, Server, Site,
        client::{Client, Unanswered},
        set_endpoint,
    },
    shutdown::Shutdown,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
    task::JoinHandle,
    time::timeout,
};

/// How long anything may take before a test has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longer than any test.
const LONG: Duration = Duration::from_secs(3_600);

/// The most octets a body has at the party under test.
const OCTETS_MAX: usize = 1_000;

/// Answers what it was sent, turned around, and counts how often it was asked.
#[derive(Default)]
struct Echo {
    asked: AtomicUsize,
    /// Whoever asks slowly has come.
    slow: Notify,
    /// Whoever asks slowly may be answered.
    on: Notify,
}

impl Answers for Echo {
    fn answer(&self, mut message: Vec<u8>) -> Answering<'_> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        message.reverse();
        Box::pin(async move {
            match message.as_slice() {
                b"tluaf" => Err(Fault::StoreFull),
                b"ecnelis" => Ok(Said::Nothing),
                b"mrofwols" => {
                    self.slow.notify_one();
                    self.on.notified().await;
                    Ok(Said::Message(message))
                }
                _ => Ok(Said::Message(message)),
            }
        })
    }
}

struct House {
    at: SocketAddr,
    echo: Arc<Echo>,
    shutdown: Shutdown,
    serving: JoinHandle<()>,
}

fn limits() -> Limits {
    Limits {
        connections_max: 8,
        peer_connections_max: 8,
        head: Duration::from_millis(400),
        body: Duration::from_millis(400),
        answer: Duration::from_secs(2),
        life: Duration::from_secs(30),
        farewell: Duration::from_secs(2),
    }
}

async fn house() -> House {
    house_with(limits()).await
}

async fn house_with(limits: Limits) -> House {
    let echo = Arc::new(Echo::default());
    let party = set_endpoint(&[Media::Payment], Arc::<Echo>::clone(&echo));
    let shop = Site::new("shop", "shop.localhost", party).with_bodies_up_to(OCTETS_MAX);
    let home = Router::new().route("/", get(|| async { "home" }));
    let doors = Doors::by_host([shop, Site::new("home", "localhost", home)]);
    let mut server = Server::new(limits);
    let at = server.open(([127, 0, 0, 1], 0).into(), doors).await.expect("a free port");
    let shutdown = Shutdown::default();
    let serving = tokio::spawn(server.serve(shutdown.listen()));
    House { at, echo, shutdown, serving }
}

impl House {
    /// Sends octets and reads until the server closes.
    async fn say(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.at).await.expect("the server listens");
        stream.write_all(request).await.expect("the server reads");
        let mut answer = String::new();
        // The server may cut a connection it has not read to its end; what it said is kept.
        let closed = timeout(PATIENCE, stream.read_to_string(&mut answer)).await;
        assert!(closed.is_ok(), "the server keeps the connection open: {answer}");
        answer
    }

    async fn status(&self, request: &[u8]) -> String {
        self.say(request).await.split(' ').nth(1).unwrap_or("none").to_owned()
    }

    fn asked(&self) -> usize {
        self.echo.asked.load(Ordering::SeqCst)
    }

    fn url(&self) -> String {
        format!("http://shop.localhost:{}/set", self.at.port())
    }
}

fn post(fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("POST /set HTTP/1.1\r\nConnection: close\r\n{fields}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

const SHOP: &str = "Host: shop.localhost\r\nContent-Type: application/set-payment";

fn client() -> Client {
    Client::new(Duration::from_secs(2), OCTETS_MAX)
}

#[tokio::test]
async fn a_message_is_answered_in_its_own_media_type() {
    let house = house().await;
    let answer = client().ask(&house.url(), Media::Payment, b"abc".to_vec()).await;
    assert_eq!(answer, Ok(b"cba".to_vec()));
}

#[tokio::test]
async fn another_media_type_is_415() {
    let house = house().await;
    for media in
        ["text/plain", "application/set-registration", "application/set-payment-initiation"]
    {
        let fields = format!("Host: shop.localhost\r\nContent-Type: {media}\r\nContent-Length: 3");
        assert_eq!(house.status(&post(&fields, b"abc")).await, "415", "{media}");
    }
    let none = post("Host: shop.localhost\r\nContent-Length: 3", b"abc");
    assert_eq!(house.status(&none).await, "415");
    assert_eq!(house.asked(), 0);
}

#[tokio::test]
async fn an_unknown_host_is_421_whatever_it_asks() {
    // Abuse case 37.
    let house = house().await;
    let media = "Content-Type: application/set-payment\r\nContent-Length: 3";
    for host in ["evil.example", "127.0.0.1", "shop.localhost.evil.example"] {
        let fields = format!("Host: {host}\r\n{media}");
        assert_eq!(house.status(&post(&fields, b"abc")).await, "421", "{host}");
    }
    assert_eq!(house.status(&post(media, b"abc")).await, "421");
    assert_eq!(house.status(b"GET / HTTP/1.0\r\n\r\n").await, "421");
    assert_eq!(house.asked(), 0);
}

#[tokio::test]
async fn a_site_answers_under_its_own_name_only() {
    let house = house().await;
    let home = b"GET / HTTP/1.1\r\nHost: localhost:7180\r\nConnection: close\r\n\r\n";
    assert!(house.say(home).await.ends_with("home"));
    let elsewhere = b"GET / HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(house.status(elsewhere).await, "404");
    let method = b"GET /set HTTP/1.1\r\nHost: shop.localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(house.status(method).await, "405");
}

#[tokio::test]
async fn an_announced_oversize_is_413_before_it_is_read() {
    // Abuse case 23: nothing of it needs to be sent.
    // Whoever waits for a body here is not answered before the test has ended.
    let house = house_with(Limits { body: LONG, ..limits() }).await;
    for length in ["1001", "4294967296", "9223372036854775808"] {
        let request = post(&format!("{SHOP}\r\nContent-Length: {length}"), b"");
        assert_eq!(house.status(&request).await, "413", "{length}");
    }
    assert_eq!(house.asked(), 0);
}

#[tokio::test]
async fn an_oversize_in_pieces_is_413_once_it_is_too_long() {
    let house = house().await;
    let piece = [b"200\r\n".as_slice(), &[b'x'; 0x200], b"\r\n"].concat();
    let body = [piece.as_slice(), &piece, b"0\r\n\r\n"].concat();
    let request = post(&format!("{SHOP}\r\nTransfer-Encoding: chunked"), &body);
    assert_eq!(house.status(&request).await, "413");
    assert_eq!(house.asked(), 0);
}

#[tokio::test]
async fn a_length_that_is_none_is_400() {
    let house = house().await;
    for length in ["-1", "99999999999999999999999", "3\r\nContent-Length: 4", "x"] {
        let request = post(&format!("{SHOP}\r\nContent-Length: {length}"), b"abc");
        assert_eq!(house.status(&request).await, "400", "{length}");
    }
    assert_eq!(house.asked(), 0);
}

#[tokio::test]
async fn a_slow_body_is_408() {
    let house = house().await;
    let request = post(&format!("{SHOP}\r\nContent-Length: 100"), b"abc");
    assert_eq!(house.status(&request).await, "408");
    assert_eq!(house.asked(), 0);
}

#[tokio::test]
async fn a_truncated_body_reaches_nobody() {
    let house = house().await;
    let mut stream = TcpStream::connect(house.at).await.expect("the server listens");
    let request = post(&format!("{SHOP}\r\nContent-Length: 100"), b"abc");
    stream.write_all(&request).await.expect("the server reads");
    stream.shutdown().await.expect("our half closes");
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(house.asked(), 0);
}

#[tokio::test]
async fn a_slow_head_is_cut_at_its_deadline() {
    let house = house().await;
    assert_eq!(house.say(b"POST /set HTT").await, "");
}

#[tokio::test]
async fn a_connection_that_idles_is_closed() {
    let house = house().await;
    let mut stream = TcpStream::connect(house.at).await.expect("the server listens");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("the server reads");
    let mut answer = Vec::new();
    let closed = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    assert!(closed.is_ok(), "the connection stayed open");
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn silent_connections_make_room_for_those_who_ask() {
    // Abuse case 26. The silent ones may be silent for long: only who needs their place ends them.
    let house = house_with(Limits { head: LONG, ..limits() }).await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(house.at).await.expect("the server listens");
        stream.write_all(b"P").await.expect("a place, for now");
        silent.push(stream);
    }
    let answer = client().ask(&house.url(), Media::Payment, b"abc".to_vec()).await;
    assert_eq!(answer, Ok(b"cba".to_vec()));
}

/// As many slow connections as abuse case 26 has, where this machine allows as many sockets.
const SLOW: u64 = 10_000;
/// Sockets that are needed for other things: those of the server's side, and of other tests.
const SPARE: u64 = 3_000;

#[tokio::test]
async fn ten_thousand_slow_connections_keep_nobody_from_being_answered() {
    // Abuse case 26: each sends one octet and then nothing; no deadline helps in this test.
    hardening::allow_open_files();
    let allowed = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let slow = allowed.unwrap_or(SLOW + SPARE).saturating_sub(SPARE).min(SLOW);
    println!("{slow} slow connections; {allowed:?} open files are allowed");
    let house = house_with(Limits { head: LONG, ..Limits::default() }).await;
    let mut silent = Vec::new();
    for number in 0..slow {
        let mut stream = TcpStream::connect(house.at).await.expect("the server listens");
        stream.write_all(b"P").await.expect("a place, for now");
        silent.push(stream);
        if number % 1_000 == 999 {
            let answer = client().ask(&house.url(), Media::Payment, b"abc".to_vec()).await;
            assert_eq!(answer, Ok(b"cba".to_vec()), "after {number}");
        }
    }
    // No more stay than there are places.
    let mut open = 0;
    for stream in &silent {
        let mut octet = [0];
        open += usize::from(
            stream
                .try_read(&mut octet)
                .is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock),
        );
    }
    println!("{open} of them are still open");
    assert!(open < usize::try_from(slow).expect("few"), "{open}");
}

#[tokio::test]
async fn slow_bodies_make_room_for_those_who_ask() {
    let house = house_with(Limits { body: LONG, ..limits() }).await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(house.at).await.expect("the server listens");
        let request = post(&format!("{SHOP}\r\nContent-Length: 100"), b"abc");
        stream.write_all(&request).await.expect("a place, for now");
        slow.push(stream);
    }
    let answer = client().ask(&house.url(), Media::Payment, b"abc".to_vec()).await;
    assert_eq!(answer, Ok(b"cba".to_vec()));
    assert_eq!(house.asked(), 1);
}

#[tokio::test]
async fn our_own_fault_is_503_and_says_nothing_more() {
    let house = house().await;
    let request = post(&format!("{SHOP}\r\nContent-Length: 5"), b"fault");
    let answer = house.say(&request).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("retry-after: 1") && answer.ends_with("\r\n\r\n"), "{answer}");
    let asked = client().ask(&house.url(), Media::Payment, b"fault".to_vec()).await;
    assert_eq!(asked, Err(Unanswered::Status(503)));
}

#[tokio::test]
async fn silence_is_204() {
    let house = house().await;
    let request = post(&format!("{SHOP}\r\nContent-Length: 7"), b"silence");
    assert_eq!(house.status(&request).await, "204");
}

#[tokio::test]
async fn a_client_does_not_read_on_when_an_answer_is_too_long() {
    let house = house().await;
    let client = Client::new(Duration::from_secs(2), 10);
    let asked = client.ask(&house.url(), Media::Payment, vec![7; 11]).await;
    assert_eq!(asked, Err(Unanswered::TooLong));
}

#[tokio::test]
async fn a_client_hears_what_is_wrong() {
    let house = house().await;
    let hasty = Client::new(Duration::from_millis(100), OCTETS_MAX);
    let asked = hasty.ask(&house.url(), Media::Payment, b"slowform".to_vec()).await;
    assert_eq!(asked, Err(Unanswered::TimedOut));
    let asked = client().ask(&house.url(), Media::Registration, vec![1]).await;
    assert_eq!(asked, Err(Unanswered::Status(415)));
    let nobody = client().ask("http://127.0.0.1:1/set", Media::Payment, vec![1]).await;
    assert_eq!(nobody, Err(Unanswered::Unreachable));
    let home = format!("http://localhost:{}/set", house.at.port());
    let asked = client().ask(&home, Media::Payment, vec![1]).await;
    assert_eq!(asked, Err(Unanswered::Status(404)));
}

#[tokio::test]
async fn what_was_begun_is_answered_before_the_server_ends() {
    let house = house().await;
    let url = house.url();
    let asking =
        tokio::spawn(async move { client().ask(&url, Media::Payment, b"slowform".to_vec()).await });
    timeout(PATIENCE, house.echo.slow.notified()).await.expect("it is asked");
    house.shutdown.ask();
    house.echo.on.notify_one();
    assert_eq!(asking.await.expect("no panic"), Ok(b"mrofwols".to_vec()));
    timeout(PATIENCE, house.serving).await.expect("in time").expect("no panic");
    assert!(TcpStream::connect(house.at).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_are_all_answered() {
    let house = house().await;
    let client = client();
    let begun = Instant::now();
    let (clients, each) = (4_u32, 250_u32);
    let mut asking = Vec::new();
    for _ in 0..clients {
        let (client, url) = (client.clone(), house.url());
        asking.push(tokio::spawn(async move {
            for _ in 0..each {
                let answer = client.ask(&url, Media::Payment, vec![1, 2]).await;
                assert_eq!(answer, Ok(vec![2, 1]));
            }
        }));
    }
    for one in asking {
        one.await.expect("no panic");
    }
    let rate = f64::from(clients * each) / begun.elapsed().as_secs_f64();
    println!("{clients} clients: {rate:.0} messages per second");
}

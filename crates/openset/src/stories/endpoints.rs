//! Bad input at every door: what is refused before a message is looked at, and how.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{interval, timeout},
};

use super::{
    post::{head, hear, media, say},
    stage::{BODY_OCTETS_MAX, HURRY, PATIENCE, Stage, play},
};
use crate::sites::Name;

/// Everybody who takes SET messages.
pub(super) const DOORS: [Name; 5] =
    [Name::Merchant, Name::Gateway, Name::CaCardholder, Name::CaMerchant, Name::CaGateway];

#[test]
fn a_body_of_another_media_type_is_not_read_as_a_message() {
    play(async |stage| {
        for door in DOORS {
            let before = stage.kept(door).await;
            let message = stage.honest(door).await;
            let other = if media(door).ends_with("payment") {
                "application/set-registration"
            } else {
                "application/set-payment"
            };
            for media in ["text/plain", "application/set-payment-initiation", other, ""] {
                let head = head(&door.host(), media, message.len());
                let answer = say(stage.system.at, &[head.as_bytes(), &message].concat()).await;
                assert_eq!(answer.status, 415, "{door:?} takes {media:?}");
                assert!(answer.body.is_empty(), "{door:?} says nothing more");
            }
            stage.nothing_came_of_it(door, &before, 0, "another media type").await;
        }
    });
}

#[test]
fn a_body_that_is_too_large_is_refused_before_it_is_sent() {
    play(async |stage| {
        for door in DOORS {
            let before = stage.kept(door).await;
            for length in [BODY_OCTETS_MAX + 1, 1 << 30, 1 << 62] {
                let head = head(&door.host(), media(door), length);
                let answer = say(stage.system.at, head.as_bytes()).await;
                assert_eq!(answer.status, 413, "{door:?}: {length} octets announced, none sent");
                assert!(answer.says("connection", "close"));
            }
            stage.nothing_came_of_it(door, &before, 0, "an endless body").await;
        }
    });
}

#[test]
fn a_body_that_does_not_say_how_long_it_is_is_cut_at_the_limit() {
    play(async |stage| {
        let head = format!(
            "POST /set HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\n\
             Transfer-Encoding: chunked\r\n\r\n",
            Name::Gateway.host(),
            media(Name::Gateway)
        );
        let before = stage.kept(Name::Gateway).await;
        let mut stream = TcpStream::connect(stage.system.at).await.expect("the server listens");
        stream.write_all(head.as_bytes()).await.expect("the server reads");
        let chunk = [b"10000\r\n".as_slice(), &[0x30; 0x10000], b"\r\n"].concat();
        let mut sent = 0;
        while sent < 64 * BODY_OCTETS_MAX && stream.write_all(&chunk).await.is_ok() {
            sent += 0x10000;
        }
        let answer = hear(&mut stream).await;
        // The answer may be lost with the connection: what counts is that nobody reads on.
        assert!([413, 0].contains(&answer.status), "{answer:?}");
        assert!(sent < 64 * BODY_OCTETS_MAX, "the server read {sent} octets");
        stage.nothing_came_of_it(Name::Gateway, &before, 0, "an endless body").await;
    });
}

#[test]
fn a_slow_sender_is_not_waited_for() {
    // Abuse case 26: at the port with short time-outs.
    play(async |stage| {
        for door in DOORS {
            let before = stage.kept(door).await;
            let message = stage.honest(door).await;
            let (half, _) = message.split_at(message.len() / 2);
            let head = head(&door.host(), media(door), message.len());
            let body = say(stage.hurried, &[head.as_bytes(), half].concat()).await;
            assert_eq!(body.status, 408, "{door:?} waits for the rest of a body");
            let mut stream = TcpStream::connect(stage.hurried).await.expect("the server listens");
            stream.write_all(&head.as_bytes()[..20]).await.expect("the server reads");
            let mut answer = Vec::new();
            let closed = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
            assert!(closed.is_ok(), "{door:?} waits for the rest of a head");
            stage.nothing_came_of_it(door, &before, 0, "a slow sender").await;
        }
    });
}

#[test]
fn a_sender_that_drips_is_cut_at_the_same_moment() {
    play(async |stage| {
        let head = head(&Name::Merchant.host(), media(Name::Merchant), 1_000);
        let stream = TcpStream::connect(stage.hurried).await.expect("the server listens");
        let (mut reading, mut writing) = stream.into_split();
        writing.write_all(head.as_bytes()).await.expect("the server reads");
        // Each octet comes well before its deadline, and all of them together never.
        let drips = tokio::spawn(async move {
            let mut every = interval(HURRY / 4);
            while writing.write_all(b"0").await.is_ok() {
                every.tick().await;
            }
        });
        let mut answer = Vec::new();
        let closed = timeout(PATIENCE, reading.read_to_end(&mut answer)).await;
        assert!(closed.is_ok(), "one octet at a time, and still listened to");
        drips.abort();
    });
}

#[test]
fn a_host_that_is_not_ours_has_no_site() {
    // Abuse case 37, where a message is concerned.
    play(async |stage| {
        for door in DOORS {
            let before = stage.kept(door).await;
            let message = stage.honest(door).await;
            let twice = format!("{0}\r\nHost: {0}", door.host());
            let strangers = ["evil.example", "127.0.0.1", "localhost.evil.example", "", &twice];
            for host in strangers {
                let head = head(host, media(door), message.len());
                let answer = say(stage.system.at, &[head.as_bytes(), &message].concat()).await;
                assert_eq!(answer.status, 421, "{door:?} answers to {host:?}");
            }
            stage.nothing_came_of_it(door, &before, 0, "a foreign host").await;
        }
    });
}

#[test]
fn other_methods_and_other_places_have_nothing() {
    play(async |stage| {
        for door in DOORS {
            for (line, status) in [("GET /set", 405), ("PUT /set", 405), ("POST /sett", 404)] {
                let request = format!(
                    "{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
                    door.host()
                );
                let answer = say(stage.system.at, request.as_bytes()).await;
                assert_eq!(answer.status, status, "{door:?}: {line}");
            }
        }
    });
}

#[test]
fn a_request_that_could_be_read_in_two_ways_is_not_read_at_all() {
    // Two lengths, or a length and chunks: what one server takes for a body is the next
    // request to another.
    play(async |stage| {
        let before = stage.kept(Name::Merchant).await;
        for fields in [
            "Content-Length: 5\r\nContent-Length: 6",
            "Content-Length: 5, 6",
            "Content-Length: +5",
            "Content-Length: -1",
            "Content-Length: 99999999999999999999",
            "Transfer-Encoding: identity",
            "Transfer-Encoding: chunked, identity",
        ] {
            let host = Name::Merchant.host();
            let request = format!(
                "POST /set HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/set-payment\r\n\
                 {fields}\r\nConnection: close\r\n\r\nhello!"
            );
            let answer = say(stage.system.at, request.as_bytes()).await;
            assert!([400, 413, 501].contains(&answer.status), "{fields}: {answer:?}");
        }
        stage.nothing_came_of_it(Name::Merchant, &before, 0, "a doubtful request").await;
    });
}

impl Stage {
    /// A request that this party has answered already.
    pub(super) async fn honest(&self, door: Name) -> Vec<u8> {
        match door {
            Name::CaCardholder => self.newest(door, "CardCInitReq").await,
            Name::CaMerchant | Name::CaGateway => self.newest(door, "Me-AqCInitReq").await,
            Name::Gateway => self.crossed(&self.example().await.order, "AuthReq").await,
            _ => self.crossed(&self.example().await.order, "PInitReq").await,
        }
    }
}

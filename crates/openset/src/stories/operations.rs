//! What operators are told: that it lives, that it is ready, what was measured, what was refused.

use super::{
    post::{Answer, say},
    stage::{Stage, play, play_alone, play_in_both},
};
use crate::sites::{self, Name};

#[test]
fn home_says_that_all_live_and_are_ready() {
    play(async |stage| {
        let mut ready = "the lists of revoked certificates end in 29 days\n".to_owned();
        for (role, days) in [
            ("merchant", 364),
            ("gateway", 364),
            ("ca-cardholder", 1094),
            ("ca-merchant", 1094),
            ("ca-gateway", 1094),
            ("ca-cardholder-nordic", 1094),
        ] {
            ready.push_str(&format!("the certificates of the {role} end in {days} days\n"));
        }
        for (place, more) in [("/healthz", ""), ("/readyz", &ready)] {
            let answer = stage.get(Name::Home, place).await;
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            assert_eq!((answer.status, said), (200, format!("ok\n{more}")), "{place}");
        }
        assert_eq!(stage.get(Name::Home, "/metrics").await.status, 200);
        assert_eq!(stage.system.stores().len(), 11, "every role's database is asked");
    });
}

#[test]
fn no_other_site_tells_its_visitors_how_the_house_is() {
    play(async |stage| {
        let [Name::Home, others @ ..] = &sites::ALL[..sites::OF_ONE_BRAND] else {
            panic!("home is the first of all sites");
        };
        for site in others.iter().copied() {
            for place in ["/healthz", "/readyz", "/metrics"] {
                let answer = stage.get(site, place).await;
                assert_eq!(answer.status, 404, "{site:?}: {place}");
                assert!(!String::from_utf8_lossy(&answer.body).contains("openset_"), "{site:?}");
            }
        }
    });
}

#[test]
fn a_refused_a_repeated_and_an_answered_message_are_counted_as_such() {
    play_alone(async |stage| {
        let auth_req = stage.crossed(&stage.example().await.order, "AuthReq").await;
        let count = |outcome: &'static str, message: &'static str| async move {
            stage.counted(message, outcome).await
        };
        let repeated = count("repeated", "AuthReq").await;
        stage.post(Name::Gateway, &auth_req).await;
        assert_eq!(count("repeated", "AuthReq").await, repeated + 1);
        assert!(count("answered", "AuthReq").await >= 1);
        let refused = count("refused", "unreadable").await;
        stage.post(Name::Gateway, b"no message").await;
        assert_eq!(count("refused", "unreadable").await, refused + 1);
    });
}

#[test]
fn a_message_is_counted_in_the_suite_that_its_gateway_speaks() {
    play_in_both(async |stage| {
        stage.example().await;
        assert!(stage.counted("AuthReq", "answered").await >= 1, "{}", stage.suite());
    });
}

#[test]
fn a_label_of_a_metric_never_comes_from_a_message() {
    play(async |stage| {
        stage.post(Name::Gateway, b"label-canary").await;
        let host = "label-canary.localhost";
        say(
            stage.system.at,
            format!("GET /label-canary HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes(),
        )
        .await;
        let text = stage.get(Name::Home, "/metrics").await.body;
        assert!(!String::from_utf8_lossy(&text).contains("canary"));
    });
}

#[test]
fn a_refusal_is_one_line_that_says_why_and_repeats_nothing_of_the_message() {
    play(async |stage| {
        let before = stage.log(Name::Gateway).lines().count();
        let number = b"9999990000064242";
        stage.post(Name::Gateway, &[b"\x30\x10".as_slice(), number].concat()).await;
        let log = stage.log(Name::Gateway);
        let new: Vec<&str> = log.lines().skip(before).collect();
        let [line] = new.as_slice() else { panic!("one line: {new:?}") };
        assert!(line.contains(r#""message":"refused""#) || line.contains("refused"), "{line}");
        assert!(!line.contains("999999") && !line.contains("4242"), "{line}");
    });
}

impl Stage {
    async fn get(&self, at: Name, place: &str) -> Answer {
        let host = at.host();
        let request = format!("GET {place} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        say(self.system.at, request.as_bytes()).await
    }

    /// How many messages of a name ended so at the gateway of this stage.
    async fn counted(&self, message: &str, outcome: &str) -> u64 {
        let text = self.get(Name::Home, "/metrics").await.body;
        let text = String::from_utf8_lossy(&text).into_owned();
        let is_it = |line: &&str| {
            line.starts_with("openset_message_duration_seconds_count{")
                && [
                    ("message", message),
                    ("role", "gateway"),
                    ("profile", self.suite().name()),
                    ("outcome", outcome),
                ]
                .iter()
                .all(|(label, value)| line.contains(&format!("{label}=\"{value}\"")))
        };
        let line = text.lines().find(is_it);
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
    }
}

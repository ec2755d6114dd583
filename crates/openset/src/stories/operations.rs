//! What operators are told: that it lives, that it is ready, what was measured, what was refused.

use tokio::time::{sleep, timeout};

use super::{
    apart::Apart,
    post::{Answer, say},
    stage::{LOOK, PATIENCE, Stage, play, play_alone, play_in_both, runtime},
    town::Town,
};
use crate::{
    demo::story,
    sites::{self, Name},
};

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
            if role == "gateway" {
                ready.push_str("the links to the banks are up\n");
            }
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
        let new = log.lines().skip(before).filter(|line| !line.contains("\"part\":"));
        let new: Vec<&str> = new.collect();
        let [line] = new.as_slice() else { panic!("one line: {new:?}") };
        assert!(line.contains(r#""message":"refused""#) || line.contains("refused"), "{line}");
        assert!(!line.contains("999999") && !line.contains("4242"), "{line}");
    });
}

#[test]
fn every_decision_is_one_line_with_its_purchase_its_outcome_and_how_long_it_took() {
    play(async |stage| {
        let bought = stage.buy(&stage.good).await;
        story::capture(&stage.system, &bought.order).await.expect("captured");
        let declined = stage.buy(&stage.broke).await;
        for (role, told, expected) in [
            (Name::Merchant, &bought, &["authorized", "captured"][..]),
            (Name::Gateway, &bought, &["authorized", "captured"]),
            (Name::Merchant, &declined, &["declined"]),
            (Name::Gateway, &declined, &["declined"]),
        ] {
            let xid = told.told.xid.to_string();
            let lines = stage.log(role);
            let lines = lines.lines().filter(|line| line.contains("\"decided\""));
            let of_this: Vec<_> = lines.filter(|line| line.contains(&xid)).collect();
            let is =
                |line: &&&str, status: &str| line.contains(&format!("\"status\":\"{status}\""));
            assert_eq!(of_this.len(), expected.len(), "{role:?}: {of_this:?}");
            for (line, status) in of_this.iter().zip(expected) {
                assert!(is(&line, status), "{status}: {line}");
                assert!(line.contains("\"took_us\":"), "{line}");
                assert!(line.contains("\"trace\":\""), "{line}");
            }
        }
    });
}

#[test]
fn one_trace_leads_from_the_wallet_through_the_merchant_to_the_gateway() {
    play(async |stage| {
        let bought = stage.buy(&stage.good).await;
        let xid = bought.told.xid.to_string();
        let decided = |line: &&str| line.contains("\"decided\"") && line.contains(&xid);
        let gateway = stage.log(Name::Gateway);
        let line = gateway.lines().find(decided).expect("a decision");
        let (_, trace) = line.split_once("\"trace\":\"").expect("a trace");
        let trace = &trace[..32];
        let merchant = stage.log(Name::Merchant);
        assert!(merchant.lines().filter(decided).all(|line| line.contains(trace)));
        for (log, parts) in [
            (&gateway, &["arrival", "verify", "load", "step", "commit"][..]),
            (&merchant, &["arrival", "verify", "load", "step", "commit", "send"]),
        ] {
            let of_trace: Vec<_> = log.lines().filter(|line| line.contains(trace)).collect();
            for part in parts {
                let part = format!("\"part\":\"{part}\"");
                assert!(of_trace.iter().any(|line| line.contains(&part)), "{part}: {of_trace:?}");
            }
        }
        let wallet = stage.log(Name::Wallet);
        assert!(wallet.lines().any(|line| line.contains(trace)), "it began there");
    });
}

#[test]
fn a_gateway_without_its_issuer_is_not_ready_and_says_so_until_it_has_it_again() {
    play(async |stage| {
        let apart = Apart::open(stage);
        let issuer = apart.issuer().await;
        let gateway = apart.gateway(apart.issuer_at).await;
        let ready = gateway.party.links_remark();
        until(|| ready().is_ok()).await;
        issuer.kill().await;
        until(|| ready().is_err()).await;
        assert_eq!(ready(), Err("the link to the issuer is down".to_owned()));
        let issuer = apart.issuer().await;
        until(|| ready().is_ok()).await;
        gateway.kill().await;
        issuer.kill().await;
    });
}

#[test]
fn a_house_whose_lists_and_certificates_have_ended_is_not_ready_and_names_them() {
    runtime().block_on(async {
        let town = Town::open().await;
        assert_eq!(town.readiness().await.0, 200);
        // Nobody publishes: a look at the lists would come too late.
        town.passes(400 * 86_400);
        let (status, said) = town.readiness().await;
        assert_eq!(status, 503, "{said}");
        assert!(said.contains("the lists of revoked certificates have ended\n"), "{said}");
        assert!(said.contains("the certificates of the gateway ended on "), "{said}");
        assert!(!said.contains("links"), "what stands is not named: {said}");
        town.stop().await;
    });
}

/// Waits until something is so.
async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            sleep(LOOK).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("it becomes so");
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

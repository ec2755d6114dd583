//! A wallet that is served alone: only windows that it opened itself are shown anything, and no
//! page of the network hands anything in.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::StatusCode;
use data_encoding::BASE64;
use openset_web::Places;
use openset_web::ports::{Admitted, Porter};
use openset_web::routes::{self, House};
use openset_web::words::Tongue;

use crate::stage::Stage;
use crate::visitor::Visitor;

mod stage;
mod visitor;

const KEY: &str = "the-key";
const HOST: &str = "a-bank-5e5e.localhost:7280";

/// A porter with one ticket.
struct OneTicket(Mutex<Option<&'static str>>);

impl Porter for OneTicket {
    fn knows(&self, key: &str) -> bool {
        key == KEY
    }

    fn admit(&self, ticket: &str) -> Option<Admitted> {
        let place = self.0.lock().expect("one thread").take_if(|_| ticket == "ticket")?;
        Some(Admitted { key: KEY.to_owned(), place: place.to_owned() })
    }
}

fn wallet(stage: &Arc<Stage>, place: &'static str) -> Router {
    let places = Arc::new(Places::alone(format!("http://{HOST}")));
    let house = House { named: places.clone(), numbered: places, ..stage.house() };
    routes::wallet_alone(&house, stage.clone(), Arc::new(OneTicket(Mutex::new(Some(place)))))
}

fn visitor(stage: &Arc<Stage>, place: &'static str) -> Visitor {
    let mut visitor = Visitor::at(wallet(stage, place), HOST);
    visitor.fetched_from = "none";
    visitor
}

const PATHS: [&str; 9] = [
    "/",
    "/unlock",
    "/cards/new",
    "/cards/card-4242",
    "/enrolments/e7",
    "/pay/p1",
    "/history",
    "/told/file_unreadable",
    "/enter/guess",
];

#[tokio::test]
async fn a_window_without_the_key_is_shown_nothing() {
    let stage = Arc::new(Stage::furnished());
    for key in [None, Some(""), Some("the-ke"), Some("the-key2"), Some("THE-KEY")] {
        // Not even one that an earlier unlocking let in.
        let mut visitor = visitor(&stage, "/").speaking(Tongue::English).unlocked();
        if let Some(key) = key {
            visitor.cookies.insert("wallet-key".to_owned(), key.to_owned());
        }
        for path in PATHS {
            let page = visitor.get(path).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{key:?} {path}");
            assert!(page.text.contains("not_let_in"), "{path}: {}", page.text);
            assert!(!page.text.contains("…4242") && !page.text.contains("name=\"passphrase\""));
        }
    }
}

#[tokio::test]
async fn nobody_without_the_key_chooses_or_tries_a_passphrase() {
    let stage = Arc::new(Stage::default());
    let mut stranger = visitor(&stage, "/");
    let token = stranger.get("/").await;
    assert_eq!(token.status, StatusCode::FORBIDDEN);
    let fields = [("passphrase", "mine mine mine"), ("again", "mine mine mine"), ("next", "/")];
    for path in ["/create", "/unlock", "/lock", "/cards"] {
        let answer = stranger.post(path, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(stage.passphrase.lock().expect("one thread").is_none(), "nobody chose it");
}

#[tokio::test]
async fn a_ticket_gives_the_key_once_and_leads_where_it_was_made_for() {
    let stage = Arc::new(Stage::furnished());
    let router = wallet(&stage, "/pay/p1");
    let mut owner = Visitor::at(router.clone(), HOST);
    owner.get("/enter/ticket").await.leads_to("/pay/p1");
    assert_eq!(owner.cookies.get("wallet-key").map(String::as_str), Some(KEY));
    owner.get("/pay/p1").await.leads_to("/unlock?next=/pay/p1");
    owner.get("/enter/ticket").await.leads_to("/");
    let mut late = Visitor::at(router, HOST);
    let answer = late.get("/enter/ticket").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(!late.cookies.contains_key("wallet-key"));
}

#[tokio::test]
async fn the_key_stays_with_the_wallet() {
    let stage = Arc::new(Stage::furnished());
    let mut owner = visitor(&stage, "/");
    let answer = owner.get("/enter/ticket").await;
    let cookie = answer.header("set-cookie");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn a_ticket_leads_nowhere_but_into_the_wallet() {
    let stage = Arc::new(Stage::furnished());
    for place in ["//evil.example", "https://evil.example", "/\\evil", "javascript:x"] {
        visitor(&stage, place).get("/enter/ticket").await.leads_to("/");
    }
}

#[tokio::test]
async fn no_page_of_the_network_hands_a_document_in() {
    let stage = Arc::new(Stage::furnished());
    let mut owner = visitor(&stage, "/");
    owner.get("/enter/ticket").await;
    for from in ["cross-site", "same-site", "same-origin", "none"] {
        owner.fetched_from = from;
        let document = BASE64.encode(b"SET-Initiation-Type: Payment-Initiation\r\n");
        let fields = [("v", "1"), ("initiation", document.as_str())];
        let answer = owner.post_bare("/initiate", &fields).await;
        assert!(answer.status.is_client_error(), "{from}: {}", answer.status);
    }
    assert!(stage.received.lock().expect("one thread").is_empty());
}

#[tokio::test]
async fn posts_of_other_sites_are_refused_with_the_key_too() {
    let stage = Arc::new(Stage::furnished());
    let mut owner = visitor(&stage, "/").unlocked();
    owner.get("/enter/ticket").await;
    owner.get("/").await;
    for from in ["cross-site", "same-site"] {
        owner.fetched_from = from;
        let answer = owner.post("/pay/p1/consent", &[("card", "card-4242")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{from}");
    }
    assert!(stage.consented.lock().expect("one thread").is_empty());
}

#[tokio::test]
async fn a_wallet_alone_leads_to_no_site_that_it_does_not_know() {
    let stage = Arc::new(Stage::furnished());
    for tongue in Tongue::ALL {
        let mut owner = visitor(&stage, "/").speaking(tongue).unlocked();
        owner.get("/enter/ticket").await;
        for path in ["/", "/cards/new", "/enrolments/done", "/pay/p1", "/pay/done", "/history"] {
            let page = owner.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert_eq!(page.text.matches("<h1").count(), 1, "{path}");
            let away = page.text.match_indices("href=\"").map(|(at, _)| &page.text[at + 6..]);
            for link in away.filter(|link| !link.starts_with('/')) {
                let shop = link.starts_with("http://shop.localhost:7180/") || link.starts_with('#');
                assert!(shop, "{path}: {}", &link[..40.min(link.len())]);
            }
        }
    }
}

#[tokio::test]
async fn why_a_file_was_not_taken_is_told_in_both_languages() {
    let stage = Arc::new(Stage::furnished());
    for tongue in Tongue::ALL {
        let mut owner = visitor(&stage, "/").speaking(tongue);
        owner.get("/enter/ticket").await;
        for code in [
            "brand_not_accepted",
            "file_unreadable",
            "initiation_return_foreign",
            "initiation_too_large",
            "initiations_too_many",
            "registration_elsewhere",
        ] {
            let page = owner.get(&format!("/told/{code}")).await;
            assert!(page.status.is_client_error(), "{code}: {}", page.status);
            assert!(page.text.contains(&format!("<code>{code}</code>")), "{}", page.text);
        }
        let other = owner.get("/told/%3Cb%3E").await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
    }
}

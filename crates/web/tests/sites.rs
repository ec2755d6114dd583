//! The sites over their routes, as a browser meets them: what is shown, what is refused, and
//! what may come from where.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use data_encoding::BASE64;
use openset_web::words::Tongue;

use crate::stage::Stage;
use crate::visitor::{Answered, Visitor};

mod stage;
mod visitor;

/// Every page of every site.
const PAGES: [(&str, &[&str]); 8] = [
    (
        "home",
        &[
            "/",
            "/authorities",
            "/authorities/a0",
            "/transactions",
            "/transactions/ord-1042",
            "/transactions/ord-1042/messages/3",
        ],
    ),
    ("shop", &["/", "/orders/1044-new0", "/orders/1044-new0/pay", "/orders/1042-k3v9"]),
    (
        "wallet",
        &[
            "/",
            "/cards/new",
            "/enrolments/e7",
            "/enrolments/asking",
            "/enrolments/done",
            "/enrolments/pended",
            "/enrolments/referred",
            "/enrolments/refused",
            "/enrolments/returned",
            "/cards/card-4242",
            "/cards/card-1881",
            "/pay/p1",
            "/pay/checking",
            "/pay/doubtful",
            "/pay/paying",
            "/pay/done",
            "/pay/declined",
            "/history",
        ],
    ),
    (
        "merchant",
        &[
            "/",
            "/?q=1042",
            "/batches",
            "/batches/0-17",
            "/orders/1042-k3v9",
            "/orders/1042-k3v9/capture",
            "/orders/1042-back",
            "/orders/1042-back/refund",
            "/orders/1042-back/take-back",
            "/orders/1042-back/undo/1000",
            "/certificates",
            "/enrolments/e7",
            "/enrolments/asking",
            "/enrolments/applying",
            "/enrolments/pended",
            "/enrolments/referred",
            "/enrolments/refused",
            "/enrolments/returned",
        ],
    ),
    ("gateway", &["/", "/transactions/g1"]),
    (
        "issuer",
        &[
            "/",
            "/accounts/a1",
            "/holds",
            "/clearing-files",
            "/clearing-files/CLR-B999998-D20261122-N000001",
            "/ledger",
            "/ledger?before=2",
            "/wallet",
            "/register",
        ],
    ),
    (
        "acquirer",
        &[
            "/",
            "/clearing-files",
            "/clearing-files/CLR-B999998-D20261122-N000001",
            "/merchants",
            "/ledger",
            "/breaks",
            "/breaks?ask=today",
        ],
    ),
    (
        "ca-cardholder",
        &[
            "/",
            "/operator?next=/lists",
            "/requests",
            "/requests?all=yes",
            "/requests/5c1e90ab5c1e90ab5c1e90ab5c1e90ab5c1e90ab",
            "/certificates?q=3fa2&state=current&page=1",
            "/certificates/a4",
            "/certificates/a4/revoke?reason=superseded",
            "/lists",
            "/audit?about=card&before=50&verify=yes",
        ],
    ),
];

#[tokio::test]
async fn every_page_is_whole_in_both_languages() {
    let stage = Arc::new(Stage::furnished());
    for (site, paths) in PAGES {
        for tongue in Tongue::ALL {
            let mut visitor = Visitor::of(&stage, site).speaking(tongue).unlocked();
            for path in paths {
                let page = visitor.get(path).await;
                assert_eq!(page.status, StatusCode::OK, "{site}{path}");
                is_whole(&page.text, tongue, &format!("{site}{path}"));
                has_the_headers(&page, &format!("{site}{path}"));
            }
        }
    }
}

/// One language, one title, headings in order, nothing inline, nothing from outside.
fn is_whole(html: &str, tongue: Tongue, at: &str) {
    assert!(html.contains(&format!("<html lang=\"{}\"", tongue.tag())), "{at}");
    assert_eq!(html.matches("<h1").count(), 1, "{at}: one title");
    let levels = html.match_indices("<h").filter_map(|(found, _)| html[found + 2..].chars().next());
    let levels: Vec<u32> = levels.filter_map(|level| level.to_digit(10)).collect();
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{at}: {levels:?}");
    for inline in [" style=", " onclick=", " onload=", "<style", "javascript:", "<script>"] {
        assert!(!html.contains(inline), "{at}: {inline}");
    }
    for (found, _) in html.match_indices("http") {
        let local = html[found..].starts_with("http://") && {
            let host = html[found + 7..].split(['/', '"', ':']).next().unwrap_or_default();
            host == "localhost" || host.ends_with(".localhost")
        };
        assert!(local, "{at}: {}", &html[found..found + 40]);
    }
    assert!(html.len() < 60_000, "{at}: {} octets", html.len());
}

fn has_the_headers(page: &Answered, at: &str) {
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{at}");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{at}");
    assert_eq!(page.header("cache-control"), "no-store", "{at}");
    assert_eq!(page.header("x-content-type-options"), "nosniff", "{at}");
}

#[tokio::test]
async fn what_a_page_loads_is_there_and_may_be_kept() {
    let stage = Arc::new(Stage::furnished());
    for (site, _) in PAGES {
        let mut visitor = Visitor::of(&stage, site).unlocked();
        let page = visitor.get("/").await;
        let at = page.text.find("/assets/page.").expect("a style sheet");
        let path = page.text[at..].split('"').next().expect("an address").to_owned();
        let style = visitor.get(&path).await;
        assert_eq!(style.status, StatusCode::OK, "{site}");
        assert!(style.header("cache-control").contains("immutable"), "{site}");
        assert!(style.header("set-cookie").is_empty(), "{site}");
    }
}

#[tokio::test]
async fn the_language_switch_keeps_the_place() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "merchant");
    visitor.get("/?q=1042&lang=fr").await.leads_to("/?q=1042");
    let page = visitor.get("/?q=1042").await;
    assert!(page.text.contains("Commandes") && page.text.contains("value=\"1042\""));
}

#[tokio::test]
async fn an_unknown_address_has_a_page_of_its_own_in_the_language_of_the_visitor() {
    let stage = Arc::new(Stage::furnished());
    for (site, _) in PAGES {
        let mut visitor = Visitor::of(&stage, site).speaking(Tongue::French).unlocked();
        let page = visitor.get("/no/such/page").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{site}");
        assert!(page.text.contains("Il n’y a pas de page ici."), "{site}: {}", page.text);
    }
    let mut visitor = Visitor::of(&stage, "shop");
    assert_eq!(visitor.get("/orders").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(visitor.get("/orders/1043").await.status, StatusCode::NOT_FOUND);
}

const ORDER: [(&str, &str); 5] = [
    ("quantity", "1"),
    ("delivery", "post"),
    ("name", "Ada Martin"),
    ("address", "12 rue du Port, 29200 Brest"),
    ("shown", "4200"),
];

fn changed<'a>(name: &str, value: &'a str) -> Vec<(&'a str, &'a str)>
where
    'static: 'a,
{
    ORDER.into_iter().map(|(key, it)| if key == name { (key, value) } else { (key, it) }).collect()
}

#[tokio::test]
async fn an_order_is_placed_once_and_handed_to_the_wallet() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "shop");
    visitor.get("/").await;
    visitor.post("/orders", &ORDER).await.leads_to("/orders/1044-new0/pay");
    let page = visitor.get("/orders/1044-new0/pay").await;
    assert!(page.text.contains("http://wallet.localhost:7180/initiate"));
    let policy = page.header("content-security-policy");
    let wallets = "http://wallet.localhost:7180 http://wallet-nordic.localhost:7180";
    assert!(policy.contains(&format!("form-action 'self' {wallets};")), "{policy}");
    let file = visitor.get("/orders/1044-new0/initiation").await;
    assert_eq!(file.header("content-type"), "application/set-payment-initiation");
    assert!(file.header("content-disposition").contains("order-1042.setpay"));
    visitor.get("/orders/1042-k3v9/pay").await.leads_to("/orders/1042-k3v9");
}

#[tokio::test]
async fn an_order_that_is_not_right_is_asked_for_again() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "shop");
    visitor.get("/").await;
    for (field, value) in [("name", " "), ("address", ""), ("shown", "4199"), ("quantity", "2")] {
        let page = visitor.post("/orders", &changed(field, value)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(page.text.contains("role=\"alert\""), "{field}");
    }
    let mut updating = changed("quantity", "2");
    updating.push(("update", "yes"));
    let page = visitor.post("/orders", &updating).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Pay €80.00 with my wallet"), "{}", page.text);
}

#[tokio::test]
async fn the_total_is_the_shops_own_sum() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "shop");
    let total = visitor.get("/total?quantity=3&delivery=pickup").await;
    assert_eq!(total.text, "€114.00\nPay €114.00 with my wallet\n11400");
    let strange = visitor.get("/total?quantity=99999999999&delivery=teleport").await;
    assert_eq!(strange.text.lines().last(), Some("4200"));
}

#[tokio::test]
async fn a_form_without_our_token_or_from_another_site_does_nothing() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "merchant");
    let path = "/orders/1042-k3v9/capture";
    let fields = [("amount", "4200"), ("currency", "EUR")];
    assert_eq!(visitor.post_bare(path, &fields).await.status, StatusCode::FORBIDDEN);
    visitor.get(path).await;
    assert_eq!(visitor.post_bare(path, &fields).await.status, StatusCode::FORBIDDEN);
    for foreign in ["cross-site", "same-site"] {
        visitor.fetched_from = foreign;
        assert_eq!(visitor.post(path, &fields).await.status, StatusCode::FORBIDDEN, "{foreign}");
    }
    assert!(stage.captured.lock().expect("one thread").is_empty());
}

#[tokio::test]
async fn a_capture_takes_what_the_confirmation_stated() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "merchant");
    let path = "/orders/1042-k3v9/capture";
    visitor.get(path).await;
    for wrong in [[("amount", "4199"), ("currency", "EUR")], [("amount", "x"), ("currency", "EUR")]]
    {
        assert_eq!(visitor.post(path, &wrong).await.status, StatusCode::FORBIDDEN);
    }
    let right = [("amount", "4200"), ("currency", "EUR")];
    visitor.post(path, &right).await.leads_to("/orders/1042-k3v9");
    assert_eq!(*stage.captured.lock().expect("one thread"), [stage::sample::eur(4200)]);
}

#[tokio::test]
async fn money_is_given_back_as_it_was_typed_and_not_more_than_is_left() {
    use openset_types::RefundKind;
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "merchant");
    visitor.get("/orders/1042-back/refund").await;
    for wrong in ["", "x", "12.345", "-1", "32.01", "1e3"] {
        let fields = [("amount", wrong), ("currency", "EUR")];
        let answer = visitor.post("/orders/1042-back/refund", &fields).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{wrong}");
    }
    let other = visitor.get("/orders/1042-back/undo/999").await;
    assert_eq!(other.status, StatusCode::CONFLICT);
    for (deed, typed) in [("refund", "12,00"), ("take-back", "32.00"), ("undo", "10.00")] {
        let path = format!("/orders/1042-back/{deed}");
        let fields = [("amount", typed), ("currency", "EUR")];
        visitor.post(&path, &fields).await.leads_to("/orders/1042-back");
    }
    let eur = stage::sample::eur;
    assert_eq!(
        *stage.given_back.lock().expect("one thread"),
        [
            (RefundKind::Credit, eur(1200)),
            (RefundKind::CaptureReversal, eur(3200)),
            (RefundKind::CreditReversal, eur(1000)),
        ]
    );
}

#[tokio::test]
async fn a_shop_gives_up_all_or_all_but_what_it_types() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "merchant");
    let path = "/orders/1042-k3v9/void";
    visitor.get(path).await;
    let typed = |keep| [("keep", keep), ("currency", "EUR")];
    for wrong in ["x", "-1", "42.00", "99999", "1.234", "1,2,3"] {
        let said = visitor.post(path, &typed(wrong)).await;
        assert_eq!(said.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let no_currency = [("keep", "1"), ("currency", "???")];
    assert_eq!(visitor.post(path, &no_currency).await.status, StatusCode::FORBIDDEN);
    assert!(stage.voided.lock().expect("one thread").is_empty());
    for keep in ["10.00", "10,00", ""] {
        visitor.post(path, &typed(keep)).await.leads_to("/orders/1042-k3v9");
    }
    let eur = stage::sample::eur;
    assert_eq!(*stage.voided.lock().expect("one thread"), [eur(1000), eur(1000), eur(0)]);
}

#[tokio::test]
async fn a_wallet_takes_an_initiation_from_anybody_and_only_keeps_it() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "wallet");
    visitor.fetched_from = "cross-site";
    let document = b"SET-Initiation\r\n\r\nposter \xff\x00";
    let encoded = BASE64.encode(document);
    let fields = [("initiation", encoded.as_str()), ("v", "1")];
    visitor.post_bare("/initiate?lang=fr", &fields).await.leads_to("/pay/p1");
    assert_eq!(*stage.received.lock().expect("one thread"), [document.to_vec()]);
    visitor.get("/pay/p1").await.leads_to("/unlock?next=/pay/p1");
    let door = visitor.get("/unlock?next=/pay/p1").await;
    assert!(door.text.contains("Une boutique veut commencer un paiement"), "{}", door.text);
    assert!(!door.text.contains("Atelier Lumen"));
}

#[tokio::test]
async fn what_is_no_initiation_is_refused_and_not_kept() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "wallet");
    visitor.fetched_from = "cross-site";
    let large = BASE64.encode(&vec![b'x'; 64 * 1024 + 1]);
    let huge = "A".repeat(300 * 1024);
    for (initiation, version, status) in [
        ("not base64", "1", StatusCode::BAD_REQUEST),
        ("QUJD", "2", StatusCode::BAD_REQUEST),
        (large.as_str(), "1", StatusCode::PAYLOAD_TOO_LARGE),
        (huge.as_str(), "1", StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let body = format!("v={version}&initiation={}", initiation.replace('+', "%2B"));
        let refused = visitor.send(Method::POST, "/initiate", Body::from(body)).await;
        assert_eq!(refused.status, status);
        assert!(refused.text.contains("You were not charged."), "{}", refused.text);
    }
    assert!(stage.received.lock().expect("one thread").is_empty());
}

#[tokio::test]
async fn the_wallet_is_made_opened_and_shut() {
    let stage = Arc::new(Stage::default());
    let mut visitor = Visitor::of(&stage, "wallet");
    visitor.get("/").await.leads_to("/unlock");
    assert!(visitor.get("/unlock").await.text.contains("Make your wallet"));
    let chosen = |again| [("passphrase", "correct horse"), ("again", again)];
    let differ = visitor.post("/create", &chosen("battery staple")).await;
    assert_eq!(differ.status, StatusCode::UNPROCESSABLE_ENTITY);
    let short = visitor.post("/create", &[("passphrase", "short"), ("again", "short")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    visitor.post("/create", &chosen("correct horse")).await.leads_to("/");
    assert!(visitor.get("/").await.text.contains("My cards"));

    let mut stranger = Visitor::of(&stage, "wallet");
    stranger.get("/unlock").await;
    let wrong = stranger.post("/unlock", &[("passphrase", "guess")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("4 tries left") && !wrong.text.contains("guess"));
    let astray = [("passphrase", "correct horse"), ("next", "//evil.example")];
    stranger.post("/unlock", &astray).await.leads_to("/");
}

#[tokio::test]
async fn a_card_number_that_is_wrong_is_never_shown_again() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "wallet").unlocked();
    visitor.get("/cards/new").await;
    let number = "9999 9900 0000 4243";
    let page = visitor.post("/cards", &[("number", number), ("expiry", "12/29")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.text.contains("4243") && !page.text.contains("999999"), "{}", page.text);
}

#[tokio::test]
async fn a_card_is_read_the_way_people_type_it() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "wallet").unlocked();
    visitor.get("/cards/new").await;
    for number in ["9999990000064242", " 9999 9900-0006 4242 "] {
        let fields = [("number", number), ("expiry", "12 / 2029")];
        visitor.post("/cards", &fields).await.leads_to("/enrolments/e7");
    }
}

#[tokio::test]
async fn a_registration_needs_its_answers_and_the_terms() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "wallet").unlocked();
    visitor.get("/enrolments/e7").await;
    let name = ("field-0", "Ada Martin");
    let birth = ("field-1", "10 12 1985");
    for lacking in [&[birth, ("accept", "yes")][..], &[name, birth]] {
        let page = visitor.post("/enrolments/e7", lacking).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let all = [name, birth, ("accept", "yes")];
    visitor.post("/enrolments/e7", &all).await.leads_to("/enrolments/e7");
}

#[tokio::test]
async fn a_card_is_renewed_with_the_month_on_it_or_without() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "wallet").unlocked();
    visitor.get("/cards/card-4242").await;
    for wrong in ["13/29", "next year", "1/2"] {
        let page = visitor.post("/cards/card-4242/renew", &[("expiry", wrong)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(page.text.contains("role=\"alert\""), "{}", page.text);
    }
    assert!(stage.renewed.lock().expect("one thread").is_empty());
    let renewed = visitor.post("/cards/card-4242/renew", &[("expiry", "06/34")]).await;
    renewed.leads_to("/enrolments/e8");
    visitor.post("/cards/e7/renew", &[]).await.leads_to("/enrolments/e8");
    let renewed = stage.renewed.lock().expect("one thread").clone();
    let month = Some("203406".to_owned());
    assert_eq!(renewed, [("card-4242".to_owned(), month), ("e7".to_owned(), None)]);
}

#[tokio::test]
async fn an_application_is_asked_after_and_sent_on_by_its_holder_only() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "wallet").unlocked();
    visitor.get("/enrolments/pended").await;
    visitor.post("/enrolments/pended/inquire", &[]).await.leads_to("/enrolments/pended");
    let stale = visitor.post("/enrolments/done/inquire", &[]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    let to = [("address", "http://ca.branch.localhost:7180/set")];
    visitor.post("/enrolments/referred/follow", &to).await.leads_to("/enrolments/referred");
    let foreign = visitor.post("/enrolments/referred/follow", &[("address", "file:///x")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    for path in ["/cards/card-4242/renew", "/enrolments/pended/inquire"] {
        let bare = visitor.post_bare(path, &[]).await;
        assert_eq!(bare.status, StatusCode::FORBIDDEN, "without the token of a page: {path}");
    }
    visitor.cookies.remove("wallet-session");
    let asked = visitor.post("/enrolments/pended/inquire", &[]).await;
    asked.leads_to("/unlock?next=/enrolments/pended");
    visitor.get("/cards/card-4242").await.leads_to("/unlock?next=/cards/card-4242");
    visitor.post("/cards/e7/renew", &[]).await.leads_to("/unlock?next=/cards/e7");
}

#[tokio::test]
async fn the_page_of_a_card_without_a_certificate_is_that_of_its_application() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "wallet").unlocked();
    visitor.get("/cards/e7").await.leads_to("/enrolments/e7");
    assert_eq!(visitor.get("/cards/nobody").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn consent_is_given_with_a_card_that_can_pay_and_with_no_other() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "wallet").unlocked();
    visitor.get("/pay/p1").await;
    for card in ["", "card-0002", "card-9999"] {
        let page = visitor.post("/pay/p1/consent", &[("card", card)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{card}");
    }
    assert!(stage.consented.lock().expect("one thread").is_empty());
    visitor.post("/pay/p1/consent", &[("card", "card-4242")]).await.leads_to("/pay/p1");
    assert_eq!(*stage.consented.lock().expect("one thread"), ["card-4242"]);
    let cancelled = visitor.post("/pay/p1/cancel", &[]).await;
    assert!(cancelled.text.contains("Payment cancelled"), "{}", cancelled.text);
}

#[tokio::test]
async fn a_shop_that_cannot_be_trusted_gets_its_own_sheet() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = Visitor::of(&stage, "wallet").unlocked();
    let page = visitor.get("/pay/stopped").await;
    for text in ["We cannot confirm who this shop is.", "You were not charged.", "Do not pay here"]
    {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    assert!(!page.text.contains("/consent"));
}

//! The console of an authority over its routes: who acts is named, what acts carries the visitor's
//! token, and what is unclear is not done.

use std::sync::Arc;

use axum::http::StatusCode;

use crate::stage::{Stage, sample::REQUEST};
use crate::visitor::Visitor;

mod stage;
mod visitor;

/// A visitor who has seen the console; with a name if one is given.
async fn operator(stage: &Arc<Stage>, name: Option<&str>) -> Visitor {
    let mut visitor = Visitor::of(stage, "ca-cardholder");
    visitor.get("/").await;
    if let Some(name) = name {
        let fields = [("name", name), ("next", "/requests")];
        visitor.post("/operator", &fields).await.leads_to("/requests");
    }
    visitor
}

fn acts(stage: &Stage) -> Vec<String> {
    stage.acts.lock().expect("one thread").clone()
}

fn of_request(deed: &str) -> String {
    format!("/requests/{REQUEST}/{deed}")
}

#[tokio::test]
async fn whoever_acts_says_a_name_first() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = operator(&stage, None).await;
    let request = format!("/requests/{REQUEST}");
    let first = format!("/operator?next={request}");
    visitor.post(&of_request("approve"), &[]).await.leads_to(&first);
    visitor.post(&of_request("refuse"), &[("why", "issuer")]).await.leads_to(&first);
    let reason = [("reason", "superseded")];
    let certificate = "/operator?next=/certificates/a4";
    visitor.post("/certificates/a4/revoke", &reason).await.leads_to(certificate);
    visitor.post("/lists", &[]).await.leads_to("/operator?next=/lists");
    assert_eq!(acts(&stage), Vec::<String>::new());
    let mut visitor = operator(&stage, Some("Ada Martin")).await;
    assert!(visitor.get(&request).await.text.contains("You act as Ada Martin"));
    visitor.post(&of_request("approve"), &[]).await.leads_to(&request);
    visitor.post("/certificates/a4/revoke", &reason).await.leads_to("/certificates/a4");
    visitor.post("/lists", &[]).await.leads_to("/lists");
    let done = acts(&stage);
    assert_eq!(done[0], "Ada Martin approves ");
    assert_eq!(done[1], "Ada Martin revokes for superseded");
    assert_eq!(done[2], "Ada Martin publishes");
}

#[tokio::test]
async fn what_is_no_name_is_not_taken_and_nobody_is_led_away() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = operator(&stage, None).await;
    for name in ["", "  ", "<b>", &"a".repeat(41)] {
        let page = visitor.post("/operator", &[("name", name), ("next", "/lists")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(page.text.contains("role=\"alert\"") && !page.text.contains("<b>"), "{name}");
    }
    for next in ["//elsewhere.localhost/", "http://elsewhere.localhost/", "lists", "/a\\b", "/%2f"]
    {
        visitor.post("/operator", &[("name", "Ada"), ("next", next)]).await.leads_to("/");
    }
    // A cookie that somebody made up is no name.
    visitor.cookies.insert("console-operator".to_owned(), "HRRD4===".to_owned());
    visitor.post("/lists", &[]).await.leads_to("/operator?next=/lists");
}

#[tokio::test]
async fn an_act_without_the_visitors_token_or_from_another_site_is_none() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = operator(&stage, Some("Ada")).await;
    let acts_of = [
        (of_request("approve"), vec![]),
        (of_request("refuse"), vec![("why", "authority")]),
        ("/certificates/a4/revoke".to_owned(), vec![("reason", "superseded")]),
        ("/lists".to_owned(), vec![]),
        ("/operator".to_owned(), vec![("name", "Eve"), ("next", "/")]),
    ];
    for (path, fields) in &acts_of {
        let wrong = [&fields[..], &[("token", "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB")]].concat();
        assert_eq!(visitor.post_bare(path, fields).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(visitor.post_bare(path, &wrong).await.status, StatusCode::FORBIDDEN, "{path}");
        for foreign in ["cross-site", "same-site"] {
            visitor.fetched_from = foreign;
            assert_eq!(visitor.post(path, fields).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        visitor.fetched_from = "same-origin";
    }
    assert_eq!(acts(&stage), Vec::<String>::new());
}

#[tokio::test]
async fn a_no_is_somebodys_or_about_some_answers_and_has_reasons() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = operator(&stage, Some("Ada")).await;
    let long = "a".repeat(129);
    let unclear: [&[(&str, &str)]; 7] = [
        &[],
        &[("why", "")],
        &[("why", "nobody")],
        &[("why", "answers")],
        &[("why", "issuer"), ("answer-1", "not the name we know")],
        &[("why", "issuer"), ("message", &long)],
        &[("why", "answers"), ("answer-1", &long)],
    ];
    for fields in unclear {
        let page = visitor.post(&of_request("refuse"), fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        assert!(page.text.contains("It is not said what is wrong"), "{}", page.text);
    }
    assert_eq!(acts(&stage), Vec::<String>::new());
    let request = format!("/requests/{REQUEST}");
    let fields = [("why", "answers"), ("answer-2", "another postcode"), ("message", "Again.")];
    visitor.post(&of_request("refuse"), &fields).await.leads_to(&request);
    visitor.post(&of_request("refuse"), &[("why", "authority")]).await.leads_to(&request);
    let done = acts(&stage);
    assert_eq!(done[0], r#"Ada refuses Answers([(2, "another postcode")]) Again."#);
    assert_eq!(done[1], "Ada refuses By(Authority) ");
}

#[tokio::test]
async fn a_merchant_without_a_contract_has_a_name_and_a_city_or_neither() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = operator(&stage, Some("Ada")).await;
    for half in [("name", "Phare Books"), ("city", "Brest")] {
        let page = visitor.post(&of_request("approve"), &[half]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{half:?}");
    }
    let both = [("name", "Phare Books"), ("city", "Brest")];
    visitor.post(&of_request("approve"), &both).await.leads_to(&format!("/requests/{REQUEST}"));
    assert_eq!(acts(&stage), ["Ada approves Phare Books"]);
}

#[tokio::test]
async fn a_certificate_is_taken_back_for_a_reason_that_there_is() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = operator(&stage, Some("Ada")).await;
    let path = "/certificates/a4/revoke";
    visitor.get(path).await.leads_to("/certificates/a4");
    visitor.get(&format!("{path}?reason=boredom")).await.leads_to("/certificates/a4");
    for reason in ["", "boredom"] {
        let page = visitor.post(path, &[("reason", reason)]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{reason}");
    }
    let nobody = visitor.post("/certificates/b7/revoke", &[("reason", "superseded")]).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert_eq!(acts(&stage), Vec::<String>::new());
    let pem = visitor.get("/certificates/a4/pem").await;
    assert!(pem.text.starts_with("-----BEGIN CERTIFICATE-----"), "{}", pem.text);
}

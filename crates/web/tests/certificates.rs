//! The certificates of a merchant and a gateway on their own pages: what is asked for, by whom, and
//! what is not.

#[path = "stage/mod.rs"]
mod stage;
mod visitor;

use std::sync::Arc;

use axum::http::StatusCode;
use openset_web::words::Tongue;
use stage::Stage;
use visitor::Visitor;

const SITES: [&str; 2] = ["merchant", "gateway"];

fn acts(stage: &Stage) -> Vec<String> {
    stage.acts.lock().expect("one thread").clone()
}

/// Somebody who has looked at the page of certificates.
async fn looking(stage: &Arc<Stage>, site: &str) -> Visitor {
    let mut visitor = Visitor::of(stage, site);
    assert_eq!(visitor.get("/certificates").await.status, StatusCode::OK);
    visitor
}

#[tokio::test]
async fn both_sites_lead_to_their_certificates_and_back() {
    for site in SITES {
        let stage = Arc::new(Stage::furnished());
        let mut visitor = Visitor::of(&stage, site);
        let work = visitor.get("/").await.text;
        assert!(work.contains("href=\"/certificates\""), "{work}");
        let own = visitor.get("/certificates").await.text;
        assert!(own.contains("href=\"/\"") && own.contains("aria-current=\"page\""), "{own}");
        assert!(own.contains("3fa27c5e91d04b68") && own.contains("Demo Brand"), "{own}");
    }
}

#[tokio::test]
async fn others_are_asked_for_by_a_button_and_in_the_language_of_the_page() {
    for site in SITES {
        let stage = Arc::new(Stage::furnished());
        let mut visitor = looking(&stage, site).await.speaking(Tongue::French);
        visitor.post("/certificates/renew", &[]).await.leads_to("/certificates");
        visitor.post("/certificates/apply", &[]).await.leads_to("/enrolments/e7");
        assert_eq!(acts(&stage), ["renews", "applies in fr"]);
        for path in ["/certificates/renew", "/certificates/apply"] {
            let looked = visitor.get(path).await;
            assert_eq!(looked.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        }
    }
}

#[tokio::test]
async fn nothing_is_asked_for_without_the_visitors_token_or_from_another_site() {
    let all: [(&str, &[(&str, &str)]); 5] = [
        ("/certificates/renew", &[]),
        ("/certificates/apply", &[]),
        ("/enrolments/e7", &[("field-0", "a"), ("field-1", "b"), ("accept", "yes")]),
        ("/enrolments/pended/inquire", &[]),
        ("/enrolments/referred/follow", &[("address", "http://ca.branch.localhost:7180/set")]),
    ];
    for site in SITES {
        let stage = Arc::new(Stage::furnished());
        let mut visitor = looking(&stage, site).await;
        for (path, fields) in all {
            let wrong = [fields, &[("token", "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB")]].concat();
            for forged in [fields, &wrong[..]] {
                let answer = visitor.post_bare(path, forged).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
            }
            for foreign in ["cross-site", "same-site"] {
                visitor.fetched_from = foreign;
                let answer = visitor.post(path, fields).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} from {foreign}");
            }
            visitor.fetched_from = "same-origin";
        }
        assert_eq!(acts(&stage), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_page_offers_what_can_be_done_and_nothing_else() {
    let offers = [
        ("", "/certificates/renew"),
        ("revoked", "/certificates/apply"),
        ("pended", "/enrolments/e7/inquire"),
    ];
    for (standing, offered) in offers {
        let stage = Arc::new(Stage::furnished());
        *stage.standing.lock().expect("one thread") = standing;
        let page = Visitor::of(&stage, "gateway").get("/certificates").await.text;
        assert_eq!(page.matches("method=\"post\"").count(), 1, "{standing}: {page}");
        assert!(page.contains(&format!("action=\"{offered}\"")), "{standing}: {page}");
    }
    let stage = Arc::new(Stage::furnished());
    *stage.standing.lock().expect("one thread") = "asking";
    let asking = Visitor::of(&stage, "merchant").get("/certificates").await;
    assert_eq!(asking.header("refresh"), "2");
    assert!(!asking.text.contains("method=\"post\""), "{}", asking.text);
}

#[tokio::test]
async fn answers_that_do_not_fit_are_told_beside_their_questions_and_not_sent() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = looking(&stage, "merchant").await;
    let long = "x".repeat(61);
    let (name, birth) = (("field-0", "Atelier Lumen"), ("field-1", "10 12 1985"));
    let accepted = ("accept", "yes");
    let all = [
        (vec![birth, accepted], vec!["field-0-wrong"]),
        (vec![("field-0", "   "), birth, accepted], vec!["field-0-wrong"]),
        (vec![("field-0", &*long), birth, accepted], vec!["field-0-wrong"]),
        (
            vec![("field-2", &*long), accepted],
            vec!["field-0-wrong", "field-1-wrong", "field-2-wrong"],
        ),
        (vec![name, birth], vec![]),
    ];
    for (fields, told) in all {
        let page = visitor.post("/enrolments/e7", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        let beside = page.text.matches("class=\"wrong\"").count();
        assert_eq!(beside, told.len(), "{fields:?}: {}", page.text);
        for id in told {
            assert!(page.text.contains(&format!("id=\"{id}\"")), "{id}: {}", page.text);
        }
        assert!(page.text.contains("Nothing was sent"), "{}", page.text);
    }
    assert_eq!(acts(&stage), Vec::<String>::new());
    // A question that the form does not ask is not answered.
    let all = [name, birth, ("field-9", "what nobody asked"), accepted];
    visitor.post("/enrolments/e7", &all).await.leads_to("/enrolments/e7");
    assert_eq!(acts(&stage), ["answers e7 Atelier Lumen|10 12 1985|"]);
}

#[tokio::test]
async fn answers_to_what_is_no_form_any_more_change_nothing() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = looking(&stage, "gateway").await;
    let fields = [("field-0", "a"), ("field-1", "b"), ("accept", "yes")];
    for id in ["pended", "refused", "done", "asking", "referred"] {
        let path = format!("/enrolments/{id}");
        visitor.post(&path, &fields).await.leads_to(&path);
    }
    assert_eq!(visitor.post("/enrolments/nobody", &fields).await.status, StatusCode::NOT_FOUND);
    assert_eq!(acts(&stage), Vec::<String>::new());
}

#[tokio::test]
async fn an_application_is_asked_after_and_followed_only_where_that_is_its_turn() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = looking(&stage, "merchant").await;
    visitor.post("/enrolments/pended/inquire", &[]).await.leads_to("/enrolments/pended");
    let stale = visitor.post("/enrolments/done/inquire", &[]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    let unknown = visitor.post("/enrolments/nobody/inquire", &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let to = [("address", "http://ca.branch.localhost:7180/set")];
    visitor.post("/enrolments/referred/follow", &to).await.leads_to("/enrolments/referred");
    for address in ["", "file:///etc/passwd", "http://evil.localhost/set"] {
        let foreign = visitor.post("/enrolments/referred/follow", &[("address", address)]).await;
        assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{address}");
    }
    assert_eq!(acts(&stage), ["inquires", "follows http://ca.branch.localhost:7180/set"]);
}

#[tokio::test]
async fn an_application_that_was_granted_leads_to_the_certificates() {
    let stage = Arc::new(Stage::furnished());
    let mut visitor = looking(&stage, "merchant").await;
    visitor.get("/enrolments/done").await.leads_to("/certificates");
    assert_eq!(visitor.get("/enrolments/nobody").await.status, StatusCode::NOT_FOUND);
    let refused = visitor.get("/enrolments/refused").await.text;
    assert!(refused.contains("does not certify you") && !refused.contains("card"), "{refused}");
}

//! A bank's service that answers, lies, dawdles and floods; and the OpenAPI paper, which says the
//! same as this code.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use openset_types::{Bin, CardExpiry, Language, Pan};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;
use crate::house::private::tests::file;

const PAPER: &str = include_str!("../../../../../../docs/openapi/registrar.yaml");
const NUMBER: &str = "9999990000064242";
const TOKEN: &str = "a-token.of+16/or=more";

/// A card and its holder, from whom claims are borrowed.
struct Holder {
    pan: Pan,
    bank: Bin,
    expiry: CardExpiry,
    language: Language,
}

impl Holder {
    fn new() -> Self {
        Self {
            pan: Pan::parse(NUMBER).expect("a card"),
            bank: Bin::parse("999999").expect("six digits"),
            expiry: CardExpiry::parse("202912").expect("a month"),
            language: Language::parse("en").expect("a tag"),
        }
    }

    /// A case with the answers to the first and the third question.
    fn case(&self) -> Case<'_> {
        let said = |number, id, compared, text| Said { number, id, compared, text };
        Case {
            application: b"label",
            bank: &self.bank,
            pan: &self.pan,
            expiry: &self.expiry,
            language: &self.language,
            occasion: Occasion::First,
            said: vec![
                said(1, Some(FieldId::FullName), Some("name"), "Ada \"Martin\""),
                said(3, None, None, "17 rue du Phare \u{e9}"),
            ],
        }
    }
}

/// How a bank behaves that was asked.
#[derive(Clone)]
enum Bank {
    /// Writes these octets and closes.
    Says(Vec<u8>),
    /// Writes these octets and never more.
    Dawdles(Vec<u8>),
    /// Writes without end.
    Floods,
}

/// A bank behind a port; what it was asked.
async fn bank(bank: Bank) -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/registrar", listener.local_addr().expect("bound"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let request = read_request(&mut socket).await;
            heard.lock().expect("nobody panics").extend(request);
            match &bank {
                Bank::Says(octets) => drop(socket.write_all(octets).await),
                Bank::Dawdles(octets) => {
                    drop(socket.write_all(octets).await);
                    std::future::pending::<()>().await;
                }
                Bank::Floods => {
                    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
                    drop(socket.write_all(head).await);
                    while socket.write_all(&[b' '; 4096]).await.is_ok() {}
                }
            }
        }
    });
    (url, asked)
}

async fn read_request(socket: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while !request.ends_with(b"}") {
        match socket.read(&mut part).await {
            Ok(0) | Err(_) => break,
            Ok(length) => request.extend_from_slice(&part[..length]),
        }
    }
    request
}

fn http(status: &str, media: &str, body: &str) -> Bank {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {media}\r\ncontent-length: {length}");
    Bank::Says(format!("{head}\r\n\r\n{body}").into_bytes())
}

fn ok(body: &str) -> Bank {
    http("200 OK", "application/json", body)
}

/// What becomes of a case at a service.
async fn asked(url: &str) -> Result<Verdict, NotNow> {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = SecretSource::File(file(folder.path(), &format!("{TOKEN}\n"), 0o600));
    // Long enough for an answer that comes, on a machine that does other things too.
    let (address, answer_within) = (url.to_owned(), Duration::from_secs(2));
    let terms = ServiceTerms { address, secret, answer_within };
    let service = Service::open(terms, folder.path()).expect("a secret");
    service.ask(&Holder::new().case()).await
}

#[tokio::test]
async fn a_bank_that_answers_by_the_letter_is_understood() {
    for media in ["application/json", "Application/JSON; charset=utf-8"] {
        let (url, heard) = bank(http("200 OK", media, r#"{"decision":"approve"}"#)).await;
        assert_eq!(asked(&url).await, Ok(Verdict::Approves));
        let heard = String::from_utf8(heard.lock().expect("nobody panics").clone());
        let heard = heard.expect("a question in UTF-8");
        let (head, body) = heard.split_once("\r\n\r\n").expect("a head and a body");
        let head = head.to_ascii_lowercase();
        assert!(head.starts_with("post /registrar http/1.1\r\n"), "{head}");
        assert!(head.contains(&format!("authorization: bearer {TOKEN}")), "{head}");
        assert!(!head.contains(NUMBER), "the card is in the body only");
        let body: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(body["card"], json!({ "number": NUMBER, "expiry": "2029-12" }));
    }
    let (url, _) = bank(ok(r#"{"decision":"refer"}"#)).await;
    assert_eq!(asked(&url).await, Ok(Verdict::Refers));
    let (url, _) = bank(ok(r#"{"decision":"deny","reason":"No."}"#)).await;
    assert_eq!(asked(&url).await, Ok(Verdict::Denies(Some("No.".to_owned()))));
    let (url, _) = bank(ok(r#"{"decision":"deny","fields":[{"number":3,"reason":"No."}]}"#)).await;
    let unfit = Unfit { number: 3, why: Why::Said("No.".to_owned()) };
    assert_eq!(asked(&url).await, Ok(Verdict::Differs(vec![unfit])));
}

#[tokio::test]
async fn whatever_else_comes_back_means_not_now() {
    let yes = r#"{"decision":"approve"}"#;
    let (approving, approved) = bank(ok(yes)).await;
    let moved = format!("HTTP/1.1 307 Go\r\nlocation: {approving}\r\ncontent-length: 0\r\n\r\n");
    let cut = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n";
    let long = format!("{}{yes}", " ".repeat(ANSWER_OCTETS_MAX));
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 22\r\n\r\n";
    for (what, behaves) in [
        ("an error", http("500 Oh", "application/json", yes)),
        ("no permission", http("401 No", "application/json", yes)),
        ("another success", http("202 Accepted", "application/json", yes)),
        ("a redirect", Bank::Says(moved.into_bytes())),
        ("another media type", http("200 OK", "text/html", yes)),
        ("no JSON", ok("approve")),
        ("two answers", ok(&format!("{yes}{yes}"))),
        ("another word", ok(r#"{"decision":"approved"}"#)),
        ("a yes and more", ok(r#"{"decision":"approve","limit":1}"#)),
        ("a yes and a no", ok(r#"{"decision":"approve","decision":"deny"}"#)),
        (
            "a field nobody answered",
            ok(r#"{"decision":"deny","fields":[{"number":2,"reason":"a"}]}"#),
        ),
        ("too long", ok(&long)),
        ("cut short", Bank::Says(format!("{cut}{yes}").into_bytes())),
        ("nothing", Bank::Says(Vec::new())),
        ("no HTTP", Bank::Says(b"approve\r\n\r\n".to_vec())),
        ("silence", Bank::Dawdles(Vec::new())),
        ("half an answer", Bank::Dawdles([&head[..], b"{\"decision\":\"app"].concat())),
        ("a flood", Bank::Floods),
    ] {
        let (url, _) = bank(behaves).await;
        assert_eq!(asked(&url).await, Err(NotNow), "{what}");
    }
    assert!(approved.lock().expect("nobody panics").is_empty(), "the redirect was not followed");
    assert_eq!(asked("http://127.0.0.1:1/registrar").await, Err(NotNow), "nobody is there");
    assert_eq!(asked("http://bank.example/registrar").await, Err(NotNow), "in clear, abroad");
}

#[test]
fn neither_card_nor_secret_is_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("log");
    let writer = Mutex::new(std::fs::File::create(&log).expect("a file"));
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    let guard = tracing::subscriber::set_default(subscriber.with_writer(writer).finish());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        for behaves in [ok(r#"{"decision":"approve"}"#), ok("9999990000064242"), Bank::Floods] {
            let (url, _) = bank(behaves).await;
            drop(asked(&url).await);
        }
    });
    drop(guard);
    let log = std::fs::read_to_string(log).expect("a log");
    assert!(log.contains("the bank's service said"), "{log}");
    for secret in [NUMBER, TOKEN, "Martin", "Phare"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn the_secret_is_its_owners_and_long_enough() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |text: &str, mode| {
        let source = SecretSource::File(file(folder.path(), text, mode));
        secret_of(&source, folder.path()).map_err(|error| error.to_string())
    };
    assert_eq!(read(&format!("{TOKEN}\r\n"), 0o600).expect("a secret").expose(), TOKEN.as_bytes());
    for bad in
        ["", "short", "sixteen and more words", "sixteen-letters\u{e9}", "sixteen-\nletters-"]
    {
        let told = read(bad, 0o600).expect_err("no secret");
        assert!(told.contains("a secret of 16 letters"), "{told}");
        assert!(bad.is_empty() || !told.contains(bad), "it is not shown");
    }
    assert!(read(&"x".repeat(513), 0o600).is_err());
    #[cfg(unix)]
    assert!(read(TOKEN, 0o644).expect_err("open").contains("others may read it"));
    let nowhere = SecretSource::Variable("NOBODY_SETS_THIS_VARIABLE".to_owned());
    assert!(secret_of(&nowhere, folder.path()).is_err());
}

/// A schema of the paper.
fn schema(name: &str) -> jsonschema::Validator {
    let paper: Value = serde_saphyr::from_str(PAPER).expect("YAML");
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/components/schemas/{name}"),
        "components": paper["components"],
    });
    jsonschema::validator_for(&schema).expect("a schema")
}

#[test]
fn what_we_ask_is_what_the_paper_says() {
    let question = question(&Holder::new().case());
    let question: Value = serde_json::from_slice(question.expose()).expect("JSON");
    let schema = schema("Application");
    assert!(schema.is_valid(&question), "{question}");
    for member in ["application", "bank", "card", "language", "occasion", "answers"] {
        let mut lacking = question.clone();
        lacking.as_object_mut().expect("an object").remove(member);
        assert!(!schema.is_valid(&lacking), "without {member}");
        let mut more = question.clone();
        more["pin"] = json!("1234");
        assert!(!schema.is_valid(&more), "with more");
    }
    for known in FieldId::ALL {
        let mut other = question.clone();
        other["answers"][0]["id"] = json!(known.name());
        assert!(schema.is_valid(&other), "{}", known.name());
    }
}

#[test]
fn what_we_understand_is_what_the_paper_says() {
    let (schema, holder) = (schema("Answer"), Holder::new());
    let fields = |count: usize| {
        let field = json!({ "number": 1, "reason": "x" });
        json!({ "decision": "deny", "fields": vec![field; count] })
    };
    for answer in [
        json!({ "decision": "approve" }),
        json!({ "decision": "refer" }),
        json!({ "decision": "deny" }),
        json!({ "decision": "deny", "reason": "x".repeat(128) }),
        json!({ "decision": "deny", "reason": "x".repeat(129) }),
        json!({ "decision": "deny", "reason": "" }),
        json!({ "decision": "deny", "reason": null }),
        json!({ "decision": "deny", "fields": null }),
        fields(0),
        fields(1),
        json!({ "decision": "deny", "fields": [{ "number": 1, "reason": "x".repeat(201) }] }),
        json!({ "decision": "deny", "fields": [{ "number": 1, "reason": "" }] }),
        json!({ "decision": "deny", "fields": [{ "number": 1 }] }),
        json!({ "decision": "deny", "fields": [{ "number": "1", "reason": "x" }] }),
        json!({ "decision": "deny", "fields": [{ "number": -1, "reason": "x" }] }),
        json!({ "decision": "deny", "fields": [{ "number": 1, "reason": "x", "id": 1 }] }),
        json!({ "decision": "deny", "reason": "x", "fields": [{ "number": 1, "reason": "x" }] }),
        json!({ "decision": "approve", "reason": "x" }),
        json!({ "decision": "refer", "fields": [{ "number": 1, "reason": "x" }] }),
        json!({ "decision": "APPROVE" }),
        json!({ "decision": true }),
        json!({ "decision": "deny", "extra": 1 }),
        json!({}),
        json!([]),
        json!("approve"),
        json!(null),
    ] {
        let understood = read(answer.to_string().as_bytes(), &holder.case());
        assert_eq!(understood.is_some(), schema.is_valid(&answer), "{answer}");
    }
    let twice = read(fields(2).to_string().as_bytes(), &holder.case());
    assert_eq!(twice, None, "each question once");
}

#[test]
fn the_examples_of_the_paper_are_by_the_paper() {
    let paper: Value = serde_saphyr::from_str(PAPER).expect("YAML");
    let post = &paper["paths"]["/"]["post"];
    let example = &post["requestBody"]["content"]["application/json"]["example"];
    assert!(schema("Application").is_valid(example), "{example}");
    let said = &post["responses"]["200"]["content"]["application/json"]["examples"];
    let said = said.as_object().expect("examples");
    assert_eq!(said.len(), 4);
    for (name, example) in said {
        assert!(schema("Answer").is_valid(&example["value"]), "{name}");
    }
}

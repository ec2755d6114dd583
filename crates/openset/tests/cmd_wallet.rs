//! The life of a card's certificate by commands alone, each a process of its own beside a demo that
//! runs: an application that a person at the bank looks at, its approval, a payment, and a renewal.

use std::{fs, path::Path, process::Output};

use beside::{demo, json, run};
use serde_json::Value;

mod beside;

/// The card whose registration a person looks at.
const CARD: &str = "9999990000041018";

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn said(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

/// A wallet of one's own, and the authority it asks.
struct Holder<'a> {
    folder: &'a Path,
    port: &'a str,
}

impl Holder<'_> {
    fn wallet(&self, arguments: &[&str]) -> Output {
        let own = ["wallet", "--data", "mine", "--passphrase-file", "phrase"];
        run(self.folder, &[&own[..], arguments].concat())
    }

    /// The same for a deed that asks the bank.
    fn asks(&self, arguments: &[&str]) -> Output {
        let authority = format!("http://ca-cardholder.localhost:{}/set", self.port);
        self.wallet(&[arguments, &["--authority", &authority]].concat())
    }

    /// Its only card.
    fn card(&self) -> Value {
        let cards = json(&self.wallet(&["cards", "--json"]));
        assert_eq!(cards.as_array().map(Vec::len), Some(1), "{cards}");
        cards[0].clone()
    }

    fn ca(&self, arguments: &[&str]) -> Output {
        run(self.folder, &[&["ca", "--data", "demo", "--port", self.port], arguments].concat())
    }
}

const ANSWERS: [&str; 5] =
    ["--yes", "--answer", "Name on the card=Élise Faure", "--answer", "Postcode=29200"];

#[test]
fn a_card_is_pended_approved_asked_after_and_renewed_by_commands() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("phrase"), "a harbour at night\n").expect("a file");
    fs::write(folder.join("card"), format!("{CARD}\n")).expect("a file");
    let (_demo, port) = demo(folder);
    let holder = Holder { folder, port: &port };

    let early = holder.asks(&["inquire"]);
    assert_eq!(code(&early), Some(2), "there is no wallet yet: {early:?}");
    let root = "demo/ca-root/certificates/certificates.pem";
    let enroll = ["enroll", "--expiry", "202912", "--card-file", "card", "--trust", root];
    let pended = holder.asks(&[&enroll[..], &ANSWERS].concat());
    assert_eq!(code(&pended), Some(1), "{pended:?}");
    assert!(said(&pended).contains("try: openset wallet inquire 1018"), "{pended:?}");
    let card = holder.card();
    assert_eq!(card["can_pay"], false);
    assert_eq!(card["application"]["state"], "somebody at the bank looks at it");

    let still = holder.asks(&["inquire", "1018"]);
    assert_eq!(code(&still), Some(1), "{still:?}");
    let stray = holder.asks(&["inquire", "--follow", "http://ca.localhost/set"]);
    assert_eq!(code(&stray), Some(2), "it was not sent on: {stray:?}");

    let waiting = json(&holder.ca(&["requests", "--json"]));
    assert_eq!(waiting.as_array().map(Vec::len), Some(1), "{waiting}");
    let approved = holder.ca(&["approve", waiting[0]["id"].as_str().expect("a name")]);
    assert_eq!(code(&approved), Some(0), "{approved:?}");
    let certified = holder.asks(&["inquire"]);
    assert_eq!(code(&certified), Some(0), "{certified:?}");
    let first = holder.card();
    assert_eq!((&first["can_pay"], &first["application"]), (&true.into(), &Value::Null));
    let nothing = holder.asks(&["inquire"]);
    assert_eq!(code(&nothing), Some(2), "nothing waits any more: {nothing:?}");

    // Renewals are looked at by the same person.
    let none = holder.asks(&["renew", "4242"]);
    assert_eq!(code(&none), Some(2), "there is no such card: {none:?}");
    let renewing = holder.asks(&[&["renew", "1018"], &ANSWERS[..]].concat());
    assert_eq!(code(&renewing), Some(1), "{renewing:?}");
    let both = holder.card();
    assert_eq!(both["can_pay"], true, "the first certificate is good all the time");
    assert_eq!(both["certified_until"], first["certified_until"]);
    let waiting = json(&holder.ca(&["requests", "--json"]));
    holder.ca(&["approve", waiting[0]["id"].as_str().expect("a name")]);
    let renewed = holder.asks(&["inquire", "1018"]);
    assert_eq!(code(&renewed), Some(0), "{renewed:?}");
    let second = holder.card();
    assert_eq!((&second["can_pay"], &second["application"]), (&true.into(), &Value::Null));

    let listed = json(&holder.ca(&["list", "--json"]));
    let issued = listed["certificates"].as_array().expect("a list");
    let cards = issued.iter().filter(|one| one["purpose"] == "card signature");
    assert_eq!(cards.count(), 2, "{listed}");
}

//! What somebody changes who can write a party's database, carelessly or with care.

use openset_audit::What;
use openset_bank::iso8583::{Dialect, Message};
use openset_node::store::{Passed, Seq};
use serde_json::Value;

use super::{Shelf, day, is_found, look, runtime};

/// One change, and how it must be told.
struct Plant {
    name: &'static str,
    plant: fn(&mut [Shelf]),
    what: What,
    words: &'static [&'static str],
}

const PLANTS: &[Plant] = &[
    Plant {
        name: "a changed amount at the merchant",
        plant: |all| {
            let state = record(all, "merchant", "merchant.purchase", &stage("Captured"));
            state["stage"]["Captured"]["authorized"]["amount"]["minor"] = 4_201.into();
        },
        what: What::AuthorizationDiffers,
        words: &["order ", "merchant says 42.01 EUR", "gateway says 42.00 EUR"],
    },
    Plant {
        name: "a captured amount that the merchant made larger",
        plant: |all| {
            let state = record(all, "merchant", "merchant.purchase", &stage("Captured"));
            state["stage"]["Captured"]["amount"]["minor"] = 4_201.into();
        },
        what: What::CaptureDiffers,
        words: &["order ", "merchant says 42.01 EUR", "gateway says 42.00 EUR"],
    },
    Plant {
        name: "a purchase that the merchant forgot",
        plant: |all| remove(all, "merchant", "merchant.purchase", &stage("Authorized")),
        what: What::AuthorizationMissing,
        words: &["gateway says 42.00 EUR", "merchant says nothing"],
    },
    Plant {
        name: "a capture missing in the acquirer's books",
        plant: |all| remove(all, "acquirer", "acquirer.capture", &|_| true),
        what: What::CaptureMissing,
        words: &["sale ", "acquirer says nothing, its messages say 42.00 EUR"],
    },
    Plant {
        name: "a capture that the acquirer never heard of, entry and messages gone with it",
        plant: forget_capture,
        what: What::CaptureMissing,
        words: &["sale ", "says 42.00 EUR, acquirer says nothing"],
    },
    Plant {
        name: "a capture that no gateway told of",
        plant: |all| {
            let item = |state: &Value| state["items"][0]["outcome"]["Taken"].is_object();
            remove(all, "gateway", "gateway.capture", &item);
        },
        what: What::CaptureMissing,
        words: &["acquirer says 42.00 EUR", "gateway says nothing"],
    },
    Plant {
        name: "a hold that nobody asked for",
        plant: |all| {
            let mut hold = record(all, "issuer", "issuer.hold", &hold("placed")).clone();
            hold["hold"]["authorization"] = "111111111111".into();
            shelf(all, "issuer").records.push(("issuer.hold", hold));
        },
        what: What::HoldUnasked,
        words: &["hold 111111111111", "issuer says 42.00 EUR placed"],
    },
    Plant {
        name: "a hold with a question and an answer that no gateway sent",
        plant: |all| ask_for_hold(all, "111111111111"),
        what: What::AuthorizationMissing,
        words: &["sale 111111111111", "issuer says 42.00 EUR, gateway says nothing"],
    },
    Plant {
        name: "a hold that the issuer dropped",
        plant: |all| remove(all, "issuer", "issuer.hold", &hold("placed")),
        what: What::HoldMissing,
        words: &["hold ", "issuer says nothing, its messages say 42.00 EUR"],
    },
    Plant {
        name: "a hold released without a reversal",
        plant: |all| {
            record(all, "issuer", "issuer.hold", &hold("placed"))["hold"]["state"] =
                "released".into();
        },
        what: What::HoldDiffers,
        words: &["42.00 EUR released", "its messages say placed"],
    },
    Plant {
        name: "a sale posted to the account of another card",
        plant: |all| {
            let state = record(all, "issuer", "issuer.hold", &hold("placed"));
            state["hold"]["card"] = 4.into();
        },
        what: What::CardDiffers,
        words: &["on card 000004"],
    },
    Plant {
        name: "an entry deleted from the middle",
        plant: |all| remove(all, "acquirer", "acquirer.entry", &entry(2)),
        what: What::EntryMissing,
        words: &["entry 2", "acquirer says entry 3 was made after it, and it is gone"],
    },
    Plant {
        name: "the last entry deleted",
        plant: |all| {
            let last = |of: &Shelf| of.records.iter().rposition(|one| one.0 == "issuer.entry");
            let issuer = shelf(all, "issuer");
            let at = last(issuer).expect("an entry");
            issuer.records.remove(at);
        },
        what: What::EntryMissing,
        words: &["issuer says nothing, its messages say"],
    },
    Plant {
        name: "an unbalanced entry",
        plant: |all| {
            let state = record(all, "acquirer", "acquirer.entry", &entry(1));
            state["entry"]["lines"][0]["amount"]["minor"] = 4_300.into();
        },
        what: What::EntryUnbalanced,
        words: &["entry 1", "debits 43.00 EUR", "credits 42.00 EUR"],
    },
    Plant {
        name: "a balanced entry for another amount",
        plant: |all| {
            let state = record(all, "acquirer", "acquirer.entry", &entry(1));
            for line in [0, 1] {
                state["entry"]["lines"][line]["amount"]["minor"] = 4_300.into();
            }
        },
        what: What::BalanceDiffers,
        words: &["account clearing 999999", "acquirer says debit", "its messages say debit"],
    },
    Plant {
        name: "an entry that nothing is the reason of",
        plant: |all| {
            let of = shelf(all, "acquirer");
            let count = of.records.iter().filter(|one| one.0 == "acquirer.entry").count();
            let mut added = record(all, "acquirer", "acquirer.entry", &entry(1)).clone();
            added["entry"]["number"] = (count + 1).into();
            shelf(all, "acquirer").records.push(("acquirer.entry", added));
        },
        what: What::EntryUnfounded,
        words: &["captured ", "its messages say nothing"],
    },
    Plant {
        name: "a clearing file changed in the acquirer's journal",
        plant: |all| rewrite(all, "acquirer", "camt.054", &[(">42.00<", ">43.00<")]),
        what: What::FileDiffers,
        words: &["file CLR-"],
    },
    Plant {
        name: "a clearing file changed at both banks, its sums with it",
        plant: |all| {
            for bank in ["acquirer", "issuer"] {
                let changes = [("42.00", "43.00"), ("61.99", "62.99")];
                rewrite(all, bank, "camt.054", &changes);
            }
        },
        what: What::FileDiffers,
        words: &["file CLR-", "sale "],
    },
    Plant {
        name: "a settlement for less than the file",
        plant: |all| {
            for bank in ["acquirer", "issuer"] {
                rewrite(all, bank, "pacs.009", &[("61.99", "61.98")]);
            }
        },
        what: What::FileDiffers,
        words: &["file CLR-", "61.99 EUR", "61.98 EUR"],
    },
    Plant {
        name: "a purchase authorized twice for one consent",
        plant: |all| {
            let again = "222222222222";
            ask_for_hold(all, again);
            let authorized = |state: &Value| state["stage"]["Authorized"].is_object();
            let mut state = record(all, "gateway", "gateway.authorization", &authorized).clone();
            state["question"]["rrpid"] = "11".repeat(20).into();
            state["stage"]["Authorized"]["trace"]["retrieval"] = again.into();
            shelf(all, "gateway").records.push(("gateway.authorization", state));
        },
        what: What::AuthorizedTwice,
        words: &["consent to purchase ", "42.00 EUR as sale 222222222222"],
    },
    Plant {
        name: "a message whose digest no longer fits",
        plant: |all| {
            let first = &mut shelf(all, "gateway").messages[3];
            *first = Err(Seq::new(4));
        },
        what: What::MessageAltered,
        words: &["message 4 of the journal", "gateway"],
    },
    Plant {
        name: "a message changed together with its digest",
        plant: |all| {
            let message = passed(all, "gateway", "AuthReq");
            *message.octets.last_mut().expect("not empty") ^= 1;
        },
        what: What::MessageDiffers,
        words: &["AuthReq of request ", "gateway says one message, merchant says another"],
    },
    Plant {
        name: "an answer of the issuer changed together with its digest",
        plant: |all| {
            reword(passed(all, "issuer", "0110 about money"), |message| {
                message.with(4, "000000004300")
            });
        },
        what: What::AuthorizationDiffers,
        words: &["0100 and 0110", "issuer says 42.00 EUR, its messages say 43.00 EUR"],
    },
    Plant {
        name: "a message that is gone",
        plant: |all| {
            drop(shelf(all, "issuer").messages.remove(1));
        },
        what: What::MessageMissing,
        words: &["message 2 of the journal"],
    },
    Plant {
        name: "a question that is gone without a gap",
        plant: |all| drop_messages(all, "issuer", |one| one.name == "0100"),
        what: What::AnswerAlone,
        words: &["0110 about "],
    },
    Plant {
        name: "a credit larger than the sales less the fee",
        plant: |all| rewrite(all, "acquirer", "pain.001", &[("61.25", "61.99")]),
        what: What::CreditDiffers,
        words: &["credit of ATELIER-LUMEN", "61.99 EUR", "61.25 EUR"],
    },
    Plant {
        name: "a statement changed at the merchant",
        plant: |all| rewrite(all, "merchant", "camt.053", &[("61.25", "71.25")]),
        what: What::StatementDiffers,
        words: &["statement STM-", "merchant says"],
    },
    Plant {
        name: "a statement that never came",
        plant: |all| drop_messages(all, "merchant", |one| one.name == "camt.053"),
        what: What::StatementMissing,
        words: &["statement STM-", "merchant says nothing"],
    },
    Plant {
        name: "a refund that the merchant does not remember",
        plant: |all| {
            let is_refunded = |state: &Value| state["stage"]["Captured"]["refunds"].is_array();
            let state = record(all, "merchant", "merchant.purchase", &is_refunded);
            state["stage"]["Captured"]["refunds"] = Value::Array(Vec::new());
        },
        what: What::RefundMissing,
        words: &["request ", "gateway says 10.00 EUR, merchant says nothing"],
    },
    Plant {
        name: "a refund that no gateway told of",
        plant: |all| remove(all, "gateway", "gateway.refund", &|_| true),
        what: What::RefundMissing,
        words: &["refund ", "acquirer says 10.00 EUR, gateway says nothing"],
    },
    Plant {
        name: "a refund that the acquirer made larger",
        plant: |all| {
            let is_credit = |state: &Value| state["capture"]["flow"] == "credit";
            let state = record(all, "acquirer", "acquirer.capture", &is_credit);
            state["capture"]["advice"]["amount"]["minor"] = 1_100.into();
        },
        what: What::RefundDiffers,
        words: &["acquirer says 11.00 EUR, ", "its messages say 10.00 EUR"],
    },
    Plant {
        name: "a record that nobody can read",
        plant: |all| *record(all, "issuer", "issuer.hold", &|_| true) = Value::Null,
        what: What::RecordUnreadable,
        words: &["a record of issuer.hold"],
    },
];

#[test]
fn every_plant_is_found_and_named() {
    runtime().block_on(async {
        let day = day().await;
        let mut unfound = Vec::new();
        for Plant { name, plant, what, words } in PLANTS {
            let mut shelves = day.shelves.clone();
            plant(&mut shelves);
            let found = look(&shelves).differences;
            if !is_found(&found, *what, words) {
                unfound.push(format!("{name}: {found:#?}"));
            }
        }
        assert!(unfound.is_empty(), "not found: {}", unfound.join("\n"));
    });
}

fn shelf<'a>(all: &'a mut [Shelf], folder: &str) -> &'a mut Shelf {
    all.iter_mut().find(|one| one.party.folder == folder).expect("a party of this folder")
}

/// The first record of a kind that is as wanted.
fn record<'a>(
    all: &'a mut [Shelf],
    folder: &str,
    kind: &str,
    is_it: &dyn Fn(&Value) -> bool,
) -> &'a mut Value {
    let mut records = shelf(all, folder).records.iter_mut();
    let found = records.find(|one| one.0 == kind && is_it(&one.1));
    &mut found.expect("a record like that").1
}

fn remove(all: &mut [Shelf], folder: &str, kind: &str, is_it: &dyn Fn(&Value) -> bool) {
    let records = &mut shelf(all, folder).records;
    let at = records.iter().position(|one| one.0 == kind && is_it(&one.1));
    records.remove(at.expect("a record like that"));
}

fn stage(name: &'static str) -> impl Fn(&Value) -> bool {
    move |state| state["stage"][name].is_object()
}

fn hold(name: &'static str) -> impl Fn(&Value) -> bool {
    move |state| state["hold"]["state"] == name
}

fn entry(number: u64) -> impl Fn(&Value) -> bool {
    move |state| state["entry"]["number"] == number
}

/// The first message of a name; `0110 about money` is one about a sale.
fn passed<'a>(all: &'a mut [Shelf], folder: &str, name: &str) -> &'a mut Passed {
    let is_it = |one: &&mut Passed| match name {
        "0110 about money" => one.name == "0110" && one.recipient == "gateway",
        _ => one.name == name,
    };
    let mut messages = shelf(all, folder).messages.iter_mut().flatten();
    messages.find(is_it).expect("a message of this name")
}

/// Changes words of every document of a name.
fn rewrite(all: &mut [Shelf], folder: &str, name: &str, changes: &[(&str, &str)]) {
    let messages = shelf(all, folder).messages.iter_mut().flatten();
    for one in messages.filter(|one| one.name == name) {
        let mut text = String::from_utf8(one.octets.clone()).expect("XML");
        for (from, to) in changes {
            text = text.replace(from, to);
        }
        one.octets = text.into_bytes();
    }
}

/// Writes a bank's message anew.
fn reword(one: &mut Passed, change: impl Fn(Message) -> Message) {
    let dialect = Dialect::openset_87();
    let message = change(dialect.read(&one.octets).expect("a message"));
    one.octets = dialect.write(&message).expect("of the dialect");
}

/// Drops messages, and numbers the others as if nothing had been there.
fn drop_messages(all: &mut [Shelf], folder: &str, is_it: impl Fn(&Passed) -> bool) {
    let messages = &mut shelf(all, folder).messages;
    messages.retain(|one| !one.as_ref().is_ok_and(&is_it));
    for (one, number) in messages.iter_mut().flatten().zip(1..) {
        one.seq = Seq::new(number);
    }
}

/// The issuer holds the amount of another sale once more, with question and answer.
fn ask_for_hold(all: &mut [Shelf], reference: &str) {
    let mut state = record(all, "issuer", "issuer.hold", &hold("placed")).clone();
    let before = state["hold"]["authorization"].as_str().expect("a reference").to_owned();
    state["hold"]["authorization"] = reference.into();
    let issuer = shelf(all, "issuer");
    issuer.records.push(("issuer.hold", state));
    let about = |one: &&Passed| {
        let message = Dialect::openset_87().read(&one.octets);
        message.is_ok_and(|message| message.text(37) == Some(&before))
    };
    let pair: Vec<_> = issuer.messages.iter().flatten().filter(about).cloned().collect();
    assert_eq!(pair.len(), 2, "a question and its answer");
    for mut one in pair {
        reword(&mut one, |message| message.with(37, reference));
        let last = i64::try_from(issuer.messages.len()).expect("few");
        one.seq = Seq::new(last + 1);
        issuer.messages.push(Ok(one));
    }
}

/// A captured sale that was not cleared, gone from the acquirer without a trace of its own.
fn forget_capture(all: &mut [Shelf]) {
    let awaiting = |state: &Value| state["capture"]["state"] == "awaiting";
    let state = record(all, "acquirer", "acquirer.capture", &awaiting).clone();
    let reference = state["capture"]["advice"]["authorization"].as_str().expect("a reference");
    remove(all, "acquirer", "acquirer.capture", &awaiting);
    remove(all, "acquirer", "acquirer.entry", &|state| {
        state["entry"]["occasion"]["captured"] == reference
    });
    let mut entries = shelf(all, "acquirer").records.iter_mut();
    let entries = entries.by_ref().filter(|one| one.0 == "acquirer.entry");
    for ((_, state), number) in entries.zip(1_u64..) {
        state["entry"]["number"] = number.into();
    }
    drop_messages(all, "acquirer", |one| {
        let message = Dialect::openset_87().read(&one.octets);
        message.is_ok_and(|message| message.text(37) == Some(reference))
    });
}

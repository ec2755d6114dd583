//! Lists that are carried between houses and a brand on a stick.

use std::{fs, net::SocketAddr, sync::Arc};

use openset_crypto::{Authority, Untrusted};
use openset_node::clock::SystemClock;
use openset_wire::x509::CrlReason;

use super::{super::list, Table, told};
use crate::{
    args::{List, Request, RequestingRole},
    ceremony::{Carried, Papers, carried::Wish, folder, papers},
    ending::Done,
    house::{
        bureau::{Bureau, Operator, Published, Undone},
        ground,
        holders::Holders,
    },
};

/// An operator at work.
struct Desk {
    bureau: Bureau,
    threads: tokio::runtime::Runtime,
    by: Operator,
}

impl Desk {
    fn revoke(&self, serial: &str, reason: CrlReason) -> Result<(), Undone> {
        self.threads.block_on(self.bureau.revoke(serial, reason, &self.by)).map(drop)
    }

    fn ask(&self, wishes: Vec<Wish>) -> Carried {
        let asked = self.threads.block_on(self.bureau.ask_ceremony(wishes, &self.by));
        asked.expect("a request")
    }

    fn take_in(&self, carried: &Carried) -> Result<Published, Undone> {
        let taken = self.threads.block_on(self.bureau.take_in(carried, &self.by));
        taken.map(|(published, _)| published)
    }
}

impl Table {
    /// The ceremony of the brand over what was brought.
    fn over(&self, brought: &[&str], out: &str) -> Done {
        let files = brought.iter().map(|name| self.at(name)).collect();
        list::list(&List { files, ..self.listing("brand-ca", &["brand"], out) })
    }

    /// Whoever works for the authorities of a data folder, none of which is open.
    fn desk(&self, data: &str) -> Desk {
        let threads = tokio::runtime::Runtime::new().expect("threads");
        let by = Operator::at_command_line(Some("ada")).expect("a name");
        Desk { bureau: self.bureau(data), threads, by }
    }

    fn bureau(&self, data: &str) -> Bureau {
        let (clock, at) = (Arc::new(SystemClock), SocketAddr::from(([127, 0, 0, 1], 9)));
        let ground = ground::of(&self.at(data), clock, at, &Holders::FILES);
        Bureau { ground: ground.expect("its papers"), offices: Vec::new() }
    }

    fn serial(&self, authority: &str) -> String {
        let paper = Papers::of(&self.at(authority)).take(papers::CERTIFICATES).expect("a paper");
        let number = paper.certificate.to_be_signed.serial_number.clone();
        data_encoding::HEXLOWER.encode(number.as_bytes())
    }

    fn carried(&self, name: &str) -> Carried {
        let text = fs::read_to_string(self.at(name)).expect("it was written");
        Carried::read(&text).expect("readable")
    }
}

#[test]
fn a_brand_on_a_stick_takes_back_what_its_houses_ask_for_and_names_their_lists() {
    // Abuse cases 29 and 30.
    let table = Table::with_brand();
    for role in [RequestingRole::Gateway, RequestingRole::Merchant] {
        let at = format!("data/{}", folder(role.into()));
        table.admit("brand-ca", &table.wish(&at, role, "root"));
    }
    let desk = table.desk("data");
    let reason = CrlReason::KeyCompromise;
    let serial = table.serial("data/ca-merchant");
    let apart = desk.revoke(&serial, reason);
    let authority = "ca-brand".to_owned();
    assert_eq!(apart, Err(Undone::Apart { serial: serial.clone(), authority }));

    let wish = Wish::of(&serial, reason).expect("a number");
    let asked = desk.ask(vec![wish]);
    assert_eq!(asked.lists.len(), 1, "that of the authority of gateways");
    fs::write(table.at("house.lists"), asked.write().expect("a text")).expect("a file");
    table.over(&["house.lists"], "first.lists").expect("made");
    assert_eq!(table.believes("data", Authority::Merchant), Ok(()), "not carried back yet");
    let first = table.carried("first.lists");
    let published = desk.take_in(&first).expect("taken in");
    assert_eq!(published.bci.map(|bci| bci.sequence), Some(1));
    let refused = table.believes("data", Authority::Merchant).expect_err("taken back");
    assert_eq!(refused, Untrusted::Revoked.to_string());
    assert_eq!(table.believes("data", Authority::Gateway), Ok(()));
    let brand = published.lists.iter().find(|list| list.revoked == 1);
    assert_eq!(brand.map(|list| list.issuer.as_str()), Some("brand-ca"));

    // Again without anything new, then what was carried first: an older word is not taken.
    table.over(&["house.lists"], "second.lists").expect("made");
    desk.take_in(&table.carried("second.lists")).expect("newer");
    let old = desk.take_in(&first).map(drop);
    assert!(matches!(old, Err(Undone::NotBelieved { .. })), "{old:?}");
    assert_eq!(desk.bureau.published().bci.map(|bci| bci.sequence), Some(2));
    assert!(table.log("brand-ca").contains("named 3 lists, number 2"));
}

#[test]
fn what_a_brand_on_a_stick_does_not_believe_it_does_not_name() {
    let table = Table::with_brand();
    table.admit("brand-ca", &table.wish("data/ca-gateway", RequestingRole::Gateway, "root"));
    table.init("root-other", &["one", "two"]).expect("another root");
    table.admit(
        "root-other",
        &Request {
            place: table.place("other-brand", &["brand"]),
            ..table.wish("other-brand", RequestingRole::Brand, "root-other")
        },
    );
    table.admit(
        "other-brand",
        &table.wish("foreign/ca-gateway", RequestingRole::Gateway, "root-other"),
    );
    let good = table.desk("data").ask(Vec::new());
    let foreign = table.desk("foreign").ask(Vec::new());
    let nobody = Wish::of("0102", CrlReason::Superseded);
    let cut = Carried { certificates: Vec::new(), ..good.clone() };
    let unknown = Carried { wishes: nobody.into_iter().collect(), ..good.clone() };
    for (carried, why) in [(foreign, "list 1"), (cut, "list 1"), (unknown, "no certificate of")] {
        fs::write(table.at("wrong.lists"), carried.write().expect("a text")).expect("a file");
        let refused = told(table.over(&["wrong.lists"], "out.lists"));
        assert!(refused.starts_with(why), "{refused}");
        assert!(!table.at("out.lists").exists() && !table.at("brand-ca/below").exists());
    }
    // What a brand of the same name says under another root, nobody takes in.
    let desk = table.desk("data");
    let place = table.place("other-brand", &["brand"]);
    let said = List { place, ..table.listing("other-brand", &["brand"], "said.lists") };
    list::list(&said).expect("made");
    let refused = desk.take_in(&table.carried("said.lists")).map(drop);
    assert!(matches!(refused, Err(Undone::NotBelieved { .. })), "{refused:?}");
    assert_eq!(desk.bureau.published().bci, None);
    // A list alone, without the brand's word, is one that was made for accept.
    let unnamed = Carried { lists: [good.lists.clone(), good.lists.clone()].concat(), ..good };
    let refused = desk.take_in(&unnamed).map(drop);
    assert!(matches!(refused, Err(Undone::NotBelieved { .. })), "{refused:?}");
}

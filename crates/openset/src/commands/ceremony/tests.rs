//! Ceremonies in folders, with operators who make mistakes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use openset_crypto::{Authority, Bag, Purpose, Suite, Trust};
use openset_node::clock::{Clock, SystemClock};
use openset_types::Brand;

use super::{accept, init, list, request, roll, sign, stick::Stick};
use crate::{
    args::{Accept, Init, List, NewToken, Place, Request, RequestingRole, Roll, Sign, SuiteName},
    ceremony::{Lists, Papers, folder, papers},
    ending::{Done, Ending},
};

mod carrying;
mod tokens;

/// A table with sticks on it.
struct Table(tempfile::TempDir);

impl Table {
    fn new() -> Self {
        let table = Self(tempfile::tempdir().expect("a folder"));
        for (name, word) in [
            ("one", "first operator word"),
            ("two", "second operator word"),
            ("brand", "brand operator word"),
            ("short", "short"),
        ] {
            fs::write(table.at(name), format!("{word}\n")).expect("a file");
        }
        table
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn place(&self, at: &str, operators: &[&str]) -> Place {
        let passphrase_files = operators.iter().map(|name| self.at(name)).collect();
        Place { at: self.at(at), passphrase_files, module: None }
    }

    fn init(&self, at: &str, operators: &[&str]) -> Done {
        self.init_in(self.place(at, operators), NewToken::default(), at)
    }

    fn init_in(&self, place: Place, token: NewToken, at: &str) -> Done {
        init::init(&Init {
            place,
            token,
            organization: "Lumiere Trust".to_owned(),
            name: format!("Root of {at}"),
            country: "FR".to_owned(),
            years: 10,
            suite: SuiteName::Modern,
            out: self.at(&format!("{at}.pem")),
        })
    }

    fn hash(&self, root: &str) -> String {
        let identity = Papers::of(&self.at(root)).take(papers::CERTIFICATES).expect("a root");
        identity.key.to_string()
    }

    fn wish(&self, at: &str, role: RequestingRole, root: &str) -> Request {
        let (operators, years): (Vec<&str>, _) = match role {
            RequestingRole::Brand => (vec!["brand"], 5),
            RequestingRole::Geopolitical => (vec!["brand"], 4),
            _ => (Vec::new(), 3),
        };
        Request {
            place: self.place(at, &operators),
            token: NewToken::default(),
            role,
            brand: "Lumiere".to_owned(),
            institution: operators.is_empty().then(|| "Banque du Nord".to_owned()),
            name: Some(at.to_owned()),
            country: "FR".to_owned(),
            years,
            suite: SuiteName::Modern,
            root: self.hash(root),
            lists_apart: false,
            operators: 1,
            replace: false,
            out: self.file(at, "request"),
        }
    }

    fn file(&self, at: &str, ending: &str) -> PathBuf {
        self.at(&format!("{}.{ending}", at.replace('/', "-")))
    }

    fn sign(&self, by: &str, asked: &str) -> Done {
        let operators: &[&str] = if by.starts_with("root") { &["one", "two"] } else { &["brand"] };
        self.sign_with(by, operators, asked)
    }

    fn sign_with(&self, by: &str, operators: &[&str], asked: &str) -> Done {
        sign::sign(&Sign {
            place: self.place(by, operators),
            request: self.file(asked, "request"),
            yes: true,
            out: self.file(asked, "answer"),
        })
    }

    fn accept(&self, at: &str, file: &Path) -> Done {
        accept::accept(&Accept {
            at: self.at(at),
            file: file.to_owned(),
            module: None,
            pin_file: None,
        })
    }

    /// All three steps.
    fn admit(&self, by: &str, wish: &Request) {
        let at = wish.place.at.strip_prefix(self.0.path()).expect("on the table");
        let at = at.to_str().expect("a plain name");
        request::request(wish).expect("asked");
        self.sign(by, at).expect("signed");
        self.accept(at, &self.file(at, "answer")).expect("accepted");
        for ending in ["request", "answer"] {
            fs::remove_file(self.file(at, ending)).expect("it is there");
        }
    }

    fn with_brand() -> Self {
        let table = Self::new();
        table.init("root", &["one", "two"]).expect("a root");
        table.admit("root", &table.wish("brand-ca", RequestingRole::Brand, "root"));
        table
    }

    /// What makes an authority's next list.
    fn listing(&self, at: &str, operators: &[&str], out: &str) -> List {
        List {
            place: self.place(at, operators),
            files: Vec::new(),
            revoke: Vec::new(),
            reason: None,
            yes: true,
            out: self.at(out),
        }
    }

    fn log(&self, at: &str) -> String {
        fs::read_to_string(self.at(at).join("ceremony/log.txt")).expect("a log")
    }

    fn record(&self, at: &str) -> PathBuf {
        let mut all = fs::read_dir(self.at(at).join("ceremony/signed")).expect("records");
        all.next().expect("one record").expect("readable").path()
    }

    /// Whether somebody who knows the root of a data folder believes an authority in it.
    fn believes(&self, data: &str, role: Authority) -> Result<(), String> {
        let data = self.at(data);
        let take = |role| Papers::of(&data.join(folder(role))).take(papers::CERTIFICATES);
        let root = take(Authority::Root).expect("a root").certificate;
        let trust = Trust::new(Suite::Modern, &[root]).expect("a root");
        let lists = Lists::read(&data).expect("lists");
        let now = SystemClock.now();
        lists.teach(&trust, now).map_err(|error| error.to_string())?;
        let own = take(role).expect("its certificate");
        let brand = Brand::parse("Lumiere").expect("a brand");
        let purpose = Purpose::CertificateSigning(role);
        let path = trust.path(&own.certificate, &Bag::of(&own), purpose, Some(&brand), now);
        path.map(drop).map_err(|why| why.to_string())
    }
}

/// What was said when nothing was done.
fn told(done: Done) -> String {
    match done {
        Err(Ending::Input(error)) => format!("{error:#}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn neither_operator_of_a_root_signs_alone_and_the_try_is_logged() {
    // Abuse case 35.
    let table = Table::new();
    table.init("root", &["one", "two"]).expect("a root");
    request::request(&table.wish("brand-ca", RequestingRole::Brand, "root")).expect("asked");
    for wrong in [["one", "one"], ["two", "two"], ["two", "one"]] {
        let refused = told(table.sign_with("root", &wrong, "brand-ca"));
        assert!(refused.ends_with("wrong passphrase or damaged share"), "{refused}");
    }
    let log = table.log("root");
    assert_eq!(log.matches("refused: operator").count(), 3, "{log}");
    assert!(
        !table.at("root/ceremony/signed").exists() && !table.file("brand-ca", "answer").exists()
    );
    let third = told(table.sign_with("root", &["one", "two", "brand"], "brand-ca"));
    assert_eq!(third, "there are 2 operators and no more");
    table.sign("root", "brand-ca").expect("both together");
}

#[test]
fn a_share_that_was_exchanged_opens_no_key() {
    let table = Table::with_brand();
    table.init("other", &["one", "two"]).expect("another root");
    fs::copy(table.at("other/operators/1.share"), table.at("root/operators/1.share"))
        .expect("a file");
    request::request(&table.wish("second", RequestingRole::Brand, "root")).expect("asked");
    let done = table.sign("root", "second");
    assert!(matches!(done, Err(Ending::Machine(_))), "{done:?}");
    assert!(!table.file("second", "answer").exists());
}

#[test]
fn a_root_that_was_not_finished_leaves_nothing() {
    let table = Table::new();
    for (wrong, why) in [
        (["one", "short"], "operator 2: a passphrase has 12 characters or more"),
        (["one", "one"], "two operators have the same passphrase"),
    ] {
        assert_eq!(told(table.init("root", &wrong)), why);
        assert!(!table.at("root").exists() && !table.at("root.pem").exists());
    }
    table.init("root", &["one", "two"]).expect("a root");
    let hash = table.hash("root");
    assert!(told(table.init("root", &["one", "two"])).contains("is there already"));
    fs::remove_file(table.at("root.pem")).expect("a file");
    assert!(told(table.init("root", &["one", "two"])).contains("is not empty"));
    assert_eq!(table.hash("root"), hash);
}

#[test]
fn a_request_is_signed_once() {
    let table = Table::new();
    table.init("root", &["one", "two"]).expect("a root");
    request::request(&table.wish("brand-ca", RequestingRole::Brand, "root")).expect("asked");
    table.sign("root", "brand-ca").expect("signed");
    let answer = table.file("brand-ca", "answer");
    let first = fs::read(&answer).expect("an answer");
    assert!(told(table.sign("root", "brand-ca")).ends_with("is there already"));
    fs::remove_file(&answer).expect("a file");
    let again = told(table.sign("root", "brand-ca"));
    assert!(again.contains("this request was signed before, and its answer lies in"), "{again}");
    assert!(again.ends_with("nothing was signed"), "{again}");
    assert!(!answer.exists());
    // What was lost on the way is still there.
    assert_eq!(fs::read(table.record("root").join("answer.txt")).expect("kept"), first);
}

#[test]
fn what_was_written_down_before_a_crash_is_signed_and_nothing_else() {
    // Abuse case 30.
    let table = Table::new();
    table.init("root", &["one", "two"]).expect("a root");
    request::request(&table.wish("brand-ca", RequestingRole::Brand, "root")).expect("asked");
    table.sign("root", "brand-ca").expect("signed");
    let record = table.record("root");
    let draft = record.join("certificates.draft");
    let written = fs::read(&draft).expect("a draft");
    for lost in [record.join("answer.txt"), table.file("brand-ca", "answer")] {
        fs::remove_file(lost).expect("as if the power had gone");
    }
    table.sign("root", "brand-ca").expect("taken up again");
    assert!(table.log("root").contains("is taken up again"));
    table.accept("brand-ca", &table.file("brand-ca", "answer")).expect("accepted");
    let certified = Papers::of(&table.at("brand-ca")).take(papers::CERTIFICATES).expect("a paper");
    assert_eq!(certified.certificate.to_be_signed.octets(), written);

    for lost in [record.join("answer.txt"), table.file("brand-ca", "answer")] {
        fs::remove_file(lost).expect("it is there");
    }
    fs::write(&draft, &written[1..]).expect("a file");
    let damaged = told(table.sign("root", "brand-ca"));
    assert!(damaged.contains("certificates.draft"), "{damaged}");
}

#[test]
fn a_request_that_is_not_for_this_authority_or_was_changed_is_refused_and_logged() {
    let table = Table::with_brand();
    table.init("root-2", &["one", "two"]).expect("another root");
    request::request(&table.wish("data/ca-merchant", RequestingRole::Merchant, "root"))
        .expect("asked");
    let refused = |by: &str| told(table.sign(by, "data/ca-merchant"));
    assert!(refused("root").contains("a merchant authority is not certified by a root"));
    assert!(refused("root-2").contains("the request is for another root"));
    let file = table.file("data/ca-merchant", "request");
    let text = fs::read_to_string(&file).expect("a request");
    fs::write(&file, text.replace("Years: 3", "Years: 4")).expect("a file");
    assert!(refused("brand-ca").contains("so it was changed"));
    assert!(table.log("brand-ca").contains("refused a request: its keys have not signed it"));
    assert!(!table.at("brand-ca/ceremony/signed").exists());
    fs::write(&file, text).expect("a file");
    table.sign("brand-ca", "data/ca-merchant").expect("as it was");
}

#[test]
fn requests_and_answers_go_in_one_order() {
    let table = Table::with_brand();
    let wish = || table.wish("data/ca-merchant", RequestingRole::Merchant, "root");
    let answer = table.file("data/ca-merchant", "answer");
    let early = told(table.sign("data/ca-merchant", "data/ca-merchant"));
    assert!(early.contains("is not the folder of an authority"), "{early}");
    request::request(&wish()).expect("asked");
    fs::remove_file(table.file("data/ca-merchant", "request")).expect("lost on the way");
    let pending = told(request::request(&wish()));
    assert!(pending.contains("waits for its answer"), "{pending}");
    request::request(&Request { replace: true, ..wish() }).expect("asked anew");
    table.sign("brand-ca", "data/ca-merchant").expect("signed");
    let given = fs::read_to_string(&answer).expect("an answer");
    fs::write(&answer, given.replacen("List: M", "List: N", 1)).expect("a file");
    let changed = told(table.accept("data/ca-merchant", &answer));
    assert!(changed.ends_with("nothing was accepted"), "{changed}");
    assert!(
        !table.at("data/ca-root").exists() && !table.at("data/ca-merchant/certificates").exists()
    );
    fs::write(&answer, given).expect("a file");
    table.accept("data/ca-merchant", &answer).expect("accepted");
    let twice = told(table.accept("data/ca-merchant", &answer));
    assert!(twice.contains("was accepted already"), "{twice}");
}

#[test]
fn a_running_role_is_certified_where_it_looks_for_its_folder() {
    let table = Table::with_brand();
    let elsewhere = told(request::request(&table.wish("mca", RequestingRole::Merchant, "root")));
    assert!(elsewhere.contains("is to be called ca-merchant"), "{elsewhere}");
    let other = Request {
        brand: "Ombre".to_owned(),
        ..table.wish("brand-ca", RequestingRole::Brand, "root")
    };
    let another = told(request::request(&other));
    assert!(another.contains("is the folder of the brand authority of Lumiere"), "{another}");
}

#[test]
fn a_brand_runs_with_and_without_a_region_and_lists_apart() {
    let table = Table::with_brand();
    table.admit("brand-ca", &table.wish("plain/ca-gateway", RequestingRole::Gateway, "root"));
    assert_eq!(table.believes("plain", Authority::Gateway), Ok(()));
    assert!(!table.at("plain/ca-geopolitical").exists());

    let region = Request {
        lists_apart: true,
        ..table.wish("region-ca", RequestingRole::Geopolitical, "root")
    };
    table.admit("brand-ca", &region);
    let apart = Request {
        lists_apart: true,
        ..table.wish("far/ca-gateway", RequestingRole::Gateway, "root")
    };
    table.admit("region-ca", &apart);
    table.admit("region-ca", &table.wish("far/ca-cardholder", RequestingRole::Cardholder, "root"));
    for role in [Authority::Geopolitical, Authority::Gateway, Authority::Cardholder] {
        assert_eq!(table.believes("far", role), Ok(()), "{role:?}");
    }
    let chain = Papers::of(&table.at("far/ca-cardholder")).take(papers::SIGNATURE).expect("one");
    assert_eq!(chain.chain.len(), 3, "region, brand, root");
}

#[test]
fn a_brand_that_its_root_takes_back_is_believed_no_more_where_the_list_was_taken() {
    let table = Table::with_brand();
    table.admit("brand-ca", &table.wish("data/ca-gateway", RequestingRole::Gateway, "root"));
    let brand = Papers::of(&table.at("brand-ca")).take(papers::CERTIFICATES).expect("a paper");
    let serial = brand.certificate.to_be_signed.serial_number.clone();
    let serial = data_encoding::HEXLOWER.encode(serial.as_bytes());
    let list = |out: &str, revoke: &[&str]| {
        list::list(&List {
            revoke: revoke.iter().map(|&serial| serial.to_owned()).collect(),
            ..table.listing("root", &["one", "two"], out)
        })
    };
    let nobody = told(list("none.pem", &["0102"]));
    assert_eq!(nobody, "no certificate of the number 0102 was issued here");
    list("plain.pem", &[]).expect("a list");
    list("revoked.pem", &[&serial]).expect("a newer list");
    table.accept("data/ca-gateway", &table.at("revoked.pem")).expect("taken");
    let rolled_back = told(table.accept("data/ca-gateway", &table.at("plain.pem")));
    assert!(rolled_back.contains("or a newer one is here already"), "{rolled_back}");
    assert!(table.believes("data", Authority::Gateway).is_err());
    let (stick, _) = Stick::open(&table.at("root")).expect("the root");
    assert_eq!(stick.list().expect("readable").as_ref().map(list::number), Some(4));
}

#[test]
fn a_list_of_somebody_else_is_not_taken() {
    let table = Table::with_brand();
    table.admit("brand-ca", &table.wish("data/ca-gateway", RequestingRole::Gateway, "root"));
    table.init("other", &["one", "two"]).expect("another root");
    list::list(&table.listing("other", &["one", "two"], "foreign.pem")).expect("a list");
    let refused = told(table.accept("data/ca-gateway", &table.at("foreign.pem")));
    assert!(refused.contains("the list of nobody above"), "{refused}");
}

#[test]
fn the_announced_root_takes_over_and_no_other_does() {
    let table = Table::with_brand();
    let data = |role| table.wish("data/ca-gateway", role, "root");
    table.admit("brand-ca", &data(RequestingRole::Gateway));
    let before = table.hash("root");
    let rolled = Roll {
        place: table.place("root", &["one", "two"]),
        name: Some("Root of the next years".to_owned()),
        years: 10,
        out: table.at("next.pem"),
    };
    roll::roll(&rolled).expect("the next root");
    assert_ne!(table.hash("root"), before);
    table.admit("root", &table.wish("brand-ca", RequestingRole::Brand, "root"));
    table.admit("brand-ca", &data(RequestingRole::Gateway));
    assert_eq!(table.believes("data", Authority::Gateway), Ok(()));

    // A root that nobody announced certifies a brand of the same name.
    table.init("root-2", &["one", "two"]).expect("another root");
    request::request(&table.wish("brand-ca", RequestingRole::Brand, "root-2")).expect("asked");
    table.sign("root-2", "brand-ca").expect("it signs what it is asked");
    let refused = told(table.accept("brand-ca", &table.file("brand-ca", "answer")));
    assert!(refused.contains("this one does not take its place"), "{refused}");
    assert_eq!(table.believes("data", Authority::Gateway), Ok(()));
}

#[test]
fn a_root_that_was_being_rolled_is_finished_as_it_was_written_down() {
    let table = Table::new();
    table.init("root", &["one", "two"]).expect("a root");
    let rolled = |out: &str| Roll {
        place: table.place("root", &["one", "two"]),
        name: None,
        years: 10,
        out: table.at(out),
    };
    let step = |name: &str| table.at("root/ceremony").join(name);
    roll::roll(&rolled("next.pem")).expect("the next root");
    let (stick, plate) = Stick::open(&table.at("root")).expect("the root");
    let identity = stick.identity().expect("a certificate");
    drop(stick);
    // As if the power had gone when everything was signed but the plate not yet changed.
    fs::write(step("root.draft"), identity.certificate.to_be_signed.octets()).expect("a file");
    let after = data_encoding::BASE64.encode(plate.next().expect("a key").der());
    fs::write(step("root.after"), after).expect("a file");
    roll::roll(&rolled("again.pem")).expect("finished");
    let read = |name: &str| fs::read(table.at(name)).expect("a certificate");
    assert_eq!(read("next.pem"), read("again.pem"), "it is not signed twice");
    assert!(!step("root.draft").exists());
}

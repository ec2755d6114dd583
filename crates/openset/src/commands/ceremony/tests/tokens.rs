//! Ceremonies of authorities whose keys are in tokens, played with SoftHSM.

use openset_node::keys::{TokenFault, TokenKeys};

use super::*;
use crate::stories::tokens::softhsm::{PIN, SoftHsm};

/// Plays a test in a process of its own, with tokens for a root, a brand and a gateway authority.
fn play(test: &str, play: impl Fn(&SoftHsm, &Table)) {
    SoftHsm::play(&format!("commands::ceremony::tests::tokens::{test}"), |hsm| {
        for label in ["root", "brand", "ca-gateway"] {
            hsm.token(label);
        }
        play(hsm, &Table::new());
    });
}

impl Table {
    fn place_of(&self, hsm: &SoftHsm, at: &str, operators: &[&str]) -> Place {
        Place { module: Some(hsm.module.clone()), ..self.place(at, operators) }
    }

    fn init_on_token(&self, hsm: &SoftHsm) -> Done {
        let token = new(hsm, "root", PIN);
        self.init_in(self.place_of(hsm, "root", &["one", "two"]), token, "root")
    }

    fn wish_on_token(&self, hsm: &SoftHsm, at: &str, role: RequestingRole, token: &str) -> Request {
        let wish = self.wish(at, role, "root");
        let place = Place { module: Some(hsm.module.clone()), ..wish.place };
        Request { place, token: new(hsm, token, PIN), ..wish }
    }

    fn key_files(&self, at: &str) -> usize {
        fs::read_dir(self.at(at).join("keys")).map_or(0, |entries| entries.count())
    }
}

/// Keys are to be made in a token.
fn new(hsm: &SoftHsm, token: &str, pin: &str) -> NewToken {
    NewToken { token: Some(token.to_owned()), pin_file: Some(hsm.pin_file("pin", pin)) }
}

/// Whether a token opens with the PIN that it was set up with.
fn opens_as_before(hsm: &SoftHsm, token: &str) -> Result<(), TokenFault> {
    let pin = openset_types::Secret::new(PIN.as_bytes().to_vec());
    TokenKeys::open_with("somebody", &hsm.module, token, &pin).map(drop)
}

#[test]
fn a_root_and_a_brand_sign_with_keys_that_no_file_holds() {
    play("a_root_and_a_brand_sign_with_keys_that_no_file_holds", |hsm, table| {
        table.init_on_token(hsm).expect("a root");
        table.admit("root", &table.wish_on_token(hsm, "brand-ca", RequestingRole::Brand, "brand"));
        table.admit(
            "brand-ca",
            &table.wish("data/ca-cardholder", RequestingRole::Cardholder, "root"),
        );
        assert_eq!(table.believes("data", Authority::Cardholder), Ok(()));
        list::list(&table.listing("root", &["one", "two"], "root-list.pem")).expect("a list");
        list::list(&table.listing("brand-ca", &["brand"], "brand.lists")).expect("a list");
        let roll = Roll {
            place: table.place("root", &["one", "two"]),
            name: None,
            years: 10,
            out: table.at("next.pem"),
        };
        roll::roll(&roll).expect("the next root");
        table.admit("root", &table.wish("brand-ca", RequestingRole::Brand, "root"));
        assert_eq!((table.key_files("root"), table.key_files("brand-ca")), (0, 0));
    });
}

#[test]
fn a_token_opens_for_all_its_operators_together_and_for_nobody_else() {
    play("a_token_opens_for_all_its_operators_together_and_for_nobody_else", |hsm, table| {
        table.init_on_token(hsm).expect("a root");
        assert_eq!(opens_as_before(hsm, "root"), Err(TokenFault::WrongPin));
        request::request(&table.wish("brand-ca", RequestingRole::Brand, "root")).expect("asked");
        for operators in [&["one", "brand"][..], &["brand", "two"], &["two", "one"]] {
            let told = told(table.sign_with("root", operators, "brand-ca"));
            assert!(told.contains("wrong passphrase"), "{told}");
        }
        table.sign("root", "brand-ca").expect("both together");
    });
}

#[test]
fn an_authority_that_answers_messages_keeps_its_token_as_it_is() {
    play("an_authority_that_answers_messages_keeps_its_token_as_it_is", |hsm, table| {
        table.init("root", &["one", "two"]).expect("a root");
        table.admit("root", &table.wish("brand-ca", RequestingRole::Brand, "root"));
        let at = "data/ca-gateway";
        let wish = table.wish_on_token(hsm, at, RequestingRole::Gateway, "ca-gateway");
        request::request(&wish).expect("asked");
        table.sign("brand-ca", at).expect("signed");
        let accept = |pin: &str| {
            accept::accept(&Accept {
                at: table.at(at),
                file: table.file(at, "answer"),
                module: None,
                pin_file: Some(hsm.pin_file("typed", pin)),
            })
        };
        let refused = told(accept("somebody else's"));
        assert!(refused.contains("the token \"ca-gateway\": the token does not take the PIN"));
        assert!(!table.at(at).join("certificates").exists(), "{refused}");
        accept(PIN).expect("accepted");
        assert_eq!(table.believes("data", Authority::Gateway), Ok(()));
        assert_eq!((table.key_files(at), opens_as_before(hsm, "ca-gateway")), (0, Ok(())));
    });
}

#[test]
fn no_key_is_brought_into_a_token_or_out_of_one() {
    play("no_key_is_brought_into_a_token_or_out_of_one", |hsm, table| {
        table.init("root", &["one", "two"]).expect("a root");
        table.admit("root", &table.wish("brand-ca", RequestingRole::Brand, "root"));
        let into = table.wish_on_token(hsm, "brand-ca", RequestingRole::Brand, "brand");
        assert_eq!(
            told(request::request(&into)),
            "the keys of this authority lie in files, and no key is brought from a file into a \
             token, because its copies stay outside\n  try: another folder, for an authority \
             with new keys"
        );
        let first = table.wish_on_token(hsm, "other", RequestingRole::Brand, "brand");
        table.admit("root", &first);
        let elsewhere = table.wish_on_token(hsm, "other", RequestingRole::Brand, "root");
        assert_eq!(
            told(request::request(&elsewhere)),
            "the keys of this authority are in the token \"brand\", which lets none out\n  try: \
             another folder, for an authority with new keys"
        );
    });
}

#[test]
fn a_token_that_is_not_as_it_should_be_makes_no_root() {
    play("a_token_that_is_not_as_it_should_be_makes_no_root", |hsm, table| {
        let place = || table.place_of(hsm, "root", &["one", "two"]);
        let none = NewToken { token: Some("none".to_owned()), ..new(hsm, "root", PIN) };
        let refused = told(table.init_in(place(), none, "root"));
        assert_eq!(refused, "the token \"none\": no slot holds a token with this label");
        let refused = told(table.init_in(place(), new(hsm, "root", "1234"), "root"));
        assert!(refused.contains("does not take the PIN"), "{refused}");
        let nowhere = Place { module: Some(table.at("none.so")), ..place() };
        let refused = told(table.init_in(nowhere, new(hsm, "root", PIN), "root"));
        assert!(refused.contains("module is not there"), "{refused}");
        let short = table.place_of(hsm, "root", &["one", "short"]);
        assert!(table.init_in(short, new(hsm, "root", PIN), "root").is_err());
        assert!(!table.at("root").exists());
        assert_eq!(opens_as_before(hsm, "root"), Ok(()), "nothing was handed over");
        table.init_on_token(hsm).expect("a root after all");
    });
}

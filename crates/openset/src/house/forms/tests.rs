//! Form files that are right, and every way in which one can be wrong.

use openset_protocol::enrolment::FieldId;

use super::*;
use crate::demo::forms::{CARDHOLDERS, GATEWAYS, MERCHANTS};

fn cards(text: &str) -> Result<FormFile, String> {
    FormFile::parse(text, Certifies::Cardholders).map_err(|ending| match ending {
        Ending::Input(error) => error.to_string(),
        other => panic!("{other:?}"),
    })
}

/// The example with one thing in it changed.
fn changed(from: &str, to: &str) -> Result<FormFile, String> {
    assert!(CARDHOLDERS.contains(from), "{from}");
    cards(&CARDHOLDERS.replacen(from, to, 1))
}

fn told(from: &str, to: &str) -> String {
    changed(from, to).expect_err("a wrong file")
}

fn bin(digits: &str) -> Bin {
    Bin::parse(digits).expect("six digits")
}

#[test]
fn the_example_is_read_as_it_is_and_with_every_setting_that_it_mentions() {
    let file = cards(CARDHOLDERS).expect("the example");
    let [bank] = &file.banks[..] else { panic!("one bank") };
    assert_eq!((bank.name.as_str(), bank.country.as_str()), ("Banque Demo", "FR"));
    let form = bank.form(2).expect("the French one");
    assert_eq!(form.form.fields[0].id, Some(FieldId::FullName));
    assert_eq!(form.compared, [Some("name".to_owned()), Some("postcode".to_owned())]);
    let desk = bank.desk.as_ref().expect("cards are checked");
    assert!(desk.records.issuer && desk.records.table.is_some() && desk.rules.automatic);
    let service = CARDHOLDERS.replace("table = \"../", "#: table = \"../");
    let everything = service.replace("\n#: table", "\n# table").replace("\n#: ", "\n");
    let file = cards(&everything).expect("only settings");
    let [bank] = &file.banks[..] else { panic!("one bank") };
    assert!(bank.forms[0].form.logos.card.is_some() && bank.forms[1].form.logos.brand.is_some());
    let desk = bank.desk.as_ref().expect("cards are checked");
    assert!(desk.records.service.is_some() && desk.records.table.is_none());
}

#[test]
fn the_files_of_the_demo_are_read_and_say_nothing_about_records() {
    for (text, certifies) in [(MERCHANTS, Certifies::Merchants), (GATEWAYS, Certifies::Gateways)] {
        let file = FormFile::parse(text, certifies).expect("a form file");
        assert_eq!(file.policy().institutions.len(), 1);
        assert!(file.banks.iter().all(|bank| bank.desk.is_none() && bank.forms.len() == 2));
    }
    let told = FormFile::parse(CARDHOLDERS, Certifies::Merchants).map(drop);
    assert!(format!("{told:?}").contains("bank[1].records is no setting"), "{told:?}");
}

#[test]
fn a_bank_with_two_bins_has_its_forms_under_both() {
    let file = changed("[\"999999\"]", "[\"999999\", \"999997\"]").expect("two BINs");
    let policy = file.policy();
    assert_eq!(policy.institutions[&bin("999997")].forms.len(), 2);
    assert_eq!(policy.institutions[&bin("999999")].name, "Banque Demo");
    assert!(!policy.institutions.contains_key(&bin("999998")));
}

#[test]
fn policies_over_several_lines_travel_in_one() {
    let file = cards(CARDHOLDERS).expect("the example");
    let policy = &file.banks[0].forms[0].form.policy;
    assert!(policy.contains("names the card by") && !policy.contains('\n'), "{policy}");
}

#[test]
fn what_is_wrong_is_told_with_its_table_its_field_and_what_is_expected() {
    let field = "bank[1].form[1].field[1]";
    for (from, to, begins) in [
        ("[[bank]]", "[[banc]]\n[[bank]]", "banc is no setting\n  expected: bank".to_owned()),
        ("bins = [\"999999\"]", "", "bank[1].bins is missing".to_owned()),
        ("[\"999999\"]", "[\"99999\"]", "bank[1].bins = [\"99999\"]".to_owned()),
        ("[\"999999\"]", "[]", "bank[1].bins = []".to_owned()),
        ("[\"999999\"]", "999999", "bank[1].bins = 999999".to_owned()),
        ("\"Banque Demo\"", "\"\"", "bank[1].name = \"\"".to_owned()),
        ("\"Banque Demo\"", "\"a\\u200Bb\"", "bank[1].name = ".to_owned()),
        ("\"FR\"", "\"fr\"", "bank[1].country = \"fr\"".to_owned()),
        ("#: brand_logo = \"https", "brand_logo = \"ftp", "bank[1].brand_logo = ".to_owned()),
        ("number = 1", "number = 0", "bank[1].form[1].number = 0".to_owned()),
        ("number = 2", "number = 1", "bank[1].form[2].number = 1".to_owned()),
        ("language = \"en\"", "language = \"\"", "bank[1].form[1].language = \"\"".to_owned()),
        ("language = \"fr\"", "language = \"en\"", "bank[1].form[2].language = en".to_owned()),
        ("language = \"en\"", "tongue = \"en\"", "bank[1].form[1].language is missing".to_owned()),
        ("length = 60", "length = 0", format!("{field}.length = 0")),
        ("length = 60", "length = 129", format!("{field}.length = 129")),
        ("length = 60", "lenght = 60", format!("{field}.lenght is no setting")),
        ("required = true", "required = 1", format!("{field}.required = 1")),
        ("#: invisible = false", "invisible = true", format!("{field}.required = true")),
        ("id = \"fullName\"", "id = \"fullname\"", format!("{field}.id = \"fullname\"")),
        ("\"Name on the card\"", "\"Postcode\"", "bank[1].form[1].field = two fields".to_owned()),
        ("compared = \"name\"", "compared = \"na me\"", format!("{field}.compared = \"na me\"")),
    ] {
        let told = told(from, to);
        assert!(told.starts_with(&begins), "{to}: {told}");
    }
}

#[test]
fn records_and_rules_that_cannot_be_followed_are_refused() {
    let service = |with: &str| format!("service = {{ {with} }}\n#");
    let (address, secret) = ("address = \"http://localhost:1/\"", "secret_file = \"s\"");
    let abroad = "address = \"http://bank.example/\", secret_file = \"s\"";
    for (from, to, begins) in [
        ("\n[bank.records]", "\n[bank.recrods]", "bank[1].records is missing"),
        ("issuer = true", "issuer = \"yes\"", "bank[1].records.issuer = \"yes\""),
        ("#: service", "service", "bank[1].records.table = ../issuer/cardholders.toml"),
        ("table = \"../", &service(address), "bank[1].records.service.secret_file is missing"),
        ("table = \"../", &service(secret), "bank[1].records.service.address is missing"),
        ("table = \"../", &service(abroad), "bank[1].records.service.address = "),
        ("[\"postcode\"]", "[\"shoe_size\"]", "bank[1].rules.refer = shoe_size"),
        ("tries_per_day = 5", "tries_per_day = 0", "bank[1].rules.tries_per_day = 0"),
        ("tries_per_day = 5", "tries_a_day = 5", "bank[1].rules.tries_a_day is no setting"),
        ("automatic = true", "automatic = \"no\"", "bank[1].rules.automatic = \"no\""),
    ] {
        let told = told(from, to);
        assert!(told.starts_with(begins), "{to}: {told}");
    }
    let neither = CARDHOLDERS.replace("issuer = true", "").replace("table = \"../", "#");
    let told = cards(&neither).expect_err("nobody would be asked");
    assert!(told.starts_with("bank[1].records.issuer is missing"), "{told}");
    let both = service(&format!("{address}, {secret}, secret_variable = \"S\""));
    assert!(told_of(&both).starts_with("bank[1].records.service.secret_file is missing"));
    let ours = service(&format!("{address}, secret_variable = \"OPENSET_S\""));
    assert!(told_of(&ours).starts_with("bank[1].records.service.secret_variable = "));
    let long = service(&format!("{address}, {secret}, answer_s = 61"));
    assert!(told_of(&long).starts_with("bank[1].records.service.answer_s = 61"));
}

/// What is said of a service in the table's place.
fn told_of(service: &str) -> String {
    told("table = \"../", service)
}

#[test]
fn a_bin_leads_to_one_bank_and_a_number_to_one_form() {
    let second = CARDHOLDERS.replace("\"999999\"", "\"999997\"");
    let both = |second: &str| cards(&format!("{CARDHOLDERS}\n{second}"));
    let told = both(CARDHOLDERS).expect_err("the same bank twice");
    assert!(told.starts_with("bank[2].bins = 999999"), "{told}");
    let told = both(&second).expect_err("the same forms twice");
    assert!(told.starts_with("bank[2].form[1].number = 1"), "{told}");
    let renumbered = second.replace("number = 1", "number = 3").replace("number = 2", "number = 4");
    assert_eq!(both(&renumbered).expect("two banks").policy().institutions.len(), 2);
}

#[test]
fn more_than_the_limits_is_refused() {
    let field = "[[bank.form.field]]\nname = \"F\"\n";
    let numbered = |count: usize| {
        let fields = (0..count).map(|place| field.replace("\"F\"", &format!("\"F{place}\"")));
        format!("number = 1\nlanguage = \"de\"\npolicy = \"P\"\n{}", fields.collect::<String>())
    };
    let bank = "[[bank]]\nbins = [\"999998\"]\nname = \"B\"\ncountry = \"FR\"\n[[bank.form]]\n";
    let merchants = |text: &str| FormFile::parse(text, Certifies::Merchants).map(drop);
    assert!(merchants(&format!("{bank}{}", numbered(50))).is_ok());
    let told = merchants(&format!("{bank}{}", numbered(51)));
    assert!(format!("{told:?}").contains("at most 50 fields"), "{told:?}");
    let long = "x".repeat(20_001);
    let told = merchants(&format!("{bank}{}", numbered(1).replace("\"P\"", &format!("{long:?}"))));
    assert!(format!("{told:?}").contains("of at most 20000 characters"), "a policy too long");
}

#[test]
fn a_file_that_is_missing_too_long_or_no_toml_is_told_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = || FormFile::of(folder.path(), Certifies::Cardholders).map(drop);
    let file = folder.path().join(FILE);
    let told = |error: anyhow::Error| {
        assert!(matches!(Ending::from(error), Ending::Input(_)), "its owner wrote it");
    };
    let error = read().expect_err("there is none");
    assert!(error.to_string().contains("forms.toml: No such file"), "{error}");
    told(error);
    std::fs::write(&file, "[[bank]\n").expect("a file");
    let error = read().expect_err("not TOML");
    assert!(error.to_string().starts_with(&file.display().to_string()), "{error}");
    told(error);
    std::fs::write(&file, " ".repeat(1024 * 1024 + 1)).expect("a file");
    let error = read().expect_err("too long");
    assert!(error.to_string().contains("longer than 1 MiB"), "{error}");
    std::fs::write(&file, "").expect("a file");
    let error = read().expect_err("empty");
    assert!(error.to_string().contains("bank is missing"), "{error}");
}

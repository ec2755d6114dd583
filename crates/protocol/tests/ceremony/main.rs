//! Authorities certified by files: what is signed, what is accepted, and what neither is.

mod office;

use openset_crypto::{Authority, Suite, Untrusted, authority::Lint, statement::Statement};
use openset_protocol::ceremony::{Answer, Objection, Paper, Request, judge};

use office::{Office, now, wanted};

const DAY_S: i64 = 86_400;

/// A root, and a brand below it.
fn root_and_brand(suite: Suite) -> (Office, Office) {
    let root = Office::root(suite);
    let brand = root.admit(wanted(suite, Authority::Brand, &root));
    (root, brand)
}

fn in_every_suite(test: impl Fn(Suite)) {
    Suite::ALL.into_iter().for_each(test);
}

#[test]
fn a_chain_with_and_without_a_region_is_accepted_to_the_roots_hash() {
    in_every_suite(|suite| {
        let (root, brand) = root_and_brand(suite);
        let region = brand.admit(wanted(suite, Authority::Geopolitical, &root));
        for role in [Authority::Cardholder, Authority::Merchant, Authority::Gateway] {
            let without = brand.admit(wanted(suite, role, &root));
            assert_eq!(without.identity.chain.len(), 2, "brand, root");
            let with = region.admit(wanted(suite, role, &root));
            assert_eq!(with.identity.chain.len(), 3, "region, brand, root");
        }
    });
}

#[test]
fn an_authority_has_the_certificates_of_its_kind() {
    use Paper::{Certificates, Encipherment, Lists, Signature};
    let root = Office::root(Suite::Modern);
    for (role, lists_apart, papers) in [
        (Authority::Brand, false, vec![Certificates]),
        (Authority::Brand, true, vec![Certificates, Lists]),
        (Authority::Cardholder, false, vec![Certificates, Signature, Encipherment]),
        (Authority::Gateway, true, vec![Certificates, Lists, Signature, Encipherment]),
    ] {
        let mut wanted = wanted(Suite::Modern, role, &root);
        wanted.lists_apart = lists_apart;
        assert_eq!((wanted.check(), wanted.papers()), (Ok(()), papers));
    }
}

#[test]
fn a_brand_with_a_certificate_for_lists_certifies_and_lists_apart() {
    in_every_suite(|suite| {
        let root = Office::root(suite);
        let mut apart = wanted(suite, Authority::Brand, &root);
        apart.lists_apart = true;
        let brand = root.admit(apart);
        assert!(brand.lists.is_some());
        brand.admit(wanted(suite, Authority::Gateway, &root));
    });
}

#[test]
fn a_request_that_was_changed_anywhere_has_no_proof() {
    let (root, _) = root_and_brand(Suite::Modern);
    let (_, statement) = root.ask(wanted(Suite::Modern, Authority::Brand, &root), now());
    let text = statement.to_string();
    assert!(Request::read(&statement).is_ok());
    for (from, to) in [("Years: 5", "Years: 9"), ("Country: FR", "Country: BE")] {
        let changed = Statement::read(&text.replacen(from, to, 1)).expect("a statement");
        let refused = Request::read(&changed).err();
        assert_eq!(refused, Some(Objection::NoProof(Untrusted::BadSignature)), "{to}");
    }
    let other_key = root.ask(wanted(Suite::Modern, Authority::Brand, &root), now()).1.to_string();
    let key = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("Key for certificates"));
        line.expect("a key").to_owned()
    };
    let stolen = text.replace(&key(&text), &key(&other_key));
    let refused = Request::read(&Statement::read(&stolen).expect("a statement")).err();
    assert_eq!(refused, Some(Objection::NoProof(Untrusted::UnknownSigner)));
}

#[test]
fn a_request_written_in_another_way_is_none() {
    let (root, _) = root_and_brand(Suite::Modern);
    let (_, statement) = root.ask(wanted(Suite::Modern, Authority::Cardholder, &root), now());
    let text = statement.to_string();
    let without_a_key: String = text
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("Key to be sealed to"))
        .collect();
    for wrong in [
        text.replace("Number: ", "Number: x"),
        text.replace("Years: 3", "Years: 03"),
        text.replace("Years: 3\n", "Years: 3\nYears: 3\n"),
        text.replace("version 1", "version 2"),
        text.replace("Suite: modern", "Suite: latin"),
        text.replace("Authority: cardholder", "Authority: banker"),
        text.replace("Country: FR\nBrand: Lumiere\n", "Brand: Lumiere\nCountry: FR\n"),
        without_a_key,
    ] {
        assert_ne!(wrong, text);
        let read = Statement::read(&wrong).expect("a statement");
        assert!(matches!(Request::read(&read), Err(Objection::Line(_))), "{wrong}");
    }
}

#[test]
fn the_authority_above_refuses_what_is_not_its_business() {
    let (root, brand) = root_and_brand(Suite::Modern);
    let stranger = Office::root(Suite::Modern);
    let wish = |role| wanted(Suite::Modern, role, &root);
    let refused = |by: &Office, wanted, at| {
        let (request, _) = by.ask(wanted, at);
        judge(&request, &by.parent(), now()).err()
    };
    let wrong = |role, parent| Some(Objection::WrongParent { role, parent });
    use Authority::{Brand, Cardholder, Gateway, Geopolitical};
    assert_eq!(refused(&root, wish(Cardholder), now()), wrong(Cardholder, Authority::Root));
    assert_eq!(refused(&brand, wish(Brand), now()), wrong(Brand, Brand));
    let region = brand.admit(wish(Geopolitical));
    let deeper = refused(&region, wish(Geopolitical), now());
    assert_eq!(deeper, wrong(Geopolitical, Geopolitical));
    let pca = brand.admit(wish(Gateway));
    assert_eq!(refused(&pca, wish(Gateway), now()), wrong(Gateway, Gateway));

    assert_eq!(refused(&stranger, wish(Brand), now()), Some(Objection::OtherRoot));
    let mut other = wish(Cardholder);
    "Ombre".clone_into(&mut other.subject.brand);
    assert_eq!(refused(&brand, other, now()), Some(Objection::OtherBrand));
    let old = now().plus_s(-15 * DAY_S);
    assert_eq!(refused(&brand, wish(Cardholder), old), Some(Objection::Expired));
    let early = now().plus_s(2 * 3600);
    assert_eq!(refused(&brand, wish(Cardholder), early), Some(Objection::NotYet));
    let mut namesake = wish(Cardholder);
    namesake.role = Geopolitical;
    namesake.subject = wish(Brand).subject;
    assert_eq!(refused(&brand, namesake, now()), Some(Objection::NameTaken));
    let set10 = wanted(Suite::Set10, Cardholder, &root);
    let ours = Suite::Modern;
    assert_eq!(refused(&brand, set10, now()), Some(Objection::OtherSuite { ours }));
}

#[test]
fn a_wish_that_nobody_can_have_is_refused_before_a_key_is_made() {
    let root = Office::root(Suite::Modern);
    let wish = |role| wanted(Suite::Modern, role, &root);
    for years in [0, 21] {
        let mut long = wish(Authority::Brand);
        long.life_years = years;
        assert_eq!(long.check(), Err(Objection::Life { years_max: 20 }));
    }
    assert_eq!(wish(Authority::Root).check(), Err(Objection::NotForThisRole));
    let mut apart = wish(Authority::Merchant);
    apart.lists_apart = true;
    assert_eq!(apart.check(), Ok(()));
    // In suite `set10` an authority of merchants publishes no list.
    apart.suite = Suite::Set10;
    assert_eq!(apart.check(), Err(Objection::NotForThisRole));
    let mut nobodys = wish(Authority::Merchant);
    nobodys.subject.institution = None;
    assert_eq!(nobodys.check(), Err(Objection::Institution));
    let mut somebodys = wish(Authority::Brand);
    somebodys.subject.institution = Some("Banque du Nord".to_owned());
    assert_eq!(somebodys.check(), Err(Objection::Institution));
    for brand in ["", "two\nlines"] {
        let mut named = wish(Authority::Brand);
        brand.clone_into(&mut named.subject.brand);
        assert_eq!(named.check(), Err(Objection::Name), "{brand:?}");
    }
}

#[test]
fn an_authority_does_not_outlive_the_one_above_it() {
    let (root, brand) = root_and_brand(Suite::Modern);
    let mut long = wanted(Suite::Modern, Authority::Cardholder, &root);
    long.life_years = 6;
    let (request, _) = brand.ask(long, now());
    assert_eq!(judge(&request, &brand.parent(), now()), Ok(()));
    assert_eq!(brand.drafts(&request).err(), Some(Objection::Lint(Lint::OutlivesIssuer)));
}

/// An answer of a brand to a cardholder authority, and the request.
struct Answered {
    brand: Office,
    request: Request,
    asked: Statement,
    answer: Answer,
}

fn answered() -> Answered {
    let (root, brand) = root_and_brand(Suite::Modern);
    let (request, asked) = brand.ask(wanted(Suite::Modern, Authority::Cardholder, &root), now());
    let answer = brand.answer(&request, &asked);
    Answered { brand, request, asked, answer }
}

impl Answered {
    fn accept(&self, answer: Answer) -> Option<Objection> {
        let signed = self.brand.sign(&answer);
        let read = Answer::read(&signed).expect("an answer");
        assert_eq!(read, answer);
        read.accept(&signed, (&self.request, &self.asked), now()).err()
    }
}

#[test]
fn an_answer_to_another_request_or_of_another_root_is_not_accepted() {
    let mine = answered();
    let other = answered();
    assert_eq!(mine.accept(mine.answer.clone()), None);
    assert_eq!(mine.accept(other.answer.clone()), Some(Objection::AnotherRequest));
    let mut changed = mine.answer.clone();
    changed.request = other.answer.request.clone();
    assert_eq!(mine.accept(changed), Some(Objection::AnotherRequest));
    let mut elsewhere = mine.answer.clone();
    elsewhere.above = other.answer.above.clone();
    assert_eq!(mine.accept(elsewhere), Some(Objection::OtherRoot));
    let mut rootless = mine.answer.clone();
    rootless.above.pop();
    assert_eq!(mine.accept(rootless), Some(Objection::OtherRoot));
}

#[test]
fn an_answer_with_other_certificates_than_asked_for_is_not_accepted() {
    let mine = answered();
    let other = answered();
    let swapped = |place: usize, by: &Answer| {
        let mut answer = mine.answer.clone();
        answer.certificates[place].1 = by.certificates[place].1.clone();
        mine.accept(answer)
    };
    // Somebody else's certificate is about another key.
    assert_eq!(swapped(0, &other.answer), Some(Objection::AnswersSomethingElse));
    let mut crossed = mine.answer.clone();
    crossed.certificates[1].1 = mine.answer.certificates[0].1.clone();
    assert_eq!(mine.accept(crossed), Some(Objection::AnswersSomethingElse));
    let mut fewer = mine.answer.clone();
    fewer.certificates.pop();
    assert_eq!(mine.accept(fewer), Some(Objection::AnswersSomethingElse));
}

#[test]
fn an_answer_without_the_lists_of_those_above_is_not_accepted() {
    let mine = answered();
    for place in 0..mine.answer.lists.len() {
        let mut answer = mine.answer.clone();
        answer.lists.remove(place);
        let missing = Some(Objection::Untrusted(Untrusted::CrlMissing));
        assert_eq!(mine.accept(answer), missing, "list {place}");
    }
    let late = now().plus_s(400 * DAY_S);
    let signed = mine.brand.sign(&mine.answer);
    let refused = mine.answer.clone().accept(&signed, (&mine.request, &mine.asked), late);
    assert!(matches!(refused, Err(Objection::Untrusted(_))), "{refused:?}");
}

#[test]
fn an_answer_that_the_authority_above_has_not_signed_as_it_is_is_not_accepted() {
    let mine = answered();
    let other = answered();
    let by_another = other.brand.sign(&mine.answer);
    let refused = mine.answer.clone().accept(&by_another, (&mine.request, &mine.asked), now());
    assert_eq!(refused, Err(Objection::Untrusted(Untrusted::UnknownSigner)));
    let text = mine.brand.sign(&mine.answer).to_string();
    let lists: Vec<&str> = text.lines().filter(|line| line.starts_with("List: ")).collect();
    let shuffled = text.replacen(lists[0], "List: x", 1).replacen(lists[1], lists[0], 1);
    let shuffled = shuffled.replacen("List: x", lists[1], 1);
    let read = Statement::read(&shuffled).expect("a statement");
    let answer = Answer::read(&read).expect("an answer");
    let refused = answer.accept(&read, (&mine.request, &mine.asked), now());
    assert_eq!(refused, Err(Objection::Untrusted(Untrusted::BadSignature)));
}

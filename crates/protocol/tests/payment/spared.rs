//! What parties spare themselves: opening a card that came back with the answer, and sending what
//! the other side knows. Whoever lost what it knew is understood all the same.

use openset_protocol::{
    gateway::authorization::{Effect, Input},
    merchant,
    role::Effect as Asked,
};
use openset_types::{AuthorizationAnswer, AuthorizationRequest, Pan, SystemTrace};
use openset_wire::types::Thumbs;

use crate::world::{Cast, approved, eur, forge::auth_req, pki::CARD};

const ORDER: &[u8] = b"1041-k7Qd";
/// A card that is nobody's.
const OTHER_PAN: &str = "4000000000000002";

/// The gateway has asked the issuer: gives its question.
fn asked(cast: &mut Cast, auth_req: &[u8]) -> (Vec<u8>, AuthorizationRequest) {
    let done = cast.gateway.request(auth_req, &mut cast.world).expect("a good request");
    let question = done.effects.into_iter().find_map(|effect| match effect {
        Asked::Own(Effect::AskAcquirer(question)) => Some(question),
        _ => None,
    });
    (done.key, question.expect("the issuer is asked"))
}

/// The card in the reversal that follows when no answer came to a question.
fn reversed(cast: &mut Cast, key: &[u8], asked: Option<AuthorizationRequest>) -> String {
    let answer = AuthorizationAnswer::NoAnswer;
    let input = Input::Answered { answer, asked: asked.map(Box::new) };
    let done = cast.gateway.command(key, input, &mut cast.world).expect("an outcome");
    let [Effect::Reverse(advice)] = done.own()[..] else { panic!("a reversal") };
    advice.pan.expose().to_owned()
}

fn other_pan() -> Pan {
    Pan::parse(OTHER_PAN).expect("a number")
}

#[test]
fn the_card_is_taken_from_the_question_that_comes_back() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let (key, question) = asked(&mut cast, &auth_req);
    let question = AuthorizationRequest { pan: other_pan(), ..question };
    assert_eq!(reversed(&mut cast, &key, Some(question)), OTHER_PAN);
}

#[test]
fn the_card_is_opened_again_where_the_question_was_lost() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let (key, _) = asked(&mut cast, &auth_req);
    assert_eq!(reversed(&mut cast, &key, None), CARD.pan);
}

#[test]
fn the_card_of_another_question_is_not_taken() {
    let mut cast = Cast::new();
    let auth_req = cast.order(ORDER, eur(4200));
    let (key, mut question) = asked(&mut cast, &auth_req);
    question.trace.system = match question.trace.system.as_str() {
        "000001" => SystemTrace::parse("000002"),
        _ => SystemTrace::parse("000001"),
    }
    .expect("six digits");
    let question = AuthorizationRequest { pan: other_pan(), ..question };
    assert_eq!(reversed(&mut cast, &key, Some(question)), CARD.pan);
}

/// The gateway's answer to a merchant that says so of what it knows.
fn answer(cast: &mut Cast, change: impl FnOnce(&mut Option<Thumbs>)) -> Vec<u8> {
    let question = cast.order(ORDER, eur(4200));
    let house = &cast.world.pki.house;
    let question = auth_req(&question, &cast.world.pki, &house.merchant, |data, _| {
        change(&mut data.m_thumbs);
    });
    let (key, _) = asked(cast, &question);
    cast.issuer_says(&key, approved())
}

#[test]
fn a_merchant_is_not_sent_what_it_says_it_knows() {
    let spared = answer(&mut Cast::new(), |thumbs| assert!(thumbs.is_some()));
    let whole = answer(&mut Cast::new(), |thumbs| *thumbs = None);
    let unknown = answer(&mut Cast::new(), |thumbs| {
        let thumbs = thumbs.as_mut().expect("what the merchant knows");
        thumbs.cert_thumbs = None;
    });
    assert!(spared.len() + 1_000 < whole.len(), "{} and {}", spared.len(), whole.len());
    assert!(spared.len() + 1_000 < unknown.len(), "{} and {}", spared.len(), unknown.len());
}

#[test]
fn a_merchant_that_forgot_what_it_knew_believes_the_answer() {
    let mut cast = Cast::new();
    let auth_res = answer(&mut cast, |_| ());
    cast.shop.trust = cast.world.pki.trust();
    cast.shop.answer(ORDER, &auth_res, &mut cast.world).expect("a good answer");
    assert!(matches!(cast.shop_stage(ORDER), merchant::Stage::Authorized(_)));
}

#[test]
fn a_gateway_that_forgot_what_it_knew_takes_its_own_token() {
    let mut cast = Cast::new();
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(4200));
    cast.captures.trust = cast.world.pki.trust();
    let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good request");
    assert_eq!(done.own().len(), 1, "the acquirer is told");
}

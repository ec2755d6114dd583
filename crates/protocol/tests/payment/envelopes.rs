//! Suite `set10`: envelopes that whoever carries them can change (abuse cases 16 and 18, B1, B2).
//!
//! DES-CBC does not notice a change, so what comes out of an envelope may be anything. Whatever
//! fails between the private key and a believed signature, the peer is told the same octets, and
//! nothing is stored, claimed or asked of anybody. Of what a believed merchant carries for somebody
//! else, instructions and tokens, it is told one code, and that is kept.

use openset_crypto::{Bag, Identity, Purpose, Signer, Suite, open, seal, sign, verify};
use openset_protocol::{
    gateway::{self, authorization::GatewayAuthorization, capture::GatewayCapture},
    refusal::Refusal,
    role::Machine,
};
use openset_types::Pan;
use openset_wire::{
    error::ErrorCode,
    opaque::{Sealed, Signed},
    payment::{AuthCode, AuthReq, AuthReqTbe, AuthReqTbs, CapCode, CapToken, Pi, PiDualSigned},
    wrapper::Message,
};

use super::complaint::complain;
use crate::world::{
    self, Cast, Party, World,
    carrier::{CHANGES, last_block, touched},
    eur, forge,
    pki::Pki,
};

const ORDER: &[u8] = b"1042";

#[test]
fn a_purchase_goes_from_the_offer_to_the_money() {
    for suite in Suite::ALL {
        let mut cast = Cast::in_suite(suite);
        cast.authorize(ORDER, eur(4200));
        let cap_req = cast.capture(ORDER, eur(4200));
        let done = cast.captures.request(&cap_req, &mut cast.world).expect("a good capture");
        assert_eq!(done.own().len(), 1, "{suite}: the acquirer is told");
    }
}

#[test]
fn what_modern_adds_is_not_in_what_1997_signed() {
    // A1 and A2 are rules of modern: SET knew neither extension, and a reader of then wants none.
    for suite in Suite::ALL {
        let mut cast = Cast::in_suite(suite);
        let p_req = cast.consent(ORDER, eur(4200));
        let consent = &mut None;
        let pki = &cast.world.pki;
        forge::p_req(&p_req, pki, &pki.house.cardholder, &pki.house.gateway, |made| {
            *consent = Some(made.head.pi_extensions.is_some());
        });
        assert_eq!(*consent, Some(suite == Suite::Modern), "{suite}");
    }
}

#[test]
fn whatever_is_wrong_in_what_a_merchant_asks_is_told_alike() {
    let mut cast = Cast::in_suite(Suite::Set10);
    let auth_req = cast.order(ORDER, eur(4200));
    let changed = damaged_questions(&auth_req, &cast.world.pki);
    let refusals = refusals(&mut cast.gateway, changed, &mut cast.world);
    are_alike(&auth_req, &refusals, &cast.world.pki);
    // And the honest one is still good: none of the others has left anything.
    cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
}

#[test]
fn whatever_is_wrong_in_sealed_instructions_is_told_alike() {
    // Here it is the merchant who changes what it carries, and signs its own part well.
    let mut cast = Cast::in_suite(Suite::Set10);
    let p_req = cast.consent(ORDER, eur(4200));
    let auth_req = cast.shop.request(&p_req, &mut cast.world).expect("a good order").ask();
    let pki = &cast.world.pki;
    let with = |change: &dyn Fn(&mut PiDualSigned)| {
        forge::auth_req(&auth_req, pki, &pki.house.merchant, |_, pi| {
            let Pi::PiDualSigned(signed) = pi else { panic!("signed instructions") };
            change(signed);
        })
    };
    let mut changed = Vec::new();
    for (what, change) in CHANGES {
        let change =
            |signed: &mut PiDualSigned| signed.ex_pi_data = touched(&signed.ex_pi_data, *change);
        changed.push((*what, with(&change)));
    }
    // The signature beside the envelope is for everybody to read: one that is not believed must
    // not tell whether the envelope opened.
    let p_req = p_req.as_slice();
    let by_shop =
        forge::p_req(p_req, pki, &pki.house.merchant.signature, &pki.house.gateway, |_| {});
    let by_shop = forge::parts(&by_shop).pi_dual_signed;
    changed.push(("another role signed", with(&|it| *it = by_shop.clone())));
    let both = |it: &mut PiDualSigned| {
        *it = by_shop.clone();
        it.ex_pi_data = touched(&it.ex_pi_data, last_block);
    };
    changed.push(("another role signed, and the envelope was touched", with(&both)));
    // Who brought them is believed, and told alike of all: nobody signed them.
    for (what, changed) in changed {
        let pki = &cast.world.pki;
        let standing = world::gateway(&pki.house, &pki.house.gateway);
        let mut gateway = Party::<GatewayAuthorization>::new(standing, pki.trust());
        let done = gateway.request(&changed, &mut cast.world).expect("an answer");
        assert!(done.own().is_empty() && gateway.register.is_empty(), "{what}: no bank is asked");
        let told = gateway.state(&done.key).expect("a record").stage;
        assert_eq!(told, gateway::Stage::Refused { code: AuthCode::SignatureRequired }, "{what}");
    }
    cast.gateway.request(&auth_req, &mut cast.world).expect("a good request");
}

#[test]
fn whatever_is_wrong_in_a_token_is_told_alike() {
    // A token is the gateway's own, carried by the merchant: a bad one is an answer with a code.
    let mut cast = Cast::in_suite(Suite::Set10);
    cast.authorize(ORDER, eur(4200));
    let cap_req = cast.capture(ORDER, eur(4200));
    for (what, change) in CHANGES {
        let touch = |token: &CapToken| {
            let CapToken::EncX(sealed) = token else { panic!("a token with a card") };
            CapToken::EncX(touched(sealed, *change))
        };
        let pki = &cast.world.pki;
        let changed = forge::cap_req(&cap_req, pki, &pki.house.merchant, |_, tokens| {
            *tokens = tokens.iter().map(touch).collect();
        });
        let standing = world::gateway(&pki.house, &pki.house.gateway);
        let mut captures = Party::<GatewayCapture>::new(standing, pki.trust());
        let done = captures.request(&changed, &mut cast.world).expect("an answer");
        assert_eq!(done.own().len(), 0, "{what}: the acquirer is told nothing");
        assert!(captures.register.is_empty(), "{what}");
        assert_eq!(told_of_capture(&done.reply(), &cast.world.pki), CapCode::InvalidCapToken);
    }
}

fn told_of_capture(cap_res: &[u8], pki: &Pki) -> CapCode {
    let Message::CapRes(sealed) = world::message(cap_res) else { panic!("a CapRes") };
    let openers = [pki.house.merchant.encipherment.clone()];
    let signed = open(&sealed, &openers, pki.suite, &pki.keys).expect("sealed").into_value();
    let purpose = Purpose::GatewaySignature;
    let data = verify(&signed, &pki.trust(), purpose, None, world::now()).expect("signed");
    data.cap_res_item_seq[0].cap_res_payload.cap_code
}

#[test]
fn no_octet_of_a_question_that_is_touched_is_told_otherwise() {
    // A sweep: each eleventh octet of the whole envelope. Beside the signature lie certificates
    // and lists that anybody may have; a change there that hurts nobody may go through.
    let mut cast = Cast::in_suite(Suite::Set10);
    let auth_req = cast.order(ORDER, eur(4200));
    let length = envelope(&auth_req).enc.octets().len();
    let mut told = 0;
    for at in (0..length).step_by(11) {
        let Some(changed) = with_octet(&auth_req, at) else { continue };
        let mut gateway = Party::<GatewayAuthorization>::new(
            world::gateway(&cast.world.pki.house, &cast.world.pki.house.gateway),
            cast.world.pki.trust(),
        );
        if let Err(refusal) = gateway.request(&changed, &mut cast.world) {
            assert_eq!(
                ErrorCode::from(&refusal),
                ErrorCode::SignatureFailure,
                "octet {at}: {refusal:?}"
            );
            told += 1;
        }
    }
    assert!(told > length / 11 / 2, "{told} of {length} octets");
}

#[test]
fn a_real_card_is_refused_by_the_gateway_too() {
    // A wallet that does not ask itself: its certificate is for the card, its bank has customers.
    let mut cast = Cast::in_suite(Suite::Set10);
    let p_req = cast.consent(ORDER, eur(4200));
    let pki = &cast.world.pki;
    let cardholder = &pki.house.cardholder;
    let real = forge::p_req(&p_req, pki, cardholder, &pki.house.gateway, |consent| {
        consent.pan_data.pan = Pan::parse("4970100000000055").expect("digits").into();
    });
    let with_real = cast.shop.request(&real, &mut cast.world).expect("a good order").ask();
    let refused = cast.gateway.request(&with_real, &mut cast.world).map(drop);
    assert_eq!(refused, Err(Refusal::SenderNamedRealCard));
    assert!(cast.gateway.states.is_empty() && cast.gateway.register.is_empty());
}

/// Sends each, and gives back why it was refused. Nothing may have come of any.
fn refusals<M: Machine>(
    party: &mut Party<M>,
    changed: Vec<(&'static str, Vec<u8>)>,
    world: &mut World,
) -> Vec<(&'static str, Refusal)> {
    let before = (party.states.clone(), party.register.clone());
    let mut refusals = Vec::new();
    for (what, octets) in changed {
        let refusal = party.request(&octets, world).map(drop).expect_err(what);
        assert_eq!((&party.states, &party.register), (&before.0, &before.1), "{what}");
        refusals.push((what, refusal));
    }
    refusals
}

/// The peer is told each of them in the same octets: about one request, at one time, from one
/// seed, whatever went wrong.
fn are_alike(request: &[u8], refusals: &[(&'static str, Refusal)], pki: &Pki) {
    let error = |refusal| complain(refusal, request, Some(&pki.house.gateway), pki);
    let expected = error(&Refusal::Unopened);
    assert!(expected.is_some());
    for (what, refusal) in refusals {
        assert_eq!(ErrorCode::from(refusal), ErrorCode::SignatureFailure, "{what}: {refusal:?}");
        assert_eq!(error(refusal), expected, "{what}");
    }
}

fn envelope(auth_req: &[u8]) -> AuthReq {
    let Message::AuthReq(request) = world::message(auth_req) else { panic!("an AuthReq") };
    *request
}

/// A question in whose envelope one bit was changed, if it is a message still.
fn with_octet(auth_req: &[u8], at: usize) -> Option<Vec<u8>> {
    let AuthReq { enc, baggage } = envelope(auth_req);
    let mut octets = enc.octets().to_vec();
    octets[at] ^= 1 << (at % 8);
    let enc = Sealed::from_octets(octets).ok()?;
    let message = Message::AuthReq(Box::new(AuthReq { enc, baggage }));
    Some(forge::rewrap(auth_req, message, None))
}

/// Every kind of wrong question: changed on its way, or made wrong inside by whoever sealed it.
fn damaged_questions(auth_req: &[u8], pki: &Pki) -> Vec<(&'static str, Vec<u8>)> {
    let AuthReq { enc, baggage } = envelope(auth_req);
    let message = |enc| {
        let message = Message::AuthReq(Box::new(AuthReq { enc, baggage: baggage.clone() }));
        forge::rewrap(auth_req, message, None)
    };
    let carried = CHANGES.iter().map(|(what, change)| (*what, message(touched(&enc, *change))));
    let mut all: Vec<_> = carried.collect();
    let openers = [pki.house.gateway.encipherment.clone()];
    let tbe: AuthReqTbe =
        open(&enc, &openers, pki.suite, &pki.keys).expect("for the gateway").into_value();
    let trust = pki.trust();
    let to = forge::path(&pki.house.gateway.encipherment, Purpose::GatewayEncipherment, &trust);
    let resealed = |tbe: &AuthReqTbe| message(seal(tbe, &to).expect("sealed"));
    let mut signature = tbe.octets().to_vec();
    *signature.last_mut().expect("octets") ^= 1;
    let signature = Signed::from_octets(signature).expect("one sequence");
    all.push(("a signature that is not one", resealed(&signature)));
    let nothing = Signed::from_octets(vec![0x30, 0]).expect("one sequence");
    all.push(("no signature at all", resealed(&nothing)));
    for (what, by) in [
        ("another role's signature", &pki.house.cardholder),
        ("another brand's signature", &pki.foreign.merchant.signature),
        ("a key that is not for signing", &pki.house.merchant.encipherment),
    ] {
        all.push((what, resealed(&signed_again(&tbe, pki, by))));
    }
    all
}

/// The same content under the signature of somebody else.
fn signed_again(tbe: &AuthReqTbe, pki: &Pki, by: &Identity) -> AuthReqTbe {
    let purpose = Purpose::MerchantSignature;
    let believed = verify(tbe, &pki.trust(), purpose, None, world::now());
    let tbs: AuthReqTbs = believed.expect("honest so far").into_value();
    let bag = Bag::of(by);
    let signer = Signer::Certified { identity: by, bag: &bag };
    sign(pki.suite, &tbs, signer, &pki.keys, world::now()).expect("signed")
}

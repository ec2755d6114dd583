//! What applicants ask authorities, and what comes of it when somebody else has a hand in it.
//!
//! Each conversation is held before every question: the attacks on that question are suffered,
//! then the true one is let go and must be answered as if nothing had happened.

use openset_crypto::{Authority as Kind, Bag, Signer, Suite};
use openset_node::store::{Direction, JournalOf, Page};
use openset_protocol::{
    cardholder::registration::Stage as CardStage, enrolment::applicant::Stage as At,
    gateway::registration as gateway, merchant::registration as merchant,
};
use openset_types::{Brand, LocalId, MerchantId, Pan};
use openset_wire::{
    cert::{AcctInfo, CertReqData, CertStatusCode, IdData, RegFormReqData, RequestType},
    error::ErrorCode,
    types::Challenge,
    wrapper::Message,
};

use super::{
    applicants::{Server, card},
    attacks::{
        Attack, ComesTo, answers_as_questions, carried, changed, misdirected, repeated,
        with_message,
    },
    hands::{Hands, beside, rrpid},
    scene::{Scene, play},
};
use crate::demo::cast;

/// What an envelope that was changed is answered with, of whatever suite.
const SEALED: [ErrorCode; 2] = [ErrorCode::SignatureFailure, ErrorCode::DecodingFailure];

#[test]
fn nobody_is_certified_in_a_cardholders_place() {
    play(Suite::Modern, cardholder);
}

#[test]
fn nobody_is_certified_in_a_cardholders_place_in_suite_set10() {
    play(Suite::Set10, cardholder);
}

#[test]
fn nobody_is_certified_in_a_merchants_place() {
    play(Suite::Modern, async |scene| server::<merchant::Merchant>(scene).await);
}

#[test]
fn nobody_is_certified_in_a_merchants_place_in_suite_set10() {
    play(Suite::Set10, async |scene| server::<merchant::Merchant>(scene).await);
}

#[test]
fn nobody_is_certified_in_a_gateways_place() {
    play(Suite::Modern, async |scene| server::<gateway::Gateway>(scene).await);
}

#[test]
fn nobody_is_certified_in_a_gateways_place_in_suite_set10() {
    play(Suite::Set10, async |scene| server::<gateway::Gateway>(scene).await);
}

async fn cardholder(scene: &Scene) {
    const AT: Kind = Kind::Cardholder;
    let carrier = scene.carrier(AT);
    carrier.hold("CardCInitReq");
    let id = scene.wallet.apply(card().pan(), cast::expiry()).await.expect("an open vault");
    let first = carrier.heard("CardCInitReq", 1).await;
    scene.suffer("CardCInitReq", on_introduction(scene, AT, &first)).await;
    carrier.hold("RegFormReq");
    let second = carrier.heard("RegFormReq", 1).await;
    scene.suffer("CardCInitReq again", again(scene, AT, &first).await).await;
    scene.suffer("RegFormReq", on_reg_form_req(scene, &second)).await;
    carrier.hold("CertReq");
    scene.fill_in(&id).await;
    let third = carrier.heard("CertReq", 1).await;
    scene.suffer("RegFormReq again", again(scene, AT, &second).await).await;
    scene.suffer("CertReq", on_cert_req(scene, AT, &third)).await;
    assert_eq!(scene.registrar.asked(), 0);
    carrier.release();
    scene.card_until(&id, |stage| matches!(stage, CardStage::Certified { .. })).await;
    assert_eq!(scene.registrar.asked(), 1);
    scene.suffer("CertReq again", again(scene, AT, &third).await).await;
    scene.suffer("CertReq anew", anew(scene, AT, &third)).await;
}

async fn server<A: Server>(scene: &Scene) {
    let at = A::AUTHORITY;
    let carrier = scene.carrier(at);
    let applicants = scene.applicants::<A>().await;
    carrier.hold("Me-AqCInitReq");
    applicants.begin("first").await;
    let first = carrier.heard("Me-AqCInitReq", 1).await;
    scene.suffer("Me-AqCInitReq", on_introduction(scene, at, &first)).await;
    carrier.hold("CertReq");
    applicants.until("first", |stage| matches!(stage, At::Applied(_))).await;
    let second = carrier.heard("CertReq", 1).await;
    scene.suffer("Me-AqCInitReq again", again(scene, at, &first).await).await;
    scene.suffer("CertReq", on_cert_req(scene, at, &second)).await;
    assert_eq!(scene.registrar.asked(), 0);
    scene.registrar.puts_off(true);
    carrier.hold("CertInqReq");
    let third = carrier.heard("CertInqReq", 1).await;
    scene.suffer("CertReq again", again(scene, at, &second).await).await;
    scene.suffer("CertReq anew", anew(scene, at, &second)).await;
    let own = applicants.signature_key("first").await;
    scene.suffer("CertInqReq", on_cert_inq_req(scene, at, &third, Signer::NewKey(&own))).await;
    carrier.release();
    scene.approve(at).await;
    applicants.until("first", |stage| matches!(stage, At::Certified { .. })).await;
    assert_eq!(scene.registrar.asked(), 1);
    scene.suffer("CertInqReq again", again(scene, at, &third).await).await;
}

/// The first question comes in clear, and says nothing that anybody must believe: another one is
/// answered as another one, to which the answer is no use to whoever asked the first.
fn on_introduction(scene: &Scene, at: Kind, honest: &[u8]) -> Vec<Attack> {
    let foreign = || Brand::parse("Foreign Brand").expect("a brand");
    let changed = |change: &dyn Fn(&mut Message)| {
        let number = scene.hands.draw().rrpid();
        with_message(honest, |message| {
            *introduction(message).0 = number.into();
            change(message);
        })
    };
    let no = |code| ComesTo::Refused(code);
    let foreign = changed(&|message| *introduction(message).1 = foreign().into());
    let other = changed(&|message| *introduction(message).2 = challenge());
    let answer = if at == Kind::Cardholder { "CardCInitRes" } else { "Me-AqCInitRes" };
    let mut attacks = carried(at, honest);
    attacks.extend(misdirected(at, honest, &no(ErrorCode::MessageNotSupported)));
    attacks.extend([
        Attack::on(at, "for another brand", foreign, no(ErrorCode::UnspecifiedFailure)),
        Attack::on(at, "with another's challenge", other, ComesTo::Answered(answer)),
    ]);
    if at != Kind::Cardholder {
        let wanted = changed(&|message| {
            let Message::MeAqCInitReq(asked) = message else { panic!("the first question") };
            asked.request_type = match at {
                Kind::Merchant => RequestType::PgwyInitialBoth,
                _ => RequestType::MerInitialBoth,
            };
        });
        let no = no(ErrorCode::UnspecifiedFailure);
        attacks.push(Attack::on(at, "for what another role gets", wanted, no));
    }
    attacks
}

/// Number, brand and challenge of a first question.
fn introduction(
    message: &mut Message,
) -> (
    &mut openset_wire::der::Carried<openset_types::Rrpid>,
    &mut openset_wire::der::Carried<Brand>,
    &mut Challenge,
) {
    match message {
        Message::CardCInitReq(asked) => {
            (&mut asked.rrpid, &mut asked.brand_id, &mut asked.chall_ee)
        }
        Message::MeAqCInitReq(asked) => {
            (&mut asked.rrpid, &mut asked.brand_id, &mut asked.chall_ee)
        }
        other => panic!("{} is no first question", other.name()),
    }
}

fn on_reg_form_req(scene: &Scene, honest: &[u8]) -> Vec<Attack> {
    const AT: Kind = Kind::Cardholder;
    let hands = &scene.hands;
    let no = |code| ComesTo::Refused(code);
    let unopened = || no(ErrorCode::SignatureFailure);
    let to = hands.path(&hands.clerks[&AT], AT);
    let changed_to = |change: fn(&mut RegFormReqData)| {
        hands.reg_form_req(honest, &to, |data, _| {
            data.rrpid = hands.draw().rrpid().into();
            change(data);
        })
    };
    let mut attacks = carried(AT, honest);
    attacks.extend(misdirected(AT, honest, &no(ErrorCode::MessageNotSupported)));
    attacks.extend(changed(AT, || changed_to(|_| {}), &SEALED));
    attacks.extend(
        for_others(hands, AT, |to| hands.reg_form_req(honest, to, |_, _| {}))
            .into_iter()
            .map(|(what, octets)| Attack::on(AT, &what, octets, unopened())),
    );
    let of_another = changed_to(|data| data.lid_ca = Some(label().into()));
    let as_another = changed_to(|data| data.lid_ee = label().into());
    let unlabelled = changed_to(|data| data.lid_ca = None);
    let other_role = changed_to(|data| data.request_type = RequestType::MerInitialBoth);
    let unknown = || no(ErrorCode::UnknownLid);
    attacks.extend([
        Attack::on(AT, "in another's conversation", of_another, unknown()),
        Attack::on(AT, "in nobody's conversation", unlabelled, unknown()),
        Attack::on(AT, "as another applicant", as_another, unknown()),
        Attack::on(AT, "for what a merchant gets", other_role, no(ErrorCode::UnspecifiedFailure)),
    ]);
    attacks
}

fn on_cert_req(scene: &Scene, at: Kind, honest: &[u8]) -> Vec<Attack> {
    let hands = &scene.hands;
    let no = |code| ComesTo::Refused(code);
    let unopened = || no(ErrorCode::SignatureFailure);
    let own = hands.path(&hands.clerks[&at], at);
    // Whoever could change an envelope is told nothing of what is inside it (ADR 25).
    let unproved = || match scene.suite {
        Suite::Modern => ComesTo::Told(CertStatusCode::SigValidationFail),
        Suite::Set10 => unopened(),
    };
    let fresh = |data: &mut CertReqData| data.rrpid = hands.draw().rrpid().into();
    let signed_by = |signer: Signer<'_>| {
        hands.cert_req(honest, (at, &own), Some(signer), |data, _| fresh(data))
    };
    let changed_to = |change: fn(&mut CertReqData, &mut Option<AcctInfo>)| {
        hands.cert_req(honest, (at, &own), None, |data, account| {
            fresh(data);
            change(data, account);
        })
    };
    let mut attacks = carried(at, honest);
    attacks.extend(misdirected(at, honest, &unopened()));
    attacks.extend(changed(at, || changed_to(|_, _| {}), &SEALED));
    attacks.extend(
        for_others(hands, at, |to| hands.cert_req(honest, (at, to), None, |_, _| {}))
            .into_iter()
            .map(|(what, octets)| Attack::on(at, &what, octets, unopened())),
    );
    let stranger = hands.stranger();
    attacks.push(Attack::on(
        at,
        "signed by another key",
        signed_by(Signer::NewKey(&stranger)),
        unproved(),
    ));
    for (what, identity) in [
        ("signed by the authority's own certificate", &hands.clerks[&at].signs),
        ("signed by another brand's certificate", &hands.foreign[&at].signs),
    ] {
        let bag = Bag::of(identity);
        let octets = signed_by(Signer::Certified { identity, bag: &bag });
        attacks.push(Attack::on(at, what, octets, unproved()));
    }
    let of_another = changed_to(|data, _| data.lid_ca = Some(label().into()));
    let as_another = changed_to(|data, _| data.lid_ee = label().into());
    let unasked = changed_to(|data, _| data.chall_ca = Some(challenge()));
    let unchallenged = changed_to(|data, _| data.chall_ca = None);
    let other_form = changed_to(|data, _| data.reg_form_id += 1);
    let mismatch = || no(ErrorCode::ChallengeMismatch);
    attacks.extend([
        Attack::on(at, "in another's conversation", of_another, no(ErrorCode::UnknownLid)),
        Attack::on(at, "as another applicant", as_another, no(ErrorCode::UnknownLid)),
        Attack::on(at, "with another's challenge", unasked, mismatch()),
        Attack::on(at, "without a challenge", unchallenged, mismatch()),
        Attack::on(at, "with another form", other_form, no(ErrorCode::UnspecifiedFailure)),
        Attack::on(at, "for somebody else", changed_to(switch), no(ErrorCode::UnspecifiedFailure)),
    ]);
    attacks
}

/// Another card, merchant or acquirer than the form was asked for.
fn switch(data: &mut CertReqData, account: &mut Option<AcctInfo>) {
    if let Some(AcctInfo::PanData0(card)) = account {
        card.pan = Pan::parse("9999990000040002").expect("another test card").into();
    }
    match &mut data.id_data {
        Some(IdData::MerchantAcquirerId(names)) => {
            names.merchant_id = MerchantId::parse("MAISON-002").expect("a number").into();
        }
        Some(IdData::AcquirerId(names)) => {
            names.acquirer_bin = openset_types::Bin::parse("123456").expect("six digits").into();
        }
        None => {}
    }
}

/// Envelopes for whoever is not asked, named for what is wrong with them.
fn for_others(
    hands: &Hands,
    at: Kind,
    sealed: impl Fn(&openset_crypto::Path) -> Vec<u8>,
) -> Vec<(String, Vec<u8>)> {
    let others = hands.clerks.keys().copied().filter(|other| *other != at);
    let others = others.map(|other| {
        let octets = sealed(&hands.path(&hands.clerks[&other], other));
        (format!("sealed for {other:?}"), octets)
    });
    let foreign = sealed(&hands.path(&hands.foreign[&at], at));
    others.chain([("sealed for another brand".to_owned(), foreign)]).collect()
}

fn on_cert_inq_req(scene: &Scene, at: Kind, honest: &[u8], own: Signer<'_>) -> Vec<Attack> {
    let hands = &scene.hands;
    let no = |code| ComesTo::Refused(code);
    let fresh = |tbs: &mut openset_wire::cert::CertInqReqTbs| {
        tbs.rrpid = hands.draw().rrpid().into();
    };
    let mut attacks = carried(at, honest);
    attacks.extend(misdirected(at, honest, &no(ErrorCode::UnknownLid)));
    let codes = [ErrorCode::SignatureFailure, ErrorCode::DecodingFailure, ErrorCode::UnknownLid];
    let codes = [&codes[..], &[ErrorCode::UnknownRrpid, ErrorCode::InvalidCertificate]].concat();
    attacks.extend(changed(at, || hands.cert_inq_req(honest, own, fresh), &codes));
    let stranger = hands.stranger();
    let by_stranger = hands.cert_inq_req(honest, Signer::NewKey(&stranger), fresh);
    attacks.push(Attack::on(
        at,
        "signed by another key",
        by_stranger,
        no(ErrorCode::SignatureFailure),
    ));
    for (what, identity) in [
        ("signed by the authority's own certificate", &hands.clerks[&at].signs),
        ("signed by another brand's certificate", &hands.foreign[&at].signs),
    ] {
        let bag = Bag::of(identity);
        let signer = Signer::Certified { identity, bag: &bag };
        let octets = hands.cert_inq_req(honest, signer, fresh);
        attacks.push(Attack::on(at, what, octets, no(ErrorCode::SignatureFailure)));
    }
    let of_another = hands.cert_inq_req(honest, own, |tbs| {
        fresh(tbs);
        tbs.lid_ca = label().into();
    });
    let as_another = hands.cert_inq_req(honest, own, |tbs| {
        fresh(tbs);
        tbs.lid_ee = label().into();
    });
    let twice = hands.cert_inq_req(honest, own, fresh);
    // Who inquires is the new key: whatever lies beside its signature proves nothing.
    for (what, identity) in [
        ("with the authority's own certificate beside it", &hands.clerks[&at].signs),
        ("with another brand's certificate beside it", &hands.foreign[&at].signs),
    ] {
        let octets = beside(scene.suite, &hands.cert_inq_req(honest, own, fresh), identity);
        let pended = ComesTo::Told(CertStatusCode::RequestPended);
        attacks.push(Attack::on(at, what, octets, pended));
    }
    attacks.extend([
        Attack::on(at, "about another's application", of_another, no(ErrorCode::UnknownLid)),
        Attack::on(at, "as another applicant", as_another, no(ErrorCode::UnknownLid)),
        Attack::on(at, "under another number", twice, ComesTo::Told(CertStatusCode::RequestPended)),
    ]);
    attacks
}

/// What was asked and answered, once more; and the answer, as if it were a question.
async fn again(scene: &Scene, at: Kind, honest: &[u8]) -> Vec<Attack> {
    let of = JournalOf::Request(rrpid(honest));
    let journal = scene.office(at).party.store.journal(&of, Page::newest(10)).await;
    let mut journal = journal.expect("a journal").into_iter();
    let answer = journal.find(|passed| passed.direction == Direction::Out).expect("answered");
    let mut attacks = repeated(at, honest, &answer.octets);
    attacks.extend(answers_as_questions(at, &answer.octets));
    attacks
}

/// The application once more under another number: nobody is certified twice by it.
fn anew(scene: &Scene, at: Kind, honest: &[u8]) -> Vec<Attack> {
    let hands = &scene.hands;
    let to = hands.path(&hands.clerks[&at], at);
    let octets = hands.cert_req(honest, (at, &to), None, |data, _| {
        data.rrpid = hands.draw().rrpid().into();
    });
    let code = match at {
        Kind::Cardholder => CertStatusCode::RejectedByCa,
        _ => CertStatusCode::RequestPended,
    };
    vec![Attack::on(at, "under another number", octets, ComesTo::Told(code))]
}

fn label() -> LocalId {
    LocalId::new(b"somebody else").expect("a label")
}

fn challenge() -> Challenge {
    Challenge::from([0x77; 32])
}

//! What authorities answer, and what applicants make of it when somebody else has a hand in it.
//!
//! Many applicants register at once. Each hears one lie in answer to each of its questions, does
//! not believe it, asks the same octets again, and comes to its own certificate in the end.

use std::sync::Arc;

use openset_crypto::{Authority as Kind, Bag, Identity, Suite, Untrusted};
use openset_node::store::{JournalOf, Page};
use openset_protocol::{
    cardholder::registration::Stage as CardStage, enrolment::applicant::Stage as At,
    gateway::registration as gateway, merchant::registration as merchant, refusal::Refusal,
};
use openset_types::{LocalId, Rrpid};
use openset_wire::types::Challenge;

use super::{
    applicants::{AT_ONCE, Server, card},
    attacks::{sample, with_header},
    carrier::{HeardAs, Lie, Tell, Told},
    hands::{Hands, Says, rrpid},
    scene::{Scene, play},
};
use crate::demo::cast;

#[test]
fn a_wallet_believes_nobody_in_its_authoritys_place() {
    play(Suite::Modern, cardholders);
}

#[test]
fn a_wallet_believes_nobody_in_its_authoritys_place_in_suite_set10() {
    play(Suite::Set10, cardholders);
}

#[test]
fn a_merchant_believes_nobody_in_its_authoritys_place() {
    play(Suite::Modern, async |scene| servers::<merchant::Merchant>(scene).await);
}

#[test]
fn a_gateway_believes_nobody_in_its_authoritys_place_in_suite_set10() {
    play(Suite::Set10, async |scene| servers::<gateway::Gateway>(scene).await);
}

async fn cardholders(scene: &Scene) {
    const AT: Kind = Kind::Cardholder;
    let old = apply(scene).await;
    scene.fill_in(&old).await;
    scene.card_until(&old, is_certified).await;
    let introduction = lies(scene, AT, &scene.answered(AT, "CardCInitRes").await);
    let form = lies(scene, AT, &scene.answered(AT, "RegFormRes").await);
    let verdict = sealed_verdicts(scene, &scene.answered(AT, "CertRes").await);
    let count = introduction.len().max(form.len()).max(verdict.len());
    let carrier = scene.carrier(AT);
    carrier.lie("CardCInitReq", introduction);
    carrier.lie("RegFormReq", form);
    carrier.lie("CertReq", verdict);
    for some in (0..count).collect::<Vec<_>>().chunks(AT_ONCE) {
        let mut ids = Vec::new();
        for _ in some {
            ids.push(apply(scene).await);
        }
        for id in &ids {
            scene.fill_in(id).await;
        }
        for id in &ids {
            scene.card_until(id, is_certified).await;
        }
    }
    scene.nobody_believed(AT, "wallet");
    assert_eq!(scene.registrar.asked(), count + 1);
}

async fn apply(scene: &Scene) -> String {
    scene.wallet.apply(card().pan(), cast::expiry()).await.expect("an open vault")
}

fn is_certified(stage: &CardStage) -> bool {
    matches!(stage, CardStage::Certified { .. })
}

async fn servers<A: Server>(scene: &Scene) {
    let (at, carrier) = (A::AUTHORITY, scene.carrier(A::AUTHORITY));
    let applicants = scene.applicants::<A>().await;
    applicants.begin("old").await;
    applicants.until("old", |stage| matches!(stage, At::Certified { .. })).await;
    let form = lies(scene, at, &scene.answered(at, "Me-AqCInitRes").await);
    let old = scene.answered(at, "CertRes").await;
    let (verdict, mut status) = (verdicts(scene, at, &old), lies(scene, at, &old));
    // What answers an application answers no inquiry, whosever it was.
    let replayed = |lie: &&mut Lie| lie.what.ends_with("under this number");
    let another = HeardAs::Refused(Refusal::AuthorityAnsweredAnother);
    status.iter_mut().find(replayed).expect("one of them").heard_as = another;
    let (at_once, waiting) = (form.len().max(verdict.len()), status.len());
    carrier.lie("Me-AqCInitReq", form);
    carrier.lie("CertReq", verdict);
    let ids: Vec<String> = (0..at_once + waiting).map(|number| format!("no. {number}")).collect();
    let (at_once, waiting) = ids.split_at(at_once);
    applicants.all_until(at_once, |stage| matches!(stage, At::Certified { .. })).await;
    // The others are looked at by somebody, and inquire.
    scene.registrar.puts_off(true);
    carrier.lie("CertInqReq", status);
    applicants.all_until(waiting, |stage| matches!(stage, At::Inquiring(_))).await;
    scene.approve(at).await;
    applicants.all_until(waiting, |stage| matches!(stage, At::Certified { .. })).await;
    scene.nobody_believed(at, A::ROLE.folder);
    assert_eq!(scene.registrar.asked(), ids.len() + 1);
}

/// What can be said in the place of any signed answer. `old` is one that somebody else got.
fn lies(scene: &Scene, at: Kind, old: &[u8]) -> Vec<Lie> {
    let hands = &scene.hands;
    let mut lies = carried(old);
    lies.extend(by_others(hands, at));
    let own = &hands.clerks[&at].signs;
    let another = || Refusal::AuthorityAnsweredAnother;
    let old_challenge = Refusal::AuthorityRepeatedOldChallenge;
    lies.extend([
        changed(hands, own, "with another's challenge", old_challenge, |says, _| {
            *says.challenge() = Challenge::from([0x77; 32]);
        }),
        changed(hands, own, "for another applicant", another(), |says, _| {
            *says.label() = LocalId::new(b"somebody else").expect("a label").into();
        }),
        changed(
            hands,
            own,
            "under another number inside",
            Refusal::SenderSentOtherRrpid,
            |says, _| {
                *says.rrpid() = Rrpid::new([0x78; 20]).into();
            },
        ),
    ]);
    lies.extend(swapped(hands, at));
    lies
}

/// The same for the answers with certificates in them.
fn verdicts(scene: &Scene, at: Kind, old: &[u8]) -> Vec<Lie> {
    let hands = &scene.hands;
    let mut lies = lies(scene, at, old);
    let own = &hands.clerks[&at].signs;
    let none = Refusal::AuthoritySentNoCertificate;
    lies.push(changed(hands, own, "without naming a certificate", none, |says, _| {
        says.verdict().expect("a verdict").cert_thumbs = None;
    }));
    lies
}

/// The same for the answers that are sealed for a wallet. What is wrong inside an envelope that
/// could be changed has one name (ADR 25).
fn sealed_verdicts(scene: &Scene, old: &[u8]) -> Vec<Lie> {
    let hands = &scene.hands;
    let mut lies = verdicts(scene, Kind::Cardholder, old);
    for lie in &mut lies {
        let is_inside = matches!(lie.heard_as, HeardAs::Refused(Refusal::Untrusted(_)));
        if is_inside && hands.suite == Suite::Set10 || lie.what.ends_with("under this number") {
            lie.heard_as = HeardAs::Unopened;
        }
    }
    let (clear, other) = (Arc::clone(hands), Arc::clone(hands));
    let another = HeardAs::Refused(Refusal::AuthorityAnsweredAnother);
    lies.push(lie("in clear", another, move |honest| clear.in_clear(honest)));
    let under_another = move |honest: &[u8]| other.under_another_key(honest);
    lies.push(lie("sealed under another key", HeardAs::Unopened, under_another));
    let card = Refusal::AuthorityCertifiedAnotherCard;
    let own = &hands.clerks[&Kind::Cardholder].signs;
    lies.push(changed(hands, own, "without half of the secret", card, |says, _| {
        says.verdict().expect("a verdict").cert_status.nonce_cca = None;
    }));
    lies
}

/// What anybody can do who carries an answer.
fn carried(old: &[u8]) -> Vec<Lie> {
    let mut lies: Vec<Lie> = sample(256)
        .step_by(9)
        .map(|place| {
            let cut = move |honest: &[u8]| honest[..place * honest.len() / 256].to_vec();
            lie(&format!("cut after {place}/256"), HeardAs::Nonsense, cut)
        })
        .collect();
    lies.extend(sample(192).step_by(7).map(|place| {
        let touched = move |honest: &[u8]| {
            let mut octets = honest.to_vec();
            let place = (64 + place) * octets.len() / 256;
            octets[place] ^= 1 << (place % 8);
            octets
        };
        lie(&format!("a bit changed after {}/256", 64 + place), HeardAs::Harmless, touched)
    }));
    let other = || HeardAs::Refused(Refusal::SenderSentOtherRrpid);
    let replayed = old.to_vec();
    lies.push(lie("what another was answered", other(), move |_| replayed.clone()));
    let replayed = old.to_vec();
    lies.push(lie("what another was answered, under this number", other(), move |honest| {
        let number = rrpid(honest);
        with_header(&replayed, |header| header.rrpid = Some(number.into()))
    }));
    lies
}

/// The truth, signed by whoever may not say it.
fn by_others(hands: &Arc<Hands>, at: Kind) -> Vec<Lie> {
    let clerk = &hands.clerks[&at];
    let stranger = Identity { ..hands.impostor(&clerk.signs) };
    let others = hands.clerks.iter().filter(|(other, _)| **other != at);
    let mut all: Vec<(String, Identity, Untrusted)> = others
        .map(|(other, clerk)| {
            (format!("signed by {other:?}"), clerk.signs.clone(), Untrusted::WrongRole)
        })
        .collect();
    let sealing = clerk.opens.clone();
    let foreign = hands.foreign[&at].signs.clone();
    all.push(("signed by another key".to_owned(), stranger, Untrusted::BadSignature));
    all.push(("signed with the key to seal".to_owned(), sealing, Untrusted::WrongKeyUsage));
    all.push(("signed by another brand".to_owned(), foreign, Untrusted::OtherBrand));
    let lie = |(what, by, why): (String, Identity, Untrusted)| {
        changed(hands, &by, &what, Refusal::Untrusted(why), |_, _| {})
    };
    all.into_iter().map(lie).collect()
}

/// Certificates exchanged or added beside the signature, and the one to seal for exchanged.
fn swapped(hands: &Arc<Hands>, at: Kind) -> Vec<Lie> {
    let own = &hands.clerks[&at].signs;
    let foreign = hands.foreign[&at].clone();
    let instead = foreign.signs.clone();
    // Whoever has met the signer before needs no certificate of it.
    let swap = Lie {
        heard_as: HeardAs::Harmless,
        ..changed(
            hands,
            own,
            "another certificate in the place of the signer's",
            Refusal::Untrusted(Untrusted::UnknownSigner),
            move |_, bag| bag.certificates[0] = instead.certificate.clone(),
        )
    };
    let (beside, suite) = (Bag::of(&foreign.opens), hands.suite);
    let add = Lie {
        heard_as: HeardAs::TheTruth,
        ..changed(
            hands,
            own,
            "another brand's certificates beside it",
            Refusal::CommandOutOfTurn,
            move |_, bag| bag.certificates.extend(beside.certificates.clone()),
        )
    };
    let thumb = foreign.opens.thumb(suite).cert_thumb(suite).expect("encodable");
    let (beside, hands) = (Bag::of(&foreign.opens), Arc::clone(hands));
    let own = own.clone();
    let sealed_for = lie("another brand's certificate to seal for", HeardAs::Nonsense, {
        move |honest| {
            hands.answer(honest, &own, &|says, bag| match says.sealed_for() {
                Some(named) => {
                    *named = thumb.clone();
                    bag.certificates.extend(beside.certificates.clone());
                }
                // A verdict names none: it is spoilt otherwise.
                None => *says.rrpid() = Rrpid::new([0x79; 20]).into(),
            })
        }
    });
    vec![swap, add, sealed_for]
}

fn lie(what: &str, heard_as: HeardAs, tell: impl Fn(&[u8]) -> Vec<u8> + Send + 'static) -> Lie {
    let tell: Tell = Box::new(tell);
    Lie { what: what.to_owned(), tell, heard_as }
}

/// The truth, changed and signed anew.
fn changed(
    hands: &Arc<Hands>,
    by: &Identity,
    what: &str,
    refusal: Refusal,
    change: impl Fn(&mut dyn Says, &mut Bag) + Send + 'static,
) -> Lie {
    let (hands, by) = (Arc::clone(hands), by.clone());
    lie(what, HeardAs::Refused(refusal), move |honest| hands.answer(honest, &by, &change))
}

impl Scene {
    /// The newest answer of a name that an authority gave.
    async fn answered(&self, at: Kind, name: &str) -> Vec<u8> {
        let store = &self.office(at).party.store;
        let journal = store.journal(&JournalOf::Everything, Page::newest(50)).await;
        let mut journal = journal.expect("a journal").into_iter();
        journal.find(|passed| passed.name == name).expect("it was given").octets
    }

    /// Checks that every lie was told, and refused for what was wrong with it.
    fn nobody_believed(&self, at: Kind, by: &str) {
        assert_eq!(self.carrier(at).untold(), 0, "every lie was told");
        // A number of a question may look like that of a card, and is not in the log then: what
        // counts is that each reason stands there as often as it was given.
        let mut log = self.logged(by, r#""message":"dropped""#);
        log.extend(self.logged(by, r#""message":"an outcome was refused""#));
        let mut told: Vec<Told> = self.carrier(at).told().into_values().collect();
        told.sort_by_key(|told| told.heard_as == HeardAs::Nonsense);
        for Told { what, heard_as, again, .. } in told {
            let words = match heard_as {
                HeardAs::Harmless => continue,
                HeardAs::TheTruth => {
                    assert_eq!(again, 0, "{:?}, {by}, {what}: not taken", self.suite);
                    continue;
                }
                HeardAs::Nonsense => String::new(),
                HeardAs::Unopened => "envelope did not open".to_owned(),
                HeardAs::Refused(refusal) => refusal.to_string(),
            };
            let place = log.iter().position(|line| line.contains(&words));
            let place = place.unwrap_or_else(|| {
                panic!("{:?}, {by}, {what}: not refused, and these were: {log:#?}", self.suite)
            });
            log.swap_remove(place);
        }
    }
}

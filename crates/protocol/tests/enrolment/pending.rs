//! Applications that are decided later: the applicant inquires, and whoever else does learns
//! nothing.

use openset_crypto::{Authority, Bag, PublicKey, Signer, Untrusted};
use openset_protocol::{
    ca::{Approval, Denial, Effect as Desk, Input, Reason, Stage as At, Told},
    cardholder::registration::{Effect as Own, Input as CardInput, Stage},
    enrolment::{Ended, Rejection, Unfit, Why, applicant},
    refusal::Refusal,
    role::Effect,
};
use openset_types::{LocalId, Rrpid};
use openset_wire::{cert::CertStatusCode, types::Challenge};

use crate::{
    applicants::{Counter, HERE, asked, filled, secrets},
    forge::{cert_inq_req, cert_req_by, cuts, said, without_account},
    merchant::shop,
    office::{answers, listing},
    world::{forge::with_header, received},
};

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;

impl Counter {
    /// The authority puts the application before somebody, and the wallet knows.
    fn pended(&mut self) -> Vec<u8> {
        let key = self.applied();
        let done = self.office.party.command(&key, Input::Pended, &mut self.world).expect("pended");
        let answer = done.reply();
        assert_eq!(code(self, &answer), CertStatusCode::RequestPended);
        self.open(&answer).expect("an answer");
        assert!(matches!(self.stage(), Stage::Pending(_)));
        key
    }

    /// Time passes and the vault is open: gives CertInqReq.
    fn inquiring(&mut self) -> Vec<u8> {
        self.world.now = self.world.now.plus_s(HOUR_S);
        let done = self.do_here(CardInput::Woke).expect("woken");
        assert!(matches!(done.own().as_slice(), [Own::WantKey]));
        self.do_here(CardInput::KeyAtHand).expect("an inquiry").ask()
    }

    /// Gives CertInqRes.
    fn inquired(&mut self) -> Vec<u8> {
        let inquiry = self.inquiring();
        self.office.request(&inquiry, &mut self.world).expect("a good inquiry").reply()
    }

    fn decide(&mut self, key: &[u8], input: Input) {
        let done = self.office.party.command(key, input, &mut self.world).expect("decided");
        assert!(!done.answers(), "nobody waits for an answer");
        if let [Desk::Sign] = done.own().as_slice() {
            let done = self.office.party.command(key, Input::Sign, &mut self.world);
            assert!(!done.expect("signed").answers(), "nobody waits for an answer");
        }
    }
}

fn code(counter: &Counter, answer: &[u8]) -> CertStatusCode {
    let said = said(answer, Authority::Cardholder, &counter.world.pki);
    said.cert_status.cert_status_code
}

fn denial(reason: Reason) -> Input {
    Input::Denied(Denial { reason, message: Some("No.".to_owned()) })
}

#[test]
fn a_card_that_somebody_looks_at_is_certified_when_the_wallet_inquires() {
    let mut counter = Counter::new();
    let key = counter.pended();
    let still = counter.inquired();
    assert_eq!(code(&counter, &still), CertStatusCode::RequestPended);
    counter.open(&still).expect("an answer");
    assert!(matches!(counter.stage(), Stage::Pending(_)));
    counter.decide(&key, Input::Approved(Approval::Cardholder));
    let answer = counter.inquired();
    let done = counter.open(&answer).expect("a certificate");
    assert!(matches!(done.own().as_slice(), [Own::Keep { .. }]));
    assert!(matches!(counter.stage(), Stage::Certified { .. }));
}

#[test]
fn a_merchant_that_somebody_looks_at_is_certified_when_it_inquires() {
    let mut hall = shop();
    let key = hall.applied();
    let done = hall.office.party.command(&key, Input::Pended, &mut hall.world).expect("pended");
    hall.hear(&done.reply()).expect("an answer");
    assert!(matches!(hall.stage(), applicant::Stage::Pending(_)));
    let approval = Input::Approved(Approval::Merchant(listing()));
    hall.office.party.command(&key, approval, &mut hall.world).expect("approved");
    hall.office.party.command(&key, Input::Sign, &mut hall.world).expect("signed");
    hall.world.now = hall.world.now.plus_s(HOUR_S);
    let inquiry = hall.do_here(applicant::Input::Woke).expect("woken").ask();
    let answer = hall.office.request(&inquiry, &mut hall.world).expect("a good inquiry").reply();
    let done = hall.hear(&answer).expect("certificates");
    assert!(matches!(hall.stage(), applicant::Stage::Certified { .. }));
    let [Effect::WakeAt(due)] = done.effects[..] else { panic!("renewal is remembered") };
    assert!(due > hall.world.now);
    let done = hall.do_here(applicant::Input::Woke).expect("woken");
    assert!(matches!(done.own().as_slice(), [applicant::Effect::RenewalDue]));
}

#[test]
fn a_registrar_that_says_nothing_in_time_lets_the_applicant_inquire() {
    let mut counter = Counter::new();
    let request = counter.applying();
    let done = counter.office.request(&request, &mut counter.world).expect("good");
    assert!(done.effects.iter().any(|effect| matches!(effect, Effect::WakeAt(_))));
    let key = done.key;
    counter.world.now = counter.world.now.plus_s(20);
    let done = counter.office.party.command(&key, Input::Woke, &mut counter.world);
    let answer = done.expect("the applicant is told").reply();
    assert_eq!(code(&counter, &answer), CertStatusCode::RequestInProgress);
    counter.open(&answer).expect("an answer");
    let again = counter.office.party.command(&key, Input::Woke, &mut counter.world);
    assert!(!again.expect("nothing").answers(), "told once");
    let answer = counter.inquired();
    assert_eq!(code(&counter, &answer), CertStatusCode::RequestInProgress);
    counter.open(&answer).expect("an answer");
    counter.decide(&key, Input::Approved(Approval::Cardholder));
    let answer = counter.inquired();
    counter.open(&answer).expect("a certificate");
    assert!(matches!(counter.stage(), Stage::Certified { .. }));
}

#[test]
fn a_late_no_is_heard_with_its_words_by_whoever_inquires() {
    for (reason, code) in [
        (Reason::Issuer, CertStatusCode::RejectedByIssuer),
        (Reason::Authority, CertStatusCode::RejectedByCa),
    ] {
        let mut counter = Counter::new();
        let key = counter.pended();
        counter.decide(&key, denial(reason));
        let answer = counter.inquired();
        counter.open(&answer).expect("an answer");
        let message = Some("No.".to_owned());
        let ended = Ended::Rejected(Rejection { code, message });
        assert_eq!(counter.stage(), Stage::Refused(ended));
    }
}

#[test]
fn answers_that_somebody_finds_wrong_are_shown_when_the_wallet_inquires_and_given_again() {
    let mut counter = Counter::new();
    let key = counter.pended();
    let unfit = Unfit { number: 1, why: Why::Said("not this person".to_owned()) };
    counter.decide(&key, denial(Reason::Answers(vec![unfit.clone()])));
    assert!(matches!(counter.office.stage(&key), At::Returned(_)));
    let answer = counter.inquired();
    assert_eq!(code(&counter, &answer), CertStatusCode::RegFormAnswerMalformed);
    counter.open(&answer).expect("an answer");
    let Stage::FormShown(shown) = counter.stage() else { panic!("the form again") };
    assert_eq!(shown.form.unfit, [unfit]);
    let again = counter.do_here(CardInput::Filled(filled(answers()))).expect("better").ask();
    let done = counter.office.request(&again, &mut counter.world).expect("an application");
    assert!(asked(&done).is_some(), "the registrar is asked again");
}

#[test]
fn a_second_application_hears_how_the_first_one_stands() {
    let mut counter = Counter::new();
    let request = counter.applying();
    let key = counter.office.request(&request, &mut counter.world).expect("good").key;
    let twin = |counter: &mut Counter| {
        let pki = &counter.world.pki;
        let key = counter.wallet.state(HERE).expect("begun").key;
        let public = crate::forge::public(&key);
        let forged = cert_req_by(&request, &counter.office, pki, Signer::NewKey(&public), |data| {
            data.rrpid = Rrpid::new([0x29; 20]).into();
        });
        let done = counter.office.request(&forged, &mut counter.world).expect("an answer");
        code(counter, &done.reply())
    };
    assert_eq!(twin(&mut counter), CertStatusCode::RequestInProgress);
    counter.office.party.command(&key, Input::Pended, &mut counter.world).expect("pended");
    assert_eq!(twin(&mut counter), CertStatusCode::RequestPended);
    counter.decide(&key, Input::Approved(Approval::Cardholder));
    assert_eq!(twin(&mut counter), CertStatusCode::RejectedByCa);
}

#[test]
fn an_inquiry_by_a_stranger_learns_nothing() {
    // A14: another key, a certified party, and the right key with another name.
    let mut counter = Counter::new();
    counter.pended();
    let honest = counter.inquiring();
    let stranger = crate::office::new_key(&counter.world.pki);
    let stranger = crate::forge::public(&stranger);
    let merchant = counter.world.pki.house.merchant.signature.clone();
    let bag = Bag::of(&merchant);
    for signer in [Signer::NewKey(&stranger), Signer::Certified { identity: &merchant, bag: &bag }]
    {
        let forged = cert_inq_req(&honest, &counter.world.pki, signer, |_| {});
        let refused = counter.office.request(&forged, &mut counter.world).err();
        assert_eq!(refused, Some(Refusal::Untrusted(Untrusted::OtherKey)));
    }
    let own = counter.wallet.state(HERE).expect("begun").key;
    let own: PublicKey = crate::forge::public(&own);
    let other = LocalId::new(b"other").expect("a label");
    let label = cert_inq_req(&honest, &counter.world.pki, Signer::NewKey(&own), |tbs| {
        tbs.lid_ee = other.clone().into();
    });
    let unknown = cert_inq_req(&honest, &counter.world.pki, Signer::NewKey(&own), |tbs| {
        tbs.lid_ca = other.into();
    });
    for forged in [label, unknown] {
        let refused = counter.office.request(&forged, &mut counter.world).err();
        assert_eq!(refused, Some(Refusal::SenderNamedUnknownLabel));
    }
    let forged = with_header(&honest, |it| it.rrpid = Some(Rrpid::new([9; 20]).into()));
    let refused = counter.office.request(&forged, &mut counter.world).err();
    assert_eq!(refused, Some(Refusal::SenderSentOtherRrpid));
    assert!(counter.office.request(&honest, &mut counter.world).is_ok());
}

#[test]
fn there_is_nothing_to_inquire_after_before_an_application() {
    let mut counter = Counter::new();
    counter.pended();
    let honest = counter.inquiring();
    let mut other = Counter::new();
    std::mem::swap(&mut other.world, &mut counter.world);
    std::mem::swap(&mut other.office, &mut counter.office);
    other.wallet.trust = crate::office::newcomer(&other.world.pki);
    let request = other.begin();
    let label = other.office.request(&request, &mut other.world).expect("introduced").key;
    let own = other.wallet.state(HERE).expect("begun");
    let key = crate::forge::public(&own.key);
    let forged = cert_inq_req(&honest, &other.world.pki, Signer::NewKey(&key), |tbs| {
        tbs.lid_ca = LocalId::new(&label).expect("a label").into();
        tbs.lid_ee = own.lid_ee.into();
    });
    let refused = other.office.request(&forged, &mut other.world).err();
    assert_eq!(refused, Some(Refusal::SenderNamedUnknownLabel));
}

#[test]
fn cut_inquiries_and_answers_to_them_are_no_messages() {
    let mut counter = Counter::new();
    counter.pended();
    let inquiry = counter.inquiring();
    let answer = counter.office.request(&inquiry, &mut counter.world).expect("good").reply();
    for octets in [&inquiry, &answer] {
        for cut in cuts(octets) {
            assert!(matches!(received(cut), Err(Refusal::Malformed(_))));
        }
    }
}

#[test]
fn an_answer_to_an_older_inquiry_is_not_taken_for_the_newer_one() {
    // A9, A18: each inquiry has a challenge of its own.
    let mut counter = Counter::new();
    let key = counter.pended();
    let first = counter.inquired();
    counter.open(&first).expect("an answer");
    counter.decide(&key, Input::Approved(Approval::Cardholder));
    let second = counter.inquired();
    assert_eq!(counter.hear(&first).err(), Some(Refusal::AuthorityAnsweredAnother));
    let said = said(&second, Authority::Cardholder, &counter.world.pki);
    assert_ne!(said.chall_ee3, Challenge::from([0; 32]));
    counter.open(&second).expect("a certificate");
}

#[test]
fn the_answer_to_an_application_does_not_answer_an_inquiry() {
    let mut counter = Counter::new();
    let key = counter.applied();
    let done = counter.office.party.command(&key, Input::Pended, &mut counter.world);
    let pended = done.expect("pended").reply();
    counter.open(&pended).expect("an answer");
    counter.inquiring();
    assert_eq!(counter.hear(&pended).err(), Some(Refusal::AuthorityAnsweredAnother));
}

#[test]
fn a_decided_application_is_forgotten_after_a_while_and_with_it_what_was_sealed() {
    let mut counter = Counter::new();
    let key = counter.pended();
    counter.decide(&key, Input::Approved(Approval::Cardholder));
    counter.world.now = counter.world.now.plus_s(6 * DAY_S);
    counter.decide(&key, Input::Woke);
    let At::Issued { about: Some(_), .. } = counter.office.stage(&key) else { panic!("kept") };
    counter.world.now = counter.world.now.plus_s(2 * DAY_S);
    counter.decide(&key, Input::Woke);
    let At::Issued { about: None, .. } = counter.office.stage(&key) else { panic!("dropped") };
    let inquiry = counter.inquiring();
    let refused = counter.office.request(&inquiry, &mut counter.world).err();
    assert_eq!(refused, Some(Refusal::SenderNamedUnknownLabel));
}

#[test]
fn a_wallet_does_not_wait_for_ever() {
    let mut counter = Counter::new();
    counter.pended();
    counter.world.now = counter.world.now.plus_s(30 * DAY_S);
    counter.do_here(CardInput::Woke).expect("woken");
    assert_eq!(counter.stage(), Stage::Refused(Ended::WithoutAnswer));
}

#[test]
fn an_inquiry_that_nobody_answers_is_repeated_before_another_one_is_written() {
    let mut counter = Counter::new();
    counter.pended();
    let first = counter.inquiring();
    counter.world.now = counter.world.now.plus_s(HOUR_S);
    let done = counter.do_here(CardInput::Woke).expect("woken");
    assert!(matches!(done.effects[..], [Effect::WakeAt(_)]), "the first one is being sent");
    counter.world.now = counter.world.now.plus_s(12 * HOUR_S);
    let second = counter.inquiring();
    assert_ne!(first, second);
    // The answer to the first comes after all: it is taken, and changes nothing.
    counter.world.now = counter.world.now.plus_s(-2 * HOUR_S);
    let late = counter.office.request(&first, &mut counter.world).expect("good").reply();
    counter.world.now = counter.world.now.plus_s(2 * HOUR_S);
    let done = counter.hear(&late).expect("taken");
    assert!(done.effects.is_empty());
    assert!(matches!(counter.stage(), Stage::Inquiring(_)));
}

#[test]
fn an_operator_decides_once_and_puts_nothing_off_that_is_decided() {
    let mut counter = Counter::new();
    let key = counter.pended();
    counter.decide(&key, Input::Approved(Approval::Cardholder));
    for late in [Input::Pended, Input::Approved(Approval::Cardholder), denial(Reason::Issuer)] {
        let refused = counter.office.party.command(&key, late, &mut counter.world).err();
        assert_eq!(refused, Some(Refusal::CommandOutOfTurn));
    }
}

#[test]
fn an_account_that_does_not_open_is_told_so_and_changes_nothing() {
    let mut counter = Counter::new();
    let honest = counter.applying();
    let spoilt = without_account(&honest);
    let done = counter.office.request(&spoilt, &mut counter.world).expect("an answer");
    assert_eq!(code(&counter, &done.reply()), CertStatusCode::DecryptionError);
    assert!(matches!(counter.office.stage(&done.key), At::FormSent(_)));
    let done = counter.office.request(&honest, &mut counter.world).expect("the honest one");
    assert!(asked(&done).is_some(), "the registrar is asked");
}

#[test]
fn after_a_crash_a_pended_application_waits_and_is_not_asked_about_twice() {
    let mut counter = Counter::new();
    let key = counter.pended();
    let At::Applied(applied) = counter.office.stage(&key) else { panic!("it waits") };
    assert_eq!(applied.told, Told::Pended);
    let answer = counter.inquired();
    let done = counter.hear(&answer).expect("an answer");
    let [Own::WantSecrets { answer }] = done.own()[..] else { panic!("the vault is asked") };
    let again = counter.do_here(CardInput::Secrets(secrets(answer.clone())));
    assert!(matches!(again.expect("an answer").effects[..], [Effect::WakeAt(_)]));
}

#[test]
fn an_owner_who_asks_again_is_answered_at_once_and_one_question_at_a_time() {
    let mut counter = Counter::new();
    let key = counter.pended();
    let inquiry = counter.do_here(CardInput::AskAgain).expect("an inquiry").ask();
    let done = counter.do_here(CardInput::AskAgain).expect("it is asked already");
    assert!(done.effects.is_empty(), "{:?}", done.effects);
    counter.decide(&key, Input::Approved(Approval::Cardholder));
    let answer = counter.office.request(&inquiry, &mut counter.world).expect("good").reply();
    counter.open(&answer).expect("a certificate");
    assert!(matches!(counter.stage(), Stage::Certified { .. }));
    let again = counter.do_here(CardInput::AskAgain);
    assert!(matches!(again, Err(Refusal::CommandOutOfTurn)), "there is nothing to ask");
}

#[test]
fn nobody_asks_again_before_an_application_is_pended() {
    let mut counter = Counter::new();
    counter.applying();
    assert!(matches!(counter.do_here(CardInput::AskAgain), Err(Refusal::CommandOutOfTurn)));
    let mut hall = shop();
    hall.applied();
    let again = hall.do_here(applicant::Input::AskAgain);
    assert!(matches!(again, Err(Refusal::CommandOutOfTurn)));
}

#[test]
fn an_operator_who_asks_again_is_answered_at_once_and_one_question_at_a_time() {
    let mut hall = shop();
    let key = hall.applied();
    let done = hall.office.party.command(&key, Input::Pended, &mut hall.world).expect("pended");
    hall.hear(&done.reply()).expect("an answer");
    let inquiry = hall.do_here(applicant::Input::AskAgain).expect("an inquiry").ask();
    let done = hall.do_here(applicant::Input::AskAgain).expect("it is asked already");
    assert!(done.effects.is_empty(), "{:?}", done.effects);
    let answer = hall.office.request(&inquiry, &mut hall.world).expect("a good inquiry").reply();
    hall.hear(&answer).expect("not decided yet");
    assert!(matches!(hall.stage(), applicant::Stage::Pending(_)));
}

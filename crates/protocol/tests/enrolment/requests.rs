//! An applicant that lies, or somebody in its place: the authority certifies none of it.

use openset_crypto::Authority;
use openset_protocol::{
    ca::{Approval, Denial, Input, Reason, Stage as Desk},
    cardholder::registration::{Input as CardInput, Stage},
    enrolment::{Ended, Rejection, Unfit, Why, applicant},
    refusal::Refusal,
    role::{Claim, Effect, Register},
};
use openset_types::{Brand, CardExpiry, Language, LocalId, MerchantId, Pan, Rrpid, Secret};
use openset_wire::{
    cert::{AcctInfo, CertReqData, CertStatusCode, FieldValue, IdData, RegFormItems, RequestType},
    der::Oid,
    types::{BackKey, BackKeyData, Challenge, SetString},
    wrapper::Message,
};

use crate::{
    applicants::{Counter, Hall, asked, filled},
    forge::{cert_req, cuts, reg_form_req, said},
    merchant::shop,
    office::{Office, answer, answers, listing},
    world::{
        World,
        forge::{rewrap, with_header},
        message, received,
    },
};

/// Another public test number of the same bank.
const OTHER_CARD: &str = "4111111111111103";

type Change = fn(&mut CertReqData, &mut Option<AcctInfo>);

fn other_label() -> LocalId {
    LocalId::new(b"other").expect("a label")
}

fn code(counter: &Counter, cert_res: &[u8]) -> CertStatusCode {
    let said = said(cert_res, Authority::Cardholder, &counter.world.pki);
    said.cert_status.cert_status_code
}

fn item(field: &str, text: &str) -> RegFormItems {
    RegFormItems {
        field_name: SetString::new(field).expect("a text"),
        field_value: FieldValue::SetString(SetString::new(text).expect("a text")),
    }
}

/// What the authority does with an application that was changed before it was sealed.
fn changed(counter: &mut Counter, change: Change) -> Result<Vec<u8>, Refusal> {
    let honest = counter.applying();
    let forged = cert_req(&honest, &counter.office, &counter.world.pki, None, change);
    let done = counter.office.request(&forged, &mut counter.world)?;
    assert!(asked(&done).is_none(), "the registrar is not asked");
    Ok(done.reply())
}

#[test]
fn cut_requests_are_no_messages() {
    let requests = [
        Counter::new().begin(),
        Counter::new().asking(),
        Counter::new().applying(),
        shop().begin(),
        shop().applying(None),
    ];
    for request in &requests {
        for cut in cuts(request) {
            assert!(matches!(received(cut), Err(Refusal::Malformed(_))));
        }
    }
}

#[test]
fn a_first_question_under_another_brand_or_rrpid_is_refused() {
    let mut counter = Counter::new();
    let honest = counter.begin();
    let Message::CardCInitReq(mut request) = message(&honest) else { panic!("the first one") };
    let brand = Brand::parse("Other Brand").expect("a brand");
    request.brand_id = brand.clone().into();
    let forged = rewrap(&honest, Message::CardCInitReq(request), None);
    let refused = counter.office.request(&forged, &mut counter.world).err();
    assert_eq!(refused, Some(Refusal::SenderNamedForeignBrand { brand }));
    let forged = with_header(&honest, |it| it.rrpid = Some(Rrpid::new([9; 20]).into()));
    let refused = counter.office.request(&forged, &mut counter.world).err();
    assert_eq!(refused, Some(Refusal::SenderSentOtherRrpid));
}

#[test]
fn each_authority_answers_its_own_applicants_only() {
    let mut counter = Counter::new();
    let of_card = counter.begin();
    let mut hall = shop();
    let of_shop = hall.begin();
    let refused = hall.office.request(&of_card, &mut hall.world).err();
    assert_eq!(refused, Some(Refusal::SenderSentForeignMessage { name: "CardCInitReq" }));
    let refused = counter.office.request(&of_shop, &mut counter.world).err();
    assert_eq!(refused, Some(Refusal::SenderSentForeignMessage { name: "Me-AqCInitReq" }));
    let mut gateways = Office::of_gateways(&mut hall.world);
    let refused = gateways.request(&of_shop, &mut hall.world).err();
    assert_eq!(refused, Some(Refusal::SenderSentForeignMessage { name: "Me-AqCInitReq" }));
}

#[test]
fn a_form_is_asked_for_under_the_labels_and_for_the_purpose_of_the_beginning() {
    let mut counter = Counter::new();
    let honest = counter.asking();
    let mut refused = |change: fn(&mut openset_wire::cert::RegFormReqData)| {
        let pki = &counter.world.pki;
        let forged = reg_form_req(&honest, &counter.office, pki, |data, _| change(data));
        counter.office.request(&forged, &mut counter.world).err()
    };
    let unknown = Some(Refusal::SenderNamedUnknownLabel);
    assert_eq!(refused(|data| data.lid_ca = Some(other_label().into())), unknown);
    assert_eq!(refused(|data| data.lid_ca = None), unknown);
    assert_eq!(refused(|data| data.lid_ee = other_label().into()), unknown);
    let another = Some(Refusal::ApplicantAskedForAnother);
    assert_eq!(refused(|data| data.request_type = RequestType::MerRenewalSig), another);
    assert_eq!(refused(|data| data.request_type = RequestType::MerInitialBoth), another);
}

#[test]
fn a_request_sealed_for_another_authority_does_not_open() {
    let mut counter = Counter::new();
    let honest = counter.asking();
    let mut other = Office::of_cardholders(&mut counter.world);
    let refused = other.request(&honest, &mut counter.world).err();
    assert_eq!(refused, Some(Refusal::Unopened));
}

#[test]
fn a_card_of_another_bank_is_referred_and_not_certified() {
    let mut counter = Counter::new();
    let answer = counter.introduced();
    counter.hear(&answer).expect("a good answer");
    let pan = Pan::parse("5555555555554444").expect("a public test number");
    let request = counter.do_here(CardInput::Card(pan)).expect("a card").ask();
    let done = counter.office.request(&request, &mut counter.world).expect("an answer");
    assert!(matches!(counter.office.stage(&done.key), Desk::Unserved(_)));
    counter.hear(&done.reply()).expect("a referral");
    assert!(matches!(counter.stage(), Stage::Refused(Ended::Referred { reason: Some(_) })));
}

#[test]
fn whoever_applies_without_a_form_is_told_which_bank_or_language_it_was() {
    // Somebody applies although there was no form: with the label of an instance that has none.
    for (language, code_of_it) in
        [("en", CertStatusCode::InvalidBin), ("de", CertStatusCode::InvalidLanguage)]
    {
        let mut counter = Counter::new();
        let honest = counter.applying();
        let mut other = Counter::new();
        other.wallet.standing.language = Language::parse(language).expect("a tag");
        std::mem::swap(&mut other.office, &mut counter.office);
        other.world = std::mem::replace(&mut counter.world, World::new());
        other.wallet.trust = crate::office::newcomer(&other.world.pki);
        let answer = other.introduced();
        other.hear(&answer).expect("a good answer");
        let digits = if language == "en" { "5555555555554444" } else { "4111111111111111" };
        let pan = Pan::parse(digits).expect("a public test number");
        let request = other.do_here(CardInput::Card(pan)).expect("a card").ask();
        let key = other.office.request(&request, &mut other.world).expect("none").key;
        let lid_ee = other.wallet.state(crate::applicants::HERE).expect("begun").lid_ee;
        let forged = cert_req(&honest, &other.office, &other.world.pki, None, |data, _| {
            data.lid_ca = Some(LocalId::new(&key).expect("a label").into());
            data.lid_ee = lid_ee.into();
        });
        let done = other.office.request(&forged, &mut other.world).expect("an answer");
        assert_eq!(code(&other, &done.reply()), code_of_it);
    }
}

#[test]
fn an_application_of_another_session_form_or_kind_is_refused() {
    // A16.
    let wrongs: [(Change, Refusal); 8] = [
        (
            |data, _| data.chall_ca = Some(Challenge::from([0x77; 32])),
            Refusal::ApplicantRepeatedOldChallenge,
        ),
        (|data, _| data.chall_ca = None, Refusal::ApplicantRepeatedOldChallenge),
        (|data, _| data.reg_form_id = 8, Refusal::ApplicantAnsweredAnotherForm),
        (
            |data, _| data.request_type = RequestType::PgwyInitialSig,
            Refusal::ApplicantAskedForAnother,
        ),
        (|data, _| data.lid_ca = Some(other_label().into()), Refusal::SenderNamedUnknownLabel),
        (|data, _| data.lid_ca = None, Refusal::SenderNamedUnknownLabel),
        (|data, _| data.lid_ee = other_label().into(), Refusal::SenderNamedUnknownLabel),
        (
            |data, _| data.reg_form = Some(vec![item("Shoe size", "42")]),
            Refusal::ApplicantAnsweredAnotherForm,
        ),
    ];
    for (change, refusal) in wrongs {
        assert_eq!(changed(&mut Counter::new(), change).err(), Some(refusal));
    }
}

#[test]
fn a_card_that_was_switched_after_the_form_is_refused() {
    // A16: the form was asked for with another number of the same bank.
    let refused = changed(&mut Counter::new(), |_, account| {
        let Some(AcctInfo::PanData0(card)) = account else { panic!("a card") };
        card.pan = Pan::parse(OTHER_CARD).expect("a test number").into();
    });
    assert_eq!(refused.err(), Some(Refusal::ApplicantSwitchedCard));
}

#[test]
fn an_application_that_the_new_key_did_not_sign_is_told_so_and_changes_nothing() {
    let mut counter = Counter::new();
    let honest = counter.applying();
    let pki = &counter.world.pki;
    let stranger = pki.house.merchant.signature.clone();
    let stranger = openset_crypto::PublicKey::of(crate::world::pki::MODERN, &stranger.certificate)
        .expect("a key");
    let forged = cert_req(&honest, &counter.office, pki, Some(&stranger), |_, _| {});
    let done = counter.office.request(&forged, &mut counter.world).expect("an answer");
    assert_eq!(code(&counter, &done.reply()), CertStatusCode::SigValidationFail);
    assert!(matches!(counter.office.stage(&done.key), Desk::FormSent(_)));
    let done = counter.office.request(&honest, &mut counter.world).expect("the honest one");
    assert!(asked(&done).is_some(), "the registrar is asked");
}

#[test]
fn an_application_without_a_key_or_with_one_too_many_is_refused() {
    let mut counter = Counter::new();
    let honest = counter.applying();
    let forged = cert_req(&honest, &counter.office, &counter.world.pki, None, |data, _| {
        let keys = &mut data.public_key_s_or_e;
        keys.public_key_e = keys.public_key_s.clone();
    });
    let refused = counter.office.request(&forged, &mut counter.world).err();
    assert_eq!(refused, Some(Refusal::ApplicantAskedForAnother));
    let mut hall = shop();
    let honest = hall.applying(None);
    let forged = cert_req(&honest, &hall.office, &hall.world.pki, None, |data, _| {
        let keys = &mut data.public_key_s_or_e;
        keys.public_key_e = keys.public_key_s.clone();
    });
    let refused = hall.office.request(&forged, &mut hall.world).err();
    assert_eq!(refused, Some(Refusal::ApplicantAskedForAnother));
}

#[test]
fn a_missing_or_overlong_answer_is_named_and_may_be_given_again() {
    let wrongs: [(Change, Why); 2] = [
        (|data, _| data.reg_form = None, Why::Missing),
        (
            |data, _| {
                data.reg_form = Some(vec![item("Full name", "A name of more than twenty letters")]);
            },
            Why::TooLong,
        ),
    ];
    for (change, why) in wrongs {
        let mut counter = Counter::new();
        let cert_res = changed(&mut counter, change).expect("an answer");
        let said = said(&cert_res, Authority::Cardholder, &counter.world.pki);
        let failed = said.cert_status.failed_item_seq.expect("the field is named");
        assert_eq!(said.cert_status.cert_status_code, CertStatusCode::RegFormAnswerMalformed);
        assert_eq!(failed[0].item_number, 1);
        assert_eq!(failed[0].item_reason.as_str(), why.to_string());
    }
}

#[test]
fn a_wallet_is_shown_the_form_again_when_the_registrar_rejects_an_answer() {
    let mut counter = Counter::new();
    let key = counter.applied();
    let unfit = Unfit { number: 2, why: Why::Said("no such number".to_owned()) };
    let reason = Reason::Answers(vec![unfit.clone()]);
    let denial = Denial { reason, message: None };
    let input = Input::Denied(denial);
    let done = counter.office.party.command(&key, input, &mut counter.world).expect("denied");
    counter.open(&done.reply()).expect("an answer");
    let Stage::FormShown(shown) = counter.stage() else { panic!("the form again") };
    assert_eq!(shown.form.unfit, [unfit]);
    let again = counter.do_here(CardInput::Filled(filled(answers()))).expect("better").ask();
    let done = counter.office.request(&again, &mut counter.world).expect("an application");
    assert!(asked(&done).is_some(), "the registrar is asked again");
}

#[test]
fn a_wallet_does_not_send_answers_that_do_not_fit() {
    let wrongs = [
        Vec::new(),
        vec![answer("Full name", "")],
        vec![answer("Full name", "A name of more than twenty letters")],
        vec![answer("Full name", "Ada"), answer("Full name", "Lumen")],
        vec![answer("Full name", "Ada"), answer("Shoe size", "42")],
    ];
    let mut counter = Counter::new();
    let form = counter.form();
    counter.hear(&form).expect("a form");
    for wrong in wrongs {
        let refused = counter.do_here(CardInput::Filled(filled(wrong))).err();
        assert_eq!(refused, Some(Refusal::AnswersUnfit));
    }
    assert!(counter.do_here(CardInput::Filled(filled(answers()))).is_ok());
}

#[test]
fn an_expired_card_is_not_certified() {
    let mut counter = Counter::new();
    let cert_res = changed(&mut counter, |_, account| {
        let Some(AcctInfo::PanData0(card)) = account else { panic!("a card") };
        card.card_expiry = CardExpiry::parse("202610").expect("a month").into();
    });
    assert_eq!(code(&counter, &cert_res.expect("an answer")), CertStatusCode::RejectedByCa);
}

/// The key that came for the answer.
fn given(data: &mut CertReqData) -> &mut BackKeyData {
    data.ca_back_key_data.as_mut().expect("a key for the answer")
}

#[test]
fn an_answer_that_could_not_be_sealed_is_signed_and_says_nothing_secret() {
    let changes: [Change; 3] = [
        |data, _| given(data).back_alg_id = Oid::from_arcs(&[1, 3, 14, 3, 2, 7]).expect("DES"),
        |data, _| given(data).back_key = BackKey(Secret::new(vec![7; 8])),
        |data, _| data.ca_back_key_data = None,
    ];
    for change in changes {
        let mut counter = Counter::new();
        let cert_res = changed(&mut counter, change);
        let code = code(&counter, &cert_res.expect("an answer"));
        assert_eq!(code, CertStatusCode::UnableToEncryptCertRes);
    }
}

#[test]
fn a_key_is_certified_once() {
    // A15: a second application with a key that has a certificate already.
    let mut counter = Counter::new();
    let key = counter.applied();
    counter.office.approve(&key, Approval::Cardholder, &mut counter.world);
    let certified = counter.wallet.state(crate::applicants::HERE).expect("begun").key;
    counter.wallet.states.clear();
    counter.wallet.trust = crate::office::newcomer(&counter.world.pki);
    let brand = counter.world.pki.house.brand.clone();
    let begin =
        openset_protocol::cardholder::registration::Begin { brand, key: certified, renews: None };
    let request = counter.do_here(CardInput::Begin(begin)).expect("a beginning").ask();
    let done = counter.office.request(&request, &mut counter.world).expect("good").reply();
    counter.hear(&done).expect("good");
    let pan = crate::world::pki::CARD.pan();
    let request = counter.do_here(CardInput::Card(pan)).expect("good").ask();
    let done = counter.office.request(&request, &mut counter.world).expect("good").reply();
    counter.hear(&done).expect("a form");
    let request = counter.do_here(CardInput::Filled(filled(answers()))).expect("good").ask();
    let done = counter.office.request(&request, &mut counter.world).expect("an answer");
    assert!(asked(&done).is_none(), "the registrar is not asked");
    counter.open(&done.reply()).expect("an answer");
    let rejection = Rejection { code: CertStatusCode::RejectedByCa, message: None };
    assert_eq!(counter.stage(), Stage::Refused(Ended::Rejected(rejection)));
}

#[test]
fn of_two_applications_for_one_key_the_second_approval_loses() {
    // A15, the race: the step is taken again with what is held by then. A shell that has used up
    // the approval asks the machine to begin again.
    for input in [Input::Approved(Approval::Cardholder), Input::AskAgain] {
        let mut counter = Counter::new();
        let key = counter.applied();
        let id = counter.wallet.state(crate::applicants::HERE).expect("begun").key.id();
        let claim = Claim { register: Register::Certified, key: id.as_bytes().to_vec() };
        let held = [claim].into_iter().collect();
        let step = counter.office.take_holding(&key, input, &held, &mut counter.world);
        let Desk::Refused { code, .. } = step.state.stage else { panic!("refused") };
        assert_eq!(code, CertStatusCode::RejectedByCa);
        let [Effect::Reply { .. }, Effect::WakeAt(_)] = step.effects[..] else {
            panic!("nothing is claimed or signed");
        };
    }
}

#[test]
fn a_no_of_the_registrar_ends_the_registration_with_its_words() {
    for (reason, code) in [
        (Reason::Issuer, CertStatusCode::RejectedByIssuer),
        (Reason::Authority, CertStatusCode::RejectedByCa),
    ] {
        let mut counter = Counter::new();
        let key = counter.applied();
        let message = Some("The card is not yours.".to_owned());
        let input = Input::Denied(Denial { reason, message: message.clone() });
        let done = counter.office.party.command(&key, input, &mut counter.world);
        counter.open(&done.expect("denied").reply()).expect("an answer");
        let ended = Ended::Rejected(Rejection { code, message });
        assert_eq!(counter.stage(), Stage::Refused(ended));
    }
}

#[test]
fn a_registrar_cannot_approve_twice_or_as_somebody_else() {
    let mut counter = Counter::new();
    let key = counter.applied();
    let wrong = Input::Approved(Approval::Merchant(listing()));
    let refused = counter.office.party.command(&key, wrong, &mut counter.world).err();
    assert_eq!(refused, Some(Refusal::CommandOutOfTurn));
    counter.office.approve(&key, Approval::Cardholder, &mut counter.world);
    let twice = Input::Approved(Approval::Cardholder);
    let refused = counter.office.party.command(&key, twice, &mut counter.world).err();
    assert_eq!(refused, Some(Refusal::CommandOutOfTurn));
}

#[test]
fn a_merchant_that_names_itself_otherwise_in_its_application_is_refused() {
    // A19.
    let mut hall = shop();
    let honest = hall.applying(None);
    let forged = cert_req(&honest, &hall.office, &hall.world.pki, None, |data, _| {
        let Some(IdData::MerchantAcquirerId(id)) = &mut data.id_data else { panic!("named") };
        id.merchant_id = MerchantId::parse("MAISON-002").expect("a number").into();
    });
    let refused = hall.office.request(&forged, &mut hall.world).err();
    assert_eq!(refused, Some(Refusal::ApplicantNamedAnother));
}

#[test]
fn a_merchant_the_acquirer_does_not_list_is_told_so() {
    let mut hall = shop();
    let key = hall.applied();
    let input = Input::Denied(Denial { reason: Reason::Acquirer, message: None });
    let done = hall.office.party.command(&key, input, &mut hall.world).expect("denied");
    hall.hear(&done.reply()).expect("an answer");
    let rejection = Rejection { code: CertStatusCode::RejectedByAquirer, message: None };
    assert_eq!(hall.stage(), applicant::Stage::Refused(Ended::Rejected(rejection)));
}

#[test]
fn an_account_is_sealed_apart_where_the_authority_asks_for_one_and_only_there() {
    let asking = |hall: &mut Hall<_>| {
        let field = crate::office::form().fields.remove(0);
        hall.office.party.standing.policy.account = Some(field);
    };
    let mut hall = shop();
    asking(&mut hall);
    let request = hall.applying(Some("FR76 4711"));
    let done = hall.office.request(&request, &mut hall.world).expect("a good application");
    let application = asked(&done).expect("the registrar is asked");
    assert_eq!(application.account.as_deref(), Some("FR76 4711"));

    let mut unasked = shop();
    let request = unasked.applying(None);
    asking(&mut unasked);
    let refused = unasked.office.request(&request, &mut unasked.world).err();
    assert_eq!(refused, Some(Refusal::ApplicantAnsweredAnotherForm));
}

#[test]
fn silence_ends_a_registration_that_waits_for_a_machine_and_no_other() {
    let mut counter = Counter::new();
    counter.begin();
    counter.do_here(CardInput::Woke).expect("woken");
    assert_eq!(counter.stage(), Stage::Refused(Ended::WithoutAnswer));
    let mut counter = Counter::new();
    let form = counter.form();
    counter.hear(&form).expect("a form");
    counter.do_here(CardInput::Woke).expect("woken");
    assert!(matches!(counter.stage(), Stage::FormShown(_)));
}

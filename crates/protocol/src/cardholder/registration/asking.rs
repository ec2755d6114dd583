//! The wallet's three questions: who are you, what do you want to know, and please.

use openset_crypto::{Signer, digest, link, seal_signed_with_extra, seal_with_extra};
use openset_types::Pan;
use openset_wire::{
    cert::{AcctInfo, CardCInitReq, CertReq, RegFormReqData, RequestType},
    types::{BackKeyData, PanData0, PanOnly},
    wrapper::Message,
};

use super::{
    ASKED, Applied, Begin, CardholderRegistration, Effect, Filled, FormAnswer, Introduction,
    Registration, Shown, Stage, Taken,
};
use crate::{
    enrolment::{self, Addressee, Echo, Question, Request},
    octets::Octets,
    refusal::Refusal,
    role::{Effect as Do, Env, Party, Step},
    version::Version,
};

type World<'a> = Env<'a, CardholderRegistration>;

/// CardCInitReq.
pub(super) fn begin(begin: Begin, env: &World<'_>) -> Taken {
    let mut draw = env.draw();
    let question = Question::draw(&begin.brand, &mut draw, env)?;
    let lid_ee = draw.local_id();
    let message = CardCInitReq {
        rrpid: question.rrpid.into(),
        lid_ee: lid_ee.clone().into(),
        chall_ee: question.challenge()?,
        brand_id: begin.brand.clone().into(),
        thumbs: question.thumbs()?,
    };
    let ask = ask(Message::CardCInitReq(Box::new(message)), &question, &begin.brand, env)?;
    let stage = Stage::Started(question);
    let Begin { brand, key } = begin;
    let registration = Registration { version: Version, brand, key, lid_ee, stage, moot: None };
    Ok(Step::new(registration).then(ask).then(give_up(env)))
}

/// CardCInitRes: the authority is known, and the card's number is wanted next.
pub(super) fn on_card_c_init_res(
    registration: Registration,
    answer: &Introduction,
    env: &World<'_>,
) -> Taken {
    let Stage::Started(question) = &registration.stage else {
        return Err(Refusal::AuthorityAnsweredAnother);
    };
    let data = &answer.heard.data;
    question.require(&Echo {
        rrpid: (answer.rrpid, data.rrpid.0),
        lid_ee: (&registration.lid_ee, &data.lid_ee),
        challenge: &data.chall_ee,
        thumbs: data.thumbs.as_ref(),
    })?;
    let bag = &answer.heard.bag;
    enrolment::learn(data.brand_crl_identifier.as_ref(), bag, env)?;
    let lid_ca = data.lid_ca.as_ref().ok_or(Refusal::AuthorityAnsweredAnother)?;
    let asked = (ASKED, &registration.brand);
    let addressee = Addressee::find(lid_ca, &data.cae_thumb, bag, asked, env)?;
    let registration = registration.becomes(Stage::Introduced(addressee));
    Ok(Step::new(registration).then(Do::Own(Effect::WantCard)).then(give_up(env)))
}

/// RegFormReq: EXH(CA, RegFormReqData, PANOnly).
pub(super) fn on_card(registration: Registration, pan: Pan, env: &World<'_>) -> Taken {
    let Stage::Introduced(addressee) = &registration.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let mut draw = env.draw();
    let question = Question::draw(&registration.brand, &mut draw, env)?;
    let data = RegFormReqData {
        rrpid: question.rrpid.into(),
        lid_ee: registration.lid_ee.clone().into(),
        chall_ee2: question.challenge()?,
        lid_ca: Some(addressee.lid_ca.clone().into()),
        request_type: RequestType::CardInitialSig,
        language: env.standing.language.clone().into(),
        thumbs: question.thumbs()?,
    };
    let card = PanOnly { pan: pan.into(), ex_nonce: draw.nonce() };
    let linked = link(data, &digest(env.suite(), &card)?)?;
    let to = addressee.path((ASKED, &registration.brand), env)?;
    let message = Message::RegFormReq(seal_with_extra(&linked, &card, &to)?);
    let ask = ask(message, &question, &registration.brand, env)?;
    let stage = Stage::Asking { addressee: addressee.clone(), question };
    Ok(Step::new(registration.becomes(stage)).then(ask).then(give_up(env)))
}

/// RegFormRes: a form for the owner, or none.
pub(super) fn on_reg_form_res(
    registration: Registration,
    answer: &FormAnswer,
    env: &World<'_>,
) -> Taken {
    let Stage::Asking { addressee, question } = &registration.stage else {
        return Err(Refusal::AuthorityAnsweredAnother);
    };
    let (data, bag) = (&answer.heard.data, &answer.heard.bag);
    question.require(&Echo {
        rrpid: (answer.rrpid, data.rrpid.0),
        lid_ee: (&registration.lid_ee, &data.lid_ee),
        challenge: &data.chall_ee2,
        thumbs: data.thumbs.as_ref(),
    })?;
    let is_ours = data.lid_ca.as_ref().is_some_and(|lid_ca| **lid_ca == addressee.lid_ca)
        && data.request_type == RequestType::CardInitialSig;
    if !is_ours {
        return Err(Refusal::AuthorityAnsweredAnother);
    }
    enrolment::learn(data.brand_crl_identifier.as_ref(), bag, env)?;
    let addressee = match &data.cae_thumb {
        Some(thumb) => {
            let asked = (ASKED, &registration.brand);
            Addressee::find(&addressee.lid_ca, thumb, bag, asked, env)?
        }
        None => addressee.clone(),
    };
    let institution = answer.heard.institution.clone();
    let stage = match enrolment::Shown::read(&data.form_or_referral, None, institution) {
        enrolment::Shown::Form(form) => {
            let chall_ca = Octets::from(data.chall_ca.as_bytes());
            Stage::FormShown(Shown { addressee, chall_ca, form })
        }
        enrolment::Shown::Nothing(ended) => Stage::Refused(ended),
    };
    Ok(Step::new(registration.becomes(stage)))
}

/// CertReq: EncX(EE, CA, CertReqData, PANData0), signed with the new key.
pub(super) fn on_filled(registration: Registration, filled: Filled, env: &World<'_>) -> Taken {
    let Stage::FormShown(shown) = &registration.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let Filled { answers, pan, expiry, card_secret, back_key } = filled;
    let form = &shown.form.form;
    if !form.asks_for(&answers) || !form.unfit(&answers).is_empty() {
        return Err(Refusal::AnswersUnfit);
    }
    let mut draw = env.draw();
    let question = Question::draw(&registration.brand, &mut draw, env)?;
    let back_alg_id = env.suite().content_encryption();
    let request = Request {
        question: &question,
        lid_ee: &registration.lid_ee,
        addressee: &shown.addressee,
        chall_ca: &shown.chall_ca,
        kind: RequestType::CardInitialSig,
        id_data: None,
        form: form.id,
        answers: &answers,
        back_key: Some(BackKeyData { back_alg_id, back_key: back_key.into() }),
        signature: &registration.key,
        encipherment: None,
    };
    let account = AcctInfo::PanData0(PanData0 {
        pan: pan.into(),
        card_expiry: expiry.into(),
        card_secret: card_secret.into(),
        ex_nonce: draw.nonce(),
    });
    let to = shown.addressee.path((ASKED, &registration.brand), env)?;
    let key = registration.key.public()?;
    let signer = Signer::NewKey(&key);
    let data = request.data(env.now)?;
    let sealed = seal_signed_with_extra(data, &account, signer, env.keys, &to, env.now)?;
    let ask = ask(Message::CertReq(CertReq::Encx(sealed)), &question, &registration.brand, env)?;
    let stage = Stage::Applied(Applied { question, shown: shown.clone() });
    Ok(Step::new(registration.becomes(stage)).then(ask).then(give_up(env)))
}

fn ask(
    message: Message,
    question: &Question,
    brand: &openset_types::Brand,
    env: &World<'_>,
) -> Result<Do<Effect>, Refusal> {
    let rrpid = question.rrpid;
    let message = env.standing.letterhead.write(message, rrpid, None, env.now)?;
    Ok(Do::Ask { party: Party::CardholderAuthority(brand.clone()), rrpid, message })
}

fn give_up(env: &World<'_>) -> Do<Effect> {
    Do::WakeAt(env.now.plus_s(env.standing.give_up_after_s))
}

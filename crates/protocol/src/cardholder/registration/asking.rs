//! The wallet's questions: who are you, what do you want to know, please, and have you decided?

use openset_crypto::{
    Bag, Identity, Signer, digest, link, seal_signed_with_extra, seal_with_extra,
};
use openset_types::Pan;
use openset_wire::{
    cert::{AcctInfo, CardCInitReq, CertReq, RegFormReqData, RequestType},
    types::{BackKey, BackKeyData, CertThumb, PanData0, PanOnly},
    wrapper::Message,
};

use super::{
    ASKED, Applied, Begin, CardholderRegistration, Effect, Filled, FormAnswer, Introduction,
    Registration, Shown, Stage, Taken,
};
use crate::{
    acceptance,
    cardholder::CardIdentity,
    enrolment::{self, Addressee, Echo, Question, Request, Trail},
    moot::Moot,
    octets::Octets,
    refusal::Refusal,
    role::{Effect as Do, Env, Party, Step},
    version::Version,
};

type World<'a> = Env<'a, CardholderRegistration>;

/// The owner wants a card certified, for the first time or again.
pub(super) fn begin(begin: Begin, env: &World<'_>) -> Taken {
    let mut draw = env.draw();
    let Begin { brand, key, renews } = begin;
    let question = Question::draw(&brand, &mut draw, env)?;
    let registration = Registration {
        version: Version,
        brand,
        key,
        renews,
        trail: Trail::default(),
        lid_ee: draw.local_id(),
        stage: Stage::Started(question.clone()),
        moot: Moot::default(),
    };
    introduce(registration, &question, env)
}

/// The owner asks the authority that it was sent to.
pub(super) fn on_follow(registration: Registration, url: &str, env: &World<'_>) -> Taken {
    let Stage::Referred(referral) = &registration.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let trail = registration.trail.follow(referral, url)?;
    let mut draw = env.draw();
    let question = Question::draw(&registration.brand, &mut draw, env)?;
    let (lid_ee, stage) = (draw.local_id(), Stage::Started(question.clone()));
    introduce(Registration { trail, lid_ee, stage, ..registration }, &question, env)
}

/// CardCInitReq.
fn introduce(registration: Registration, question: &Question, env: &World<'_>) -> Taken {
    let message = CardCInitReq {
        rrpid: question.rrpid.into(),
        lid_ee: registration.lid_ee.clone().into(),
        chall_ee: question.challenge()?,
        brand_id: registration.brand.clone().into(),
        thumbs: question.thumbs()?,
    };
    let ask = ask(Message::CardCInitReq(Box::new(message)), question, &registration, env)?;
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
    enrolment::learn(data.brand_crl_identifier.as_ref(), bag, &registration.brand, env)?;
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
    acceptance::require_card_for(env.suite(), &pan.bin())?;
    let mut draw = env.draw();
    let question = Question::draw(&registration.brand, &mut draw, env)?;
    let data = RegFormReqData {
        rrpid: question.rrpid.into(),
        lid_ee: registration.lid_ee.clone().into(),
        chall_ee2: question.challenge()?,
        lid_ca: Some(addressee.lid_ca.clone().into()),
        request_type: registration.request(),
        language: env.standing.language.clone().into(),
        thumbs: question.thumbs()?,
    };
    let card = PanOnly { pan: pan.into(), ex_nonce: draw.nonce() };
    let linked = link(data, &digest(env.suite(), &card)?)?;
    let to = addressee.path((ASKED, &registration.brand), env)?;
    let message = Message::RegFormReq(seal_with_extra(&linked, &card, &to)?);
    let ask = ask(message, &question, &registration, env)?;
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
        && data.request_type == registration.request();
    if !is_ours {
        return Err(Refusal::AuthorityAnsweredAnother);
    }
    enrolment::learn(data.brand_crl_identifier.as_ref(), bag, &registration.brand, env)?;
    let addressee = match &data.cae_thumb {
        Some(thumb) => {
            let asked = (ASKED, &registration.brand);
            Addressee::find(&addressee.lid_ca, thumb, bag, asked, env)?
        }
        None => addressee.clone(),
    };
    let institution = answer.heard.institution.clone();
    let stage = match enrolment::Shown::read(
        &data.form_or_referral,
        None,
        institution,
        &registration.trail,
    ) {
        enrolment::Shown::Form(form) => {
            let chall_ca = Octets::from(data.chall_ca.as_bytes());
            Stage::FormShown(Shown { addressee, chall_ca, form })
        }
        enrolment::Shown::Elsewhere(referral) => Stage::Referred(referral),
        enrolment::Shown::Nothing(ended) => Stage::Refused(ended),
    };
    Ok(Step::new(registration.becomes(stage)))
}

/// CertReq: EncX(EE, CA, CertReqData, PANData0), signed with the new key, and with the old one
/// where there is one.
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
        kind: registration.request(),
        id_data: None,
        form: form.id,
        answers: &answers,
        back_key: Some(BackKeyData { back_alg_id, back_key: BackKey(back_key) }),
        signature: &registration.key,
        encipherment: None,
        renews: registration.renewed(env)?,
    };
    let account = AcctInfo::PanData0(PanData0 {
        pan: pan.into(),
        card_expiry: expiry.into(),
        card_secret: card_secret.into(),
        ex_nonce: draw.nonce(),
    });
    let to = shown.addressee.path((ASKED, &registration.brand), env)?;
    let key = registration.key.public(env.suite())?;
    let held = registration.held(env)?;
    let signer = match &held {
        Some((identity, bag)) => Signer::Renewal { key: &key, identity, bag },
        None => Signer::NewKey(&key),
    };
    let data = request.data(env.now)?;
    let sealed = seal_signed_with_extra(data, &account, signer, env.keys, &to, env.now)?;
    let ask = ask(Message::CertReq(CertReq::Encx(sealed)), &question, &registration, env)?;
    let stage =
        Stage::Applied(Applied { question, asked_at: env.now, at: env.now, shown: shown.clone() });
    Ok(Step::new(registration.becomes(stage)).then(ask).then(give_up(env)))
}

/// The bank has had time: inquire as soon as the vault is open. Or it has had enough of it.
pub(super) fn on_patience_over(registration: Registration, env: &World<'_>) -> Taken {
    let (Stage::Pending(applied) | Stage::Inquiring(applied)) = &registration.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let patience = env.standing.patience;
    if env.now >= applied.at.plus_s(patience.decided_within_s) {
        return Ok(Step::new(registration.gives_up()));
    }
    let is_open = matches!(registration.stage, Stage::Inquiring(_));
    if is_open && env.now < applied.asked_at.plus_s(enrolment::INQUIRY_LASTS_S) {
        let wake = env.now.plus_s(patience.inquire_after_s);
        return Ok(Step::new(registration).then(Do::WakeAt(wake)));
    }
    Ok(Step::new(registration).then(Do::Own(Effect::WantKey)))
}

/// The owner does not wait. What is asked already is asked until it is answered.
pub(super) fn on_ask_again(registration: Registration, env: &World<'_>) -> Taken {
    match registration.stage {
        Stage::Pending(_) => inquire(registration, env),
        Stage::Inquiring(_) => Ok(Step::new(registration)),
        _ => Err(Refusal::CommandOutOfTurn),
    }
}

/// CertInqReq: the key is at hand.
pub(super) fn inquire(registration: Registration, env: &World<'_>) -> Taken {
    let (Stage::Pending(applied) | Stage::Inquiring(applied)) = &registration.stage else {
        return Ok(Step::new(registration));
    };
    let question = Question::inquiry(&mut env.draw());
    let key = registration.key.public(env.suite())?;
    let (lid_ee, addressee) = (&registration.lid_ee, &applied.shown.addressee);
    let message = enrolment::inquire(&question, lid_ee, addressee, Signer::NewKey(&key), env)?;
    let ask = ask(message, &question, &registration, env)?;
    let stage = Stage::Inquiring(Applied { question, asked_at: env.now, ..applied.clone() });
    let wake = Do::WakeAt(env.now.plus_s(env.standing.patience.inquire_after_s));
    Ok(Step::new(registration.drops().becomes(stage)).then(ask).then(wake))
}

impl Registration {
    /// What it asks for.
    fn request(&self) -> RequestType {
        match &self.renews {
            Some(_) => RequestType::CardRenewalSig,
            None => RequestType::CardInitialSig,
        }
    }

    /// The certificate that is renewed, and what the authority needs to believe it.
    fn held(&self, env: &World<'_>) -> Result<Option<(Identity, Bag)>, Refusal> {
        let held = |card: &CardIdentity| {
            let identity = card.identity()?;
            let bag = env.trust.bag(&identity);
            Ok((identity, bag))
        };
        self.renews.as_ref().map(held).transpose()
    }

    /// The certificate that is renewed, by name.
    fn renewed(&self, env: &World<'_>) -> Result<Option<CertThumb>, Refusal> {
        let thumb = |card: &CardIdentity| {
            Ok(card.identity()?.thumb(env.suite()).cert_thumb(env.suite())?)
        };
        self.renews.as_ref().map(thumb).transpose()
    }
}

fn ask(
    message: Message,
    question: &Question,
    registration: &Registration,
    env: &World<'_>,
) -> Result<Do<Effect>, Refusal> {
    let rrpid = question.rrpid;
    let message = env.standing.letterhead.write(message, rrpid, None, env.now)?;
    let party = match registration.trail.last() {
        Some(url) => Party::ReferredAuthority { url: url.to_owned() },
        None => Party::CardholderAuthority(registration.brand.clone()),
    };
    Ok(Do::Ask { party, rrpid, message })
}

fn give_up(env: &World<'_>) -> Do<Effect> {
    Do::WakeAt(env.now.plus_s(env.standing.give_up_after_s))
}

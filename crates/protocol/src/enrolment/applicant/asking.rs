//! An applicant's two questions: what do you want to know, and please.

use openset_crypto::{Path, Signer, seal_signed_with_extra, sign};
use openset_types::Brand;
use openset_wire::{
    cert::{AcctData, AcctInfo, CertReq, CertReqData, MeAqCInitReq},
    der::Visible,
    types::Nonce,
    wrapper::Message,
};

use super::{
    Applicant, Applied, Begin, Filled, FormAnswer, Registering, Registration, Shown, Stage, Taken,
};
use crate::{
    enrolment::{self, Addressee, Echo, Question, Request},
    octets::Octets,
    refusal::Refusal,
    role::{Effect, Env, Nothing, Step},
    treatment::bounds,
    version::Version,
};

type World<'a, A> = Env<'a, Registering<A>>;

/// Me-AqCInitReq.
pub(super) fn begin<A: Applicant>(begin: Begin<A>, env: &World<'_, A>) -> Taken<A> {
    let mut draw = env.draw();
    let question = Question::draw(&begin.brand, &mut draw, env)?;
    let lid_ee = draw.local_id();
    let message = MeAqCInitReq {
        rrpid: question.rrpid.into(),
        lid_ee: lid_ee.clone().into(),
        chall_ee: question.challenge()?,
        request_type: A::REQUEST,
        id_data: A::id_data(&begin.names)?,
        brand_id: begin.brand.clone().into(),
        language: env.standing.language.clone().into(),
        thumbs: question.thumbs()?,
    };
    let ask = ask(Message::MeAqCInitReq(Box::new(message)), &question, &begin.brand, env)?;
    let Begin { brand, names, keys } = begin;
    let stage = Stage::Started(question);
    let (version, moot) = (Version, None);
    let registration = Registration { version, brand, names, keys, lid_ee, stage, moot };
    Ok(Step::new(registration).then(ask).then(give_up(env)))
}

/// Me-AqCInitRes: a form for the operator, or none.
pub(super) fn on_me_aq_c_init_res<A: Applicant>(
    registration: Registration<A>,
    answer: &FormAnswer,
    env: &World<'_, A>,
) -> Taken<A> {
    let Stage::Started(question) = &registration.stage else {
        return Err(Refusal::AuthorityAnsweredAnother);
    };
    let (data, bag) = (&answer.heard.data, &answer.heard.bag);
    question.require(&Echo {
        rrpid: (answer.rrpid, data.rrpid.0),
        lid_ee: (&registration.lid_ee, &data.lid_ee),
        challenge: &data.chall_ee,
        thumbs: data.thumbs.as_ref(),
    })?;
    let Some(lid_ca) = data.lid_ca.as_ref().filter(|_| data.request_type == A::REQUEST) else {
        return Err(Refusal::AuthorityAnsweredAnother);
    };
    enrolment::learn(data.brand_crl_identifier.as_ref(), bag, env)?;
    let asked = (A::AUTHORITY, &registration.brand);
    let addressee = Addressee::find(lid_ca, &data.cae_thumb, bag, asked, env)?;
    let (account, institution) = (data.acct_data_field.as_ref(), answer.heard.institution.clone());
    let stage = match enrolment::Shown::read(&data.reg_form_or_referral, account, institution) {
        enrolment::Shown::Form(form) => {
            let chall_ca = Octets::from(data.chall_ca.as_bytes());
            Stage::FormShown(Shown { addressee, chall_ca, form })
        }
        enrolment::Shown::Nothing(ended) => Stage::Refused(ended),
    };
    Ok(Step::new(registration.becomes(stage)))
}

/// CertReq: Enc, or EncX where the authority asks for an account. Signed with the new key.
pub(super) fn on_filled<A: Applicant>(
    registration: Registration<A>,
    filled: &Filled,
    env: &World<'_, A>,
) -> Taken<A> {
    let Stage::FormShown(shown) = &registration.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let form = &shown.form.form;
    let answers = &filled.answers;
    let is_account_right = shown.form.account.is_some() == filled.account.is_some();
    if !form.asks_for(answers) || !form.unfit(answers).is_empty() || !is_account_right {
        return Err(Refusal::AnswersUnfit);
    }
    let mut draw = env.draw();
    let question = Question::draw(&registration.brand, &mut draw, env)?;
    let request = Request {
        question: &question,
        lid_ee: &registration.lid_ee,
        addressee: &shown.addressee,
        chall_ca: &shown.chall_ca,
        kind: A::REQUEST,
        id_data: Some(A::id_data(&registration.names)?),
        form: form.id,
        answers,
        back_key: None,
        signature: &registration.keys.signature,
        encipherment: Some(&registration.keys.encipherment),
    };
    let data = request.data(env.now)?;
    let to = shown.addressee.path((A::AUTHORITY, &registration.brand), env)?;
    let account = filled.account.as_deref().map(|account| acct_info(account, draw.nonce()));
    let request = seal(&registration, data, account.transpose()?.as_ref(), &to, env)?;
    let ask = ask(Message::CertReq(request), &question, &registration.brand, env)?;
    let stage = Stage::Applied(Applied { question, shown: shown.clone() });
    Ok(Step::new(registration.becomes(stage)).then(ask).then(give_up(env)))
}

fn seal<A: Applicant>(
    registration: &Registration<A>,
    data: CertReqData,
    account: Option<&AcctInfo>,
    to: &Path,
    env: &World<'_, A>,
) -> Result<CertReq, Refusal> {
    let key = registration.keys.signature.public()?;
    let signer = Signer::NewKey(&key);
    Ok(match account {
        Some(account) => {
            CertReq::Encx(seal_signed_with_extra(data, account, signer, env.keys, to, env.now)?)
        }
        None => {
            let signed = sign(env.suite(), &data, signer, env.keys, env.now)?;
            CertReq::Enc(env.seal(&signed, to)?)
        }
    })
}

fn acct_info(account: &str, ex_nonce: Nonce) -> Result<AcctInfo, Refusal> {
    // AcctIdentification has exactly 74 characters; what is shorter is followed by spaces.
    let acct_identification = Visible::new(&format!("{account:<74}")).map_err(bounds)?;
    Ok(AcctInfo::AcctData(AcctData { acct_identification, ex_nonce }))
}

fn ask<A: Applicant>(
    message: Message,
    question: &Question,
    brand: &Brand,
    env: &World<'_, A>,
) -> Result<Effect<Nothing>, Refusal> {
    let rrpid = question.rrpid;
    let message = env.standing.letterhead.write(message, rrpid, None, env.now)?;
    Ok(Effect::Ask { party: A::party(brand.clone()), rrpid, message })
}

fn give_up<A: Applicant>(env: &World<'_, A>) -> Effect<Nothing> {
    Effect::WakeAt(env.now.plus_s(env.standing.give_up_after_s))
}

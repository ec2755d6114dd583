//! An applicant's questions: what do you want to know, please, and have you decided?

use openset_crypto::{Bag, Identity, Path, PublicKey, Signer, seal_signed_with_extra, sign};
use openset_wire::{
    cert::{AcctData, AcctInfo, CertReq, CertReqData, MeAqCInitReq, RequestType},
    der::Visible,
    types::{CertThumb, Nonce},
    wrapper::Message,
};

use super::{
    Applicant, Applied, Begin, Effect as Own, Filled, FormAnswer, Held, Registering, Registration,
    Shown, Stage, Taken,
};
use crate::{
    enrolment::{self, Addressee, Echo, Question, Request, Trail},
    moot::Moot,
    octets::Octets,
    refusal::Refusal,
    role::{Effect, Env, Party, Step},
    treatment::bounds,
    version::Version,
};

type World<'a, A> = Env<'a, Registering<A>>;

/// The operator wants certificates, the first ones or others.
pub(super) fn begin<A: Applicant>(begin: Begin<A>, env: &World<'_, A>) -> Taken<A> {
    let mut draw = env.draw();
    let Begin { brand, names, keys, renews } = begin;
    let question = Question::draw(&brand, &mut draw, env)?;
    let registration = Registration {
        version: Version,
        brand,
        names,
        keys,
        renews: renews.map(|held| *held),
        trail: Trail::default(),
        lid_ee: draw.local_id(),
        stage: Stage::Started(question.clone()),
        moot: Moot::default(),
    };
    introduce(registration, &question, env)
}

/// The operator asks the authority that it was sent to.
pub(super) fn on_follow<A: Applicant>(
    registration: Registration<A>,
    url: &str,
    env: &World<'_, A>,
) -> Taken<A> {
    let Stage::Referred(referral) = &registration.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let trail = registration.trail.follow(referral, url)?;
    let mut draw = env.draw();
    let question = Question::draw(&registration.brand, &mut draw, env)?;
    let (lid_ee, stage) = (draw.local_id(), Stage::Started(question.clone()));
    introduce(Registration { trail, lid_ee, stage, ..registration }, &question, env)
}

/// Me-AqCInitReq.
fn introduce<A: Applicant>(
    registration: Registration<A>,
    question: &Question,
    env: &World<'_, A>,
) -> Taken<A> {
    let message = MeAqCInitReq {
        rrpid: question.rrpid.into(),
        lid_ee: registration.lid_ee.clone().into(),
        chall_ee: question.challenge()?,
        request_type: registration.request(),
        id_data: A::id_data(&registration.names)?,
        brand_id: registration.brand.clone().into(),
        language: env.standing.language.clone().into(),
        thumbs: question.thumbs()?,
    };
    let message = Message::MeAqCInitReq(Box::new(message));
    let ask = ask(message, question, &registration, env)?;
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
    let is_same = data.request_type == registration.request();
    let Some(lid_ca) = data.lid_ca.as_ref().filter(|_| is_same) else {
        return Err(Refusal::AuthorityAnsweredAnother);
    };
    enrolment::learn(data.brand_crl_identifier.as_ref(), bag, &registration.brand, env)?;
    let asked = (A::AUTHORITY, &registration.brand);
    let addressee = Addressee::find(lid_ca, &data.cae_thumb, bag, asked, env)?;
    let (account, institution) = (data.acct_data_field.as_ref(), answer.heard.institution.clone());
    let trail = &registration.trail;
    let shown = enrolment::Shown::read(&data.reg_form_or_referral, account, institution, trail);
    let stage = match shown {
        enrolment::Shown::Form(form) => {
            let chall_ca = Octets::from(data.chall_ca.as_bytes());
            Stage::FormShown(Shown { addressee, chall_ca, form })
        }
        enrolment::Shown::Elsewhere(referral) => Stage::Referred(referral),
        enrolment::Shown::Nothing(ended) => Stage::Refused(ended),
    };
    Ok(Step::new(registration.becomes(stage)))
}

/// CertReq: Enc, or EncX where the authority asks for an account. Signed with the new key, and
/// with the old one where there is one.
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
        kind: registration.request(),
        id_data: Some(A::id_data(&registration.names)?),
        form: form.id,
        answers,
        back_key: None,
        signature: &registration.keys.signature,
        encipherment: Some(&registration.keys.encipherment),
        renews: registration.renewed(env)?,
    };
    let data = request.data(env.now)?;
    let to = shown.addressee.path((A::AUTHORITY, &registration.brand), env)?;
    let account = filled.account.as_deref().map(|account| acct_info(account, draw.nonce()));
    let request = seal(&registration, data, account.transpose()?.as_ref(), &to, env)?;
    let ask = ask(Message::CertReq(request), &question, &registration, env)?;
    let stage =
        Stage::Applied(Applied { question, asked_at: env.now, at: env.now, shown: shown.clone() });
    Ok(Step::new(registration.becomes(stage)).then(ask).then(give_up(env)))
}

fn seal<A: Applicant>(
    registration: &Registration<A>,
    data: CertReqData,
    account: Option<&AcctInfo>,
    to: &Path,
    env: &World<'_, A>,
) -> Result<CertReq, Refusal> {
    let signers = Signers::of(registration, env)?;
    let signer = signers.signer();
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

/// The new key, and the certificate that is renewed.
struct Signers {
    key: PublicKey,
    held: Option<(Identity, Bag)>,
}

impl Signers {
    fn of<A: Applicant>(
        registration: &Registration<A>,
        env: &World<'_, A>,
    ) -> Result<Self, Refusal> {
        let held = registration.renews.as_ref().map(|held| {
            let identity = held.signature.identity()?;
            let bag = env.trust.bag(&identity);
            Ok::<_, Refusal>((identity, bag))
        });
        Ok(Self { key: registration.keys.signature.public(env.suite())?, held: held.transpose()? })
    }

    fn signer(&self) -> Signer<'_> {
        match &self.held {
            Some((identity, bag)) => Signer::Renewal { key: &self.key, identity, bag },
            None => Signer::NewKey(&self.key),
        }
    }
}

impl<A: Applicant> Registration<A> {
    /// What it asks for.
    fn request(&self) -> RequestType {
        if self.renews.is_some() { A::RENEWAL } else { A::REQUEST }
    }

    /// The certificate that is renewed, by name.
    fn renewed(&self, env: &World<'_, A>) -> Result<Option<CertThumb>, Refusal> {
        let thumb = |held: &Held| {
            let thumb = held.signature.identity()?.thumb(env.suite());
            Ok(thumb.cert_thumb(env.suite())?)
        };
        self.renews.as_ref().map(thumb).transpose()
    }
}

/// CertInqReq: the authority has had time. Or it has had enough of it.
pub(super) fn inquire<A: Applicant>(registration: Registration<A>, env: &World<'_, A>) -> Taken<A> {
    let (Stage::Pending(applied) | Stage::Inquiring(applied)) = &registration.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let patience = env.standing.patience;
    if env.now >= applied.at.plus_s(patience.decided_within_s) {
        return Ok(Step::new(registration.gives_up()));
    }
    let wake = Effect::WakeAt(env.now.plus_s(patience.inquire_after_s));
    let is_open = matches!(registration.stage, Stage::Inquiring(_));
    if is_open && env.now < applied.asked_at.plus_s(enrolment::INQUIRY_LASTS_S) {
        return Ok(Step::new(registration).then(wake));
    }
    let question = Question::inquiry(&mut env.draw());
    let key = registration.keys.signature.public(env.suite())?;
    let (lid_ee, addressee) = (&registration.lid_ee, &applied.shown.addressee);
    let message = enrolment::inquire(&question, lid_ee, addressee, Signer::NewKey(&key), env)?;
    let ask = ask(message, &question, &registration, env)?;
    let stage = Stage::Inquiring(Applied { question, asked_at: env.now, ..applied.clone() });
    Ok(Step::new(registration.drops().becomes(stage)).then(ask).then(wake))
}

fn acct_info(account: &str, ex_nonce: Nonce) -> Result<AcctInfo, Refusal> {
    // AcctIdentification has exactly 74 characters; what is shorter is followed by spaces.
    let acct_identification = Visible::new(&format!("{account:<74}")).map_err(bounds)?;
    Ok(AcctInfo::AcctData(AcctData { acct_identification, ex_nonce }))
}

fn ask<A: Applicant>(
    message: Message,
    question: &Question,
    registration: &Registration<A>,
    env: &World<'_, A>,
) -> Result<Effect<Own>, Refusal> {
    let rrpid = question.rrpid;
    let message = env.standing.letterhead.write(message, rrpid, None, env.now)?;
    let party = match registration.trail.last() {
        Some(url) => Party::ReferredAuthority { url: url.to_owned() },
        None => A::party(registration.brand.clone()),
    };
    Ok(Effect::Ask { party, rrpid, message })
}

fn give_up<A: Applicant>(env: &World<'_, A>) -> Effect<Own> {
    Effect::WakeAt(env.now.plus_s(env.standing.give_up_after_s))
}

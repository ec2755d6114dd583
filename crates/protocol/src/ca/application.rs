//! CertReq: whether an application holds together, and the question to the registrar.

use openset_crypto::{Beside, open_signed_with_extra, open_with_extra, verify_possession};
use openset_types::{Bin, CardExpiry, Language, MerchantId, Pan};
use openset_wire::{
    cert::{AcctInfo, CertReq, CertReqData, CertStatusCode, RegFormReqTbe},
    der::decode,
    opaque::{Authority, Sealed},
    types::PanData0,
    x509::SubjectPublicKeyInfo,
};

use super::{
    Applied, Certifies, Enrolment, FormSent, Stage, Unserved, Whom, admission,
    enrolment::{Applying, AuthorityEnrolment, Effect, Taken},
    reply::Outcome,
};
use crate::{
    enrolment::{Answer, Form, Unfit},
    octets::Octets,
    refusal::Refusal,
    role::{Effect as Do, Env, Step},
};

type World<'a> = Env<'a, AuthorityEnrolment>;

/// What the registrar is asked.
#[derive(Debug)]
pub struct Application {
    /// Who asks to be certified.
    pub applicant: Applicant,
    /// What was answered to the form.
    pub answers: Vec<Answer>,
    /// What was answered to the further question.
    pub account: Option<String>,
    /// The language of the form.
    pub language: Language,
}

/// Who asks to be certified.
#[derive(Debug)]
pub enum Applicant {
    /// The holder of a card.
    Cardholder {
        /// The card.
        pan: Pan,
        /// Its last month.
        expiry: CardExpiry,
    },
    /// A merchant.
    Merchant {
        /// Its acquirer.
        acquirer: Bin,
        /// Its number there.
        merchant: MerchantId,
    },
    /// A payment gateway.
    Gateway {
        /// Its acquirer.
        acquirer: Bin,
        /// The acquirer's number for its business.
        business: Option<String>,
    },
}

/// CertReq, opened, and signed by the key it names.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) data: CertReqData,
    pub(super) account: Option<AcctInfo>,
}

/// Opens CertReq and checks that whoever wrote it holds the key to be certified.
pub(super) fn open(request: &CertReq, env: &World<'_>) -> Result<Opened, Refusal> {
    let openers = &env.standing.encipherments;
    match request {
        CertReq::Encx(sealed) => {
            let opened = open_signed_with_extra(sealed, openers, env.suite(), env.keys)?;
            let possessed = opened.verify_possession(env.suite(), signature_key)?;
            let Beside { value, extra } = possessed.into_value();
            Ok(Opened { data: value.into_value(), account: Some(extra) })
        }
        CertReq::Enc(sealed) => {
            let signed = env.open(sealed, openers)?;
            let possessed = verify_possession(env.suite(), &signed, signature_key)?;
            Ok(Opened { data: possessed.into_value(), account: None })
        }
    }
}

fn signature_key(data: &CertReqData) -> Option<&SubjectPublicKeyInfo> {
    data.public_key_s_or_e.public_key_s.as_ref()
}

/// CertReq: the registrar is asked, or the applicant is told why not.
pub(super) fn on_cert_req(enrolment: Enrolment, applying: Applying, env: &World<'_>) -> Taken {
    let Applying { opened, sealed } = applying;
    if opened.data.lid_ee.0 != enrolment.lid_ee {
        return Err(Refusal::SenderNamedUnknownLabel);
    }
    let code = match &enrolment.stage {
        Stage::FormSent(sent) => {
            let sent = sent.clone();
            return apply(enrolment, sent, opened, sealed, env);
        }
        Stage::Initiated => return Err(Refusal::ApplicantAnsweredAnotherForm),
        Stage::Unserved(Unserved::Bank) => CertStatusCode::InvalidBin,
        Stage::Unserved(Unserved::Language) => CertStatusCode::InvalidLanguage,
        Stage::Applied(_) | Stage::Issuing(_) => CertStatusCode::RequestInProgress,
        Stage::Issued { .. } | Stage::Refused { .. } => CertStatusCode::RejectedByCa,
    };
    let reply = Outcome::of(code).reply(&opened, &enrolment.lid_ca, env)?;
    Ok(Step::new(enrolment).then(reply))
}

fn apply(
    enrolment: Enrolment,
    sent: FormSent,
    opened: Opened,
    sealed: Octets,
    env: &World<'_>,
) -> Taken {
    require_same(&sent, &opened, env)?;
    require_keys(&opened, env)?;
    if let Some(code) = refused(&opened, env)? {
        return refuse(enrolment, &Outcome::of(code), &opened, env);
    }
    let answers = Answer::read(opened.data.reg_form.as_ref())?;
    let unfit = unfit(&sent, &answers, env)?;
    if !unfit.is_empty() {
        let outcome = Outcome::unfit(unfit);
        let reply = outcome.reply(&opened, &enrolment.lid_ca, env)?;
        return Ok(Step::new(enrolment).then(reply));
    }
    let application = application(&sent, opened, answers)?;
    let applied = Applied { sent, request: sealed, at: env.now };
    Ok(Step::new(enrolment.becomes(Stage::Applied(applied)))
        .then(Do::Own(Effect::Verify(Box::new(application)))))
}

/// The registrar is asked once more: whether it heard the question is not known.
pub(super) fn ask_again(enrolment: Enrolment, env: &World<'_>) -> Taken {
    let Stage::Applied(applied) = &enrolment.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let opened = reopen(applied, env)?;
    let answers = Answer::read(opened.data.reg_form.as_ref())?;
    let application = application(&applied.sent, opened, answers)?;
    Ok(Step::new(enrolment).then(Do::Own(Effect::Verify(Box::new(application)))))
}

/// Opens again what was kept sealed.
pub(super) fn reopen(applied: &Applied, env: &World<'_>) -> Result<Opened, Refusal> {
    open(&decode(applied.request.as_ref())?, env)
}

/// Tells the applicant no, for good.
pub(super) fn refuse(
    enrolment: Enrolment,
    outcome: &Outcome<'_>,
    opened: &Opened,
    env: &World<'_>,
) -> Taken {
    let reply = outcome.reply(opened, &enrolment.lid_ca, env)?;
    let stage = Stage::Refused { code: outcome.code, at: env.now };
    Ok(Step::new(enrolment.becomes(stage)).then(reply))
}

/// One session, one form, one applicant, one card (A16, A19).
fn require_same(sent: &FormSent, opened: &Opened, env: &World<'_>) -> Result<(), Refusal> {
    let data = &opened.data;
    let chall_ca = data.chall_ca.as_ref().map(|challenge| challenge.as_bytes());
    if chall_ca != Some(sent.chall_ca.as_ref()) {
        return Err(Refusal::ApplicantRepeatedOldChallenge);
    }
    if data.request_type != env.standing.policy.certifies.request() {
        return Err(Refusal::ApplicantAskedForAnother);
    }
    if data.reg_form_id != sent.form {
        return Err(Refusal::ApplicantAnsweredAnotherForm);
    }
    match (&sent.whom, &data.id_data, &opened.account) {
        (Whom::Cardholder { request }, None, Some(AcctInfo::PanData0(card))) => {
            require_same_card(request, card, env)
        }
        (Whom::Cardholder { .. }, ..) | (_, None, _) | (.., Some(AcctInfo::PanData0(_))) => {
            Err(Refusal::ApplicantAskedForAnother)
        }
        (whom, Some(id_data), account) => {
            let (bin, named) = Whom::read(id_data);
            if bin != sent.bin || named != *whom {
                return Err(Refusal::ApplicantNamedAnother);
            }
            let is_asked = env.standing.policy.account.is_some();
            if is_asked == account.is_some() {
                Ok(())
            } else {
                Err(Refusal::ApplicantAnsweredAnotherForm)
            }
        }
    }
}

/// The form was asked for with a number. It is still sealed: open it and compare (A16).
fn require_same_card(
    form_request: &Octets,
    card: &PanData0,
    env: &World<'_>,
) -> Result<(), Refusal> {
    let sealed: Sealed<RegFormReqTbe, Authority> = decode(form_request.as_ref())?;
    let openers = &env.standing.encipherments;
    let opened = open_with_extra(&sealed, openers, env.suite(), env.keys)?;
    if opened.value().extra.pan.0 == card.pan.0 {
        return Ok(());
    }
    Err(Refusal::ApplicantSwitchedCard)
}

/// Exactly the keys that are certified here, each for one purpose.
fn require_keys(opened: &Opened, env: &World<'_>) -> Result<(), Refusal> {
    let keys = &opened.data.public_key_s_or_e;
    let is_right = keys.public_key_s.is_some()
        && keys.public_key_e.is_some() == env.standing.policy.certifies.encipherment().is_some()
        && keys.public_key_s != keys.public_key_e;
    if is_right { Ok(()) } else { Err(Refusal::ApplicantAskedForAnother) }
}

/// Why an application that holds together is refused all the same.
fn refused(opened: &Opened, env: &World<'_>) -> Result<Option<CertStatusCode>, Refusal> {
    // A15: one key, one certificate, one holder.
    let mut claims = admission::claims(&opened.data.public_key_s_or_e)?.into_iter();
    if claims.any(|claim| env.held.has(&claim)) {
        return Ok(Some(CertStatusCode::RejectedByCa));
    }
    let Some(AcctInfo::PanData0(card)) = &opened.account else { return Ok(None) };
    let back_key = opened.data.ca_back_key_data.as_ref();
    let is_answerable =
        back_key.is_some_and(|key| key.back_alg_id == env.suite().content_encryption());
    if !is_answerable {
        return Ok(Some(CertStatusCode::UnableToEncryptCertRes));
    }
    let is_past = card.card_expiry.is_past(env.now);
    Ok(is_past.then_some(CertStatusCode::RejectedByCa))
}

fn unfit(sent: &FormSent, answers: &[Answer], env: &World<'_>) -> Result<Vec<Unfit>, Refusal> {
    let form = form_of(sent, env).ok_or(Refusal::ApplicantAnsweredAnotherForm)?;
    if !form.asks_for(answers) {
        return Err(Refusal::ApplicantAnsweredAnotherForm);
    }
    Ok(form.unfit(answers))
}

/// The form that was sent, if it is still the current one.
fn form_of<'a>(sent: &FormSent, env: &'a World<'_>) -> Option<&'a Form> {
    let institution = env.standing.policy.institutions.get(&sent.bin)?;
    institution.form(&sent.language).filter(|form| form.id == sent.form)
}

/// What the registrar is asked. The card's number goes no further than this.
fn application(
    sent: &FormSent,
    opened: Opened,
    answers: Vec<Answer>,
) -> Result<Application, Refusal> {
    let acquirer = sent.bin.clone();
    let (applicant, account) = match (&sent.whom, opened.account) {
        (Whom::Cardholder { .. }, Some(AcctInfo::PanData0(card))) => {
            let PanData0 { pan, card_expiry, .. } = card;
            (Applicant::Cardholder { pan: pan.0, expiry: card_expiry.0 }, None)
        }
        (Whom::Merchant { merchant }, account) => {
            (Applicant::Merchant { acquirer, merchant: merchant.clone() }, account)
        }
        (Whom::Gateway { business }, account) => {
            (Applicant::Gateway { acquirer, business: business.clone() }, account)
        }
        (Whom::Cardholder { .. }, _) => return Err(Refusal::ApplicantAskedForAnother),
    };
    let account = match account {
        Some(AcctInfo::AcctData(data)) => {
            Some(data.acct_identification.as_str().trim_end().to_owned())
        }
        Some(AcctInfo::PanData0(_)) | None => None,
    };
    Ok(Application { applicant, answers, account, language: sent.language.clone() })
}

impl Certifies {
    /// Whether its answers are sealed under a key of the applicant.
    pub(super) fn seals_answers(self) -> bool {
        matches!(self, Self::Cardholders)
    }
}

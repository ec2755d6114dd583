//! CertReq: whether an application holds together, and the question to the registrar.

use openset_crypto::{Certified, Path, open_with_extra};
use openset_types::{Bin, CardExpiry, Language, MerchantId, Pan};
use openset_wire::{
    cert::{AcctInfo, CertReqData, CertStatusCode, RegFormReqTbe},
    der::{decode, encode},
    opaque::{Authority, Sealed},
    types::PanData0,
    x509::{Certificate, NameAttribute},
};

use super::{
    Answerable, Applied, Certifies, Enrolment, FormSent, Returned, Stage, Told, Unserved, Whom,
    admission,
    enrolment::{Applying, AuthorityEnrolment, Effect, Taken},
    proof::{self, Brought, Holder, Opened},
    reply::{self, Asking, Outcome},
};
use crate::{
    enrolment::{Answer, Form, KeysWanted, Occasion, Unfit, Wanted},
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
    /// What it asks for.
    pub wanted: Wanted,
    /// What the certificate that it has signed with calls its bearer, if it had one to sign with.
    pub known_as: Option<String>,
    /// What was answered to the form.
    pub answers: Vec<Answer>,
    /// What was answered to the further question.
    pub account: Option<String>,
    /// The bank whose form was answered.
    pub bank: Bin,
    /// The number of that form.
    pub form: u64,
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

/// CertReq: the registrar is asked, or the applicant is told why not.
pub(super) fn on_cert_req(enrolment: Enrolment, applying: Applying, env: &World<'_>) -> Taken {
    let Applying { brought, sealed } = applying;
    let opened = match brought {
        Brought::Proved(opened) => opened,
        Brought::Unproved { data, code } => return tell(enrolment, code, &data, env),
    };
    let code = match &enrolment.stage {
        Stage::FormSent(sent) | Stage::Returned(Returned { applied: Applied { sent, .. }, .. }) => {
            require_label(&enrolment, &opened.data)?;
            let sent = sent.clone();
            return apply(enrolment, sent, opened, sealed, env);
        }
        Stage::Initiated => return Err(Refusal::ApplicantAnsweredAnotherForm),
        Stage::Unserved(Unserved::Bank | Unserved::Elsewhere) => CertStatusCode::InvalidBin,
        Stage::Unserved(Unserved::Language) => CertStatusCode::InvalidLanguage,
        Stage::Applied(Applied { told: Told::Pended, .. }) => CertStatusCode::RequestPended,
        Stage::Applied(_) | Stage::Issuing(_) => CertStatusCode::RequestInProgress,
        Stage::Issued { .. } | Stage::Refused { .. } => CertStatusCode::RejectedByCa,
    };
    tell(enrolment, code, &opened.data, env)
}

/// Tells the applicant something that changes nothing.
fn tell(enrolment: Enrolment, code: CertStatusCode, data: &CertReqData, env: &World<'_>) -> Taken {
    require_label(&enrolment, data)?;
    let reply = Outcome::of(code).reply(&Asking::request(data), &enrolment.lid_ca, env)?;
    Ok(Step::new(enrolment).then(reply))
}

fn require_label(enrolment: &Enrolment, data: &CertReqData) -> Result<(), Refusal> {
    let is_same = data.lid_ee.0 == enrolment.lid_ee;
    if is_same { Ok(()) } else { Err(Refusal::SenderNamedUnknownLabel) }
}

fn apply(
    enrolment: Enrolment,
    sent: FormSent,
    opened: Opened,
    sealed: Octets,
    env: &World<'_>,
) -> Taken {
    require_same(&sent, &opened, env)?;
    require_keys(&sent, &opened.data)?;
    require_renewed(&sent, &opened, env)?;
    let renews = opened.holder.as_ref().map(|holder| encode(holder.path.leaf().certificate()));
    let renews = renews.transpose()?.map(Octets);
    let applied = Applied { sent, request: sealed, renews, at: env.now, told: Told::Nothing };
    if let Some(code) = refused(&opened, env)? {
        return refuse(enrolment, applied, &Outcome::of(code), &opened.data, env);
    }
    let answers = Answer::read(opened.data.reg_form.as_ref())?;
    let unfit = unfit(&applied.sent, &answers, env)?;
    if !unfit.is_empty() {
        let outcome = Outcome::unfit(unfit);
        let reply = outcome.reply(&Asking::request(&opened.data), &enrolment.lid_ca, env)?;
        return Ok(Step::new(enrolment).then(reply));
    }
    let application = application(&applied, opened, answers)?;
    Ok(Step::new(enrolment.becomes(Stage::Applied(applied)))
        .then(Do::Own(Effect::Verify(Box::new(application))))
        .then(Do::WakeAt(env.now.plus_s(env.standing.answer_within_s))))
}

/// The registrar is asked once more: whether it heard the question is not known. Not if another
/// application for the same key was approved in the meantime (A15, the race).
pub(super) fn ask_again(enrolment: Enrolment, env: &World<'_>) -> Taken {
    let Stage::Applied(applied) = &enrolment.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let opened = proof::reopen(&applied.request, env)?;
    if let Some(code) = refused(&opened, env)? {
        let applied = applied.clone();
        return refuse(enrolment, applied, &Outcome::of(code), &opened.data, env);
    }
    let answers = Answer::read(opened.data.reg_form.as_ref())?;
    let application = application(applied, opened, answers)?;
    Ok(Step::new(enrolment).then(Do::Own(Effect::Verify(Box::new(application)))))
}

/// Somebody will look at the application: the applicant is told, unless it was told already.
pub(super) fn on_pended(enrolment: Enrolment, env: &World<'_>) -> Taken {
    let Stage::Applied(applied) = &enrolment.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let applied = applied.clone();
    put_off(enrolment, applied, Told::Pended, env)
}

/// The registrar says nothing: the applicant is told to inquire. Or nobody inquires any more:
/// what was kept to answer is dropped.
pub(super) fn on_woke(enrolment: Enrolment, env: &World<'_>) -> Taken {
    match &enrolment.stage {
        Stage::Applied(applied) if applied.told == Told::Nothing => {
            let applied = applied.clone();
            put_off(enrolment, applied, Told::InProgress, env)
        }
        Stage::Issued { at, .. } | Stage::Refused { at, .. }
            if env.now >= at.plus_s(env.standing.inquiries_s) =>
        {
            Ok(Step::new(enrolment.forgets()))
        }
        _ => Ok(Step::new(enrolment)),
    }
}

fn put_off(enrolment: Enrolment, applied: Applied, told: Told, env: &World<'_>) -> Taken {
    let before = applied.told;
    let code = match told {
        Told::Pended => CertStatusCode::RequestPended,
        Told::InProgress | Told::Nothing => CertStatusCode::RequestInProgress,
    };
    let opened = proof::reopen(&applied.request, env)?;
    let reply = Outcome::of(code).reply(&Asking::request(&opened.data), &enrolment.lid_ca, env)?;
    let step = Step::new(enrolment.becomes(Stage::Applied(Applied { told, ..applied })));
    Ok(if before == Told::Nothing { step.then(reply) } else { step })
}

/// Tells the applicant no, for good: at once, or when it inquires.
pub(super) fn refuse(
    enrolment: Enrolment,
    applied: Applied,
    outcome: &Outcome<'_>,
    data: &CertReqData,
    env: &World<'_>,
) -> Taken {
    let reply = outcome.reply(&Asking::request(data), &enrolment.lid_ca, env)?;
    let told = applied.told;
    let Applied { request, renews, .. } = applied;
    let stage = Stage::Refused {
        code: outcome.code,
        message: outcome.message.map(ToOwned::to_owned),
        at: env.now,
        about: Some(Answerable { request, renews, nonce_cca: None }),
    };
    let step = Step::new(enrolment.becomes(stage));
    let step = if told == Told::Nothing { step.then(reply) } else { step };
    Ok(step.then(env.forget_later()))
}

impl Env<'_, AuthorityEnrolment> {
    /// Wakes the application when nobody inquires after it any more.
    pub(super) fn forget_later(&self) -> Do<Effect> {
        Do::WakeAt(self.now.plus_s(self.standing.inquiries_s))
    }
}

/// One session, one form, one applicant, one card (A16, A19).
fn require_same(sent: &FormSent, opened: &Opened, env: &World<'_>) -> Result<(), Refusal> {
    let data = &opened.data;
    let chall_ca = data.chall_ca.as_ref().map(|challenge| challenge.as_bytes());
    if chall_ca != Some(sent.chall_ca.as_ref()) {
        return Err(Refusal::ApplicantRepeatedOldChallenge);
    }
    if env.standing.wanted(data.request_type)? != sent.wanted {
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

/// Exactly the keys that were asked for, each for one purpose.
fn require_keys(sent: &FormSent, data: &CertReqData) -> Result<(), Refusal> {
    let (keys, wanted) = (&data.public_key_s_or_e, sent.wanted.keys);
    let is_right = keys.public_key_s.is_some() == wanted.has_signature()
        && keys.public_key_e.is_some() == wanted.has_encipherment()
        && keys.public_key_s != keys.public_key_e;
    if is_right { Ok(()) } else { Err(Refusal::ApplicantAskedForAnother) }
}

/// The certificate that was signed with is one of ours and about the applicant (A19), and the one
/// that is to be renewed is named.
fn require_renewed(sent: &FormSent, opened: &Opened, env: &World<'_>) -> Result<(), Refusal> {
    let Some(holder) = &opened.holder else {
        let is_none = opened.data.ee_thumb.is_none();
        return if is_none { Ok(()) } else { Err(Refusal::ApplicantRenewedAnother) };
    };
    let leaf = holder.path.leaf();
    let issuer = &leaf.certificate().to_be_signed.issuer;
    if *issuer != env.standing.issuing.certificate.to_be_signed.subject {
        return Err(Refusal::ApplicantRenewedAnother);
    }
    if !is_about(leaf, sent, env) {
        return Err(Refusal::ApplicantNamedAnother);
    }
    let named = match (sent.wanted.occasion, sent.wanted.keys) {
        (Occasion::First, _) => return Ok(()),
        (Occasion::Renewal, KeysWanted::Encipherment) => sealed_for(&opened.data, holder, env)?,
        (Occasion::Renewal, KeysWanted::Signature | KeysWanted::Both) => {
            let thumb = holder.path.thumb().cert_thumb(env.suite())?;
            opened.data.ee_thumb.as_ref() == Some(&thumb)
        }
    };
    if named { Ok(()) } else { Err(Refusal::ApplicantRenewedAnother) }
}

/// Whether the certificate that is named, to be sealed for, came along and has the same bearer.
fn sealed_for(data: &CertReqData, holder: &Holder, env: &World<'_>) -> Result<bool, Refusal> {
    let purpose = env.standing.policy.certifies.encipherment();
    let (Some(thumb), Some(purpose)) = (&data.ee_thumb, purpose) else { return Ok(false) };
    let found = env.named(&holder.bag, thumb, purpose, &env.standing.brand)?;
    let subject = |path: &Path| path.leaf().subject().clone();
    Ok(found.is_some_and(|found| subject(&found) == subject(&holder.path)))
}

/// Whether a certificate is about whoever has these names. A card's says nothing that could be
/// compared: its holder proves the card anew.
fn is_about(leaf: &Certified, sent: &FormSent, env: &World<'_>) -> bool {
    match &sent.whom {
        Whom::Cardholder { .. } => true,
        Whom::Merchant { merchant } => leaf
            .merchant()
            .is_some_and(|data| data.mer_id.0 == *merchant && data.mer_acquirer_bin.0 == sent.bin),
        Whom::Gateway { .. } => {
            let bank = env.standing.policy.institutions.get(&sent.bin);
            let unit = leaf.subject().get(NameAttribute::OrganizationalUnit);
            bank.is_some_and(|bank| unit == Some(bank.name.as_str()))
        }
    }
}

/// Why an application that holds together is refused all the same.
fn refused(opened: &Opened, env: &World<'_>) -> Result<Option<CertStatusCode>, Refusal> {
    // A15: one key, one certificate, one holder.
    let mut claims = admission::claims(env.suite(), &opened.data.public_key_s_or_e)?.into_iter();
    if claims.any(|claim| env.held.has(&claim)) {
        return Ok(Some(CertStatusCode::RejectedByCa));
    }
    let Some(AcctInfo::PanData0(card)) = &opened.account else { return Ok(None) };
    let back_key = opened.data.ca_back_key_data.as_ref();
    let is_answerable = back_key.is_some_and(|given| reply::usable(given, env.suite()).is_some());
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
    applied: &Applied,
    opened: Opened,
    answers: Vec<Answer>,
) -> Result<Application, Refusal> {
    let sent = &applied.sent;
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
    Ok(Application {
        applicant,
        wanted: sent.wanted,
        known_as: applied.renews.as_ref().map(known_as).transpose()?.flatten(),
        answers,
        account,
        bank: sent.bin.clone(),
        form: sent.form,
        language: sent.language.clone(),
    })
}

/// What a certificate calls its bearer.
pub(super) fn known_as(certificate: &Octets) -> Result<Option<String>, Refusal> {
    let certificate: Certificate = decode(certificate.as_ref())?;
    Ok(certificate.to_be_signed.subject.common_name().map(ToOwned::to_owned))
}

impl Certifies {
    /// Whether its answers are sealed under a key of the applicant.
    pub(super) fn seals_answers(self) -> bool {
        matches!(self, Self::Cardholders)
    }
}

//! The authority's first answers: who it is, and which form to fill in.

use openset_crypto::Bag;
use openset_types::{Bin, Language, LocalId, Pan};
use openset_wire::{
    cert::{
        CardCInitReq, CardCInitResTbs, MeAqCInitReq, MeAqCInitResTbs, ReferralData,
        RegFormOrReferral, RegFormReqData, RegFormResTbs,
    },
    content::Content,
    der::Encode,
    opaque::Signed,
    types::{CertThumb, Thumbs, Url},
    wrapper::Message,
    x509::BrandCrlIdentifier,
};

use super::{
    Enrolment, FormSent, Referral, Stage, Unserved, Whom,
    enrolment::{AuthorityEnrolment, Taken},
};
use crate::{
    acceptance,
    enrolment::{Field, Form, Wanted, text},
    octets::Octets,
    refusal::Refusal,
    role::{Effect as Do, Env, Step},
    treatment::bounds,
    version::Version,
};

type World<'a> = Env<'a, AuthorityEnrolment>;

/// RegFormReq, opened. The card's number lives as long as the step.
#[derive(Debug)]
pub struct FormWanted {
    pub(super) data: RegFormReqData,
    pub(super) pan: Pan,
    pub(super) sealed: Octets,
}

/// CardCInitReq is answered by CardCInitRes.
pub(super) fn on_card_c_init_req(
    request: &CardCInitReq,
    lid_ca: LocalId,
    env: &World<'_>,
) -> Taken {
    let known = request.thumbs.as_ref();
    let answer = CardCInitResTbs {
        rrpid: request.rrpid,
        lid_ee: request.lid_ee.clone(),
        chall_ee: request.chall_ee.clone(),
        lid_ca: Some(lid_ca.clone().into()),
        cae_thumb: env.cae_thumb()?,
        brand_crl_identifier: env.brand_list(known),
        thumbs: request.thumbs.clone(),
    };
    let message = Message::CardCInitRes(env.sign_for_applicant(&answer, known)?);
    let rrpid = request.rrpid.0;
    let message = env.standing.letterhead.write(message, rrpid, None, env.now)?;
    let enrolment = Enrolment {
        version: Version,
        lid_ca,
        lid_ee: request.lid_ee.0.clone(),
        began_at: env.now,
        stage: Stage::Initiated,
    };
    Ok(Step::new(enrolment).then(Do::Reply { rrpid, message }))
}

/// RegFormReq is answered by RegFormRes: the form of the card's bank, or none.
pub(super) fn on_reg_form_req(enrolment: Enrolment, wanted: FormWanted, env: &World<'_>) -> Taken {
    let FormWanted { data, pan, sealed } = wanted;
    acceptance::require_card_for(env.suite(), &pan.bin())?;
    // Another form may be asked for, in another language, until one is answered.
    let (Stage::Initiated | Stage::FormSent(_) | Stage::Unserved(_) | Stage::Returned(_)) =
        &enrolment.stage
    else {
        return Err(Refusal::CommandOutOfTurn);
    };
    if data.lid_ee.0 != enrolment.lid_ee {
        return Err(Refusal::SenderNamedUnknownLabel);
    }
    let whom = Whom::Cardholder { request: sealed };
    let wanted = env.standing.wanted(data.request_type)?;
    let offered = Offered::find(pan.bin(), &data.language, (whom, wanted), env)?;
    let known = data.thumbs.as_ref();
    let answer = RegFormResTbs {
        rrpid: data.rrpid,
        lid_ee: data.lid_ee.clone(),
        chall_ee2: data.chall_ee2.clone(),
        lid_ca: Some(enrolment.lid_ca.clone().into()),
        chall_ca: offered.chall_ca,
        cae_thumb: Some(env.cae_thumb()?),
        request_type: data.request_type,
        form_or_referral: offered.form,
        brand_crl_identifier: env.brand_list(known),
        thumbs: data.thumbs.clone(),
    };
    let message = Message::RegFormRes(env.sign_for_applicant(&answer, known)?);
    let rrpid = data.rrpid.0;
    let message = env.standing.letterhead.write(message, rrpid, None, env.now)?;
    Ok(Step::new(enrolment.becomes(offered.stage)).then(Do::Reply { rrpid, message }))
}

/// Me-AqCInitReq is answered by Me-AqCInitRes: the form of the acquirer, or none.
pub(super) fn on_me_aq_c_init_req(
    request: &MeAqCInitReq,
    lid_ca: LocalId,
    env: &World<'_>,
) -> Taken {
    let (bin, whom) = Whom::read(&request.id_data);
    let wanted = env.standing.wanted(request.request_type)?;
    let offered = Offered::find(bin, &request.language, (whom, wanted), env)?;
    let known = request.thumbs.as_ref();
    let account = env.standing.policy.account.as_ref();
    let answer = MeAqCInitResTbs {
        rrpid: request.rrpid,
        lid_ee: request.lid_ee.clone(),
        chall_ee: request.chall_ee.clone(),
        lid_ca: Some(lid_ca.clone().into()),
        chall_ca: offered.chall_ca,
        request_type: request.request_type,
        reg_form_or_referral: offered.form,
        acct_data_field: account.map(Field::reg_field).transpose()?,
        cae_thumb: env.cae_thumb()?,
        brand_crl_identifier: env.brand_list(known),
        thumbs: request.thumbs.clone(),
    };
    let message = Message::MeAqCInitRes(env.sign_for_applicant(&answer, known)?);
    let rrpid = request.rrpid.0;
    let message = env.standing.letterhead.write(message, rrpid, None, env.now)?;
    let enrolment = Enrolment {
        version: Version,
        lid_ca,
        lid_ee: request.lid_ee.0.clone(),
        began_at: env.now,
        stage: offered.stage,
    };
    Ok(Step::new(enrolment).then(Do::Reply { rrpid, message }))
}

/// The form an applicant gets, and what is remembered of it.
struct Offered {
    chall_ca: openset_wire::types::Challenge,
    form: RegFormOrReferral,
    stage: Stage,
}

impl Offered {
    fn find(
        bin: Bin,
        language: &Language,
        (whom, wanted): (Whom, Wanted),
        env: &World<'_>,
    ) -> Result<Self, Refusal> {
        let chall_ca = env.draw().challenge();
        match find_form(&bin, language, env) {
            Ok(form) => {
                let sent = FormSent {
                    chall_ca: chall_ca.clone().into(),
                    wanted,
                    form: form.id,
                    language: language.clone(),
                    bin,
                    whom,
                };
                let form = RegFormOrReferral::RegFormData(form.data()?);
                Ok(Self { chall_ca, form, stage: Stage::FormSent(sent) })
            }
            Err(unserved) => {
                let form = RegFormOrReferral::ReferralData(referral(unserved, &bin, env)?);
                Ok(Self { chall_ca, form, stage: Stage::Unserved(unserved) })
            }
        }
    }
}

fn find_form<'a>(bin: &Bin, language: &Language, env: &'a World<'_>) -> Result<&'a Form, Unserved> {
    let policy = &env.standing.policy;
    let Some(institution) = policy.institutions.get(bin) else {
        let is_elsewhere = policy.referrals.contains_key(bin);
        return Err(if is_elsewhere { Unserved::Elsewhere } else { Unserved::Bank });
    };
    institution.form(language).ok_or(Unserved::Language)
}

/// Where the applicant is sent, if it is known, and why.
fn referral(unserved: Unserved, bin: &Bin, env: &World<'_>) -> Result<ReferralData, Refusal> {
    let known = env.standing.policy.referrals.get(bin);
    let elsewhere = known.filter(|_| unserved == Unserved::Elsewhere);
    let Some(Referral { reason, urls }) = elsewhere else {
        let reason = Some(text(unserved.words())?);
        return Ok(ReferralData { reason, referral_url_seq: None });
    };
    let urls = urls.iter().map(|url| Ok(Url::new(url).map_err(bounds)?));
    let urls = urls.collect::<Result<Vec<_>, Refusal>>()?;
    Ok(ReferralData { reason: Some(text(reason)?), referral_url_seq: Some(urls) })
}

impl Unserved {
    /// What the applicant is told.
    fn words(self) -> &'static str {
        match self {
            Self::Bank => "this authority does not work for that bank",
            Self::Elsewhere => "another authority works for that bank",
            Self::Language => "that bank has no form in this language",
        }
    }
}

impl Env<'_, AuthorityEnrolment> {
    /// Names the certificate that applicants seal for.
    fn cae_thumb(&self) -> Result<CertThumb, Refusal> {
        let current = self.standing.encipherments.first();
        let current = current.ok_or(Refusal::AuthoritySentNoCertificate)?;
        Ok(current.thumb(self.suite()).cert_thumb(self.suite())?)
    }

    /// The brand's list, unless the applicant has it.
    pub(super) fn brand_list(&self, known: Option<&Thumbs>) -> Option<BrandCrlIdentifier> {
        self.unknown_bci(&self.standing.brand, known)
    }

    /// Signs an answer. The certificate to seal for goes along, and what the applicant has
    /// already does not.
    fn sign_for_applicant<T: Content + Encode>(
        &self,
        answer: &T,
        known: Option<&Thumbs>,
    ) -> Result<Signed<T>, Refusal> {
        let mut bag = Bag::of(&self.standing.signature);
        if let Some(current) = self.standing.encipherments.first() {
            bag = bag.and(current);
        }
        self.sign_beside(answer, bag, known)
    }

    /// Signs an answer with a bag and the lists that belong to it, leaving out what is known.
    pub(super) fn sign_beside<T: Content + Encode>(
        &self,
        answer: &T,
        bag: Bag,
        known: Option<&Thumbs>,
    ) -> Result<Signed<T>, Refusal> {
        let bag = self.trust.with_lists(bag);
        let bag = match known {
            Some(known) => bag.without(self.suite(), known),
            None => bag,
        };
        self.sign_with(answer, &self.standing.signature, &bag)
    }
}

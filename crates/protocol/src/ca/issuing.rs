//! From the registrar's word to the certificate.
//!
//! What will be signed is drafted, checked against the profile, and stored; only then is it
//! signed. After a crash in between the same draft is signed, or none (abuse case 30).

use openset_crypto::{
    CLOCK_AHEAD_S_MAX, PublicKey, Purpose, Suite,
    authority::{Details, Terms, draft, issue, restore},
    card::{common_name, pan_secret},
};
use openset_types::{CardExpiry, UnixTime};
use openset_wire::{
    cert::{AcctInfo, CertStatusCode},
    der::encode,
    types::{ForMerchant, IntendedGateway, Nonce, PanData0},
    x509::{Certificate, MerNames, MerchantData, Name, NameAttribute, SetExtensions},
};

use super::{
    Answerable, Applied, Enrolment, Institution, Issuing, Returned, Stage, Told, Whom, admission,
    application,
    enrolment::{AuthorityEnrolment, Effect, Taken},
    proof::{self, Opened},
    reply::{Asking, Outcome},
};
use crate::{
    enrolment::{Unfit, maybe_text, text},
    octets::Octets,
    refusal::Refusal,
    role::{Claim, Effect as Do, Env, Register, Step},
    treatment::bounds,
};

type World<'a> = Env<'a, AuthorityEnrolment>;

/// The registrar agrees, and says what only it knows. Nothing in a certificate is there because
/// the applicant said so (A19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    /// The card is good and the applicant is its holder.
    Cardholder,
    /// The merchant is the acquirer's.
    Merchant(Listing),
    /// The gateway is the acquirer's.
    Gateway {
        /// Its name for people.
        name: String,
    },
}

/// A merchant as its acquirer lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Its name, as it stands on a cardholder's statement: at most 25 characters.
    pub name: String,
    /// Its city.
    pub city: String,
    /// Its postal code.
    pub postal_code: Option<String>,
    /// The name of its country.
    pub country: String,
    /// The number of its country (ISO 3166).
    pub country_code: u16,
}

/// The registrar does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Why.
    pub reason: Reason,
    /// Words for the applicant: at most 128 characters.
    pub message: Option<String>,
}

/// Why the registrar does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The acquirer does not know the applicant, or wants no part in it.
    Acquirer,
    /// Some answers are not right. Others may be given.
    Answers(Vec<Unfit>),
    /// The authority itself.
    Authority,
    /// The issuer does not know the card, or not as this applicant's.
    Issuer,
}

/// The registrar agrees: draft, check, and write down.
pub(super) fn on_approved(enrolment: Enrolment, approval: &Approval, env: &World<'_>) -> Taken {
    let Stage::Applied(applied) = &enrolment.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let applied = applied.clone();
    let opened = proof::reopen(&applied.request, env)?;
    let claims = admission::claims(env.suite(), &opened.data.public_key_s_or_e)?;
    // A15, the race: another application for the same key was approved in the meantime.
    let is_claimed = claims.iter().any(|claim| env.held.has(claim));
    if is_claimed || !keeps_name(&applied, approval)? {
        let outcome = Outcome::of(CertStatusCode::RejectedByCa);
        return application::refuse(enrolment, applied, &outcome, &opened.data, env);
    }
    let (issuing, serials) = write_down(applied, &opened, approval, env)?;
    Ok(Step::new(enrolment.becomes(Stage::Issuing(issuing)))
        .and(claims.into_iter().chain(serials).map(Do::Claim))
        .then(Do::Own(Effect::Sign)))
}

/// A gateway renews under the name it has: its certificates say nothing else of it (A19).
fn keeps_name(applied: &Applied, approval: &Approval) -> Result<bool, Refusal> {
    let (Some(before), Approval::Gateway { name }) = (&applied.renews, approval) else {
        return Ok(true);
    };
    Ok(application::known_as(before)?.as_deref() == Some(name))
}

/// What is written down is signed, and the applicant gets it. What is not to be signed any more,
/// because it has rotted or the authority has another certificate by now, never is: there is no
/// certificate then, and the key is spent.
pub(super) fn on_sign(enrolment: Enrolment, env: &World<'_>) -> Taken {
    let Stage::Issuing(issuing) = &enrolment.stage else { return Ok(Step::new(enrolment)) };
    let certificates = issuing.drafts.iter().map(|octets| sign(octets, env));
    let certificates = match certificates.collect::<Result<Vec<_>, _>>() {
        Err(Refusal::Unissuable(_)) => {
            let applied = issuing.applied.clone();
            let opened = proof::reopen(&applied.request, env)?;
            let outcome = Outcome::of(CertStatusCode::RejectedByCa);
            return application::refuse(enrolment, applied, &outcome, &opened.data, env);
        }
        signed => signed?,
    };
    let outcome = Outcome {
        nonce_cca: issuing.nonce_cca.as_ref(),
        certificates: &certificates,
        ..Outcome::of(CertStatusCode::RequestComplete)
    };
    let Applied { request, renews, told, .. } = &issuing.applied;
    let opened = proof::reopen(request, env)?;
    let reply = outcome.reply(&Asking::request(&opened.data), &enrolment.lid_ca, env)?;
    let kept = certificates.iter().map(|one| Ok(encode(one)?.into()));
    let about = Answerable {
        request: request.clone(),
        renews: renews.clone(),
        nonce_cca: issuing.nonce_cca.clone(),
    };
    let stage = Stage::Issued {
        certificates: kept.collect::<Result<_, Refusal>>()?,
        at: env.now,
        about: Some(about),
    };
    let is_awaited = *told == Told::Nothing;
    let step = Step::new(enrolment.becomes(stage));
    let step = if is_awaited { step.then(reply) } else { step };
    Ok(step.then(env.forget_later()))
}

/// The registrar does not agree, and the applicant is told.
pub(super) fn on_denied(enrolment: Enrolment, denial: &Denial, env: &World<'_>) -> Taken {
    let Stage::Applied(applied) = &enrolment.stage else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let applied = applied.clone();
    let opened = proof::reopen(&applied.request, env)?;
    let message = denial.message.as_deref();
    let code = match &denial.reason {
        Reason::Acquirer => CertStatusCode::RejectedByAquirer,
        Reason::Authority => CertStatusCode::RejectedByCa,
        Reason::Issuer => CertStatusCode::RejectedByIssuer,
        Reason::Answers(unfit) => {
            let outcome = Outcome { message, ..Outcome::unfit(unfit.clone()) };
            let reply = outcome.reply(&Asking::request(&opened.data), &enrolment.lid_ca, env)?;
            let is_awaited = applied.told == Told::Nothing;
            let message = denial.message.clone();
            let returned = Returned { applied, unfit: unfit.clone(), message };
            let step = Step::new(enrolment.becomes(Stage::Returned(returned)));
            return Ok(if is_awaited { step.then(reply) } else { step });
        }
    };
    let outcome = Outcome { message, ..Outcome::of(code) };
    application::refuse(enrolment, applied, &outcome, &opened.data, env)
}

fn sign(octets: &Octets, env: &World<'_>) -> Result<Certificate, Refusal> {
    let draft = restore(env.suite(), octets.as_ref(), &env.standing.issuing)?;
    Ok(issue(&draft, env.keys)?)
}

/// Drafts every certificate of an application. Each takes its number for good: the register of
/// numbers refuses one that was given before, whatever they were drawn from (abuse case 30).
fn write_down(
    applied: Applied,
    opened: &Opened,
    approval: &Approval,
    env: &World<'_>,
) -> Result<(Issuing, Vec<Claim>), Refusal> {
    let certifies = env.standing.policy.certifies;
    let mut draw = env.draw();
    let bank = env.standing.policy.institutions.get(&applied.sent.bin);
    let bank = bank.ok_or(Refusal::ApplicantAskedForAnother)?;
    let nonce_cca = certifies.seals_answers().then(|| draw.nonce());
    let bearer = bearer(&applied, opened, approval, nonce_cca.as_ref(), env)?;
    let subject = subject(bank, &bearer, env)?;
    let not_after = last_moment(opened, env);
    let keys = &opened.data.public_key_s_or_e;
    let wanted = [
        keys.public_key_s.as_ref().map(|key| (key, certifies.signature())),
        keys.public_key_e.as_ref().zip(certifies.encipherment()),
    ];
    let (mut drafts, mut serials) = (Vec::new(), Vec::new());
    for (key, purpose) in wanted.into_iter().flatten() {
        let key: PublicKey = admission::public_key(env.suite(), key)?;
        let serial = draw.serial();
        let number = serial.as_bytes().to_vec();
        serials.push(Claim { register: Register::Serials, key: number });
        let terms = Terms {
            serial,
            subject: subject.clone(),
            key: &key,
            purpose,
            not_before: first_moment(env),
            not_after,
            signs_until: not_after,
            crl_url: env.standing.crl_url.as_deref(),
            details: details(env.suite(), &applied, approval, purpose)?,
        };
        let drafted = draft(env.suite(), &terms, &env.standing.issuing)?;
        drafts.push(drafted.octets().into());
    }
    let nonce_cca = nonce_cca.map(|it| it.as_bytes().into());
    Ok((Issuing { applied, nonce_cca, drafts }, serials))
}

/// The bearer's name in the certificate: a merchant's or gateway's own, or the card's, which
/// tells nobody anything without PANSecret.
fn bearer(
    applied: &Applied,
    opened: &Opened,
    approval: &Approval,
    nonce_cca: Option<&Nonce>,
    env: &World<'_>,
) -> Result<String, Refusal> {
    match (&applied.sent.whom, approval, &opened.account, nonce_cca) {
        (
            Whom::Cardholder { .. },
            Approval::Cardholder,
            Some(AcctInfo::PanData0(card)),
            Some(nonce),
        ) => {
            let PanData0 { pan, card_expiry, card_secret, .. } = card;
            let pan_secret = pan_secret(env.suite(), card_secret, nonce);
            Ok(common_name(env.suite(), pan, card_expiry, &pan_secret)?)
        }
        (Whom::Merchant { .. }, Approval::Merchant(listing), ..) => Ok(listing.name.clone()),
        (Whom::Gateway { .. }, Approval::Gateway { name }, ..) => Ok(name.clone()),
        _ => Err(Refusal::CommandOutOfTurn),
    }
}

fn subject(bank: &Institution, bearer: &str, env: &World<'_>) -> Result<Name, Refusal> {
    let attributes = [
        (NameAttribute::Country, bank.country.as_str()),
        (NameAttribute::Organization, env.standing.brand.as_str()),
        (NameAttribute::OrganizationalUnit, bank.name.as_str()),
        (NameAttribute::CommonName, bearer),
    ];
    Ok(Name::new(&attributes).map_err(bounds)?)
}

/// A certificate is good a little before it is issued, for clocks that are behind ours, but not
/// before its issuer's.
fn first_moment(env: &World<'_>) -> UnixTime {
    let issuer = &env.standing.issuing.certificate.to_be_signed.validity;
    env.now.plus_s(-CLOCK_AHEAD_S_MAX).max(issuer.not_before.moment())
}

/// A certificate outlives neither the card nor the authority that issued it.
fn last_moment(opened: &Opened, env: &World<'_>) -> UnixTime {
    let wanted = env.now.plus_s(env.standing.certificates_last_s);
    let issuer = &env.standing.issuing.certificate.to_be_signed.validity;
    let card = match &opened.account {
        Some(AcctInfo::PanData0(card)) => last_second(&card.card_expiry),
        Some(AcctInfo::AcctData(_)) | None => None,
    };
    let earliest = wanted.min(issuer.not_after.moment());
    card.map_or(earliest, |card| card.min(earliest))
}

/// The last second of a card's last month.
fn last_second(expiry: &CardExpiry) -> Option<UnixTime> {
    let (year, month) = expiry.as_str().split_at_checked(4)?;
    let (year, month): (u16, u16) = (year.parse().ok()?, month.parse().ok()?);
    let (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    let next = UnixTime::parse_generalized(&format!("{year:04}{month:02}01000000Z")).ok()?;
    Some(next.plus_s(-1))
}

fn details(
    suite: Suite,
    applied: &Applied,
    approval: &Approval,
    purpose: Purpose,
) -> Result<Details, Refusal> {
    match (&applied.sent.whom, approval, purpose) {
        (Whom::Merchant { merchant }, Approval::Merchant(listing), _) => {
            Ok(Details::Merchant(MerchantData {
                mer_id: merchant.clone().into(),
                mer_acquirer_bin: applied.sent.bin.clone().into(),
                mer_name_seq: vec![listing.names()?],
                mer_country: listing.country_code,
                // Suite `modern` returns no card number to any merchant.
                mer_auth_flag: false,
            }))
        }
        (Whom::Gateway { .. }, _, Purpose::GatewayEncipherment) => Ok(Details::Gateway {
            card_cert_required: true,
            tunneling: None,
            extensions: SetExtensions(match suite.names_recipients() {
                true => vec![IntendedGateway::oid(), ForMerchant::oid()],
                false => Vec::new(),
            }),
        }),
        _ => Ok(Details::None),
    }
}

impl Listing {
    fn names(&self) -> Result<MerNames, Refusal> {
        Ok(MerNames {
            language: None,
            name: text(&self.name)?,
            city: text(&self.city)?,
            state_province: None,
            postal_code: maybe_text(self.postal_code.as_ref())?,
            country_name: text(&self.country)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_ends_with_the_last_second_of_its_last_month() {
        for (expiry, last) in [
            ("202912", Some("20291231235959Z")),
            ("202802", Some("20280229235959Z")),
            ("202902", Some("20290228235959Z")),
            ("999912", None),
        ] {
            let expiry = CardExpiry::parse(expiry).expect("a month");
            let found = last_second(&expiry).map(UnixTime::generalized);
            assert_eq!(found.as_deref(), last, "{expiry}");
        }
    }
}

//! The authority's answer: opened with what the vault holds, and compared with what was asked.

use openset_crypto::{
    Purpose,
    card::{common_name, pan_secret},
    open_under,
};
use openset_types::Secret;
use openset_wire::{
    cert::{CertRes, CertResData},
    der::Carried,
    types::Nonce,
};

use super::{
    ANSWERS, Applied, CardholderRegistration, Effect, Registration, Secrets, Shown, Stage, Taken,
};
use crate::{
    cardholder::CardIdentity,
    enrolment::{self, Echo, FormShown, Heard, Said, certified},
    octets::Octets,
    refusal::Refusal,
    role::{Effect as Do, Env, Step},
    treatment::bounds,
};

type World<'a> = Env<'a, CardholderRegistration>;

/// CertRes, as it came: whoever could have answered is not known before it is opened.
pub(super) fn on_cert_res(registration: Registration, answer: Octets) -> Taken {
    match registration.stage {
        Stage::Applied(_) | Stage::Inquiring(_) | Stage::Certified { .. } => {
            Ok(Step::new(registration).then(Do::Own(Effect::WantSecrets { answer })))
        }
        _ => Err(Refusal::AuthorityAnsweredAnother),
    }
}

/// CertRes, after the wallet stopped before it was opened. Where the registration has gone on
/// without it, it is no longer wanted.
pub(super) fn still_sealed(
    registration: Registration,
    answer: Octets,
) -> Step<Registration, Effect> {
    let is_wanted = matches!(registration.stage, Stage::Applied(_) | Stage::Certified { .. });
    let open = is_wanted.then(|| Do::Own(Effect::WantSecrets { answer }));
    Step::new(registration).and(open)
}

/// CertRes, after it was opened and not believed: somebody else said it, and the question is over.
/// What became of the application is inquired after, as if nothing had been said.
pub(super) fn not_believed(
    registration: Registration,
    answer: Octets,
    env: &World<'_>,
) -> Step<Registration, Effect> {
    let (Stage::Applied(applied) | Stage::Inquiring(applied)) = &registration.stage else {
        return still_sealed(registration, answer);
    };
    let stage = Stage::Pending(applied.clone());
    let wake = env.now.plus_s(env.standing.patience.inquire_after_s);
    Step::new(registration.drops().becomes(stage)).then(Do::WakeAt(wake))
}

/// CertRes, with what opens it. An answer that is not believed changes nothing.
pub(super) fn on_secrets(
    registration: Registration,
    secrets: Secrets,
    answer: &CertRes,
    env: &World<'_>,
) -> Taken {
    let (Stage::Applied(applied) | Stage::Inquiring(applied) | Stage::Certified { applied, .. }) =
        &registration.stage
    else {
        return Err(Refusal::CommandOutOfTurn);
    };
    let applied = applied.clone();
    let heard = open(&registration, &applied, &secrets, answer, env)?;
    match Said::read(&heard.data) {
        Said::Certified => certify(registration, applied, secrets, &heard, env),
        Said::Undecided => {
            let wake = env.now.plus_s(env.standing.patience.inquire_after_s);
            let stage = Stage::Pending(applied);
            Ok(Step::new(registration.becomes(stage)).then(Do::WakeAt(wake)))
        }
        Said::Unfit(unfit) => {
            let form = FormShown { unfit, ..applied.shown.form };
            let shown = Shown { form, ..applied.shown };
            Ok(Step::new(registration.becomes(Stage::FormShown(shown))))
        }
        Said::No(ended) => Ok(Step::new(registration.becomes(Stage::Refused(ended)))),
    }
}

/// Opens the answer, believes it, and checks that it is to this application.
fn open(
    registration: &Registration,
    applied: &Applied,
    secrets: &Secrets,
    answer: &CertRes,
    env: &World<'_>,
) -> Result<Heard<CertResData>, Refusal> {
    let question = &applied.question;
    let name = question.rrpid.as_bytes();
    let brand = Some(&registration.brand);
    let (heard, is_sealed): (Heard<CertResData>, bool) = match answer {
        CertRes::EncK(sealed) => {
            let signed = open_under(env.suite(), sealed, &secrets.back_key, name)?;
            (env.verify_inside(&signed, ANSWERS, brand)?.into(), true)
        }
        CertRes::CertResS(signed) => (env.verify(signed, ANSWERS, brand)?.into(), false),
    };
    let data = &heard.data;
    question.require(&Echo {
        rrpid: (question.rrpid, data.rrpid.0),
        lid_ee: (&registration.lid_ee, &data.lid_ee),
        challenge: &data.chall_ee3,
        thumbs: data.thumbs.as_ref(),
    })?;
    let is_certified = matches!(Said::read(data), Said::Certified);
    // Half of a secret does not come in clear.
    if data.lid_ca.0 != applied.shown.addressee.lid_ca || (is_certified && !is_sealed) {
        return Err(Refusal::AuthorityAnsweredAnother);
    }
    let list = data.brand_crl_identifier.as_ref();
    enrolment::learn(list, &heard.bag, &registration.brand, env)?;
    Ok(heard)
}

/// Compares the certificate with the key and the card it was asked for (A18).
fn certify(
    registration: Registration,
    applied: Applied,
    secrets: Secrets,
    heard: &Heard<CertResData>,
    env: &World<'_>,
) -> Taken {
    let Secrets { answer, pan, expiry, card_secret, others, .. } = secrets;
    let believed = (Purpose::CardholderSignature, &registration.brand);
    let thumbs = heard.data.cert_thumbs.as_ref();
    let path = certified::find(thumbs, &heard.bag, &registration.key, believed, env)?;
    let nonce = heard.data.cert_status.nonce_cca.as_ref();
    let nonce = nonce.ok_or(Refusal::AuthorityCertifiedAnotherCard)?.expose();
    let nonce = Nonce::try_from(nonce).map_err(bounds)?;
    let pan_secret = pan_secret(env.suite(), &card_secret, &nonce);
    let name = common_name(env.suite(), &Carried(pan), &Carried(expiry), &pan_secret)?;
    let is_chosen = is_zero(&pan_secret) || is_among(&pan_secret, &others);
    if path.leaf().subject().common_name() != Some(&name) || is_chosen {
        return Err(Refusal::AuthorityCertifiedAnotherCard);
    }
    let card = CardIdentity::of(&certified::CertifiedKey::of(&path)?.identity()?)?;
    let (begins, ends) = (path.leaf().not_before(), path.leaf().not_after());
    let due = env.standing.patience.renewal_due(begins, ends);
    let registration = registration.becomes(Stage::Certified { card, applied });
    let keep = Do::Own(Effect::Keep { pan_secret, answer });
    Ok(Step::new(registration).then(keep).then(Do::WakeAt(due)))
}

/// A secret of zeros is the mark of a card without a certificate (A17).
fn is_zero(secret: &Secret) -> bool {
    secret.expose().iter().all(|octet| *octet == 0)
}

/// A secret that comes twice was not drawn: an authority of suite `set10` can choose it (A17).
fn is_among(secret: &Secret, others: &[Secret]) -> bool {
    others.iter().any(|other| other.expose() == secret.expose())
}

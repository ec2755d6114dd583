//! One registration of a card: from its number to its certificate.
//!
//! The shell makes the key, draws CardSecret and the key for the answer, and puts all three and
//! the card into its vault *before* it gives them in. They enter with an input, are sealed within
//! the same step, and are gone when the step returns: no state, no note and no message in clear
//! holds them. Where a later step needs them again it asks, and the shell opens its vault.
//!
//! An instance is made by [`Input::Begin`] under a key that the shell chooses.

mod answered;
mod asking;
mod record;

use std::fmt;

use openset_crypto::{Authority, Purpose};
use openset_types::{Brand, CardExpiry, Pan, Rrpid, Secret};
use openset_wire::{
    cert::{CardCInitResTbs, CertRes, RegFormResTbs},
    der::{decode, encode},
    error::ErrorCode,
    wrapper::Message,
};
use serde::{Deserialize, Serialize};

pub use record::{Applied, Registration, Shown, Stage};

use super::{CardIdentity, Standing};
use crate::{
    enrolment::{Answer, Ended, Heard, NewKey},
    octets::Octets,
    refusal::{self, Refusal},
    role::{Admitted, Effect as Do, Env, Machine, Received, Step},
};

/// The machine of a card's registration.
#[derive(Debug)]
pub enum CardholderRegistration {}

/// What can happen to a registration.
#[derive(Debug)]
pub enum Input {
    /// The owner has entered a card. Makes the instance.
    Begin(Begin),
    /// The authority has said who it is.
    CardCInitRes(Box<Introduction>),
    /// The card's number, as [`Effect::WantCard`] asked for it.
    Card(Pan),
    /// The authority has sent the form.
    RegFormRes(Box<FormAnswer>),
    /// The owner has accepted the policy and answered the form.
    Filled(Filled),
    /// The owner asks the authority that it was sent to.
    Follow {
        /// One of the addresses.
        url: String,
    },
    /// The authority has answered the application, or an inquiry after it, under the key for the
    /// answer.
    CertRes(Octets),
    /// The vault is open, as [`Effect::WantKey`] asked for it.
    KeyAtHand,
    /// The owner wants to know now what the bank has decided. The vault is open.
    AskAgain,
    /// What the vault holds of this registration, as [`Effect::WantSecrets`] asked for it.
    Secrets(Secrets),
    /// PANSecret is in the vault.
    Kept,
    /// The owner knows that another certificate is due.
    Noted,
    /// The authority could not answer at all.
    AuthorityRefused {
        /// The request.
        rrpid: Rrpid,
        /// What it said.
        code: ErrorCode,
    },
    /// The answer to the question that was given up.
    TooLate,
    /// This answer of the authority was to be opened, or what it gave to be kept, when the wallet
    /// stopped.
    StillSealed(Octets),
    /// This answer was opened and is not believed.
    NotBelieved(Octets),
    /// The number was to be fetched from the vault when the wallet stopped.
    CardStillWanted,
    /// The owner, or the wallet, has waited long enough.
    Woke,
}

/// A card to be registered, without the card.
#[derive(Debug)]
pub struct Begin {
    /// The brand of the card.
    pub brand: Brand,
    /// The key that the shell has made for it.
    pub key: NewKey,
    /// The certificate that is to be renewed, if it has one. Its key is in the vault too.
    pub renews: Option<CardIdentity>,
}

/// The form, answered. What is secret is in the vault already.
pub struct Filled {
    /// The answers.
    pub answers: Vec<Answer>,
    /// The card's number: the very one the form was asked for with.
    pub pan: Pan,
    /// Its last month.
    pub expiry: CardExpiry,
    /// The cardholder's half of what will tie the card to the certificate.
    pub card_secret: Secret,
    /// The key for the answer.
    pub back_key: Secret,
}

impl fmt::Debug for Filled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Filled({} answers)", self.answers.len())
    }
}

/// What the vault holds of a registration, and the answer it is wanted for.
pub struct Secrets {
    /// The answer.
    pub answer: Octets,
    /// The card's number.
    pub pan: Pan,
    /// Its last month.
    pub expiry: CardExpiry,
    /// The cardholder's half.
    pub card_secret: Secret,
    /// The key for the answer.
    pub back_key: Secret,
    /// What ties the wallet's other certificates to their cards: PANSecret of each.
    pub others: Vec<Secret>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

/// CardCInitRes, verified.
#[derive(Debug)]
pub struct Introduction {
    rrpid: Rrpid,
    heard: Heard<CardCInitResTbs>,
}

/// RegFormRes, verified.
#[derive(Debug)]
pub struct FormAnswer {
    rrpid: Rrpid,
    heard: Heard<RegFormResTbs>,
}

/// What a registration asks of its shell, which answers each with an input.
#[derive(Debug)]
pub enum Effect {
    /// Give the card's number: [`Input::Card`].
    WantCard,
    /// Give what the vault holds, with this answer: [`Input::Secrets`].
    WantSecrets {
        /// The authority's answer, sealed.
        answer: Octets,
    },
    /// Wait until the vault is open, so that its key can sign: [`Input::KeyAtHand`].
    WantKey,
    /// The card's certificate ends soon: another one is to be asked for.
    RenewalDue,
    /// Put PANSecret into the vault beside the card: [`Input::Kept`].
    Keep {
        /// What ties the card to its certificate.
        pan_secret: Secret,
        /// The authority's answer, sealed, from which it can be computed again.
        answer: Octets,
    },
}

/// What the outbox keeps of an [`Effect`].
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// The number is wanted.
    Card,
    /// The key is wanted.
    Key,
    /// Another certificate is to be asked for.
    RenewalDue,
    /// The secrets are wanted, or PANSecret was to be kept: both begin with this answer.
    Answer(Octets),
}

/// Whom a wallet asks.
const ASKED: Authority = Authority::Cardholder;
/// What whoever answers must be.
const ANSWERS: Purpose = Purpose::AuthoritySignature(ASKED);

type Taken = Result<Step<Registration, Effect>, Refusal>;

impl Machine for CardholderRegistration {
    const KIND: &'static str = "cardholder.registration";
    type Standing = Standing;
    type State = Registration;
    type Input = Input;
    type Effect = Effect;
    type Note = Note;

    fn admit(request: &Received, _: &Env<'_, Self>) -> Result<Admitted<Input>, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: request.wrapper.message.name() })
    }

    fn hear(
        state: &Registration,
        answer: &Received,
        env: &Env<'_, Self>,
    ) -> Result<Input, Refusal> {
        let rrpid = env.standing.acceptance.check(&answer.wrapper, env.now)?;
        // Unless it is taken, it is asked for again and again.
        if state.moot.contains(rrpid) {
            return Ok(Input::TooLate);
        }
        let brand = Some(&state.brand);
        match &answer.wrapper.message {
            Message::CardCInitRes(signed) => {
                let heard = env.verify(signed, ANSWERS, brand)?.into();
                Ok(Input::CardCInitRes(Box::new(Introduction { rrpid, heard })))
            }
            Message::RegFormRes(signed) => {
                let heard = env.verify(signed, ANSWERS, brand)?.into();
                Ok(Input::RegFormRes(Box::new(FormAnswer { rrpid, heard })))
            }
            message @ (Message::CertRes(sealed) | Message::CertInqRes(sealed)) => {
                state.require_asked(message, rrpid)?;
                Ok(Input::CertRes(encode(sealed)?.into()))
            }
            Message::Error(error) => {
                let said = refusal::heard(error, answer, ANSWERS, brand, env)?;
                let code = said.into_value().error_code;
                Ok(Input::AuthorityRefused { rrpid, code })
            }
            other => Err(Refusal::SenderSentForeignMessage { name: other.name() }),
        }
    }

    fn step(state: Option<Registration>, input: Input, env: &Env<'_, Self>) -> Taken {
        match (state, input) {
            (None, Input::Begin(begin)) => asking::begin(begin, env),
            (None, _) | (Some(_), Input::Begin(_)) => Err(Refusal::CommandToAnotherInstance),
            (Some(registration), input) => take(registration, input, env),
        }
    }

    fn note(effect: &Effect) -> Note {
        match effect {
            Effect::WantCard => Note::Card,
            Effect::WantKey => Note::Key,
            Effect::RenewalDue => Note::RenewalDue,
            Effect::WantSecrets { answer } | Effect::Keep { answer, .. } => {
                Note::Answer(answer.clone())
            }
        }
    }

    fn interrupted(note: Note) -> Input {
        match note {
            Note::Card => Input::CardStillWanted,
            Note::Key | Note::RenewalDue => Input::Woke,
            Note::Answer(answer) => Input::StillSealed(answer),
        }
    }

    fn refused(note: Note) -> Input {
        match note {
            Note::Answer(answer) => Input::NotBelieved(answer),
            other => Self::interrupted(other),
        }
    }

    fn woke() -> Input {
        Input::Woke
    }
}

fn take(registration: Registration, input: Input, env: &Env<'_, CardholderRegistration>) -> Taken {
    match input {
        Input::Begin(_) => Err(Refusal::CommandToAnotherInstance),
        Input::CardCInitRes(answer) => asking::on_card_c_init_res(registration, &answer, env),
        Input::Card(pan) => asking::on_card(registration, pan, env),
        Input::RegFormRes(answer) => asking::on_reg_form_res(registration, &answer, env),
        Input::Filled(filled) => asking::on_filled(registration, filled, env),
        Input::Follow { url } => asking::on_follow(registration, &url, env),
        Input::CertRes(answer) => answered::on_cert_res(registration, answer),
        Input::KeyAtHand => asking::inquire(registration, env),
        Input::AskAgain => asking::on_ask_again(registration, env),
        Input::StillSealed(answer) => Ok(answered::still_sealed(registration, answer)),
        Input::NotBelieved(answer) => Ok(answered::not_believed(registration, answer, env)),
        Input::Secrets(secrets) => {
            let answer: CertRes = decode(secrets.answer.as_ref())?;
            answered::on_secrets(registration, secrets, &answer, env)
        }
        Input::Kept | Input::Noted | Input::TooLate => Ok(Step::new(registration)),
        Input::AuthorityRefused { rrpid, code } => on_authority_refused(registration, rrpid, code),
        Input::CardStillWanted => match registration.stage {
            Stage::Introduced(_) => Ok(Step::new(registration).then(Do::Own(Effect::WantCard))),
            _ => Ok(Step::new(registration)),
        },
        Input::Woke => on_woke(registration, env),
    }
}

fn on_authority_refused(registration: Registration, rrpid: Rrpid, code: ErrorCode) -> Taken {
    if registration.question().is_none_or(|question| question.rrpid != rrpid) {
        return Err(Refusal::AuthorityAnsweredAnother);
    }
    Ok(Step::new(registration.becomes(Stage::Refused(Ended::WithError(code)))))
}

/// Waiting for a machine ends; waiting for people is interrupted by inquiries, for which the vault
/// must be open; a certificate ends too, and the owner is told before.
fn on_woke(registration: Registration, env: &Env<'_, CardholderRegistration>) -> Taken {
    match &registration.stage {
        Stage::Started(_) | Stage::Introduced(_) | Stage::Asking { .. } | Stage::Applied(_) => {
            Ok(Step::new(registration.gives_up()))
        }
        Stage::Pending(_) | Stage::Inquiring(_) => asking::on_patience_over(registration, env),
        Stage::Certified { .. } => Ok(Step::new(registration).then(Do::Own(Effect::RenewalDue))),
        Stage::FormShown(_) | Stage::Referred(_) | Stage::Refused(_) => Ok(Step::new(registration)),
    }
}

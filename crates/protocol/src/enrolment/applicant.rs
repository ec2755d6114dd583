//! One registration of a merchant or a gateway: from its names to its two certificates.
//!
//! Both register in the same way; what differs is said once, by an [`Applicant`]. The shell makes
//! both keys and begins; an operator answers the form.
//!
//! An authority may take its time: the applicant inquires. It may send the applicant on: the
//! operator says whether to go. And what it certifies ends one day: before that the shell is told.
//!
//! What this deliberately does not know: whether the authority's registrar will agree.

mod answered;
mod asking;
mod record;

use std::{fmt, marker::PhantomData};

use openset_crypto::{Authority, Certified, Purpose};
use openset_types::{Brand, Language, Rrpid};
use openset_wire::{
    cert::{CertRes, CertResData, IdData, MeAqCInitResTbs, RequestType},
    error::ErrorCode,
    wrapper::Message,
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use record::{Applied, Held, Keys, Registration, Shown, Stage};

use super::{Answer, Ended, Heard, Patience};
use crate::{
    acceptance::Acceptance,
    letter::Letterhead,
    refusal::{self, Refusal},
    role::{Admitted, Effect as Do, Env, Machine, Party, Received, Step},
};

/// What differs between those who register in this way.
pub trait Applicant: fmt::Debug + Clone + Send + 'static {
    /// The store's name for its registrations.
    const KIND: &'static str;
    /// Whom it asks.
    const AUTHORITY: Authority;
    /// What it asks for at first: both certificates at once.
    const REQUEST: RequestType;
    /// What it asks for when they will end: both again.
    const RENEWAL: RequestType;
    /// What the certificate for its signatures is for.
    const SIGNATURE: Purpose;
    /// What the certificate for sealing to it is for.
    const ENCIPHERMENT: Purpose;
    /// What its acquirer knows it by.
    type Names: fmt::Debug + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync;

    /// The names, as they travel.
    fn id_data(names: &Self::Names) -> Result<IdData, Refusal>;

    /// Whether a certificate is about whoever has these names (A19).
    fn is_named(names: &Self::Names, certificate: &Certified) -> bool;

    /// The authority of a brand.
    fn party(brand: Brand) -> Party;
}

/// Who an applicant is, before it has any certificate.
#[derive(Debug)]
pub struct Standing {
    /// The language its operator reads.
    pub language: Language,
    /// How its messages are headed.
    pub letterhead: Letterhead,
    /// Which dates it accepts.
    pub acceptance: Acceptance,
    /// After how many seconds without an answer a registration is given up.
    pub give_up_after_s: i64,
    /// How long it waits for people.
    pub patience: Patience,
}

/// The machine of an applicant's registration.
#[derive(Debug)]
pub struct Registering<A>(PhantomData<A>);

/// What can happen to a registration.
#[derive(Debug)]
pub enum Input<A: Applicant> {
    /// The operator wants certificates for a brand. Makes the instance.
    Begin(Begin<A>),
    /// The authority has sent its form.
    MeAqCInitRes(Box<FormAnswer>),
    /// The operator has accepted the policy and answered the form.
    Filled(Filled),
    /// The operator asks the authority that it was sent to.
    Follow {
        /// One of the addresses.
        url: String,
    },
    /// The authority has answered the application, or an inquiry after it.
    CertRes(Box<Verdict>),
    /// The authority could not answer at all.
    AuthorityRefused {
        /// The request.
        rrpid: Rrpid,
        /// What it said.
        code: ErrorCode,
    },
    /// The operator wants to know now what the authority has decided.
    AskAgain,
    /// The answer to the question that was given up.
    TooLate,
    /// The shell knows that other certificates are due.
    Noted,
    /// Something has been waited for long enough.
    Woke,
}

/// Who asks, and for which keys.
#[derive(Debug)]
pub struct Begin<A: Applicant> {
    /// The brand.
    pub brand: Brand,
    /// What the acquirer knows the applicant by.
    pub names: A::Names,
    /// The keys that the shell has made.
    pub keys: Keys,
    /// The certificates that are to be renewed, if it has some.
    pub renews: Option<Box<Held>>,
}

/// What a registration asks of its shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The certificates end soon: others are to be asked for, with keys of their own.
    RenewalDue,
}

/// What the outbox keeps of an [`Effect`].
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// Others are to be asked for.
    RenewalDue,
}

/// The form, answered.
#[derive(Debug)]
pub struct Filled {
    /// The answers.
    pub answers: Vec<Answer>,
    /// The answer to the authority's question for an account, if it asked.
    pub account: Option<String>,
}

/// Me-AqCInitRes, verified.
#[derive(Debug)]
pub struct FormAnswer {
    rrpid: Rrpid,
    heard: Heard<MeAqCInitResTbs>,
}

/// CertRes, verified.
#[derive(Debug)]
pub struct Verdict {
    rrpid: Rrpid,
    heard: Heard<CertResData>,
}

type Taken<A> = Result<Step<Registration<A>, Effect>, Refusal>;

impl<A: Applicant> Machine for Registering<A> {
    const KIND: &'static str = A::KIND;
    type Standing = Standing;
    type State = Registration<A>;
    type Input = Input<A>;
    type Effect = Effect;
    type Note = Note;

    fn admit(request: &Received, _: &Env<'_, Self>) -> Result<Admitted<Input<A>>, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: request.wrapper.message.name() })
    }

    fn hear(
        state: &Registration<A>,
        answer: &Received,
        env: &Env<'_, Self>,
    ) -> Result<Input<A>, Refusal> {
        let rrpid = env.standing.acceptance.check(&answer.wrapper, env.now)?;
        // Unless it is taken, it is asked for again and again.
        if state.moot.contains(rrpid) {
            return Ok(Input::TooLate);
        }
        let purpose = Purpose::AuthoritySignature(A::AUTHORITY);
        let brand = Some(&state.brand);
        match &answer.wrapper.message {
            Message::MeAqCInitRes(signed) => {
                let heard = env.verify(signed, purpose, brand)?.into();
                Ok(Input::MeAqCInitRes(Box::new(FormAnswer { rrpid, heard })))
            }
            Message::CertRes(CertRes::CertResS(signed))
            | Message::CertInqRes(CertRes::CertResS(signed)) => {
                state.require_asked(&answer.wrapper.message)?;
                let heard = env.verify(signed, purpose, brand)?.into();
                Ok(Input::CertRes(Box::new(Verdict { rrpid, heard })))
            }
            Message::Error(error) => {
                let said = refusal::heard(error, answer, purpose, brand, env)?;
                let code = said.into_value().error_code;
                Ok(Input::AuthorityRefused { rrpid, code })
            }
            other => Err(Refusal::SenderSentForeignMessage { name: other.name() }),
        }
    }

    fn step(state: Option<Registration<A>>, input: Input<A>, env: &Env<'_, Self>) -> Taken<A> {
        match (state, input) {
            (None, Input::Begin(begin)) => asking::begin(begin, env),
            (None, _) | (Some(_), Input::Begin(_)) => Err(Refusal::CommandToAnotherInstance),
            (Some(registration), Input::MeAqCInitRes(answer)) => {
                asking::on_me_aq_c_init_res(registration, &answer, env)
            }
            (Some(registration), Input::Filled(filled)) => {
                asking::on_filled(registration, &filled, env)
            }
            (Some(registration), Input::Follow { url }) => {
                asking::on_follow(registration, &url, env)
            }
            (Some(registration), Input::CertRes(verdict)) => {
                answered::on_cert_res(registration, &verdict, env)
            }
            (Some(registration), Input::AuthorityRefused { rrpid, code }) => {
                on_authority_refused(registration, rrpid, code)
            }
            (Some(registration), Input::AskAgain) => on_ask_again(registration, env),
            (Some(registration), Input::TooLate | Input::Noted) => Ok(Step::new(registration)),
            (Some(registration), Input::Woke) => on_woke(registration, env),
        }
    }

    fn note(effect: &Effect) -> Note {
        match effect {
            Effect::RenewalDue => Note::RenewalDue,
        }
    }

    fn interrupted(note: Note) -> Input<A> {
        match note {
            Note::RenewalDue => Input::Woke,
        }
    }

    fn woke() -> Input<A> {
        Input::Woke
    }
}

fn on_authority_refused<A: Applicant>(
    registration: Registration<A>,
    rrpid: Rrpid,
    code: ErrorCode,
) -> Taken<A> {
    if registration.question().is_none_or(|question| question.rrpid != rrpid) {
        return Err(Refusal::AuthorityAnsweredAnother);
    }
    Ok(Step::new(registration.becomes(Stage::Refused(Ended::WithError(code)))))
}

/// The operator does not wait. What is asked already is asked until it is answered.
fn on_ask_again<A: Applicant>(
    registration: Registration<A>,
    env: &Env<'_, Registering<A>>,
) -> Taken<A> {
    match registration.stage {
        Stage::Pending(_) => asking::inquire(registration, env),
        Stage::Inquiring(_) => Ok(Step::new(registration)),
        _ => Err(Refusal::CommandOutOfTurn),
    }
}

/// Waiting for the authority's machine ends; waiting for its people is interrupted by inquiries,
/// and ends late; a certificate ends too, and the shell is told before.
fn on_woke<A: Applicant>(registration: Registration<A>, env: &Env<'_, Registering<A>>) -> Taken<A> {
    match &registration.stage {
        Stage::Started(_) | Stage::Applied(_) => Ok(Step::new(registration.gives_up())),
        Stage::Pending(_) | Stage::Inquiring(_) => asking::inquire(registration, env),
        Stage::Certified { .. } => Ok(Step::new(registration).then(Do::Own(Effect::RenewalDue))),
        Stage::FormShown(_) | Stage::Referred(_) | Stage::Refused(_) => Ok(Step::new(registration)),
    }
}

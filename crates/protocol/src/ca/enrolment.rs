//! One application at an authority, from the first question to the certificate.
//!
//! An instance is made by CardCInitReq or Me-AqCInitReq, under LID-CA, which every later message
//! of the applicant repeats.

use openset_crypto::Claimed;
use openset_types::LocalId;
use openset_wire::{
    cert::{CardCInitReq, CertInqReqTbs, MeAqCInitReq},
    wrapper::Message,
};
use serde::{Deserialize, Serialize};

use super::{
    Application, Approval, Denial, Standing, account, admission, application, inquiry, issuing,
    proof::Brought,
    record::{Enrolment, Stage},
    welcome::{self, FormWanted},
};
use crate::{
    octets::Octets,
    refusal::Refusal,
    role::{Account, Admitted, Env, Machine, Received, Step},
};

/// The machine of an authority.
#[derive(Debug)]
pub enum AuthorityEnrolment {}

/// What can happen to an application.
#[derive(Debug)]
pub enum Input {
    /// A cardholder asks whom to seal for. Makes the instance.
    CardCInitReq {
        /// The request.
        request: Box<CardCInitReq>,
        /// The label of the new instance.
        lid_ca: LocalId,
    },
    /// A merchant or gateway asks for a form. Makes the instance.
    MeAqCInitReq {
        /// The request.
        request: Box<MeAqCInitReq>,
        /// The label of the new instance.
        lid_ca: LocalId,
    },
    /// A cardholder asks for the form of the card's bank: opened.
    RegFormReq(Box<FormWanted>),
    /// An applicant applies: opened.
    CertReq(Box<Applying>),
    /// An applicant asks what has become of its application.
    CertInqReq(Box<Inquiring>),
    /// The registrar agrees.
    Approved(Approval),
    /// The registrar does not agree.
    Denied(Denial),
    /// The registrar has put the application before somebody, who will agree or not.
    Pended,
    /// Sign what is written down.
    Sign,
    /// The registrar was being asked when the authority stopped.
    AskAgain,
    /// The applicant has waited long enough for an answer, or nobody inquires any more.
    Woke,
}

/// CertReq, opened, and as it came.
#[derive(Debug)]
pub struct Applying {
    pub(super) brought: Brought,
    pub(super) sealed: Octets,
}

/// CertInqReq. Whose signature it must bear, the application says.
#[derive(Debug)]
pub struct Inquiring {
    pub(super) inquiry: Claimed<CertInqReqTbs>,
}

/// What an authority asks of its shell.
#[derive(Debug)]
pub enum Effect {
    /// Ask the registrar: [`Input::Approved`], [`Input::Denied`] or [`Input::Pended`].
    Verify(Box<Application>),
    /// What will be signed is stored. Go on: [`Input::Sign`].
    Sign,
}

/// What the outbox keeps of an [`Effect`].
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// The registrar is asked.
    Verify,
    /// The certificates are to be signed.
    Sign,
}

pub(super) type Taken = Result<Step<Enrolment, Effect>, Refusal>;

impl Machine for AuthorityEnrolment {
    const KIND: &'static str = "ca.enrolment";
    type Standing = Standing;
    type State = Enrolment;
    type Input = Input;
    type Effect = Effect;
    type Note = Note;

    fn admit(request: &Received, env: &Env<'_, Self>) -> Result<Admitted<Input>, Refusal> {
        let rrpid = env.standing.acceptance.check(&request.wrapper, env.now)?;
        match &request.wrapper.message {
            Message::CardCInitReq(message) => admission::card_c_init_req(message, rrpid, env),
            Message::MeAqCInitReq(message) => admission::me_aq_c_init_req(message, rrpid, env),
            Message::RegFormReq(message) => admission::reg_form_req(message, rrpid, env),
            Message::CertReq(message) => admission::cert_req(message, rrpid, env),
            Message::CertInqReq(message) => admission::cert_inq_req(message, rrpid, env),
            other => Err(Refusal::SenderSentForeignMessage { name: other.name() }),
        }
    }

    fn hear(_: &Enrolment, answer: &Received, _: &Env<'_, Self>) -> Result<Input, Refusal> {
        Err(Refusal::SenderSentForeignMessage { name: answer.wrapper.message.name() })
    }

    fn step(state: Option<Enrolment>, input: Input, env: &Env<'_, Self>) -> Taken {
        match (state, input) {
            (None, Input::CardCInitReq { request, lid_ca }) => {
                welcome::on_card_c_init_req(&request, lid_ca, env)
            }
            (None, Input::MeAqCInitReq { request, lid_ca }) => {
                welcome::on_me_aq_c_init_req(&request, lid_ca, env)
            }
            (None, Input::RegFormReq(_) | Input::CertReq(_) | Input::CertInqReq(_)) => {
                Err(Refusal::SenderNamedUnknownLabel)
            }
            (None, _) => Err(Refusal::CommandToAnotherInstance),
            (Some(enrolment), input) => take(enrolment, input, env),
        }
    }

    fn note(effect: &Effect) -> Note {
        match effect {
            Effect::Verify(_) => Note::Verify,
            Effect::Sign => Note::Sign,
        }
    }

    fn interrupted(note: Note) -> Input {
        match note {
            Note::Verify => Input::AskAgain,
            Note::Sign => Input::Sign,
        }
    }

    fn woke() -> Input {
        Input::Woke
    }

    fn account(enrolment: &Enrolment) -> Option<Account> {
        Some(account::of(enrolment))
    }
}

fn take(enrolment: Enrolment, input: Input, env: &Env<'_, AuthorityEnrolment>) -> Taken {
    match input {
        Input::CardCInitReq { .. } | Input::MeAqCInitReq { .. } => {
            Err(Refusal::CommandToAnotherInstance)
        }
        Input::RegFormReq(wanted) => welcome::on_reg_form_req(enrolment, *wanted, env),
        Input::CertReq(applying) => application::on_cert_req(enrolment, *applying, env),
        Input::CertInqReq(inquiring) => {
            inquiry::on_cert_inq_req(enrolment, &inquiring.inquiry, env)
        }
        Input::Approved(approval) => issuing::on_approved(enrolment, &approval, env),
        Input::Denied(denial) => issuing::on_denied(enrolment, &denial, env),
        Input::Pended => application::on_pended(enrolment, env),
        Input::Sign => issuing::on_sign(enrolment, env),
        Input::AskAgain => match &enrolment.stage {
            Stage::Applied(_) => application::ask_again(enrolment, env),
            _ => Ok(Step::new(enrolment)),
        },
        Input::Woke => application::on_woke(enrolment, env),
    }
}

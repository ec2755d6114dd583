//! Who plays which machine, and who performs its effects: a bank, the vault, the acquirer's list,
//! or the machine itself in its next step.

use std::sync::Arc;

use openset_bank::iso8583::{
    Dialect, Message,
    words::{
        AccountVerification, CaptureKind, RefundTelling, ReversalKind, authorization, capture,
        refund, reversal, verification,
    },
};
use openset_protocol::{
    ca::{self, Applicant, Application, AuthorityEnrolment},
    cardholder::{
        purchase::CardholderPurchase,
        registration::{self, CardholderRegistration},
    },
    enrolment::applicant::{self, Registering},
    gateway::{
        authorization::{self as asking, GatewayAuthorization},
        capture::{self as capturing, GatewayCapture},
        refund::{self as refunding, GatewayRefund},
    },
    merchant::purchase::{self, MerchantPurchase},
    role::Machine,
};
use openset_types::{
    Bin, CardExpiry, Money, Pan, RefundKind, RetrievalReference, ReversalAdvice, SystemTrace,
    Trace, UnixTime,
};

use super::{network::Role, vault::Vault};
use crate::pki::{ACQUIRER, ISSUER, Standings, decided};

/// A machine that somebody in the world plays.
pub(super) trait Played: Machine {
    /// As whom.
    fn standing(standings: &Standings, role: Role) -> &Self::Standing;

    /// How an effect is performed.
    fn perform(desk: Desk<'_>, key: &[u8], effect: Self::Effect) -> Task<Self::Input>;
}

/// What is at hand to perform an effect with.
pub(super) struct Desk<'a> {
    pub(super) now: UnixTime,
    pub(super) errand: u64,
    pub(super) vault: &'a mut Vault,
}

/// How an effect is performed.
pub(super) enum Task<I> {
    /// A bank is asked.
    Call(Call),
    /// It is done, and this is what came of it.
    Done(I),
}

/// A question to a bank, as it stands in memory: it may carry a card number.
#[derive(Clone)]
pub(super) struct Call {
    /// The instance that asks.
    pub(super) key: Vec<u8>,
    /// Which bank.
    pub(super) to: Role,
    /// What it is asked the first time.
    pub(super) first: Vec<u8>,
    /// What it is asked again.
    pub(super) again: Vec<u8>,
    /// What its answer means.
    pub(super) means: Means,
}

/// What the answer of a bank means.
#[derive(Clone)]
pub(super) enum Means {
    /// The issuer's word about so much. It is waited for so long and no longer.
    Authorization(Money),
    /// The reversal is acknowledged.
    Reversal,
    /// The issuer's word about what a merchant takes back.
    Release(Arc<ReversalAdvice>),
    /// The acquirer has taken what was just authorized, or will not.
    Sale,
    /// The acquirer has taken an item, or will not.
    Capture(RetrievalReference),
    /// The acquirer has given money back, or will not.
    Refund(RefundKind, RetrievalReference),
    /// The issuer's word about a card. It is waited for so long and no longer.
    Verification,
}

impl Played for CardholderPurchase {
    fn standing(standings: &Standings, _: Role) -> &Self::Standing {
        &standings.wallet
    }

    fn perform(_: Desk<'_>, _: &[u8], effect: Self::Effect) -> Task<Self::Input> {
        match effect {}
    }
}

impl Played for CardholderRegistration {
    fn standing(standings: &Standings, _: Role) -> &Self::Standing {
        &standings.wallet
    }

    fn perform(desk: Desk<'_>, key: &[u8], effect: Self::Effect) -> Task<Self::Input> {
        use registration::{Effect, Input};
        let vault = desk.vault;
        Task::Done(match effect {
            Effect::WantCard => Input::Card(vault.pan(key)),
            Effect::WantKey => Input::KeyAtHand,
            Effect::RenewalDue => Input::Noted,
            Effect::WantSecrets { answer } => Input::Secrets(vault.secrets(key, answer)),
            Effect::Keep { pan_secret, .. } => {
                vault.certify(key, &pan_secret);
                Input::Kept
            }
        })
    }
}

impl Played for MerchantPurchase {
    fn standing(standings: &Standings, _: Role) -> &Self::Standing {
        &standings.merchant
    }

    fn perform(_: Desk<'_>, _: &[u8], _: Self::Effect) -> Task<Self::Input> {
        Task::Done(purchase::Input::GatewayAsked)
    }
}

impl<A: applicant::Applicant> Played for Registering<A> {
    fn standing(standings: &Standings, _: Role) -> &Self::Standing {
        &standings.applicant
    }

    fn perform(_: Desk<'_>, _: &[u8], effect: Self::Effect) -> Task<Self::Input> {
        match effect {
            applicant::Effect::RenewalDue => Task::Done(applicant::Input::Noted),
        }
    }
}

impl Played for GatewayAuthorization {
    fn standing(standings: &Standings, _: Role) -> &Self::Standing {
        &standings.gateway
    }

    fn perform(_: Desk<'_>, key: &[u8], effect: Self::Effect) -> Task<Self::Input> {
        let acquirer = bin(ACQUIRER);
        Task::Call(match effect {
            asking::Effect::Wait { .. } => {
                return Task::Done(asking::Input::Waited(asking::Line::Answers));
            }
            asking::Effect::AskAcquirer(request) => {
                let question = write(&authorization(&request, &acquirer));
                Call {
                    key: key.to_vec(),
                    to: Role::Issuer,
                    first: question.clone(),
                    again: question,
                    means: Means::Authorization(request.amount),
                }
            }
            asking::Effect::Reverse(advice) => Call {
                key: key.to_vec(),
                to: Role::Issuer,
                first: write(&reversal(ReversalKind::Advice, &advice, &acquirer)),
                again: write(&reversal(ReversalKind::Repeat, &advice, &acquirer)),
                means: Means::Reversal,
            },
            asking::Effect::Release(advice) => {
                let [first, again] = [ReversalKind::Advice, ReversalKind::Repeat]
                    .map(|kind| write(&reversal(kind, &advice, &acquirer)));
                let means = Means::Release(Arc::new(advice));
                Call { key: key.to_vec(), to: Role::Issuer, first, again, means }
            }
            asking::Effect::Take(advice) => Call {
                key: key.to_vec(),
                to: Role::Acquirer,
                first: write(&capture(CaptureKind::Advice, &advice, &acquirer)),
                again: write(&capture(CaptureKind::Repeat, &advice, &acquirer)),
                means: Means::Sale,
            },
        })
    }
}

impl Played for GatewayCapture {
    fn standing(standings: &Standings, _: Role) -> &Self::Standing {
        &standings.gateway
    }

    fn perform(_: Desk<'_>, key: &[u8], effect: Self::Effect) -> Task<Self::Input> {
        let capturing::Effect::AdviseCapture(advice) = effect;
        Task::Call(Call {
            key: key.to_vec(),
            to: Role::Acquirer,
            first: write(&capture(CaptureKind::Advice, &advice, &bin(ACQUIRER))),
            again: write(&capture(CaptureKind::Repeat, &advice, &bin(ACQUIRER))),
            means: Means::Capture(advice.trace.retrieval),
        })
    }
}

impl Played for GatewayRefund {
    fn standing(standings: &Standings, _: Role) -> &Self::Standing {
        &standings.gateway
    }

    fn perform(_: Desk<'_>, key: &[u8], effect: Self::Effect) -> Task<Self::Input> {
        let refunding::Effect::AdviseRefund(advice) = effect;
        Task::Call(Call {
            key: key.to_vec(),
            to: Role::Acquirer,
            first: write(&refund(RefundTelling::First, &advice, &bin(ACQUIRER))),
            again: write(&refund(RefundTelling::Again, &advice, &bin(ACQUIRER))),
            means: Means::Refund(advice.kind, advice.trace.retrieval),
        })
    }
}

impl Played for AuthorityEnrolment {
    fn standing(standings: &Standings, role: Role) -> &Self::Standing {
        standings.authority(role).expect("only authorities are asked for certificates")
    }

    fn perform(desk: Desk<'_>, key: &[u8], effect: Self::Effect) -> Task<Self::Input> {
        let application = match effect {
            ca::Effect::Sign => return Task::Done(ca::Input::Sign),
            ca::Effect::Verify(application) => *application,
        };
        match application {
            Application { applicant: Applicant::Cardholder { pan, expiry }, .. } => {
                Task::Call(verify(&desk, key, pan, expiry))
            }
            others => Task::Done(decided(&others)),
        }
    }
}

/// The issuer is asked whether a card is good.
fn verify(desk: &Desk<'_>, key: &[u8], pan: Pan, expiry: CardExpiry) -> Call {
    let (errand, now) = (desk.errand, desk.now);
    let trace = Trace {
        retrieval: RetrievalReference::parse(&format!("{errand:012}")).expect("twelve digits"),
        system: SystemTrace::parse(&format!("{:06}", errand % 1_000_000)).expect("six digits"),
        asked_at: now,
    };
    let question = AccountVerification { trace, pan, expiry };
    let question = write(&verification(&question, &bin(ISSUER)));
    Call {
        key: key.to_vec(),
        to: Role::Issuer,
        first: question.clone(),
        again: question,
        means: Means::Verification,
    }
}

/// Reads a bank message as it travels.
pub(super) fn read(octets: &[u8]) -> Message {
    Dialect::openset_87().read(octets).expect("a message of our own")
}

/// Writes a bank message as it travels.
pub(super) fn write(message: &Message) -> Vec<u8> {
    Dialect::openset_87().write(message).expect("a message of our own")
}

fn bin(institution: &str) -> Bin {
    Bin::parse(institution).expect("six digits")
}

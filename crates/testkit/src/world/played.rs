//! Who plays which machine, and which bank performs its effects.

use openset_bank::iso8583::{
    Dialect, Message,
    words::{
        ReversalKind, authorization, capture, read_authorization_answer, read_response_code,
        reversal,
    },
};
use openset_protocol::{
    cardholder::purchase::CardholderPurchase,
    gateway::{
        authorization::{self as asking, GatewayAuthorization},
        capture::{self as capturing, AdviceAnswer, GatewayCapture},
    },
    merchant::purchase::MerchantPurchase,
    role::Machine,
};
use openset_types::{AuthorizationAnswer, Bin, RetrievalReference};

use super::network::Role;
use crate::pki::{ACQUIRER, Standings};

/// A machine that somebody in the world plays.
pub(super) trait Played: Machine {
    /// Who plays it.
    const ROLE: Role;

    /// As whom.
    fn standing(standings: &Standings) -> &Self::Standing;

    /// The bank message that performs an effect.
    fn call(key: &[u8], effect: &Self::Effect) -> Call;
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
    /// The issuer's word. It is waited for so long and no longer.
    Authorization,
    /// The reversal is acknowledged.
    Reversal,
    /// The acquirer has taken an item, or will not.
    Capture(RetrievalReference),
}

impl Played for CardholderPurchase {
    const ROLE: Role = Role::Wallet;

    fn standing(standings: &Standings) -> &Self::Standing {
        &standings.wallet
    }

    fn call(_: &[u8], effect: &Self::Effect) -> Call {
        match *effect {}
    }
}

impl Played for MerchantPurchase {
    const ROLE: Role = Role::Merchant;

    fn standing(standings: &Standings) -> &Self::Standing {
        &standings.merchant
    }

    fn call(_: &[u8], effect: &Self::Effect) -> Call {
        match *effect {}
    }
}

impl Played for GatewayAuthorization {
    const ROLE: Role = Role::Gateway;

    fn standing(standings: &Standings) -> &Self::Standing {
        &standings.gateway
    }

    fn call(key: &[u8], effect: &Self::Effect) -> Call {
        let acquirer = acquirer();
        match effect {
            asking::Effect::AskAcquirer(request) => {
                let question = write(&authorization(request, &acquirer));
                Call {
                    key: key.to_vec(),
                    to: Role::Issuer,
                    first: question.clone(),
                    again: question,
                    means: Means::Authorization,
                }
            }
            asking::Effect::Reverse(advice) => Call {
                key: key.to_vec(),
                to: Role::Issuer,
                first: write(&reversal(ReversalKind::Advice, advice, &acquirer)),
                again: write(&reversal(ReversalKind::Repeat, advice, &acquirer)),
                means: Means::Reversal,
            },
        }
    }
}

impl Played for GatewayCapture {
    const ROLE: Role = Role::Gateway;

    fn standing(standings: &Standings) -> &Self::Standing {
        &standings.gateway
    }

    fn call(key: &[u8], effect: &Self::Effect) -> Call {
        let capturing::Effect::AdviseCapture(advice) = effect;
        let question = write(&capture(advice, &acquirer()));
        Call {
            key: key.to_vec(),
            to: Role::Acquirer,
            first: question.clone(),
            again: question,
            means: Means::Capture(advice.trace.retrieval.clone()),
        }
    }
}

/// What an authorization hears from the issuer.
pub(super) fn heard(means: &Means, answer: &Message) -> Option<asking::Input> {
    match means {
        Means::Authorization => {
            let said = read_authorization_answer(answer).unwrap_or(AuthorizationAnswer::NoAnswer);
            Some(asking::Input::Answered(said))
        }
        Means::Reversal => Some(asking::Input::ReversalAcknowledged),
        Means::Capture(_) => None,
    }
}

/// What a capture hears from the acquirer.
pub(super) fn heard_of_capture(means: &Means, answer: &Message) -> Option<capturing::Input> {
    let Means::Capture(retrieval) = means else { return None };
    let is_yes = read_response_code(answer).is_ok_and(|code| code.is_approval());
    let answer = if is_yes { AdviceAnswer::Taken } else { AdviceAnswer::Refused };
    Some(capturing::Input::Advised { retrieval: retrieval.clone(), answer })
}

/// Reads a bank message as it travels.
pub(super) fn read(octets: &[u8]) -> Message {
    Dialect::openset_87().read(octets).expect("a message of our own")
}

/// Writes a bank message as it travels.
pub(super) fn write(message: &Message) -> Vec<u8> {
    Dialect::openset_87().write(message).expect("a message of our own")
}

fn acquirer() -> Bin {
    Bin::parse(ACQUIRER).expect("six digits")
}

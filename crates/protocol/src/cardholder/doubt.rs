//! Which refused offers end a purchase, and how that is told.
//!
//! Whatever does not look like the merchant's offer is dropped, and the wallet goes on asking. An
//! offer that does, and whose certificates are not good, stays what it is however often it is
//! asked for: the person is told why.

use openset_crypto::Untrusted;
use openset_wire::wrapper::Message;

use super::{
    purchase::CardholderPurchase,
    record::{Doubt, Purchase, Stage},
};
use crate::{
    refusal::Refusal,
    role::{Env, Received},
};

/// Why asking for the offer again is useless, if it is.
pub(crate) fn of(
    refusal: &Refusal,
    purchase: &Purchase,
    answer: &Received,
    env: &Env<'_, CardholderPurchase>,
) -> Option<Doubt> {
    let header = &answer.wrapper.message_header;
    let Stage::Initiating { asked, .. } = &purchase.stage else { return None };
    let is_answer = header.rrpid.as_ref().is_some_and(|rrpid| rrpid.0 == asked.rrpid);
    if !is_answer || !matches!(answer.wrapper.message, Message::PInitRes(_)) {
        return None;
    }
    let apart_s = env.now.seconds_since(header.date.0);
    let differ = Doubt::ClocksDiffer { seconds: apart_s.unsigned_abs() };
    Some(match refusal {
        Refusal::SenderSentTooEarly | Refusal::SenderSentTooLate => differ,
        Refusal::GatewayNotBelieved { cause: Untrusted::Revoked, .. } => Doubt::GatewayRevoked,
        Refusal::GatewayNotBelieved { cause, .. } | Refusal::Untrusted(cause) => match cause {
            Untrusted::SignedInTheFuture | Untrusted::NotYetValid => differ,
            Untrusted::Expired => Doubt::CertificateExpired,
            Untrusted::BciNotCurrent | Untrusted::CrlMissing | Untrusted::CrlNotCurrent => {
                Doubt::ListsNotCurrent
            }
            Untrusted::Revoked => Doubt::Revoked,
            _ => return None,
        },
        _ => return None,
    })
}

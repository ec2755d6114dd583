//! CertInqReq: what has become of an application.

use openset_crypto::{Signer, sign};
use openset_types::LocalId;
use openset_wire::{cert::CertInqReqTbs, wrapper::Message};

use super::{Addressee, Question};
use crate::{
    refusal::Refusal,
    role::{Env, Machine},
};

/// How many seconds an inquiry is repeated before another one is written: a message that is older
/// than a day is not accepted.
pub(crate) const INQUIRY_LASTS_S: i64 = 12 * 3_600;

/// Writes an inquiry: signed by whoever signed the application.
pub(crate) fn inquire<M: Machine>(
    question: &Question,
    lid_ee: &LocalId,
    addressee: &Addressee,
    signer: Signer<'_>,
    env: &Env<'_, M>,
) -> Result<Message, Refusal> {
    let tbs = CertInqReqTbs {
        rrpid: question.rrpid.into(),
        lid_ee: lid_ee.clone().into(),
        chall_ee3: question.challenge()?,
        lid_ca: addressee.lid_ca.clone().into(),
    };
    Ok(Message::CertInqReq(sign(env.suite(), &tbs, signer, env.keys, env.now)?))
}

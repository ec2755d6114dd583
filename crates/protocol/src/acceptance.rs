//! The cheap checks that every message passes before any cryptography.

use openset_types::{Rrpid, UnixTime};
use openset_wire::{
    der::Oid,
    types::{MsgExtensions, TransIds},
    wrapper::{MessageHeader, MessageIds, MessageWrapper},
};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// How far a message's date may be from ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// How many seconds it may be ahead.
    pub ahead_s: i64,
    /// How many seconds it may be behind.
    pub behind_s: i64,
}

impl Default for Acceptance {
    /// Five minutes ahead and a day behind.
    fn default() -> Self {
        Self { ahead_s: 300, behind_s: 86_400 }
    }
}

impl Acceptance {
    /// Checks version, date, and that the wrapper carries no critical extension.
    pub fn check(&self, wrapper: &MessageWrapper, now: UnixTime) -> Result<Rrpid, Refusal> {
        let header = &wrapper.message_header;
        version(header)?;
        let age_s = now.seconds_since(header.date.0);
        if age_s < -self.ahead_s {
            return Err(Refusal::SenderSentTooEarly);
        }
        if age_s > self.behind_s {
            return Err(Refusal::SenderSentTooLate);
        }
        understood(&wrapper.mw_extensions, &[])?;
        header.rrpid.as_ref().map(|rrpid| rrpid.0).ok_or(Refusal::SenderSentBadHeader)
    }
}

fn version(header: &MessageHeader) -> Result<(), Refusal> {
    match header.version {
        MessageHeader::VERSION if header.revision == 0 => Ok(()),
        MessageHeader::VERSION => Err(Refusal::SenderSentVersionTooNew),
        older if older < MessageHeader::VERSION => Err(Refusal::SenderSentVersionTooOld),
        _ => Err(Refusal::SenderSentVersionTooNew),
    }
}

/// Refuses a critical extension that is not among the known ones.
pub fn understood(extensions: &Option<MsgExtensions>, known: &[Oid]) -> Result<(), Refusal> {
    let unknown = extensions.as_ref().and_then(|extensions| extensions.unknown_critical(known));
    match unknown {
        None => Ok(()),
        Some(name) => Err(Refusal::SenderNamedUnknownExtension(name.clone())),
    }
}

/// Refuses a message whose protected part names another request than its wrapper (A10).
pub fn same_rrpid(wrapper: Rrpid, inside: Rrpid) -> Result<(), Refusal> {
    if wrapper == inside { Ok(()) } else { Err(Refusal::SenderSentOtherRrpid) }
}

/// Refuses a message whose wrapper names other purchases than its protected part. What the
/// wrapper leaves out it does not contradict.
pub fn same_ids(header: &MessageHeader, inside: &TransIds) -> Result<(), Refusal> {
    let Some(MessageIds { lid_c, lid_m, xid }) = &header.message_ids else { return Ok(()) };
    let agrees = lid_c.as_ref().is_none_or(|lid_c| *lid_c == inside.lid_c)
        && lid_m.as_ref().is_none_or(|lid_m| inside.lid_m.as_ref() == Some(lid_m))
        && xid.as_ref().is_none_or(|xid| *xid == inside.xid);
    if agrees { Ok(()) } else { Err(Refusal::SenderSentContradictoryHeader) }
}

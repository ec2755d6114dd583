//! What stands around every message we write.

use openset_types::{Rrpid, UnixTime};
use openset_wire::{
    types::SwIdent,
    wrapper::{Message, MessageHeader, MessageIds, MessageWrapper},
};

use crate::refusal::Refusal;

/// Who writes, with which software, and when.
#[derive(Debug, Clone)]
pub struct Letterhead {
    /// The software, as every message names it.
    pub software: SwIdent,
}

impl Letterhead {
    /// Puts a message into its wrapper.
    pub fn write(
        &self,
        message: Message,
        rrpid: Rrpid,
        ids: Option<MessageIds>,
        now: UnixTime,
    ) -> Result<Vec<u8>, Refusal> {
        let wrapper = MessageWrapper {
            message_header: MessageHeader {
                version: MessageHeader::VERSION,
                revision: 0,
                date: now.into(),
                message_ids: ids,
                rrpid: Some(rrpid.into()),
                sw_ident: self.software.clone(),
            },
            message,
            mw_extensions: None,
        };
        Ok(wrapper.encode()?)
    }
}

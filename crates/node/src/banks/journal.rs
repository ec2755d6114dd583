//! What a bank's journal keeps of a message: everything but the card.

use openset_bank::iso8583::{Dialect, Message, Mti};
use openset_types::UnixTime;

use crate::store::{Direction, Entry};

/// The kind of instance that messages about a sale belong to; its key is the authorization's
/// retrieval reference.
pub const ABOUT_SALE: &str = "bank.sale";

/// The kind of instance that files belong to; its key is the clearing file's name.
pub const ABOUT_FILE: &str = "bank.file";

/// The two ends of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    pub(super) sender: &'static str,
    pub(super) recipient: &'static str,
}

impl Ends {
    pub(super) fn turned(self) -> Self {
        Self { sender: self.recipient, recipient: self.sender }
    }
}

/// One message about a sale, masked, in the one dialect of all books, whichever the link speaks:
/// who reads them need not know it. What the two ends say of their link is not kept.
pub(super) fn message(
    message: &Message,
    direction: Direction,
    ends: Ends,
    at: UnixTime,
) -> Option<Entry> {
    let key = message.text(37)?.as_bytes().to_vec();
    let octets = Dialect::openset_87().write(&message.masked()).ok()?;
    let (sender, recipient) = (ends.sender, ends.recipient);
    let name = name(message.mti());
    let (xid, rrpid) = (None, None);
    let kind = ABOUT_SALE;
    Some(Entry { at, direction, sender, recipient, name, xid, rrpid, kind, key, octets })
}

/// One file.
pub(super) fn file(
    name: &'static str,
    octets: &[u8],
    id: &str,
    direction: Direction,
    ends: Ends,
    at: UnixTime,
) -> Entry {
    Entry {
        at,
        direction,
        sender: ends.sender,
        recipient: ends.recipient,
        name,
        xid: None,
        rrpid: None,
        kind: ABOUT_FILE,
        key: id.as_bytes().to_vec(),
        octets: octets.to_vec(),
    }
}

fn name(mti: Mti) -> &'static str {
    const NAMES: [(Mti, &str); 10] = [
        (Mti::AUTHORIZATION_REQUEST, "0100"),
        (Mti::AUTHORIZATION_RESPONSE, "0110"),
        (Mti::FINANCIAL_ADVICE, "0220"),
        (Mti::FINANCIAL_ADVICE_REPEAT, "0221"),
        (Mti::FINANCIAL_ADVICE_RESPONSE, "0230"),
        (Mti::REVERSAL_REQUEST, "0400"),
        (Mti::REVERSAL_RESPONSE, "0410"),
        (Mti::REVERSAL_ADVICE, "0420"),
        (Mti::REVERSAL_ADVICE_REPEAT, "0421"),
        (Mti::REVERSAL_ADVICE_RESPONSE, "0430"),
    ];
    NAMES.iter().find(|row| row.0 == mti).map_or("other", |row| row.1)
}

//! The cheap checks that every message passes before any cryptography, and one after it: how old
//! a signature is.

use openset_crypto::{Suite, Verified};
use openset_types::{Bin, Rrpid, UnixTime};
use openset_wire::{
    der::Oid,
    payment::{Extended, Place},
    types::{ForMerchant, TransIds},
    wrapper::{MessageHeader, MessageIds, MessageWrapper},
};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

/// How far the date of a message, and of its signature, may be from ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// How many seconds it may be ahead.
    pub ahead_s: i64,
    /// How many seconds it may be behind.
    pub behind_s: i64,
}

/// Refuses a real card number in a suite that does not protect one.
pub fn require_card_for(suite: Suite, bin: &Bin) -> Result<(), Refusal> {
    let is_safe = suite.protects_cards() || bin.is_for_tests();
    if is_safe { Ok(()) } else { Err(Refusal::SenderNamedRealCard) }
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
        self.require_within(header.date.0, now)?;
        understood(wrapper, &[])?;
        header.rrpid.as_ref().map(|rrpid| rrpid.0).ok_or(Refusal::SenderSentBadHeader)
    }
}

impl Acceptance {
    /// Refuses a request that was signed too long ago (abuse case 10). The date in the header is
    /// under no signature: whoever replays a request can write another one there.
    pub fn fresh<T>(&self, signed: &Verified<T>, now: UnixTime) -> Result<(), Refusal> {
        self.require_within(signed.signed_at(), now)
    }

    /// Refuses a moment that is not near ours.
    pub(crate) fn require_within(&self, date: UnixTime, now: UnixTime) -> Result<(), Refusal> {
        let age_s = now.seconds_since(date);
        if age_s < -self.ahead_s {
            return Err(Refusal::SenderSentTooEarly);
        }
        if age_s > self.behind_s {
            return Err(Refusal::SenderSentTooLate);
        }
        Ok(())
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

/// Refuses a critical extension, wherever it stands in what was said, unless it is known at its
/// place. One that is not critical is passed over; it is stored and hashed with the rest.
pub fn understood(said: &impl Extended, known: &[(Place, Oid)]) -> Result<(), Refusal> {
    match said.unknown_critical(known) {
        None => Ok(()),
        Some(name) => Err(Refusal::SenderNamedUnknownExtension(name.clone())),
    }
}

/// What suite `modern` adds to a gateway's answer, which is known where one is read and where a
/// merchant repeats it.
pub fn in_answers(suite: Suite) -> Option<(Place, Oid)> {
    suite.names_recipients().then(|| (Place::AuthRes, ForMerchant::oid()))
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

#[cfg(test)]
mod tests {
    use openset_types::{Language, LocalId, Xid};
    use openset_wire::{error::Error, types::SwIdent, wrapper::Message};

    use super::*;

    fn now() -> UnixTime {
        UnixTime::new(1_800_000_000).expect("after 1970")
    }

    fn header() -> MessageHeader {
        MessageHeader {
            version: 1,
            revision: 0,
            date: now().into(),
            message_ids: None,
            rrpid: Some(Rrpid::new([1; 20]).into()),
            sw_ident: SwIdent::new("test").expect("a text"),
        }
    }

    fn check(message_header: MessageHeader) -> Result<Rrpid, Refusal> {
        let signed = openset_wire::opaque::Signed::from_octets(vec![0x30, 0]).expect("a sequence");
        let message = Message::Error(Error::SignedError(signed));
        let wrapper = MessageWrapper { message_header, message, mw_extensions: None };
        Acceptance::default().check(&wrapper, now())
    }

    #[test]
    fn a_suite_that_protects_no_card_takes_test_cards_only() {
        let bin = |digits| Bin::parse(digits).expect("six digits");
        let real = require_card_for(Suite::Set10, &bin("497010"));
        assert_eq!(real, Err(Refusal::SenderNamedRealCard));
        assert_eq!(require_card_for(Suite::Set10, &bin("999999")), Ok(()));
        assert_eq!(require_card_for(Suite::Modern, &bin("497010")), Ok(()));
    }

    #[test]
    fn the_window_is_open_to_its_edges_and_no_further() {
        let dated =
            |seconds: i64| check(MessageHeader { date: now().plus_s(seconds).into(), ..header() });
        assert!(dated(300).is_ok());
        assert_eq!(dated(301), Err(Refusal::SenderSentTooEarly));
        assert!(dated(-86_400).is_ok());
        assert_eq!(dated(-86_401), Err(Refusal::SenderSentTooLate));
    }

    #[test]
    fn only_our_version_is_spoken() {
        let version = |version| check(MessageHeader { version, ..header() });
        assert!(version(1).is_ok());
        assert_eq!(version(0), Err(Refusal::SenderSentVersionTooOld));
        assert_eq!(version(-1), Err(Refusal::SenderSentVersionTooOld));
        assert_eq!(version(2), Err(Refusal::SenderSentVersionTooNew));
        let revised = check(MessageHeader { revision: 1, ..header() });
        assert_eq!(revised, Err(Refusal::SenderSentVersionTooNew));
    }

    #[test]
    fn a_header_without_an_rrpid_is_refused() {
        let none = check(MessageHeader { rrpid: None, ..header() });
        assert_eq!(none, Err(Refusal::SenderSentBadHeader));
    }

    #[test]
    fn a_header_may_leave_names_out_and_not_contradict_them() {
        let label = |octets: &[u8]| LocalId::new(octets).expect("a label");
        let inside = TransIds {
            lid_c: label(b"c").into(),
            lid_m: Some(label(b"m").into()),
            xid: Xid::new([7; 20]).into(),
            p_req_date: now().into(),
            pay_sys_id: None,
            language: Language::parse("en").expect("a tag").into(),
        };
        let with = |ids: MessageIds| {
            same_ids(&MessageHeader { message_ids: Some(ids), ..header() }, &inside)
        };
        assert_eq!(same_ids(&header(), &inside), Ok(()));
        assert_eq!(with(MessageIds::default()), Ok(()));
        let contradictory = Err(Refusal::SenderSentContradictoryHeader);
        let lid_c = MessageIds { lid_c: Some(label(b"x").into()), ..MessageIds::default() };
        assert_eq!(with(lid_c), contradictory);
        let lid_m = MessageIds { lid_m: Some(label(b"x").into()), ..MessageIds::default() };
        assert_eq!(with(lid_m), contradictory);
        let xid = MessageIds { xid: Some(Xid::new([8; 20]).into()), ..MessageIds::default() };
        assert_eq!(with(xid), contradictory);
    }
}

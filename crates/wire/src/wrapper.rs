//! The envelope of every message, and the list of all messages.

use openset_types::{LocalId, Rrpid, UnixTime, Xid};
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::{
    cert::{
        CardCInitReq, CardCInitRes, CertInqReq, CertInqRes, CertReq, CertRes, MeAqCInitReq,
        MeAqCInitRes, RegFormReq, RegFormRes,
    },
    der::{Carried, Header, Malformed, What, decode, scan},
    error::Error,
    payment::{
        AuthReq, AuthRes, AuthRevReq, AuthRevRes, BatchAdminReq, BatchAdminRes, CapReq, CapRes,
        CapRevReq, CapRevRes, CredReq, CredRes, CredRevReq, CredRevRes, InqReq, InqRes, PCertReq,
        PCertRes, PInitReq, PInitRes, PReq, PRes,
    },
    types::{MsgExtensions, SwIdent},
};

/// MessageWrapper
///
/// Every message on the wire is one of these.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MessageWrapper {
    /// Who says what in answer to what.
    pub message_header: MessageHeader,
    /// The message itself.
    #[rasn(tag(explicit(context, 0)))]
    pub message: Message,
    /// What SET itself does not say.
    #[rasn(tag(context, 1))]
    pub mw_extensions: Option<MsgExtensions>,
}

/// MessageHeader
///
/// What can be read of a message without understanding it.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct MessageHeader {
    /// 1 in this version of SET.
    pub version: i64,
    /// 0, and so never written.
    #[rasn(default)]
    pub revision: i64,
    /// When the message was made.
    pub date: Carried<UnixTime>,
    /// Which purchase it belongs to.
    #[rasn(tag(context, 0))]
    pub message_ids: Option<MessageIds>,
    /// Which question it asks or answers.
    #[rasn(tag(context, 1))]
    pub rrpid: Option<Carried<Rrpid>>,
    /// Which software made it.
    pub sw_ident: SwIdent,
}

impl MessageHeader {
    /// The version of SET that is spoken here.
    pub const VERSION: i64 = 1;
}

/// MessageIDs
///
/// The names of a purchase, as far as the sender knows them.
#[derive(Debug, Clone, PartialEq, Eq, Default, AsnType, Decode, Encode)]
pub struct MessageIds {
    /// The cardholder's label.
    #[rasn(tag(context, 0))]
    pub lid_c: Option<Carried<LocalId>>,
    /// The merchant's label.
    #[rasn(tag(context, 1))]
    pub lid_m: Option<Carried<LocalId>>,
    /// The name that all know it by.
    #[rasn(tag(context, 2))]
    pub xid: Option<Carried<Xid>>,
}

impl MessageWrapper {
    /// Reads a message from octets that hold it and nothing else.
    pub fn decode(octets: &[u8]) -> Result<Self, Malformed> {
        decode(octets)
    }

    /// Writes the message.
    pub fn encode(&self) -> Result<Vec<u8>, Malformed> {
        crate::der::encode(self)
    }

    /// Reads the header of a message whose rest may be wrong, so that an Error can answer it.
    pub fn header_of(octets: &[u8]) -> Option<MessageHeader> {
        scan(octets).ok()?;
        let (header, _) = parts(octets)?;
        decode(header).ok()
    }
}

/// What a journal says of a message: who says what in answer to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// The header.
    pub header: MessageHeader,
    /// The ASN.1 name of the message.
    pub name: &'static str,
}

impl Outline {
    /// Reads the outline of a message that was written here: its header and its name. What is
    /// inside is not looked at.
    pub fn of(octets: &[u8]) -> Result<Self, Malformed> {
        let (header, message) = parts(octets).ok_or_else(|| Malformed::new(0, What::Element))?;
        let name = name_of(message).ok_or_else(|| Malformed::new(header.len(), What::Element))?;
        Ok(Self { header: decode(header)?, name })
    }
}

/// The header of a message, and what follows it.
fn parts(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let wrapper = Header::read(octets).ok()?;
    let inside = octets.get(wrapper.len..)?;
    let header = Header::read(inside).ok()?;
    inside.split_at_checked(header.total())
}

/// The name of the message under two explicit tags: that of the wrapper's field and its own.
fn name_of(field: &[u8]) -> Option<&'static str> {
    let outer = Header::read(field).ok()?;
    let inner = Header::read(field.get(outer.len..)?).ok()?;
    let is_context = |header: &Header| header.class == 2 && header.constructed;
    let proper = is_context(&outer) && outer.number == 0 && is_context(&inner);
    Message::name_of_tag(inner.number).filter(|_| proper)
}

/// Defines the list of all messages, with the name and tag of each.
macro_rules! messages {
    ($($tag:literal $variant:ident($type:ty) = $name:literal,)*) => {
        /// Message
        ///
        /// All messages of SET.
        #[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
        #[rasn(choice)]
        pub enum Message {
            $(
                #[doc = $name]
                #[rasn(tag(explicit(context, $tag)))]
                $variant($type),
            )*
        }

        impl Message {
            /// The ASN.1 name of the message.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }

            fn name_of_tag(tag: u32) -> Option<&'static str> {
                match tag {
                    $($tag => Some($name),)*
                    _ => None,
                }
            }

            /// The tag that stands for the message on the wire.
            pub fn tag(&self) -> u32 {
                match self {
                    $(Self::$variant(_) => $tag,)*
                }
            }
        }
    };
}

messages! {
    0 PInitReq(Box<PInitReq>) = "PInitReq",
    1 PInitRes(PInitRes) = "PInitRes",
    2 PReq(Box<PReq>) = "PReq",
    3 PRes(PRes) = "PRes",
    4 InqReq(Box<InqReq>) = "InqReq",
    5 InqRes(InqRes) = "InqRes",
    6 AuthReq(Box<AuthReq>) = "AuthReq",
    7 AuthRes(Box<AuthRes>) = "AuthRes",
    8 AuthRevReq(Box<AuthRevReq>) = "AuthRevReq",
    9 AuthRevRes(Box<AuthRevRes>) = "AuthRevRes",
    10 CapReq(Box<CapReq>) = "CapReq",
    11 CapRes(CapRes) = "CapRes",
    12 CapRevReq(Box<CapRevReq>) = "CapRevReq",
    13 CapRevRes(CapRevRes) = "CapRevRes",
    14 CredReq(Box<CredReq>) = "CredReq",
    15 CredRes(CredRes) = "CredRes",
    16 CredRevReq(Box<CredRevReq>) = "CredRevReq",
    17 CredRevRes(CredRevRes) = "CredRevRes",
    18 PCertReq(PCertReq) = "PCertReq",
    19 PCertRes(PCertRes) = "PCertRes",
    20 BatchAdminReq(BatchAdminReq) = "BatchAdminReq",
    21 BatchAdminRes(BatchAdminRes) = "BatchAdminRes",
    22 CardCInitReq(Box<CardCInitReq>) = "CardCInitReq",
    23 CardCInitRes(CardCInitRes) = "CardCInitRes",
    24 MeAqCInitReq(Box<MeAqCInitReq>) = "Me-AqCInitReq",
    25 MeAqCInitRes(MeAqCInitRes) = "Me-AqCInitRes",
    26 RegFormReq(RegFormReq) = "RegFormReq",
    27 RegFormRes(RegFormRes) = "RegFormRes",
    28 CertReq(CertReq) = "CertReq",
    29 CertRes(CertRes) = "CertRes",
    30 CertInqReq(CertInqReq) = "CertInqReq",
    31 CertInqRes(CertInqRes) = "CertInqRes",
    999 Error(Error) = "Error",
}

//! Error: the answer to octets or messages that cannot be answered otherwise.

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::{
    der::{Octets, Oid},
    opaque::Signed,
    types::{CertThumb, Nonce},
    wrapper::MessageHeader,
};

/// Error
///
/// Tells a party that what it sent cannot be answered. Never sent in answer to an Error.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum Error {
    /// With certificate.
    #[rasn(tag(explicit(context, 0)))]
    SignedError(Signed<ErrorTbs>),
    /// Without.
    #[rasn(tag(explicit(context, 1)))]
    UnsignedError(Box<ErrorTbs>),
}

/// ErrorTBS
///
/// What went wrong, and with which message.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct ErrorTbs {
    /// What went wrong.
    pub error_code: ErrorCode,
    /// Makes the signed error unique.
    pub error_nonce: Nonce,
    /// Offending extension or content OID.
    #[rasn(tag(context, 0))]
    pub error_oid: Option<Oid>,
    /// Thumb of the offending certificate/CRL/BCI.
    #[rasn(tag(explicit(context, 1)))]
    pub error_thumb: Option<CertThumb>,
    /// Copy of the header, or of the whole bad wrapper.
    #[rasn(tag(explicit(context, 2)))]
    pub error_msg: ErrorMsg,
}

/// ErrorMsg
///
/// The message that was wrong: its header, or its first octets where it has none.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum ErrorMsg {
    /// Routing/version header.
    #[rasn(tag(explicit(context, 0)))]
    MessageHeader(MessageHeader),
    /// Undecodable message (first octets).
    #[rasn(tag(context, 1))]
    BadWrapper(Octets<1, 20_000>),
}

/// ErrorCode
///
/// The sins that SET has a number for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum ErrorCode {
    /// UnspecifiedFailure.
    UnspecifiedFailure = 1,
    /// MessageNotSupported.
    MessageNotSupported = 2,
    /// DecodingFailure.
    DecodingFailure = 3,
    /// InvalidCertificate.
    InvalidCertificate = 4,
    /// ExpiredCertificate.
    ExpiredCertificate = 5,
    /// RevokedCertificate.
    RevokedCertificate = 6,
    /// MissingCertificate.
    MissingCertificate = 7,
    /// SignatureFailure.
    SignatureFailure = 8,
    /// BadMessageHeader.
    BadMessageHeader = 9,
    /// WrapperMsgMismatch.
    WrapperMsgMismatch = 10,
    /// VersionTooOld.
    VersionTooOld = 11,
    /// VersionTooNew.
    VersionTooNew = 12,
    /// UnrecognizedExtension.
    UnrecognizedExtension = 13,
    /// MessageTooBig.
    MessageTooBig = 14,
    /// SignatureRequired.
    SignatureRequired = 15,
    /// MessageTooOld.
    MessageTooOld = 16,
    /// MessageTooNew.
    MessageTooNew = 17,
    /// ThumbsMismatch.
    ThumbsMismatch = 18,
    /// UnknownRRPID.
    UnknownRrpid = 19,
    /// UnknownXID.
    UnknownXid = 20,
    /// UnknownLID.
    UnknownLid = 21,
    /// ChallengeMismatch.
    ChallengeMismatch = 22,
}

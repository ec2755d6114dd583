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
    /// Signed, by a party with a certificate.
    #[rasn(tag(explicit(context, 0)))]
    SignedError(Signed<ErrorTbs>),
    /// By a party without a certificate.
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
    /// Makes two errors different.
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
    /// `unspecifiedFailure`
    UnspecifiedFailure = 1,
    /// `messageNotSupported`
    MessageNotSupported = 2,
    /// `decodingFailure`
    DecodingFailure = 3,
    /// `invalidCertificate`
    InvalidCertificate = 4,
    /// `expiredCertificate`
    ExpiredCertificate = 5,
    /// `revokedCertificate`
    RevokedCertificate = 6,
    /// `missingCertificate`
    MissingCertificate = 7,
    /// `signatureFailure`
    SignatureFailure = 8,
    /// `badMessageHeader`
    BadMessageHeader = 9,
    /// `wrapperMsgMismatch`
    WrapperMsgMismatch = 10,
    /// `versionTooOld`
    VersionTooOld = 11,
    /// `versionTooNew`
    VersionTooNew = 12,
    /// `unrecognizedExtension`
    UnrecognizedExtension = 13,
    /// `messageTooBig`
    MessageTooBig = 14,
    /// `signatureRequired`
    SignatureRequired = 15,
    /// `messageTooOld`
    MessageTooOld = 16,
    /// `messageTooNew`
    MessageTooNew = 17,
    /// `thumbsMismatch`
    ThumbsMismatch = 18,
    /// `unknownRRPID`
    UnknownRrpid = 19,
    /// `unknownXID`
    UnknownXid = 20,
    /// `unknownLID`
    UnknownLid = 21,
    /// `challengeMismatch`
    ChallengeMismatch = 22,
}

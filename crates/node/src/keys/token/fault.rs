//! What goes wrong between a party and its token, each with what a person can do about it.

use std::{fmt, io};

use cryptoki::error::{Error, RvError};
use openset_crypto::KeyFault;

/// Why a token did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFault {
    /// Every session is in use and none became free in time.
    Busy,
    /// The token said something else; the log has its word for it.
    Failed,
    /// The token has one try left for the PIN. That one is left to a person.
    LastTry,
    /// The token keeps its keys in a way that lets them leave.
    Leaves,
    /// The session ended while it was used, or the token was taken away.
    Lost,
    /// There is no such module, or it is no shared library.
    NoModule,
    /// The key is not in the token.
    NoSuchKey,
    /// No slot holds a token with this label.
    NoToken,
    /// The module is a shared library and speaks no PKCS#11.
    NotAModule,
    /// The key is in the token and is of another kind or for another use.
    OtherKind,
    /// A token with this label is there, but it is not the one that was there before.
    OtherToken,
    /// The file with the PIN cannot be read.
    PinFile(io::ErrorKind),
    /// Others may read the file with the PIN.
    PinFileOpen,
    /// What is read as the PIN is none: empty, too long, or not text.
    PinForm,
    /// The token takes no PIN any more: it is locked or expired.
    PinLocked,
    /// The variable with the PIN is not set.
    PinUnset,
    /// Several slots hold a token with this label.
    TwoTokens,
    /// The token does not know a mechanism that is needed.
    Unable,
    /// The PIN is wrong. It is not tried again until a restart.
    WrongPin,
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "every session of the token is in use",
            Self::Failed => "the token failed",
            Self::LastTry => "one wrong PIN more would lock the token; it is not tried",
            Self::Leaves => "the token lets its private keys leave",
            Self::Lost => "the session with the token was lost",
            Self::NoModule => "the PKCS#11 module is not there or cannot be loaded",
            Self::NoSuchKey => "the key is not in the token",
            Self::NoToken => "no slot holds a token with this label",
            Self::NotAModule => "the module speaks no PKCS#11",
            Self::OtherKind => "the key in the token is of another kind or for another use",
            Self::OtherToken => "another token has taken the label of the one that was there",
            Self::PinFile(kind) => {
                return write!(f, "the file with the PIN cannot be read: {kind}");
            }
            Self::PinFileOpen => "others may read the file with the PIN",
            Self::PinForm => "what should be the PIN is empty, too long or no text",
            Self::PinLocked => "the token's PIN is locked or expired",
            Self::PinUnset => "the variable with the PIN is not set",
            Self::TwoTokens => "several tokens have this label",
            Self::Unable => "the token does not know a mechanism that is needed",
            Self::WrongPin => "the token does not take the PIN; it is not tried again",
        })
    }
}

impl std::error::Error for TokenFault {}

impl From<TokenFault> for KeyFault {
    fn from(fault: TokenFault) -> Self {
        match fault {
            TokenFault::NoSuchKey => Self::NoSuchKey,
            TokenFault::OtherKind => Self::WrongKind,
            _ => Self::Broken,
        }
    }
}

impl From<Error> for TokenFault {
    fn from(error: Error) -> Self {
        let fault = match &error {
            Error::LibraryLoading(_) => Self::NoModule,
            Error::MissingSymbol(_) | Error::NullFunctionPointer => Self::NotAModule,
            Error::Pkcs11(code, _) => of_code(code),
            _ => Self::Failed,
        };
        tracing::debug!(%error, %fault, "a token answered no");
        fault
    }
}

fn of_code(code: &RvError) -> TokenFault {
    match code {
        RvError::CryptokiNotInitialized
        | RvError::DeviceError
        | RvError::DeviceRemoved
        | RvError::KeyHandleInvalid
        | RvError::ObjectHandleInvalid
        | RvError::OperationActive
        | RvError::OperationNotInitialized
        | RvError::SessionClosed
        | RvError::SessionHandleInvalid
        | RvError::SlotIdInvalid
        | RvError::TokenNotPresent
        | RvError::TokenNotRecognized
        | RvError::UserNotLoggedIn => TokenFault::Lost,
        RvError::KeyFunctionNotPermitted | RvError::KeyTypeInconsistent => TokenFault::OtherKind,
        RvError::CurveNotSupported
        | RvError::FunctionNotSupported
        | RvError::MechanismInvalid
        | RvError::MechanismParamInvalid => TokenFault::Unable,
        RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => TokenFault::WrongPin,
        RvError::PinExpired | RvError::PinLocked => TokenFault::PinLocked,
        RvError::SessionCount => TokenFault::Busy,
        _ => TokenFault::Failed,
    }
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    #[test]
    fn a_token_that_is_taken_away_is_a_lost_session_and_a_wrong_pin_is_not() {
        let of = |code| TokenFault::from(Error::Pkcs11(code, Function::Sign));
        for lost in
            [RvError::DeviceRemoved, RvError::SessionHandleInvalid, RvError::TokenNotPresent]
        {
            assert_eq!(of(lost), TokenFault::Lost);
        }
        assert_eq!(of(RvError::PinIncorrect), TokenFault::WrongPin);
        assert_eq!(of(RvError::GeneralError), TokenFault::Failed);
    }

    #[test]
    fn only_a_missing_and_a_mismatched_key_are_told_apart_from_a_broken_holder() {
        assert_eq!(KeyFault::from(TokenFault::NoSuchKey), KeyFault::NoSuchKey);
        assert_eq!(KeyFault::from(TokenFault::OtherKind), KeyFault::WrongKind);
        for fault in [TokenFault::Lost, TokenFault::WrongPin, TokenFault::Busy] {
            assert_eq!(KeyFault::from(fault), KeyFault::Broken);
        }
    }
}

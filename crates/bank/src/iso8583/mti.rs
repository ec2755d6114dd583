//! The message type indicator: what kind of message this is, in four digits.

use std::fmt;

/// Version, class, function and origin of a message (ISO 8583:1987, 4.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mti([u8; 4]);

/// Why four octets are not a message type indicator of this standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidMti {
    /// No class of message has this number.
    Class,
    /// Not four digits.
    Digits,
    /// No function has this number.
    Function,
    /// No origin has this number.
    Origin,
    /// Not the version of 1987.
    Version,
}

impl Mti {
    /// 0100: may this card be charged?
    pub const AUTHORIZATION_REQUEST: Self = Self(*b"0100");
    /// 0110: the issuer's answer.
    pub const AUTHORIZATION_RESPONSE: Self = Self(*b"0110");
    /// 0220: a merchant takes what an issuer holds.
    pub const FINANCIAL_ADVICE: Self = Self(*b"0220");
    /// 0221: the same advice, said again.
    pub const FINANCIAL_ADVICE_REPEAT: Self = Self(*b"0221");
    /// 0230: the advice is taken note of.
    pub const FINANCIAL_ADVICE_RESPONSE: Self = Self(*b"0230");
    /// 0400: undo an authorization, please.
    pub const REVERSAL_REQUEST: Self = Self(*b"0400");
    /// 0410: the answer to it.
    pub const REVERSAL_RESPONSE: Self = Self(*b"0410");
    /// 0420: an authorization is undone; repeated until acknowledged.
    pub const REVERSAL_ADVICE: Self = Self(*b"0420");
    /// 0421: the same advice, said again.
    pub const REVERSAL_ADVICE_REPEAT: Self = Self(*b"0421");
    /// 0430: the advice is acknowledged.
    pub const REVERSAL_ADVICE_RESPONSE: Self = Self(*b"0430");
    /// 0500: what a merchant asks about its batches, or an acquirer says was settled on a day.
    pub const RECONCILIATION_REQUEST: Self = Self(*b"0500");
    /// 0510: the answer to it.
    pub const RECONCILIATION_RESPONSE: Self = Self(*b"0510");
    /// 0800: sign on, sign off, or a sign of life.
    pub const NETWORK_REQUEST: Self = Self(*b"0800");
    /// 0810: the answer to it.
    pub const NETWORK_RESPONSE: Self = Self(*b"0810");

    /// Takes four ASCII digits that mean something.
    pub fn parse(digits: [u8; 4]) -> Result<Self, InvalidMti> {
        let [version, class, function, origin] = digits;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(InvalidMti::Digits);
        }
        if version != b'0' {
            return Err(InvalidMti::Version);
        }
        if !(b'1'..=b'8').contains(&class) {
            return Err(InvalidMti::Class);
        }
        if !(b'0'..=b'4').contains(&function) {
            return Err(InvalidMti::Function);
        }
        if !(b'0'..=b'5').contains(&origin) {
            return Err(InvalidMti::Origin);
        }
        Ok(Self(digits))
    }

    /// The four digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The four digits as ASCII octets.
    pub fn digits(self) -> [u8; 4] {
        self.0
    }

    /// The message type that answers this one, if it is one that is answered.
    pub fn response(self) -> Option<Self> {
        let [version, class, function, _] = self.0;
        let function = match function {
            b'0' => b'1',
            b'2' => b'3',
            _ => return None,
        };
        Some(Self([version, class, function, b'0']))
    }

    /// Whether this type answers another.
    pub fn is_response(self) -> bool {
        let [_, _, function, _] = self.0;
        matches!(function, b'1' | b'3')
    }
}

impl fmt::Display for Mti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Mti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mti({self})")
    }
}

impl fmt::Display for InvalidMti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Class => "no class of message has this number",
            Self::Digits => "a message type is four digits",
            Self::Function => "no function has this number",
            Self::Origin => "no origin has this number",
            Self::Version => "not the version of 1987",
        })
    }
}

impl std::error::Error for InvalidMti {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_advices_know_their_answers() {
        assert_eq!(Mti::AUTHORIZATION_REQUEST.response(), Some(Mti::AUTHORIZATION_RESPONSE));
        assert_eq!(Mti::REVERSAL_ADVICE_REPEAT.response(), Some(Mti::REVERSAL_ADVICE_RESPONSE));
        assert_eq!(Mti::NETWORK_RESPONSE.response(), None);
    }

    #[test]
    fn types_that_mean_nothing_are_refused() {
        for (digits, why) in [
            (*b"\0\0\0\0", InvalidMti::Digits),
            (*b"0000", InvalidMti::Class),
            (*b"0900", InvalidMti::Class),
            (*b"1100", InvalidMti::Version),
            (*b"0190", InvalidMti::Function),
            (*b"0109", InvalidMti::Origin),
            (*b"01 0", InvalidMti::Digits),
        ] {
            assert_eq!(Mti::parse(digits), Err(why));
        }
    }
}

//! The house's own words as they travel.

use std::{borrow::Cow, ops::Deref};

use openset_types::{
    Bin, Brand, CardExpiry, Language, LocalId, MerchantCategory, MerchantId, Pan, Rrpid, Secret,
    UnixTime, Xid,
};
use rasn::types::Tag;

use super::{Contents, What, primitive};

/// A value of `openset_types` carried as one primitive element.
///
/// It is the value in all but name: read it through `Deref` or the public field, make it with
/// `into()`.
///
/// | carries | ASN.1 |
/// |---|---|
/// | `Xid`, `Rrpid` | XID, RRPID ::= OCTET STRING (SIZE(20)) |
/// | `LocalId` | LocalID ::= OCTET STRING (SIZE(1..20)) |
/// | `Secret` | Secret ::= OCTET STRING (SIZE(20..32)) |
/// | `Pan` | PAN ::= NumericString (SIZE(1..19)) |
/// | `CardExpiry`, `Bin` | CardExpiry, BIN ::= NumericString (SIZE(6)) |
/// | `MerchantCategory` | NumericString (SIZE(4)) |
/// | `Brand`, `MerchantId` | BrandID, MerchantID, in their VisibleString form |
/// | `Language` | Language ::= VisibleString (SIZE(1..35)) |
/// | `UnixTime` | Date ::= GeneralizedTime |
///
/// BrandID and MerchantID may also be written as a BMPString. Such a spelling is refused: these
/// names decide who is trusted, and a name must have one spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Carried<T>(pub T);

impl<T> Deref for Carried<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Carried<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

primitive!(Carried<T> where T: Contents);

impl<T: Contents> Contents for Carried<T> {
    const TAG: Tag = T::TAG;

    fn read(contents: &[u8]) -> Result<Self, What> {
        T::read(contents).map(Self)
    }

    fn write(&self) -> Cow<'_, [u8]> {
        self.0.write()
    }
}

/// Carries an identifier as an OCTET STRING.
macro_rules! octets {
    ($($name:ty: $make:expr;)*) => {$(
        impl Contents for $name {
            const TAG: Tag = Tag::OCTET_STRING;

            fn read(contents: &[u8]) -> Result<Self, What> {
                $make(contents).map_err(|_| What::Bounds)
            }

            fn write(&self) -> Cow<'_, [u8]> {
                Cow::Borrowed(self.as_bytes())
            }
        }
    )*};
}

octets! {
    Xid: Self::try_from;
    Rrpid: Self::try_from;
    LocalId: Self::new;
}

/// Carries a name or number as a text.
macro_rules! texts {
    ($($name:ty: $tag:ident;)*) => {$(
        impl Contents for $name {
            const TAG: Tag = Tag::$tag;

            fn read(contents: &[u8]) -> Result<Self, What> {
                let text = std::str::from_utf8(contents).map_err(|_| What::Character)?;
                Self::parse(text).map_err(|_| What::Bounds)
            }

            fn write(&self) -> Cow<'_, [u8]> {
                Cow::Borrowed(self.as_str().as_bytes())
            }
        }
    )*};
}

texts! {
    Bin: NUMERIC_STRING;
    MerchantCategory: NUMERIC_STRING;
    Brand: VISIBLE_STRING;
    MerchantId: VISIBLE_STRING;
    Language: VISIBLE_STRING;
}

impl Contents for CardExpiry {
    const TAG: Tag = Tag::NUMERIC_STRING;

    fn read(contents: &[u8]) -> Result<Self, What> {
        let text = std::str::from_utf8(contents).map_err(|_| What::Character)?;
        let month = text.get(4..).unwrap_or_default();
        if !("01"..="12").contains(&month) {
            return Err(What::Time);
        }
        Self::parse(text).map_err(|_| What::Bounds)
    }

    fn write(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.as_str().as_bytes())
    }
}

impl Contents for Pan {
    const TAG: Tag = Tag::NUMERIC_STRING;

    fn read(contents: &[u8]) -> Result<Self, What> {
        let text = std::str::from_utf8(contents).map_err(|_| What::Character)?;
        Self::parse(text).map_err(|_| What::Bounds)
    }

    fn write(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.expose().as_bytes())
    }
}

impl Contents for Secret {
    const TAG: Tag = Tag::OCTET_STRING;

    fn read(contents: &[u8]) -> Result<Self, What> {
        match (20..=32).contains(&contents.len()) {
            true => Ok(Self::new(contents.to_vec())),
            false => Err(What::Bounds),
        }
    }

    fn write(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.expose())
    }
}

impl Contents for UnixTime {
    const TAG: Tag = Tag::GENERALIZED_TIME;

    fn read(contents: &[u8]) -> Result<Self, What> {
        let text = std::str::from_utf8(contents).map_err(|_| What::Time)?;
        Self::parse_generalized(text).map_err(|_| What::Time)
    }

    fn write(&self) -> Cow<'_, [u8]> {
        Cow::Owned(self.generalized().into_bytes())
    }
}

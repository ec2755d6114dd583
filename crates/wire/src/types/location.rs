//! Places.

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::SetString;

/// Location
///
/// A place on earth.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Location {
    /// The country, as ISO 3166 counts them.
    #[rasn(value("1..=999"))]
    pub country_code: u16,
    /// City.
    #[rasn(tag(explicit(context, 0)))]
    pub city: Option<SetString<50>>,
    /// State or province.
    #[rasn(tag(explicit(context, 1)))]
    pub state_province: Option<SetString<25>>,
    /// Postal code.
    #[rasn(tag(explicit(context, 2)))]
    pub postal_code: Option<SetString<14>>,
    /// Acquirer-defined place id.
    #[rasn(tag(explicit(context, 3)))]
    pub location_id: Option<SetString<10>>,
}

//! The questions that have a name of their own in SET, so that software knows what is asked in
//! whatever language it is asked.

use openset_wire::der::Oid;
use serde::{Deserialize, Serialize};

/// 2.23.42.2: what registration forms ask.
const FIELDS: Oid = Oid::from_static(&[0x67, 0x2A, 0x02]);

/// A well-known question of a registration form (fieldId).
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FieldId {
    /// A name in full.
    FullName,
    /// A given name.
    GivenName,
    /// A family name.
    FamilyName,
    /// The family name at birth.
    BirthFamilyName,
    /// The name of a place.
    PlaceName,
    /// A number by which somebody is known.
    IdentificationNumber,
    /// A month.
    Month,
    /// A date.
    Date,
    /// An address.
    Address,
    /// A telephone number.
    Telephone,
    /// An amount of money.
    Amount,
    /// The number of an account.
    AccountNumber,
    /// A pass phrase: not to be shown while it is typed.
    PassPhrase,
}

impl FieldId {
    /// All of them, by their last arc.
    pub const ALL: [Self; 13] = [
        Self::FullName,
        Self::GivenName,
        Self::FamilyName,
        Self::BirthFamilyName,
        Self::PlaceName,
        Self::IdentificationNumber,
        Self::Month,
        Self::Date,
        Self::Address,
        Self::Telephone,
        Self::Amount,
        Self::AccountNumber,
        Self::PassPhrase,
    ];

    /// Its name in the standard.
    pub fn name(self) -> &'static str {
        match self {
            Self::FullName => "fullName",
            Self::GivenName => "givenName",
            Self::FamilyName => "familyName",
            Self::BirthFamilyName => "birthFamilyName",
            Self::PlaceName => "placeName",
            Self::IdentificationNumber => "identificationNumber",
            Self::Month => "month",
            Self::Date => "date",
            Self::Address => "address",
            Self::Telephone => "telephone",
            Self::Amount => "amount",
            Self::AccountNumber => "accountNumber",
            Self::PassPhrase => "passPhrase",
        }
    }

    /// The question of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// Its object identifier, as forms carry it.
    pub fn oid(self) -> Oid {
        FIELDS.child(self as u128)
    }

    /// The question with this object identifier.
    pub fn of(oid: &Oid) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.oid() == *oid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_numbered_as_in_the_standard() {
        let shown = |known: FieldId| known.oid().to_string();
        assert_eq!(shown(FieldId::FullName), "2.23.42.2.0");
        assert_eq!(shown(FieldId::Address), "2.23.42.2.8");
        assert_eq!(shown(FieldId::PassPhrase), "2.23.42.2.12");
        assert_eq!(FieldId::of(&FIELDS.child(13)), None);
        assert_eq!(FieldId::of(&FIELDS), None);
    }

    #[test]
    fn every_question_is_found_by_its_name_and_by_its_identifier() {
        for known in FieldId::ALL {
            assert_eq!(FieldId::named(known.name()), Some(known));
            assert_eq!(FieldId::of(&known.oid()), Some(known));
        }
        assert_eq!(FieldId::named("fullname"), None);
    }
}

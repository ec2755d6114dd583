//! What is asked for: a first certificate or another one, and for which keys.

use openset_crypto::Authority;
use openset_wire::cert::RequestType;
use serde::{Deserialize, Serialize};

/// What an applicant asks for.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Whether it has a certificate already.
    pub occasion: Occasion,
    /// For which keys.
    pub keys: KeysWanted,
}

/// Whether there is a certificate already that the new one takes the place of.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Occasion {
    /// There is none.
    First,
    /// There is one, and it will end.
    Renewal,
}

/// Which of an applicant's two keys are to be certified.
// Stored. Change only with a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeysWanted {
    /// The one that signs. A cardholder has no other.
    Signature,
    /// The one that others seal for.
    Encipherment,
    /// Both.
    Both,
}

impl Wanted {
    /// A first certificate, or two.
    pub fn first(keys: KeysWanted) -> Self {
        Self { occasion: Occasion::First, keys }
    }

    /// Another certificate, or two.
    pub fn renewal(keys: KeysWanted) -> Self {
        Self { occasion: Occasion::Renewal, keys }
    }

    /// Reads what a request asks for, and of which kind of authority.
    pub(crate) fn read(request: RequestType) -> (Authority, Self) {
        use Authority::{Cardholder, Gateway, Merchant};
        use KeysWanted::{Both, Encipherment, Signature};
        match request {
            RequestType::CardInitialSig => (Cardholder, Self::first(Signature)),
            RequestType::MerInitialSig => (Merchant, Self::first(Signature)),
            RequestType::MerInitialEnc => (Merchant, Self::first(Encipherment)),
            RequestType::MerInitialBoth => (Merchant, Self::first(Both)),
            RequestType::PgwyInitialSig => (Gateway, Self::first(Signature)),
            RequestType::PgwyInitialEnc => (Gateway, Self::first(Encipherment)),
            RequestType::PgwyInitialBoth => (Gateway, Self::first(Both)),
            RequestType::CardRenewalSig => (Cardholder, Self::renewal(Signature)),
            RequestType::MerRenewalSig => (Merchant, Self::renewal(Signature)),
            RequestType::MerRenewalEnc => (Merchant, Self::renewal(Encipherment)),
            RequestType::MerRenewalBoth => (Merchant, Self::renewal(Both)),
            RequestType::PgwyRenewalSig => (Gateway, Self::renewal(Signature)),
            RequestType::PgwyRenewalEnc => (Gateway, Self::renewal(Encipherment)),
            RequestType::PgwyRenewalBoth => (Gateway, Self::renewal(Both)),
        }
    }

    /// As it travels, if such a thing can be asked of this kind of authority.
    pub fn request(self, of: Authority) -> Option<RequestType> {
        ALL.into_iter().find(|request| Self::read(*request) == (of, self))
    }
}

impl KeysWanted {
    /// Whether the key that signs is among them.
    pub fn has_signature(self) -> bool {
        matches!(self, Self::Signature | Self::Both)
    }

    /// Whether the key that others seal for is among them.
    pub fn has_encipherment(self) -> bool {
        matches!(self, Self::Encipherment | Self::Both)
    }
}

/// Every type of request.
const ALL: [RequestType; 14] = [
    RequestType::CardInitialSig,
    RequestType::MerInitialSig,
    RequestType::MerInitialEnc,
    RequestType::MerInitialBoth,
    RequestType::PgwyInitialSig,
    RequestType::PgwyInitialEnc,
    RequestType::PgwyInitialBoth,
    RequestType::CardRenewalSig,
    RequestType::MerRenewalSig,
    RequestType::MerRenewalEnc,
    RequestType::MerRenewalBoth,
    RequestType::PgwyRenewalSig,
    RequestType::PgwyRenewalEnc,
    RequestType::PgwyRenewalBoth,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_request_is_read_and_written_the_same() {
        for request in ALL {
            let (kind, wanted) = Wanted::read(request);
            assert_eq!(wanted.request(kind), Some(request));
        }
    }

    #[test]
    fn a_cardholder_asks_for_no_key_to_seal_with() {
        for keys in [KeysWanted::Encipherment, KeysWanted::Both] {
            assert_eq!(Wanted::first(keys).request(Authority::Cardholder), None);
            assert_eq!(Wanted::renewal(keys).request(Authority::Cardholder), None);
        }
        let brand = Wanted::first(KeysWanted::Both).request(Authority::Brand);
        assert_eq!(brand, None, "nobody registers with a brand");
    }
}

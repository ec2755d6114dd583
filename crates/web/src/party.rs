//! The parties of a transaction, each with its letter, its colour and its name.

use crate::words::Words;

/// A party that speaks or listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// The buyer's wallet.
    Cardholder,
    /// The authority that certifies cards.
    CardholderAuthority,
    /// The shop.
    Merchant,
    /// The authority that certifies shops.
    MerchantAuthority,
    /// The payment gateway.
    Gateway,
    /// The authority that certifies gateways.
    GatewayAuthority,
    /// The shop's bank.
    Acquirer,
    /// The card's bank.
    Issuer,
}

impl Party {
    /// All of them, from the card to its bank: the order of the lanes in a diagram.
    pub const ALL: [Self; 8] = [
        Self::Cardholder,
        Self::CardholderAuthority,
        Self::Merchant,
        Self::MerchantAuthority,
        Self::Gateway,
        Self::GatewayAuthority,
        Self::Acquirer,
        Self::Issuer,
    ];

    /// The letter that stands beside its colour.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Cardholder => "C",
            Self::Merchant => "M",
            Self::Gateway => "G",
            Self::Acquirer => "Q",
            Self::Issuer => "I",
            Self::CardholderAuthority | Self::MerchantAuthority | Self::GatewayAuthority => "CA",
        }
    }

    /// The class that gives its colour in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Cardholder => "p-c",
            Self::Merchant => "p-m",
            Self::Gateway => "p-g",
            Self::Acquirer => "p-q",
            Self::Issuer => "p-i",
            Self::CardholderAuthority | Self::MerchantAuthority | Self::GatewayAuthority => "p-ca",
        }
    }

    /// Its name as people say it.
    pub fn name(self, say: &Words) -> String {
        match self {
            Self::Cardholder => say.party_cardholder(),
            Self::CardholderAuthority => say.party_cardholder_authority(),
            Self::Merchant => say.party_merchant(),
            Self::MerchantAuthority => say.party_merchant_authority(),
            Self::Gateway => say.party_gateway(),
            Self::GatewayAuthority => say.party_gateway_authority(),
            Self::Acquirer => say.party_acquirer(),
            Self::Issuer => say.party_issuer(),
        }
    }
}

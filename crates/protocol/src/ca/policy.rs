//! What differs between the three kinds of authority: data, mostly.

use std::collections::BTreeMap;

use openset_crypto::Purpose;
use openset_types::{Bin, Language};
use openset_wire::cert::RequestType;

use crate::enrolment::{Field, Form, in_language};

/// Whom an authority certifies, and for which banks.
#[derive(Debug)]
pub struct Policy {
    /// Whom.
    pub certifies: Certifies,
    /// The issuers or acquirers it works for, by BIN.
    pub institutions: BTreeMap<Bin, Institution>,
    /// A further question, whose answer is sealed apart from the others. Only merchants and
    /// gateways are asked one: a cardholder's account is the card.
    pub account: Option<Field>,
}

/// Whom an authority certifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certifies {
    /// Cardholders.
    Cardholders,
    /// Merchants.
    Merchants,
    /// Payment gateways.
    Gateways,
}

/// A bank, as certificates name it and with the forms it asks to be filled in.
#[derive(Debug)]
pub struct Institution {
    /// Its name in certificates.
    pub name: String,
    /// Its country, in two letters.
    pub country: String,
    /// Its form, in each language it is written in.
    pub forms: Vec<(Language, Form)>,
}

impl Certifies {
    /// The one kind of request that is answered: a first certificate for each key.
    pub(super) fn request(self) -> RequestType {
        match self {
            Self::Cardholders => RequestType::CardInitialSig,
            Self::Merchants => RequestType::MerInitialBoth,
            Self::Gateways => RequestType::PgwyInitialBoth,
        }
    }

    /// What the certificate of the signature key is for.
    pub(super) fn signature(self) -> Purpose {
        match self {
            Self::Cardholders => Purpose::CardholderSignature,
            Self::Merchants => Purpose::MerchantSignature,
            Self::Gateways => Purpose::GatewaySignature,
        }
    }

    /// What the certificate of the other key is for, if there is another.
    pub(super) fn encipherment(self) -> Option<Purpose> {
        match self {
            Self::Cardholders => None,
            Self::Merchants => Some(Purpose::MerchantEncipherment),
            Self::Gateways => Some(Purpose::GatewayEncipherment),
        }
    }
}

impl Institution {
    /// Its form in a language.
    pub(super) fn form(&self, language: &Language) -> Option<&Form> {
        in_language(&self.forms, language)
    }
}

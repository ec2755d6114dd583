//! What differs between the three kinds of authority: data, mostly.

use std::collections::BTreeMap;

use openset_crypto::{Authority, Purpose};
use openset_types::{Bin, Language};

use crate::enrolment::{Field, Form, in_language};

/// Whom an authority certifies, and for which banks.
#[derive(Debug)]
pub struct Policy {
    /// Whom.
    pub certifies: Certifies,
    /// The issuers or acquirers it works for, by BIN.
    pub institutions: BTreeMap<Bin, Institution>,
    /// Where others are sent, by the BIN of their bank: to an authority of its own.
    pub referrals: BTreeMap<Bin, Referral>,
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

/// Where an applicant is sent, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// Words for the applicant: at most 512 characters.
    pub reason: String,
    /// The addresses of other authorities, the best one first.
    pub urls: Vec<String>,
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
    /// Which kind of authority that is.
    pub fn authority(self) -> Authority {
        match self {
            Self::Cardholders => Authority::Cardholder,
            Self::Merchants => Authority::Merchant,
            Self::Gateways => Authority::Gateway,
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

//! What an authority makes: certificates, lists of revoked ones, and BCIs.
//!
//! A certificate is made in two steps. [`Draft`] is what will be signed: complete, checked
//! against the profile, and written down by the authority before anything is signed. [`issue`]
//! signs a draft. After a crash in between the draft says what was to be signed, and the same
//! certificate is issued or none (abuse case 30).

mod draft;
mod lists;
#[cfg(test)]
mod tests;

use openset_types::UnixTime;
use openset_wire::der::Original;
use openset_wire::x509::{
    AlgorithmIdentifier, Certificate, MerchantData, Name, Serial, SetExtensions, Tunneling,
    UnsignedCertificate,
};

pub use crate::lint::{Lint, lint, lint_list};
pub use draft::{draft, draft_root, issue, restore, restore_root};
pub use lists::{BciTerms, CrlTerms, Revoked, bci, crl};

use crate::{Digest, KeyId, PublicKey, Purpose};

/// What a certificate is to say.
#[derive(Debug)]
pub struct Terms<'a> {
    /// Its number: from [`Draw::serial`](crate::Draw::serial), never twice.
    pub serial: Serial,
    /// Whose key it is about.
    pub subject: Name,
    /// The key.
    pub key: &'a PublicKey,
    /// What the certificate is for. It will be for nothing else.
    pub purpose: Purpose,
    /// The first moment at which it is good.
    pub not_before: UnixTime,
    /// The last one.
    pub not_after: UnixTime,
    /// The last moment at which the private key signs; the certificate may outlive it.
    pub signs_until: UnixTime,
    /// Where the issuer's list of revoked certificates is, if it publishes one. Certificates of
    /// suite `set10` do not say it.
    pub crl_url: Option<&'a str>,
    /// What only some certificates say.
    pub details: Details,
}

/// What only some certificates say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Details {
    /// Nothing: cardholders, authorities, gateways that sign.
    None,
    /// Lists are signed with another certificate: in one for signing certificates.
    ListsApart,
    /// Who a merchant is: in both its certificates.
    Merchant(MerchantData),
    /// What a gateway takes: in the certificate that things are sealed for.
    Gateway {
        /// Whether it takes payments of cardholders with certificates only.
        card_cert_required: bool,
        /// Whether it passes messages from the acquirer to the cardholder.
        tunneling: Option<Tunneling>,
        /// The message extensions it understands.
        extensions: SetExtensions,
    },
    /// The key of the next root: in the certificate of a root.
    NextRoot(Digest<PublicKey>),
}

/// A certificate that is ready to be signed, and with which key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    unsigned: Original<UnsignedCertificate>,
    algorithm: AlgorithmIdentifier,
    signer: KeyId,
}

impl Draft {
    /// What will be signed, for the record.
    pub fn octets(&self) -> &[u8] {
        self.unsigned.octets()
    }

    /// What the certificate will say.
    pub fn unsigned(&self) -> &UnsignedCertificate {
        self.unsigned.value()
    }

    /// The certificate with some signature.
    fn with(&self, signature: &[u8]) -> Certificate {
        Certificate {
            to_be_signed: self.unsigned.clone().into(),
            algorithm: self.algorithm.clone(),
            signature: openset_wire::der::OctetBits::new(signature),
        }
    }
}

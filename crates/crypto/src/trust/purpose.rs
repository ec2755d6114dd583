//! What a certificate is asked to do, and what it must say to be allowed to.

use openset_wire::x509::{CertificateType, KeyUsage};

use crate::{KeyKind, KeyUse, Suite};

/// The kinds of certificate authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authority {
    /// The anchor of a suite.
    Root,
    /// One card brand.
    Brand,
    /// A region of a brand.
    Geopolitical,
    /// CCA: certifies cardholders.
    Cardholder,
    /// MCA: certifies merchants.
    Merchant,
    /// PCA: certifies payment gateways.
    Gateway,
}

/// What a certificate is asked to do. A certificate that may do one thing may do no other (A13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// A cardholder signs.
    CardholderSignature,
    /// A merchant signs.
    MerchantSignature,
    /// Something is sealed for a merchant.
    MerchantEncipherment,
    /// A gateway signs.
    GatewaySignature,
    /// Something is sealed for a gateway.
    GatewayEncipherment,
    /// An authority signs a message.
    AuthoritySignature(Authority),
    /// Something is sealed for an authority.
    AuthorityEncipherment(Authority),
    /// An authority signs certificates, and lists of those it took back unless it has another
    /// certificate for that.
    CertificateSigning(Authority),
    /// An authority signs lists and nothing else.
    ListSigning(Authority),
}

impl Authority {
    /// The bit of certificateType that says so.
    pub(crate) fn certificate_type(self) -> CertificateType {
        match self {
            Self::Root => CertificateType::RCA,
            Self::Brand => CertificateType::BCA,
            Self::Geopolitical => CertificateType::GCA,
            Self::Cardholder => CertificateType::CCA,
            Self::Merchant => CertificateType::MCA,
            Self::Gateway => CertificateType::PCA,
        }
    }

    /// Whether this authority must publish a CRL, so that none at all is a refusal.
    ///
    /// CCA and MCA need none, and their certificates sign none: a lost card is declined by its
    /// issuer. Where a brand has given one of them a certificate for lists and names its list in
    /// a BCI, that list counts as any other.
    pub fn publishes_crl(self) -> bool {
        match self {
            Self::Root | Self::Brand | Self::Geopolitical | Self::Gateway => true,
            Self::Cardholder | Self::Merchant => false,
        }
    }

    /// Whom this authority may certify, besides its own certificates for messages.
    pub(crate) fn certifies(self) -> CertificateType {
        let below_brand =
            CertificateType::CCA.with(CertificateType::MCA).with(CertificateType::PCA);
        match self {
            Self::Root => CertificateType::BCA,
            Self::Brand => below_brand.with(CertificateType::GCA),
            Self::Geopolitical => below_brand,
            Self::Cardholder => CertificateType::CARD,
            Self::Merchant => CertificateType::MER,
            Self::Gateway => CertificateType::PGWY,
        }
    }

    /// All of them, from the root down.
    pub const ALL: [Self; 6] = [
        Self::Root,
        Self::Brand,
        Self::Geopolitical,
        Self::Cardholder,
        Self::Merchant,
        Self::Gateway,
    ];
}

impl Purpose {
    /// Whose certificate it must be.
    pub(crate) fn certificate_type(self) -> CertificateType {
        match self {
            Self::CardholderSignature => CertificateType::CARD,
            Self::MerchantSignature | Self::MerchantEncipherment => CertificateType::MER,
            Self::GatewaySignature | Self::GatewayEncipherment => CertificateType::PGWY,
            Self::AuthoritySignature(authority)
            | Self::AuthorityEncipherment(authority)
            | Self::CertificateSigning(authority)
            | Self::ListSigning(authority) => authority.certificate_type(),
        }
    }

    /// The kind of key that is made for it: the strongest for roots and brands, whose
    /// certificates last longest.
    pub fn key_kind(self, suite: Suite) -> KeyKind {
        let over = |kind| self == Self::CertificateSigning(kind) || self == Self::ListSigning(kind);
        match suite {
            Suite::Set10 if over(Authority::Root) => KeyKind::Rsa2048,
            Suite::Modern if over(Authority::Root) || over(Authority::Brand) => KeyKind::P384,
            Suite::Set10 | Suite::Modern => KeyKind::of_parties(suite),
        }
    }

    /// What its key is made for.
    pub fn key_use(self) -> KeyUse {
        match self {
            Self::MerchantEncipherment
            | Self::GatewayEncipherment
            | Self::AuthorityEncipherment(_) => KeyUse::Opens,
            Self::CardholderSignature
            | Self::MerchantSignature
            | Self::GatewaySignature
            | Self::AuthoritySignature(_)
            | Self::CertificateSigning(_)
            | Self::ListSigning(_) => KeyUse::Signs,
        }
    }

    /// Whether it is that of an authority over others: what basicConstraints say. In `set10` a
    /// certificate that signs lists only says so too; RFC 5280 has it of those that certify.
    pub(crate) fn is_over_others(self, suite: Suite) -> bool {
        match self {
            Self::CertificateSigning(_) => true,
            Self::ListSigning(_) => suite == Suite::Set10,
            _ => false,
        }
    }

    /// What its key must be for. In suite `modern` keys that are sealed to agree on a key, in
    /// `set10` they decipher one.
    pub(crate) fn key_usage(self, suite: Suite) -> KeyUsage {
        match self {
            Self::CardholderSignature
            | Self::MerchantSignature
            | Self::GatewaySignature
            | Self::AuthoritySignature(_) => KeyUsage::DIGITAL_SIGNATURE,
            Self::MerchantEncipherment
            | Self::GatewayEncipherment
            | Self::AuthorityEncipherment(_) => match suite {
                Suite::Set10 => KeyUsage::KEY_ENCIPHERMENT.with(KeyUsage::DATA_ENCIPHERMENT),
                Suite::Modern => KeyUsage::KEY_AGREEMENT,
            },
            Self::CertificateSigning(_) => KeyUsage::KEY_CERT_SIGN,
            Self::ListSigning(_) => KeyUsage::CRL_SIGN,
        }
    }
}

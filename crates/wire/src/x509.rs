//! Certificates, revocation lists and brand lists, with every extension SET adds to them.

mod algorithm;
mod bci;
mod certificate;
mod crl;
mod digested;
mod extension;
mod name;
mod private;
mod standard;
mod time;

pub use algorithm::{AlgorithmIdentifier, SubjectPublicKeyInfo};
pub use bci::{BrandCrlIdentifier, CrlIdentifier, UnsignedBrandCrlIdentifier};
pub use certificate::{Certificate, Serial, UnsignedCertificate, Validity};
pub use crl::{CertificateRevocationList, CrlEntry, UnsignedCertificateRevocationList};
pub use digested::{ContentInfo, DigestedData};
pub use extension::{Extension, ExtensionValue, Extensions};
pub use name::{Name, NameAttribute, NameText, RelativeDistinguishedName};
pub use private::{
    AdditionalPolicy, CardCertRequired, CertificateType, HashedRootKey, MerNames, MerchantData,
    SetExtensions, SetPolicyQualifier, SetQualifier, Tunneling,
};
pub use standard::{
    AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, CrlDistributionPoints,
    CrlNumber, CrlReason, DistributionPoint, DistributionPointName, GeneralName, IssuerAltName,
    KeyUsage, OtherName, PolicyInformation, PolicyQualifierInfo, PrivateKeyUsagePeriod,
    SubjectAltName, SubjectKeyIdentifier,
};
pub use time::{Time, UtcTime};

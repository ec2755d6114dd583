//! Any octets as a certificate or list, and every extension in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use openset_wire::{
    der::decode,
    x509::{
        AuthorityKeyIdentifier, BasicConstraints, BrandCrlIdentifier, CardCertRequired,
        Certificate, CertificatePolicies, CertificateRevocationList, CertificateType,
        CrlDistributionPoints, CrlNumber, HashedRootKey, IssuerAltName, KeyUsage, MerchantData,
        PrivateKeyUsagePeriod, SetExtensions, SubjectAltName, SubjectKeyIdentifier, Tunneling,
    },
};

fuzz_target!(|octets: &[u8]| {
    let _ = decode::<CertificateRevocationList>(octets);
    let _ = decode::<BrandCrlIdentifier>(octets);
    let Ok(certificate) = decode::<Certificate>(octets) else { return };
    let Some(extensions) = &certificate.to_be_signed.extensions else { return };
    let _ = extensions.get::<AuthorityKeyIdentifier>();
    let _ = extensions.get::<BasicConstraints>();
    let _ = extensions.get::<CardCertRequired>();
    let _ = extensions.get::<CertificateType>();
    let _ = extensions.get::<CrlDistributionPoints>();
    let _ = extensions.get::<CrlNumber>();
    let _ = extensions.get::<HashedRootKey>();
    let _ = extensions.get::<IssuerAltName>();
    let _ = extensions.get::<KeyUsage>();
    let _ = extensions.get::<MerchantData>();
    let _ = extensions.get::<PrivateKeyUsagePeriod>();
    let _ = extensions.get::<SetExtensions>();
    let _ = extensions.get::<SubjectAltName>();
    let _ = extensions.get::<SubjectKeyIdentifier>();
    let _ = extensions.get::<Tunneling>();
    let Ok(Some(policies)) = extensions.get::<CertificatePolicies>() else { return };
    let qualifiers = policies.0.iter().flat_map(|policy| policy.policy_qualifiers.iter().flatten());
    qualifiers.for_each(|qualifier| drop(qualifier.set_qualifier()));
});

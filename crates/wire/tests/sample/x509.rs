//! Samples of certificates and lists. Their signatures are worth nothing.

use openset_types::UnixTime;
use openset_wire::{
    der::{Element, OctetBits, Octets, Original},
    types::Url,
    x509::{
        AdditionalPolicy, AlgorithmIdentifier, AuthorityKeyIdentifier, BasicConstraints,
        BrandCrlIdentifier, CardCertRequired, Certificate, CertificatePolicies,
        CertificateRevocationList, CertificateType, ContentInfo, CrlDistributionPoints, CrlEntry,
        CrlIdentifier, CrlNumber, DigestedData, DistributionPoint, DistributionPointName,
        Extension, ExtensionValue, Extensions, GeneralName, HashedRootKey, IssuerAltName, KeyUsage,
        MerNames, MerchantData, Name, NameAttribute, OtherName, PolicyInformation,
        PolicyQualifierInfo, PrivateKeyUsagePeriod, Serial, SetExtensions, SetPolicyQualifier,
        SetQualifier, SubjectAltName, SubjectKeyIdentifier, SubjectPublicKeyInfo, Time, Tunneling,
        UnsignedBrandCrlIdentifier, UnsignedCertificate, UnsignedCertificateRevocationList,
        Validity,
    },
};

use super::{
    Sample, bin, brand, digest, digest_algorithm, language, later, merchant_id, now, oid, text,
};

pub(crate) fn parts() -> Vec<Sample> {
    vec![
        Sample::of("Certificate", &certificate()),
        Sample::of("CertificateRevocationList", &crl()),
        Sample::of("BrandCRLIdentifier", &brand_crl_identifier()),
        Sample::of("MerchantDataSyntax", &merchant_data()),
        Sample::of("SetPolicyQualifier", &policy_qualifier()),
        Sample::of("HashedRootKeySyntax", &hashed_root_key()),
        Sample::of("TunnelingSyntax", &tunneling()),
        Sample::of("TunnelingSyntax", &no_tunneling()).named("none"),
        Sample::of("AuthorityKeyIdentifier", &authority_key()),
        Sample::of("BasicConstraintsSyntax", &authority_of_one_level()),
        Sample::of("CertificatePoliciesSyntax", &policies()),
        Sample::of("GeneralNames", &alternative_names()),
        Sample::of("PrivateKeyUsagePeriod", &usage_period()),
    ]
}

pub(crate) fn signature_algorithm() -> AlgorithmIdentifier {
    AlgorithmIdentifier::bare(oid(&[1, 2, 840, 10045, 4, 3, 2]))
}

pub(crate) fn public_key() -> SubjectPublicKeyInfo {
    let curve = oid(&[1, 2, 840, 10045, 3, 1, 7]);
    SubjectPublicKeyInfo {
        algorithm: AlgorithmIdentifier {
            algorithm: oid(&[1, 2, 840, 10045, 2, 1]),
            parameters: Some(Element::of(&curve).expect("encodable")),
        },
        subject_public_key: OctetBits::new(&[4; 65]),
    }
}

pub(crate) fn name(common_name: &str) -> Name {
    Name::new(&[
        (NameAttribute::Country, "FR"),
        (NameAttribute::Organization, "Demo Brand"),
        (NameAttribute::OrganizationalUnit, "Demo Acquirer"),
        (NameAttribute::CommonName, common_name),
    ])
    .expect("a proper name")
}

pub(crate) fn certificate() -> Certificate {
    let unsigned = UnsignedCertificate {
        version: UnsignedCertificate::VERSION_3,
        serial_number: Serial::new(&[0x80, 1, 2, 3]).expect("positive"),
        signature: signature_algorithm(),
        issuer: name("Demo Authority"),
        validity: Validity { not_before: Time::from(*now()), not_after: far().into() },
        subject: name("Atelier Lumen"),
        subject_public_key_info: public_key(),
        extensions: Some(all_extensions()),
    };
    Certificate {
        to_be_signed: Original::new(unsigned).expect("encodable").into(),
        algorithm: signature_algorithm(),
        signature: OctetBits::new(&[0x51; 70]),
    }
}

fn far() -> UnixTime {
    UnixTime::parse_generalized("20501231235959Z").expect("a real moment")
}

/// Every extension that is known.
pub(crate) fn all_extensions() -> Extensions {
    let address = |text: &str| Octets::new(text.as_bytes()).expect("short");
    let point = GeneralName::UniformResourceIdentifier(address("http://crl.example/1.crl"));
    let full_name = DistributionPointName::FullName(vec![point]);
    let extensions: Vec<Extension> = [
        authority_key().extension(),
        SubjectKeyIdentifier(Octets::new(&[7; 20]).expect("short")).extension(),
        KeyUsage::DIGITAL_SIGNATURE.with(KeyUsage::CRL_SIGN).extension(),
        usage_period().extension(),
        policies().extension(),
        SubjectAltName(alternative_names()).extension(),
        IssuerAltName(vec![GeneralName::DnsName(address("ca.example"))]).extension(),
        authority_of_one_level().extension(),
        CrlDistributionPoints(vec![DistributionPoint { distribution_point: full_name }])
            .extension(),
        hashed_root_key().extension(),
        CertificateType::MER.with(CertificateType::ACQ).extension(),
        merchant_data().extension(),
        CardCertRequired(true).extension(),
        tunneling().extension(),
        SetExtensions(vec![oid(&[2, 23, 42, 1, 1])]).extension(),
    ]
    .into_iter()
    .collect::<Result<_, _>>()
    .expect("encodable");
    Extensions::new(extensions).expect("each once")
}

pub(crate) fn authority_key() -> AuthorityKeyIdentifier {
    AuthorityKeyIdentifier {
        key_identifier: Some(Octets::new(&[7; 20]).expect("short")),
        authority_cert_issuer: Some(vec![GeneralName::DirectoryName(name("Demo Root"))]),
        authority_cert_serial_number: Some(Serial::new(&[9]).expect("positive")),
    }
}

fn authority_of_one_level() -> BasicConstraints {
    BasicConstraints { ca: true, path_len_constraint: Some(0) }
}

fn usage_period() -> PrivateKeyUsagePeriod {
    PrivateKeyUsagePeriod { not_before: Some(now()), not_after: Some(later()) }
}

fn alternative_names() -> Vec<GeneralName> {
    let address = |text: &str| Octets::new(text.as_bytes()).expect("short");
    vec![
        GeneralName::Rfc822Name(address("shop@example")),
        GeneralName::IpAddress(Octets::new(&[127, 0, 0, 1]).expect("short")),
        GeneralName::RegisteredId(oid(&[2, 999])),
        GeneralName::UniformResourceIdentifier(address("https://shop.example/")),
        GeneralName::OtherName(OtherName {
            type_id: oid(&[2, 999, 1]),
            value: Element::of(&false).expect("encodable"),
        }),
    ]
}

fn policies() -> CertificatePolicies {
    CertificatePolicies(vec![PolicyInformation {
        policy_identifier: PolicyInformation::SET_ROOT,
        policy_qualifiers: Some(vec![
            PolicyQualifierInfo::of(&policy_qualifier()).expect("encodable"),
        ]),
    }])
}

pub(crate) fn policy_qualifier() -> SetPolicyQualifier {
    let qualifier = SetQualifier {
        policy_digest: Some(policy_digest()),
        terse_statement: Some(text("Worth nothing.")),
        policy_url: Some(Url::new("https://brand.example/policy").expect("printable")),
        policy_email: Some(Url::new("mailto:policy@brand.example").expect("printable")),
    };
    SetPolicyQualifier {
        root_qualifier: qualifier.clone(),
        additional_policies: Some(vec![AdditionalPolicy {
            policy_oid: Some(oid(&[2, 23, 42, 5, 1])),
            policy_qualifier: Some(SetQualifier { terse_statement: None, ..qualifier }),
            policy_added_by: CertificateType::BCA,
        }]),
    }
}

fn policy_digest() -> DigestedData {
    DigestedData {
        dd_version: 0,
        digest_algorithm: digest_algorithm(),
        content_info: ContentInfo { content_type: oid(&[2, 23, 42, 3, 1]), content: None },
        digest: digest(0x55),
    }
}

pub(crate) fn hashed_root_key() -> HashedRootKey {
    HashedRootKey {
        root_key_thumbprint: DigestedData {
            dd_version: 0,
            digest_algorithm: digest_algorithm(),
            content_info: ContentInfo { content_type: HashedRootKey::CONTENT, content: None },
            digest: digest(0x52),
        },
    }
}

pub(crate) fn merchant_data() -> MerchantData {
    let names = |language, city: &str| MerNames {
        language,
        name: text("Atelier Lumen"),
        city: text(city),
        state_province: Some(text("Bretagne")),
        postal_code: Some(text("29200")),
        country_name: text("France"),
    };
    MerchantData {
        mer_id: merchant_id(),
        mer_acquirer_bin: bin(),
        mer_name_seq: vec![names(Some(language()), "Brest"), names(None, "Brest-m\u{ea}me")],
        mer_country: 250,
        mer_auth_flag: false,
    }
}

pub(crate) fn tunneling() -> Tunneling {
    let algorithm = oid(&[2, 16, 840, 1, 101, 3, 4, 1, 46]);
    Tunneling { tunneling: true, tunnel_alg_ids: vec![algorithm] }
}

pub(crate) fn no_tunneling() -> Tunneling {
    Tunneling { tunneling: false, tunnel_alg_ids: vec![] }
}

pub(crate) fn crl() -> CertificateRevocationList {
    let reason = Extension {
        extn_id: oid(&[2, 5, 29, 21]),
        critical: false,
        extn_value: Octets::new(&[0x0A, 0x01, 0x01]).expect("short"),
    };
    let number = CrlNumber(300).extension().expect("encodable");
    let unsigned = UnsignedCertificateRevocationList {
        version: UnsignedCertificateRevocationList::VERSION_2,
        signature: signature_algorithm(),
        issuer: name("Demo Authority"),
        this_update: (*now()).into(),
        next_update: Some((*later()).into()),
        revoked_certificates: Some(vec![CrlEntry {
            user_certificate: Serial::new(&[5]).expect("positive"),
            revocation_date: (*now()).into(),
            crl_entry_extensions: Some(Extensions::new(vec![reason]).expect("one")),
        }]),
        crl_extensions: Some(Extensions::new(vec![number]).expect("one")),
    };
    CertificateRevocationList {
        to_be_signed: Original::new(unsigned).expect("encodable").into(),
        algorithm: signature_algorithm(),
        signature: OctetBits::new(&[0x53; 70]),
    }
}

pub(crate) fn brand_crl_identifier() -> BrandCrlIdentifier {
    let number = CrlNumber(4).extension().expect("encodable");
    let unsigned = UnsignedBrandCrlIdentifier {
        version: 0,
        sequence_num: 4,
        brand_id: brand(),
        not_before: now(),
        not_after: later(),
        crl_identifier_seq: Some(vec![CrlIdentifier {
            issuer_name: name("Demo Authority"),
            crl_number: 300,
        }]),
        b_crl_extensions: Some(Extensions::new(vec![number]).expect("one")),
    };
    BrandCrlIdentifier {
        to_be_signed: Original::new(unsigned).expect("encodable"),
        algorithm: signature_algorithm(),
        signature: OctetBits::new(&[0x54; 70]),
    }
}

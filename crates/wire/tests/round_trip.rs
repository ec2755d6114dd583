//! Every message and every part is written and read back.

mod sample;

use openset_wire::{
    der::{self, Original},
    payment::OiData,
    wrapper::{Message, MessageWrapper, Outline},
    x509::{
        AuthorityKeyIdentifier, BasicConstraints, CardCertRequired, Certificate,
        CertificatePolicies, CertificateType, CrlDistributionPoints, CrlNumber, CrlReason,
        Extensions, HashedRootKey, IssuerAltName, KeyUsage, MerchantData, PrivateKeyUsagePeriod,
        SetExtensions, SubjectAltName, SubjectKeyIdentifier, Tunneling,
    },
};

#[test]
fn everything_is_written_and_read_back_to_the_same_octets() {
    for sample in sample::all() {
        let again = (sample.again)(&sample.octets);
        assert_eq!(again, Ok(sample.octets), "{}", sample.file);
    }
}

#[test]
fn every_message_knows_its_name_and_tag() {
    for sample in sample::messages() {
        let wrapper = MessageWrapper::decode(&sample.octets).expect("a sample");
        let name = wrapper.message.name();
        assert!(sample.file.starts_with(name), "{} is not a {name}", sample.file);
    }
}

#[test]
fn the_outline_of_a_message_says_what_the_message_says() {
    for sample in sample::messages() {
        let MessageWrapper { message_header, message, .. } =
            MessageWrapper::decode(&sample.octets).expect("a sample");
        let outline = Outline { header: message_header, name: message.name() };
        assert_eq!(Outline::of(&sample.octets), Ok(outline), "{}", sample.file);
    }
}

#[test]
fn what_is_no_message_has_no_outline() {
    let octets = sample::wrapper(Message::PRes(sample::signed(14))).encode().expect("encodable");
    for end in 0..octets.len() {
        assert!(Outline::of(&octets[..end]).is_err(), "cut short at {end}");
    }
    let field = octets.windows(2).rposition(|pair| pair[0] == 0xA3).expect("the tag of PRes");
    for tag in [0x83, 0x30, 0x63] {
        let mut other = octets.clone();
        other[field] = tag;
        assert!(Outline::of(&other).is_err(), "{tag:02x}");
    }
}

#[test]
fn tags_stand_on_the_wire_as_they_are_listed() {
    let octets = der::encode(&Message::Error(sample::unsigned_error())).expect("encodable");
    assert_eq!(octets.get(..3), Some(&[0xBF, 0x87, 0x67][..]));
    let octets = der::encode(&Message::PRes(sample::signed(1))).expect("encodable");
    assert_eq!(octets, [0xA3, 0x05, 0x30, 0x03, 0x02, 0x01, 0x01]);
    assert_eq!(Message::PRes(sample::signed(1)).tag(), 3);
}

#[test]
fn the_header_is_read_even_if_the_message_is_wrong() {
    let wrapper = sample::wrapper(Message::PRes(sample::signed(14)));
    let mut octets = wrapper.encode().expect("encodable");
    let body = octets.len() - 5;
    octets[body] = 0x31;
    assert!(MessageWrapper::decode(&octets).is_err());
    assert_eq!(MessageWrapper::header_of(&octets), Some(sample::header()));
    assert_eq!(MessageWrapper::header_of(&octets[1..]), None);
    assert_eq!(MessageWrapper::header_of(&[]), None);
}

#[test]
fn what_was_signed_keeps_its_octets() {
    let whole = der::encode(&sample::certificate()).expect("encodable");
    let certificate: Certificate = der::decode(&whole).expect("a sample");
    let inside = certificate.to_be_signed.octets();
    assert!(whole.windows(inside.len()).any(|window| window == inside));
    let order = Original::<OiData>::new(sample::oi_data()).expect("encodable");
    assert_eq!(Original::from_octets(order.octets()), Ok(order));
}

#[test]
fn every_extension_is_found_by_its_type() {
    let extensions = sample::all_extensions();
    fn there<T: openset_wire::x509::ExtensionValue>(extensions: &Extensions) -> bool {
        extensions.get::<T>().expect("well formed").is_some()
    }
    for (name, found) in [
        ("authorityKeyIdentifier", there::<AuthorityKeyIdentifier>(&extensions)),
        ("subjectKeyIdentifier", there::<SubjectKeyIdentifier>(&extensions)),
        ("keyUsage", there::<KeyUsage>(&extensions)),
        ("privateKeyUsagePeriod", there::<PrivateKeyUsagePeriod>(&extensions)),
        ("certificatePolicies", there::<CertificatePolicies>(&extensions)),
        ("subjectAltName", there::<SubjectAltName>(&extensions)),
        ("issuerAltName", there::<IssuerAltName>(&extensions)),
        ("basicConstraints", there::<BasicConstraints>(&extensions)),
        ("cRLDistributionPoints", there::<CrlDistributionPoints>(&extensions)),
        ("hashedRootKey", there::<HashedRootKey>(&extensions)),
        ("certificateType", there::<CertificateType>(&extensions)),
        ("merchantData", there::<MerchantData>(&extensions)),
        ("cardCertRequired", there::<CardCertRequired>(&extensions)),
        ("tunneling", there::<Tunneling>(&extensions)),
        ("setExtensions", there::<SetExtensions>(&extensions)),
    ] {
        assert!(found, "{name}");
    }
    assert!(!there::<CrlNumber>(&extensions));
    let policies = extensions.get::<CertificatePolicies>().expect("well formed");
    let qualifier = policies.as_ref().and_then(|list| list.0[0].policy_qualifiers.as_ref());
    let qualifier = qualifier.expect("one").first().expect("one").set_qualifier();
    assert_eq!(qualifier, Ok(Some(sample::policy_qualifier())));
}

#[test]
fn a_list_says_why_a_certificate_was_taken_back() {
    let list = sample::crl();
    let entry = list.to_be_signed.revoked_certificates.as_ref().and_then(|all| all.first());
    let extensions = entry.and_then(|entry| entry.crl_entry_extensions.as_ref()).expect("a reason");
    assert_eq!(extensions.get(), Ok(Some(CrlReason::KeyCompromise)));
    // RFC 5280, 5.3.1: seven is nobody's number.
    assert!(der::decode::<CrlReason>(&[0x0A, 0x01, 0x07]).is_err());
}

#[test]
fn account_data_and_secrets_do_not_print() {
    let printed = format!(
        "{:?} {:?} {:?} {:?}",
        sample::pan_data(),
        sample::acct_info(),
        sample::cert_req_data(),
        sample::cert_res_data()
    );
    assert!(!printed.contains("4111111111111111"), "{printed}");
    assert!(!printed.contains("11111111"), "{printed}");
    assert!(!printed.contains("4848"), "{printed}");
    assert!(!printed.contains("ritier"), "{printed}");
    assert!(printed.contains("Pan(\u{2026}1111)"), "{printed}");
}

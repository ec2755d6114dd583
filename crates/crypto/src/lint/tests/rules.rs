//! The rules that hold for every certificate, one broken at a time in a merchant's.

use openset_wire::x509::SubjectAltName;

use super::*;

/// A change to a certificate, and why it is refused then.
type Case = (fn(&mut Unsigned), Lint);

#[test]
fn whatever_breaks_a_rule_of_all_certificates_is_refused() {
    let cases = [fields(), absences(), criticalities(), contents()].concat();
    in_every_suite(|suite| {
        let world = World::new(suite);
        for (number, (change, why)) in cases.iter().enumerate() {
            let found = changed(suite, (&world.merchant, Some(&world.mca)), change);
            assert_eq!(found, Err(why.clone()), "case {number}");
        }
    });
}

fn fields() -> Vec<Case> {
    vec![
        (|it| it.version = 1, Lint::Version),
        (|it| it.serial_number = Serial::new(&[0x7F; 8]).expect("a number"), Lint::Serial),
        (|it| it.validity.not_before = it.validity.not_after, Lint::Validity),
        (
            |it| {
                let moment = it.validity.not_after.moment();
                it.validity.not_after = Time::GeneralTime(Carried(moment));
            },
            Lint::TimeForm,
        ),
        (|it| it.validity.not_after = Time::from(moment("99991231235959Z")), Lint::OutlivesIssuer),
        (
            |it| {
                let from = it.validity.not_before.moment().plus_s(-86_400 * 30);
                it.validity.not_before = Time::from(from);
            },
            Lint::OutlivesIssuer,
        ),
    ]
}

fn absences() -> Vec<Case> {
    vec![
        (|it| it.extensions = None, Lint::Missing("certificateType")),
        (without::<CertificateType>, Lint::Missing("certificateType")),
        (without::<KeyUsage>, Lint::Missing("keyUsage")),
        (without::<AuthorityKeyIdentifier>, Lint::Missing("authorityKeyIdentifier")),
        (without::<PrivateKeyUsagePeriod>, Lint::Missing("privateKeyUsagePeriod")),
        (without::<CertificatePolicies>, Lint::Missing("certificatePolicies")),
        (without::<BasicConstraints>, Lint::Missing("basicConstraints")),
        (without::<MerchantData>, Lint::Missing("merchantData")),
    ]
}

fn criticalities() -> Vec<Case> {
    vec![
        (turned::<AuthorityKeyIdentifier>, Lint::Criticality("authorityKeyIdentifier")),
        (turned::<KeyUsage>, Lint::Criticality("keyUsage")),
        (turned::<PrivateKeyUsagePeriod>, Lint::Criticality("privateKeyUsagePeriod")),
        (turned::<CertificatePolicies>, Lint::Criticality("certificatePolicies")),
        (turned::<BasicConstraints>, Lint::Criticality("basicConstraints")),
        (turned::<CertificateType>, Lint::Criticality("certificateType")),
        (turned::<MerchantData>, Lint::Criticality("merchantData")),
    ]
}

fn contents() -> Vec<Case> {
    vec![
        (
            |it| {
                let names =
                    vec![GeneralName::DnsName(Octets::new(b"shop.example").expect("short"))];
                says(it, &SubjectAltName(names));
            },
            Lint::Foreign(SubjectAltName::OID),
        ),
        (|it| says(it, &CardCertRequired(true)), Lint::Foreign(CardCertRequired::OID)),
        (
            |it| says(it, &BasicConstraints { ca: true, path_len_constraint: None }),
            Lint::Constraints,
        ),
        (
            |it| says(it, &BasicConstraints { ca: false, path_len_constraint: Some(0) }),
            Lint::Constraints,
        ),
        (
            |it| {
                let both = KeyUsage::DIGITAL_SIGNATURE.with(KeyUsage::NON_REPUDIATION);
                says(it, &both);
            },
            Lint::NoSuchCertificate,
        ),
        (|it| says(it, &CertificateType::MER.with(CertificateType::CARD)), Lint::NoSuchCertificate),
        (
            |it| {
                let both = [PolicyInformation::SET_ROOT, PolicyInformation::SET_ROOT.child(1)];
                let policy = |policy_identifier| PolicyInformation {
                    policy_identifier,
                    policy_qualifiers: None,
                };
                says(it, &CertificatePolicies(both.map(policy).to_vec()));
            },
            Lint::Policies,
        ),
        (
            |it| {
                let qualifier = PolicyQualifierInfo {
                    policy_qualifier_id: PolicyInformation::SET_ROOT,
                    qualifier: None,
                };
                let policy = PolicyInformation {
                    policy_identifier: PolicyInformation::SET_ROOT,
                    policy_qualifiers: Some(vec![qualifier]),
                };
                says(it, &CertificatePolicies(vec![policy]));
            },
            Lint::Policies,
        ),
        (
            |it| {
                let period: PrivateKeyUsagePeriod = value(it);
                says(it, &PrivateKeyUsagePeriod { not_before: None, ..period });
            },
            Lint::SigningPeriod,
        ),
        (
            |it| {
                let end = Some(Carried(it.validity.not_after.moment().plus_s(1)));
                let period: PrivateKeyUsagePeriod = value(it);
                says(it, &PrivateKeyUsagePeriod { not_after: end, ..period });
            },
            Lint::SigningPeriod,
        ),
    ]
}

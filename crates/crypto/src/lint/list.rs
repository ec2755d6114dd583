//! What an authority is about to sign of lists, held against the profile.

use std::collections::BTreeSet;

use openset_wire::der::{Oid, decode};
use openset_wire::x509::{
    AuthorityKeyIdentifier, Certificate, CrlEntry, CrlNumber, ExtensionValue, Extensions, KeyUsage,
    Time, UnsignedCertificateRevocationList as Unsigned,
};

use super::{Lint, under};
use crate::{PublicKey, Suite};

/// Looks at the octets of a list of revoked certificates that will be signed: that it is one of the
/// profile, and its issuer's key one that signs lists. Whether those it names should be on it, and
/// whether its number is higher than all before, the authority knows.
pub fn lint_list(suite: Suite, octets: &[u8], issuer: &Certificate) -> Result<(), Lint> {
    let unsigned: Unsigned = decode(octets)?;
    if unsigned.version != Unsigned::VERSION_2 {
        return Err(Lint::Version);
    }
    require_times(&unsigned)?;
    require_entries(&unsigned)?;
    let none = Extensions::default();
    let extensions = unsigned.crl_extensions.as_ref().unwrap_or(&none);
    require_extensions(extensions)?;
    require_published_by(suite, &unsigned, extensions, issuer)
}

/// It says when the next one will be there, and that is later.
fn require_times(unsigned: &Unsigned) -> Result<(), Lint> {
    let this = unsigned.this_update;
    let next = unsigned.next_update.ok_or(Lint::Validity)?;
    if this.moment() >= next.moment() {
        return Err(Lint::Validity);
    }
    let entries = unsigned.revoked_certificates.iter().flatten().map(|entry| entry.revocation_date);
    let mut times = [this, next].into_iter().chain(entries);
    let proper = |time: Time| Time::from(time.moment()) == time;
    if times.all(proper) { Ok(()) } else { Err(Lint::TimeForm) }
}

/// Each certificate stands there once, with a reason at most; no entries at all are not written.
fn require_entries(unsigned: &Unsigned) -> Result<(), Lint> {
    let Some(entries) = &unsigned.revoked_certificates else { return Ok(()) };
    let numbers: BTreeSet<_> = entries.iter().map(|entry| &entry.user_certificate).collect();
    let is_plain = |entry: &CrlEntry| {
        let extensions = entry.crl_entry_extensions.iter().flat_map(Extensions::iter);
        let mut others = extensions.filter(|one| one.extn_id != REASON_CODE || one.critical);
        others.next().is_none()
    };
    let right = !entries.is_empty() && numbers.len() == entries.len();
    if right && entries.iter().all(is_plain) { Ok(()) } else { Err(Lint::Entries) }
}

/// The issuer's key and the number of the list, and nothing else.
fn require_extensions(extensions: &Extensions) -> Result<(), Lint> {
    let names =
        [(AuthorityKeyIdentifier::OID, "authorityKeyIdentifier"), (CrlNumber::OID, "cRLNumber")];
    for one in extensions.iter() {
        let known = names.iter().find(|(oid, _)| *oid == one.extn_id);
        let (_, name) = known.ok_or_else(|| Lint::Foreign(one.extn_id.clone()))?;
        if one.critical {
            return Err(Lint::Criticality(name));
        }
    }
    match extensions.get()? {
        Some(CrlNumber(number)) if number > 0 => Ok(()),
        Some(_) => Err(Lint::Serial),
        None => Err(Lint::Missing("cRLNumber")),
    }
}

fn require_published_by(
    suite: Suite,
    unsigned: &Unsigned,
    extensions: &Extensions,
    issuer: &Certificate,
) -> Result<(), Lint> {
    let above = &**issuer.to_be_signed;
    let key = PublicKey::of(suite, issuer)?;
    if unsigned.issuer != above.subject {
        return Err(Lint::OtherIssuer);
    }
    if unsigned.signature != key.kind().signature_algorithm()? {
        return Err(Lint::Algorithm);
    }
    let own: AuthorityKeyIdentifier =
        extensions.get()?.ok_or(Lint::Missing("authorityKeyIdentifier"))?;
    let full = under::named(suite, above, key.id())?;
    // Where the key has a name, lists call it by that alone.
    let wanted = match suite {
        Suite::Set10 => full,
        Suite::Modern => AuthorityKeyIdentifier {
            key_identifier: full.key_identifier,
            ..AuthorityKeyIdentifier::default()
        },
    };
    if own != wanted {
        return Err(Lint::AuthorityKey);
    }
    let usage: KeyUsage = under::own(above)?;
    if usage.contains(KeyUsage::CRL_SIGN) { Ok(()) } else { Err(Lint::NotTheIssuers) }
}

/// id-ce-cRLReasons: 2.5.29.21
const REASON_CODE: Oid = Oid::from_static(&[0x55, 0x1D, 0x15]);

#[cfg(test)]
mod tests {
    use openset_wire::der::encode;
    use openset_wire::x509::{AlgorithmIdentifier, Extension, Serial};

    use super::*;
    use crate::pki::{World, in_every_suite};

    type Case = (fn(&mut Unsigned), Lint);

    fn with(unsigned: &mut Unsigned, change: impl FnOnce(&mut Vec<Extension>)) {
        let all = unsigned.crl_extensions.as_ref().expect("always").iter().cloned();
        let mut all: Vec<_> = all.collect();
        change(&mut all);
        unsigned.crl_extensions = Some(Extensions::new(all).expect("each once"));
    }

    fn entry(unsigned: &mut Unsigned) -> &mut CrlEntry {
        unsigned.revoked_certificates.as_mut().expect("entries").first_mut().expect("one")
    }

    fn reason(critical: bool) -> Extensions {
        let value = openset_wire::der::Octets::new(&[0x0A, 1, 1]).expect("short");
        let extension = Extension { extn_id: REASON_CODE, critical, extn_value: value };
        Extensions::new(vec![extension]).expect("each once")
    }

    fn of_the_list_itself() -> Vec<Case> {
        vec![
            (|it| it.version = 0, Lint::Version),
            (|it| it.next_update = None, Lint::Validity),
            (|it| it.next_update = Some(it.this_update), Lint::Validity),
            (
                |it| it.this_update = Time::GeneralTime(it.this_update.moment().into()),
                Lint::TimeForm,
            ),
            (
                |it| {
                    let date = entry(it).revocation_date.moment();
                    entry(it).revocation_date = Time::GeneralTime(date.into());
                },
                Lint::TimeForm,
            ),
            (|it| it.revoked_certificates = Some(Vec::new()), Lint::Entries),
            (
                |it| {
                    let again = entry(it).clone();
                    it.revoked_certificates.as_mut().expect("entries").push(again);
                },
                Lint::Entries,
            ),
            (|it| entry(it).crl_entry_extensions = Some(reason(true)), Lint::Entries),
        ]
    }

    fn of_its_issuer() -> Vec<Case> {
        vec![
            (|it| it.crl_extensions = None, Lint::Missing("cRLNumber")),
            (|it| with(it, |all| all.truncate(1)), Lint::Missing("cRLNumber")),
            (|it| with(it, |all| drop(all.remove(0))), Lint::Missing("authorityKeyIdentifier")),
            (|it| with(it, |all| all[1].critical = true), Lint::Criticality("cRLNumber")),
            (
                |it| with(it, |all| all[1] = CrlNumber(0).extension().expect("encodable")),
                Lint::Serial,
            ),
            (|it| with(it, |all| all[1].extn_id = REASON_CODE), Lint::Foreign(REASON_CODE)),
            (
                |it| {
                    let nobody = AuthorityKeyIdentifier {
                        authority_cert_serial_number: Serial::new(&[7; 16]).ok(),
                        ..AuthorityKeyIdentifier::default()
                    };
                    with(it, |all| all[0] = nobody.extension().expect("encodable"));
                },
                Lint::AuthorityKey,
            ),
            (|it| it.signature = AlgorithmIdentifier::bare(REASON_CODE), Lint::Algorithm),
        ]
    }

    #[test]
    fn a_list_that_breaks_a_rule_is_refused() {
        let cases = [of_the_list_itself(), of_its_issuer()].concat();
        in_every_suite(|suite| {
            let world = World::new(suite);
            let bag = world.lists(1, &[&world.gateway]);
            let [root, brand, gateways] = &bag.crls[..] else { panic!("three lists") };
            for (list, by) in [(root, &world.root), (brand, &world.brand), (gateways, &world.pca)] {
                let octets = list.to_be_signed.octets();
                assert_eq!(lint_list(suite, octets, &by.certificate), Ok(()));
            }
            let judge = |change: &dyn Fn(&mut Unsigned), by: &Certificate| {
                let mut unsigned = gateways.to_be_signed.value().clone();
                change(&mut unsigned);
                lint_list(suite, &encode(&unsigned).expect("encodable"), by)
            };
            let own = &world.pca.certificate;
            let with_reason = |it: &mut Unsigned| {
                entry(it).crl_entry_extensions = Some(reason(false));
            };
            assert_eq!(judge(&with_reason, own), Ok(()));
            for (number, (change, why)) in cases.iter().enumerate() {
                assert_eq!(judge(change, own), Err(why.clone()), "case {number}");
            }
            let by_another = judge(&|_| {}, &world.brand.certificate);
            assert_eq!(by_another, Err(Lint::OtherIssuer));
        });
    }

    #[test]
    fn whoever_has_no_certificate_for_lists_signs_none() {
        in_every_suite(|suite| {
            let world = World::new(suite);
            let terms = crate::authority::CrlTerms {
                number: 1,
                this_update: crate::pki::now(),
                next_update: crate::pki::now().plus_s(60),
                revoked: &[],
            };
            for by in [&world.cca, &world.mca, &world.merchant, &world.mca_signature] {
                let list = crate::authority::crl(suite, &terms, by, &world.keys);
                let refused = crate::Unmade::Unfit(Lint::NotTheIssuers);
                assert_eq!(list.err(), Some(refused));
            }
        });
    }
}

//! NIST's path validation test suite (PKITS 1.0.1) through our path code.
//!
//! Its certificates know nothing of SET: RSA with SHA-256, policies of NIST's own. They are read by
//! the rules of X.509 in `x509.rs` and granted what only SET asks for: a part to play, the name of
//! the certificate above, a policy to be named. All that follows is the code that parties run:
//! links, signatures, depth, time and lists.
//!
//! Nothing may be accepted that NIST refuses. What is refused and NIST accepts stands in
//! `docs/pkits.md`, number by number, and no more and no less than that.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path as Folder, PathBuf};
use std::sync::Arc;

use openset_wire::der::{Oid, decode};
use openset_wire::x509::CertificateRevocationList;

use super::*;
use crate::openssl::{is_ci, named_folder};
use crate::pki::now;
use crate::{Bag, Path, Trust};

const CASES: &str = include_str!("pkits.txt");
const DOCUMENT: &str = include_str!("../../../../../docs/pkits.md");
const ANCHOR: &str = "TrustAnchorRootCertificate";

impl Certified {
    /// A certificate of NIST's, under a policy unless it is the anchor.
    fn of_nist(
        certificate: Certificate,
        policy: Option<&Oid>,
        signer: CertificateName,
    ) -> Result<Self, Untrusted> {
        let unsigned = &certificate.to_be_signed;
        let extensions = x509::require_shape(&certificate)?;
        policy.map_or(Ok(()), |policy| x509::require_policy(extensions, policy))?;
        let key = PublicKey::of_nist(&encode(&unsigned.subject_public_key_info)?)?;
        let constraints: BasicConstraints = extensions.get()?.unwrap_or_default();
        let parts = [CertificateType::PGWY, CertificateType::PCA];
        let own_name = key_name(&certificate)?;
        let by: Option<AuthorityKeyIdentifier> = extensions.get()?;
        let own = || own_name.clone().map(SignedWith::Key).ok_or(Untrusted::OutsideProfile);
        Ok(Self {
            suite: Suite::Set10,
            thumb: Thumb::of(Suite::Set10, unsigned.octets()),
            key_id: key.id(),
            issued_with: by.map_or_else(own, |by| SignedWith::read(&by))?,
            key_name: own_name,
            roles: parts[usize::from(constraints.ca)],
            gives_out: parts[0].with(parts[1]),
            usage: required(extensions)?,
            constraints,
            signer,
            signing_period: PrivateKeyUsagePeriod::default(),
            merchant: None,
            card_cert_required: None,
            next_root: None,
            key,
            certificate,
        })
    }
}

/// One test, or one setting of a test.
struct Case {
    number: &'static str,
    is_accepted: bool,
    /// NIST-test-policy-n: one of them must stand in every certificate.
    policies: &'static str,
    /// From the end up to below the anchor.
    path: Vec<&'static str>,
    beside: Vec<&'static str>,
    lists: Vec<&'static str>,
}

impl Case {
    fn read(line: &'static str) -> Self {
        let parts: Vec<_> = line.split(" ; ").collect();
        let [number, verdict, policies, path, beside, lists] = parts[..] else { panic!("{line}") };
        let names = |names: &'static str| names.split(' ').filter(|name| *name != "-").collect();
        Self {
            number,
            is_accepted: verdict == "accept",
            policies,
            path: names(path),
            beside: names(beside),
            lists: names(lists),
        }
    }

    /// Whether the path is believed under one of the policies; if not, why not under the first.
    fn run(&self, folder: &Folder) -> Result<(), Untrusted> {
        let policies = self.policies.bytes().map(|digit| policy_of_nist(digit - b'0'));
        let mut verdicts = policies.map(|policy| self.run_under(&policy, folder));
        let first = verdicts.next().expect("a policy");
        if verdicts.any(|verdict| verdict.is_ok()) { Ok(()) } else { first }
    }

    fn run_under(&self, policy: &Oid, folder: &Folder) -> Result<(), Untrusted> {
        let trust = anchored(folder)?;
        let [end, above @ ..] = &self.path[..] else { panic!("{}: no path", self.number) };
        let mut names = vec![*end];
        names.extend(above);
        names.push(ANCHOR);
        let mut climbed = Vec::new();
        for pair in names.windows(2) {
            let [own, by] = [certificate(folder, pair[0])?, certificate(folder, pair[1])?];
            climbed.push(Arc::new(Certified::of_nist(own, Some(policy), name(&by))?));
        }
        let anchor = trust.known(&name(&certificate(folder, ANCHOR)?));
        let path = trust.descend(climbed, &anchor.expect("it is believed"))?;
        for beside in &self.beside {
            meet(&trust, certificate(folder, beside)?, policy, &path);
        }
        let mut bag = Bag::default();
        for list in &self.lists {
            // A list that cannot be read is no list.
            bag.crls.extend(list_of(folder, list));
        }
        let purpose = match path.leaf().constraints.ca {
            true => Purpose::CertificateSigning(Authority::Gateway),
            false => Purpose::GatewaySignature,
        };
        trust.judge(path, &bag, purpose, None, now()).map(drop)
    }
}

/// Trust in NIST's anchor, with nothing learned.
fn anchored(folder: &Folder) -> Result<Trust, Untrusted> {
    let root = certificate(folder, ANCHOR)?;
    let own = name(&root);
    let trust = Trust::new(Suite::Set10, &[])?;
    trust.write().believe(Suite::Set10, Certified::of_nist(root, None, own)?)?;
    Ok(trust)
}

/// Learns a certificate beside the path, if somebody on the path has issued it.
fn meet(trust: &Trust, own: Certificate, policy: &Oid, path: &Arc<Path>) {
    for by in path.authorities() {
        let read = Certified::of_nist(own.clone(), Some(policy), by.name());
        if let (Ok(read), Some(above)) = (read, trust.known(&by.name())) {
            let _ = trust.descend(vec![Arc::new(read)], &above);
        }
    }
}

/// NIST-test-policy-n: 2.16.840.1.101.3.2.1.48.n
fn policy_of_nist(number: u8) -> Oid {
    let arcs = [2, 16, 840, 1, 101, 3, 2, 1, 48, u128::from(number)];
    Oid::from_arcs(&arcs).expect("arcs")
}

fn file(folder: &Folder, place: &str, name: &str, ending: &str) -> Vec<u8> {
    let path = folder.join(place).join(name).with_extension(ending);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn certificate(folder: &Folder, name: &str) -> Result<Certificate, Untrusted> {
    Ok(decode(&file(folder, "certs", name, "crt"))?)
}

fn list_of(folder: &Folder, name: &str) -> Option<CertificateRevocationList> {
    decode(&file(folder, "crls", name, "crl")).ok()
}

/// Where NIST's files are: `scripts/test` fetches them and says so. Without them nothing is tested,
/// which passes on anybody's machine and nowhere where all tests must run.
fn nists_folder() -> Option<PathBuf> {
    let folder = named_folder("PKITS_DATA");
    if folder.is_none() {
        assert!(!is_ci(), "PKITS_DATA does not name the folder PKITS_data");
        eprintln!("PKITS_DATA names no folder: nothing was tested");
    }
    folder
}

fn cases() -> Vec<Case> {
    let lines = CASES.lines().filter(|line| !line.starts_with('#'));
    lines.map(Case::read).collect()
}

/// The numbers in the first column of the document's tables.
fn listed() -> BTreeSet<&'static str> {
    let rows = DOCUMENT.lines().filter_map(|line| line.strip_prefix("| 4."));
    let cells = rows.filter_map(|row| row.split_once(" |").map(|(numbers, _)| numbers));
    cells.flat_map(|numbers| numbers.split(", 4.")).collect()
}

#[test]
fn nothing_is_accepted_that_pkits_refuses_and_every_other_difference_is_listed() {
    let Some(folder) = nists_folder() else { return };
    let (mut accepted, mut wrongly, mut differing) = (0, Vec::new(), BTreeSet::new());
    for case in cases() {
        match (case.is_accepted, case.run(&folder)) {
            (true, Ok(())) => accepted += 1,
            (false, Ok(())) => wrongly.push(case.number),
            (true, Err(why)) => {
                eprintln!("{} is refused: {why}", case.number);
                differing.extend(case.number.strip_prefix("4."));
            }
            (false, Err(why)) => eprintln!("{} is refused too: {why}", case.number),
        }
    }
    eprintln!("{accepted} accepted like NIST, {} refused that NIST accepts", differing.len());
    assert_eq!(wrongly, Vec::<&str>::new(), "accepted, and NIST refuses it");
    let listed = listed();
    let unlisted: Vec<_> = differing.difference(&listed).collect();
    assert_eq!(unlisted, Vec::<&&str>::new(), "refused, accepted by NIST, and not in the list");
    let untrue: Vec<_> = listed.difference(&differing).collect();
    assert_eq!(untrue, Vec::<&&str>::new(), "in the list, and no difference");
}

#[test]
fn what_a_test_of_pkits_is_about_is_why_its_path_is_refused() {
    let Some(folder) = nists_folder() else { return };
    let cases = cases();
    for (number, why) in [
        ("4.1.3", Untrusted::BadSignature),
        ("4.2.5", Untrusted::Expired),
        ("4.2.6", Untrusted::Expired),
        ("4.3.1", Untrusted::NoPath),
        ("4.3.2", Untrusted::NoPath),
        ("4.4.1", Untrusted::CrlMissing),
        ("4.4.2", Untrusted::Revoked),
        ("4.4.3", Untrusted::Revoked),
        ("4.4.4", Untrusted::CrlMissing),
        ("4.4.11", Untrusted::CrlNotCurrent),
        ("4.4.18", Untrusted::Revoked),
        ("4.4.20", Untrusted::Revoked),
        ("4.6.1", Untrusted::WrongRole),
        ("4.6.2", Untrusted::WrongRole),
        ("4.6.5", Untrusted::PathTooLong),
        ("4.6.10", Untrusted::PathTooLong),
        ("4.7.1", Untrusted::WrongRole),
        ("4.7.4", Untrusted::CrlMissing),
        ("4.8.4", Untrusted::OutsideProfile),
        ("4.13.2", Untrusted::UnknownExtension),
        ("4.16.2", Untrusted::UnknownExtension),
    ] {
        let case = cases.iter().find(|case| case.number == number).expect("a test");
        assert_eq!(case.run(&folder), Err(why), "{number}");
    }
}

#[test]
fn the_list_of_pkits_has_every_test_of_every_section() {
    let numbers: BTreeSet<(usize, usize)> = cases()
        .iter()
        .map(|case| {
            let mut parts = case.number.split('.').skip(1).map(|it| it.parse().expect("a number"));
            (parts.next().expect("a section"), parts.next().expect("a test"))
        })
        .collect();
    let of_section = |section| numbers.iter().filter(|(own, _)| *own == section).count();
    let counts: Vec<_> = (1..=16).map(of_section).collect();
    assert_eq!(counts, [6, 8, 11, 21, 8, 17, 5, 20, 8, 14, 11, 10, 38, 35, 10, 2]);
    assert_eq!(numbers.len(), 224);
}

//! The page of the authorities: the tree of certificates, and each of them in full.

use std::sync::Arc;

use openset_crypto::{Authority as Kind, Certified, Thumb};
use openset_node::store::Page;
use openset_protocol::ca::Stage;
use openset_types::UnixTime;
use openset_web::{
    Problem,
    ports::{AuthorityPort, Certificate as Shown, CertificateNode, CertificateState, Fact, Said},
};
use openset_wire::{
    der::{decode, encode},
    x509::{Certificate, CertificateType, KeyUsage},
};

use super::{broken, unavailable};
use crate::{
    ceremony::{self, Lists, papers},
    house::{authority::Authority, dossier, ground::Ground, system::System},
};

/// How many certificates of one authority the tree shows.
const ISSUED_MAX: u32 = 500;
/// A certificate is ending when it has less than this left.
const ENDING_S: i64 = 30 * 86_400;

/// The authorities.
pub(super) struct Authorities(pub(super) Arc<System>);

impl Authorities {
    /// The certificates that an authority has issued, oldest first.
    async fn issued(&self, authority: &Authority) -> Said<Vec<Certificate>> {
        let all = authority.enrolments.list(Page::newest(ISSUED_MAX)).await.map_err(broken)?;
        let mut issued = Vec::new();
        for (_, enrolment) in all.into_iter().rev() {
            if let Stage::Issued { certificates, .. } = enrolment.stage {
                for octets in certificates {
                    issued.push(decode(octets.as_ref()).map_err(unavailable)?);
                }
            }
        }
        Ok(issued)
    }

    /// Every certificate, with the ground of its brand. The root's is among those of the first.
    async fn all(&self) -> Said<Vec<(&Ground, Certificate)>> {
        let mut all = Vec::new();
        for brand in self.0.brands() {
            let ground = &brand.ground;
            for kind in [Kind::Root, Kind::Brand] {
                let own = paper(ground, ceremony::folder(kind), papers::CERTIFICATES)?;
                all.push((ground, own));
            }
            for authority in brand.offices() {
                for name in [papers::CERTIFICATES, papers::SIGNATURE, papers::ENCIPHERMENT] {
                    all.push((ground, paper(ground, authority.seat.folder, name)?));
                }
                let issued = self.issued(authority).await?;
                all.extend(issued.into_iter().map(|one| (ground, one)));
            }
        }
        Ok(all)
    }

    /// A brand with its authorities and those that they have certified.
    async fn brand(&self, brand: &System) -> Said<CertificateNode> {
        let ground = &brand.ground;
        let mut authorities = Vec::new();
        for authority in brand.offices() {
            let mut leaves = Vec::new();
            for certificate in self.issued(authority).await? {
                leaves.push(node(ground, &certificate, Vec::new())?);
            }
            let own = paper(ground, authority.seat.folder, papers::CERTIFICATES)?;
            authorities.push(node(ground, &own, leaves)?);
            for name in [papers::SIGNATURE, papers::ENCIPHERMENT] {
                let own = paper(ground, authority.seat.folder, name)?;
                authorities.push(node(ground, &own, Vec::new())?);
            }
        }
        let own = paper(ground, ceremony::folder(Kind::Brand), papers::CERTIFICATES)?;
        node(ground, &own, authorities)
    }
}

fn paper(ground: &Ground, folder: &str, paper: &str) -> Said<Certificate> {
    let paper = ground.papers(folder).take(paper).map_err(unavailable)?;
    Ok(paper.certificate)
}

fn node(
    ground: &Ground,
    certificate: &Certificate,
    issued: Vec<CertificateNode>,
) -> Said<CertificateNode> {
    let read = Certified::read(ground.suite, certificate.clone()).map_err(unavailable)?;
    Ok(CertificateNode {
        thumb: read.thumb().to_string(),
        name: name(&read),
        purpose: purpose(&read),
        until: read.not_after(),
        state: state(&read, &ground.lists, ground.clock.now()),
        issued,
    })
}

impl AuthorityPort for Authorities {
    async fn tree(&self) -> Said<CertificateNode> {
        let mut brands = Vec::new();
        for brand in self.0.brands() {
            brands.push(self.brand(brand).await?);
        }
        let ground = &self.0.ground;
        let root = paper(ground, ceremony::folder(Kind::Root), papers::CERTIFICATES)?;
        node(ground, &root, brands)
    }

    async fn certificate(&self, thumb: &str) -> Said<Shown> {
        let suite = self.0.ground.suite;
        let is_meant = |one: &Certificate| Thumb::of_certificate(suite, one).to_string() == thumb;
        let found = self.all().await?.into_iter().find(|(_, one)| is_meant(one));
        let (ground, found) = found.ok_or(Problem::NotFound)?;
        let read = Certified::read(suite, found.clone()).map_err(unavailable)?;
        let der = encode(&found).map_err(unavailable)?;
        Ok(Shown {
            name: name(&read),
            state: state(&read, &ground.lists, ground.clock.now()),
            facts: facts(&read)?,
            der,
        })
    }
}

/// The subject as people call it.
fn name(read: &Certified) -> String {
    if let Some(merchant) = read.merchant() {
        let names = merchant.mer_name_seq.first();
        return names.map_or_else(String::new, |names| names.name.as_str().to_owned());
    }
    let subject = read.subject();
    subject.common_name().map_or_else(|| subject.to_string(), str::to_owned)
}

/// What the bearer is and what its key is for, in the words of the profile.
fn purpose(read: &Certified) -> String {
    let unsigned = read.certificate().to_be_signed.value();
    let Some(extensions) = &unsigned.extensions else { return String::new() };
    let usage = extensions.get::<KeyUsage>().ok().flatten();
    let usage = usage.and_then(|usage| USAGES.iter().find(|(bit, _)| usage.meets(*bit)));
    let bearer = extensions.get::<CertificateType>().ok().flatten();
    let bearer = bearer.and_then(|bearer| BEARERS.iter().find(|(bit, _)| bearer.meets(*bit)));
    let words = [bearer.map(|row| row.1), usage.map(|row| row.1)];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

const USAGES: [(KeyUsage, &str); 3] = [
    (KeyUsage::KEY_CERT_SIGN, "keyCertSign"),
    (KeyUsage::DIGITAL_SIGNATURE, "digitalSignature"),
    (KeyUsage::KEY_AGREEMENT, "keyAgreement"),
];

const BEARERS: [(CertificateType, &str); 8] = [
    (CertificateType::CARD, "card"),
    (CertificateType::MER, "mer"),
    (CertificateType::PGWY, "pgwy"),
    (CertificateType::CCA, "cca"),
    (CertificateType::MCA, "mca"),
    (CertificateType::PCA, "pca"),
    (CertificateType::BCA, "bca"),
    (CertificateType::RCA, "rca"),
];

fn state(read: &Certified, lists: &Lists, now: UnixTime) -> CertificateState {
    if lists.revocation(read.certificate()).is_some() {
        return CertificateState::Revoked;
    }
    let left_s = read.not_after().seconds_since(now);
    match left_s {
        ..0 => CertificateState::Ended,
        0..ENDING_S => CertificateState::Ending,
        _ => CertificateState::Current,
    }
}

/// Subject, validity, thumb, and every extension with what it says.
fn facts(read: &Certified) -> Said<Vec<Fact>> {
    let facts = dossier::of(read).map_err(unavailable)?;
    Ok(facts.into_iter().map(|(name, value)| Fact { name, value }).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;

    use openset_crypto::Suite;
    use openset_node::clock::{Clock, SystemClock};

    use super::*;
    use crate::{ceremony::Papers, house::holders::Holders};

    const DAY_S: i64 = 86_400;

    /// Root, brand and the authority of cardholders; one ceremony for all tests.
    fn made() -> &'static [Certified] {
        static MADE: OnceLock<Vec<Certified>> = OnceLock::new();
        MADE.get_or_init(|| {
            let data = tempfile::tempdir().expect("a folder");
            ceremony::hold(
                &ceremony::Rings::new(data.path(), &Holders::FILES),
                Suite::Modern,
                &SystemClock,
            )
            .expect("a ceremony");
            let read = |kind| {
                let papers = Papers::of(&data.path().join(ceremony::folder(kind)));
                let certificate = papers.take(papers::CERTIFICATES).expect("made").certificate;
                Certified::read(Suite::Modern, certificate).expect("in the profile")
            };
            [Kind::Root, Kind::Brand, Kind::Cardholder].map(read).into()
        })
    }

    #[test]
    fn a_certificate_is_current_then_ending_then_ended() {
        let root = &made()[0];
        let lists = Lists::default();
        let state = |now| state(root, &lists, now);
        let last = root.not_after();
        assert_eq!(state(SystemClock.now()), CertificateState::Current);
        assert_eq!(state(last.plus_s(-30 * DAY_S)), CertificateState::Current);
        assert_eq!(state(last.plus_s(1 - 30 * DAY_S)), CertificateState::Ending);
        assert_eq!(state(last), CertificateState::Ending);
        assert_eq!(state(last.plus_s(1)), CertificateState::Ended);
    }

    #[test]
    fn a_purpose_is_said_in_the_words_of_the_profile() {
        let purposes: Vec<_> = made().iter().map(purpose).collect();
        assert_eq!(purposes, ["rca, keyCertSign", "bca, keyCertSign", "cca, keyCertSign"]);
        assert_eq!(name(&made()[0]), crate::demo::cast::ROOT);
    }
}

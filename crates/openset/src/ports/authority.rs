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
    house::{authority::Authority, dossier, system::System},
};

/// How many certificates of one authority the tree shows.
const ISSUED_MAX: u32 = 500;
/// A certificate is ending when it has less than this left.
const ENDING_S: i64 = 30 * 86_400;

/// The authorities.
pub(super) struct Authorities(pub(super) Arc<System>);

impl Authorities {
    fn state(&self, read: &Certified) -> CertificateState {
        let ground = &self.0.ground;
        state(read, &ground.lists, ground.clock.now())
    }

    fn paper(&self, folder: &str, paper: &str) -> anyhow::Result<Certificate> {
        Ok(self.0.ground.papers(folder).take(paper)?.certificate)
    }

    fn node(
        &self,
        certificate: &Certificate,
        issued: Vec<CertificateNode>,
    ) -> Said<CertificateNode> {
        let suite = self.0.ground.suite;
        let read = Certified::read(suite, certificate.clone()).map_err(unavailable)?;
        Ok(CertificateNode {
            thumb: read.thumb().to_string(),
            name: name(&read),
            purpose: purpose(&read),
            until: read.not_after(),
            state: self.state(&read),
            issued,
        })
    }

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

    async fn all(&self) -> Said<Vec<Certificate>> {
        let mut all = Vec::new();
        for kind in [Kind::Root, Kind::Brand] {
            let folder = ceremony::folder(kind);
            all.push(self.paper(folder, papers::CERTIFICATES).map_err(unavailable)?);
        }
        for authority in self.0.offices() {
            for paper in [papers::CERTIFICATES, papers::SIGNATURE, papers::ENCIPHERMENT] {
                all.push(self.paper(authority.seat.folder, paper).map_err(unavailable)?);
            }
            all.extend(self.issued(authority).await?);
        }
        Ok(all)
    }
}

impl AuthorityPort for Authorities {
    async fn tree(&self) -> Said<CertificateNode> {
        let mut authorities = Vec::new();
        for authority in self.0.offices() {
            let mut leaves = Vec::new();
            for certificate in self.issued(authority).await? {
                leaves.push(self.node(&certificate, Vec::new())?);
            }
            let own =
                self.paper(authority.seat.folder, papers::CERTIFICATES).map_err(unavailable)?;
            authorities.push(self.node(&own, leaves)?);
            for paper in [papers::SIGNATURE, papers::ENCIPHERMENT] {
                let own = self.paper(authority.seat.folder, paper).map_err(unavailable)?;
                authorities.push(self.node(&own, Vec::new())?);
            }
        }
        let above = |kind| {
            let paper = self.paper(ceremony::folder(kind), papers::CERTIFICATES);
            paper.map_err(unavailable)
        };
        let brand = self.node(&above(Kind::Brand)?, authorities)?;
        let root = above(Kind::Root)?;
        self.node(&root, vec![brand])
    }

    async fn certificate(&self, thumb: &str) -> Said<Shown> {
        let suite = self.0.ground.suite;
        let is_meant = |one: &Certificate| Thumb::of_certificate(suite, one).to_string() == thumb;
        let found = self.all().await?.into_iter().find(is_meant).ok_or(Problem::NotFound)?;
        let read = Certified::read(suite, found.clone()).map_err(unavailable)?;
        let der = encode(&found).map_err(unavailable)?;
        Ok(Shown { name: name(&read), state: self.state(&read), facts: facts(&read)?, der })
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

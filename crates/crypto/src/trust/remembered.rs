//! What trust has learned, for the store: every item in the octets it came in.

use openset_types::UnixTime;
use openset_wire::der::{decode, encode};
use openset_wire::x509::{BrandCrlIdentifier, Certificate, CertificateRevocationList};
use serde::{Deserialize, Serialize};

use super::{Trust, read_root};
use crate::{Bag, Thumb, Unmade, Untrusted};

/// What was learned, in DER. Reading it back believes nothing that does not verify again, so it
/// may be stored anywhere; what it keeps safe is that no older list is taken after a restart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Remembered {
    /// Roots that took the place of those the software came with, in that order.
    pub roots: Vec<Vec<u8>>,
    /// Certificates of authorities.
    pub authorities: Vec<Vec<u8>>,
    /// Lists of revoked certificates.
    pub crls: Vec<Vec<u8>>,
    /// BrandCRLIdentifiers.
    pub bcis: Vec<Vec<u8>>,
}

impl Trust {
    /// Writes down what was learned.
    pub fn remember(&self) -> Result<Remembered, Unmade> {
        let learned = self.read();
        let mut roots = Vec::new();
        for root in &learned.rolled {
            roots.push(encode(root)?);
        }
        let mut authorities = Vec::new();
        for path in learned.paths.values().filter(|path| path.leaf().is_over_others()) {
            authorities.push(encode(path.leaf().certificate())?);
        }
        let mut crls = Vec::new();
        for known in learned.crls.values() {
            crls.push(encode(&known.list)?);
        }
        let mut bcis = Vec::new();
        for known in learned.bcis.values() {
            bcis.push(encode(&known.bci)?);
        }
        for octets in [&mut authorities, &mut crls, &mut bcis] {
            octets.sort_unstable();
        }
        Ok(Remembered { roots, authorities, crls, bcis })
    }

    /// Learns again what was written down. What is older than what is known by now adds nothing and
    /// hides nothing: another process may have written it, that knew less of one list and more of
    /// the next.
    pub fn recall(&self, remembered: &Remembered, now: UnixTime) -> Result<(), Untrusted> {
        self.recall_roots(&remembered.roots)?;
        let mut bag = Bag::default();
        for octets in &remembered.authorities {
            bag.certificates.push(decode(octets)?);
        }
        for certificate in &bag.certificates {
            self.reach(certificate, &bag)?;
        }
        for octets in &remembered.crls {
            let list: CertificateRevocationList = decode(octets)?;
            unless_older(self.learn_crl(&list, &bag, now))?;
        }
        // A BCI that has expired still says which lists are too old.
        for octets in &remembered.bcis {
            let bci: BrandCrlIdentifier = decode(octets)?;
            let (_, found) = self.check_bci(&bci, &bag)?;
            unless_older(self.take_bci(found))?;
        }
        Ok(())
    }

    /// Rolls from root to root, unless the software has come with the last of them.
    fn recall_roots(&self, rolled: &[Vec<u8>]) -> Result<(), Untrusted> {
        let mut roots = Vec::new();
        for octets in rolled {
            roots.push(decode::<Certificate>(octets)?);
        }
        let last = roots.last().map(|last| Thumb::of_certificate(self.suite, last));
        if last.is_some_and(|last| self.roots().contains(&last)) {
            return Ok(());
        }
        roots.iter().try_for_each(|root| self.roll(read_root(self.suite, root)?))
    }
}

fn unless_older(learned: Result<(), Untrusted>) -> Result<(), Untrusted> {
    if learned == Err(Untrusted::RolledBack) { Ok(()) } else { learned }
}

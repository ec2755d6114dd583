//! Trust: which roots are believed, and what was learned from those they vouch for.
//!
//! A path costs a signature check for each certificate once. After that the path is known by its
//! leaf's thumb, and using it again costs comparisons: time, brand, purpose and revocation are
//! judged anew every time, signatures are not.

mod bci;
pub(crate) mod certified;
mod crl;
#[cfg(test)]
mod hierarchy_tests;
mod path;
mod profile;
mod purpose;
mod remembered;
#[cfg(test)]
mod tests;
mod x509;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use openset_types::{Brand, UnixTime};
use openset_wire::der::{Malformed, decode, encode};
use openset_wire::types::Thumbs;
use openset_wire::x509::{
    BrandCrlIdentifier, Certificate, CertificateRevocationList, HashedRootKey, Name,
};

pub use certified::Certified;
pub use path::{LENGTH_MAX, Path};
pub use purpose::{Authority, Purpose};
pub use remembered::Remembered;

use self::bci::KnownBci;
use self::certified::{Publisher, SignedWith};
use self::crl::KnownCrl;
use crate::identity::CertificateName;
use crate::modern::primitives::{same, sha256};
use crate::{Bag, Identity, Suite, Thumb, Unmade, Untrusted, digest};

/// The most paths that are kept. Those of authorities stay when room is made.
const PATHS_MAX: usize = 2_000;

/// What is believed: the roots, and through them everything else.
#[derive(Debug)]
pub struct Trust {
    suite: Suite,
    learned: RwLock<Learned>,
}

#[derive(Debug, Default)]
struct Learned {
    roots: HashMap<Thumb, Arc<Certified>>,
    paths: HashMap<Thumb, Arc<Path>>,
    names: HashMap<CertificateName, Thumb>,
    /// Certificates of known paths, by the digest of their whole encoding.
    octets: HashMap<[u8; 32], Thumb>,
    crls: HashMap<Publisher, KnownCrl>,
    bcis: HashMap<Brand, KnownBci>,
    /// The roots that took another's place, in that order.
    rolled: Vec<Certificate>,
}

impl Trust {
    /// Believes these roots, which came with the software or were confirmed by a person.
    pub fn new(suite: Suite, roots: &[Certificate]) -> Result<Self, Untrusted> {
        let mut learned = Learned::default();
        for root in roots {
            learned.believe(suite, read_root(suite, root)?)?;
        }
        Ok(Self { suite, learned: RwLock::new(learned) })
    }

    /// The suite of the roots. A party of another suite is refused, not negotiated with.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Believes a certificate for one purpose at one moment, or says why not.
    ///
    /// `bag` is what came with it: nothing in it is believed for being there.
    pub fn path(
        &self,
        leaf: &Certificate,
        bag: &Bag,
        purpose: Purpose,
        brand: Option<&Brand>,
        now: UnixTime,
    ) -> Result<Arc<Path>, Untrusted> {
        let path = self.reach_anew(leaf, bag, now)?;
        self.judge(path, bag, purpose, brand, now)
    }

    /// Learns a list that came by itself. An older one than is known is refused.
    pub fn learn_crl(
        &self,
        list: &CertificateRevocationList,
        bag: &Bag,
        now: UnixTime,
    ) -> Result<(), Untrusted> {
        let issuer = self.reach_signer(&crl::signer(list)?, bag)?;
        self.take_crl(list, issuer.leaf_shared(), now)
    }

    /// Learns which lists a brand's parties must hold. An older one than is known is refused.
    pub fn learn_bci(
        &self,
        bci: &BrandCrlIdentifier,
        bag: &Bag,
        now: UnixTime,
    ) -> Result<(), Untrusted> {
        let brand = &bci.to_be_signed.brand_id.0;
        let thumb = Thumb::of(self.suite, bci.to_be_signed.octets());
        if self.read().bcis.get(brand).is_some_and(|known| known.thumb == thumb) {
            return Ok(());
        }
        let (signer, found) = self.check_bci(bci, bag)?;
        let purpose = signer.leaf().signs_bcis_as().ok_or(Untrusted::WrongKeyUsage)?;
        self.judge(signer, bag, purpose, Some(brand), now)?;
        found.require_current(now)?;
        self.take_bci(found)
    }

    /// The BCI of a brand, if it is still good.
    pub fn bci(&self, brand: &Brand, now: UnixTime) -> Option<BrandCrlIdentifier> {
        let learned = self.read();
        let known = learned.bcis.get(brand)?;
        (now <= known.bci.to_be_signed.not_after.0).then(|| known.bci.clone())
    }

    /// Refuses to go on without the brand's list of lists, where the brand has shown one: it is
    /// past its last moment, and which lists are the current ones is not known any more (abuse
    /// case 29).
    pub fn require_bci(&self, brand: &Brand, now: UnixTime) -> Result<(), Untrusted> {
        match self.read().bcis.get(brand) {
            Some(known) if now > known.bci.to_be_signed.not_after.0 => {
                Err(Untrusted::BciNotCurrent)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Replaces a root by the one whose key it announced (A20).
    pub fn roll_root(&self, new: &Certificate, now: UnixTime) -> Result<(), Untrusted> {
        let new = read_root(self.suite, new)?;
        new.require_valid_at(now)?;
        self.roll(new)
    }

    /// Adds to a bag the lists that are known of a brand's authorities and of the root above it,
    /// each with the certificate that it was signed with.
    pub fn with_lists_of(&self, mut bag: Bag, brand: &Brand) -> Bag {
        for known in self.read().of_brand(brand) {
            if !bag.crls.contains(&known.list) {
                bag.crls.push(known.list.clone());
            }
            bag.put(known.signed_by.certificate());
        }
        bag
    }

    /// Who has published which list, as a BCI of the brand says it.
    pub fn list_numbers(&self, brand: &Brand) -> Vec<(Name, u64)> {
        let learned = self.read();
        let all = learned.of_brand(brand);
        all.into_iter().map(|known| (known.issuer.clone(), known.number)).collect()
    }

    /// The thumbs of the roots that are believed.
    pub fn roots(&self) -> Vec<Thumb> {
        self.read().roots.keys().copied().collect()
    }

    /// What to send along with a signature: the signer's chain and the lists that belong to it.
    pub fn bag(&self, signer: &Identity) -> Bag {
        self.with_lists(Bag::of(signer))
    }

    /// Adds the known lists of whoever issued a certificate in a bag.
    pub fn with_lists(&self, mut bag: Bag) -> Bag {
        let learned = self.read();
        let issuers = bag.certificates.iter().map(|one| one.to_be_signed.issuer.clone());
        let issuers: HashSet<Name> = issuers.collect();
        let known = learned.crls.values().filter(|known| issuers.contains(&known.issuer));
        let mut known: Vec<_> = known.collect();
        known.sort_unstable_by_key(|known| known.octets);
        bag.crls = known.iter().map(|known| known.list.clone()).collect();
        let apart = known.iter().filter(|known| !known.signed_by.may_certify());
        apart.for_each(|known| bag.put(known.signed_by.certificate()));
        bag
    }

    /// What is known already of a brand and need not be sent again.
    pub fn thumbs(&self, brand: &Brand) -> Result<Option<Thumbs>, Unmade> {
        self.thumbs_beside(brand, None)
    }

    /// The same, and with it a certificate that stands above no other.
    pub fn thumbs_beside(
        &self,
        brand: &Brand,
        own: Option<Thumb>,
    ) -> Result<Option<Thumbs>, Unmade> {
        let learned = self.read();
        let is_of_brand = |path: &&Arc<Path>| {
            let is_root = path.authorities().is_empty();
            path.leaf().may_certify() && (is_root || path.brand().as_ref() == Some(brand))
        };
        let authorities: Vec<_> = learned.paths.values().filter(is_of_brand).collect();
        let publishers = authorities.iter().map(|path| path.leaf().publisher());
        let crls = publishers.filter_map(|it| learned.crls.get(&it)).map(|known| known.thumb);
        let certificates = authorities.iter().map(|path| path.thumb()).chain(own);
        let bci = learned.bcis.get(brand).map(|known| known.thumb);
        Thumb::list(self.suite, certificates.collect(), crls.collect(), bci.into_iter().collect())
    }

    /// Reads a certificate that was stored. One that was believed before is not read again; it
    /// is believed no more than another for that.
    pub fn certificate(&self, octets: &[u8]) -> Result<Certificate, Malformed> {
        self.known_certificate(octets).map_or_else(|| decode(octets), Ok)
    }

    /// The path of a certificate that was believed before.
    pub(crate) fn known(&self, name: &CertificateName) -> Option<Arc<Path>> {
        let learned = self.read();
        learned.names.get(name).and_then(|thumb| learned.paths.get(thumb)).cloned()
    }

    /// The certificate of these octets, if it was believed before.
    pub(crate) fn known_certificate(&self, octets: &[u8]) -> Option<Certificate> {
        let learned = self.read();
        let path = learned.octets.get(&sha256(octets)).and_then(|thumb| learned.paths.get(thumb));
        path.map(|path| path.leaf().certificate().clone())
    }

    /// The list of these octets, if it is one that is known.
    pub(crate) fn known_crl(&self, octets: &[u8]) -> Option<CertificateRevocationList> {
        let digest = sha256(octets);
        let learned = self.read();
        let known = learned.crls.values().find(|known| known.octets == digest);
        known.map(|known| known.list.clone())
    }

    /// Judges a path that reaches a root: time, brand, purpose, revocation.
    pub(crate) fn judge(
        &self,
        path: Arc<Path>,
        bag: &Bag,
        purpose: Purpose,
        brand: Option<&Brand>,
        now: UnixTime,
    ) -> Result<Arc<Path>, Untrusted> {
        path.require(purpose, brand, now)?;
        self.learn_from(&path, bag, now);
        self.read().require_unrevoked(&path, now)?;
        Ok(path)
    }

    /// Finds how a certificate reaches a root. No signature is checked before one is reached, and
    /// then each that was not checked before.
    pub(crate) fn reach(&self, leaf: &Certificate, bag: &Bag) -> Result<Arc<Path>, Untrusted> {
        let thumb = Thumb::of(self.suite, leaf.to_be_signed.octets());
        if let Some(path) = self.read().paths.get(&thumb) {
            return Ok(Arc::clone(path));
        }
        let mut climbed = vec![Arc::new(Certified::read(self.suite, leaf.clone())?)];
        let top = loop {
            let Some(last) = climbed.last().filter(|_| climbed.len() <= LENGTH_MAX) else {
                return Err(Untrusted::PathTooLong);
            };
            if let Some(path) = self.known(last.signer()) {
                break path;
            }
            if *last.signer() == last.name() {
                return Err(Untrusted::UnknownRoot);
            }
            let issuer = bag.named(last.signer()).ok_or(Untrusted::NoPath)?;
            climbed.push(Arc::new(Certified::read(self.suite, issuer.clone())?));
        };
        self.descend(climbed, &top)
    }

    /// The same, and if the way is not known, once more under a root that came along: one whose
    /// key a believed root has announced takes that root's place (A20).
    pub(crate) fn reach_anew(
        &self,
        leaf: &Certificate,
        bag: &Bag,
        now: UnixTime,
    ) -> Result<Arc<Path>, Untrusted> {
        let found = self.reach(leaf, bag);
        let Err(Untrusted::NoPath | Untrusted::UnknownRoot) = found else { return found };
        let mut roots = bag.certificates.iter().filter(|one| is_its_own(one));
        match roots.any(|root| self.roll_root(root, now).is_ok()) {
            true => self.reach(leaf, bag),
            false => found,
        }
    }

    /// Makes paths of all certificates on the way, from the top down: each is signed by the one
    /// above it.
    fn descend(
        &self,
        climbed: Vec<Arc<Certified>>,
        top: &Arc<Path>,
    ) -> Result<Arc<Path>, Untrusted> {
        let mut path = Arc::clone(top);
        for certified in climbed.into_iter().rev() {
            certified.require_signed_by(path.leaf())?;
            let above = path.certificates().to_vec();
            path = Arc::new(Path::new(self.suite, certified, above)?);
            self.write().keep(&path)?;
        }
        Ok(path)
    }

    /// Puts a root in the place of the one that announced it.
    fn roll(&self, new: Certified) -> Result<(), Untrusted> {
        let mut learned = self.write();
        let announced = |old: &&Arc<Certified>| old.next_root().is_some_and(|it| names(it, &new));
        let old = learned.roots.values().find(announced).map(|old| old.thumb());
        let old = old.ok_or(Untrusted::NotTheAnnouncedRoot)?;
        learned.roots.remove(&old);
        learned.forget_paths_to(old);
        learned.rolled.push(new.certificate().clone());
        learned.believe(self.suite, new)
    }

    /// Finds the authority that signed a list, among those known and those in the bag.
    fn reach_signer(&self, signer: &SignedWith, bag: &Bag) -> Result<Arc<Path>, Untrusted> {
        let is_signer = |path: &&Arc<Path>| signer.is_of(path.leaf());
        if let Some(path) = self.read().paths.values().find(is_signer) {
            return Ok(Arc::clone(path));
        }
        let mut in_bag = bag.certificates.iter();
        let found = in_bag.find(|one| signer.is_in(one)).ok_or(Untrusted::NoPath)?;
        self.reach(found, bag)
    }

    /// Finds whoever has signed a brand's list of lists, and checks that it was they.
    pub(crate) fn check_bci(
        &self,
        bci: &BrandCrlIdentifier,
        bag: &Bag,
    ) -> Result<(Arc<Path>, KnownBci), Untrusted> {
        let mut why = Untrusted::NoPath;
        for signer in self.list_signers(&bci.to_be_signed.brand_id, bag) {
            match KnownBci::check(self.suite, bci.clone(), signer.leaf()) {
                Ok(found) => return Ok((signer, found)),
                Err(untrusted) => why = untrusted,
            }
        }
        Err(why)
    }

    /// A brand's own certificates to sign lists with: those known, then those in the bag.
    fn list_signers(&self, brand: &Brand, bag: &Bag) -> Vec<Arc<Path>> {
        let signs = |path: &&Arc<Path>| {
            path.leaf().signs_bcis_as().is_some() && path.brand().as_ref() == Some(brand)
        };
        let known: Vec<_> = self.read().paths.values().filter(signs).cloned().collect();
        let came = bag.certificates.iter().filter_map(|one| self.reach(one, bag).ok());
        let came: Vec<_> = came.filter(|path| signs(&path)).collect();
        let is_new = |path: &&Arc<Path>| known.iter().all(|one| one.thumb() != path.thumb());
        let new: Vec<_> = came.iter().filter(is_new).cloned().collect();
        known.into_iter().chain(new).collect()
    }

    /// Takes from a bag the newer lists of the authorities on a path. What is not good is left.
    fn learn_from(&self, path: &Path, bag: &Bag, now: UnixTime) {
        for list in &bag.crls {
            let Ok(key) = crl::signer(list) else { continue };
            let own = path.authorities().iter().find(|one| key.is_of(one)).cloned();
            let signer = own.or_else(|| self.list_signer(&key, path, bag));
            // A bad list in a bag proves nothing against the signature beside it.
            let _ = signer.map(|signer| self.take_crl(list, &signer, now));
        }
    }

    /// Whoever signs lists for an authority on a path with a certificate of their own.
    fn list_signer(&self, key: &SignedWith, path: &Path, bag: &Bag) -> Option<Arc<Certified>> {
        let signer = self.reach_signer(key, bag).ok()?;
        let publisher = signer.leaf().publisher();
        let mut authorities = path.authorities().iter();
        let is_theirs = authorities.any(|one| one.publisher() == publisher);
        is_theirs.then(|| Arc::clone(signer.leaf_shared()))
    }

    /// Takes a BCI if it is newer than the one known (A21).
    fn take_bci(&self, found: KnownBci) -> Result<(), Untrusted> {
        let mut learned = self.write();
        let known = learned.bcis.get(found.brand());
        if known.is_some_and(|known| known.sequence() >= found.sequence()) {
            return Err(Untrusted::RolledBack);
        }
        learned.bcis.insert(found.brand().clone(), found);
        Ok(())
    }

    /// Takes a list from its issuer if it is newer than the one known (abuse case 29).
    fn take_crl(
        &self,
        list: &CertificateRevocationList,
        issuer: &Arc<Certified>,
        now: UnixTime,
    ) -> Result<(), Untrusted> {
        let publisher = issuer.publisher();
        let known = self.read().crls.get(&publisher).map(|known| known.list == *list);
        if known == Some(true) {
            return Ok(());
        }
        let found = KnownCrl::check(self.suite, list.clone(), issuer)?;
        if found.is_of_the_future(now) {
            return Err(Untrusted::NotYetValid);
        }
        let mut learned = self.write();
        let older = learned.crls.get(&publisher);
        if older.is_some_and(|known| known.number >= found.number) {
            return Err(Untrusted::RolledBack);
        }
        learned.crls.insert(publisher, found);
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, Learned> {
        self.learned.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Learned> {
        self.learned.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Learned {
    fn believe(&mut self, suite: Suite, root: Certified) -> Result<(), Untrusted> {
        let root = Arc::new(root);
        self.roots.insert(root.thumb(), Arc::clone(&root));
        self.keep(&Arc::new(Path::new(suite, root, [])?))
    }

    /// Remembers a path, making room first.
    fn keep(&mut self, path: &Arc<Path>) -> Result<(), Untrusted> {
        if self.paths.len() >= PATHS_MAX {
            self.forget(|path| !path.leaf().may_certify());
        }
        let octets = sha256(&encode(path.leaf().certificate())?);
        self.octets.insert(octets, path.thumb());
        self.names.insert(path.leaf().name(), path.thumb());
        self.paths.insert(path.thumb(), Arc::clone(path));
        Ok(())
    }

    /// The lists of a brand's authorities and of the root above it, always in the same order.
    fn of_brand(&self, brand: &Brand) -> Vec<&KnownCrl> {
        let is_root = |signer: &Certified| signer.authorities().any(|kind| kind == Authority::Root);
        let is_of = |known: &&KnownCrl| {
            known.signed_by.brand().as_ref() == Some(brand) || is_root(&known.signed_by)
        };
        let mut all: Vec<_> = self.crls.values().filter(is_of).collect();
        all.sort_unstable_by_key(|known| known.octets);
        all
    }

    fn forget_paths_to(&mut self, root: Thumb) {
        self.forget(|path| path.certificates().iter().any(|one| one.thumb() == root));
    }

    /// Forgets paths and all that they are found by.
    fn forget(&mut self, which: impl Fn(&Path) -> bool) {
        self.paths.retain(|_, path| !which(path));
        let paths = &self.paths;
        self.names.retain(|_, thumb| paths.contains_key(thumb));
        self.octets.retain(|_, thumb| paths.contains_key(thumb));
    }

    /// Asks every list on the way. An authority that must publish one and of which none is
    /// known, or no current one, is a refusal: revocation fails closed.
    fn require_unrevoked(&self, path: &Path, now: UnixTime) -> Result<(), Untrusted> {
        let bci = path.brand().and_then(|brand| self.bcis.get(&brand));
        let least = |issuer: &Certified| bci.and_then(|bci| bci.least_number(issuer.subject()));
        for (subject, issuer) in path.links() {
            let least = least(issuer);
            // Who must publish a list, and whoever the brand says has published one.
            if least.is_none() && !issuer.publishes_crl() {
                continue;
            }
            let list = self.crls.get(&issuer.publisher()).ok_or(Untrusted::CrlMissing)?;
            list.require_current(now)?;
            self.require_good_signer(list, issuer, now)?;
            if least.is_some_and(|least| list.number < least) {
                return Err(Untrusted::CrlNotCurrent);
            }
            if list.revokes(subject.serial()) {
                return Err(Untrusted::Revoked);
            }
        }
        Ok(())
    }

    /// A certificate that signs lists and is not the issuer's own is good at this moment, and not
    /// taken back itself.
    fn require_good_signer(
        &self,
        list: &KnownCrl,
        issuer: &Certified,
        now: UnixTime,
    ) -> Result<(), Untrusted> {
        let signer = &list.signed_by;
        if signer.key_id() == issuer.key_id() {
            return Ok(());
        }
        signer.require_valid_at(now)?;
        let mut of_its_issuer = self.crls.values().filter(|known| known.issuer == *signer.issuer());
        match of_its_issuer.any(|known| known.revokes(signer.serial())) {
            true => Err(Untrusted::Revoked),
            false => Ok(()),
        }
    }
}

/// Whether a certificate says that it was issued by its own subject.
fn is_its_own(certificate: &Certificate) -> bool {
    let unsigned = &certificate.to_be_signed;
    unsigned.issuer == unsigned.subject
}

/// Reads a certificate that is its own issuer and may be a root.
fn read_root(suite: Suite, root: &Certificate) -> Result<Certified, Untrusted> {
    let root = Certified::read(suite, root.clone())?;
    root.require_purpose(Purpose::CertificateSigning(Authority::Root))?;
    if *root.signer() != root.name() {
        return Err(Untrusted::UnknownRoot);
    }
    root.require_signed_by(&root)?;
    Ok(root)
}

/// Whether an announcement names this root's key.
fn names(next: &HashedRootKey, new: &Certified) -> bool {
    let found = &next.root_key_thumbprint;
    let proper = found.dd_version == 0
        && found.content_info.content_type == HashedRootKey::CONTENT
        && found.content_info.content.is_none()
        && digest::is_of(new.key().kind().suite(), &found.digest_algorithm);
    proper && same(found.digest.as_bytes(), new.key().digest().as_bytes())
}

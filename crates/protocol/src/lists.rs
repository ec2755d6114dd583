//! What authorities tell each other and their brand's parties about lists of revoked certificates:
//! CRLNotification, CRLNotificationRes and BCIDistribution.
//!
//! They stand in no wrapper, name no request, and change nothing but what trust has learned; so
//! they are no machine's. The same one twice says nothing new, and an older one is refused.
//!
//! What this deliberately does not know: how they travel, and who makes the lists.

use openset_crypto::{
    Authority, Bag, Identity, Keys, Purpose, Signer, Suite, Thumb, Trust, Untrusted, Verified,
    sign, verify,
};
use openset_types::{Brand, UnixTime};
use openset_wire::{
    cert::{
        BciDistribution, BciDistributionTbs, CrlNotification, CrlNotificationRes,
        CrlNotificationResTbs, CrlNotificationTbs,
    },
    content::Content,
    der::{Decode, Encode},
    opaque::Signed,
    types::CertThumb,
    x509::{BrandCrlIdentifier, CertificateRevocationList},
};

use crate::{acceptance::Acceptance, refusal::Refusal};

/// Where lists are told and heard about: a party of one brand, at one moment.
pub struct ListDesk<'a> {
    /// Whom it believes, and what it has learned.
    pub trust: &'a Trust,
    /// Signs.
    pub keys: &'a dyn Keys,
    /// The brand.
    pub brand: &'a Brand,
    /// Which dates it accepts.
    pub acceptance: Acceptance,
    /// The time, as the shell read it.
    pub now: UnixTime,
}

/// Where lists are heard about: a party that says nothing about them itself.
pub struct ListEar<'a> {
    /// Whom it believes, and what it has learned.
    pub trust: &'a Trust,
    /// The brand.
    pub brand: &'a Brand,
    /// Which dates it accepts.
    pub acceptance: Acceptance,
    /// The time, as the shell read it.
    pub now: UnixTime,
}

/// The authorities that tell their brand of their lists.
const PUBLISHERS: [Authority; 5] = [
    Authority::Gateway,
    Authority::Geopolitical,
    Authority::Merchant,
    Authority::Cardholder,
    Authority::Root,
];

impl<'a> ListDesk<'a> {
    /// CRLNotification: an authority tells its brand of its new list, which goes along with the
    /// certificate it was signed with.
    pub fn notify(
        &self,
        list: &CertificateRevocationList,
        signed_by: &Identity,
        by: &Identity,
    ) -> Result<CrlNotification, Refusal> {
        let mut bag = self.trust.bag(by).and(signed_by);
        bag.crls.retain(|other| other.to_be_signed.issuer != list.to_be_signed.issuer);
        bag.crls.push(list.clone());
        let crl_thumbprint = self.name(list)?;
        self.sign(&CrlNotificationTbs { date: self.now.into(), crl_thumbprint }, by, &bag)
    }

    /// The brand takes a notification: it learns the list that is named and no other one, and
    /// answers.
    pub fn on_notification(
        &self,
        notification: &CrlNotification,
        by: &Identity,
    ) -> Result<CrlNotificationRes, Refusal> {
        let notified = self.ear().believe(notification)?;
        self.ear().learn(&notified)?;
        self.take(&notified, by)
    }

    /// The brand says that it has taken the list that is named.
    pub fn take(
        &self,
        notified: &Verified<CrlNotificationTbs>,
        by: &Identity,
    ) -> Result<CrlNotificationRes, Refusal> {
        let crl_thumbprint = notified.crl_thumbprint.clone();
        let answer = CrlNotificationResTbs { date: self.now.into(), crl_thumbprint };
        self.sign(&answer, by, &self.trust.bag(by))
    }

    /// The authority hears that its brand has taken the list.
    pub fn on_taken(
        &self,
        answer: &CrlNotificationRes,
        list: &CertificateRevocationList,
    ) -> Result<(), Refusal> {
        let taken = self.ear().verify_any(answer, &[Authority::Brand])?;
        self.ear().require_fresh(&taken, taken.date.0)?;
        if taken.crl_thumbprint == self.name(list)? {
            return Ok(());
        }
        Err(Refusal::ThumbsDiffer)
    }

    /// BCIDistribution: the brand tells which lists are the current ones. They go along.
    pub fn distribute(
        &self,
        bci: Option<BrandCrlIdentifier>,
        by: &Identity,
    ) -> Result<BciDistribution, Refusal> {
        let bag = self.trust.with_lists_of(self.trust.bag(by), self.brand);
        self.sign(&BciDistributionTbs { date: self.now.into(), bci }, by, &bag)
    }

    /// Learns which lists are the current ones, and the lists, as anybody does.
    pub fn on_distribution(&self, distribution: &BciDistribution) -> Result<(), Refusal> {
        self.ear().on_distribution(distribution)
    }

    fn ear(&self) -> ListEar<'a> {
        let Self { trust, brand, acceptance, now, .. } = *self;
        ListEar { trust, brand, acceptance, now }
    }

    fn suite(&self) -> Suite {
        self.trust.suite()
    }

    fn name(&self, list: &CertificateRevocationList) -> Result<CertThumb, Refusal> {
        Ok(Thumb::of_crl(self.suite(), list).cert_thumb(self.suite())?)
    }

    fn sign<T: Content + Encode>(
        &self,
        content: &T,
        identity: &Identity,
        bag: &Bag,
    ) -> Result<Signed<T>, Refusal> {
        let signer = Signer::Certified { identity, bag };
        Ok(sign(self.suite(), content, signer, self.keys, self.now)?)
    }
}

impl ListEar<'_> {
    /// The brand believes that an authority of its own tells it of a list. Nothing is learned yet:
    /// the brand may have more to say about who tells it of lists.
    pub fn believe(
        &self,
        notification: &CrlNotification,
    ) -> Result<Verified<CrlNotificationTbs>, Refusal> {
        let notified = self.verify_any(notification, &PUBLISHERS)?;
        self.require_fresh(&notified, notified.date.0)?;
        Ok(notified)
    }

    /// The brand learns the list that is named.
    pub fn learn(&self, notified: &Verified<CrlNotificationTbs>) -> Result<(), Refusal> {
        let list = find(self.trust.suite(), notified.bag(), &notified.crl_thumbprint)?;
        Ok(self.trust.learn_crl(list, notified.bag(), self.now)?)
    }

    /// Anybody learns which lists are the current ones, and the lists.
    pub fn on_distribution(&self, distribution: &BciDistribution) -> Result<(), Refusal> {
        let told = self.verify_any(distribution, &[Authority::Brand])?;
        self.require_fresh(&told, told.date.0)?;
        if let Some(bci) = &told.bci {
            if bci.to_be_signed.brand_id.0 != *self.brand {
                let brand = bci.to_be_signed.brand_id.0.clone();
                return Err(Refusal::SenderNamedForeignBrand { brand });
            }
            self.trust.learn_bci(bci, told.bag(), self.now)?;
        }
        for list in &told.bag().crls {
            match self.trust.learn_crl(list, told.bag(), self.now) {
                // An older one beside a newer one that is known is no harm.
                Ok(()) | Err(Untrusted::RolledBack) => {}
                Err(untrusted) => return Err(untrusted.into()),
            }
        }
        Ok(self.trust.require_bci(self.brand, self.now)?)
    }

    /// Believes a message of one of these kinds of authority, of this brand.
    fn verify_any<T: Content + Decode + Encode>(
        &self,
        signed: &Signed<T>,
        kinds: &[Authority],
    ) -> Result<Verified<T>, Refusal> {
        let mut why = Untrusted::WrongRole;
        for kind in kinds {
            let purpose = Purpose::AuthoritySignature(*kind);
            match verify(signed, self.trust, purpose, Some(self.brand), self.now) {
                Ok(verified) => return Ok(verified),
                Err(Untrusted::WrongRole) => {}
                Err(untrusted) => why = untrusted,
            }
        }
        Err(why.into())
    }

    /// Both the date it says and that of its signature are near ours.
    fn require_fresh<T>(&self, signed: &Verified<T>, date: UnixTime) -> Result<(), Refusal> {
        self.acceptance.fresh(signed, self.now)?;
        self.acceptance.require_within(date, self.now)
    }
}

/// The list of this thumb, among those that came along.
fn find<'b>(
    suite: Suite,
    bag: &'b Bag,
    named: &CertThumb,
) -> Result<&'b CertificateRevocationList, Refusal> {
    let thumb = Thumb::from_cert_thumb(suite, named).map_err(|_| Refusal::ThumbsDiffer)?;
    let found = bag.crls.iter().find(|list| Thumb::of_crl(suite, list) == thumb);
    found.ok_or(Refusal::AuthoritySentNoList)
}

//! Lists of revoked certificates and the brand's list of lists: who tells whom, and what is not
//! taken.

#[path = "../world/mod.rs"]
mod world;

use openset_crypto::{
    Authority, Bag, Identity, Purpose, Signer, Suite, Thumb, Trust, Untrusted,
    authority::{BciTerms, CrlTerms, Revoked, bci, crl},
    sign,
};
use openset_protocol::{
    acceptance::Acceptance,
    complaint::{Complainant, answer},
    lists::ListDesk,
    refusal::Refusal,
};
use openset_types::{Brand, UnixTime};
use openset_wire::{
    cert::{
        BciDistribution, BciDistributionTbs, CrlNotification, CrlNotificationResTbs,
        CrlNotificationTbs,
    },
    der::encode,
    error::Error,
    opaque::Signed,
    wrapper::{Message, MessageWrapper},
    x509::{BrandCrlIdentifier, CertificateRevocationList, Name},
};

use world::{
    World, letterhead, now,
    pki::{House, MODERN, Pki, Wish},
};

const DAY_S: i64 = 86_400;

/// A brand, an authority of gateways, and somebody who relies on both.
struct Table {
    world: World,
    /// With which the brand signs messages.
    brand_clerk: Identity,
    /// With which the authority of gateways does.
    clerk: Identity,
    brand: Trust,
    office: Trust,
    shop: Trust,
}

impl Table {
    fn new() -> Self {
        let mut world = World::new();
        let (root, authority) = (world.pki.root.clone(), world.pki.house.authority.clone());
        let clerk = |pki: &mut Pki, kind, issuer: &Identity| {
            let purpose = Purpose::AuthoritySignature(kind);
            pki.certify(&Wish { purpose, brand: "Demo Brand", name: "Clerk", merchant: "" }, issuer)
        };
        let brand_clerk = clerk(&mut world.pki, Authority::Brand, &root);
        let office_clerk = clerk(&mut world.pki, Authority::Gateway, &authority);
        let (brand, office, shop) = (world.pki.trust(), world.pki.trust(), world.pki.trust());
        Self { world, brand_clerk, clerk: office_clerk, brand, office, shop }
    }

    fn house(&self) -> &House {
        &self.world.pki.house
    }

    fn desk<'a>(&'a self, trust: &'a Trust) -> ListDesk<'a> {
        self.desk_at(trust, self.world.now)
    }

    fn desk_at<'a>(&'a self, trust: &'a Trust, now: UnixTime) -> ListDesk<'a> {
        let brand = &self.house().brand;
        let keys = &self.world.pki.keys;
        ListDesk { trust, keys, brand, acceptance: Acceptance::default(), now }
    }

    /// A list of the authority of gateways.
    fn list(&self, number: u64, revoked: &[&Identity]) -> CertificateRevocationList {
        self.list_by(&self.house().pca, number, revoked)
    }

    fn list_by(
        &self,
        by: &Identity,
        number: u64,
        revoked: &[&Identity],
    ) -> CertificateRevocationList {
        let entry = |one: &&Identity| Revoked {
            serial: one.certificate.to_be_signed.serial_number.clone(),
            at: now(),
            reason: None,
        };
        let revoked: Vec<_> = revoked.iter().map(entry).collect();
        let terms = CrlTerms {
            number,
            this_update: now().plus_s(-60),
            next_update: now().plus_s(30 * DAY_S),
            revoked: &revoked,
        };
        crl(Suite::Modern, &terms, by, &self.world.pki.keys).expect("a list")
    }

    fn bci(&self, sequence: u64, lists: &[(Name, u64)]) -> BrandCrlIdentifier {
        let terms = BciTerms {
            sequence,
            brand: &self.house().brand,
            not_before: now().plus_s(-60),
            not_after: now().plus_s(DAY_S),
            lists,
        };
        bci(Suite::Modern, &terms, &self.house().authority, &self.world.pki.keys)
            .expect("a list of lists")
    }

    fn notification(&self, list: &CertificateRevocationList) -> CrlNotification {
        self.desk(&self.office).notify(list, &self.house().authority, &self.clerk).expect("signed")
    }

    /// The brand has taken the list and tells everybody.
    fn distribution(&self, sequence: u64) -> BciDistribution {
        let numbers = self.brand.list_numbers(&self.house().brand);
        let named = self.bci(sequence, &numbers);
        let desk = self.desk(&self.brand);
        desk.distribute(Some(named), &self.brand_clerk).expect("signed")
    }

    fn gateway_is(&self, trust: &Trust, now: UnixTime) -> Result<(), Untrusted> {
        let gateway = &self.house().gateway.signature;
        let (purpose, bag) = (Purpose::GatewaySignature, Bag::of(gateway));
        trust.path(&gateway.certificate, &bag, purpose, None, now).map(drop)
    }
}

#[test]
fn a_revoked_gateway_is_refused_by_whoever_the_brand_has_told() {
    // Abuse case 30: from the authority to the brand, from the brand to everybody.
    let table = Table::new();
    let list = table.list(2, &[&table.house().gateway.signature]);
    let notification = table.notification(&list);
    let answer = table.desk(&table.brand).on_notification(&notification, &table.brand_clerk);
    let answer = answer.expect("taken");
    table.desk(&table.office).on_taken(&answer, &list).expect("it was this list");
    assert_eq!(table.gateway_is(&table.shop, now()), Ok(()));
    let distribution = table.distribution(1);
    table.desk(&table.shop).on_distribution(&distribution).expect("good");
    assert_eq!(table.gateway_is(&table.shop, now()), Err(Untrusted::Revoked));
    assert!(table.shop.bci(&table.house().brand, now()).is_some());
}

#[test]
fn the_same_notice_twice_says_nothing_new_and_an_older_one_is_refused() {
    // A21, abuse case 29.
    let table = Table::new();
    let desk = table.desk(&table.brand);
    let take =
        |notice: &CrlNotification| desk.on_notification(notice, &table.brand_clerk).map(drop);
    let newer = table.notification(&table.list(3, &[]));
    assert_eq!(take(&newer), Ok(()));
    assert_eq!(take(&newer), Ok(()));
    let older = table.notification(&table.list(2, &[]));
    assert_eq!(take(&older), Err(Refusal::Untrusted(Untrusted::RolledBack)));
    let first = table.distribution(1);
    let second = table.distribution(2);
    let hear = |told: &BciDistribution| table.desk(&table.shop).on_distribution(told);
    assert_eq!(hear(&second), Ok(()));
    assert_eq!(hear(&second), Ok(()));
    assert_eq!(hear(&first), Err(Refusal::Untrusted(Untrusted::RolledBack)));
}

#[test]
fn only_authorities_of_the_brand_tell_it_of_lists() {
    // A12, A13: a merchant, a gateway, the authority of another brand.
    let mut table = Table::new();
    let list = table.list(2, &[]);
    let foreign = {
        let authority = table.world.pki.foreign.authority.clone();
        let purpose = Purpose::AuthoritySignature(Authority::Gateway);
        let wish = Wish { purpose, brand: "Other Brand", name: "Clerk", merchant: "" };
        table.world.pki.certify(&wish, &authority)
    };
    let house = table.house();
    for (by, why) in [
        (&house.merchant.signature, Untrusted::WrongRole),
        (&house.gateway.signature, Untrusted::WrongRole),
        (&house.gateway.encipherment, Untrusted::WrongRole),
        (&foreign, Untrusted::OtherBrand),
    ] {
        let notice = table.desk(&table.office).notify(&list, &table.house().authority, by);
        let Ok(notice) = notice else { continue };
        let refused = table.desk(&table.brand).on_notification(&notice, &table.brand_clerk).err();
        assert_eq!(refused, Some(Refusal::Untrusted(why)));
    }
}

#[test]
fn only_the_brand_tells_which_lists_are_the_current_ones() {
    let table = Table::new();
    let named = table.bci(1, &[]);
    let house = table.house();
    for by in [&table.clerk, &house.merchant.signature, &house.gateway.signature] {
        let told = table.desk(&table.brand).distribute(Some(named.clone()), by).expect("signed");
        let refused = table.desk(&table.shop).on_distribution(&told).err();
        assert_eq!(refused, Some(Refusal::Untrusted(Untrusted::WrongRole)));
    }
    assert_eq!(table.shop.bci(&house.brand, now()), None);
}

#[test]
fn a_list_that_is_named_and_did_not_come_along_is_refused() {
    // A11: another list in its place.
    let table = Table::new();
    let keys = &table.world.pki.keys;
    let list = table.list(2, &[]);
    let mut bag = Bag::of(&table.clerk);
    bag.crls.push(table.list(3, &[]));
    let crl_thumbprint = Thumb::of_crl(MODERN, &list).cert_thumb(MODERN).expect("encodable");
    let tbs = CrlNotificationTbs { date: now().into(), crl_thumbprint };
    let signer = Signer::Certified { identity: &table.clerk, bag: &bag };
    let notice = sign(MODERN, &tbs, signer, keys, now()).expect("signed");
    let refused = table.desk(&table.brand).on_notification(&notice, &table.brand_clerk).err();
    assert_eq!(refused, Some(Refusal::AuthoritySentNoList));
}

#[test]
fn a_list_that_its_authority_did_not_sign_is_refused() {
    let table = Table::new();
    let mut forged = table.list(9, &[]);
    forged.signature = table.list(2, &[]).signature;
    let notice = table.notification(&forged);
    let refused = table.desk(&table.brand).on_notification(&notice, &table.brand_clerk).err();
    assert_eq!(refused, Some(Refusal::Untrusted(Untrusted::BadSignature)));
}

#[test]
fn old_notices_and_those_of_tomorrow_are_refused() {
    let table = Table::new();
    let notice = table.notification(&table.list(2, &[]));
    let at = |moment| {
        let desk = table.desk_at(&table.brand, moment);
        desk.on_notification(&notice, &table.brand_clerk).map(drop)
    };
    assert_eq!(at(now().plus_s(DAY_S + 1)), Err(Refusal::SenderSentTooLate));
    let early = at(now().plus_s(-301));
    assert!(early.is_err(), "{early:?}");
    assert_eq!(at(now().plus_s(DAY_S)), Ok(()));
}

#[test]
fn an_answer_about_another_list_is_no_answer() {
    let table = Table::new();
    let list = table.list(2, &[]);
    let notice = table.notification(&list);
    let answer = table.desk(&table.brand).on_notification(&notice, &table.brand_clerk);
    let answer = answer.expect("taken");
    let other = table.list(3, &[]);
    let refused = table.desk(&table.office).on_taken(&answer, &other);
    assert_eq!(refused, Err(Refusal::ThumbsDiffer));
    let keys = &table.world.pki.keys;
    let crl_thumbprint = Thumb::of_crl(MODERN, &list).cert_thumb(MODERN).expect("encodable");
    let tbs = CrlNotificationResTbs { date: now().into(), crl_thumbprint };
    let bag = Bag::of(&table.clerk);
    let signer = Signer::Certified { identity: &table.clerk, bag: &bag };
    let forged = sign(MODERN, &tbs, signer, keys, now()).expect("signed");
    let refused = table.desk(&table.office).on_taken(&forged, &list);
    assert_eq!(refused, Err(Refusal::Untrusted(Untrusted::WrongRole)));
}

#[test]
fn a_list_of_lists_of_another_brand_is_refused() {
    // A21: the brand's own clerk passes on another brand's.
    let table = Table::new();
    let other = Brand::parse("Other Brand").expect("a brand");
    let terms = BciTerms {
        sequence: 1,
        brand: &other,
        not_before: now().plus_s(-60),
        not_after: now().plus_s(DAY_S),
        lists: &[],
    };
    let keys = &table.world.pki.keys;
    let foreign =
        bci(Suite::Modern, &terms, &table.world.pki.foreign.authority, keys).expect("signed");
    let tbs = BciDistributionTbs { date: now().into(), bci: Some(foreign) };
    let bag = Bag::of(&table.brand_clerk);
    let signer = Signer::Certified { identity: &table.brand_clerk, bag: &bag };
    let told = sign(MODERN, &tbs, signer, keys, now()).expect("signed");
    let refused = table.desk(&table.shop).on_distribution(&told);
    assert_eq!(refused, Err(Refusal::SenderNamedForeignBrand { brand: other }));
}

#[test]
fn whoever_was_not_told_again_in_time_believes_nobody() {
    // Abuse case 29: fail closed. A distribution without a list of lists mends nothing.
    let table = Table::new();
    table.desk(&table.shop).on_distribution(&table.distribution(1)).expect("good");
    let late = now().plus_s(DAY_S + 60);
    let brand = &table.house().brand;
    assert_eq!(table.shop.require_bci(brand, late), Err(Untrusted::BciNotCurrent));
    let desk = table.desk_at(&table.brand, late);
    let empty = desk.distribute(None, &table.brand_clerk).expect("signed");
    let refused = table.desk_at(&table.shop, late).on_distribution(&empty);
    assert_eq!(refused, Err(Refusal::Untrusted(Untrusted::BciNotCurrent)));
}

#[test]
fn an_error_in_the_place_of_the_brands_answer_takes_no_list() {
    // Whoever waits goes on telling: an Error is no CRLNotificationRes, whoever has signed it.
    let table = Table::new();
    let list = table.list(2, &[]);
    let notice = table.notification(&list);
    let (pki, letterhead) = (&table.world.pki, letterhead());
    for by in [None, Some(&table.brand_clerk), Some(&table.clerk)] {
        let bag = by.map(|by| pki.trust().bag(by)).unwrap_or_default();
        let complainant = Complainant {
            identity: by,
            bag: &bag,
            keys: &pki.keys,
            letterhead: &letterhead,
            suite: MODERN,
            now: now(),
            seed: [0x77; 32],
        };
        let error = answer(&Refusal::ThumbsDiffer, notice.octets(), &complainant);
        let error = error.expect("an Error can be made").expect("it answers a question");
        let wrapper = MessageWrapper::decode(&error).expect("our own");
        let bare = match wrapper.message {
            Message::Error(Error::SignedError(signed)) => signed.octets().to_vec(),
            Message::Error(Error::UnsignedError(said)) => encode(&*said).expect("encodable"),
            other => panic!("an Error, not {}", other.name()),
        };
        for octets in [error, bare] {
            let heard = Signed::from_octets(octets).ok();
            let taken = heard.map(|heard| table.desk(&table.office).on_taken(&heard, &list));
            assert!(taken.is_none_or(|taken| taken.is_err()), "an Error takes nothing");
        }
    }
    let answer = table.desk(&table.brand).on_notification(&notice, &table.brand_clerk);
    let answer = answer.expect("taken");
    table.desk(&table.office).on_taken(&answer, &list).expect("the true answer still counts");
}

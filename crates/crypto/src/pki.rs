//! The certificates of a small world, for tests: one root, one brand, and one of each party.

use data_encoding::BASE64;
use openset_types::{Bin, Brand, MerchantId, UnixTime};
use openset_wire::der::{Carried, What};
use openset_wire::types::SetString;
use openset_wire::x509::{
    Certificate, MerNames, MerchantData, Name, NameAttribute, Serial, SetExtensions,
};

use crate::authority::{CrlTerms, Details, Revoked, Terms, crl, draft, draft_root, issue};
use crate::modern::primitives::random;
use crate::{
    Authority, Bag, Draw, Identity, Path, PrivateKey, PublicKey, Purpose, SoftwareKeys, Suite,
    Trust,
};

pub(crate) const MODERN: Suite = Suite::Modern;
const ROOT: Purpose = Purpose::CertificateSigning(Authority::Root);

/// Runs a test once in every suite.
pub(crate) fn in_every_suite(test: impl Fn(Suite)) {
    for suite in Suite::ALL {
        eprintln!("suite {suite}");
        test(suite);
    }
}

const DAY_S: i64 = 86_400;

pub(crate) fn now() -> UnixTime {
    UnixTime::parse_generalized("20261123081500Z").expect("a moment")
}

pub(crate) fn brand() -> Brand {
    Brand::parse("Demo Brand").expect("a brand")
}

/// All parties, their keys, and the lists their authorities publish.
pub(crate) struct World {
    pub(crate) suite: Suite,
    pub(crate) keys: SoftwareKeys,
    pub(crate) root: Identity,
    pub(crate) brand: Identity,
    pub(crate) cca: Identity,
    pub(crate) mca: Identity,
    pub(crate) pca: Identity,
    pub(crate) cca_exchange: Identity,
    pub(crate) mca_signature: Identity,
    pub(crate) cardholder: Identity,
    pub(crate) merchant: Identity,
    pub(crate) merchant_exchange: Identity,
    pub(crate) gateway: Identity,
    pub(crate) gateway_exchange: Identity,
    /// The key that the root announces.
    pub(crate) next_root: PublicKey,
    draw: Draw,
}

/// What a test may want otherwise than usual.
pub(crate) struct Wish<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) organization: &'a str,
    pub(crate) common_name: &'a str,
    pub(crate) not_before: UnixTime,
    pub(crate) not_after: UnixTime,
    pub(crate) signs_until: UnixTime,
    pub(crate) card_cert_required: bool,
}

impl Wish<'_> {
    pub(crate) fn of(purpose: Purpose) -> Self {
        let (not_before, not_after) = (now().plus_s(-DAY_S), now().plus_s(300 * DAY_S));
        Self {
            purpose,
            organization: "Demo Brand",
            common_name: "x",
            not_before,
            not_after,
            signs_until: not_after,
            card_cert_required: true,
        }
    }
}

impl World {
    pub(crate) fn new(suite: Suite) -> Self {
        let keys = SoftwareKeys::new();
        let mut draw = Draw::new(suite, random().expect("randomness"));
        let next = PrivateKey::generate(ROOT.key_kind(suite)).expect("randomness");
        let next_root = PublicKey::from_der(suite, next.public().der()).expect("our own key");
        keys.hold(next);
        let root = root(suite, &keys, &mut draw, &next_root);
        let mut under = |purpose, name, issuer: &Identity| {
            let wish = Wish { common_name: name, ..Wish::of(purpose) };
            certify(suite, &keys, &mut draw, wish, issuer)
        };
        use Purpose::*;
        let brand = under(CertificateSigning(Authority::Brand), "Demo Brand CA", &root);
        let cca = under(CertificateSigning(Authority::Cardholder), "CCA", &brand);
        let mca = under(CertificateSigning(Authority::Merchant), "MCA", &brand);
        let pca = under(CertificateSigning(Authority::Gateway), "PCA", &brand);
        Self {
            suite,
            cca_exchange: under(AuthorityEncipherment(Authority::Cardholder), "CCA", &brand),
            mca_signature: under(AuthoritySignature(Authority::Merchant), "MCA", &brand),
            cardholder: under(CardholderSignature, "x", &cca),
            merchant: under(MerchantSignature, "Atelier Lumen", &mca),
            merchant_exchange: under(MerchantEncipherment, "Atelier Lumen", &mca),
            gateway: under(GatewaySignature, "Demo Gateway", &pca),
            gateway_exchange: under(GatewayEncipherment, "Demo Gateway", &pca),
            brand,
            cca,
            mca,
            pca,
            root,
            next_root,
            keys,
            draw,
        }
    }

    /// Another certificate, as a test wishes it.
    pub(crate) fn certify(&mut self, wish: Wish<'_>, issuer: &Identity) -> Identity {
        certify(self.suite, &self.keys, &mut self.draw, wish, issuer)
    }

    /// The same for a key that somebody else has made.
    pub(crate) fn certify_key(
        &mut self,
        wish: Wish<'_>,
        issuer: &Identity,
        key: PrivateKey,
    ) -> Identity {
        certify_key(self.suite, &self.keys, &mut self.draw, wish, issuer, key)
    }

    /// A root with the announced key.
    pub(crate) fn announced_root(&mut self) -> Identity {
        let key = PublicKey::from_der(self.suite, self.next_root.der()).expect("our own key");
        let after = PrivateKey::generate(ROOT.key_kind(self.suite)).expect("randomness");
        root_with(self.suite, &self.keys, &mut self.draw, &key, after.public())
    }

    /// Trust in the root, with nothing learned.
    pub(crate) fn stranger(&self) -> Trust {
        Trust::new(self.suite, std::slice::from_ref(&self.root.certificate)).expect("a root")
    }

    /// Trust in the root that has learned all lists.
    pub(crate) fn trust(&self) -> Trust {
        let trust = self.stranger();
        let bag = self.lists(1, &[]);
        for list in &bag.crls {
            trust.learn_crl(list, &bag, now()).expect("a good list");
        }
        trust
    }

    /// All authorities and their lists of one number, which revoke certain certificates.
    pub(crate) fn lists(&self, number: u64, revoked: &[&Identity]) -> Bag {
        self.lists_between(number, revoked, now().plus_s(-60), now().plus_s(DAY_S))
    }

    /// The same, good for a certain time.
    pub(crate) fn lists_between(
        &self,
        number: u64,
        revoked: &[&Identity],
        this_update: UnixTime,
        next_update: UnixTime,
    ) -> Bag {
        let entry = |one: &&Identity| Revoked {
            serial: one.certificate.to_be_signed.serial_number.clone(),
            at: this_update,
            reason: None,
        };
        let revoked: Vec<_> = revoked.iter().map(entry).collect();
        let terms = CrlTerms { number, this_update, next_update, revoked: &revoked };
        let mut bag = Bag::of(&self.cca).and(&self.mca).and(&self.pca).and(&self.brand);
        for issuer in [&self.root, &self.brand, &self.pca] {
            bag.crls.push(crl(self.suite, &terms, issuer, &self.keys).expect("a list"));
        }
        bag
    }

    /// The believed path of a party's certificate.
    pub(crate) fn path(&self, of: &Identity, purpose: Purpose) -> std::sync::Arc<Path> {
        self.trust()
            .path(&of.certificate, &Bag::of(of), purpose, Some(&brand()), now())
            .expect("a good path")
    }
}

fn root(suite: Suite, keys: &SoftwareKeys, draw: &mut Draw, next: &PublicKey) -> Identity {
    let key = PrivateKey::generate(ROOT.key_kind(suite)).expect("randomness");
    let public = PublicKey::from_der(suite, key.public().der()).expect("our own key");
    keys.hold(key);
    root_with(suite, keys, draw, &public, next)
}

fn root_with(
    suite: Suite,
    keys: &SoftwareKeys,
    draw: &mut Draw,
    key: &PublicKey,
    next: &PublicKey,
) -> Identity {
    let subject = Name::new(&[
        (NameAttribute::Country, "FR"),
        (NameAttribute::Organization, "SET Root"),
        (NameAttribute::CommonName, "OpenSET Demo Root 2026"),
    ]);
    let not_after = now().plus_s(3_650 * DAY_S);
    let terms = Terms {
        serial: draw.serial(),
        subject: subject.expect("a name"),
        key,
        purpose: Purpose::CertificateSigning(Authority::Root),
        not_before: now().plus_s(-2 * DAY_S),
        not_after,
        signs_until: not_after,
        crl_url: None,
        details: Details::NextRoot(next.digest()),
    };
    let draft = draft_root(suite, &terms).expect("a good draft");
    let certificate = issue(&draft, keys).expect("signed");
    Identity::new(certificate, Vec::new()).expect("a key")
}

fn certify(
    suite: Suite,
    keys: &SoftwareKeys,
    draw: &mut Draw,
    wish: Wish<'_>,
    issuer: &Identity,
) -> Identity {
    let key = PrivateKey::generate(wish.purpose.key_kind(suite)).expect("randomness");
    certify_key(suite, keys, draw, wish, issuer, key)
}

fn certify_key(
    suite: Suite,
    keys: &SoftwareKeys,
    draw: &mut Draw,
    wish: Wish<'_>,
    issuer: &Identity,
    key: PrivateKey,
) -> Identity {
    let public = PublicKey::from_der(suite, key.public().der()).expect("our own key");
    keys.hold(key);
    let serial = draw.serial();
    let terms = terms(&wish, serial, &public);
    let draft = draft(suite, &terms, issuer).expect("a good draft");
    identity(issue(&draft, keys).expect("signed"), issuer)
}

pub(crate) fn terms<'a>(wish: &Wish<'_>, serial: Serial, key: &'a PublicKey) -> Terms<'a> {
    Terms {
        serial,
        subject: subject(wish, key.kind().suite()).expect("a name"),
        key,
        purpose: wish.purpose,
        not_before: wish.not_before,
        not_after: wish.not_after,
        signs_until: wish.signs_until,
        crl_url: Some("http://ca.localhost/crl"),
        details: details(wish),
    }
}

/// A name as the role has it: brands and regions have no unit, cardholders a keyed digest.
fn subject(wish: &Wish<'_>, suite: Suite) -> Result<Name, What> {
    let hidden = BASE64.encode(&vec![0x5A; suite.secret_octets()]);
    let common_name = match wish.purpose {
        Purpose::CardholderSignature if wish.common_name == "x" => hidden.as_str(),
        _ => wish.common_name,
    };
    let mut parts =
        vec![(NameAttribute::Country, "FR"), (NameAttribute::Organization, wish.organization)];
    if !is_over_banks(wish.purpose) {
        parts.push((NameAttribute::OrganizationalUnit, "Banque Demo"));
    }
    parts.push((NameAttribute::CommonName, common_name));
    Name::new(&parts)
}

fn is_over_banks(purpose: Purpose) -> bool {
    use Purpose::{AuthoritySignature, CertificateSigning, ListSigning};
    matches!(
        purpose,
        CertificateSigning(Authority::Brand | Authority::Geopolitical)
            | ListSigning(Authority::Brand | Authority::Geopolitical)
            | AuthoritySignature(Authority::Brand | Authority::Geopolitical)
    )
}

/// The issuer's certificate and chain stand above the new one; a root does not travel.
fn identity(certificate: Certificate, issuer: &Identity) -> Identity {
    let is_root = issuer.certificate.to_be_signed.issuer == issuer.certificate.to_be_signed.subject;
    let mut chain = Vec::new();
    if !is_root {
        chain.push(issuer.certificate.clone());
        chain.extend(issuer.chain.iter().cloned());
    }
    Identity::new(certificate, chain).expect("a key")
}

fn details(wish: &Wish<'_>) -> Details {
    match wish.purpose {
        Purpose::MerchantSignature | Purpose::MerchantEncipherment => {
            Details::Merchant(merchant_data())
        }
        Purpose::GatewayEncipherment => Details::Gateway {
            card_cert_required: wish.card_cert_required,
            tunneling: None,
            extensions: SetExtensions(Vec::new()),
        },
        _ => Details::None,
    }
}

fn merchant_data() -> MerchantData {
    let name = MerNames {
        language: None,
        name: SetString::new("Atelier Lumen").expect("a text"),
        city: SetString::new("Lyon").expect("a text"),
        state_province: None,
        postal_code: None,
        country_name: SetString::new("France").expect("a text"),
    };
    MerchantData {
        mer_id: Carried(MerchantId::parse("ATELIER-LUMEN-001").expect("a number")),
        mer_acquirer_bin: Carried(Bin::parse("999998").expect("six digits")),
        mer_name_seq: vec![name],
        mer_country: 250,
        mer_auth_flag: false,
    }
}

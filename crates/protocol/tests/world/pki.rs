//! The certificates of a small world: one root, two brands, and of each brand all parties.

use openset_crypto::{
    Authority, Bag, Draw, Identity, PrivateKey, PublicKey, Purpose, SoftwareKeys, Suite, Trust,
    authority::{CrlTerms, Details, Revoked, Terms, crl, draft, draft_root, issue},
    card,
};
use openset_types::{Bin, Brand, CardExpiry, MerchantId, Pan, Secret, UnixTime};
use openset_wire::{
    types::SetString,
    x509::{MerNames, MerchantData, Name, NameAttribute, SetExtensions},
};

use super::now;

/// The suite of these tests.
pub(crate) const MODERN: Suite = Suite::Modern;
const DAY_S: i64 = 86_400;

/// One brand with all its parties.
pub(crate) struct House {
    pub(crate) brand: Brand,
    pub(crate) authority: Identity,
    pub(crate) cca: Identity,
    pub(crate) mca: Identity,
    pub(crate) pca: Identity,
    pub(crate) cardholder: Identity,
    pub(crate) merchant: Server,
    pub(crate) other_merchant: Server,
    pub(crate) gateway: Server,
    pub(crate) other_gateway: Server,
}

/// A party with two certificates.
pub(crate) struct Server {
    pub(crate) signature: Identity,
    pub(crate) encipherment: Identity,
}

/// All certificates and all keys.
pub(crate) struct Pki {
    pub(crate) suite: Suite,
    pub(crate) keys: SoftwareKeys,
    pub(crate) root: Identity,
    pub(crate) house: House,
    pub(crate) foreign: House,
    draw: Draw,
}

/// What ties a card to a certificate, and the card.
pub(crate) struct TestCard {
    pub(crate) pan: &'static str,
    pub(crate) expiry: &'static str,
    pub(crate) card_secret: [u8; 32],
    pub(crate) pan_secret: [u8; 32],
}

/// The card of these tests: a public test number.
pub(crate) const CARD: TestCard = TestCard {
    pan: "4111111111111111",
    expiry: "202912",
    card_secret: [0x51; 32],
    pan_secret: [0x52; 32],
};

impl TestCard {
    pub(crate) fn pan(&self) -> Pan {
        Pan::parse(self.pan).expect("a public test number")
    }

    pub(crate) fn expiry(&self) -> CardExpiry {
        CardExpiry::parse(self.expiry).expect("a month")
    }

    pub(crate) fn bin(&self) -> Bin {
        self.pan().bin()
    }

    pub(crate) fn card_secret(&self, suite: Suite) -> Secret {
        Secret::new(self.card_secret[..suite.secret_octets()].to_vec())
    }

    pub(crate) fn pan_secret(&self, suite: Suite) -> Secret {
        Secret::new(self.pan_secret[..suite.secret_octets()].to_vec())
    }

    fn common_name(&self, suite: Suite) -> String {
        self.name_under(suite, &self.pan_secret(suite))
    }

    /// The name of the card for somebody with another secret.
    pub(crate) fn common_name_under(&self, pan_secret: [u8; 32]) -> String {
        self.name_under(MODERN, &Secret::new(pan_secret.to_vec()))
    }

    fn name_under(&self, suite: Suite, secret: &Secret) -> String {
        card::common_name(suite, &self.pan().into(), &self.expiry().into(), secret)
            .expect("encodable")
    }
}

impl Pki {
    pub(crate) fn new() -> Self {
        Self::in_suite(MODERN)
    }

    pub(crate) fn in_suite(suite: Suite) -> Self {
        let keys = SoftwareKeys::new();
        let mut draw = Draw::new(suite, [0x11; 32]);
        let root = root(suite, &keys, &mut draw);
        let demo = house(suite, &keys, &mut draw, &root, "Demo Brand");
        let foreign = house(suite, &keys, &mut draw, &root, "Other Brand");
        Self { suite, keys, root, house: demo, foreign, draw }
    }

    /// Another certificate, as a test wishes it.
    pub(crate) fn certify(&mut self, wish: &Wish<'_>, issuer: &Identity) -> Identity {
        certify(self.suite, &self.keys, &mut self.draw, wish, issuer, now().plus_s(300 * DAY_S))
    }

    /// A cardholder's certificate for a key that somebody has, with any name.
    pub(crate) fn certify_key(&mut self, key: &PublicKey, name: &str) -> Identity {
        let purpose = Purpose::CardholderSignature;
        let wish = Wish { purpose, brand: "Demo Brand", name, merchant: "" };
        let until = now().plus_s(300 * DAY_S);
        certified(self.suite, &self.keys, &mut self.draw, (&wish, key), &self.house.cca, until)
    }

    /// Gives the gateway of the house another certificate to seal for, which takes payments that
    /// nobody has signed, and gives back the one that took none.
    pub(crate) fn take_unsigned(&mut self) -> Identity {
        let purpose = Purpose::GatewayEncipherment;
        let wish = Wish { purpose, brand: "Demo Brand", name: "Demo Gateway", merchant: "" };
        let (suite, keys, draw) = (self.suite, &self.keys, &mut self.draw);
        let key = PrivateKey::generate(purpose.key_kind(suite)).expect("randomness");
        let public = PublicKey::from_der(suite, key.public().der()).expect("our own key");
        keys.hold(key);
        let details = gateway_details(false);
        let (issuer, until) = (&self.house.pca, now().plus_s(300 * DAY_S));
        let taking = certified_as(suite, keys, draw, (&wish, &public, details), issuer, until);
        std::mem::replace(&mut self.house.gateway.encipherment, taking)
    }

    /// Another server that is good until a time.
    pub(crate) fn server(
        &mut self,
        [signature, encipherment]: [Purpose; 2],
        issuer: &Identity,
        until: UnixTime,
    ) -> Server {
        let mut one = |purpose| {
            let (name, merchant) = ("Short-lived", "ATELIER-LUMEN-001");
            let wish = Wish { purpose, brand: "Demo Brand", name, merchant };
            certify(self.suite, &self.keys, &mut self.draw, &wish, issuer, until)
        };
        Server { signature: one(signature), encipherment: one(encipherment) }
    }

    /// Teaches a party the newer list of an authority, by which certificates are taken back.
    pub(crate) fn revoke(&self, trust: &Trust, issuer: &Identity, revoked: &[&Identity]) {
        let serial = |one: &&Identity| one.certificate.to_be_signed.serial_number.clone();
        let revoked: Vec<_> = revoked
            .iter()
            .map(|one| Revoked { serial: serial(one), at: now().plus_s(-60), reason: None })
            .collect();
        let terms = CrlTerms {
            number: 2,
            this_update: now().plus_s(-30),
            next_update: now().plus_s(30 * DAY_S),
            revoked: &revoked,
        };
        let list = crl(self.suite, &terms, issuer, &self.keys).expect("a list");
        trust.learn_crl(&list, &Bag::of(issuer), now()).expect("a newer list");
    }

    /// Trust in the root that has learned the lists of all authorities.
    pub(crate) fn trust(&self) -> Trust {
        let roots = std::slice::from_ref(&self.root.certificate);
        let trust = Trust::new(self.suite, roots).expect("a root");
        for house in [&self.house, &self.foreign] {
            let bag = Bag::of(&house.cca).and(&house.mca).and(&house.pca).and(&house.authority);
            for issuer in [&self.root, &house.authority, &house.pca] {
                let list = self.list(issuer);
                // The root's list is learned once: the second time it is known already.
                let _ = trust.learn_crl(&list, &bag, now());
            }
        }
        trust
    }

    fn list(&self, issuer: &Identity) -> openset_wire::x509::CertificateRevocationList {
        let terms = CrlTerms {
            number: 1,
            this_update: now().plus_s(-60),
            next_update: now().plus_s(35 * DAY_S),
            revoked: &[],
        };
        crl(self.suite, &terms, issuer, &self.keys).expect("a list")
    }
}

/// What a certificate is to be.
pub(crate) struct Wish<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) brand: &'a str,
    pub(crate) name: &'a str,
    pub(crate) merchant: &'a str,
}

fn house(
    suite: Suite,
    keys: &SoftwareKeys,
    draw: &mut Draw,
    root: &Identity,
    brand: &str,
) -> House {
    let mut under = |purpose, name: &str, merchant: &str, issuer: &Identity| {
        let until = now().plus_s(300 * DAY_S);
        certify(suite, keys, draw, &Wish { purpose, brand, name, merchant }, issuer, until)
    };
    use Purpose::*;
    let authority = under(CertificateSigning(Authority::Brand), "Brand CA", "", root);
    let cca = under(CertificateSigning(Authority::Cardholder), "CCA", "", &authority);
    let mca = under(CertificateSigning(Authority::Merchant), "MCA", "", &authority);
    let pca = under(CertificateSigning(Authority::Gateway), "PCA", "", &authority);
    let mut merchant = |name: &str, number: &str| Server {
        signature: under(MerchantSignature, name, number, &mca),
        encipherment: under(MerchantEncipherment, name, number, &mca),
    };
    let (merchant, other_merchant) =
        (merchant("Atelier Lumen", "ATELIER-LUMEN-001"), merchant("Maison Nord", "MAISON-002"));
    let mut gateway = |name: &str| Server {
        signature: under(GatewaySignature, name, "", &pca),
        encipherment: under(GatewayEncipherment, name, "", &pca),
    };
    let (gateway, other_gateway) = (gateway("Demo Gateway"), gateway("Second Gateway"));
    let cardholder = under(CardholderSignature, &CARD.common_name(suite), "", &cca);
    let brand = Brand::parse(brand).expect("a brand");
    House {
        brand,
        authority,
        cca,
        mca,
        pca,
        cardholder,
        merchant,
        other_merchant,
        gateway,
        other_gateway,
    }
}

fn root(suite: Suite, keys: &SoftwareKeys, draw: &mut Draw) -> Identity {
    let purpose = Purpose::CertificateSigning(Authority::Root);
    let key = PrivateKey::generate(purpose.key_kind(suite)).expect("randomness");
    let public = PublicKey::from_der(suite, key.public().der()).expect("our own key");
    keys.hold(key);
    let next = PrivateKey::generate(purpose.key_kind(suite)).expect("randomness");
    let not_after = now().plus_s(3_650 * DAY_S);
    let terms = Terms {
        serial: draw.serial(),
        subject: Name::new(&[
            (NameAttribute::Country, "FR"),
            (NameAttribute::Organization, "SET Root"),
            (NameAttribute::CommonName, "OpenSET Demo Root 2026"),
        ])
        .expect("a name"),
        key: &public,
        purpose,
        not_before: now().plus_s(-2 * DAY_S),
        not_after,
        signs_until: not_after,
        crl_url: None,
        details: Details::NextRoot(next.public().digest()),
    };
    let draft = draft_root(suite, &terms).expect("a good draft");
    Identity::new(issue(&draft, keys).expect("signed"), Vec::new()).expect("a key")
}

fn certify(
    suite: Suite,
    keys: &SoftwareKeys,
    draw: &mut Draw,
    wish: &Wish<'_>,
    issuer: &Identity,
    not_after: UnixTime,
) -> Identity {
    let key = PrivateKey::generate(wish.purpose.key_kind(suite)).expect("randomness");
    let public = PublicKey::from_der(suite, key.public().der()).expect("our own key");
    keys.hold(key);
    certified(suite, keys, draw, (wish, &public), issuer, not_after)
}

fn certified(
    suite: Suite,
    keys: &SoftwareKeys,
    draw: &mut Draw,
    (wish, key): (&Wish<'_>, &PublicKey),
    issuer: &Identity,
    not_after: UnixTime,
) -> Identity {
    certified_as(suite, keys, draw, (wish, key, details(wish)), issuer, not_after)
}

fn certified_as(
    suite: Suite,
    keys: &SoftwareKeys,
    draw: &mut Draw,
    (wish, key, details): (&Wish<'_>, &PublicKey, Details),
    issuer: &Identity,
    not_after: UnixTime,
) -> Identity {
    let terms = Terms {
        serial: draw.serial(),
        subject: subject(wish),
        key,
        purpose: wish.purpose,
        not_before: now().plus_s(-DAY_S),
        not_after,
        signs_until: not_after,
        crl_url: Some("http://ca.localhost/crl"),
        details,
    };
    let draft = draft(suite, &terms, issuer).expect("a good draft");
    let certificate = issue(&draft, keys).expect("signed");
    let is_root = issuer.certificate.to_be_signed.issuer == issuer.certificate.to_be_signed.subject;
    let mut chain = Vec::new();
    if !is_root {
        chain.push(issuer.certificate.clone());
        chain.extend(issuer.chain.iter().cloned());
    }
    Identity::new(certificate, chain).expect("a key")
}

/// A name as the role has it: the brand has no unit.
fn subject(wish: &Wish<'_>) -> Name {
    use Purpose::{AuthoritySignature, CertificateSigning};
    let is_brand = [CertificateSigning(Authority::Brand), AuthoritySignature(Authority::Brand)]
        .contains(&wish.purpose);
    let unit = (NameAttribute::OrganizationalUnit, "Banque Demo");
    let parts = [(NameAttribute::Country, "FR"), (NameAttribute::Organization, wish.brand)];
    let parts = parts.into_iter().chain((!is_brand).then_some(unit));
    let parts: Vec<_> = parts.chain([(NameAttribute::CommonName, wish.name)]).collect();
    Name::new(&parts).expect("a name")
}

fn details(wish: &Wish<'_>) -> Details {
    match wish.purpose {
        Purpose::MerchantSignature | Purpose::MerchantEncipherment => {
            Details::Merchant(MerchantData {
                mer_id: MerchantId::parse(wish.merchant).expect("a number").into(),
                mer_acquirer_bin: Bin::parse("999998").expect("six digits").into(),
                mer_name_seq: vec![MerNames {
                    language: None,
                    name: SetString::new(wish.name).expect("a text"),
                    city: SetString::new("Lyon").expect("a text"),
                    state_province: None,
                    postal_code: None,
                    country_name: SetString::new("France").expect("a text"),
                }],
                mer_country: 250,
                mer_auth_flag: false,
            })
        }
        Purpose::GatewayEncipherment => gateway_details(true),
        _ => Details::None,
    }
}

fn gateway_details(card_cert_required: bool) -> Details {
    Details::Gateway { card_cert_required, tunneling: None, extensions: SetExtensions(Vec::new()) }
}

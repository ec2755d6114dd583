//! The certificates and the cards of the world: one root, one brand, and one of every party.
//!
//! Keys are the operating system's and made once for a process. Nothing that happens in a world
//! depends on which keys they are.

mod cards;
mod offices;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use openset_crypto::{
    Authority, Bag, Draw, Identity, PrivateKey, PublicKey, Purpose, SoftwareKeys, Suite, Trust,
    authority::{CrlTerms, Details, Terms, crl, draft, draft_root, issue},
};
use openset_protocol::{
    acceptance::Acceptance,
    ca, cardholder,
    enrolment::{NewKey, applicant},
    gateway,
    letter::Letterhead,
    merchant,
};
use openset_types::{Bin, Brand, Language, MerchantCategory, MerchantId, UnixTime};
use openset_wire::{
    types::{SetString, SwIdent},
    x509::{MerNames, MerchantData, Name, NameAttribute, SetExtensions},
};

use crate::world::network::Role;

use offices::Issuers;

pub(crate) use offices::decided;
pub use {
    cards::{CARDS, CardOf, Funds, card_secret},
    offices::Offices,
};

/// The suite of this process. The first who asks decides.
static SUITE: OnceLock<Suite> = OnceLock::new();

/// The suite of all worlds of this process: `modern`, unless [`play_in`] said otherwise.
pub fn suite() -> Suite {
    *SUITE.get_or_init(|| Suite::Modern)
}

/// Plays all worlds of this process in a suite. Certificates are made once for a process, and so
/// is this decision: another one panics.
pub fn play_in(suite: Suite) {
    assert_eq!(*SUITE.get_or_init(|| suite), suite, "the worlds of a process have one suite");
}

/// The number of the bank that gave out the cards.
pub const ISSUER: &str = "999999";
/// The number of the merchant's bank.
pub const ACQUIRER: &str = "999998";
/// The number the acquirer knows the merchant by.
pub const MERCHANT: &str = "ATELIER-LUMEN-001";
/// Where the merchant takes messages.
pub const MERCHANT_URL: &str = "http://shop.localhost:7180/set";

const BRAND: &str = "Demo Brand";
const DAY_S: i64 = 86_400;
/// How many keys there are for whoever enrols.
const SPARE: usize = 24;

/// Everybody's keys and certificates.
pub struct Pki {
    /// All private keys. Each party uses its own.
    pub keys: SoftwareKeys,
    /// The brand.
    pub brand: Brand,
    /// The certificate of every card, in the order of [`CARDS`].
    pub cardholders: Vec<Identity>,
    /// The merchant's certificates.
    pub merchant: Server,
    /// The gateway's certificates.
    pub gateway: Server,
    /// Who each party is.
    pub standings: Standings,
    /// The same, but the authority of cardholders issues under a root that nobody knows.
    pub astray: Standings,
    /// Every authority's certificates, with those above them.
    pub authorities: Bag,
    root: Identity,
    spare: Vec<NewKey>,
    publishers: Vec<Identity>,
}

/// A party with two certificates.
#[derive(Clone)]
pub struct Server {
    /// Signs.
    pub signature: Identity,
    /// Opens.
    pub encipherment: Identity,
}

/// Who each party is.
pub struct Standings {
    /// The wallet.
    pub wallet: cardholder::Standing,
    /// The merchant.
    pub merchant: merchant::Standing,
    /// The gateway.
    pub gateway: gateway::Standing,
    /// The merchant and the gateway, when they apply for certificates.
    pub applicant: applicant::Standing,
    /// The authorities.
    pub offices: Offices,
}

impl Standings {
    /// An authority.
    pub fn authority(&self, role: Role) -> Option<&ca::Standing> {
        match role {
            Role::CardholderAuthority => Some(&self.offices.cardholders),
            Role::MerchantAuthority => Some(&self.offices.merchants),
            Role::GatewayAuthority => Some(&self.offices.gateways),
            _ => None,
        }
    }

    /// With whose signature and letterhead a party complains.
    pub fn complainant(&self, role: Role) -> (&Identity, &Letterhead) {
        match (self.authority(role), role) {
            (Some(office), _) => (&office.signature, &office.letterhead),
            (None, Role::Gateway) => (&self.gateway.signature, &self.gateway.letterhead),
            (None, _) => {
                let account = self.merchant.accounts.values().next().expect("one brand");
                (&account.signature, &self.merchant.letterhead)
            }
        }
    }
}

/// The moment at which worlds begin.
pub fn beginning() -> UnixTime {
    UnixTime::parse_generalized("20261123081500Z").expect("a moment")
}

impl Pki {
    /// The certificates of this process.
    pub fn shared() -> &'static Self {
        static PKI: OnceLock<Pki> = OnceLock::new();
        PKI.get_or_init(Self::new)
    }

    fn new() -> Self {
        let mut maker = Maker { keys: SoftwareKeys::new(), draw: Draw::new(suite(), [0x11; 32]) };
        let root = maker.root();
        let signing = |of| Purpose::CertificateSigning(of);
        let brand = maker.certify(signing(Authority::Brand), "Demo Brand CA", &root);
        let cca = maker.certify(signing(Authority::Cardholder), "Cardholder CA", &brand);
        let mca = maker.certify(signing(Authority::Merchant), "Merchant CA", &brand);
        let pca = maker.certify(signing(Authority::Gateway), "Gateway CA", &brand);
        let merchant = Server {
            signature: maker.certify(Purpose::MerchantSignature, "Atelier Lumen", &mca),
            encipherment: maker.certify(Purpose::MerchantEncipherment, "Atelier Lumen", &mca),
        };
        let gateway = Server {
            signature: maker.certify(Purpose::GatewaySignature, "Demo Gateway", &pca),
            encipherment: maker.certify(Purpose::GatewayEncipherment, "Demo Gateway", &pca),
        };
        let cardholder =
            |card: &CardOf| maker.certify(Purpose::CardholderSignature, &card.common_name(), &cca);
        let cardholders = CARDS.iter().map(cardholder).collect();
        let (strange_root, name) = (maker.root(), "Cardholder CA");
        let strange_brand = maker.certify(signing(Authority::Brand), "Brand CA", &strange_root);
        let strange = maker.certify(signing(Authority::Cardholder), name, &strange_brand);
        let mut offices = |cardholders| {
            let (merchants, gateways) = (&mca, &pca);
            Offices::of(&mut maker, &Issuers { brand: &brand, cardholders, merchants, gateways })
        };
        let (offices, offices_astray) = (offices(&cca), offices(&strange));
        Self {
            cardholders,
            standings: standings(&merchant, &gateway, offices),
            astray: standings(&merchant, &gateway, offices_astray),
            spare: (0..SPARE).map(|_| NewKey::of(&maker.key(Purpose::MerchantSignature))).collect(),
            authorities: Bag::of(&cca).and(&mca).and(&pca).and(&brand),
            publishers: vec![root.clone(), brand, pca],
            brand: Brand::parse(BRAND).expect("a brand"),
            merchant,
            gateway,
            root,
            keys: maker.keys,
        }
    }

    /// A key that no certificate names before a world begins.
    pub fn spare(&self, number: usize) -> NewKey {
        self.spare[number % SPARE].clone()
    }

    /// Trust in the root that has learned the lists of all authorities.
    pub fn trust(&self) -> Trust {
        let roots = std::slice::from_ref(&self.root.certificate);
        let trust = Trust::new(suite(), roots).expect("a root");
        for publisher in &self.publishers {
            let terms = CrlTerms {
                number: 1,
                this_update: beginning().plus_s(-60),
                next_update: beginning().plus_s(30 * DAY_S),
                revoked: &[],
            };
            let list = crl(suite(), &terms, publisher, &self.keys).expect("a list");
            trust.learn_crl(&list, &self.authorities, beginning()).expect("a good list");
        }
        trust
    }
}

fn letterhead() -> Letterhead {
    Letterhead { software: SwIdent::new("OpenSET").expect("a text") }
}

fn standings(merchant: &Server, gateway: &Server, offices: Offices) -> Standings {
    let account = merchant::Account {
        merchant: MerchantId::parse(MERCHANT).expect("a number"),
        category: MerchantCategory::parse("5999").expect("four digits"),
        signature: merchant.signature.clone(),
        encipherments: vec![merchant.encipherment.clone()],
        gateway: Bag::of(&gateway.encipherment),
    };
    let brand = Brand::parse(BRAND).expect("a brand");
    Standings {
        applicant: offices::applicant(),
        offices,
        wallet: cardholder::Standing {
            language: Language::parse("en").expect("a tag"),
            letterhead: letterhead(),
            acceptance: Acceptance::default(),
            inquire_after_s: 30,
            give_up_after_s: 300,
            patience: offices::PATIENCE,
        },
        merchant: merchant::Standing {
            accounts: BTreeMap::from([(brand.clone(), account)]),
            letterhead: letterhead(),
            acceptance: Acceptance::default(),
            answer_within_s: 5,
        },
        gateway: gateway::Standing {
            brand,
            bins: BTreeSet::new(),
            signature: gateway.signature.clone(),
            encipherments: vec![gateway.encipherment.clone()],
            letterhead: letterhead(),
            acceptance: Acceptance::default(),
            authorization_lasts_s: 7 * DAY_S,
            policies: gateway::Policies::default(),
            captures_kept_s: 30 * DAY_S,
        },
    }
}

/// Makes keys and certificates.
struct Maker {
    keys: SoftwareKeys,
    draw: Draw,
}

impl Maker {
    fn key(&self, purpose: Purpose) -> PublicKey {
        let key = PrivateKey::generate(purpose.key_kind(suite())).expect("randomness");
        let public = PublicKey::from_der(suite(), key.public().der()).expect("our own key");
        self.keys.hold(key);
        public
    }

    fn root(&mut self) -> Identity {
        let purpose = Purpose::CertificateSigning(Authority::Root);
        let (key, next) = (self.key(purpose), self.key(purpose));
        let not_after = beginning().plus_s(3_650 * DAY_S);
        let terms = Terms {
            serial: self.draw.serial(),
            subject: Name::new(&[
                (NameAttribute::Country, "FR"),
                (NameAttribute::Organization, "SET Root"),
                (NameAttribute::CommonName, "OpenSET Demo Root 2026"),
            ])
            .expect("a name"),
            key: &key,
            purpose,
            not_before: beginning().plus_s(-2 * DAY_S),
            not_after,
            signs_until: not_after,
            crl_url: None,
            details: Details::NextRoot(next.digest()),
        };
        let draft = draft_root(suite(), &terms).expect("a good draft");
        let certificate = issue(&draft, &self.keys).expect("signed");
        Identity::new(certificate, Vec::new()).expect("a key")
    }

    fn certify(&mut self, purpose: Purpose, name: &str, issuer: &Identity) -> Identity {
        let key = self.key(purpose);
        let not_after = beginning().plus_s(300 * DAY_S);
        let terms = Terms {
            serial: self.draw.serial(),
            subject: subject(purpose, name),
            key: &key,
            purpose,
            not_before: beginning().plus_s(-DAY_S),
            not_after,
            signs_until: not_after,
            crl_url: Some("http://ca.localhost/crl"),
            details: details(purpose),
        };
        let draft = draft(suite(), &terms, issuer).expect("a good draft");
        let certificate = issue(&draft, &self.keys).expect("signed");
        Identity::new(certificate, above(issuer)).expect("a key")
    }
}

/// A name as the role has it: the brand has no unit.
fn subject(purpose: Purpose, name: &str) -> Name {
    let unit = (NameAttribute::OrganizationalUnit, "Banque Demo");
    let is_brand = purpose == Purpose::CertificateSigning(Authority::Brand);
    let parts = [(NameAttribute::Country, "FR"), (NameAttribute::Organization, BRAND)];
    let parts = parts.into_iter().chain((!is_brand).then_some(unit));
    let parts: Vec<_> = parts.chain([(NameAttribute::CommonName, name)]).collect();
    Name::new(&parts).expect("a name")
}

/// The chain of what an issuer signs. A root does not travel.
fn above(issuer: &Identity) -> Vec<openset_wire::x509::Certificate> {
    let signed = &issuer.certificate.to_be_signed;
    if signed.issuer == signed.subject {
        return Vec::new();
    }
    let own = [issuer.certificate.clone()];
    own.into_iter().chain(issuer.chain.iter().cloned()).collect()
}

fn details(purpose: Purpose) -> Details {
    match purpose {
        Purpose::MerchantSignature | Purpose::MerchantEncipherment => {
            Details::Merchant(merchant_data())
        }
        Purpose::GatewayEncipherment => Details::Gateway {
            card_cert_required: true,
            tunneling: None,
            extensions: SetExtensions(Vec::new()),
        },
        _ => Details::None,
    }
}

fn merchant_data() -> MerchantData {
    MerchantData {
        mer_id: MerchantId::parse(MERCHANT).expect("a number").into(),
        mer_acquirer_bin: Bin::parse(ACQUIRER).expect("six digits").into(),
        mer_name_seq: vec![MerNames {
            language: None,
            name: SetString::new("Atelier Lumen").expect("a text"),
            city: SetString::new("Lyon").expect("a text"),
            state_province: None,
            postal_code: None,
            country_name: SetString::new("France").expect("a text"),
        }],
        mer_country: 250,
        mer_auth_flag: false,
    }
}

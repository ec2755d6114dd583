//! The table of the profile: every certificate there is, a row each.
//!
//! | | |
//! |---|---|
//! | type | its one bit of certificateType |
//! | use | its keyUsage, in suite `set10` and in suite `modern` |
//! | below | how many authorities may stand below it; nothing where it certifies nobody |
//! | says | the extensions that it has and no other |
//!
//! Message signatures of brands and regions are not in the table of 1997. They are needed to sign
//! the notices that authorities send each other. Nor are certificates with which the authorities
//! of cardholders and merchants sign lists: a brand gives them one when a card or a shop is taken
//! back.

use openset_wire::x509::{CertificateType, Extensions, KeyUsage};

use super::Lint;
use crate::{Authority, Purpose, Suite};

/// One kind of certificate.
#[derive(Debug)]
pub(super) struct Row {
    /// What it is for.
    pub(super) purpose: Purpose,
    /// The bit of certificateType.
    kind: CertificateType,
    set10: KeyUsage,
    modern: KeyUsage,
    /// The path length of an authority over others.
    below: Option<u64>,
    /// What it says besides.
    pub(super) says: Says,
    /// Which keys it is for.
    pub(super) key: Key,
    /// The parts of its bearer's name.
    pub(super) name: Named,
}

/// What only some certificates say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Nothing,
    HashedRootKey,
    MerchantData,
    GatewayData,
}

/// Which kinds of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// The strongest.
    Root,
    /// The strongest of suite `modern`.
    Brand,
    /// Any of the suite.
    Signs,
    /// The one kind that is sealed to.
    Opens,
}

/// The parts of a bearer's name, after country and organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// Perhaps a common name: root, brand, region.
    Alone,
    /// A unit, and perhaps a common name: the other authorities.
    Unit,
    /// A unit and a common name: merchant, gateway.
    UnitAndCommon,
    /// One or two units and a keyed digest: cardholder.
    Hidden,
}

impl Row {
    /// Whether its private key signs: the others have no period in which it may.
    pub(super) fn signs(&self) -> bool {
        self.key != Key::Opens
    }

    /// How many authorities may stand below it, if it certifies. What signs lists only has the path
    /// length of its authority in `set10`, and none by RFC 5280.
    pub(super) fn below(&self, suite: Suite) -> Option<u64> {
        match (self.purpose, suite) {
            (Purpose::ListSigning(_), Suite::Modern) => None,
            _ => self.below,
        }
    }

    fn usage(&self, suite: Suite) -> KeyUsage {
        match suite {
            Suite::Set10 => self.set10,
            Suite::Modern => self.modern,
        }
    }
}

/// The row of a certificate: no two have the same type and the same use.
pub(super) fn row(suite: Suite, extensions: &Extensions) -> Result<&'static Row, Lint> {
    let kind: CertificateType = extensions.get()?.ok_or(Lint::Missing("certificateType"))?;
    let usage: KeyUsage = extensions.get()?.ok_or(Lint::Missing("keyUsage"))?;
    let mut rows = TABLE.iter().flat_map(|rows| rows.iter());
    let found = rows.find(|row| row.kind == kind && row.usage(suite) == usage);
    found.ok_or(Lint::NoSuchCertificate)
}

/// Whom an authority may certify. Certificates for their messages too come from above.
pub(super) fn gives_out(issuer: CertificateType) -> CertificateType {
    let parties = CCA.with(MCA).with(PCA);
    [
        (CertificateType::RCA, BCA),
        (BCA, GCA.with(parties)),
        (GCA, parties),
        (CCA, CertificateType::CARD),
        (MCA, CertificateType::MER),
        (PCA, CertificateType::PGWY),
    ]
    .into_iter()
    .filter(|(kind, _)| issuer.contains(*kind))
    .fold(CertificateType::default(), |all, (_, given)| all.with(given))
}

const CCA: CertificateType = CertificateType::CCA;
const MCA: CertificateType = CertificateType::MCA;
const PCA: CertificateType = CertificateType::PCA;
const GCA: CertificateType = CertificateType::GCA;
const BCA: CertificateType = CertificateType::BCA;
const SIGNS: KeyUsage = KeyUsage::DIGITAL_SIGNATURE;
const CERTIFIES: KeyUsage = KeyUsage::KEY_CERT_SIGN;
const LISTS: KeyUsage = KeyUsage::CRL_SIGN;
const BOTH: KeyUsage = CERTIFIES.with(LISTS);
const DECIPHERS: KeyUsage = KeyUsage::KEY_ENCIPHERMENT.with(KeyUsage::DATA_ENCIPHERMENT);
const AGREES: KeyUsage = KeyUsage::KEY_AGREEMENT;

static TABLE: [&[Row]; 4] = [&ROOT, &OVER_OTHERS, &MESSAGES, &PARTIES];

const ROOT: [Row; 1] = [Row {
    says: Says::HashedRootKey,
    key: Key::Root,
    ..over(Authority::Root, CertificateType::RCA, BOTH, 3)
}];

const OVER_OTHERS: [Row; 13] = [
    over(Authority::Brand, BCA, BOTH, 2),
    over(Authority::Brand, BCA, CERTIFIES, 2),
    lists(Authority::Brand, BCA, 2),
    over(Authority::Geopolitical, GCA, BOTH, 1),
    over(Authority::Geopolitical, GCA, CERTIFIES, 1),
    lists(Authority::Geopolitical, GCA, 1),
    over(Authority::Cardholder, CCA, CERTIFIES, 0),
    lists(Authority::Cardholder, CCA, 0),
    over(Authority::Merchant, MCA, CERTIFIES, 0),
    lists(Authority::Merchant, MCA, 0),
    over(Authority::Gateway, PCA, BOTH, 0),
    over(Authority::Gateway, PCA, CERTIFIES, 0),
    lists(Authority::Gateway, PCA, 0),
];

const MESSAGES: [Row; 8] = [
    signs(Purpose::AuthoritySignature(Authority::Brand), BCA, Named::Alone),
    signs(Purpose::AuthoritySignature(Authority::Geopolitical), GCA, Named::Alone),
    signs(Purpose::AuthoritySignature(Authority::Cardholder), CCA, Named::Unit),
    signs(Purpose::AuthoritySignature(Authority::Merchant), MCA, Named::Unit),
    signs(Purpose::AuthoritySignature(Authority::Gateway), PCA, Named::Unit),
    opens(Purpose::AuthorityEncipherment(Authority::Cardholder), CCA, Named::Unit),
    opens(Purpose::AuthorityEncipherment(Authority::Merchant), MCA, Named::Unit),
    opens(Purpose::AuthorityEncipherment(Authority::Gateway), PCA, Named::Unit),
];

const PARTIES: [Row; 5] = [
    signs(Purpose::CardholderSignature, CertificateType::CARD, Named::Hidden),
    Row {
        says: Says::MerchantData,
        ..signs(Purpose::MerchantSignature, CertificateType::MER, Named::UnitAndCommon)
    },
    Row {
        says: Says::MerchantData,
        ..opens(Purpose::MerchantEncipherment, CertificateType::MER, Named::UnitAndCommon)
    },
    signs(Purpose::GatewaySignature, CertificateType::PGWY, Named::UnitAndCommon),
    Row {
        says: Says::GatewayData,
        ..opens(Purpose::GatewayEncipherment, CertificateType::PGWY, Named::UnitAndCommon)
    },
];

/// A certificate that signs others, and perhaps lists of those taken back.
const fn over(of: Authority, kind: CertificateType, usage: KeyUsage, below: u64) -> Row {
    let (name, key) = match of {
        Authority::Root | Authority::Brand => (Named::Alone, Key::Brand),
        Authority::Geopolitical => (Named::Alone, Key::Signs),
        Authority::Cardholder | Authority::Merchant | Authority::Gateway => {
            (Named::Unit, Key::Signs)
        }
    };
    let purpose = Purpose::CertificateSigning(of);
    Row { purpose, kind, set10: usage, modern: usage, below: Some(below), says: NOTHING, key, name }
}

/// A certificate that signs lists and nothing else.
const fn lists(of: Authority, kind: CertificateType, below: u64) -> Row {
    Row { purpose: Purpose::ListSigning(of), ..over(of, kind, LISTS, below) }
}

/// A certificate that signs messages.
const fn signs(purpose: Purpose, kind: CertificateType, name: Named) -> Row {
    let (says, key) = (NOTHING, Key::Signs);
    Row { purpose, kind, set10: SIGNS, modern: SIGNS, below: None, says, key, name }
}

/// A certificate that is sealed to.
const fn opens(purpose: Purpose, kind: CertificateType, name: Named) -> Row {
    let (says, key) = (NOTHING, Key::Opens);
    Row { purpose, kind, set10: DECIPHERS, modern: AGREES, below: None, says, key, name }
}

const NOTHING: Says = Says::Nothing;

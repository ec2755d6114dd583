//! What every fuzz target does with octets, and what must hold of them.
//!
//! A function for each target: it panics where something is wrong, and tells whether the octets
//! were accepted. The targets call it with what the engine thinks of, and `cargo test` with the
//! seeds that are kept.

use openset_bank::{
    iso8583::Dialect,
    iso20022::{camt_054, outline, pacs_002, pacs_009},
};
use openset_crypto::{Suite, Untrusted, claimed, verify_possession};
use openset_wire::{
    cert::{
        AcctInfo, BciDistributionTbs, CardCInitResTbs, CertInqReqTbs, CertReqTbex, CertReqTbs,
        CertResData, CrlNotification, CrlNotificationResTbs, CrlNotificationTbs, MeAqCInitResTbs,
        RegFormReqTbe, RegFormResTbs,
    },
    der::{Decode, Encode, decode, encode},
    error::ErrorTbs,
    initiation::{DOCUMENT_BYTES_MAX, Initiation},
    inspect,
    opaque::Signed,
    payment::{
        AcqCardCodeMsg, AuthReqTbs, AuthResBaggage, AuthResTbex, AuthResTbs, AuthResTbsx,
        AuthRevReqBaggage, AuthRevReqTbs, AuthRevResBaggage, AuthRevResData, AuthRevResTbs,
        AuthTokenTbe, AuthTokenTbs, BatchAdminReqData, BatchAdminResData, CapReqTbex, CapReqTbs,
        CapReqTbsx, CapResData, CapRevReqTbex, CapRevReqTbs, CapRevReqTbsx, CapRevResData,
        CapTokenSeq, CapTokenTbex, CapTokenTbs, CredReqTbex, CredReqTbs, CredReqTbsx, CredResData,
        CredRevReqTbex, CredRevReqTbs, CredRevReqTbsx, CredRevResData, HodInput, InqReqData,
        PCertReqData, PCertResTbs, PInitResData, PResData, PiData, PiDataUnsigned, PiDualSignedTbe,
        PiTbs, PiUnsignedTbe,
    },
    types::{PanData, PanOnly, PanToken},
    wrapper::MessageWrapper,
    x509::{
        AuthorityKeyIdentifier, BasicConstraints, BrandCrlIdentifier, CardCertRequired,
        Certificate, CertificatePolicies, CertificateRevocationList, CertificateType,
        CrlDistributionPoints, CrlNumber, HashedRootKey, IssuerAltName, KeyUsage, MerchantData,
        PrivateKeyUsagePeriod, SetExtensions, SubjectAltName, SubjectKeyIdentifier, Tunneling,
    },
};

/// Tells whether it accepts the octets.
type Decoder = fn(&[u8]) -> bool;

/// Every target, by the name of its file and of the folder of its seeds.
#[allow(dead_code, reason = "each target calls its own function; the replay calls them all")]
pub(crate) const ALL: [(&str, Decoder); 9] = [
    ("certificate", certificate),
    ("initiation", initiation),
    ("initiation_field", initiation_field),
    ("inspect", inspect_tree),
    ("iso20022", iso20022),
    ("iso8583", iso8583),
    ("message", message),
    ("part", part),
    ("signed", signed),
];

/// A message: what is accepted is what would be written.
pub(crate) fn message(octets: &[u8]) -> bool {
    let _ = MessageWrapper::header_of(octets);
    let Ok(message) = MessageWrapper::decode(octets) else { return false };
    assert_eq!(message.encode().as_deref(), Ok(octets));
    true
}

/// A tree: every element lies within the octets.
pub(crate) fn inspect_tree(octets: &[u8]) -> bool {
    let mut accepted = false;
    for tree in [inspect::inspect(octets), inspect::named("MessageWrapper", octets)] {
        let Ok(tree) = tree else { continue };
        assert!(tree.walk().iter().all(|node| node.at + node.len <= octets.len()));
        accepted = true;
    }
    accepted
}

/// An initiation document: what is read can be written and read again.
pub(crate) fn initiation(octets: &[u8]) -> bool {
    let Ok(initiation) = Initiation::parse(octets) else { return false };
    if let Ok(again) = initiation.write() {
        assert_eq!(Initiation::parse(&again), Ok(initiation));
    }
    true
}

/// The field of a form in which such a document comes: nothing longer than a document comes out.
pub(crate) fn initiation_field(octets: &[u8]) -> bool {
    let Ok(field) = std::str::from_utf8(octets) else { return false };
    let Ok(document) = Initiation::in_field(field) else { return false };
    assert!(document.len() <= DOCUMENT_BYTES_MAX);
    initiation(&document)
}

/// A bank message in either dialect: what is read can be written and reads as the same.
pub(crate) fn iso8583(octets: &[u8]) -> bool {
    let mut accepted = false;
    for dialect in [Dialect::openset_87(), Dialect::packed_87()] {
        let Ok(message) = dialect.read(octets) else { continue };
        let _ = message.masked();
        if let Ok(again) = dialect.write(&message) {
            assert_eq!(dialect.read(&again), Ok(message));
        }
        accepted = true;
    }
    accepted
}

/// A document of the banks, as a tree and as each kind that is read.
pub(crate) fn iso20022(octets: &[u8]) -> bool {
    let known = [
        camt_054::read(octets).is_ok(),
        pacs_002::read(octets).is_ok(),
        pacs_009::read(octets).is_ok(),
    ];
    let is_tree = outline::read(octets).is_ok();
    assert!(is_tree || known == [false; 3], "a document that is no tree");
    assert!(known.iter().filter(|is_one| **is_one).count() <= 1, "a document of two kinds");
    is_tree
}

/// A certificate or list, and every extension in it.
pub(crate) fn certificate(octets: &[u8]) -> bool {
    let is_list = decode::<CertificateRevocationList>(octets).is_ok();
    let is_list = decode::<BrandCrlIdentifier>(octets).is_ok() || is_list;
    let Ok(certificate) = decode::<Certificate>(octets) else { return is_list };
    let Some(extensions) = &certificate.to_be_signed.extensions else { return true };
    let _ = extensions.get::<AuthorityKeyIdentifier>();
    let _ = extensions.get::<BasicConstraints>();
    let _ = extensions.get::<CardCertRequired>();
    let _ = extensions.get::<CertificateType>();
    let _ = extensions.get::<CrlDistributionPoints>();
    let _ = extensions.get::<CrlNumber>();
    let _ = extensions.get::<HashedRootKey>();
    let _ = extensions.get::<IssuerAltName>();
    let _ = extensions.get::<KeyUsage>();
    let _ = extensions.get::<MerchantData>();
    let _ = extensions.get::<PrivateKeyUsagePeriod>();
    let _ = extensions.get::<SetExtensions>();
    let _ = extensions.get::<SubjectAltName>();
    let _ = extensions.get::<SubjectKeyIdentifier>();
    let _ = extensions.get::<Tunneling>();
    let Ok(Some(policies)) = extensions.get::<CertificatePolicies>() else { return true };
    let qualifiers = policies.0.iter().flat_map(|policy| policy.policy_qualifiers.iter().flatten());
    qualifiers.for_each(|qualifier| drop(qualifier.set_qualifier()));
    true
}

/// Each part that is signed or sealed: the first octet chooses which.
pub(crate) fn part(octets: &[u8]) -> bool {
    let Some((which, octets)) = octets.split_first() else { return false };
    let (_, decoder) = PARTS[usize::from(*which) % PARTS.len()];
    decoder(octets)
}

/// A signature of either suite, over an answer to an order: it is read as far as the name of
/// somebody whose key is not known. No suite reads what the other has written.
pub(crate) fn signed(octets: &[u8]) -> bool {
    let Ok(signed) = Signed::<PResData>::from_octets(octets.to_vec()) else { return false };
    let readers = Suite::ALL.into_iter().filter(|suite| {
        let _ = claimed(*suite, signed.clone());
        let believed = verify_possession(*suite, &signed, |_| None);
        believed.err() == Some(Untrusted::UnknownSigner)
    });
    let readers = readers.count();
    assert!(readers <= 1, "read in both suites");
    readers == 1
}

fn check<T: Decode + Encode>(octets: &[u8]) -> bool {
    let Ok(value) = decode::<T>(octets) else { return false };
    assert_eq!(encode(&value).as_deref(), Ok(octets));
    true
}

/// What an octet chooses, by its ASN.1 name. The seeds count on the order: what is new goes last.
pub(crate) const PARTS: [(&str, Decoder); 62] = [
    ("PInitResData", check::<PInitResData>),
    ("PI-TBS", check::<PiTbs>),
    ("PIDualSignedTBE", check::<PiDualSignedTbe>),
    ("PIUnsignedTBE", check::<PiUnsignedTbe>),
    ("HODInput", check::<HodInput>),
    ("PANData", check::<PanData>),
    ("PANToken", check::<PanToken>),
    ("PANOnly", check::<PanOnly>),
    ("PResData", check::<PResData>),
    ("InqReqData", check::<InqReqData>),
    ("AuthReqTBS", check::<AuthReqTbs>),
    ("AuthResTBS", check::<AuthResTbs>),
    ("AuthResTBEX", check::<AuthResTbex>),
    ("AcqCardCodeMsg", check::<AcqCardCodeMsg>),
    ("CapReqTBS", check::<CapReqTbs>),
    ("CapResData", check::<CapResData>),
    ("CapTokenTBEX", check::<CapTokenTbex>),
    ("CardCInitResTBS", check::<CardCInitResTbs>),
    ("Me-AqCInitResTBS", check::<MeAqCInitResTbs>),
    ("RegFormReqTBE", check::<RegFormReqTbe>),
    ("RegFormResTBS", check::<RegFormResTbs>),
    ("CertReqTBEX", check::<CertReqTbex>),
    ("AcctInfo", check::<AcctInfo>),
    ("CertResData", check::<CertResData>),
    ("CertInqReqTBS", check::<CertInqReqTbs>),
    ("ErrorTBS", check::<ErrorTbs>),
    ("CRLNotification", check::<CrlNotification>),
    ("CRLNotificationTBS", check::<CrlNotificationTbs>),
    ("CRLNotificationResTBS", check::<CrlNotificationResTbs>),
    ("BCIDistributionTBS", check::<BciDistributionTbs>),
    ("AuthRevReqTBS", check::<AuthRevReqTbs>),
    ("AuthRevReqBaggage", check::<AuthRevReqBaggage>),
    ("AuthRevResTBS", check::<AuthRevResTbs>),
    ("AuthRevResData", check::<AuthRevResData>),
    ("AuthRevResBaggage", check::<AuthRevResBaggage>),
    ("CapReqTBEX", check::<CapReqTbex>),
    ("CapReqTBSX", check::<CapReqTbsx>),
    ("CapTokenTBS", check::<CapTokenTbs>),
    ("CapRevReqTBS", check::<CapRevReqTbs>),
    ("CapRevReqTBEX", check::<CapRevReqTbex>),
    ("CapRevReqTBSX", check::<CapRevReqTbsx>),
    ("CapRevResData", check::<CapRevResData>),
    ("CredReqTBS", check::<CredReqTbs>),
    ("CredReqTBEX", check::<CredReqTbex>),
    ("CredReqTBSX", check::<CredReqTbsx>),
    ("CredResData", check::<CredResData>),
    ("CredRevReqTBS", check::<CredRevReqTbs>),
    ("CredRevReqTBEX", check::<CredRevReqTbex>),
    ("CredRevReqTBSX", check::<CredRevReqTbsx>),
    ("CredRevResData", check::<CredRevResData>),
    ("PCertReqData", check::<PCertReqData>),
    ("PCertResTBS", check::<PCertResTbs>),
    ("BatchAdminReqData", check::<BatchAdminReqData>),
    ("BatchAdminResData", check::<BatchAdminResData>),
    ("AuthTokenTBE", check::<AuthTokenTbe>),
    ("AuthTokenTBS", check::<AuthTokenTbs>),
    ("AuthResTBSX", check::<AuthResTbsx>),
    ("AuthResBaggage", check::<AuthResBaggage>),
    ("CapTokenSeq", check::<CapTokenSeq>),
    ("PIData", check::<PiData>),
    ("PIDataUnsigned", check::<PiDataUnsigned>),
    ("CertReqTBS", check::<CertReqTbs>),
];

//! Every other type of the interface: what it is written as, or whose it is.

use std::collections::BTreeSet;

use openset_types::{
    Bin, Brand, CardExpiry, Language, LocalId, MerchantId, Pan, Rrpid, Secret, UnixTime, Xid,
};
use openset_wire::{
    cert,
    der::{Carried, Oid},
    error, opaque, payment, types, x509,
};
use rasn::{AsnType, types::Tag};

use crate::{
    reader::{Kind, Types, read},
    structures,
};

/// Names types, and asks them for their tag.
macro_rules! table {
    ($($name:literal $type:ty,)*) => {
        [$(($name, <$type as AsnType>::TAG),)*]
    };
}

/// Names of primitive elements, lists, and signed and sealed parts.
pub(crate) const ALL: [(&str, Tag); 121] = table! {
    "SETString4" types::SetString<4>,
    "SETString10" types::SetString<10>,
    "SETString14" types::SetString<14>,
    "SETString20" types::SetString<20>,
    "SETString25" types::SetString<25>,
    "SETString30" types::SetString<30>,
    "SETString35" types::SetString<35>,
    "SETString40" types::SetString<40>,
    "SETString50" types::SetString<50>,
    "SETString128" types::SetString<128>,
    "SETString200" types::SetString<200>,
    "SETString512" types::SetString<512>,
    "SETString2048" types::SetString<2048>,
    "SETString20000" types::SetString<20000>,
    "Name" x509::Name,
    "RelativeDistinguishedName" x509::RelativeDistinguishedName,
    "CertificateSerialNumber" x509::Serial,
    "CRLEntryList" Vec<x509::CrlEntry>,
    "Extensions" x509::Extensions,
    "GeneralNames" Vec<x509::GeneralName>,
    "KeyUsage" x509::KeyUsage,
    "CertificatePoliciesSyntax" x509::CertificatePolicies,
    "AdditionalPolicies" Vec<x509::AdditionalPolicy>,
    "CRLNumber" x509::CrlNumber,
    "CertificateTypeSyntax" x509::CertificateType,
    "MerNameSeq" Vec<x509::MerNames>,
    "CardCertRequiredSyntax" x509::CardCertRequired,
    "SETExtensionsSyntax" x509::SetExtensions,
    "Digest" types::Digest,
    "Digests" Vec<types::Digest>,
    "SignedData" opaque::Signed<()>,
    "EnvelopedData" opaque::Sealed<(), ()>,
    "EncryptedData" opaque::SealedUnder<()>,
    "BIN" Carried<Bin>,
    "BrandID" Carried<Brand>,
    "CRLIdentifierSeq" Vec<x509::CrlIdentifier>,
    "CardExpiry" Carried<CardExpiry>,
    "Challenge" types::Challenge,
    "CountryCode" u16,
    "Currency" u16,
    "Date" Carried<UnixTime>,
    "SignedError" opaque::Signed<error::ErrorTbs>,
    "Language" Carried<Language>,
    "LocalID" Carried<LocalId>,
    "MerchantID" Carried<MerchantId>,
    "MsgExtensions" types::MsgExtensions,
    "Nonce" types::Nonce,
    "PAN" Carried<Pan>,
    "PaySysID" types::PaySysId,
    "Phone" types::Phone,
    "RRPID" Carried<Rrpid>,
    "Secret" Carried<Secret>,
    "SWIdent" types::SwIdent,
    "URL" types::Url,
    "XID" Carried<Xid>,
    "CRLNotification" cert::CrlNotification,
    "CRLNotificationRes" cert::CrlNotificationRes,
    "BCIDistribution" cert::BciDistribution,
    "RegFieldSeq" Vec<cert::RegField>,
    "PolicyText" cert::PolicyText,
    "CardCInitRes" cert::CardCInitRes,
    "Me-AqCInitRes" cert::MeAqCInitRes,
    "RegFormReq" cert::RegFormReq,
    "RegFormRes" cert::RegFormRes,
    "CertReqTBE" cert::CertReqTbe,
    "RegForm" cert::RegForm,
    "CertResTBE" cert::CertResTbe,
    "FailedItemSeq" Vec<cert::FailedItem>,
    "CertInqReq" cert::CertInqReq,
    "CertInqRes" cert::CertInqRes,
    "PInitRes" payment::PInitRes,
    "PISignature" payment::PiSignature,
    "PIUnsigned" payment::PiUnsigned,
    "TransStain" types::Digest,
    "HOD" payment::Hod,
    "OIDList" Vec<Oid>,
    "PRes" payment::PRes,
    "PResPayloadSeq" Vec<payment::PResPayload>,
    "CreditStatusSeq" Vec<payment::CreditStatus>,
    "FloatingPoint" types::FloatingPoint,
    "InqRes" payment::InqRes,
    "AuthReqTBE" payment::AuthReqTbe,
    "AuthRetNum" u64,
    "AuthResTBE" payment::AuthResTbe,
    "AcqCardMsg" payment::AcqCardMsg,
    "AcqCardCodeMsgTBE" payment::AcqCardCodeMsgTbe,
    "LogRefID" payment::LogRefId,
    "AuthRevReqTBE" payment::AuthRevReqTbe,
    "AuthRevResTBEB" payment::AuthRevResTbeb,
    "AuthRevResTBE" payment::AuthRevResTbe,
    "CapReqTBE" payment::CapReqTbe,
    "CapItemSeq" Vec<payment::CapItem>,
    "CapRes" payment::CapRes,
    "CapResTBE" payment::CapResTbe,
    "BatchStatusSeq" Vec<types::BatchStatus>,
    "CapResItemSeq" Vec<payment::CapResItem>,
    "CapRevReqTBE" payment::CapRevReqTbe,
    "CapRevRes" payment::CapRevRes,
    "CredReqTBE" payment::CredReqTbe,
    "CredRes" payment::CredRes,
    "CredRevReqTBE" payment::CredRevReqTbe,
    "CredRevRes" payment::CredRevRes,
    "CapRevOrCredReqItemSeq" Vec<payment::CapRevOrCredReqItem>,
    "CapRevOrCredResItemSeq" Vec<payment::CapRevOrCredResItem>,
    "PCertReq" payment::PCertReq,
    "BrandAndBINSeq" Vec<payment::BrandAndBin>,
    "PCertRes" payment::PCertRes,
    "PCertResItemSeq" Vec<payment::PCertResItem>,
    "BrandCRLIdentifierSeq" Vec<x509::BrandCrlIdentifier>,
    "BatchAdminReq" payment::BatchAdminReq,
    "BatchAdminRes" payment::BatchAdminRes,
    "AuthToken" payment::AuthToken,
    "CapTokenSeq" payment::CapTokenSeq,
    "CapTokenTBE" payment::CapTokenTbe,
    "BatchID" u64,
    "BatchSequenceNum" u64,
    "MarketTransportAuth" (),
    "BrandBatchDetailsSeq" Vec<types::BrandBatchDetails>,
    "TransactionDetailSeq" Vec<payment::TransactionDetail>,
    "ItemSeq" Vec<types::Item>,
    "TripLegSeq" Vec<types::TripLeg>,
};

/// What stands in no message as this crate sees it.
pub(crate) const ELSEWHERE: [(&str, &str); 13] = [
    ("Attribute", SIGNED),
    ("AttributeSeq", SIGNED),
    ("AttributeTypeAndValue", NAMED),
    ("Attributes", ASKED),
    ("CRLSequence", SIGNED),
    ("Certificates", SIGNED),
    ("CertificationRequest", ASKED),
    ("CertificationRequestInfo", ASKED),
    ("EncryptedContentInfo", SIGNED),
    ("IV", SIGNED),
    ("IssuerAndSerialNumber", SIGNED),
    ("RecipientInfo", SIGNED),
    ("SignerInfo", SIGNED),
];
const SIGNED: &str = "inside signed and sealed parts, which are octets here and which crypto reads";
const NAMED: &str = "the one member of a RelativeDistinguishedName, and not told from it here";
const ASKED: &str = "PKCS#10, which no message of SET holds";

#[test]
fn every_type_of_both_interfaces_is_accounted_for_once() {
    let mut known: Vec<&str> = structures::all().into_keys().collect();
    known.extend(ALL.map(|(name, _)| name));
    known.extend(crate::enumerations::NAMES);
    known.extend(ELSEWHERE.map(|(name, _)| name));
    let names: BTreeSet<&str> = known.iter().copied().collect();
    assert_eq!(names.len(), known.len(), "one of them twice");
    let set = read("set.asn");
    assert_eq!(names, set.keys().map(String::as_str).collect());
    let modern = read("set-modern.asn");
    let only_1997: Vec<&String> = set.keys().filter(|name| !modern.contains_key(*name)).collect();
    assert!(only_1997.iter().all(|name| ELSEWHERE.contains(&(name, SIGNED))), "{only_1997:?}");
    assert!(modern.keys().all(|name| set.contains_key(name)));
}

#[test]
fn what_has_no_fields_has_the_tag_of_what_it_is_written_as() {
    let types = read("set.asn");
    for (name, tag) in ALL {
        assert!(built_in(&types, name).contains(&tag), "{name} is {tag:?}");
    }
}

/// The universal tag at the end of a chain of names; of a text in two forms, either or none.
fn built_in(types: &Types, name: &str) -> Vec<Tag> {
    match types.get(name) {
        Some(Kind::Other(other, _)) => built_in(types, other),
        Some(Kind::Choice(forms)) if forms[0].name == "visibleString" => {
            vec![Tag::VISIBLE_STRING, Tag::EOC]
        }
        Some(Kind::Choice(_)) => vec![Tag::EOC],
        Some(Kind::Fields(_)) => vec![Tag::SEQUENCE],
        Some(Kind::Numbers(_)) => vec![Tag::ENUMERATED],
        None => vec![match name {
            "BOOLEAN" => Tag::BOOL,
            "INTEGER" => Tag::INTEGER,
            "BIT" => Tag::BIT_STRING,
            "OCTET" => Tag::OCTET_STRING,
            "NULL" => Tag::NULL,
            "REAL" => Tag::REAL,
            "SEQUENCE" => Tag::SEQUENCE,
            "SET" => Tag::SET,
            "NumericString" => Tag::NUMERIC_STRING,
            "VisibleString" => Tag::VISIBLE_STRING,
            "GeneralizedTime" => Tag::GENERALIZED_TIME,
            other => panic!("{other} is not known"),
        }],
    }
}

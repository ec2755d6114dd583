//! Every SEQUENCE and CHOICE of the interface, and the type that stands for it: each field by name,
//! in its place, under its tag, and left out only where it may be.

use std::{collections::BTreeMap, marker::PhantomData};

use openset_wire::{cert, error, opaque, payment, types, wrapper, x509};
use rasn::types::{Choice, Class, Constructed, Tag, TagTree};

use crate::reader::{Field, Kind, Types, plain, read};

/// A field or an alternative: its name, its own tag, and whether it is always there.
type Member = (String, Option<u32>, bool);

/// What is refused: names that nobody has who takes part in SET, and fields that SET does not use.
const LEFT_OUT: [(&str, &str); 4] = [
    ("GeneralName", "x400Address"),
    ("GeneralName", "ediPartyName"),
    ("UnsignedCertificate", "issuerUniqueID"),
    ("UnsignedCertificate", "subjectUniqueID"),
];

/// The tag of a field, where it is one of the type and not of what stands in it.
fn own(tag: Tag) -> Option<u32> {
    (tag.class == Class::Context).then_some(tag.value)
}

/// What a SEQUENCE is made of, as its type says.
fn fields<T: Constructed<R, E>, const R: usize, const E: usize>(_: PhantomData<T>) -> Vec<Member> {
    let fields = T::FIELDS;
    let member = |field: rasn::types::fields::Field| {
        (plain(field.name), own(field.tag), field.is_not_optional_or_default())
    };
    fields.iter().map(member).collect()
}

/// What a CHOICE is made of, as its type says.
fn alternatives<T: Choice>(_: PhantomData<T>) -> Vec<Member> {
    let tag = |tree: &TagTree| match tree {
        TagTree::Leaf(tag) => own(*tag),
        TagTree::Choice(_) => None,
    };
    let both = T::IDENTIFIERS.iter().zip(T::VARIANTS);
    both.map(|(name, tree)| (plain(name), tag(tree), true)).collect()
}

/// Names types, and asks them what they are made of.
macro_rules! table {
    ($ask:ident: $($name:literal $type:ty,)*) => {
        vec![$(($name, $ask(PhantomData::<$type>)),)*]
    };
}

/// Every SEQUENCE and CHOICE that has a type of its own.
pub(crate) fn all() -> BTreeMap<&'static str, Vec<Member>> {
    let tables = [
        sequences_of_certificates(),
        sequences_of_registration(),
        sequences_of_purchases(),
        sequences_of_authorizations(),
        sequences_of_what_follows(),
        sequences_of_markets(),
        choices(),
    ];
    let all: Vec<_> = tables.into_iter().flatten().collect();
    let count = all.len();
    let all: BTreeMap<_, _> = all.into_iter().collect();
    assert_eq!(all.len(), count, "a type stands in one table");
    all
}

#[test]
fn every_field_has_its_name_its_place_and_its_tag() {
    let types: Types = read("set.asn");
    for (name, here) in all() {
        let Some(Kind::Fields(there) | Kind::Choice(there)) = types.get(name) else {
            panic!("{name} has no fields")
        };
        let there = there.iter().filter(|field| !LEFT_OUT.contains(&(name, &field.name)));
        // Messages are named here as everybody names them, by their types.
        let called = |field: &Field| match name {
            "Message" => plain(&field.of),
            _ => plain(&field.name),
        };
        let there: Vec<Member> =
            there.map(|field| (called(field), field.tag, field.needed)).collect();
        assert_eq!(here, there, "{name}");
    }
}

/// Certificates and what they are signed with.
fn sequences_of_certificates() -> Vec<(&'static str, Vec<Member>)> {
    table! {
        fields:
        "AlgorithmIdentifier" x509::AlgorithmIdentifier,
        "Certificate" x509::Certificate,
        "UnsignedCertificate" x509::UnsignedCertificate,
        "Validity" x509::Validity,
        "SubjectPublicKeyInfo" x509::SubjectPublicKeyInfo,
        "CertificateRevocationList" x509::CertificateRevocationList,
        "UnsignedCertificateRevocationList" x509::UnsignedCertificateRevocationList,
        "CRLEntry" x509::CrlEntry,
        "Extension" x509::Extension,
        "AuthorityKeyIdentifier" x509::AuthorityKeyIdentifier,
        "OtherName" x509::OtherName,
        "PrivateKeyUsagePeriod" x509::PrivateKeyUsagePeriod,
        "PolicyInformation" x509::PolicyInformation,
        "PolicyQualifierInfo" x509::PolicyQualifierInfo,
        "SetPolicyQualifier" x509::SetPolicyQualifier,
        "AdditionalPolicy" x509::AdditionalPolicy,
        "SETQualifier" x509::SetQualifier,
        "BasicConstraintsSyntax" x509::BasicConstraints,
        "HashedRootKeySyntax" x509::HashedRootKey,
        "MerchantDataSyntax" x509::MerchantData,
        "MerNames" x509::MerNames,
        "TunnelingSyntax" x509::Tunneling,
        "ContentInfo" x509::ContentInfo,
        "DigestedData" x509::DigestedData,
    }
}

/// How parties come to certificates.
fn sequences_of_registration() -> Vec<(&'static str, Vec<Member>)> {
    table! {
        fields:
        "AcctData" cert::AcctData,
        "MerchantAcquirerID" cert::MerchantAcquirerId,
        "AcquirerID" cert::AcquirerId,
        "RegFormData" cert::RegFormData,
        "RegTemplate" cert::RegTemplate,
        "RegField" cert::RegField,
        "ReferralData" cert::ReferralData,
        "CardCInitReq" cert::CardCInitReq,
        "CardCInitResTBS" cert::CardCInitResTbs,
        "Me-AqCInitReq" cert::MeAqCInitReq,
        "Me-AqCInitResTBS" cert::MeAqCInitResTbs,
        "RegFormReqTBE" cert::RegFormReqTbe,
        "RegFormReqData" cert::RegFormReqData,
        "PANOnly" types::PanOnly,
        "RegFormResTBS" cert::RegFormResTbs,
        "CertReqTBEX" cert::CertReqTbex,
        "CertReqTBS" cert::CertReqTbs,
        "CertReqData" cert::CertReqData,
        "RegFormItems" cert::RegFormItems,
        "PublicKeySorE" cert::PublicKeySorE,
        "CertResData" cert::CertResData,
        "CertStatus" cert::CertStatus,
        "FailedItem" cert::FailedItem,
        "CAMsg" cert::CaMsg,
        "CertInqReqTBS" cert::CertInqReqTbs,
    }
}

/// What messages share, and purchases.
fn sequences_of_purchases() -> Vec<(&'static str, Vec<Member>)> {
    table! {
        fields:
        "MessageWrapper" wrapper::MessageWrapper,
        "MessageHeader" wrapper::MessageHeader,
        "MessageIDs" wrapper::MessageIds,
        "BackKeyData" types::BackKeyData,
        "BrandCRLIdentifier" x509::BrandCrlIdentifier,
        "UnsignedBrandCRLIdentifier" x509::UnsignedBrandCrlIdentifier,
        "CRLIdentifier" x509::CrlIdentifier,
        "CertThumb" types::CertThumb,
        "CurrencyAmount" types::CurrencyAmount,
        "ErrorTBS" error::ErrorTbs,
        "Location" types::Location,
        "MsgExtension" types::MsgExtension,
        "PANData" types::PanData,
        "PANData0" types::PanData0,
        "PANToken" types::PanToken,
        "Thumbs" types::Thumbs,
        "TransIDs" types::TransIds,
        "CRLNotificationTBS" cert::CrlNotificationTbs,
        "CRLNotificationResTBS" cert::CrlNotificationResTbs,
        "BCIDistributionTBS" cert::BciDistributionTbs,
        "PInitReq" payment::PInitReq,
        "PInitResData" payment::PInitResData,
        "PReqDualSigned" payment::PReqDualSigned,
        "PIDualSigned" payment::PiDualSigned,
        "PIDualSignedTBE" payment::PiDualSignedTbe,
        "PI-OILink" payment::PiOiLink,
        "OIDualSigned" payment::OiDualSigned,
        "PIData" payment::PiData,
        "PI-TBS" payment::PiTbs,
        "PReqUnsigned" payment::PReqUnsigned,
        "PIUnsignedTBE" payment::PiUnsignedTbe,
        "PIDataUnsigned" payment::PiDataUnsigned,
        "OIUnsigned" payment::OiUnsigned,
        "PIHead" payment::PiHead,
        "Inputs" payment::Inputs,
        "HODInput" payment::HodInput,
        "OIData" payment::OiData,
        "PResData" payment::PResData,
        "PResPayload" payment::PResPayload,
        "Results" payment::Results,
        "AuthStatus" payment::AuthStatus,
        "CapStatus" payment::CapStatus,
        "CreditStatus" payment::CreditStatus,
        "InqReqData" payment::InqReqData,
    }
}

/// Authorizations and tokens.
fn sequences_of_authorizations() -> Vec<(&'static str, Vec<Member>)> {
    table! {
        fields:
        "AuthReq" payment::AuthReq,
        "AuthReqTBS" payment::AuthReqTbs,
        "AuthReqData" payment::AuthReqData,
        "AuthReqItem" payment::AuthReqItem,
        "AuthTags" payment::AuthTags,
        "CheckDigests" payment::CheckDigests,
        "AuthReqPayload" payment::AuthReqPayload,
        "AVSData" payment::AvsData,
        "MerchData" payment::MerchData,
        "AuthResEncB" payment::AuthResEncB,
        "AuthResEncBX" payment::AuthResEncBx,
        "AuthResTBS" payment::AuthResTbs,
        "AuthResTBEX" payment::AuthResTbex,
        "AuthResTBSX" payment::AuthResTbsx,
        "AuthResBaggage" payment::AuthResBaggage,
        "AcqCardCodeMsg" payment::AcqCardCodeMsg,
        "AcqCardMsgData" payment::AcqCardMsgData,
        "AuthResData" payment::AuthResData,
        "AuthResPayload" payment::AuthResPayload,
        "AuthHeader" payment::AuthHeader,
        "ResponseData" payment::ResponseData,
        "AuthValCodes" payment::AuthValCodes,
        "CurrConv" payment::CurrConv,
        "AuthTokenTBE" payment::AuthTokenTbe,
        "AuthTokenTBS" payment::AuthTokenTbs,
        "AuthTokenData" payment::AuthTokenData,
        "CapTokenTBEX" payment::CapTokenTbex,
        "CapTokenTBS" payment::CapTokenTbs,
        "CapTokenData" payment::CapTokenData,
        "InstallRecurData" types::InstallRecurData,
        "Recurring" types::Recurring,
        "RRTags" types::RrTags,
        "MerTermIDs" types::MerTermIds,
        "SaleDetail" types::SaleDetail,
        "MarketAutoAuth" types::MarketAutoAuth,
        "MarketHotelAuth" types::MarketHotelAuth,
        "MarketSpecSaleData" types::MarketSpecSaleData,
        "BatchStatus" types::BatchStatus,
        "ClosedWhen" types::ClosedWhen,
        "BatchDetails" types::BatchDetails,
        "BatchTotals" types::BatchTotals,
        "BrandBatchDetails" types::BrandBatchDetails,
        "TransactionDetail" payment::TransactionDetail,
    }
}

/// Reversals, captures, credits, certificates of gateways, batches.
fn sequences_of_what_follows() -> Vec<(&'static str, Vec<Member>)> {
    table! {
        fields:
        "AuthRevReq" payment::AuthRevReq,
        "AuthRevReqTBS" payment::AuthRevReqTbs,
        "AuthRevReqData" payment::AuthRevReqData,
        "AuthRevTags" payment::AuthRevTags,
        "AuthRevReqBaggage" payment::AuthRevReqBaggage,
        "AuthRevResEncB" payment::AuthRevResEncB,
        "AuthRevResTBS" payment::AuthRevResTbs,
        "AuthRevResBaggage" payment::AuthRevResBaggage,
        "AuthRevResData" payment::AuthRevResData,
        "AuthResDataNew" payment::AuthResDataNew,
        "CapEncB" payment::CapEncB<payment::CapReqTbe>,
        "CapEncBX" payment::CapEncBx<payment::CapReqTbex>,
        "CapReqTBS" payment::CapReqTbs,
        "CapReqTBEX" payment::CapReqTbex,
        "CapReqTBSX" payment::CapReqTbsx,
        "CapReqData" payment::CapReqData,
        "CapItem" payment::CapItem,
        "CapPayload" payment::CapPayload,
        "CapResData" payment::CapResData,
        "CapResItem" payment::CapResItem,
        "CapResPayload" payment::CapResPayload,
        "CapRevReqTBS" opaque::Linked<payment::CapRevOrCredReqData, payment::CapTokenSeq>,
        "CapRevReqTBEX" payment::CapRevReqTbex,
        "CapRevReqTBSX" payment::CapRevReqTbsx,
        "CredReqTBS" opaque::Linked<payment::CapRevOrCredReqData, payment::CapTokenSeq>,
        "CredReqTBEX" payment::CredReqTbex,
        "CredReqTBSX" payment::CredReqTbsx,
        "CredRevReqTBS" opaque::Linked<payment::CapRevOrCredReqData, payment::CapTokenSeq>,
        "CredRevReqTBEX" payment::CredRevReqTbex,
        "CredRevReqTBSX" payment::CredRevReqTbsx,
        "CapRevOrCredReqData" payment::CapRevOrCredReqData,
        "CapRevOrCredReqItem" payment::CapRevOrCredReqItem,
        "CapRevOrCredResData" payment::CapRevOrCredResData,
        "CapRevOrCredResItem" payment::CapRevOrCredResItem,
        "CapRevOrCredResPayload" payment::CapRevOrCredResPayload,
        "PCertReqData" payment::PCertReqData,
        "BrandAndBIN" payment::BrandAndBin,
        "PCertResTBS" payment::PCertResTbs,
        "PCertResItem" payment::PCertResItem,
        "BatchAdminReqData" payment::BatchAdminReqData,
        "ReturnTransactionDetail" payment::ReturnTransactionDetail,
        "TransDetails" payment::TransDetails,
        "BatchAdminResData" payment::BatchAdminResData,
        "SettlementInfo" payment::SettlementInfo,
    }
}

/// What markets add.
fn sequences_of_markets() -> Vec<(&'static str, Vec<Member>)> {
    table! {
        fields:
        "CommercialCardData" types::CommercialCardData,
        "ChargeInfo" types::ChargeInfo,
        "Item" types::Item,
        "MarketAutoCap" types::MarketAutoCap,
        "AutoRateInfo" types::AutoRateInfo,
        "AutoCharges" types::AutoCharges,
        "Distance" types::Distance,
        "MarketHotelCap" types::MarketHotelCap,
        "HotelRateInfo" types::HotelRateInfo,
        "HotelCharges" types::HotelCharges,
        "MarketTransportCap" types::MarketTransportCap,
        "TripLeg" types::TripLeg,
    }
}

/// Every CHOICE.
fn choices() -> Vec<(&'static str, Vec<Member>)> {
    table! {
        alternatives:
        "Time" x509::Time,
        "GeneralName" x509::GeneralName,
        "Message" wrapper::Message,
        "Error" error::Error,
        "ErrorMsg" error::ErrorMsg,
        "AcctInfo" cert::AcctInfo,
        "IDData" cert::IdData,
        "RegFormOrReferral" cert::RegFormOrReferral,
        "CertReq" cert::CertReq,
        "FieldValue" cert::FieldValue,
        "CertRes" cert::CertRes,
        "PReq" payment::PReq,
        "InqReq" payment::InqReq,
        "AuthRes" payment::AuthRes,
        "AuthRevRes" payment::AuthRevRes,
        "CapReq" payment::CapReq,
        "CapRevReq" payment::CapRevReq,
        "CredReq" payment::CredReq,
        "CredRevReq" payment::CredRevReq,
        "PI" payment::Pi,
        "CapToken" payment::CapToken,
        "InstallRecurInd" types::InstallRecurInd,
        "MarketSpecAuthData" types::MarketSpecAuthData,
        "MarketSpecCapData" types::MarketSpecCapData,
        "AutoApplicableRate" types::AutoApplicableRate,
    }
}

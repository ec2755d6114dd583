//! Every number of every enumeration: it has its name, it comes back, and the next is refused.

use std::fmt::Debug;

use openset_wire::{
    What,
    cert::{CertStatusCode, RequestType},
    der::{decode, encode},
    error::ErrorCode,
    payment::{
        AcqCardCode, AmountType, AuthCharInd, AuthCode, AuthRevCode, AvsResult, BaStatus,
        BatchOperation, CapCode, CapRevOrCredCode, CardSuspect, CardType, CompletionCode,
        MarketSpecDataId, MerchGroup, PCertCode, ReimbursementId, RespReason, SpecialProcessing,
        TransactionStatus, TransmissionStatus,
    },
    types::{
        AutoNoShow, CloseStatus, DistanceScale, HotelNoShow, PayRecurInd, Prestige, Restrictions,
        StopOverCode,
    },
};
use rasn::{Decode, Encode, types::Enumerated};

use crate::reader::{Kind, Types, plain, read};

/// Names types, and lists the names beside what tries them.
macro_rules! table {
    ($($name:literal $type:ty,)*) => {
        /// Every ENUMERATED.
        pub(crate) const NAMES: [&str; 32] = [$($name),*];

        #[test]
        fn every_number_has_its_name_comes_back_and_no_other_is_taken() {
            let types = read("set.asn");
            $(check::<$type>($name, &types);)*
        }
    };
}

table! {
    "AVSResult" AvsResult,
    "AcqCardCode" AcqCardCode,
    "AmountType" AmountType,
    "AuthCharInd" AuthCharInd,
    "AuthCode" AuthCode,
    "AuthRevCode" AuthRevCode,
    "AutoNoShow" AutoNoShow,
    "BAStatus" BaStatus,
    "BatchOperation" BatchOperation,
    "CapCode" CapCode,
    "CapRevOrCredCode" CapRevOrCredCode,
    "CardSuspect" CardSuspect,
    "CardType" CardType,
    "CertStatusCode" CertStatusCode,
    "CloseStatus" CloseStatus,
    "CompletionCode" CompletionCode,
    "DistanceScale" DistanceScale,
    "ErrorCode" ErrorCode,
    "HotelNoShow" HotelNoShow,
    "MarketSpecDataID" MarketSpecDataId,
    "MerchGroup" MerchGroup,
    "PCertCode" PCertCode,
    "PayRecurInd" PayRecurInd,
    "Prestige" Prestige,
    "ReimbursementID" ReimbursementId,
    "RequestType" RequestType,
    "RespReason" RespReason,
    "Restrictions" Restrictions,
    "SpecialProcessing" SpecialProcessing,
    "StopOverCode" StopOverCode,
    "TransactionStatus" TransactionStatus,
    "TransmissionStatus" TransmissionStatus,
}

fn check<T: Enumerated + Decode + Encode + Debug>(name: &str, types: &Types) {
    let Kind::Numbers(numbers) = &types[name] else { panic!("{name} has no numbers") };
    let here = T::DISCRIMINANTS.iter().zip(T::IDENTIFIERS);
    let here: Vec<_> = here.map(|((_, number), name)| (*number as i64, plain(name))).collect();
    let there: Vec<_> = numbers.iter().map(|(number, name)| (*number, plain(name))).collect();
    assert_eq!(here, there, "{name}");
    for (value, number) in T::DISCRIMINANTS {
        let octets = encode(value).expect("encodable");
        assert_eq!(octets, [0x0A, 0x01, *number as u8], "{name}");
        assert_eq!(decode::<T>(&octets), Ok(*value), "{name}");
    }
    for number in -1..=127_i8 {
        let octets = [0x0A, 0x01, number.to_be_bytes()[0]];
        let known = numbers.iter().any(|(known, _)| *known == i64::from(number));
        match decode::<T>(&octets) {
            Ok(_) => assert!(known, "{name} takes {number}"),
            Err(fault) => assert_eq!((fault.what, known), (What::Enumeration, false), "{name}"),
        }
    }
    // Numbers of other lengths, of which the last would be the first one in 64 bits more.
    for octets in [&[0x0A, 0x02, 0x01, 0x00][..], &[0x0A, 0x09, 1, 0, 0, 0, 0, 0, 0, 0, 0]] {
        assert!(decode::<T>(octets).is_err(), "{name} takes {octets:02x?}");
    }
    for octets in [&[0x02, 0x01, 0x01][..], &[0x0A, 0x00], &[0x0A, 0x02, 0x00, 0x01]] {
        assert!(decode::<T>(octets).is_err(), "{name} takes {octets:02x?}");
    }
}

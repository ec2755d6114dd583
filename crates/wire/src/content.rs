//! The names of what is hashed, signed and sealed.

use std::fmt;

use crate::{
    cert::{
        AcctInfo, BciDistributionTbs, CardCInitResTbs, CertInqReqTbs, CertReqData, CertReqTbe,
        CertReqTbex, CertReqTbs, CertResData, CertResTbe, CrlNotificationResTbs,
        CrlNotificationTbs, MeAqCInitResTbs, RegFormReqTbe, RegFormResTbs,
    },
    der::Oid,
    error::ErrorTbs,
    opaque::WithExtra,
    payment::{
        AcqCardCodeMsg, AcqCardCodeMsgTbe, AuthReqTbe, AuthReqTbs, AuthResBaggage, AuthResTbe,
        AuthResTbex, AuthResTbs, AuthResTbsx, AuthTokenTbe, CapReqTbe, CapReqTbex, CapReqTbs,
        CapReqTbsx, CapResData, CapResTbe, CapTokenData, CapTokenSeq, CapTokenTbe, CapTokenTbex,
        CapTokenTbs, HodInput, InqReqData, OiData, PInitResData, PResData, Pi, PiData,
        PiDataUnsigned, PiDualSignedTbe, PiTbs, PiUnsignedTbe,
    },
    types::{PanData, PanOnly, PanToken},
};

/// The type of some content, as an object identifier: `2.23.42.0.n`.
///
/// One content that suite `modern` hashes and seals has no number there and stands below the
/// suite's own arc.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentType(Arc);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Arc {
    Set(u8),
    Own(u8),
}

/// 2.23.42.0
const SET_CONTENTS: Oid = Oid::from_static(&[0x67, 0x2A, 0x00]);

/// The arc of the extensions to SET that suite `modern` adds:
/// 2.25.73663022761403383629478202887286148539
pub const OPENSET: Oid = Oid::from_static(&[
    0x69, 0xEE, 0xEA, 0xFD, 0xDB, 0xA2, 0x9E, 0xEA, 0x95, 0xC7, 0x9D, 0x9C, 0x8C, 0xA5, 0xA0, 0x82,
    0xD7, 0x9B, 0x3B,
]);

/// `3` below [`OPENSET`]: further content types.
const OWN_CONTENTS: u128 = 3;

impl ContentType {
    /// The identifier.
    pub fn oid(self) -> Oid {
        match self.0 {
            Arc::Set(number) => SET_CONTENTS.child(number.into()),
            Arc::Own(number) => OPENSET.child(OWN_CONTENTS).child(number.into()),
        }
    }

    /// Finds a content type by its identifier.
    pub fn from_oid(oid: &Oid) -> Option<Self> {
        NAMES.iter().map(|(known, _)| *known).find(|known| known.oid() == *oid)
    }

    /// The ASN.1 name of the content.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(known, _)| *known == self).map_or("?", |(_, name)| name)
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentType({})", self.name())
    }
}

/// Names all content types of SET, in the order of their numbers.
macro_rules! content_types {
    ($($number:literal $name:literal,)*) => {
        const NAMES: &[(ContentType, &str)] = &[
            $((ContentType(Arc::Set($number)), $name),)*
            (ContentType(Arc::Own(1)), "AcctInfo"),
        ];
    };
}

content_types! {
    0 "PANData", 1 "PANToken", 2 "PANOnly", 3 "OIData", 4 "PI", 5 "PIData", 6 "PIDataUnsigned",
    7 "HODInput", 8 "AuthResBaggage", 9 "AuthRevReqBaggage", 10 "AuthRevResBaggage",
    11 "CapTokenSeq", 12 "PInitResData", 13 "PI-TBS", 14 "PResData", 15 "InqReqData",
    16 "AuthReqTBS", 17 "AuthResTBS", 18 "AuthResTBSX", 19 "AuthTokenTBS", 20 "CapTokenData",
    21 "CapTokenTBS", 22 "AcqCardCodeMsg", 23 "AuthRevReqTBS", 24 "AuthRevResData",
    25 "AuthRevResTBS", 26 "CapReqTBS", 27 "CapReqTBSX", 28 "CapResData", 29 "CapRevReqTBS",
    30 "CapRevReqTBSX", 31 "CapRevResData", 32 "CredReqTBS", 33 "CredReqTBSX", 34 "CredResData",
    35 "CredRevReqTBS", 36 "CredRevReqTBSX", 37 "CredRevResData", 38 "PCertReqData",
    39 "PCertResTBS", 40 "BatchAdminReqData", 41 "BatchAdminResData", 42 "CardCInitResTBS",
    43 "Me-AqCInitResTBS", 44 "RegFormResTBS", 45 "CertReqData", 46 "CertReqTBS",
    47 "CertResData", 48 "CertInqReqTBS", 49 "ErrorTBS", 50 "PIDualSignedTBE",
    51 "PIUnsignedTBE", 52 "AuthReqTBE", 53 "AuthResTBE", 54 "AuthResTBEX", 55 "AuthTokenTBE",
    56 "CapTokenTBE", 57 "CapTokenTBEX", 58 "AcqCardCodeMsgTBE", 59 "AuthRevReqTBE",
    60 "AuthRevResTBE", 61 "AuthRevResTBEB", 62 "CapReqTBE", 63 "CapReqTBEX", 64 "CapResTBE",
    65 "CapRevReqTBE", 66 "CapRevReqTBEX", 67 "CapRevResTBE", 68 "CredReqTBE", 69 "CredReqTBEX",
    70 "CredResTBE", 71 "CredRevReqTBE", 72 "CredRevReqTBEX", 73 "CredRevResTBE",
    74 "BatchAdminReqTBE", 75 "BatchAdminResTBE", 76 "RegFormReqTBE", 77 "CertReqTBE",
    78 "CertReqTBEX", 79 "CertResTBE", 80 "CRLNotificationTBS", 81 "CRLNotificationResTBS",
    82 "BCIDistributionTBS",
}

/// Something that is hashed, signed or sealed, and what it is called then.
pub trait Content {
    /// Its content type.
    const TYPE: ContentType;
}

/// Says which type has which number.
macro_rules! contents {
    ($($number:literal $type:ty,)*) => {
        $(impl Content for $type {
            const TYPE: ContentType = ContentType(Arc::Set($number));
        })*
    };
}

contents! {
    0 PanData, 1 PanToken, 2 PanOnly, 3 OiData, 4 Pi, 5 PiData, 6 PiDataUnsigned, 7 HodInput,
    8 AuthResBaggage, 11 CapTokenSeq, 12 PInitResData, 13 PiTbs, 14 PResData, 15 InqReqData,
    16 AuthReqTbs, 17 AuthResTbs, 18 AuthResTbsx, 20 CapTokenData, 21 CapTokenTbs,
    22 AcqCardCodeMsg, 26 CapReqTbs, 27 CapReqTbsx, 28 CapResData, 42 CardCInitResTbs,
    43 MeAqCInitResTbs, 44 RegFormResTbs, 45 CertReqData, 46 CertReqTbs, 47 CertResData,
    48 CertInqReqTbs, 49 ErrorTbs, 50 PiDualSignedTbe, 51 PiUnsignedTbe, 52 AuthReqTbe,
    53 AuthResTbe, 54 AuthResTbex, 55 AuthTokenTbe, 56 CapTokenTbe, 57 CapTokenTbex,
    58 AcqCardCodeMsgTbe, 62 CapReqTbe, 63 CapReqTbex, 64 CapResTbe, 76 RegFormReqTbe,
    77 CertReqTbe, 78 CertReqTbex, 79 CertResTbe, 80 CrlNotificationTbs,
    81 CrlNotificationResTbs, 82 BciDistributionTbs,
}

impl Content for AcctInfo {
    const TYPE: ContentType = ContentType(Arc::Own(1));
}

impl WithExtra for CertReqTbex {
    type Extra = AcctInfo;
}

impl WithExtra for AuthResTbex {
    type Extra = PanToken;
}

impl WithExtra for CapReqTbex {
    type Extra = PanToken;
}

impl WithExtra for CapTokenTbex {
    type Extra = PanToken;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_have_no_gap_and_every_name_is_found_again() {
        for (place, (content, _)) in NAMES.iter().enumerate().take(83) {
            assert_eq!(content.oid().to_string(), format!("2.23.42.0.{place}"));
            assert_eq!(ContentType::from_oid(&content.oid()), Some(*content));
        }
        assert_eq!(ContentType::from_oid(&SET_CONTENTS.child(83)), None);
    }

    #[test]
    fn the_arc_of_the_suite_is_the_one_that_is_written_down() {
        let arc = Oid::from_arcs(&[2, 25, 73_663_022_761_403_383_629_478_202_887_286_148_539]);
        assert_eq!(arc, Ok(OPENSET));
        let own = <AcctInfo as Content>::TYPE.oid();
        assert!(own.to_string().ends_with("148539.3.1"), "{own}");
    }
}

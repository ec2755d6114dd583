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
        AuthResTbex, AuthResTbs, AuthResTbsx, AuthRevReqBaggage, AuthRevReqTbe, AuthRevReqTbs,
        AuthRevResBaggage, AuthRevResData, AuthRevResTbe, AuthRevResTbeb, AuthRevResTbs,
        AuthTokenTbe, AuthTokenTbs, BatchAdminReqData, BatchAdminReqTbe, BatchAdminResData,
        BatchAdminResTbe, CapReqTbe, CapReqTbex, CapReqTbs, CapReqTbsx, CapResData, CapResTbe,
        CapRevReqTbe, CapRevReqTbex, CapRevReqTbs, CapRevReqTbsx, CapRevResData, CapRevResTbe,
        CapTokenData, CapTokenSeq, CapTokenTbe, CapTokenTbex, CapTokenTbs, CredReqTbe, CredReqTbex,
        CredReqTbs, CredReqTbsx, CredResData, CredResTbe, CredRevReqTbe, CredRevReqTbex,
        CredRevReqTbs, CredRevReqTbsx, CredRevResData, CredRevResTbe, HodInput, InqReqData, OiData,
        PCertReqData, PCertResTbs, PInitResData, PResData, Pi, PiData, PiDataUnsigned,
        PiDualSignedTbe, PiTbs, PiUnsignedTbe,
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

/// Something that is hashed, signed or sealed, and what it is called then.
pub trait Content {
    /// Its content type.
    const TYPE: ContentType;
}

/// Names all content types of SET, in the order of their numbers, and says which type each is of.
macro_rules! contents {
    ($($number:literal $type:ty = $name:literal,)*) => {
        const NAMES: &[(ContentType, &str)] = &[
            $((ContentType(Arc::Set($number)), $name),)*
            (ContentType(Arc::Own(1)), "AcctInfo"),
        ];

        $(impl Content for $type {
            const TYPE: ContentType = ContentType(Arc::Set($number));
        })*
    };
}

contents! {
    0 PanData = "PANData",
    1 PanToken = "PANToken",
    2 PanOnly = "PANOnly",
    3 OiData = "OIData",
    4 Pi = "PI",
    5 PiData = "PIData",
    6 PiDataUnsigned = "PIDataUnsigned",
    7 HodInput = "HODInput",
    8 AuthResBaggage = "AuthResBaggage",
    9 AuthRevReqBaggage = "AuthRevReqBaggage",
    10 AuthRevResBaggage = "AuthRevResBaggage",
    11 CapTokenSeq = "CapTokenSeq",
    12 PInitResData = "PInitResData",
    13 PiTbs = "PI-TBS",
    14 PResData = "PResData",
    15 InqReqData = "InqReqData",
    16 AuthReqTbs = "AuthReqTBS",
    17 AuthResTbs = "AuthResTBS",
    18 AuthResTbsx = "AuthResTBSX",
    19 AuthTokenTbs = "AuthTokenTBS",
    20 CapTokenData = "CapTokenData",
    21 CapTokenTbs = "CapTokenTBS",
    22 AcqCardCodeMsg = "AcqCardCodeMsg",
    23 AuthRevReqTbs = "AuthRevReqTBS",
    24 AuthRevResData = "AuthRevResData",
    25 AuthRevResTbs = "AuthRevResTBS",
    26 CapReqTbs = "CapReqTBS",
    27 CapReqTbsx = "CapReqTBSX",
    28 CapResData = "CapResData",
    29 CapRevReqTbs = "CapRevReqTBS",
    30 CapRevReqTbsx = "CapRevReqTBSX",
    31 CapRevResData = "CapRevResData",
    32 CredReqTbs = "CredReqTBS",
    33 CredReqTbsx = "CredReqTBSX",
    34 CredResData = "CredResData",
    35 CredRevReqTbs = "CredRevReqTBS",
    36 CredRevReqTbsx = "CredRevReqTBSX",
    37 CredRevResData = "CredRevResData",
    38 PCertReqData = "PCertReqData",
    39 PCertResTbs = "PCertResTBS",
    40 BatchAdminReqData = "BatchAdminReqData",
    41 BatchAdminResData = "BatchAdminResData",
    42 CardCInitResTbs = "CardCInitResTBS",
    43 MeAqCInitResTbs = "Me-AqCInitResTBS",
    44 RegFormResTbs = "RegFormResTBS",
    45 CertReqData = "CertReqData",
    46 CertReqTbs = "CertReqTBS",
    47 CertResData = "CertResData",
    48 CertInqReqTbs = "CertInqReqTBS",
    49 ErrorTbs = "ErrorTBS",
    50 PiDualSignedTbe = "PIDualSignedTBE",
    51 PiUnsignedTbe = "PIUnsignedTBE",
    52 AuthReqTbe = "AuthReqTBE",
    53 AuthResTbe = "AuthResTBE",
    54 AuthResTbex = "AuthResTBEX",
    55 AuthTokenTbe = "AuthTokenTBE",
    56 CapTokenTbe = "CapTokenTBE",
    57 CapTokenTbex = "CapTokenTBEX",
    58 AcqCardCodeMsgTbe = "AcqCardCodeMsgTBE",
    59 AuthRevReqTbe = "AuthRevReqTBE",
    60 AuthRevResTbe = "AuthRevResTBE",
    61 AuthRevResTbeb = "AuthRevResTBEB",
    62 CapReqTbe = "CapReqTBE",
    63 CapReqTbex = "CapReqTBEX",
    64 CapResTbe = "CapResTBE",
    65 CapRevReqTbe = "CapRevReqTBE",
    66 CapRevReqTbex = "CapRevReqTBEX",
    67 CapRevResTbe = "CapRevResTBE",
    68 CredReqTbe = "CredReqTBE",
    69 CredReqTbex = "CredReqTBEX",
    70 CredResTbe = "CredResTBE",
    71 CredRevReqTbe = "CredRevReqTBE",
    72 CredRevReqTbex = "CredRevReqTBEX",
    73 CredRevResTbe = "CredRevResTBE",
    74 BatchAdminReqTbe = "BatchAdminReqTBE",
    75 BatchAdminResTbe = "BatchAdminResTBE",
    76 RegFormReqTbe = "RegFormReqTBE",
    77 CertReqTbe = "CertReqTBE",
    78 CertReqTbex = "CertReqTBEX",
    79 CertResTbe = "CertResTBE",
    80 CrlNotificationTbs = "CRLNotificationTBS",
    81 CrlNotificationResTbs = "CRLNotificationResTBS",
    82 BciDistributionTbs = "BCIDistributionTBS",
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

impl WithExtra for CapRevReqTbex {
    type Extra = PanToken;
}

impl WithExtra for CredReqTbex {
    type Extra = PanToken;
}

impl WithExtra for CredRevReqTbex {
    type Extra = PanToken;
}

impl WithExtra for AuthTokenTbe {
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

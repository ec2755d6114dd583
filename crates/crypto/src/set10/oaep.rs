//! SET's OAEP block: the one place where it is composed and opened.
//!
//! It is not the OAEP of PKCS#1. For a modulus of k octets:
//!
//! ```text
//! R  = I (1) || A (k - 17) || B (16)            what RSA is applied to
//! A  = DB xor H1(E-Salt)      B = E-Salt xor H2(A)
//! DB = BT (03) || BC (1) || V (seven 00) || ADB (the rest)
//! ADB = DES key (8) || HD (20, in some) || extra data (in some) || 00 ...
//! ```
//!
//! BC says what stands in ADB. Which BC an envelope has follows from the kind of its content, so
//! a receiver asks for it and accepts no other. A block that is wrong anywhere is opened like one
//! that is right, in the same steps: that it was wrong is only noted (abuse case 16, B1).

use openset_wire::content::ContentType;
use openset_wire::der::Oid;
use zeroize::Zeroizing;

use super::primitives::{DES_OCTETS, SHA1_OCTETS, sha1};
use crate::modern::primitives::{Failed, random};

/// What stands in a block beside the key: BC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// 00: nothing. E and Enc.
    Key,
    /// 02: the account of a cardholder with a certificate. EX.
    PanData,
    /// 03: a digest, and the account of one without. EXH.
    DigestPanToken,
    /// 04: a digest, and a card number. EXH.
    DigestPanOnly,
    /// 05: the account of an applicant for a cardholder's certificate. EncX.
    PanData0,
    /// 06: the account of an applicant for another certificate. EncX.
    AcctData,
    /// 07: an account that is returned. EncX.
    PanToken,
}

impl Layout {
    /// How an envelope with content of this kind is laid out: one way, or one of two.
    pub(crate) fn of(kind: &Oid) -> &'static [Self] {
        match ContentType::from_oid(kind).map_or("", ContentType::name) {
            "PIDualSignedTBE" => &[Self::PanData],
            "PIUnsignedTBE" => &[Self::DigestPanToken],
            "RegFormReqTBE" => &[Self::DigestPanOnly],
            "CertReqTBEX" => &[Self::PanData0, Self::AcctData],
            "AuthResTBEX" | "AuthTokenTBE" | "CapTokenTBEX" | "CapReqTBEX" | "CapRevReqTBEX"
            | "CredReqTBEX" | "CredRevReqTBEX" => &[Self::PanToken],
            _ => &[Self::Key],
        }
    }

    /// BC. 01 (a digest alone) and 08 (a PIN block) are in no message.
    fn code(self) -> u8 {
        match self {
            Self::Key => 0,
            Self::PanData => 2,
            Self::DigestPanToken => 3,
            Self::DigestPanOnly => 4,
            Self::PanData0 => 5,
            Self::AcctData => 6,
            Self::PanToken => 7,
        }
    }

    /// Whether HD, the digest of the content, stands in the block.
    pub(crate) fn has_digest(self) -> bool {
        matches!(self, Self::DigestPanToken | Self::DigestPanOnly)
    }

    /// How the extra data is written.
    fn extra(self) -> Extra {
        match self {
            Self::Key => Extra::None,
            Self::PanData | Self::DigestPanToken | Self::DigestPanOnly | Self::PanToken => {
                Extra::Der
            }
            Self::PanData0 => Extra::Chosen,
            Self::AcctData => Extra::Bare,
        }
    }
}

/// How extra data is written into a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extra {
    /// There is none.
    None,
    /// As its DER, which ends itself.
    Der,
    /// As the DER of what the choice AcctInfo has chosen: BC says which.
    Chosen,
    /// As the 74 and 20 octets of AcctData alone: with their tags they would not fit, without
    /// them they fill the block of a 1024-bit key to the last octet.
    Bare,
}

/// What is put into a block.
pub(crate) struct Contents<'a> {
    pub(crate) layout: Layout,
    pub(crate) key: &'a [u8; DES_OCTETS],
    /// The digest of the content; left out where the layout has none.
    pub(crate) digest: [u8; SHA1_OCTETS],
    /// The DER of the extra part; empty where the layout has none.
    pub(crate) extra: &'a [u8],
}

/// What was found in a block, right or wrong.
pub(crate) struct Found {
    pub(crate) layout: Layout,
    pub(crate) key: Zeroizing<[u8; DES_OCTETS]>,
    pub(crate) digest: [u8; SHA1_OCTETS],
    pub(crate) extra: Zeroizing<Vec<u8>>,
    /// Whether all of the block was as it must be.
    pub(crate) is_sound: bool,
}

/// Composes the block for a modulus of so many octets.
pub(crate) fn compose(
    contents: &Contents<'_>,
    modulus_octets: usize,
) -> Result<Zeroizing<Vec<u8>>, Failed> {
    let mut first = random::<1>()?;
    // I: never 00, and below the first octet of any modulus, whose top bit is set.
    first = [first[0] & 0x7F | u8::from(first[0] & 0x7F == 0)];
    assemble(contents, modulus_octets, first, &random::<SALT_OCTETS>()?)
}

/// Opens a block. Of the layouts that may be there, BC says which is.
pub(crate) fn open(block: &[u8], layouts: &'static [Layout]) -> Result<Found, Failed> {
    let (first, masked) = block.split_first().ok_or(Failed)?;
    let db_octets = masked.len().checked_sub(SALT_OCTETS).ok_or(Failed)?;
    let (a, b) = masked.split_at_checked(db_octets).ok_or(Failed)?;
    let salt = Zeroizing::new(xored(b, &h2(a)));
    let db = Zeroizing::new(xored(a, &h1(&salt, db_octets)));
    let (head, adb) = db.split_at_checked(HEAD_OCTETS).ok_or(Failed)?;
    let (key, rest) = adb.split_first_chunk::<DES_OCTETS>().ok_or(Failed)?;
    let (block_type, code) = (byte(head, 0), byte(head, 1));
    let layout =
        *layouts.iter().find(|one| one.code() == code).or_else(|| layouts.first()).ok_or(Failed)?;

    let mut wrong = u8::from(*first == 0) | (first & 0x80);
    wrong |= (block_type ^ BLOCK_TYPE) | (code ^ layout.code());
    wrong |= head.iter().skip(2).fold(0, |seen, octet| seen | octet);
    let (digest, area) = match layout.has_digest() {
        true => rest.split_first_chunk::<SHA1_OCTETS>().ok_or(Failed)?,
        false => (&[0; SHA1_OCTETS], rest),
    };
    let (extra, extra_is_sound) = unpack(layout.extra(), area);
    wrong |= u8::from(!extra_is_sound);
    Ok(Found { layout, key: Zeroizing::new(*key), digest: *digest, extra, is_sound: wrong == 0 })
}

/// The block with everything chosen: what [`compose`] draws is given.
fn assemble(
    contents: &Contents<'_>,
    modulus_octets: usize,
    first: [u8; 1],
    salt: &[u8; SALT_OCTETS],
) -> Result<Zeroizing<Vec<u8>>, Failed> {
    let db_octets = modulus_octets.checked_sub(1 + SALT_OCTETS).ok_or(Failed)?;
    let mut db = Zeroizing::new(vec![BLOCK_TYPE, contents.layout.code()]);
    db.extend([0; HEAD_OCTETS - 2]);
    db.extend(contents.key);
    if contents.layout.has_digest() {
        db.extend(contents.digest);
    }
    db.extend(pack(contents.layout.extra(), contents.extra)?.iter());
    if db.len() > db_octets {
        return Err(Failed);
    }
    db.resize(db_octets, 0);
    let a = xored(&db, &h1(salt, db_octets));
    let b = xored(salt, &h2(&a));
    Ok(Zeroizing::new([first.as_slice(), &a, &b].concat()))
}

/// The octets that stand for extra data in a block.
fn pack(extra: Extra, der: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failed> {
    let packed = match extra {
        Extra::None if der.is_empty() => &[],
        Extra::Der => der,
        Extra::Chosen => der.get(CHOICE_OCTETS..).ok_or(Failed)?,
        Extra::Bare => {
            let account = der.strip_prefix(ACCT_DATA).ok_or(Failed)?;
            let (text, nonce) = account.split_at_checked(ACCOUNT_OCTETS).ok_or(Failed)?;
            let nonce = nonce.strip_prefix(ACCT_NONCE).ok_or(Failed)?;
            return Ok(Zeroizing::new([text, nonce].concat()));
        }
        Extra::None => return Err(Failed),
    };
    Ok(Zeroizing::new(packed.to_vec()))
}

/// The DER of extra data, of all that follows key and digest in a block, and whether that area is
/// as it must be: the data, and then only 00.
fn unpack(extra: Extra, area: &[u8]) -> (Zeroizing<Vec<u8>>, bool) {
    match extra {
        Extra::None => (Zeroizing::default(), is_zero_from(0, area)),
        Extra::Der | Extra::Chosen => {
            let (tag, length) = (byte(area, 0), byte(area, 1));
            let whole = usize::from(length & 0x7F).saturating_add(2);
            let in_bounds = (tag == SEQUENCE) & (length < 0x80) & (whole <= area.len());
            let is_sound = in_bounds & is_zero_from(whole, area);
            let der = area.get(..whole).unwrap_or(area);
            let choice = [CHOICE, length.wrapping_add(2)];
            let choice = if extra == Extra::Chosen { choice.as_slice() } else { &[] };
            (Zeroizing::new([choice, der].concat()), is_sound)
        }
        Extra::Bare => {
            let (text, rest) = area.split_at_checked(ACCOUNT_OCTETS).unwrap_or((area, &[]));
            let nonce = rest.get(..SHA1_OCTETS).unwrap_or(rest);
            let whole = ACCOUNT_OCTETS + SHA1_OCTETS;
            let is_sound = (whole <= area.len()) & is_zero_from(whole, area);
            (Zeroizing::new([ACCT_DATA, text, ACCT_NONCE, nonce].concat()), is_sound)
        }
    }
}

/// Whether all octets from a place on are 00. Looks at every octet whatever it finds.
fn is_zero_from(start: usize, octets: &[u8]) -> bool {
    let seen = octets.iter().enumerate().fold(0, |seen, (place, octet)| {
        let counts = u8::from(place >= start).wrapping_neg();
        seen | (octet & counts)
    });
    seen == 0
}

/// H1: the first octets of SHA-1(s || 00000000) || SHA-1(s || 00000001) || ...
fn h1(salt: &[u8], octets: usize) -> Vec<u8> {
    let mask = (0_u32..).flat_map(|counter| sha1(&[salt, &counter.to_be_bytes()].concat()));
    mask.take(octets).collect()
}

/// H2: the last 16 octets of SHA-1.
fn h2(a: &[u8]) -> [u8; SALT_OCTETS] {
    let mut last = [0; SALT_OCTETS];
    let digest = sha1(a).into_iter().skip(SHA1_OCTETS - SALT_OCTETS);
    last.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    last
}

fn xored(left: &[u8], right: &[u8]) -> Vec<u8> {
    left.iter().zip(right).map(|(a, b)| a ^ b).collect()
}

fn byte(octets: &[u8], place: usize) -> u8 {
    octets.get(place).copied().unwrap_or_default()
}

/// Octets of E-Salt, and of B.
const SALT_OCTETS: usize = 16;
/// Octets of BT, BC and V.
const HEAD_OCTETS: usize = 9;
/// BT.
const BLOCK_TYPE: u8 = 3;
/// The tag of a SEQUENCE.
const SEQUENCE: u8 = 0x30;
/// The tag of AcctInfo's first choice, panData0.
const CHOICE: u8 = 0xA0;
/// The tag and the length around what AcctInfo has chosen.
const CHOICE_OCTETS: usize = 2;
/// AcctInfo's second choice, up to the account: [1], SEQUENCE, VisibleString of 74.
const ACCT_DATA: &[u8] = &[0xA1, 0x64, 0x30, 0x62, 0x1A, 0x4A];
/// Octets of the account.
const ACCOUNT_OCTETS: usize = 74;
/// What stands between the account and its nonce: OCTET STRING of 20.
const ACCT_NONCE: &[u8] = &[0x04, 0x14];

#[cfg(test)]
mod tests;

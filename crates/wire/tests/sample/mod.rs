//! One fixed value of every message and of every part that is sealed away in one.
//!
//! Signed and sealed parts hold a number where a signature would be: this crate never looks.
#![allow(dead_code, unused_imports, reason = "each test file uses its own part of the samples")]

mod aftermath;
mod cert;
mod payment;
mod x509;

use std::{fs, path::Path};

use openset_types::{
    Bin, Brand, CardExpiry, Currency, Language, LocalId, MerchantId, Money, Pan, Rrpid, Secret,
    UnixTime, Xid,
};
use openset_wire::{
    content::Content,
    der::{Carried, Octets, Oid, Visible, encode},
    error::{Error, ErrorCode, ErrorMsg, ErrorTbs},
    opaque::{Digested, Sealed, SealedUnder, Signed},
    types::{
        CertThumb, Challenge, CurrencyAmount, Digest, MerTermIds, MsgExtensions, Nonce, PaySysId,
        RrTags, SetString, SwIdent, Thumbs, TransIds,
    },
    wrapper::{Message, MessageHeader, MessageIds, MessageWrapper},
    x509::AlgorithmIdentifier,
};

pub(crate) use self::{aftermath::*, cert::*, payment::*, x509::*};

/// A sample: the name of its file, its type in `set-modern.asn`, and its encoding.
pub(crate) struct Sample {
    pub(crate) file: String,
    pub(crate) asn1: &'static str,
    pub(crate) octets: Vec<u8>,
    /// Decodes as the Rust type and encodes again.
    pub(crate) again: fn(&[u8]) -> Result<Vec<u8>, openset_wire::Malformed>,
}

impl Sample {
    pub(crate) fn of<T: rasn::Decode + rasn::Encode>(asn1: &'static str, value: &T) -> Self {
        Self {
            file: format!("inside/{asn1}.der"),
            asn1,
            octets: encode(value).expect("a sample can be encoded"),
            again: |octets| encode(&openset_wire::der::decode::<T>(octets)?),
        }
    }

    /// Another sample of the same type, in a file of its own.
    pub(crate) fn named(self, which: &str) -> Self {
        Self { file: format!("inside/{}-{which}.der", self.asn1), ..self }
    }
}

/// Every message in its wrapper.
pub(crate) fn messages() -> Vec<Sample> {
    let mut messages = payment::messages();
    messages.extend(aftermath::messages());
    messages.extend(cert::messages());
    messages.push(("Error-unsigned", Message::Error(unsigned_error())));
    messages.push(("Error-signed", Message::Error(Error::SignedError(signed(49)))));
    let wrap = |(file, message): (&str, Message)| Sample {
        file: format!("{file}.der"),
        ..Sample::of("MessageWrapper", &wrapper(message))
    };
    let mut messages: Vec<Sample> = messages.into_iter().map(wrap).collect();
    messages.push(Sample {
        file: "PRes-extended.der".into(),
        ..Sample::of("MessageWrapper", &extended())
    });
    messages
}

/// Every part that is sealed away in a message.
pub(crate) fn parts() -> Vec<Sample> {
    let mut parts = payment::parts();
    parts.extend(aftermath::parts());
    parts.extend(cert::parts());
    parts.extend(x509::parts());
    parts.push(Sample::of("ErrorTBS", &error_tbs()));
    parts.push(Sample::of("ErrorTBS", &error_about_octets()).named("octets"));
    parts
}

/// Both.
pub(crate) fn all() -> Vec<Sample> {
    messages().into_iter().chain(parts()).collect()
}

pub(crate) fn wrapper(message: Message) -> MessageWrapper {
    MessageWrapper { message_header: header(), message, mw_extensions: None }
}

/// A message whose wrapper says more than SET does.
pub(crate) fn extended() -> MessageWrapper {
    let mw_extensions = Some(extensions());
    MessageWrapper { mw_extensions, ..wrapper(Message::PRes(signed(14))) }
}

pub(crate) fn header() -> MessageHeader {
    MessageHeader {
        version: MessageHeader::VERSION,
        revision: 0,
        date: now(),
        message_ids: Some(MessageIds {
            lid_c: Some(local_id(b"wallet-1")),
            lid_m: Some(local_id(b"order-1042")),
            xid: Some(xid()),
        }),
        rrpid: Some(rrpid()),
        sw_ident: sw_ident(),
    }
}

pub(crate) fn unsigned_error() -> Error {
    Error::UnsignedError(Box::new(error_tbs()))
}

pub(crate) fn error_tbs() -> ErrorTbs {
    ErrorTbs {
        error_code: ErrorCode::SignatureFailure,
        error_nonce: nonce(0x70),
        error_oid: Some(oid(&[2, 23, 42, 0, 13])),
        error_thumb: Some(thumb(0x71)),
        error_msg: ErrorMsg::MessageHeader(header()),
    }
}

/// Octets that are no message, told back.
pub(crate) fn error_about_octets() -> ErrorTbs {
    ErrorTbs {
        error_code: ErrorCode::DecodingFailure,
        error_nonce: nonce(0x70),
        error_oid: None,
        error_thumb: None,
        error_msg: ErrorMsg::BadWrapper(Octets::new(b"no message").expect("within bounds")),
    }
}

pub(crate) fn now() -> Carried<UnixTime> {
    UnixTime::parse_generalized("20261123081500Z").expect("a real moment").into()
}

pub(crate) fn later() -> Carried<UnixTime> {
    UnixTime::parse_generalized("20271123081500Z").expect("a real moment").into()
}

pub(crate) fn xid() -> Carried<Xid> {
    Xid::new([0x11; 20]).into()
}

pub(crate) fn rrpid() -> Carried<Rrpid> {
    Rrpid::new([0x22; 20]).into()
}

pub(crate) fn local_id(octets: &[u8]) -> Carried<LocalId> {
    LocalId::new(octets).expect("a short label").into()
}

pub(crate) fn challenge(octet: u8) -> Challenge {
    Challenge::from([octet; 32])
}

pub(crate) fn nonce(octet: u8) -> Nonce {
    Nonce::from([octet; 32])
}

pub(crate) fn secret(octet: u8) -> Carried<Secret> {
    Secret::new(vec![octet; 32]).into()
}

pub(crate) fn pan() -> Carried<Pan> {
    Pan::parse("4111111111111111").expect("a public test number").into()
}

pub(crate) fn expiry() -> Carried<CardExpiry> {
    CardExpiry::parse("202912").expect("six digits").into()
}

pub(crate) fn brand() -> Carried<Brand> {
    Brand::parse("Demo Brand").expect("printable").into()
}

pub(crate) fn bin() -> Carried<Bin> {
    Bin::parse("999999").expect("six digits").into()
}

pub(crate) fn language() -> Carried<Language> {
    Language::parse("fr").expect("a tag").into()
}

pub(crate) fn merchant_id() -> Carried<MerchantId> {
    MerchantId::parse("ATELIER-LUMEN-001").expect("printable").into()
}

pub(crate) fn sw_ident() -> SwIdent {
    SwIdent::new("OpenSET 0.1").expect("printable")
}

pub(crate) fn amount() -> CurrencyAmount {
    Money::new(4200, Currency::EUR).expect("within range").into()
}

pub(crate) fn text<const MAX: usize>(text: &str) -> SetString<MAX> {
    SetString::new(text).expect("a short text")
}

pub(crate) fn oid(arcs: &[u128]) -> Oid {
    Oid::from_arcs(arcs).expect("proper arcs")
}

/// 2.16.840.1.101.3.4.2.1
pub(crate) fn digest_algorithm() -> AlgorithmIdentifier {
    AlgorithmIdentifier::bare(oid(&[2, 16, 840, 1, 101, 3, 4, 2, 1]))
}

pub(crate) fn digest(octet: u8) -> Digest {
    Digest::new(&[octet; 32]).expect("within bounds")
}

pub(crate) fn thumb(octet: u8) -> CertThumb {
    CertThumb { digest_algorithm: digest_algorithm(), thumbprint: digest(octet) }
}

pub(crate) fn thumbs() -> Thumbs {
    Thumbs {
        digest_algorithm: digest_algorithm(),
        cert_thumbs: Some(vec![digest(1), digest(2)]),
        crl_thumbs: None,
        brand_crl_id_thumbs: Some(vec![]),
    }
}

pub(crate) fn extensions() -> MsgExtensions {
    let name = openset_wire::content::OPENSET.child(1).child(1);
    MsgExtensions::critical(name, &thumb(0x33)).expect("encodable")
}

pub(crate) fn digested<T: Content>(octet: u8) -> Digested<T> {
    Digested::new(digest_algorithm(), digest(octet)).expect("encodable")
}

pub(crate) fn signed<T>(number: u8) -> Signed<T> {
    Signed::from_octets(vec![0x30, 0x03, 0x02, 0x01, number]).expect("one sequence")
}

pub(crate) fn sealed<T, R>(number: u8) -> Sealed<T, R> {
    Sealed::from_octets(vec![0x30, 0x03, 0x02, 0x01, number]).expect("one sequence")
}

pub(crate) fn sealed_under<T>(number: u8) -> SealedUnder<T> {
    SealedUnder::from_octets(vec![0x30, 0x03, 0x02, 0x01, number]).expect("one sequence")
}

pub(crate) fn trans_ids() -> TransIds {
    TransIds {
        lid_c: local_id(b"wallet-1"),
        lid_m: Some(local_id(b"order-1042")),
        xid: xid(),
        p_req_date: now(),
        pay_sys_id: Some(PaySysId::new("PSP-7").expect("printable")),
        language: language(),
    }
}

pub(crate) fn rr_tags() -> RrTags {
    RrTags {
        rrpid: rrpid(),
        mer_term_ids: MerTermIds {
            merchant_id: merchant_id(),
            terminal_id: Some(Visible::new("T-3").expect("printable")),
            agent_num: Some(7),
            chain_num: Some(8),
            store_num: Some(300),
        },
        current_date: now(),
    }
}

/// The messages of a whole story in suite `set10`, as they crossed, with the names of their files.
pub(crate) fn story() -> Vec<(String, Vec<u8>)> {
    let story = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/set10");
    let folders =
        [story.clone(), story.join("enrolment-merchant"), story.join("enrolment-gateway")];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder"));
    let mut read: Vec<_> = files
        .map(|file| file.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "der"))
        .map(|path| (path.display().to_string(), fs::read(path).expect("a file")))
        .collect();
    read.sort();
    read
}

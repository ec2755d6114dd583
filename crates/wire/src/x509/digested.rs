//! A digest and the name of what it was made of.

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::AlgorithmIdentifier;
use crate::{
    der::{Element, Oid},
    types::Digest,
};

/// ContentInfo
///
/// What kind of content this is, and the content where it is not left out.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct ContentInfo {
    /// The kind.
    pub content_type: Oid,
    /// The content.
    #[rasn(tag(explicit(context, 0)))]
    pub content: Option<Element>,
}

/// DigestedData
///
/// A digest of some content. Its typed form is [`Digested`](crate::opaque::Digested).
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct DigestedData {
    /// 0.
    pub dd_version: i64,
    /// The function that made the digest.
    pub digest_algorithm: AlgorithmIdentifier,
    /// The kind of content; the content itself is left out.
    pub content_info: ContentInfo,
    /// The digest.
    pub digest: Digest,
}

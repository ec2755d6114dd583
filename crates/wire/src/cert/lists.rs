//! What authorities tell each other about their lists.
//!
//! These three stand outside the list of messages: they have no wrapper, and travel as bare
//! signed parts. The lists themselves travel beside the signature.

use openset_types::UnixTime;
use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use crate::{der::Carried, opaque::Signed, types::CertThumb, x509::BrandCrlIdentifier};

/// CRLNotification
///
/// An authority tells its brand that there is a new list.
pub type CrlNotification = Signed<CrlNotificationTbs>;

/// CRLNotificationRes
///
/// The brand has taken it.
pub type CrlNotificationRes = Signed<CrlNotificationResTbs>;

/// BCIDistribution
///
/// The brand tells which lists are the current ones.
pub type BciDistribution = Signed<BciDistributionTbs>;

/// CRLNotificationTBS
///
/// Names the new list.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CrlNotificationTbs {
    /// When it was written.
    pub date: Carried<UnixTime>,
    /// The list.
    pub crl_thumbprint: CertThumb,
}

/// CRLNotificationResTBS
///
/// Names the list that was taken.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct CrlNotificationResTbs {
    /// When it was written.
    pub date: Carried<UnixTime>,
    /// The list.
    pub crl_thumbprint: CertThumb,
}

/// BCIDistributionTBS
///
/// Carries the brand's list of lists.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct BciDistributionTbs {
    /// When it was written.
    pub date: Carried<UnixTime>,
    /// The brand's list.
    #[rasn(tag(explicit(context, 0)))]
    pub bci: Option<BrandCrlIdentifier>,
}

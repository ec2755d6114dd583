//! The extensions of suite `modern` that say whom a part was made for.

use openset_types::MerchantId;
use rasn::{AsnType, Decode, Decoder, Encode};

use super::{CertThumb, MsgExtensions};
use crate::{
    content::OPENSET,
    der::{Carried, Malformed, Oid},
};

/// `1` below [`OPENSET`]: message extensions.
const OWN_EXTENSIONS: u128 = 1;

/// intendedGateway
///
/// In PIHead: the certificate of the one gateway that may take these payment instructions.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(delegate)]
pub struct IntendedGateway(pub CertThumb);

/// forMerchant
///
/// In AuthResPayload: the one merchant that this answer is for.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct ForMerchant {
    /// Merchant id.
    pub merchant_id: Carried<MerchantId>,
    /// Thumb of the merchant's signature certificate.
    pub mer_thumb: CertThumb,
}

impl IntendedGateway {
    /// The name of the extension.
    pub fn oid() -> Oid {
        OPENSET.child(OWN_EXTENSIONS).child(1)
    }

    /// As the one critical extension of a part.
    pub fn extension(&self) -> Result<MsgExtensions, Malformed> {
        MsgExtensions::critical(Self::oid(), self)
    }

    /// Finds it among the extensions of a part.
    pub fn find(extensions: &Option<MsgExtensions>) -> Result<Option<Self>, Malformed> {
        find(extensions, &Self::oid())
    }
}

impl ForMerchant {
    /// The name of the extension.
    pub fn oid() -> Oid {
        OPENSET.child(OWN_EXTENSIONS).child(2)
    }

    /// As the one critical extension of a part.
    pub fn extension(&self) -> Result<MsgExtensions, Malformed> {
        MsgExtensions::critical(Self::oid(), self)
    }

    /// Finds it among the extensions of a part.
    pub fn find(extensions: &Option<MsgExtensions>) -> Result<Option<Self>, Malformed> {
        find(extensions, &Self::oid())
    }
}

fn find<T: Decode + Encode>(
    extensions: &Option<MsgExtensions>,
    name: &Oid,
) -> Result<Option<T>, Malformed> {
    let found = extensions.as_ref().and_then(|extensions| extensions.get(name));
    found.map(|extension| extension.extn_value.read()).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{types::Digest, x509::AlgorithmIdentifier};

    fn thumb() -> CertThumb {
        CertThumb {
            digest_algorithm: AlgorithmIdentifier::bare(Oid::from_static(&[0x2A, 0x03])),
            thumbprint: Digest::new(&[7; 32]).expect("within bounds"),
        }
    }

    #[test]
    fn each_is_found_again_and_is_critical() {
        let gateway = IntendedGateway(thumb());
        let extensions = Some(gateway.extension().expect("encodable"));
        assert_eq!(IntendedGateway::find(&extensions), Ok(Some(gateway)));
        assert_eq!(ForMerchant::find(&extensions), Ok(None));
        let merchant_id = MerchantId::parse("M-1").expect("printable").into();
        let merchant = ForMerchant { merchant_id, mer_thumb: thumb() };
        let extensions = Some(merchant.extension().expect("encodable"));
        assert_eq!(ForMerchant::find(&extensions), Ok(Some(merchant)));
        let one = extensions.as_ref().and_then(|all| all.get(&ForMerchant::oid()));
        assert!(one.is_some_and(|one| one.critical));
    }

    #[test]
    fn a_value_of_another_shape_is_refused() {
        let extensions = MsgExtensions::critical(IntendedGateway::oid(), &0_u64).ok();
        assert!(IntendedGateway::find(&extensions).is_err());
    }
}

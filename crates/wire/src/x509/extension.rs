//! Extensions of certificates and lists.

use rasn::{
    AsnType, Decode, Decoder, Encode, Encoder,
    types::{Constraints, Identifier, Tag},
};

use crate::der::{MESSAGE_BYTES_MAX, Malformed, Octets, Oid, What, decode, encode};

/// Extension
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct Extension {
    /// Which extension.
    pub extn_id: Oid,
    /// Whether whoever does not know it must refuse the certificate.
    #[rasn(default)]
    pub critical: bool,
    /// The DER of its value.
    pub extn_value: Octets<0, MESSAGE_BYTES_MAX>,
}

/// A value that an extension holds.
pub trait ExtensionValue: Decode + Encode {
    /// The name of the extension.
    const OID: Oid;
    /// Whether SET marks it critical.
    const CRITICAL: bool;

    /// The extension that holds this value.
    fn extension(&self) -> Result<Extension, Malformed> {
        let value = encode(self)?;
        let too_long = |what| Malformed::new(0, what);
        let extn_value = Octets::new(&value).map_err(too_long)?;
        Ok(Extension { extn_id: Self::OID, critical: Self::CRITICAL, extn_value })
    }
}

/// Extensions
///
/// Each extension stands in it once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Extensions(Vec<Extension>);

impl Extensions {
    /// Takes extensions that all differ in name.
    pub fn new(extensions: Vec<Extension>) -> Result<Self, What> {
        let repeated = extensions.iter().enumerate().any(|(place, extension)| {
            extensions.iter().take(place).any(|before| before.extn_id == extension.extn_id)
        });
        if repeated { Err(What::Duplicate) } else { Ok(Self(extensions)) }
    }

    /// The value of an extension, if it is there.
    pub fn get<T: ExtensionValue>(&self) -> Result<Option<T>, Malformed> {
        let found = self.0.iter().find(|extension| extension.extn_id == T::OID);
        found.map(|extension| decode(extension.extn_value.as_bytes())).transpose()
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Extension> {
        self.0.iter()
    }

    /// A critical extension that is not among the names given, if there is one.
    pub fn unknown_critical(&self, known: &[Oid]) -> Option<&Oid> {
        let unknown =
            |extension: &&Extension| extension.critical && !known.contains(&extension.extn_id);
        self.0.iter().find(unknown).map(|extension| &extension.extn_id)
    }
}

impl AsnType for Extensions {
    const TAG: Tag = Tag::SEQUENCE;
}

impl Decode for Extensions {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Self, D::Error> {
        let extensions = decoder.decode_sequence_of(tag, constraints)?;
        let codec = decoder.codec();
        Self::new(extensions).map_err(|what| rasn::de::Error::custom(what, codec))
    }
}

impl Encode for Extensions {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        constraints: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        encoder.encode_sequence_of(tag, &self.0, constraints, identifier).map(drop)
    }
}

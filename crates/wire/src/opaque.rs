//! Signed, sealed and hashed parts: octets that remember what is inside.
//!
//! Only `crypto` makes and opens them. Here they are one SEQUENCE each, whatever the suite puts
//! into it, and a type that says what would be found.

use std::{fmt, marker::PhantomData, ops::Deref};

use rasn::{
    AsnType, Decode, Decoder, Encode, Encoder,
    types::{Constraints, Identifier, Tag},
};

use crate::{
    content::Content,
    der::{Element, Malformed, Original, What},
    types::Digest,
    x509::{AlgorithmIdentifier, ContentInfo, DigestedData},
};

/// Whoever can open a sealed part.
pub trait Recipient {
    /// Its name, for people.
    const NAME: &'static str;
}

/// Defines the parties that parts are sealed for.
macro_rules! recipients {
    ($($(#[$doc:meta])* $name:ident = $words:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {}

        impl Recipient for $name {
            const NAME: &'static str = $words;
        }
    )*};
}

recipients! {
    /// The payment gateway.
    PaymentGateway = "payment gateway";
    /// The merchant.
    Merchant = "merchant";
    /// The certificate authority that was asked.
    Authority = "authority";
    /// The cardholder.
    Cardholder = "cardholder";
}

/// Defines a part that is one SEQUENCE to whoever cannot read it.
macro_rules! opaque {
    ($(#[$doc:meta])* $name:ident<$($generic:ident),+>) => {
        $(#[$doc])*
        pub struct $name<$($generic),+> {
            element: Element,
            inside: PhantomData<fn() -> ($($generic,)+)>,
        }

        impl<$($generic),+> $name<$($generic),+> {
            /// Takes the octets of one SEQUENCE.
            pub fn from_octets(octets: Vec<u8>) -> Result<Self, Malformed> {
                Self::from_element(Element::from_octets(octets)?)
            }

            /// Takes one SEQUENCE that was walked or written before.
            pub fn from_element(element: Element) -> Result<Self, Malformed> {
                match element.is_sequence() {
                    true => Ok(Self { element, inside: PhantomData }),
                    false => Err(Malformed::new(0, What::Element)),
                }
            }

            /// The octets, with tag and length.
            pub fn octets(&self) -> &[u8] {
                self.element.octets()
            }

            /// What the part is made of, for whoever knows the syntax of its suite.
            pub fn read<V: Decode + Encode>(&self) -> Result<V, Malformed> {
                self.element.read()
            }
        }

        impl<$($generic),+> Clone for $name<$($generic),+> {
            fn clone(&self) -> Self {
                Self { element: self.element.clone(), inside: PhantomData }
            }
        }

        impl<$($generic),+> PartialEq for $name<$($generic),+> {
            fn eq(&self, other: &Self) -> bool {
                self.element == other.element
            }
        }

        impl<$($generic),+> Eq for $name<$($generic),+> {}

        impl<$($generic),+> fmt::Debug for $name<$($generic),+> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.octets().len())
            }
        }

        impl<$($generic),+> AsnType for $name<$($generic),+> {
            const TAG: Tag = Tag::SEQUENCE;
        }

        impl<$($generic),+> Decode for $name<$($generic),+> {
            fn decode_with_tag_and_constraints<D: Decoder>(
                decoder: &mut D,
                tag: Tag,
                _: &Constraints,
            ) -> Result<Self, D::Error> {
                let codec = decoder.codec();
                let element = Element::decode(decoder)?;
                match tag == Tag::SEQUENCE && element.is_sequence() {
                    true => Ok(Self { element, inside: PhantomData }),
                    false => Err(rasn::de::Error::custom(What::Element, codec)),
                }
            }
        }

        impl<$($generic),+> Encode for $name<$($generic),+> {
            fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
                &self,
                encoder: &mut E,
                _: Tag,
                _: &Constraints,
                _: Identifier,
            ) -> Result<(), E::Error> {
                self.element.encode(encoder)
            }
        }
    };
}

opaque! {
    /// SignedData
    ///
    /// A signature over `T`, with or without `T` inside: S and SO of the operators.
    Signed<T>
}

opaque! {
    /// EnvelopedData
    ///
    /// Something that only `R` can open: E, EX, EXH, Enc and EncX of the operators. Inside is `T`,
    /// a ...TBE type.
    Sealed<T, R>
}

opaque! {
    /// EncryptedData
    ///
    /// Something sealed under a key that both sides have already: EK and EncK of the operators.
    SealedUnder<T>
}

/// DigestedData
///
/// The digest of a `T` that is not here: DD of the operators. A digest of anything else does not
/// decode. It believes nothing: whether it is the digest of a certain value, `crypto` tells.
pub struct Digested<T> {
    data: Original<DigestedData>,
    of: PhantomData<fn() -> T>,
}

impl<T: Content> Digested<T> {
    /// Writes down what a digest function has made of a `T`.
    pub fn new(algorithm: AlgorithmIdentifier, digest: Digest) -> Result<Self, Malformed> {
        let content_info = ContentInfo { content_type: T::TYPE.oid(), content: None };
        let data =
            DigestedData { dd_version: 0, digest_algorithm: algorithm, content_info, digest };
        Ok(Self { data: Original::new(data)?, of: PhantomData })
    }

    fn read(data: Original<DigestedData>) -> Result<Self, What> {
        let info = &data.content_info;
        if info.content_type != T::TYPE.oid() || info.content.is_some() {
            return Err(What::ContentType);
        }
        if data.dd_version != 0 {
            return Err(What::Bounds);
        }
        Ok(Self { data, of: PhantomData })
    }
}

impl<T> Digested<T> {
    /// The digest alone.
    pub fn digest(&self) -> &[u8] {
        self.data.digest.as_bytes()
    }

    /// The function that made it.
    pub fn algorithm(&self) -> &AlgorithmIdentifier {
        &self.data.digest_algorithm
    }

    /// The whole DigestedData, with tag and length.
    pub fn octets(&self) -> &[u8] {
        self.data.octets()
    }
}

impl<T> Clone for Digested<T> {
    fn clone(&self) -> Self {
        Self { data: self.data.clone(), of: PhantomData }
    }
}

impl<T> PartialEq for Digested<T> {
    fn eq(&self, other: &Self) -> bool {
        self.data == other.data
    }
}

impl<T> Eq for Digested<T> {}

impl<T> fmt::Debug for Digested<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digested({})", data_encoding::HEXLOWER.encode(self.digest()))
    }
}

impl<T> AsnType for Digested<T> {
    const TAG: Tag = Tag::SEQUENCE;
}

impl<T: Content> Decode for Digested<T> {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Self, D::Error> {
        let data = Original::decode_with_tag_and_constraints(decoder, tag, constraints)?;
        let codec = decoder.codec();
        Self::read(data).map_err(|what| rasn::de::Error::custom(what, codec))
    }
}

impl<T> Encode for Digested<T> {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        constraints: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        self.data.encode_with_tag_and_constraints(encoder, tag, constraints, identifier)
    }
}

/// SEQUENCE { t1 A, t2 DigestedData }
///
/// A value tied to another by the other's digest: L of the operators.
#[derive(Debug, AsnType, Decode, Encode)]
pub struct Linked<A: AsnType + Decode + Encode, B: Content> {
    /// The value that is here.
    pub t1: Original<A>,
    /// The digest of the one that is not.
    pub t2: Digested<B>,
}

impl<A: AsnType + Decode + Encode, B: Content> Linked<A, B> {
    /// Ties a value to what the digest was made of.
    pub fn new(t1: A, t2: Digested<B>) -> Result<Self, Malformed> {
        Ok(Self { t1: Original::new(t1)?, t2 })
    }
}

impl<A: AsnType + Decode + Encode + Clone, B: Content> Clone for Linked<A, B> {
    fn clone(&self) -> Self {
        Self { t1: self.t1.clone(), t2: self.t2.clone() }
    }
}

impl<A: AsnType + Decode + Encode + PartialEq, B: Content> PartialEq for Linked<A, B> {
    fn eq(&self, other: &Self) -> bool {
        self.t1 == other.t1 && self.t2 == other.t2
    }
}

impl<A: AsnType + Decode + Encode + Eq, B: Content> Eq for Linked<A, B> {}

impl<A: AsnType + Decode + Encode, B: Content> Deref for Linked<A, B> {
    type Target = A;

    fn deref(&self) -> &A {
        &self.t1
    }
}

/// What is sealed in one envelope with an extra part sealed in another: EX and EncX.
pub trait WithExtra {
    /// The extra part: account data.
    type Extra: Content;
}

impl<A: AsnType + Decode + Encode, B: Content> WithExtra for Linked<A, B> {
    type Extra = B;
}

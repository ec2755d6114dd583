//! The curves of suite `modern`: how their keys are written.

use super::kind::{P256_POINT_OCTETS, P256_PREFIX, P384_POINT_OCTETS, P384_PREFIX};
use super::{KeyKind, PublicKey};
use crate::Suite;

/// A curve with its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    /// secp256r1
    P256,
    /// secp384r1
    P384,
}

impl Curve {
    const ALL: [Self; 2] = [Self::P256, Self::P384];

    /// The curve that keys of a kind are on, if they are on one.
    pub(crate) fn of(kind: KeyKind) -> Option<Self> {
        match kind {
            KeyKind::P256 => Some(Self::P256),
            KeyKind::P384 => Some(Self::P384),
            KeyKind::Rsa | KeyKind::Rsa1024 | KeyKind::Rsa2048 => None,
        }
    }

    /// The curve that ECParameters (SEC 1) name.
    pub(crate) fn identified(parameters: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.identifier() == parameters)
    }

    /// ECParameters: its object identifier in DER.
    pub(crate) fn identifier(self) -> &'static [u8] {
        match self {
            Self::P256 => &[0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07],
            Self::P384 => &[0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22],
        }
    }

    /// A SubjectPublicKeyInfo up to the point: SEQUENCE { SEQUENCE { ecPublicKey, the curve },
    /// BIT STRING of a point }.
    pub(crate) fn prefix(self) -> &'static [u8] {
        match self {
            Self::P256 => P256_PREFIX,
            Self::P384 => P384_PREFIX,
        }
    }

    /// Octets of one coordinate, and of each half of a signature.
    pub(crate) fn half(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    /// Octets of a point that is not compressed.
    pub(crate) fn point_octets(self) -> usize {
        match self {
            Self::P256 => P256_POINT_OCTETS,
            Self::P384 => P384_POINT_OCTETS,
        }
    }

    /// The key whose point this is (SEC 1, uncompressed).
    pub(crate) fn key_at(self, point: &[u8]) -> Option<PublicKey> {
        let is_one = point.len() == self.point_octets();
        PublicKey::from_der(Suite::Modern, &[self.prefix(), point].concat()).ok().filter(|_| is_one)
    }

    /// A point without the OCTET STRING that most tokens wrap it in.
    pub(crate) fn unwrapped(self, octets: &[u8]) -> &[u8] {
        match octets {
            [0x04, length, point @ ..]
                if usize::from(*length) == point.len() && point.len() == self.point_octets() =>
            {
                point
            }
            bare => bare,
        }
    }
}

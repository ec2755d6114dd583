//! What may be believed: SET's cryptographic treatments, certificate paths and thumbs.
#![cfg_attr(
    not(test),
    deny(
        clippy::panic,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::arithmetic_side_effects
    )
)]

pub mod authority;
pub mod card;
mod digest;
mod draw;
pub mod dual;
mod encx;
mod envelope;
mod identity;
mod keys;
pub mod mac;
mod modern;
#[cfg(test)]
mod openssl;
#[cfg(test)]
mod pki;
mod sign;
mod suite;
mod thumb;
mod trust;
mod untrusted;
pub mod vault;

pub use digest::{Digest, digest, digest_original, link};
pub use draw::Draw;
pub use envelope::{
    Beside, ExtraBeside, LinkedBeside, Opened, OpenedWithExtra, SignedWithExtra, open,
    open_signed_with_extra, open_under, open_with_extra, seal, seal_signed_with_extra, seal_under,
    seal_with_extra,
};
pub use identity::{Bag, Identity};
pub use keys::{BadKeyFile, KeyFault, KeyKind, Keys, PrivateKey, PublicKey, SoftwareKeys};
pub use sign::{
    CLOCK_AHEAD_S_MAX, Possessed, Signer, Verified, sign, sign_detached, verify, verify_detached,
    verify_possession,
};
pub use suite::Suite;
pub use thumb::{InvalidThumb, KeyId, Thumb};
pub use trust::{Authority, Certified, LENGTH_MAX, Path, Purpose, Remembered, Trust};
pub use untrusted::{Unmade, Unopened, Untrusted};

//! What may be believed: SET's cryptographic treatments, certificate paths and thumbs.
//!
//! This is the only crate that names an algorithm, and the only one that turns what was received
//! into what is believed:
//!
//! | value | means | made by |
//! |---|---|---|
//! | [`Verified<T>`] | signed by one who may | [`verify`], [`verify_detached`], [`dual`] |
//! | [`Possessed<T>`] | signed by the key it names | [`verify_possession`] |
//! | [`Renewed<T>`] | signed by both the key it names and one who may | [`Claimed`] |
//! | [`Opened<T>`] | was sealed for us; who wrote it is not known | [`open`], [`open_with_extra`] |
//! | [`Digest<T>`] | the digest of a `T`, computed here | [`digest`](digest()) |
//! | [`Path`] | a chain of certificates that reached a believed root | [`Trust`] |
//!
//! The operators of the standard: S [`sign`](sign()), SO [`sign_detached`], E [`seal`],
//! EX and EXH [`seal_with_extra`], EncX [`seal_signed_with_extra`], EK [`seal_under`],
//! DD [`digest`](digest()), L [`link`]. Enc is S, then E; EncB is L, then Enc, with the baggage
//! beside it; EncBX is L, then EncX, with the baggage beside it; EncK is S, then EK.
//!
//! Keys stand behind [`Keys`], which signs and agrees and never shows one. Time is an argument.
//! The randomness inside signatures and envelopes is the operating system's; no decision depends
//! on it.
//!
//! What this crate deliberately does not know: any state of a purchase, any file, any clock.
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
pub mod bare;
pub mod card;
mod digest;
mod draw;
pub mod dual;
mod encx;
mod envelope;
mod identity;
mod keys;
mod lint;
mod look;
pub mod mac;
mod modern;
#[cfg(test)]
mod openssl;
#[cfg(test)]
mod pki;
mod print;
#[cfg(test)]
mod samples;
mod set10;
pub mod shares;
mod sign;
pub mod statement;
mod suite;
mod thumb;
pub mod token;
pub mod trail;
mod trust;
pub mod unsigned;
mod untrusted;
pub mod vault;

pub use digest::{Digest, digest, digest_original, link};
pub use draw::Draw;
pub use encx::{reopen_token_card, sealed_token_card};
pub use envelope::{
    Beside, ExtraBeside, LinkedBeside, Opened, OpenedWithExtra, SignedWithExtra, open,
    open_signed_with_extra, open_under, open_with_extra, open_without_extra, seal,
    seal_signed_with_extra, seal_under, seal_with_extra,
};
pub use identity::{Bag, Identity};
pub use keys::{BadKeyFile, KeyFault, KeyKind, KeyUse, Keys, PrivateKey, PublicKey, SoftwareKeys};
pub use look::look_into;
pub use print::print;
pub use sign::renewal::{Claimed, Renewed, claimed};
pub use sign::{
    CLOCK_AHEAD_S_MAX, Possessed, Signer, Verified, claimed_brand, sign, sign_detached, verify,
    verify_detached, verify_possession,
};
pub use suite::{Suite, UnknownSuite};
pub use thumb::{InvalidThumb, KeyId, Thumb};
pub use trust::{Authority, Certified, LENGTH_MAX, Path, Purpose, Remembered, Trust};
pub use untrusted::{Unmade, Unopened, Untrusted};

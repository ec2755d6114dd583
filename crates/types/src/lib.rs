//! The words the house shares: card numbers, money, identifiers, names, time and secrets.
//!
//! `wire` and `bank` stand on this crate and not on each other, so whatever both must agree on
//! lives here and nothing else does. A value of any type in this crate has been checked when it
//! was made: there is no `is_valid`.
//!
//! What this crate deliberately does not know: any encoding (DER, ISO 8583), any algorithm, any
//! clock.
#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic)]

mod acquiring;
mod batches;
mod ids;
mod money;
mod names;
mod pan;
mod secret;
mod terms;
mod time;

pub use acquiring::{
    ApprovalCode, AuthorizationAnswer, AuthorizationRequest, CaptureAdvice, CardExpiry,
    DeclineReason, InvalidReference, MerchantCategory, RefundAdvice, RefundKind, RefundRefusal,
    RetrievalReference, ReversalAdvice, ReversalOutcome, SystemTrace, Trace,
};
pub use batches::{
    BatchAnswer, BatchDeed, BatchLine, BatchLines, BatchNumber, BatchPlace, BatchProgress,
    BatchQuestion, BatchRefusal, BatchReport, BatchTotals, BatchWish, ClosedBy, LinesWanted, Side,
};
pub use ids::{InvalidId, LidC, LidM, LocalId, Rrpid, Xid};
pub use money::{Currency, InvalidMoney, Money};
pub use names::{Bin, Brand, InvalidName, Language, MerchantId};
pub use pan::{InvalidPan, Pan};
pub use secret::Secret;
pub use terms::Terms;
pub use time::{InvalidTime, UnixTime};

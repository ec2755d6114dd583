//! Links to banks: ISO 8583 over TCP, persistent, reconnecting, many questions at once.
//!
//! ```text
//!   Link ── connect ── 0800 sign-on ── up ──▶ 0100 0420 0220 ...   each with its trace number
//!     ▲                                │  ◀── 0110 0430 0230 ...   in any order
//!     │                                │      0800 echo when nothing else is heard
//!     └────── wait, longer each time ──┘      lost
//! ```
//!
//! An answer goes to the question with its trace number and reference, as long as somebody waits
//! for it; any other is reported as late and goes to nobody. A question is sent once: whoever
//! gets no answer must think it may have been taken, and say so in a reversal.
//!
//! Nothing is answered to who has not signed on, and nothing to a message whose code is wrong in a
//! dialect that has codes: it was not heard.
//!
//! What this module deliberately does not know: what is asked, accounts, SET.

mod client;
mod frames;
mod pending;
mod server;
mod session;
mod speech;
mod tap;

pub use client::{Link, LinkTerms, NoReply};
pub use server::{Answering, Host, HostTerms, serve};
pub use tap::Tap;

//! The banks as hosts: an issuer and an acquirer, each with its own folder, answering messages
//! and exchanging files.
//!
//! ```text
//!   link ── Message ──▶ host ──▶ teller: one after the other, many to a commit
//!                                   decide (pure) ─▶ commit records + journal ─▶ answer
//! ```
//!
//! Nothing is answered before it is on stable storage. A host whose commit fails answers nothing
//! and reads itself back from its store before it decides anything else.
//!
//! What this module deliberately does not know: how a bank decides (`openset_bank` does), and how
//! files travel between banks (whoever calls brings an [`Exchange`]).

mod acquirer;
mod demo;
mod entries;
mod issuer;
mod journal;
mod reconcile;
mod run;
mod shelf;
mod teller;

pub use acquirer::{AcquirerHost, AcquirerTerms, AcquirerView};
pub use demo::{
    DEMO_ACQUIRER, DEMO_ISSUER, DEMO_OTHER_ISSUER, DEMO_SECOND_ISSUER, demo_cards, demo_merchant,
    demo_other_cards, demo_second_cards,
};
pub use entries::ENTRIES_MAX;
pub use issuer::{IssuerHost, IssuerTerms, IssuerView};
pub use journal::{ABOUT_FILE, ABOUT_SALE};
pub use reconcile::{Reconciled, Unreconciled};
pub use run::{ClearingFault, ClearingRun, Exchange, Exchanging, FileRun};

//! The audit trail of a party: its signed heads, and whether it is still what it was.
//!
//! ```text
//! store.db     trail       1 ── 2 ── 3 ── ... ── n     each linked to the one before
//!              journal     the messages they stand for
//! trail.heads              n, link, when, signature    one line a minute, if the trail grew
//! ```
//!
//! Records are written in the same commit as the answer that they are about: without the record
//! there is no answer. A trail that was changed does not add up; one that was written anew or cut
//! does not agree with its heads. Heads lie beside the database, to be copied to where nobody can
//! change both.

mod heads;
mod keeper;
mod verify;

pub use heads::{BadHeads, Heads, SignedHead};
pub use keeper::Keeper;
pub use verify::{Tampered, Whole, verify};

//! The wallet: its door, its cards, registration at the bank, consent, result, history.

mod cancelled;
mod card;
mod cards;
mod consent;
mod door;
mod enrolment;
mod history;
mod progress;
mod result;
mod undecided;
mod unopened;

pub use cancelled::Cancelled;
pub use card::CardSheet;
pub use cards::{Cards, EntryComplaint, NewCard};
pub use consent::ConsentSheet;
pub use door::{FirstRun, FirstRunComplaint, PASSPHRASE_MIN, Unlock};
pub use enrolment::{Certified, Registration, RegistrationComplaint};
pub use history::History;
pub use progress::{Checking, Paying, WaitingForBank};
pub use result::ResultSheet;
pub use undecided::{PendedSheet, ReferredSheet, RefusedSheet};
pub use unopened::UnopenedSheet;

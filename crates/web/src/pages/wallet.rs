//! The wallet: its door, its cards, registration at the bank, consent, result, history.

mod cancelled;
mod cards;
mod consent;
mod door;
mod enrolment;
mod history;
mod progress;
mod result;

pub use cancelled::Cancelled;
pub use cards::{Cards, EntryComplaint, NewCard};
pub use consent::ConsentSheet;
pub use door::{FirstRun, FirstRunComplaint, PASSPHRASE_MIN, Unlock};
pub use enrolment::{Certified, Registration, RegistrationComplaint};
pub use history::History;
pub use progress::{Checking, Paying, WaitingForBank};
pub use result::ResultSheet;

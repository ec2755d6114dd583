//! The wallet: its door, its cards and their certificates, consent, result, history.

mod cancelled;
mod card;
mod cards;
mod certified;
mod consent;
mod door;
mod history;
mod progress;
mod result;
mod unopened;

pub use cancelled::Cancelled;
pub use card::CardSheet;
pub(super) use card::continue_text;
pub use cards::{Cards, EntryComplaint, NewCard};
pub use certified::Certified;
pub use consent::ConsentSheet;
pub use door::{FirstRun, FirstRunComplaint, PASSPHRASE_MIN, Unlock};
pub use history::History;
pub use progress::{Checking, Paying};
pub use result::ResultSheet;
pub use unopened::UnopenedSheet;

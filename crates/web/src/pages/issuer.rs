//! The issuer's console: accounts, one of them with its holds and entries, and the wallet that the
//! bank gives out.

mod account;
mod accounts;
mod offer;
mod register;

pub use account::AccountPage;
pub use accounts::Accounts;
pub use offer::Offer;
pub use register::Register;

//! The issuer's console: accounts, one of them with its holds and entries, all holds, and the
//! wallet that the bank gives out.

mod account;
mod accounts;
mod holds;
mod offer;
mod register;

pub use account::AccountPage;
pub use accounts::Accounts;
pub use holds::Holds;
pub use offer::Offer;
pub use register::Register;

//! The issuer's console: accounts, and one of them with its holds and entries.

mod account;
mod accounts;

pub use account::AccountPage;
pub use accounts::Accounts;

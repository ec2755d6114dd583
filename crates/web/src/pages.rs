//! The pages: each a struct with exactly the fields it shows, and its template beside it.

pub mod acquirer;
pub mod application;
pub mod authorities;
pub mod bank;
pub mod batches;
mod certificates;
pub mod console;
mod desk;
pub mod gateway;
mod home;
pub mod inspector;
pub mod issuer;
pub mod merchant;
pub mod shop;
mod trouble;
pub mod wallet;

pub use certificates::CertificatesPage;
pub use home::Home;
pub use trouble::{Trouble, WalletTrouble};

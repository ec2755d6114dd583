//! The gateway's console: authorizations, and one of them with its checks.

mod element;
mod transaction;
mod transactions;

pub use transaction::GatewayTransaction;
pub use transactions::GatewayTransactions;

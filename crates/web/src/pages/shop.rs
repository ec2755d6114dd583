//! The shop: order form, hand-over to the wallet, receipt.

mod handover;
mod order_form;
mod receipt;

pub use handover::HandoverPage;
pub use order_form::{Complaint, OrderForm, Typed};
pub use receipt::ReceiptPage;

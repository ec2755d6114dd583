//! The merchant's desk: orders, one order with its timeline, the capture.

mod capture;
mod order;
mod orders;

pub use capture::CapturePage;
pub use order::OrderPage;
pub use orders::Orders;

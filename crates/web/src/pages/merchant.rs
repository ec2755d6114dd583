//! The merchant's desk: orders, one order with its timeline, the capture, and what is given back.

mod capture;
mod order;
mod orders;
mod refund;
mod void;

pub use capture::CapturePage;
pub use order::OrderPage;
pub use orders::Orders;
pub use refund::RefundPage;
pub use void::VoidPage;

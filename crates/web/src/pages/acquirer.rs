//! The acquirer's console: captures and the button that clears them, merchants with their fees and
//! credits, and what issuers wrote differently.

mod books;
mod breaks;
mod merchants;

pub use books::AcquirerPage;
pub use breaks::BreaksPage;
pub use merchants::Merchants;

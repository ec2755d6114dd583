//! Pages for people: home, shop, wallet, the consoles of merchant, gateway and banks, and the
//! diagram of a transaction.
//!
//! - [`pages`]: one file per page: a struct with exactly the fields it shows, its template
//!   beside it, and a test of the HTML. A page takes no database and no request.
//! - [`ports`]: what the pages need from the parties behind them, a narrow trait per site.
//! - [`routes`]: the sites themselves, as `axum` routers over the ports.
//! - [`words`]: English and French; a message that one of them lacks does not build.
//! - [`diagram`] and [`visibility`]: what passed between whom, and who could read what.
//!
//! Everything works without JavaScript, in two languages, on a telephone, in light and in dark.
//! Nothing loads from outside. What this crate deliberately does not know: any store, any
//! socket, any key.

#[cfg(test)]
extern crate self as openset_web;

pub mod assets;
pub mod diagram;
pub mod dress;
pub mod frame;
pub mod pages;
pub mod party;
pub mod ports;
pub mod problem;
pub mod routes;
pub mod table;
pub mod validity;
pub mod visibility;
pub mod words;

#[cfg(test)]
#[path = "../tests/stage/sample.rs"]
mod sample;

pub use dress::Dress;
pub use frame::{Anchor, Bank, ConsolePlace, Frame, Places, Site, Theme};
pub use party::Party;
pub use problem::Problem;
pub use words::{Tongue, Words};

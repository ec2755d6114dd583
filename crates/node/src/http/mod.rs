//! HTTP: one server for all sites of a node, one client for its questions to others.
//!
//! ```text
//! connection ─▶ head in time ─▶ a host we are ─▶ body small and in time ─▶ site
//!                                421             413, 408, 400
//! POST /set  ─▶ a media type of SET ─▶ the party's answer
//!                415                   200 with a SET message, be it an Error; 503 if we fail
//! ```
//!
//! Whatever can be refused is refused before more is read. A page or a party behind this never
//! sees a request for another host, an endless body or a slow one.
//!
//! What this deliberately does not know: what a message means, and who may ask for it.

pub mod client;
mod connections;
mod endpoint;
mod media;
mod operations;
mod server;
mod site;

pub use self::{
    connections::Limits,
    endpoint::{Answering, Answers, Said, endpoint, set_endpoint},
    media::Media,
    operations::{Remark, operations},
    server::Server,
    site::{Doors, Site},
};

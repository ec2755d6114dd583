//! Stories and attacks over real sockets, against a whole system in this process.
//!
//! Two systems play for all of them, one of each suite, in folders of their own: their parties
//! keep real databases, real keys and real logs. A story sends what an attacker would send, and
//! looks at what the attacked party answers, stores, logs and tells the issuer. Where the suites
//! differ, the story says why.
//!
//! | | |
//! |---|---|
//! | [`stage`] | a system of each suite, and one story at a time on it |
//! | [`apart`] | parties in threads of their own, which can be killed |
//! | [`line`] | a line to a bank that can be cut |
//! | [`post`] | requests written octet by octet |
//! | [`kept`] | what a party keeps, before and after |
//! | [`town`] | a system of its own, under a clock that a story moves |
//! | [`visitor`] | somebody who visits pages, with cookies |
//! | [`forge`] | what dishonest parties make with their own keys |
//! | [`bureau`] | authorities of a folder of their own, and a registrar that does as it is told |
//! | [`sweep`] | every message between applicants and authorities, and what is done to it |
//!
//! The numbers in names and comments are those of the abuse cases and attacks.

mod apart;
mod applications;
mod audits;
mod banks;
mod batches;
mod between;
mod books;
mod brands;
mod bureau;
mod cardholders;
mod certificates;
mod clocks;
mod consoles;
#[cfg(target_os = "linux")]
mod disks;
mod endpoints;
mod errors;
mod extensions;
mod files;
mod forge;
mod gateways;
mod houses;
mod initiations;
mod kept;
mod kills;
mod line;
mod lists;
mod offers;
mod operations;
mod operators;
mod orders;
mod overload;
mod post;
mod pulled;
mod refunds;
mod registrations;
mod renewals;
mod replays;
mod requests;
mod secrecy;
mod servers;
mod silence;
mod stage;
mod sweep;
mod terms;
pub(crate) mod tokens;
mod town;
mod trails;
mod visitor;
mod voids;

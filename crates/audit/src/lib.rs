//! A reader of all books who shares no decision with those who wrote them: what must be true is
//! derived again from the messages, and compared with what each party says.
//!
//! ```text
//! journal of a party ─▶ words, files, letters ─▶ effects ─▶ what must be true ─┐
//! books of a party ──▶ claims ───────────────────────────────────────────────┴─▶ differences
//! ```
//!
//! What a bank's message does is a row of one table (`effects`); what a file does is in
//! `issuer` and `acquirer`. Nothing here asks how a party decides, only what it answered.
//! Between banks, amounts are in clear and are derived. Between merchant and gateway they are
//! sealed, and nobody here has a key: what is compared there is that both keep the same octets and
//! write the same books, which the banks' messages must bear out (ADR 33).
//!
//! What this deliberately does not know: where databases are (whoever calls reads them), the
//! machines of the roles, and what a bank decides by. Of `openset_bank` it may name how messages
//! and documents are written, and nothing else. It does not read the table of card accounts.
#![cfg_attr(
    not(test),
    deny(
        clippy::panic,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::arithmetic_side_effects
    )
)]

mod acquirer;
mod across;
mod amounts;
mod batches;
mod books;
mod claims;
mod effects;
mod exchange;
mod files;
mod gateway;
mod issuer;
mod ledger;
mod letters;
mod merchant;
mod refunds;
mod report;
mod sales;
mod statements;
mod testimony;
#[cfg(test)]
mod tests;
mod words;

pub use amounts::{Totals, written};
pub use report::{Difference, Read, Report, What};
pub use testimony::{Message, Party, Role, Testimony, Way};

use openset_types::UnixTime;

/// Compares everything that was read with everything else. `now` says which holds may have
/// expired.
pub fn audit(testimonies: &[Testimony], now: UnixTime) -> Report {
    let mut report = Report::of(testimonies);
    let issuers = of(testimonies, Role::Issuer).map(|one| issuer::Account::of(one, now)).collect();
    let acquirers = of(testimonies, Role::Acquirer).map(acquirer::Account::of).collect();
    let gateways = of(testimonies, Role::Gateway).map(gateway::Account::of).collect();
    let merchants = of(testimonies, Role::Merchant).map(merchant::Account::of).collect();
    across::compare(&across::Everybody { issuers, acquirers, gateways, merchants }, &mut report);
    letters::compare(testimonies, &mut report);
    report.sorted()
}

fn of(testimonies: &[Testimony], role: Role) -> impl Iterator<Item = &Testimony> {
    testimonies.iter().filter(move |one| one.party().role == role)
}

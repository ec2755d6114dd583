//! The one executable: arguments in, roles out.
//!
//! It puts the parties together and decides nothing that a party decides. Each subcommand is a
//! module of its name; the parties of a running system are in [`house`].

mod args;
mod bench;
mod ceremony;
mod checkout;
mod commands;
mod demo;
mod doctor;
mod ending;
mod house;
mod inspect;
mod pack;
mod package;
mod paint;
mod ports;
mod said;
mod section;
mod serve;
mod shop;
mod sites;
#[cfg(test)]
mod stories;
mod wallet;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

use crate::args::{Arguments, Deed};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    ending::report(match &arguments.deed {
        Deed::Test(test) => checkout::test(test),
        Deed::Bench(bench) => bench::bench(bench),
        Deed::Demo(demo) => demo::demo(demo),
        Deed::Audit(audit) => commands::audit::audit(audit),
        Deed::Inspect(inspect) => inspect::inspect(inspect),
        Deed::Doctor(doctor) => doctor::doctor(doctor),
        Deed::Serve(serve) => serve::serve(serve),
        Deed::Enroll(enroll) => serve::enroll::enroll(enroll),
        Deed::Certificates(asked) => commands::certificates::certificates(asked),
        Deed::Payments(asked) => commands::payments::payments(asked),
        Deed::Bank(asked) => commands::bank::bank(asked),
        Deed::Batches(asked) => commands::batches::batches(asked),
        Deed::Ceremony(ceremony) => commands::ceremony::ceremony(ceremony),
        Deed::Wallet(wallet) => commands::wallet::wallet(wallet),
        Deed::Ca(ca) => commands::ca::ca(ca),
    })
}

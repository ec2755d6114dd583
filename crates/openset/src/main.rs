//! The one executable: arguments in, roles out.
//!
//! It puts the parties together and decides nothing that a party decides. Each subcommand is a
//! module of its name; the parties of a running system are in [`house`].

mod args;
mod ceremony;
mod checkout;
mod demo;
mod ending;
mod house;
mod paint;
mod shop;
mod sites;
mod wallet;

use std::process::ExitCode;

use clap::Parser;

use crate::args::{Arguments, Deed};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    ending::report(match &arguments.deed {
        Deed::Test(test) => checkout::test(test),
        Deed::Demo(demo) => demo::demo(demo),
        _ => Ok(()),
    })
}

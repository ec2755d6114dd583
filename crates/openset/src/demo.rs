//! `openset demo`: the whole system on this machine.

pub(crate) mod books;
pub(crate) mod cast;
pub(crate) mod data;
pub(crate) mod dressing;
pub(crate) mod forms;
mod once;
pub(crate) mod open;
pub(crate) mod reading;
pub(crate) mod saving;
pub(crate) mod story;
#[cfg(test)]
mod tests;

use std::path::Path;

use openset_crypto::{Suite, vault::Cost};

use crate::{
    args::{Demo, SuiteName},
    ending::{Done, Ending},
    house::{ground, holders::Holders, system::Wish},
    said::say,
    serve,
};

use self::data::Data;

/// Runs the demo.
pub(crate) fn demo(demo: &Demo) -> Done {
    let holders = match &demo.keys {
        Some(file) => serve::holders(file)?,
        None => Holders::FILES,
    };
    let wish = wish(demo, &holders);
    let folder = demo.data.as_deref().unwrap_or_else(|| Path::new(folder(wish.suite)));
    if demo.reset && Data::reset(folder)? && !demo.json {
        say!("deleted {}", folder.display());
    }
    let data = Data::open(folder)?;
    require_made_in(wish.suite, &data)?;
    open::harden();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Ending::Machine(error.into()))?;
    match demo.once {
        true => runtime.block_on(once::once(demo, &data, wish)),
        false => runtime.block_on(open::open(demo, &data, wish)),
    }
}

fn wish<'a>(demo: &Demo, holders: &'a Holders) -> Wish<'a> {
    let suite = match demo.suite {
        SuiteName::Modern => Suite::Modern,
        SuiteName::Set10 => Suite::Set10,
    };
    Wish { suite, port: demo.port, vault: Cost::BESIDE_OTHERS, holders }
}

/// Where a demo is kept that is not told where.
fn folder(suite: Suite) -> &'static str {
    match suite {
        Suite::Modern => "var/demo",
        Suite::Set10 => "var/demo-set10",
    }
}

/// Refuses a folder whose trust anchor speaks another suite than was asked for: nobody there
/// would understand it.
fn require_made_in(suite: Suite, data: &Data) -> Done {
    if !data.is_ready() {
        return Ok(());
    }
    let made_in = ground::suite(data.path())?;
    if made_in == suite {
        return Ok(());
    }
    Err(Ending::input(format_args!(
        "{} was made in suite {made_in}\n  try: --suite {made_in}, or another --data",
        data.path().display()
    )))
}

//! `openset demo`: the whole system on this machine.

pub(crate) mod books;
pub(crate) mod cast;
pub(crate) mod data;
mod once;
pub(crate) mod open;
pub(crate) mod reading;
pub(crate) mod saving;
pub(crate) mod story;
#[cfg(test)]
mod tests;

use openset_crypto::{Suite, vault::Cost};

use crate::{
    args::{Demo, SuiteName},
    ending::{Done, Ending},
    house::{holders::Holders, system::Wish},
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
    let wish = wish(demo, &holders)?;
    if demo.reset && Data::reset(&demo.data)? && !demo.json {
        say!("deleted {}", demo.data.display());
    }
    let data = Data::open(&demo.data)?;
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

fn wish<'a>(demo: &Demo, holders: &'a Holders) -> Result<Wish<'a>, Ending> {
    match demo.suite {
        SuiteName::Modern => {
            Ok(Wish { suite: Suite::Modern, port: demo.port, vault: Cost::BESIDE_OTHERS, holders })
        }
        SuiteName::Set10 => Err(Ending::input(
            "suite set10 is not built yet; nothing was started\n  try: openset demo --suite modern",
        )),
    }
}

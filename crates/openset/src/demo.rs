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

use std::{path::Path, sync::Arc};

use anyhow::Context;
use openset_crypto::{Suite, vault::Cost};
use openset_node::shutdown::Stop;
use tokio::{runtime::Handle, task::spawn_blocking};

use crate::{
    args::{Demo, SuiteName},
    ending::{Done, Ending},
    house::{
        first_start::{self, Made},
        ground,
        holders::Holders,
        system::Wish,
    },
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
    let data = Arc::new(Data::open(folder)?);
    require_made_in(wish.suite, &data)?;
    open::harden();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Ending::Machine(error.into()))?;
    let done = runtime.block_on(async {
        let stop = open::listen()?;
        match demo.once {
            true => once::once(demo, &data, wish, stop).await,
            false => open::open(demo, &data, wish, stop).await,
        }
    });
    // Keys that are still being made are nobody's: the process does not wait for them.
    runtime.shutdown_background();
    done
}

/// Which brands are to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brands {
    First,
    Both,
}

/// What came of making what is not there yet.
enum Making {
    Made(Option<Made>),
    /// Somebody asked to stop first. The next start makes everything anew.
    Stopped,
}

/// Makes what is not there yet, on a thread of its own: making keys takes its time, and whoever
/// asks to stop meanwhile is heard at once.
async fn make(
    data: &Arc<Data>,
    wish: Wish<'_>,
    brands: Brands,
    stop: &mut Stop,
) -> anyhow::Result<Making> {
    let (data, holders, here) = (Arc::clone(data), wish.holders.clone(), Handle::current());
    let Wish { suite, port, vault, .. } = wish;
    let making = spawn_blocking(move || {
        let wish = Wish { suite, port, vault, holders: &holders };
        here.block_on(async {
            let first = first_start::make(&data, wish).await?;
            let other = match brands {
                Brands::First => None,
                Brands::Both => first_start::make_other_brand(&data, wish).await?,
            };
            Ok(first.into_iter().chain(other).reduce(Made::and))
        })
    });
    tokio::select! {
        biased;
        () = stop.asked() => Ok(Making::Stopped),
        made = making => made.context("the making ended")?.map(Making::Made),
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

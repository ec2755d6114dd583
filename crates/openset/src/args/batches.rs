//! What can be asked on the command line about the batches of a shop.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `openset batches`.
#[derive(Debug, Args)]
#[command(after_help = BATCHES_HELP)]
pub(crate) struct Batches {
    /// The data folder with the merchant in it
    #[arg(long, global = true, default_value = "var/demo", env = "OPENSET_DATA")]
    pub(crate) data: PathBuf,
    /// Prints JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The brand of the cards; the shop's first one unless it is named
    #[arg(long, global = true)]
    pub(crate) brand: Option<String>,
    /// What the shop does.
    #[command(subcommand)]
    pub(crate) deed: BatchesDeed,
}

const BATCHES_HELP: &str = "\
The merchant must be running: openset demo, or openset serve. It is asked through a socket in its
folder.

Exit codes:
  0   done
  1   it ran and the answer is no: the gateway refused, or the two sides differ
  2   an argument is not what it should be
  69  nobody serves the merchant of this folder, or it does not answer";

/// What a shop does about a batch.
#[derive(Debug, Subcommand)]
pub(crate) enum BatchesDeed {
    /// Lists the batches that the shop knows of
    List,
    /// Asks the gateway how one stands, and shows it
    Show {
        /// The batch's number
        batch: String,
    },
    /// Opens one, if the shop opens its own
    Open {
        /// The batch's number; the next one unless it is named
        batch: Option<String>,
    },
    /// Closes one, if both sides have the same sums
    Close {
        /// The batch's number
        batch: String,
    },
    /// Forgets one that is empty
    Purge {
        /// The batch's number
        batch: String,
    },
    /// Compares every item, and names what differs
    Reconcile {
        /// The batch's number
        batch: String,
    },
}

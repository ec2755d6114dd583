//! What can be asked on the command line about the payments of a shop.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `openset payments`.
#[derive(Debug, Args)]
#[command(after_help = PAYMENTS_HELP)]
pub(crate) struct Payments {
    /// The data folder with the merchant in it
    #[arg(long, global = true, default_value = "var/demo", env = "OPENSET_DATA")]
    pub(crate) data: PathBuf,
    /// Prints JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What the shop does.
    #[command(subcommand)]
    pub(crate) deed: PaymentsDeed,
}

const PAYMENTS_HELP: &str = "\
The merchant must be running: openset demo, or openset serve. It is asked through a socket in its
folder.

Exit codes:
  0   done
  1   it ran and the answer is no: nothing is there to take, to give up or to give back, or the
      gateway refused
  2   an argument is not what it should be
  69  nobody serves the merchant of this folder, or it does not answer";

/// What a shop does about a payment.
#[derive(Debug, Subcommand)]
pub(crate) enum PaymentsDeed {
    /// Lists the newest orders and how far their payment has come
    List,
    /// Shows one order
    Show {
        /// The order's number
        order: String,
    },
    /// Takes the money that the bank holds for an order
    Capture {
        /// The order's number
        order: String,
        /// Takes so much of it, such as 12.50
        #[arg(long)]
        amount: Option<String>,
    },
    /// Gives up what the bank holds for an order, before it is taken
    Void {
        /// The order's number
        order: String,
        /// Keeps so much of it held, such as 12.50
        #[arg(long, value_name = "AMOUNT")]
        keep: Option<String>,
    },
    /// Gives money back that was taken for an order
    Refund {
        /// The order's number
        order: String,
        /// Gives so much back, such as 12.50; without it, all that is left
        #[arg(long)]
        amount: Option<String>,
    },
    /// Takes less for an order, or nothing, before the bank has cleared it
    TakeBack {
        /// The order's number
        order: String,
        /// Takes so much less, such as 12.50; without it, all that is left
        #[arg(long)]
        amount: Option<String>,
    },
    /// Has the next part of an order authorized that is paid in parts
    Next {
        /// The order's number
        order: String,
        /// So much, such as 12.50; without it, what is due
        #[arg(long)]
        amount: Option<String>,
        /// Takes the money with the authorization
        #[arg(long)]
        take: bool,
    },
    /// Turns to one part of an order: what follows is about that one
    Part {
        /// The order's number
        order: String,
        /// Which part, from 1 on
        part: usize,
    },
    /// Takes a refund back that the bank has not cleared
    Undo {
        /// The order's number
        order: String,
        /// The refund of exactly so much, such as 12.50; without it, the last one
        #[arg(long)]
        amount: Option<String>,
    },
}

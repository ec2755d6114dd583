//! What can be asked on the command line about the banks of a data folder.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `openset bank`.
#[derive(Debug, Args)]
#[command(after_help = BANK_HELP)]
pub(crate) struct Bank {
    /// The data folder with the banks in it
    #[arg(long, global = true, default_value = "var/demo", env = "OPENSET_DATA")]
    pub(crate) data: PathBuf,
    /// The issuer that is meant, by its folder
    #[arg(long, global = true, value_name = "FOLDER", default_value = "issuer")]
    pub(crate) issuer: String,
    /// Prints JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What the bank does.
    #[command(subcommand)]
    pub(crate) deed: BankDeed,
}

const BANK_HELP: &str = "\
The bank must be running: openset demo, or openset serve. It is asked through a socket in its
folder.

Exit codes:
  0   done
  1   it ran and the answer is no: books that disagree, a clearing that stopped, no such file
  2   an argument is not what it should be
  69  nobody serves the bank of this folder, or it does not answer";

/// What is asked of a bank.
#[derive(Debug, Subcommand)]
pub(crate) enum BankDeed {
    /// Lists the issuer's card accounts: what is granted, held and owed
    Accounts,
    /// Lists the issuer's holds, newest first
    Holds,
    /// Shows the ledger of a bank: every account with its balance
    Ledger {
        /// The acquirer's instead of the issuer's
        #[arg(long)]
        acquirer: bool,
    },
    /// Lists the newest entries of a ledger: what was debited where, and what credited
    Entries {
        /// The acquirer's instead of the issuer's
        #[arg(long)]
        acquirer: bool,
        /// Those before the entry of this number
        #[arg(long, value_name = "NUMBER")]
        before: Option<u64>,
    },
    /// Lists the acquirer's merchants and what it keeps of their sales
    Merchants,
    /// Lists the acquirer's clearing files and what came of them
    Files,
    /// Lists the documents that were exchanged about a clearing file, or prints one
    File {
        /// The clearing file's name
        name: String,
        /// Prints the last document of this kind, such as camt.054 or pacs.009
        #[arg(long, value_name = "KIND")]
        print: Option<String>,
    },
    /// Lists what merchants were credited and debited, and the fee that was kept
    Credits,
    /// Clears and settles what waits, and credits merchants
    Clear,
    /// Asks every issuer whether it has settled the same today, by 0500
    Reconcile,
    /// Compares the acquirer's books with the issuers' and names every break
    Breaks,
}

//! What can be asked on the command line: one subcommand per deed, nothing that is not built.

mod bank;
mod batches;
pub(crate) mod ca;
mod ceremony;
mod certificates;
mod payments;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use bank::{Bank, BankDeed};
pub(crate) use batches::{Batches, BatchesDeed};
pub(crate) use ca::Ca;
#[cfg(test)]
pub(crate) use ceremony::RequestingRole;
pub(crate) use ceremony::{
    Accept, Ceremony, CeremonyDeed, Init, List, NewToken, Place, Request, Roll, Sign,
};
pub(crate) use certificates::{Certificates, CertificatesDeed, Server};
pub(crate) use payments::{Payments, PaymentsDeed};

/// OpenSET: Secure Electronic Transaction, whole and current.
#[derive(Debug, Parser)]
#[command(name = "openset", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) deed: Deed,
}

const EXIT_CODES: &str = "\
Exit codes:
  0   done
  1   it ran and the answer is no: the books disagree, a check failed, a payment was declined
  2   the input is not what it should be: arguments, a file, a message
  69  something on this machine is missing or in the way";

/// The deeds of the executable.
#[derive(Debug, Subcommand)]
pub(crate) enum Deed {
    /// Shows the whole system on this machine: banks, authorities, shop, gateway and wallet
    Demo(Demo),
    /// Runs every test of the checkout this executable was built from
    Test(Test),
    /// Runs one role, or all of them, from a configuration file
    Serve(Serve),
    /// Asks an authority that is served for the certificates of a gateway or a merchant
    Enroll(EnrollRole),
    /// Uses a wallet from the command line
    Wallet(Wallet),
    /// Does the daily work of authorities: requests, certificates, lists
    Ca(Ca),
    /// Lists and renews the certificates of a merchant or a gateway
    Certificates(Certificates),
    /// Lists the payments of a shop, takes their money, gives it up or back
    Payments(Payments),
    /// Shows the books of the banks, clears what waits and names every break
    Bank(Bank),
    /// Opens, closes and compares the batches of a shop
    Batches(Batches),
    /// Makes authorities whose keys are apart, by files that people carry
    Ceremony(Ceremony),
    /// Derives every balance again from the messages and names every difference
    Audit(Audit),
    /// Prints any message or file as a tree: what it says and what is sealed for whom
    Inspect(Inspect),
    /// Measures purchases and each role's step against their cryptographic floor
    Bench(Bench),
    /// Checks this machine; every complaint comes with its remedy
    Doctor(Doctor),
}

/// `openset demo`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Demo {
    /// The suite of algorithms that the demo's trust anchor speaks
    #[arg(long, value_enum, default_value_t = SuiteName::Modern)]
    pub(crate) suite: SuiteName,
    /// The port of all sites; the next free one is taken if it is in use
    #[arg(long, default_value_t = 7180)]
    pub(crate) port: u16,
    /// Where everything is kept; without it var/demo, or var/demo-set10 for that suite
    #[arg(long, env = "OPENSET_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Keeps the keys of roles in the tokens that this configuration names, as openset serve does
    #[arg(long, value_name = "CONFIG")]
    pub(crate) keys: Option<PathBuf>,
    /// Opens no browser
    #[arg(long)]
    pub(crate) no_open: bool,
    /// Deletes the demo's data first, and nothing else
    #[arg(long)]
    pub(crate) reset: bool,
    /// The language of the page that is opened
    #[arg(long, value_enum)]
    pub(crate) lang: Option<Tongue>,
    /// Runs one whole story without a browser, compares all books, and ends
    #[arg(long, conflicts_with_all = ["lang", "no_open"])]
    pub(crate) once: bool,
    /// Writes every message that crossed a wire into this folder
    #[arg(long, value_name = "DIR", requires = "once")]
    pub(crate) save: Option<PathBuf>,
    /// Prints the facts of the story as JSON
    #[arg(long, requires = "once")]
    pub(crate) json: bool,
}

/// The suites, as the command line names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SuiteName {
    /// The algorithms of today
    Modern,
    /// The algorithms of 1997, for study; takes test cards only
    Set10,
}

/// The languages of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tongue {
    /// English
    En,
    /// French
    Fr,
}

impl Tongue {
    /// How addresses name it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }
}

/// `openset test`.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Only the story in a real browser
    #[arg(long)]
    pub(crate) browser: bool,
}

/// `openset serve`.
#[derive(Debug, Args)]
#[command(after_help = SERVE_HELP)]
pub(crate) struct Serve {
    /// Which role
    #[arg(value_enum)]
    pub(crate) role: RoleName,
    /// The configuration file; docs/openset.toml is an example with every setting
    #[arg(long, default_value = "openset.toml")]
    pub(crate) config: PathBuf,
}

/// `openset enroll`.
#[derive(Debug, Args)]
#[command(after_help = ENROLL_HELP)]
pub(crate) struct EnrollRole {
    /// Which role
    #[arg(value_enum)]
    pub(crate) role: Enrolled,
    /// The configuration file, as openset serve reads it
    #[arg(long, default_value = "openset.toml")]
    pub(crate) config: PathBuf,
}

const ENROLL_HELP: &str = "\
The authority is asked at the port that it has when it runs alone. It certifies the gateway and the
shop of its acquirer's list; in this version that is the demo's.

Exit codes:
  0   certified
  2   a setting is not what it should be, or the role is enrolled already
  69  the authority did not answer, or did not agree";

/// The roles that enrol by messages, besides wallets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Enrolled {
    /// The payment gateway
    Gateway,
    /// The merchant server of the shop
    Merchant,
}

const SERVE_HELP: &str = "\
A role alone takes messages, files and bank links; it shows no pages. The merchant with its shop
and the wallet need theirs: in this version they are served by `all` only.

Exit codes:
  0   it was asked to stop and has stopped
  2   a setting is missing or not what it should be: the message names it
  69  a port, a folder or a file cannot be used";

/// The roles that can be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub(crate) enum RoleName {
    /// Every role of a data folder, with their pages
    All,
    /// The cardholder's wallet: not alone in this version
    #[value(hide = true)]
    Wallet,
    /// The shop and its merchant server: not alone in this version
    #[value(hide = true)]
    Merchant,
    /// The payment gateway
    Gateway,
    /// The issuer host
    Issuer,
    /// The acquirer host
    Acquirer,
    /// The authority that certifies cardholders
    CaCardholder,
    /// The authority that certifies merchants
    CaMerchant,
    /// The authority that certifies gateways
    CaGateway,
}

/// `openset wallet`.
#[derive(Debug, Clone, Args)]
#[command(after_help = WALLET_HELP)]
pub(crate) struct Wallet {
    /// The data folder with the wallet in it; the first registration makes it
    #[arg(long, global = true, default_value = "var/cardholder")]
    pub(crate) data: PathBuf,
    /// A file whose first line is the passphrase; without it, it is asked for
    #[arg(long, global = true, env = "OPENSET_WALLET_PASSPHRASE_FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// The brand pack of the bank that gave the wallet out; it is verified at every start
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) pack: Option<PathBuf>,
    /// The name of the key with which that bank signs its packs
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) signed_by: Option<String>,
    /// Prints JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What the wallet does.
    #[command(subcommand)]
    pub(crate) deed: WalletDeed,
}

const WALLET_HELP: &str = "\
A passphrase or a card number is never an argument: it is asked for without being shown, read from
a file, or, without a terminal, read from standard input, a line each.

Exit codes:
  0   done
  1   the bank or the shop said no, or you did, or the bank has not decided yet
  2   an argument, a file or the passphrase is not what it should be
  69  nobody answered, or the wallet cannot be used; a wallet that a running demo uses is in use";

/// What a wallet does.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum WalletDeed {
    /// Registers a card at its bank; the first time it makes the wallet
    Enroll(Enroll),
    /// Asks for another certificate for a card, before its own ends or after it was refused
    Renew(Renew),
    /// Asks what has become of an application that the bank has not decided
    Inquire(Inquire),
    /// Lists the cards
    Cards,
    /// Pays what an initiation document asks for, after showing to whom and how much
    Pay(Pay),
    /// Asks the shop how a payment stands
    Ask(Ask),
    /// Lists the payments of the past
    History,
    /// Verifies the brand pack and says whose wallet this is
    About,
    /// Opens the wallet's pages in a browser; with a file, where it leads
    Open(Open),
    /// Builds the wallet that a bank gives out: a Debian package and a tarball
    Package(Package),
}

/// `openset wallet enroll`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Enroll {
    /// A document that ends with .setreg, which the bank's page gave out
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The last month printed on the card, YYYYMM; without it, it is asked for
    #[arg(long)]
    pub(crate) expiry: Option<String>,
    /// A file whose first line is the card number; without it, it is asked for
    #[arg(long)]
    pub(crate) card_file: Option<PathBuf>,
    /// The certificate that all trust begins at; without it, that of the brand pack, or a demo's.
    /// The wallet keeps a copy of the first
    #[arg(long, value_name = "PEM")]
    pub(crate) trust: Option<PathBuf>,
    /// The brand of the card; without it, that of the brand pack, or the demo's. The wallet keeps
    /// the first
    #[arg(long)]
    pub(crate) brand: Option<String>,
    /// How the bank is asked.
    #[command(flatten)]
    pub(crate) terms: Terms,
}

/// How a card's bank is asked.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Terms {
    /// An answer to the bank's form; questions without one are asked
    #[arg(long = "answer", value_name = "QUESTION=ANSWER")]
    pub(crate) answers: Vec<String>,
    /// Where the authority of the card's bank takes messages; without it, where the brand pack
    /// says, or a demo's
    #[arg(long)]
    pub(crate) authority: Option<String>,
    /// Agrees to the bank's terms without being asked
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `openset wallet renew`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Renew {
    /// The last four digits of the card; without them, the only card there is
    pub(crate) card: Option<String>,
    /// The last month printed on the card, YYYYMM, if the bank has sent a new one
    #[arg(long)]
    pub(crate) expiry: Option<String>,
    /// How the bank is asked.
    #[command(flatten)]
    pub(crate) terms: Terms,
}

/// `openset wallet inquire`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Inquire {
    /// The last four digits of the card; without them, the only one that waits for its bank
    pub(crate) card: Option<String>,
    /// Asks the authority that the bank's sends this card on to: one of the addresses it named
    #[arg(long, value_name = "URL")]
    pub(crate) follow: Option<String>,
    /// How the bank is asked.
    #[command(flatten)]
    pub(crate) terms: Terms,
}

/// `openset wallet open`.
#[derive(Debug, Clone, Args)]
#[command(after_help = OPEN_HELP)]
pub(crate) struct Open {
    /// A document that ends with .setpay or .setreg, which a browser kept
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The port of the pages, on this machine only; the next free one is taken if it is in use
    #[arg(long, default_value_t = 7280)]
    pub(crate) port: u16,
    /// Opens no browser; the address is printed
    #[arg(long)]
    pub(crate) no_open: bool,
    /// After how long without a visit the wallet is closed
    #[arg(long, value_name = "MINUTES", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub(crate) idle: u32,
    /// The certificate that all trust begins at, for a new wallet without a brand pack
    #[arg(long, value_name = "PEM")]
    pub(crate) trust: Option<PathBuf>,
    /// Where the authority of the cards' bank takes messages, without a brand pack
    #[arg(long)]
    pub(crate) authority: Option<String>,
}

const OPEN_HELP: &str = "\
A second call finds the wallet that is open and leads it there. The address that is printed is good
once, for five minutes: a browser that came by it keeps a key, and no other is shown anything.

Exit codes:
  0   done; the wallet was closed, or one that is open was led there
  1   the file was not taken; its page says why
  2   an argument, the brand pack or the file is not what it should be
  69  the wallet cannot be opened: it is in use, or a port or a folder cannot be used";

/// `openset wallet package`.
#[derive(Debug, Clone, Args)]
#[command(after_help = PACKAGE_HELP)]
pub(crate) struct Package {
    /// The bank's brand pack: a folder with pack.toml and the logo, or a signed pack
    #[arg(long, value_name = "PACK")]
    pub(crate) brand: PathBuf,
    /// The folder with the key that signs the pack of a folder; made if there is none
    #[arg(long, value_name = "DIR", default_value = "var/pack-key")]
    pub(crate) key: PathBuf,
    /// Adds the certificate that all trust begins at, and its suite, where a folder leaves it open
    #[arg(long, value_name = "PEM")]
    pub(crate) trust: Option<PathBuf>,
    /// Adds where the bank's cardholder authority takes messages, where a folder leaves it open
    #[arg(long, value_name = "URL")]
    pub(crate) authority: Option<String>,
    /// Where the packages are written
    #[arg(long, value_name = "DIR", default_value = "var/packages")]
    pub(crate) out: PathBuf,
    /// The executable that is packaged; without it, the one that runs
    #[arg(long, value_name = "FILE")]
    pub(crate) executable: Option<PathBuf>,
}

const PACKAGE_HELP: &str = "\
It writes a .deb, a .tar.gz, the signed pack and SHA256SUMS. The same pack, key, signature and
executable make the same packages, octet for octet.

Exit codes:
  0   done
  2   the pack, the key or the executable is not what it should be
  69  the packages cannot be written";

/// `openset wallet pay`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Pay {
    /// A file, or the address where a shop gives the document out
    #[arg(value_name = "FILE|URL")]
    pub(crate) from: String,
    /// The last four digits of the card to pay with
    #[arg(long)]
    pub(crate) card: Option<String>,
    /// Agrees to what is printed without being asked
    #[arg(long)]
    pub(crate) yes: bool,
}

/// `openset wallet ask`.
#[derive(Debug, Clone, Args)]
pub(crate) struct Ask {
    /// The order's number, as the history lists it
    pub(crate) order: String,
}

/// `openset inspect`.
#[derive(Debug, Args)]
pub(crate) struct Inspect {
    /// A file, or `-` for standard input
    #[arg(value_name = "FILE|-")]
    pub(crate) from: PathBuf,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Tree)]
    pub(crate) format: Format,
}

/// How a message is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Names, values and places
    Tree,
    /// The same as JSON
    Json,
    /// Its octets, sixteen a line; it may show what the others mask
    Hex,
}

/// `openset bench`.
#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// Prints the figures as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// How many whole purchases are measured
    #[arg(long, default_value_t = 3000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) purchases: u32,
    /// How many purchases are under way at the same time
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) concurrency: u32,
}

/// `openset audit`.
#[derive(Debug, Args)]
#[command(after_help = AUDIT_HELP)]
pub(crate) struct Audit {
    /// The data folder whose books are read; it may be in use
    #[arg(long, default_value = "var/demo", env = "OPENSET_DATA")]
    pub(crate) data: PathBuf,
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,
}

const AUDIT_HELP: &str = "\
Reads journals and books of merchant, gateways, acquirer and issuers, of every brand, and changes
nothing. Between merchant and gateway amounts are sealed: there it compares octets and books.

Exit codes:
  0   every balance follows from the messages, and all books agree
  1   there are differences; each is named
  2   there are no books in the folder
  69  a database cannot be read";

/// `openset doctor`.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The data folder to look at
    #[arg(long, default_value = "var/demo", env = "OPENSET_DATA")]
    pub(crate) data: PathBuf,
    /// The configuration whose tokens are entered, if the file is there
    #[arg(long, default_value = "openset.toml")]
    pub(crate) config: PathBuf,
    /// The port of all sites
    #[arg(long, default_value_t = 7180)]
    pub(crate) port: u16,
    /// Prints JSON
    #[arg(long)]
    pub(crate) json: bool,
}

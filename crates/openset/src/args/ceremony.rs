//! `openset ceremony`: authorities that are certified by files.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use openset_crypto::Authority;

use super::{SuiteName, ca::RevokedFor};

/// `openset ceremony`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Ceremony {
    /// What is done.
    #[command(subcommand)]
    pub(crate) deed: CeremonyDeed,
}

const HELP: &str = "\
The folder of a root, a brand or a region belongs on a stick, and no running role opens it. Every
operator has a passphrase of their own; it is asked for without being shown, or read from a file,
one --passphrase-file for each operator, in their order. Keys are files on the stick, or with
--module and --token in a PKCS#11 token, whose PIN is changed to one that only all operators
together open. docs/ceremony.md is a walkthrough.

Exit codes:
  0   done
  1   you did not agree; nothing was signed
  2   a file, a passphrase or an argument is not what it should be; nothing was signed or accepted
  69  a folder cannot be used";

/// What is done in a ceremony.
#[derive(Debug, Subcommand)]
pub(crate) enum CeremonyDeed {
    /// Makes a root with two operators, its next key, and its first list
    Init(Init),
    /// Makes the keys of an authority, and a file that asks the one above to certify them
    Request(Request),
    /// Shows what a request asks for and, if its operators agree, signs it
    Sign(Sign),
    /// Takes an answer or a newer list, after checking it down from the root's hash
    Accept(Accept),
    /// Makes the next list of revoked certificates; a brand's names the lists of those below it
    List(List),
    /// Makes the root certificate of the key that was announced, and announces another
    Roll(Roll),
}

/// Where the authority's folder is, and who opens it.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The authority's folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) at: PathBuf,
    /// A file whose first line is an operator's passphrase; without it, it is asked for
    #[arg(long = "passphrase-file", value_name = "FILE")]
    pub(crate) passphrase_files: Vec<PathBuf>,
    /// Where the PKCS#11 module of the authority's token is on this machine; without it, where it
    /// was when the keys were made
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,
}

/// The token in which a new folder's keys are made, instead of in files.
#[derive(Debug, Default, Args)]
pub(crate) struct NewToken {
    /// Makes the keys in the PKCS#11 token of this label, which lets none out
    #[arg(long, value_name = "LABEL", requires = "module")]
    pub(crate) token: Option<String>,
    /// A file whose first line is the token's PIN; without it, it is asked for
    #[arg(long, value_name = "FILE", requires = "token")]
    pub(crate) pin_file: Option<PathBuf>,
}

/// `openset ceremony init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) token: NewToken,
    /// Who runs the root
    #[arg(long)]
    pub(crate) organization: String,
    /// What the root is called
    #[arg(long)]
    pub(crate) name: String,
    /// Its country, in two letters
    #[arg(long)]
    pub(crate) country: String,
    /// For how many years
    #[arg(long, default_value_t = 10)]
    pub(crate) years: u8,
    /// The suite of everything below it
    #[arg(long, value_enum, default_value_t = SuiteName::Modern)]
    pub(crate) suite: SuiteName,
    /// Where to write the root certificate, for those who are to believe it
    #[arg(long, value_name = "PEM")]
    pub(crate) out: PathBuf,
}

/// `openset ceremony request`.
#[derive(Debug, Args)]
pub(crate) struct Request {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) token: NewToken,
    /// What the authority is
    #[arg(long, value_enum)]
    pub(crate) role: RequestingRole,
    /// Its brand
    #[arg(long)]
    pub(crate) brand: String,
    /// Its bank or other institution
    #[arg(long)]
    pub(crate) institution: Option<String>,
    /// What it is called
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Its country, in two letters
    #[arg(long)]
    pub(crate) country: String,
    /// For how many years
    #[arg(long, default_value_t = 3)]
    pub(crate) years: u8,
    /// The suite of the root
    #[arg(long, value_enum, default_value_t = SuiteName::Modern)]
    pub(crate) suite: SuiteName,
    /// The hash of the root's key, as its operators read it out
    #[arg(long, value_name = "HASH")]
    pub(crate) root: String,
    /// Signs lists with a certificate of their own
    #[arg(long)]
    pub(crate) lists_apart: bool,
    /// How many operators a new folder of a brand or a region has
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(crate) operators: u8,
    /// Takes the place of a request that is pending
    #[arg(long)]
    pub(crate) replace: bool,
    /// Where to write the request
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// `openset ceremony sign`.
#[derive(Debug, Args)]
pub(crate) struct Sign {
    #[command(flatten)]
    pub(crate) place: Place,
    /// The request
    #[arg(value_name = "REQUEST")]
    pub(crate) request: PathBuf,
    /// Agrees to the summary without being asked
    #[arg(long)]
    pub(crate) yes: bool,
    /// Where to write the answer
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// `openset ceremony accept`.
#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// The authority's folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) at: PathBuf,
    /// An answer, or a list of revoked certificates
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Where the PKCS#11 module of the authority's token is on this machine; without it, where it
    /// was when the keys were made
    #[arg(long, value_name = "FILE")]
    pub(crate) module: Option<PathBuf>,
    /// A file whose first line is the PIN of the token of an authority that answers messages;
    /// without it, it is asked for
    #[arg(long, value_name = "FILE")]
    pub(crate) pin_file: Option<PathBuf>,
}

/// `openset ceremony list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) place: Place,
    /// What houses have brought, by openset ca revoke or publish with --request: lists that the
    /// brand is to name, and certificates that are to be taken back
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The number of a certificate that is taken back, in hex
    #[arg(long = "revoke", value_name = "SERIAL")]
    pub(crate) revoke: Vec<String>,
    /// Why those of --revoke are taken back
    #[arg(long, value_enum, requires = "revoke")]
    pub(crate) reason: Option<RevokedFor>,
    /// Agrees to what houses have brought without being asked
    #[arg(long)]
    pub(crate) yes: bool,
    /// Where to write the list, and what the brand says of all lists
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// `openset ceremony roll`.
#[derive(Debug, Args)]
pub(crate) struct Roll {
    #[command(flatten)]
    pub(crate) place: Place,
    /// What the next root is called; without it, as the one before
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// For how many years
    #[arg(long, default_value_t = 10)]
    pub(crate) years: u8,
    /// Where to write the next root certificate
    #[arg(long, value_name = "PEM")]
    pub(crate) out: PathBuf,
}

/// The authorities that are certified by a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RequestingRole {
    /// One card brand
    Brand,
    /// A region of a brand
    Geopolitical,
    /// Certifies cardholders
    Cardholder,
    /// Certifies merchants
    Merchant,
    /// Certifies gateways
    Gateway,
}

impl From<RequestingRole> for Authority {
    fn from(role: RequestingRole) -> Self {
        match role {
            RequestingRole::Brand => Self::Brand,
            RequestingRole::Geopolitical => Self::Geopolitical,
            RequestingRole::Cardholder => Self::Cardholder,
            RequestingRole::Merchant => Self::Merchant,
            RequestingRole::Gateway => Self::Gateway,
        }
    }
}

//! The arguments of `openset ca`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `openset ca`.
#[derive(Debug, Args)]
#[command(after_help = CA_HELP)]
pub(crate) struct Ca {
    /// The data folder with the authorities in it
    #[arg(long, global = true, default_value = "var/demo", env = "OPENSET_DATA")]
    pub(crate) data: PathBuf,
    /// The configuration whose tokens hold keys, if the file is there
    #[arg(long, global = true, default_value = "openset.toml")]
    pub(crate) config: PathBuf,
    /// The port of all sites, where the parties are told of new lists
    #[arg(long, global = true, default_value_t = 7180)]
    pub(crate) port: u16,
    /// Your name, as the audit trail will say it; else the one that the system knows you by
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// Prints JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What the operator does.
    #[command(subcommand)]
    pub(crate) deed: CaDeed,
}

const CA_HELP: &str = "\
Authorities that are served are asked through a socket in their folders; others are opened here.
Whoever may read the folders may do all of this: they hold the keys.

Exit codes:
  0   done
  1   it ran and the answer is no: nothing waits under this name, or it is taken back already
  2   an argument is not what it should be, or there are no authorities in the folder
  69  a folder, a key or a token cannot be used";

/// What an operator of authorities does.
#[derive(Debug, Subcommand)]
pub(crate) enum CaDeed {
    /// Lists every certificate, what ends soon, the lists and the brand's word on them
    List(List),
    /// Shows a certificate: what it says, its extensions, and who is above it
    Show(Show),
    /// Lists the requests that wait for a decision, with what was answered
    Requests(Requests),
    /// Approves a request: its certificates are signed
    Approve(Approve),
    /// Refuses a request, or gives back answers that are not right
    Refuse(Refuse),
    /// Takes certificates back: the next list says so, and everybody is told
    Revoke(Revoke),
    /// Publishes all lists anew, or takes in what a ceremony made, and tells everybody
    Publish(Publish),
    /// Lists who asked what and what became of it, and verifies the audit trail
    Audit(Audit),
}

/// `openset ca publish`.
#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// What a ceremony gave back: lists, and the brand's word on them. Nothing else is made anew
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Writes what the brand's ceremony is to name, for a brand whose keys are on a stick
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub(crate) request: Option<PathBuf>,
}

/// `openset ca list`.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Lists only what ends within a month, soonest first
    #[arg(long)]
    pub(crate) ending: bool,
    /// Lists only certificates whose number, name or thumb has this in it
    #[arg(long, value_name = "TEXT")]
    pub(crate) find: Option<String>,
    /// Lists only certificates that stand like this
    #[arg(long, value_enum)]
    pub(crate) state: Option<Stands>,
}

/// How a certificate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Stands {
    /// It is good for more than a month
    Current,
    /// It ends within a month
    Ending,
    /// Its time is over
    Ended,
    /// It was taken back
    Revoked,
}

/// `openset ca show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The number of the certificate, or the beginning of it
    pub(crate) serial: String,
}

/// `openset ca audit`.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Of this authority only
    #[arg(long, value_enum)]
    pub(crate) authority: Option<Trailing>,
    /// Lists only records in which this stands: a request, a number, a name
    #[arg(long, value_name = "TEXT")]
    pub(crate) about: Option<String>,
    /// Lists records before this number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) before: Option<u64>,
    /// How many records of an authority are listed, newest first
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) last: u32,
    /// Follows each trail from its start and compares it with its signed heads
    #[arg(long)]
    pub(crate) verify: bool,
}

/// The authorities that keep an audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Trailing {
    /// The authority of cardholders
    #[value(name = "ca-cardholder")]
    Cardholder,
    /// That of the second bank's cardholders, in a demo
    #[value(name = "ca-cardholder-nordic")]
    SecondCardholder,
    /// The authority of merchants
    #[value(name = "ca-merchant")]
    Merchant,
    /// The authority of gateways
    #[value(name = "ca-gateway")]
    Gateway,
}

impl Trailing {
    /// The folder it has.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Cardholder => "ca-cardholder",
            Self::SecondCardholder => "ca-cardholder-nordic",
            Self::Merchant => "ca-merchant",
            Self::Gateway => "ca-gateway",
        }
    }
}

/// `openset ca requests`.
#[derive(Debug, Args)]
pub(crate) struct Requests {
    /// One request, by its name or the beginning of it
    pub(crate) id: Option<String>,
    /// Lists those that are decided, too
    #[arg(long, conflicts_with = "id")]
    pub(crate) all: bool,
}

/// `openset ca approve`.
#[derive(Debug, Args)]
pub(crate) struct Approve {
    /// The request, by its name or the beginning of it
    pub(crate) id: String,
    /// The name of a merchant that no contract lists, as it will stand on statements
    #[arg(long, requires = "city")]
    pub(crate) name: Option<String>,
    /// Its city
    #[arg(long, requires = "name")]
    pub(crate) city: Option<String>,
}

/// `openset ca refuse`.
#[derive(Debug, Args)]
pub(crate) struct Refuse {
    /// The request, by its name or the beginning of it
    pub(crate) id: String,
    /// Who says no
    #[arg(long, value_enum, required_unless_present = "answers", conflicts_with = "answers")]
    pub(crate) reason: Option<RefusedBy>,
    /// An answer that is not right, by the number of its question, and why: the applicant may
    /// answer again
    #[arg(long = "answer", value_name = "NUMBER=WHY", value_parser = answer)]
    pub(crate) answers: Vec<(u16, String)>,
    /// Words for the applicant, at most 128 characters
    #[arg(long)]
    pub(crate) message: Option<String>,
}

/// The number of a question, and why its answer is not right.
fn answer(text: &str) -> Result<(u16, String), String> {
    let parted = text.split_once('=').map(|(number, why)| (number.parse(), why.trim()));
    match parted {
        Some((Ok(number), why)) if !why.is_empty() => Ok((number, why.to_owned())),
        _ => Err("expected the number of a question, = and why: 2=\"not the one we know\"".into()),
    }
}

/// Who refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RefusedBy {
    /// The card's bank
    Issuer,
    /// The merchant's bank
    Acquirer,
    /// The authority itself
    Authority,
}

/// `openset ca revoke`.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The numbers of the certificates, or the beginnings of them
    #[arg(required = true, value_name = "SERIAL")]
    pub(crate) serials: Vec<String>,
    /// Why
    #[arg(long, value_enum, required_unless_present = "preview")]
    pub(crate) reason: Option<RevokedFor>,
    /// Says what would come of it, and does nothing
    #[arg(long)]
    pub(crate) preview: bool,
    /// Writes what a ceremony is to do where keys are on a stick: take back what was issued there,
    /// and name the lists of this folder
    #[arg(long, value_name = "FILE", conflicts_with = "preview")]
    pub(crate) request: Option<PathBuf>,
}

/// Why a certificate is taken back, as RFC 5280 names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RevokedFor {
    /// Somebody else may have the key
    KeyCompromise,
    /// Somebody else may have the key of the authority
    CaCompromise,
    /// What it says of its bearer is not so any more
    AffiliationChanged,
    /// Another one has taken its place
    Superseded,
    /// Its bearer does not need it any more
    CessationOfOperation,
    /// Its bearer may not do any more what it is for
    PrivilegeWithdrawn,
}

//! What can be asked on the command line about the certificates of a merchant or a gateway.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `openset certificates`.
#[derive(Debug, Args)]
#[command(after_help = CERTIFICATES_HELP)]
pub(crate) struct Certificates {
    /// Whose certificates
    #[arg(long, global = true, value_enum, default_value_t = Server::Merchant)]
    pub(crate) role: Server,
    /// The data folder with the role in it
    #[arg(long, global = true, default_value = "var/demo", env = "OPENSET_DATA")]
    pub(crate) data: PathBuf,
    /// The configuration whose tokens hold keys, if the file is there
    #[arg(long, global = true, default_value = "openset.toml")]
    pub(crate) config: PathBuf,
    /// The port of all sites, where the authorities of a role that is not served are asked
    #[arg(long, global = true, default_value_t = 7180)]
    pub(crate) port: u16,
    /// Prints JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What the operator does.
    #[command(subcommand)]
    pub(crate) deed: CertificatesDeed,
}

const CERTIFICATES_HELP: &str = "\
A role asks for other certificates by itself, in the last third of their life unless its
configuration says otherwise. One that is served is asked through a socket in its folder; another
is opened here.

Exit codes:
  0   done
  1   it ran and the answer is no: the authority refused, or has not decided yet
  2   an argument is not what it should be, or the role has no certificates in the folder
  69  the folder, a key or a token cannot be used, or nobody answered";

/// Who has certificates from an authority and serves others with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Server {
    /// The shop's merchant server
    Merchant,
    /// The payment gateway
    Gateway,
}

/// What an operator does about certificates.
#[derive(Debug, Subcommand)]
pub(crate) enum CertificatesDeed {
    /// Lists those in use, older ones whose keys still open, and what is asked for
    List,
    /// Asks for others now, whether they are due or not
    Renew,
    /// Asks what has become of what was asked for
    Inquire {
        /// Asks the authority that this role is sent on to: one of the addresses it named
        #[arg(long, value_name = "URL")]
        follow: Option<String>,
    },
}

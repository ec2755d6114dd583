//! The sites of a demo: each a host name on the shared port, and a port of its own after it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::Context;
use openset_crypto::Authority;

/// What one host name shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Name {
    /// The page that says where everything is, with the authorities and the inspector.
    Home,
    /// The shop.
    Shop,
    /// The wallet.
    Wallet,
    /// The merchant's desk and its SET endpoint.
    Merchant,
    /// The gateway's console and its SET endpoint.
    Gateway,
    /// The issuer's console.
    Issuer,
    /// The acquirer's console.
    Acquirer,
    /// The authority of cardholders: its SET endpoint.
    CaCardholder,
    /// The authority of merchants: its SET endpoint.
    CaMerchant,
    /// The authority of gateways: its SET endpoint.
    CaGateway,
}

/// All of them, in the order of their own ports.
pub(crate) const ALL: [Name; 10] = [
    Name::Home,
    Name::Shop,
    Name::Wallet,
    Name::Merchant,
    Name::Gateway,
    Name::Issuer,
    Name::Acquirer,
    Name::CaCardholder,
    Name::CaMerchant,
    Name::CaGateway,
];

impl Name {
    /// The site of an authority that answers messages.
    pub(crate) fn of_authority(kind: Authority) -> Self {
        match kind {
            Authority::Merchant => Self::CaMerchant,
            Authority::Gateway => Self::CaGateway,
            Authority::Root
            | Authority::Brand
            | Authority::Geopolitical
            | Authority::Cardholder => Self::CaCardholder,
        }
    }

    /// The first label of its host name, which is also the name of its role's folder.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Shop => "shop",
            Self::Wallet => "wallet",
            Self::Merchant => "merchant",
            Self::Gateway => "gateway",
            Self::Issuer => "issuer",
            Self::Acquirer => "acquirer",
            Self::CaCardholder => "ca-cardholder",
            Self::CaMerchant => "ca-merchant",
            Self::CaGateway => "ca-gateway",
        }
    }

    /// Its host name. The home page has the shortest.
    pub(crate) fn host(self) -> String {
        match self {
            Self::Home => "localhost".to_owned(),
            other => format!("{}.localhost", other.label()),
        }
    }

    /// Its origin on the shared port: an address without a slash at the end.
    pub(crate) fn origin(self, shared: SocketAddr) -> String {
        format!("http://{}:{}", self.host(), shared.port())
    }
}

/// How many ports are tried.
const TRIES: u16 = 200;

/// The wanted port of this machine, or the next free one. Zero wants any.
pub(crate) fn free_port(wanted: u16) -> anyhow::Result<SocketAddr> {
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let last = wanted.saturating_add(TRIES);
    let found = (wanted..=last).find_map(|port| TcpListener::bind(at(port)).ok());
    let listener = found.with_context(|| format!("no port from {wanted} to {last} is free"))?;
    Ok(listener.local_addr()?)
}

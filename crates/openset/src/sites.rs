//! The sites of a demo: each a host name on the shared port, and a port of its own after it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::Context;
use openset_crypto::Authority;

use crate::{ceremony::Seat, demo::cast};

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
    /// The wallet of the second bank.
    SecondWallet,
    /// The second issuer's console.
    SecondIssuer,
    /// The second bank's authority of cardholders: its SET endpoint.
    SecondCaCardholder,
}

/// All of them, in the order of their own ports.
pub(crate) const ALL: [Name; 13] = [
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
    Name::SecondWallet,
    Name::SecondIssuer,
    Name::SecondCaCardholder,
];

/// How many of them, from the first, can be served alone.
pub(crate) const ALONE: usize = 10;

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

    /// The site of an authority that answers messages, of whichever bank.
    pub(crate) fn of_seat(seat: Seat) -> Self {
        let banks = cast::BANKS.into_iter();
        let bank = banks.filter(|bank| bank.seat() == seat).map(|bank| bank.authority).next();
        bank.unwrap_or_else(|| Self::of_authority(seat.kind))
    }

    /// The site of the first bank that this one is for another bank, if it is.
    pub(crate) fn of_second(self) -> Option<Self> {
        match self {
            Self::SecondWallet => Some(Self::Wallet),
            Self::SecondIssuer => Some(Self::Issuer),
            Self::SecondCaCardholder => Some(Self::CaCardholder),
            _ => None,
        }
    }

    /// The first label of its host name, which is also the name of its role's folder.
    pub(crate) const fn label(self) -> &'static str {
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
            Self::SecondWallet => "wallet-nordic",
            Self::SecondIssuer => "issuer-nordic",
            Self::SecondCaCardholder => "ca-cardholder-nordic",
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

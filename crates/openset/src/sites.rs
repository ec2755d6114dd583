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
    /// The wallet of the second brand's bank.
    OtherWallet,
    /// The console of its issuer.
    OtherIssuer,
    /// The gateway of the second brand: its console and its SET endpoint.
    OtherGateway,
    /// The second brand's authority of cardholders: its SET endpoint.
    OtherCaCardholder,
    /// The second brand's authority of merchants: its SET endpoint.
    OtherCaMerchant,
    /// The second brand's authority of gateways: its SET endpoint.
    OtherCaGateway,
}

/// All of them, in the order of their own ports.
pub(crate) const ALL: [Name; 19] = [
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
    Name::OtherWallet,
    Name::OtherIssuer,
    Name::OtherGateway,
    Name::OtherCaCardholder,
    Name::OtherCaMerchant,
    Name::OtherCaGateway,
];

/// How many of them, from the first, can be served alone.
pub(crate) const ALONE: usize = 10;

/// How many of them, from the first, are there where there is one brand.
pub(crate) const OF_ONE_BRAND: usize = 13;

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
        let banks = cast::BRAND.banks.iter();
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

    /// The site of the first brand that this one is for the second brand, if it is.
    pub(crate) fn of_other_brand(self) -> Option<Self> {
        match self {
            Self::OtherWallet => Some(Self::Wallet),
            Self::OtherIssuer => Some(Self::Issuer),
            Self::OtherGateway => Some(Self::Gateway),
            Self::OtherCaCardholder => Some(Self::CaCardholder),
            Self::OtherCaMerchant => Some(Self::CaMerchant),
            Self::OtherCaGateway => Some(Self::CaGateway),
            _ => None,
        }
    }

    /// The site that is for the second brand what this one is for the first. What the brands share
    /// is one site.
    pub(crate) fn for_other_brand(self) -> Self {
        let of_other = ALL.into_iter().find(|name| name.of_other_brand() == Some(self));
        of_other.unwrap_or(self)
    }

    /// The name of its role's folder, in the folder of its brand.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::OtherWallet => Self::Wallet.label(),
            Self::OtherIssuer => Self::Issuer.label(),
            Self::OtherGateway => Self::Gateway.label(),
            Self::OtherCaCardholder => Self::CaCardholder.label(),
            Self::OtherCaMerchant => Self::CaMerchant.label(),
            Self::OtherCaGateway => Self::CaGateway.label(),
            other => other.label(),
        }
    }

    /// The first label of its host name.
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
            Self::OtherWallet => "wallet-prova",
            Self::OtherIssuer => "issuer-prova",
            Self::OtherGateway => "gateway-trial",
            Self::OtherCaCardholder => "ca-cardholder-prova",
            Self::OtherCaMerchant => "ca-merchant-trial",
            Self::OtherCaGateway => "ca-gateway-trial",
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

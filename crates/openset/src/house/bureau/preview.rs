//! What would come of taking a certificate back: what stops, which list says so, and who is told.

use std::fmt;

use openset_crypto::Authority as Kind;

use super::{Line, Published, State};
use crate::ceremony::papers;

/// What would come of it.
#[derive(Debug, Clone)]
pub(crate) struct Preview {
    /// The certificate.
    pub(crate) line: Line,
    /// What stops working.
    pub(crate) stops: Stops,
    /// Certificates that are current and would not be believed any more, because it has signed
    /// them or those above them.
    pub(crate) below: Vec<Line>,
    /// The list that would say so.
    pub(crate) list: NextList,
    /// The number of the brand's next list of lists.
    pub(crate) bci: u64,
}

/// The list on which it would stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NextList {
    pub(crate) issuer: String,
    /// Its number. 1 is the issuer's first list.
    pub(crate) number: u64,
}

/// What stops working without a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stops {
    /// Nobody takes a payment with the card.
    Card,
    /// Wallets do not believe the shop's offers, and its gateway asks nobody about its orders.
    ShopSigns,
    /// Gateways do not seal answers for the shop.
    ShopOpens,
    /// Shops do not believe the gateway's answers.
    GatewaySigns,
    /// Wallets do not seal payments for the gateway.
    GatewayOpens,
    /// What the authority has certified is not believed.
    AuthorityCertifies,
    /// Applicants do not believe the authority's answers.
    AuthoritySigns,
    /// Applicants do not seal their requests for the authority.
    AuthorityOpens,
    /// The authority's lists are not believed.
    AuthorityLists,
}

impl Stops {
    fn of(line: &Line) -> Self {
        let opens = line.paper.ends_with(papers::ENCIPHERMENT);
        if line.authority.is_some() {
            return match line.paper.as_str() {
                papers::SIGNATURE => Self::AuthoritySigns,
                papers::ENCIPHERMENT => Self::AuthorityOpens,
                papers::LISTS => Self::AuthorityLists,
                _ => Self::AuthorityCertifies,
            };
        }
        match (line.issued_by.kind, opens) {
            (Kind::Merchant, false) => Self::ShopSigns,
            (Kind::Merchant, true) => Self::ShopOpens,
            (Kind::Gateway, false) => Self::GatewaySigns,
            (Kind::Gateway, true) => Self::GatewayOpens,
            _ => Self::Card,
        }
    }
}

impl fmt::Display for Stops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Card => "nobody takes a payment with this card any more",
            Self::ShopSigns => {
                "wallets do not believe this shop's offers, and its gateway asks no bank about its \
                 orders"
            }
            Self::ShopOpens => "gateways seal no answers for this shop",
            Self::GatewaySigns => "shops do not believe this gateway's answers",
            Self::GatewayOpens => "wallets seal no payments for this gateway",
            Self::AuthorityCertifies => "nothing that this authority has certified is believed",
            Self::AuthoritySigns => "applicants do not believe this authority's answers",
            Self::AuthorityOpens => "applicants seal no requests for this authority",
            Self::AuthorityLists => "this authority's lists are not believed",
        })
    }
}

impl Preview {
    pub(super) fn of(line: Line, all: Vec<Line>, published: &Published) -> Self {
        let stops = Stops::of(&line);
        let number = published.lists.iter().find(|list| list.issuer == line.issuer);
        let number = number.map_or(1, |list| list.number.saturating_add(1));
        Self {
            list: NextList { issuer: line.issuer.clone(), number },
            bci: published.bci.map_or(1, |bci| bci.sequence.saturating_add(1)),
            below: if stops == Stops::AuthorityCertifies { below(&line, all) } else { Vec::new() },
            stops,
            line,
        }
    }
}

/// What hangs on an authority's certificate and is believed so far.
fn below(line: &Line, all: Vec<Line>) -> Vec<Line> {
    let mut issuers = vec![line.name.clone()];
    let mut found = Vec::new();
    // From the root down: whoever stands below stands further down.
    for other in all {
        if !issuers.contains(&other.issuer) || other.thumb == line.thumb {
            continue;
        }
        if other.authority.is_some() && other.paper == papers::CERTIFICATES {
            issuers.push(other.name.clone());
        }
        if matches!(other.state, State::Current | State::Ending) {
            found.push(other);
        }
    }
    found
}

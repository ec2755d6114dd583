//! How far a payment has come, in the words of the pages.

use openset_protocol::summary::{Fact, Summary};
use openset_types::UnixTime;
use openset_web::{
    Party,
    ports::{ReceiptStep, Standing},
};

/// A fact in the pages' words.
pub(super) fn standing(fact: Fact) -> Standing {
    match fact {
        Fact::Placed => Standing::AwaitingWallet,
        Fact::Received => Standing::Received,
        Fact::Authorized | Fact::Capturing => Standing::Authorized,
        Fact::Captured | Fact::Credited => Standing::Captured,
        Fact::Declined | Fact::Rejected => Standing::Declined,
        Fact::Abandoned => Standing::Cancelled,
    }
}

/// How far a purchase has come, the money included.
pub(super) fn standing_of(summary: &Summary, settled: Option<UnixTime>) -> Standing {
    if settled.is_some() { Standing::Settled } else { standing(summary.fact) }
}

/// Ordered, authorized, captured, settled, with their times.
pub(super) fn steps(summary: &Summary, settled: Option<UnixTime>) -> Vec<ReceiptStep> {
    let when = |fact: Fact| {
        let moments = summary.timeline.moments().iter();
        moments.filter(|moment| moment.fact == fact).map(|moment| moment.at).next()
    };
    vec![
        ReceiptStep { standing: Standing::Received, at: when(Fact::Received) },
        ReceiptStep { standing: Standing::Authorized, at: when(Fact::Authorized) },
        ReceiptStep { standing: Standing::Captured, at: when(Fact::Captured) },
        ReceiptStep { standing: Standing::Settled, at: settled },
    ]
}

/// A party by what journals call it.
pub(super) fn party(name: &str) -> Option<Party> {
    Some(match name {
        "cardholder" => Party::Cardholder,
        "merchant" => Party::Merchant,
        "gateway" => Party::Gateway,
        "acquirer" => Party::Acquirer,
        "issuer" => Party::Issuer,
        "ca-cardholder" => Party::CardholderAuthority,
        "ca-merchant" => Party::MerchantAuthority,
        "ca-gateway" => Party::GatewayAuthority,
        _ => return None,
    })
}

//! How far a payment has come, in the words of the pages.

use openset_protocol::summary::{Fact, Summary};
use openset_types::UnixTime;
use openset_web::{
    Party,
    ports::{ReceiptStep, Standing},
};

use crate::shop::orders::{BEFORE_TAIL, TAIL_CHARS};

/// A fact in the pages' words.
pub(super) fn standing(fact: Fact) -> Standing {
    match fact {
        Fact::Placed => Standing::AwaitingWallet,
        Fact::Received => Standing::Received,
        Fact::Authorized | Fact::Capturing | Fact::Voiding => Standing::Authorized,
        Fact::Captured => Standing::Captured,
        Fact::Credited => Standing::Refunded,
        Fact::Declined | Fact::Rejected => Standing::Declined,
        Fact::Voided => Standing::Released,
        Fact::Abandoned => Standing::Cancelled,
    }
}

/// How far a purchase has come, the money included.
pub(super) fn standing_of(summary: &Summary, settled: Option<UnixTime>) -> Standing {
    match summary.fact {
        Fact::Credited => Standing::Refunded,
        _ if settled.is_some() => Standing::Settled,
        fact => standing(fact),
    }
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

/// What people call an order, of the label that wallets name it by: our shop adds a hyphen and
/// twelve letters and digits that nobody guesses. Any other label is shown as it is.
pub(super) fn order_number(label: &str) -> &str {
    let is_tail = |tail: &str| {
        let of_a_tail = |letter: u8| matches!(letter, b'a'..=b'z' | b'2'..=b'7');
        tail.len() == TAIL_CHARS && tail.bytes().all(of_a_tail)
    };
    match label.rsplit_once(BEFORE_TAIL) {
        Some((number, tail)) if !number.is_empty() && is_tail(tail) => number,
        _ => label,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_called_by_its_number_and_not_by_what_nobody_guesses() {
        assert_eq!(order_number("1042-la4q7zabcd23"), "1042");
        assert_eq!(order_number("WEB-1042-la4q7zabcd23"), "WEB-1042");
        for label in ["1042", "2026-1042", "1042-LA4Q7ZABCD23", "1042-la4q7zabcd2", "-la4q7zabcd23"]
        {
            assert_eq!(order_number(label), label, "another shop's label stays whole");
        }
    }
}

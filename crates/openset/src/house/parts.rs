//! The authorizations of an order that is paid in parts, as people see them.

use openset_protocol::{
    merchant::{Authorized, Purchase, Stage, Verdict},
    summary::Fact,
};

/// One authorization of an order.
pub(crate) struct Part<'a> {
    pub(crate) authorized: &'a Authorized,
    pub(crate) fact: Fact,
    /// Whether what the shop commands is about this one.
    pub(crate) is_in_front: bool,
}

/// The authorizations of an order, oldest first; none if it is paid at once.
pub(crate) fn parts(purchase: &Purchase) -> Vec<Part<'_>> {
    if purchase.others.is_empty() {
        return Vec::new();
    }
    let part = |(place, stage)| {
        let authorized = Stage::authorized(stage)?;
        Some(Part { authorized, fact: fact(stage), is_in_front: place == 0 })
    };
    let mut parts: Vec<_> = purchase.stages().enumerate().filter_map(part).collect();
    parts.sort_by_key(|part| (part.authorized.at, part.authorized.rrpid));
    parts
}

/// Why the last question for a further part came to nothing, by the name of the code.
pub(crate) fn refused(purchase: &Purchase) -> Option<String> {
    Some(match purchase.next_refused? {
        Verdict::Because(code) => format!("{code:?}"),
        Verdict::WithError => "Error".to_owned(),
        Verdict::GivenUp => "NoReply".to_owned(),
    })
}

fn fact(stage: &Stage) -> Fact {
    match stage {
        Stage::Capturing(_) => Fact::Capturing,
        Stage::Captured(captured) if captured.credits().is_empty() => Fact::Captured,
        Stage::Captured(_) => Fact::Credited,
        Stage::Voiding(_) => Fact::Voiding,
        Stage::Voided(_) => Fact::Voided,
        Stage::Offered { .. }
        | Stage::Authorizing(_)
        | Stage::Declined(_)
        | Stage::Authorized(_) => Fact::Authorized,
    }
}

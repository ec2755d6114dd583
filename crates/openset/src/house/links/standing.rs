//! What readiness says of a gateway's links to the banks.

use std::sync::Arc;

use openset_node::{http::Remark, link::Link, measure};

use crate::house::gateway::Gateway;

/// What `/readyz` says of the links. Without an issuer nothing of its cards is authorized: the
/// gateway is not ready. Without the acquirer captures and refunds wait until it is told of them.
pub(in crate::house) fn remark(gateway: &Gateway) -> Remark {
    let mut issuers = vec![("issuer".to_owned(), Arc::clone(&gateway.issuer))];
    let others = gateway.others.iter();
    issuers
        .extend(others.map(|(bin, link)| (format!("issuer {}", bin.as_str()), Arc::clone(link))));
    let acquirer = Arc::clone(&gateway.acquirer);
    Arc::new(move || {
        let down = issuers.iter().filter(|(bank, link)| !is_up(bank, link));
        let down: Vec<_> = down.map(|(bank, _)| bank.as_str()).collect();
        let acquirer_is_up = is_up("acquirer", &acquirer);
        match down.as_slice() {
            [] if acquirer_is_up => Ok("the links to the banks are up".to_owned()),
            [] => Ok("the link to the acquirer is down: captures and refunds wait".to_owned()),
            down => Err(format!("the link to the {} is down", down.join(", "))),
        }
    })
}

fn is_up(bank: &str, link: &Link) -> bool {
    let is_up = link.is_up();
    measure::link_up(bank, is_up);
    is_up
}

//! What it costs the gateway to believe a merchant again: the chain was verified before, and time,
//! brand, purpose and revocation are judged anew.

use std::time::Duration;

use anyhow::Context;
use openset_crypto::{Bag, Purpose};
use openset_wire::der::encode;

use super::floor;
use crate::{demo::cast, house::system::System};

/// The shortest of some, from the octets of the chain to the verdict.
pub(super) fn cached(system: &System) -> anyhow::Result<Duration> {
    let standing = system.merchant.purchases.standing();
    let account = standing.accounts.get(&cast::brand()).context("the shop has no account")?;
    let chain = Bag::of(&account.signature).certificates;
    let chain = chain.iter().map(encode).collect::<Result<Vec<_>, _>>()?;
    let shell = &system.gateway.party.shell;
    let (trust, now, brand) = (shell.trust(), shell.clock().now(), cast::brand());
    floor::shortest(|| {
        let read = chain.iter().map(|one| trust.certificate(one));
        let bag = Bag { certificates: read.collect::<Result<_, _>>()?, crls: Vec::new() };
        let leaf = bag.certificates.first().context("a chain has a leaf")?;
        trust.path(leaf, &bag, Purpose::MerchantSignature, Some(&brand), now).map(drop)?;
        Ok(())
    })
}

//! A brand pack as the dress of a bank's sites.

use openset_web::dress::{Called, Dress, Logo, Shade};

use crate::pack::{self, Pack};

/// The dress that a pack makes.
pub(super) fn of(pack: &Pack) -> Dress {
    let facts = &pack.facts;
    let called = |tongue| {
        let names = facts.names(tongue);
        (tongue, Called { bank: names.bank.clone(), wallet: names.wallet.clone() })
    };
    let own = facts.tongue();
    let others = facts.names.iter().skip(1).map(|(tongue, _)| called(*tongue)).collect();
    let shade = |shade: &pack::Shade| Shade {
        accent: shade.accent.to_string(),
        on_accent: shade.on_accent.to_string(),
    };
    let logo = match &pack.logo {
        pack::Logo::Svg(octets) => Logo::Svg(octets.clone()),
        pack::Logo::Png(octets) => Logo::Png(octets.clone()),
    };
    Dress::new(called(own), others, logo, [&shade(&facts.light), &shade(&facts.dark)])
}

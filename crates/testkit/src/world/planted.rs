//! Faults that are planted on purpose: an invariant that cannot fail says nothing.

use super::network::Role;
use crate::pki::{Pki, Standings};

/// What a shell forgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lapse {
    /// Which entries of registers are claimed.
    Claims,
    /// The state it committed last, when the power fails: it keeps it in memory until it commits
    /// the next one.
    Commits,
    /// What was to be done, when the power fails.
    Errands,
    /// To draw new randomness for what does not come from outside, and which serial numbers were
    /// given.
    Seeds,
    /// Which requests it has taken.
    Requests,
}

/// A fault that is planted in a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// The issuer forgets which questions it has answered.
    IssuerForgetsAnswers,
    /// The issuer acknowledges reversals and releases nothing.
    IssuerForgetsReversals,
    /// The issuer acknowledges that it lowers what it holds, and lowers nothing.
    IssuerLowersNothing,
    /// The issuer answers every reversal, and makes none.
    IssuerRefusesReversals,
    /// The authority of cardholders signs with the certificate of another root's authority.
    AuthorityOfAnotherRoot,
    /// The cardholders' vault forgets what it was given to keep of a certificate.
    VaultForgetsSecrets,
    /// A party's shell forgets something.
    Shell(Role, Lapse),
}

/// Who everybody is, with whatever is wrong about that.
pub(super) fn standings(planted: Option<Planted>) -> &'static Standings {
    let pki = Pki::shared();
    match planted {
        Some(Planted::AuthorityOfAnotherRoot) => &pki.astray,
        _ => &pki.standings,
    }
}

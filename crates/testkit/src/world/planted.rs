//! Faults that are planted on purpose: an invariant that cannot fail says nothing.

/// What a shell forgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lapse {
    /// Which entries of registers are claimed.
    Claims,
    /// What was to be done, when the power fails.
    Errands,
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
    /// The gateway's shell forgets something.
    Gateway(Lapse),
    /// The merchant's shell forgets something.
    Merchant(Lapse),
}

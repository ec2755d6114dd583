//! Who may come to the pages of a wallet that is served alone.

/// What a ticket was good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// What the browser shows from now on.
    pub key: String,
    /// Where its owner wanted to go: a path of the wallet.
    pub place: String,
}

/// Stands at the door of a wallet that is served alone.
pub trait Porter: Send + Sync + 'static {
    /// Whether this is the key. Whoever shows it uses the wallet now.
    fn knows(&self, key: &str) -> bool;
    /// Takes a ticket, which is good once and not for long.
    fn admit(&self, ticket: &str) -> Option<Admitted>;
}

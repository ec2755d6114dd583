//! The only place that asks the operating system for randomness.

use crate::fault::Fault;

/// Draws a seed. A step that is taken again gets another one.
pub fn seed() -> Result<[u8; 32], Fault> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        tracing::error!(%error, "no randomness");
        Fault::Entropy
    })?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_seeds_differ() {
        assert_ne!(seed().expect("randomness"), seed().expect("randomness"));
    }
}

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
    use std::{collections::BTreeSet, env, process::Command};

    use super::*;

    /// Says to a process of this program that it is to print what it draws.
    const PRINTS: &str = "DRAWS_AND_PRINTS";
    const DRAWS: usize = 64;

    #[test]
    fn two_processes_of_one_program_draw_nothing_twice() {
        // Abuse case 20.
        if env::var_os(PRINTS).is_some() {
            (0..DRAWS).for_each(|_| println!("drawn {:02x?}", seed().expect("randomness")));
            return;
        }
        let own = "entropy::tests::two_processes_of_one_program_draw_nothing_twice";
        let mut drawn = BTreeSet::new();
        for _ in 0..2 {
            let mut child = Command::new(env::current_exe().expect("this runs from a file"));
            let said = child.args(["--exact", own, "--nocapture"]).env(PRINTS, "1").output();
            let said = String::from_utf8(said.expect("a process").stdout).expect("text");
            let seeds = said.lines().filter_map(|line| line.split_once("drawn "));
            drawn.extend(seeds.map(|(_, seed)| seed.to_owned()));
        }
        assert_eq!(drawn.len(), 2 * DRAWS);
    }

    #[test]
    fn two_seeds_differ() {
        assert_ne!(seed().expect("randomness"), seed().expect("randomness"));
    }
}

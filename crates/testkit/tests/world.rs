//! Random worlds: every run is a number, and a run that breaks an invariant is told by its number.
//!
//! ```text
//! cargo test -p openset-testkit --test world                    the runs of every change
//! OPENSET_SEEDS=100000 cargo test -p openset-testkit --test world   as many more
//! OPENSET_SEED=4711 cargo test -p openset-testkit --test world      one run again
//! ```

use std::{fs, path::PathBuf, thread};

use openset_testkit::world::{
    Scenario,
    run::{Failure, run},
};

/// How many runs every change is tested with.
const SEEDS: u64 = 200;
/// How many lines of a run that failed are printed. All of them are written to a file.
const LINES_PRINTED: usize = 60;

#[expect(clippy::disallowed_methods, reason = "a test is told by its environment what to run")]
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().expect("a number"))
}

#[test]
fn no_world_breaks_an_invariant() {
    let seeds: Vec<u64> = match (number("OPENSET_SEED"), number("OPENSET_SEEDS")) {
        (Some(seed), _) => vec![seed],
        (None, count) => (0..count.unwrap_or(SEEDS)).collect(),
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let failed: Vec<(u64, Failure)> = thread::scope(|scope| {
        let share = |first: usize| seeds.iter().skip(first).step_by(threads);
        let workers: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || share(first).find_map(|seed| failure(*seed))))
            .collect();
        workers.into_iter().filter_map(|worker| worker.join().expect("no panic")).collect()
    });
    if let Some((seed, failure)) = failed.first() {
        panic!("{}", told(*seed, failure));
    }
}

fn failure(seed: u64) -> Option<(u64, Failure)> {
    run(Scenario::drawn(seed)).err().map(|failure| (seed, failure))
}

/// Writes a run that failed to a file, and tells how it ended.
fn told(seed: u64, failure: &Failure) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("world-{seed}.txt"));
    let text = format!("seed {seed}\n{}\n{}\n", failure.broken, failure.lines.join("\n"));
    fs::write(&file, text).expect("a folder for what tests write");
    let from = failure.lines.len().saturating_sub(LINES_PRINTED);
    let last = failure.lines[from..].join("\n");
    let (broken, file) = (&failure.broken, file.display());
    let again = format!("OPENSET_SEED={seed} cargo test -p openset-testkit --test world");
    format!("{last}\n\n{broken}\n\nthis run again:  {again}\nall of it:       {file}")
}

//! A whole run: events and invariants in turn, until nothing happens any more and the books are
//! closed.

use super::{Scenario, World, network::Moment};
use crate::invariants::{Broken, Watch};

/// After the weather has cleared, everything has drained within this time, in milliseconds.
const DRAINED_WITHIN_MS: Moment = 2 * 3_600_000;
/// A run of more events than this does not come to an end.
const EVENTS_MAX: usize = 50_000;

/// A run that broke an invariant.
pub struct Failure {
    /// What is wrong.
    pub broken: Broken,
    /// What had happened.
    pub lines: Vec<String>,
}

/// Runs a scenario to its end; gives the world as it is then.
pub fn run(scenario: Scenario) -> Result<World, Failure> {
    let mut world = World::new(scenario);
    match watch(&mut world) {
        Ok(()) => Ok(world),
        Err(broken) => Err(Failure { broken, lines: world.history.lines().to_vec() }),
    }
}

fn watch(world: &mut World) -> Result<(), Broken> {
    let mut watch = Watch::default();
    drain(world, &mut watch)?;
    world.ask_around();
    drain(world, &mut watch)?;
    world.close_the_books();
    watch.when_quiet(world)
}

fn drain(world: &mut World, watch: &mut Watch) -> Result<(), Broken> {
    let end = world.moment().max(world.heals_at()) + DRAINED_WITHIN_MS;
    for _ in 0..EVENTS_MAX {
        if world.moment() > end || !world.goes_on() {
            return Ok(());
        }
        watch.after_event(world)?;
    }
    Err(Broken { invariant: "a run comes to an end", what: format!("{EVENTS_MAX} events") })
}

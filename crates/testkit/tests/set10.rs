//! The same worlds in suite `set10`: fewer runs, because its keys are slow, and the planted
//! faults that are about messages and certificates.
//!
//! A process has one suite, and this is its own. Another run is told by its number:
//! `OPENSET_SEED=4711 cargo test -p openset-testkit --test set10`.

use openset_crypto::Suite;
use openset_testkit::{
    pki,
    world::{
        Scenario,
        enrolling::Who,
        network::Role,
        planted::{Lapse, Planted},
        run::run,
    },
};

/// How many runs every change is tested with.
const SEEDS: u64 = 60;

/// The runs of this suite, or the one that was asked for.
#[expect(clippy::disallowed_methods, reason = "a test is told by its environment what to run")]
fn seeds() -> std::ops::Range<u64> {
    pki::play_in(Suite::Set10);
    match std::env::var("OPENSET_SEED").ok() {
        Some(seed) => {
            let seed: u64 = seed.parse().expect("a number");
            seed..seed + 1
        }
        None => 0..SEEDS,
    }
}

/// The first invariant that a planted fault breaks.
fn broken_by(planted: Planted) -> &'static str {
    let failure = seeds().find_map(|seed| run(Scenario::drawn(seed).planted(planted)).err());
    failure.map(|failure| failure.broken.invariant).expect("somebody notices")
}

#[test]
fn no_world_breaks_an_invariant() {
    for seed in seeds() {
        if let Err(failure) = run(Scenario::drawn(seed)) {
            panic!("seed {seed}: {}\n{}", failure.broken, failure.lines.join("\n"));
        }
    }
}

#[test]
fn everybody_enrols_on_a_calm_day() {
    pki::play_in(Suite::Set10);
    for who in [Who::Cardholder(0), Who::Merchant, Who::Gateway] {
        if let Err(failure) = run(Scenario::enrolment(who)) {
            panic!("{}\n{}", failure.broken, failure.lines.join("\n"));
        }
    }
}

#[test]
fn a_gateway_that_forgets_its_registers_is_noticed() {
    let invariants = ["invariant_captured_at_most_once", "invariant_one_hold_for_one_consent"];
    let broken = broken_by(Planted::Shell(Role::Gateway, Lapse::Claims));
    assert!(invariants.contains(&broken), "{broken}");
}

#[test]
fn a_merchant_that_forgets_what_it_had_to_do_is_noticed() {
    broken_by(Planted::Shell(Role::Merchant, Lapse::Errands));
}

#[test]
fn an_issuer_that_forgets_its_answers_is_noticed() {
    broken_by(Planted::IssuerForgetsAnswers);
}

#[test]
fn an_authority_under_another_root_is_noticed() {
    let planted = Planted::AuthorityOfAnotherRoot;
    let runs = seeds().map(|seed| run(Scenario::drawn(seed).without_orders().planted(planted)));
    let mut broken = runs.filter_map(Result::err).map(|failure| failure.broken.invariant);
    assert!(broken.any(|invariant| invariant == "invariant_every_certificate_chains_to_root"));
}

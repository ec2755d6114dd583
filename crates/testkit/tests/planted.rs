//! Planted faults: each must break an invariant in some of a few runs, or the invariants watch
//! nothing.

use openset_testkit::world::{
    Scenario,
    planted::{Lapse, Planted},
    run::run,
};

/// How many runs a planted fault may hide from.
const SEEDS: u64 = 60;

/// The first invariant that a planted fault breaks.
fn broken_by(planted: Planted) -> &'static str {
    let mut runs = (0..SEEDS).map(|seed| run(Scenario::drawn(seed).planted(planted)));
    let failure = runs.find_map(Result::err);
    failure.map(|failure| failure.broken.invariant).expect("somebody notices")
}

#[test]
fn an_issuer_that_forgets_its_answers_is_noticed() {
    assert_eq!(broken_by(Planted::IssuerForgetsAnswers), "invariant_both_sides_agree_when_quiet");
}

#[test]
fn an_issuer_that_acknowledges_reversals_and_releases_nothing_is_noticed() {
    broken_by(Planted::IssuerForgetsReversals);
}

#[test]
fn a_gateway_that_forgets_its_registers_is_noticed() {
    let invariants = ["invariant_captured_at_most_once", "invariant_one_hold_for_one_consent"];
    let broken = broken_by(Planted::Gateway(Lapse::Claims));
    assert!(invariants.contains(&broken), "{broken}");
}

#[test]
fn a_gateway_that_forgets_which_requests_it_took_is_noticed() {
    broken_by(Planted::Gateway(Lapse::Requests));
}

#[test]
fn a_gateway_that_forgets_what_it_had_to_do_is_noticed() {
    broken_by(Planted::Gateway(Lapse::Errands));
}

#[test]
fn a_merchant_that_forgets_which_requests_it_took_is_noticed() {
    broken_by(Planted::Merchant(Lapse::Requests));
}

#[test]
fn a_merchant_that_forgets_what_it_had_to_do_is_noticed() {
    broken_by(Planted::Merchant(Lapse::Errands));
}

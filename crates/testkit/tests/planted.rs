//! Planted faults: each must break an invariant in some of a few runs, or the invariants watch
//! nothing.

use openset_testkit::world::{
    Point, Scenario, StopAt,
    enrolling::Who,
    network::Role,
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

/// Whether a planted fault breaks an invariant among parties that enrol and do nothing else.
fn breaks_while_enrolling(planted: Planted, invariant: &str) -> bool {
    let scenario = |seed| Scenario::drawn(seed).without_orders().planted(planted);
    let mut failures = (0..SEEDS).filter_map(|seed| run(scenario(seed)).err());
    failures.any(|failure| failure.broken.invariant == invariant)
}

#[test]
fn an_issuer_that_forgets_its_answers_is_noticed() {
    let invariants =
        ["invariant_both_sides_agree_when_quiet", "invariant_one_hold_for_one_consent"];
    let broken = broken_by(Planted::IssuerForgetsAnswers);
    assert!(invariants.contains(&broken), "{broken}");
}

#[test]
fn an_issuer_that_acknowledges_reversals_and_releases_nothing_is_noticed() {
    broken_by(Planted::IssuerForgetsReversals);
}

#[test]
fn an_issuer_that_acknowledges_a_lower_amount_and_holds_all_of_it_is_noticed() {
    assert_eq!(broken_by(Planted::IssuerLowersNothing), "invariant_both_sides_agree_when_quiet");
}

#[test]
fn an_issuer_that_refuses_reversals_is_asked_for_ever_and_no_consent_is_given_back() {
    // Whoever took any answer for an acknowledgement would have nothing left to do, and the
    // issuer would hold what nobody counts on.
    assert_eq!(broken_by(Planted::IssuerRefusesReversals), "invariant_everything_is_done");
}

#[test]
fn a_gateway_that_forgets_its_registers_is_noticed() {
    let invariants = ["invariant_captured_at_most_once", "invariant_one_hold_for_one_consent"];
    let broken = broken_by(Planted::Shell(Role::Gateway, Lapse::Claims));
    assert!(invariants.contains(&broken), "{broken}");
}

#[test]
fn a_gateway_that_forgets_which_requests_it_took_is_noticed() {
    broken_by(Planted::Shell(Role::Gateway, Lapse::Requests));
}

#[test]
fn a_gateway_that_forgets_what_it_had_to_do_is_noticed() {
    broken_by(Planted::Shell(Role::Gateway, Lapse::Errands));
}

#[test]
fn a_merchant_that_forgets_which_requests_it_took_is_noticed() {
    broken_by(Planted::Shell(Role::Merchant, Lapse::Requests));
}

#[test]
fn a_merchant_that_forgets_what_it_had_to_do_is_noticed() {
    broken_by(Planted::Shell(Role::Merchant, Lapse::Errands));
}

#[test]
fn an_authority_that_forgets_which_keys_it_certified_is_noticed() {
    for authority in [Role::CardholderAuthority, Role::MerchantAuthority, Role::GatewayAuthority] {
        let planted = Planted::Shell(authority, Lapse::Claims);
        let invariant = "invariant_one_key_is_certified_once";
        assert!(breaks_while_enrolling(planted, invariant), "{authority}");
    }
}

#[test]
fn an_authority_that_signs_before_it_has_stored_is_noticed() {
    let planted = Planted::Shell(Role::CardholderAuthority, Lapse::Commits);
    let invariant = "invariant_every_issued_certificate_was_recorded_first";
    assert!(breaks_while_enrolling(planted, invariant));
}

#[test]
fn an_authority_that_draws_no_new_serial_numbers_is_noticed() {
    let planted = Planted::Shell(Role::MerchantAuthority, Lapse::Seeds);
    assert!(breaks_while_enrolling(planted, "invariant_serial_numbers_are_never_reused"));
}

#[test]
fn an_authority_under_another_root_is_noticed() {
    let planted = Planted::AuthorityOfAnotherRoot;
    assert!(breaks_while_enrolling(planted, "invariant_every_certificate_chains_to_root"));
}

#[test]
fn an_applicant_that_loses_its_certificate_is_noticed() {
    // It enrols, somebody buys, and then the power fails.
    for (who, role) in [(Who::Merchant, Role::Merchant), (Who::Gateway, Role::Gateway)] {
        let mut enrolment = Scenario::enrolment(who);
        enrolment.enrolments[0].thinks_ms = 500;
        let plans = Scenario::calm(0).plans;
        let early = Scenario { plans, ..enrolment }.planted(Planted::Shell(role, Lapse::Commits));
        let mut failures = (1..60).filter_map(|step| {
            let stop_at = Some(StopAt { step, point: Point::BeforeCommit });
            run(Scenario { stop_at, ..early.clone() }).err()
        });
        let invariant = "invariant_an_acknowledged_certificate_is_never_lost";
        assert!(failures.any(|failure| failure.broken.invariant == invariant), "{role}");
    }
}

#[test]
fn an_authority_that_forgets_what_it_had_to_do_is_noticed() {
    broken_by(Planted::Shell(Role::CardholderAuthority, Lapse::Errands));
}

#[test]
fn a_vault_that_does_not_keep_what_ties_a_card_to_its_certificate_is_noticed() {
    let planted = Planted::VaultForgetsSecrets;
    assert!(breaks_while_enrolling(planted, "invariant_every_enrolment_ends"));
}

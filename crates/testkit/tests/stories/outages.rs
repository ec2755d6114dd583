//! Lost answers and cut lines. Proves: an answer that is lost is asked for again and is the same;
//! an issuer that says nothing is reversed; a late yes does not revive what was given up; what
//! was cut off for an hour drains when the line is mended.

use openset_bank::ledger::HoldState;
use openset_protocol::summary::Fact;
use openset_testkit::world::{
    Scenario, World,
    network::{Cut, Role},
};

use super::{happened, merchant, states, told, wallet};

/// A calm day, but for one line that is cut for so long.
fn cut(from: Role, to: Role, ends_at: u64) -> Scenario {
    let mut scenario = Scenario::calm(0);
    scenario.weather.cuts = vec![Cut { from, to, begins_at: 0, ends_at }];
    scenario.weather.heals_at = ends_at;
    scenario
}

#[test]
fn a_lost_auth_res_is_given_again() {
    let world = told(cut(Role::Gateway, Role::Merchant, 30_000));
    assert!(happened(&world, "gateway  answers AuthReq"), "the same answer again");
    assert_eq!(merchant(&world).fact, Fact::Captured);
    assert_eq!(wallet(&world).fact, Fact::Captured);
    assert_eq!(states(&world).len(), 1, "the issuer was asked once");
}

#[test]
fn an_issuer_that_says_nothing_is_reversed() {
    let world = told(Scenario::calm(3));
    assert!(happened(&world, "answers 0100 with silence"));
    assert_eq!(states(&world), [HoldState::Released]);
    assert_eq!(merchant(&world).fact, Fact::Declined);
    assert_eq!(wallet(&world).fact, Fact::Declined);
}

#[test]
fn a_yes_that_comes_after_the_reversal_does_not_revive_it() {
    // Abuse case 12: every letter takes up to twelve seconds, and the gateway waits for eight.
    let late = (0..40).map(|seed| {
        let mut scenario = Scenario { seed, ..Scenario::calm(0) };
        scenario.weather.delay_ms_max = 12_000;
        told(scenario)
    });
    let reversed: Vec<_> = late.filter(|world| happened(world, "answers 0420 with 00")).collect();
    for world in &reversed {
        assert!(states(world).iter().all(|state| *state == HoldState::Released));
        assert_eq!(merchant(world).fact, Fact::Declined);
    }
    let yes = |world: &&World| happened(world, "answers 0100 with 00");
    assert!(reversed.iter().any(|world| yes(&world)), "some answers come too late");
    // Abuse case 13: the reversal overtook the question, and the question was refused.
    assert!(!reversed.iter().all(|world| yes(&world)), "some questions come too late");
}

#[test]
fn a_reversal_that_is_not_acknowledged_is_sent_until_it_is() {
    let world = told(cut(Role::Issuer, Role::Gateway, 3_600_000));
    assert!(happened(&world, "answers 0421 with 00"));
    assert_eq!(states(&world), [HoldState::Released]);
}

#[test]
fn a_line_that_is_cut_for_an_hour_drains_within_minutes() {
    // Abuse case 46.
    for (from, to) in [
        (Role::Merchant, Role::Gateway),
        (Role::Gateway, Role::Merchant),
        (Role::Wallet, Role::Merchant),
        (Role::Merchant, Role::Wallet),
        (Role::Gateway, Role::Issuer),
        (Role::Gateway, Role::Acquirer),
        (Role::Acquirer, Role::Gateway),
    ] {
        let world = told(cut(from, to, 3_600_000));
        let drained_in_s = world.moment().saturating_sub(3_600_000) / 1_000;
        assert!(drained_in_s < 300, "{from} to {to}: {drained_in_s} s");
    }
}

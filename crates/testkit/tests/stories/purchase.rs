//! A purchase on a calm day. Proves: the money goes from the card to the merchant to the cent; a
//! part may be taken, or given up before; a card that cannot pay pays nothing; a no is told to
//! whoever asked; the same seed is the same run.

use openset_bank::ledger::HoldState;
use openset_protocol::summary::Fact;
use openset_testkit::{pki::CARDS, world::Scenario};
use openset_types::Money;

use super::{holds, merchant, states, told, wallet};

#[test]
fn a_purchase_goes_from_the_order_to_the_merchant_s_account() {
    let world = told(Scenario::calm(0));
    assert_eq!(merchant(&world).fact, Fact::Captured);
    assert_eq!(wallet(&world).fact, Fact::Captured);
    let amount = merchant(&world).amount;
    assert_eq!(states(&world), [HoldState::Posted(amount)]);
    let credit = world.acquirer.bank.credits().next().expect("a credit");
    assert_eq!((credit.gross, credit.net.minor()), (amount, 4_150));
}

#[test]
fn a_part_is_taken_and_the_rest_is_free_again() {
    let mut scenario = Scenario::calm(4);
    scenario.plans[0].takes = Some(500);
    let world = told(scenario);
    let half = Money::new(2_100, CARDS[4].currency()).expect("within range");
    assert_eq!(merchant(&world).captured, Some(half));
    assert_eq!(states(&world), [HoldState::Posted(half)]);
}

#[test]
fn a_card_that_cannot_pay_is_declined_and_nothing_is_held() {
    for card in [1, 2] {
        let world = told(Scenario::calm(card));
        assert_eq!(merchant(&world).fact, Fact::Declined);
        assert_eq!(wallet(&world).fact, Fact::Declined);
        assert!(holds(&world).is_empty());
    }
}

#[test]
fn an_offer_that_is_declined_costs_nothing() {
    let mut scenario = Scenario::calm(0);
    scenario.plans[0].shoppers[0].consents = false;
    let world = told(scenario);
    assert_eq!(wallet(&world).fact, Fact::Abandoned);
    assert!(holds(&world).is_empty());
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [3, 4] {
        let [first, again] = [(); 2].map(|()| told(Scenario::drawn(seed)));
        assert_eq!(first.history.lines(), again.history.lines());
    }
}

#[test]
fn what_the_shop_gives_up_is_held_no_more_and_everybody_says_so() {
    for (keeps, fact) in [(0, Fact::Voided), (250, Fact::Authorized)] {
        let world = told(Scenario::calm(0).given_up(keeps));
        assert_eq!((merchant(&world).fact, wallet(&world).fact), (fact, fact));
        let [hold] = holds(&world)[..] else { panic!("one hold") };
        match keeps {
            0 => assert_eq!(hold.state, HoldState::Released),
            _ => assert_eq!((hold.state, hold.amount.minor()), (HoldState::Placed, 1_050)),
        }
    }
}

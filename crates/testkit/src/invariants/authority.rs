//! Money moves only with somebody's leave, once, and none of it is lost on the way.

use std::collections::{BTreeMap, BTreeSet};

use openset_bank::{
    acquirer::{Capture, CaptureState},
    ledger::{Account, Balance, HoldState, Ledger},
};
use openset_protocol::{
    gateway::{Stage, capture::Outcome},
    merchant::purchase::MerchantPurchase,
    role::Claim,
};
use openset_types::{Currency, MerchantId, RetrievalReference, Rrpid};

use super::{Desk, Holds, broken};
use crate::{
    pki::{CARDS, CardOf, Funds, MERCHANT},
    world::World,
};

/// All debits equal all credits, in every bank and every currency.
pub fn invariant_money_is_conserved(world: &World) -> Holds {
    let books =
        [("issuer", world.issuer.bank.ledger()), ("acquirer", world.acquirer.bank.ledger())];
    match books.iter().find(|(_, ledger)| !ledger.is_balanced()) {
        None => Ok(()),
        Some((bank, _)) => broken(
            "invariant_money_is_conserved",
            format!("the books of the {bank} do not balance"),
        ),
    }
}

/// What the acquirer takes is held by the issuer, for the same merchant, and not less of it.
pub fn invariant_no_capture_without_authorization(world: &World) -> Holds {
    for capture in world.acquirer.bank.captures() {
        let advice = &capture.advice;
        let hold = world.issuer.bank.hold(&advice.authorization);
        let is_right = hold.is_some_and(|hold| {
            hold.merchant == advice.merchant
                && hold.approval_code == advice.approval_code
                && advice.amount.exceeds(hold.amount) == Ok(false)
                && matches!(hold.state, HoldState::Placed | HoldState::Posted(_))
        });
        if !is_right {
            let (amount, name) = (advice.amount, &advice.authorization);
            let what = format!("{amount} is taken of {name}, and the issuer has {hold:?}");
            return broken("invariant_no_capture_without_authorization", what);
        }
    }
    Ok(())
}

/// Of no sale more is given back than was taken, by whichever way.
pub fn invariant_no_more_is_given_back_than_was_taken(world: &World) -> Holds {
    let bank = &world.acquirer.bank;
    for sale in bank.captures() {
        let of_it = |credit: &&Capture| {
            credit.advice.authorization == sale.advice.authorization && credit.stands()
        };
        let credited: u64 = bank.refunds().filter(of_it).map(|one| one.amount().minor()).sum();
        if credited > sale.amount().minor() {
            let what = format!("{credited} is given back of {}", sale.amount());
            return broken("invariant_no_more_is_given_back_than_was_taken", what);
        }
    }
    Ok(())
}

/// No authorization is taken from twice.
pub fn invariant_captured_at_most_once(desk: &Desk) -> Holds {
    let mut taken: BTreeSet<Rrpid> = BTreeSet::new();
    let items = desk.captures.iter().flat_map(|captures| &captures.items);
    for item in items.filter(|item| !matches!(item.outcome, Outcome::Refused(_))) {
        if !taken.insert(item.authorization) {
            let what = format!("authorization {} is taken from twice", item.authorization);
            return broken("invariant_captured_at_most_once", what);
        }
    }
    for sold in desk.authorizations.iter().filter(|one| matches!(one.stage, Stage::Sold(_))) {
        if !taken.insert(sold.question.rrpid) {
            let what = format!("authorization {} is taken from twice", sold.question.rrpid);
            return broken("invariant_captured_at_most_once", what);
        }
    }
    Ok(())
}

/// However often a consent is presented, the issuer never holds two amounts for one use of it: each
/// authorization uses up the consent itself or the token of the one before, and all of them
/// together hold no more than was agreed to.
pub fn invariant_one_hold_for_one_consent(world: &World, desk: &Desk) -> Holds {
    let mut holds: BTreeMap<_, Vec<&RetrievalReference>> = BTreeMap::new();
    let mut sums: BTreeMap<_, u64> = BTreeMap::new();
    for authorization in &desk.authorizations {
        let Some(name) = question(&authorization.stage) else { continue };
        let stands = |state| matches!(state, HoldState::Placed | HoldState::Posted(_));
        let hold = world.issuer.bank.hold(name).filter(|hold| stands(hold.state));
        let Some(hold) = hold else { continue };
        let xid = authorization.question.ids.xid;
        *sums.entry(xid).or_default() += hold.amount.minor();
        holds.entry((xid, used_up(&authorization.stage))).or_default().push(name);
    }
    for purchase in world.merchant.disk.states::<MerchantPurchase>().map(|(_, one)| one) {
        let Some(xid) = purchase.consent().map(|consent| consent.ids.xid) else { continue };
        let held = sums.get(&xid).copied().unwrap_or_default();
        if held > purchase.order.amount.minor() {
            let what = format!("{held} is held for {}", purchase.order.amount);
            return broken("invariant_one_hold_for_one_consent", what);
        }
    }
    match holds.iter().find(|(_, holds)| holds.len() > 1) {
        None => Ok(()),
        Some(((xid, _), holds)) => {
            let what = format!("the issuer holds {holds:?} for one use of the consent to {xid}");
            broken("invariant_one_hold_for_one_consent", what)
        }
    }
}

/// The register entry of the consent or token that an authorization uses up.
fn used_up(stage: &Stage) -> Option<&Claim> {
    match stage {
        Stage::Asked { spent, .. }
        | Stage::Authorized { spent, .. }
        | Stage::Reversing { spent, .. }
        | Stage::Declining { spent, .. } => Some(spent),
        Stage::Selling { sale, .. } | Stage::Sold(sale) => Some(&sale.spent),
        Stage::Releasing(releasing) => Some(&releasing.spent),
        Stage::Voided { .. }
        | Stage::Forestalled
        | Stage::Declined { .. }
        | Stage::Refused { .. }
        | Stage::Reversed { .. } => None,
    }
}

/// What the issuer was asked by, if it was asked.
pub(super) fn question(stage: &Stage) -> Option<&RetrievalReference> {
    match stage {
        Stage::Asked { trace, .. } | Stage::Authorized { trace, .. } => Some(&trace.retrieval),
        Stage::Reversing { original, .. } => Some(&original.retrieval),
        Stage::Selling { sale, .. } | Stage::Sold(sale) => Some(&sale.trace.retrieval),
        Stage::Releasing(releasing) => Some(&releasing.original.retrieval),
        Stage::Declined { retrieval, .. }
        | Stage::Reversed { retrieval }
        | Stage::Voided { retrieval } => Some(retrieval),
        Stage::Declining { .. } | Stage::Refused { .. } | Stage::Forestalled => None,
    }
}

/// A card that cannot pay never owes; one whose answers get lost neither.
pub fn invariant_a_declined_card_is_never_charged(world: &World) -> Holds {
    for card in CARDS.iter().filter(|card| card.funds != Funds::Plenty) {
        let holds = world.issuer.bank.holds().filter(|hold| hold.card == card.id());
        let is_wrong = |state| match card.funds {
            Funds::Silent => matches!(state, HoldState::Posted(_)),
            Funds::Plenty | Funds::None | Funds::Ended => true,
        };
        let wrong = holds.map(|hold| hold.state).find(|state| is_wrong(*state));
        if wrong.is_some() || owed(world.issuer.bank.ledger(), card) > 0 {
            let what = format!("the card of account {} is charged: {wrong:?}", card.id());
            return broken("invariant_a_declined_card_is_never_charged", what);
        }
    }
    Ok(())
}

fn owed(ledger: &Ledger, card: &CardOf) -> u128 {
    ledger.balance(&Account::Card(card.id()), card.currency()).debit()
}

/// A request is answered with the same octets every time. An Error is not an answer.
pub fn invariant_same_rrpid_same_reply(world: &World) -> Holds {
    match world.replies.otherwise().first() {
        None => Ok(()),
        Some((role, rrpid)) => {
            let what = format!("the {role} has answered {rrpid} in two ways");
            broken("invariant_same_rrpid_same_reply", what)
        }
    }
}

/// No machine claims what another instance holds.
pub fn invariant_every_claim_is_claimed_once(world: &World) -> Holds {
    for (role, party) in world.parties() {
        if let Some(claim) = party.disk.claimed_twice().first() {
            let what = format!("the {role} has claimed an entry of {} twice", claim.register);
            return broken("invariant_every_claim_is_claimed_once", what);
        }
    }
    Ok(())
}

/// Once the books are closed: what the cards owe is what the merchant and the acquirer have.
pub fn invariant_money_reaches_the_merchant_to_the_cent(world: &World) -> Holds {
    const NAME: &str = "invariant_money_reaches_the_merchant_to_the_cent";
    let (issuer, acquirer) = (world.issuer.bank.ledger(), world.acquirer.bank.ledger());
    let merchant = MerchantId::parse(MERCHANT).expect("a number");
    let currencies: BTreeSet<Currency> = CARDS.iter().map(CardOf::currency).collect();
    for currency in currencies {
        let cards = CARDS.iter().filter(|card| card.currency() == currency);
        let owed: i128 = cards.map(|card| owed(issuer, card)).map(signed).sum();
        let net = |balance: Balance| signed(balance.credit()) - signed(balance.debit());
        let has = |account| net(acquirer.balance(&account, currency));
        let has = has(Account::Merchant(merchant.clone())) + has(Account::Fees);
        let paid = net(issuer.balance(&Account::Central, currency));
        let got = -net(acquirer.balance(&Account::Central, currency));
        if owed != has || owed != paid || paid != got {
            let what = format!("cards owe {owed}, banks paid {paid} and got {got}, there is {has}");
            return broken(NAME, what);
        }
    }
    let breaks = openset_bank::reconciliation::compare(
        &world.issuer.bank.written(),
        &world.acquirer.bank.written(),
    );
    let left = world.acquirer.bank.captures().chain(world.acquirer.bank.refunds());
    let is_left = |one: &&Capture| one.stands() && !matches!(one.state, CaptureState::Credited(_));
    let left = left.filter(is_left).count();
    match (breaks.first(), left) {
        (None, 0) => Ok(()),
        (Some(first), _) => broken(NAME, first.to_string()),
        (None, left) => broken(NAME, format!("{left} sales were never credited")),
    }
}

fn signed(minor: u128) -> i128 {
    i128::try_from(minor).expect("small sums")
}

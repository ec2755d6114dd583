//! When the network has healed and everything has drained, everybody tells the same story.

use openset_bank::{
    acquirer::Capture,
    ledger::{Hold, HoldState},
};
use openset_protocol::{
    cardholder::{self, purchase::CardholderPurchase},
    gateway::{Authorization, Stage as Asked, capture::Outcome},
    merchant::{self, Purchase, Stage, purchase::MerchantPurchase},
    summary::Fact,
};
use openset_types::{Money, Rrpid, Xid};

use super::{Broken, Desk, Holds, authority::question, broken};
use crate::world::World;

/// No party has anything left to do.
pub fn invariant_everything_is_done(world: &World) -> Holds {
    for (role, party) in world.parties() {
        let left: Vec<&str> = party.disk.errands().map(|(_, errand)| errand.place.0).collect();
        if !left.is_empty() {
            let what = format!("the {role} has {} errands left: {left:?}", left.len());
            return broken("invariant_everything_is_done", what);
        }
    }
    Ok(())
}

/// Wallet, merchant, gateway, issuer and acquirer tell the same story of every purchase.
pub fn invariant_both_sides_agree_when_quiet(world: &World, desk: &Desk) -> Holds {
    let purchases: Vec<Purchase> =
        world.merchant.disk.states::<MerchantPurchase>().map(|(_, purchase)| purchase).collect();
    let scene = Scene { world, desk, purchases };
    scene.merchant_and_banks()?;
    scene.gateway_and_merchant()?;
    scene.issuer_and_gateway()?;
    scene.acquirer_and_gateway()?;
    scene.refunds_are_known()?;
    scene.merchant_and_wallet()?;
    scene.wallet_and_merchant()
}

/// What everybody has written down.
struct Scene<'a> {
    world: &'a World,
    desk: &'a Desk,
    purchases: Vec<Purchase>,
}

/// What a merchant has of a payment.
struct Paid<'a> {
    authorized: &'a merchant::Authorized,
    taken: Option<Money>,
    captured: Option<&'a merchant::Captured>,
}

fn disagree(what: String) -> Holds {
    broken("invariant_both_sides_agree_when_quiet", what)
}

/// Every authorization of a purchase.
fn paid(purchase: &Purchase) -> impl Iterator<Item = Paid<'_>> {
    purchase.stages().filter_map(paid_by)
}

fn paid_by(stage: &Stage) -> Option<Paid<'_>> {
    match stage {
        Stage::Authorized(authorized) => Some(Paid { authorized, taken: None, captured: None }),
        Stage::Captured(captured) => {
            let (authorized, taken) = (&captured.authorized, Some(captured.amount));
            Some(Paid { authorized, taken, captured: Some(captured) })
        }
        Stage::Offered { .. }
        | Stage::Authorizing(_)
        | Stage::Capturing(_)
        | Stage::Voiding(_)
        | Stage::Voided(_)
        | Stage::Declined(_) => None,
    }
}

impl Paid<'_> {
    /// What an inquiry tells of it.
    fn reached(&self) -> Fact {
        self.captured.map_or(Fact::Authorized, stage_reached)
    }
}

/// What an inquiry tells of a captured order.
fn stage_reached(captured: &merchant::Captured) -> Fact {
    match captured.standing().map(Money::is_zero) {
        Ok(true) => Fact::Authorized,
        _ if captured.credits().is_empty() => Fact::Captured,
        _ => Fact::Credited,
    }
}

impl Scene<'_> {
    /// What a merchant believes to be paid is held or posted at the issuer, as much of it.
    fn merchant_and_banks(&self) -> Holds {
        for purchase in &self.purchases {
            let waits = |stage: &Stage| {
                matches!(stage, Stage::Authorizing(_) | Stage::Capturing(_) | Stage::Voiding(_))
            };
            if purchase.stages().any(waits) {
                return disagree(format!("the merchant still waits: {:?}", purchase.summary()));
            }
        }
        for Paid { authorized, captured, .. } in self.purchases.iter().flat_map(paid) {
            let taken = captured.and_then(|captured| captured.standing().ok());
            let rrpid = authorized.rrpid;
            let Some(hold) = self.authorization(rrpid).and_then(|one| self.hold_of(one)) else {
                return disagree(format!("the merchant counts on {rrpid} and no bank knows it"));
            };
            let stands = match (hold.state, taken) {
                (HoldState::Posted(amount), Some(taken)) => amount == taken,
                (HoldState::Posted(_), None) => self.is_taken_by_a_thief(rrpid),
                (HoldState::Placed, taken) => taken.is_none_or(Money::is_zero),
                _ => false,
            };
            if !stands || hold.amount != authorized.amount {
                return disagree(format!("{rrpid}: the merchant took {taken:?}, held: {hold:?}"));
            }
        }
        Ok(())
    }

    /// What the gateway has authorized, the merchant knows.
    fn gateway_and_merchant(&self) -> Holds {
        for authorization in &self.desk.authorizations {
            let rrpid = authorization.question.rrpid;
            match &authorization.stage {
                Asked::Asked { .. } | Asked::Reversing { .. } | Asked::Releasing(_) => {
                    return disagree(format!("the gateway still waits for the issuer on {rrpid}"));
                }
                Asked::Selling { .. } => {
                    return disagree(format!(
                        "the gateway still waits for the acquirer on {rrpid}"
                    ));
                }
                Asked::Authorized { amount, .. } if !self.world.stolen.contains(&rrpid) => {
                    let knows = |paid: Paid<'_>| {
                        paid.authorized.rrpid == rrpid && paid.authorized.amount == *amount
                    };
                    if !self.purchases.iter().flat_map(paid).any(knows) {
                        return disagree(format!("{amount} is held for {rrpid}, and left behind"));
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What the issuer holds, the gateway has authorized; nothing else is held.
    fn issuer_and_gateway(&self) -> Holds {
        for hold in self.world.issuer.bank.holds() {
            let is_its = |one: &&Authorization| question(&one.stage) == Some(&hold.authorization);
            let authorization = self.desk.authorizations.iter().find(is_its);
            let is_authorized = authorization
                .is_some_and(|one| matches!(one.stage, Asked::Authorized { .. } | Asked::Sold(_)));
            let stands = matches!(hold.state, HoldState::Placed | HoldState::Posted(_));
            if is_authorized != stands {
                let stage = authorization.map(|one| &one.stage);
                return disagree(format!("the issuer has {hold:?}, the gateway {stage:?}"));
            }
        }
        Ok(())
    }

    /// What the acquirer was told, the gateway has told, and the merchant knows.
    fn acquirer_and_gateway(&self) -> Holds {
        let mut told = 0;
        for captures in &self.desk.captures {
            for item in &captures.items {
                let Outcome::Taken { amount, retrieval, .. } = &item.outcome else { continue };
                told += 1;
                let is_it = |advice: &openset_types::CaptureAdvice| {
                    advice.authorization == *retrieval && advice.amount == *amount
                };
                if !self.world.acquirer.bank.captures().any(|one| is_it(&one.advice)) {
                    return disagree(format!("the acquirer was never told of {retrieval}"));
                }
                let is_known = |paid: Paid<'_>| {
                    paid.authorized.rrpid == item.authorization && paid.taken == Some(*amount)
                };
                let is_stolen = self.world.stolen.contains(&captures.rrpid);
                if !is_stolen && !self.purchases.iter().flat_map(paid).any(is_known) {
                    return disagree(format!("{amount} is taken, and the merchant does not know"));
                }
            }
        }
        told += self.sales_are_known()?;
        let has = self.world.acquirer.bank.captures().count();
        if has == told {
            return Ok(());
        }
        disagree(format!("the acquirer has {has} sales and was told of {told}"))
    }

    /// What was taken with its authorization the acquirer has, and the merchant knows: how many
    /// there are.
    fn sales_are_known(&self) -> Result<usize, Broken> {
        let mut sales = 0;
        for authorization in &self.desk.authorizations {
            let Asked::Sold(sale) = &authorization.stage else { continue };
            sales += 1;
            let rrpid = authorization.question.rrpid;
            if !self.world.acquirer.bank.captures().any(|one| one.advice == sale.advice) {
                disagree(format!("the acquirer was never told of the sale {rrpid}"))?;
            }
            let is_known = |paid: Paid<'_>| {
                paid.authorized.rrpid == rrpid && paid.taken == Some(sale.advice.amount)
            };
            let is_stolen = self.world.stolen.contains(&rrpid);
            if !is_stolen && !self.purchases.iter().flat_map(paid).any(is_known) {
                disagree(format!("{rrpid} is sold, and the merchant does not know"))?;
            }
        }
        Ok(sales)
    }

    /// What a merchant has given back the acquirer has, and no question is open.
    fn refunds_are_known(&self) -> Holds {
        let acquirer = &self.world.acquirer.bank;
        for Paid { authorized, captured, .. } in self.purchases.iter().flat_map(paid) {
            let Some(captured) = captured else { continue };
            if let Some(open) = captured.refunding() {
                return disagree(format!("the merchant still waits: {open:?}"));
            }
            let hold = self.authorization(authorized.rrpid).and_then(|one| self.hold_of(one));
            let of = hold.map(|hold| &hold.authorization);
            let of_it = |one: &&Capture| Some(&one.advice.authorization) == of;
            let reversed = acquirer.captures().filter(of_it);
            let reversed: u64 =
                reversed.map(|one| one.advice.amount.minor() - one.amount().minor()).sum();
            let credited = acquirer.refunds().filter(of_it).filter(|one| one.stands());
            let credited: u64 = credited.map(|one| one.amount().minor()).sum();
            let known = captured.given_back().map(Money::minor);
            if known != Ok(reversed + credited) {
                let what = format!("the merchant gave back {known:?}, {reversed} and {credited}");
                return disagree(what);
            }
        }
        Ok(())
    }

    /// What a merchant believes to be paid, a wallet knows to have paid.
    fn merchant_and_wallet(&self) -> Holds {
        for purchase in &self.purchases {
            let furthest = paid(purchase).map(|paid| (paid.reached(), paid.authorized)).reduce(
                |before, next| {
                    if Fact::Authorized == next.0 || before.0 == Fact::Credited {
                        before
                    } else {
                        next
                    }
                },
            );
            let Some((expected, authorized)) = furthest else { continue };
            let xid = authorized.consent.ids.xid;
            let known = self.wallets().find(|wallet| wallet.xid() == Some(xid));
            let fact = known.map(|wallet| wallet.summary().fact);
            if fact != Some(expected) {
                return disagree(format!("{xid}: the merchant {expected:?}, the wallet {fact:?}"));
            }
        }
        Ok(())
    }

    /// What a wallet believes to have paid, a merchant believes to be paid.
    fn wallet_and_merchant(&self) -> Holds {
        for wallet in self.wallets() {
            let fact = wallet.summary().fact;
            let Some(xid) = wallet.xid() else { continue };
            let believes = matches!(fact, Fact::Authorized | Fact::Captured | Fact::Credited);
            if believes != self.is_paid(xid) {
                return disagree(format!("{xid}: the wallet says {fact:?}"));
            }
            if matches!(wallet.stage, cardholder::Stage::Initiating { .. }) {
                return disagree("a wallet still waits for an offer".to_owned());
            }
        }
        Ok(())
    }

    fn wallets(&self) -> impl Iterator<Item = cardholder::Purchase> {
        self.world.wallet.disk.states::<CardholderPurchase>().map(|(_, purchase)| purchase)
    }

    fn is_paid(&self, xid: Xid) -> bool {
        self.purchases.iter().flat_map(paid).any(|paid| paid.authorized.consent.ids.xid == xid)
    }

    fn authorization(&self, rrpid: Rrpid) -> Option<&Authorization> {
        self.desk.authorizations.iter().find(|one| one.question.rrpid == rrpid)
    }

    fn hold_of(&self, authorization: &Authorization) -> Option<&Hold> {
        self.world.issuer.bank.hold(question(&authorization.stage)?)
    }

    fn is_taken_by_a_thief(&self, authorization: Rrpid) -> bool {
        let stolen = |rrpid| self.world.stolen.contains(&rrpid);
        self.desk
            .captures
            .iter()
            .filter(|captures| stolen(captures.rrpid))
            .any(|captures| captures.items.iter().any(|item| item.authorization == authorization))
    }
}

//! What parties say of each other: the same purchase, the same sale, the same file.

use openset_types::{Money, RetrievalReference};

use crate::{
    acquirer::{self, Outcome},
    books::{AUTHORIZED, Authorization},
    exchange,
    gateway::{self, ADVISING, TAKEN},
    issuer, merchant, refunds,
    report::{Difference, NOTHING, Report, What, said},
    sales::{Sale, SaleId, Terms},
    statements,
};

/// Everybody whose database was read. Who was not read is not compared with.
pub(crate) struct Everybody<'a> {
    pub(crate) issuers: Vec<issuer::Account<'a>>,
    pub(crate) acquirers: Vec<acquirer::Account<'a>>,
    pub(crate) gateways: Vec<gateway::Account<'a>>,
    pub(crate) merchants: Vec<merchant::Account<'a>>,
}

/// Compares everybody with everybody.
pub(crate) fn compare(everybody: &Everybody<'_>, report: &mut Report) {
    let Everybody { issuers, acquirers, gateways, merchants } = everybody;
    report.differences.extend(issuers.iter().flat_map(|one| one.found.clone()));
    report.differences.extend(acquirers.iter().flat_map(|one| one.found.clone()));
    report.differences.extend(gateways.iter().flat_map(gateway::Account::twice));
    everybody.totals(report);
    for gateway in gateways {
        everybody.authorizations(gateway, report);
        everybody.captures(gateway, report);
    }
    refunds::compare(everybody, report);
    everybody.holds(report);
    everybody.taken(report);
    for acquirer in acquirers {
        exchange::compare(acquirer, issuers, report);
    }
    for merchant in merchants {
        everybody.purchases(merchant, report);
    }
    everybody.purchases_of_gateways(report);
    statements::compare(acquirers, merchants, report);
}

/// A stage in which the issuer holds nothing, as the gateway was told.
const NOTHING_HELD: [&str; 4] = ["Declined", "Refused", "Reversed", "Voided"];

impl<'a> Everybody<'a> {
    fn totals(&self, report: &mut Report) {
        for sale in self.issuers.iter().flat_map(|issuer| issuer.sales.values()) {
            let Some(held) = &sale.held else { continue };
            report.add(held.amount, |totals| &mut totals.authorized);
            let stays = sale.standing().map(|terms| terms.amount);
            let undone = stays.map_or(Ok(held.amount), |stays| held.amount.minus(stays));
            if let Ok(undone) = undone {
                report.add(undone, |totals| &mut totals.undone);
            }
        }
        for acquirer in &self.acquirers {
            for taken in acquirer.sales.values().filter_map(|sale| sale.taken.as_ref()) {
                report.add(taken.amount, |totals| &mut totals.captured);
            }
            for claim in acquirer.claims.values() {
                claim.less.iter().filter(|_| !claim.is_credit).for_each(|part| {
                    report.add(part.amount, |totals| &mut totals.taken_back);
                });
                if let Some(amount) = claim.amount().filter(|_| claim.is_credit) {
                    report.add(amount, |totals| &mut totals.given_back);
                }
            }
            for sent in acquirer.files.values() {
                match &sent.outcome {
                    Outcome::Paid(paid) if sent.clearing.is_credit => {
                        report.add(paid.amount, |totals| &mut totals.returned);
                    }
                    Outcome::Paid(paid) => report.add(paid.amount, |totals| &mut totals.settled),
                    Outcome::Unanswered | Outcome::Rejected(..) => {}
                }
            }
            for credited in acquirer.credited() {
                match credited.is_debit {
                    true => report.add(credited.net, |totals| &mut totals.debited),
                    false => report.add(credited.net, |totals| &mut totals.credited),
                }
                report.add(credited.fee, |totals| &mut totals.fees);
            }
        }
    }

    /// The issuers of a gateway's brand.
    fn issuers_of(
        &self,
        gateway: &gateway::Account<'_>,
    ) -> impl Iterator<Item = &issuer::Account<'a>> {
        let brand = gateway.of.party().brand().to_owned();
        self.issuers.iter().filter(move |issuer| issuer.of.party().brand() == brand)
    }

    /// A gateway's sale at whichever issuer of its brand knows it.
    fn at_issuer(
        &self,
        gateway: &gateway::Account<'_>,
        reference: &RetrievalReference,
    ) -> Option<(&issuer::Account<'a>, &SaleId, &Sale)> {
        let mut all = self.issuers_of(gateway);
        all.find_map(|issuer| issuer.sale(reference).map(|(id, sale)| (issuer, id, sale)))
    }

    /// What the gateway believes of each authorization, against what its issuer answered.
    fn authorizations(&self, gateway: &gateway::Account<'_>, report: &mut Report) {
        if self.issuers_of(gateway).next().is_none() {
            return;
        }
        for (reference, one) in &gateway.references {
            let found = self.at_issuer(gateway, reference);
            let held = found.and_then(|(_, _, sale)| sale.standing());
            let own = one.amount.filter(|_| one.stage == AUTHORIZED);
            let is_so = match (one.stage.as_str(), &held) {
                (AUTHORIZED, Some(held)) => one.is_about(held),
                (AUTHORIZED, None) => false,
                (stage, held) => held.is_none() || !NOTHING_HELD.contains(&stage),
            };
            if is_so {
                continue;
            }
            let what = match &held {
                Some(_) if own.is_some() => What::AuthorizationDiffers,
                _ => What::AuthorizationMissing,
            };
            let issuer = found.map_or("its issuer", |(issuer, _, _)| issuer.folder());
            let between = [gateway.folder(), issuer];
            let says = [said(own), said(held.map(|held| held.amount))];
            let about = format!("sale {reference}");
            report.find(Difference::new(what, about, between, says));
        }
    }

    /// Every hold that an issuer agreed to and that stands was asked for by a gateway.
    fn holds(&self, report: &mut Report) {
        for gateway in &self.gateways {
            for issuer in self.issuers_of(gateway) {
                for (id, sale) in &issuer.sales {
                    let Some(held) = sale.standing() else { continue };
                    if gateway.references.contains_key(&id.reference) {
                        continue;
                    }
                    let between = [issuer.folder(), gateway.folder()];
                    let says = [said(Some(held.amount)), NOTHING.to_owned()];
                    let what = What::AuthorizationMissing;
                    report.find(Difference::new(what, id.named(), between, says));
                }
            }
        }
    }

    /// What the gateway had taken, against what its acquirer noted and its issuer holds.
    fn captures(&self, gateway: &gateway::Account<'_>, report: &mut Report) {
        for (authorization, items) in &gateway.items {
            let Some(taken) = gateway.taken(*authorization) else { continue };
            let one = gateway.authorizations.get(authorization);
            let Some((one, reference)) = one.and_then(|one| Some((one, one.reference.as_ref()?)))
            else {
                let xid = items.first().map(|item| item.xid.to_string()).unwrap_or_default();
                let says = [said(Some(taken)), "no such authorization".to_owned()];
                let between = [gateway.folder(), gateway.folder()];
                let about = format!("capture of purchase {xid}");
                report.find(Difference::new(What::AuthorizationMissing, about, between, says));
                continue;
            };
            if one.amount.is_some_and(|held| exceeds(taken, held)) {
                let says = [said(Some(taken)), said(one.amount)];
                let about = format!("sale {reference}");
                let between = [gateway.folder(), gateway.folder()];
                report.find(Difference::new(What::CapturedMore, about, between, says));
            }
            let Some(acquirer) = self.acquirers.first() else { continue };
            let noted = self.noted(gateway, reference);
            if noted != Some(taken) {
                let what = match noted {
                    Some(_) => What::CaptureDiffers,
                    None => What::CaptureMissing,
                };
                let says = [said(Some(taken)), said(noted)];
                let between = [gateway.folder(), acquirer.folder()];
                report.find(Difference::new(what, format!("sale {reference}"), between, says));
            }
        }
    }

    /// What an acquirer noted of a gateway's sale.
    fn noted(
        &self,
        gateway: &gateway::Account<'_>,
        reference: &RetrievalReference,
    ) -> Option<Money> {
        let issuer = self.at_issuer(gateway, reference).map(|(_, id, _)| &id.issuer);
        let named =
            issuer.map(|issuer| SaleId { issuer: issuer.clone(), reference: reference.clone() });
        let found = self.acquirers.iter().find_map(|one| match &named {
            Some(id) => one.sales.get(id),
            // No issuer was read that knows the sale.
            None => one.sales.iter().find(|(id, _)| id.reference == *reference).map(|one| one.1),
        });
        found?.taken.as_ref().map(|taken| taken.amount)
    }

    /// Every capture that an acquirer noted was told by a gateway, and is not more than is held.
    fn taken(&self, report: &mut Report) {
        for acquirer in &self.acquirers {
            for (id, sale) in &acquirer.sales {
                let Some(taken) = &sale.taken else { continue };
                let held = self.issuers.iter().find_map(|issuer| issuer.sales.get(id));
                let held = held.and_then(Sale::standing).map(|terms| terms.amount);
                if held.is_some_and(|held| exceeds(taken.amount, held)) {
                    let says = [said(Some(taken.amount)), said(held)];
                    let between = [acquirer.folder(), "its issuer"];
                    report.find(Difference::new(What::CapturedMore, id.named(), between, says));
                }
                let Some(gateway) = self.gateways.first() else { continue };
                if !self.gateways.iter().any(|gateway| is_told(gateway, &id.reference)) {
                    let says = [said(Some(taken.amount)), NOTHING.to_owned()];
                    let between = [acquirer.folder(), gateway.folder()];
                    report.find(Difference::new(What::CaptureMissing, id.named(), between, says));
                }
            }
        }
    }

    /// What the merchant believes, against what its gateway wrote.
    fn purchases(&self, merchant: &merchant::Account<'_>, report: &mut Report) {
        let Some(somebody) = self.gateways.first() else { return };
        for (rrpid, (purchase, authorized)) in &merchant.authorized {
            let about = format!("{}, purchase {}", purchase.named(), authorized.xid);
            let found = self
                .gateways
                .iter()
                .find_map(|gateway| Some((gateway, *gateway.authorizations.get(rrpid)?)));
            let gateway = found.map_or(somebody, |(gateway, _)| gateway);
            let between = [merchant.folder(), gateway.folder()];
            let held = found.and_then(|(_, one)| one.amount.filter(|_| one.stage == AUTHORIZED));
            if held != Some(authorized.amount) {
                let what = match held {
                    Some(_) => What::AuthorizationDiffers,
                    None => What::AuthorizationMissing,
                };
                let says = [said(Some(authorized.amount)), said(held)];
                report.find(Difference::new(what, about.clone(), between, says));
            }
            let taken = gateway.taken(*rrpid);
            if purchase.captured != taken && !purchase.is_capturing() {
                let what = match (purchase.captured, taken) {
                    (Some(_), Some(_)) => What::CaptureDiffers,
                    _ => What::CaptureMissing,
                };
                let says = [said(purchase.captured), said(taken)];
                report.find(Difference::new(what, about, between, says));
            }
        }
    }

    /// What a gateway believes to hold for a merchant, its merchant knows or is about to hear.
    fn purchases_of_gateways(&self, report: &mut Report) {
        let [merchant] = self.merchants.as_slice() else { return };
        for gateway in &self.gateways {
            let holding = gateway.authorizations.values().filter(|one| one.stage == AUTHORIZED);
            for one in holding {
                let is_known = merchant.authorized.contains_key(&one.rrpid)
                    || merchant.waiting.contains_key(&one.rrpid);
                if !is_known {
                    let about = format!("purchase {}", one.xid);
                    let between = [gateway.folder(), merchant.folder()];
                    let says = [said(one.amount), NOTHING.to_owned()];
                    let what = What::AuthorizationMissing;
                    report.find(Difference::new(what, about, between, says));
                }
            }
        }
    }
}

impl Authorization {
    /// Whether it says what the issuer agreed to.
    fn is_about(&self, held: &Terms) -> bool {
        self.amount == Some(held.amount)
            && self.approval == held.approval
            && self.merchant.as_str() == held.merchant
    }
}

fn is_told(gateway: &gateway::Account<'_>, reference: &RetrievalReference) -> bool {
    let Some(one) = gateway.references.get(reference) else {
        return false;
    };
    let mut items = gateway.items.get(&one.rrpid).into_iter().flatten();
    items.any(|item| [TAKEN, ADVISING].contains(&item.outcome.as_str()))
}

fn exceeds(amount: Money, limit: Money) -> bool {
    amount.exceeds(limit).unwrap_or(true)
}

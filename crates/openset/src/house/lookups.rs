//! Finding the same purchase in everybody's books.

use openset_bank::acquirer::{Capture, CaptureState};
use openset_protocol::{
    gateway::{Authorization, Stage as GatewayStage},
    merchant::{Authorized, Purchase, Stage},
    role::Lookup,
};
use openset_types::{RetrievalReference, Rrpid, UnixTime, Xid};

use super::system::System;
use crate::shop::{checkout, orders::Order};

impl System {
    /// The purchase of an order, as the merchant has it.
    pub(crate) async fn purchase(&self, order: &Order) -> anyhow::Result<Option<Purchase>> {
        Ok(self.merchant.purchases.state(&checkout::instance(order)).await?)
    }

    /// The order that a purchase pays for.
    pub(crate) async fn order_of(&self, xid: Xid) -> anyhow::Result<Option<Order>> {
        let at = Lookup::Alias(xid.as_bytes().to_vec());
        let purchase = self.merchant.purchases.state(&at).await?;
        let Some(label) = purchase.and_then(|purchase| purchase.summary().order) else {
            return Ok(None);
        };
        Ok(self.merchant.orders.by_label(&label).await?)
    }

    /// When the money of a purchase came to the merchant's bank, if it has.
    pub(crate) async fn settled(&self, purchase: &Purchase) -> anyhow::Result<Option<UnixTime>> {
        let Stage::Captured(captured) = &purchase.stage else { return Ok(None) };
        let Some(reference) = self.reference(captured.authorized.rrpid).await? else {
            return Ok(None);
        };
        let view = self.acquirer.host.view().await?;
        let capture =
            view.captures.iter().find(|capture| capture.advice.authorization == reference);
        Ok(capture.and_then(|capture| paid_at(capture, &view.credits)))
    }

    /// What the gateway of whichever brand has written about an authorization.
    pub(crate) async fn authorization(
        &self,
        rrpid: Rrpid,
    ) -> anyhow::Result<Option<Authorization>> {
        let at = Lookup::Key(rrpid.as_bytes().to_vec());
        for brand in self.brands() {
            let found = brand.gateway.authorizations.state(&at).await?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// What the banks call an authorization.
    pub(crate) async fn reference(
        &self,
        rrpid: Rrpid,
    ) -> anyhow::Result<Option<RetrievalReference>> {
        Ok(self.authorization(rrpid).await?.as_ref().and_then(reference_of))
    }
}

/// What the banks call an authorization, once they were asked.
pub(crate) fn reference_of(authorization: &Authorization) -> Option<RetrievalReference> {
    match &authorization.stage {
        GatewayStage::Asked { trace, .. } | GatewayStage::Authorized { trace, .. } => {
            Some(trace.retrieval.clone())
        }
        GatewayStage::Declined { retrieval, .. }
        | GatewayStage::Reversed { retrieval }
        | GatewayStage::Voided { retrieval } => Some(retrieval.clone()),
        GatewayStage::Reversing { original, .. } => Some(original.retrieval.clone()),
        GatewayStage::Selling { sale, .. } | GatewayStage::Sold(sale) => {
            Some(sale.trace.retrieval.clone())
        }
        GatewayStage::Releasing(releasing) => Some(releasing.original.retrieval.clone()),
        GatewayStage::Declining { .. }
        | GatewayStage::Refused { .. }
        | GatewayStage::Forestalled => None,
    }
}

/// The authorization of a purchase that has one.
pub(crate) fn held(purchase: &Purchase) -> Option<&Authorized> {
    match &purchase.stage {
        Stage::Authorized(authorized) => Some(authorized),
        Stage::Capturing(capturing) => Some(&capturing.authorized),
        Stage::Captured(captured) => Some(&captured.authorized),
        Stage::Voiding(voiding) => Some(&voiding.authorized),
        Stage::Voided(voided) => Some(&voided.authorized),
        Stage::Offered { .. } | Stage::Authorizing(_) | Stage::Declined(_) => None,
    }
}

/// When a captured sale was credited to its merchant.
pub(crate) fn paid_at(
    capture: &Capture,
    credits: &[openset_bank::acquirer::MerchantCredit],
) -> Option<UnixTime> {
    let CaptureState::Credited(file) = &capture.state else { return None };
    credits.iter().find(|credit| credit.file == *file).map(|credit| credit.at)
}

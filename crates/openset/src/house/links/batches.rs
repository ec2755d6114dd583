//! What merchants ask about their batches: said to the acquirer, and its items put together with
//! the purchases that this gateway knows them by.

use std::{sync::Arc, time::Duration};

use openset_bank::iso8583::words::{batch, read_batch_answer};
use openset_node::{
    driver::{Desk, Driver, Performing},
    fault::Fault,
    store::Store,
};
use openset_protocol::{
    gateway::{
        Stage,
        authorization::GatewayAuthorization,
        batch::{Detail, Details, Effect, GatewayBatch, Input},
        capture::{GatewayCapture, Outcome as CaptureOutcome},
        refund::{GatewayRefund, Outcome as RefundOutcome},
    },
    octets::Octets,
    role::{Lookup, Machine, Register},
};
use openset_types::{BatchAnswer, BatchLine, BatchLines, BatchPlace, BatchQuestion, Rrpid};
use openset_wire::der::encode;
use tokio::time::sleep;

use super::AcquirerDesk;

/// The waits between two tellings of a question. After the last one nobody knows.
const WAITS: [Duration; 4] = [
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// A purchase: its authorization and its names (TransIDs, DER).
type Purchase = (Rrpid, Octets);

/// Asks the acquirer about batches.
pub(crate) struct BatchDesk {
    pub(crate) tells: AcquirerDesk,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) authorizations: Driver<GatewayAuthorization>,
    pub(crate) captures: Driver<GatewayCapture>,
    pub(crate) refunds: Driver<GatewayRefund>,
}

impl Desk<GatewayBatch> for BatchDesk {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Effect) -> Performing<'a, GatewayBatch> {
        Box::pin(async move {
            let Effect::AskAcquirer(question) = effect;
            let answer = self.tells.ask_batch(&question).await;
            let details = match &answer {
                BatchAnswer::Lines(lines) => self.details(&question, lines).await,
                _ => Ok(Details::default()),
            };
            Some(match details {
                Ok(details) => Input::Answered { answer, details },
                Err(fault) => {
                    tracing::error!(%fault, "the items of a batch cannot be read");
                    Input::Answered { answer: BatchAnswer::NoAnswer, details: Details::default() }
                }
            })
        })
    }
}

impl AcquirerDesk {
    /// What the acquirer says; nothing if it says nothing often enough.
    async fn ask_batch(&self, question: &BatchQuestion) -> BatchAnswer {
        for wait in WAITS {
            let answer = self.link.ask(&batch(question, &self.acquirer)).await;
            match answer.as_ref().map(|answer| read_batch_answer(&question.deed, answer)) {
                Ok(Ok(BatchAnswer::NoAnswer)) => {
                    tracing::error!("the acquirer cannot speak of batches now");
                }
                Ok(Ok(answer)) => return answer,
                Ok(Err(unfit)) => tracing::error!(%unfit, "the acquirer's answer says nothing"),
                Err(reason) => tracing::warn!(%reason, "a question about a batch is not answered"),
            }
            sleep(wait).await;
        }
        BatchAnswer::NoAnswer
    }
}

impl BatchDesk {
    async fn details(
        &self,
        question: &BatchQuestion,
        lines: &BatchLines,
    ) -> Result<Details, Fault> {
        let Some(batch) = question.batch else { return Ok(Details::default()) };
        let mut all = Vec::new();
        for line in &lines.lines {
            let place = BatchPlace { batch, position: line.position };
            match self.detail(line, place).await? {
                Some(detail) => all.push(detail),
                // Another gateway of the brand had it counted.
                None => tracing::warn!(position = line.position, "an item is not known here"),
            }
        }
        Ok(Details { lines: all, next: lines.next })
    }

    /// The purchase of an item: whoever drew its reference knows it. Who holds a claim is told as
    /// the kind of its machine, a zero, and the instance's key.
    async fn detail(&self, line: &BatchLine, place: BatchPlace) -> Result<Option<Detail>, Fault> {
        let own = line.own.as_str().as_bytes();
        let holder = self.store.holder(Register::Retrieval.name(), own).await?.unwrap_or_default();
        let mut parts = holder.splitn(2, |octet| *octet == 0);
        let (Some(kind), Some(key)) = (parts.next(), parts.next()) else { return Ok(None) };
        let at = Lookup::Key(key.to_vec());
        let found = match std::str::from_utf8(kind) {
            Ok(GatewayCapture::KIND) => self.captured(&at, place).await?,
            Ok(GatewayRefund::KIND) => self.given_back(&at, place).await?,
            Ok(GatewayAuthorization::KIND) => self.sold(&at, place).await?,
            _ => None,
        };
        let detail =
            |(authorization, trans_ids)| Detail { line: line.clone(), authorization, trans_ids };
        Ok(found.map(detail))
    }

    async fn captured(&self, at: &Lookup, place: BatchPlace) -> Result<Option<Purchase>, Fault> {
        let Some(captures) = self.captures.state(at).await? else { return Ok(None) };
        let mut items = captures.items.into_iter();
        let item = items.find(|item| match &item.outcome {
            CaptureOutcome::Taken { place: counted, .. } => *counted == Some(place),
            CaptureOutcome::Advising(_) | CaptureOutcome::Refused(_) => false,
        });
        Ok(item.map(|item| (item.authorization, item.trans_ids)))
    }

    async fn given_back(&self, at: &Lookup, place: BatchPlace) -> Result<Option<Purchase>, Fault> {
        let Some(refunds) = self.refunds.state(at).await? else { return Ok(None) };
        let mut items = refunds.items.into_iter();
        let item = items.find(|item| match &item.outcome {
            RefundOutcome::Done { place: counted, .. } => *counted == Some(place),
            RefundOutcome::Advising(_) | RefundOutcome::Refused(_) => false,
        });
        Ok(item.map(|item| (item.authorization, item.trans_ids)))
    }

    async fn sold(&self, at: &Lookup, place: BatchPlace) -> Result<Option<Purchase>, Fault> {
        let Some(sold) = self.authorizations.state(at).await? else { return Ok(None) };
        match &sold.stage {
            Stage::Sold(sale) if sale.place == Some(place) => {
                let trans_ids = encode(&sold.question.ids.trans_ids());
                let trans_ids = trans_ids.map_err(|_| Fault::StateUnreadable)?;
                Ok(Some((sold.question.rrpid, Octets(trans_ids))))
            }
            _ => Ok(None),
        }
    }
}

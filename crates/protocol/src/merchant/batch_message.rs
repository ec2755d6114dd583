//! BatchAdminReq and BatchAdminRes as a merchant writes and reads them.

use std::collections::BTreeMap;

use openset_types::{
    BatchNumber, BatchProgress, BatchReport, BatchTotals, Brand, ClosedBy, Rrpid, Side,
};
use openset_wire::{
    payment::{
        AmountType, BaStatus, BatchAdminReqData, BatchAdminRes, BatchAdminResData, BatchOperation,
        BrandAndBin, ReturnTransactionDetail, TransactionDetail, TransmissionStatus,
    },
    types::{self, BatchDetails, BatchStatus, BrandBatchDetails, CloseStatus},
    wrapper::Message,
};

use super::{Account, batch::Deed, batches::Line};
use crate::{
    acceptance::{self, same_rrpid},
    refusal::Refusal,
    role::{Env, Machine},
};

/// How many items are asked for at one time.
const PAGE: u64 = 30;

/// What the gateway is asked about a batch.
pub(super) struct Question {
    pub(super) rrpid: Rrpid,
    pub(super) number: BatchNumber,
    pub(super) deed: Deed,
    /// What the merchant has in it, if that can be added up.
    pub(super) own: Option<BatchTotals>,
    /// The place from which on items are told, 0 for the first.
    pub(super) from: u64,
}

impl Question {
    /// BatchAdminReq: Enc(M, P, BatchAdminReqData).
    pub(super) fn message<M: Machine>(
        &self,
        account: &Account,
        brand: &Brand,
        env: &Env<'_, M>,
    ) -> Result<Message, Refusal> {
        let is_compared = matches!(self.deed, Deed::Close | Deed::Reconcile);
        let own = self.own.filter(|_| is_compared);
        let data = BatchAdminReqData {
            batch_admin_rr_tags: account.tags(self.rrpid, env.now),
            batch_id: Some(self.number.get()),
            brand_and_bin_seq: (self.deed == Deed::Open)
                .then(|| vec![BrandAndBin { brand_id: brand.clone().into(), bin: None }]),
            batch_operation: match self.deed {
                Deed::Open => Some(BatchOperation::Open),
                Deed::Close => Some(BatchOperation::Close),
                Deed::Purge => Some(BatchOperation::Purge),
                Deed::Look | Deed::Reconcile => None,
            },
            return_batch_summary_ind: true,
            return_transaction_detail: match self.deed {
                Deed::Reconcile => Some(ReturnTransactionDetail {
                    starting_point: i64::try_from(self.from).unwrap_or_default(),
                    maximum_items: PAGE,
                    errors_only_ind: false,
                    brand_id: Some(brand.clone().into()),
                }),
                Deed::Open | Deed::Close | Deed::Purge | Deed::Look => None,
            },
            batch_status: own.map(|own| status(&own, brand, env)),
            trans_details: None,
            ba_rq_extensions: None,
        };
        let signed = env.sign_with(&data, &account.signature, &account.bag(env))?;
        let sealed = env.seal(&signed, &*account.gateway_path(brand, env)?)?;
        Ok(Message::BatchAdminReq(sealed))
    }
}

/// The sums of a merchant. When the batch was opened is the bank's to say.
fn status<M: Machine>(own: &BatchTotals, brand: &Brand, env: &Env<'_, M>) -> BatchStatus {
    let totals = types::BatchTotals {
        transaction_count_credit: own.credits,
        transaction_total_amt_credit: own.credit.into(),
        transaction_count_debit: own.debits,
        transaction_total_amt_debit: own.debit.into(),
        batch_total_extensions: None,
    };
    let of_brand =
        BrandBatchDetails { brand_id: brand.clone().into(), batch_totals: totals.clone() };
    BatchStatus {
        open_date_time: env.now.into(),
        closed_when: None,
        batch_details: BatchDetails {
            batch_totals: totals,
            brand_batch_details_seq: Some(vec![of_brand]),
        },
        batch_extensions: None,
    }
}

/// What the gateway answered, verified.
#[derive(Debug)]
pub struct Answer(BatchAdminResData);

impl Answer {
    /// BatchAdminRes: opens and verifies it.
    pub(super) fn open<M: Machine>(
        message: &BatchAdminRes,
        rrpid: Rrpid,
        account: &Account,
        brand: &Brand,
        env: &Env<'_, M>,
    ) -> Result<Self, Refusal> {
        let data = account.open(message, brand, env)?.into_value();
        same_rrpid(rrpid, data.batch_admin_tags.rrpid.0)?;
        acceptance::understood(&data, &[])?;
        Ok(Self(data))
    }

    /// Refuses an answer to another question, about another batch, or for another merchant.
    pub(super) fn is_to(
        &self,
        rrpid: Rrpid,
        number: BatchNumber,
        account: &Account,
    ) -> Result<(), Refusal> {
        let tags = &self.0.batch_admin_tags;
        let is_ours = tags.rrpid.0 == rrpid
            && tags.mer_term_ids.merchant_id.0 == account.merchant
            && self.0.batch_id == number.get();
        if is_ours { Ok(()) } else { Err(Refusal::GatewayAnsweredAnother) }
    }

    /// What came of it.
    pub(super) fn status(&self) -> BaStatus {
        self.0.ba_status.unwrap_or(BaStatus::Success)
    }

    /// How the batch stands, if that was said.
    pub(super) fn report(&self) -> Result<Option<BatchReport>, Refusal> {
        let Some(status) = &self.0.batch_status else { return Ok(None) };
        let mut brands = BTreeMap::new();
        for one in status.batch_details.brand_batch_details_seq.iter().flatten() {
            if brands.insert(one.brand_id.0.clone(), totals(&one.batch_totals)?).is_some() {
                return Err(Refusal::GatewayAnsweredAnother);
            }
        }
        let closed = status.closed_when.as_ref().map(|closed| {
            let by = match closed.close_status {
                CloseStatus::ClosedbyMerchant => ClosedBy::Merchant,
                CloseStatus::ClosedbyAcquirer => ClosedBy::Acquirer,
            };
            (by, closed.close_date_time.0)
        });
        Ok(Some(BatchReport {
            batch: BatchNumber::new(self.0.batch_id)
                .map_err(|_| Refusal::GatewayAnsweredAnother)?,
            opened_at: status.open_date_time.0,
            closed,
            progress: self.progress(),
            totals: totals(&status.batch_details.batch_totals)?,
            brands,
        }))
    }

    fn progress(&self) -> BatchProgress {
        match self.0.transmission_status {
            None | Some(TransmissionStatus::Pending) => BatchProgress::Pending,
            Some(TransmissionStatus::InProgress) => BatchProgress::InProgress,
            Some(TransmissionStatus::BatchRejectedByAcquirer) => BatchProgress::Rejected,
            Some(TransmissionStatus::CompletedSuccessfully) => BatchProgress::Done,
            Some(TransmissionStatus::CompletedWithItemErrors) => BatchProgress::DoneWithErrors,
        }
    }

    /// The items of a brand that were told, and where the next ones begin; 0 where there are none.
    pub(super) fn lines(&self, brand: &Brand) -> Result<(Vec<Line>, u64), Refusal> {
        let Some(page) = &self.0.trans_details else { return Ok((Vec::new(), 0)) };
        let lines = page.transaction_detail_seq.iter().map(|item| line(item, brand));
        let next = u64::try_from(page.next_starting_point);
        Ok((lines.collect::<Result<_, _>>()?, next.map_err(|_| Refusal::GatewayAnsweredAnother)?))
    }
}

fn totals(said: &types::BatchTotals) -> Result<BatchTotals, Refusal> {
    Ok(BatchTotals {
        credits: said.transaction_count_credit,
        credit: said.transaction_total_amt_credit.money()?,
        debits: said.transaction_count_debit,
        debit: said.transaction_total_amt_debit.money()?,
    })
}

fn line(item: &TransactionDetail, brand: &Brand) -> Result<Line, Refusal> {
    if item.brand_id.0 != *brand {
        return Err(Refusal::GatewayAnsweredAnother);
    }
    Ok(Line {
        position: item.batch_sequence_num,
        authorization: item.auth_rrpid.0,
        side: match item.transaction_amt_type {
            AmountType::Credit => Side::Credit,
            AmountType::Debit => Side::Debit,
        },
        amount: item.transaction_amt.money()?,
    })
}

//! BatchAdminRes: what the bank said, in the words of SET.

use openset_crypto::Purpose;
use openset_types::{BatchDeed, BatchProgress, BatchReport, BatchTotals, Brand, ClosedBy, Side};
use openset_wire::{
    der::decode,
    payment::{
        AmountType, BaStatus, BatchAdminResData, ReimbursementId, TransDetails, TransactionDetail,
        TransactionStatus, TransmissionStatus,
    },
    types::{self, BatchDetails, BatchStatus, BrandBatchDetails, CloseStatus, ClosedWhen, RrTags},
    wrapper::Message,
};

use super::{Administration, Detail, Details, Environment, Stage, StepTaken};
use crate::{
    kept::kept_path,
    refusal::Refusal,
    role::{Effect as Asked, Step},
};

/// Whether what the merchant has is what the bank has, as far as the merchant said.
pub(super) fn compared(
    asked: &Administration,
    report: &BatchReport,
    details: &Details,
    env: &Environment<'_>,
) -> BaStatus {
    let is_close = matches!(&asked.stage, Stage::Asking(asked) if asked.deed != BatchDeed::Look);
    let sums_agree = is_close
        || asked.sums.is_none_or(|sums| {
            let own = own_totals(report, &env.standing.brand);
            sums == own || sums.items() == 0 && own.items() == 0
        });
    let items_agree = asked.items.iter().all(|item| {
        details.lines.iter().any(|one| {
            let line = &one.line;
            one.authorization == item.authorization
                && (line.position, line.side, line.amount)
                    == (item.position, item.side, item.amount)
        })
    });
    match sums_agree && items_agree {
        true => BaStatus::Success,
        false => BaStatus::UnknownTransactionDetail,
    }
}

fn own_totals(report: &BatchReport, brand: &Brand) -> BatchTotals {
    let nothing = BatchTotals::nothing(report.totals.debit.currency());
    report.brands.get(brand).copied().unwrap_or(nothing)
}

/// Enc(P, M, BatchAdminResData).
pub(super) fn write(
    asked: Administration,
    status: BaStatus,
    report: Option<Box<BatchReport>>,
    details: &Details,
    env: &Environment<'_>,
) -> Result<StepTaken, Refusal> {
    let standing = env.standing;
    let data = data(&asked, status, report.as_deref(), details)?;
    let signed = env.sign(&data, &standing.signature)?;
    let purpose = Purpose::MerchantEncipherment;
    let to = kept_path(&asked.reply_to, purpose, &standing.brand, env)?;
    let message = Message::BatchAdminRes(env.seal(&signed, &to)?);
    let rrpid = asked.rrpid;
    let message = standing.letterhead.write(message, rrpid, None, env.now)?;
    let stage = Stage::Answered { status, report };
    Ok(Step::new(Administration { stage, ..asked }).then(Asked::Reply { rrpid, message }))
}

fn data(
    asked: &Administration,
    status: BaStatus,
    report: Option<&BatchReport>,
    details: &Details,
) -> Result<BatchAdminResData, Refusal> {
    let is_deed = matches!(&asked.stage, Stage::Asking(asked) if asked.deed != BatchDeed::Look);
    let wants_totals = asked.wants_totals || is_deed || asked.sums.is_some();
    let named = asked.batch.map_or(0, openset_types::BatchNumber::get);
    let page = || {
        let all = details.lines.iter().map(detail).collect::<Result<_, _>>()?;
        let next = i64::try_from(details.next).unwrap_or_default();
        Ok::<_, Refusal>(TransDetails { next_starting_point: next, transaction_detail_seq: all })
    };
    let has_page = asked.wants_lines.is_some() && report.is_some();
    Ok(BatchAdminResData {
        batch_admin_tags: decode::<RrTags>(asked.tags.as_ref())?,
        batch_id: report.map_or(named, |report| report.batch.get()),
        ba_status: Some(status),
        batch_status: report.filter(|_| wants_totals).map(batch_status),
        transmission_status: report.map(|report| progress(report.progress)),
        settlement_info: None,
        trans_details: has_page.then(page).transpose()?,
        ba_rs_extensions: None,
    })
}

fn batch_status(report: &BatchReport) -> BatchStatus {
    let closed_when = |(by, at): (ClosedBy, openset_types::UnixTime)| ClosedWhen {
        close_status: match by {
            ClosedBy::Merchant => CloseStatus::ClosedbyMerchant,
            ClosedBy::Acquirer => CloseStatus::ClosedbyAcquirer,
        },
        close_date_time: at.into(),
    };
    let brands: Vec<_> = report
        .brands
        .iter()
        .map(|(brand, sums)| BrandBatchDetails {
            brand_id: brand.clone().into(),
            batch_totals: totals(sums),
        })
        .collect();
    BatchStatus {
        open_date_time: report.opened_at.into(),
        closed_when: report.closed.map(closed_when),
        batch_details: BatchDetails {
            batch_totals: totals(&report.totals),
            brand_batch_details_seq: (!brands.is_empty()).then_some(brands),
        },
        batch_extensions: None,
    }
}

fn totals(sums: &BatchTotals) -> types::BatchTotals {
    types::BatchTotals {
        transaction_count_credit: sums.credits,
        transaction_total_amt_credit: sums.credit.into(),
        transaction_count_debit: sums.debits,
        transaction_total_amt_debit: sums.debit.into(),
        batch_total_extensions: None,
    }
}

fn detail(one: &Detail) -> Result<TransactionDetail, Refusal> {
    let line = &one.line;
    let brand = line.brand.clone().ok_or(Refusal::CommandOutOfTurn)?;
    Ok(TransactionDetail {
        trans_ids: decode(one.trans_ids.as_ref())?,
        auth_rrpid: one.authorization.into(),
        brand_id: brand.into(),
        batch_sequence_num: line.position,
        reimbursement_id: Some(ReimbursementId::Unspecified),
        transaction_amt: line.amount.into(),
        transaction_amt_type: match line.side {
            Side::Credit => AmountType::Credit,
            Side::Debit => AmountType::Debit,
        },
        transaction_status: Some(match line.is_failed {
            true => TransactionStatus::UnspecifiedFailure,
            false => TransactionStatus::Success,
        }),
        trans_extensions: None,
    })
}

fn progress(progress: BatchProgress) -> TransmissionStatus {
    match progress {
        BatchProgress::Pending => TransmissionStatus::Pending,
        BatchProgress::InProgress => TransmissionStatus::InProgress,
        BatchProgress::Rejected => TransmissionStatus::BatchRejectedByAcquirer,
        BatchProgress::DoneWithErrors => TransmissionStatus::CompletedWithItemErrors,
        BatchProgress::Done => TransmissionStatus::CompletedSuccessfully,
    }
}

//! BatchAdminReq: opened, believed, and judged as far as that needs no bank.

use openset_crypto::{Purpose, Verified};
use openset_types::{
    BatchDeed, BatchNumber, BatchTotals, Bin, Brand, LinesWanted, MerchantId, Rrpid, Side,
};
use openset_wire::{
    der::encode,
    payment::{
        AmountType, BaStatus, BatchAdminReq, BatchAdminReqData, BatchOperation, BrandAndBin,
        ReturnTransactionDetail, TransactionDetail,
    },
    types::{self, BatchStatus},
};

use super::{Administration, Claimed, Environment, Input, Stage};
use crate::{
    acceptance::{self, same_rrpid},
    gateway::heard::asker,
    refusal::Refusal,
    role::{Admitted, Lookup},
    version::Version,
};

/// The most items that a merchant tells at one time.
const ITEMS_MAX: usize = 500;
/// The most items that are told back: what the bank tells at one time.
const LINES_MAX: u64 = 30;

/// What a merchant asks: with what is stored of it, what is asked of the bank, or why nothing is.
#[derive(Debug)]
pub struct Request {
    pub(super) asked: Administration,
    pub(super) verdict: Result<BatchDeed, BaStatus>,
}

/// Lets a request in: what it says is the merchant's own.
pub(super) fn admit(
    message: &BatchAdminReq,
    rrpid: Rrpid,
    env: &Environment<'_>,
) -> Result<Admitted<Input>, Refusal> {
    let standing = env.standing;
    // Abuse case 29: which lists are the current ones is known, or nobody is believed.
    env.trust.require_bci(&standing.brand, env.now)?;
    let (openers, purpose) = (&standing.encipherments, Purpose::MerchantSignature);
    let said = env.open_signed(message, openers, purpose, Some(&standing.brand))?;
    standing.acceptance.fresh(&said, env.now)?;
    let data = said.value();
    same_rrpid(rrpid, data.batch_admin_rr_tags.rrpid.0)?;
    acceptance::understood(data, &[])?;
    let (merchant, reply_to) = asker(&said, &data.batch_admin_rr_tags, env)?;
    let judged = judge(data, bank_of(&said), &standing.brand);
    let (verdict, told) = match judged {
        Ok(told) => (Ok(told.deed.clone()), told),
        Err(status) => (Err(status), Told::nothing()),
    };
    let asked = Administration {
        version: Version,
        rrpid,
        merchant: MerchantId::clone(&merchant),
        batch: data.batch_id.and_then(|number| BatchNumber::new(number).ok()),
        reply_to,
        tags: encode(&data.batch_admin_rr_tags)?.into(),
        wants_totals: data.return_batch_summary_ind,
        wants_lines: told.lines,
        sums: told.sums,
        items: told.items,
        stage: Stage::Answered { status: BaStatus::CommunicationsError, report: None },
    };
    Ok(Admitted {
        instance: Lookup::Key(rrpid.as_bytes().to_vec()),
        held: Vec::new(),
        input: Input::Asked(Box::new(Request { asked, verdict })),
    })
}

/// The bank of the merchant that signed.
fn bank_of(said: &Verified<BatchAdminReqData>) -> Option<&Bin> {
    said.signer().leaf().merchant().map(|merchant| &merchant.mer_acquirer_bin.0)
}

/// What a request comes to.
struct Told {
    deed: BatchDeed,
    lines: Option<LinesWanted>,
    sums: Option<BatchTotals>,
    items: Vec<Claimed>,
}

impl Told {
    fn nothing() -> Self {
        Self { deed: BatchDeed::Look, lines: None, sums: None, items: Vec::new() }
    }
}

fn judge(data: &BatchAdminReqData, bank: Option<&Bin>, own: &Brand) -> Result<Told, BaStatus> {
    if data.batch_id.is_some_and(|number| BatchNumber::new(number).is_err()) {
        return Err(BaStatus::UnknownBatchId);
    }
    let brands = data.brand_and_bin_seq.iter().flatten();
    let brands = brands.map(|one| brand(one, bank, own)).collect::<Result<Vec<_>, _>>()?;
    let sums = data.batch_status.as_ref().map(|status| sums(status, own)).transpose()?;
    let items = data.trans_details.iter().flat_map(|page| &page.transaction_detail_seq);
    let items = items.map(|item| claimed(item, own)).collect::<Result<Vec<_>, _>>()?;
    if items.len() > ITEMS_MAX {
        return Err(BaStatus::UnknownTransactionDetail);
    }
    let wanted = data.return_transaction_detail.as_ref();
    let lines = match (wanted, items.first()) {
        (Some(wanted), _) => Some(lines(wanted, own)?),
        (None, Some(first)) => Some(LinesWanted {
            from: first.position,
            at_most: LINES_MAX,
            only_failed: false,
            brand: Some(own.clone()),
        }),
        (None, None) => None,
    };
    let deed = match data.batch_operation {
        None => BatchDeed::Look,
        Some(BatchOperation::Open) => BatchDeed::Open(brands),
        Some(BatchOperation::Purge) => BatchDeed::Purge,
        Some(BatchOperation::Close) => BatchDeed::Close(sums.map(|sums| (own.clone(), sums))),
    };
    Ok(Told { deed, lines, sums, items })
}

/// A brand that the merchant wants to count, if it is this gateway's.
fn brand(one: &BrandAndBin, bank: Option<&Bin>, own: &Brand) -> Result<Brand, BaStatus> {
    if one.brand_id.0 != *own {
        return Err(BaStatus::BrandNotSupported);
    }
    match &one.bin {
        Some(bin) if Some(&bin.0) != bank => Err(BaStatus::UnknownBin),
        _ => Ok(own.clone()),
    }
}

/// The sums of this gateway's brand, as the merchant has them.
fn sums(status: &BatchStatus, own: &Brand) -> Result<BatchTotals, BaStatus> {
    let details = &status.batch_details;
    let of_brand = details.brand_batch_details_seq.iter().flatten();
    let mut of_brand = of_brand.filter(|one| one.brand_id.0 == *own);
    let totals = match (of_brand.next(), of_brand.next()) {
        (Some(one), None) => &one.batch_totals,
        (None, _) => &details.batch_totals,
        (Some(_), Some(_)) => return Err(BaStatus::UnknownTransactionDetail),
    };
    read(totals).ok_or(BaStatus::UnknownTransactionDetail)
}

fn read(totals: &types::BatchTotals) -> Option<BatchTotals> {
    Some(BatchTotals {
        credits: totals.transaction_count_credit,
        credit: totals.transaction_total_amt_credit.money().ok()?,
        debits: totals.transaction_count_debit,
        debit: totals.transaction_total_amt_debit.money().ok()?,
    })
}

fn claimed(item: &TransactionDetail, own: &Brand) -> Result<Claimed, BaStatus> {
    if item.brand_id.0 != *own {
        return Err(BaStatus::BrandNotSupported);
    }
    let amount = item.transaction_amt.money();
    Ok(Claimed {
        authorization: item.auth_rrpid.0,
        position: item.batch_sequence_num,
        side: match item.transaction_amt_type {
            AmountType::Credit => Side::Credit,
            AmountType::Debit => Side::Debit,
        },
        amount: amount.map_err(|_| BaStatus::UnknownTransactionDetail)?,
    })
}

fn lines(wanted: &ReturnTransactionDetail, own: &Brand) -> Result<LinesWanted, BaStatus> {
    if wanted.brand_id.as_ref().is_some_and(|brand| brand.0 != *own) {
        return Err(BaStatus::BrandNotSupported);
    }
    let from = u64::try_from(wanted.starting_point);
    Ok(LinesWanted {
        from: from.map_err(|_| BaStatus::UnknownTransactionDetail)?,
        at_most: wanted.maximum_items.min(LINES_MAX),
        only_failed: wanted.errors_only_ind,
        brand: Some(own.clone()),
    })
}

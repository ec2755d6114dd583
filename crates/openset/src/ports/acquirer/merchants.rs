//! The merchants of the acquirer: their terms, and what they were credited and debited.

use openset_bank::acquirer::{Merchant, MerchantCredit};
use openset_node::banks::AcquirerView;
use openset_web::ports::{CreditRow, FeeTerms, MerchantBooks, MerchantTerms, Newest};

use super::super::books::{ROWS_MAX, flow};

/// The merchants, and their credits and debits.
pub(super) fn books(view: &AcquirerView) -> MerchantBooks {
    let mut credits: Vec<_> = view.credits.iter().map(|one| credit(one, view)).collect();
    credits.reverse();
    MerchantBooks {
        merchants: view.merchants.iter().map(terms).collect(),
        credits: Newest::of(credits, ROWS_MAX),
    }
}

fn terms(merchant: &Merchant) -> MerchantTerms {
    MerchantTerms {
        id: merchant.id.to_string(),
        name: merchant.name.clone(),
        account: merchant.account.clone(),
        fees: FeeTerms {
            basis_points: merchant.fees.basis_points(),
            fixed: merchant.fees.fixed().to_vec(),
        },
    }
}

fn credit(credit: &MerchantCredit, view: &AcquirerView) -> CreditRow {
    let known = view.merchants.iter().find(|merchant| merchant.id == credit.merchant);
    CreditRow {
        number: credit.number,
        at: credit.at,
        merchant: known.map_or_else(|| credit.merchant.to_string(), |known| known.name.clone()),
        flow: flow(credit.flow),
        file: credit.file.to_string(),
        count: credit.sales,
        gross: credit.gross,
        fee: credit.fee,
        net: credit.net,
    }
}

//! Document pain.001: the order to credit a merchant for one clearing file.

use openset_types::Bin;
use serde::Serialize;

use super::BadDocument;
use super::guard;
use super::parts::{AccountNumber, Amount, Bank, Day, Named, Other};
use crate::acquirer::{Merchant, MerchantCredit};
use crate::clearing::Flow;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

/// The bank whose card department orders the credit.
#[derive(Debug, Clone, Copy)]
pub struct Payer<'a> {
    /// Its institution number.
    pub institution: &'a Bin,
    /// Its name.
    pub name: &'a str,
}

/// Writes the order to credit a merchant.
pub fn write(
    payer: Payer<'_>,
    merchant: &Merchant,
    credit: &MerchantCredit,
) -> Result<Vec<u8>, BadDocument> {
    let id = format!("CRD-B{}-N{:06}", payer.institution, credit.number);
    let header = Header {
        id: id.clone(),
        created_at: credit.at.rfc3339(),
        count: "1".to_owned(),
        sum: credit.net.decimal(),
        by: Named::of(payer.name),
    };
    let transfer = Transfer {
        payment: Payment { end_to_end: credit.file.to_string() },
        amount: Instructed { amount: Amount::of(credit.net) },
        creditor: Named::of(&merchant.name),
        account: account(&merchant.account),
        remittance: Remittance { text: remark(credit) },
    };
    let order = Order {
        id,
        method: "TRF".to_owned(),
        day: Day::of(credit.at),
        debtor: Named::of(payer.name),
        account: account(payer.institution.as_str()),
        agent: Bank::of(payer.institution),
        transfer,
    };
    let body = Body { header, order };
    guard::write(&Document { namespace: NAMESPACE.to_owned(), body })
}

/// What the merchant reads beside the amount.
pub(super) fn remark(credit: &MerchantCredit) -> String {
    let MerchantCredit { sales, gross, fee, .. } = credit;
    match credit.flow {
        Flow::Sale => format!("{sales} card sales {gross}, fee {fee}"),
        Flow::Credit => format!("{sales} card refunds {gross}"),
    }
}

fn account(number: &str) -> AccountNumber {
    AccountNumber { id: Other::of(number) }
}

#[derive(Serialize)]
struct Document {
    #[serde(rename = "@xmlns")]
    namespace: String,
    #[serde(rename = "CstmrCdtTrfInitn")]
    body: Body,
}

#[derive(Serialize)]
struct Body {
    #[serde(rename = "GrpHdr")]
    header: Header,
    #[serde(rename = "PmtInf")]
    order: Order,
}

#[derive(Serialize)]
struct Header {
    #[serde(rename = "MsgId")]
    id: String,
    #[serde(rename = "CreDtTm")]
    created_at: String,
    #[serde(rename = "NbOfTxs")]
    count: String,
    #[serde(rename = "CtrlSum")]
    sum: String,
    #[serde(rename = "InitgPty")]
    by: Named,
}

#[derive(Serialize)]
struct Order {
    #[serde(rename = "PmtInfId")]
    id: String,
    #[serde(rename = "PmtMtd")]
    method: String,
    #[serde(rename = "ReqdExctnDt")]
    day: Day,
    #[serde(rename = "Dbtr")]
    debtor: Named,
    #[serde(rename = "DbtrAcct")]
    account: AccountNumber,
    #[serde(rename = "DbtrAgt")]
    agent: Bank,
    #[serde(rename = "CdtTrfTxInf")]
    transfer: Transfer,
}

#[derive(Serialize)]
struct Transfer {
    #[serde(rename = "PmtId")]
    payment: Payment,
    #[serde(rename = "Amt")]
    amount: Instructed,
    #[serde(rename = "Cdtr")]
    creditor: Named,
    #[serde(rename = "CdtrAcct")]
    account: AccountNumber,
    #[serde(rename = "RmtInf")]
    remittance: Remittance,
}

#[derive(Serialize)]
struct Payment {
    #[serde(rename = "EndToEndId")]
    end_to_end: String,
}

#[derive(Serialize)]
struct Instructed {
    #[serde(rename = "InstdAmt")]
    amount: Amount,
}

#[derive(Serialize)]
struct Remittance {
    #[serde(rename = "Ustrd")]
    text: String,
}

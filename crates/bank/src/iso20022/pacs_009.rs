//! Document pacs.009: a bank pays a bank for one clearing file. For sales the issuer pays. For a
//! file of credits it is the acquirer that owes: the issuer's answer names it as the one who pays,
//! and the money moves under the standing order that two banks of one clearing have.

use serde::{Deserialize, Serialize};

use super::BadDocument;
use super::guard;
use super::parts::{Amount, Bank, check_namespace, day, read_moment};
use crate::clearing::FileId;
use crate::settlement::Settlement;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pacs.009.001.09";
const CLEARING_SYSTEM: &str = "CLRG";

/// Writes a settlement.
pub fn write(settlement: &Settlement) -> Result<Vec<u8>, BadDocument> {
    let header = Header {
        id: settlement.file.to_string(),
        created_at: settlement.at.rfc3339(),
        count: "1".to_owned(),
        settlement: Method { method: CLEARING_SYSTEM.to_owned() },
    };
    let transfer = Transfer {
        payment: Payment { end_to_end: settlement.file.to_string() },
        amount: Amount::of(settlement.amount),
        day: day(settlement.at),
        debtor: Bank::of(&settlement.payer),
        creditor: Bank::of(&settlement.payee),
    };
    let body = Body { header, transfer };
    guard::write(&Document { namespace: NAMESPACE.to_owned(), body })
}

/// Reads a settlement.
pub fn read(octets: &[u8]) -> Result<Settlement, BadDocument> {
    let document: Document = guard::read(octets)?;
    check_namespace(&document.namespace, NAMESPACE)?;
    let Body { header, transfer } = document.body;
    if header.count != "1" || header.settlement.method != CLEARING_SYSTEM {
        return Err(BadDocument::Value("GrpHdr"));
    }
    let at = read_moment(&header.created_at, "CreDtTm")?;
    if transfer.day != day(at) {
        return Err(BadDocument::Value("IntrBkSttlmDt"));
    }
    Ok(Settlement {
        file: FileId::parse(&transfer.payment.end_to_end)
            .map_err(|_| BadDocument::Value("EndToEndId"))?,
        payer: transfer.debtor.read("Dbtr")?,
        payee: transfer.creditor.read("Cdtr")?,
        amount: transfer.amount.read("IntrBkSttlmAmt")?,
        at,
    })
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "@xmlns")]
    namespace: String,
    #[serde(rename = "FICdtTrf")]
    body: Body,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(rename = "GrpHdr")]
    header: Header,
    #[serde(rename = "CdtTrfTxInf")]
    transfer: Transfer,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    #[serde(rename = "MsgId")]
    id: String,
    #[serde(rename = "CreDtTm")]
    created_at: String,
    #[serde(rename = "NbOfTxs")]
    count: String,
    #[serde(rename = "SttlmInf")]
    settlement: Method,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Method {
    #[serde(rename = "SttlmMtd")]
    method: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Transfer {
    #[serde(rename = "PmtId")]
    payment: Payment,
    #[serde(rename = "IntrBkSttlmAmt")]
    amount: Amount,
    #[serde(rename = "IntrBkSttlmDt")]
    day: String,
    #[serde(rename = "Dbtr")]
    debtor: Bank,
    #[serde(rename = "Cdtr")]
    creditor: Bank,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Payment {
    #[serde(rename = "EndToEndId")]
    end_to_end: String,
}

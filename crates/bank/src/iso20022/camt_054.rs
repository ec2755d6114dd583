//! Document camt.054, the clearing file. One entry for each sale, by the authorization's reference
//! and approval code; there is no element for a card number. The entry of a credit has a reference
//! of its own beside them.

use openset_types::{ApprovalCode, MerchantId, RetrievalReference};
use serde::{Deserialize, Serialize};

use super::BadDocument;
use super::guard;
use super::parts::{
    Amount, Bank, Business, Coded, Header, Other, Totals, check_namespace, read_moment,
};
use crate::clearing::{ClearingFile, FileId, Flow, Presentation, Sale};

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08";
const APPROVAL: &str = "APPROVAL-CODE";

/// Writes a clearing file.
pub fn write(file: &ClearingFile, presentation: Presentation) -> Result<Vec<u8>, BadDocument> {
    let header = Header { id: file.id().to_string(), created_at: file.created_at().rfc3339() };
    let notification = Notification {
        id: file.id().to_string(),
        copy: (presentation == Presentation::Again).then(|| "DUPL".to_owned()),
        account: Account {
            id: Other::of(file.issuer().as_str()),
            servicer: Bank::of(file.acquirer()),
        },
        totals: Totals::of(file.items().len(), file.total()),
        entries: file.items().iter().map(entry).collect(),
        remark: hash_remark(file),
    };
    let body = Body { header, notification };
    guard::write(&Document { namespace: NAMESPACE.to_owned(), body })
}

/// Reads a clearing file: its totals and hash total must be those of its sales.
pub fn read(octets: &[u8]) -> Result<(ClearingFile, Presentation), BadDocument> {
    let document: Document = guard::read(octets)?;
    check_namespace(&document.namespace, NAMESPACE)?;
    let Body { header, notification } = document.body;
    if header.id != notification.id {
        return Err(BadDocument::Value("MsgId"));
    }
    let presentation = match notification.copy.as_deref() {
        None => Presentation::First,
        Some("DUPL") => Presentation::Again,
        Some(_) => return Err(BadDocument::Value("CpyDplctInd")),
    };
    let sales = notification.entries.iter().map(sale).collect::<Result<Vec<_>, _>>()?;
    let issuer = openset_types::Bin::parse(notification.account.id.id());
    let file = ClearingFile::new(
        FileId::parse(&header.id).map_err(|_| BadDocument::Value("MsgId"))?,
        notification.account.servicer.read("Svcr")?,
        issuer.map_err(|_| BadDocument::Value("Acct"))?,
        read_moment(&header.created_at, "CreDtTm")?,
        sales,
    )
    .map_err(|_| BadDocument::Value("Ntry"))?;
    if !notification.totals.are(file.items().len(), file.total()) {
        return Err(BadDocument::Totals);
    }
    if notification.remark != hash_remark(&file) {
        return Err(BadDocument::HashTotal);
    }
    Ok((file, presentation))
}

fn entry(sale: &Sale) -> Entry {
    let reference = Reference { kind: APPROVAL.to_owned(), text: sale.approval_code.to_string() };
    let party = Party { id: PartyId { organisation: Other::of(sale.merchant.as_str()) } };
    let transaction = Transaction {
        references: References {
            end_to_end: sale.authorization.to_string(),
            transaction: sale.credit.as_ref().map(ToString::to_string),
            own: reference,
        },
        parties: Parties { creditor: Creditor { party } },
        dates: Dates { at: sale.captured_at.rfc3339() },
    };
    Entry {
        amount: Amount::of(sale.amount),
        direction: direction(sale.flow()).to_owned(),
        status: Coded::of("INFO"),
        business: business(sale.flow()),
        details: Details { transaction },
    }
}

fn sale(entry: &Entry) -> Result<Sale, BadDocument> {
    let Transaction { references, parties, dates } = &entry.details.transaction;
    let credit = references.transaction.as_deref().map(RetrievalReference::parse).transpose();
    let credit = credit.map_err(|_| BadDocument::Value("TxId"))?;
    let flow = if credit.is_some() { Flow::Credit } else { Flow::Sale };
    if entry.direction != direction(flow) {
        return Err(BadDocument::Value("CdtDbtInd"));
    }
    if references.own.kind != APPROVAL {
        return Err(BadDocument::Value("Refs/Prtry"));
    }
    let merchant = parties.creditor.party.id.organisation.id();
    Ok(Sale {
        authorization: RetrievalReference::parse(&references.end_to_end)
            .map_err(|_| BadDocument::Value("EndToEndId"))?,
        approval_code: ApprovalCode::parse(&references.own.text)
            .map_err(|_| BadDocument::Value("Refs/Prtry"))?,
        amount: entry.amount.read("Amt")?,
        merchant: MerchantId::parse(merchant).map_err(|_| BadDocument::Value("Cdtr"))?,
        captured_at: read_moment(&dates.at, "TxDtTm")?,
        credit,
    })
}

/// As the issuer's account at the acquirer sees it.
fn direction(flow: Flow) -> &'static str {
    match flow {
        Flow::Sale => "DBIT",
        Flow::Credit => "CRDT",
    }
}

fn business(flow: Flow) -> Business {
    match flow {
        Flow::Sale => Business::card_sale(),
        Flow::Credit => Business::card_refund(),
    }
}

fn hash_remark(file: &ClearingFile) -> String {
    // In groups: so many digits together look like a card number.
    let digits = format!("{:015}", file.hash_total());
    let (high, rest) = digits.split_at(5);
    let (middle, low) = rest.split_at(5);
    format!("HASH TOTAL {high}/{middle}/{low}")
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "@xmlns")]
    namespace: String,
    #[serde(rename = "BkToCstmrDbtCdtNtfctn")]
    body: Body,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(rename = "GrpHdr")]
    header: Header,
    #[serde(rename = "Ntfctn")]
    notification: Notification,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Notification {
    #[serde(rename = "Id")]
    id: String,
    #[serde(rename = "CpyDplctInd", skip_serializing_if = "Option::is_none")]
    copy: Option<String>,
    #[serde(rename = "Acct")]
    account: Account,
    #[serde(rename = "TxsSummry")]
    totals: Totals,
    #[serde(rename = "Ntry")]
    entries: Vec<Entry>,
    #[serde(rename = "AddtlNtfctnInf")]
    remark: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    #[serde(rename = "Id")]
    id: Other,
    #[serde(rename = "Svcr")]
    servicer: Bank,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(rename = "Amt")]
    amount: Amount,
    #[serde(rename = "CdtDbtInd")]
    direction: String,
    #[serde(rename = "Sts")]
    status: Coded,
    #[serde(rename = "BkTxCd")]
    business: Business,
    #[serde(rename = "NtryDtls")]
    details: Details,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Details {
    #[serde(rename = "TxDtls")]
    transaction: Transaction,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Transaction {
    #[serde(rename = "Refs")]
    references: References,
    #[serde(rename = "RltdPties")]
    parties: Parties,
    #[serde(rename = "RltdDts")]
    dates: Dates,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct References {
    #[serde(rename = "EndToEndId")]
    end_to_end: String,
    #[serde(rename = "TxId", skip_serializing_if = "Option::is_none")]
    transaction: Option<String>,
    #[serde(rename = "Prtry")]
    own: Reference,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    #[serde(rename = "Tp")]
    kind: String,
    #[serde(rename = "Ref")]
    text: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parties {
    #[serde(rename = "Cdtr")]
    creditor: Creditor,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Creditor {
    #[serde(rename = "Pty")]
    party: Party,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Party {
    #[serde(rename = "Id")]
    id: PartyId,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartyId {
    #[serde(rename = "OrgId")]
    organisation: Other,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dates {
    #[serde(rename = "TxDtTm")]
    at: String,
}

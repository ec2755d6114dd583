//! Document pacs.002: the status of a file. Here it is refused as a whole, for certain sales.

use openset_types::RetrievalReference;
use serde::{Deserialize, Serialize};

use super::BadDocument;
use super::guard;
use super::parts::{Header, Proprietary, check_namespace, read_moment};
use crate::clearing::{FileId, Rejection, RejectionReason, SaleFault};

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pacs.002.001.11";
const CLEARING_FILE: &str = "camt.054.001.08";
const REJECTED: &str = "RJCT";
const PRESENTED_BEFORE: &str = "presented-before";
const WRONG_ISSUER: &str = "wrong-issuer";
const SALES: &str = "sales";

/// Writes a rejection.
pub fn write(rejection: &Rejection) -> Result<Vec<u8>, BadDocument> {
    let (reason, sales) = match &rejection.reason {
        RejectionReason::PresentedBefore => (PRESENTED_BEFORE, &[] as &[_]),
        RejectionReason::WrongIssuer => (WRONG_ISSUER, &[] as &[_]),
        RejectionReason::Sales(sales) => (SALES, sales.as_slice()),
    };
    let header = Header { id: rejection.file.to_string(), created_at: rejection.at.rfc3339() };
    let original = Original {
        id: rejection.file.to_string(),
        kind: CLEARING_FILE.to_owned(),
        status: REJECTED.to_owned(),
        reason: Reason::of(reason),
    };
    let sales = sales.iter().map(|(reference, fault)| Sale {
        reference: reference.to_string(),
        status: REJECTED.to_owned(),
        reason: Reason::of(fault.word()),
    });
    let body = Body { header, original, sales: sales.collect() };
    guard::write(&Document { namespace: NAMESPACE.to_owned(), body })
}

/// Reads a rejection.
pub fn read(octets: &[u8]) -> Result<Rejection, BadDocument> {
    let document: Document = guard::read(octets)?;
    check_namespace(&document.namespace, NAMESPACE)?;
    let Body { header, original, sales } = document.body;
    if original.kind != CLEARING_FILE || original.status != REJECTED {
        return Err(BadDocument::Value("OrgnlGrpInfAndSts"));
    }
    let sales = sales.iter().map(read_sale).collect::<Result<Vec<_>, _>>()?;
    let reason = match (original.reason.word(), sales.is_empty()) {
        (PRESENTED_BEFORE, true) => RejectionReason::PresentedBefore,
        (WRONG_ISSUER, true) => RejectionReason::WrongIssuer,
        (SALES, false) => RejectionReason::Sales(sales),
        _ => return Err(BadDocument::Value("StsRsnInf")),
    };
    Ok(Rejection {
        file: FileId::parse(&original.id).map_err(|_| BadDocument::Value("OrgnlMsgId"))?,
        at: read_moment(&header.created_at, "CreDtTm")?,
        reason,
    })
}

fn read_sale(sale: &Sale) -> Result<(RetrievalReference, SaleFault), BadDocument> {
    if sale.status != REJECTED {
        return Err(BadDocument::Value("TxSts"));
    }
    let reference = RetrievalReference::parse(&sale.reference)
        .map_err(|_| BadDocument::Value("OrgnlEndToEndId"))?;
    let fault = SaleFault::parse(sale.reason.word()).ok_or(BadDocument::Value("StsRsnInf"))?;
    Ok((reference, fault))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "@xmlns")]
    namespace: String,
    #[serde(rename = "FIToFIPmtStsRpt")]
    body: Body,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(rename = "GrpHdr")]
    header: Header,
    #[serde(rename = "OrgnlGrpInfAndSts")]
    original: Original,
    #[serde(rename = "TxInfAndSts", default)]
    sales: Vec<Sale>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Original {
    #[serde(rename = "OrgnlMsgId")]
    id: String,
    #[serde(rename = "OrgnlMsgNmId")]
    kind: String,
    #[serde(rename = "GrpSts")]
    status: String,
    #[serde(rename = "StsRsnInf")]
    reason: Reason,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sale {
    #[serde(rename = "OrgnlEndToEndId")]
    reference: String,
    #[serde(rename = "TxSts")]
    status: String,
    #[serde(rename = "StsRsnInf")]
    reason: Reason,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    #[serde(rename = "Rsn")]
    reason: Proprietary,
}

impl Reason {
    fn of(word: &str) -> Self {
        Self { reason: Proprietary { word: word.to_owned() } }
    }

    fn word(&self) -> &str {
        &self.reason.word
    }
}

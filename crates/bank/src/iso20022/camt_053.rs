//! Document camt.053: the statement a merchant gets of his account.

use openset_types::Money;
use serde::Serialize;

use super::BadDocument;
use super::guard;
use super::pain_001::remark;
use super::parts::{Amount, Business, Coded, Day, Header, Named, Other, Totals};
use crate::acquirer::{MerchantCredit, Statement};
use crate::clearing::Flow;
use crate::ledger::{self, Side};

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08";
const OPENING: &str = "OPBD";
const CLOSING: &str = "CLBD";

/// Writes a statement.
pub fn write(statement: &Statement) -> Result<Vec<u8>, BadDocument> {
    // An account has a series of statements in each currency.
    let Statement { currency, number, at, .. } = statement;
    let id = format!("STM-{}-N{number:06}-T{}", currency.code(), at.seconds());
    let header = Header { id: id.clone(), created_at: statement.at.rfc3339() };
    // Of all entries together, on whichever side they stand.
    let nothing = Money::zero(statement.currency);
    let add = |sum: Money, credit: &MerchantCredit| sum.plus(credit.net);
    let moved = statement.credits.iter().try_fold(nothing, add);
    let moved = moved.map_err(|_| BadDocument::Value("Sum"))?;
    let told = Told {
        id,
        number: statement.number,
        account: Account {
            id: Other::of(&statement.account),
            currency: statement.currency.code().to_owned(),
            owner: Named::of(&statement.name),
        },
        balances: vec![
            balance(OPENING, statement.opening, statement)?,
            balance(CLOSING, statement.closing, statement)?,
        ],
        totals: Totals::of(statement.credits.len(), moved),
        entries: statement.credits.iter().map(entry).collect(),
    };
    let body = Body { header, told };
    guard::write(&Document { namespace: NAMESPACE.to_owned(), body })
}

fn balance(kind: &str, stood: ledger::Balance, of: &Statement) -> Result<Balance, BadDocument> {
    let side = if stood.debit() == 0 { Side::Credit } else { Side::Debit };
    let minor = u64::try_from(stood.debit().max(stood.credit()));
    let minor = minor.map_err(|_| BadDocument::Value("Bal"))?;
    let amount = Money::new(minor, of.currency).map_err(|_| BadDocument::Value("Bal"))?;
    Ok(Balance {
        kind: Kind { code: Coded::of(kind) },
        amount: Amount::of(amount),
        direction: direction(side).to_owned(),
        day: Day::of(of.at),
    })
}

fn direction(side: Side) -> &'static str {
    match side {
        Side::Credit => "CRDT",
        Side::Debit => "DBIT",
    }
}

fn entry(credit: &MerchantCredit) -> Entry {
    Entry {
        reference: credit.number.to_string(),
        amount: Amount::of(credit.net),
        direction: direction(credit.side()).to_owned(),
        status: Coded::of("BOOK"),
        day: Day::of(credit.at),
        servicer_reference: credit.file.to_string(),
        business: match credit.flow {
            Flow::Sale => Business::card_sale(),
            Flow::Credit => Business::card_refund(),
        },
        remark: remark(credit),
    }
}

#[derive(Serialize)]
struct Document {
    #[serde(rename = "@xmlns")]
    namespace: String,
    #[serde(rename = "BkToCstmrStmt")]
    body: Body,
}

#[derive(Serialize)]
struct Body {
    #[serde(rename = "GrpHdr")]
    header: Header,
    #[serde(rename = "Stmt")]
    told: Told,
}

#[derive(Serialize)]
struct Told {
    #[serde(rename = "Id")]
    id: String,
    #[serde(rename = "ElctrncSeqNb")]
    number: u64,
    #[serde(rename = "Acct")]
    account: Account,
    #[serde(rename = "Bal")]
    balances: Vec<Balance>,
    #[serde(rename = "TxsSummry")]
    totals: Totals,
    #[serde(rename = "Ntry")]
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Account {
    #[serde(rename = "Id")]
    id: Other,
    #[serde(rename = "Ccy")]
    currency: String,
    #[serde(rename = "Ownr")]
    owner: Named,
}

#[derive(Serialize)]
struct Balance {
    #[serde(rename = "Tp")]
    kind: Kind,
    #[serde(rename = "Amt")]
    amount: Amount,
    #[serde(rename = "CdtDbtInd")]
    direction: String,
    #[serde(rename = "Dt")]
    day: Day,
}

#[derive(Serialize)]
struct Kind {
    #[serde(rename = "CdOrPrtry")]
    code: Coded,
}

#[derive(Serialize)]
struct Entry {
    #[serde(rename = "NtryRef")]
    reference: String,
    #[serde(rename = "Amt")]
    amount: Amount,
    #[serde(rename = "CdtDbtInd")]
    direction: String,
    #[serde(rename = "Sts")]
    status: Coded,
    #[serde(rename = "BookgDt")]
    day: Day,
    #[serde(rename = "AcctSvcrRef")]
    servicer_reference: String,
    #[serde(rename = "BkTxCd")]
    business: Business,
    #[serde(rename = "AddtlNtryInf")]
    remark: String,
}

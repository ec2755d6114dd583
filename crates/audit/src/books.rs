//! What parties write in their books, as far as money is told there. Read from what is stored,
//! without the types of those who wrote it.

use std::collections::BTreeMap;

use openset_types::{
    ApprovalCode, BatchNumber, BatchPlace, Bin, MerchantId, Money, RetrievalReference, Rrpid,
    UnixTime, Xid,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// All records of one party.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) merchants: Vec<Signed>,
    pub(crate) captures: Vec<Capture>,
    pub(crate) files: Vec<Sent>,
    pub(crate) credits: Vec<Credit>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) batches: Vec<Batch>,
    pub(crate) holds: Vec<Hold>,
    pub(crate) taken: Vec<Taken>,
    pub(crate) purchases: Vec<Purchase>,
    pub(crate) authorizations: Vec<Authorization>,
    pub(crate) items: Vec<Item>,
    pub(crate) refunds: Vec<Refund>,
}

/// A merchant at its bank.
#[derive(Debug, Deserialize)]
pub(crate) struct Signed {
    pub(crate) id: MerchantId,
    pub(crate) account: String,
    #[serde(flatten)]
    pub(crate) fees: Fees,
    /// What was kept of its sales before, in order.
    #[serde(default)]
    earlier_fees: Vec<EarlierFees>,
}

/// What is kept of a merchant's sales.
#[derive(Debug, Deserialize)]
pub(crate) struct Fees {
    /// Hundredths of a percent of what they came to.
    pub(crate) fee_basis_points: u16,
    /// And of each sale this, in its currency.
    #[serde(default)]
    pub(crate) fee_fixed: Vec<Money>,
}

/// What was kept up to and with a credit of this number.
#[derive(Debug, Deserialize)]
struct EarlierFees {
    #[serde(flatten)]
    fees: Fees,
    last_credit: u64,
}

impl Signed {
    /// What was agreed when a credit was made.
    pub(crate) fn fees_at(&self, credit: u64) -> &Fees {
        let then = self.earlier_fees.iter().find(|earlier| credit <= earlier.last_credit);
        then.map_or(&self.fees, |earlier| &earlier.fees)
    }
}

/// A batch at the acquirer.
#[derive(Debug, Deserialize)]
pub(crate) struct Batch {
    pub(crate) merchant: MerchantId,
    pub(crate) number: BatchNumber,
    /// How it was closed; nothing while it takes items.
    #[serde(default)]
    pub(crate) closed: Option<Value>,
}

/// Where the acquirer counts something.
#[derive(Debug, Deserialize)]
pub(crate) struct Counted {
    pub(crate) place: BatchPlace,
}

/// A part of a sale that was taken back.
#[derive(Debug, Deserialize)]
pub(crate) struct Less {
    pub(crate) amount: Money,
    #[serde(default)]
    pub(crate) counted: Option<Counted>,
}

/// A sale at the acquirer.
#[derive(Debug, Deserialize)]
pub(crate) struct Capture {
    pub(crate) advice: Advice,
    pub(crate) state: Value,
    /// Whether money is taken or given back.
    #[serde(default)]
    pub(crate) flow: Flow,
    #[serde(default)]
    pub(crate) taken_back: Vec<Less>,
    #[serde(default)]
    pub(crate) counted: Option<Counted>,
}

/// Which way the money goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Flow {
    #[default]
    Sale,
    Credit,
}

/// What a gateway told of a sale.
#[derive(Debug, Deserialize)]
pub(crate) struct Advice {
    pub(crate) trace: Named,
    pub(crate) authorization: RetrievalReference,
    pub(crate) approval_code: ApprovalCode,
    pub(crate) issuer: Bin,
    pub(crate) amount: Money,
    pub(crate) merchant: MerchantId,
}

/// The part of a trace that names something.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) retrieval: RetrievalReference,
}

/// A clearing file at the acquirer, and what came of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    pub(crate) file: ClearingFile,
    pub(crate) state: Value,
}

/// A clearing file at the issuer, and what was paid.
#[derive(Debug, Deserialize)]
pub(crate) struct Taken {
    pub(crate) file: ClearingFile,
    pub(crate) settlement: Paid,
}

/// A clearing file in the books.
#[derive(Debug, Deserialize)]
pub(crate) struct ClearingFile {
    pub(crate) id: String,
    pub(crate) items: Vec<Value>,
    pub(crate) total: Money,
}

/// What was paid for a file, or taken back of a capture.
#[derive(Debug, Deserialize)]
pub(crate) struct Paid {
    pub(crate) amount: Money,
}

/// What a merchant was credited for a file.
#[derive(Debug, Deserialize)]
pub(crate) struct Credit {
    pub(crate) number: u64,
    pub(crate) merchant: MerchantId,
    pub(crate) file: String,
    pub(crate) gross: Money,
    pub(crate) fee: Money,
    pub(crate) net: Money,
}

/// An entry of a ledger.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    /// What was done, and to what.
    pub(crate) occasion: BTreeMap<String, String>,
    pub(crate) lines: Vec<Line>,
}

/// One side of an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Line {
    pub(crate) account: Account,
    pub(crate) side: Side,
    #[serde(deserialize_with = "amount")]
    pub(crate) amount: Amount,
}

/// An amount that can be put in order.
pub(crate) type Amount = (openset_types::Currency, u64);

/// An account in a bank's books.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Account {
    Card(u32),
    Clearing(Bin),
    Central,
    Fees,
    Merchant(String),
    Pending(String),
}

/// Left or right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) enum Side {
    Debit,
    Credit,
}

/// A hold at the issuer.
#[derive(Debug, Deserialize)]
pub(crate) struct Hold {
    pub(crate) authorization: RetrievalReference,
    pub(crate) approval_code: ApprovalCode,
    pub(crate) card: u32,
    pub(crate) amount: Money,
    pub(crate) merchant: MerchantId,
    pub(crate) expires_at: UnixTime,
    pub(crate) state: Value,
}

/// A purchase at the merchant.
#[derive(Debug)]
pub(crate) struct Purchase {
    /// The order number, without what nobody is to guess.
    pub(crate) order: String,
    /// How far it has come, as the merchant calls it.
    pub(crate) stage: String,
    /// The question that is under way, if one is.
    pub(crate) waiting: Option<Rrpid>,
    /// What it believes to be held for it.
    pub(crate) authorized: Option<Authorized>,
    /// What it believes to have taken.
    pub(crate) captured: Option<Money>,
    /// What it asked to be given back, by the question.
    pub(crate) refunds: Vec<GivenBack>,
}

/// A merchant's question to give money back.
#[derive(Debug)]
pub(crate) struct GivenBack {
    pub(crate) rrpid: Rrpid,
    pub(crate) amount: Money,
    /// What came of it, as the merchant calls it.
    pub(crate) outcome: String,
}

/// One item of a request to give money back, at the gateway.
#[derive(Debug)]
pub(crate) struct Refund {
    /// The request.
    pub(crate) rrpid: Rrpid,
    pub(crate) authorization: Rrpid,
    /// What came of it, as the gateway calls it.
    pub(crate) outcome: String,
    pub(crate) amount: Option<Money>,
    /// What it is known by at the banks.
    pub(crate) own: Option<RetrievalReference>,
}

/// What a merchant believes to be held for it.
#[derive(Debug, Clone)]
pub(crate) struct Authorized {
    pub(crate) xid: Xid,
    pub(crate) rrpid: Rrpid,
    pub(crate) amount: Money,
}

/// An authorization at the gateway.
#[derive(Debug)]
pub(crate) struct Authorization {
    pub(crate) rrpid: Rrpid,
    pub(crate) xid: Xid,
    pub(crate) merchant: MerchantId,
    /// How far it has come, as the gateway calls it.
    pub(crate) stage: String,
    /// What the banks call it, once they were asked.
    pub(crate) reference: Option<RetrievalReference>,
    /// How much the stage speaks of.
    pub(crate) amount: Option<Money>,
    pub(crate) approval: Option<ApprovalCode>,
    /// The consent or the token that was used for it.
    pub(crate) spent: Option<Vec<u8>>,
    /// What the consent allows, if more may follow.
    pub(crate) agreed: Option<Agreed>,
}

/// What a consent to several authorizations allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Agreed {
    pub(crate) at_most: Money,
    /// Whether each may be so much, or all together.
    pub(crate) is_each: bool,
}

/// One item of a capture request at the gateway.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) xid: Xid,
    pub(crate) authorization: Rrpid,
    /// What came of it, as the gateway calls it.
    pub(crate) outcome: String,
    pub(crate) amount: Option<Money>,
}

impl Books {
    /// Takes a record; nothing if it cannot be read.
    pub(crate) fn take(&mut self, kind: &str, state: &[u8]) -> Option<()> {
        let value: Value = serde_json::from_slice(state).ok()?;
        match kind {
            "merchant.purchase" => self.purchases.extend(purchases(&value)?),
            "gateway.authorization" => {
                self.items.extend(sold(&value)?);
                self.authorizations.push(authorization(&value)?);
            }
            "gateway.capture" => self.items.extend(items(&value)?),
            "gateway.refund" => self.refunds.extend(refunds(&value)?),
            "acquirer.merchant" => self.merchants.push(within(value, "merchant")?),
            "acquirer.batch" => self.batches.push(within(value, "batch")?),
            "acquirer.capture" => self.captures.push(within(value, "capture")?),
            "acquirer.file" => self.files.push(within(value, "file")?),
            "acquirer.credit" => self.credits.push(within(value, "credit")?),
            "acquirer.entry" | "issuer.entry" => self.entries.push(within(value, "entry")?),
            "issuer.hold" => self.holds.push(within(value, "hold")?),
            "issuer.file" => self.taken.push(within(value, "file")?),
            _ => return None,
        }
        Some(())
    }
}

/// A state of a bank's record: its name, and the file or amount it names.
pub(crate) fn state(value: &Value) -> (&str, Option<&Value>) {
    match value {
        Value::String(name) => (name, None),
        Value::Object(of) => of.iter().next().map_or(("", None), |(name, of)| (name, Some(of))),
        _ => ("", None),
    }
}

fn within<T: DeserializeOwned>(mut record: Value, name: &str) -> Option<T> {
    serde_json::from_value(record.get_mut(name)?.take()).ok()
}

fn field<T: DeserializeOwned>(of: &Value, name: &str) -> Option<T> {
    serde_json::from_value(of.get(name)?.clone()).ok()
}

/// A purchase, once for each of its authorizations.
fn purchases(value: &Value) -> Option<Vec<Purchase>> {
    let none = Vec::new();
    let others = value.get("others").map_or(Some(&none), Value::as_array)?;
    let stages = std::iter::once(value.get("stage")?).chain(others);
    stages.map(|stage| purchase(value, stage)).collect()
}

fn purchase(value: &Value, stage: &Value) -> Option<Purchase> {
    let (stage, body) = state(stage);
    let body = body.unwrap_or(&Value::Null);
    let label: openset_types::LidM = field(value.get("order")?, "lid_m")?;
    let label = String::from_utf8_lossy(label.as_bytes()).into_owned();
    let number = label.split('-').next().unwrap_or_default();
    // What a stage has besides is under `authorized`, unless the stage is that itself.
    let within = if stage == AUTHORIZED { Some(body) } else { body.get("authorized") };
    let held = within.map(authorized).map_or(Some(None), |read| read.map(Some))?;
    let asked = match stage {
        AUTHORIZED => None,
        // What is taken back may stand or be gone, until the gateway has answered.
        "Voiding" => held.as_ref().map(|held| held.rrpid),
        _ => field(body, "rrpid"),
    };
    Some(Purchase {
        order: number.chars().filter(char::is_ascii_alphanumeric).collect(),
        waiting: asked,
        authorized: held.filter(|_| !["Voiding", "Voided"].contains(&stage)),
        captured: (stage == "Captured").then(|| field(body, "amount")).flatten(),
        refunds: given_back(body)?,
        stage: stage.to_owned(),
    })
}

/// The stage of whoever is told that the issuer holds the amount.
pub(crate) const AUTHORIZED: &str = "Authorized";

fn given_back(stage: &Value) -> Option<Vec<GivenBack>> {
    let Some(refunds) = stage.get("refunds") else {
        return Some(Vec::new());
    };
    let read = |refund: &Value| {
        Some(GivenBack {
            rrpid: field(refund, "rrpid")?,
            amount: field(refund, "amount")?,
            outcome: state(refund.get("outcome")?).0.to_owned(),
        })
    };
    refunds.as_array()?.iter().map(read).collect()
}

fn refunds(value: &Value) -> Option<Vec<Refund>> {
    let read = |item: &Value| {
        let (outcome, body) = state(item.get("outcome")?);
        let body = body.unwrap_or(&Value::Null);
        // While the acquirer is told, its own reference is that of the advice.
        let told = || field(body.get("trace")?, "retrieval");
        Some(Refund {
            rrpid: field(value, "rrpid")?,
            authorization: field(item, "authorization")?,
            outcome: outcome.to_owned(),
            amount: field(body, "amount"),
            own: field(body, "own").or_else(told),
        })
    };
    value.get("items")?.as_array()?.iter().map(read).collect()
}

fn authorized(value: &Value) -> Option<Authorized> {
    Some(Authorized {
        xid: field(value.get("consent")?.get("ids")?, "xid")?,
        rrpid: field(value, "rrpid")?,
        amount: field(value, "amount")?,
    })
}

fn authorization(value: &Value) -> Option<Authorization> {
    let question = value.get("question")?;
    let (stage, body) = state(value.get("stage")?);
    let body = body.unwrap_or(&Value::Null);
    let (sale, is_sale) = sale(stage, body);
    let (stage, body) = if is_sale { (AUTHORIZED, sale) } else { (stage, body) };
    // What is taken with the authorization is told by what the acquirer was told.
    let terms = if is_sale { body.get("advice")? } else { body };
    // While it is reversed, its own reference is that of the reversal.
    let named = ["original", "trace"].iter().find_map(|name| body.get(name));
    let reference = named.map_or_else(|| field(body, "retrieval"), |of| field(of, "retrieval"));
    Some(Authorization {
        rrpid: field(question, "rrpid")?,
        xid: field(question.get("ids")?, "xid")?,
        merchant: field(question, "merchant")?,
        stage: stage.to_owned(),
        reference,
        amount: field(terms, "amount"),
        approval: field(terms, "approval_code"),
        spent: body.get("spent").and_then(|spent| field(spent, "key")),
        agreed: question.get("further").and_then(agreed),
    })
}

/// What a consent to several authorizations allows.
fn agreed(further: &Value) -> Option<Agreed> {
    let is_each = further.get("terms").is_some_and(|terms| state(terms).0 == "Recurring");
    Some(Agreed { at_most: field(further, "tolerated")?, is_each })
}

/// What is taken with its authorization, if that is how it stands.
fn sale<'a>(stage: &str, body: &'a Value) -> (&'a Value, bool) {
    match stage {
        "Sold" => (body, true),
        "Selling" => (body.get("sale").unwrap_or(&Value::Null), true),
        _ => (body, false),
    }
}

/// The item that was taken with its authorization, or is being taken.
fn sold(value: &Value) -> Option<Option<Item>> {
    let question = value.get("question")?;
    let (stage, body) = state(value.get("stage")?);
    let (sale, is_sale) = sale(stage, body.unwrap_or(&Value::Null));
    if !is_sale {
        return Some(None);
    }
    Some(Some(Item {
        xid: field(question.get("ids")?, "xid")?,
        authorization: field(question, "rrpid")?,
        outcome: if stage == "Sold" { "Taken" } else { "Advising" }.to_owned(),
        amount: sale.get("advice").and_then(|advice| field(advice, "amount")),
    }))
}

fn items(value: &Value) -> Option<Vec<Item>> {
    value.get("items")?.as_array()?.iter().map(item).collect()
}

fn item(value: &Value) -> Option<Item> {
    let (outcome, body) = state(value.get("outcome")?);
    Some(Item {
        xid: field(value, "xid")?,
        authorization: field(value, "authorization")?,
        outcome: outcome.to_owned(),
        amount: body.and_then(|body| field(body, "amount")),
    })
}

fn amount<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
    let money = Money::deserialize(deserializer)?;
    Ok((money.currency(), money.minor()))
}

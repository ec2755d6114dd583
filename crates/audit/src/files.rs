//! The files between banks and to merchants, read as plain elements: what they say of money, and
//! whether their own sums are right.

use data_encoding::HEXLOWER;
use openset_bank::iso20022::outline::{self, Element};
use openset_crypto::trail::digest_of;
use openset_types::{ApprovalCode, Bin, Currency, Money, RetrievalReference};

use crate::testimony::{Message, Way};

/// One file of a journal.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Its place in the journal.
    pub(crate) number: i64,
    pub(crate) way: Way,
    /// Its document: `camt.054`.
    pub(crate) name: String,
    /// Tells its octets from others.
    pub(crate) digest: String,
    pub(crate) says: Document,
}

/// What a file says.
#[derive(Debug, Clone)]
pub(crate) enum Document {
    /// camt.054: an acquirer presents sales to an issuer.
    Clearing(Clearing),
    /// pacs.009: the issuer pays.
    Settlement(Settlement),
    /// pacs.002: the issuer refuses, because of these sales or as such.
    Rejection { file: String, sales: Vec<RetrievalReference> },
    /// pain.001: the acquirer orders a merchant to be credited.
    Order { file: String, account: String, amount: Money },
    /// camt.053: what the merchant is told.
    Statement(Statement),
}

/// camt.054.
#[derive(Debug, Clone)]
pub(crate) struct Clearing {
    pub(crate) file: String,
    pub(crate) acquirer: Bin,
    pub(crate) issuer: Bin,
    pub(crate) sales: Vec<Presented>,
    pub(crate) total: Money,
    /// Whether all of it is given back.
    pub(crate) is_credit: bool,
    /// Whether number, sum and hash total are those of the sales.
    pub(crate) adds_up: bool,
}

/// A sale in a clearing file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Presented {
    pub(crate) reference: RetrievalReference,
    /// What a credit is known by; none if money is taken.
    pub(crate) credit: Option<RetrievalReference>,
    pub(crate) approval: ApprovalCode,
    pub(crate) amount: Money,
    pub(crate) merchant: String,
}

/// pacs.009.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settlement {
    pub(crate) file: String,
    pub(crate) payer: Bin,
    pub(crate) payee: Bin,
    pub(crate) amount: Money,
}

/// camt.053.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) id: String,
    /// Whose account it is.
    pub(crate) account: String,
    pub(crate) lines: Vec<Told>,
    /// Whether the closing balance follows from the opening one and the lines.
    pub(crate) adds_up: bool,
}

/// A line of a statement, and the clearing file it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) file: String,
    pub(crate) is_debit: bool,
    pub(crate) amount: Money,
}

const CREDIT: &str = "CRDT";
const DEBIT: &str = "DBIT";

impl File {
    /// Reads a file; nothing if it is none of ours or does not say what it should.
    pub(crate) fn read(message: &Message<'_>) -> Option<Self> {
        let document = outline::read(message.octets).ok()?;
        let body = document.children.first()?;
        let says = match message.name {
            "camt.054" => Document::Clearing(clearing(body)?),
            "pacs.009" => Document::Settlement(settlement(body)?),
            "pacs.002" => rejection(body)?,
            "pain.001" => order(body)?,
            "camt.053" => Document::Statement(statement(body)?),
            _ => return None,
        };
        let digest = HEXLOWER.encode(&digest_of(message.octets));
        Some(Self {
            number: message.number,
            way: message.way,
            name: message.name.to_owned(),
            digest,
            says,
        })
    }

    /// How much it is about, if it is about one amount.
    pub(crate) fn amount(&self) -> Option<Money> {
        match &self.says {
            Document::Clearing(Clearing { total, .. }) => Some(*total),
            Document::Settlement(Settlement { amount, .. }) | Document::Order { amount, .. } => {
                Some(*amount)
            }
            Document::Rejection { .. } | Document::Statement(_) => None,
        }
    }

    /// The name by which both ends know it.
    pub(crate) fn id(&self) -> &str {
        match &self.says {
            Document::Clearing(Clearing { file, .. })
            | Document::Settlement(Settlement { file, .. })
            | Document::Rejection { file, .. }
            | Document::Order { file, .. } => file,
            Document::Statement(statement) => &statement.id,
        }
    }
}

impl Presented {
    /// What it is known by: a sale by its authorization, a credit by a reference of its own.
    pub(crate) fn name(&self) -> &RetrievalReference {
        self.credit.as_ref().unwrap_or(&self.reference)
    }
}

impl Settlement {
    /// Whether it pays for a file, to the cent and between its banks.
    pub(crate) fn is_for(&self, file: &Clearing) -> bool {
        let (payer, payee) = match file.is_credit {
            true => (&file.acquirer, &file.issuer),
            false => (&file.issuer, &file.acquirer),
        };
        self.amount == file.total && self.payer == *payer && self.payee == *payee
    }
}

fn clearing(body: &Element) -> Option<Clearing> {
    let notice = child(body, &["Ntfctn"])?;
    let sales = all(notice, "Ntry").map(presented).collect::<Option<Vec<_>>>()?;
    let currency = sales.first()?.amount.currency();
    let total = Money::parse(text(notice, &["TxsSummry", "TtlNtries", "Sum"])?, currency).ok()?;
    let count: usize = text(notice, &["TxsSummry", "TtlNtries", "NbOfNtries"])?.parse().ok()?;
    let remark = text(notice, &["AddtlNtfctnInf"])?;
    let digits: String = remark.chars().filter(char::is_ascii_digit).collect();
    let adds_up =
        count == sales.len() && sum(&sales) == Some(total) && digits == hash_total(&sales);
    let is_credit = sales.iter().all(|sale| sale.credit.is_some());
    if !is_credit && sales.iter().any(|sale| sale.credit.is_some()) {
        return None;
    }
    Some(Clearing {
        is_credit,
        file: text(notice, &["Id"])?.to_owned(),
        acquirer: bin(text(notice, &["Acct", "Svcr", "FinInstnId", "Othr", "Id"])?)?,
        issuer: bin(text(notice, &["Acct", "Id", "Othr", "Id"])?)?,
        sales,
        total,
        adds_up,
    })
}

fn presented(entry: &Element) -> Option<Presented> {
    let details = child(entry, &["NtryDtls", "TxDtls"])?;
    let merchant = ["RltdPties", "Cdtr", "Pty", "Id", "OrgId", "Othr", "Id"];
    let reference = RetrievalReference::parse(text(details, &["Refs", "EndToEndId"])?).ok()?;
    let credit = text(details, &["Refs", "TxId"]);
    let side = if credit.is_some() { CREDIT } else { DEBIT };
    if text(entry, &["CdtDbtInd"])? != side {
        return None;
    }
    Some(Presented {
        reference,
        credit: match credit {
            Some(own) => Some(RetrievalReference::parse(own).ok()?),
            None => None,
        },
        approval: ApprovalCode::parse(text(details, &["Refs", "Prtry", "Ref"])?).ok()?,
        amount: amount(child(entry, &["Amt"])?)?,
        merchant: text(details, &merchant)?.to_owned(),
    })
}

fn sum(sales: &[Presented]) -> Option<Money> {
    let zero = Money::zero(sales.first()?.amount.currency());
    sales.iter().try_fold(zero, |sum, sale| sum.plus(sale.amount).ok())
}

/// References and amounts, each weighted with its place: the last fifteen digits of their sum.
fn hash_total(sales: &[Presented]) -> String {
    let mut sum = 0_u128;
    for (sale, place) in sales.iter().zip(1_u128..) {
        let reference = sale.name().as_str().parse::<u128>().unwrap_or_default();
        let both = reference.saturating_add(sale.amount.minor().into());
        sum = sum.saturating_add(both.saturating_mul(place));
    }
    format!("{:015}", sum.checked_rem(1_000_000_000_000_000).unwrap_or_default())
}

fn settlement(body: &Element) -> Option<Settlement> {
    let transfer = child(body, &["CdtTrfTxInf"])?;
    Some(Settlement {
        file: text(transfer, &["PmtId", "EndToEndId"])?.to_owned(),
        payer: bin(text(transfer, &["Dbtr", "FinInstnId", "Othr", "Id"])?)?,
        payee: bin(text(transfer, &["Cdtr", "FinInstnId", "Othr", "Id"])?)?,
        amount: amount(child(transfer, &["IntrBkSttlmAmt"])?)?,
    })
}

fn rejection(body: &Element) -> Option<Document> {
    let sales = all(body, "TxInfAndSts");
    let reference = |sale| RetrievalReference::parse(text(sale, &["OrgnlEndToEndId"])?).ok();
    Some(Document::Rejection {
        file: text(body, &["OrgnlGrpInfAndSts", "OrgnlMsgId"])?.to_owned(),
        sales: sales.map(reference).collect::<Option<_>>()?,
    })
}

fn order(body: &Element) -> Option<Document> {
    let transfer = child(body, &["PmtInf", "CdtTrfTxInf"])?;
    Some(Document::Order {
        file: text(transfer, &["PmtId", "EndToEndId"])?.to_owned(),
        account: text(transfer, &["CdtrAcct", "Id", "Othr", "Id"])?.to_owned(),
        amount: amount(child(transfer, &["Amt", "InstdAmt"])?)?,
    })
}

fn statement(body: &Element) -> Option<Statement> {
    let statement = child(body, &["Stmt"])?;
    let lines = all(statement, "Ntry").map(told).collect::<Option<Vec<_>>>()?;
    let balance = |code| {
        let is_it = |one: &&Element| text(one, &["Tp", "CdOrPrtry", "Cd"]) == Some(code);
        signed(all(statement, "Bal").find(is_it)?)
    };
    let reached = lines.iter().try_fold(balance("OPBD")?, |sum, line| {
        let minor = i128::from(line.amount.minor());
        if line.is_debit { sum.checked_sub(minor) } else { sum.checked_add(minor) }
    });
    Some(Statement {
        id: text(statement, &["Id"])?.to_owned(),
        account: text(statement, &["Acct", "Id", "Othr", "Id"])?.to_owned(),
        lines,
        adds_up: reached == Some(balance("CLBD")?),
    })
}

fn told(entry: &Element) -> Option<Told> {
    Some(Told {
        file: text(entry, &["AcctSvcrRef"])?.to_owned(),
        is_debit: is_debit(entry)?,
        amount: amount(child(entry, &["Amt"])?)?,
    })
}

/// What a balance is, in minor units; less than nothing if the account owes.
fn signed(balance: &Element) -> Option<i128> {
    let minor = i128::from(amount(child(balance, &["Amt"])?)?.minor());
    if is_debit(balance)? { minor.checked_neg() } else { Some(minor) }
}

fn is_debit(of: &Element) -> Option<bool> {
    match text(of, &["CdtDbtInd"])? {
        CREDIT => Some(false),
        DEBIT => Some(true),
        _ => None,
    }
}

/// The element at the end of a path, which each step has once.
fn child<'a>(from: &'a Element, path: &[&str]) -> Option<&'a Element> {
    let [first, rest @ ..] = path else {
        return Some(from);
    };
    let mut found = all(from, first);
    let only = found.next()?;
    if found.next().is_some() {
        return None;
    }
    child(only, rest)
}

fn all<'a>(from: &'a Element, name: &str) -> impl Iterator<Item = &'a Element> {
    from.children.iter().filter(move |child| child.name == name)
}

fn text<'a>(from: &'a Element, path: &[&str]) -> Option<&'a str> {
    child(from, path)?.text.as_deref()
}

fn amount(element: &Element) -> Option<Money> {
    let (_, code) = element.attributes.iter().find(|(name, _)| name == "Ccy")?;
    Money::parse(element.text.as_deref()?, Currency::from_code(code).ok()?).ok()
}

fn bin(text: &str) -> Option<Bin> {
    Bin::parse(text).ok()
}

//! A clearing run: files go to issuers, money comes back or is paid, merchants are credited or
//! debited, and told.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use openset_bank::Decided;
use openset_bank::acquirer::{Acquirer, AcquirerRecord, AnswerFault, MerchantCredit};
use openset_bank::clearing::{FileId, Flow, Presentation};
use openset_bank::iso20022::{BadDocument, camt_053, camt_054, pacs_002, pacs_009, pain_001};
use openset_types::{Bin, MerchantId, Money, UnixTime};

use super::AcquirerHost;
use super::journal::{self, Ends};
use super::teller::Ruling;
use crate::fault::Fault;
use crate::store::{Direction, Entry};

/// An answer to a file on its way; none if none came.
pub type Exchanging<'a> = Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send + 'a>>;

/// Carries files between banks.
pub trait Exchange: Send + Sync {
    /// Presents a file to an issuer and brings its answer, if there is one.
    fn present<'a>(&'a self, issuer: &'a Bin, file: &'a [u8]) -> Exchanging<'a>;
}

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct ClearingRun {
    /// The files it presented, each with its answer.
    pub files: Vec<FileRun>,
    /// The orders to credit merchants (pain.001). What a merchant gave back is debited to its
    /// account without one.
    pub orders: Vec<(MerchantCredit, Vec<u8>)>,
    /// The statements merchants get (camt.053).
    pub statements: Vec<(MerchantId, Vec<u8>)>,
}

/// One file of a run.
#[derive(Debug, Clone)]
pub struct FileRun {
    /// Its name.
    pub id: FileId,
    /// The bank it went to.
    pub issuer: Bin,
    /// What it came to.
    pub total: Money,
    /// Which way its money goes.
    pub flow: Flow,
    /// Whether it went there before.
    pub presentation: Presentation,
    /// The file (camt.054).
    pub octets: Vec<u8>,
    /// The answer (pacs.009 or pacs.002); none if none came, and it will be presented again.
    pub answer: Option<Vec<u8>>,
    /// Whether it was paid.
    pub is_settled: bool,
}

/// Why a run stopped. What was booked before stands; nothing is booked twice when it is run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClearingFault {
    /// An issuer's answer differs from what we wrote.
    Answer(AnswerFault),
    /// A document cannot be read or written.
    Document(BadDocument),
    /// Our own fault.
    Node(Fault),
}

const TO_ISSUER: Ends = Ends { sender: "acquirer", recipient: "issuer" };
const TO_MERCHANT: Ends = Ends { sender: "acquirer", recipient: "merchant" };

impl AcquirerHost {
    /// Clears what waits: presents files, books settlements, credits merchants and writes their
    /// statements. It stops at the first answer that differs from our books.
    pub async fn clear(&self, exchange: &dyn Exchange) -> Result<ClearingRun, ClearingFault> {
        let mut run = ClearingRun { files: self.make_files().await??, ..ClearingRun::default() };
        for file in &mut run.files {
            file.answer = exchange.present(&file.issuer, &file.octets).await;
            let Some(answer) = file.answer.clone() else { continue };
            let id = file.id.clone();
            let booked = self.teller.ask(move |acquirer, now| book(acquirer, &id, &answer, now));
            file.is_settled = booked.await??;
        }
        (run.orders, run.statements) = self.teller.ask(credit).await??;
        Ok(run)
    }

    async fn make_files(&self) -> Result<Result<Vec<FileRun>, ClearingFault>, Fault> {
        self.teller.ask(make_files).await
    }
}

fn make_files(
    acquirer: &mut Acquirer,
    now: UnixTime,
) -> Ruling<Result<Vec<FileRun>, ClearingFault>, AcquirerRecord> {
    let Decided { answer, records } = acquirer.clear(now);
    let mut files = Vec::new();
    let mut journal = Vec::new();
    for cleared in answer {
        let (file, presentation) = (cleared.file, cleared.presentation);
        let octets = match camt_054::write(&file, presentation) {
            Ok(octets) => octets,
            Err(bad) => {
                let fault = Err(ClearingFault::Document(bad));
                return Ruling { decided: Decided::new(fault, records), journal };
            }
        };
        let id = file.id().clone();
        journal.push(sent("camt.054", &octets, id.as_str(), TO_ISSUER, now));
        let (issuer, total, flow) = (file.issuer().clone(), file.total(), file.flow());
        let (answer, is_settled) = (None, false);
        files.push(FileRun { id, issuer, total, flow, presentation, octets, answer, is_settled });
    }
    Ruling { decided: Decided::new(Ok(files), records), journal }
}

/// Books an answer; says whether it was money.
fn book(
    acquirer: &mut Acquirer,
    id: &FileId,
    octets: &[u8],
    now: UnixTime,
) -> Ruling<Result<bool, ClearingFault>, AcquirerRecord> {
    let (name, booked) = match pacs_009::read(octets) {
        Ok(settlement) if &settlement.file == id => {
            ("pacs.009", acquirer.settled(&settlement, now).map(|done| (true, done.records)))
        }
        Ok(_) => ("pacs.009", Err(AnswerFault::UnknownFile)),
        Err(_) => match pacs_002::read(octets) {
            Ok(rejection) if &rejection.file == id => {
                ("pacs.002", acquirer.rejected(&rejection, now).map(|done| (false, done.records)))
            }
            Ok(_) => ("pacs.002", Err(AnswerFault::UnknownFile)),
            Err(bad) => return Ruling::unkept(Err(ClearingFault::Document(bad))),
        },
    };
    let ends = TO_ISSUER.turned();
    let journal = vec![journal::file(name, octets, id.as_str(), Direction::In, ends, now)];
    let decided = match booked {
        Ok((is_money, records)) => Decided::new(Ok(is_money), records),
        Err(fault) => Decided::unchanged(Err(ClearingFault::Answer(fault))),
    };
    Ruling { decided, journal }
}

type Credited = (Vec<(MerchantCredit, Vec<u8>)>, Vec<(MerchantId, Vec<u8>)>);

fn credit(
    acquirer: &mut Acquirer,
    now: UnixTime,
) -> Ruling<Result<Credited, ClearingFault>, AcquirerRecord> {
    let decided = match acquirer.credit_merchants(now) {
        Ok(decided) => decided,
        Err(fault) => {
            return Ruling::unkept(Err(ClearingFault::Answer(AnswerFault::Ledger(fault))));
        }
    };
    let mut journal = Vec::new();
    let told = tell(acquirer, decided.answer, now, &mut journal);
    Ruling {
        decided: Decided::new(told.map_err(ClearingFault::Document), decided.records),
        journal,
    }
}

/// Writes the order and the statement of each credit.
fn tell(
    acquirer: &Acquirer,
    credits: Vec<MerchantCredit>,
    now: UnixTime,
    journal: &mut Vec<Entry>,
) -> Result<Credited, BadDocument> {
    let payer = pain_001::Payer { institution: acquirer.institution(), name: acquirer.name() };
    let (mut orders, mut statements) = (Vec::new(), Vec::new());
    for credit in credits {
        let terms = acquirer.merchants().find(|merchant| merchant.id == credit.merchant);
        let statement = acquirer.statement_of(&credit, now);
        let (Some(terms), Some(statement)) = (terms, statement) else { continue };
        let statement = camt_053::write(&statement)?;
        let id = credit.file.as_str();
        let order = match credit.flow {
            Flow::Sale => Some(pain_001::write(payer, terms, &credit)?),
            Flow::Credit => None,
        };
        let to_bank = Ends { sender: "acquirer", recipient: "acquirer" };
        journal.extend(order.iter().map(|order| sent("pain.001", order, id, to_bank, now)));
        journal.push(sent("camt.053", &statement, id, TO_MERCHANT, now));
        statements.push((credit.merchant.clone(), statement));
        orders.extend(order.map(|order| (credit, order)));
    }
    Ok((orders, statements))
}

fn sent(name: &'static str, octets: &[u8], id: &str, ends: Ends, now: UnixTime) -> Entry {
    journal::file(name, octets, id, Direction::Out, ends, now)
}

impl From<Fault> for ClearingFault {
    fn from(fault: Fault) -> Self {
        Self::Node(fault)
    }
}

impl fmt::Display for ClearingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(fault) => write!(f, "the issuer's answer: {fault}"),
            Self::Document(bad) => write!(f, "a document: {bad}"),
            Self::Node(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for ClearingFault {}

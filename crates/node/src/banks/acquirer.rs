//! The acquirer as a host: takes captures and refunds over its link, and clears them.

use std::sync::Arc;

use openset_bank::Decided;
use openset_bank::acquirer::{
    Acquirer, AcquirerRecord, Batch, BatchControl, Capture, Fees, Merchant, MerchantCredit,
    SentFile,
};
use openset_bank::iso8583::Message;
use openset_bank::iso20022::camt_053;
use openset_bank::ledger::{Account, Balance, Entry};
use openset_bank::reconciliation::Written;
use openset_types::{Bin, Currency, MerchantId};

use super::entries::entries;
use super::journal::{self, Ends};
use super::teller::{Bank, Ruling, Teller};
use crate::clock::Clock;
use crate::fault::Fault;
use crate::link::{Answering, Host};
use crate::store::{Direction, Store};

/// What an acquirer is set up with.
#[derive(Debug)]
pub struct AcquirerTerms {
    /// The number it is known by.
    pub institution: Bin,
    /// The name it is known by.
    pub name: String,
    /// Merchants to sign up, unless they are signed up already.
    pub merchants: Vec<Merchant>,
}

/// An acquirer that answers.
pub struct AcquirerHost {
    pub(super) teller: Teller<Acquirer>,
    store: Arc<dyn Store>,
}

/// An acquirer as its pages show it.
#[derive(Debug, Clone)]
pub struct AcquirerView {
    /// Its merchants.
    pub merchants: Vec<Merchant>,
    /// The sales it knows of.
    pub captures: Vec<Capture>,
    /// The credits that merchants gave.
    pub refunds: Vec<Capture>,
    /// The batches of its merchants.
    pub batches: Vec<Batch>,
    /// The files it made.
    pub files: Vec<SentFile>,
    /// What it credited and debited to merchants.
    pub credits: Vec<MerchantCredit>,
    /// Its books: each account with its balance.
    pub balances: Vec<(Account, Currency, Balance)>,
    /// How many entries its ledger has.
    pub entries: u64,
    /// Whether all debits equal all credits.
    pub is_balanced: bool,
    /// Every sale an issuer paid for.
    pub written: Vec<Written>,
}

impl Bank for Acquirer {
    type Record = AcquirerRecord;

    fn restore(&self, records: Vec<AcquirerRecord>) -> Result<Self, Fault> {
        Self::restore(self.institution().clone(), self.name(), records).map_err(|fault| {
            tracing::error!(%fault, "the acquirer's books cannot be read back");
            Fault::StateUnreadable
        })
    }
}

const FROM_GATEWAY: Ends = Ends { sender: "gateway", recipient: "acquirer" };

impl AcquirerHost {
    /// Rebuilds the acquirer from its store and signs its merchants up.
    pub async fn open(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        terms: AcquirerTerms,
    ) -> Result<Arc<Self>, Fault> {
        let AcquirerTerms { institution, name, merchants } = terms;
        let teller =
            Teller::open(Acquirer::new(institution, &name), Arc::clone(&store), clock).await?;
        teller.ask(|acquirer, _| sign_up(acquirer, merchants)).await?;
        Ok(Arc::new(Self { teller, store }))
    }

    /// Agrees with a merchant who opens and closes his batches. Nothing if he does not bank here.
    pub async fn agree(&self, merchant: MerchantId, batches: BatchControl) -> Result<(), Fault> {
        let agreed = self.teller.ask(move |acquirer, _| {
            let terms = acquirer.merchants().find(|terms| terms.id == merchant).cloned();
            let terms = terms.map(|terms| Merchant { batches, ..terms });
            let records = terms.into_iter().map(|terms| {
                acquirer.sign_up(terms.clone());
                AcquirerRecord::Merchant(terms)
            });
            let decided = Decided::new((), records.collect());
            Ruling { decided, journal: Vec::new() }
        });
        agreed.await
    }

    /// Agrees with a merchant on what is kept of its sales, from the next credit on. Answers
    /// whether it banks here.
    pub async fn agree_fees(&self, merchant: MerchantId, fees: Fees) -> Result<bool, Fault> {
        let agreed = self.teller.ask(move |acquirer, _| {
            let decided = acquirer.agree_fees(&merchant, &fees);
            Ruling { decided, journal: Vec::new() }
        });
        agreed.await
    }

    /// What its pages show.
    pub async fn view(&self) -> Result<AcquirerView, Fault> {
        self.teller.ask(|acquirer, _| Ruling::unkept(view(acquirer))).await
    }

    /// A merchant's statement (camt.053) from his first credit on; none if he does not bank here.
    pub async fn statement(
        &self,
        merchant: MerchantId,
        currency: Currency,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let told = self.teller.ask(move |acquirer, now| {
            let statement = acquirer.statement(&merchant, currency, 0, now);
            Ruling::unkept(statement.and_then(|statement| camt_053::write(&statement).ok()))
        });
        told.await
    }

    /// So many entries of its ledger, newest first: those before a number, or the newest. No more
    /// than [`ENTRIES_MAX`](super::ENTRIES_MAX).
    pub async fn entries(&self, before: Option<u64>, count: u64) -> Result<Vec<Entry>, Fault> {
        let all = self.teller.ask(|bank, _| Ruling::unkept(bank.ledger().entries())).await?;
        let newest = before.map_or(all, |before| before.saturating_sub(1).min(all));
        entries::<AcquirerRecord>(self.store.as_ref(), newest, count).await
    }

    async fn decide(&self, message: Message) -> Result<Option<Message>, Fault> {
        self.teller
            .ask(move |acquirer, now| {
                let decided = acquirer.answer(&message, now);
                let asked = journal::message(&message, Direction::In, FROM_GATEWAY, now);
                let answered = decided.answer.as_ref().and_then(|answer| {
                    let ends = FROM_GATEWAY.turned();
                    journal::message(answer, Direction::Out, ends, now)
                });
                Ruling { decided, journal: asked.into_iter().chain(answered).collect() }
            })
            .await
    }
}

impl Host for AcquirerHost {
    fn answer(&self, message: Message) -> Answering<'_> {
        Box::pin(async move {
            let answer = self.decide(message).await;
            answer
                .inspect_err(|fault| tracing::error!(%fault, "the acquirer cannot answer"))
                .ok()?
        })
    }
}

fn sign_up(acquirer: &mut Acquirer, merchants: Vec<Merchant>) -> Ruling<(), AcquirerRecord> {
    let known: Vec<_> = acquirer.merchants().map(|merchant| merchant.id.clone()).collect();
    let mut records = Vec::new();
    for merchant in merchants.into_iter().filter(|merchant| !known.contains(&merchant.id)) {
        acquirer.sign_up(merchant.clone());
        records.push(AcquirerRecord::Merchant(merchant));
    }
    Ruling { decided: Decided::new((), records), journal: Vec::new() }
}

fn view(acquirer: &Acquirer) -> AcquirerView {
    let balances = acquirer.ledger().balances();
    AcquirerView {
        merchants: acquirer.merchants().cloned().collect(),
        captures: acquirer.captures().cloned().collect(),
        refunds: acquirer.refunds().cloned().collect(),
        batches: acquirer.batches().cloned().collect(),
        files: acquirer.files().cloned().collect(),
        credits: acquirer.credits().cloned().collect(),
        balances: balances
            .map(|(account, currency, sum)| (account.clone(), currency, sum))
            .collect(),
        entries: acquirer.ledger().entries(),
        is_balanced: acquirer.ledger().is_balanced(),
        written: acquirer.written(),
    }
}

//! The issuer as a host: answers 0100, 0400, 0420 and 0800 over its link, and clearing files.

use std::sync::Arc;
use std::time::Duration;

use openset_bank::Decided;
use openset_bank::clearing::{ClearingFile, Presentation};
use openset_bank::iso8583::Message;
use openset_bank::iso8583::words::is_verification;
use openset_bank::iso20022::{BadDocument, camt_054, pacs_002, pacs_009};
use openset_bank::issuer::{
    CardAccount, CardView, FileAnswer, Issuer, IssuerRecord, StoredCard, TakenFile,
};
use openset_bank::ledger::{Account, Balance, Entry, Hold};
use openset_bank::reconciliation::Written;
use openset_types::{Bin, Currency, UnixTime};
use tokio::time::{MissedTickBehavior, interval};

use super::entries::entries;
use super::journal::{self, Ends};
use super::teller::{Bank, Ruling, Teller};
use crate::clock::Clock;
use crate::entropy;
use crate::fault::Fault;
use crate::link::{Answering, Host};
use crate::shutdown::Stop;
use crate::store::{Direction, Store};

/// What an issuer is set up with.
#[derive(Debug)]
pub struct IssuerTerms {
    /// The number it is known by.
    pub institution: Bin,
    /// Accounts to open, unless they are open already.
    pub accounts: Vec<CardAccount>,
}

/// An issuer that answers.
pub struct IssuerHost {
    teller: Teller<Issuer>,
    store: Arc<dyn Store>,
}

/// An issuer as its pages show it.
#[derive(Debug, Clone)]
pub struct IssuerView {
    /// Its accounts, masked.
    pub cards: Vec<CardView>,
    /// Its holds.
    pub holds: Vec<Hold>,
    /// The files it took.
    pub files: Vec<TakenFile>,
    /// Its books: each account with its balance.
    pub balances: Vec<(Account, Currency, Balance)>,
    /// How many entries its ledger has.
    pub entries: u64,
    /// Whether all debits equal all credits.
    pub is_balanced: bool,
    /// Every sale it posted.
    pub written: Vec<Written>,
}

impl Bank for Issuer {
    type Record = IssuerRecord;

    fn restore(&self, records: Vec<IssuerRecord>) -> Result<Self, Fault> {
        Self::restore(self.institution().clone(), records).map_err(|fault| {
            tracing::error!(%fault, "the issuer's books cannot be read back");
            Fault::StateUnreadable
        })
    }
}

/// Holds are looked over so often.
const EXPIRY_EVERY: Duration = Duration::from_secs(60);

const FROM_GATEWAY: Ends = Ends { sender: "gateway", recipient: "issuer" };
/// A cardholder authority asks whether a card is good.
const FROM_AUTHORITY: Ends = Ends { sender: "ca-cardholder", recipient: "issuer" };
const FROM_ACQUIRER: Ends = Ends { sender: "acquirer", recipient: "issuer" };

impl IssuerHost {
    /// Rebuilds the issuer from its store and opens its accounts.
    pub async fn open(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        terms: IssuerTerms,
    ) -> Result<Arc<Self>, Fault> {
        let IssuerTerms { institution, accounts } = terms;
        let teller = Teller::open(Issuer::new(institution), Arc::clone(&store), clock).await?;
        teller.ask(|issuer, _| open_accounts(issuer, accounts)).await?;
        Ok(Arc::new(Self { teller, store }))
    }

    /// Lets holds expire until the node is asked to stop.
    pub async fn keep_house(self: Arc<Self>, mut stop: Stop) {
        let mut every = interval(EXPIRY_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.asked() => return,
                _ = every.tick() => {}
            }
            let expired = self.teller.ask(|issuer, now| Ruling {
                decided: issuer.expire_holds(now),
                journal: Vec::new(),
            });
            match expired.await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "holds expired"),
                Err(fault) => tracing::error!(%fault, "holds were not looked over"),
            }
        }
    }

    /// Answers a clearing file with a settlement (pacs.009) or a rejection (pacs.002).
    pub async fn clearing(&self, octets: &[u8]) -> Result<Result<Vec<u8>, BadDocument>, Fault> {
        let (file, presentation) = match camt_054::read(octets) {
            Ok(read) => read,
            Err(bad) => return Ok(Err(bad)),
        };
        let octets = octets.to_vec();
        self.teller.ask(move |issuer, now| take(issuer, &file, presentation, &octets, now)).await
    }

    /// What its pages show.
    pub async fn view(&self) -> Result<IssuerView, Fault> {
        self.teller.ask(|issuer, _| Ruling::unkept(view(issuer))).await
    }

    /// So many entries of its ledger, newest first: those before a number, or the newest. No more
    /// than [`ENTRIES_MAX`](super::ENTRIES_MAX).
    pub async fn entries(&self, before: Option<u64>, count: u64) -> Result<Vec<Entry>, Fault> {
        let all = self.teller.ask(|bank, _| Ruling::unkept(bank.ledger().entries())).await?;
        let newest = before.map_or(all, |before| before.saturating_sub(1).min(all));
        entries::<IssuerRecord>(self.store.as_ref(), newest, count).await
    }

    async fn decide(&self, message: Message) -> Result<Option<Message>, Fault> {
        let draw = draw()?;
        let ends = if is_verification(&message) { FROM_AUTHORITY } else { FROM_GATEWAY };
        self.teller
            .ask(move |issuer, now| {
                let decided = issuer.answer(&message, now, draw);
                let asked = journal::message(&message, Direction::In, ends, now);
                let answered = decided.answer.as_ref().and_then(|answer| {
                    journal::message(answer, Direction::Out, ends.turned(), now)
                });
                Ruling { decided, journal: asked.into_iter().chain(answered).collect() }
            })
            .await
    }
}

impl Host for IssuerHost {
    fn answer(&self, message: Message) -> Answering<'_> {
        Box::pin(async move {
            let answer = self.decide(message).await;
            answer.inspect_err(|fault| tracing::error!(%fault, "the issuer cannot answer")).ok()?
        })
    }
}

fn draw() -> Result<u32, Fault> {
    let seed = entropy::seed()?;
    let first = seed.first_chunk().copied().unwrap_or_default();
    Ok(u32::from_be_bytes(first))
}

fn open_accounts(issuer: &mut Issuer, accounts: Vec<CardAccount>) -> Ruling<(), IssuerRecord> {
    let open: Vec<_> = issuer.cards().map(|card| card.id).collect();
    let mut records = Vec::new();
    for account in accounts.into_iter().filter(|account| !open.contains(&account.id)) {
        let record = StoredCard(account);
        issuer.open(record.terms());
        records.push(IssuerRecord::Card(record));
    }
    Ruling { decided: Decided::new((), records), journal: Vec::new() }
}

fn take(
    issuer: &mut Issuer,
    file: &ClearingFile,
    presentation: Presentation,
    octets: &[u8],
    now: UnixTime,
) -> Ruling<Result<Vec<u8>, BadDocument>, IssuerRecord> {
    let decided = match issuer.take_file(file, presentation, now) {
        Ok(decided) => decided,
        Err(fault) => {
            tracing::error!(%fault, "a clearing file cannot be booked");
            return Ruling::unkept(Err(BadDocument::Totals));
        }
    };
    let (name, answer) = match &decided.answer {
        FileAnswer::Settled(settlement) => ("pacs.009", pacs_009::write(settlement)),
        FileAnswer::Rejected(rejection) => ("pacs.002", pacs_002::write(rejection)),
    };
    let id = file.id().as_str();
    let came = journal::file("camt.054", octets, id, Direction::In, FROM_ACQUIRER, now);
    let ends = FROM_ACQUIRER.turned();
    let gone = answer.as_ref().ok();
    let gone = gone.map(|answer| journal::file(name, answer, id, Direction::Out, ends, now));
    let journal = [came].into_iter().chain(gone).collect();
    Ruling { decided: Decided::new(answer, decided.records), journal }
}

fn view(issuer: &Issuer) -> IssuerView {
    let balances = issuer.ledger().balances();
    IssuerView {
        cards: issuer.cards().collect(),
        holds: issuer.holds().cloned().collect(),
        files: issuer.files().cloned().collect(),
        balances: balances
            .map(|(account, currency, sum)| (account.clone(), currency, sum))
            .collect(),
        entries: issuer.ledger().entries(),
        is_balanced: issuer.ledger().is_balanced(),
        written: issuer.written(),
    }
}

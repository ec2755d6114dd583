//! Orders as the shop keeps them: who bought what, beside the purchase that the merchant's
//! machine keeps under the order's label.
//!
//! Order numbers are counted, for people. What a wallet names an order by is its label, the number
//! and a tail that cannot be guessed: whoever knows a label may ask for offers, and an order has
//! room for only so many.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use data_encoding::BASE32_NOPAD;
use openset_node::{
    clock::Clock,
    entropy,
    fault::Fault,
    store::{
        Alias, Change, CommitRefused, Expected, Lookup, Page, Put, Record, Store, Uncommitted,
    },
};
use openset_types::{Money, Terms, UnixTime};
use openset_web::{
    Tongue,
    ports::{Buyer, Line, Quote},
};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

/// The store's name for orders.
const KIND: &str = "shop.order";
/// The number before the first order.
const BEFORE_FIRST: u64 = 1041;
/// What stands between a number and the tail of its label.
pub(crate) const BEFORE_TAIL: char = '-';
/// How long a tail is: sixty bits.
pub(crate) const TAIL_CHARS: usize = 12;
/// How many numbers are tried when some are taken that were not counted.
const TRIES_MAX: u64 = 64;

/// An order.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Its number.
    pub(crate) number: String,
    /// Its number and a tail that cannot be guessed: LID-M of its purchase.
    pub(crate) label: String,
    /// What addresses call it.
    pub(crate) slug: String,
    /// Who ordered.
    pub(crate) buyer: String,
    /// Where to deliver.
    pub(crate) address: String,
    /// Where to send the receipt, if anywhere.
    pub(crate) email: Option<String>,
    /// What was ordered: text and amount.
    lines: Vec<(String, Money)>,
    /// The sum.
    pub(crate) total: Money,
    /// On which terms it is paid, if more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) terms: Option<Terms>,
    /// The language it was ordered in.
    tongue: String,
    /// When.
    pub(crate) at: UnixTime,
}

impl Order {
    /// Its lines.
    pub(crate) fn lines(&self) -> Vec<Line> {
        self.lines
            .iter()
            .map(|(text, amount)| Line { text: text.clone(), amount: *amount })
            .collect()
    }

    /// What the merchant's machine knows its purchase by.
    pub(crate) fn key(&self) -> &[u8] {
        self.label.as_bytes()
    }

    /// What was quoted for it.
    pub(crate) fn quote(&self) -> Quote {
        Quote { lines: self.lines(), total: self.total }
    }

    /// The language it was ordered in.
    pub(crate) fn tongue(&self) -> Tongue {
        Tongue::parse(&self.tongue).unwrap_or(Tongue::English)
    }
}

/// The shop's orders, in the merchant's own database.
#[derive(Clone)]
pub(crate) struct Orders {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    /// The last number that was given out, counted once.
    last: Arc<OnceCell<AtomicU64>>,
}

impl Orders {
    /// Keeps orders in a store.
    pub(crate) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, last: Arc::default() }
    }

    /// What time it is for the shop.
    pub(crate) fn now(&self) -> UnixTime {
        self.clock.now()
    }

    /// Writes a new order down under the next free number.
    pub(crate) async fn add(
        &self,
        slug: String,
        (quote, terms): (Quote, Option<Terms>),
        buyer: Buyer,
        tongue: Tongue,
    ) -> Result<Order, Fault> {
        let tail = tail()?;
        let mut order = Order {
            number: String::new(),
            label: String::new(),
            slug,
            buyer: buyer.name,
            address: buyer.address,
            email: buyer.email,
            lines: quote.lines.into_iter().map(|line| (line.text, line.amount)).collect(),
            total: quote.total,
            terms,
            tongue: tongue.tag().to_owned(),
            at: self.clock.now(),
        };
        for _ in 0..TRIES_MAX {
            order.number = self.next().await?.to_string();
            order.label = format!("{}{BEFORE_TAIL}{tail}", order.number);
            match self.store.commit(written(&order)?).await {
                Ok(_) => return Ok(order),
                Err(Uncommitted::Refused(CommitRefused::Conflict)) => {}
                Err(Uncommitted::Refused(_)) => return Err(Fault::Contended),
                Err(Uncommitted::Fault(fault)) => return Err(fault),
            }
        }
        Err(Fault::Contended)
    }

    /// The next number. Two who order at the same time get two.
    async fn next(&self) -> Result<u64, Fault> {
        let counted = async || {
            let count = self.store.count(KIND).await?;
            Ok::<_, Fault>(AtomicU64::new(BEFORE_FIRST + count))
        };
        let last = self.last.get_or_try_init(counted).await?;
        Ok(last.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// The order that addresses call by this name.
    pub(crate) async fn by_slug(&self, slug: &str) -> Result<Option<Order>, Fault> {
        self.find(&Lookup::Alias(slug.as_bytes().to_vec())).await
    }

    /// The order with this number.
    pub(crate) async fn by_number(&self, number: &str) -> Result<Option<Order>, Fault> {
        self.find(&Lookup::Key(number.as_bytes().to_vec())).await
    }

    /// The order with this label.
    pub(crate) async fn by_label(&self, label: &str) -> Result<Option<Order>, Fault> {
        let number = label.split(BEFORE_TAIL).next().unwrap_or_default();
        let found = self.find(&Lookup::Key(number.as_bytes().to_vec())).await?;
        Ok(found.filter(|order| order.label == label))
    }

    /// The newest orders.
    pub(crate) async fn newest(&self, limit: u32) -> Result<Vec<Order>, Fault> {
        let records = self.store.list(KIND, Page::newest(limit)).await?;
        records.iter().map(read).collect()
    }

    async fn find(&self, at: &Lookup) -> Result<Option<Order>, Fault> {
        self.store.load(KIND, at).await?.as_ref().map(read).transpose()
    }
}

/// What nobody can guess: twelve letters and digits, so that a label of seven digits has room.
fn tail() -> Result<String, Fault> {
    let [a, b, c, d, e, f, g, h, ..] = entropy::seed()?;
    let mut letters = BASE32_NOPAD.encode(&[a, b, c, d, e, f, g, h]).to_ascii_lowercase();
    letters.truncate(TAIL_CHARS);
    Ok(letters)
}

fn written(order: &Order) -> Result<Change, Fault> {
    let key = order.number.as_bytes().to_vec();
    let state = serde_json::to_vec(order).map_err(|_| Fault::StateUnreadable)?;
    let alias = Alias { kind: KIND, alias: order.slug.as_bytes().to_vec(), key: key.clone() };
    let put = Put { kind: KIND, key, expected: Expected::Absent, state, at: order.at };
    Ok(Change { puts: vec![put], aliases: vec![alias], ..Change::default() })
}

fn read(record: &Record) -> Result<Order, Fault> {
    serde_json::from_slice(&record.state).map_err(|_| Fault::StateUnreadable)
}

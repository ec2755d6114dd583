//! The batches of a shop, and its door for operators: opening and closing them, how they stand, and
//! what differs from what the bank says.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use openset_node::{driver::Driver, shutdown::Stop, store::Page};
use openset_protocol::{
    merchant::{
        Break, Line, LineSet,
        batch::{self, Batch, Deed as Asked, Input, MerchantBatch, Said},
        purchase::MerchantPurchase,
    },
    role::Lookup,
};
use openset_types::{BatchNumber, BatchProgress, BatchTotals, Brand, ClosedBy};
use serde::{Deserialize, Serialize};
use tokio::{task::JoinHandle, time::timeout};

use super::{
    merchant::ROLE,
    socket::{self, Performs},
};

/// The socket in the merchant's folder.
const SOCKET: &str = "operator.batches.sock";
/// How long the gateway is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many purchases are read at one time.
const PAGE: u32 = 500;

/// The batches of a shop.
#[derive(Clone)]
pub(crate) struct Batches {
    pub(crate) batches: Driver<MerchantBatch>,
    pub(crate) purchases: Driver<MerchantPurchase>,
    /// The brands that the shop takes, the first one first.
    pub(crate) brands: Vec<Brand>,
}

/// A batch: of which brand, and its number.
type Name = (Brand, BatchNumber);

/// What the shop has itself, and what it has asked.
type Both = BTreeMap<Name, (Vec<Line>, Option<Batch>)>;

impl Batches {
    /// Every batch that the shop knows of, by its purchases or because it asked.
    pub(crate) async fn all(&self) -> anyhow::Result<Vec<View>> {
        let all = self.read().await?;
        let views = all.into_iter().map(|(name, (lines, batch))| View::of(name, lines, batch));
        Ok(views.collect())
    }

    /// One of them; an empty one if the shop has nothing in it.
    pub(crate) async fn one(&self, name: &Name) -> anyhow::Result<View> {
        let (lines, batch) = self.read().await?.remove(name).unwrap_or_default();
        Ok(View::of(name.clone(), lines, batch))
    }

    /// Asks the gateway, and waits until it has answered.
    pub(crate) async fn ask(&self, name: &Name, deed: Asked) -> anyhow::Result<View> {
        let (brand, number) = name.clone();
        let own = LineSet::new(self.one(name).await?.lines);
        let key = batch::key(&brand, number);
        let at = Lookup::Key(key.clone());
        let mut watch = self.batches.watch(&key);
        let input = Input::Ask { brand, number, deed, own };
        self.batches.command(at.clone(), input).await?;
        let waiting = async {
            loop {
                let state = self.batches.state(&at).await?;
                if state.is_none_or(|batch| batch.asked.is_none()) {
                    return anyhow::Ok(());
                }
                watch.changed().await;
            }
        };
        match timeout(PATIENCE, waiting).await {
            Ok(ended) => ended?,
            Err(_) => anyhow::bail!("the gateway has not answered yet"),
        }
        self.one(name).await
    }

    /// The number after the greatest that is known.
    pub(crate) async fn next(&self) -> anyhow::Result<BatchNumber> {
        let last = self.read().await?.into_keys().map(|(_, number)| number.get()).max();
        Ok(BatchNumber::new(last.unwrap_or_default().saturating_add(1))?)
    }

    async fn read(&self) -> anyhow::Result<Both> {
        let mut all = Both::new();
        let mut page = Page::newest(PAGE);
        loop {
            let read = self.purchases.list(page).await?;
            for (_, purchase) in &read {
                let Some(consent) = purchase.consent() else { continue };
                for (number, line) in purchase.counted() {
                    all.entry((consent.brand.clone(), number)).or_default().0.push(line);
                }
            }
            page.before = read.last().map(|(record, _)| record.seq);
            if read.len() < usize::try_from(PAGE)? {
                break;
            }
        }
        let mut page = Page::newest(PAGE);
        loop {
            let read = self.batches.list(page).await?;
            page.before = read.last().map(|(record, _)| record.seq);
            let is_last = read.len() < usize::try_from(PAGE)?;
            for (_, batch) in read {
                let name = (batch.brand.clone(), batch.number);
                all.entry(name).or_default().1 = Some(batch);
            }
            if is_last {
                return Ok(all);
            }
        }
    }

    /// The brand of a name; the first one if there is none.
    fn brand(&self, named: Option<&str>) -> anyhow::Result<Brand> {
        let found = match named {
            Some(name) => self.brands.iter().find(|brand| brand.as_str() == name),
            None => self.brands.first(),
        };
        found.cloned().ok_or_else(|| anyhow::anyhow!("the shop does not take that brand"))
    }

    async fn does(&self, deed: Deed) -> anyhow::Result<Told> {
        let Deed { brand, number, asked } = deed;
        let number = number.map(|text| BatchNumber::parse(&text)).transpose()?;
        let (number, asked) = match (number, asked) {
            (None, Some(Asked::Open)) => (self.next().await?, Asked::Open),
            (None, _) => return Ok(Told::Batches(self.all().await?)),
            (Some(number), None) => {
                let name = (self.brand(brand.as_deref())?, number);
                return Ok(Told::Batch(Box::new(self.one(&name).await?)));
            }
            (Some(number), Some(asked)) => (number, asked),
        };
        let name = (self.brand(brand.as_deref())?, number);
        Ok(Told::Batch(Box::new(self.ask(&name, asked).await?)))
    }

    /// Lets operators in, by a socket in the merchant's folder.
    pub(crate) fn open_to_operators(
        self,
        data: &Path,
        stop: Stop,
    ) -> anyhow::Result<JoinHandle<()>> {
        socket::open(data, ROLE.folder, SOCKET, Arc::new(self), stop)
    }
}

/// Says a deed to the merchant that another process serves from this folder, if one does.
pub(crate) async fn perform_behind(data: &Path, deed: &Deed) -> Option<anyhow::Result<Told>> {
    let socket = socket::find(data, ROLE.folder, SOCKET).await?;
    Some(socket::ask(&socket, deed).await)
}

/// What is asked of a shop about its batches: with no number, all of them; with no deed, what is
/// known without asking the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deed {
    /// The brand; the shop's first one if none is named.
    pub(crate) brand: Option<String>,
    /// The number.
    pub(crate) number: Option<String>,
    /// What the gateway is asked.
    pub(crate) asked: Option<Asked>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Told {
    Batches(Vec<View>),
    Batch(Box<View>),
    /// Why not.
    Undone(String),
}

/// Whether a batch takes items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// The bank was not asked.
    Unknown,
    /// It does.
    Open,
    /// The merchant has closed it.
    Closed,
    /// The bank has closed it.
    ClosedByBank,
}

/// One batch, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct View {
    pub(crate) brand: String,
    pub(crate) number: String,
    /// Whether it takes items.
    pub(crate) state: State,
    /// How far it has come, as the bank last said.
    pub(crate) progress: Option<String>,
    /// What the shop has in it.
    pub(crate) ours: Option<BatchTotals>,
    /// What the bank has of the brand.
    pub(crate) theirs: Option<BatchTotals>,
    /// What came of the last question, by the name of its status.
    pub(crate) status: Option<String>,
    /// What the last comparison found; nothing if there was none.
    pub(crate) breaks: Option<Vec<Break>>,
    /// The items that the shop has in it.
    pub(crate) lines: Vec<Line>,
}

impl View {
    fn of((brand, number): Name, lines: Vec<Line>, batch: Option<Batch>) -> Self {
        let own = LineSet::new(lines);
        let report = batch.as_ref().and_then(|batch| batch.report.as_ref());
        let report = report.map(|known| &known.report);
        let last = batch.as_ref().and_then(|batch| batch.last);
        let theirs = report.map(|report| {
            let nothing = BatchTotals::nothing(report.totals.debit.currency());
            report.brands.get(&brand).copied().unwrap_or(nothing)
        });
        let compared = batch.as_ref().and_then(|batch| batch.compared.as_ref());
        Self {
            brand: brand.as_str().to_owned(),
            number: number.to_string(),
            state: report.map_or(State::Unknown, |report| match report.closed {
                None => State::Open,
                Some((ClosedBy::Merchant, _)) => State::Closed,
                Some((ClosedBy::Acquirer, _)) => State::ClosedByBank,
            }),
            progress: report.map(|report| progress(report.progress).to_owned()),
            ours: own.totals(),
            theirs,
            status: last.map(|last| match last.said {
                Said::Status(status) => format!("{status:?}"),
                Said::WithError => "Error".to_owned(),
            }),
            breaks: compared.map(|compared| compared.breaks.clone()),
            lines: own.lines().to_vec(),
        }
    }
}

impl State {
    /// In the words of the command line.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::ClosedByBank => "closed by the bank",
        }
    }
}

fn progress(progress: BatchProgress) -> &'static str {
    match progress {
        BatchProgress::Pending => "pending",
        BatchProgress::InProgress => "in progress",
        BatchProgress::Rejected => "rejected",
        BatchProgress::DoneWithErrors => "completed with errors",
        BatchProgress::Done => "completed",
    }
}

impl Performs for Batches {
    type Deed = Deed;
    type Told = Told;

    /// Does what an operator says.
    async fn perform(&self, deed: Deed) -> Told {
        match self.does(deed).await {
            Ok(told) => told,
            Err(error) => Told::Undone(format!("{error:#}")),
        }
    }

    fn baffled() -> Told {
        Told::Undone("not a deed".to_owned())
    }
}

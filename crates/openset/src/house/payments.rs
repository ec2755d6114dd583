//! What a shop does about its payments, and its door for operators: taking the money, giving it up,
//! and how its orders stand.

use std::{path::Path, sync::Arc, time::Duration};

use openset_node::{
    driver::{Driver, NotTaken},
    fault::Fault,
    shutdown::Stop,
};
use openset_protocol::{
    merchant::{
        Purchase, Stage, VoidRefused,
        purchase::{Input, MerchantPurchase},
    },
    summary::Fact,
};
use openset_types::Money;
use serde::{Deserialize, Serialize};
use tokio::{task::JoinHandle, time::timeout};

use super::{
    lookups::held,
    merchant::ROLE,
    socket::{self, Performs},
};
use crate::shop::{
    checkout,
    orders::{Order, Orders},
};

/// The socket in the merchant's folder.
const SOCKET: &str = "operator.payments.sock";
/// How long the gateway is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many orders a list has.
const ORDERS_MAX: u32 = 200;

/// The payments of a shop.
#[derive(Clone)]
pub(crate) struct Payments {
    pub(crate) purchases: Driver<MerchantPurchase>,
    pub(crate) orders: Orders,
}

/// Why nobody can say how a command ended.
#[derive(Debug)]
pub(crate) enum NotEnded {
    /// It was not taken.
    NotTaken(NotTaken),
    /// The gateway has not answered yet.
    Waiting,
}

impl From<Fault> for NotEnded {
    fn from(fault: Fault) -> Self {
        Self::NotTaken(NotTaken::Fault(fault))
    }
}

impl Payments {
    /// Gives a command, and waits until the gateway has answered: how the order stands then.
    pub(crate) async fn end(&self, order: &Order, input: Input) -> Result<Stage, NotEnded> {
        let at = checkout::instance(order);
        let mut watch = self.purchases.watch(order.key());
        self.purchases.command(at.clone(), input).await.map_err(NotEnded::NotTaken)?;
        let waiting = async {
            loop {
                let state = self.purchases.state(&at).await?.ok_or(Fault::StateUnreadable)?;
                match state.stage {
                    Stage::Voiding(voiding) if voiding.is_unanswered => {
                        return Err(NotEnded::Waiting);
                    }
                    Stage::Capturing(_) | Stage::Voiding(_) => watch.changed().await,
                    Stage::Captured(captured) if captured.refunding().is_some() => {
                        watch.changed().await;
                    }
                    stage => return Ok(stage),
                }
            }
        };
        timeout(PATIENCE, waiting).await.unwrap_or(Err(NotEnded::Waiting))
    }

    async fn line(&self, order: &Order) -> anyhow::Result<Line> {
        let purchase = self.purchases.state(&checkout::instance(order)).await?;
        let purchase = purchase.ok_or_else(|| anyhow::anyhow!("the purchase is gone"))?;
        Ok(Line::of(order, &purchase))
    }

    async fn find(&self, number: &str) -> anyhow::Result<Order> {
        let found = self.orders.by_number(number).await?;
        found.ok_or_else(|| anyhow::anyhow!("no order {number}"))
    }

    /// Does what an operator says.
    pub(crate) async fn perform(&self, deed: Deed) -> Told {
        match self.does(deed).await {
            Ok(told) => told,
            Err(error) => Told::Undone(format!("{error:#}")),
        }
    }

    async fn does(&self, deed: Deed) -> anyhow::Result<Told> {
        let (number, amount, is_capture) = match deed {
            Deed::List => {
                let mut lines = Vec::new();
                for order in self.orders.newest(ORDERS_MAX).await? {
                    lines.push(self.line(&order).await?);
                }
                return Ok(Told::Orders(lines));
            }
            Deed::Show { order } => {
                let line = self.line(&self.find(&order).await?).await?;
                return Ok(Told::Order(Box::new(line)));
            }
            Deed::Capture { order, amount } => (order, amount, true),
            Deed::Void { order, keep } => (order, keep, false),
        };
        let order = self.find(&number).await?;
        let currency = order.total.currency();
        let amount = amount.map(|text| Money::parse(&text, currency)).transpose()?;
        let state = self.purchases.state(&checkout::instance(&order)).await?;
        let all = state.as_ref().and_then(held).map_or(order.total, |held| held.amount);
        let input = match is_capture {
            true => Input::Capture { amount: amount.unwrap_or(all) },
            false => Input::Void { remains: amount.unwrap_or_else(|| Money::zero(currency)) },
        };
        match self.end(&order, input).await {
            Ok(_) => Ok(Told::Order(Box::new(self.line(&order).await?))),
            Err(NotEnded::NotTaken(why)) => Err(why.into()),
            Err(NotEnded::Waiting) => anyhow::bail!("the gateway has not answered yet"),
        }
    }

    /// Lets operators in, by a socket in the merchant's folder.
    pub(crate) fn open_to_operators(
        self,
        data: &Path,
        stop: Stop,
    ) -> anyhow::Result<JoinHandle<()>> {
        socket::open(data, ROLE.folder, SOCKET, Behind(Arc::new(self)), stop)
    }
}

/// Says a deed to the merchant that another process serves from this folder, if one does.
pub(crate) async fn perform_behind(data: &Path, deed: &Deed) -> Option<anyhow::Result<Told>> {
    let socket = socket::find(data, ROLE.folder, SOCKET).await?;
    Some(socket::ask(&socket, deed).await)
}

/// What is asked of a shop about its payments. Amounts are decimal, in the order's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Deed {
    /// How the newest orders stand.
    List,
    /// How one order stands.
    Show { order: String },
    /// Takes the money of an order, or so much of it.
    Capture { order: String, amount: Option<String> },
    /// Gives up what is held for an order, or all but so much.
    Void { order: String, keep: Option<String> },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Told {
    Orders(Vec<Line>),
    Order(Box<Line>),
    /// Why not.
    Undone(String),
}

/// One order, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) order: String,
    pub(crate) buyer: String,
    pub(crate) total: String,
    pub(crate) state: String,
    /// What the bank holds, or held until it was taken.
    pub(crate) authorized: Option<String>,
    pub(crate) captured: Option<String>,
    pub(crate) xid: Option<String>,
    /// Why the bank did not release what was given up.
    pub(crate) void_refused: Option<String>,
}

impl Line {
    fn of(order: &Order, purchase: &Purchase) -> Self {
        let summary = purchase.summary();
        Self {
            order: order.number.clone(),
            buyer: order.buyer.clone(),
            total: order.total.to_string(),
            state: word(summary.fact).to_owned(),
            authorized: held(purchase).map(|held| held.amount.to_string()),
            captured: summary.captured.map(|amount| amount.to_string()),
            xid: summary.xid.map(|xid| xid.to_string()),
            void_refused: void_refused(purchase),
        }
    }
}

/// Why it was not released, by the name of the gateway's code.
pub(crate) fn void_refused(purchase: &Purchase) -> Option<String> {
    let Stage::Authorized(authorized) = &purchase.stage else { return None };
    Some(match authorized.void_refused? {
        VoidRefused::Because(code) => format!("{code:?}"),
        VoidRefused::WithError => "Error".to_owned(),
    })
}

/// The shop behind its door.
#[derive(Clone)]
struct Behind(Arc<Payments>);

impl Performs for Behind {
    type Deed = Deed;
    type Told = Told;

    async fn perform(&self, deed: Deed) -> Told {
        self.0.perform(deed).await
    }

    fn baffled() -> Told {
        Told::Undone("not a deed".to_owned())
    }
}

/// How far a payment has come, in the words of the command line.
pub(crate) fn word(fact: Fact) -> &'static str {
    match fact {
        Fact::Placed => "offered",
        Fact::Received => "received",
        Fact::Authorized => "authorized",
        Fact::Capturing => "capturing",
        Fact::Captured => "captured",
        Fact::Credited => "credited",
        Fact::Voiding => "voiding",
        Fact::Voided => "voided",
        Fact::Declined => "declined",
        Fact::Rejected => "rejected",
        Fact::Abandoned => "given up",
    }
}

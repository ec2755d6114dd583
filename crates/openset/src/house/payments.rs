//! What a shop does about its payments, and its door for operators: taking the money, giving it up,
//! giving it back, and how its orders stand.

use std::{path::Path, sync::Arc, time::Duration};

use openset_node::{
    driver::{Driver, NotTaken},
    fault::Fault,
    shutdown::Stop,
};
use openset_protocol::{
    merchant::{
        Captured, Purchase, Refund, RefundOutcome, RefundRefused, Stage, VoidRefused,
        purchase::{Input, MerchantPurchase},
    },
    summary::Fact,
};
use openset_types::{Money, RefundKind};
use serde::{Deserialize, Serialize};
use tokio::{task::JoinHandle, time::timeout};

use super::{
    lookups::held,
    merchant::ROLE,
    parts::{Part, parts, refused},
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
                    Stage::Authorizing(_) | Stage::Capturing(_) | Stage::Voiding(_) => {
                        watch.changed().await;
                    }
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

    async fn does(&self, deed: Deed) -> anyhow::Result<Told> {
        let (number, amount, change) = match deed {
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
            Deed::Capture { order, amount } => (order, amount, Change::Capture),
            Deed::Void { order, keep } => (order, keep, Change::Void),
            Deed::Refund { order, kind, amount } => (order, amount, Change::Refund(kind)),
            Deed::Next { order, amount, is_taken } => (order, amount, Change::Next { is_taken }),
            Deed::TurnTo { order, part } => (order, None, Change::TurnTo(part)),
        };
        let order = self.find(&number).await?;
        let amount = amount.map(|text| Money::parse(&text, order.total.currency())).transpose()?;
        let state = self.purchases.state(&checkout::instance(&order)).await?;
        let state = state.ok_or_else(|| anyhow::anyhow!("the purchase is gone"))?;
        let input = change.input(&order, &state, amount)?;
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
        socket::open(data, ROLE.folder, SOCKET, Arc::new(self), stop)
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
    /// Gives so much of what was taken back, or all that is left; or takes that back.
    Refund { order: String, kind: RefundKind, amount: Option<String> },
    /// Has the next part of an order authorized, what is due or so much of it; and takes it.
    Next { order: String, amount: Option<String>, is_taken: bool },
    /// Turns to a part of an order, from one on.
    TurnTo { order: String, part: usize },
}

/// What is to be done about an order.
#[derive(Debug, Clone, Copy)]
enum Change {
    Capture,
    Void,
    Refund(RefundKind),
    Next { is_taken: bool },
    TurnTo(usize),
}

impl Change {
    /// The command to the merchant; without an amount, about all there is.
    fn input(
        self,
        order: &Order,
        purchase: &Purchase,
        amount: Option<Money>,
    ) -> anyhow::Result<Input> {
        Ok(match self {
            Self::Capture => {
                let all = held(purchase).map_or(order.total, |held| held.amount);
                Input::Capture { amount: amount.unwrap_or(all) }
            }
            Self::Void => {
                let nothing = Money::zero(order.total.currency());
                Input::Void { remains: amount.unwrap_or(nothing) }
            }
            Self::Refund(kind) => {
                let Stage::Captured(captured) = &purchase.stage else {
                    anyhow::bail!("nothing was taken for this order")
                };
                let amount = amount.or(all_of(captured, kind)?);
                let amount =
                    amount.ok_or_else(|| anyhow::anyhow!("no refund stands that can be undone"))?;
                Input::Refund { kind, amount }
            }
            Self::Next { is_taken } => {
                let due = purchase.due();
                let due = due.ok_or_else(|| anyhow::anyhow!("nothing more is agreed to"))?;
                Input::Next { amount: amount.unwrap_or(due), is_sale: is_taken }
            }
            Self::TurnTo(number) => {
                let all = parts(purchase);
                let part = number.checked_sub(1).and_then(|place| all.get(place));
                let part = part.ok_or_else(|| anyhow::anyhow!("no part {number}"))?;
                Input::Of { authorization: part.authorized.rrpid, command: None }
            }
        })
    }
}

/// What a refund is of when no amount is said: all that is left, or the last credit.
fn all_of(captured: &Captured, kind: RefundKind) -> anyhow::Result<Option<Money>> {
    Ok(match kind {
        RefundKind::CaptureReversal | RefundKind::Credit => Some(captured.left()?),
        RefundKind::CreditReversal => captured.credits().last().map(|credit| credit.amount),
    })
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
    /// What of the captured money is not with the merchant any more.
    pub(crate) given_back: Option<String>,
    /// Every question to give money back, oldest first.
    pub(crate) refunds: Vec<RefundLine>,
    /// The authorizations, oldest first, if there is more than one.
    pub(crate) parts: Vec<PartLine>,
    /// How much may still be authorized.
    pub(crate) left: Option<String>,
    /// Why the last question for a further part came to nothing.
    pub(crate) next_refused: Option<String>,
}

/// One authorization of an order, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PartLine {
    pub(crate) amount: String,
    pub(crate) state: String,
    /// Whether the next command is about this one.
    pub(crate) is_in_front: bool,
}

impl PartLine {
    fn of(part: &Part<'_>) -> Self {
        let (amount, state) = (part.authorized.amount.to_string(), word(part.fact).to_owned());
        Self { amount, state, is_in_front: part.is_in_front }
    }
}

/// One question to give money back, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RefundLine {
    pub(crate) kind: RefundKind,
    pub(crate) amount: String,
    /// Nothing while the gateway has not answered.
    pub(crate) is_done: Option<bool>,
    /// Why not, by the name of the gateway's code.
    pub(crate) refused: Option<String>,
}

impl RefundLine {
    fn of(refund: &Refund) -> Self {
        let (is_done, refused) = match refund.outcome {
            RefundOutcome::Asked => (None, None),
            RefundOutcome::Done { .. } => (Some(true), None),
            RefundOutcome::Refused(RefundRefused::Because(code)) => {
                (Some(false), Some(format!("{code:?}")))
            }
            RefundOutcome::Refused(RefundRefused::WithError) => {
                (Some(false), Some("Error".to_owned()))
            }
        };
        Self { kind: refund.kind, amount: refund.amount.to_string(), is_done, refused }
    }
}

impl Line {
    fn of(order: &Order, purchase: &Purchase) -> Self {
        let summary = purchase.summary();
        let refunds = match &purchase.stage {
            Stage::Captured(captured) => captured.refunds.iter().map(RefundLine::of).collect(),
            _ => Vec::new(),
        };
        let authorized = match purchase.others.is_empty() {
            true => held(purchase).map(|held| held.amount),
            false => purchase.authorized_in_all().ok(),
        };
        let given_back = summary.given_back.filter(|amount| !amount.is_zero());
        Self {
            order: order.number.clone(),
            buyer: order.buyer.clone(),
            total: order.total.to_string(),
            state: word(summary.fact).to_owned(),
            authorized: authorized.map(|amount| amount.to_string()),
            captured: summary.captured.map(|amount| amount.to_string()),
            xid: summary.xid.map(|xid| xid.to_string()),
            void_refused: void_refused(purchase),
            given_back: given_back.map(|amount| amount.to_string()),
            refunds,
            parts: parts(purchase).iter().map(PartLine::of).collect(),
            left: purchase.left().map(|amount| amount.to_string()),
            next_refused: refused(purchase),
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

impl Performs for Payments {
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

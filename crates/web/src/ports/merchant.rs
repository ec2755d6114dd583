//! What the merchant's own desk needs: its orders, their timelines, the capture, and what is given
//! back.

use std::future::Future;

use openset_types::{Money, RefundKind, UnixTime};

use super::{BatchDeed, BatchFile, BatchRow, Line, Said, Standing};

/// One order in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// What addresses call it.
    pub slug: String,
    /// The order number.
    pub number: String,
    /// Who ordered.
    pub buyer: String,
    /// What is to be paid.
    pub total: Money,
    /// How far it has come.
    pub standing: Standing,
    /// When it was placed.
    pub placed: UnixTime,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To this party.
    In,
    /// From this party.
    Out,
}

/// A message of the order's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// Its number in the transaction, for the inspector.
    pub number: u32,
    /// When.
    pub at: UnixTime,
    /// Its name: `PReq`.
    pub name: String,
    /// Which way.
    pub direction: Direction,
    /// How many octets.
    pub size: usize,
}

/// A question to the gateway to give money back, or to take it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundLine {
    /// When it was asked.
    pub at: UnixTime,
    /// What was asked for.
    pub kind: RefundKind,
    /// How much.
    pub amount: Money,
    /// What came of it.
    pub result: RefundResult,
    /// Whether it is a credit that stands, and can still be asked to be taken back.
    pub can_undo: bool,
}

/// What came of a question to give money back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundResult {
    /// No answer yet.
    Asked,
    /// It was done.
    Done,
    /// It is in a file that the card's bank has not answered yet.
    InFile,
    /// It has been settled.
    Settled,
    /// There is nothing of the kind, or not of this amount.
    NotFound,
    /// It was done before.
    Repeated,
    /// It is too long ago.
    TooOld,
    /// It was refused for another reason.
    Refused,
}

/// What may still be authorized of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextPart {
    /// How much at most.
    pub left: Money,
    /// How much, unless the shop says something else.
    pub due: Money,
    /// Whether the buyer agreed to so much each time.
    pub is_each: bool,
}

/// An order with everything the merchant knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFile {
    /// The order number.
    pub number: String,
    /// Who ordered.
    pub buyer: String,
    /// Where to deliver.
    pub address: String,
    /// What was ordered.
    pub lines: Vec<Line>,
    /// What is to be paid.
    pub total: Money,
    /// How far it has come.
    pub standing: Standing,
    /// What the bank agreed to.
    pub authorized: Money,
    /// What was asked for.
    pub captured: Money,
    /// The bank's approval code.
    pub approval_code: Option<String>,
    /// The transaction's XID, in hex.
    pub xid: Option<String>,
    /// What may be captured now; `None` if nothing may.
    pub capturable: Option<Money>,
    /// What was given back.
    pub given_back: Money,
    /// What can be given back now; `None` if nothing can.
    pub refundable: Option<Money>,
    /// What of the capture can be asked to be taken back now; `None` if nothing can.
    pub reversible: Option<Money>,
    /// What was asked to be given back, oldest first.
    pub refunds: Vec<RefundLine>,
    /// What may be given up now; `None` if nothing may.
    pub voidable: Option<Voidable>,
    /// Why the bank did not release what was given up, by the name of the code.
    pub void_refused: Option<String>,
    /// The authorizations of the order, oldest first, if it has more than one.
    pub parts: Vec<PaidPart>,
    /// What may still be authorized; `None` if nothing may.
    pub next: Option<NextPart>,
    /// Why the last question for a further part came to nothing, by the name of the code.
    pub next_refused: Option<String>,
    /// The messages, oldest first.
    pub timeline: Vec<Crossing>,
    /// What the inspector knows the transaction by.
    pub transaction: Option<String>,
}

impl OrderFile {
    /// Whether the gateway can be asked now: it is asked one thing at a time.
    pub fn can_ask(&self) -> bool {
        self.refunds.iter().all(|refund| refund.result != RefundResult::Asked)
    }
}

/// One authorization of an order that is paid in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidPart {
    /// When the bank agreed.
    pub at: UnixTime,
    /// How much it agreed to.
    pub amount: Money,
    /// How far it has come.
    pub standing: Standing,
    /// Whether the buttons of the page are about this one.
    pub is_in_front: bool,
}

/// What a shop may give up before it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voidable {
    /// How much the bank holds, or was asked to hold.
    pub amount: Money,
    /// Whether it holds it: then a part of it may be given up. Otherwise nobody knows yet, and
    /// only the whole question is taken back.
    pub is_held: bool,
}

/// The merchant's desk.
pub trait MerchantPort: Send + Sync + 'static {
    /// The shop's name.
    fn shop(&self) -> String;
    /// The orders that match a search (number, XID, amount, name; all of them if it is empty),
    /// newest first.
    fn orders(&self, search: &str) -> impl Future<Output = Said<Vec<OrderRow>>> + Send;
    /// One order.
    fn order(&self, slug: &str) -> impl Future<Output = Said<OrderFile>> + Send;
    /// Captures an amount, which must be the whole of what is capturable. Returns when the
    /// gateway answered; a second call for a captured order is [`Problem::NothingToCapture`].
    ///
    /// [`Problem::NothingToCapture`]: crate::problem::Problem::NothingToCapture
    fn capture(&self, slug: &str, amount: Money) -> impl Future<Output = Said<()>> + Send;
    /// Gives an amount back, or takes one back that was given. Returns when the gateway answered,
    /// whatever it said: the order tells. [`Problem::NothingToRefund`] if it is not asked at all.
    ///
    /// [`Problem::NothingToRefund`]: crate::problem::Problem::NothingToRefund
    fn refund(
        &self,
        slug: &str,
        kind: RefundKind,
        amount: Money,
    ) -> impl Future<Output = Said<()>> + Send;
    /// Gives up all that is held but so much, which must be less than that; a zero gives up all of
    /// it, also while nobody knows what is held. Returns when the gateway answered. What does not
    /// stand any more is [`Problem::NothingToVoid`], an amount that is not less
    /// [`Problem::AmountNotLess`].
    ///
    /// [`Problem::NothingToVoid`]: crate::problem::Problem::NothingToVoid
    /// [`Problem::AmountNotLess`]: crate::problem::Problem::AmountNotLess
    fn void(&self, slug: &str, remains: Money) -> impl Future<Output = Said<()>> + Send;
    /// The batches that the shop knows of.
    fn batches(&self) -> impl Future<Output = Said<Vec<BatchRow>>> + Send;
    /// One of them.
    fn batch(&self, slug: &str) -> impl Future<Output = Said<BatchFile>> + Send;
    /// Opens the next one: what addresses call it. The batch tells what came of it.
    fn open_batch(&self) -> impl Future<Output = Said<String>> + Send;
    /// Asks the bank about one. Returns when the gateway answered: the batch tells.
    fn ask_batch(&self, slug: &str, deed: BatchDeed) -> impl Future<Output = Said<()>> + Send;
    /// Has the next part of an order authorized, and taken if the shop says so. Returns when the
    /// gateway answered: the order tells what it said. [`Problem::FormStale`] if so much is not
    /// left.
    ///
    /// [`Problem::FormStale`]: crate::problem::Problem::FormStale
    fn next(
        &self,
        slug: &str,
        amount: Money,
        is_taken: bool,
    ) -> impl Future<Output = Said<()>> + Send;
    /// Turns to another part of an order, by its place among them from nought on.
    /// [`Problem::FormStale`] if there is none.
    ///
    /// [`Problem::FormStale`]: crate::problem::Problem::FormStale
    fn turn_to(&self, slug: &str, part: usize) -> impl Future<Output = Said<()>> + Send;
}

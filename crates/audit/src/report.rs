//! What was found: every difference by name, and what it all came to.

use std::{collections::BTreeMap, fmt};

use openset_types::{Currency, Money};
use serde::Serialize;

use crate::{amounts::Totals, testimony::Testimony};

/// What kind of difference it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum What {
    /// Items of a batch are counted twice, nowhere, or left before it was closed.
    BatchDiffers,
    /// An answer stands in a journal and its question does not.
    AnswerAlone,
    /// Two parties have other amounts, codes or names for one authorization.
    AuthorizationDiffers,
    /// One party knows of an authorization and the other does not.
    AuthorizationMissing,
    /// One consent was authorized more than once.
    AuthorizedTwice,
    /// An account's balance is not what its messages come to.
    BalanceDiffers,
    /// Two parties have other amounts or names for one capture.
    CaptureDiffers,
    /// One party knows of a capture and the other does not.
    CaptureMissing,
    /// More was taken than is held.
    CapturedMore,
    /// One card account stands for two cards.
    CardDiffers,
    /// A credit in the books is not the one that was ordered.
    CreditDiffers,
    /// An entry is not what its occasion asks for.
    EntryDiffers,
    /// An entry is missing.
    EntryMissing,
    /// An entry's debits are not its credits.
    EntryUnbalanced,
    /// No message is the reason of an entry.
    EntryUnfounded,
    /// A file is not the same at both banks, in the books, or in its own sums.
    FileDiffers,
    /// One bank has a file and the other does not.
    FileMissing,
    /// A hold is not what was agreed to.
    HoldDiffers,
    /// What was agreed to is not held.
    HoldMissing,
    /// A hold that nobody asked for.
    HoldUnasked,
    /// The octets of a message are not those whose digest was stored.
    MessageAltered,
    /// A message is not the same in the journals of its sender and its recipient.
    MessageDiffers,
    /// A message is filed under another name than its own.
    MessageMisfiled,
    /// A message is gone from a journal, or was never sent.
    MessageMissing,
    /// A message cannot be read.
    MessageUnreadable,
    /// A record of the books cannot be read.
    RecordUnreadable,
    /// Two parties have other amounts for what was given back.
    RefundDiffers,
    /// One party knows that something was given back and the other does not.
    RefundMissing,
    /// More was given back than was taken.
    RefundedMore,
    /// A merchant's statement is not what its bank ordered.
    StatementDiffers,
    /// A merchant has not heard of what it was credited.
    StatementMissing,
}

/// Something that two parties, or a party and its own messages, tell differently. It never holds
/// a card number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// What kind.
    pub what: What,
    /// What it is about: a sale, a file, an entry, a message.
    pub about: String,
    /// The two: folders of parties, or a party and `its messages`.
    pub between: [String; 2],
    /// What each says.
    pub say: [String; 2],
}

/// How much was read of a party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Read {
    /// Its folder.
    pub party: String,
    /// Messages of its journal.
    pub messages: u64,
    /// Records of its books.
    pub records: u64,
}

/// What an audit came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// What was read.
    pub read: Vec<Read>,
    /// What all messages come to, for each currency.
    pub totals: BTreeMap<Currency, Totals>,
    /// Every difference. None means that all books follow from the messages and agree.
    pub differences: Vec<Difference>,
}

/// The other side, where a party's books differ from its own messages.
pub(crate) const MESSAGES: &str = "its messages";
/// What somebody says who says nothing.
pub(crate) const NOTHING: &str = "nothing";

impl Difference {
    pub(crate) fn new(
        what: What,
        about: impl Into<String>,
        between: [impl Into<String>; 2],
        say: [impl Into<String>; 2],
    ) -> Self {
        let (about, between, say) = (about.into(), between.map(Into::into), say.map(Into::into));
        Self { what, about, between, say }
    }
}

impl Report {
    pub(crate) fn of(testimonies: &[Testimony]) -> Self {
        let read = testimonies.iter().map(|one| Read {
            party: one.party().folder.clone(),
            messages: one.messages,
            records: one.records,
        });
        let differences = testimonies.iter().flat_map(|one| one.found.clone()).collect();
        Self { read: read.collect(), totals: BTreeMap::new(), differences }
    }

    pub(crate) fn find(&mut self, difference: Difference) {
        self.differences.push(difference);
    }

    pub(crate) fn add(&mut self, amount: Money, to: impl FnOnce(&mut Totals) -> &mut u128) {
        let sum = to(self.totals.entry(amount.currency()).or_default());
        *sum = sum.saturating_add(amount.minor().into());
    }

    /// In the order of what they are about, each once.
    pub(crate) fn sorted(mut self) -> Self {
        self.differences.sort_by(|a, b| (&a.about, a).cmp(&(&b.about, b)));
        self.differences.dedup();
        self
    }
}

/// What somebody says of an amount.
pub(crate) fn said(amount: Option<Money>) -> String {
    amount.map_or_else(|| NOTHING.to_owned(), |amount| amount.to_string())
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ([one, other], [its, others]) = (&self.between, &self.say);
        let Self { what, about, .. } = self;
        if one == other {
            return write!(f, "{what}: {about}: {one} says {its}, and {others}");
        }
        let verb = if other == MESSAGES { "say" } else { "says" };
        write!(f, "{what}: {about}: {one} says {its}, {other} {verb} {others}")
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AnswerAlone => "answer without question",
            Self::AuthorizationDiffers => "authorization differs",
            Self::AuthorizationMissing => "authorization missing",
            Self::AuthorizedTwice => "authorized twice",
            Self::BalanceDiffers => "balance differs",
            Self::CaptureDiffers => "capture differs",
            Self::CaptureMissing => "capture missing",
            Self::BatchDiffers => "batch differs",
            Self::CapturedMore => "more captured than held",
            Self::CardDiffers => "card differs",
            Self::CreditDiffers => "credit differs",
            Self::EntryDiffers => "entry differs",
            Self::EntryMissing => "entry missing",
            Self::EntryUnbalanced => "entry unbalanced",
            Self::EntryUnfounded => "entry without a reason",
            Self::FileDiffers => "file differs",
            Self::FileMissing => "file missing",
            Self::HoldDiffers => "hold differs",
            Self::HoldMissing => "hold missing",
            Self::HoldUnasked => "hold that nobody asked for",
            Self::MessageAltered => "message altered",
            Self::MessageDiffers => "message differs",
            Self::MessageMisfiled => "message misfiled",
            Self::MessageMissing => "message missing",
            Self::MessageUnreadable => "message unreadable",
            Self::RecordUnreadable => "record unreadable",
            Self::RefundDiffers => "refund differs",
            Self::RefundMissing => "refund missing",
            Self::RefundedMore => "more refunded than taken",
            Self::StatementDiffers => "statement differs",
            Self::StatementMissing => "statement missing",
        })
    }
}

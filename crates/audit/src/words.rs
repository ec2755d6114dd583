//! A bank message as its fields say it, read apart from how the banks read theirs.

use openset_bank::iso8583::{Dialect, Message};
use openset_types::{ApprovalCode, Bin, Currency, Money, RetrievalReference};

use crate::testimony::{self, Way};

/// One bank message. The card number in it was masked before it was kept.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// Its place in the journal.
    pub(crate) number: i64,
    pub(crate) way: Way,
    /// Its type: `0100`.
    pub(crate) kind: String,
    /// What is done, in two digits (field 3); none in an answer without it.
    pub(crate) processing: Option<String>,
    /// The authorization (field 37).
    pub(crate) reference: RetrievalReference,
    /// What tells this question from others about the same authorization (fields 63 and 11).
    pub(crate) tag: [Option<String>; 2],
    pub(crate) amount: Option<Money>,
    /// What is to stay of it, where not all of it is undone (field 95).
    pub(crate) remains: Option<Money>,
    /// Who asks, as far as field 42 has room, or whole (field 48).
    pub(crate) merchant: Option<String>,
    /// The answer (field 39).
    pub(crate) code: Option<String>,
    /// The issuer's word for it (field 38).
    pub(crate) approval: Option<ApprovalCode>,
    /// The bank that gave it (field 100), or that gave the card out (field 2).
    pub(crate) issuer: Option<Bin>,
    /// The card as far as it is kept (field 2). Compared, and never told.
    pub(crate) card: Option<String>,
}

impl Word {
    /// Reads a message in whichever dialect it is; nothing if it is in none or names no
    /// authorization.
    pub(crate) fn read(message: &testimony::Message<'_>) -> Option<Self> {
        let dialect = match message.octets.first()? {
            b'0' => Dialect::openset_87(),
            _ => Dialect::packed_87(),
        };
        let fields = dialect.read(message.octets).ok()?;
        let text = |field| fields.text(field).map(str::to_owned);
        Some(Self {
            number: message.number,
            way: message.way,
            kind: fields.mti().as_str().to_owned(),
            processing: fields.text(3).and_then(|code| code.get(..2)).map(str::to_owned),
            reference: RetrievalReference::parse(fields.text(37)?).ok()?,
            tag: [text(63), text(11)],
            amount: amount(&fields),
            remains: remains(&fields),
            merchant: text(48).or_else(|| Some(fields.text(42)?.trim_end().to_owned())),
            code: text(39),
            approval: fields.text(38).and_then(|code| ApprovalCode::parse(code).ok()),
            issuer: issuer(&fields),
            card: text(2),
        })
    }
}

fn amount(fields: &Message) -> Option<Money> {
    let minor = fields.text(4)?.parse().ok()?;
    let currency = Currency::from_numeric(fields.text(49)?.parse().ok()?).ok()?;
    Money::new(minor, currency).ok()
}

fn remains(fields: &Message) -> Option<Money> {
    let minor = fields.text(95)?.get(..12)?.parse().ok()?;
    let remains = Money::new(minor, amount(fields)?.currency()).ok()?;
    (!remains.is_zero()).then_some(remains)
}

fn issuer(fields: &Message) -> Option<Bin> {
    let bin = fields.text(100).or_else(|| fields.text(2)?.get(..6))?;
    Bin::parse(bin).ok()
}

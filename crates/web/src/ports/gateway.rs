//! What the gateway's console needs: transactions, their checks, the leg to the issuer.

use std::future::Future;

use openset_types::{Money, RefundKind, UnixTime};

use super::{BatchRow, Said, Standing};

/// One authorization in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayRow {
    /// What addresses call it.
    pub slug: String,
    /// The transaction's XID, in hex.
    pub xid: String,
    /// Who asked.
    pub merchant: String,
    /// How much.
    pub amount: Money,
    /// How far it has come.
    pub standing: Standing,
    /// The card's last four digits.
    pub last_four: String,
    /// When it was asked.
    pub at: UnixTime,
}

/// Something the gateway checks before it asks the bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckName {
    /// The merchant's signature on the request.
    MerchantSignature,
    /// The cardholder's signature over both halves.
    DualSignature,
    /// The hash of the order from the shop is the one from the cardholder.
    OrderHashesAgree,
    /// These payment instructions were never used before.
    UsedOnce,
    /// The brand of the card is one of the merchant's.
    BrandMatches,
    /// No certificate is revoked or past its time.
    CertificatesCurrent,
}

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckState {
    /// It was made, and holds.
    Held,
    /// It was made, and failed.
    Failed,
    /// It was not made: another failed before it.
    NotReached,
}

/// A check and how it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Which.
    pub name: CheckName,
    /// How it went.
    pub state: CheckState,
}

/// A card number as a console may show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaskedCard {
    /// `999999•• •••• 4242`, masked by whoever made it: the whole number never comes here.
    pub number: String,
    /// `12/29`.
    pub expiry: String,
}

/// A data element of ISO 8583.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Which one: 2 is the card number.
    pub number: u8,
    /// What it says, masked.
    pub value: String,
}

/// The conversation with the issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerLeg {
    /// The request's type: `0100`.
    pub asked: String,
    /// The answer's type: `0110`; `None` if none came.
    pub answered: Option<String>,
    /// The data elements, masked.
    pub elements: Vec<Element>,
}

/// Money of a sale that was given back, or a question about that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayRefund {
    /// When the acquirer was told first.
    pub at: UnixTime,
    /// What was to be done.
    pub kind: RefundKind,
    /// How much.
    pub amount: Money,
    /// What the acquirer answered; `None` if it has not yet.
    pub is_done: Option<bool>,
    /// The conversation with it.
    pub leg: IssuerLeg,
}

/// An authorization with everything the gateway knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayFile {
    /// The transaction's XID, in hex.
    pub xid: String,
    /// Who asked.
    pub merchant: String,
    /// How far it has come.
    pub standing: Standing,
    /// What was checked.
    pub checks: Vec<Check>,
    /// The card.
    pub card: MaskedCard,
    /// The hash of the order, in hex: all the gateway knows of it.
    pub order_hash: String,
    /// The conversation with the issuer.
    pub leg: Option<IssuerLeg>,
    /// The conversation in which it was undone or lowered, if it was.
    pub reversal: Option<IssuerLeg>,
    /// The conversations with the acquirer in which money was given back, oldest first.
    pub refunds: Vec<GatewayRefund>,
    /// What was asked for.
    pub amount: Money,
    /// What the issuer agreed to.
    pub authorized: Money,
    /// What was captured.
    pub captured: Money,
    /// What the inspector knows the transaction by.
    pub transaction: Option<String>,
}

/// The gateway's console.
pub trait GatewayPort: Send + Sync + 'static {
    /// The gateway's name.
    fn name(&self) -> String;
    /// The authorizations, newest first.
    fn transactions(&self) -> impl Future<Output = Said<Vec<GatewayRow>>> + Send;
    /// One of them.
    fn transaction(&self, slug: &str) -> impl Future<Output = Said<GatewayFile>> + Send;
    /// The batches of its merchants that were asked about, newest first.
    fn batches(&self) -> impl Future<Output = Said<Vec<BatchRow>>> + Send;
}

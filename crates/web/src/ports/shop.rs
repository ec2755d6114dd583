//! What the shop's own pages need: goods, an order, its initiation, its receipt.

use std::future::Future;

use openset_types::Money;

use super::{Said, Standing, When};
use crate::words::Tongue;

/// What the shop sells, in the language of the visitor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    /// The shop's name.
    pub shop: String,
    /// The thing.
    pub name: String,
    /// What one costs.
    pub price: Money,
    /// The most one order may hold.
    pub quantity_max: u32,
    /// The ways it can be delivered; the first is proposed.
    pub deliveries: Vec<Delivery>,
}

/// A way of delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What the form calls it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it costs.
    pub price: Money,
}

/// What somebody wants to buy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basket {
    /// How many.
    pub quantity: u32,
    /// The `id` of a [`Delivery`].
    pub delivery: String,
}

/// Who buys, as the form says.
#[derive(Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Their name.
    pub name: String,
    /// Where to deliver.
    pub address: String,
    /// Where to send the receipt, if anywhere.
    pub email: Option<String>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub text: String,
    /// For how much.
    pub amount: Money,
}

/// What a basket costs, computed by the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// Each line.
    pub lines: Vec<Line>,
    /// The sum, delivery included.
    pub total: Money,
}

/// An order on its way to a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The shop's name.
    pub shop: String,
    /// The order number.
    pub number: String,
    /// What is to be paid.
    pub total: Money,
    /// The hash of the order, in hex: the wallet shows the same before anything is signed.
    pub order_hash: String,
    /// The initiation document, octet for octet (`application/set-payment-initiation`).
    pub document: Vec<u8>,
}

/// One fact on the way from the order to the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptStep {
    /// Which.
    pub standing: Standing,
    /// When it happened; `None` if it has not.
    pub at: When,
}

/// An order as its buyer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The shop's name.
    pub shop: String,
    /// The order number.
    pub number: String,
    /// What was bought.
    pub lines: Vec<Line>,
    /// What is or was to be paid.
    pub total: Money,
    /// How far it has come.
    pub standing: Standing,
    /// Ordered, authorized, captured, settled, with their times.
    pub steps: Vec<ReceiptStep>,
    /// The thumb of the certificate that signed the answer to the wallet, in hex.
    pub signed_by: Option<String>,
    /// What the inspector knows the transaction by, once a wallet came.
    pub transaction: Option<String>,
    /// The hash of the order, in hex: the wallet shows the same before anything is signed.
    pub order_hash: String,
}

/// The shop behind its order form.
///
/// A `slug` names one order in an address. It cannot be guessed from the order number.
pub trait ShopPort: Send + Sync + 'static {
    /// What is for sale.
    fn goods(&self, tongue: Tongue) -> impl Future<Output = Said<Goods>> + Send;
    /// What a basket costs.
    fn quote(&self, basket: &Basket, tongue: Tongue) -> impl Future<Output = Said<Quote>> + Send;
    /// Places an order and answers its slug.
    fn place(
        &self,
        basket: Basket,
        buyer: Buyer,
        tongue: Tongue,
    ) -> impl Future<Output = Said<String>> + Send;
    /// The order's initiation document.
    fn handover(&self, slug: &str) -> impl Future<Output = Said<Handover>> + Send;
    /// The order as its buyer sees it.
    fn receipt(&self, slug: &str) -> impl Future<Output = Said<Receipt>> + Send;
}

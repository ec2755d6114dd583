//! What is in a wallet: its cards and its payments.

use openset_crypto::Certified;
use openset_node::store::Page;
use openset_protocol::{
    cardholder::{Purchase, Stage, registration},
    summary::Fact,
};
use serde::Serialize;

use super::{open::Opened, print_json};
use crate::said::say;
use crate::{ending::Done, paint::Paint};

/// More payments than anybody reads at once.
const PAYMENTS_MAX: u32 = 200;

/// A card as it is listed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CardLine {
    #[serde(skip)]
    pub(super) id: String,
    /// Its last four digits.
    pub(super) card: String,
    brand: String,
    /// Until when its certificate is good; nothing while there is none.
    certified_until: Option<String>,
    /// Whether it can pay today.
    pub(super) can_pay: bool,
}

#[cfg(test)]
impl CardLine {
    /// A card for tests.
    pub(super) fn of_test(last_four: &str, can_pay: bool) -> Self {
        let (id, card) = (last_four.to_owned(), last_four.to_owned());
        Self { id, card, brand: "Demo Brand".to_owned(), certified_until: None, can_pay }
    }
}

#[derive(Debug, Serialize)]
struct PaymentLine {
    at: Option<String>,
    payee: Option<String>,
    order: Option<String>,
    amount: String,
    state: &'static str,
    xid: Option<String>,
}

/// Lists the cards.
pub(super) async fn cards(opened: &Opened, json: bool) -> Done {
    let cards = all(opened).await?;
    if json {
        return print_json(&cards);
    }
    if cards.is_empty() {
        say!("no cards yet; try: openset wallet enroll --help");
    }
    let paint = Paint::of_stdout();
    for card in cards {
        let state = match (&card.certified_until, card.can_pay) {
            (Some(until), true) => paint.good(&format!("certified until {until}")),
            (Some(until), false) => paint.bad(&format!("its certificate ended on {until}")),
            (None, _) => paint.bad("not certified: registration is unfinished"),
        };
        say!("…{}  {}  {state}", card.card, card.brand);
    }
    Ok(())
}

/// Every card of the vault.
pub(super) async fn all(opened: &Opened) -> anyhow::Result<Vec<CardLine>> {
    let wallet = &opened.wallet;
    let known = wallet.vault.cards(opened.now(), |cards| {
        let line =
            |card: &openset_node::keys::Card| (card.id.clone(), card.pan.last_four().to_owned());
        cards.iter().map(line).collect::<Vec<_>>()
    })?;
    let mut all = Vec::new();
    for (id, card) in known {
        let Some(registration) = wallet.registration(&id).await? else { continue };
        let until = match &registration.stage {
            registration::Stage::Certified { card, .. } => {
                let certificate = card.identity()?.certificate;
                Some(Certified::read(opened.ground.suite, certificate)?.not_after())
            }
            _ => None,
        };
        all.push(CardLine {
            id,
            card,
            brand: registration.brand.to_string(),
            certified_until: until.map(|until| until.to_string()),
            can_pay: until.is_some_and(|until| until >= opened.now()),
        });
    }
    Ok(all)
}

/// Lists the payments, newest first.
pub(super) async fn history(opened: &Opened, json: bool) -> Done {
    let all = opened.wallet.purchases.list(Page::newest(PAYMENTS_MAX)).await;
    let all = all.map_err(anyhow::Error::new)?;
    let lines: Vec<PaymentLine> = all.iter().map(|(_, purchase)| payment(purchase)).collect();
    if json {
        return print_json(&lines);
    }
    if lines.is_empty() {
        say!("no payments yet");
    }
    for line in lines {
        let PaymentLine { at, payee, order, amount, state, .. } = line;
        let (at, payee) = (at.unwrap_or_default(), payee.unwrap_or_default());
        say!("{at}  {payee}  order {}  {amount}  {state}", order.unwrap_or_default());
    }
    Ok(())
}

fn payment(purchase: &Purchase) -> PaymentLine {
    let summary = purchase.summary();
    let payee = match &purchase.stage {
        Stage::Offered(offered) => Some(offered.merchant.name.clone()),
        Stage::Ordered(ordered) | Stage::Answered(ordered) => Some(ordered.merchant.name.clone()),
        Stage::Initiating { .. } | Stage::Abandoned(_) => None,
    };
    PaymentLine {
        at: purchase.timeline.moments().first().map(|moment| moment.at.to_string()),
        payee,
        order: summary.order,
        amount: summary.amount.to_string(),
        state: word(summary.fact),
        xid: summary.xid.map(|xid| xid.to_string()),
    }
}

/// How far a payment has come.
pub(super) fn word(fact: Fact) -> &'static str {
    match fact {
        Fact::Placed => "offered",
        Fact::Received => "received",
        Fact::Authorized => "authorized",
        Fact::Capturing => "capturing",
        Fact::Captured => "captured",
        Fact::Credited => "credited",
        Fact::Declined => "declined",
        Fact::Rejected => "rejected",
        Fact::Abandoned => "given up",
    }
}

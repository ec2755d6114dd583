//! What is in a wallet: its cards and its payments.

use openset_node::store::Page;
use openset_protocol::cardholder::{Purchase, Stage, registration};
use serde::Serialize;

use super::{open::Opened, print_json};
use crate::{
    ending::Done,
    house::{payments::word, wallet::cards::Entry},
    paint::Paint,
    said::say,
};

/// More payments than anybody reads at once.
pub(super) const PAYMENTS_MAX: u32 = 200;

const DAY_S: i64 = 86_400;

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
    /// In how many whole days that ends, where another certificate should be asked for.
    ends_in_days: Option<i64>,
    /// Whether it can pay today.
    pub(super) can_pay: bool,
    /// What was asked for since, and not granted yet.
    pub(super) application: Option<ApplicationLine>,
}

/// An application as it is listed.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ApplicationLine {
    #[serde(skip)]
    pub(super) id: String,
    state: &'static str,
    /// Whether it can still be granted.
    #[serde(skip)]
    pub(super) is_open: bool,
}

#[cfg(test)]
impl CardLine {
    /// A card for tests.
    pub(super) fn of_test(last_four: &str, can_pay: bool) -> Self {
        let (id, card) = (last_four.to_owned(), last_four.to_owned());
        let brand = "Demo Brand".to_owned();
        let (certified_until, ends_in_days, application) = (None, None, None);
        Self { id, card, brand, certified_until, ends_in_days, can_pay, application }
    }
}

/// A payment as it is listed.
#[derive(Debug, Serialize)]
pub(super) struct PaymentLine {
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
    for line in cards {
        say!("…{}  {}  {}", line.card, line.brand, states(&line, paint));
    }
    Ok(())
}

fn states(card: &CardLine, paint: Paint) -> String {
    let CardLine { certified_until, ends_in_days, can_pay, application, card, .. } = card;
    let mut states = match (certified_until, can_pay, ends_in_days) {
        (Some(until), true, None) => paint.good(&format!("certified until {until}")),
        (Some(until), true, Some(days)) => paint.bad(&format!(
            "its certificate ends in {days} days, on {until}; try: openset wallet renew {card}"
        )),
        (Some(until), false, _) => paint
            .bad(&format!("its certificate ended on {until}; try: openset wallet renew {card}")),
        (None, ..) => paint.bad("not certified"),
    };
    if let Some(ApplicationLine { state, .. }) = application {
        states.push_str(&format!("; application: {state}"));
    }
    states
}

/// Every card of the vault.
pub(super) async fn all(opened: &Opened) -> anyhow::Result<Vec<CardLine>> {
    let mut all = Vec::new();
    for held in opened.wallet.held().await? {
        let Some(Entry { id, registration }) = held.entry() else { continue };
        let life = held.identity().map(|card| opened.wallet.life(card)).transpose()?;
        let now = opened.now();
        let is_due = life.filter(|life| now >= life.renew_from);
        all.push(CardLine {
            id: id.clone(),
            card: opened.wallet.last_four(id).await?,
            brand: registration.brand.to_string(),
            certified_until: life.map(|life| life.until.to_string()),
            ends_in_days: is_due.map(|life| life.until.seconds_since(now).max(0) / DAY_S),
            can_pay: life.is_some_and(|life| life.until >= now),
            application: held.applies.as_ref().map(application),
        });
    }
    Ok(all)
}

fn application(entry: &Entry) -> ApplicationLine {
    use registration::Stage;
    let stage = &entry.registration.stage;
    let state = match stage {
        Stage::Started(_)
        | Stage::Introduced(_)
        | Stage::Asking { .. }
        | Stage::Applied(_)
        | Stage::Certified { .. } => "unfinished",
        Stage::FormShown(_) => "waits for your answers",
        Stage::Pending(_) | Stage::Inquiring(_) => "somebody at the bank looks at it",
        Stage::Referred(_) => "sent on to another authority",
        Stage::Refused(_) => "refused",
    };
    let is_open = !matches!(stage, Stage::Refused(_));
    ApplicationLine { id: entry.id.clone(), state, is_open }
}

/// Lists the payments, newest first.
pub(super) async fn history(opened: &Opened, json: bool) -> Done {
    let all = opened.wallet.purchases.list(Page::newest(PAYMENTS_MAX)).await;
    let all = all.map_err(anyhow::Error::new)?;
    let lines: Vec<PaymentLine> =
        all.iter().map(|(_, purchase)| PaymentLine::of(purchase)).collect();
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

impl PaymentLine {
    /// What is listed of a purchase.
    pub(super) fn of(purchase: &Purchase) -> Self {
        let summary = purchase.summary();
        let payee = match &purchase.stage {
            Stage::Offered(offered) => Some(offered.merchant.name.clone()),
            Stage::Ordered(ordered) | Stage::Answered(ordered) => {
                Some(ordered.merchant.name.clone())
            }
            Stage::Initiating { .. } | Stage::Abandoned(_) => None,
        };
        Self {
            at: purchase.timeline.moments().first().map(|moment| moment.at.to_string()),
            payee,
            order: summary.order,
            amount: summary.amount.to_string(),
            state: word(summary.fact),
            xid: summary.xid.map(|xid| xid.to_string()),
        }
    }
}

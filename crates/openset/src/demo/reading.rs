//! Reading everybody's books: each from the party's own database. Wallets and issuers are as many
//! as there are banks that give out cards: theirs are read as one book.

use std::collections::BTreeMap;

use anyhow::Context;
use openset_bank::{
    acquirer::{Capture, FileState},
    clearing::{ClearingFile, Flow},
    ledger::{Hold, HoldState},
};
use openset_node::{
    driver::Driver,
    store::{Page, Record},
};
use openset_protocol::{
    gateway::{Stage as GatewayStage, capture::Outcome, refund::Outcome as Refunded},
    merchant::Stage as MerchantStage,
    role::Machine,
    summary::Fact,
};
use openset_types::{Money, RefundKind, Rrpid};

use super::books::{
    AcquirerBook, Amounts, Books, GatewayBook, IssuerBook, MerchantBook, WalletBook,
};
use crate::house::{gateway::Gateway, system::System};

/// How many instances are read at one time.
const PAGE: u32 = 500;

/// The books of all parties, as they stand.
pub(crate) async fn read(system: &System) -> anyhow::Result<Books> {
    Ok(Books {
        wallet: wallet(system).await?,
        merchant: merchant(system).await?,
        gateway: gateway(system).await?,
        issuer: issuer(system).await?,
        acquirer: acquirer(system).await?,
    })
}

/// Every instance of a machine, however many there are.
async fn all<M: Machine>(driver: &Driver<M>) -> anyhow::Result<Vec<(Record, M::State)>> {
    let mut all = Vec::new();
    let mut page = Page::newest(PAGE);
    loop {
        let listed = driver.list(page).await?;
        let Some((last, _)) = listed.last() else { return Ok(all) };
        page.before = Some(last.seq);
        all.extend(listed);
    }
}

async fn wallet(system: &System) -> anyhow::Result<WalletBook> {
    let mut book = WalletBook::default();
    for view in system.views() {
        for (_, purchase) in all(&view.wallet.purchases).await? {
            let summary = purchase.summary();
            let is_authorized =
                matches!(summary.fact, Fact::Authorized | Fact::Captured | Fact::Credited);
            if let (true, Some(xid)) = (is_authorized, summary.xid) {
                book.authorized.insert(xid, summary.amount);
            }
        }
    }
    Ok(book)
}

async fn merchant(system: &System) -> anyhow::Result<MerchantBook> {
    let mut book =
        MerchantBook { credited: system.statements.credited().await?, ..MerchantBook::default() };
    for (_, purchase) in all(&system.merchant.purchases).await? {
        for stage in purchase.stages() {
            let Some(authorized) = stage.authorized() else { continue };
            let rrpid = authorized.rrpid;
            book.agreed.insert(authorized.consent.ids.xid, purchase.order.amount);
            book.authorized.insert(rrpid, authorized.amount);
            if let MerchantStage::Captured(captured) = stage {
                book.captured.insert(rrpid, captured.amount);
                let given_back = captured.given_back()?;
                if !given_back.is_zero() {
                    book.given_back.insert(rrpid, given_back);
                }
            }
        }
    }
    Ok(book)
}

async fn gateway(system: &System) -> anyhow::Result<GatewayBook> {
    let mut book = GatewayBook::default();
    for brand in system.brands() {
        book.read(&brand.gateway).await?;
    }
    Ok(book)
}

impl GatewayBook {
    async fn read(&mut self, gateway: &Gateway) -> anyhow::Result<()> {
        for (_, authorization) in all(&gateway.authorizations).await? {
            let rrpid = authorization.question.rrpid;
            let (trace, amount) = match &authorization.stage {
                GatewayStage::Authorized { trace, amount, .. } => (trace, *amount),
                GatewayStage::Sold(sale) => {
                    self.captured.insert(rrpid, sale.advice.amount);
                    (&sale.trace, sale.advice.amount)
                }
                _ => continue,
            };
            self.references.insert(rrpid, trace.retrieval.clone());
            self.authorized.insert(rrpid, amount);
        }
        for (_, captures) in all(&gateway.captures).await? {
            for item in captures.items {
                if let Outcome::Taken { amount, .. } = item.outcome {
                    add(&mut self.captured, item.authorization, amount)?;
                }
            }
        }
        // Newest first: a credit reversal would come before its credit.
        for (_, refunds) in all(&gateway.refunds).await?.into_iter().rev() {
            for item in refunds.items {
                if let Refunded::Done { amount, .. } = item.outcome {
                    self.refund(refunds.kind, item.authorization, amount)?;
                }
            }
        }
        Ok(())
    }

    fn refund(&mut self, kind: RefundKind, of: Rrpid, amount: Money) -> anyhow::Result<()> {
        if kind != RefundKind::CreditReversal {
            return add(&mut self.given_back, of, amount);
        }
        let before = self.given_back.remove(&of).context("a credit that was never given")?;
        let left = before.minus(amount)?;
        if !left.is_zero() {
            self.given_back.insert(of, left);
        }
        Ok(())
    }
}

fn add<K: Ord>(amounts: &mut Amounts<K>, key: K, amount: Money) -> anyhow::Result<()> {
    let before = amounts.get(&key).copied().unwrap_or_else(|| Money::zero(amount.currency()));
    amounts.insert(key, before.plus(amount)?);
    Ok(())
}

/// What a file moved from issuer to acquirer, in cents.
fn moved(file: &ClearingFile) -> anyhow::Result<i64> {
    let cents = i64::try_from(file.total().minor())?;
    Ok(match file.flow() {
        Flow::Sale => cents,
        Flow::Credit => -cents,
    })
}

async fn issuer(system: &System) -> anyhow::Result<IssuerBook> {
    let mut book = IssuerBook { is_balanced: true, ..IssuerBook::default() };
    for view in system.views() {
        let view = view.issuer.host.view().await?;
        book.is_balanced &= view.is_balanced;
        for taken in &view.files {
            book.paid += moved(&taken.file)?;
            let items = taken.file.items().iter().filter(|item| item.credit.is_some());
            book.refunded.extend(items.map(|item| (item.name().clone(), item.amount)));
        }
        for hold in view.holds {
            book.note(hold);
        }
    }
    Ok(book)
}

impl IssuerBook {
    fn note(&mut self, hold: Hold) {
        match hold.state {
            HoldState::Placed => {
                self.held.insert(hold.authorization, hold.amount);
            }
            HoldState::Posted(amount) => {
                self.posted.insert(hold.authorization.clone(), amount);
                self.held.insert(hold.authorization, hold.amount);
            }
            HoldState::Released | HoldState::Expired => {}
        }
    }
}

async fn acquirer(system: &System) -> anyhow::Result<AcquirerBook> {
    let view = system.acquirer.host.view().await?;
    let captured = view
        .captures
        .iter()
        .map(|capture| (capture.advice.authorization.clone(), capture.advice.amount));
    let mut book = AcquirerBook {
        captured: captured.collect::<BTreeMap<_, _>>(),
        is_balanced: view.is_balanced,
        ..AcquirerBook::default()
    };
    for credit in &view.credits {
        let cents = i64::try_from(credit.net.minor())?;
        book.credited += if credit.flow == Flow::Sale { cents } else { -cents };
    }
    for sent in &view.files {
        if let FileState::Settled(_) = &sent.state {
            book.received += moved(&sent.file)?;
            let items = sent.file.items().iter().map(|item| (item.name().clone(), item.amount));
            match sent.file.flow() {
                Flow::Sale => book.cleared.extend(items),
                Flow::Credit => book.refunded.extend(items),
            }
        }
    }
    for capture in view.captures.iter().chain(&view.refunds) {
        book.note(capture)?;
    }
    Ok(book)
}

impl AcquirerBook {
    /// What was taken back of a sale, or a credit that stands.
    fn note(&mut self, capture: &Capture) -> anyhow::Result<()> {
        let given = match capture.flow {
            Flow::Sale => capture.advice.amount.minus(capture.amount())?,
            Flow::Credit if capture.stands() => capture.amount(),
            Flow::Credit => return Ok(()),
        };
        if given.is_zero() {
            return Ok(());
        }
        add(&mut self.given_back, capture.advice.authorization.clone(), given)
    }
}

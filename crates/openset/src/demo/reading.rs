//! Reading everybody's books: each from the party's own database. Wallets and issuers are as many
//! as there are banks that give out cards: theirs are read as one book.

use std::collections::BTreeMap;

use openset_bank::{
    acquirer::FileState,
    ledger::{Hold, HoldState},
};
use openset_node::{
    driver::Driver,
    store::{Page, Record},
};
use openset_protocol::{
    gateway::{Stage as GatewayStage, capture::Outcome},
    merchant::Stage as MerchantStage,
    role::Machine,
    summary::Fact,
};
use openset_types::{Money, Xid};

use super::books::{
    AcquirerBook, Amounts, Books, GatewayBook, IssuerBook, MerchantBook, WalletBook,
};
use crate::house::{gateway::Gateway, lookups::held, system::System};

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
            let is_authorized = matches!(summary.fact, Fact::Authorized | Fact::Captured);
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
        let Some(authorized) = held(&purchase) else { continue };
        let xid = authorized.consent.ids.xid;
        book.authorized.insert(xid, authorized.amount);
        if let MerchantStage::Captured(captured) = &purchase.stage {
            book.captured.insert(xid, captured.amount);
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
            if let GatewayStage::Authorized { trace, amount, .. } = &authorization.stage {
                let xid = authorization.question.ids.xid;
                self.references.insert(xid, trace.retrieval.clone());
                self.authorized.insert(xid, *amount);
            }
        }
        for (_, captures) in all(&gateway.captures).await? {
            for item in captures.items {
                if let Outcome::Taken { amount, .. } = item.outcome {
                    add(&mut self.captured, item.xid, amount)?;
                }
            }
        }
        Ok(())
    }
}

fn add(amounts: &mut Amounts<Xid>, xid: Xid, amount: Money) -> anyhow::Result<()> {
    let before = amounts.get(&xid).copied().unwrap_or_else(|| Money::zero(amount.currency()));
    amounts.insert(xid, before.plus(amount)?);
    Ok(())
}

async fn issuer(system: &System) -> anyhow::Result<IssuerBook> {
    let mut book = IssuerBook { is_balanced: true, ..IssuerBook::default() };
    for view in system.views() {
        let view = view.issuer.host.view().await?;
        book.is_balanced &= view.is_balanced;
        book.paid += view.files.iter().map(|file| file.settlement.amount.minor()).sum::<u64>();
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
        credited: view.credits.iter().map(|credit| credit.net.minor()).sum(),
        is_balanced: view.is_balanced,
        ..AcquirerBook::default()
    };
    for sent in &view.files {
        if let FileState::Settled(settlement) = &sent.state {
            book.received += settlement.amount.minor();
            let items = sent.file.items().iter();
            book.cleared.extend(items.map(|item| (item.authorization.clone(), item.amount)));
        }
    }
    Ok(book)
}

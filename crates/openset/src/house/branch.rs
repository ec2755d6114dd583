//! A further bank of a running system: what it has of its own, and the system as it sees it.
//!
//! What banks share - shop, gateway, acquirer, the other authorities - is opened once, by
//! [`System`].

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use openset_crypto::{Authority as Kind, vault::Cost};
use openset_node::{banks::IssuerHost, link::LinkTerms, shutdown::Stop};
use openset_protocol::role::Lookup;
use openset_types::{Bin, Xid};

use super::{
    authority::{self, Authority},
    banks::{self, Bank, Counter, Mailbox},
    ground::Ground,
    running::Running,
    seal::FileSeal,
    system::System,
    wallet::Wallet,
};
use crate::demo::cast;

/// What a further bank has of its own, before its wallet is opened.
pub(super) struct Branch {
    pub(super) ground: Ground,
    issuer: Bank<IssuerHost>,
    asked: LinkTerms,
    authority: Arc<Authority>,
}

impl Branch {
    /// Where the gateway asks about its cards.
    pub(super) fn link(&self) -> (Bin, LinkTerms) {
        (self.ground.bank.bin(), self.asked.clone())
    }
}

impl Running {
    /// Opens a further bank: its host and its authority. A folder that was made before there
    /// was one has none.
    pub(super) async fn branch(
        &mut self,
        ground: &Ground,
        beside: &Counter,
        stop: &Stop,
    ) -> anyhow::Result<Option<Branch>> {
        let bank = &cast::SECOND;
        if !bank.is_in(&ground.data) {
            return Ok(None);
        }
        let ground = Ground { bank, ..ground.clone() };
        let counter = Counter { at: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), ..beside.clone() };
        let dialect = Arc::clone(&counter.dialect);
        let issuer = banks::issuer(&ground.data, bank, &ground.clock, dialect).await?;
        let asked = self.listen(Arc::clone(&issuer.host) as _, &counter, stop).await?;
        self.tasks.push(tokio::spawn(Arc::clone(&issuer.host).keep_house(stop.clone())));
        let authority = Arc::new(authority::of_cardholders(&ground, &asked, stop).await?);
        self.take_up(&ground, &authority, stop).await?;
        Ok(Some(Branch { ground, issuer, asked, authority }))
    }
}

impl System {
    /// The same system, as another bank and its cardholders see it.
    pub(super) async fn seen_by(&self, branch: Branch, cost: Cost) -> anyhow::Result<Self> {
        let Branch { ground, issuer, authority, .. } = branch;
        let wallet = Arc::new(Wallet::open(&ground, cost).await?);
        let seal = FileSeal::to_issuer(&ground.data, ground.bank)?;
        let url = format!("{}/clearing", ground.bank.issuer.origin(self.at));
        let own = Mailbox { issuer: ground.bank.bin(), url, seal: seal.clone() };
        let shared = self.authorities.iter().filter(|one| one.seat.kind != Kind::Cardholder);
        Ok(Self {
            ground,
            at: self.at,
            issuer,
            acquirer: self.acquirer.clone(),
            authorities: [authority].into_iter().chain(shared.cloned()).collect(),
            gateway: Arc::clone(&self.gateway),
            merchant: Arc::clone(&self.merchant),
            statements: self.statements.clone(),
            wallet,
            second: None,
            mailboxes: self.mailboxes.iter().cloned().chain([own]).collect(),
            seal,
            statement_seal: self.statement_seal.clone(),
        })
    }

    /// Where the wallet of this view is.
    pub(crate) fn wallet_origin(&self) -> String {
        self.ground.bank.wallet.origin(self.at)
    }

    /// This view and that of the second bank.
    pub(crate) fn views(&self) -> impl Iterator<Item = &Self> {
        [self].into_iter().chain(self.second.as_deref())
    }

    /// Every authority once: what the views share, and what each bank has of its own.
    pub(crate) fn offices(&self) -> impl Iterator<Item = &Arc<Authority>> {
        let second = self.second.iter().flat_map(|second| second.authorities.first());
        self.authorities.iter().chain(second)
    }

    /// The view of the bank whose wallet has begun a purchase; this one if none has.
    pub(crate) async fn view_of(&self, xid: Xid) -> anyhow::Result<&Self> {
        for view in self.views() {
            let at = Lookup::Alias(xid.as_bytes().to_vec());
            if view.wallet.purchases.state(&at).await?.is_some() {
                return Ok(view);
            }
        }
        Ok(self)
    }
}

//! The two banks of a running system: their hosts, their listeners, the files between them.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use anyhow::Context;
use openset_bank::{acquirer::Fees, iso8583::Dialect};
use openset_crypto::mac::MacKey;
use openset_node::{
    banks::{
        AcquirerHost, AcquirerTerms, Exchange, Exchanging, IssuerHost, IssuerTerms, demo_merchant,
    },
    clock::Clock,
    folder::RoleFolder,
    http::client::Client,
    link::{Host, HostTerms, Tap, serve},
    shutdown::Stop,
    store::Store,
};
use openset_types::{Bin, MerchantId};
use tokio::{net::TcpListener, task::JoinHandle};

use super::stores::Stores;
use crate::{
    demo::cast::{self, CardBank},
    sites::Name,
};

/// The issuer's folder.
pub(crate) const ISSUER: &str = "issuer";
/// The acquirer's folder.
pub(crate) const ACQUIRER: &str = "acquirer";
/// The acquirer's file with the key that it shares with the issuer.
pub(crate) const CLEARING_KEY: &str = "file-key";
/// Its file with the key that it shares with the merchant: whoever reads statements could
/// otherwise write clearing files.
pub(crate) const STATEMENT_KEY: &str = "statement-key";

/// A bank's store and host. Clones share them.
pub(crate) struct Bank<H> {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) host: Arc<H>,
}

impl<H> Clone for Bank<H> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store), host: Arc::clone(&self.host) }
    }
}

/// Where a bank listens, and what it speaks.
#[derive(Debug, Clone)]
pub(crate) struct Counter {
    pub(crate) at: SocketAddr,
    pub(crate) dialect: Arc<Dialect>,
    /// The key of the codes over its messages, if the dialect has codes.
    pub(crate) mac_key: Option<Arc<MacKey>>,
    /// Where what passes is kept, in a story that is saved.
    pub(crate) tap: Option<Tap>,
}

impl Default for Counter {
    /// At any free port of this machine.
    fn default() -> Self {
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { at, dialect: dialect(), mac_key: None, tap: None }
    }
}

/// Opens an issuer with its demo's accounts.
pub(crate) async fn issuer(
    data: &Path,
    bank: &CardBank,
    (clock, stores): (&Arc<dyn Clock>, &Stores),
) -> anyhow::Result<Bank<IssuerHost>> {
    let folder = RoleFolder::open(data, bank.issuer.folder())?;
    let store = stores.open(&folder, bank.issuer.folder()).await?;
    let terms = IssuerTerms { institution: bank.bin(), accounts: bank.accounts() };
    let host = IssuerHost::open(Arc::clone(&store), Arc::clone(clock), terms).await?;
    Ok(Bank { store, host })
}

/// What the acquirer is to keep of its merchants' sales. Where nothing is said, the terms stay as
/// they are.
#[derive(Debug, Clone, Default)]
pub(crate) struct FeeTerms {
    /// Of those who have no terms of their own.
    pub(crate) usual: Option<Fees>,
    /// By the merchant's number.
    pub(crate) own: Vec<(MerchantId, Fees)>,
}

impl FeeTerms {
    /// Agrees on them with every merchant, or with none if one is named that does not bank here.
    async fn agree(&self, acquirer: &AcquirerHost) -> anyhow::Result<()> {
        let merchants = acquirer.view().await?.merchants;
        let is_known = |id: &MerchantId| merchants.iter().any(|merchant| merchant.id == *id);
        if let Some((stranger, _)) = self.own.iter().find(|(id, _)| !is_known(id)) {
            anyhow::bail!("role.acquirer.merchants: {stranger} is no merchant of this bank");
        }
        for merchant in merchants {
            let own = self.own.iter().find(|(id, _)| *id == merchant.id).map(|(_, fees)| fees);
            if let Some(fees) = own.or(self.usual.as_ref()) {
                acquirer.agree_fees(merchant.id, fees.clone()).await?;
            }
        }
        Ok(())
    }
}

/// Opens the acquirer with the demo's shop.
pub(crate) async fn acquirer(
    data: &Path,
    (clock, stores): (&Arc<dyn Clock>, &Stores),
    fees: &FeeTerms,
) -> anyhow::Result<Bank<AcquirerHost>> {
    let folder = RoleFolder::open(data, ACQUIRER)?;
    let store = stores.open(&folder, ACQUIRER).await?;
    let terms = AcquirerTerms {
        institution: cast::acquirer_bin(),
        name: cast::ACQUIRER.to_owned(),
        merchants: vec![demo_merchant()],
    };
    let host = AcquirerHost::open(Arc::clone(&store), Arc::clone(clock), terms).await?;
    fees.agree(&host).await?;
    Ok(Bank { store, host })
}

/// Where an issuer's folder is in a data folder.
pub(crate) fn issuer_folder(bank: &CardBank) -> String {
    let folder = bank.issuer.folder();
    match bank.issuer {
        Name::OtherIssuer => format!("{}/{folder}", cast::OTHER_BRAND_FOLDER),
        _ => folder.to_owned(),
    }
}

/// What the demo's banks speak, and in which all banks keep their messages.
pub(crate) fn dialect() -> Arc<Dialect> {
    Arc::new(Dialect::openset_87().clone())
}

/// Begins to answer links, and says where.
pub(crate) async fn listen(
    host: Arc<dyn Host>,
    counter: &Counter,
    stop: &Stop,
) -> anyhow::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind(counter.at)
        .await
        .with_context(|| format!("{} cannot be listened at", counter.at))?;
    let address = listener.local_addr()?;
    let terms = HostTerms::new(Arc::clone(&counter.dialect));
    let (mac_key, tap) = (counter.mac_key.clone(), counter.tap.clone());
    let terms = HostTerms { mac_key, tap, ..terms };
    let serving = serve(listener, terms, host, stop.clone());
    Ok((address, tokio::spawn(serving)))
}

/// Carries clearing files to the issuers over HTTP.
pub(crate) struct FilesByHttp {
    pub(crate) client: Client,
    pub(crate) issuers: Vec<Mailbox>,
}

/// Where an issuer takes clearing files.
#[derive(Clone)]
pub(crate) struct Mailbox {
    pub(crate) issuer: Bin,
    pub(crate) url: String,
    pub(crate) seal: super::seal::FileSeal,
}

impl Exchange for FilesByHttp {
    fn present<'a>(&'a self, issuer: &'a Bin, file: &'a [u8]) -> Exchanging<'a> {
        Box::pin(async move {
            let Some(known) = self.issuers.iter().find(|known| known.issuer == *issuer) else {
                tracing::error!(%issuer, "no address is known for this issuer");
                return None;
            };
            known.seal.send(&self.client, &known.url, file).await
        })
    }
}

//! The two banks of a running system: their hosts, their listeners, the files between them.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
};

use anyhow::Context;
use openset_bank::iso8583::Dialect;
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
use openset_types::Bin;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::demo::cast::{self, CardBank};

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
    /// Where what passes is kept, in a story that is saved.
    pub(crate) tap: Option<Tap>,
}

impl Default for Counter {
    /// At any free port of this machine.
    fn default() -> Self {
        Self { at: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), dialect: dialect(), tap: None }
    }
}

/// Opens an issuer with its demo's accounts.
pub(crate) async fn issuer(
    data: &Path,
    bank: &CardBank,
    clock: &Arc<dyn Clock>,
    dialect: Arc<Dialect>,
) -> anyhow::Result<Bank<IssuerHost>> {
    let folder = RoleFolder::open(data, bank.issuer.folder())?;
    let store: Arc<dyn Store> = Arc::new(folder.store()?);
    let terms = IssuerTerms { institution: bank.bin(), dialect, accounts: bank.accounts() };
    let host = IssuerHost::open(Arc::clone(&store), Arc::clone(clock), terms).await?;
    Ok(Bank { store, host })
}

/// Opens the acquirer with the demo's shop.
pub(crate) async fn acquirer(
    data: &Path,
    clock: &Arc<dyn Clock>,
    dialect: Arc<Dialect>,
) -> anyhow::Result<Bank<AcquirerHost>> {
    let folder = RoleFolder::open(data, ACQUIRER)?;
    let store: Arc<dyn Store> = Arc::new(folder.store()?);
    let terms = AcquirerTerms {
        institution: cast::acquirer_bin(),
        name: cast::ACQUIRER.to_owned(),
        dialect,
        merchants: vec![demo_merchant()],
    };
    let host = AcquirerHost::open(Arc::clone(&store), Arc::clone(clock), terms).await?;
    Ok(Bank { store, host })
}

/// What the demo's banks speak.
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
    let terms = HostTerms { tap: counter.tap.clone(), ..terms };
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

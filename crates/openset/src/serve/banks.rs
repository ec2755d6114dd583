//! A bank that runs alone: links come in, files go between the two.

use std::{path::Path, sync::Arc, time::Duration};

use openset_node::{
    banks::{AcquirerHost, ClearingRun},
    shutdown::Stop,
};
use tokio::time::timeout;

use super::{
    alone::Alone,
    settings::{Settings, required_post},
};
use crate::{
    demo::cast,
    ending::{Done, Ending},
    house::{
        banks::{self, FilesByHttp, Mailbox},
        counter, files,
        ground::Ground,
        seal::{FileSeal, Route},
    },
    section::wrong,
    sites::Name,
};

/// Serves the issuer host.
pub(super) async fn issuer(settings: Settings) -> Done {
    let mine = settings.issuer()?;
    let seal = mine.file_key.as_deref().map(shared_key).transpose()?;
    let mut alone = Alone::begin(settings, Name::Issuer)?;
    let (data, stop) = (alone.settings.config.data.clone(), alone.stop());
    let stores = alone.stores()?;
    let bank = banks::issuer(&data, &cast::FIRST, (&alone.clock, &stores)).await?;
    let (at, task) = banks::listen(Arc::clone(&bank.host) as _, &mine.counter, &stop).await?;
    alone.tasks.push(task);
    alone.tasks.push(tokio::spawn(Arc::clone(&bank.host).keep_house(stop)));
    let door = counter::open_issuer(&data, cast::FIRST.issuer.folder(), &bank, alone.stop())?;
    alone.tasks.push(door);
    alone.say("links", format_args!("{at}, ISO 8583, {}", mine.counter.dialect.name()));
    let router = match seal {
        Some(seal) => {
            alone.say("files", "POST /clearing");
            files::clearing(seal, Arc::clone(&bank.host))
        }
        None => {
            alone.say("files", "not taken: role.issuer.file_key is not set");
            axum::Router::new()
        }
    };
    alone.serve(&bank.store, router, None).await
}

/// Serves the acquirer host, which clears by itself.
pub(super) async fn acquirer(settings: Settings) -> Done {
    let mine = settings.acquirer()?;
    let clearing = required_post(mine.clearing, "role.acquirer.clearing")?;
    let statements = required_post(mine.statements, "role.acquirer.statements")?;
    let mut alone = Alone::begin(settings, Name::Acquirer)?;
    let (data, stop) = (alone.settings.config.data.clone(), alone.stop());
    let stores = alone.stores()?;
    let bank = banks::acquirer(&data, (&alone.clock, &stores), &mine.fees).await?;
    let (at, task) = banks::listen(Arc::clone(&bank.host) as _, &mine.counter, &stop).await?;
    alone.tasks.push(task);
    alone.say("links", format_args!("{at}, ISO 8583, {}", mine.counter.dialect.name()));
    alone.say("clears", format_args!("every {} s to {clearing}", mine.every.as_secs()));
    let [seal, statement_seal] = FileSeal::of_acquirer(&data)?;
    let client = Ground::client();
    let files =
        FilesByHttp { client, issuers: vec![Mailbox { issuer: cast::bin(), url: clearing, seal }] };
    let clock = Arc::new(Clearing {
        host: Arc::clone(&bank.host),
        files,
        statements,
        seal: statement_seal,
        every: mine.every,
    });
    let asked = Arc::clone(&clock);
    let clears: counter::Clears = Arc::new(move || {
        let clock = Arc::clone(&asked);
        Box::pin(async move { clock.clear().await })
    });
    let issuers = mine.issuer.map(|terms| (cast::bin(), terms)).into_iter().collect();
    let issuers = (counter::links(issuers, &alone.clock, &stop), Arc::clone(&alone.clock));
    alone.tasks.push(counter::open_acquirer(&data, &bank, clears, issuers, alone.stop())?);
    alone.tasks.push(tokio::spawn(clock.run(stop)));
    alone.serve(&bank.store, axum::Router::new(), None).await
}

/// The key that both ends of a file know. It is never made here: the other end would not know it.
fn shared_key(path: &Path) -> Result<FileSeal, Ending> {
    if !path.is_file() {
        let made = "the file acquirer/file-key of the acquirer's data folder, or a copy of it";
        return Err(wrong("role.issuer.file_key", &format_args!("{path:?}"), made));
    }
    let route = Route::clearing(&cast::acquirer_bin(), &cast::bin());
    Ok(FileSeal::open(path, route)?)
}

/// Clears again and again.
struct Clearing {
    host: Arc<AcquirerHost>,
    files: FilesByHttp,
    /// Where merchants take their statements.
    statements: String,
    seal: FileSeal,
    every: Duration,
}

impl Clearing {
    async fn run(self: Arc<Self>, mut stop: Stop) {
        while timeout(self.every, stop.asked()).await.is_err() {
            if let Err(fault) = self.clear().await {
                tracing::error!(%fault, "clearing stopped");
            }
        }
    }

    async fn clear(&self) -> anyhow::Result<ClearingRun> {
        let run = self.host.clear(&self.files).await?;
        for (merchant, statement) in &run.statements {
            let client = &self.files.client;
            if self.seal.send(client, &self.statements, statement).await.is_none() {
                tracing::error!(%merchant, "a statement was not taken");
            }
        }
        let settled = run.files.iter().filter(|file| file.is_settled).count();
        tracing::info!(files = run.files.len(), settled, "cleared");
        Ok(run)
    }
}

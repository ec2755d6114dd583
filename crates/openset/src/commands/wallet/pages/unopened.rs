//! Telling somebody who sits before a desktop, and no terminal, why a wallet does not open: a page
//! of one sentence, there for a minute.

use std::{sync::Arc, time::Duration};

use openset_node::{
    http::{Doors, Limits, Server, Site},
    shutdown::Shutdown,
};
use tokio::time::timeout;

use super::super::run;
use crate::{
    demo::open::{Reach, browse, listen, reach},
    house::wallet::ROLE,
    ports, sites,
};

/// How long the page is there: a browser may have to start first.
const SHOWN: Duration = Duration::from_secs(60);
/// The name it is there under.
const HOST: &str = "localhost";

/// Shows a page that says why, where there is a display. What stands in the way of that is said to
/// nobody: the sentence itself is on standard error.
pub(super) fn tell(why: &str) {
    if !matches!(reach(), Reach::Display) {
        return;
    }
    let shown = run(async {
        let at = sites::free_port(0)?;
        let origin = format!("http://{HOST}:{}", at.port());
        let router = ports::alone::unopened(&origin, why);
        let mut server = Server::new(Limits::default());
        let site = Site::new(ROLE.folder, HOST, router);
        server.open(at, Doors::by_host([site])).await.map_err(anyhow::Error::new)?;
        let shutdown = Arc::new(Shutdown::default());
        let serving = tokio::spawn(server.serve(shutdown.listen()));
        // Whoever asks it to stop has read it.
        let mut asked = listen()?;
        browse(&format!("{origin}/"));
        drop(timeout(SHOWN, asked.asked()).await);
        shutdown.ask();
        serving.await.map_err(anyhow::Error::new)?;
        Ok(())
    });
    if let Err(ending) = shown {
        tracing::debug!(error = %ending.into_error(), "nobody was told");
    }
}

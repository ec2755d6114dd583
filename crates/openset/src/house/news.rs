//! News of lists between houses, by those who run: an authority tells the brand, in another house,
//! of its list until the brand has taken it; and what the brand says is fetched there.
//!
//! Nobody forwards belief: what is fetched is judged down from the root, against all that lies in
//! this house already, before it is written where the roles of the house read lists.

use std::{fmt, sync::Arc};

use openset_crypto::Trust;
use openset_node::{http::client::Unanswered, shutdown::Stop};
use openset_protocol::{lists::ListEar, refusal::Refusal};
use openset_wire::opaque::Signed;
use tokio::{task::JoinHandle, time::sleep};

use super::{bureau::deliver, ground::Ground};
use crate::ceremony::{self, Seat};

/// What a house fetches of its brand's word, which another house gives out.
pub(crate) struct News {
    ground: Ground,
    url: String,
    trust: Arc<Trust>,
}

/// Why the brand's word was not taken in.
#[derive(Debug)]
pub(crate) enum NotFetched {
    /// The brand's house does not answer.
    Unanswered(Unanswered),
    /// What it gave is not believed.
    Refused(Refusal),
    /// It could not be written down.
    Unwritten(anyhow::Error),
}

impl fmt::Display for NotFetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unanswered(unanswered) => unanswered.fmt(f),
            Self::Refused(refusal) => write!(f, "it is not believed: {refusal}"),
            Self::Unwritten(error) => write!(f, "it cannot be written down: {error:#}"),
        }
    }
}

impl From<anyhow::Error> for NotFetched {
    fn from(error: anyhow::Error) -> Self {
        Self::Unwritten(error)
    }
}

impl News {
    /// For a house that fetches; none for one that does not.
    pub(crate) fn of(ground: &Ground) -> anyhow::Result<Option<Self>> {
        let Some(url) = ground.neighbours.fetch.clone() else { return Ok(None) };
        let trust = Trust::new(ground.suite, std::slice::from_ref(&ground.root))?;
        Ok(Some(Self { ground: ground.clone(), url, trust: Arc::new(trust) }))
    }

    /// Fetches what the brand says, and takes it in.
    pub(crate) async fn fetch(&self) -> Result<(), NotFetched> {
        let message = self.ground.client.get(&self.url).await.map_err(NotFetched::Unanswered)?;
        let (ground, trust) = (self.ground.clone(), Arc::clone(&self.trust));
        // Files are read and written: other tasks need not wait for that.
        let taken = tokio::task::spawn_blocking(move || take(&ground, &trust, message)).await;
        taken.map_err(|error| NotFetched::Unwritten(error.into()))?
    }
}

fn take(ground: &Ground, trust: &Trust, message: Vec<u8>) -> Result<(), NotFetched> {
    let Ground { data, brand, clock, lists, .. } = ground;
    let now = clock.now();
    lists.reread(data)?;
    lists.teach_what_stands(trust, now);
    let ear = ListEar { trust, brand, acceptance: ground.acceptance(), now };
    let hear = || -> Result<(), Refusal> { ear.on_distribution(&Signed::from_octets(message)?) };
    hear().map_err(NotFetched::Refused)?;
    ceremony::take_in(data, trust, brand)?;
    Ok(lists.reread(data)?)
}

/// Tells the brand of an authority's list until the brand has taken it, and of each list after it.
/// Nothing to do where the brand is in this house, or nothing says where it is.
pub(crate) fn tell_brand(ground: &Ground, by: Seat, mut stop: Stop) -> Option<JoinHandle<()>> {
    if ground.rings().hold(Seat::BRAND) || ground.neighbours.notify.is_none() {
        return None;
    }
    let ground = ground.clone();
    Some(tokio::spawn(async move {
        loop {
            if let Err(error) = deliver(&ground, &ground.rings(), by).await {
                tracing::warn!("the brand has not taken the newest list: {error:#}");
            }
            tokio::select! {
                () = stop.asked() => return,
                () = sleep(ground.neighbours.retry) => {}
            }
        }
    }))
}

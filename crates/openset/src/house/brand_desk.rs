//! Where a brand hears of lists from authorities of its other houses, and where everybody fetches
//! its word on them: CRLNotification and BCIDistribution over HTTP.
//!
//! ```text
//! POST /lists/crl   CRLNotification  ─▶ believed, permitted, learned, written down,
//!                                       named by the next BCI ─▶ CRLNotificationRes
//! GET  /lists/bci                    ─▶ BCIDistribution, signed within the last minutes
//! ```
//!
//! Every authority that is served where the brand's keys are has it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use openset_crypto::Trust;
use openset_node::{
    fault::Fault,
    http::{Answering, Answers, Media, Said, endpoint},
};
use openset_protocol::{lists::ListEar, refusal::Refusal};
use openset_types::UnixTime;
use openset_wire::cert::{CrlNotification, CrlNotificationRes};

use super::{
    bureau::{self, Clerk},
    ground::Ground,
    hearing::DISTRIBUTIONS,
};
use crate::ceremony::{self, Seat};

/// Where CRLNotification is taken.
pub(crate) const NOTIFICATIONS: &str = "/lists/crl";
/// How long a signed BCIDistribution is given out before it is signed anew.
const SAID_S: i64 = 600;

/// The brand, for its other houses.
#[derive(Clone)]
pub(crate) struct BrandDesk {
    ground: Ground,
    trust: Arc<Trust>,
    /// Its keys are opened when somebody who is believed has something to say.
    clerk: Arc<Mutex<Option<Clerk>>>,
    said: Arc<Mutex<Option<Given>>>,
}

/// A message that was signed, and may be given out again.
#[derive(Clone)]
struct Given {
    at: UnixTime,
    sequence: u64,
    message: Vec<u8>,
}

/// Why a notification is not taken.
#[derive(Debug)]
enum NotTaken {
    /// It is not believed, or it is not new.
    Refused(Refusal),
    /// This house does not hear its authority.
    NotPermitted,
    /// It could not be written down, or named.
    Failed(anyhow::Error),
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::NotPermitted => f.write_str("its authority is not among notified_by"),
            Self::Failed(error) => write!(f, "{error:#}"),
        }
    }
}

impl From<Refusal> for NotTaken {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl BrandDesk {
    /// The desk, where the brand's keys are.
    pub(crate) fn open(ground: &Ground) -> anyhow::Result<Option<Self>> {
        let rings = ground.rings();
        if !rings.hold(Seat::BRAND) || !ground.papers(Seat::BRAND.folder).has(SIGNS) {
            return Ok(None);
        }
        let trust = Arc::new(Trust::new(ground.suite, std::slice::from_ref(&ground.root))?);
        let (clerk, said) = (Arc::default(), Arc::default());
        Ok(Some(Self { ground: ground.clone(), trust, clerk, said }))
    }

    /// Its routes.
    pub(crate) fn routes(&self) -> Router {
        let fetched = Router::new().route(DISTRIBUTIONS, get(give)).with_state(self.clone());
        endpoint(NOTIFICATIONS, &[Media::Registration], Arc::new(self.clone())).merge(fetched)
    }

    /// Takes a notification: the list is on the disk and named before its authority hears so. Says
    /// whether it was news.
    fn take(&self, message: Vec<u8>) -> Result<(CrlNotificationRes, bool), NotTaken> {
        let notice = CrlNotification::from_octets(message).map_err(Refusal::from)?;
        let Ground { brand, clock, lists, data, .. } = &self.ground;
        let (trust, acceptance, now) = (self.trust.as_ref(), self.ground.acceptance(), clock.now());
        // Another process may have made lists meanwhile.
        lists.reread(data).map_err(NotTaken::Failed)?;
        lists.teach_what_stands(trust, now);
        let ear = ListEar { trust, brand, acceptance, now };
        let notified = ear.believe(&notice)?;
        let by = notified.signer().leaf().subject();
        if !self.ground.neighbours.may_notify(by) {
            return Err(NotTaken::NotPermitted);
        }
        ear.learn(&notified)?;
        let is_news = self.name_lists().map_err(NotTaken::Failed)?;
        let clerk = self.clerk().map_err(NotTaken::Failed)?;
        Ok((clerk.desk(&self.ground).take(&notified, &clerk.signature)?, is_news))
    }

    /// Whoever signs for the brand.
    fn clerk(&self) -> anyhow::Result<Clerk> {
        let mut open = self.clerk.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clerk) = open.as_ref() {
            return Ok(clerk.clone());
        }
        let (rings, trust) = (self.ground.rings(), Arc::clone(&self.trust));
        let clerk = Clerk::knowing(&self.ground, &rings, Seat::BRAND, trust)?;
        *open = Some(clerk.clone());
        Ok(clerk)
    }

    /// Writes down what was learned, and says which lists are the current ones; whether that had
    /// not been said before.
    fn name_lists(&self) -> anyhow::Result<bool> {
        let Ground { data, suite, brand, clock, lists, .. } = &self.ground;
        let sequence = || lists.bci().map(|bci| bci.to_be_signed.sequence_num);
        lists.reread(data)?;
        let before = sequence();
        ceremony::take_in(data, &self.trust, brand)?;
        ceremony::say_current(&self.ground.rings(), *suite, clock.as_ref())?;
        lists.reread(data)?;
        Ok(sequence() != before)
    }

    /// Tells everybody whose address is known; whoever is not there fetches it.
    async fn tell(self) {
        match bureau::tell(&self.ground, &self.ground.rings()).await {
            Ok(heard) => {
                for bureau::Heard { role, why_not } in heard {
                    tracing::info!(role, ?why_not, "the brand says which lists are current");
                }
            }
            Err(error) => tracing::error!("nobody is told of the lists: {error:#}"),
        }
    }

    /// The brand's word, signed lately; none if it has not said any.
    fn say(&self) -> anyhow::Result<Option<Vec<u8>>> {
        let Ground { data, clock, lists, .. } = &self.ground;
        // Another process may have made lists meanwhile.
        lists.reread(data)?;
        let Some(bci) = lists.bci() else { return Ok(None) };
        let (now, sequence) = (clock.now(), bci.to_be_signed.sequence_num);
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let is_good = |given: &&Given| {
            given.sequence == sequence && (0..SAID_S).contains(&now.seconds_since(given.at))
        };
        if let Some(given) = said.as_ref().filter(is_good) {
            return Ok(Some(given.message.clone()));
        }
        lists.teach(&self.trust, now)?;
        let clerk = self.clerk()?;
        let signed = clerk.desk(&self.ground).distribute(Some(bci), &clerk.signature)?;
        let message = signed.octets().to_vec();
        *said = Some(Given { at: now, sequence, message: message.clone() });
        Ok(Some(message))
    }
}

/// The paper with which a brand speaks.
const SIGNS: &str = ceremony::papers::SIGNATURE;

impl Answers for BrandDesk {
    fn answer(&self, message: Vec<u8>) -> Answering<'_> {
        let (desk, taking) = (self.clone(), self.clone());
        Box::pin(async move {
            // Keys are opened and files are written: other tasks need not wait for that.
            let taken = tokio::task::spawn_blocking(move || taking.take(message)).await;
            match taken.map_err(|_| Fault::Unanswered)? {
                Ok((answer, is_news)) => {
                    if is_news {
                        tokio::spawn(desk.tell());
                    }
                    Ok(Said::Message(answer.octets().to_vec()))
                }
                Err(failed @ NotTaken::Failed(_)) => {
                    tracing::error!("a list is not taken: {failed}");
                    Err(Fault::StoreStopped)
                }
                Err(why) => {
                    tracing::warn!("a notification of a list is refused: {why}");
                    Ok(Said::Refused)
                }
            }
        })
    }
}

async fn give(State(desk): State<BrandDesk>) -> Response {
    let said = tokio::task::spawn_blocking(move || desk.say()).await;
    match said.map_err(anyhow::Error::from).flatten() {
        Ok(Some(message)) => {
            ([(header::CONTENT_TYPE, Media::Registration.header())], message).into_response()
        }
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!("the brand's word on lists is not given out: {error:#}");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

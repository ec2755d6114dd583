//! Keeps the certificates of a merchant or a gateway current: others are asked for before they end,
//! by the machine that asked for the first, and taken into use while the party goes on.
//!
//! ```text
//! in the last part of their life ─▶ another registration, signed with both keys
//!   granted ─▶ kept in the folder ─▶ used from the next message on; older keys still open
//!   refused ─▶ a warning, and another try, later each time
//! ```
//!
//! What was granted stands in the party's database: after a crash it is taken into use again. What
//! a person is needed for waits for one: answers that were not accepted, a referral, and the form
//! of what an operator applies for on a page ([`by_hand`]).

mod by_hand;
mod credentials;
mod door;
mod renewals;
mod report;
mod stages;

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use anyhow::{Context, bail};
use openset_crypto::KeyUse;
use openset_node::{
    driver::{Desk, Driver, Performing, Reminder, Watch},
    http::Remark,
    keys::KeyHolder,
    shutdown::Stop,
    store::{Page, Record},
};
use openset_protocol::{
    enrolment::{
        Ended, Patience,
        applicant::{
            Applicant, Begin, Effect, Filled, Held, Input, Keys, Registering, Registration, Stage,
            Standing,
        },
    },
    role::Lookup,
};
use openset_types::{Language, UnixTime};
use tokio::{
    sync::Notify,
    task::JoinHandle,
    time::{sleep, timeout},
};

use self::stages::{Answers, is_left, is_open, is_unheard, needs_person};
pub(crate) use self::{
    credentials::Credentials,
    door::{Deed, Told, perform_behind},
    renewals::Renewals,
    report::{Application, Line, Progress, Purpose, Report, State, number},
    stages::Moves,
};
use super::{
    enrol::{answers, new_key},
    ground::{Ground, Party, Role},
    wallet::fresh_id,
};
use crate::ceremony::Papers;

/// How long whoever says "renew" waits for the authority.
const ANSWER: Duration = Duration::from_secs(25);
/// How long after a first failure there is another try.
const RETRY_FIRST_S: i64 = 300;
/// And at most, after many.
const RETRY_MAX_S: i64 = 86_400;
/// After how many seconds without an answer a registration is given up.
const GIVE_UP_AFTER_S: i64 = 60;
/// More registrations than anybody has before the oldest keys are long gone.
const REGISTRATIONS_MAX: u32 = 200;

/// What is done when other certificates are in use.
type Heir = Box<dyn Fn(&Credentials) -> anyhow::Result<()> + Send + Sync>;

/// The certificates of one party, and what is asked for.
pub(crate) struct Upkeep<A: Applicant> {
    ground: Ground,
    role: Role,
    driver: Driver<Registering<A>>,
    ring: Arc<dyn KeyHolder>,
    names: A::Names,
    answer: &'static str,
    in_use: Mutex<Credentials>,
    failure: Mutex<Option<Failure>>,
    heir: OnceLock<Heir>,
    due: Arc<Notify>,
    turn: tokio::sync::Mutex<()>,
}

/// What came of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Looked {
    /// Others are asked for.
    Begun,
    /// Nothing more is to be done before something happens.
    Through,
}

/// A registration that failed, and when there is another try.
#[derive(Debug, Clone)]
struct Failure {
    key: Vec<u8>,
    times: u32,
    again_at: UnixTime,
}

/// A registration.
struct Asked<A: Applicant> {
    /// What the store calls it.
    key: Vec<u8>,
    registration: Registration<A>,
    /// When it moved last.
    moved_at: UnixTime,
}

impl<A: Applicant> Upkeep<A> {
    /// For a party of this folder that has its first certificates. It asks in these names, and
    /// answers every question of a form the same.
    pub(crate) async fn open(
        ground: &Ground,
        (role, party): (Role, &Party),
        ring: Arc<dyn KeyHolder>,
        names: A::Names,
        answer: &'static str,
    ) -> anyhow::Result<Arc<Self>> {
        let due = Arc::new(Notify::new());
        let standing = standing(ground, role, Language::parse("en")?);
        let driver = Driver::new(Arc::clone(&party.shell), standing, DueDesk(Arc::clone(&due)));
        let papers = ground.papers(role.folder);
        let kept = Credentials::kept(&papers)
            .with_context(|| format!("the {} is not enrolled", role.name))?;
        let upkeep = Self {
            ground: ground.clone(),
            role,
            driver,
            ring,
            names,
            answer,
            in_use: Mutex::new(kept),
            failure: Mutex::default(),
            heir: OnceLock::new(),
            due,
            turn: tokio::sync::Mutex::default(),
        };
        upkeep.take_up(&upkeep.registrations().await?)?;
        Ok(Arc::new(upkeep))
    }

    /// The certificates in use.
    pub(crate) fn credentials(&self) -> Credentials {
        self.in_use.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does this at every look, with the certificates in use.
    pub(crate) fn on_look(
        &self,
        heir: impl Fn(&Credentials) -> anyhow::Result<()> + Send + Sync + 'static,
    ) {
        let _ = self.heir.set(Box::new(heir));
    }

    /// Begins to look, and to remember what is due.
    pub(crate) async fn start(self: &Arc<Self>, stop: &Stop) -> anyhow::Result<Vec<Reminder>> {
        let reminder = self.driver.start(stop.clone()).await?;
        let keeping = tokio::spawn(Arc::clone(self).keep(stop.clone()));
        Ok(vec![reminder, Reminder::of(keeping)])
    }

    /// Lets operators in, by a socket in the party's folder.
    pub(crate) fn open_to_operators(
        self: &Arc<Self>,
        stop: Stop,
    ) -> anyhow::Result<JoinHandle<()>> {
        door::open(self, stop)
    }

    async fn keep(self: Arc<Self>, mut stop: Stop) {
        loop {
            // Watched first, then looked at: no move is missed.
            let watch = self.under_way().await.ok().flatten();
            match self.look().await {
                Ok(Looked::Begun) => continue,
                Ok(Looked::Through) => {}
                Err(error) => {
                    let role = self.role.name;
                    tracing::error!(role, "certificates are not looked after: {error:#}");
                }
            }
            let moved = async {
                match watch {
                    Some((mut watch, _)) => watch.changed().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.asked() => return,
                () = sleep(self.ground.renewals.look) => {}
                () = self.due.notified() => {}
                () = moved => {}
            }
        }
    }

    /// Goes on with what is asked for, takes into use what was granted, asks for others if it is
    /// time.
    pub(crate) async fn look(&self) -> anyhow::Result<Looked> {
        let _turn = self.turn.lock().await;
        let all = self.registrations().await?;
        self.take_up(&all)?;
        if let Some(heir) = self.heir.get() {
            heir(&self.credentials())?;
        }
        if let Some(Asked { key, registration, moved_at }) = all.first() {
            match &registration.stage {
                stage @ Stage::FormShown(shown) if !needs_person(key, stage) => {
                    let filled = Filled { answers: answers(shown, self.answer), account: None };
                    self.driver.command(at(key), Input::Filled(filled)).await?;
                    return Ok(Looked::Through);
                }
                Stage::Refused(ended) if self.now() < self.failed(key, ended) => {
                    return Ok(Looked::Through);
                }
                stage if is_left(key, stage, *moved_at, self.now()) => {}
                stage if is_open(stage) => return Ok(Looked::Through),
                _ => {}
            }
        }
        if !self.is_due()? {
            return Ok(Looked::Through);
        }
        self.begin(&all, Answers::Known).await?;
        Ok(Looked::Begun)
    }

    /// Asks for others now, whether they are due or not, and waits a little for the answer. What
    /// is asked for already is gone on with.
    pub(crate) async fn renew(&self) -> anyhow::Result<Report> {
        self.renew_within(ANSWER).await
    }

    /// Asks for others, unless that is under way.
    async fn ask(&self) -> anyhow::Result<()> {
        let _turn = self.turn.lock().await;
        let all = self.registrations().await?;
        if !all.first().is_some_and(Asked::goes_on) {
            self.begin(&all, Answers::Known).await?;
        }
        Ok(())
    }

    /// Asks now what has become of what was asked for, or follows a referral to one of its
    /// addresses; and waits a little for the answer.
    pub(crate) async fn inquire(&self, follow: Option<String>) -> anyhow::Result<Report> {
        {
            let _turn = self.turn.lock().await;
            let all = self.registrations().await?;
            let Asked { key, registration, .. } = all.first().context("nothing is asked for")?;
            match (&registration.stage, follow) {
                (Stage::Referred(_), Some(url)) => {
                    self.driver.command(at(key), Input::Follow { url }).await?;
                }
                (Stage::Pending(_) | Stage::Inquiring(_), None) => {
                    self.driver.command(at(key), Input::AskAgain).await?;
                }
                (_, Some(_)) => bail!("nobody sends this party on to another authority"),
                (_, None) => bail!("nothing is asked for that waits for an answer"),
            }
        }
        self.settled(ANSWER).await
    }

    /// How the certificates stand, after a little wait for what is about to change.
    async fn settled(&self, within: Duration) -> anyhow::Result<Report> {
        let waiting = async {
            loop {
                let under_way = self.under_way().await?;
                self.look().await?;
                match under_way {
                    Some((mut watch, Moves::ByItself)) => watch.changed().await,
                    _ => return Ok(()),
                }
            }
        };
        let waited: Result<anyhow::Result<()>, _> = timeout(within, waiting).await;
        waited.unwrap_or(Ok(()))?;
        self.report().await
    }

    /// How the certificates stand.
    pub(crate) async fn report(&self) -> anyhow::Result<Report> {
        let all = self.registrations().await?;
        self.take_up(&all)?;
        let is_due = self.is_due()?;
        let again_at = self.failure().as_ref().map(|it| it.again_at).filter(|_| is_due);
        let newest = all.first().map(|asked| report::Newest {
            key: &asked.key,
            stage: &asked.registration.stage,
            moved_at: asked.moved_at,
            again_at,
        });
        let scene = report::Scene {
            role: self.role.name,
            suite: self.ground.suite,
            patience: self.driver.standing().patience,
            lists: &self.ground.lists,
            now: self.now(),
        };
        report::write(&scene, &self.credentials(), newest)
    }

    /// What `/readyz` says of them: who has none that is good is no use to anybody.
    pub(crate) fn remark(self: &Arc<Self>) -> Remark {
        let upkeep = Arc::clone(self);
        Arc::new(move || {
            let (name, patience) = (upkeep.role.name, upkeep.driver.standing().patience);
            if upkeep.is_taken_back() {
                return Err(format!("the certificates of the {name} were taken back"));
            }
            let life = upkeep.credentials().life(upkeep.ground.suite, patience);
            let life = life.map_err(|error| format!("{name}: {error:#}"))?;
            life.readiness(name, upkeep.now())
        })
    }

    /// Another registration: as a renewal if what is in use is good and believed, else anew.
    /// Answers what the store calls it.
    async fn begin(&self, all: &[Asked<A>], answers: Answers) -> anyhow::Result<String> {
        let key = |to| new_key(self.ground.suite, self.ring.as_ref(), to);
        let keys = Keys { signature: key(KeyUse::Signs)?, encipherment: key(KeyUse::Opens)? };
        let renews = self.renewable(all)?.map(Box::new);
        let (brand, names) = (self.ground.brand.clone(), self.names.clone());
        tracing::info!(
            role = self.role.name,
            renewal = renews.is_some(),
            "certificates are asked for"
        );
        let begin = Begin { brand, names, keys, renews };
        let id = answers.name(&fresh_id()?);
        self.driver.command(at(id.as_bytes()), Input::Begin(begin)).await?;
        // Whoever looks watches what is new.
        self.due.notify_one();
        Ok(id)
    }

    /// The certificates in whose name others can be asked for.
    fn renewable(&self, all: &[Asked<A>]) -> anyhow::Result<Option<Held>> {
        let is_unheard = all.first().is_some_and(|newest| is_unheard(&newest.registration));
        let patience = self.driver.standing().patience;
        let life = self.credentials().life(self.ground.suite, patience)?;
        if is_unheard || life.until < self.now() || self.is_taken_back() {
            return Ok(None);
        }
        let held = all.iter().find_map(|asked| match &asked.registration.stage {
            Stage::Certified { signature, encipherment } => {
                Some(Held { signature: signature.clone(), encipherment: encipherment.clone() })
            }
            _ => None,
        });
        Ok(held)
    }

    /// Takes into use the newest that was granted.
    fn take_up(&self, all: &[Asked<A>]) -> anyhow::Result<()> {
        let registrations = all.iter().map(|asked| &asked.registration);
        let granted = Credentials::granted(registrations, self.ground.suite, self.now())?;
        let Some(granted) = granted else { return Ok(()) };
        if granted.keys() == self.credentials().keys() {
            return Ok(());
        }
        if granted.signature.key != self.credentials().signature.key {
            granted.keep(&self.papers())?;
            *self.failure() = None;
            tracing::info!(role = self.role.name, "other certificates are in use");
        }
        *self.in_use.lock().unwrap_or_else(PoisonError::into_inner) = granted;
        Ok(())
    }

    fn is_due(&self) -> anyhow::Result<bool> {
        let patience = self.driver.standing().patience;
        let life = self.credentials().life(self.ground.suite, patience)?;
        Ok(self.now() >= life.renew_from)
    }

    /// Remembers a failure, and says when there is another try.
    fn failed(&self, key: &[u8], ended: &Ended) -> UnixTime {
        let mut failure = self.failure();
        if let Some(known) = failure.as_ref().filter(|known| known.key == key) {
            return known.again_at;
        }
        let times = failure.as_ref().map_or(0, |before| before.times).saturating_add(1);
        let pause_s = RETRY_FIRST_S.saturating_mul(1 << times.saturating_sub(1).min(20));
        let again_at = self.now().plus_s(pause_s.min(RETRY_MAX_S));
        let role = self.role.name;
        tracing::warn!(role, ?ended, %again_at, "no other certificates were granted");
        *failure = Some(Failure { key: key.to_vec(), times, again_at });
        again_at
    }

    /// A lookout for what happens to the newest registration, and what is expected of it.
    async fn under_way(&self) -> anyhow::Result<Option<(Watch, Moves)>> {
        let all = self.registrations().await?;
        let Some(Asked { key, .. }) = all.into_iter().next() else { return Ok(None) };
        // Watch first, then read: no move is missed.
        let watch = self.driver.watch(&key);
        let state = self.driver.state(&at(&key)).await?;
        Ok(state.map(|registration| (watch, Moves::of(&key, &registration.stage))))
    }

    /// Whether one of those in use was taken back by its authority.
    fn is_taken_back(&self) -> bool {
        let credentials = self.credentials();
        let in_use = [&credentials.signature].into_iter().chain(credentials.encipherments.first());
        let lists = &self.ground.lists;
        in_use.into_iter().any(|identity| lists.revocation(&identity.certificate).is_some())
    }

    /// Every registration, newest first.
    async fn registrations(&self) -> anyhow::Result<Vec<Asked<A>>> {
        let all = self.driver.list(Page::newest(REGISTRATIONS_MAX)).await?;
        let asked = |(record, registration): (Record, _)| {
            let Record { key, changed_at: moved_at, .. } = record;
            Asked { key, registration, moved_at }
        };
        Ok(all.into_iter().map(asked).collect())
    }

    fn failure(&self) -> std::sync::MutexGuard<'_, Option<Failure>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn papers(&self) -> Papers {
        self.ground.papers(self.role.folder)
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.ground.clock.now()
    }
}

/// Who a party is that applies.
fn standing(ground: &Ground, role: Role, language: Language) -> Standing {
    // Others are due in the last part of a life, however long it is.
    let renew_in_last_percent = ground.renewals.of(role.folder);
    Standing {
        language,
        letterhead: ground.letterhead(),
        acceptance: ground.acceptance(),
        give_up_after_s: GIVE_UP_AFTER_S,
        patience: Patience {
            renew_before_s: i64::MAX,
            renew_in_last_percent,
            ..Patience::default()
        },
    }
}

fn at(key: &[u8]) -> Lookup {
    Lookup::Key(key.to_vec())
}

/// Hears that certificates end soon.
struct DueDesk(Arc<Notify>);

impl<A: Applicant> Desk<Registering<A>> for DueDesk {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Effect) -> Performing<'a, Registering<A>> {
        Box::pin(async move {
            match effect {
                Effect::RenewalDue => self.0.notify_one(),
            }
            Some(Input::Noted)
        })
    }
}

//! The lists of revoked certificates while a process runs. A list is good for a month and a process
//! may run for years: lists are made anew where the authorities' keys are, read again everywhere,
//! and taught to whoever was told the ones before.

use std::{sync::Arc, time::Duration};

use openset_crypto::Trust;
use openset_node::{http::Remark, measure, shutdown::Stop};
use tokio::time::{Instant, sleep_until};

use super::{
    ground::{Ground, Lesson, Party},
    news::News,
};
use crate::ceremony::{self, Lists, beside::bring_root};

/// How often somebody looks at the lists.
const LOOK: Duration = Duration::from_secs(3_600);
/// How often somebody looks whether other lists lie there.
pub(crate) const GLANCE: Duration = Duration::from_secs(2);
const DAY_S: i64 = 86_400;
/// Lists that end within this time should have been made anew long ago.
const SOON_S: i64 = 7 * DAY_S;

/// Who makes new lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Makers {
    /// This process: it runs the authorities, and their keys are in its data folder.
    Here,
    /// Another process, which puts them where this one reads them.
    Elsewhere,
}

/// Keeps the lists of a process current.
pub(crate) struct ListKeeper {
    ground: Ground,
    told: Vec<Arc<Trust>>,
    makers: Makers,
}

impl ListKeeper {
    /// For those of a process who are told the lists.
    pub(crate) fn new<'a>(
        ground: &Ground,
        parties: impl IntoIterator<Item = &'a Party>,
        makers: Makers,
    ) -> Self {
        let told = parties.into_iter().filter(|party| party.lesson == Lesson::Told);
        Self {
            ground: ground.clone(),
            told: told.map(|party| Arc::clone(party.shell.trust())).collect(),
            makers,
        }
    }

    /// Looks at the lists every hour until asked to stop, and at once when another process has put
    /// others there. What fails is said, and tried again. Where the brand is in another house, what
    /// it says is fetched there first, and once at the beginning.
    pub(crate) async fn keep(self, mut stop: Stop) {
        let news = News::of(&self.ground).unwrap_or_else(|error| {
            tracing::error!("nothing is fetched of the brand: {error:#}");
            None
        });
        let keeper = Arc::new(self);
        let mut due = Instant::now() + if news.is_some() { Duration::ZERO } else { LOOK };
        let mut seen = Lists::stamp(&keeper.ground.data);
        loop {
            tokio::select! {
                () = stop.asked() => return,
                () = sleep_until(due.min(Instant::now() + GLANCE)) => {}
            }
            let is_due = Instant::now() >= due;
            if is_due {
                due = Instant::now() + keeper.fetch(news.as_ref()).await;
            }
            keeper.bring_root();
            let stamp = Lists::stamp(&keeper.ground.data);
            if !is_due && stamp == seen {
                continue;
            }
            seen = stamp;
            // Keys are opened and files are read: other tasks need not wait for that.
            let turn = Arc::clone(&keeper);
            match tokio::task::spawn_blocking(move || turn.look()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    tracing::error!("the lists of revoked certificates stay old: {error:#}");
                }
                Err(error) => tracing::error!(%error, "nobody looked at the lists"),
            }
        }
    }

    /// Fetches what the brand says in another house; answers when to look again.
    async fn fetch(&self, news: Option<&News>) -> Duration {
        let Some(news) = news else { return LOOK };
        match news.fetch().await {
            Ok(()) => LOOK,
            Err(why) => {
                tracing::warn!("what the brand says of lists was not fetched: {why}");
                self.ground.neighbours.retry
            }
        }
    }

    /// Brings what the root says today, where its keys are in the folder around this one.
    fn bring_root(&self) {
        let Ground { data, within, .. } = &self.ground;
        let brought = within.as_deref().map(|root| bring_root(root, data));
        if let Some(Err(error)) = brought {
            tracing::error!("what the root says is not brought: {error:#}");
        }
    }

    /// Makes new lists if it is time and they are made here, reads them, and teaches them.
    fn look(&self) -> anyhow::Result<()> {
        let Ground { data, suite, clock, lists, .. } = &self.ground;
        if self.makers == Makers::Here {
            ceremony::publish(&self.ground.rings(), *suite, clock.as_ref())?;
        }
        lists.reread(data)?;
        let now = clock.now();
        self.told.iter().try_for_each(|trust| lists.teach(trust, now))?;
        match lists.end_at().map(|end| end.seconds_since(now)) {
            None | Some(..0) => anyhow::bail!("they have ended, and nobody has made new ones"),
            Some(left_s) if left_s < SOON_S => {
                tracing::warn!(left_s, "the lists of revoked certificates end soon");
            }
            Some(_) => {}
        }
        Ok(())
    }
}

/// What `/readyz` says of the lists: a process whose lists have ended refuses every payment.
pub(crate) fn remark(ground: &Ground) -> Remark {
    let (lists, clock) = (ground.lists.clone(), Arc::clone(&ground.clock));
    let brand = ground.brand.as_str().to_owned();
    Arc::new(move || {
        if let Some(made_at) = lists.made_at() {
            measure::crl_age(&brand, made_at, clock.now());
        }
        let left_s = lists.end_at().map(|end| end.seconds_since(clock.now()));
        match left_s {
            None => Err("there are no lists of revoked certificates".to_owned()),
            Some(left_s) if left_s < 0 => {
                Err("the lists of revoked certificates have ended".to_owned())
            }
            Some(left_s) => {
                Ok(format!("the lists of revoked certificates end in {} days", left_s / DAY_S))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{
        net::{Ipv4Addr, SocketAddr},
        sync::atomic::{AtomicI64, Ordering},
    };

    use openset_crypto::{Authority, Bag, Purpose, Suite, Untrusted};
    use openset_node::clock::{Clock, SystemClock};
    use openset_types::UnixTime;

    use super::*;
    use crate::{
        ceremony::{Rings, folder, papers},
        house::{ground, holders::Holders},
    };

    /// A clock that a test moves.
    struct Moved(AtomicI64);

    impl Clock for Moved {
        fn now(&self) -> UnixTime {
            SystemClock.now().plus_s(self.0.load(Ordering::SeqCst))
        }
    }

    struct House {
        folder: tempfile::TempDir,
        clock: Arc<Moved>,
    }

    impl House {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let files = Holders::FILES;
            let rings = Rings::new(folder.path(), &files);
            ceremony::hold(&rings, Suite::Modern, &SystemClock).expect("a ceremony");
            Self { folder, clock: Arc::new(Moved(AtomicI64::new(0))) }
        }

        /// What another process in this folder stands on.
        fn ground(&self) -> Ground {
            let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
            let at = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            ground::of(self.folder.path(), clock, at, &Holders::FILES)
                .expect("everything a ceremony makes")
        }

        fn keeper(&self, makers: Makers) -> ListKeeper {
            let ground = self.ground();
            let root = std::slice::from_ref(&ground.root);
            let trust = Arc::new(Trust::new(Suite::Modern, root).expect("a root"));
            ground.lists.teach(&trust, self.clock.now()).expect("good lists");
            ListKeeper { ground, told: vec![trust], makers }
        }

        /// Whether somebody who was told the lists still believes the gateways' authority.
        fn believes(&self, keeper: &ListKeeper) -> Result<(), Untrusted> {
            let papers = keeper.ground.papers(folder(Authority::Gateway));
            let issuer = papers.take(papers::CERTIFICATES).expect("a paper");
            let purpose = Purpose::CertificateSigning(Authority::Gateway);
            let (trust, bag) = (&keeper.told[0], Bag::of(&issuer));
            let now = self.clock.now();
            trust.path(&issuer.certificate, &bag, purpose, None, now).map(drop)
        }
    }

    #[test]
    fn a_process_that_runs_longer_than_a_list_goes_on_believing() {
        let house = House::new();
        let (maker, reader) = (house.keeper(Makers::Here), house.keeper(Makers::Elsewhere));
        for _ in 0..3 {
            house.clock.0.fetch_add(31 * DAY_S, Ordering::SeqCst);
            for keeper in [&maker, &reader] {
                assert_eq!(house.believes(keeper), Err(Untrusted::CrlNotCurrent));
            }
            // Whoever has no keys makes no lists: what it reads is as old as before.
            assert!(reader.look().is_err());
            maker.look().expect("new lists");
            assert_eq!(house.believes(&maker), Ok(()));
            assert_eq!(house.believes(&reader), Err(Untrusted::CrlNotCurrent));
            reader.look().expect("the new lists are there");
            assert_eq!(house.believes(&reader), Ok(()));
        }
    }

    #[test]
    fn readiness_says_when_the_lists_end_and_that_they_have() {
        let house = House::new();
        let ground = house.ground();
        let said = |days: i64| {
            house.clock.0.store(days * DAY_S + 60, Ordering::SeqCst);
            remark(&ground)()
        };
        assert_eq!(said(0).expect("good"), "the lists of revoked certificates end in 29 days");
        assert_eq!(said(20).expect("good"), "the lists of revoked certificates end in 9 days");
        assert!(said(31).is_err());
    }
}

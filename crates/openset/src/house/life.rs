//! How long a certificate is good, and from when another one should be asked for.

use std::sync::Arc;

use openset_crypto::{Identity, Suite};
use openset_node::{http::Remark, measure};
use openset_protocol::enrolment::Patience;
use openset_types::UnixTime;

use super::ground::Ground;
use crate::ceremony::papers;

const DAY_S: i64 = 86_400;

/// How long a certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) since: UnixTime,
    pub(crate) until: UnixTime,
    /// From when another one should be asked for.
    pub(crate) renew_from: UnixTime,
}

/// Whether a certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// It is.
    Current,
    /// It is, and another one is due.
    Ending,
    /// It is not.
    Ended,
}

impl Life {
    /// Whether the certificate is good at a moment.
    pub(crate) fn age(self, now: UnixTime) -> Age {
        match () {
            () if now > self.until => Age::Ended,
            () if now >= self.renew_from => Age::Ending,
            () => Age::Current,
        }
    }

    /// What `/readyz` says of a role's certificates: without good ones it is no use to anybody.
    pub(crate) fn readiness(self, role: &'static str, now: UnixTime) -> Result<String, String> {
        measure::certificate_expiry(role, self.until, now);
        let (until, days) = (self.until, self.until.seconds_since(now) / DAY_S);
        match self.age(now) {
            Age::Ended => Err(format!("the certificates of the {role} ended on {until}")),
            Age::Ending => {
                Ok(format!("the certificates of the {role} end in {days} days; others are due"))
            }
            Age::Current => Ok(format!("the certificates of the {role} end in {days} days")),
        }
    }

    /// That of a certificate, for somebody with this patience.
    pub(crate) fn of(
        identity: &Identity,
        suite: Suite,
        patience: Patience,
    ) -> anyhow::Result<Self> {
        let read = identity.certified(suite)?;
        let (since, until) = (read.not_before(), read.not_after());
        Ok(Self { since, until, renew_from: patience.renewal_due(since, until) })
    }
}

/// What `/readyz` says of the certificates in an authority's folder, read again each time: a
/// ceremony brings others.
pub(crate) fn remark(ground: &Ground, role: &'static str) -> Remark {
    let (papers, suite, clock) = (ground.papers(role), ground.suite, Arc::clone(&ground.clock));
    Arc::new(move || {
        let all = [papers::CERTIFICATES, papers::SIGNATURE, papers::ENCIPHERMENT];
        let mut first: Option<Life> = None;
        for paper in all.into_iter().filter(|paper| papers.has(paper)) {
            let unread = |error: anyhow::Error| format!("{role}: {error:#}");
            let identity = papers.take(paper).map_err(unread)?;
            let life = Life::of(&identity, suite, Patience::default()).map_err(unread)?;
            first = Some(first.filter(|first| first.until <= life.until).unwrap_or(life));
        }
        let first = first.ok_or_else(|| format!("the {role} has no certificates"))?;
        first.readiness(role, clock.now())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_says_what_ends_what_is_due_and_what_has_ended() {
        let at = |day: i64| UnixTime::new(1_000_000 + day * DAY_S).expect("after 1970");
        let life = Life { since: at(0), until: at(300), renew_from: at(200) };
        let said = |day| life.readiness("gateway", at(day));
        assert_eq!(said(0).expect("good"), "the certificates of the gateway end in 300 days");
        let due = "the certificates of the gateway end in 100 days; others are due";
        assert_eq!(said(200).expect("good"), due);
        assert!(said(300).is_ok(), "the last moment");
        let ended = said(301).expect_err("it has ended");
        assert!(ended.starts_with("the certificates of the gateway ended on "), "{ended}");
    }
}

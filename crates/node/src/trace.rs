//! Where a message is on its way, in lines of the log: which trace it belongs to, and how long each
//! part took.
//!
//! A trace begins with whoever asks first and goes along with its questions in the field
//! `traceparent` of HTTP (W3C Trace Context), never in a message of SET. Every line that is logged
//! while a message is dealt with has its trace. At level `debug` of the target
//! `openset_node::trace`, each part that ends is one more line: `arrival`, `verify`, `load`,
//! `step`, `commit`, `send`.
//!
//! What this deliberately does not do: send traces anywhere (ADR 36).

use std::{
    fmt,
    future::Future,
    time::{Duration, Instant},
};

use axum::http::{HeaderMap, HeaderValue};
use data_encoding::HEXLOWER;
use tracing::{Instrument, Level, Span};

use crate::entropy;

/// The field of HTTP that names a trace.
pub const FIELD: &str = "traceparent";
/// The version of that field, and what follows the names: whether somebody records. We do.
const VERSION: &str = "00";
const RECORDED: &str = "01";

tokio::task_local! {
    static CURRENT: Trace;
}

/// Which trace a piece of work belongs to, and its own place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    id: [u8; 16],
    span: [u8; 8],
    parent: Option<[u8; 8]>,
}

impl Trace {
    /// The trace that somebody asks in, or a new one if they name none that is one.
    pub fn of(fields: &HeaderMap) -> Self {
        let mut named = fields.get_all(FIELD).iter();
        let only = match (named.next(), named.next()) {
            (Some(only), None) => only.to_str().ok(),
            _ => None,
        };
        let new = Self::begin();
        match only.and_then(parse) {
            Some((id, parent)) => Self { id, parent: Some(parent), ..new },
            None => new,
        }
    }

    /// A new trace. Where there is no randomness it has no name; what was to be done fails then.
    pub fn begin() -> Self {
        let seed = entropy::seed().unwrap_or_default();
        let (id, rest) = seed.split_first_chunk().expect("32 octets are more than 16");
        let span = rest.first_chunk().expect("16 octets are more than 8");
        Self { id: *id, span: *span, parent: None }
    }

    /// The trace that is being worked in.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(|trace| *trace).ok()
    }

    /// The value of `traceparent` for whoever is asked in this trace.
    pub fn field(&self) -> HeaderValue {
        HeaderValue::from_str(&self.to_string()).expect("digits and hyphens")
    }

    /// Does something in this trace: lines that are logged meanwhile have it.
    pub fn carry<T>(self, work: impl Future<Output = T>) -> impl Future<Output = T> {
        let span = self.span();
        CURRENT.scope(self, work.instrument(span))
    }

    fn span(&self) -> Span {
        let parent = self.parent.map(|parent| HEXLOWER.encode(&parent));
        let (trace, span) = (HEXLOWER.encode(&self.id), HEXLOWER.encode(&self.span));
        tracing::span!(Level::ERROR, "trace", trace, span, parent)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, span) = (HEXLOWER.encode(&self.id), HEXLOWER.encode(&self.span));
        write!(f, "{VERSION}-{id}-{span}-{RECORDED}")
    }
}

/// Goes on in the trace that is being worked in, on another task; else in a new one.
pub fn carried<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let (trace, span) = match Trace::current() {
        Some(trace) => (trace, Span::current()),
        None => {
            let trace = Trace::begin();
            (trace, trace.span())
        }
    };
    CURRENT.scope(trace, work.instrument(span))
}

/// Reads what names a trace and the work that asks: version 00, and nothing that is zero.
fn parse(field: &str) -> Option<([u8; 16], [u8; 8])> {
    let mut parts = field.split('-');
    let (version, id, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if version != VERSION || flags.len() != 2 || parts.next().is_some() {
        return None;
    }
    let id = HEXLOWER.decode(id.as_bytes()).ok()?.try_into().ok()?;
    let span = HEXLOWER.decode(span.as_bytes()).ok()?.try_into().ok()?;
    (id != [0; 16] && span != [0; 8]).then_some((id, span))
}

/// Does a part of the work on a message, and logs how long it took.
pub(crate) async fn part<T>(name: &'static str, work: impl Future<Output = T>) -> T {
    let begun = Begun::now();
    let done = work.await;
    begun.ended(name);
    done
}

/// When a part of the work began.
pub(crate) struct Begun(Instant);

impl Begun {
    pub(crate) fn now() -> Self {
        Self(Instant::now())
    }

    /// The part is over.
    pub(crate) fn ended(self, part: &'static str) {
        tracing::debug!(part, took_us = micros(self.0.elapsed()), "done");
    }
}

/// A duration as a line says it: whole numbers, so that none is masked for a card number.
pub(crate) fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn of(fields: &[&'static str]) -> Trace {
        let named = |value: &&'static str| {
            (FIELD.parse().expect("a name"), HeaderValue::from_static(value))
        };
        Trace::of(&fields.iter().map(named).collect())
    }

    #[test]
    fn whoever_is_asked_works_in_the_trace_of_whoever_asks_and_at_a_place_of_its_own() {
        let trace = of(&[GOOD]);
        let said = trace.field();
        let said = said.to_str().expect("text");
        assert_eq!(said.get(..36), GOOD.get(..36), "the same trace");
        assert_ne!(said, GOOD);
        assert_eq!(
            trace.parent.map(|parent| HEXLOWER.encode(&parent)).as_deref(),
            GOOD.get(36..52)
        );
    }

    #[test]
    fn what_names_no_trace_begins_a_new_one() {
        for fields in [
            &[][..],
            &[""],
            &["4111111111111111"],
            &["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"],
            &["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-02"],
            &["01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
            &["00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01"],
            &["00-00000000000000000000000000000000-b7ad6b7169203331-01"],
            &["00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"],
            &["00-0af7651916cd43dd8448eb211c8031-b7ad6b7169203331-01"],
            &[GOOD, GOOD],
        ] {
            let trace = of(fields);
            assert_eq!(trace.parent, None, "{fields:?}");
            assert!(!GOOD.contains(&HEXLOWER.encode(&trace.id)), "{fields:?}");
        }
    }

    #[tokio::test]
    async fn work_on_another_task_goes_on_in_the_same_trace() {
        let trace = Trace::begin();
        let elsewhere = trace.carry(async {
            let inner = carried(async { Trace::current() });
            tokio::spawn(inner).await.expect("no panic")
        });
        assert_eq!(elsewhere.await, Some(trace));
        assert_eq!(Trace::current(), None);
    }
}

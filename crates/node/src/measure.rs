//! What a node measures, by the names under which it is exported.
//!
//! Names are OpenTelemetry's dotted ones; the exporter writes them as Prometheus wants. No value
//! of a label ever comes from a message: labels are names from our own tables.

use std::{sync::OnceLock, time::Duration};

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use openset_crypto::Suite;
use openset_types::UnixTime;

/// Seconds from a message's arrival to its answer {message, role, profile, outcome}.
pub const MESSAGE_DURATION: &str = "openset.message.duration";
/// Octets of a message {message, role}.
pub const MESSAGE_SIZE: &str = "openset.message.size";
/// Decisions about payments, by who made or heard them {role, status}.
pub const PAYMENT_COUNT: &str = "openset.payment.count";
/// Seconds until the banks answered {outcome}.
pub const AUTHORIZATION_DURATION: &str = "openset.authorization.duration";
/// Reversals that an issuer would not make: money that may still be held.
pub const REVERSAL_REFUSED: &str = "openset.reversal.refused";
/// Proofs that failed {role, check}.
pub const VERIFY_FAILURES: &str = "openset.verify.failures";
/// Seconds until the first certificate of a role ends; less than nothing once it has {role}.
pub const CERTIFICATE_EXPIRY: &str = "openset.certificate.expiry";
/// Seconds since the oldest revocation list in use was made {brand}.
pub const CRL_AGE: &str = "openset.crl.age";
/// Seconds from a request to its response {site, status}.
pub const REQUEST_DURATION: &str = "http.server.request.duration";
/// Whether a role's database takes what must be kept: 1 or 0 {role}.
pub const STORE_UP: &str = "openset.store.up";
/// Whether a link to a bank is up: 1 or 0 {bank}.
pub const LINK_UP: &str = "openset.link.up";
/// Messages that were turned away because too many were being dealt with {message, role}.
pub const MESSAGE_SHED: &str = "openset.message.shed";
/// Changes that shared one synced commit.
pub const STORE_GROUP: &str = "openset.store.group";

/// The bounds of a histogram of seconds.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// The bounds of a histogram of octets.
const OCTETS: [f64; 7] = [256.0, 1024.0, 2048.0, 4096.0, 8192.0, 16_384.0, 65_536.0];

/// What has been measured, to be read as a page of text.
#[derive(Clone)]
pub struct Measured(PrometheusHandle);

impl Measured {
    /// Begins to measure, for the whole process. Whoever begins again reads the same measures.
    ///
    /// Where a recorder of others is installed already, nothing more is measured here.
    pub fn begin() -> Self {
        static BEGUN: OnceLock<PrometheusHandle> = OnceLock::new();
        let begun = BEGUN.get_or_init(|| {
            let recorder = builder().build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("another recorder of metrics is installed");
            }
            describe();
            handle
        });
        Self(begun.clone())
    }

    /// The text of `/metrics`.
    pub fn text(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

fn builder() -> PrometheusBuilder {
    use metrics_exporter_prometheus::Matcher::{Full, Suffix};
    PrometheusBuilder::new()
        .with_recommended_naming(true)
        .set_buckets_for_metric(Suffix("duration".to_owned()), &SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Full(MESSAGE_SIZE.to_owned()), &OCTETS))
        .and_then(|builder| {
            builder.set_buckets_for_metric(
                Full(STORE_GROUP.to_owned()),
                &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0],
            )
        })
        .expect("no list of bounds is empty")
}

fn describe() {
    describe_histogram!(MESSAGE_DURATION, Unit::Seconds, "from a message to its answer");
    describe_histogram!(MESSAGE_SIZE, Unit::Bytes, "octets of a message");
    describe_counter!(PAYMENT_COUNT, "decisions about payments");
    describe_histogram!(AUTHORIZATION_DURATION, Unit::Seconds, "until the banks answered");
    describe_counter!(REVERSAL_REFUSED, "reversals that an issuer would not make");
    describe_counter!(VERIFY_FAILURES, "proofs that failed");
    describe_gauge!(CERTIFICATE_EXPIRY, Unit::Seconds, "until a certificate of our own ends");
    describe_gauge!(CRL_AGE, Unit::Seconds, "since the oldest revocation list was made");
    describe_gauge!(STORE_UP, "whether a database takes what must be kept");
    describe_gauge!(LINK_UP, "whether a link to a bank is up");
    describe_counter!(MESSAGE_SHED, "messages turned away because there were too many");
    describe_histogram!(REQUEST_DURATION, Unit::Seconds, "from a request to its response");
    describe_histogram!(STORE_GROUP, Unit::Count, "changes that shared one synced commit");
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered.
    Answered,
    /// We failed.
    Failed,
    /// It broke the rules.
    Refused,
    /// It had been answered before.
    Repeated,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Repeated => "repeated",
        }
    }
}

/// One message was dealt with, in the suite that the role speaks.
pub fn message(
    name: &'static str,
    (role, suite): (&'static str, Suite),
    outcome: Outcome,
    octets: usize,
    took: Duration,
) {
    histogram!(
        MESSAGE_DURATION,
        "message" => name, "role" => role, "profile" => suite.name(), "outcome" => outcome.word()
    )
    .record(took);
    histogram!(MESSAGE_SIZE, "message" => name, "role" => role).record(octets as f64);
}

/// Something was decided about a payment: `authorized`, `declined`, `captured`, ...
pub fn payment(role: &'static str, status: &'static str) {
    counter!(PAYMENT_COUNT, "role" => role, "status" => status).increment(1);
}

/// The banks answered, or did not.
pub fn authorization(outcome: &'static str, took: Duration) {
    histogram!(AUTHORIZATION_DURATION, "outcome" => outcome).record(took);
}

/// An issuer answered a reversal, and did not undo anything.
pub fn reversal_refused() {
    counter!(REVERSAL_REFUSED).increment(1);
}

/// A proof failed.
pub fn verify_failure(role: &'static str, check: &'static str) {
    counter!(VERIFY_FAILURES, "role" => role, "check" => check).increment(1);
}

/// A message was turned away because too many were being dealt with.
pub fn shed(name: &'static str, role: &'static str) {
    counter!(MESSAGE_SHED, "message" => name, "role" => role).increment(1);
}

/// Whether a role's database takes what must be kept.
pub fn store_up(role: &'static str, is_up: bool) {
    gauge!(STORE_UP, "role" => role).set(f64::from(u8::from(is_up)));
}

/// Whether a link to a bank is up. The name is one of ours, or of our configuration.
pub fn link_up(bank: &str, is_up: bool) {
    gauge!(LINK_UP, "bank" => bank.to_owned()).set(f64::from(u8::from(is_up)));
}

/// How long a certificate of our own is still good.
pub fn certificate_expiry(role: &'static str, ends_at: UnixTime, now: UnixTime) {
    gauge!(CERTIFICATE_EXPIRY, "role" => role).set(ends_at.seconds_since(now) as f64);
}

/// How old the oldest revocation list of a brand is.
pub fn crl_age(brand: &str, made_at: UnixTime, now: UnixTime) {
    gauge!(CRL_AGE, "brand" => brand.to_owned()).set(now.seconds_since(made_at) as f64);
}

/// A request of HTTP was responded to.
pub fn request(site: &'static str, status: u16, took: Duration) {
    histogram!(REQUEST_DURATION, "site" => site, "status" => status.to_string()).record(took);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_measured_is_exported_by_its_name_and_unit() {
        let recorder = builder().build_recorder();
        let measured = Measured(recorder.handle());
        metrics::with_local_recorder(&recorder, || {
            describe();
            let took = Duration::from_millis(2);
            for suite in Suite::ALL {
                message("PReq", ("merchant", suite), Outcome::Answered, 1_500, took);
            }
            payment("gateway", "authorized");
            request("shop", 200, Duration::from_millis(1));
        });
        let text = measured.text();
        for line in [
            r#"openset_message_duration_seconds_bucket{message="PReq",role="merchant""#,
            r#"role="merchant",profile="modern",outcome="answered"} 1"#,
            r#"role="merchant",profile="set10",outcome="answered"} 1"#,
            r#"openset_message_size_bytes_sum{message="PReq",role="merchant"} 3000"#,
            r#"openset_payment_count_total{role="gateway",status="authorized"} 1"#,
            r#"http_server_request_duration_seconds_count{site="shop",status="200"} 1"#,
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}

//! The gateway's desk: questions in the words of the house become bank messages on a link, and
//! the answers come back.

mod batches;
mod recent;
pub(super) mod standing;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use openset_bank::iso8583::{
    Message,
    words::{
        self, CaptureAnswer, CaptureKind, RefundAnswer, RefundTelling, ReversalAnswer,
        ReversalKind, authorization, capture, read_authorization_answer, read_capture_answer,
        read_place, read_refund_answer, read_reversal_answer, refund, reversal,
    },
};
use openset_node::{
    driver::{Desk, Performing},
    link::{Link, NoReply},
    measure,
};
use openset_protocol::gateway::{
    authorization::{self as machine, GatewayAuthorization},
    capture::{AdviceAnswer, Effect as CaptureEffect, GatewayCapture, Input as CaptureInput},
    refund::{self as refunding, GatewayRefund},
};
use openset_types::{
    AuthorizationAnswer, AuthorizationRequest, Bin, CaptureAdvice, DeclineReason, RefundAdvice,
    ReversalAdvice, ReversalOutcome,
};
use tokio::time::{Instant, sleep};

use self::recent::Recent;
pub(crate) use batches::BatchDesk;

/// The waits between two tellings of the same advice.
const WAITS: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
];

/// How often somebody looks whether a trace number is free.
const TRACE_LOOK: Duration = Duration::from_millis(20);

/// Asks the issuer.
pub(crate) struct IssuerDesk {
    link: Arc<Link>,
    /// The links to further issuers, by the first digits of their cards.
    others: Vec<(Bin, Arc<Link>)>,
    /// On whose behalf the gateway asks, and who is told of a sale.
    acquirer: AcquirerDesk,
    recent: Recent,
}

/// Tells the acquirer.
#[derive(Clone)]
pub(crate) struct AcquirerDesk {
    link: Arc<Link>,
    acquirer: Bin,
}

impl Desk<GatewayAuthorization> for IssuerDesk {
    fn perform<'a>(
        &'a self,
        _: &'a [u8],
        effect: machine::Effect,
    ) -> Performing<'a, GatewayAuthorization> {
        Box::pin(async move {
            Some(match effect {
                machine::Effect::AskAcquirer(request) => {
                    let answer = self.ask(&request).await;
                    machine::Input::Answered { answer, asked: Some(Box::new(request)) }
                }
                machine::Effect::Wait { draw } => machine::Input::Waited(self.wait(draw).await),
                machine::Effect::Reverse(advice) => {
                    self.reverse(&advice).await;
                    machine::Input::ReversalAcknowledged
                }
                machine::Effect::Release(advice) => {
                    machine::Input::Released(self.release(&advice).await)
                }
                machine::Effect::Take(advice) => {
                    machine::Input::Taken(self.acquirer.advise(&advice).await)
                }
            })
        })
    }
}

impl IssuerDesk {
    /// A desk at the end of a link.
    pub(crate) fn new(link: Arc<Link>, acquirer: AcquirerDesk) -> Self {
        Self { link, others: Vec::new(), acquirer, recent: Recent::default() }
    }

    /// The same, with further issuers that are asked about their own cards.
    pub(crate) fn beside(self, others: &[(Bin, Arc<Link>)]) -> Self {
        Self { others: others.to_vec(), ..self }
    }

    /// The link to the bank of a card.
    fn link_to(&self, bin: &Bin) -> &Link {
        let found = self.others.iter().find(|(known, _)| known == bin);
        found.map_or(&self.link, |(_, link)| link)
    }

    /// Asks the bank of a card. Nobody stands in for a bank: without its own answer nothing is
    /// approved, whatever the reason, and nothing can be set that changes this.
    async fn ask(&self, request: &AuthorizationRequest) -> AuthorizationAnswer {
        let begun = Instant::now();
        let link = self.link_to(&request.pan.bin());
        let answer = match send(link, &authorization(request, &self.acquirer.acquirer)).await {
            Ok(answer) => {
                read_authorization_answer(&answer, request.amount).unwrap_or_else(|unfit| {
                    // It may have agreed: that is undone.
                    tracing::error!(%unfit, "the issuer's answer is neither yes nor no");
                    AuthorizationAnswer::NoAnswer
                })
            }
            Err(NoReply::Lost | NoReply::TimedOut) => AuthorizationAnswer::NoAnswer,
            Err(unsent) => {
                tracing::error!(%unsent, "the issuer was not asked");
                AuthorizationAnswer::Declined(DeclineReason::SystemError)
            }
        };
        let took = begun.elapsed();
        measure::authorization(word(&answer), took);
        self.recent.note(&answer, took);
        answer
    }

    /// Comes back when the issuer would have answered that is not asked.
    async fn wait(&self, draw: u64) -> machine::Line {
        let is_up = self.link.is_up();
        let patience = self.link.answer_within();
        let took = if is_up { self.recent.one(draw).min(patience) } else { patience };
        sleep(took).await;
        if is_up { machine::Line::Answers } else { machine::Line::Silent }
    }

    /// Comes back when the issuer has undone what nobody knows the outcome of, however long that
    /// takes. An answer that says anything else is no better than silence: the money may still be
    /// held.
    async fn reverse(&self, advice: &ReversalAdvice) {
        let undone = |answer| matches!(answer, ReversalAnswer::Undone | ReversalAnswer::NotFound);
        self.advise(advice, |answer| undone(answer).then_some(())).await;
    }

    /// Comes back when the issuer has said yes or no to what a merchant takes back, however long
    /// that takes.
    async fn release(&self, advice: &ReversalAdvice) -> ReversalOutcome {
        self.advise(advice, |answer| answer.outcome(advice)).await
    }

    /// Tells the issuer until it says what counts.
    async fn advise<T>(
        &self,
        advice: &ReversalAdvice,
        counts: impl Fn(ReversalAnswer) -> Option<T> + Send,
    ) -> T {
        let mut waits = Waits::default();
        let mut kind = ReversalKind::Advice;
        loop {
            let link = self.link_to(&advice.pan.bin());
            match link.ask(&reversal(kind, advice, &self.acquirer.acquirer)).await {
                Ok(answer) => match read_reversal_answer(&answer) {
                    Ok(answer) => match counts(answer) {
                        Some(counted) => return counted,
                        None => {
                            measure::reversal_refused();
                            tracing::error!(?answer, "no reversal was made: money may be held");
                        }
                    },
                    Err(unfit) => tracing::error!(%unfit, "the issuer's answer says nothing"),
                },
                Err(reason) => tracing::warn!(%reason, "a reversal is not acknowledged"),
            }
            kind = ReversalKind::Repeat;
            waits.pause().await;
        }
    }
}

/// Sends a question, once no other one of its trace number is on the way: there are a million
/// numbers, and they are drawn. Nobody has one for longer than an answer is waited for.
async fn send(link: &Link, question: &Message) -> Result<Message, NoReply> {
    let free_by = Instant::now() + link.answer_within();
    loop {
        match link.ask(question).await {
            Err(NoReply::TraceInUse) if Instant::now() < free_by => sleep(TRACE_LOOK).await,
            answer => return answer,
        }
    }
}

fn word(answer: &AuthorizationAnswer) -> &'static str {
    match answer {
        AuthorizationAnswer::Approved { .. } => "approved",
        AuthorizationAnswer::Declined(_) => "declined",
        AuthorizationAnswer::NoAnswer => "no answer",
    }
}

impl Desk<GatewayCapture> for AcquirerDesk {
    fn perform<'a>(&'a self, _: &'a [u8], effect: CaptureEffect) -> Performing<'a, GatewayCapture> {
        Box::pin(async move {
            let CaptureEffect::AdviseCapture(advice) = effect;
            let answer = self.advise(&advice).await;
            Some(CaptureInput::Advised { retrieval: advice.trace.retrieval, answer })
        })
    }
}

impl Desk<GatewayRefund> for AcquirerDesk {
    fn perform<'a>(
        &'a self,
        _: &'a [u8],
        effect: refunding::Effect,
    ) -> Performing<'a, GatewayRefund> {
        Box::pin(async move {
            let refunding::Effect::AdviseRefund(advice) = effect;
            let answer = self.advise_refund(&advice).await;
            Some(refunding::Input::Advised { retrieval: advice.trace.retrieval, answer })
        })
    }
}

impl AcquirerDesk {
    /// A desk at the end of a link.
    pub(crate) fn at(link: &Arc<Link>, acquirer: &Bin) -> Self {
        Self { link: Arc::clone(link), acquirer: acquirer.clone() }
    }

    /// Comes back when the acquirer has said yes or no to a refund, however long that takes.
    async fn advise_refund(&self, advice: &RefundAdvice) -> refunding::AdviceAnswer {
        let mut waits = Waits::default();
        let mut telling = RefundTelling::First;
        loop {
            let answer = self.link.ask(&refund(telling, advice, &self.acquirer)).await;
            match answer.as_ref().map(|answer| read_refund_answer(advice.kind, answer)) {
                Ok(Ok(RefundAnswer::Done)) => {
                    let place = answer.as_ref().ok().and_then(read_place);
                    let done = refunding::AdviceAnswer::Done;
                    return place.map_or(done, refunding::AdviceAnswer::Counted);
                }
                Ok(Ok(RefundAnswer::Refused(why))) => return refunding::AdviceAnswer::Refused(why),
                Ok(Ok(RefundAnswer::NotNow(code))) => {
                    tracing::error!(%code, "the acquirer cannot give money back now");
                }
                Ok(Err(unfit)) => tracing::error!(%unfit, "the acquirer's answer says nothing"),
                Err(reason) => tracing::warn!(%reason, "a refund is not acknowledged"),
            }
            telling = RefundTelling::Again;
            waits.pause().await;
        }
    }

    /// Comes back when the acquirer has said yes or no, however long that takes.
    async fn advise(&self, advice: &CaptureAdvice) -> AdviceAnswer {
        let mut waits = Waits::default();
        let mut kind = CaptureKind::Advice;
        loop {
            let answer = self.link.ask(&capture(kind, advice, &self.acquirer)).await;
            match answer.as_ref().map(read_capture_answer) {
                Ok(Ok(CaptureAnswer::Taken)) => {
                    let place = answer.as_ref().ok().and_then(read_place);
                    return place.map_or(AdviceAnswer::Taken, AdviceAnswer::Counted);
                }
                Ok(Ok(CaptureAnswer::Refused(code))) => {
                    let why = code.batch_refusal();
                    return why.map_or(AdviceAnswer::Refused, AdviceAnswer::NotCounted);
                }
                Ok(Ok(CaptureAnswer::NotNow(code))) => {
                    tracing::error!(%code, "the acquirer cannot take a capture now");
                }
                Ok(Err(unfit)) => tracing::error!(%unfit, "the acquirer's answer says nothing"),
                Err(reason) => tracing::warn!(%reason, "a capture is not acknowledged"),
            }
            kind = CaptureKind::Repeat;
            waits.pause().await;
        }
    }
}

/// Waits that grow.
#[derive(Default)]
struct Waits(usize);

impl Waits {
    async fn pause(&mut self) {
        let [.., longest] = WAITS;
        sleep(WAITS.get(self.0).copied().unwrap_or(longest)).await;
        self.0 += 1;
    }
}

/// Whether an issuer's word about a card is yes.
pub(crate) fn is_verified(answer: &Message) -> bool {
    matches!(words::read_verification_answer(answer), Ok(words::VerificationAnswer::Verified))
}

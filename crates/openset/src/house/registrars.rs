//! The registrars: who says whether an applicant is who it says.
//!
//! A card is verified by its issuer, over a bank link. Merchants and gateways are known to the
//! acquirer by contract; its list is configuration.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use openset_bank::iso8583::{
    Message,
    words::{AccountVerification, verification},
};
use openset_node::{
    clock::Clock,
    driver::{Desk, Performing},
    entropy,
    link::Link,
    store::{Change, Direction, Entry, Store},
};
use openset_protocol::{
    ca::Application,
    ca::{Applicant, Approval, AuthorityEnrolment, Denial, Effect, Input, Listing, Reason},
    role::Machine,
};
use openset_types::{Bin, CardExpiry, MerchantId, Pan, RetrievalReference, SystemTrace, Trace};

use super::links::is_verified;

/// What journals call the two ends of a question about a card.
const AUTHORITY: &str = "ca-cardholder";
const ISSUER: &str = "issuer";

/// Asks the issuer whether a card is good.
pub(crate) struct IssuerRegistrar {
    link: Arc<Link>,
    clock: Arc<dyn Clock>,
    /// The institution that asks.
    asks_as: Bin,
    /// Where the authority journals what it asked and heard, masked.
    store: Arc<dyn Store>,
    next: AtomicU32,
}

/// Looks merchants and gateways up in the acquirer's list.
pub(crate) struct AcquirerRegistrar {
    pub(crate) acquirer: Bin,
    pub(crate) merchants: Vec<(MerchantId, Listing)>,
    /// The name of its gateway.
    pub(crate) gateway: String,
}

impl IssuerRegistrar {
    /// A registrar on a link of its own.
    pub(crate) fn new(
        link: Arc<Link>,
        clock: Arc<dyn Clock>,
        asks_as: Bin,
        store: Arc<dyn Store>,
    ) -> anyhow::Result<Self> {
        let [a, b, c, ..] = entropy::seed()?;
        let first = u32::from_be_bytes([0, a, b, c]);
        Ok(Self { link, clock, asks_as, store, next: AtomicU32::new(first) })
    }

    async fn ask(&self, key: &[u8], pan: Pan, expiry: CardExpiry) -> Result<Approval, Denial> {
        let question = AccountVerification { trace: self.trace(), pan, expiry };
        let question = verification(&question, &self.asks_as);
        self.note(key, Direction::Out, &question).await;
        let answer = self.link.ask(&question).await;
        if let Ok(answer) = &answer {
            self.note(key, Direction::In, answer).await;
        }
        match answer {
            Ok(answer) if is_verified(&answer) => Ok(Approval::Cardholder),
            Ok(_) => Err(denial(Reason::Issuer, "The bank does not certify this card.")),
            Err(reason) => {
                tracing::warn!(%reason, "the issuer said nothing about a card");
                Err(denial(Reason::Authority, "The bank cannot be asked at the moment."))
            }
        }
    }

    /// Journals a message about an application, without the card.
    async fn note(&self, key: &[u8], direction: Direction, message: &Message) {
        let Ok(octets) = self.link.dialect().write(&message.masked()) else { return };
        let (sender, recipient, name) = match direction {
            Direction::Out => (AUTHORITY, ISSUER, "0100"),
            Direction::In => (ISSUER, AUTHORITY, "0110"),
        };
        let entry = Entry {
            at: self.clock.now(),
            direction,
            sender,
            recipient,
            name,
            xid: None,
            rrpid: None,
            kind: AuthorityEnrolment::KIND,
            key: key.to_vec(),
            octets,
        };
        let change = Change { journal: vec![entry], ..Change::default() };
        if let Err(error) = self.store.commit(change).await {
            tracing::error!(%error, "a question about a card is not journaled");
        }
    }

    /// A trace that no other question of the day has.
    fn trace(&self) -> Trace {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let now = self.clock.now();
        let system = format!("{:06}", number % 1_000_000);
        let retrieval = format!("{}{:06}", now.utc().format("%y%j9"), number % 1_000_000);
        Trace {
            retrieval: RetrievalReference::parse(&retrieval).expect("twelve digits"),
            system: SystemTrace::parse(&system).expect("six digits"),
            asked_at: now,
        }
    }
}

impl AcquirerRegistrar {
    /// A merchant as the acquirer lists it.
    pub(crate) fn listing(&self, merchant: &MerchantId) -> Option<&Listing> {
        let listed = self.merchants.iter().find(|(known, _)| known == merchant);
        listed.map(|(_, listing)| listing)
    }

    /// Whom the acquirer lists is approved. A merchant that says it is the acquirer's and is not
    /// listed is put before somebody.
    fn decide(&self, applicant: &Applicant) -> Input {
        match applicant {
            Applicant::Merchant { acquirer, merchant } if *acquirer == self.acquirer => {
                let listed = self.listing(merchant).cloned();
                listed.map_or(Input::Pended, |listing| Input::Approved(Approval::Merchant(listing)))
            }
            Applicant::Gateway { acquirer, .. } if *acquirer == self.acquirer => {
                Input::Approved(Approval::Gateway { name: self.gateway.clone() })
            }
            _ => {
                let unknown = "The acquirer does not know the applicant.";
                Input::Denied(denial(Reason::Acquirer, unknown))
            }
        }
    }
}

fn denial(reason: Reason, message: &str) -> Denial {
    Denial { reason, message: Some(message.to_owned()) }
}

fn input(decided: Result<Approval, Denial>) -> Input {
    decided.map_or_else(Input::Denied, Input::Approved)
}

impl Desk<AuthorityEnrolment> for IssuerRegistrar {
    fn perform<'a>(&'a self, key: &'a [u8], effect: Effect) -> Performing<'a, AuthorityEnrolment> {
        Box::pin(async move {
            let application: Box<Application> = match effect {
                Effect::Sign => return Some(Input::Sign),
                Effect::Verify(application) => application,
            };
            let Applicant::Cardholder { pan, expiry } = application.applicant else {
                return Some(Input::Denied(denial(Reason::Authority, "Cards only.")));
            };
            Some(input(self.ask(key, pan, expiry).await))
        })
    }
}

impl Desk<AuthorityEnrolment> for AcquirerRegistrar {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Effect) -> Performing<'a, AuthorityEnrolment> {
        Box::pin(async move {
            Some(match effect {
                Effect::Sign => Input::Sign,
                Effect::Verify(application) => self.decide(&application.applicant),
            })
        })
    }
}

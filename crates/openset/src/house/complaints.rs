//! How a party says that it refused a request: the Error message, signed by its own certificate.

use std::sync::Arc;

use openset_crypto::{Bag, Identity, Keys, Trust};
use openset_node::driver::{Complaint, Refused};
use openset_protocol::{complaint, letter::Letterhead};

/// What a party signs its Errors with.
pub(crate) struct Complaints {
    /// The one in use, for what was refused.
    pub(crate) identity: Box<dyn Fn(&Refused<'_>) -> Identity + Send + Sync>,
    pub(crate) keys: Arc<dyn Keys>,
    pub(crate) trust: Arc<Trust>,
    pub(crate) letterhead: Letterhead,
}

impl Complaints {
    /// The answer to a refused request, made when it is needed.
    pub(crate) fn complaint(self) -> Complaint {
        Box::new(move |refused| self.write(refused))
    }

    fn write(&self, refused: &Refused<'_>) -> Option<Vec<u8>> {
        let identity = (self.identity)(refused);
        let bag: Bag = self.trust.bag(&identity);
        let complainant = complaint::Complainant {
            identity: Some(&identity),
            bag: &bag,
            keys: self.keys.as_ref(),
            letterhead: &self.letterhead,
            suite: self.trust.suite(),
            now: refused.now,
            seed: refused.seed,
        };
        complaint::answer(refused.refusal, refused.octets, &complainant).unwrap_or_else(|unmade| {
            tracing::error!(%unmade, "an Error could not be written");
            None
        })
    }
}

//! The registrars: who says whether an applicant is who it says.
//!
//! Cardholders are known to their banks, which are asked as the form file says (`cards`).
//! Merchants and gateways are known to the acquirer by contract; its list is configuration. One
//! whose certificate was taken back, and who asks without another one that is believed, is put
//! before somebody.

mod cards;
mod http;
mod issuer;
mod records;
mod table;
mod taken_back;
mod tries;
mod words;

use openset_bank::acquirer::Merchant as BankMerchant;
use openset_node::{
    banks::demo_merchant,
    driver::{Desk, Performing},
};
use openset_protocol::{
    ca::{
        Applicant, Application, Approval, AuthorityEnrolment, Denial, Effect, Input, Listing,
        Reason,
    },
    enrolment::Occasion,
};
use openset_types::{Bin, MerchantId};

pub(crate) use self::{cards::CardRegistrar, issuer::IssuerRecords, taken_back::TakenBack};
use crate::demo::cast;

/// Looks merchants and gateways up in the acquirer's list.
pub(crate) struct AcquirerRegistrar {
    pub(crate) acquirer: Bin,
    pub(crate) merchants: Vec<(MerchantId, Listing)>,
    /// The name of its gateway.
    pub(crate) gateway: String,
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
                let message = Some("The acquirer does not know the applicant.".to_owned());
                Input::Denied(Denial { reason: Reason::Acquirer, message })
            }
        }
    }
}

/// The acquirer's list, at an authority that remembers what it has taken back.
pub(crate) struct AcquirerDesk {
    pub(crate) list: AcquirerRegistrar,
    pub(crate) taken_back: TakenBack,
}

impl AcquirerDesk {
    async fn verify(&self, application: &Application) -> Input {
        let decided = self.list.decide(&application.applicant);
        let is_anew = application.wanted.occasion == Occasion::First;
        if !is_anew || !matches!(decided, Input::Approved(_)) {
            return decided;
        }
        match self.taken_back.from(&application.applicant, &self.list.gateway).await {
            Ok(false) => decided,
            Ok(true) => Input::Pended,
            Err(error) => {
                tracing::error!("what was taken back is not known: {error:#}");
                Input::Pended
            }
        }
    }
}

impl Desk<AuthorityEnrolment> for AcquirerDesk {
    fn perform<'a>(&'a self, _: &'a [u8], effect: Effect) -> Performing<'a, AuthorityEnrolment> {
        Box::pin(async move {
            Some(match effect {
                Effect::Sign => Input::Sign,
                Effect::Verify(application) => self.verify(&application).await,
            })
        })
    }
}

/// The registrar of merchants and gateways.
pub(crate) fn of_acquirer() -> AcquirerRegistrar {
    let BankMerchant { id, name, .. } = demo_merchant();
    let listing = Listing {
        name,
        city: cast::CITY.to_owned(),
        postal_code: None,
        country: "France".to_owned(),
        country_code: cast::COUNTRY,
    };
    AcquirerRegistrar {
        acquirer: cast::acquirer_bin(),
        merchants: vec![(id, listing)],
        gateway: cast::GATEWAY.to_owned(),
    }
}

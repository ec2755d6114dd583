//! A payment gateway's registration with a brand.

use openset_crypto::{Authority, Certified, Purpose};
use openset_types::{Bin, Brand};
use openset_wire::{
    cert::{AcquirerId, IdData, RequestType},
    der::Numeric,
};
use serde::{Deserialize, Serialize};

pub use crate::enrolment::applicant::{
    Applied, Begin, Effect, Filled, Held, Input, Keys, Registration, Shown, Stage, Standing,
};
use crate::{
    enrolment::applicant::{Applicant, Registering},
    refusal::Refusal,
    role::Party,
    treatment::bounds,
};

/// The machine of a gateway's registration.
pub type GatewayRegistration = Registering<Gateway>;

/// A gateway as an applicant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gateway {}

/// Whose gateway it is.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The acquirer.
    pub acquirer: Bin,
    /// The acquirer's own number for its business, in digits.
    pub business: Option<String>,
}

impl Applicant for Gateway {
    const KIND: &'static str = "gateway.registration";
    const AUTHORITY: Authority = Authority::Gateway;
    const REQUEST: RequestType = RequestType::PgwyInitialBoth;
    const RENEWAL: RequestType = RequestType::PgwyRenewalBoth;
    const SIGNATURE: Purpose = Purpose::GatewaySignature;
    const ENCIPHERMENT: Purpose = Purpose::GatewayEncipherment;
    type Names = Names;

    fn id_data(names: &Names) -> Result<IdData, Refusal> {
        let business = names.business.as_deref().map(Numeric::new);
        Ok(IdData::AcquirerId(AcquirerId {
            acquirer_bin: names.acquirer.clone().into(),
            acquirer_business_id: business.transpose().map_err(bounds)?,
        }))
    }

    /// A gateway's certificate says nothing of its acquirer but a name for people.
    fn is_named(_: &Names, certificate: &Certified) -> bool {
        certificate.subject().common_name().is_some()
    }

    fn party(brand: Brand) -> Party {
        Party::GatewayAuthority(brand)
    }
}

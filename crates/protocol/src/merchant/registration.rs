//! A merchant's registration with a brand, at the authority of its acquirer.

use openset_crypto::{Authority, Certified, Purpose};
use openset_types::{Bin, Brand, MerchantId};
use openset_wire::cert::{IdData, MerchantAcquirerId, RequestType};
use serde::{Deserialize, Serialize};

pub use crate::enrolment::applicant::{
    Applied, Begin, Effect, Filled, Held, Input, Keys, Registration, Shown, Stage, Standing,
};
use crate::{
    enrolment::applicant::{Applicant, Registering},
    refusal::Refusal,
    role::Party,
};

/// The machine of a merchant's registration.
pub type MerchantRegistration = Registering<Merchant>;

/// A merchant as an applicant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merchant {}

/// What the acquirer knows a merchant by.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names {
    /// The acquirer.
    pub acquirer: Bin,
    /// The merchant's number there.
    pub merchant: MerchantId,
}

impl Applicant for Merchant {
    const KIND: &'static str = "merchant.registration";
    const AUTHORITY: Authority = Authority::Merchant;
    const REQUEST: RequestType = RequestType::MerInitialBoth;
    const RENEWAL: RequestType = RequestType::MerRenewalBoth;
    const SIGNATURE: Purpose = Purpose::MerchantSignature;
    const ENCIPHERMENT: Purpose = Purpose::MerchantEncipherment;
    type Names = Names;

    fn id_data(names: &Names) -> Result<IdData, Refusal> {
        Ok(IdData::MerchantAcquirerId(MerchantAcquirerId {
            merchant_bin: names.acquirer.clone().into(),
            merchant_id: names.merchant.clone().into(),
        }))
    }

    fn is_named(names: &Names, certificate: &Certified) -> bool {
        certificate.merchant().is_some_and(|merchant| {
            *merchant.mer_id == names.merchant && *merchant.mer_acquirer_bin == names.acquirer
        })
    }

    fn party(brand: Brand) -> Party {
        Party::MerchantAuthority(brand)
    }
}

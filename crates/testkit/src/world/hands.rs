//! Which machine an instance belongs to, found by the name of its kind, and which machine takes
//! a request.

use openset_protocol::{
    ca::AuthorityEnrolment,
    cardholder::{purchase::CardholderPurchase, registration::CardholderRegistration},
    gateway::{
        authorization::GatewayAuthorization, capture::GatewayCapture, refund::GatewayRefund,
        registration::GatewayRegistration,
    },
    merchant::{purchase::MerchantPurchase, registration::MerchantRegistration},
    role::Machine,
};

use super::{
    World,
    network::{Letter, Role},
    played::Played,
};

/// What the world does with the instances of one machine.
pub(super) struct Hands {
    /// A request comes.
    pub(super) is_asked: fn(&mut World, &Letter),
    /// The answer to an errand comes.
    pub(super) hears: fn(&mut World, &Letter),
    /// The time of an instance has come.
    pub(super) wakes: fn(&mut World, Role, &[u8]),
    /// An effect of an instance was interrupted: its errand, its key, and its note.
    pub(super) takes_up: fn(&mut World, Role, u64, &[u8], &[u8]),
}

impl Hands {
    fn of<M: Played>() -> Self {
        Self {
            is_asked: World::is_asked::<M>,
            hears: World::hears::<M>,
            wakes: World::wake::<M>,
            takes_up: World::interrupted::<M>,
        }
    }
}

/// By the name of a kind.
pub(super) fn hands(kind: &str) -> Hands {
    match kind {
        CardholderPurchase::KIND => Hands::of::<CardholderPurchase>(),
        CardholderRegistration::KIND => Hands::of::<CardholderRegistration>(),
        MerchantPurchase::KIND => Hands::of::<MerchantPurchase>(),
        MerchantRegistration::KIND => Hands::of::<MerchantRegistration>(),
        GatewayAuthorization::KIND => Hands::of::<GatewayAuthorization>(),
        GatewayCapture::KIND => Hands::of::<GatewayCapture>(),
        GatewayRefund::KIND => Hands::of::<GatewayRefund>(),
        GatewayRegistration::KIND => Hands::of::<GatewayRegistration>(),
        AuthorityEnrolment::KIND => Hands::of::<AuthorityEnrolment>(),
        other => unreachable!("nobody here plays {other}"),
    }
}

/// By the party that is asked and the name of the message. A wallet is not asked anything.
pub(super) fn asked(role: Role, name: &str) -> Option<Hands> {
    match role {
        Role::Wallet | Role::Issuer | Role::Acquirer => None,
        Role::Merchant => Some(Hands::of::<MerchantPurchase>()),
        Role::Gateway if name == "CapReq" => Some(Hands::of::<GatewayCapture>()),
        Role::Gateway if ["CapRevReq", "CredReq", "CredRevReq"].contains(&name) => {
            Some(Hands::of::<GatewayRefund>())
        }
        Role::Gateway => Some(Hands::of::<GatewayAuthorization>()),
        Role::CardholderAuthority | Role::MerchantAuthority | Role::GatewayAuthority => {
            Some(Hands::of::<AuthorityEnrolment>())
        }
    }
}

//! Payment instructions that were opened: signed by a cardholder, or, where this gateway's
//! certificate says that it takes them so, by nobody.

use openset_crypto::{
    Opened, Suite, Thumb, Verified, card,
    dual::Payment,
    unsigned::{self, Payment as UnsignedPayment},
};
use openset_types::{CardExpiry, MerchantId, Pan, UnixTime, Xid};
use openset_wire::payment::{CheckDigests, PiHead};

use super::authorization::Card;
use crate::{
    refusal::Refusal,
    role::{Claim, Register},
};

/// Opened instructions, and how far they prove whose they are.
#[derive(Debug)]
pub(super) enum Presented {
    /// Somebody with a certificate has signed them.
    Signed(Verified<Payment>),
    /// Nobody has: they are as they were sealed, and no more is known. Only suite `set10` has such.
    Unsigned(Opened<UnsignedPayment>),
}

impl Presented {
    /// What is paid, and to whom.
    pub(super) fn head(&self) -> &PiHead {
        match self {
            Self::Signed(payment) => payment.head.value(),
            Self::Unsigned(payment) => payment.value().head.value(),
        }
    }

    /// Whether they are tied to the order that the merchant has digested (A4, A5).
    pub(super) fn are_for(&self, order: &CheckDigests) -> bool {
        let h_oi_data = match self {
            Self::Signed(payment) => &payment.h_oi_data,
            Self::Unsigned(payment) => &payment.value().h_oi_data,
        };
        order.h_oi_data == *h_oi_data && order.hod2 == self.head().inputs.hod
    }

    /// The number of the card.
    pub(super) fn pan(&self) -> &Pan {
        match self {
            Self::Signed(payment) => &payment.pan_data.pan,
            Self::Unsigned(payment) => &payment.value().pan_token.pan,
        }
    }

    /// Its last month.
    pub(super) fn expiry(&self) -> &CardExpiry {
        match self {
            Self::Signed(payment) => &payment.pan_data.card_expiry,
            Self::Unsigned(payment) => &payment.value().pan_token.card_expiry,
        }
    }

    /// Which of the gateway's certificates they were sealed for.
    pub(super) fn sealed_for(&self) -> Thumb {
        match self {
            Self::Signed(payment) => payment.sealed_for,
            Self::Unsigned(payment) => payment.certificate(),
        }
    }

    /// When they were agreed to: when they were signed, or when the purchase began, as whoever
    /// sealed them was told by the merchant.
    pub(super) fn agreed_at(&self) -> UnixTime {
        match self {
            Self::Signed(payment) => payment.signed_at(),
            Self::Unsigned(_) => self.head().trans_ids.p_req_date.0,
        }
    }

    /// Their entry in the register of what was spent. Nobody's name is on what nobody has signed:
    /// there a purchase is spent once at its merchant, whoever pays for it.
    pub(super) fn consent(&self, merchant: &MerchantId) -> Claim {
        let xid = &self.head().trans_ids.xid.0;
        match self {
            Self::Signed(payment) => consent(&payment.signer().thumb(), xid),
            Self::Unsigned(_) => {
                let merchant = merchant.as_str().as_bytes();
                let key = [UNSIGNED, merchant, xid.as_bytes()].concat();
                Claim { register: Register::Spent, key }
            }
        }
    }

    /// Whether the stain is the one of somebody without a certificate, where there is none. That of
    /// a cardholder only its bank can check.
    pub(super) fn is_stained_rightly(&self, suite: Suite) -> Result<bool, Refusal> {
        match self {
            Self::Signed(_) => Ok(true),
            Self::Unsigned(_) => {
                let head = self.head();
                Ok(head.trans_stain == card::no_stain(suite, head.trans_ids.xid.0)?)
            }
        }
    }

    /// Whether the card is the one that the certificate beside it was given for (abuse case 8).
    /// Without a certificate there is nothing to hold it against.
    pub(super) fn is_of_its_card(&self) -> bool {
        match self {
            Self::Signed(payment) => card::is_of(payment.signer(), &payment.pan_data),
            Self::Unsigned(_) => true,
        }
    }

    /// The card alone.
    pub(super) fn into_card(self) -> Card {
        let (pan, expiry) = match self {
            Self::Signed(payment) => {
                let data = payment.into_value().pan_data;
                (data.pan, data.card_expiry)
            }
            Self::Unsigned(payment) => {
                let unsigned::Payment { pan_token, .. } = payment.into_value();
                (pan_token.pan, pan_token.card_expiry)
            }
        };
        Card { pan: pan.0, expiry: expiry.0 }
    }
}

/// The register entry of one consent: whose it is and for which purchase (A7).
pub(super) fn consent(cardholder: &Thumb, xid: &Xid) -> Claim {
    let key = [cardholder.as_bytes(), xid.as_bytes()].concat();
    Claim { register: Register::Spent, key }
}

/// What the entries of consents begin with that nobody has signed.
const UNSIGNED: &[u8] = b"unsigned";

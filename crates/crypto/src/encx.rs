//! Which parts of which messages EncX and EncBX put together.
//!
//! EncBX is EncX whose data is linked to baggage ([`link`](crate::link)): the signature is then
//! over the data, the digest of what travels beside the envelope, and the extra part inside it.

use openset_wire::{
    cert::{CertReqData, CertReqTbex, CertReqTbs},
    der::Original,
    opaque::Signed,
    payment::{
        AuthResTbex, AuthResTbs, AuthResTbsx, AuthToken, AuthTokenData, AuthTokenTbe, AuthTokenTbs,
        CapReqTbex, CapReqTbs, CapReqTbsx, CapRevReqTbex, CapRevReqTbs, CapRevReqTbsx,
        CapTokenData, CapTokenTbex, CapTokenTbs, CredReqTbex, CredReqTbs, CredReqTbsx,
        CredRevReqTbex, CredRevReqTbs, CredRevReqTbsx,
    },
    types::PanToken,
};

use crate::{
    Identity, Keys, SignedWithExtra, Suite, Unopened,
    envelope::{Opened, extra_alone, open_extra},
};

/// Says of each type what its data is, and what its signature is over.
macro_rules! signed_with_extra {
    ($($tbex:ident { $data:ident: $of:ident, $signature:ident: $tbs:ident };)*) => {
        $(impl SignedWithExtra for $tbex {
            type Data = $of;
            type Tbs = $tbs;

            fn new($data: Original<$of>, $signature: Signed<$tbs>) -> Self {
                Self { $data, $signature }
            }

            fn into_parts(self) -> (Original<$of>, Signed<$tbs>) {
                (self.$data, self.$signature)
            }
        })*
    };
}

// EncX.
signed_with_extra! {
    CertReqTbex { cert_req_data: CertReqData, s: CertReqTbs };
    AuthTokenTbe { auth_token_data: AuthTokenData, s: AuthTokenTbs };
    CapTokenTbex { cap_token_data: CapTokenData, s: CapTokenTbs };
}

// EncBX.
signed_with_extra! {
    AuthResTbex { auth_res_tbs: AuthResTbs, auth_res_s: AuthResTbsx };
    CapReqTbex { cap_req_tbs: CapReqTbs, cap_req_s: CapReqTbsx };
    CapRevReqTbex { cap_rev_req_tbs: CapRevReqTbs, cap_rev_req_s: CapRevReqTbsx };
    CredReqTbex { cred_req_tbs: CredReqTbs, cred_req_s: CredReqTbsx };
    CredRevReqTbex { cred_rev_req_tbs: CredRevReqTbs, cred_rev_req_s: CredRevReqTbsx };
}

/// What is needed of a gateway's token for a later authorization to open the card in it alone.
pub fn sealed_token_card(token: &AuthToken, suite: Suite) -> Result<Vec<u8>, Unopened> {
    extra_alone(token, suite)
}

/// The card of a token that was believed before, once more, from what [`sealed_token_card`] gave of
/// it. Of anything else it proves nothing.
pub fn reopen_token_card(
    sealed: &[u8],
    openers: &[Identity],
    suite: Suite,
    keys: &dyn Keys,
) -> Result<Opened<PanToken>, Unopened> {
    open_extra::<AuthTokenTbe, PanToken>(sealed, openers, suite, keys)
}

#[cfg(test)]
mod tests;

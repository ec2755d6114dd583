//! Authorization reversal: the merchant takes back an authorization, or part of it.

use rasn::{AsnType, Decode, Decoder, Encode, Encoder};

use super::{AuthReqData, AuthResPayload, AuthToken, CapToken, Pi};
use crate::{
    der::Original,
    opaque::{Linked, Merchant, PaymentGateway, Sealed, Signed},
    types::{CertThumb, CurrencyAmount, MsgExtensions, RrTags, Thumbs, TransIds},
    x509::BrandCrlIdentifier,
};

/// AuthRevReqTBE
///
/// What is sealed for the gateway.
pub type AuthRevReqTbe = Signed<AuthRevReqTbs>;

/// AuthRevReqTBS
///
/// The request, tied to its baggage.
pub type AuthRevReqTbs = Linked<AuthRevReqData, AuthRevReqBaggage>;

/// AuthRevResTBEB
///
/// What is sealed for the merchant where tokens travel beside it.
pub type AuthRevResTbeb = Signed<AuthRevResTbs>;

/// AuthRevResTBE
///
/// What is sealed for the merchant where nothing travels beside it.
pub type AuthRevResTbe = Signed<AuthRevResData>;

/// AuthRevResTBS
///
/// The answer, tied to its baggage.
pub type AuthRevResTbs = Linked<AuthRevResData, AuthRevResBaggage>;

/// AuthRevReq
///
/// The reversal request: what the merchant says, and beside it what the authorization was made of.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthRevReq {
    /// What was signed and sealed.
    pub enc: Sealed<AuthRevReqTbe, PaymentGateway>,
    /// What travels beside it, tied to it by a digest.
    pub baggage: Original<AuthRevReqBaggage>,
}

/// AuthRevReqBaggage
///
/// The payment instructions as they were shown before, and the token that came of them.
///
/// Both are choices under the same tags: which is which shows in their order, for the first is
/// always there.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthRevReqBaggage {
    /// Those of the authorization.
    pub pi: Pi,
    /// Token of the authorization.
    pub cap_token: Option<CapToken>,
}

/// AuthRevReqData
///
/// Which authorization is to become how much.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthRevReqData {
    /// Which question.
    pub auth_rev_tags: AuthRevTags,
    /// What the merchant has already.
    #[rasn(tag(explicit(context, 0)))]
    pub m_thumbs: Option<Thumbs>,
    /// What was asked before.
    #[rasn(tag(context, 1))]
    pub auth_req_data: Option<AuthReqData>,
    /// What was answered before.
    #[rasn(tag(context, 2))]
    pub auth_res_payload: Option<AuthResPayload>,
    /// The amount that is to stay; 0 takes all of it back.
    pub auth_new_amt: CurrencyAmount,
    /// What SET itself does not say.
    #[rasn(tag(context, 3))]
    pub a_rv_rq_extensions: Option<MsgExtensions>,
}

/// AuthRevTags
///
/// Names the question.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthRevTags {
    /// Which question.
    pub auth_rev_rr_tags: RrTags,
    /// Acquirer network reference.
    pub auth_ret_num: Option<u64>,
}

/// AuthRevRes
///
/// The reversal response.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
#[rasn(choice)]
pub enum AuthRevRes {
    /// With baggage.
    #[rasn(tag(explicit(context, 0)))]
    EncB(AuthRevResEncB),
    /// Without.
    #[rasn(tag(explicit(context, 1)))]
    Enc(Sealed<AuthRevResTbe, Merchant>),
}

/// AuthRevResEncB
///
/// The answer, and beside it the tokens that replace those of the authorization.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthRevResEncB {
    /// What was signed and sealed.
    pub enc: Sealed<AuthRevResTbeb, Merchant>,
    /// What travels beside it, tied to it by a digest.
    pub baggage: Original<AuthRevResBaggage>,
}

/// AuthRevResBaggage
///
/// The tokens that replace those of the authorization.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthRevResBaggage {
    /// Token for the capture of what is left.
    #[rasn(tag(explicit(context, 0)))]
    pub cap_token_new: Option<CapToken>,
    /// Token for a later authorization.
    #[rasn(tag(explicit(context, 1)))]
    pub auth_token_new: Option<AuthToken>,
}

/// AuthRevResData
///
/// What came of the reversal.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthRevResData {
    /// What came of it.
    pub auth_rev_code: AuthRevCode,
    /// Which question.
    pub auth_rev_tags: AuthRevTags,
    /// The brand's current list, if the other side lacks it.
    #[rasn(tag(explicit(context, 0)))]
    pub brand_crl_identifier: Option<BrandCrlIdentifier>,
    /// The gateway certificate to seal for.
    #[rasn(tag(explicit(context, 1)))]
    pub pe_thumb: Option<CertThumb>,
    /// The amount that is authorized now.
    pub auth_new_amt: CurrencyAmount,
    /// How the authorization stands now.
    pub auth_res_data_new: AuthResDataNew,
    /// What SET itself does not say.
    #[rasn(tag(context, 2))]
    pub a_rv_rs_extensions: Option<MsgExtensions>,
}

/// AuthResDataNew
///
/// The authorization as it stands after the reversal.
#[derive(Debug, Clone, PartialEq, Eq, AsnType, Decode, Encode)]
pub struct AuthResDataNew {
    /// Which purchase.
    pub trans_ids: TransIds,
    /// What is said in place of the answer before.
    pub auth_res_payload_new: Option<AuthResPayload>,
}

/// AuthRevCode
///
/// What came of a reversal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsnType, Decode, Encode)]
#[rasn(enumerated)]
pub enum AuthRevCode {
    /// `approved`
    Approved = 0,
    /// `unspecifiedFailure`
    UnspecifiedFailure = 1,
    /// `noReply`
    NoReply = 2,
    /// `amountError`
    AmountError = 3,
    /// `expiredCard`
    ExpiredCard = 4,
    /// `invalidTransaction`
    InvalidTransaction = 5,
    /// `systemError`
    SystemError = 6,
    /// `missingCapToken`
    MissingCapToken = 7,
    /// `invalidCapToken`
    InvalidCapToken = 8,
    /// `invalidAmount`
    InvalidAmount = 9,
}

//! AuthRes: what the gateway answers, sealed for the merchant that asked and for no other.

use openset_crypto::Purpose;
use openset_types::{ApprovalCode, Money, RetrievalReference};
use openset_wire::{
    der::{Original, Visible, decode},
    payment::{
        AuthCode, AuthHeader, AuthRes, AuthResBaggage, AuthResData, AuthResEncB, AuthResPayload,
        AuthTags, AuthToken, AuthValCodes, AvsResult, CapResPayload, CapToken, CardType, LogRefId,
        RespReason, ResponseData,
    },
    types::{CurrencyAmount, ForMerchant},
    wrapper::Message,
};

use super::{authorization::GatewayAuthorization, record::Question};
use crate::{kept::kept_path, refusal::Refusal, role::Env, treatment::bounds};

/// What an approval carries.
pub(crate) struct Approval<'a> {
    pub(crate) amount: Money,
    pub(crate) approval_code: &'a ApprovalCode,
    pub(crate) retrieval: &'a RetrievalReference,
    pub(crate) cap_token: CapToken,
    /// What came of taking the money with it.
    pub(crate) taken: Option<CapResPayload>,
    /// Stands for the payment instructions in the next authorization.
    pub(crate) auth_token: Option<AuthToken>,
}

/// The answer that says yes.
pub(crate) fn approve(
    question: &Question,
    approval: Approval<'_>,
    env: &Env<'_, GatewayAuthorization>,
) -> Result<Vec<u8>, Refusal> {
    let code = Visible::new(approval.approval_code.as_str()).map_err(bounds)?;
    let header = AuthHeader {
        auth_amt: approval.amount.into(),
        auth_code: AuthCode::Approved,
        response_data: ResponseData {
            auth_val_codes: Some(AuthValCodes {
                approval_code: Some(code),
                auth_char_ind: None,
                validation_code: None,
                market_spec_data_id: None,
            }),
            // Nobody answers in an issuer's place: a yes is its own.
            resp_reason: Some(RespReason::Issuer),
            log_ref_id: Some(LogRefId::new(approval.retrieval.as_str()).map_err(bounds)?),
            ..said(question)
        },
        batch_status: None,
        curr_conv: None,
    };
    let Approval { cap_token, taken, auth_token, .. } = approval;
    let baggage = AuthResBaggage { cap_token: Some(cap_token), acq_card_msg: None, auth_token };
    write(question, header, (baggage, taken), env)
}

/// The answer that says no, and why. Nothing was authorized.
pub(crate) fn refuse(
    question: &Question,
    auth_code: AuthCode,
    env: &Env<'_, GatewayAuthorization>,
) -> Result<Vec<u8>, Refusal> {
    let nothing = question.amount.map(|asked| Money::zero(asked.currency()).into());
    let header = AuthHeader {
        auth_amt: nothing.unwrap_or(NOTHING),
        auth_code,
        // Who says no is not told: a card that no issuer was asked about is declined alike.
        response_data: said(question),
        batch_status: None,
        curr_conv: None,
    };
    let baggage = AuthResBaggage { cap_token: None, acq_card_msg: None, auth_token: None };
    write(question, header, (baggage, None), env)
}

/// What is said of card and address to whoever asks: no issuer here tells their gateway.
fn said(question: &Question) -> ResponseData {
    ResponseData {
        auth_val_codes: None,
        resp_reason: None,
        card_type: question.wants_card_type.then_some(CardType::Unavailable),
        avs_result: question.has_address.then_some(AvsResult::ResultUnavailable),
        log_ref_id: None,
    }
}

/// Nothing, where no currency was understood: ISO 4217's number for none.
pub(super) const NOTHING: CurrencyAmount =
    CurrencyAmount { currency: 999, amount: 0, amt_exp10: 0 };

/// EncB(P, M, AuthResData, AuthResBaggage).
fn write(
    question: &Question,
    auth_header: AuthHeader,
    (baggage, cap_res_payload): (AuthResBaggage, Option<CapResPayload>),
    env: &Env<'_, GatewayAuthorization>,
) -> Result<Vec<u8>, Refusal> {
    let standing = env.standing;
    // A2: the answer names the merchant it is for.
    let for_merchant = ForMerchant {
        merchant_id: question.merchant.clone().into(),
        mer_thumb: question.merchant_signature.cert_thumb(env.suite())?,
    };
    let known = super::known(question.known.as_ref())?;
    let data = AuthResData {
        auth_tags: decode::<AuthTags>(question.tags.as_ref())?,
        brand_crl_identifier: env.unknown_bci(&standing.brand, known.as_ref()),
        pe_thumb: standing.announced(known.as_ref(), env)?,
        auth_res_payload: AuthResPayload {
            auth_header,
            cap_res_payload,
            a_rs_extensions: match env.suite().names_recipients() {
                true => Some(for_merchant.extension()?),
                false => None,
            },
        },
    };
    let baggage = Original::new(baggage)?;
    let linked = env.link(data, &baggage)?;
    let signed = standing.sign_for(&linked, known.as_ref(), env)?;
    let purpose = Purpose::MerchantEncipherment;
    let to = kept_path(&question.reply_to, purpose, &standing.brand, env)?;
    let enc = env.seal(&signed, &to)?;
    let message = Message::AuthRes(Box::new(AuthRes::EncB(AuthResEncB { enc, baggage })));
    let ids = Some(question.ids.message_ids());
    standing.letterhead.write(message, question.rrpid, ids, env.now)
}

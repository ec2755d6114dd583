//! AuthReq and AuthRes: the merchant asks the gateway whether the payment is good.

use openset_crypto::{Purpose, Thumb};
use openset_types::{Brand, Money, Rrpid, UnixTime};
use openset_wire::{
    der::{Original, encode},
    payment::{
        AuthCode, AuthReq, AuthReqData, AuthReqItem, AuthReqPayload, AuthRes, AuthResData,
        AuthTags, CapToken, CheckDigests, MerchData, Pi,
    },
    types::ForMerchant,
    wrapper::Message,
};

use super::{
    Account,
    consent::Consent,
    order::{Asked, Authorized, Verdict},
};
use crate::{
    acceptance,
    octets::Octets,
    purchase_ids::PurchaseIds,
    refusal::Refusal,
    role::{Env, Machine},
};

/// What the gateway is asked.
pub(crate) struct Question<'a> {
    pub(crate) rrpid: Rrpid,
    pub(crate) ids: &'a PurchaseIds,
    pub(crate) brand: &'a Brand,
    pub(crate) amount: Money,
    pub(crate) check_digests: CheckDigests,
    pub(crate) pi: &'a Original<Pi>,
}

impl Question<'_> {
    /// AuthReq: EncB(M, P, AuthReqData, PI).
    ///
    /// The merchant's certificate for sealing goes along, because the answer is sealed for it.
    pub(crate) fn message<M: Machine>(
        &self,
        account: &Account,
        env: &Env<'_, M>,
    ) -> Result<Message, Refusal> {
        let linked = env.link(self.data(account, env)?, self.pi)?;
        let signed = env.sign_with(&linked, &account.signature, &account.bag(env))?;
        let enc = env.seal(&signed, &*account.gateway_path(self.brand, env)?)?;
        Ok(Message::AuthReq(Box::new(AuthReq { enc, baggage: self.pi.clone() })))
    }

    /// What is kept of it, to take it back.
    pub(crate) fn asked<M: Machine>(
        &self,
        account: &Account,
        env: &Env<'_, M>,
    ) -> Result<Asked, Refusal> {
        let data = AuthReqData { m_thumbs: None, ..self.data(account, env)? };
        let signed_with = account.signature.thumb(env.suite());
        Ok(Asked::of(encode(&data)?, self.pi.octets(), signed_with))
    }

    fn data<M: Machine>(
        &self,
        account: &Account,
        env: &Env<'_, M>,
    ) -> Result<AuthReqData, Refusal> {
        Ok(AuthReqData {
            auth_req_item: AuthReqItem {
                auth_tags: AuthTags {
                    auth_rr_tags: account.tags(self.rrpid, env.now),
                    trans_ids: self.ids.trans_ids(),
                    auth_ret_num: None,
                },
                check_digests: Some(self.check_digests.clone()),
                auth_req_payload: self.payload(account),
            },
            m_thumbs: env.trust.thumbs(self.brand)?,
            capture_now: false,
            sale_detail: None,
        })
    }

    fn payload(&self, account: &Account) -> AuthReqPayload {
        AuthReqPayload {
            subsequent_auth_ind: false,
            auth_req_amt: self.amount.into(),
            avs_data: None,
            special_processing: None,
            card_suspect: None,
            request_card_type_ind: false,
            install_recur_data: None,
            market_spec_auth_data: None,
            merch_data: MerchData {
                merch_cat_code: Some(account.category.clone().into()),
                merch_group: None,
            },
            a_rq_extensions: None,
        }
    }
}

/// What the gateway answered, verified.
#[derive(Debug)]
pub struct Answer {
    data: AuthResData,
    cap_token: Option<CapToken>,
}

impl Answer {
    /// AuthRes: opens and verifies it.
    pub(crate) fn open<M: Machine>(
        message: &AuthRes,
        account: &Account,
        (consent, signed_with): (&Consent, Option<Thumb>),
        env: &Env<'_, M>,
    ) -> Result<Self, Refusal> {
        let AuthRes::EncB(answer) = message else {
            return Err(Refusal::GatewayReturnedCardNumber);
        };
        account.recall_gateway(&consent.brand, env);
        let (openers, brand) = (&account.encipherments, Some(&consent.brand));
        let linked = env.open_signed(&answer.enc, openers, Purpose::GatewaySignature, brand)?;
        account.require_gateway(&linked)?;
        env.require_linked(&linked, &answer.baggage)?;
        let data = linked.t1.value().clone();
        require_for(account, signed_with, &data, env)?;
        Ok(Self { data, cap_token: answer.baggage.cap_token.clone() })
    }

    /// Checks that this answers that question (A2, abuse case 9).
    pub(crate) fn is_to(
        &self,
        rrpid: Rrpid,
        consent: &Consent,
        account: &Account,
    ) -> Result<(), Refusal> {
        let AuthTags { auth_rr_tags, trans_ids, .. } = &self.data.auth_tags;
        let is_ours = auth_rr_tags.rrpid.0 == rrpid
            && auth_rr_tags.mer_term_ids.merchant_id.0 == account.merchant
            && consent.ids.are(trans_ids);
        if is_ours { Ok(()) } else { Err(Refusal::GatewayAnsweredAnother) }
    }

    /// The request/response pair this answer belongs to.
    pub(crate) fn rrpid(&self) -> Rrpid {
        self.data.auth_tags.auth_rr_tags.rrpid.0
    }

    /// What it means: an authorization, or why there is none.
    pub(crate) fn verdict(
        self,
        consent: Consent,
        asked: Money,
        now: UnixTime,
    ) -> Result<Result<Authorized, Verdict>, Refusal> {
        let header = &self.data.auth_res_payload.auth_header;
        if header.auth_code != AuthCode::Approved {
            return Ok(Err(Verdict::Because(header.auth_code)));
        }
        let got = header.auth_amt.money()?;
        if got != asked {
            return Err(Refusal::GatewayChangedAmount { asked, got });
        }
        let Some(cap_token) = self.cap_token else {
            return Err(Refusal::GatewayTokenAltered);
        };
        let codes = header.response_data.auth_val_codes.as_ref();
        let approval_code = codes.and_then(|codes| codes.approval_code.as_ref());
        Ok(Ok(Authorized {
            consent,
            rrpid: self.data.auth_tags.auth_rr_tags.rrpid.0,
            amount: got,
            at: now,
            approval_code: approval_code.map(ToString::to_string),
            cap_token: Octets(encode(&cap_token)?),
            capture_refused: None,
            void_refused: None,
            asked: None,
        }))
    }
}

/// The answer must name the merchant it was made for: another merchant's answer, sealed anew
/// for this one, is refused (A2). It names the certificate that signed the question, which may be
/// another by now. In suite `set10` it names none.
fn require_for<M: Machine>(
    account: &Account,
    signed_with: Option<Thumb>,
    data: &AuthResData,
    env: &Env<'_, M>,
) -> Result<(), Refusal> {
    let extensions = &data.auth_res_payload.a_rs_extensions;
    if !env.suite().names_recipients() {
        return acceptance::understood(extensions, &[]);
    }
    acceptance::understood(extensions, &[ForMerchant::oid()])?;
    let named = ForMerchant::find(extensions)?;
    let signer = signed_with.unwrap_or_else(|| account.signature.thumb(env.suite()));
    let own = ForMerchant {
        merchant_id: account.merchant.clone().into(),
        mer_thumb: signer.cert_thumb(env.suite())?,
    };
    if named == Some(own) { Ok(()) } else { Err(Refusal::GatewayAnsweredAnother) }
}

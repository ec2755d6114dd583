//! AuthReq and AuthRes: the merchant asks the gateway whether the payment is good.

use openset_crypto::Thumb;
use openset_types::{Brand, Money, Rrpid, Terms, UnixTime};
use openset_wire::{
    der::{Original, encode},
    payment::{
        AuthCode, AuthReq, AuthReqData, AuthReqItem, AuthReqPayload, AuthRes, AuthResBaggage,
        AuthResData, AuthTags, AuthToken, CapCode, CapToken, CheckDigests, MerchData, Pi,
    },
    types::{CertThumb, ForMerchant, InstallRecurData},
    wrapper::Message,
};

use super::{
    Account,
    capture::{Taken, place},
    consent::Consent,
    order::{Asked, Authorized, Verdict},
    parts::Next,
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
    /// What the payment instructions are held against. A token stands for some that were.
    pub(crate) check_digests: Option<CheckDigests>,
    pub(crate) pi: &'a Original<Pi>,
    /// Whether the money is taken with it.
    pub(crate) is_sale: bool,
    /// Whether more will be authorized after it.
    pub(crate) is_more: bool,
    /// On which terms, as the cardholder signed them.
    pub(crate) terms: Option<Terms>,
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
                check_digests: self.check_digests.clone(),
                auth_req_payload: self.payload(account),
            },
            m_thumbs: account.known(self.brand, env)?,
            capture_now: self.is_sale,
            sale_detail: None,
        })
    }

    fn payload(&self, account: &Account) -> AuthReqPayload {
        AuthReqPayload {
            subsequent_auth_ind: self.is_more,
            auth_req_amt: self.amount.into(),
            avs_data: None,
            special_processing: None,
            card_suspect: None,
            request_card_type_ind: false,
            install_recur_data: self.terms.map(InstallRecurData::from),
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
    auth_token: Option<AuthToken>,
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
        let linked = account.open(&answer.enc, &consent.brand, env)?;
        env.require_linked(&linked, &answer.baggage)?;
        let data = linked.t1.value().clone();
        require_for(account, signed_with, &data, env)?;
        let AuthResBaggage { cap_token, auth_token, .. } = answer.baggage.value().clone();
        Ok(Self { data, cap_token, auth_token })
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

    /// PEThumb: the certificate that the gateway wants sealed for, if it is another one.
    pub(crate) fn pe_thumb(&self) -> Option<&CertThumb> {
        self.data.pe_thumb.as_ref()
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

impl Answer {
    /// What the next part is authorized with, if this authorized one and more may be.
    pub(crate) fn next(&self) -> Result<Option<Next>, Refusal> {
        let header = &self.data.auth_res_payload.auth_header;
        let token = self.auth_token.as_ref().filter(|_| header.auth_code == AuthCode::Approved);
        token.map(|token| Next::of(self.rrpid(), token)).transpose()
    }

    /// What came of taking the money with the authorization: how much was taken, or why nothing
    /// was. Nothing if the gateway says nothing of it.
    pub(crate) fn taken(
        &self,
        asked: Money,
        is_sale: bool,
    ) -> Result<Option<Result<Taken, CapCode>>, Refusal> {
        let Some(payload) = &self.data.auth_res_payload.cap_res_payload else { return Ok(None) };
        if payload.cap_code != CapCode::Success {
            return Ok(is_sale.then_some(Err(payload.cap_code)));
        }
        let got = payload.cap_amt.money()?;
        let is_approved = self.data.auth_res_payload.auth_header.auth_code == AuthCode::Approved;
        let asked = if is_sale && is_approved { asked } else { Money::zero(asked.currency()) };
        if got == asked {
            let place = place(payload.batch_id, payload.batch_sequence_num);
            Ok(Some(Ok(Taken { amount: got, place })))
        } else {
            Err(Refusal::GatewayChangedAmount { asked, got })
        }
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
    acceptance::understood(data, acceptance::in_answers(env.suite()).as_slice())?;
    if !env.suite().names_recipients() {
        return Ok(());
    }
    let named = ForMerchant::find(extensions)?;
    let signer = signed_with.unwrap_or_else(|| account.signature.thumb(env.suite()));
    let own = ForMerchant {
        merchant_id: account.merchant.clone().into(),
        mer_thumb: signer.cert_thumb(env.suite())?,
    };
    if named == Some(own) { Ok(()) } else { Err(Refusal::GatewayAnsweredAnother) }
}

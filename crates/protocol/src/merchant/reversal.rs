//! AuthRevReq and AuthRevRes: the merchant gives up an authorization, or a part of it, before the
//! money is taken.

use openset_types::{Brand, Money, Rrpid};
use openset_wire::{
    der::{Original, decode, encode},
    payment::{
        AuthReqData, AuthRevCode, AuthRevReq, AuthRevReqBaggage, AuthRevReqData, AuthRevRes,
        AuthRevResBaggage, AuthRevResData, AuthRevTags, AuthToken, CapToken, Pi,
    },
    types::CertThumb,
    wrapper::Message,
};

use super::{Account, consent::Consent, order::Asked};
use crate::{
    acceptance,
    octets::Octets,
    refusal::Refusal,
    role::{Env, Machine},
};

/// What the gateway is asked to take back.
pub(crate) struct Question<'a> {
    pub(crate) rrpid: Rrpid,
    /// What it was asked before.
    pub(crate) asked: &'a Asked,
    /// What it answered, if that has come.
    pub(crate) cap_token: Option<&'a Octets>,
    /// How much is to stay: nothing if all of it is given up.
    pub(crate) remains: Money,
}

impl Question<'_> {
    /// AuthRevReq: EncB(M, P, AuthRevReqData, AuthRevReqBaggage).
    pub(crate) fn message<M: Machine>(
        &self,
        account: &Account,
        brand: &Brand,
        env: &Env<'_, M>,
    ) -> Result<Message, Refusal> {
        let data = AuthRevReqData {
            auth_rev_tags: AuthRevTags {
                auth_rev_rr_tags: account.tags(self.rrpid, env.now),
                auth_ret_num: None,
            },
            m_thumbs: account.known(brand, env)?,
            auth_req_data: Some(decode::<AuthReqData>(self.asked.data.as_ref())?),
            auth_res_payload: None,
            auth_new_amt: self.remains.into(),
            a_rv_rq_extensions: None,
        };
        let pi = decode::<Pi>(self.asked.instructions.as_ref())?;
        let cap_token =
            self.cap_token.map(|token| decode::<CapToken>(token.as_ref())).transpose()?;
        let baggage = Original::new(AuthRevReqBaggage { pi, cap_token })?;
        let linked = env.link(data, &baggage)?;
        let signed = env.sign_with(&linked, &account.signature, &account.bag(env))?;
        let enc = env.seal(&signed, &*account.gateway_path(brand, env)?)?;
        Ok(Message::AuthRevReq(Box::new(AuthRevReq { enc, baggage })))
    }
}

/// What the gateway answered, verified.
#[derive(Debug)]
pub struct Answer {
    data: AuthRevResData,
    cap_token: Option<CapToken>,
    auth_token: Option<AuthToken>,
}

impl Answer {
    /// AuthRevRes: opens and verifies it.
    pub(crate) fn open<M: Machine>(
        message: &AuthRevRes,
        account: &Account,
        brand: &Brand,
        env: &Env<'_, M>,
    ) -> Result<Self, Refusal> {
        let answer = match message {
            AuthRevRes::Enc(sealed) => {
                let said = account.open(sealed, brand, env)?;
                Self { data: said.into_value(), cap_token: None, auth_token: None }
            }
            AuthRevRes::EncB(answer) => {
                let linked = account.open(&answer.enc, brand, env)?;
                env.require_linked(&linked, &answer.baggage)?;
                let AuthRevResBaggage { cap_token_new: cap_token, auth_token_new: auth_token } =
                    answer.baggage.value().clone();
                Self { data: linked.t1.value().clone(), cap_token, auth_token }
            }
        };
        acceptance::understood(&answer.data, acceptance::in_answers(env.suite()).as_slice())?;
        Ok(answer)
    }

    /// The request/response pair this answer belongs to.
    pub(crate) fn rrpid(&self) -> Rrpid {
        self.data.auth_rev_tags.auth_rev_rr_tags.rrpid.0
    }

    /// PEThumb: the certificate that the gateway wants sealed for, if it is another one.
    pub(crate) fn pe_thumb(&self) -> Option<&CertThumb> {
        self.data.pe_thumb.as_ref()
    }

    /// What came of it, if this answers that question about that purchase (A2, abuse case 9). A yes
    /// must say that what was to stay stays.
    pub(crate) fn outcome(
        &self,
        (rrpid, remains): (Rrpid, Money),
        consent: &Consent,
        account: &Account,
    ) -> Result<AuthRevCode, Refusal> {
        let tags = &self.data.auth_rev_tags.auth_rev_rr_tags;
        let is_ours = tags.rrpid.0 == rrpid
            && tags.mer_term_ids.merchant_id.0 == account.merchant
            && consent.ids.are(&self.data.auth_res_data_new.trans_ids);
        if !is_ours {
            return Err(Refusal::GatewayAnsweredAnother);
        }
        if self.data.auth_rev_code == AuthRevCode::Approved {
            let got = self.data.auth_new_amt.money()?;
            if got != remains {
                return Err(Refusal::GatewayChangedAmount { asked: remains, got });
            }
        }
        Ok(self.data.auth_rev_code)
    }

    /// The token for the next authorization, where the old one is worth nothing any more.
    pub(crate) fn auth_token(&self) -> Option<&AuthToken> {
        self.auth_token.as_ref()
    }

    /// The token for what is left.
    pub(crate) fn token(&self) -> Result<Octets, Refusal> {
        let token = self.cap_token.as_ref().ok_or(Refusal::GatewayTokenAltered)?;
        Ok(encode(token)?.into())
    }
}

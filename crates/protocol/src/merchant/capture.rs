//! CapReq and CapRes: the merchant asks for money that authorizations hold, one or many at once.

use openset_types::{BatchNumber, BatchPlace, Brand, Money, Rrpid, UnixTime};
use openset_wire::{
    der::{Original, decode},
    payment::{
        CapCode, CapEncB, CapItem, CapPayload, CapReq, CapReqData, CapRes, CapResData, CapToken,
        CapTokenSeq,
    },
    types::{CertThumb, CurrencyAmount, TransIds},
    wrapper::Message,
};

use super::{Account, order::Authorized};
use crate::{
    acceptance,
    refusal::Refusal,
    role::{Env, Machine},
};

/// One authorization to take money from.
#[derive(Debug, Clone)]
pub(crate) struct Item<'a> {
    /// What holds the money.
    pub authorized: &'a Authorized,
    /// How much of it is taken.
    pub amount: Money,
}

impl Item<'_> {
    fn capture(&self, now: UnixTime) -> CapItem {
        CapItem {
            trans_ids: self.authorized.consent.ids.trans_ids(),
            auth_rrpid: self.authorized.rrpid.into(),
            cap_payload: CapPayload {
                cap_date: now.into(),
                cap_req_amt: self.amount.into(),
                auth_req_item: None,
                auth_res_payload: None,
                sale_detail: None,
                c_pay_extensions: None,
            },
        }
    }
}

/// CapReq: EncB(M, P, CapReqData, CapTokenSeq). Tokens stand in the order of the items.
pub(crate) fn message<M: Machine>(
    rrpid: Rrpid,
    items: &[Item<'_>],
    account: &Account,
    brand: &Brand,
    env: &Env<'_, M>,
) -> Result<Message, Refusal> {
    let data = CapReqData {
        cap_rr_tags: account.tags(rrpid, env.now),
        m_thumbs: account.known(brand, env)?,
        cap_item_seq: items.iter().map(|item| item.capture(env.now)).collect(),
        c_rq_extensions: None,
    };
    let tokens = items
        .iter()
        .map(|item| Ok(decode::<CapToken>(item.authorized.cap_token.as_ref())?))
        .collect::<Result<Vec<_>, Refusal>>()?;
    let baggage = Original::new(CapTokenSeq(tokens))?;
    let linked = env.link(data, &baggage)?;
    let signed = env.sign_with(&linked, &account.signature, &account.bag(env))?;
    let enc = env.seal(&signed, &*account.gateway_path(brand, env)?)?;
    Ok(Message::CapReq(Box::new(CapReq::EncB(CapEncB { enc, baggage }))))
}

/// What the gateway answered, verified.
#[derive(Debug)]
pub struct Answer(CapResData);

impl Answer {
    /// CapRes: opens and verifies it.
    pub(crate) fn open<M: Machine>(
        message: &CapRes,
        account: &Account,
        brand: &Brand,
        env: &Env<'_, M>,
    ) -> Result<Self, Refusal> {
        let data = account.open(message, brand, env)?.into_value();
        acceptance::understood(&data, &[])?;
        Ok(Self(data))
    }

    /// The request/response pair this answer belongs to.
    pub(crate) fn rrpid(&self) -> Rrpid {
        self.0.cap_rr_tags.rrpid.0
    }

    /// PEThumb: the certificate that the gateway wants sealed for, if it is another one.
    pub(crate) fn pe_thumb(&self) -> Option<&CertThumb> {
        self.0.pe_thumb.as_ref()
    }

    /// What came of one item: how much was taken, or why nothing was.
    pub(crate) fn outcome(
        &self,
        item: &Item<'_>,
        account: &Account,
    ) -> Result<Result<Taken, CapCode>, Refusal> {
        if self.0.cap_rr_tags.mer_term_ids.merchant_id.0 != account.merchant {
            return Err(Refusal::GatewayAnsweredAnother);
        }
        let is_this = |ids: &TransIds, rrpid: Rrpid| {
            rrpid == item.authorized.rrpid && item.authorized.consent.ids.are(ids)
        };
        let answers = self.0.cap_res_item_seq.iter();
        let mut answers = answers.filter(|one| is_this(&one.trans_ids, one.auth_rrpid.0));
        let (Some(answer), None) = (answers.next(), answers.next()) else {
            return Err(Refusal::GatewayAnsweredAnother);
        };
        match answer.cap_res_payload.cap_code {
            CapCode::Success => {
                let said = &answer.cap_res_payload;
                let amount = taken(&said.cap_amt, item.amount)?;
                Ok(Ok(Taken { amount, place: place(said.batch_id, said.batch_sequence_num) }))
            }
            refused => Ok(Err(refused)),
        }
    }
}

/// What was taken, and where it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    /// How much.
    pub(crate) amount: Money,
    /// Where the bank counts it, if it says.
    pub(crate) place: Option<BatchPlace>,
}

/// Where something is counted, if both halves of it are said.
pub(super) fn place(batch: Option<u64>, position: Option<u64>) -> Option<BatchPlace> {
    let batch = BatchNumber::new(batch?).ok()?;
    Some(BatchPlace { batch, position: position? })
}

fn taken(answered: &CurrencyAmount, asked: Money) -> Result<Money, Refusal> {
    let got = answered.money()?;
    if got == asked { Ok(got) } else { Err(Refusal::GatewayChangedAmount { asked, got }) }
}

//! AuthRevReq: opened and verified, and which authorization it is about.

use std::convert::identity;

use openset_crypto::{Verified, digest, dual, sealed_token_card, unsigned};
use openset_types::{MerchantId, Money, Rrpid};
use openset_wire::{
    der::encode,
    payment::{AuthReqData, AuthRevReq, AuthRevReqTbs, CapToken, Pi},
};

use super::super::{
    auth_token,
    authorization::{Environment, Input},
    heard::{asker, believe},
    keep_known,
    record::{Asker, Question},
    request::category,
    token::{self, used},
};
use crate::{
    acceptance::{self, same_ids, same_rrpid},
    octets::Octets,
    purchase_ids::PurchaseIds,
    refusal::Refusal,
    role::{Admitted, Lookup, Received},
};

/// What a merchant takes back. What it says is believed.
#[derive(Debug)]
pub struct Request {
    pub(super) asker: Asker,
    pub(super) shown: Shown,
    /// How much is to stay, if it is an amount.
    pub(super) remains: Option<Money>,
    /// The question that is taken back, as the merchant repeats it.
    pub(super) named: Question,
    /// The card, sealed as it came.
    pub(super) card: Octets,
    merchant: MerchantId,
    /// The digest of the payment instructions beside it.
    instructions: Octets,
}

/// What a merchant shows for an authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// No token.
    Nothing,
    /// One that does not open, or is for another authorization or merchant.
    Unfit,
    /// This gateway's token for it: the first, or the one after so many.
    Token(u8),
}

impl Request {
    /// Whether it is the merchant's own authorization, of these payment instructions.
    pub(super) fn is_about(&self, question: &Question) -> bool {
        self.merchant == question.merchant
            && self.asker.ids == question.ids
            && question.instructions.as_ref() == Some(&self.instructions)
    }

    /// How much is to stay of what was asked for.
    pub(super) fn remains_of(&self, question: &Question) -> Option<Money> {
        let currency = |amount: Money| amount.currency();
        self.remains.filter(|remains| {
            question.amount.map(currency).is_none_or(|known| known == remains.currency())
        })
    }
}

/// Opens and verifies a request, and finds the authorization that it names.
pub(in super::super) fn admit(
    request: &Received,
    message: &AuthRevReq,
    rrpid: Rrpid,
    env: &Environment<'_>,
) -> Result<Admitted<Input>, Refusal> {
    let linked = believe(&message.enc, &message.baggage, identity, env)?;
    let data = linked.t1.value();
    let tags = &data.auth_rev_tags;
    same_rrpid(rrpid, tags.auth_rev_rr_tags.rrpid.0)?;
    acceptance::understood(data, acceptance::in_answers(env.suite()).as_slice())?;
    let (merchant, reply_to) = asker(&linked, &tags.auth_rev_rr_tags, env)?;
    let pi = &message.baggage.value().pi;
    let instructions: Octets = digest(env.suite(), pi)?.as_bytes().into();
    let repeated = Repeated { merchant: &merchant, reply_to: &reply_to, linked: &linked };
    // Nothing else in the message says which authorization is meant.
    let asked = data.auth_req_data.as_ref().ok_or(Refusal::SenderNamedUnknownPurchase)?;
    same_ids(&request.wrapper.message_header, &asked.auth_req_item.auth_tags.trans_ids)?;
    let named = repeated.question(asked, &instructions, env)?;
    let shown = shown(message.baggage.value().cap_token.as_ref(), &named, env);
    let authorization = named.rrpid;
    let asker = Asker {
        rrpid,
        ids: named.ids.clone(),
        reply_to,
        tags: encode(tags)?.into(),
        known: keep_known(data.m_thumbs.as_ref())?,
        due: env.now,
    };
    Ok(Admitted {
        instance: Lookup::Key(authorization.as_bytes().to_vec()),
        held: (0..=super::LOWERED_MAX)
            .flat_map(|token| {
                [used(&authorization, token), auth_token::used(&authorization, token)]
            })
            .collect(),
        input: Input::AuthRevReq(Box::new(Request {
            asker,
            shown,
            remains: data.auth_new_amt.money().ok(),
            named,
            card: sealed_card(pi, env),
            merchant,
            instructions,
        })),
    })
}

/// The card, still sealed. Where there is none the instructions are not those that were authorized.
fn sealed_card(pi: &Pi, env: &Environment<'_>) -> Octets {
    match pi {
        Pi::PiDualSigned(pi) => dual::sealed_card(pi, env.suite()).unwrap_or_default().into(),
        Pi::AuthToken(token) => sealed_token_card(token, env.suite()).unwrap_or_default().into(),
        Pi::PiUnsigned(pi) => unsigned::sealed_card(pi, env.suite()).unwrap_or_default().into(),
    }
}

/// A merchant that repeats what it asked before.
struct Repeated<'a> {
    merchant: &'a MerchantId,
    reply_to: &'a [Octets],
    linked: &'a Verified<AuthRevReqTbs>,
}

impl Repeated<'_> {
    /// The question that it repeats.
    fn question(
        &self,
        asked: &AuthReqData,
        instructions: &Octets,
        env: &Environment<'_>,
    ) -> Result<Question, Refusal> {
        let item = &asked.auth_req_item;
        let tags = &item.auth_tags;
        if tags.auth_rr_tags.mer_term_ids.merchant_id.0 != *self.merchant {
            return Err(Refusal::MerchantNamedAnother);
        }
        Ok(Question {
            rrpid: tags.auth_rr_tags.rrpid.0,
            ids: PurchaseIds::read(&tags.trans_ids).ok_or(Refusal::SenderNamedUnknownLabel)?,
            merchant: self.merchant.clone(),
            merchant_signature: self.linked.signer().thumb(),
            reply_to: self.reply_to.to_vec(),
            category: category(asked),
            amount: item.auth_req_payload.auth_req_amt.money().ok(),
            tags: encode(tags)?.into(),
            known: keep_known(asked.m_thumbs.as_ref())?,
            instructions: Some(instructions.clone()),
            is_sale: asked.capture_now,
            wants_card_type: item.auth_req_payload.request_card_type_ind,
            has_address: item.auth_req_payload.avs_data.is_some(),
            further: None,
            at: env.now,
        })
    }
}

/// What a token is worth for the authorization that is named.
fn shown(token: Option<&CapToken>, named: &Question, env: &Environment<'_>) -> Shown {
    let token = match token {
        None | Some(CapToken::Null(())) => return Shown::Nothing,
        Some(token) => token::open(token, env),
    };
    match token {
        Ok(token)
            if token.rrpid == named.rrpid
                && token.notes.merchant == named.merchant
                && token.notes.xid == named.ids.xid =>
        {
            Shown::Token(token.notes.generation)
        }
        _ => Shown::Unfit,
    }
}

//! PInitReq and PInitRes: the merchant proves who it is, and whom the card will be sealed for.

use openset_crypto::{Certified, Path, Purpose, Thumb};
use openset_types::{LidC, MerchantId, Money, Rrpid, Terms};
use openset_wire::{
    der::{decode, encode},
    payment::{PInitReq, PInitRes, PInitResData},
    types::Thumbs,
    wrapper::MessageIds,
};
use serde::{Deserialize, Serialize};

use super::{
    purchase::CardholderPurchase,
    record::{Agreed, Asked, Offered, Purchase, Stage},
};
use crate::{
    acceptance::{self, same_ids, same_rrpid},
    kept::keep_path,
    octets::Octets,
    purchase_ids::PurchaseIds,
    refusal::Refusal,
    role::{Env, Received},
};

/// Who a merchant is, by its certificate and nothing else.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MerchantFace {
    /// The number its acquirer knows it by.
    pub merchant: MerchantId,
    /// Its name, as it will stand on the statement.
    pub name: String,
    /// Its city.
    pub city: String,
    /// Its country.
    pub country: String,
    /// Who certified it.
    pub certified_by: String,
}

/// What the owner is asked to consent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentSummary {
    /// Who is paid.
    pub merchant: MerchantFace,
    /// How much: in all, or each time if the terms say so.
    pub amount: Money,
    /// On which terms, if the shop may charge more than once.
    pub terms: Option<Terms>,
    /// The order number.
    pub order: String,
    /// What was ordered, as the shop's page described it.
    pub description: String,
    /// Who will read the card.
    pub gateway: String,
}

impl Purchase {
    /// What the owner is asked to consent to, while that is to be decided. The amount is the one
    /// that will be signed.
    pub fn consent_summary(&self) -> Option<ConsentSummary> {
        let Stage::Offered(offered) = &self.stage else { return None };
        Some(ConsentSummary {
            merchant: offered.merchant.clone(),
            amount: self.agreed.amount,
            terms: self.agreed.terms,
            order: String::from_utf8_lossy(self.agreed.lid_m.as_bytes()).into_owned(),
            description: String::from_utf8_lossy(self.agreed.description.as_ref()).into_owned(),
            gateway: offered.gateway.clone(),
        })
    }
}

/// PInitReq, what its answer must repeat, and what the wallet said it knows.
pub(crate) struct Request {
    pub(crate) message: PInitReq,
    pub(crate) lid_c: LidC,
    pub(crate) asked: Asked,
    pub(crate) thumbs: Option<Octets>,
    pub(crate) ids: MessageIds,
}

impl Request {
    /// Draws a request for an offer.
    pub(crate) fn draw(
        agreed: &Agreed,
        env: &Env<'_, CardholderPurchase>,
    ) -> Result<Self, Refusal> {
        let mut draw = env.draw();
        let (rrpid, lid_c, chall_c) = (draw.rrpid(), draw.local_id(), draw.challenge());
        let thumbs = env.trust.thumbs(&agreed.brand)?;
        let message = PInitReq {
            rrpid: rrpid.into(),
            language: env.standing.language.clone().into(),
            local_id_c: lid_c.clone().into(),
            local_id_m: Some(agreed.lid_m.clone().into()),
            chall_c: chall_c.clone(),
            brand_id: agreed.brand.clone().into(),
            bin: agreed.bin.clone().into(),
            thumbs: thumbs.clone(),
            pi_rq_extensions: None,
        };
        let ids = MessageIds {
            lid_c: Some(lid_c.clone().into()),
            lid_m: Some(agreed.lid_m.clone().into()),
            xid: None,
        };
        let thumbs = thumbs.as_ref().map(|thumbs| Ok::<_, Refusal>(encode(thumbs)?.into()));
        Ok(Self {
            message,
            lid_c,
            asked: Asked { rrpid, challenge: chall_c.into() },
            thumbs: thumbs.transpose()?,
            ids,
        })
    }
}

/// PInitRes: verifies it and all that it leads to.
pub(crate) fn hear(
    purchase: &Purchase,
    answer: &Received,
    message: &PInitRes,
    env: &Env<'_, CardholderPurchase>,
) -> Result<Offered, Refusal> {
    let Stage::Initiating { lid_c, asked, thumbs } = &purchase.stage else {
        return Err(Refusal::MerchantAnsweredAnother);
    };
    let agreed = &purchase.agreed;
    // A12: the brand asked for is the merchant's brand and the gateway's.
    let verified = env.verify(message, Purpose::MerchantSignature, Some(&agreed.brand))?;
    let ids = require_answer(verified.value(), agreed, lid_c, asked)?;
    same_rrpid(asked.rrpid, header_rrpid(answer)?)?;
    same_ids(&answer.wrapper.message_header, &verified.trans_ids)?;
    acceptance::understood(verified.value(), &[])?;
    let sent = thumbs.as_ref().map(|thumbs| decode::<Thumbs>(thumbs.as_ref())).transpose()?;
    env.require_thumbs(&sent, &verified.thumbs)?;
    if let Some(bci) = &verified.brand_crl_identifier {
        env.learn_bci(bci, verified.bag())?;
        // Abuse case 30: the brand may have just said that a list names this very merchant.
        let signer = verified.signer().leaf().certificate();
        env.path(signer, verified.bag(), Purpose::MerchantSignature, &agreed.brand)?;
    }
    // Abuse case 29: which lists are the current ones is known, or nobody is believed.
    env.trust.require_bci(&agreed.brand, env.now)?;
    // A11: of all certificates in the bag, the one whose thumb the merchant signed.
    let purpose = Purpose::GatewayEncipherment;
    let thumb = Thumb::from_cert_thumb(env.suite(), &verified.pe_thumb)
        .map_err(|_| Refusal::MerchantNamedUnknownGateway)?;
    let gateway = env
        .named(verified.bag(), &verified.pe_thumb, purpose, &agreed.brand)
        .map_err(|why| why.of_gateway(thumb))?
        .ok_or(Refusal::MerchantNamedUnknownGateway)?;
    Ok(Offered {
        ids,
        chall_c: asked.challenge.clone(),
        chall_m: verified.chall_m.as_bytes().into(),
        merchant: face(verified.signer())?,
        gateway: named(&gateway),
        takes_unsigned: gateway.leaf().takes_unsigned(),
        gateway_path: keep_path(&gateway)?,
    })
}

fn header_rrpid(answer: &Received) -> Result<Rrpid, Refusal> {
    let rrpid = answer.wrapper.message_header.rrpid.as_ref();
    rrpid.map(|rrpid| rrpid.0).ok_or(Refusal::SenderSentBadHeader)
}

/// Checks that this is the answer to that question, and takes the names of the purchase.
fn require_answer(
    data: &PInitResData,
    agreed: &Agreed,
    lid_c: &LidC,
    asked: &Asked,
) -> Result<PurchaseIds, Refusal> {
    if data.rrpid.0 != asked.rrpid {
        return Err(Refusal::MerchantAnsweredAnother);
    }
    // A9: an old answer has an old challenge.
    if data.chall_c.as_bytes() != asked.challenge.as_ref() {
        return Err(Refusal::MerchantRepeatedOldChallenge);
    }
    let ids = PurchaseIds::read(&data.trans_ids).ok_or(Refusal::MerchantAnsweredAnother)?;
    let is_ours = ids.lid_c == *lid_c && ids.lid_m == agreed.lid_m;
    if is_ours { Ok(ids) } else { Err(Refusal::MerchantAnsweredAnother) }
}

/// Reads a merchant's face from its certificate.
fn face(merchant: &Path) -> Result<MerchantFace, Refusal> {
    let data = merchant.leaf().merchant().ok_or(Refusal::MerchantSwitched)?;
    let names = data.mer_name_seq.first().ok_or(Refusal::MerchantSwitched)?;
    let issuer = merchant.authorities().first();
    Ok(MerchantFace {
        merchant: data.mer_id.0.clone(),
        name: names.name.to_string(),
        city: names.city.to_string(),
        country: names.country_name.to_string(),
        certified_by: issuer.map(|issuer| named_by(issuer)).unwrap_or_default(),
    })
}

fn named(path: &Path) -> String {
    named_by(path.leaf())
}

/// The most telling part of a name.
fn named_by(certified: &Certified) -> String {
    let subject = certified.subject();
    subject.common_name().or_else(|| subject.organization()).unwrap_or_default().to_owned()
}

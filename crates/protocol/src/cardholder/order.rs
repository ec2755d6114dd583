//! PReq: the consent, signed once and readable in two halves.

use openset_crypto::{
    Draw, Path, Purpose, Signer, card,
    dual::{self, Consent},
};
use openset_types::Rrpid;
use openset_wire::{
    payment::{Inputs, OiData, PReq, PiHead},
    types::{InstallRecurData, IntendedGateway, PanData},
    wrapper::Message,
};

use super::{
    Card,
    purchase::CardholderPurchase,
    record::{Agreed, Offered},
};
use crate::{hod, kept::kept_path, refusal::Refusal, role::Env, treatment::challenge};

/// PReq: seals the card for the gateway and signs both halves.
///
/// The amount that is signed is the one the owner was shown: the same value.
pub(crate) fn sign(
    agreed: &Agreed,
    offered: &Offered,
    card: Card,
    rrpid: Rrpid,
    draw: &mut Draw,
    env: &Env<'_, CardholderPurchase>,
) -> Result<Message, Refusal> {
    let identity = agreed.card.identity()?;
    let purpose = Purpose::GatewayEncipherment;
    let gateway = kept_path(&offered.gateway_path, purpose, &agreed.brand, env)?;
    let consent = consent(agreed, offered, card, rrpid, draw, &gateway, env)?;
    let bag = env.trust.bag(&identity);
    let signer = Signer::Certified { identity: &identity, bag: &bag };
    let order = dual::make(consent, signer, env.keys, &gateway, env.now)?;
    Ok(Message::PReq(Box::new(PReq::PReqDualSigned(order))))
}

fn consent(
    agreed: &Agreed,
    offered: &Offered,
    card: Card,
    rrpid: Rrpid,
    draw: &mut Draw,
    gateway: &Path,
    env: &Env<'_, CardholderPurchase>,
) -> Result<Consent, Refusal> {
    let suite = env.suite();
    let od_salt = draw.nonce();
    let hod = hod::digest(&agreed.ordered(), &od_salt, suite)?;
    let order = OiData {
        trans_ids: offered.ids.trans_ids(),
        rrpid: rrpid.into(),
        chall_c: challenge(offered.chall_c.as_ref())?,
        hod: hod.digested()?,
        od_salt,
        chall_m: Some(challenge(offered.chall_m.as_ref())?),
        brand_id: agreed.brand.clone().into(),
        bin: agreed.bin.clone().into(),
        od_ext_oids: None,
        oi_extensions: None,
    };
    let head = PiHead {
        trans_ids: offered.ids.trans_ids(),
        inputs: Inputs { hod: hod.digested()?, purch_amt: agreed.amount.into() },
        merchant_id: offered.merchant.merchant.clone().into(),
        install_recur_data: agreed.terms.map(InstallRecurData::from),
        trans_stain: card::trans_stain(suite, offered.ids.xid, &card.card_secret)?,
        sw_ident: env.standing.letterhead.software.clone(),
        acq_back_key_data: None,
        // A1: no other gateway may take these instructions.
        pi_extensions: match suite.names_recipients() {
            true => Some(IntendedGateway(gateway.thumb().cert_thumb(suite)?).extension()?),
            false => None,
        },
    };
    let pan_data = PanData {
        pan: card.pan.into(),
        card_expiry: card.expiry.into(),
        pan_secret: card.pan_secret.into(),
        ex_nonce: draw.nonce(),
    };
    Ok(Consent { order, head, pan_data })
}

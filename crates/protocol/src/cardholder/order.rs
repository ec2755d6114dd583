//! PReq: the consent, signed once and readable in two halves; or sealed in two halves that nobody
//! has signed, where there is no certificate and the gateway takes such.

use openset_crypto::{
    Draw, Path, Purpose, Signer, card, dual,
    unsigned::{self, Consent as UnsignedConsent},
};
use openset_types::{Bin, Pan, Rrpid};
use openset_wire::{
    payment::{Inputs, OiData, PReq, PiHead},
    types::{Digest, InstallRecurData, IntendedGateway, PanData, PanToken},
    wrapper::Message,
};

use super::{
    BareCard, Card, CardIdentity,
    purchase::CardholderPurchase,
    record::{Agreed, Offered},
};
use crate::{hod, kept::kept_path, refusal::Refusal, role::Env, treatment::challenge};

/// What is paid with.
pub(crate) enum Means {
    /// A card with a certificate, and the secrets that tie the two.
    Certified(Card),
    /// A card alone.
    Bare(BareCard),
}

impl Means {
    /// The first six digits of the card.
    pub(crate) fn bin(&self) -> Bin {
        self.pan().bin()
    }

    /// Whether there is a certificate to sign with.
    pub(crate) fn is_certified(&self) -> bool {
        matches!(self, Self::Certified(_))
    }

    fn pan(&self) -> &Pan {
        match self {
            Self::Certified(card) => &card.pan,
            Self::Bare(card) => &card.pan,
        }
    }
}

/// PReq: seals the card for the gateway and ties both halves, by a signature if there is a
/// certificate.
///
/// The amount that is agreed to is the one the owner was shown: the same value.
pub(crate) fn make(
    agreed: &Agreed,
    offered: &Offered,
    card: Means,
    rrpid: Rrpid,
    draw: &mut Draw,
    env: &Env<'_, CardholderPurchase>,
) -> Result<Message, Refusal> {
    let purpose = Purpose::GatewayEncipherment;
    let gateway = kept_path(&offered.gateway_path, purpose, &agreed.brand, env)?;
    let writing = Writing { agreed, offered, gateway: &gateway, env };
    let order = match (card, &agreed.card) {
        (Means::Certified(card), Some(identity)) => writing.sign(card, identity, rrpid, draw)?,
        (Means::Bare(card), None) => writing.seal(card, rrpid, draw)?,
        (Means::Certified(_), None) | (Means::Bare(_), Some(_)) => {
            return Err(Refusal::CommandOutOfTurn);
        }
    };
    Ok(Message::PReq(Box::new(order)))
}

/// An order being written.
struct Writing<'a> {
    agreed: &'a Agreed,
    offered: &'a Offered,
    gateway: &'a Path,
    env: &'a Env<'a, CardholderPurchase>,
}

impl Writing<'_> {
    /// PReqDualSigned.
    fn sign(
        &self,
        card: Card,
        identity: &CardIdentity,
        rrpid: Rrpid,
        draw: &mut Draw,
    ) -> Result<PReq, Refusal> {
        let Self { env, gateway, .. } = self;
        let identity = identity.identity()?;
        let order = self.order(rrpid, draw)?;
        let (suite, xid) = (env.suite(), self.offered.ids.xid);
        let head = self.head(&order, card::trans_stain(suite, xid, &card.card_secret)?)?;
        let pan_data = PanData {
            pan: card.pan.into(),
            card_expiry: card.expiry.into(),
            pan_secret: card.pan_secret.into(),
            ex_nonce: draw.nonce(),
        };
        let bag = env.trust.bag(&identity);
        let signer = Signer::Certified { identity: &identity, bag: &bag };
        let consent = dual::Consent { order, head, pan_data };
        let made = dual::make(consent, signer, env.keys, gateway, env.now)?;
        Ok(PReq::PReqDualSigned(made))
    }

    /// PReqUnsigned.
    fn seal(&self, card: BareCard, rrpid: Rrpid, draw: &mut Draw) -> Result<PReq, Refusal> {
        let Self { env, gateway, offered, .. } = self;
        // Nobody's signature says when: the gateway goes by the date that the merchant gave.
        env.standing.acceptance.require_within(offered.ids.began_at, env.now)?;
        let order = self.order(rrpid, draw)?;
        let head = self.head(&order, card::no_stain(env.suite(), offered.ids.xid)?)?;
        let pan_token = PanToken {
            pan: card.pan.into(),
            card_expiry: card.expiry.into(),
            ex_nonce: draw.nonce(),
        };
        let made = unsigned::make(UnsignedConsent { order, head, pan_token }, gateway)?;
        Ok(PReq::PReqUnsigned(made))
    }

    /// OIData.
    fn order(&self, rrpid: Rrpid, draw: &mut Draw) -> Result<OiData, Refusal> {
        let Self { agreed, offered, env, .. } = self;
        let od_salt = draw.nonce();
        let hod = hod::digest(&agreed.ordered(), &od_salt, env.suite())?;
        Ok(OiData {
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
        })
    }

    /// PIHead.
    fn head(&self, order: &OiData, trans_stain: Digest) -> Result<PiHead, Refusal> {
        let Self { agreed, offered, gateway, env } = self;
        let suite = env.suite();
        Ok(PiHead {
            trans_ids: order.trans_ids.clone(),
            inputs: Inputs { hod: order.hod.clone(), purch_amt: agreed.amount.into() },
            merchant_id: offered.merchant.merchant.clone().into(),
            install_recur_data: agreed.terms.map(InstallRecurData::from),
            trans_stain,
            sw_ident: env.standing.letterhead.software.clone(),
            acq_back_key_data: None,
            // A1: no other gateway may take these instructions.
            pi_extensions: match suite.names_recipients() {
                true => Some(IntendedGateway(gateway.thumb().cert_thumb(suite)?).extension()?),
                false => None,
            },
        })
    }
}

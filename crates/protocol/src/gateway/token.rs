//! CapToken: what the gateway must remember of an authorization, sealed for itself and carried by
//! the merchant.
//!
//! EncX(P, P, CapTokenData, PANToken): signed by the gateway and sealed to the gateway, so that
//! nobody else can make one, read one or change one.

use openset_crypto::{Bag, Purpose, Signer, open_signed_with_extra, seal_signed_with_extra};
use openset_types::{
    ApprovalCode, Bin, MerchantId, Money, RetrievalReference, Rrpid, UnixTime, Xid,
};
use openset_wire::{
    der::{Element, Octets},
    payment::{CapToken, CapTokenData},
    types::PanToken,
};
use serde::{Deserialize, Serialize};

use super::Standing;
use crate::{
    refusal::Refusal,
    role::{Claim, Env, Machine, Register},
    treatment::bounds,
};

/// tokenOpaque: the gateway's own notes on an authorization.
// Carried by merchants. Change only with a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Notes {
    /// Which merchant it was authorized for.
    pub(crate) merchant: MerchantId,
    /// For which purchase.
    pub(crate) xid: Xid,
    /// When.
    pub(crate) at: UnixTime,
    /// Finds the authorization at the banks.
    pub(crate) retrieval: RetrievalReference,
    /// The issuer's word for it.
    pub(crate) approval_code: ApprovalCode,
    /// The bank that gave it.
    pub(crate) issuer: Bin,
    /// How many tokens for this authorization were replaced before this one.
    #[serde(default, skip_serializing_if = "is_first")]
    pub(crate) generation: u8,
}

fn is_first(generation: &u8) -> bool {
    *generation == 0
}

/// The register entry of a token that was used: for the money, or to take the authorization back.
/// Whichever claims it first has it.
pub(crate) fn used(authorization: &Rrpid, generation: u8) -> Claim {
    let mut key = authorization.as_bytes().to_vec();
    if generation > 0 {
        key.push(generation);
    }
    Claim { register: Register::Captured, key }
}

/// A token of our own, opened and believed.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) rrpid: Rrpid,
    pub(crate) amount: Money,
    pub(crate) notes: Notes,
}

/// The most octets that the notes take.
const NOTES_OCTETS_MAX: usize = 1024;

type NotesOctets = Octets<1, NOTES_OCTETS_MAX>;

/// Seals a token to ourselves, with the card in the extra part.
pub(crate) fn seal<M: Machine<Standing = Standing>>(
    rrpid: Rrpid,
    amount: Money,
    notes: &Notes,
    extra: &PanToken,
    env: &Env<'_, M>,
) -> Result<CapToken, Refusal> {
    let notes = serde_json::to_vec(notes).map_err(|_| Refusal::GatewayTokenAltered)?;
    let notes = NotesOctets::new(&notes).map_err(bounds)?;
    let data = CapTokenData {
        auth_rrpid: rrpid.into(),
        auth_amt: amount.into(),
        token_opaque: Element::of(&notes)?,
    };
    // Nobody else reads it: what stands above our certificate we hold ourselves.
    let own = env.standing.signature.certificate.clone();
    let bag = Bag { certificates: vec![own], crls: Vec::new() };
    let signer = Signer::Certified { identity: &env.standing.signature, bag: &bag };
    let to = env.standing.own_path(env)?;
    Ok(CapToken::EncX(seal_signed_with_extra(data, extra, signer, env.keys, &to, env.now)?))
}

/// Opens a token and believes it, if it is our own. The card in it is not needed: the money is
/// asked for by the authorization's name.
pub(crate) fn open<M: Machine<Standing = Standing>>(
    token: &CapToken,
    env: &Env<'_, M>,
) -> Result<Token, Refusal> {
    let CapToken::EncX(sealed) = token else { return Err(Refusal::GatewayTokenAltered) };
    let standing = env.standing;
    // Makes known what stands above our certificate: the token came without it.
    let own = standing.own_signature(env)?;
    let opened = open_signed_with_extra(sealed, &standing.encipherments, env.suite(), env.keys)?;
    let brand = Some(&standing.brand);
    let verified = opened.verify(env.trust, Purpose::GatewaySignature, brand, env.now)?;
    // A8: another gateway of the brand signs well and is still not us.
    if verified.signer().leaf().subject() != own.leaf().subject() {
        return Err(Refusal::GatewayTokenAltered);
    }
    let data = verified.value.value();
    let notes: NotesOctets = data.token_opaque.read()?;
    Ok(Token {
        rrpid: data.auth_rrpid.0,
        amount: data.auth_amt.money()?,
        notes: serde_json::from_slice(notes.as_bytes())
            .map_err(|_| Refusal::GatewayTokenAltered)?,
    })
}

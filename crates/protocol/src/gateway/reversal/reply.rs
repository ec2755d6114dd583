//! AuthRevRes: what came of taking an authorization back, sealed for the merchant that asked.

use openset_crypto::Purpose;
use openset_wire::{
    der::{Original, decode},
    payment::{
        AuthResDataNew, AuthRevCode, AuthRevRes, AuthRevResBaggage, AuthRevResData, AuthRevResEncB,
        AuthRevTags, AuthToken, CapToken,
    },
    types::CurrencyAmount,
    wrapper::Message,
};

use super::super::{authorization::Environment, known, record::Asker};
use crate::{kept::kept_path, refusal::Refusal};

/// EncB(P, M, AuthRevResData, AuthRevResBaggage) where a token goes along, else
/// Enc(P, M, AuthRevResData).
pub(super) fn write(
    asker: &Asker,
    auth_rev_code: AuthRevCode,
    auth_new_amt: CurrencyAmount,
    tokens: Option<(CapToken, Option<AuthToken>)>,
    env: &Environment<'_>,
) -> Result<Vec<u8>, Refusal> {
    let standing = env.standing;
    let known = known(asker.known.as_ref())?;
    // A2: the tags name the merchant it is for.
    let data = AuthRevResData {
        auth_rev_code,
        auth_rev_tags: decode::<AuthRevTags>(asker.tags.as_ref())?,
        brand_crl_identifier: env.unknown_bci(&standing.brand, known.as_ref()),
        pe_thumb: standing.announced(known.as_ref(), env)?,
        auth_new_amt,
        auth_res_data_new: AuthResDataNew {
            trans_ids: asker.ids.trans_ids(),
            auth_res_payload_new: None,
        },
        a_rv_rs_extensions: None,
    };
    let to = kept_path(&asker.reply_to, Purpose::MerchantEncipherment, &standing.brand, env)?;
    let answer = match tokens {
        None => {
            let signed = standing.sign_for(&data, known.as_ref(), env)?;
            AuthRevRes::Enc(env.seal(&signed, &to)?)
        }
        Some((cap_token, auth_token_new)) => {
            let baggage = AuthRevResBaggage { cap_token_new: Some(cap_token), auth_token_new };
            let baggage = Original::new(baggage)?;
            let linked = env.link(data, &baggage)?;
            let signed = standing.sign_for(&linked, known.as_ref(), env)?;
            AuthRevRes::EncB(AuthRevResEncB { enc: env.seal(&signed, &to)?, baggage })
        }
    };
    let ids = Some(asker.ids.message_ids());
    standing.letterhead.write(Message::AuthRevRes(Box::new(answer)), asker.rrpid, ids, env.now)
}

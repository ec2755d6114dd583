//! PEThumb: beside whatever it answers, a gateway tells a merchant which certificate to seal for.
//!
//! MThumbs says what the merchant has. If the certificate in use is not among it, its thumb stands
//! under the signature of the answer, and the certificate itself lies beside the signature.

use openset_crypto::{Bag, Thumb};
use openset_wire::{
    content::Content,
    der::Encode,
    opaque::Signed,
    types::{CertThumb, Thumbs},
};

use super::Standing;
use crate::{
    refusal::Refusal,
    role::{Env, Machine},
};

impl Standing {
    /// PEThumb, unless the merchant says that it has the certificate. One that nobody would
    /// believe is not named.
    pub(crate) fn announced<M: Machine>(
        &self,
        known: Option<&Thumbs>,
        env: &Env<'_, M>,
    ) -> Result<Option<CertThumb>, Refusal> {
        let Ok(own) = self.own_path(env) else { return Ok(None) };
        let thumb = own.thumb();
        if known.is_some_and(|known| names(known, thumb)) {
            return Ok(None);
        }
        Ok(Some(thumb.cert_thumb(env.suite())?))
    }

    /// S, as this gateway. Along goes only what the merchant does not say it knows.
    pub(crate) fn sign_for<M: Machine, T: Content + Encode>(
        &self,
        content: &T,
        known: Option<&Thumbs>,
        env: &Env<'_, M>,
    ) -> Result<Signed<T>, Refusal> {
        env.sign_with(content, &self.signature, &self.bag(known, env))
    }

    /// Both certificates and those above them, but for what a merchant knows.
    pub(crate) fn bag<M: Machine>(&self, known: Option<&Thumbs>, env: &Env<'_, M>) -> Bag {
        let own = Bag::of(&self.signature);
        let bag = env.trust.with_lists(match self.encipherments.first() {
            Some(current) => own.and(current),
            None => own,
        });
        match known {
            Some(known) => bag.without(env.suite(), known),
            None => bag,
        }
    }
}

fn names(known: &Thumbs, thumb: Thumb) -> bool {
    let mut named = known.cert_thumbs.iter().flatten();
    named.any(|one| one.as_bytes() == thumb.as_bytes())
}

//! CertReqData: the application itself, as every applicant writes it.

use openset_types::{LocalId, UnixTime};
use openset_wire::{
    cert::{CertReqData, IdData, PublicKeySorE, RequestType},
    types::{BackKeyData, CertThumb},
};

use super::{Addressee, Answer, NewKey, Question};
use crate::{octets::Octets, refusal::Refusal, treatment::challenge};

/// An application, before it is signed and sealed.
pub(crate) struct Request<'a> {
    pub(crate) question: &'a Question,
    pub(crate) lid_ee: &'a LocalId,
    pub(crate) addressee: &'a Addressee,
    pub(crate) chall_ca: &'a Octets,
    pub(crate) kind: RequestType,
    pub(crate) id_data: Option<IdData>,
    pub(crate) form: u64,
    pub(crate) answers: &'a [Answer],
    pub(crate) back_key: Option<BackKeyData>,
    pub(crate) signature: &'a NewKey,
    pub(crate) encipherment: Option<&'a NewKey>,
    pub(crate) renews: Option<CertThumb>,
}

impl Request<'_> {
    /// As it travels.
    pub(crate) fn data(self, now: UnixTime) -> Result<CertReqData, Refusal> {
        Ok(CertReqData {
            rrpid: self.question.rrpid.into(),
            lid_ee: self.lid_ee.clone().into(),
            chall_ee3: self.question.challenge()?,
            lid_ca: Some(self.addressee.lid_ca.clone().into()),
            chall_ca: Some(challenge(self.chall_ca.as_ref())?),
            request_type: self.kind,
            request_date: now.into(),
            id_data: self.id_data,
            reg_form_id: self.form,
            reg_form: Answer::items(self.answers)?,
            ca_back_key_data: self.back_key,
            public_key_s_or_e: PublicKeySorE {
                public_key_s: Some(self.signature.info()?),
                public_key_e: self.encipherment.map(NewKey::info).transpose()?,
            },
            ee_thumb: self.renews,
            thumbs: self.question.thumbs()?,
        })
    }
}

//! What an authority's signed answers say.

use openset_crypto::{Bag, Verified};
use openset_wire::{
    cert::{CertResData, CertStatusCode, RegField, RegFormOrReferral},
    x509::NameAttribute,
};

use super::{Ended, Field, Form, FormShown, Referral, Rejection, Trail, Unfit};

/// An answer that was verified, and what travelled beside it.
#[derive(Debug)]
pub(crate) struct Heard<T> {
    /// What it says.
    pub(crate) data: T,
    /// What travelled beside it.
    pub(crate) bag: Bag,
    /// Who says it: the unit of the signer's name.
    pub(crate) institution: Option<String>,
}

impl<T> From<Verified<T>> for Heard<T> {
    fn from(verified: Verified<T>) -> Self {
        let subject = verified.signer().leaf().subject();
        let institution = subject.get(NameAttribute::OrganizationalUnit).map(ToOwned::to_owned);
        let bag = verified.bag().clone();
        Self { data: verified.into_value(), bag, institution }
    }
}

/// A form, another address, or the end.
pub(crate) enum Shown {
    /// A form to fill in.
    Form(FormShown),
    /// Another authority to ask.
    Elsewhere(Referral),
    /// None for this applicant.
    Nothing(Ended),
}

impl Shown {
    /// Reads a form or referral.
    pub(crate) fn read(
        found: &RegFormOrReferral,
        account: Option<&RegField>,
        institution: Option<String>,
        trail: &Trail,
    ) -> Self {
        match found {
            RegFormOrReferral::RegFormData(data) => Self::Form(FormShown {
                form: Form::read(data),
                institution,
                account: account.map(Field::read),
                unfit: Vec::new(),
            }),
            RegFormOrReferral::ReferralData(data) => match Referral::read(data, trail) {
                Ok(referral) => Self::Elsewhere(referral),
                Err(ended) => Self::Nothing(ended),
            },
        }
    }
}

/// What came of an application.
pub(crate) enum Said {
    /// The certificate is there.
    Certified,
    /// It is not decided yet.
    Undecided,
    /// Some answers are not accepted. Others may be given.
    Unfit(Vec<Unfit>),
    /// No.
    No(Ended),
}

impl Said {
    /// Reads the status of an answer.
    pub(crate) fn read(data: &CertResData) -> Self {
        let status = &data.cert_status;
        match status.cert_status_code {
            CertStatusCode::RequestComplete => Self::Certified,
            CertStatusCode::RequestInProgress | CertStatusCode::RequestPended => Self::Undecided,
            CertStatusCode::RegFormAnswerMalformed => {
                let items = status.failed_item_seq.iter().flatten();
                Self::Unfit(items.map(Unfit::read).collect())
            }
            code => {
                let message = status.ee_message.as_ref().map(ToString::to_string);
                Self::No(Ended::Rejected(Rejection { code, message }))
            }
        }
    }
}

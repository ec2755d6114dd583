//! What an applicant has answered, opened for the person who is to decide. Of a card no more is
//! said than its last digits and its last month.

use openset_types::{Bin, CardExpiry, Language};
use openset_wire::cert::AcctInfo;

use super::{Applied, Enrolment, Stage, enrolment::AuthorityEnrolment, proof};
use crate::{
    enrolment::{Answer, Wanted},
    refusal::Refusal,
    role::Env,
};

/// An application that waits, as the person reads it who decides. Who may see which answer is for
/// the caller to say.
#[derive(Debug)]
pub struct Disclosed {
    /// What it asks for.
    pub wanted: Wanted,
    /// The bank whose form was answered.
    pub bank: Bin,
    /// The number of that form.
    pub form: u64,
    /// Its language.
    pub language: Language,
    /// The card, if it is one's.
    pub card: Option<KnownCard>,
    /// What was answered to the form, in the form's order.
    pub answers: Vec<Answer>,
}

/// By what its bank recognises a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCard {
    /// The last four digits.
    pub last_four: String,
    /// The last month.
    pub expiry: CardExpiry,
}

/// Opens what an application that waits has answered. Nothing is said of one that does not wait.
pub fn disclose(
    enrolment: &Enrolment,
    env: &Env<'_, AuthorityEnrolment>,
) -> Result<Option<Disclosed>, Refusal> {
    let Stage::Applied(Applied { sent, request, .. }) = &enrolment.stage else { return Ok(None) };
    let opened = proof::reopen(request, env)?;
    let card = match &opened.account {
        Some(AcctInfo::PanData0(card)) => Some(KnownCard {
            last_four: card.pan.0.last_four().to_owned(),
            expiry: card.card_expiry.0.clone(),
        }),
        Some(AcctInfo::AcctData(_)) | None => None,
    };
    Ok(Some(Disclosed {
        wanted: sent.wanted,
        bank: sent.bin.clone(),
        form: sent.form,
        language: sent.language.clone(),
        card,
        answers: Answer::read(opened.data.reg_form.as_ref())?,
    }))
}

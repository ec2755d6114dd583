//! What a bank is asked about an applicant, and what it can say, whoever is asked for it.

use std::{fmt, future::Future, pin::Pin};

use openset_protocol::{
    ca::Application,
    enrolment::{FieldId, Occasion, Unfit},
};
use openset_types::{Bin, CardExpiry, Language, Pan};

use crate::house::forms::BankForm;

/// A bank being asked.
pub(super) type Asking<'a> = Pin<Box<dyn Future<Output = Result<Verdict, NotNow>> + Send + 'a>>;

/// Whoever knows what a bank knows about its cardholders.
pub(super) trait Records: Send + Sync {
    /// Asks about an applicant. It always comes to an end, and no answer is never a yes.
    fn ask<'a>(&'a self, case: &'a Case<'a>) -> Asking<'a>;
}

/// Who somebody says to be.
pub(super) struct Case<'a> {
    /// What the authority calls the application: asked again, it is called the same.
    pub(super) application: &'a [u8],
    /// The bank, by the first digits of the card.
    pub(super) bank: &'a Bin,
    pub(super) pan: &'a Pan,
    pub(super) expiry: &'a CardExpiry,
    pub(super) language: &'a Language,
    pub(super) occasion: Occasion,
    /// The answers that were given.
    pub(super) said: Vec<Said<'a>>,
}

/// The answer to a field.
pub(super) struct Said<'a> {
    /// Which field of the form, counted from one.
    pub(super) number: u16,
    /// Which well-known question it is.
    pub(super) id: Option<FieldId>,
    /// With what it is compared.
    pub(super) compared: Option<&'a str>,
    pub(super) text: &'a str,
}

/// What a bank says of a case.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is so.
    Approves,
    /// These answers are not what the bank has.
    Differs(Vec<Unfit>),
    /// The card is not certified for this applicant, in these words.
    Denies(Option<String>),
    /// Somebody is to look at it.
    Refers,
}

/// The bank did not say anything that can be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotNow;

impl<'a> Case<'a> {
    /// Reads an application for a card by the form that was answered.
    pub(super) fn of(
        key: &'a [u8],
        (pan, expiry): (&'a Pan, &'a CardExpiry),
        application: &'a Application,
        form: &'a BankForm,
    ) -> Self {
        let fields = (1..).zip(&form.form.fields).zip(&form.compared);
        let said = fields.filter_map(|((number, field), compared)| {
            let mut answers = application.answers.iter();
            let text = answers.find(|answer| answer.field == field.name)?.text.trim();
            let compared = compared.as_deref();
            (!text.is_empty()).then_some(Said { number, id: field.id, compared, text })
        });
        Self {
            application: key,
            bank: &application.bank,
            pan,
            expiry,
            language: &application.language,
            occasion: application.wanted.occasion,
            said: said.collect(),
        }
    }
}

impl fmt::Debug for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Case({} answers to {})", self.said.len(), self.bank)
    }
}

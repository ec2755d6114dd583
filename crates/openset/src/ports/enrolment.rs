//! Applications for certificates in the words of pages, whoever applies: the authority's form, the
//! answers to it, and why there is no certificate.

use openset_protocol::enrolment::{self, Ended, FieldId, FormShown};
use openset_web::{
    Problem,
    ports::{Answer, Field, RefusedFor, RegistrationForm, Unfit},
};
use openset_wire::cert::CertStatusCode;

use super::unavailable;
use crate::house::wallet::refusal;

/// What pages call the further question, whose answer is sealed apart from the others.
const ACCOUNT: &str = "account";
/// The most characters of the answer to it: AcctIdentification has so many.
const ACCOUNT_CHARACTERS_MAX: u16 = 74;

/// A form; `bank` is who asks if its certificate does not say.
pub(super) fn form(shown: &FormShown, bank: &str) -> RegistrationForm {
    // What people are not asked is left to software that knows it.
    let asked = (1..).zip(&shown.form.fields).filter(|(_, field)| !field.is_invisible);
    let fields = asked.map(|(number, asked)| field(field_id(number), asked));
    let account = shown.account.as_ref().map(|asked| {
        let characters_max = asked.characters_max.min(ACCOUNT_CHARACTERS_MAX);
        field(ACCOUNT.to_owned(), &enrolment::Field { characters_max, ..asked.clone() })
    });
    let unfit = shown
        .unfit
        .iter()
        .map(|unfit| Unfit { field: field_id(unfit.number), why: unfit.why.to_string() });
    RegistrationForm {
        bank: shown.institution.clone().unwrap_or_else(|| bank.to_owned()),
        policy: shown.form.policy.clone(),
        fields: fields.chain(account).collect(),
        unfit: unfit.collect(),
    }
}

fn field(id: String, asked: &enrolment::Field) -> Field {
    Field {
        id,
        label: asked.name.clone(),
        hint: asked.help.clone(),
        required: asked.is_required,
        length_max: asked.characters_max.into(),
        hidden: asked.id == Some(FieldId::PassPhrase),
    }
}

/// What pages call a field of a form.
fn field_id(number: u16) -> String {
    format!("field-{number}")
}

/// The answers to the questions of a form, as they are filed there.
pub(super) fn answers(shown: &FormShown, answers: &[Answer]) -> Vec<enrolment::Answer> {
    let asked = (1..).zip(&shown.form.fields);
    let answers = asked.filter_map(|(number, field)| {
        let answer = answers.iter().find(|answer| answer.field == field_id(number))?;
        Some(enrolment::Answer { field: field.name.clone(), text: answer.text.clone() })
    });
    answers.collect()
}

/// The answer to the further question, if it was asked.
pub(super) fn account(shown: &FormShown, answers: &[Answer]) -> Option<String> {
    shown.account.as_ref()?;
    let answer = answers.iter().find(|answer| answer.field == ACCOUNT);
    Some(answer.map(|answer| answer.text.clone()).unwrap_or_default())
}

/// Why there is no certificate, and the words of whoever refused it.
pub(super) fn refused(ended: &Ended) -> (RefusedFor, Option<String>) {
    match ended {
        Ended::Rejected(rejection) => (rejected(rejection.code), rejection.message.clone()),
        Ended::Referred { reason } => (RefusedFor::NoForm, reason.clone()),
        Ended::ReferredInCircle => (RefusedFor::Circle, None),
        Ended::WithError(_) => (RefusedFor::Trouble, None),
        Ended::WithoutAnswer => (RefusedFor::Silence, None),
    }
}

fn rejected(code: CertStatusCode) -> RefusedFor {
    match code {
        CertStatusCode::RejectedByIssuer | CertStatusCode::RejectedByAquirer => RefusedFor::Bank,
        CertStatusCode::SigValidationFail => RefusedFor::Signature,
        CertStatusCode::InvalidBin | CertStatusCode::InvalidLanguage => RefusedFor::NoForm,
        CertStatusCode::RejectedByCa => RefusedFor::Authority,
        CertStatusCode::DecryptionError
        | CertStatusCode::UnableToEncryptCertRes
        | CertStatusCode::RequestComplete
        | CertStatusCode::RequestInProgress
        | CertStatusCode::RequestPended
        | CertStatusCode::RegFormAnswerMalformed => RefusedFor::Trouble,
    }
}

/// What a person is told whose page shows an application as it no longer stands.
pub(super) fn out_of_turn(error: anyhow::Error) -> Problem {
    match refusal(&error) {
        Some(_) => Problem::FormStale,
        None => unavailable(error),
    }
}

#[cfg(test)]
mod tests {
    use openset_protocol::enrolment::Form;

    use super::*;

    fn question(name: &str, is_invisible: bool) -> enrolment::Field {
        enrolment::Field {
            id: None,
            name: name.to_owned(),
            help: None,
            characters_max: 128,
            is_required: true,
            is_invisible,
        }
    }

    fn shown(account: Option<enrolment::Field>) -> FormShown {
        let fields = vec![question("Version", true), question("Name", false)];
        let form = Form { id: 7, fields, policy: "Be good.".to_owned(), logos: Default::default() };
        FormShown { form, institution: None, account, unfit: Vec::new() }
    }

    fn typed(field: &str, text: &str) -> Answer {
        Answer { field: field.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn what_people_are_not_asked_is_not_shown_and_keeps_its_number() {
        let form = form(&shown(None), "Demo Acquirer");
        assert_eq!(form.bank, "Demo Acquirer");
        let asked: Vec<_> = form.fields.iter().map(|it| (it.id.as_str(), &*it.label)).collect();
        assert_eq!(asked, [("field-2", "Name")]);
        let filed = answers(&shown(None), &[typed("field-2", "Ada"), typed("field-3", "x")]);
        let filed: Vec<_> = filed.iter().map(|it| (it.field.as_str(), &*it.text)).collect();
        assert_eq!(filed, [("Name", "Ada")]);
    }

    #[test]
    fn the_account_is_asked_for_where_the_authority_asks_and_not_longer_than_it_travels() {
        let asks = shown(Some(question("Account", false)));
        let form = form(&asks, "Demo Acquirer");
        let last = form.fields.last().expect("a question");
        assert_eq!((last.id.as_str(), last.length_max), ("account", 74));
        assert_eq!(account(&asks, &[typed("account", "FR76")]).as_deref(), Some("FR76"));
        assert_eq!(account(&asks, &[]).as_deref(), Some(""), "an answer to what was asked");
        assert_eq!(account(&shown(None), &[typed("account", "FR76")]), None);
    }

    #[test]
    fn every_way_to_end_has_its_reason() {
        let said = |code| refused(&Ended::Rejected(enrolment::Rejection { code, message: None })).0;
        assert_eq!(said(CertStatusCode::RejectedByAquirer), RefusedFor::Bank);
        assert_eq!(said(CertStatusCode::SigValidationFail), RefusedFor::Signature);
        assert_eq!(refused(&Ended::WithoutAnswer).0, RefusedFor::Silence);
        assert_eq!(refused(&Ended::ReferredInCircle).0, RefusedFor::Circle);
    }
}

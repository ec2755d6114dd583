//! Registration forms: what an authority asks, and whether it was answered.

use std::fmt;

use openset_types::Language;
use openset_wire::{
    cert::{FailedItem, FieldValue, RegField, RegFormData, RegFormItems, RegTemplate},
    types::{SetString, Url},
};
use serde::{Deserialize, Serialize};

use super::{field_id::FieldId, maybe_text, text};
use crate::{refusal::Refusal, treatment::bounds};

/// A registration form and the policy it is filled in under.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// Its number at the authority.
    pub id: u64,
    /// What is asked, in order.
    pub fields: Vec<Field>,
    /// The policy the applicant must accept.
    pub policy: String,
    /// Where its pictures are: sent, and neither kept nor fetched by whoever gets the form (A22).
    #[serde(skip)]
    pub logos: Logos,
}

/// Where the pictures of a form are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Logos {
    /// The address of the brand's.
    pub brand: Option<String>,
    /// The address of the card's.
    pub card: Option<String>,
}

/// One question of a form.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Which well-known question it is, in whatever language it is asked.
    #[serde(default)]
    pub id: Option<FieldId>,
    /// What is asked; an answer is filed under it.
    pub name: String,
    /// More words about it.
    pub help: Option<String>,
    /// The most characters of an answer.
    pub characters_max: u16,
    /// Whether it must be answered.
    pub is_required: bool,
    /// Whether people are not asked: software that knows the answer gives it.
    pub is_invisible: bool,
}

/// The answer to a field. It is about a person: it prints the question only.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The field's name.
    pub field: String,
    /// What was answered.
    pub text: String,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({})", self.field)
    }
}

/// A field whose answer is not accepted.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfit {
    /// Which field of the form, counted from one.
    pub number: u16,
    /// Why.
    pub why: Why,
}

/// Why the answer to a field is not accepted.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// It must be answered and is not.
    Missing,
    /// It is longer than the field.
    TooLong,
    /// The registrar's own words.
    Said(String),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "an answer is required",
            Self::TooLong => "the answer is too long",
            Self::Said(words) => words,
        })
    }
}

/// Why something is not a form that can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidForm {
    /// Two fields have the same name or are the same question: an answer could be to either.
    FieldTwice,
    /// A name, help or policy text is empty, too long, or holds a character it may not.
    Text,
    /// More fields than a form may have.
    TooManyFields,
}

impl fmt::Display for InvalidForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FieldTwice => "two fields have the same name or ask the same",
            Self::Text => "a text that a form cannot carry",
            Self::TooManyFields => "more fields than a form may have",
        })
    }
}

impl std::error::Error for InvalidForm {}

/// A form that was shown to an applicant, and what was wrong with the answers, if it was shown
/// again.
// Stored. Change only with a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormShown {
    /// The form.
    pub form: Form,
    /// Who asks, by its certificate.
    pub institution: Option<String>,
    /// A further question, whose answer is sealed apart from the others.
    pub account: Option<Field>,
    /// The answers that were not accepted the time before.
    pub unfit: Vec<Unfit>,
}

impl Form {
    /// The most fields of a form.
    pub const FIELDS_MAX: usize = 50;

    /// Refuses a form that could not be sent or answered.
    pub fn check(&self) -> Result<(), InvalidForm> {
        if self.fields.len() > Self::FIELDS_MAX {
            return Err(InvalidForm::TooManyFields);
        }
        let asked_before = |place: usize, field: &Field| {
            self.fields.iter().take(place).any(|before| before.asks_the_same(field))
        };
        if self.fields.iter().enumerate().any(|(place, field)| asked_before(place, field)) {
            return Err(InvalidForm::FieldTwice);
        }
        self.data().map(drop).map_err(|_| InvalidForm::Text)
    }

    /// The fields whose answers do not fit, in order.
    pub fn unfit(&self, answers: &[Answer]) -> Vec<Unfit> {
        let numbered = (1_u16..).zip(&self.fields);
        numbered
            .filter_map(|(number, field)| Some(Unfit { number, why: field.unfit(answers)? }))
            .collect()
    }

    /// Whether every answer is to a field of this form, and none is answered twice.
    pub(crate) fn asks_for(&self, answers: &[Answer]) -> bool {
        answers.iter().enumerate().all(|(place, answer)| {
            self.fields.iter().any(|field| field.name == answer.field)
                && answers.iter().take(place).all(|before| before.field != answer.field)
        })
    }

    /// As it travels.
    pub(crate) fn data(&self) -> Result<RegFormData, Refusal> {
        let fields = self.fields.iter().map(Field::reg_field).collect::<Result<Vec<_>, _>>()?;
        Ok(RegFormData {
            reg_template: Some(RegTemplate {
                reg_form_id: self.id,
                brand_logo_url: address(self.logos.brand.as_ref())?,
                card_logo_url: address(self.logos.card.as_ref())?,
                reg_field_seq: (!fields.is_empty()).then_some(fields),
            }),
            policy: text(&self.policy)?,
        })
    }

    /// Reads what came. Addresses of pictures are not kept: they would tell who looks.
    pub(crate) fn read(data: &RegFormData) -> Self {
        let template = data.reg_template.as_ref();
        let fields = template.and_then(|template| template.reg_field_seq.as_ref());
        Self {
            id: template.map_or(0, |template| template.reg_form_id),
            fields: fields.into_iter().flatten().map(Field::read).collect(),
            policy: data.policy.as_str().to_owned(),
            logos: Logos::default(),
        }
    }
}

fn address(given: Option<&String>) -> Result<Option<Url>, Refusal> {
    given.map(|given| Ok(Url::new(given).map_err(bounds)?)).transpose()
}

impl Field {
    fn asks_the_same(&self, other: &Self) -> bool {
        self.name == other.name || (self.id.is_some() && self.id == other.id)
    }

    /// What is wrong with its answer, if anything.
    fn unfit(&self, answers: &[Answer]) -> Option<Why> {
        let answer = answers.iter().find(|answer| answer.field == self.name);
        match answer.map_or(0, |answer| answer.text.chars().count()) {
            0 if self.is_required => Some(Why::Missing),
            length if length > usize::from(self.characters_max) => Some(Why::TooLong),
            _ => None,
        }
    }

    /// As it travels.
    pub(crate) fn reg_field(&self) -> Result<RegField, Refusal> {
        Ok(RegField {
            field_id: self.id.map(FieldId::oid),
            field_name: text(&self.name)?,
            field_desc: maybe_text(self.help.as_ref())?,
            field_len: self.characters_max,
            field_required: self.is_required,
            field_invisible: self.is_invisible,
        })
    }

    /// Reads what came.
    pub(crate) fn read(field: &RegField) -> Self {
        Self {
            id: field.field_id.as_ref().and_then(FieldId::of),
            name: field.field_name.as_str().to_owned(),
            help: field.field_desc.as_ref().map(ToString::to_string),
            characters_max: field.field_len,
            is_required: field.field_required,
            is_invisible: field.field_invisible,
        }
    }
}

impl Answer {
    /// As it travels. A field that was left empty does not.
    pub(crate) fn items(answers: &[Self]) -> Result<Option<Vec<RegFormItems>>, Refusal> {
        let item = |answer: &Self| {
            Ok(RegFormItems {
                field_name: text(&answer.field)?,
                field_value: FieldValue::SetString(text(&answer.text)?),
            })
        };
        let given = answers.iter().filter(|answer| !answer.text.is_empty());
        let items = given.map(item).collect::<Result<Vec<_>, Refusal>>()?;
        Ok((!items.is_empty()).then_some(items))
    }

    /// Reads what came. An answer in octets is to no question that is asked here.
    pub(crate) fn read(items: Option<&Vec<RegFormItems>>) -> Result<Vec<Self>, Refusal> {
        let answer = |item: &RegFormItems| match &item.field_value {
            FieldValue::SetString(text) => Ok(Self {
                field: item.field_name.as_str().to_owned(),
                text: text.as_str().to_owned(),
            }),
            FieldValue::OctetString(_) => Err(Refusal::ApplicantAnsweredAnotherForm),
        };
        items.into_iter().flatten().map(answer).collect()
    }
}

impl Unfit {
    /// As it travels.
    pub(crate) fn item(&self) -> Result<FailedItem, Refusal> {
        let item_reason: SetString<512> = text(&self.why.to_string())?;
        Ok(FailedItem { item_number: self.number, item_reason })
    }

    /// Reads what came.
    pub(crate) fn read(item: &FailedItem) -> Self {
        Self { number: item.item_number, why: Why::Said(item.item_reason.to_string()) }
    }
}

/// The form in the language asked for: that very one, or the one it is a dialect of.
pub(crate) fn in_language<'a>(
    forms: &'a [(Language, Form)],
    language: &Language,
) -> Option<&'a Form> {
    let primary = language.as_str().split('-').next().unwrap_or_default();
    let exact = forms.iter().find(|(known, _)| known == language);
    let found = exact.or_else(|| forms.iter().find(|(known, _)| known.as_str() == primary));
    found.map(|(_, form)| form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, is_required: bool) -> Field {
        let help = Some("As on the card.".to_owned());
        let name = name.to_owned();
        Field { id: None, name, help, characters_max: 4, is_required, is_invisible: false }
    }

    fn form(fields: Vec<Field>) -> Form {
        let policy = "For the holder alone.".to_owned();
        Form { id: 3, fields, policy, logos: Logos::default() }
    }

    fn answers(given: &[(&str, &str)]) -> Vec<Answer> {
        let answer =
            |(field, text): &(&str, &str)| Answer { field: (*field).into(), text: (*text).into() };
        given.iter().map(answer).collect()
    }

    #[test]
    fn a_form_is_read_back_from_what_travels() {
        for form in [form(vec![field("Name", true), field("City", false)]), form(Vec::new())] {
            assert_eq!(Form::read(&form.data().expect("encodable")), form);
        }
    }

    #[test]
    fn a_well_known_question_travels_with_its_identifier_and_an_unknown_identifier_is_left_out() {
        let known = Field { id: Some(FieldId::FullName), ..field("Nom", true) };
        let mut travels = known.reg_field().expect("encodable");
        assert_eq!(travels.field_id.as_ref().map(ToString::to_string), Some("2.23.42.2.0".into()));
        assert_eq!(Field::read(&travels), known);
        travels.field_id = Some(FieldId::FullName.oid().child(1));
        assert_eq!(Field::read(&travels).id, None);
    }

    #[test]
    fn addresses_of_pictures_are_sent_and_not_kept() {
        let url = |name: &str| Some(format!("https://bank.example/{name}.png"));
        let logos = Logos { brand: url("brand"), card: url("card") };
        let data = Form { logos: logos.clone(), ..form(Vec::new()) }.data().expect("encodable");
        let template = data.reg_template.as_ref().expect("a template");
        assert_eq!(template.brand_logo_url.as_ref().map(ToString::to_string), logos.brand);
        assert_eq!(template.card_logo_url.as_ref().map(ToString::to_string), logos.card);
        assert_eq!(Form::read(&data).logos, Logos::default());
        let spaced = Logos { brand: Some("a\u{e9}".to_owned()), card: None };
        assert_eq!(Form { logos: spaced, ..form(Vec::new()) }.check(), Err(InvalidForm::Text));
    }

    #[test]
    fn forms_that_cannot_be_sent_or_answered_are_refused() {
        let named = |name| Field { id: Some(FieldId::FullName), ..field(name, true) };
        let same = form(vec![named("Name"), named("Holder")]);
        assert_eq!(same.check(), Err(InvalidForm::FieldTwice));
        let twice = form(vec![field("Name", true), field("Name", false)]);
        assert_eq!(twice.check(), Err(InvalidForm::FieldTwice));
        let many = (0..=Form::FIELDS_MAX).map(|number| field(&number.to_string(), true));
        assert_eq!(form(many.collect()).check(), Err(InvalidForm::TooManyFields));
        let nameless = form(vec![field("", true)]);
        assert_eq!(nameless.check(), Err(InvalidForm::Text));
        let silent = Form { policy: String::new(), ..form(Vec::new()) };
        assert_eq!(silent.check(), Err(InvalidForm::Text));
    }

    #[test]
    fn each_field_whose_answer_does_not_fit_is_numbered() {
        let form = form(vec![field("Name", true), field("City", false), field("Code", true)]);
        let unfit = |given: &[(&str, &str)]| -> Vec<_> {
            form.unfit(&answers(given)).into_iter().map(|it| (it.number, it.why)).collect()
        };
        assert_eq!(unfit(&[("Name", "Ada"), ("Code", "4711")]), []);
        assert_eq!(
            unfit(&[("Name", ""), ("City", "Lyons")]),
            [(1, Why::Missing), (2, Why::TooLong), (3, Why::Missing),]
        );
    }

    #[test]
    fn an_answer_to_no_field_or_a_second_one_is_no_answer() {
        let form = form(vec![field("Name", true)]);
        assert!(form.asks_for(&answers(&[("Name", "Ada")])));
        assert!(!form.asks_for(&answers(&[("name", "Ada")])));
        assert!(!form.asks_for(&answers(&[("Name", "Ada"), ("Name", "Ada")])));
    }

    #[test]
    fn a_dialect_is_served_in_its_language_and_another_language_is_not() {
        let tag = |tag: &str| Language::parse(tag).expect("a tag");
        let forms = [(tag("fr"), form(Vec::new())), (tag("en"), form(vec![field("Name", true)]))];
        assert!(in_language(&forms, &tag("fr-CA")).is_some_and(|form| form.fields.is_empty()));
        assert!(in_language(&forms, &tag("en")).is_some_and(|form| form.fields.len() == 1));
        assert_eq!(in_language(&forms, &tag("de")), None);
    }

    #[test]
    fn an_answer_prints_its_question_only() {
        let answer = &answers(&[("Name", "Ada")])[0];
        assert_eq!(format!("{answer:?}"), "Answer(Name)");
    }
}

//! `[[bank.form]]` and `[[bank.form.field]]`: what is asked, in one language.

use openset_protocol::enrolment::{Field, FieldId, Form, InvalidForm, Logos};
use openset_types::Language;
use openset_wire::types::SetString;
use toml::Value;

use super::{BankForm, Shown};
use crate::{
    ending::Ending,
    section::{Section, text, wrong},
};

const NUMBER: &str = "a number above 0, another one whenever the form is changed";
const LANGUAGE: &str = "a language tag, such as \"en\" or \"fr-CA\"";
const POLICY: &str = "what the applicant accepts, in one paragraph of at most 20000 characters";
const FIELD: &str = "the question, at most 128 characters, none of them a control";
const ID: &str = "a well-known question, such as \"fullName\", \"address\" or \"passPhrase\"";
const DESCRIPTION: &str = "more words about it, at most 200 characters";
const LENGTH: &str = "the most characters of an answer, from 1 to 128";
const FLAG: &str = "true or false";
const COMPARED: &str = "a name in the bank's records: 1 to 32 letters, digits or \"_\"";
const OPERATORS: &str = "how much of an answer operators read: \"whole\", \"masked\" or \"hidden\"";
/// The most characters of an answer that a form can ask for.
const LENGTH_MAX: u16 = 128;
/// The most characters of a name in the bank's records.
const COMPARED_MAX: usize = 32;

impl BankForm {
    pub(super) fn read(mut section: Section, logos: &Logos) -> Result<Self, Ending> {
        let path = section.path("field");
        let number = section.required("number", NUMBER, number)?;
        let language = section.required("language", LANGUAGE, language)?;
        let policy = section.required("policy", POLICY, fitting::<20_000>)?;
        let tables = section.sections("field")?;
        if tables.len() > Form::FIELDS_MAX {
            return Err(wrong(&path, &tables.len(), "at most 50 fields"));
        }
        let fields = tables.into_iter().map(field).collect::<Result<Vec<_>, _>>()?;
        section.finish()?;
        let (mut all, mut compared, mut shown) = (Vec::new(), Vec::new(), Vec::new());
        for Asked { field, compared: name, shown: how_much } in fields {
            all.push(field);
            compared.push(name);
            shown.push(how_much);
        }
        let form = Form { id: number, fields: all, policy, logos: logos.clone() };
        form.check().map_err(|reason| match reason {
            InvalidForm::FieldTwice => wrong(&path, &reason, "each name and each id once"),
            other => wrong(&path, &other, "fields that a form can carry"),
        })?;
        Ok(Self { language, form, compared, shown })
    }
}

/// A field, with what its answer is compared, and how much of it operators read.
struct Asked {
    field: Field,
    compared: Option<String>,
    shown: Shown,
}

fn field(mut section: Section) -> Result<Asked, Ending> {
    let id = section.optional("id", ID, |value| FieldId::named(value.as_str()?))?;
    let field = Field {
        id,
        name: section.required("name", FIELD, fitting::<128>)?,
        help: section.optional("description", DESCRIPTION, fitting::<200>)?,
        characters_max: section.optional("length", LENGTH, length)?.unwrap_or(LENGTH_MAX),
        is_required: section.optional("required", FLAG, Value::as_bool)?.unwrap_or(false),
        is_invisible: section.optional("invisible", FLAG, Value::as_bool)?.unwrap_or(false),
    };
    if field.is_required && field.is_invisible {
        let expected = "false, or a field that people see: they could not answer it";
        return Err(wrong(&section.path("required"), &true, expected));
    }
    let compared = section.optional("compared", COMPARED, compared)?;
    let path = section.path("operators");
    let said = section.optional("operators", OPERATORS, shown)?;
    section.finish()?;
    let is_secret = field.id == Some(FieldId::PassPhrase);
    let shown = said.unwrap_or(if is_secret { Shown::Hidden } else { Shown::Masked });
    if is_secret && shown != Shown::Hidden {
        return Err(wrong(&path, &"a passPhrase that operators read", "\"hidden\", or nothing"));
    }
    Ok(Asked { field, compared, shown })
}

fn shown(value: &Value) -> Option<Shown> {
    match value.as_str()? {
        "whole" => Some(Shown::Whole),
        "masked" => Some(Shown::Masked),
        "hidden" => Some(Shown::Hidden),
        _ => None,
    }
}

fn number(value: &Value) -> Option<u64> {
    u64::try_from(value.as_integer()?).ok().filter(|number| *number > 0)
}

fn language(value: &Value) -> Option<Language> {
    Language::parse(value.as_str()?).ok()
}

/// A text that a form can carry. Line ends of a text over several lines are spaces.
fn fitting<const MAX: usize>(value: &Value) -> Option<String> {
    let text = text(value)?.split_whitespace().collect::<Vec<_>>().join(" ");
    SetString::<MAX>::new(&text).is_ok().then_some(text)
}

fn length(value: &Value) -> Option<u16> {
    u16::try_from(value.as_integer()?).ok().filter(|length| (1..=LENGTH_MAX).contains(length))
}

/// A name by which records are found in the same way for every language.
pub(super) fn compared(value: &Value) -> Option<String> {
    let is_plain = |name: &str| name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
    text(value).filter(|name| (1..=COMPARED_MAX).contains(&name.len()) && is_plain(name))
}

//! `[bank.records]` and `[bank.rules]`: whom a bank asks about an applicant, and what it decides
//! without a person.

use std::{path::PathBuf, time::Duration};

use toml::Value;

use super::{BankForm, form::compared};
use crate::{
    ending::Ending,
    section::{Section, missing, posting, seconds, text, wrong},
};

const FLAG: &str = "true or false";
const TABLE: &str = "a file with the bank's cardholders, beside this file unless it begins with /";
const RECORDS: &str = "at least one of issuer = true, table, service";
const ONE: &str = "a table or a service, and not both";
const ADDRESS: &str = "where the bank is asked, such as \"http://127.0.0.1:7399/registrar\"";
const SECRET_FILE: &str = "a file with the secret that only its owner may read";
const SECRET_VARIABLE: &str = "a variable with the secret, not one that begins with OPENSET_";
const SECRET: &str = "a file with the secret as secret_file, or a variable as secret_variable";
const SECONDS: &str = "a number of seconds, from 1 to 60";
const REFER: &str = "names with which the answers to fields are compared, such as [\"postcode\"]";
const TRIES: &str = "a number of tries, from 1 to 100";
/// How long a bank is waited for, unless something else is said.
const ANSWER: Duration = Duration::from_secs(5);
/// The longest that a bank is waited for.
const ANSWER_MAX: Duration = Duration::from_secs(60);
/// How often somebody may try a card on one day, unless something else is said.
const TRIES_PER_DAY: u32 = 5;

/// How a bank checks applicants for its cards.
#[derive(Debug)]
pub(crate) struct CardDesk {
    pub(crate) records: Records,
    pub(crate) rules: Rules,
}

/// Where a bank's records are. Whoever is named is asked, the issuer's host first.
#[derive(Debug)]
pub(crate) struct Records {
    /// Whether the issuer's host is asked, over its bank link, if the card is good.
    pub(crate) issuer: bool,
    /// A file with the bank's cardholders.
    pub(crate) table: Option<PathBuf>,
    /// A service of the bank.
    pub(crate) service: Option<ServiceTerms>,
}

/// A service of the bank that is asked over HTTP.
#[derive(Debug)]
pub(crate) struct ServiceTerms {
    pub(crate) address: String,
    pub(crate) secret: SecretSource,
    pub(crate) answer_within: Duration,
}

/// Where the secret is that a bank's service is shown.
#[derive(Debug)]
pub(crate) enum SecretSource {
    /// In a file that nobody but its owner may read.
    File(PathBuf),
    /// In a variable of the environment.
    Variable(String),
}

/// What is decided without a person.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Whether a card is certified as soon as the records match.
    pub(crate) automatic: bool,
    /// Differences that a person judges, unless there are others.
    pub(crate) refer: Vec<String>,
    /// How often one card may be tried on one day.
    pub(crate) tries_per_day: u32,
}

impl CardDesk {
    pub(super) fn read(section: &mut Section, forms: &[BankForm]) -> Result<Self, Ending> {
        let path = section.path("records");
        let records = section.section("records")?.ok_or_else(|| missing(&path, RECORDS))?;
        let records = Records::read(records)?;
        let rules = section.section("rules")?.map(|rules| Rules::read(rules, forms)).transpose()?;
        Ok(Self { records, rules: rules.unwrap_or_default() })
    }
}

impl Records {
    fn read(mut section: Section) -> Result<Self, Ending> {
        let (path, first) = (section.path("table"), section.path("issuer"));
        let read = Self {
            issuer: section.optional("issuer", FLAG, Value::as_bool)?.unwrap_or(false),
            table: section.optional("table", TABLE, text)?.map(PathBuf::from),
            service: section.section("service")?.map(ServiceTerms::read).transpose()?,
        };
        section.finish()?;
        match (&read.table, &read.service) {
            (Some(file), Some(_)) => Err(wrong(&path, &file.display(), ONE)),
            (None, None) if !read.issuer => Err(missing(&first, RECORDS)),
            _ => Ok(read),
        }
    }
}

impl ServiceTerms {
    fn read(mut section: Section) -> Result<Self, Ending> {
        let address = section.required("address", ADDRESS, posting)?;
        let file = section.optional("secret_file", SECRET_FILE, text)?;
        let variable = section.optional("secret_variable", SECRET_VARIABLE, variable)?;
        let answer = |value: &Value| seconds(value).filter(|wait| *wait <= ANSWER_MAX);
        let answer_within = section.optional("answer_s", SECONDS, answer)?.unwrap_or(ANSWER);
        let secret = match (file, variable) {
            (Some(file), None) => SecretSource::File(file.into()),
            (None, Some(variable)) => SecretSource::Variable(variable),
            _ => return Err(missing(&section.path("secret_file"), SECRET)),
        };
        section.finish()?;
        Ok(Self { address, secret, answer_within })
    }
}

impl Rules {
    fn read(mut section: Section, forms: &[BankForm]) -> Result<Self, Ending> {
        let path = section.path("refer");
        let usual = Self::default();
        let rules = Self {
            automatic: section.optional("automatic", FLAG, Value::as_bool)?.unwrap_or(true),
            refer: section.optional("refer", REFER, names)?.unwrap_or_default(),
            tries_per_day: section
                .optional("tries_per_day", TRIES, tries)?
                .unwrap_or(usual.tries_per_day),
        };
        section.finish()?;
        let is_asked = |name: &String| {
            let mut compared = forms.iter().flat_map(|form| form.compared.iter().flatten());
            compared.any(|known| known == name)
        };
        match rules.refer.iter().find(|name| !is_asked(name)) {
            Some(stray) => Err(wrong(&path, stray, REFER)),
            None => Ok(rules),
        }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self { automatic: true, refer: Vec::new(), tries_per_day: TRIES_PER_DAY }
    }
}

fn names(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(compared).collect()
}

fn tries(value: &Value) -> Option<u32> {
    u32::try_from(value.as_integer()?).ok().filter(|tries| (1..=100).contains(tries))
}

/// Variables of ours are settings, and settings are printed where they are wrong.
fn variable(value: &Value) -> Option<String> {
    text(value).filter(|name| !name.is_empty() && !name.starts_with("OPENSET_"))
}

//! `[[bank]]`: who it is, and its forms.

use openset_protocol::ca::Certifies;
use openset_protocol::enrolment::Logos;
use openset_types::Bin;
use openset_wire::{
    types::Url,
    x509::{Name, NameAttribute},
};
use toml::Value;

use super::{Bank, BankForm, CardDesk};
use crate::{
    ending::Ending,
    section::{Section, missing, text, wrong},
};

const BINS: &str = "the first six digits of its cards, or its number as an acquirer: [\"999999\"]";
const NAME: &str = "its name in certificates, at most 64 characters";
const COUNTRY: &str = "its country in two capital letters (ISO 3166), such as \"FR\"";
const LOGO: &str = "the address of a picture, such as \"https://bank.example/logo.png\"";
const FORM: &str = "a table [[bank.form]] for each language";
const LANGUAGE: &str = "a language that no other form of this bank has";
/// The most BINs of a bank.
const BINS_MAX: usize = 100;
/// The most forms of a bank: one for each language.
const FORMS_MAX: usize = 50;

impl Bank {
    pub(super) fn read(mut section: Section, certifies: Certifies) -> Result<Self, Ending> {
        let bins = section.required("bins", BINS, bins)?;
        let name = section.required("name", NAME, name)?;
        let country = section.required("country", COUNTRY, country)?;
        let logos = Logos {
            brand: section.optional("brand_logo", LOGO, picture)?,
            card: section.optional("card_logo", LOGO, picture)?,
        };
        let forms = forms(&mut section, &logos)?;
        let desk = match certifies {
            Certifies::Cardholders => Some(CardDesk::read(&mut section, &forms)?),
            Certifies::Merchants | Certifies::Gateways => None,
        };
        section.finish()?;
        Ok(Self { bins, name, country, forms, desk })
    }
}

fn forms(section: &mut Section, logos: &Logos) -> Result<Vec<BankForm>, Ending> {
    let tables = section.sections("form")?;
    let path = section.path("form");
    if tables.is_empty() {
        return Err(missing(&path, FORM));
    }
    if tables.len() > FORMS_MAX {
        return Err(wrong(&path, &tables.len(), "at most 50 forms"));
    }
    let mut forms: Vec<BankForm> = Vec::new();
    for table in tables {
        let path = table.path("language");
        let form = BankForm::read(table, logos)?;
        if forms.iter().any(|other| other.language == form.language) {
            return Err(wrong(&path, &form.language, LANGUAGE));
        }
        forms.push(form);
    }
    Ok(forms)
}

fn bins(value: &Value) -> Option<Vec<Bin>> {
    let given = value.as_array()?;
    let bins: Option<Vec<Bin>> = given.iter().map(|bin| Bin::parse(bin.as_str()?).ok()).collect();
    bins.filter(|bins| (1..=BINS_MAX).contains(&bins.len()))
}

fn name(value: &Value) -> Option<String> {
    let name = text(value)?;
    Name::new(&[(NameAttribute::OrganizationalUnit, &name)]).is_ok().then_some(name)
}

fn country(value: &Value) -> Option<String> {
    text(value).filter(|code| code.len() == 2 && code.bytes().all(|it| it.is_ascii_uppercase()))
}

fn picture(value: &Value) -> Option<String> {
    let is_web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    text(value).filter(|url| is_web(url) && Url::new(url).is_ok())
}

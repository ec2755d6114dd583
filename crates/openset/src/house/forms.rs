//! The form file of an authority: its banks by BIN, the forms that each asks to be filled in, and
//! for cards how a bank checks the answers. `docs/forms.toml` is the commented example.
//!
//! It is read when the authority starts, and strictly: what it does not know is refused by name.
//! What it deliberately does not know: how records are asked (`registrars` does), and how a form
//! travels (`openset_protocol::enrolment` does).

mod bank;
mod desk;
mod form;

use std::{collections::BTreeSet, fs::File, io::Read, path::Path};

use openset_protocol::{
    ca::{Certifies, Institution, Policy},
    enrolment::Form,
};
use openset_types::{Bin, Language};
use toml::Table;

pub(crate) use self::desk::{CardDesk, Records, Rules, SecretSource, ServiceTerms};
use crate::{
    ending::{Ending, Miswritten},
    section::{Section, missing, wrong},
};

/// What an authority's form file is called, in its folder.
pub(crate) const FILE: &str = "forms.toml";
/// The longest form file that is read.
const FILE_OCTETS_MAX: u64 = 1024 * 1024;
/// The most banks in one.
const BANKS_MAX: usize = 500;

/// What a form file says.
#[derive(Debug)]
pub(crate) struct FormFile {
    certifies: Certifies,
    banks: Vec<Bank>,
}

/// A bank in a form file.
#[derive(Debug)]
pub(crate) struct Bank {
    /// The first digits of its cards, or the numbers it has as an acquirer.
    pub(crate) bins: Vec<Bin>,
    /// Its name in certificates.
    pub(crate) name: String,
    /// Its country, in two letters.
    pub(crate) country: String,
    /// Its forms, one for each language.
    pub(crate) forms: Vec<BankForm>,
    /// How it checks answers, where the authority certifies cardholders.
    pub(crate) desk: Option<CardDesk>,
}

/// A form of a bank in one language.
#[derive(Debug)]
pub(crate) struct BankForm {
    pub(crate) language: Language,
    pub(crate) form: Form,
    /// With what the bank's records the answer to each field is compared, if with anything: the
    /// same name in every language.
    pub(crate) compared: Vec<Option<String>>,
    /// How much of the answer to each field the authority's operators read.
    pub(crate) shown: Vec<Shown>,
}

/// How much of an answer operators read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// All of it.
    Whole,
    /// Its first and its last character.
    Masked,
    /// That there is one.
    Hidden,
}

impl FormFile {
    /// Reads the form file in the folder of an authority.
    pub(crate) fn of(folder: &Path, certifies: Certifies) -> anyhow::Result<Self> {
        let file = folder.join(FILE);
        let told = |error: String| Miswritten(format!("{}: {error}", file.display()));
        let text = read(&file).map_err(|error| {
            let example = "\n  the example is docs/forms.toml";
            anyhow::Error::new(told(format!("{error}{example}")))
        })?;
        Self::parse(&text, certifies).map_err(|ending| match ending {
            Ending::Input(error) | Ending::Machine(error) => told(error.to_string()).into(),
            Ending::No => told("it says nothing".to_owned()).into(),
        })
    }

    /// Reads a form file.
    pub(crate) fn parse(text: &str, certifies: Certifies) -> Result<Self, Ending> {
        let table: Table = text.parse().map_err(Ending::input)?;
        let mut whole = Section::whole(table);
        let banks = whole.sections("bank")?;
        if banks.is_empty() {
            return Err(missing("bank", "a table [[bank]] for each bank"));
        }
        if banks.len() > BANKS_MAX {
            return Err(wrong("bank", &banks.len(), "at most 500 banks"));
        }
        let banks = banks.into_iter().map(|section| Bank::read(section, certifies));
        let file = Self { certifies, banks: banks.collect::<Result<_, _>>()? };
        whole.finish()?;
        file.require_distinct()?;
        Ok(file)
    }

    /// Whom the authority certifies, for which banks, with which forms.
    pub(crate) fn policy(&self) -> Policy {
        let institutions = self
            .banks
            .iter()
            .flat_map(|bank| bank.bins.iter().map(|bin| (bin.clone(), bank.institution())));
        Policy {
            certifies: self.certifies,
            institutions: institutions.collect(),
            referrals: std::collections::BTreeMap::new(),
            account: None,
        }
    }

    /// The form of this number, whichever bank's it is.
    pub(crate) fn form(&self, number: u64) -> Option<&BankForm> {
        self.banks.iter().find_map(|bank| bank.form(number))
    }

    /// Every bank that checks applicants for cards, and how.
    pub(crate) fn into_desks(self) -> impl Iterator<Item = (Bank, CardDesk)> {
        self.banks.into_iter().filter_map(|mut bank| {
            let desk = bank.desk.take()?;
            Some((bank, desk))
        })
    }

    /// A BIN leads to one bank, and a number to one form.
    fn require_distinct(&self) -> Result<(), Ending> {
        let (mut bins, mut forms) = (BTreeSet::new(), BTreeSet::new());
        for (place, bank) in (1..).zip(&self.banks) {
            if let Some(twice) = bank.bins.iter().find(|bin| !bins.insert((*bin).clone())) {
                let path = format!("bank[{place}].bins");
                return Err(wrong(&path, twice, "each BIN once in the file"));
            }
            for (number, form) in (1..).zip(&bank.forms) {
                if !forms.insert(form.form.id) {
                    let path = format!("bank[{place}].form[{number}].number");
                    return Err(wrong(&path, &form.form.id, "a number that no other form has"));
                }
            }
        }
        Ok(())
    }
}

impl Bank {
    /// The form of this number.
    pub(crate) fn form(&self, number: u64) -> Option<&BankForm> {
        self.forms.iter().find(|form| form.form.id == number)
    }

    fn institution(&self) -> Institution {
        let forms = self.forms.iter().map(|form| (form.language.clone(), form.form.clone()));
        let (name, country) = (self.name.clone(), self.country.clone());
        Institution { name, country, forms: forms.collect() }
    }
}

/// The text of a file that is not too long.
fn read(file: &Path) -> Result<String, String> {
    let mut text = String::new();
    let file = File::open(file).map_err(|error| error.to_string())?;
    let read = file.take(FILE_OCTETS_MAX + 1).read_to_string(&mut text);
    match read {
        Err(error) => Err(error.to_string()),
        Ok(length) if length as u64 > FILE_OCTETS_MAX => Err("it is longer than 1 MiB".to_owned()),
        Ok(_) => Ok(text),
    }
}

#[cfg(test)]
mod tests;

//! A bank's cardholders in a file: `docs/cardholders.toml` is the commented example.
//!
//! What stands in the file is shown to nobody: what is wrong is told by its place alone.

use std::{collections::BTreeMap, path::Path};

use openset_protocol::enrolment::{Unfit, Why};
use openset_types::{CardExpiry, Pan};
use toml::Value;

use super::{
    records::{Asking, Case, NotNow, Records, Said, Verdict},
    words::Words,
};
use crate::{
    ending::{Ending, Miswritten},
    house::private,
    section::{Section, missing, wrong},
};

/// The longest file that is read.
const FILE_OCTETS_MAX: u64 = 4 * 1024 * 1024;
/// The most cards in one: a bank with more has a service.
const CARDS_MAX: usize = 10_000;
/// The most that is known of a holder.
const KNOWN_MAX: usize = 50;
/// The longest thing that is known of a holder: as long as an answer.
const CHARACTERS_MAX: usize = 128;

const NUMBER: &str = "a card number that no other card here has";
const EXPIRY: &str = "the last month of the card, such as \"2029-12\"";
const PERSON: &str = "true or false";
const HOLDER: &str = "what is known of its holder, such as { name = \"A. Holder\" }";
const HIDDEN: &str = "(not shown)";

/// The cardholders of a bank.
pub(super) struct Table {
    cards: Vec<Card>,
}

/// A card and its holder.
struct Card {
    pan: Pan,
    expiry: CardExpiry,
    /// Whether a person looks at every application for it.
    person: bool,
    /// What answers are compared with, as it is compared.
    holder: BTreeMap<String, String>,
}

impl Table {
    /// Reads the file.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let told = |what: String| Miswritten(format!("{}: {what}", path.display()));
        let octets = private::read(path, FILE_OCTETS_MAX)?;
        let text = str::from_utf8(octets.expose()).map_err(|_| told("not UTF-8".to_owned()))?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            told(format!("line {line} is not TOML"))
        })?;
        Self::parse(table).map_err(|ending| match ending {
            Ending::Input(error) | Ending::Machine(error) => told(error.to_string()).into(),
            Ending::No => told("it says nothing".to_owned()).into(),
        })
    }

    fn parse(table: toml::Table) -> Result<Self, Ending> {
        let mut whole = Section::whole(table);
        let sections = whole.sections("card")?;
        whole.finish()?;
        if sections.len() > CARDS_MAX {
            return Err(wrong("card", &sections.len(), "at most 10000 cards"));
        }
        let mut cards: Vec<Card> = Vec::new();
        for section in sections {
            let path = section.path("number");
            let card = Card::read(section)?;
            if cards.iter().any(|other| other.pan == card.pan) {
                return Err(wrong(&path, &HIDDEN, NUMBER));
            }
            cards.push(card);
        }
        Ok(Self { cards })
    }

    fn judge(&self, case: &Case<'_>) -> Verdict {
        let known = self.cards.iter().find(|card| card.pan == *case.pan);
        let Some(card) = known.filter(|card| card.expiry == *case.expiry) else {
            return Verdict::Denies(None);
        };
        let differs = |said: &&Said<'_>| match said.compared {
            Some(name) => card.holder.get(name) != Some(&plain(said.text)),
            None => false,
        };
        let words = Words::of(case.language);
        let unfit: Vec<Unfit> = case
            .said
            .iter()
            .filter(differs)
            .map(|said| Unfit { number: said.number, why: Why::Said(words.differs()) })
            .collect();
        match unfit.is_empty() {
            false => Verdict::Differs(unfit),
            true if card.person => Verdict::Refers,
            true => Verdict::Approves,
        }
    }
}

impl Card {
    fn read(mut section: Section) -> Result<Self, Ending> {
        let card = Self {
            pan: hidden(&mut section, "number", NUMBER, |value| Pan::parse(value.as_str()?).ok())?,
            expiry: hidden(&mut section, "expiry", EXPIRY, expiry)?,
            person: section.optional("person", PERSON, Value::as_bool)?.unwrap_or(false),
            holder: hidden(&mut section, "holder", HOLDER, holder)?,
        };
        section.finish()?;
        Ok(card)
    }
}

impl Records for Table {
    fn ask<'a>(&'a self, case: &'a Case<'a>) -> Asking<'a> {
        Box::pin(async move { Ok::<_, NotNow>(self.judge(case)) })
    }
}

/// A value that is not shown where it is wrong.
fn hidden<T>(
    section: &mut Section,
    key: &'static str,
    expected: &str,
    parse: impl FnOnce(&Value) -> Option<T>,
) -> Result<T, Ending> {
    let path = section.path(key);
    let value = section.optional(key, expected, |value| Some(value.clone()))?;
    let value = value.ok_or_else(|| missing(&path, expected))?;
    parse(&value).ok_or_else(|| wrong(&path, &HIDDEN, expected))
}

fn expiry(value: &Value) -> Option<CardExpiry> {
    let (year, month) = value.as_str()?.split_once('-')?;
    (month.len() == 2).then(|| CardExpiry::parse(&format!("{year}{month}")).ok())?
}

fn holder(value: &Value) -> Option<BTreeMap<String, String>> {
    let table = value.as_table().filter(|table| table.len() <= KNOWN_MAX)?;
    let known = table.iter().map(|(name, value)| {
        let text = value.as_str().filter(|text| text.chars().count() <= CHARACTERS_MAX)?;
        Some((name.clone(), plain(text)))
    });
    known.collect()
}

/// As texts are compared: without regard to capitals and to how many spaces there are.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests;

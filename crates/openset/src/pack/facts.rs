//! `pack.toml`: what a bank says of itself.

use openset_crypto::Suite;
use openset_types::{Bin, Brand};
use openset_web::Tongue;
use toml::{Table, Value};

use super::{
    colours::{Colour, Mode, Shade},
    files::PACK,
};
use crate::section::{Section, posting, text};

/// The most characters of a bank's name.
const NAME_CHARACTERS_MAX: usize = 40;
/// The most characters of the pack's own name.
const ID_CHARACTERS_MAX: usize = 40;
/// The most characters of the address people write to.
const CONTACT_CHARACTERS_MAX: usize = 80;
/// The most ranges of card numbers of one bank.
const BINS_MAX: usize = 64;

/// What a bank says of itself.
#[derive(Debug)]
pub(crate) struct Facts {
    /// What files, folders and programs are named by: `banque-demo`.
    pub(crate) id: String,
    /// Higher in each later pack: a wallet goes back to none that is older.
    pub(crate) version: u32,
    /// The names in each language, the bank's own language first.
    pub(crate) names: Vec<(Tongue, Names)>,
    /// The card brand.
    pub(crate) brand: Brand,
    /// How the bank's card numbers begin.
    pub(crate) bins: Vec<Bin>,
    /// The suite of its trust anchor.
    pub(crate) suite: Suite,
    /// Where its cardholder authority takes messages.
    pub(crate) authority: String,
    /// Where people write to about the wallet.
    pub(crate) contact: String,
    /// The print of the trust anchor, if it is said here.
    pub(crate) anchor: Option<String>,
    /// The colours of light pages.
    pub(crate) light: Shade,
    /// The colours of dark pages.
    pub(crate) dark: Shade,
}

/// What a bank and its wallet are called in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) bank: String,
    pub(crate) wallet: String,
}

impl Facts {
    /// Reads `pack.toml`.
    pub(crate) fn read(toml: &str) -> anyhow::Result<Self> {
        let table: Table = toml.parse().map_err(|error| anyhow::anyhow!("{PACK}: {error}"))?;
        let mut pack = section(&format!("{PACK}: pack"), Some(Value::Table(table)))?;
        let facts = pack.facts()?;
        pack.0.finish().map_err(crate::ending::Ending::into_error)?;
        Ok(facts)
    }

    /// What the bank and its wallet are called: in this language, or else in the bank's own.
    pub(crate) fn names(&self, tongue: Tongue) -> &Names {
        let own = self.names.iter().find(|(known, _)| *known == tongue);
        own.or_else(|| self.names.first()).map(|(_, names)| names).expect("a pack has a language")
    }

    /// The bank's own language.
    pub(crate) fn tongue(&self) -> Tongue {
        self.names.first().map(|(tongue, _)| *tongue).expect("a pack has a language")
    }
}

/// A table of the file.
struct Part(Section);

fn version(value: &Value) -> Option<u32> {
    value.as_integer().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0)
}

fn section(name: &str, table: Option<Value>) -> anyhow::Result<Part> {
    Section::new(name, table).map(Part).map_err(crate::ending::Ending::into_error)
}

impl Part {
    fn facts(&mut self) -> anyhow::Result<Facts> {
        let id =
            self.field("id", "lower-case letters, digits and hyphens, from a letter on", id)?;
        let version = self.0.optional("version", "a number from 1 on", version);
        let version = version.map_err(crate::ending::Ending::into_error)?.unwrap_or(1);
        let tongues = self.field("languages", "\"en\", \"fr\" or both, each once", tongues)?;
        let mut names = self.part("names")?;
        let named = tongues.into_iter().map(|tongue| Ok((tongue, names.names(tongue)?)));
        let named = named.collect::<anyhow::Result<Vec<_>>>()?;
        names.finish()?;
        let mut colours = self.part("colours")?;
        let light = colours.shade("light", Mode::Light)?;
        let dark = colours.shade("dark", Mode::Dark)?;
        colours.finish()?;
        let mut trust = self.part("trust")?;
        let hex = |value: &Value| value.as_str().filter(|text| is_print(text)).map(str::to_owned);
        let anchor = trust.0.optional("sha256", "64 hexadecimal digits in lower case", hex);
        let anchor = anchor.map_err(crate::ending::Ending::into_error)?;
        trust.finish()?;
        Ok(Facts {
            id,
            version,
            names: named,
            brand: self.field("brand", "1 to 40 printable characters", |value| {
                Brand::parse(value.as_str()?).ok()
            })?,
            bins: self.field("bins", "1 to 64 times six digits, each once", bins)?,
            suite: self.field("suite", "\"modern\" or \"set10\"", suite)?,
            authority: self.field("authority", "where its authority takes messages", posting)?,
            contact: self.field("contact", "an address such as wallet@bank.example", contact)?,
            anchor,
            light,
            dark,
        })
    }

    fn names(&mut self, tongue: Tongue) -> anyhow::Result<Names> {
        let mut names = self.part(tongue.tag())?;
        let expected = "1 to 40 letters, digits, spaces or any of ' ’ - .";
        let bank = names.field("bank", expected, name)?;
        let wallet = names.field("wallet", expected, name)?;
        names.finish()?;
        Ok(Names { bank, wallet })
    }

    fn shade(&mut self, key: &'static str, mode: Mode) -> anyhow::Result<Shade> {
        let mut shade = self.part(key)?;
        let colour = |value: &Value| Colour::parse(value.as_str()?);
        let expected = "# and six hexadecimal digits";
        let accent = shade.field("accent", expected, colour)?;
        let on_accent = shade.field("on-accent", expected, colour)?;
        let read = Shade { accent, on_accent };
        read.require_contrast(mode)
            .map_err(|faint| anyhow::anyhow!("{}: {faint}", shade.0.path(faint.what)))?;
        shade.finish()?;
        Ok(read)
    }

    fn part(&mut self, key: &'static str) -> anyhow::Result<Self> {
        let part = self.0.section(key).map_err(crate::ending::Ending::into_error)?;
        part.map_or_else(|| section(&self.0.path(key), None), |part| Ok(Self(part)))
    }

    fn field<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl FnOnce(&Value) -> Option<T>,
    ) -> anyhow::Result<T> {
        self.0.required(key, expected, parse).map_err(crate::ending::Ending::into_error)
    }

    fn finish(self) -> anyhow::Result<()> {
        self.0.finish().map_err(crate::ending::Ending::into_error)
    }
}

fn id(value: &Value) -> Option<String> {
    let id = text(value)?;
    let allowed = |octet: u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-';
    let begins = id.bytes().next().is_some_and(|octet| octet.is_ascii_lowercase());
    let fits = (2..=ID_CHARACTERS_MAX).contains(&id.len()) && !id.ends_with('-');
    (begins && fits && id.bytes().all(allowed)).then_some(id)
}

fn name(value: &Value) -> Option<String> {
    let name = text(value)?;
    let allowed = |it: char| it.is_alphanumeric() || " '’-.".contains(it);
    let fits = (1..=NAME_CHARACTERS_MAX).contains(&name.chars().count());
    (fits && name.trim() == name && name.chars().all(allowed)).then_some(name)
}

fn contact(value: &Value) -> Option<String> {
    let contact = text(value)?;
    let (who, host) = contact.split_once('@')?;
    let allowed = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | '_' | '+');
    let fits = contact.len() <= CONTACT_CHARACTERS_MAX && !who.is_empty() && host.contains('.');
    (fits && who.chars().all(allowed) && host.chars().all(allowed)).then_some(contact)
}

fn tongues(value: &Value) -> Option<Vec<Tongue>> {
    let tag = |value: &Value| {
        let tag = value.as_str()?;
        Tongue::ALL.into_iter().find(|tongue| tongue.tag() == tag)
    };
    each_once(value, Tongue::ALL.len(), tag)
}

fn bins(value: &Value) -> Option<Vec<Bin>> {
    each_once(value, BINS_MAX, |value| Bin::parse(value.as_str()?).ok())
}

/// The members of an array that is not empty, none of them twice.
fn each_once<T: PartialEq>(
    value: &Value,
    members_max: usize,
    parse: impl Fn(&Value) -> Option<T>,
) -> Option<Vec<T>> {
    let members = value.as_array().filter(|members| members.len() <= members_max)?;
    let mut read: Vec<T> = Vec::new();
    for member in members {
        let member = parse(member).filter(|member| !read.contains(member))?;
        read.push(member);
    }
    (!read.is_empty()).then_some(read)
}

fn suite(value: &Value) -> Option<Suite> {
    let name = value.as_str()?;
    Suite::ALL.into_iter().find(|suite| suite.to_string() == name)
}

/// Whether a text is the hex of a SHA-256.
pub(crate) fn is_print(text: &str) -> bool {
    text.len() == 64 && data_encoding::HEXLOWER.decode(text.as_bytes()).is_ok()
}

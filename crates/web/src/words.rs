//! What the pages say, in English and in French.
//!
//! The texts are Fluent files under `locales`. The build writes one function per message, so a
//! page can only say what every language can say: a missing or an extra message is a build error.
//! Numbers, money and dates are written here, the way each language writes them.

use std::borrow::Borrow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use openset_types::{Language, Money, UnixTime};
use unic_langid::LanguageIdentifier;

/// A language the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tongue {
    /// English, as spoken in Britain.
    English,
    /// French.
    French,
}

impl Tongue {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// The language tag: `en`, `fr`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// The language called by its own name.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }

    /// The language of a tag such as `fr` or `fr-CA`, if we speak it.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next()?.trim();
        Self::ALL.into_iter().find(|tongue| primary.eq_ignore_ascii_case(tongue.tag()))
    }

    /// The first language of an `Accept-Language` header that we speak; English otherwise.
    pub fn accepted(header: &str) -> Self {
        let tags = header.split(',').filter_map(|range| range.split(';').next());
        tags.filter_map(Self::parse).next().unwrap_or(Self::English)
    }

    /// The same language as messages name it.
    pub fn language(self) -> Language {
        Language::parse(self.tag()).expect("a tag of two letters")
    }

    fn identifier(self) -> LanguageIdentifier {
        self.tag().parse().expect("a tag of two letters")
    }

    fn texts(self) -> &'static [&'static str] {
        match self {
            Self::English => EN,
            Self::French => FR,
        }
    }
}

/// The words of one language: a function per message.
pub struct Words {
    tongue: Tongue,
    bundle: FluentBundle<FluentResource>,
}

static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::read(Tongue::English));
static FRENCH: LazyLock<Words> = LazyLock::new(|| Words::read(Tongue::French));

/// A space that does not break.
const FIRM: char = '\u{a0}';
/// A narrow space that does not break, as French groups digits.
const NARROW: char = '\u{202f}';

impl Words {
    /// The words of a language.
    pub fn of(tongue: Tongue) -> &'static Self {
        match tongue {
            Tongue::English => &ENGLISH,
            Tongue::French => &FRENCH,
        }
    }

    fn read(tongue: Tongue) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![tongue.identifier()]);
        bundle.set_use_isolating(false);
        for text in tongue.texts() {
            let resource = FluentResource::try_new((*text).to_owned());
            let resource = resource.unwrap_or_else(|_| unreachable!("the build parsed this text"));
            bundle.add_resource(resource).expect("the build refused repeated messages");
        }
        Self { tongue, bundle }
    }

    /// The language spoken here.
    pub fn tongue(&self) -> Tongue {
        self.tongue
    }

    fn message(&self, id: &str, arguments: &FluentArgs<'_>) -> String {
        let message = self.bundle.get_message(id).expect("the build saw this message");
        let pattern = message.value().expect("the build saw its text");
        self.bundle.format_pattern(pattern, Some(arguments), &mut Vec::new()).into_owned()
    }

    /// The first digits of a hash, in groups: what a person can compare at a glance. All of it
    /// stands elsewhere on the page.
    pub fn short_hash(&self, hex: &str) -> String {
        let groups: Vec<&str> = (0..4).filter_map(|at| hex.get(at * 4..at * 4 + 4)).collect();
        groups.join(" ")
    }

    /// A whole number, its digits grouped by three.
    pub fn number(&self, number: u64) -> String {
        let space = match self.tongue {
            Tongue::English => ',',
            Tongue::French => NARROW,
        };
        grouped(&number.to_string(), space)
    }

    /// An amount with its currency: `€42.00`, `42,00 €`.
    pub fn money(&self, money: impl Borrow<Money>) -> String {
        let money = *money.borrow();
        let amount = self.amount(money);
        let sign = currency_sign(money.currency().code());
        match (self.tongue, sign) {
            (Tongue::English, Some(sign)) => format!("{sign}{amount}"),
            (Tongue::French, Some(sign)) => format!("{amount}{FIRM}{sign}"),
            (_, None) => format!("{amount}{FIRM}{}", money.currency().code()),
        }
    }

    /// An amount without its currency: `1,042.00`, `1 042,00`.
    pub fn amount(&self, money: Money) -> String {
        let decimal = money.decimal();
        let (whole, fraction) = decimal.split_once('.').unwrap_or((&decimal, ""));
        let (space, point) = match self.tongue {
            Tongue::English => (',', '.'),
            Tongue::French => (NARROW, ','),
        };
        let whole = grouped(whole, space);
        if fraction.is_empty() { whole } else { format!("{whole}{point}{fraction}") }
    }

    /// Hundredths of a percent as percent: `1.20%`, `1,20 %`.
    pub fn percent(&self, basis_points: u16) -> String {
        let (whole, hundredths) = (basis_points / 100, basis_points % 100);
        match self.tongue {
            Tongue::English => format!("{whole}.{hundredths:02}%"),
            Tongue::French => format!("{whole},{hundredths:02}{FIRM}%"),
        }
    }

    /// A day: `23 Nov 2026`, `23 nov. 2026`.
    pub fn day(&self, time: impl Borrow<UnixTime>) -> String {
        let time = *time.borrow();
        let text = time.rfc3339();
        let month: usize = text[5..7].parse().unwrap_or(1);
        let day = text[8..10].trim_start_matches('0');
        let months = match self.tongue {
            Tongue::English => ENGLISH_MONTHS,
            Tongue::French => FRENCH_MONTHS,
        };
        let day = if self.tongue == Tongue::French && day == "1" { "1er" } else { day };
        format!("{day} {} {}", months[month - 1], &text[..4])
    }

    /// The time of day, in UTC: `14:02:11`.
    pub fn clock(&self, time: impl Borrow<UnixTime>) -> String {
        let time = *time.borrow();
        time.rfc3339()[11..19].to_owned()
    }

    /// A day and a time, in UTC: `23 Nov 2026, 14:02:11`.
    pub fn moment(&self, time: impl Borrow<UnixTime>) -> String {
        let time = *time.borrow();
        format!("{}, {}", self.day(time), self.clock(time))
    }

    /// A size: `6,312 bytes`, `6 312 octets`.
    pub fn size(&self, octets: impl Borrow<usize>) -> String {
        let octets = *octets.borrow();
        self.octets(octets, self.number(octets as u64))
    }
}

const ENGLISH_MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const FRENCH_MONTHS: [&str; 12] = [
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.",
    "déc.",
];

/// The sign of a currency whose sign means nothing else.
fn currency_sign(code: &str) -> Option<&'static str> {
    match code {
        "EUR" => Some("€"),
        "GBP" => Some("£"),
        _ => None,
    }
}

fn grouped(digits: &str, space: char) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(space);
        }
        text.push(digit);
    }
    text
}

include!(concat!(env!("OUT_DIR"), "/words.rs"));

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use openset_types::Currency;

    use super::*;

    fn eur(minor: u64) -> Money {
        Money::new(minor, Currency::EUR).expect("within range")
    }

    #[test]
    fn money_is_written_the_way_each_language_writes_it() {
        let (english, french) = (Words::of(Tongue::English), Words::of(Tongue::French));
        assert_eq!(english.money(eur(4200)), "€42.00");
        assert_eq!(french.money(eur(4200)), "42,00\u{a0}€");
        assert_eq!(english.money(eur(123_456_789)), "€1,234,567.89");
        assert_eq!(french.money(eur(123_456_789)), "1\u{202f}234\u{202f}567,89\u{a0}€");
        let yen = Money::new(4200, Currency::from_code("JPY").expect("in the table"));
        assert_eq!(english.money(yen.expect("within range")), "4,200\u{a0}JPY");
    }

    #[test]
    fn days_and_times_are_written_the_way_each_language_writes_them() {
        let time = UnixTime::parse_generalized("20261101140211Z").expect("a real moment");
        assert_eq!(Words::of(Tongue::English).day(time), "1 Nov 2026");
        assert_eq!(Words::of(Tongue::French).day(time), "1er nov. 2026");
        assert_eq!(Words::of(Tongue::English).moment(time), "1 Nov 2026, 14:02:11");
    }

    #[test]
    fn hundredths_of_a_percent_are_written_as_percent() {
        let percent = |tongue, basis_points| Words::of(tongue).percent(basis_points);
        assert_eq!(percent(Tongue::English, 120), "1.20%");
        assert_eq!(percent(Tongue::French, 5), "0,05\u{a0}%");
        assert_eq!(percent(Tongue::English, 10_000), "100.00%");
    }

    #[test]
    fn plurals_follow_the_language() {
        assert_eq!(Words::of(Tongue::English).size(1), "1 byte");
        assert_eq!(Words::of(Tongue::English).size(0), "0 bytes");
        assert_eq!(Words::of(Tongue::French).size(0), "0 octet");
        assert_eq!(Words::of(Tongue::French).size(6312), "6\u{202f}312 octets");
    }

    #[test]
    fn the_first_spoken_language_of_the_header_is_taken() {
        assert_eq!(Tongue::accepted("fr-CA,fr;q=0.9,en;q=0.8"), Tongue::French);
        assert_eq!(Tongue::accepted("de, en-GB;q=0.7"), Tongue::English);
        for header in ["", "*", "de", ";;,,", "frx"] {
            assert_eq!(Tongue::accepted(header), Tongue::English, "{header}");
        }
    }

    #[test]
    fn no_message_goes_unsaid() {
        let mut sources = String::new();
        gather(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut sources);
        let generated = include_str!(concat!(env!("OUT_DIR"), "/words.rs"));
        let names = generated.lines().filter_map(|line| line.trim().strip_prefix("pub fn "));
        for name in names.filter_map(|line| line.split('(').next()) {
            assert!(sources.contains(&format!(".{name}(")), "nothing says `{name}`");
        }
    }

    fn gather(folder: &Path, sources: &mut String) {
        for entry in fs::read_dir(folder).expect("a folder of the crate") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                gather(&path, sources);
            } else if let Ok(text) = fs::read_to_string(&path) {
                sources.push_str(&text);
            }
        }
    }
}

//! A bank's ledger against the entries that its messages ask for.

use std::{collections::BTreeMap, fmt};

use openset_types::{Currency, Money};

use crate::{
    amounts::written,
    books::{Account, Entry, Line, Side},
    report::{Difference, MESSAGES, NOTHING, What},
};

/// An entry that a message asks for.
#[derive(Debug)]
pub(crate) struct Expected {
    /// What was done: `captured`, `settled`.
    deed: &'static str,
    /// To what: a sale's reference or a file.
    of: String,
    lines: Vec<Line>,
}

/// The lines that are asked for, by what was done to what, and not yet found.
#[derive(Debug, Default)]
struct Open(BTreeMap<(String, String), Vec<Vec<Line>>>);

/// What an account has come to: debits less credits, in minor units.
type Balances = BTreeMap<(Account, Currency), i128>;

impl Expected {
    pub(crate) fn new(deed: &'static str, of: impl fmt::Display, lines: Vec<Line>) -> Self {
        Self { deed, of: of.to_string(), lines: in_order(&lines) }
    }

    /// One debit and one credit of the same amount.
    pub(crate) fn pair(
        deed: &'static str,
        of: impl fmt::Display,
        [debit, credit]: [Account; 2],
        amount: Money,
    ) -> Self {
        Self::new(
            deed,
            of,
            vec![line(debit, Side::Debit, amount), line(credit, Side::Credit, amount)],
        )
    }
}

pub(crate) fn line(account: Account, side: Side, amount: Money) -> Line {
    Line { account, side, amount: (amount.currency(), amount.minor()) }
}

/// Every difference between the entries of a ledger and those that are asked for, and between the
/// balances of both.
pub(crate) fn compare(folder: &str, entries: &[Entry], expected: Vec<Expected>) -> Vec<Difference> {
    let between = [folder, MESSAGES];
    let mut found = numbers(folder, entries);
    let balances = [
        balances(entries.iter().flat_map(|entry| &entry.lines)),
        balances(expected.iter().flat_map(|entry| &entry.lines)),
    ];
    let mut open = Open::of(expected);
    // Exact matches first, so that of two entries on one occasion the right one is named.
    let (_, strange): (Vec<&Entry>, Vec<&Entry>) =
        entries.iter().partition(|entry| open.take(entry, true).is_some());
    for entry in strange {
        if let Some(wrong) = unbalanced(entry) {
            let about = format!("entry {}", entry.number);
            found.push(Difference::new(What::EntryUnbalanced, about, [folder; 2], wrong));
        }
        let about = format!("entry {}, {}", entry.number, occasion(entry));
        let (what, asked) = match open.take(entry, false) {
            Some(asked) => (What::EntryDiffers, told(&asked)),
            None => (What::EntryUnfounded, NOTHING.to_owned()),
        };
        let says = [told(&in_order(&entry.lines)), asked];
        found.push(Difference::new(what, about, between, says));
    }
    for ((deed, of), lines) in open
        .0
        .into_iter()
        .flat_map(|(on, all)| all.into_iter().map(move |lines| (on.clone(), lines)))
    {
        let about = format!("entry {deed} {of}");
        let says = [NOTHING.to_owned(), told(&lines)];
        found.push(Difference::new(What::EntryMissing, about, between, says));
    }
    found.extend(differing(folder, &balances));
    found
}

/// Entries are numbered from 1 without a gap.
fn numbers(folder: &str, entries: &[Entry]) -> Vec<Difference> {
    let mut numbers: Vec<u64> = entries.iter().map(|entry| entry.number).collect();
    numbers.sort_unstable();
    let mut found = Vec::new();
    for (number, expected) in numbers.iter().zip(missing_before(&numbers)) {
        if let Some(first) = expected {
            let about = match number.saturating_sub(1) {
                last if last == first => format!("entry {first}"),
                last => format!("entries {first} to {last}"),
            };
            let says = [format!("entry {number} was made after it"), "it is gone".to_owned()];
            found.push(Difference::new(What::EntryMissing, about, [folder; 2], says));
        }
    }
    found
}

/// For each number, the first one that is missing before it.
fn missing_before(numbers: &[u64]) -> impl Iterator<Item = Option<u64>> {
    let before = [0].into_iter().chain(numbers.iter().copied());
    before.zip(numbers).map(|(before, number)| {
        let next = before.saturating_add(1);
        (*number > next).then_some(next)
    })
}

impl Open {
    fn of(expected: Vec<Expected>) -> Self {
        let mut open = Self::default();
        for Expected { deed, of, lines } in expected {
            open.0.entry((deed.to_owned(), of)).or_default().push(lines);
        }
        open
    }

    /// Takes out the lines that were asked for on an entry's occasion.
    fn take(&mut self, entry: &Entry, is_exact: bool) -> Option<Vec<Line>> {
        let (deed, of) = entry.occasion.first_key_value()?;
        let asked = self.0.get_mut(&(deed.clone(), of.clone()))?;
        let lines = in_order(&entry.lines);
        let at = asked.iter().position(|asked| !is_exact || *asked == lines)?;
        Some(asked.swap_remove(at))
    }
}

fn unbalanced(entry: &Entry) -> Option<[String; 2]> {
    let mut sums: BTreeMap<Currency, [u128; 2]> = BTreeMap::new();
    for Line { side, amount: (currency, minor), .. } in &entry.lines {
        let [debits, credits] = sums.entry(*currency).or_default();
        let sum = if *side == Side::Debit { debits } else { credits };
        *sum = sum.saturating_add((*minor).into());
    }
    let (currency, [debits, credits]) =
        sums.into_iter().find(|(_, [debits, credits])| debits != credits)?;
    let told = |word: &str, sum| format!("{word} {}", written(sum, currency));
    Some([told("debits", debits), told("credits", credits)])
}

fn balances<'a>(lines: impl Iterator<Item = &'a Line>) -> Balances {
    let mut balances = Balances::new();
    for Line { account, side, amount: (currency, minor) } in lines {
        let sum = balances.entry((account.clone(), *currency)).or_default();
        *sum = match side {
            Side::Debit => sum.saturating_add((*minor).into()),
            Side::Credit => sum.saturating_sub((*minor).into()),
        };
    }
    balances
}

fn differing(folder: &str, [booked, derived]: &[Balances; 2]) -> Vec<Difference> {
    let all = booked.keys().chain(derived.keys().filter(|name| !booked.contains_key(name)));
    let of = |balances: &Balances, name: &(Account, Currency)| {
        balances.get(name).copied().unwrap_or_default()
    };
    let differ = all.filter(|name| of(booked, name) != of(derived, name));
    let told = differ.map(|name| {
        let (account, currency) = name;
        let says = [booked, derived].map(|side| {
            let sum = of(side, name);
            let word = if sum < 0 { "credit" } else { "debit" };
            format!("{word} {}", written(sum.unsigned_abs(), *currency))
        });
        let about = format!("account {account}");
        Difference::new(What::BalanceDiffers, about, [folder, MESSAGES], says)
    });
    told.collect()
}

fn in_order(lines: &[Line]) -> Vec<Line> {
    let mut lines = lines.to_vec();
    lines.sort();
    lines
}

fn occasion(entry: &Entry) -> String {
    let told = entry.occasion.iter().map(|(deed, of)| format!("{deed} {of}"));
    told.collect::<Vec<_>>().join(", ")
}

fn told(lines: &[Line]) -> String {
    let told = lines.iter().map(|Line { account, side, amount: (currency, sum) }| {
        let word = if *side == Side::Debit { "debit" } else { "credit" };
        format!("{word} {account} {}", written((*sum).into(), *currency))
    });
    told.collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card(id) => write!(f, "card {id:06}"),
            Self::Clearing(bank) => write!(f, "clearing {bank}"),
            Self::Central => f.write_str("central"),
            Self::Fees => f.write_str("fees"),
            Self::Merchant(merchant) => write!(f, "merchant {merchant}"),
            Self::Pending(merchant) => write!(f, "pending {merchant}"),
        }
    }
}

//! A small reader of `protocol/*.asn`, which shares nothing with the one in `inspect`.

use std::{collections::BTreeMap, fs, path::Path};

/// What a name of the interface stands for.
#[derive(Debug)]
pub(crate) enum Kind {
    /// SEQUENCE.
    Fields(Vec<Field>),
    /// CHOICE.
    Choice(Vec<Field>),
    /// ENUMERATED: numbers and names.
    Numbers(Vec<(i64, String)>),
    /// Another name, a built-in type, or a list of either: its first word, and its bounds.
    Other(String, Option<Bounds>),
}

/// How small and how large: a number, or the size of a text or a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) min: i64,
    /// Where there is a largest.
    pub(crate) max: Option<i64>,
}

/// One field of a SEQUENCE, or one alternative of a CHOICE.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// Whether it is always there.
    pub(crate) needed: bool,
    /// The first word of its type.
    pub(crate) of: String,
    pub(crate) bounds: Option<Bounds>,
    /// The tag it has of its own.
    pub(crate) tag: Option<u32>,
}

/// Every type of an interface, by its name.
pub(crate) type Types = BTreeMap<String, Kind>;

/// The name at the end of a chain of names, and what it stands for.
pub(crate) fn resolve<'a>(types: &'a Types, name: &str) -> Option<(&'a str, &'a Kind)> {
    let (name, kind) = types.get_key_value(name)?;
    match kind {
        Kind::Other(other, _) if types.contains_key(other) => resolve(types, other),
        kind => Some((name, kind)),
    }
}

/// Reads `set.asn` or `set-modern.asn`.
pub(crate) fn read(file: &str) -> Types {
    let tokens = file_tokens(file);
    let mut types = Types::new();
    for (at, window) in tokens.windows(2).enumerate() {
        if window[1] == "::=" && window[0] != "TAGS" {
            let kind = kind(&tokens[at + 2..]);
            assert!(types.insert(window[0].clone(), kind).is_none(), "{} twice", window[0]);
        }
    }
    types
}

/// Every type of an interface, and the words that its definition is made of.
pub(crate) fn words(file: &str) -> BTreeMap<String, Vec<String>> {
    let tokens = file_tokens(file);
    let defined = |at: &usize| tokens[at + 1] == "::=" && tokens[*at] != "TAGS";
    let starts: Vec<usize> = (0..tokens.len() - 1).filter(defined).collect();
    let ends = starts.iter().skip(1).copied().chain([tokens.len()]);
    let bodies =
        starts.iter().zip(ends).map(|(at, end)| (tokens[*at].clone(), &tokens[at + 2..end]));
    bodies.map(|(name, body)| (name, body.to_vec())).collect()
}

fn file_tokens(file: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../protocol").join(file);
    tokens(&fs::read_to_string(path).expect("an interface"))
}

/// A name without what the two languages write differently.
pub(crate) fn plain(name: &str) -> String {
    name.replace(['-', '_'], "").to_lowercase()
}

/// Words and signs, without comments.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for line in text.lines() {
        let line = line.split("--").next().unwrap_or_default().replace("::=", " \u{1} ");
        let mut word = String::new();
        for character in line.chars().chain([' ']) {
            if character.is_ascii_alphanumeric() || character == '-' {
                word.push(character);
                continue;
            }
            if !word.is_empty() {
                tokens.push(std::mem::take(&mut word));
            }
            match character {
                '\u{1}' => tokens.push("::=".to_owned()),
                blank if blank.is_whitespace() => {}
                sign => tokens.push(sign.to_string()),
            }
        }
    }
    tokens
}

fn kind(tokens: &[String]) -> Kind {
    match (tokens[0].as_str(), tokens[1].as_str()) {
        ("SEQUENCE" | "SET", "{") => Kind::Fields(fields(&tokens[1..])),
        ("CHOICE", "{") => Kind::Choice(fields(&tokens[1..])),
        ("ENUMERATED", "{") => {
            Kind::Numbers(members(&tokens[1..]).into_iter().map(number).collect())
        }
        _ => {
            let end = tokens.iter().position(|token| token == "::=" || token == "END");
            let body = &tokens[..end.unwrap_or(tokens.len()).saturating_sub(1)];
            Kind::Other(tokens[0].clone(), bounds(body))
        }
    }
}

/// What stands between braces, split at the commas that stand in no others.
fn members(tokens: &[String]) -> Vec<&[String]> {
    let (mut open, mut from, mut members) = (0, 1, Vec::new());
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "{" | "(" => open += 1,
            "}" | ")" => open -= 1,
            _ => {}
        }
        if open == 0 || (open == 1 && token == ",") {
            members.push(&tokens[from..at]);
            from = at + 1;
        }
        if open == 0 {
            break;
        }
    }
    members
}

fn fields(tokens: &[String]) -> Vec<Field> {
    members(tokens).into_iter().map(field).collect()
}

fn field(tokens: &[String]) -> Field {
    let words = tokens[1..].iter().skip_while(|token| {
        matches!(token.as_str(), "[" | "]" | "EXPLICIT" | "IMPLICIT")
            || token.parse::<u32>().is_ok()
    });
    Field {
        of: words.take(1).cloned().collect(),
        bounds: bounds(&tokens[1..]),
        name: tokens[0].clone(),
        needed: !tokens.iter().any(|token| token == "OPTIONAL" || token == "DEFAULT"),
        tag: (tokens[1] == "[").then(|| tokens[2].parse().expect("a number")),
    }
}

/// `(1..20)`, `(1..MAX)` or `(20)`.
fn bounds(tokens: &[String]) -> Option<Bounds> {
    let is_number = |at: usize| tokens.get(at).is_some_and(|token| token.parse::<i64>().is_ok());
    let open = (0..tokens.len()).find(|at| tokens[*at] == "(" && is_number(at + 1))?;
    let min = tokens[open + 1].parse().expect("a number");
    let max = match tokens[open + 2].as_str() {
        ")" => Some(min),
        _ => tokens[open + 4].parse().ok(),
    };
    Some(Bounds { min, max })
}

/// `name(number)`
fn number(tokens: &[String]) -> (i64, String) {
    (tokens[2].parse().expect("a number"), tokens[0].clone())
}

//! The interface as data: a reader of the part of ASN.1 that `set-modern.asn` is written in.

use std::{collections::HashMap, sync::LazyLock};

use crate::der::Header;

const INTERFACE: &str = include_str!("../../../../protocol/set-modern.asn");
const CMS: &str = include_str!("cms.asn");
const SET10: &str = include_str!("set10.asn");

/// The interface, read once.
pub(super) static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::read(&[INTERFACE, CMS, SET10]));

/// Every type that has a name.
pub(super) struct Schema(HashMap<String, Shape>);

/// What a type is built of.
#[derive(Debug)]
pub(super) enum Shape {
    Any,
    Sequence(Vec<Field>),
    Choice(Vec<Field>),
    /// SEQUENCE OF or SET OF.
    List(Box<Self>),
    /// ENUMERATED, or BIT STRING with named bits, by the universal tag.
    Names(u32, Vec<(String, String)>),
    /// Another type, by name.
    Type(String),
    /// A built-in type, by its universal tag.
    Universal(u32),
}

/// One field of a SEQUENCE or alternative of a CHOICE.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) tag: Option<u32>,
    pub(super) explicit: bool,
    pub(super) optional: bool,
    pub(super) shape: Shape,
    /// `Type.field`, where the type has a name.
    pub(super) path: String,
}

impl Field {
    /// Whether an element of this header can be this field.
    pub(super) fn fits(&self, header: &Header) -> bool {
        match self.tag {
            Some(tag) => header.class == 2 && header.number == tag,
            None => self.shape.fits(header),
        }
    }

    /// Whether the field's tag is an element of its own around the value.
    pub(super) fn is_wrapped(&self) -> bool {
        self.tag.is_some() && (self.explicit || self.shape.is_open())
    }
}

impl Shape {
    /// Whether an element of this header can be of this shape.
    pub(super) fn fits(&self, header: &Header) -> bool {
        let universal = |number| header.class == 0 && header.number == number;
        match self {
            Self::Any => true,
            Self::Type(name) => SCHEMA.get(name).is_some_and(|shape| shape.fits(header)),
            Self::Choice(fields) => fields.iter().any(|field| field.fits(header)),
            Self::Sequence(_) => universal(16),
            Self::List(_) => universal(16) || universal(17),
            Self::Names(tag, _) | Self::Universal(tag) => universal(*tag),
        }
    }

    /// A tag on a CHOICE or an open type is always explicit.
    fn is_open(&self) -> bool {
        match self {
            Self::Any | Self::Choice(_) => true,
            Self::Type(name) => SCHEMA.get(name).is_some_and(Self::is_open),
            _ => false,
        }
    }

    /// Tells the fields which type they are of.
    fn own(mut self, name: &str) -> Self {
        if let Self::Sequence(fields) | Self::Choice(fields) = &mut self {
            for field in fields {
                field.path = format!("{name}.{}", field.name);
            }
        }
        self
    }
}

/// The built-in types of one word, and their tags.
const UNIVERSAL: [(&str, u32); 14] = [
    ("BOOLEAN", 1),
    ("INTEGER", 2),
    ("BIT", 3),
    ("OCTET", 4),
    ("NULL", 5),
    ("OBJECT", 6),
    ("REAL", 9),
    ("NumericString", 18),
    ("IA5String", 22),
    ("UTCTime", 23),
    ("GeneralizedTime", 24),
    ("VisibleString", 26),
    ("BMPString", 30),
    ("PrintableString", 19),
];

/// The usual way to write a universal type.
pub(super) fn universal_name(tag: u32) -> &'static str {
    match tag {
        3 => "BIT STRING",
        4 => "OCTET STRING",
        6 => "OBJECT IDENTIFIER",
        10 => "ENUMERATED",
        12 => "UTF8String",
        16 => "SEQUENCE",
        17 => "SET",
        _ => UNIVERSAL.iter().find(|(_, number)| *number == tag).map_or("ANY", |(name, _)| name),
    }
}

impl Schema {
    /// The type of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Shape> {
        self.0.get(name)
    }

    fn read(texts: &[&str]) -> Self {
        let mut types = HashMap::new();
        for text in texts {
            let mut tokens = Tokens::of(text);
            while let Some(token) = tokens.next() {
                let definition = tokens.peek() == Some("::=") && token != "TAGS";
                if definition && tokens.take("::=") {
                    let shape = tokens.shape().unwrap_or(Shape::Any);
                    types.entry(token.to_owned()).or_insert_with(|| shape.own(token));
                }
            }
        }
        Self(types)
    }
}

/// The words and signs of a text, without its comments.
struct Tokens<'a> {
    tokens: Vec<&'a str>,
    at: usize,
}

impl<'a> Tokens<'a> {
    fn of(text: &'a str) -> Self {
        let lines = text.lines().map(|line| line.split("--").next().unwrap_or_default());
        Self { tokens: lines.flat_map(split).collect(), at: 0 }
    }

    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.at).copied()
    }

    fn next(&mut self) -> Option<&'a str> {
        let token = self.peek();
        self.at = self.at.saturating_add(1);
        token
    }

    /// Takes the next token if it is this one.
    fn take(&mut self, token: &str) -> bool {
        let here = self.peek() == Some(token);
        if here {
            self.at = self.at.saturating_add(1);
        }
        here
    }

    fn shape(&mut self) -> Option<Shape> {
        let shape = match self.next()? {
            "ANY" => Shape::Any,
            "SEQUENCE" | "SET" if self.take("{") => Shape::Sequence(self.fields()?),
            "SEQUENCE" | "SET" => {
                while !self.take("OF") {
                    self.next()?;
                }
                Shape::List(Box::new(self.shape()?))
            }
            "CHOICE" if self.take("{") => Shape::Choice(self.fields()?),
            "ENUMERATED" if self.take("{") => Shape::Names(10, self.names()?),
            "BIT" if self.take("STRING") && self.take("{") => Shape::Names(3, self.names()?),
            word => {
                let _second_word = self.take("STRING") || self.take("IDENTIFIER");
                let universal = UNIVERSAL.iter().find(|(name, _)| *name == word);
                universal
                    .map_or_else(|| Shape::Type(word.to_owned()), |(_, tag)| Shape::Universal(*tag))
            }
        };
        self.skip_constraint();
        Some(shape)
    }

    /// Passes over a bound in parentheses.
    fn skip_constraint(&mut self) {
        let mut open = 0_usize;
        while self.peek() == Some("(") || open > 0 {
            match self.next() {
                Some("(") => open = open.saturating_add(1),
                Some(")") => open = open.saturating_sub(1),
                Some(_) => {}
                None => return,
            }
        }
    }

    fn fields(&mut self) -> Option<Vec<Field>> {
        let mut fields = Vec::new();
        while !self.take("}") {
            fields.push(self.field()?);
            self.take(",");
        }
        Some(fields)
    }

    fn field(&mut self) -> Option<Field> {
        let name = self.next()?.to_owned();
        let tag = if self.take("[") { self.next()?.parse().ok() } else { None };
        self.take("]");
        let explicit = self.take("EXPLICIT");
        self.take("IMPLICIT");
        let shape = self.shape()?;
        let default = self.take("DEFAULT") && self.next().is_some();
        let optional = self.take("OPTIONAL") || default;
        Some(Field { path: name.clone(), name, tag, explicit, optional, shape })
    }

    /// `name(number), name(number) }`
    fn names(&mut self) -> Option<Vec<(String, String)>> {
        let mut names = Vec::new();
        while !self.take("}") {
            let name = self.next()?.to_owned();
            self.take("(");
            names.push((self.next()?.to_owned(), name));
            self.take(")");
            self.take(",");
        }
        Some(names)
    }
}

/// Splits a line into words and signs.
fn split(line: &str) -> Vec<&str> {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let mut tokens = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let len = match first {
            _ if rest.starts_with("::=") => 3,
            _ if is_word(first) => rest.find(|next| !is_word(next)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at_checked(len).unwrap_or((rest, ""));
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references<'a>(shape: &'a Shape, found: &mut Vec<&'a str>) {
        match shape {
            Shape::Type(name) => found.push(name),
            Shape::List(member) => references(member, found),
            Shape::Sequence(fields) | Shape::Choice(fields) => {
                fields.iter().for_each(|field| references(&field.shape, found));
            }
            Shape::Any | Shape::Names(..) | Shape::Universal(_) => {}
        }
    }

    #[test]
    fn every_type_that_is_named_is_there() {
        let mut found = Vec::new();
        SCHEMA.0.values().for_each(|shape| references(shape, &mut found));
        for name in found {
            assert!(SCHEMA.get(name).is_some(), "{name}");
        }
        assert!(SCHEMA.0.len() > 300);
    }

    #[test]
    fn fields_are_read_with_tags_and_options() {
        let Some(Shape::Sequence(fields)) = SCHEMA.get("MessageHeader") else {
            panic!("a sequence");
        };
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["version", "revision", "date", "messageIDs", "rrpid", "swIdent"]);
        assert_eq!(fields[4].tag, Some(1));
        assert!(fields[1].optional && fields[4].optional && !fields[5].optional);
        let Some(Shape::Choice(messages)) = SCHEMA.get("Message") else { panic!("a choice") };
        assert_eq!(messages.len(), 33);
        assert!(messages.iter().all(|message| message.explicit && message.tag.is_some()));
    }

    #[test]
    fn numbers_have_their_names() {
        let Some(Shape::Names(10, names)) = SCHEMA.get("ErrorCode") else { panic!("names") };
        assert_eq!(names.len(), 22);
        assert_eq!(names[13], ("14".to_owned(), "messageTooBig".to_owned()));
    }
}

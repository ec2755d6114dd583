//! A named part of a message, whatever the message is.

use openset_wire::inspect::Node;
use serde::Serialize;

/// A part of a message with its own parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// Where it starts and how many octets it takes, where that is known.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    /// Who alone can open it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sealed_for: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) parts: Vec<Self>,
}

/// Where a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    pub(crate) at: usize,
    pub(crate) len: usize,
}

impl Part {
    /// A part without a value.
    pub(crate) fn new(name: impl Into<String>, kind: impl Into<String>) -> Self {
        let (name, kind) = (name.into(), kind.into());
        Self { name, kind, place: None, value: None, sealed_for: None, parts: Vec::new() }
    }

    /// The part with a value.
    pub(crate) fn saying(self, value: impl Into<String>) -> Self {
        Self { value: Some(value.into()), ..self }
    }

    /// The part with parts of its own.
    pub(crate) fn with(self, parts: Vec<Self>) -> Self {
        Self { parts, ..self }
    }
}

impl From<Node> for Part {
    fn from(node: Node) -> Self {
        Self {
            name: node.name,
            kind: node.kind,
            place: Some(Place { at: node.at, len: node.len }),
            value: node.value,
            sealed_for: node.sealed_for.map(Into::into),
            parts: node.children.into_iter().map(Self::from).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_leaves_out_what_is_not_known() {
        let json = serde_json::to_string(&Part::new("a", "b").saying("c")).expect("a text");
        assert_eq!(json, r#"{"name":"a","kind":"b","value":"c"}"#);
    }
}

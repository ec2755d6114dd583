//! A tree as people read it: a line for each part, its place before it and what it says after it.
//!
//! What a message says is not trusted with the terminal: control characters are shown as dots.

use std::fmt::Write;

use super::part::{Part, Place};
use crate::paint::Paint;

/// Longer values are cut: what is in the rest, `--format json` says.
const VALUE_CHARACTERS_MAX: usize = 96;

/// Draws a part and all parts in it.
pub(super) fn draw(part: &Part, paint: Paint) -> String {
    let mut tree = Tree { text: String::new(), paint, has_places: part.place.is_some() };
    tree.line(part, "");
    tree.below(part, "");
    tree.text
}

struct Tree {
    text: String,
    paint: Paint,
    has_places: bool,
}

impl Tree {
    /// The parts of a part, each behind the branch that leads to it.
    fn below(&mut self, part: &Part, trunk: &str) {
        let last = part.parts.len().saturating_sub(1);
        for (at, inner) in part.parts.iter().enumerate() {
            let (branch, beside) =
                if at == last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.line(inner, &format!("{trunk}{branch}"));
            self.below(inner, &format!("{trunk}{beside}"));
        }
    }

    fn line(&mut self, part: &Part, branch: &str) {
        let mut line = String::new();
        let paint = self.paint;
        if self.has_places {
            line.push_str(&paint.faint(&place(part.place)));
        }
        line.push_str(&paint.faint(branch));
        let (name, kind) = (harmless(&part.name), harmless(&part.kind));
        let title = if name.is_empty() { &kind } else { &name };
        line.push_str(&paint.strong(title));
        if !kind.is_empty() && kind != *title {
            let _ = write!(line, "  {}", paint.faint(&kind));
        }
        if let Some(value) = &part.value {
            let _ = write!(line, "  {}", shortened(&harmless(value)));
        }
        if let Some(reader) = &part.sealed_for {
            let sealed = format!("[sealed: only the {reader} can open it]");
            let _ = write!(line, "  {}", paint.sealed(&sealed));
        }
        self.text.push_str(&line);
        self.text.push('\n');
    }
}

fn place(place: Option<Place>) -> String {
    match place {
        Some(Place { at, len }) => format!("{at:>6} {len:>6}  "),
        None => " ".repeat(15),
    }
}

/// The text without anything that moves a terminal's cursor or changes its colours.
pub(crate) fn harmless(text: &str) -> String {
    let lines = text.trim_end().replace("\r\n", " ⏎ ").replace('\t', "  ");
    lines.chars().map(|sign| if is_control(sign) { '·' } else { sign }).collect()
}

/// Control characters, and those that turn the direction of writing.
fn is_control(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_parts_stand_behind_branches_and_sealed_ones_say_for_whom() {
        let mut sealed = Part::new("ep", "AuthEnvelopedData");
        sealed.sealed_for = Some("payment gateway".to_owned());
        sealed.place = Some(Place { at: 10, len: 90 });
        let mut tree = Part::new("PReq", "SEQUENCE").with(vec![Part::new("a", ""), sealed]);
        tree.place = Some(Place { at: 0, len: 100 });
        assert_eq!(
            draw(&tree, Paint::plain()),
            "     0    100  PReq  SEQUENCE\n               ├─ a\n    10     90  └─ ep  \
             AuthEnvelopedData  [sealed: only the payment gateway can open it]\n"
        );
    }

    #[test]
    fn a_message_does_not_command_the_terminal() {
        let hostile = "\u{1b}]0;owned\u{7}\u{202e}evil\r\nnext\tcolumn";
        let drawn = draw(&Part::new("a", "b").saying(hostile), Paint::plain());
        assert_eq!(drawn, "a  b  ·]0;owned··evil ⏎ next  column\n");
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        let drawn = draw(&Part::new("a", "").saying("é".repeat(200)), Paint::plain());
        assert_eq!(drawn, format!("a  {}…\n", "é".repeat(VALUE_CHARACTERS_MAX)));
    }
}

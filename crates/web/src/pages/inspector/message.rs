//! One message: as a tree of named parts, and as the octets that passed.

use askama::Template;
use askama::filters::HtmlSafe;

use super::transcript::protection_word;
use crate::frame::Frame;
use crate::ports::{MessageFile, Part};

/// One message.
#[derive(Template)]
#[template(path = "pages/inspector/message.html")]
pub struct MessagePage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call the transaction.
    pub slug: &'a str,
    /// The message.
    pub file: &'a MessageFile,
}

/// A line of the hex dump.
struct HexLine {
    at: String,
    hex: String,
    text: String,
}

const HEX_COLUMNS: usize = 16;

impl<'a> MessagePage<'a> {
    fn tree(&self) -> PartView<'a> {
        PartView { frame: self.frame, part: &self.file.tree }
    }

    fn protection(&self) -> String {
        protection_word(self.file.passed.protection, self.frame.say)
    }

    fn previous(&self) -> Option<u32> {
        self.file.passed.number.checked_sub(1).filter(|number| *number > 0)
    }

    fn following(&self) -> Option<u32> {
        self.file.passed.number.checked_add(1).filter(|number| *number <= self.file.of)
    }

    fn hex(&self) -> Vec<HexLine> {
        let lines = self.file.octets.chunks(HEX_COLUMNS).enumerate();
        lines.map(|(row, octets)| HexLine::new(row * HEX_COLUMNS, octets)).collect()
    }
}

impl HexLine {
    fn new(at: usize, octets: &[u8]) -> Self {
        let group = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let groups: Vec<String> = octets.chunks(4).map(group).collect();
        let shown = |octet: &u8| match octet {
            b' '..=b'~' => char::from(*octet),
            _ => '·',
        };
        let text = octets.iter().map(shown).collect();
        Self { at: format!("{at:04x}"), hex: format!("{:<35}", groups.join(" ")), text }
    }
}

/// A part with its own parts.
#[derive(Template)]
#[template(path = "pages/inspector/part.html")]
struct PartView<'a> {
    frame: &'a Frame,
    part: &'a Part,
}

impl HtmlSafe for PartView<'_> {}

impl<'a> PartView<'a> {
    fn parts(&self) -> Vec<Self> {
        self.part.parts.iter().map(|part| PartView { frame: self.frame, part }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_message_is_shown_as_named_parts_and_as_octets() {
        let frame = sample::frame(Site::Inspector, Tongue::English);
        let file = sample::message_file();
        let html = MessagePage { frame: &frame, slug: "ord-1042", file: &file }.to_string();
        assert!(html.contains("PIDualSigned") && html.contains("sealed for PaymentGateway"));
        assert!(html.contains("30820318"), "{html}");
    }

    #[test]
    fn the_first_message_has_no_previous_and_the_last_no_next() {
        let frame = sample::frame(Site::Inspector, Tongue::English);
        let mut file = sample::message_file();
        let ends = |file: &MessageFile| {
            let page = MessagePage { frame: &frame, slug: "x", file };
            (page.previous(), page.following())
        };
        file.passed.number = 1;
        assert_eq!(ends(&file), (None, Some(2)));
        file.passed.number = file.of;
        assert_eq!(ends(&file), (Some(file.of - 1), None));
    }

    #[test]
    fn a_hex_line_groups_by_four_and_shows_only_what_prints() {
        let line = HexLine::new(16, b"0\x00A\xffhello");
        assert_eq!(line.at, "0010");
        assert_eq!(line.hex.trim_end(), "300041ff 68656c6c 6f");
        assert_eq!(line.text, "0·A·hello");
    }
}

//! The diagram of a transaction, drawn as SVG from the messages that really passed.
//!
//! Lanes stand for the parties that took part and for no others. A sealed message is a double
//! line, a signed one a single line with a tick, a clear one a thin line, so that the drawing
//! can be read without its colours. Colours are classes of the style sheet; light and dark need
//! nothing here. Every message links to its own page.

use std::fmt::Write as _;

use openset_types::UnixTime;

use crate::party::Party;
use crate::words::Words;

/// What keeps a message from being read or changed on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Nothing of SET's own.
    Clear,
    /// A signature.
    Signed,
    /// An envelope, and whatever signature is inside.
    Sealed,
}

/// A message that passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Its number in the transaction, from 1.
    pub number: u32,
    /// When.
    pub at: UnixTime,
    /// Who sent it.
    pub from: Party,
    /// Who received it.
    pub to: Party,
    /// Its name: `PReq`, `0100`.
    pub name: String,
    /// How many octets.
    pub size: usize,
    /// What keeps it.
    pub protection: Protection,
    /// A detail that needs no translation, such as a response code; or nothing.
    pub note: String,
}

impl Passed {
    /// What a message of this name says, in a few words, and its detail.
    pub fn meaning(&self, say: &Words) -> String {
        let meaning = match self.name.as_str() {
            "CardCInitReq" => say.meaning_card_c_init_req(),
            "CardCInitRes" => say.meaning_card_c_init_res(),
            "Me-AqCInitReq" => say.meaning_me_aq_c_init_req(),
            "Me-AqCInitRes" => say.meaning_me_aq_c_init_res(),
            "RegFormReq" => say.meaning_reg_form_req(),
            "RegFormRes" => say.meaning_reg_form_res(),
            "CertReq" => say.meaning_cert_req(),
            "CertRes" => say.meaning_cert_res(),
            "PInitReq" => say.meaning_p_init_req(),
            "PInitRes" => say.meaning_p_init_res(),
            "PReq" => say.meaning_p_req(),
            "PRes" => say.meaning_p_res(),
            "InqReq" => say.meaning_inq_req(),
            "InqRes" => say.meaning_inq_res(),
            "AuthReq" => say.meaning_auth_req(),
            "AuthRes" => say.meaning_auth_res(),
            "AuthRevReq" => say.meaning_auth_rev_req(),
            "AuthRevRes" => say.meaning_auth_rev_res(),
            "CapReq" => say.meaning_cap_req(),
            "CapRes" => say.meaning_cap_res(),
            "CapRevReq" => say.meaning_cap_rev_req(),
            "CredReq" => say.meaning_cred_req(),
            "CredRevReq" => say.meaning_cred_rev_req(),
            "CapRevRes" | "CredRes" | "CredRevRes" => say.meaning_refund_res(),
            "Error" => say.meaning_error(),
            "0100" => say.meaning_iso_0100(),
            "0110" => say.meaning_iso_0110(),
            "0220" | "0221" => say.meaning_iso_0220(),
            "0230" => say.meaning_iso_0230(),
            "0400" | "0420" | "0421" => say.meaning_iso_reversal(),
            "0410" | "0430" => say.meaning_iso_reversed(),
            "0800" | "0810" => say.meaning_iso_echo(),
            _ => String::new(),
        };
        match (meaning.is_empty(), self.note.is_empty()) {
            (_, true) => meaning,
            (true, false) => self.note.clone(),
            (false, false) => format!("{meaning} ({})", self.note),
        }
    }
}

/// The widest and the narrowest distance of two lanes. The heads of the lanes are 164 wide.
const LANE_WIDTH_MAX: usize = 236;
const LANE_WIDTH_MIN: usize = 176;
/// How wide a drawing may become before its lanes move closer together: what a page has room for.
const WIDTH_AIM: usize = 1000;
const MARGIN: usize = 90;
const HEAD_HEIGHT: usize = 52;
const STEP_HEIGHT: usize = 62;
const NOTE_LINE_HEIGHT: usize = 15;
/// The width of a character of a note.
const NOTE_CHARACTER_WIDTH: usize = 7;
const NOTE_LINES_MAX: usize = 3;

/// Draws the messages, each linked to `{base}/{number}`.
pub fn svg(title: &str, messages: &[Passed], base: &str, say: &Words) -> String {
    let lanes = lanes(messages);
    let lane_width = lane_width(lanes.len());
    let rows = rows(messages, lane_width, say);
    let height = rows.last().map_or(HEAD_HEIGHT, |row| row.bottom) + 16;
    let width = 2 * MARGIN + lane_width * lanes.len().saturating_sub(1);
    let mut drawing = Drawing { text: String::new(), lanes, lane_width, say };
    drawing.open(title, messages.len(), width, height);
    drawing.heads(height);
    for row in &rows {
        drawing.message(row, base);
    }
    drawing.text.push_str("</svg>");
    drawing.text
}

/// The parties that took part, in the order of their lanes.
fn lanes(messages: &[Passed]) -> Vec<Party> {
    let took_part = |party: &Party| messages.iter().any(|it| it.from == *party || it.to == *party);
    Party::ALL.into_iter().filter(took_part).collect()
}

/// The distance of two lanes, from the number of lanes.
fn lane_width(lanes: usize) -> usize {
    let gaps = lanes.saturating_sub(1).max(1);
    ((WIDTH_AIM - 2 * MARGIN) / gaps).clamp(LANE_WIDTH_MIN, LANE_WIDTH_MAX)
}

/// A message with its place in the drawing.
struct Row<'a> {
    passed: &'a Passed,
    notes: Vec<String>,
    top: usize,
    bottom: usize,
}

fn rows<'a>(messages: &'a [Passed], lane_width: usize, say: &Words) -> Vec<Row<'a>> {
    let columns = lane_width / NOTE_CHARACTER_WIDTH;
    let mut top = HEAD_HEIGHT;
    let place = |passed: &'a Passed| {
        let notes = wrapped(&passed.meaning(say), columns, NOTE_LINES_MAX);
        let extra = notes.len().saturating_sub(1) * NOTE_LINE_HEIGHT;
        let bottom = top + STEP_HEIGHT + extra;
        let row = Row { passed, notes, top, bottom };
        top = bottom;
        row
    };
    messages.iter().map(place).collect()
}

/// Breaks a text into lines of so many characters; what does not fit ends in an ellipsis.
fn wrapped(text: &str, columns: usize, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > lines_max {
        lines.truncate(lines_max);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

struct Drawing<'a> {
    text: String,
    lanes: Vec<Party>,
    lane_width: usize,
    say: &'a Words,
}

impl Drawing<'_> {
    fn write(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.text.write_fmt(arguments).expect("into memory");
    }

    /// The middle of a party's lane.
    fn x(&self, party: Party) -> usize {
        let lane = self.lanes.iter().position(|it| *it == party).unwrap_or_default();
        MARGIN + self.lane_width * lane
    }

    fn open(&mut self, title: &str, messages: usize, width: usize, height: usize) {
        let parties: Vec<_> = self.lanes.iter().map(|party| party.name(self.say)).collect();
        let description = self.say.diagram_description(messages, parties.join(", "));
        let (title, description) = (escaped(title), escaped(&description));
        self.write(format_args!(
            "<svg class=\"sequence\" role=\"group\" aria-labelledby=\"sequence-t sequence-d\" \
             viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\">\
             <title id=\"sequence-t\">{title}</title><desc id=\"sequence-d\">{description}</desc>"
        ));
    }

    fn heads(&mut self, height: usize) {
        for party in self.lanes.clone() {
            let (x, left) = (self.x(party), self.x(party) - 82);
            let name = escaped(&party.name(self.say));
            let (class, letter) = (party.class(), party.letter());
            self.write(format_args!(
                "<g class=\"{class}\"><line class=\"life\" x1=\"{x}\" x2=\"{x}\" y1=\"40\" \
                 y2=\"{height}\"/><rect class=\"head\" x=\"{left}\" y=\"4\" width=\"164\" \
                 height=\"34\" rx=\"8\"/><text class=\"name\" x=\"{x}\" y=\"26\">\
                 {letter} · {name}</text></g>"
            ));
        }
    }

    fn message(&mut self, row: &Row<'_>, base: &str) {
        let passed = row.passed;
        let (from, to) = (self.x(passed.from), self.x(passed.to));
        let (left, right) = (from.min(to), from.max(to));
        let (middle, line) = (left.midpoint(right), row.top + 26);
        let (class, number, name) = (passed.from.class(), passed.number, escaped(&passed.name));
        self.write(format_args!(
            "<a href=\"{}/{number}\" class=\"{class}\"><rect class=\"hit\" x=\"{}\" y=\"{}\" \
             width=\"{}\" height=\"{}\" rx=\"6\"/><text class=\"label\" x=\"{middle}\" y=\"{}\">\
             {number}. {name}</text>",
            escaped(base),
            left + 6,
            row.top + 2,
            (right - left).saturating_sub(12),
            row.bottom - row.top - 4,
            row.top + 17,
        ));
        self.arrow(from, to, line, passed.protection);
        for (at, note) in row.notes.iter().enumerate() {
            let y = line + 17 + at * NOTE_LINE_HEIGHT;
            let note = escaped(note);
            self.write(format_args!("<text class=\"note\" x=\"{middle}\" y=\"{y}\">{note}</text>"));
        }
        self.text.push_str("</a>");
    }

    /// The line itself: thin for clear, ticked for signed, double for sealed.
    fn arrow(&mut self, from: usize, to: usize, y: usize, protection: Protection) {
        let rightward = to > from;
        let step = |x: usize, by: usize| if rightward { x - by } else { x + by };
        let (end, tip, back) = (step(to, 9), step(to, 1), step(to, 11));
        match protection {
            Protection::Clear => {
                self.write(format_args!(
                    "<line class=\"clear\" x1=\"{from}\" x2=\"{end}\" y1=\"{y}\" y2=\"{y}\"/>"
                ));
            }
            Protection::Signed => {
                let tick = (if rightward { from + 24 } else { from - 24 }) - 5;
                self.write(format_args!(
                    "<line class=\"signed\" x1=\"{from}\" x2=\"{end}\" y1=\"{y}\" y2=\"{y}\"/>\
                     <circle class=\"disc\" cx=\"{}\" cy=\"{y}\" r=\"8\"/>\
                     <path class=\"tick\" d=\"M{tick} {y}l4 4 6-8\"/>",
                    tick + 5
                ));
            }
            Protection::Sealed => {
                let (above, below) = (y - 2, y + 2);
                self.write(format_args!(
                    "<path class=\"sealed\" d=\"M{from} {above}H{end}M{from} {below}H{end}\"/>"
                ));
            }
        }
        let (above, below) = (y - 6, y + 6);
        self.write(format_args!("<path class=\"tip\" d=\"M{tip} {y}L{back} {above}V{below}Z\"/>"));
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_move_closer_together_when_there_are_many() {
        let widths: Vec<usize> = (0..=7).map(lane_width).collect();
        assert_eq!(widths, [236, 236, 236, 236, 236, 205, 176, 176]);
    }
    use crate::words::Tongue;

    fn passed(number: u32, from: Party, to: Party, protection: Protection) -> Passed {
        let at = UnixTime::new(1_795_000_000).expect("a real moment");
        let (name, note) = ("PReq".to_owned(), "<something>".to_owned());
        Passed { number, at, from, to, name, size: 6312, protection, note }
    }

    fn draw(messages: &[Passed]) -> String {
        svg("Order 1042", messages, "/transactions/x/messages", Words::of(Tongue::English))
    }

    #[test]
    fn only_parties_that_took_part_have_a_lane() {
        let drawing = draw(&[passed(1, Party::Cardholder, Party::Merchant, Protection::Clear)]);
        assert_eq!(drawing.matches("class=\"head\"").count(), 2);
        assert!(drawing.contains("C · Cardholder") && drawing.contains("M · Merchant"));
        assert!(!drawing.contains("Issuer"));
    }

    #[test]
    fn each_protection_has_a_line_of_its_own() {
        let with = |protection| draw(&[passed(1, Party::Merchant, Party::Gateway, protection)]);
        assert!(with(Protection::Clear).contains("class=\"clear\""));
        assert!(with(Protection::Signed).contains("class=\"tick\""));
        assert!(with(Protection::Sealed).contains("class=\"sealed\""));
    }

    #[test]
    fn every_message_links_to_its_page() {
        let messages = [
            passed(1, Party::Cardholder, Party::Merchant, Protection::Clear),
            passed(2, Party::Merchant, Party::Cardholder, Protection::Signed),
        ];
        let drawing = draw(&messages);
        assert!(drawing.contains("href=\"/transactions/x/messages/1\""));
        assert!(drawing.contains("href=\"/transactions/x/messages/2\""));
    }

    #[test]
    fn what_a_message_says_cannot_become_markup() {
        let drawing = draw(&[passed(1, Party::Merchant, Party::Gateway, Protection::Clear)]);
        assert!(drawing.contains("&lt;something&gt;"));
        assert!(!drawing.contains("<something>"));
    }

    #[test]
    fn a_meaning_is_said_in_words_with_its_detail_behind() {
        let say = Words::of(Tongue::English);
        let mut answer = passed(6, Party::Issuer, Party::Gateway, Protection::Clear);
        (answer.name, answer.note) = ("0110".to_owned(), "00".to_owned());
        assert_eq!(answer.meaning(say), "ISO 8583, the bank answers (00)");
        answer.name = "Unheard-of".to_owned();
        assert_eq!(answer.meaning(say), "00");
        answer.note.clear();
        assert_eq!(answer.meaning(say), "");
    }

    #[test]
    fn long_notes_are_wrapped_and_then_cut() {
        let lines = wrapped("signed and sealed to the gateway; carries the sealed half", 20, 2);
        assert_eq!(lines, ["signed and sealed to", "the gateway; carries…"]);
        assert!(wrapped("", 20, 2).is_empty());
    }

    #[test]
    fn no_messages_draw_an_empty_frame() {
        assert!(draw(&[]).starts_with("<svg") && draw(&[]).ends_with("</svg>"));
    }
}

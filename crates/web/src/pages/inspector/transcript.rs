//! One transaction: its diagram, the same as a list, and who could read what.

use askama::Template;

use crate::diagram::{self, Passed, Protection};
use crate::frame::Frame;
use crate::ports::Transcript;
use crate::visibility::{Matrix, Reader, Secret, Sight};
use crate::words::Words;

/// One transaction.
#[derive(Template)]
#[template(path = "pages/inspector/transcript.html")]
pub struct TranscriptPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call it.
    pub slug: &'a str,
    /// The transaction.
    pub transcript: &'a Transcript,
    /// Who could read what, computed from it.
    pub matrix: &'a Matrix,
}

impl TranscriptPage<'_> {
    fn diagram(&self) -> String {
        let base = format!("/transactions/{}/messages", self.slug);
        let title = self.transcript.subject.title(self.frame.say);
        diagram::svg(&title, &self.transcript.messages, &base, self.frame.say)
    }

    fn protection(&self, passed: &Passed) -> String {
        protection_word(passed.protection, self.frame.say)
    }

    fn reader(&self, reader: &Reader) -> String {
        match reader {
            Reader::Party(party) => party.name(self.frame.say),
            Reader::Wire => self.frame.say.reader_wire(),
        }
    }

    fn secret(&self, secret: &Secret) -> String {
        let say = self.frame.say;
        match secret {
            Secret::Goods => say.secret_goods(),
            Secret::Amount => say.secret_amount(),
            Secret::CardNumber => say.secret_card_number(),
            Secret::CardSecret => say.secret_card_secret(),
            Secret::ShopCertificate => say.secret_shop_certificate(),
            Secret::TransactionNumbers => say.secret_numbers(),
            Secret::ApprovalCode => say.secret_approval_code(),
        }
    }

    fn sight(&self, sight: &Sight) -> String {
        let say = self.frame.say;
        match sight {
            Sight::Reads(step) => say.sight_reads(*step),
            Sight::Hash => say.sight_hash(),
            Sight::Sealed => say.sight_sealed(),
            Sight::Nothing => say.sight_nothing(),
        }
    }

    fn sight_class(&self, sight: &Sight) -> &'static str {
        match sight {
            Sight::Reads(_) => "reads",
            Sight::Hash => "hash",
            Sight::Sealed => "sealed",
            Sight::Nothing => "nothing",
        }
    }

    fn sight_sign(&self, sight: &Sight) -> &'static str {
        match sight {
            Sight::Reads(_) => "●",
            Sight::Hash => "#",
            Sight::Sealed => "▣",
            Sight::Nothing => "–",
        }
    }
}

/// The word for what keeps a message.
pub(super) fn protection_word(protection: Protection, say: &Words) -> String {
    match protection {
        Protection::Clear => say.protection_clear(),
        Protection::Signed => say.protection_signed(),
        Protection::Sealed => say.protection_sealed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    fn html(tongue: Tongue) -> String {
        let frame = sample::frame(Site::Inspector, tongue);
        let transcript = sample::transcript();
        let matrix = transcript.evidence.matrix();
        let (transcript, matrix) = (&transcript, &matrix);
        TranscriptPage { frame: &frame, slug: "ord-1042", transcript, matrix }.to_string()
    }

    #[test]
    fn the_diagram_is_followed_by_the_same_as_a_list() {
        let html = html(Tongue::English);
        assert_eq!(html.matches("href=\"/transactions/ord-1042/messages/3\"").count(), 2);
        assert!(html.contains("Cardholder → Merchant"), "{html}");
    }

    #[test]
    fn every_cell_of_the_matrix_speaks_in_words() {
        let html = html(Tongue::English);
        for text in ["reads, from step", "hash only", "sealed", "nothing"] {
            assert!(html.contains(text), "{text}");
        }
    }

    #[test]
    fn where_there_is_nothing_to_look_for_there_is_no_table() {
        let frame = sample::frame(Site::Inspector, Tongue::English);
        let (mut transcript, slug) = (sample::transcript(), "merchant");
        transcript.evidence.traces.clear();
        let matrix = &transcript.evidence.matrix();
        let transcript = &transcript;
        let html = TranscriptPage { frame: &frame, slug, transcript, matrix }.to_string();
        assert!(!html.contains("class=\"matrix\""), "{html}");
    }

    #[test]
    fn the_card_number_stands_nowhere() {
        assert!(!html(Tongue::French).contains("9999990000004242"));
    }
}

//! How much of a certificate's time is over, as a bar and in words.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::ports::Span;
use crate::words::Words;

const DAY_S: i64 = 86_400;

/// A bar of how much of a time is over; the words beside it would do.
#[derive(Template)]
#[template(
    source = "<span class=\"validity\"><svg viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" \
              aria-hidden=\"true\"><rect class=\"all\" width=\"100\" height=\"6\"/>\
              <rect class=\"over\" width=\"{{ over }}\" height=\"6\"/></svg> \
              <span>{{ text }}</span></span>",
    ext = "html"
)]
pub struct Validity {
    /// Hundredths of the time that are over.
    over: i64,
    text: String,
}

impl HtmlSafe for Validity {}

impl Validity {
    /// How much of a time is over.
    pub fn of(span: &Span, say: &Words) -> Self {
        let Span { from, until, now } = *span;
        let whole = until.seconds_since(from).max(1);
        let over = now.seconds_since(from).clamp(0, whole);
        let left = until.seconds_since(now);
        let day = say.day(until);
        let text = match usize::try_from(left / DAY_S) {
            _ if left < 0 => say.validity_over(day),
            Ok(days) => say.validity_left(days, day),
            Err(_) => say.validity_over(day),
        };
        Self { over: over.saturating_mul(100) / whole, text }
    }
}

#[cfg(test)]
mod tests {
    use openset_types::UnixTime;

    use super::*;
    use crate::words::Tongue;

    fn html(now: i64) -> String {
        let at = |day: i64| UnixTime::new(day * DAY_S).expect("a moment");
        let span = Span { from: at(1000), until: at(1100), now: at(now) };
        Validity::of(&span, Words::of(Tongue::English)).to_string()
    }

    #[test]
    fn the_bar_says_how_much_is_over_and_the_words_how_much_is_left() {
        assert!(html(1030).contains("width=\"30\"") && html(1030).contains("70 days left"));
        assert!(html(1099).contains("1 day left"), "{}", html(1099));
        assert!(html(1100).contains("0 days left"), "{}", html(1100));
    }

    #[test]
    fn the_bar_stays_within_its_ends() {
        assert!(html(900).contains("width=\"0\"") && html(900).contains("200 days left"));
        assert!(html(1200).contains("width=\"100\" height=\"6\"/></svg>"));
        assert!(html(1200).contains("over since"), "{}", html(1200));
    }
}

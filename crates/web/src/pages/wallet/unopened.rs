//! A wallet that its owner opened from a menu and that does not open: nobody reads a terminal then.

use askama::Template;

use crate::frame::Frame;

/// What is in the way.
#[derive(Template)]
#[template(path = "pages/wallet/unopened.html")]
pub struct UnopenedSheet<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Why, as the program says it, in English.
    pub why: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn what_is_in_the_way_is_shown_as_text_in_both_languages() {
        for tongue in Tongue::ALL {
            let frame = sample::frame(Site::Wallet, tongue);
            let page = UnopenedSheet { frame: &frame, why: "logo.svg <b>was</b> changed" };
            let html = page.to_string();
            assert!(html.contains("logo.svg &#60;b&#62;was&#60;/b&#62; changed"), "{html}");
            assert!(html.contains(&frame.say.unopened_next()), "{html}");
        }
    }
}

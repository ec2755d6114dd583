//! The payment was given up before consent.

use askama::Template;

use crate::frame::Frame;

/// The sheet that says so.
#[derive(Template)]
#[template(path = "pages/wallet/cancelled.html")]
pub struct Cancelled<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Where the shop would like its buyer back.
    pub return_url: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_cancelled_payment_says_that_nothing_was_charged_and_leads_back() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let return_url = Some("http://shop.localhost:7180/orders/1042-k3v9");
        let html = Cancelled { frame: &frame, return_url }.to_string();
        assert!(html.contains("You were not charged.") && html.contains("/orders/1042-k3v9"));
    }
}

//! The payments of the past.

use askama::Template;

use crate::frame::Frame;
use crate::ports::Paid;
use crate::table::Badge;

/// The history.
#[derive(Template)]
#[template(path = "pages/wallet/history.html")]
pub struct History<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The payments, newest first.
    pub payments: &'a [Paid],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn every_payment_of_the_past_leads_to_its_result() {
        let frame = sample::frame(Site::Wallet, Tongue::French);
        let html = History { frame: &frame, payments: &sample::paid() }.to_string();
        assert!(html.contains("href=\"/pay/p1\"") && html.contains("Paiement autorisé"), "{html}");
    }

    #[test]
    fn an_empty_history_says_so() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        assert!(History { frame: &frame, payments: &[] }.to_string().contains("No payment yet"));
    }
}

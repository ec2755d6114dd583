//! What the wallet shows while others are being asked. The browser asks again by itself.

use askama::Template;
use openset_types::Money;

use crate::frame::Frame;
use crate::ports::{Checks, Known};

/// The shop is being asked who it is.
#[derive(Template)]
#[template(path = "pages/wallet/checking.html")]
pub struct Checking<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call this purchase.
    pub id: &'a str,
    /// What is checked so far.
    pub checks: Checks,
}

impl Checking<'_> {
    fn steps(&self) -> [(bool, String); 4] {
        let (say, checks) = (self.frame.say, self.checks);
        [
            (checks.reached, say.checking_reached()),
            (checks.signature, say.checking_signature()),
            (checks.certificate, say.checking_certificate()),
            (checks.gateway, say.checking_gateway()),
        ]
    }
}

/// Consent is given; the shop and the bank are being asked.
#[derive(Template)]
#[template(path = "pages/wallet/paying.html")]
pub struct Paying<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Who is paid.
    pub payee: &'a str,
    /// How much.
    pub amount: Money,
    /// How far the order is known to have come.
    pub known: Known,
}

impl Paying<'_> {
    fn lead(&self) -> String {
        let say = self.frame.say;
        match self.known {
            Known::Sent => say.paying_lead(),
            Known::Unsure => say.paying_again(),
            Known::Received => say.paying_received(),
        }
    }
}

#[cfg(test)]
mod tests {
    use openset_types::Currency;

    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn checks_are_told_politely_as_they_are_made() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let checks = Checks { reached: true, ..Checks::default() };
        let html = Checking { frame: &frame, id: "p1", checks }.to_string();
        assert!(html.contains("aria-live=\"polite\"") && html.contains("✓"), "{html}");
        assert!(!html.contains("Atelier Lumen"));
    }

    #[test]
    fn whoever_waits_is_told_what_is_known_and_not_to_pay_twice() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let amount = Money::new(4200, Currency::EUR).expect("within range");
        let page = |known| Paying { frame: &frame, payee: "Atelier Lumen", amount, known };
        for (known, says) in [
            (Known::Sent, "Sending your order"),
            (Known::Unsure, "may have your order"),
            (Known::Received, "The shop has your order"),
        ] {
            let html = page(known).to_string();
            assert!(html.contains(says) && !html.contains("<button"), "{html}");
            assert_eq!(html.contains("second time"), known == Known::Unsure, "{html}");
        }
    }
}

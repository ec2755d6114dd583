//! What the wallet shows while others are being asked. The browser asks again by itself.

use askama::Template;
use openset_types::Money;

use crate::frame::Frame;
use crate::ports::Checks;

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
    /// Whether the first answer was lost.
    pub asking_again: bool,
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
    fn a_lost_answer_is_asked_for_again_and_nobody_is_told_to_pay_twice() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let amount = Money::new(4200, Currency::EUR).expect("within range");
        let html = Paying { frame: &frame, payee: "Atelier Lumen", amount, asking_again: true };
        let html = html.to_string();
        assert!(html.contains("Asking the shop again") && !html.contains("<button"), "{html}");
    }
}

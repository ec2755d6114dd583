//! The confirmation before the money is taken: it states the amount.

use askama::Template;
use openset_types::Money;

use crate::frame::Frame;

/// The confirmation.
#[derive(Template)]
#[template(path = "pages/merchant/capture.html")]
pub struct CapturePage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The shop's name.
    pub shop: &'a str,
    /// What addresses call the order.
    pub slug: &'a str,
    /// The order number.
    pub number: &'a str,
    /// Whose card.
    pub buyer: &'a str,
    /// What would be taken.
    pub amount: Money,
}

#[cfg(test)]
mod tests {
    use openset_types::Currency;

    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn the_confirmation_states_the_amount_and_carries_it() {
        let frame = sample::frame(Site::Merchant, Tongue::English);
        let amount = Money::new(4200, Currency::EUR).expect("within range");
        let (shop, slug, number, buyer) = ("Atelier Lumen", "1042-k3v9", "1042", "Ada Martin");
        let html = CapturePage { frame: &frame, shop, slug, number, buyer, amount }.to_string();
        assert!(html.contains("Capture €42.00?") && html.contains(">Capture €42.00</button>"));
        assert!(html.contains("name=\"amount\" value=\"4200\""), "{html}");
    }
}

//! The confirmation before the shop gives up what the bank holds: it states the amount.

use askama::Template;

use crate::frame::Frame;
use crate::ports::Voidable;

/// The confirmation.
#[derive(Template)]
#[template(path = "pages/merchant/void.html")]
pub struct VoidPage<'a> {
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
    /// What would be given up.
    pub voidable: Voidable,
}

#[cfg(test)]
mod tests {
    use openset_types::{Currency, Money};

    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    fn html(is_held: bool) -> String {
        let frame = sample::frame(Site::Merchant, Tongue::English);
        let amount = Money::new(4200, Currency::EUR).expect("within range");
        let (shop, slug, number, buyer) = ("Atelier Lumen", "1042-k3v9", "1042", "Ada Martin");
        let voidable = Voidable { amount, is_held };
        VoidPage { frame: &frame, shop, slug, number, buyer, voidable }.to_string()
    }

    #[test]
    fn the_confirmation_states_the_amount_and_asks_what_stays() {
        let html = html(true);
        assert!(html.contains("Release €42.00?") && html.contains("name=\"keep\""), "{html}");
        assert!(html.contains("action=\"/orders/1042-k3v9/void\""), "{html}");
    }

    #[test]
    fn of_what_nobody_knows_no_part_can_stay() {
        let html = html(false);
        assert!(!html.contains("name=\"keep\""), "{html}");
        assert!(html.contains("has not answered yet"), "{html}");
    }
}

//! One order: who, what, the money, the messages, and the button that takes the money.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{Direction, OrderFile};
use crate::table::Badge;

/// One order.
#[derive(Template)]
#[template(path = "pages/merchant/order.html")]
pub struct OrderPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The shop's name.
    pub shop: &'a str,
    /// What addresses call the order.
    pub slug: &'a str,
    /// The order.
    pub order: &'a OrderFile,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    fn html(tongue: Tongue, order: &OrderFile) -> String {
        let frame = sample::frame(Site::Merchant, tongue);
        OrderPage { frame: &frame, shop: "Atelier Lumen", slug: "1042-k3v9", order }.to_string()
    }

    #[test]
    fn the_capture_button_states_the_amount() {
        let html = html(Tongue::French, &sample::order_file());
        assert!(html.contains("href=\"/orders/1042-k3v9/capture\""), "{html}");
        assert!(html.contains("Encaisser 42,00\u{a0}€"), "{html}");
    }

    #[test]
    fn a_captured_order_has_no_capture_button() {
        let html = html(Tongue::English, &OrderFile { capturable: None, ..sample::order_file() });
        assert!(!html.contains("/capture"), "{html}");
    }

    #[test]
    fn the_card_is_not_visible_to_the_merchant_and_the_page_says_so() {
        let html = html(Tongue::English, &sample::order_file());
        assert!(html.contains("not visible to you"), "{html}");
        assert!(!html.contains("4242"), "{html}");
    }
}

//! One order: who, what, the money, the messages, and the buttons that take the money and give it
//! back.

use askama::Template;

use crate::frame::Frame;
use openset_types::RefundKind;

use crate::ports::{Direction, OrderFile, RefundLine, RefundResult};
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

impl OrderPage<'_> {
    fn refund_kind(&self, refund: &RefundLine) -> String {
        let say = self.frame.say;
        match refund.kind {
            RefundKind::Credit => say.refund_kind_credit(),
            RefundKind::CaptureReversal => say.refund_kind_reversal(),
            RefundKind::CreditReversal => say.refund_kind_undone(),
        }
    }

    fn refund_result(&self, refund: &RefundLine) -> String {
        let say = self.frame.say;
        match refund.result {
            RefundResult::Asked => say.refund_asked(),
            RefundResult::Done => say.refund_done(),
            RefundResult::InFile => say.refund_in_file(),
            RefundResult::Settled => say.refund_settled(),
            RefundResult::NotFound => say.refund_not_found(),
            RefundResult::Repeated => say.refund_repeated(),
            RefundResult::TooOld => say.refund_too_old(),
            RefundResult::Refused => say.refund_refused(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::ports::NextPart;
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
    fn what_can_be_given_back_has_a_button_and_what_was_has_a_line_that_says_what_came_of_it() {
        let none = html(Tongue::English, &sample::order_file());
        assert!(!none.contains("/refund") && !none.contains("/take-back"), "{none}");
        let some = html(Tongue::English, &sample::order_given_back());
        for part in [
            "href=\"/orders/1042-k3v9/refund\"",
            "href=\"/orders/1042-k3v9/take-back\"",
            "href=\"/orders/1042-k3v9/undo/1000\"",
            "settled already: give it back by a refund",
            "€10.00",
        ] {
            assert!(some.contains(part), "{part} in {some}");
        }
    }

    #[test]
    fn an_order_in_parts_lists_them_and_says_what_is_left() {
        let one = html(Tongue::English, &sample::order_file());
        assert!(!one.contains("/next") && !one.contains("/part"), "{one}");
        let parts = html(Tongue::French, &sample::order_in_parts());
        for part in [
            "action=\"/orders/1042-k3v9/next\"",
            "name=\"part\" value=\"0\"",
            "2,00\u{a0}€",
            "value=\"2.00\"",
            "Declined",
            "Autoriser la part suivante",
        ] {
            assert!(parts.contains(part), "{part} in {parts}");
        }
    }

    #[test]
    fn of_an_order_that_is_paid_again_it_says_how_much_each_time() {
        let mut order = sample::order_in_parts();
        order.next = order.next.map(|next| NextPart { is_each: true, ..next });
        assert!(html(Tongue::English, &order).contains("agreed to €2.00 each time"));
        assert!(html(Tongue::French, &order).contains("a accepté 2,00\u{a0}€ chaque fois"));
    }

    #[test]
    fn the_card_is_not_visible_to_the_merchant_and_the_page_says_so() {
        let html = html(Tongue::English, &sample::order_file());
        assert!(html.contains("not visible to you"), "{html}");
        assert!(!html.contains("4242"), "{html}");
    }
}

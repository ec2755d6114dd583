//! The confirmation before money is given back, or taken back that was given: it states the amount,
//! and where a part can be given asks for it.

use askama::Template;
use openset_types::{Money, RefundKind};

use crate::frame::Frame;

/// The confirmation.
#[derive(Template)]
#[template(path = "pages/merchant/refund.html")]
pub struct RefundPage<'a> {
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
    /// What would be done.
    pub kind: RefundKind,
    /// The most that can be given back; of a credit that is taken back, all of it.
    pub amount: Money,
}

impl RefundPage<'_> {
    fn title(&self) -> String {
        let say = self.frame.say;
        match self.kind {
            RefundKind::Credit => say.refund_title(),
            RefundKind::CaptureReversal => say.take_back_title(),
            RefundKind::CreditReversal => say.undo_title(say.money(self.amount)),
        }
    }

    fn lead(&self) -> String {
        let say = self.frame.say;
        match self.kind {
            RefundKind::Credit => say.refund_lead(say.money(self.amount), self.buyer),
            RefundKind::CaptureReversal => say.take_back_lead(say.money(self.amount)),
            RefundKind::CreditReversal => say.undo_lead(say.money(self.amount)),
        }
    }

    fn button(&self) -> String {
        let say = self.frame.say;
        match self.kind {
            RefundKind::Credit => say.refund_button(),
            RefundKind::CaptureReversal => say.take_back_button(),
            RefundKind::CreditReversal => say.undo_button(),
        }
    }

    /// What addresses call it.
    fn deed(&self) -> &'static str {
        match self.kind {
            RefundKind::Credit => "refund",
            RefundKind::CaptureReversal => "take-back",
            RefundKind::CreditReversal => "undo",
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

    fn html(kind: RefundKind) -> String {
        let frame = sample::frame(Site::Merchant, Tongue::English);
        let amount = Money::new(4200, Currency::EUR).expect("within range");
        let (shop, slug, number, buyer) = ("Atelier Lumen", "1042-k3v9", "1042", "Ada Martin");
        RefundPage { frame: &frame, shop, slug, number, buyer, kind, amount }.to_string()
    }

    #[test]
    fn a_refund_asks_how_much_and_offers_all_of_it() {
        let html = html(RefundKind::Credit);
        assert!(html.contains("action=\"/orders/1042-k3v9/refund\""), "{html}");
        assert!(html.contains("name=\"amount\" value=\"42.00\""), "{html}");
        assert!(html.contains("inputmode=\"decimal\""), "{html}");
    }

    #[test]
    fn a_refund_is_taken_back_whole() {
        let html = html(RefundKind::CreditReversal);
        assert!(html.contains("action=\"/orders/1042-k3v9/undo\""), "{html}");
        assert!(html.contains("type=\"hidden\" name=\"amount\" value=\"42.00\""), "{html}");
    }
}

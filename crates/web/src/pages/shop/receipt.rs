//! The order as its buyer sees it: how far it has come, and the receipt.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{Receipt, ReceiptStep, Standing};
use crate::table::standing_word;

/// The receipt.
#[derive(Template)]
#[template(path = "pages/shop/receipt.html")]
pub struct ReceiptPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call the order.
    pub slug: &'a str,
    /// The order.
    pub receipt: &'a Receipt,
}

impl ReceiptPage<'_> {
    fn headline(&self) -> String {
        standing_word(&self.receipt.standing, self.frame.say)
    }

    fn explanation(&self) -> String {
        let say = self.frame.say;
        match self.receipt.standing {
            Standing::AwaitingWallet => say.explain_awaiting_wallet(),
            Standing::Received => say.explain_received(),
            Standing::Authorized => say.explain_authorized(),
            Standing::Declined => say.explain_declined(),
            Standing::Captured => say.explain_captured(),
            Standing::Settled => say.explain_settled(),
            Standing::Refunded => say.explain_refunded(),
            Standing::Cancelled => say.explain_cancelled(),
            Standing::Released => say.explain_released(),
            Standing::Unknown => say.explain_unknown(),
        }
    }

    fn tone(&self) -> &'static str {
        match self.receipt.standing {
            Standing::Authorized | Standing::Captured | Standing::Settled | Standing::Refunded => {
                "good"
            }
            Standing::Declined => "bad",
            Standing::Unknown => "warning",
            Standing::AwaitingWallet
            | Standing::Received
            | Standing::Cancelled
            | Standing::Released => "plain",
        }
    }

    fn step_word(&self, step: &ReceiptStep) -> String {
        let say = self.frame.say;
        match step.standing {
            Standing::AwaitingWallet | Standing::Received => say.step_ordered(),
            Standing::Authorized => say.step_authorized(),
            Standing::Captured => say.step_captured(),
            Standing::Settled => say.step_settled(),
            other => standing_word(&other, say),
        }
    }

    fn may_pay(&self) -> bool {
        matches!(self.receipt.standing, Standing::AwaitingWallet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    fn html(tongue: Tongue, standing: Standing) -> String {
        let frame = sample::frame(Site::Shop, tongue);
        let receipt = Receipt { standing, ..sample::receipt() };
        ReceiptPage { frame: &frame, slug: "1042-k3v9", receipt: &receipt }.to_string()
    }

    #[test]
    fn four_facts_have_four_words() {
        let words =
            [Standing::Received, Standing::Authorized, Standing::Captured, Standing::Declined]
                .map(|standing| html(Tongue::English, standing));
        assert!(words[0].contains("Order received, payment being checked"));
        assert!(words[1].contains("Payment authorized"));
        assert!(words[2].contains("Payment taken"));
        assert!(words[3].contains("Payment declined"));
    }

    #[test]
    fn an_order_no_wallet_came_for_can_still_be_paid_and_others_cannot() {
        assert!(html(Tongue::French, Standing::AwaitingWallet).contains("/orders/1042-k3v9/pay"));
        assert!(!html(Tongue::French, Standing::Authorized).contains("/orders/1042-k3v9/pay"));
    }

    #[test]
    fn the_receipt_leads_to_every_message() {
        let html = html(Tongue::English, Standing::Authorized);
        assert!(html.contains("http://localhost:7180/transactions/ord-1042?lang=en"), "{html}");
    }
}

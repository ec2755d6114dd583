//! How a payment ended, as the shop's signed answer says it.

use askama::Template;

use crate::frame::Frame;
use crate::ports::{Outcome, Standing};
use crate::table::standing_word;

/// The result sheet.
#[derive(Template)]
#[template(path = "pages/wallet/result.html")]
pub struct ResultSheet<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Names the purchase.
    pub id: &'a str,
    /// How it ended.
    pub outcome: &'a Outcome,
}

impl ResultSheet<'_> {
    /// What the inspector shows of it, where there is one.
    fn transaction(&self) -> Option<&String> {
        self.outcome.transaction.as_ref().filter(|_| !self.frame.is_alone())
    }

    fn headline(&self) -> String {
        let say = self.frame.say;
        match self.outcome.problem {
            Some(problem) => problem.sentence(say),
            None => standing_word(&self.outcome.standing, say),
        }
    }

    fn explanation(&self) -> String {
        let say = self.frame.say;
        if let Some(problem) = self.outcome.problem {
            return problem.next(say);
        }
        match self.outcome.standing {
            Standing::Received => say.explain_received(),
            Standing::Captured | Standing::Settled => say.explain_captured(),
            Standing::Refunded => say.explain_refunded(),
            Standing::Cancelled => say.explain_cancelled(),
            Standing::Released => say.explain_released(),
            Standing::Declined => say.explain_declined(),
            Standing::Unknown | Standing::AwaitingWallet => say.explain_unknown(),
            Standing::Authorized => say.explain_authorized(),
        }
    }

    fn money(&self) -> Option<String> {
        self.outcome.problem.and_then(|problem| problem.money(self.frame.say))
    }

    fn tone(&self) -> &'static str {
        match (self.outcome.problem, self.outcome.standing) {
            (
                None,
                Standing::Authorized | Standing::Captured | Standing::Settled | Standing::Refunded,
            ) => "good",
            (None, Standing::Received | Standing::Cancelled | Standing::Released) => "plain",
            (_, Standing::Unknown) | (None, Standing::AwaitingWallet) => "warning",
            _ => "bad",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::problem::Problem;
    use crate::sample;
    use crate::words::Tongue;

    fn html(outcome: &Outcome) -> String {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        ResultSheet { frame: &frame, id: "p1", outcome }.to_string()
    }

    #[test]
    fn an_order_that_is_only_received_is_never_called_paid() {
        let html = html(&Outcome { standing: Standing::Received, ..sample::outcome() });
        assert!(html.contains("Order received, payment being checked"), "{html}");
        assert!(!html.to_lowercase().contains("paid"), "{html}");
    }

    #[test]
    fn a_decline_says_that_nothing_was_charged() {
        let problem = Some(Problem::CardDeclined);
        let html = html(&Outcome { standing: Standing::Declined, problem, ..sample::outcome() });
        assert!(html.contains("You were not charged."), "{html}");
    }

    #[test]
    fn the_shop_can_be_asked_again_how_the_order_stands() {
        let html = html(&sample::outcome());
        assert!(html.contains("action=\"/pay/p1/ask\"") && html.contains("Ask the shop again"));
    }

    #[test]
    fn the_way_back_to_the_shop_is_a_plain_link() {
        let html = html(&sample::outcome());
        assert!(html.contains("href=\"http://shop.localhost:7180/orders/1042-k3v9\""), "{html}");
    }
}

//! The payments of the past.

use askama::Template;
use openset_types::Terms;

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

impl History<'_> {
    /// What the shop may charge after a payment.
    fn again(&self, terms: &Terms) -> String {
        let say = self.frame.say;
        match *terms {
            Terms::Instalments { at_most } => {
                say.history_instalments(usize::try_from(at_most).unwrap_or(usize::MAX))
            }
            Terms::Recurring { every_days, until } => {
                say.history_recurring(say.day(until), every_days)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use openset_types::UnixTime;

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
    fn a_payment_that_may_come_again_says_so() {
        let until = UnixTime::parse_generalized("20270601000000Z").expect("a time");
        let paid = |terms| {
            let payments: Vec<_> =
                sample::paid().into_iter().map(|one| Paid { terms: Some(terms), ..one }).collect();
            let frame = sample::frame(Site::Wallet, Tongue::English);
            History { frame: &frame, payments: &payments }.to_string()
        };
        let monthly = paid(Terms::Recurring { every_days: 28, until });
        assert!(monthly.contains("again after 28 days or more, until 1 Jun 2027"), "{monthly}");
        assert!(paid(Terms::Instalments { at_most: 3 }).contains("in up to 3 instalments"));
    }

    #[test]
    fn an_empty_history_says_so() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        assert!(History { frame: &frame, payments: &[] }.to_string().contains("No payment yet"));
    }
}

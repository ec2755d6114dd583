//! The page of a problem: what happened, what happened to the money, what to do next.

use askama::Template;

use crate::frame::Frame;
use crate::problem::Problem;

/// A problem on any site.
#[derive(Template)]
#[template(path = "pages/trouble.html")]
pub struct Trouble<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What happened.
    pub problem: Problem,
}

/// A problem in the wallet: the same words on a sheet.
#[derive(Template)]
#[template(path = "pages/wallet_trouble.html")]
pub struct WalletTrouble<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What happened.
    pub problem: Problem,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_problem_says_what_happened_whether_money_moved_and_what_to_do() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let html = WalletTrouble { frame: &frame, problem: Problem::CardDeclined }.to_string();
        for text in ["Your bank said no", "You were not charged.", "another card", "card_declined"]
        {
            assert!(html.contains(text), "{text}: {html}");
        }
    }

    #[test]
    fn a_lost_page_has_nothing_to_say_about_money() {
        let frame = sample::frame(Site::Shop, Tongue::French);
        let html = Trouble { frame: &frame, problem: Problem::NotFound }.to_string();
        assert!(html.contains("not_found") && !html.contains("débité"), "{html}");
    }
}

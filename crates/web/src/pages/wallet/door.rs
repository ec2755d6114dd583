//! The door of the wallet: choosing a passphrase, and opening with it.

use askama::Template;

use crate::frame::Frame;
use crate::ports::Unopened;

/// Why a new passphrase was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstRunComplaint {
    /// The two fields differ.
    Differ,
    /// Fewer than [`PASSPHRASE_MIN`] characters.
    Short,
}

/// The fewest characters of a passphrase.
pub const PASSPHRASE_MIN: usize = 10;

/// The wallet's first page: choose a passphrase.
#[derive(Template)]
#[template(path = "pages/wallet/first_run.html")]
pub struct FirstRun<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Where to go once the wallet is made.
    pub next: &'a str,
    /// What was wrong with the last try.
    pub complaint: Option<FirstRunComplaint>,
}

impl FirstRun<'_> {
    fn complaint_text(&self) -> String {
        let say = self.frame.say;
        match self.complaint {
            Some(FirstRunComplaint::Differ) => say.passphrase_differ(),
            Some(FirstRunComplaint::Short) => say.passphrase_short(PASSPHRASE_MIN),
            None => String::new(),
        }
    }
}

/// The locked door.
#[derive(Template)]
#[template(path = "pages/wallet/unlock.html")]
pub struct Unlock<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Where to go once it is open.
    pub next: &'a str,
    /// Whether a shop is waiting; which one is not known yet.
    pub for_purchase: bool,
    /// What went wrong with the last try.
    pub unopened: Option<Unopened>,
}

impl Unlock<'_> {
    fn complaint_text(&self) -> String {
        let say = self.frame.say;
        match self.unopened {
            Some(Unopened::Wrong { tries_left }) => say.unlock_wrong(tries_left as usize),
            Some(Unopened::Paused { seconds }) => say.unlock_paused(seconds as usize),
            Some(Unopened::Problem(problem)) => problem.sentence(say),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn the_locked_door_names_no_shop_and_lets_a_manager_fill_it() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let unlock = Unlock { frame: &frame, next: "/pay/x", for_purchase: true, unopened: None };
        let html = unlock.to_string();
        assert!(!html.contains("Atelier Lumen"));
        assert!(html.contains("autocomplete=\"current-password\""));
        assert!(html.contains("value=\"/pay/x\""));
    }

    #[test]
    fn a_wrong_passphrase_says_how_many_tries_are_left() {
        let frame = sample::frame(Site::Wallet, Tongue::English);
        let unopened = Some(Unopened::Wrong { tries_left: 4 });
        let html = Unlock { frame: &frame, next: "/", for_purchase: false, unopened }.to_string();
        assert!(html.contains("4 tries left before a 1-minute pause"), "{html}");
    }

    #[test]
    fn a_passphrase_is_chosen_twice_and_long() {
        let frame = sample::frame(Site::Wallet, Tongue::French);
        let complaint = Some(FirstRunComplaint::Short);
        let html = FirstRun { frame: &frame, next: "/", complaint }.to_string();
        assert_eq!(html.matches("autocomplete=\"new-password\"").count(), 2);
        assert!(html.contains("10 caractères"), "{html}");
    }
}

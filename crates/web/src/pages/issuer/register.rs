//! The bank's page from which a card is registered: a file for the bank's wallet, and what it says.

use askama::Template;

use crate::frame::Frame;
use crate::ports::RegistrationOffer;

/// A card of the bank, to be registered.
#[derive(Template)]
#[template(path = "pages/issuer/register.html")]
pub struct Register<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The bank's name.
    pub name: &'a str,
    /// What there is.
    pub offer: &'a RegistrationOffer,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn the_page_gives_the_file_out_and_says_what_stands_in_it() {
        let offer = sample::registration_offer();
        for tongue in Tongue::ALL {
            let frame = sample::frame(Site::Issuer, tongue);
            let page = Register { frame: &frame, name: "Banque Démo", offer: &offer };
            let html = page.to_string();
            for said in ["href=\"/register/card.setreg\"", "href=\"/wallet\"", &offer.authority] {
                assert!(html.contains(said), "{said}: {html}");
            }
        }
    }
}

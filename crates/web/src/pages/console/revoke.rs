//! What would come of taking a certificate back, before it is done.

use askama::Template;

use super::certificates::{reason_word, table};
use super::top::{Desk, Tab, Top};
use crate::frame::Frame;
use crate::ports::{Consequences, RevocationReason, Stops};
use crate::table::{Badge, Table};
use crate::words::Words;

/// The consequences, and the button.
#[derive(Template)]
#[template(path = "pages/console/revoke.html")]
pub struct RevokePage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Whose console it is.
    pub desk: &'a Desk,
    /// What would come of it.
    pub consequences: &'a Consequences,
    /// Why.
    pub reason: RevocationReason,
}

impl<'a> RevokePage<'a> {
    fn top(&self) -> Top<'a> {
        Top::of(self.frame, self.desk, Tab::Certificates)
    }

    fn reason(&self) -> String {
        reason_word(self.reason, self.frame.say)
    }

    fn stops(&self) -> String {
        self.consequences.stops.word(self.frame.say)
    }

    fn below(&self) -> Table {
        let say = self.frame.say;
        let below = &self.consequences.below;
        table(below, say.revoke_below(below.len()), say.revoke_below_none(), say)
    }
}

impl Stops {
    /// What stops, in a sentence.
    pub(crate) fn word(self, say: &Words) -> String {
        match self {
            Self::Card => say.stops_card(),
            Self::ShopSigns => say.stops_shop_signs(),
            Self::ShopOpens => say.stops_shop_opens(),
            Self::GatewaySigns => say.stops_gateway_signs(),
            Self::GatewayOpens => say.stops_gateway_opens(),
            Self::AuthorityCertifies => say.stops_authority_certifies(),
            Self::AuthoritySigns => say.stops_authority_signs(),
            Self::AuthorityOpens => say.stops_authority_opens(),
            Self::AuthorityLists => say.stops_authority_lists(),
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
    fn before_a_certificate_is_taken_back_the_page_says_what_comes_of_it() {
        let frame = sample::frame(Site::Console(0), Tongue::English);
        let (desk, consequences) = (sample::desk(), sample::consequences());
        let reason = RevocationReason::KeyCompromise;
        let page = RevokePage { frame: &frame, desk: &desk, consequences: &consequences, reason };
        let html = page.to_string();
        assert!(html.contains("Somebody else may have the key"), "{html}");
        assert!(html.contains("List 1") && html.contains("value=\"key-compromise\""), "{html}");
        let nobody = Desk { operator: None, ..desk.clone() };
        let page = RevokePage { desk: &nobody, ..page };
        assert!(!page.to_string().contains("method=\"post\""));
    }
}

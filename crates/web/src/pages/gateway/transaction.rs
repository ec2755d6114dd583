//! One authorization: the checks, the masked card, the hash of the order, the issuer's answer.

use askama::Template;

use super::{element, transactions::shortened};
use crate::frame::Frame;
use crate::ports::{Check, CheckName, CheckState, Element, GatewayFile};
use crate::table::Badge;

/// One authorization.
#[derive(Template)]
#[template(path = "pages/gateway/transaction.html")]
pub struct GatewayTransaction<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// The gateway's name.
    pub name: &'a str,
    /// The authorization.
    pub file: &'a GatewayFile,
}

impl GatewayTransaction<'_> {
    fn short_xid(&self) -> String {
        shortened(&self.file.xid)
    }

    fn element(&self, element: &Element) -> String {
        element::name(element.number, self.frame.say)
    }

    fn holds(&self, check: &Check) -> bool {
        check.state == CheckState::Held
    }

    fn check_text(&self, check: &Check) -> String {
        let say = self.frame.say;
        match check.name {
            CheckName::MerchantSignature => say.check_merchant_signature(),
            CheckName::DualSignature => say.check_dual_signature(),
            CheckName::OrderHashesAgree => say.check_order_hashes(),
            CheckName::UsedOnce => say.check_used_once(),
            CheckName::BrandMatches => say.check_brand(),
            CheckName::CertificatesCurrent => say.check_certificates(),
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
    fn the_gateway_shows_the_hash_of_the_order_and_a_masked_card() {
        let frame = sample::frame(Site::Gateway, Tongue::English);
        let file = sample::gateway_file();
        let html = GatewayTransaction { frame: &frame, name: "Demo Gateway", file: &file };
        let html = html.to_string();
        assert!(html.contains("cannot read what was bought"), "{html}");
        assert!(html.contains("999999•• •••• 4242"), "{html}");
        assert!(!html.contains("Lighthouse"), "{html}");
    }

    #[test]
    fn a_check_that_failed_says_so_in_words() {
        let frame = sample::frame(Site::Gateway, Tongue::French);
        let mut file = sample::gateway_file();
        file.checks[1].state = CheckState::Failed;
        file.checks[2].state = CheckState::NotReached;
        let html = GatewayTransaction { frame: &frame, name: "Demo Gateway", file: &file };
        let html = html.to_string();
        assert!(html.contains("a échoué") && html.contains("pas atteinte"), "{html}");
    }

    #[test]
    fn the_elements_of_a_bank_message_are_named_in_the_reader_s_language() {
        for (tongue, amount) in [(Tongue::English, "4 Amount"), (Tongue::French, "4 Montant")] {
            let frame = sample::frame(Site::Gateway, tongue);
            let file = sample::gateway_file();
            let html = GatewayTransaction { frame: &frame, name: "Demo Gateway", file: &file };
            assert!(html.to_string().contains(amount), "{html}");
        }
    }

    #[test]
    fn an_element_without_a_name_of_its_own_is_told_as_other_data() {
        let frame = sample::frame(Site::Gateway, Tongue::French);
        let mut file = sample::gateway_file();
        let leg = file.leg.as_mut().expect("the bank was asked");
        leg.elements = vec![Element { number: 120, value: "x".to_owned() }];
        let html = GatewayTransaction { frame: &frame, name: "Demo Gateway", file: &file };
        assert!(html.to_string().contains("120 Autres données"), "{html}");
    }
}

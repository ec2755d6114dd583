//! One authorization: the checks, the masked card, the hash of the order, the issuer's answer.

use askama::Template;
use openset_types::RefundKind;

use super::{element, transactions::shortened};
use crate::frame::Frame;
use crate::ports::{Check, CheckName, CheckState, Element, GatewayFile, GatewayRefund};
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

    fn refund_kind(&self, refund: &GatewayRefund) -> String {
        let say = self.frame.say;
        match refund.kind {
            RefundKind::Credit => say.gateway_refund(),
            RefundKind::CaptureReversal => say.gateway_taken_back(),
            RefundKind::CreditReversal => say.gateway_refund_undone(),
        }
    }

    fn refund_result(&self, refund: &GatewayRefund) -> String {
        let say = self.frame.say;
        match refund.is_done {
            None => say.refund_asked(),
            Some(true) => say.refund_done(),
            Some(false) => say.gateway_refund_refused(),
        }
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
    use openset_types::UnixTime;

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
    fn what_was_given_back_is_told_with_its_conversation() {
        let mut file = sample::gateway_file();
        let leg = file.leg.clone().expect("the bank was asked");
        let (at, amount) = (UnixTime::new(1_800_000_000).expect("after 1970"), file.amount);
        let refund = |kind, is_done| GatewayRefund { at, kind, amount, is_done, leg: leg.clone() };
        file.refunds = vec![
            refund(RefundKind::Credit, Some(true)),
            refund(RefundKind::CreditReversal, Some(false)),
            refund(RefundKind::CaptureReversal, None),
        ];
        for (tongue, told) in [
            (Tongue::English, ["Refund", "Refund taken back", "Capture taken back", "refused"]),
            (Tongue::French, ["Remboursement", "annulé", "Capture reprise", "refusé"]),
        ] {
            let frame = sample::frame(Site::Gateway, tongue);
            let page = GatewayTransaction { frame: &frame, name: "Demo Gateway", file: &file };
            let html = page.to_string();
            assert!(told.iter().all(|one| html.contains(one)), "{html}");
        }
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

//! The hand-over: a plain form that carries the initiation document to the wallet.

use askama::Template;
use data_encoding::BASE64;

use crate::frame::{Frame, Site};
use crate::ports::Handover;

/// The page between the shop and the wallet.
#[derive(Template)]
#[template(path = "pages/shop/handover.html")]
pub struct HandoverPage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// What addresses call the order.
    pub slug: &'a str,
    /// The order and its document.
    pub handover: &'a Handover,
}

impl HandoverPage<'_> {
    fn document(&self) -> String {
        BASE64.encode(&self.handover.document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn the_document_goes_to_the_wallet_octet_for_octet() {
        let frame = sample::frame(Site::Shop, Tongue::English);
        let handover = sample::handover();
        let html = HandoverPage { frame: &frame, slug: "1042-k3v9", handover: &handover };
        let html = html.to_string();
        assert!(
            html.contains("action=\"http://wallet.localhost:7180/initiate?lang=en\""),
            "{html}"
        );
        let encoded = BASE64.encode(&handover.document).replace('+', "&#43;");
        assert!(html.replace("+", "&#43;").contains(&encoded), "{html}");
        assert!(html.contains("name=\"v\" value=\"1\""), "{html}");
        let other = "action=\"http://wallet-nordic.localhost:7180/initiate?lang=en\"";
        assert!(html.contains(other) && html.contains("Nordic Test Bank"), "{html}");
        assert_eq!(html.matches("data-handover").count(), 1, "a script presses the first only");
        assert!(
            html.contains("<code>8f21 d1b0 4c7e 55a9</code>"),
            "as the wallet shows it: {html}"
        );
        assert!(html.contains(&handover.order_hash), "{html}");
    }
}

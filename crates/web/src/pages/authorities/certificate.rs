//! One certificate in full.

use askama::Template;

use crate::frame::Frame;
use crate::ports::Certificate;
use crate::table::Badge;

/// One certificate.
#[derive(Template)]
#[template(path = "pages/authorities/certificate.html")]
pub struct CertificatePage<'a> {
    /// The frame.
    pub frame: &'a Frame,
    /// Its thumb, in hex.
    pub thumb: &'a str,
    /// The certificate.
    pub certificate: &'a Certificate,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Site;
    use crate::sample;
    use crate::words::Tongue;

    #[test]
    fn a_certificate_can_be_read_and_taken_away() {
        let frame = sample::frame(Site::Authorities, Tongue::French);
        let certificate = sample::certificate();
        let html = CertificatePage { frame: &frame, thumb: "a0", certificate: &certificate };
        let html = html.to_string();
        assert!(html.contains("/authorities/a0/pem") && html.contains("Révoqué"), "{html}");
    }
}

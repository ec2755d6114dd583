//! The certificate authorities, under `/authorities`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use data_encoding::BASE64;

use super::{Shown, file, show};
use crate::frame::Frame;
use crate::pages::authorities::{CertificatePage, Tree};
use crate::ports::AuthorityPort;

pub(super) fn authorities<P: AuthorityPort>(port: Arc<P>) -> Router {
    Router::new()
        .route("/authorities", get(tree::<P>))
        .route("/authorities/{thumb}", get(certificate::<P>))
        .route("/authorities/{thumb}/pem", get(pem::<P>))
        .with_state(port)
}

async fn tree<P: AuthorityPort>(State(port): State<Arc<P>>, frame: Frame) -> Shown {
    let root = port.tree().await?;
    show(&Tree { frame: &frame, root: &root })
}

async fn certificate<P: AuthorityPort>(
    State(port): State<Arc<P>>,
    frame: Frame,
    Path(thumb): Path<String>,
) -> Shown {
    let certificate = port.certificate(&thumb).await?;
    show(&CertificatePage { frame: &frame, thumb: &thumb, certificate: &certificate })
}

async fn pem<P: AuthorityPort>(State(port): State<Arc<P>>, Path(thumb): Path<String>) -> Shown {
    let certificate = port.certificate(&thumb).await?;
    Ok(pem_file(&thumb, &certificate.der))
}

/// A certificate to keep.
pub(super) fn pem_file(thumb: &str, der: &[u8]) -> Response {
    let short: String = thumb.chars().take(8).collect();
    let text = armored(der);
    file(&format!("certificate-{short}.pem"), "application/x-pem-file", text.into_bytes())
}

/// RFC 7468: base64 in lines of 64 between two labels.
fn armored(der: &[u8]) -> String {
    let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for line in der.chunks(48) {
        text.push_str(&BASE64.encode(line));
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_armored_in_lines_of_sixty_four() {
        let text = armored(&[0; 100]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 5);
        assert_eq!((lines[1].len(), lines[2].len(), lines[3].len()), (64, 64, 8));
    }
}

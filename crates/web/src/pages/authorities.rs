//! The certificate authorities: the tree, and one certificate.

mod certificate;
mod tree;

pub use certificate::CertificatePage;
pub use tree::Tree;

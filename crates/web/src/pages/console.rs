//! The console of one authority: its place in the tree, its requests, certificates, lists and
//! audit trail.

mod audit;
mod certificates;
mod lists;
mod operator;
mod overview;
mod records;
mod requests;
mod revoke;
mod top;

pub use audit::AuditPage;
pub use certificates::{CertificateFilePage, CertificatesPage};
pub use lists::ListsPage;
pub use operator::OperatorPage;
pub use overview::OverviewPage;
pub use requests::{RequestPage, RequestsPage};
pub use revoke::RevokePage;
pub use top::{Desk, Tab};

//! Whether an authority has taken a certificate back from an applicant: its lists say which, its
//! database whose they were.

use std::sync::Arc;

use openset_crypto::{Certified, Suite};
use openset_node::{
    driver::read_state,
    store::{Page, Store},
};
use openset_protocol::{
    ca::{Applicant, AuthorityEnrolment, Stage},
    role::Machine,
};
use openset_wire::der::decode;

use crate::ceremony::Lists;

/// How many applications are read at a time.
const PAGE: u32 = 500;

/// What an authority has taken back.
pub(crate) struct TakenBack {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) lists: Lists,
    pub(crate) suite: Suite,
}

impl TakenBack {
    /// Whether a certificate of an applicant was taken back; one of a gateway has this name.
    pub(super) async fn from(&self, whom: &Applicant, gateway: &str) -> anyhow::Result<bool> {
        let is_meant = |read: &Certified| match whom {
            Applicant::Merchant { merchant, .. } => read.merchant_id() == Some(merchant),
            Applicant::Gateway { .. } => read.subject().common_name() == Some(gateway),
            Applicant::Cardholder { .. } => false,
        };
        let mut before = None;
        loop {
            let page = Page { before, limit: PAGE };
            let records = self.store.list(AuthorityEnrolment::KIND, page).await?;
            for record in &records {
                let Stage::Issued { certificates, .. } =
                    read_state::<AuthorityEnrolment>(record)?.stage
                else {
                    continue;
                };
                for octets in &certificates {
                    let certificate = decode(octets.as_ref())?;
                    if self.lists.revocation(&certificate).is_some()
                        && is_meant(&Certified::read(self.suite, certificate)?)
                    {
                        return Ok(true);
                    }
                }
            }
            match records.last() {
                Some(last) if records.len() == PAGE as usize => before = Some(last.seq),
                _ => return Ok(false),
            }
        }
    }
}

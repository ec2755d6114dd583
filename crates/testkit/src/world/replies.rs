//! What everybody was answered.

use std::collections::BTreeMap;

use openset_types::Rrpid;

use super::network::Role;

/// What was answered to each request, the first time and ever since.
#[derive(Debug, Default)]
pub struct Replies {
    first: BTreeMap<(Role, Rrpid), Vec<u8>>,
    otherwise: Vec<(Role, Rrpid)>,
}

impl Replies {
    pub(super) fn note(&mut self, by: Role, rrpid: Rrpid, reply: &[u8]) {
        let first = self.first.entry((by, rrpid)).or_insert_with(|| reply.to_vec());
        if first != reply {
            self.otherwise.push((by, rrpid));
        }
    }

    /// Requests that were answered one way and then another.
    pub fn otherwise(&self) -> &[(Role, Rrpid)] {
        &self.otherwise
    }
}

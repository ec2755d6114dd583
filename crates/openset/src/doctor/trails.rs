//! Whether the audit trails of the authorities are still what they were.

use std::path::Path;

use tokio::runtime::Builder;

use super::Finding;
use crate::{ceremony::Seat, house::audit};

const ABOUT: &str = "audit trails";

/// Follows the trail of every authority that has begun one.
pub(super) fn look(data: &Path) -> Vec<Finding> {
    let all = Seat::answering(data).map(|seat| seat.folder);
    let begun: Vec<_> = all.filter(|role| data.join(role).join("store.db").is_file()).collect();
    if begun.is_empty() {
        return Vec::new();
    }
    let mut records = 0;
    for role in begun {
        match whole(data, role) {
            Ok(found) => records += found,
            Err(error) => {
                let remedy = "compare it with a copy of its database and of trail.heads";
                return vec![Finding::bad(ABOUT, format!("{role}: {error:#}"), remedy)];
            }
        }
    }
    vec![Finding::good(ABOUT, format!("{records} records, each follows from those before it"))]
}

fn whole(data: &Path, role: &str) -> anyhow::Result<u64> {
    let runtime = Builder::new_current_thread().build()?;
    Ok(runtime.block_on(audit::verify(data, role))?.records)
}

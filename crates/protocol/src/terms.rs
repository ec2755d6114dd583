//! InstallRecurData, as far as it is understood here.

use openset_types::Terms;
use openset_wire::types::InstallRecurData;

use crate::{acceptance, refusal::Refusal};

/// Reads the terms of a consent to several payments. Extensions are refused: none is known.
pub(crate) fn read(data: &InstallRecurData) -> Result<Terms, Refusal> {
    acceptance::understood(data, &[])?;
    Ok(Terms::from(&data.install_recur_ind))
}

//! What the data elements of ISO 8583 are called.

use crate::words::Words;

/// The name of a data element, by its number.
pub(super) fn name(number: u8, say: &Words) -> String {
    match number {
        2 => say.element_card_number(),
        3 => say.element_processing_code(),
        4 => say.element_amount(),
        7 => say.element_sent_at(),
        11 => say.element_trace_number(),
        12 => say.element_local_time(),
        13 => say.element_local_date(),
        14 => say.element_expiry(),
        15 => say.element_settlement_date(),
        18 => say.element_merchant_category(),
        22 => say.element_entry_mode(),
        25 => say.element_condition(),
        32 => say.element_acquirer(),
        33 => say.element_forwarder(),
        35 => say.element_track_2(),
        37 => say.element_retrieval_reference(),
        38 => say.element_approval_code(),
        39 => say.element_response_code(),
        41 => say.element_terminal(),
        42 => say.element_merchant(),
        43 => say.element_merchant_place(),
        45 => say.element_track_1(),
        48 => say.element_additional(),
        49 => say.element_currency(),
        52 => say.element_pin(),
        63 => say.element_own_reference(),
        70 => say.element_network_code(),
        90 => say.element_original(),
        95 => say.element_replacement(),
        100 => say.element_receiver(),
        _ => say.element_other(),
    }
}

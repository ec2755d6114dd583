//! Any octets as the field of a form that brings an initiation document.
#![no_main]

#[path = "../decoders.rs"]
mod decoders;

libfuzzer_sys::fuzz_target!(|octets: &[u8]| {
    decoders::initiation_field(octets);
});

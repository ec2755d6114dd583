//! Any octets as an initiation document: what is read can be written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use openset_wire::initiation::Initiation;

fuzz_target!(|octets: &[u8]| {
    if let Ok(initiation) = Initiation::parse(octets) {
        if let Ok(again) = initiation.write() {
            assert_eq!(Initiation::parse(&again), Ok(initiation));
        }
    }
});

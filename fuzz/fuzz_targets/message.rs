//! Any octets as a message: no panic, and what is accepted is what would be written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use openset_wire::wrapper::MessageWrapper;

fuzz_target!(|octets: &[u8]| {
    let _ = MessageWrapper::header_of(octets);
    if let Ok(message) = MessageWrapper::decode(octets) {
        assert_eq!(message.encode().as_deref(), Ok(octets));
    }
});

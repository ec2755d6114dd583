//! Any octets as a tree: no panic, and every element lies within the octets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use openset_wire::inspect;

fuzz_target!(|octets: &[u8]| {
    for tree in [inspect::inspect(octets), inspect::named("MessageWrapper", octets)] {
        let Ok(tree) = tree else { continue };
        assert!(tree.walk().iter().all(|node| node.at + node.len <= octets.len()));
    }
});

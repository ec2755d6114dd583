//! Whatever comes, nothing panics; and whatever is accepted is what would be written.

mod sample;

use std::sync::LazyLock;

use openset_wire::{
    der::{self, Element},
    types::SetString,
    wrapper::MessageWrapper,
    x509::{Certificate, Serial},
};
use proptest::{collection::vec, prelude::*};
use sample::Sample;

/// Every sample, made once.
static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(sample::all);

/// Changes one octet of a sample.
fn spoilt() -> impl Strategy<Value = (usize, Vec<u8>)> {
    (0..SAMPLES.len()).prop_flat_map(move |which| {
        let octets = SAMPLES[which].octets.clone();
        (0..octets.len(), any::<u8>()).prop_map(move |(at, octet)| {
            let mut octets = octets.clone();
            octets[at] = octet;
            (which, octets)
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_octets_are_read_or_refused(octets in vec(any::<u8>(), 0..300)) {
        let _ = MessageWrapper::decode(&octets);
        let _ = MessageWrapper::header_of(&octets);
        let _ = der::decode::<Certificate>(&octets);
    }

    #[test]
    fn what_is_accepted_is_what_would_be_written((which, octets) in spoilt()) {
        if let Ok(again) = (SAMPLES[which].again)(&octets) {
            prop_assert_eq!(again, octets);
        }
    }

    #[test]
    fn the_walk_agrees_with_what_it_lets_through(octets in vec(any::<u8>(), 0..64)) {
        if let Ok(element) = Element::from_octets(octets.clone()) {
            prop_assert_eq!(element.octets(), octets.as_slice());
            prop_assert_eq!(der::elements(&octets).map(|found| found.len()), Ok(1));
        }
    }

    #[test]
    fn texts_are_read_back(text in "\\PC{1,40}") {
        if let Ok(text) = SetString::<40>::new(&text) {
            prop_assert_eq!(der::decode(&der::encode(&text).expect("encodable")), Ok(text));
        }
    }

    #[test]
    fn serial_numbers_are_read_back(octets in vec(any::<u8>(), 0..24)) {
        if let Ok(serial) = Serial::new(&octets) {
            prop_assert_eq!(der::decode(&der::encode(&serial).expect("encodable")), Ok(serial));
        }
    }
}

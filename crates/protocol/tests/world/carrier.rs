//! What whoever carries an envelope of suite `set10` can do to it without opening it.

use openset_wire::opaque::Sealed;

/// A change of an envelope's octets.
pub(crate) type Change = fn(&mut [u8]);

/// What a carrier can do to an envelope it cannot open. The wrapped key is found by its length;
/// the ciphertext stands last.
pub(crate) const CHANGES: &[(&str, Change)] = &[
    ("the first octet of the wrapped key", |octets| {
        let first = key_at(octets);
        octets[first] ^= 1;
    }),
    ("the last octet of the wrapped key", |octets| {
        let last = key_at(octets) + KEY_OCTETS - 1;
        octets[last] ^= 1;
    }),
    ("a wrapped key of ones", |octets| {
        let at = key_at(octets);
        octets[at..at + KEY_OCTETS - 1].fill(0);
        octets[at + KEY_OCTETS - 1] = 1;
    }),
    ("a wrapped key above the modulus", |octets| {
        let at = key_at(octets);
        octets[at..at + KEY_OCTETS].fill(0xFF);
    }),
    ("the IV", |octets| {
        let at = key_at(octets) + KEY_OCTETS;
        let head = octets[at..].windows(2).position(|pair| pair == [4, 8]).expect("an IV");
        octets[at + head + 2] ^= 1;
    }),
    ("a block in the middle", |octets| {
        let at = octets.len() - 40;
        octets[at] ^= 1;
    }),
    ("the last block", last_block),
    ("the block before it, which makes the padding", |octets| {
        let at = octets.len() - 9;
        octets[at] ^= 1;
    }),
    ("two blocks exchanged", |octets| {
        let at = octets.len() - 32;
        octets[at..].rotate_left(8);
    }),
];

pub(crate) fn last_block(octets: &mut [u8]) {
    let at = octets.len() - 1;
    octets[at] ^= 1;
}

/// How long a wrapped key of 1024 bits is.
const KEY_OCTETS: usize = 128;

/// Where the wrapped key stands.
fn key_at(octets: &[u8]) -> usize {
    let head = [0x04, 0x81, 0x80];
    octets.windows(head.len()).position(|here| here == head).expect("a wrapped key") + head.len()
}

pub(crate) fn touched<T, R>(sealed: &Sealed<T, R>, change: Change) -> Sealed<T, R> {
    let mut octets = sealed.octets().to_vec();
    change(&mut octets);
    Sealed::from_octets(octets).expect("one sequence still")
}

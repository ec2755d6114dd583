//! What a block says, and what is wrong with one.

use data_encoding::HEXLOWER;
use proptest::prelude::*;

use super::*;

const KEY: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF];
const K: usize = 128;
const ALL: [Layout; 7] = [
    Layout::Key,
    Layout::PanData,
    Layout::DigestPanToken,
    Layout::DigestPanOnly,
    Layout::PanData0,
    Layout::AcctData,
    Layout::PanToken,
];

/// The DER of some extra data of a layout.
fn extra(layout: Layout) -> Vec<u8> {
    match layout.extra() {
        Extra::None => Vec::new(),
        Extra::Der => vec![0x30, 3, 4, 1, 0x5E],
        Extra::Chosen => vec![0xA0, 5, 0x30, 3, 4, 1, 0x5E],
        Extra::Bare => [ACCT_DATA, &[b'7'; 74], ACCT_NONCE, &[9; 20]].concat(),
    }
}

fn composed(layout: Layout) -> Vec<u8> {
    let extra = extra(layout);
    let contents = Contents { layout, key: &KEY, digest: [0xD1; 20], extra: &extra };
    compose(&contents, K).expect("it fits").to_vec()
}

/// A list of the one layout.
fn only(layout: Layout) -> &'static [Layout] {
    let place = ALL.iter().position(|one| *one == layout).expect("one of them");
    &ALL[place..=place]
}

fn is_sound(block: &[u8], layout: Layout) -> bool {
    open(block, only(layout)).is_ok_and(|found| found.is_sound)
}

/// A block whose DB was changed before it was masked: what an attacker with the public key sends.
fn with_db(layout: Layout, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let block = composed(layout);
    let (a, b) = block[1..].split_at(K - 17);
    let salt = xored(b, &h2(a));
    let mut db = xored(a, &h1(&salt, K - 17));
    change(&mut db);
    let a = xored(&db, &h1(&salt, K - 17));
    let b = xored(&salt, &h2(&a));
    [&block[..1], &a, &b].concat()
}

#[test]
fn what_was_composed_is_found_again_in_every_layout() {
    for layout in ALL {
        let found = open(&composed(layout), only(layout)).expect("long enough");
        assert!(found.is_sound, "{layout:?}");
        assert_eq!((*found.key, found.layout), (KEY, layout));
        assert_eq!(*found.extra, extra(layout), "{layout:?}");
        let digest = if layout.has_digest() { [0xD1; 20] } else { [0; 20] };
        assert_eq!(found.digest, digest);
    }
}

#[test]
fn the_masks_are_those_that_another_program_computes() {
    // Computed with Python's hashlib from the definitions in this module's documentation.
    let mask = h1(&[0x5A; 16], 45);
    assert_eq!(HEXLOWER.encode(&mask), H1_OF_5A);
    assert_eq!(HEXLOWER.encode(&h2(&[0xA5; 111])), H2_OF_A5);
    let contents = Contents { layout: Layout::Key, key: &KEY, digest: [0; 20], extra: &[] };
    let block = assemble(&contents, K, [0x42], &[0x5A; 16]).expect("it fits");
    assert_eq!(HEXLOWER.encode(&sha1(&block)), SHA1_OF_BLOCK);
}

#[test]
fn account_data_fills_the_block_of_a_1024_bit_key_to_the_last_octet() {
    let account = extra(Layout::AcctData);
    let contents =
        Contents { layout: Layout::AcctData, key: &KEY, digest: [0; 20], extra: &account };
    assert!(compose(&contents, K).is_ok());
    assert!(compose(&contents, K - 1).is_err());
}

#[test]
fn extra_data_that_does_not_belong_there_is_not_put_into_a_block() {
    let contents = |layout, extra| Contents { layout, key: &KEY, digest: [0; 20], extra };
    assert!(compose(&contents(Layout::Key, &[0x30, 0]), K).is_err());
    assert!(compose(&contents(Layout::AcctData, &[0x30, 0]), K).is_err());
    assert!(compose(&contents(Layout::PanData, &[0x30; 95]), K).is_err());
    assert!(compose(&contents(Layout::DigestPanOnly, &[0x30; 75]), K).is_err());
}

#[test]
fn two_blocks_of_the_same_contents_differ_and_begin_below_any_modulus() {
    for _ in 0..200 {
        let (one, other) = (composed(Layout::Key), composed(Layout::Key));
        assert_ne!(one, other);
        assert!((1..=0x7F).contains(&one[0]));
    }
}

#[test]
fn a_block_of_one_layout_is_unsound_as_any_other() {
    for layout in ALL {
        for other in ALL.into_iter().filter(|other| *other != layout) {
            assert!(!is_sound(&composed(layout), other), "{layout:?} as {other:?}");
        }
    }
}

#[test]
fn a_block_that_is_wrong_anywhere_is_opened_all_the_same_and_unsound() {
    // Abuse case 16, B1: the classes of Manger and Bleichenbacher, in SET's own block.
    type Change = fn(&mut Vec<u8>);
    let in_db: [(&str, Change); 9] = [
        ("BT", |db| db[0] = 2),
        ("BT zero", |db| db[0] = 0),
        ("BC unknown", |db| db[1] = 8),
        ("BC another", |db| db[1] = 7),
        ("V first", |db| db[2] = 1),
        ("V last", |db| db[8] = 0x80),
        ("extra tag", |db| db[17] = 0x31),
        ("extra longer than the block", |db| db[18] = 0x7F),
        ("extra of long form", |db| db[18] = 0x81),
    ];
    for (what, change) in in_db {
        let found = open(&with_db(Layout::PanData, change), only(Layout::PanData));
        assert!(!found.expect(what).is_sound, "{what}");
    }
    let tail = with_db(Layout::PanData, |db| *db.last_mut().expect("octets") = 1);
    assert!(!is_sound(&tail, Layout::PanData));
    for first in [0, 0x80, 0xFF] {
        let mut block = composed(Layout::PanData);
        block[0] = first;
        assert!(!is_sound(&block, Layout::PanData), "I {first:02x}");
    }
}

#[test]
fn one_bit_changed_in_the_masked_part_is_unsound() {
    let block = composed(Layout::DigestPanToken);
    for at in 1..block.len() {
        let mut touched = block.clone();
        touched[at] ^= 1 << (at % 8);
        let found = open(&touched, only(Layout::DigestPanToken)).expect("long enough");
        let same = found.is_sound && *found.extra == extra(Layout::DigestPanToken);
        // A bit of the key or of HD shows only later, when the content is looked at.
        assert!(!same || found.key[..] != KEY || found.digest != [0xD1; 20], "octet {at}");
    }
}

#[test]
fn a_block_too_short_for_a_key_is_refused() {
    for octets in 0..(1 + 16 + 9 + 8) {
        assert!(open(&vec![1; octets], only(Layout::Key)).is_err(), "{octets}");
    }
}

proptest! {
    #[test]
    fn any_octets_are_opened_without_a_panic(
        block in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        for layout in ALL {
            let _ = open(&block, only(layout));
        }
    }
}

const H1_OF_5A: &str =
    "419fb923c868fe2b11e49bf945e2fb12d8c8d97fbd038388445de9f94acc1ef459e4ec87eed07cebff55cf5f51";
const H2_OF_A5: &str = "b76b8037e0117b950a9b27c9890eef22";
const SHA1_OF_BLOCK: &str = "9801cb24c1770a925358de0e0222af3b1716a849";

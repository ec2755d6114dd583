//! Abuse case 23: a length that promises more than there is costs neither memory nor reading.
//!
//! A binary of its own, because its allocator counts what every thread asks of it.
#![expect(unsafe_code, reason = "an allocator cannot be written without; this one only counts")]

mod sample;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use openset_wire::{
    der::{Header, MESSAGE_BYTES_MAX, Malformed, What},
    wrapper::MessageWrapper,
};

/// The most new memory that a refused message may take.
const NEW_OCTETS_MAX: usize = 64 * 1024;

/// Lengths that nobody means: a gigabyte, the largest of four and of eight octets, one of nine.
const LIES: [&[u8]; 5] = [
    &[0x84, 0x40, 0x00, 0x00, 0x00],
    &[0x84, 0xFF, 0xFF, 0xFF, 0xFF],
    &[0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    &[0x88, 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
    &[0x89, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00],
];

/// The longest length that is read as one: sixteen million.
const LONGEST: &[u8] = &[0x83, 0xFF, 0xFF, 0xFF];

/// Gives what the system's allocator gives, and counts it.
struct Counting;

thread_local! {
    /// All octets that this thread ever asked for.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(octets: usize) {
    // A thread that ends allocates after its counter is gone; nobody reads it then.
    let _ = ASKED.try_with(|asked| asked.set(asked.get().saturating_add(octets)));
}

/// Decodes, and says how many octets were asked for meanwhile. What was given back counts too.
fn decode(octets: &[u8]) -> (Result<MessageWrapper, Malformed>, usize) {
    let before = ASKED.get();
    let decoded = MessageWrapper::decode(octets);
    (decoded, ASKED.get() - before)
}

/// Where the elements of an encoding begin, and the length of each tag.
fn headers(octets: &[u8], at: usize, found: &mut Vec<(usize, usize)>) {
    let mut next = 0;
    while next < octets.len() {
        let header = Header::read(&octets[next..]).expect("a sample is well formed");
        let tag = match header.number {
            0..=0x1E => 1,
            0x1F..=0x7F => 2,
            _ => 3,
        };
        found.push((at + next, tag));
        if header.constructed {
            let inside = next + header.len..next + header.total();
            headers(&octets[inside.clone()], at + inside.start, found);
        }
        next += header.total();
    }
}

/// A message as large as any may be that tells the truth up to a tag, and then this length.
fn lying(message: &[u8], tag_ends: usize, length: &[u8], filling: u8) -> Vec<u8> {
    let mut octets = [&message[..tag_ends], length].concat();
    octets.resize(MESSAGE_BYTES_MAX, filling);
    octets
}

#[test]
fn the_allocator_counts() {
    let before = ASKED.get();
    drop(vec![0_u8; 100_000]);
    assert!(ASKED.get() - before >= 100_000);
    let preq = sample::messages().into_iter().map(|one| one.octets).max_by_key(Vec::len);
    let (decoded, asked) = decode(&preq.expect("there are samples"));
    assert!(decoded.is_ok() && asked > 1_000, "a good message is built: {asked}");
}

#[test]
fn a_length_that_lies_is_refused_where_it_stands_and_takes_no_memory() {
    for sample in sample::messages() {
        let mut places = Vec::new();
        headers(&sample.octets, 0, &mut places);
        for (at, tag) in places {
            for lie in LIES.into_iter().chain([LONGEST]) {
                let octets = lying(&sample.octets, at + tag, lie, 0);
                let (decoded, asked) = decode(&octets);
                let fault = decoded.expect_err("nothing is that long");
                let what = if lie == LONGEST { What::Truncated } else { What::Length };
                let place = format!("{} at {at}: {lie:02x?}", sample.file);
                assert_eq!(fault, Malformed::new(at, what), "{place}");
                assert!(asked <= NEW_OCTETS_MAX, "{place} took {asked} octets");
            }
        }
    }
}

#[test]
fn what_follows_a_length_that_lies_is_not_looked_at() {
    // What is refused is refused for its first octets: whatever follows, or nothing.
    for lie in LIES.into_iter().chain([LONGEST]) {
        let short = [&[0x30], lie].concat();
        let fault = decode(&short).0.expect_err("nothing is that long");
        assert!(short.len() <= 64);
        for filling in [0x00, 0x30, 0x80, 0xFF] {
            let (decoded, asked) = decode(&lying(&[0x30], 1, lie, filling));
            assert_eq!(decoded.expect_err("nothing is that long"), fault, "{lie:02x?}");
            assert!(asked <= NEW_OCTETS_MAX, "{lie:02x?} took {asked} octets");
        }
    }
}

#[test]
fn a_message_beyond_the_limit_is_not_begun() {
    let octets = vec![0x30; MESSAGE_BYTES_MAX + 1];
    let (decoded, asked) = decode(&octets);
    assert_eq!(decoded.expect_err("too big"), Malformed::new(0, What::TooBig));
    assert_eq!(asked, 0);
}

//! PNG, as far as a logo needs it: whole, small, and nothing hidden between its chunks.
//!
//! Pixels are not decoded here; whoever draws the picture does that.

use std::fmt;

use flate2::Crc;

/// The most pixels of a side.
const SIDE_MAX: u32 = 1024;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What changes how a picture looks, and nothing that could say something else.
const CHUNKS: [&[u8]; 9] =
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"pHYs"];

/// Why octets are not a picture for a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadPng {
    /// A chunk whose checksum is wrong, or that is cut.
    Chunk,
    /// It does not begin as it should.
    Header,
    /// It ends too early, or something comes after its end.
    End,
    /// A chunk that could hold something other than the picture.
    Other,
    /// A side without pixels or with more than [`SIDE_MAX`].
    Size,
}

impl fmt::Display for BadPng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chunk => f.write_str("a chunk is cut or damaged"),
            Self::Header => f.write_str("not a PNG"),
            Self::End => f.write_str("it does not end where it says"),
            Self::Other => f.write_str("a chunk that is not part of the picture"),
            Self::Size => write!(f, "a side has 1 to {SIDE_MAX} pixels"),
        }
    }
}

/// Accepts a picture.
pub(crate) fn check(png: &[u8]) -> Result<(), BadPng> {
    let mut rest = png.strip_prefix(SIGNATURE).ok_or(BadPng::Header)?;
    let mut is_first = true;
    loop {
        let Chunk { name, data, after } = chunk(rest)?;
        if !CHUNKS.contains(&name) {
            return Err(BadPng::Other);
        }
        if is_first != (name == b"IHDR") {
            return Err(BadPng::Header);
        }
        if is_first {
            check_sides(data)?;
        }
        if name == b"IEND" {
            return if after.is_empty() { Ok(()) } else { Err(BadPng::End) };
        }
        (rest, is_first) = (after, false);
    }
}

fn check_sides(header: &[u8]) -> Result<(), BadPng> {
    let (sides, _) = header.split_at_checked(8).ok_or(BadPng::Header)?;
    let (sides, _) = sides.as_chunks::<4>();
    match sides.iter().all(|side| (1..=SIDE_MAX).contains(&u32::from_be_bytes(*side))) {
        true => Ok(()),
        false => Err(BadPng::Size),
    }
}

/// A chunk, and what comes after it.
struct Chunk<'a> {
    name: &'a [u8],
    data: &'a [u8],
    after: &'a [u8],
}

fn chunk(rest: &[u8]) -> Result<Chunk<'_>, BadPng> {
    let end = if rest.is_empty() { BadPng::End } else { BadPng::Chunk };
    let (length, rest) = rest.split_first_chunk::<4>().ok_or(end)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| BadPng::Chunk)?;
    let named = length.checked_add(4).ok_or(BadPng::Chunk)?;
    let (body, rest) = rest.split_at_checked(named).ok_or(BadPng::Chunk)?;
    let (sum, after) = rest.split_first_chunk::<4>().ok_or(BadPng::Chunk)?;
    let mut crc = Crc::new();
    crc.update(body);
    if crc.sum() != u32::from_be_bytes(*sum) {
        return Err(BadPng::Chunk);
    }
    let (name, data) = body.split_at_checked(4).ok_or(BadPng::Chunk)?;
    Ok(Chunk { name, data, after })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(name: &[u8], data: &[u8]) -> Vec<u8> {
        let body = [name, data].concat();
        let mut crc = Crc::new();
        crc.update(&body);
        let length = u32::try_from(data.len()).expect("short").to_be_bytes();
        [&length[..], &body, &crc.sum().to_be_bytes()].concat()
    }

    fn header(width: u32, height: u32) -> Vec<u8> {
        let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
        piece(b"IHDR", &[&sides[..], &[8, 2, 0, 0, 0]].concat())
    }

    fn png(pieces: &[Vec<u8>]) -> Vec<u8> {
        [SIGNATURE, &pieces.concat()].concat()
    }

    #[test]
    fn a_small_picture_is_accepted() {
        let all = [header(16, 16), piece(b"IDAT", b"x"), piece(b"IEND", b"")];
        assert_eq!(check(&png(&all)), Ok(()));
    }

    #[test]
    fn what_is_damaged_hidden_or_too_large_is_refused() {
        let (data, end) = (piece(b"IDAT", b"x"), piece(b"IEND", b""));
        let whole = png(&[header(16, 16), data.clone(), end.clone()]);
        for cut in 0..whole.len() {
            assert!(check(&whole[..cut]).is_err(), "cut at {cut}");
        }
        for (why, octets) in [
            (BadPng::Header, png(&[data.clone(), end.clone()])),
            (BadPng::Header, png(&[header(1, 1), header(1, 1), end.clone()])),
            (BadPng::Header, b"GIF89a".to_vec()),
            (BadPng::Size, png(&[header(0, 16), end.clone()])),
            (BadPng::Size, png(&[header(16, 1025), end.clone()])),
            (BadPng::Other, png(&[header(1, 1), piece(b"tEXt", b"a\0b"), end.clone()])),
            (BadPng::End, [whole.clone(), b"more".to_vec()].concat()),
            (BadPng::End, png(&[header(1, 1), data])),
        ] {
            assert_eq!(check(&octets), Err(why));
        }
        let mut damaged = whole;
        damaged[20] ^= 1;
        assert_eq!(check(&damaged), Err(BadPng::Chunk));
    }
}

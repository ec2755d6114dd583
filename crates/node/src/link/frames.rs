//! Messages on a stream, each behind its length.

use std::io::{Error, ErrorKind, Result};

use openset_bank::iso8583::{Dialect, Frame};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The longest header any dialect has.
const HEADER_MAX: usize = 8;

/// Reads the next message; none if the stream ends between two. A header that announces more
/// than a message may have ends the stream before anything is read of it.
pub(super) async fn read<R: AsyncRead + Unpin>(
    stream: &mut R,
    frame: Frame,
) -> Result<Option<Vec<u8>>> {
    let mut space = [0; HEADER_MAX];
    let header = space.get_mut(..frame.header_octets()).ok_or(ErrorKind::InvalidData)?;
    if stream.read(header.get_mut(..1).ok_or(ErrorKind::InvalidData)?).await? == 0 {
        return Ok(None);
    }
    stream.read_exact(header.get_mut(1..).ok_or(ErrorKind::InvalidData)?).await?;
    let length = frame
        .message_octets(header)
        .filter(|length| *length <= Dialect::MESSAGE_OCTETS_MAX)
        .ok_or_else(|| Error::from(ErrorKind::InvalidData))?;
    let mut octets = vec![0; length];
    stream.read_exact(&mut octets).await?;
    Ok(Some(octets))
}

/// A message behind its length.
pub(super) fn framed(frame: Frame, octets: &[u8]) -> Option<Vec<u8>> {
    let header = frame.header(octets.len()).filter(|_| octets.len() <= Dialect::MESSAGE_OCTETS_MAX);
    Some([header?.as_slice(), octets].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_are_told_apart_by_their_lengths() {
        let mut stream: &[u8] = b"\x00\x02ab\x00\x00\x00\x01c";
        let mut read = async || read(&mut stream, Frame::Binary2).await.expect("whole messages");
        assert_eq!(read().await, Some(b"ab".to_vec()));
        assert_eq!(read().await, Some(Vec::new()));
        assert_eq!(read().await, Some(b"c".to_vec()));
        assert_eq!(read().await, None);
    }

    #[tokio::test]
    async fn a_header_that_announces_too_much_or_nothing_ends_the_stream() {
        for (mut stream, frame) in [
            (b"\xFF\xFFab".as_slice(), Frame::Binary2),
            (b"9999ab".as_slice(), Frame::Ascii4),
            (b"12x4ab".as_slice(), Frame::Ascii4),
            (b"\x00\x05ab".as_slice(), Frame::Binary2),
            (b"\x00".as_slice(), Frame::Binary2),
        ] {
            assert!(read(&mut stream, frame).await.is_err());
        }
    }

    #[tokio::test]
    async fn of_a_message_that_is_announced_as_too_long_only_the_header_is_read() {
        // Abuse case 23.
        for (frame, header) in [(Frame::Binary2, b"\xFF\xFF".as_slice()), (Frame::Ascii4, b"9999")]
        {
            let octets = [header, &[b'x'; 20_000]].concat();
            let mut stream = octets.as_slice();
            assert!(read(&mut stream, frame).await.is_err());
            assert_eq!(octets.len() - stream.len(), header.len(), "octets were read of it");
        }
    }

    #[test]
    fn a_message_too_long_for_the_stream_is_not_framed() {
        assert!(framed(Frame::Binary2, &[0; Dialect::MESSAGE_OCTETS_MAX]).is_some());
        assert!(framed(Frame::Binary2, &[0; Dialect::MESSAGE_OCTETS_MAX + 1]).is_none());
    }
}

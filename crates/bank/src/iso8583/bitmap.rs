//! The bitmap: which fields follow.

/// Which of the fields 1 to 128 are there; bit 1 says that a second half follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Bitmap(u128);

impl Bitmap {
    /// Reads the first half, and the second if there is one.
    pub(crate) fn from_halves(first: [u8; 8], second: Option<[u8; 8]>) -> Self {
        let mut octets = [0; 16];
        for (to, from) in octets.iter_mut().zip(first.into_iter().chain(second.unwrap_or_default()))
        {
            *to = from;
        }
        Self(u128::from_be_bytes(octets))
    }

    /// Whether a first half announces a second.
    pub(crate) fn announces_second(first: [u8; 8]) -> bool {
        first[0] >= 0x80
    }

    /// Puts a field in; a field beyond 64 announces the second half.
    pub(crate) fn insert(&mut self, field: u8) {
        self.0 |= bit(field);
        if field > 64 {
            self.0 |= bit(1);
        }
    }

    /// The fields that follow, in order; not field 1, which is the bitmap itself.
    pub(crate) fn fields(self) -> impl Iterator<Item = u8> {
        (2..=128).filter(move |field| self.0 & bit(*field) != 0)
    }

    /// Eight octets, or sixteen when a field beyond 64 is there.
    pub(crate) fn octets(self) -> Vec<u8> {
        let length = if self.0 & bit(1) == 0 { 8 } else { 16 };
        self.0.to_be_bytes().into_iter().take(length).collect()
    }
}

fn bit(field: u8) -> u128 {
    1_u128.rotate_right(u32::from(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_beyond_sixty_four_brings_the_second_half() {
        let mut bitmap = Bitmap::default();
        bitmap.insert(2);
        assert_eq!(bitmap.octets(), [0x40, 0, 0, 0, 0, 0, 0, 0]);
        bitmap.insert(128);
        assert_eq!(bitmap.octets(), [0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(bitmap.fields().collect::<Vec<_>>(), [2, 128]);
    }

    #[test]
    fn halves_are_read_back() {
        let first = [0x82, 0x20, 0, 0, 0, 0, 0, 0];
        let second = [0x04, 0, 0, 0, 0, 0, 0, 0];
        assert!(Bitmap::announces_second(first));
        let bitmap = Bitmap::from_halves(first, Some(second));
        assert_eq!(bitmap.fields().collect::<Vec<_>>(), [7, 11, 70]);
    }
}

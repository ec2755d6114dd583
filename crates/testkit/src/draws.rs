//! The draws of a run: all that is left to chance follows from one number.
//!
//! This is splitmix64. A run needs a stream that is the same on every machine and after every
//! update of a dependency, and nothing else; the ten lines that promise this are here.

/// A stream of draws.
#[derive(Debug, Clone)]
pub struct Draws(u64);

impl Draws {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0, below an end. The end is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// A number between two, both included.
    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    /// Whether something happens that happens so often in a thousand times.
    pub fn happens(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    /// One of several. There is at least one.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let count = u64::try_from(all.len()).unwrap_or(1);
        let index = usize::try_from(self.below(count)).unwrap_or_default();
        &all[index]
    }

    /// The randomness of one step.
    pub fn seed(&mut self) -> [u8; 32] {
        let mut seed = [0; 32];
        for part in seed.chunks_exact_mut(8) {
            part.copy_from_slice(&self.number().to_be_bytes());
        }
        seed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_stream_that_its_authors_published() {
        let mut draws = Draws::new(1_234_567);
        let first = [draws.number(), draws.number(), draws.number()];
        let published =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(first, published);
    }

    #[test]
    fn what_never_happens_never_happens_and_what_always_happens_does() {
        let mut draws = Draws::new(1);
        assert!((0..1000).all(|_| !draws.happens(0)));
        assert!((0..1000).all(|_| draws.happens(1000)));
        assert!((0..1000).all(|_| (3..=5).contains(&draws.between(3, 5))));
    }
}

//! Drawing identifiers and secrets from one seed.
//!
//! A role's step takes its randomness as an argument: the seed. Everything the step draws
//! follows from it, so a step can be run again and gives the same answer. The seed itself comes
//! from the operating system, once for each step, and is used for nothing else.

use openset_types::{LocalId, Rrpid, Secret, Xid};
use openset_wire::types::{Challenge, Nonce};
use openset_wire::x509::Serial;

use crate::modern::primitives::hmac_sha256;
use crate::{Suite, set10};

/// A stream of draws from one seed. Two draws are never equal; another seed gives another stream.
pub struct Draw {
    suite: Suite,
    seed: Secret,
    drawn: u64,
}

impl Draw {
    /// Starts a stream. A seed serves one step.
    pub fn new(suite: Suite, seed: [u8; 32]) -> Self {
        Self { suite, seed: Secret::new(seed.to_vec()), drawn: 0 }
    }

    /// Names a purchase.
    pub fn xid(&mut self) -> Xid {
        Xid::new(self.octets())
    }

    /// Names a request.
    pub fn rrpid(&mut self) -> Rrpid {
        Rrpid::new(self.octets())
    }

    /// Labels a record of our own: eight octets.
    #[expect(clippy::expect_used, reason = "the length is on the same line")]
    pub fn local_id(&mut self) -> LocalId {
        LocalId::new(&self.octets::<8>()).expect("a label has one to twenty octets")
    }

    /// A challenge: what the other side must repeat in its signed answer.
    pub fn challenge(&mut self) -> Challenge {
        match self.suite {
            Suite::Set10 => Challenge::from(self.octets::<20>()),
            Suite::Modern => Challenge::from(self.octets::<32>()),
        }
    }

    /// A nonce: EXNonce, ODSalt, Nonce-CCA, ErrorNonce.
    pub fn nonce(&mut self) -> Nonce {
        match self.suite {
            Suite::Set10 => Nonce::from(self.octets::<20>()),
            Suite::Modern => Nonce::from(self.octets::<32>()),
        }
    }

    /// A secret: CardSecret.
    pub fn secret(&mut self) -> Secret {
        match self.suite {
            Suite::Set10 => Secret::new(self.octets::<20>().to_vec()),
            Suite::Modern => Secret::new(self.octets::<32>().to_vec()),
        }
    }

    /// A key that an answer will come back under.
    pub fn content_key(&mut self) -> Secret {
        match self.suite {
            Suite::Set10 => set10::sealed::back_key(|| self.octets()),
            Suite::Modern => Secret::new(self.octets::<32>().to_vec()),
        }
    }

    /// A certificate's serial number: sixteen octets, positive, never zero.
    #[expect(clippy::expect_used, reason = "the number is made positive on the lines above")]
    pub fn serial(&mut self) -> Serial {
        let mut octets = self.octets::<16>();
        if let Some(first) = octets.first_mut() {
            // The top bit clear keeps it positive, the next one set keeps it sixteen octets long.
            *first = (*first & 0x7F) | 0x40;
        }
        Serial::new(&octets).expect("sixteen octets make a positive number")
    }

    /// So many octets, at most 32.
    pub fn octets<const N: usize>(&mut self) -> [u8; N] {
        const { assert!(N <= 32, "one draw is at most 32 octets") };
        self.drawn = self.drawn.saturating_add(1);
        let block = hmac_sha256(&self.seed, &[b"openset draw", &self.drawn.to_be_bytes()]);
        let mut octets = [0; N];
        for (to, from) in octets.iter_mut().zip(block) {
            *to = from;
        }
        octets
    }
}

impl std::fmt::Debug for Draw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Draw({} drawn)", self.drawn)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_another_seed_draws_otherwise() {
        let mut first = Draw::new(Suite::Modern, [1; 32]);
        let mut again = Draw::new(Suite::Modern, [1; 32]);
        let mut other = Draw::new(Suite::Modern, [2; 32]);
        let xid = first.xid();
        assert_eq!(again.xid(), xid);
        assert_ne!(other.xid(), xid);
        assert_ne!(first.xid(), xid);
    }

    #[test]
    fn ten_thousand_draws_are_all_different() {
        let mut draw = Draw::new(Suite::Modern, [3; 32]);
        let drawn: HashSet<_> = (0..10_000).map(|_| draw.rrpid()).collect();
        assert_eq!(drawn.len(), 10_000);
    }

    #[test]
    fn a_serial_number_is_positive_and_sixteen_octets_long() {
        let mut draw = Draw::new(Suite::Modern, [4; 32]);
        for _ in 0..1_000 {
            let serial = draw.serial();
            assert_eq!(serial.as_bytes().len(), 16);
            assert!((0x40..0x80).contains(&serial.as_bytes()[0]));
        }
    }

    #[test]
    fn challenges_nonces_and_secrets_have_the_length_of_the_suite() {
        for suite in Suite::ALL {
            let mut draw = Draw::new(suite, [5; 32]);
            assert_eq!(draw.challenge().as_bytes().len(), suite.secret_octets());
            assert_eq!(draw.nonce().as_bytes().len(), suite.secret_octets());
            assert_eq!(draw.secret().expose().len(), suite.secret_octets());
            assert_eq!(draw.content_key().expose().len(), suite.content_key_octets());
            assert_eq!(draw.local_id().as_bytes().len(), 8);
        }
    }

    #[test]
    fn a_stream_of_draws_does_not_print_its_seed() {
        let mut draw = Draw::new(Suite::Modern, [0xAB; 32]);
        draw.xid();
        assert_eq!(format!("{draw:?}"), "Draw(1 drawn)");
    }
}

//! A party's keys for the length of one step, watched for failures that are ours.
//!
//! A machine that cannot sign refuses, and one whose key cannot open refuses too, or answers that
//! nothing opened: it cannot know why. Where the device with the keys is away, the peer has done
//! nothing wrong and is not told so; the step counts as not taken, and is taken again.

use std::sync::atomic::{AtomicBool, Ordering};

use openset_crypto::{KeyFault, KeyId, Keys};
use openset_types::Secret;

use super::NotTaken;
use crate::fault::Fault;

/// Keys that remember whether their holder failed.
pub(super) struct Attended<'a> {
    keys: &'a dyn Keys,
    failed: AtomicBool,
}

impl<'a> Attended<'a> {
    pub(super) fn new(keys: &'a dyn Keys) -> Self {
        Self { keys, failed: AtomicBool::new(false) }
    }

    /// What a step came to; whatever a failure of ours may have caused is that failure.
    pub(super) fn judge<T>(&self, came_to: Result<T, NotTaken>) -> Result<T, NotTaken> {
        if !self.failed.load(Ordering::Relaxed) {
            return came_to;
        }
        let refusal = match came_to {
            Err(NotTaken::Refused(refusal)) => Some(refusal),
            Err(not_taken) => return Err(not_taken),
            Ok(_) => None,
        };
        tracing::error!(?refusal, "the keys failed; this is not held against the peer");
        Err(NotTaken::Fault(Fault::Key))
    }

    fn watch<T>(&self, done: Result<T, KeyFault>) -> Result<T, KeyFault> {
        if matches!(done, Err(KeyFault::Broken)) {
            self.failed.store(true, Ordering::Relaxed);
        }
        done
    }
}

impl Keys for Attended<'_> {
    fn sign(&self, key: &KeyId, message: &[u8]) -> Result<Vec<u8>, KeyFault> {
        self.watch(self.keys.sign(key, message))
    }

    fn agree(&self, key: &KeyId, peer: &[u8]) -> Result<Secret, KeyFault> {
        self.watch(self.keys.agree(key, peer))
    }

    fn open_block(&self, key: &KeyId, block: &[u8]) -> Result<Secret, KeyFault> {
        self.watch(self.keys.open_block(key, block))
    }
}

#[cfg(test)]
mod tests {
    use openset_crypto::{KeyKind, PrivateKey, SoftwareKeys, Suite};
    use openset_protocol::refusal::Refusal;

    use super::*;

    /// A device that is away.
    struct Away;

    impl Keys for Away {
        fn sign(&self, _: &KeyId, _: &[u8]) -> Result<Vec<u8>, KeyFault> {
            Err(KeyFault::Broken)
        }

        fn agree(&self, _: &KeyId, _: &[u8]) -> Result<Secret, KeyFault> {
            Err(KeyFault::Broken)
        }

        fn open_block(&self, _: &KeyId, _: &[u8]) -> Result<Secret, KeyFault> {
            Err(KeyFault::Broken)
        }
    }

    fn refused() -> Result<(), NotTaken> {
        Err(NotTaken::Refused(Refusal::Unopened))
    }

    #[test]
    fn a_refusal_after_the_keys_failed_is_our_fault() {
        let key =
            PrivateKey::generate(KeyKind::of_parties(Suite::Modern)).expect("randomness").id();
        let asks: [&dyn Fn(&Attended<'_>); 2] =
            [&|keys| assert_eq!(keys.agree(&key, &[4; 65]), Err(KeyFault::Broken)), &|keys| {
                assert_eq!(keys.sign(&key, b"m"), Err(KeyFault::Broken))
            }];
        for ask in asks {
            let keys = Attended::new(&Away);
            assert!(matches!(keys.judge(refused()), Err(NotTaken::Refused(_))));
            ask(&keys);
            assert!(matches!(keys.judge(refused()), Err(NotTaken::Fault(Fault::Key))));
        }
    }

    #[test]
    fn an_answer_that_was_come_to_without_the_keys_is_none() {
        let keys = Attended::new(&Away);
        assert!(keys.judge(Ok(())).is_ok());
        let key = KeyId::try_from(&[7; 32][..]).expect("32 octets");
        assert_eq!(keys.open_block(&key, b"block"), Err(KeyFault::Broken));
        assert!(matches!(keys.judge(Ok(())), Err(NotTaken::Fault(Fault::Key))));
    }

    #[test]
    fn what_a_peer_did_wrong_stays_a_refusal() {
        let held = SoftwareKeys::new();
        let key = held
            .hold(PrivateKey::generate(KeyKind::of_parties(Suite::Modern)).expect("randomness"));
        let keys = Attended::new(&held);
        assert_eq!(keys.agree(&key, &[4; 65]), Err(KeyFault::BadPeer));
        assert!(matches!(keys.judge(refused()), Err(NotTaken::Refused(_))));
    }
}

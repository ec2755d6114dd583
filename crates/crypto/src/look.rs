//! Looking at what one's own keys open, whatever it is: for people, never for a decision.

use zeroize::Zeroizing;

use crate::modern::sealed;
use crate::{Identity, Keys, Suite};

/// The octets inside an envelope, if one of these certificates opens it.
///
/// Nothing is checked but that: not who wrote it, not what it should have been. What comes out
/// may be shown to whoever holds the keys and may not be believed.
pub fn look_into(
    suite: Suite,
    octets: &[u8],
    openers: &[Identity],
    keys: &dyn Keys,
) -> Option<Zeroizing<Vec<u8>>> {
    let kind = match suite {
        Suite::Modern => sealed::kind(octets)?,
    };
    openers.iter().find_map(|opener| {
        let agree = |peer: &[u8]| keys.agree(&opener.key, peer);
        match suite {
            Suite::Modern => sealed::open(octets, &opener.name(), &kind, agree).ok(),
        }
    })
}

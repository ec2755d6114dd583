//! Looking at what one's own keys open, whatever it is: for people, never for a decision.

use zeroize::Zeroizing;

use crate::{Identity, Keys, Suite, modern, set10};

/// What is inside an envelope, if one of these certificates opens it: the content, and in suite
/// `set10` the extra part that stands beside the key. Nothing, if none opens it.
///
/// Nothing is checked but that: not who wrote it, not what it should have been. What comes out
/// may be shown to whoever holds the keys and may not be believed.
pub fn look_into(
    suite: Suite,
    octets: &[u8],
    openers: &[Identity],
    keys: &dyn Keys,
) -> Vec<Zeroizing<Vec<u8>>> {
    let found = openers.iter().find_map(|opener| match suite {
        Suite::Set10 => {
            let operation = |block: &[u8]| keys.open_block(&opener.key, block);
            let kind = set10::sealed::kind(octets)?;
            let opened = set10::sealed::open(octets, &opener.name(), &kind, operation).ok()?;
            let (content, extra) = (opened.content.octets()?, opened.extra.octets()?);
            Some([content, extra].into_iter().filter(|part| !part.is_empty()).collect())
        }
        Suite::Modern => {
            let agree = |peer: &[u8]| keys.agree(&opener.key, peer);
            let kind = modern::sealed::kind(octets)?;
            let opened = modern::sealed::open(octets, &opener.name(), &kind, agree).ok()?;
            Some(vec![opened])
        }
    });
    found.unwrap_or_default()
}

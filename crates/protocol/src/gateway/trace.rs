//! How a question to the banks is found again.

use openset_crypto::Draw;
use openset_types::{InvalidReference, RetrievalReference, SystemTrace, Trace, UnixTime};

use crate::{
    refusal::Refusal,
    role::{Claim, Register},
};

/// Draws the references of one question. They are kept before it is asked.
pub(crate) fn trace(draw: &mut Draw, now: UnixTime) -> Result<Trace, Refusal> {
    let retrieval = RetrievalReference::parse(&digits::<12>(draw));
    let system = SystemTrace::parse(&digits::<6>(draw));
    Ok(Trace {
        retrieval: retrieval.map_err(no_reference)?,
        system: system.map_err(no_reference)?,
        asked_at: now,
    })
}

/// The register entry that keeps two questions from ever having one reference.
pub(crate) fn retrieval(trace: &Trace) -> Claim {
    let key = trace.retrieval.as_str().as_bytes().to_vec();
    Claim { register: Register::Retrieval, key }
}

fn digits<const N: u32>(draw: &mut Draw) -> String {
    let number = u64::from_be_bytes(draw.octets::<8>()) % 10_u64.pow(N);
    let width = usize::try_from(N).unwrap_or_default();
    format!("{number:0width$}")
}

fn no_reference(_: InvalidReference) -> Refusal {
    Refusal::CommandOutOfTurn
}

#[cfg(test)]
mod tests {
    use openset_crypto::Suite;

    use super::*;

    #[test]
    fn references_have_their_length_and_differ() {
        let now = UnixTime::new(1_800_000_000).expect("after 1970");
        let mut draw = Draw::new(Suite::Modern, [7; 32]);
        let [first, second] = [(); 2].map(|()| trace(&mut draw, now).expect("digits"));
        assert_eq!(first.retrieval.as_str().len(), 12);
        assert_eq!(first.system.as_str().len(), 6);
        assert_ne!(first.retrieval, second.retrieval);
    }
}

//! The cryptographic floor: what each message of a purchase and of a cardholder's enrolment needs,
//! and what that costs here.
//!
//! Counted is what the messages themselves ask for, with every certificate on the way known
//! already. Work that an implementation does twice is not counted twice.

use std::time::{Duration, Instant};

use openset_crypto::{
    KeyFault, Suite,
    bare::{Bare, Primitive},
};

use super::samples::Samples;

/// How many of each primitive one side of a message needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    /// The message and the side.
    pub(super) of: &'static str,
    /// Whether it is the gateway's.
    pub(super) is_gateways: bool,
    signatures: u32,
    checks: u32,
    key_pairs: u32,
    agreements: u32,
    sealings: u32,
    digests: u32,
}

/// Every message of a purchase. Account data travels in an envelope of its own beside another,
/// so that PReq and CapToken have two each. Sealings and digests are of 1 KiB: what the message and
/// the bag of certificates beside each signature come to, rounded up.
pub(super) const NEEDS: [Needs; 9] = [
    needs("PInitRes, merchant", false, [1, 0, 0, 0, 0, 1]),
    needs("PInitRes, cardholder", false, [0, 1, 0, 0, 0, 1]),
    needs("PReq, cardholder", false, [1, 0, 2, 2, 1, 3]),
    needs("PReq, merchant", false, [0, 1, 0, 0, 0, 2]),
    needs("AuthReq, merchant", false, [1, 0, 1, 1, 4, 2]),
    needs("AuthReq, gateway", true, [0, 2, 0, 3, 5, 4]),
    needs("AuthRes with CapToken, gateway", true, [2, 0, 3, 3, 6, 4]),
    needs("AuthRes, merchant", false, [0, 1, 0, 1, 4, 2]),
    needs("PRes, merchant and cardholder", false, [1, 1, 0, 0, 0, 2]),
];

/// Every message of a cardholder's enrolment, both sides. Account data travels in an envelope of
/// its own here too: RegFormReq and CertReq have two each.
pub(super) const ENROLMENT: [Needs; 7] = [
    needs("CardCInitRes, both", false, [1, 1, 0, 0, 0, 2]),
    needs("RegFormReq, cardholder", false, [0, 0, 2, 2, 2, 1]),
    needs("RegFormReq, authority", false, [0, 0, 0, 2, 2, 1]),
    needs("RegFormRes, both", false, [1, 1, 0, 0, 0, 2]),
    needs("CertReq and a new key, cardholder", false, [1, 0, 3, 2, 3, 2]),
    needs("CertReq, authority", false, [0, 1, 0, 2, 3, 2]),
    needs("CertRes with certificate, both", false, [2, 2, 0, 0, 4, 6]),
];

const fn needs(of: &'static str, is_gateways: bool, counts: [u32; 6]) -> Needs {
    let [signatures, checks, key_pairs, agreements, sealings, digests] = counts;
    Needs { of, is_gateways, signatures, checks, key_pairs, agreements, sealings, digests }
}

impl Needs {
    /// Performs all of it once, and nothing else.
    pub(super) fn perform(&self, bare: &Bare) -> Result<(), KeyFault> {
        Primitive::ALL.into_iter().try_for_each(|primitive| {
            (0..self.count(primitive)).try_for_each(|_| bare.perform(primitive))
        })
    }

    /// How many of a primitive.
    pub(super) fn count(&self, primitive: Primitive) -> u32 {
        match primitive {
            Primitive::Signature => self.signatures,
            Primitive::SignatureCheck => self.checks,
            Primitive::KeyPair => self.key_pairs,
            Primitive::Agreement => self.agreements,
            Primitive::Sealing => self.sealings,
            Primitive::Digest => self.digests,
        }
    }
}

/// What each primitive costs here and now.
#[derive(Debug, Clone)]
pub(super) struct Prices(Vec<(Primitive, Duration)>);

impl Prices {
    /// Times every primitive: the shortest of some rounds, because others use the machine too and
    /// a floor that they raise would flatter whoever is measured against it.
    pub(super) fn measure(suite: Suite) -> anyhow::Result<Self> {
        let bare = Bare::new(suite)?;
        let price = |primitive| -> anyhow::Result<_> {
            Ok((primitive, shortest(|| Ok(bare.perform(primitive)?))?))
        };
        Ok(Self(Primitive::ALL.into_iter().map(price).collect::<Result<_, _>>()?))
    }

    /// What one costs.
    pub(super) fn of(&self, primitive: Primitive) -> Duration {
        let found = self.0.iter().find(|(known, _)| *known == primitive);
        found.map(|(_, price)| *price).unwrap_or_default()
    }

    /// What one side of a message costs at least.
    pub(super) fn sum(&self, needs: &Needs) -> Duration {
        Primitive::ALL.into_iter().map(|one| self.of(one) * needs.count(one)).sum()
    }

    /// What a whole purchase costs at least.
    pub(super) fn purchase(&self) -> Duration {
        NEEDS.iter().map(|needs| self.sum(needs)).sum()
    }

    /// What a cardholder's enrolment costs at least.
    pub(super) fn enrolment(&self) -> Duration {
        ENROLMENT.iter().map(|needs| self.sum(needs)).sum()
    }

    /// What an authorization costs the gateway at least.
    pub(super) fn gateway(&self) -> Duration {
        NEEDS.iter().filter(|needs| needs.is_gateways).map(|needs| self.sum(needs)).sum()
    }
}

/// How many rounds are timed, of how many performances each.
const ROUNDS: usize = 101;
const PERFORMANCES: u32 = 20;

/// How long something takes: the shortest of some rounds.
pub(super) fn shortest(
    mut perform: impl FnMut() -> anyhow::Result<()>,
) -> anyhow::Result<Duration> {
    let mut samples = Samples::default();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        for _ in 0..PERFORMANCES {
            perform()?;
        }
        samples.add(begun.elapsed() / PERFORMANCES);
    }
    Ok(samples.shortest())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_of_a_purchase_is_that_of_its_messages() {
        let prices = Prices::measure(Suite::Modern).expect("randomness");
        let both: Duration = NEEDS.iter().map(|needs| prices.sum(needs)).sum();
        assert_eq!(prices.purchase(), both);
        assert!(prices.gateway() < prices.purchase());
        assert!(prices.gateway() > prices.of(Primitive::Agreement) * 6);
    }

    #[test]
    fn a_purchase_has_as_many_signatures_as_checks_but_the_tokens_own_and_the_shared_one() {
        let count = |one| NEEDS.iter().map(|needs| needs.count(one)).sum::<u32>();
        // The gateway signs its token and checks it at the capture; two check the consent.
        assert_eq!(count(Primitive::Signature) - 1 + 1, count(Primitive::SignatureCheck));
        let enrolling = |one| ENROLMENT.iter().map(|needs| needs.count(one)).sum::<u32>();
        // The certificate has a signature and a check of its own, and the new key a pair.
        assert_eq!(enrolling(Primitive::Signature), enrolling(Primitive::SignatureCheck));
        assert_eq!((enrolling(Primitive::KeyPair) - 1) * 2, enrolling(Primitive::Agreement));
        // Every envelope takes a pair and an agreement, and another agreement to open it; the two
        // of the token are opened at the capture.
        assert_eq!(count(Primitive::KeyPair) * 2 - 2, count(Primitive::Agreement));
    }
}

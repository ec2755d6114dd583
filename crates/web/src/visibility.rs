//! Who can see what: a matrix computed from octets, not written by hand.
//!
//! Each party hands in what it could read: the messages it sent or received, and what came out
//! of every envelope its own keys open. A party *reads* a value when the value stands in that;
//! it has the *hash only* when the value's hash does; a value is *sealed* to it when it carried
//! an envelope that somebody else opened and found the value in. Otherwise it knows nothing.

use std::collections::BTreeMap;

use crate::party::Party;

/// Something worth knowing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Secret {
    /// What was bought, as the order describes it.
    Goods,
    /// How much is paid.
    Amount,
    /// The card number.
    CardNumber,
    /// The secret that only the card's holder and its bank share.
    CardSecret,
    /// Who the shop is.
    ShopCertificate,
    /// The numbers that name the transaction.
    TransactionNumbers,
    /// The bank's approval code.
    ApprovalCode,
}

/// A secret with the octets that betray it.
#[derive(Clone)]
pub struct Trace {
    secret: Secret,
    values: Vec<Vec<u8>>,
    hashes: Vec<Vec<u8>>,
}

/// The fewest octets that do not occur by accident.
pub const NEEDLE_MIN: usize = 6;

impl Trace {
    /// A secret, every way its value is written, and every hash that stands for it. What is too
    /// short to be told from chance is left out.
    pub fn new(secret: Secret, values: Vec<Vec<u8>>, hashes: Vec<Vec<u8>>) -> Self {
        let long = |needles: Vec<Vec<u8>>| {
            needles.into_iter().filter(|needle| needle.len() >= NEEDLE_MIN).collect()
        };
        Self { secret, values: long(values), hashes: long(hashes) }
    }
}

/// Who reads: a party, or anybody who listens on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// A party.
    Party(Party),
    /// A listener.
    Wire,
}

/// What came out of an envelope.
#[derive(Clone)]
pub struct Opened {
    /// The envelope, as it travelled.
    pub envelope: Vec<u8>,
    /// What was inside.
    pub inside: Vec<u8>,
}

/// What one reader could read at one step.
#[derive(Clone)]
pub struct Reading {
    /// Who.
    pub reader: Reader,
    /// The number of the message.
    pub step: u32,
    /// The octets as they came.
    pub octets: Vec<u8>,
    /// What its own keys opened.
    pub opened: Vec<Opened>,
}

/// All readings of a transaction, and what to look for in them.
#[derive(Clone, Default)]
pub struct Evidence {
    /// What to look for.
    pub traces: Vec<Trace>,
    /// Where.
    pub readings: Vec<Reading>,
}

impl std::fmt::Debug for Evidence {
    /// Counts only: this holds a card number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Evidence({} traces, {} readings)", self.traces.len(), self.readings.len())
    }
}

/// What a reader has of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// The value itself, from this step on.
    Reads(u32),
    /// Its hash.
    Hash,
    /// An envelope it cannot open.
    Sealed,
    /// Nothing.
    Nothing,
}

/// The matrix: a row per secret, a column per reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The columns.
    pub readers: Vec<Reader>,
    /// The rows, each with a cell per column.
    pub rows: Vec<(Secret, Vec<Sight>)>,
}

impl Evidence {
    /// Computes the matrix, with the readers that took part.
    pub fn matrix(&self) -> Matrix {
        let mut by_reader: BTreeMap<Reader, Vec<&Reading>> = BTreeMap::new();
        for reading in &self.readings {
            by_reader.entry(reading.reader).or_default().push(reading);
        }
        let rows = self.traces.iter().map(|trace| {
            let envelopes = self.envelopes_of(trace);
            let sights = by_reader.values().map(|theirs| sight(trace, &envelopes, theirs));
            (trace.secret, sights.collect())
        });
        let rows = rows.collect();
        Matrix { readers: by_reader.into_keys().collect(), rows }
    }

    /// Every envelope in which somebody found the value, directly or in an envelope within.
    fn envelopes_of(&self, trace: &Trace) -> Vec<&[u8]> {
        let opened: Vec<_> = self.readings.iter().flat_map(|reading| &reading.opened).collect();
        let mut found: Vec<&[u8]> = Vec::new();
        loop {
            let before = found.len();
            for Opened { envelope, inside } in &opened {
                let holds = any_within(&trace.values, inside)
                    || found.iter().any(|inner| is_within(inner, inside));
                if holds && !found.contains(&envelope.as_slice()) {
                    found.push(envelope);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }
}

fn sight(trace: &Trace, envelopes: &[&[u8]], readings: &[&Reading]) -> Sight {
    let reads = readings.iter().filter(|reading| reading.shows(&trace.values));
    if let Some(step) = reads.map(|reading| reading.step).min() {
        return Sight::Reads(step);
    }
    if readings.iter().any(|reading| reading.shows(&trace.hashes)) {
        return Sight::Hash;
    }
    let carried = |reading: &&&Reading| envelopes.iter().any(|it| reading.shows_octets(it));
    if readings.iter().any(|reading| carried(&reading)) { Sight::Sealed } else { Sight::Nothing }
}

impl Reading {
    fn shows(&self, needles: &[Vec<u8>]) -> bool {
        needles.iter().any(|needle| self.shows_octets(needle))
    }

    fn shows_octets(&self, needle: &[u8]) -> bool {
        is_within(needle, &self.octets)
            || self.opened.iter().any(|opened| is_within(needle, &opened.inside))
    }
}

fn any_within(needles: &[Vec<u8>], hay: &[u8]) -> bool {
    needles.iter().any(|needle| is_within(needle, hay))
}

fn is_within(needle: &[u8], hay: &[u8]) -> bool {
    !needle.is_empty() && hay.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: Reader = Reader::Party(Party::Merchant);
    const GATE: Reader = Reader::Party(Party::Gateway);

    fn reading(reader: Reader, step: u32, octets: &str, opened: &[(&str, &str)]) -> Reading {
        let opened = opened.iter().map(|(envelope, inside)| Opened {
            envelope: envelope.as_bytes().to_vec(),
            inside: inside.as_bytes().to_vec(),
        });
        Reading { reader, step, octets: octets.as_bytes().to_vec(), opened: opened.collect() }
    }

    fn evidence(readings: Vec<Reading>) -> Evidence {
        let texts = |texts: &[&str]| texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        let traces = vec![
            Trace::new(Secret::Goods, texts(&["one poster"]), texts(&["#poster"])),
            Trace::new(Secret::CardNumber, texts(&["9999990000004242"]), vec![]),
        ];
        Evidence { traces, readings }
    }

    #[test]
    fn a_party_sees_what_its_own_octets_and_keys_show() {
        let matrix = evidence(vec![
            reading(SHOP, 3, "order: one poster; <envelope 1>", &[]),
            reading(
                GATE,
                4,
                "<envelope 2>",
                &[("<envelope 2>", "#poster <envelope 1>"), ("<envelope 1>", "9999990000004242")],
            ),
            reading(Reader::Wire, 3, "<envelope 2>", &[]),
        ])
        .matrix();
        assert_eq!(matrix.readers, [SHOP, GATE, Reader::Wire]);
        let (goods, card) = (&matrix.rows[0].1, &matrix.rows[1].1);
        assert_eq!(goods, &[Sight::Reads(3), Sight::Hash, Sight::Nothing]);
        assert_eq!(card, &[Sight::Sealed, Sight::Reads(4), Sight::Sealed]);
    }

    #[test]
    fn the_first_step_that_shows_a_value_is_the_one_named() {
        let later = reading(SHOP, 7, "one poster", &[]);
        let sooner = reading(SHOP, 2, "one poster", &[]);
        let matrix = evidence(vec![later, sooner]).matrix();
        assert_eq!(matrix.rows[0].1, [Sight::Reads(2)]);
    }

    #[test]
    fn values_too_short_to_be_told_from_chance_prove_nothing() {
        let trace = Trace::new(Secret::Amount, vec![b"42".to_vec()], vec![b"#".to_vec()]);
        let readings = vec![reading(SHOP, 1, "42 #", &[])];
        let matrix = Evidence { traces: vec![trace], readings }.matrix();
        assert_eq!(matrix.rows[0].1, [Sight::Nothing]);
    }

    #[test]
    fn evidence_prints_no_card_number() {
        let evidence = evidence(vec![reading(SHOP, 1, "9999990000004242", &[])]);
        assert!(!format!("{evidence:?}").contains("4242"));
    }
}

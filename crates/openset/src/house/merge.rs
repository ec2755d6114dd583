//! The journals of all parties as one story.
//!
//! Each party writes what it sent and received in order, by a clock of whole seconds. A message
//! that crossed stands in two journals; that ties them together. The story is an order that
//! contradicts no journal, and where the journals leave it open the earlier second comes first.

use std::collections::{BTreeMap, BTreeSet};

use openset_node::store::{Direction, Passed};

/// One message that crossed from one party to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crossed {
    /// The message as one of the two wrote it.
    pub(crate) passed: Passed,
    /// Whose journal it was taken from first.
    pub(crate) written_by: &'static str,
}

/// What tells a message from every other.
type Key = (String, String, String, Vec<u8>);

fn key(passed: &Passed) -> Key {
    let Passed { sender, recipient, name, octets, .. } = passed;
    (sender.clone(), recipient.clone(), name.clone(), octets.clone())
}

/// Merges journals, each oldest first, into one story.
///
/// A message that was repeated octet for octet counts once, at its first crossing.
pub(crate) fn merge(journals: Vec<(&'static str, Vec<Passed>)>) -> Vec<Crossed> {
    let mut story = Story::default();
    for (party, journal) in journals {
        story.read(party, journal);
    }
    story.told()
}

#[derive(Default)]
struct Story {
    nodes: Vec<Crossed>,
    numbers: BTreeMap<Key, usize>,
    /// For each message, those that some journal has right after it.
    next: Vec<BTreeSet<usize>>,
}

impl Story {
    fn read(&mut self, party: &'static str, journal: Vec<Passed>) {
        let mut before: Option<usize> = None;
        let mut seen = BTreeSet::new();
        for passed in journal {
            let number = self.number(party, passed);
            if !seen.insert(number) {
                continue;
            }
            if let Some(before) = before {
                self.next[before].insert(number);
            }
            before = Some(number);
        }
    }

    fn number(&mut self, party: &'static str, passed: Passed) -> usize {
        let key = key(&passed);
        if let Some(number) = self.numbers.get(&key) {
            let known = &mut self.nodes[*number];
            // The sender's time is when it left.
            if passed.direction == Direction::Out {
                known.passed.at = passed.at.min(known.passed.at);
            }
            return *number;
        }
        let number = self.nodes.len();
        self.numbers.insert(key, number);
        self.nodes.push(Crossed { passed, written_by: party });
        self.next.push(BTreeSet::new());
        number
    }

    /// Takes, again and again, the earliest of the messages before which nothing is left.
    fn told(self) -> Vec<Crossed> {
        let Self { nodes, next, .. } = self;
        let mut waiting = vec![0_usize; nodes.len()];
        for after in next.iter().flatten() {
            waiting[*after] += 1;
        }
        let mut left: BTreeSet<usize> = (0..nodes.len()).collect();
        let mut told = Vec::with_capacity(nodes.len());
        while let Some(first) = earliest(&left, &waiting, &nodes) {
            left.remove(&first);
            for after in &next[first] {
                waiting[*after] = waiting[*after].saturating_sub(1);
            }
            told.push(nodes[first].clone());
        }
        told
    }
}

/// The earliest message that nothing left must come before. Should the journals contradict each
/// other, the earliest of all.
fn earliest(left: &BTreeSet<usize>, waiting: &[usize], nodes: &[Crossed]) -> Option<usize> {
    left.iter()
        .copied()
        .min_by_key(|number| (waiting[*number] > 0, nodes[*number].passed.at, *number))
}

#[cfg(test)]
mod tests {
    use openset_node::store::Seq;
    use openset_types::UnixTime;

    use super::*;

    fn passed(at: i64, from: &str, to: &str, name: &str) -> Passed {
        Passed {
            seq: Seq::new(0),
            at: UnixTime::new(at).expect("after 1970"),
            direction: Direction::Out,
            sender: from.to_owned(),
            recipient: to.to_owned(),
            name: name.to_owned(),
            xid: None,
            rrpid: None,
            octets: name.as_bytes().to_vec(),
        }
    }

    fn names(story: &[Crossed]) -> Vec<&str> {
        story.iter().map(|crossed| crossed.passed.name.as_str()).collect()
    }

    #[test]
    fn a_message_within_a_conversation_stands_between_question_and_answer() {
        let wallet =
            vec![passed(1, "wallet", "merchant", "PReq"), passed(1, "merchant", "wallet", "PRes")];
        let merchant = vec![
            passed(1, "wallet", "merchant", "PReq"),
            passed(1, "merchant", "gateway", "AuthReq"),
            passed(1, "gateway", "merchant", "AuthRes"),
            passed(1, "merchant", "wallet", "PRes"),
        ];
        let gateway = vec![
            passed(1, "merchant", "gateway", "AuthReq"),
            passed(1, "gateway", "issuer", "0100"),
            passed(1, "issuer", "gateway", "0110"),
            passed(1, "gateway", "merchant", "AuthRes"),
        ];
        let expected = ["PReq", "AuthReq", "0100", "0110", "AuthRes", "PRes"];
        let orders =
            [[wallet.clone(), merchant.clone(), gateway.clone()], [gateway, merchant, wallet]];
        for journals in orders {
            let story = merge(journals.into_iter().map(|journal| ("x", journal)).collect());
            assert_eq!(names(&story), expected);
        }
    }

    #[test]
    fn a_repeated_message_counts_once() {
        let twice = vec![passed(1, "a", "b", "AuthReq"), passed(2, "a", "b", "AuthReq")];
        assert_eq!(merge(vec![("a", twice)]).len(), 1);
    }

    #[test]
    fn where_journals_leave_it_open_the_earlier_second_comes_first() {
        let one = vec![passed(5, "a", "b", "later")];
        let other = vec![passed(2, "c", "d", "earlier")];
        assert_eq!(names(&merge(vec![("a", one), ("c", other)])), ["earlier", "later"]);
    }

    #[test]
    fn journals_that_contradict_each_other_lose_nothing() {
        let one = vec![passed(1, "a", "b", "x"), passed(1, "a", "b", "y")];
        let other = vec![passed(1, "a", "b", "y"), passed(1, "a", "b", "x")];
        assert_eq!(merge(vec![("a", one), ("b", other)]).len(), 2);
    }
}

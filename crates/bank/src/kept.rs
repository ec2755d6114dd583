//! What a bank decides, together with what must be kept of it.

/// An answer and the records it rests on. Whoever takes the records must store them before the
/// answer leaves.
#[must_use = "store the records, then give the answer"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided<A, R> {
    /// What is answered.
    pub answer: A,
    /// What must be stored first, in this order; a later record of the same key replaces an
    /// earlier one.
    pub records: Vec<R>,
}

impl<A, R> Decided<A, R> {
    /// An answer that rests on these records.
    pub fn new(answer: A, records: Vec<R>) -> Self {
        Self { answer, records }
    }

    /// An answer that changes nothing.
    pub fn unchanged(answer: A) -> Self {
        Self { answer, records: Vec::new() }
    }
}

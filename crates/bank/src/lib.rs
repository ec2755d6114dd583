//! Placeholder until the crate is furnished.

//! What a store promises: one list of sentences, tried on both engines.

mod errands;
#[cfg(target_os = "linux")]
mod faults;
mod file;
mod ground;
mod instances;
mod journal;
mod nodes;
mod registers;

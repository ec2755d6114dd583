//! What a store promises: one list of sentences, tried on both engines.

mod errands;
mod file;
mod ground;
mod instances;
mod journal;
mod nodes;
mod registers;

//! Writes the samples of the tests as files into `vectors/`, where other readers find them.
//!
//! `cargo run -p openset-wire --example write_vectors`, after a change of the wire format that is
//! meant. The tests compare; only this writes.

#[path = "../tests/sample/mod.rs"]
mod sample;

use std::{fs, io, path::Path};

fn main() -> io::Result<()> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    fs::create_dir_all(vectors.join("inside"))?;
    for sample in sample::all() {
        fs::write(vectors.join(&sample.file), &sample.octets)?;
    }
    Ok(())
}

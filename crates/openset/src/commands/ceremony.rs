//! `openset ceremony`: authorities whose keys are apart, certified by files that people carry.
//!
//! What may be signed and what is believed is decided in [`openset_protocol::ceremony`]; here are
//! folders, files and the people at the terminal. A refusal writes nothing but its line in the
//! folder's log.

mod accept;
mod held;
mod init;
mod list;
mod named;
mod operators;
mod plate;
mod record;
mod request;
mod roll;
mod sign;
mod stick;
#[cfg(test)]
mod tests;

use std::{fs, path::Path};

use openset_crypto::{Suite, statement::Statement};

use crate::{
    args::{Ceremony, CeremonyDeed, SuiteName},
    demo::open::harden,
    ending::{Done, Ending},
};

/// Does what is asked.
pub(crate) fn ceremony(ceremony: &Ceremony) -> Done {
    harden();
    match &ceremony.deed {
        CeremonyDeed::Init(init) => init::init(init),
        CeremonyDeed::Request(request) => request::request(request),
        CeremonyDeed::Sign(sign) => sign::sign(sign),
        CeremonyDeed::Accept(accept) => accept::accept(accept),
        CeremonyDeed::List(list) => list::list(list),
        CeremonyDeed::Roll(roll) => roll::roll(roll),
    }
}

/// Reads a file that somebody brought.
pub(crate) fn brought(path: &Path) -> Result<String, Ending> {
    let unfit =
        |what: &dyn std::fmt::Display| Ending::input(format_args!("{}: {what}", path.display()));
    let length = fs::metadata(path).map_err(|error| unfit(&error))?.len();
    if length > FILE_OCTETS_MAX {
        return Err(unfit(&"longer than any file of a ceremony"));
    }
    fs::read_to_string(path).map_err(|error| unfit(&error))
}

/// Reads a statement that somebody brought.
fn statement(path: &Path) -> Result<Statement, Ending> {
    Statement::read(&brought(path)?)
        .map_err(|error| Ending::input(format_args!("{}: {error}", path.display())))
}

/// Refuses to write over a file, before anything is done.
pub(crate) fn require_free(out: &Path) -> Done {
    match out.exists() {
        true => Err(Ending::input(format_args!("{} is there already", out.display()))),
        false => Ok(()),
    }
}

fn suite(name: SuiteName) -> Suite {
    match name {
        SuiteName::Modern => Suite::Modern,
        SuiteName::Set10 => Suite::Set10,
    }
}

const FILE_OCTETS_MAX: u64 = 1024 * 1024;

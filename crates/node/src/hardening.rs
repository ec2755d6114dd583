//! What a process that may hold card numbers asks of the operating system before it starts.

use crate::fault::Fault;

/// Forbids core dumps and debuggers of other processes, so that memory is not written to a disk.
///
/// A dump of a process that once held a card number contains it (abuse case 31).
#[cfg(target_os = "linux")]
pub fn forbid_core_dumps() -> Result<(), Fault> {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    set_dumpable_behavior(DumpableBehavior::NotDumpable)
        .map_err(|error| Fault::File(std::io::Error::from(error).kind()))
}

/// Other systems are asked nothing: their administrators decide about dumps.
#[cfg(not(target_os = "linux"))]
pub fn forbid_core_dumps() -> Result<(), Fault> {
    Ok(())
}

/// Allows as many open sockets and files as the administrator permits.
#[cfg(unix)]
pub fn allow_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the number of open files stays as it was");
    }
}

/// Other systems have no such number to raise.
#[cfg(not(unix))]
pub fn allow_open_files() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_forbids_dumps_is_not_dumpable() {
        use rustix::process::{DumpableBehavior, dumpable_behavior};
        forbid_core_dumps().expect("a process may always forbid its own dumps");
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
    }
}

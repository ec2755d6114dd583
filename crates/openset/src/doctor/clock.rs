//! Whether the clock can be right: certificates are judged by it.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use openset_node::clock::{Clock, SystemClock};
use openset_types::UnixTime;

use super::Finding;

const ABOUT: &str = "clock";
const REMEDY: &str = "set the clock: timedatectl set-ntp true, or date --set";
/// Files may be this much younger than now: file systems round.
const AHEAD: Duration = Duration::from_secs(120);

/// Compares the clock with when this was written and with the youngest file of the data.
pub(super) fn look(data: &Path) -> Finding {
    let now = SystemClock.now();
    if now.seconds_since(written()) < 0 {
        let found = format!("{now} is before OpenSET was written");
        return Finding::bad(ABOUT, found, REMEDY);
    }
    if is_from_the_future(data) {
        let found = format!("{now} is earlier than the last start of the demo");
        return Finding::bad(ABOUT, found, REMEDY);
    }
    Finding::good(ABOUT, now.to_string())
}

fn written() -> UnixTime {
    UnixTime::parse_generalized("20261101000000Z").expect("a real moment")
}

fn is_from_the_future(data: &Path) -> bool {
    let Ok(entries) = fs::read_dir(data) else { return false };
    let latest = SystemTime::now() + AHEAD;
    entries
        .filter_map(|entry| entry.ok()?.metadata().ok()?.modified().ok())
        .any(|modified| modified > latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_from_tomorrow_means_that_the_clock_went_back() {
        let data = tempfile::tempdir().expect("a folder");
        assert!(!is_from_the_future(data.path()));
        let file = fs::File::create(data.path().join("a")).expect("a file");
        file.set_modified(SystemTime::now() + Duration::from_secs(86_400)).expect("its time");
        assert!(is_from_the_future(data.path()));
        assert!(!is_from_the_future(&data.path().join("missing")));
    }
}

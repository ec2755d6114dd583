//! How often a passphrase may be wrong before there is a pause. Counted on the disk, so that a
//! restart forgives nothing.

use std::path::PathBuf;

use openset_types::UnixTime;

use super::file;
use crate::fault::Fault;

/// Wrong passphrases before the first pause.
const BEFORE_PAUSE: u32 = 5;
/// The first pause; each further wrong one doubles it.
const PAUSE_S: i64 = 60;
/// The longest pause.
const PAUSE_MAX_S: i64 = 3_600;

/// The tries that went wrong since the last right one.
#[derive(Debug)]
pub(super) struct Tries {
    path: PathBuf,
}

/// Whether another try may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Permit {
    /// It may; if it goes wrong, so many are left before a pause.
    Try { left_after: u32 },
    /// Not for so many seconds.
    Wait { seconds: u32 },
}

/// What the file says: how many, and when the last was.
struct Wrong {
    count: u32,
    last_at: i64,
}

impl Tries {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Counts a try before it is made, unless there is a pause. Whoever pulls the plug while it
    /// is made has used it up.
    pub(super) fn begin(&self, now: UnixTime) -> Result<Permit, Fault> {
        let wrong = self.read()?;
        let seconds = wrong.wait_s(now.seconds());
        if seconds > 0 {
            return Ok(Permit::Wait { seconds });
        }
        let count = wrong.count.saturating_add(1);
        file::replace(&self.path, format!("{count} {}", now.seconds()).as_bytes())?;
        Ok(Permit::Try { left_after: BEFORE_PAUSE.saturating_sub(count) })
    }

    /// The passphrase was right: all is forgiven.
    pub(super) fn forgive(&self) -> Result<(), Fault> {
        file::replace(&self.path, b"0 0")
    }

    /// A file that is no count counts as a pause, and not as a fresh start.
    fn read(&self) -> Result<Wrong, Fault> {
        let Some(octets) = file::read(&self.path)? else {
            return Ok(Wrong { count: 0, last_at: 0 });
        };
        let text = String::from_utf8_lossy(&octets);
        let (count, last_at) = text.split_once(' ').ok_or(Fault::StateUnreadable)?;
        Ok(Wrong {
            count: count.parse().map_err(|_| Fault::StateUnreadable)?,
            last_at: last_at.parse().map_err(|_| Fault::StateUnreadable)?,
        })
    }
}

impl Wrong {
    /// A clock that was put back does not shorten the pause.
    fn wait_s(&self, now: i64) -> u32 {
        let Some(beyond) = self.count.checked_sub(BEFORE_PAUSE) else { return 0 };
        let pause = PAUSE_S.saturating_mul(1_i64 << beyond.min(16)).min(PAUSE_MAX_S);
        let since = now.saturating_sub(self.last_at).max(0);
        u32::try_from(pause.saturating_sub(since)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(1_000_000 + seconds).expect("a moment after 1970")
    }

    fn tries() -> (tempfile::TempDir, Tries) {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let tries = Tries::new(folder.path().join("tries"));
        (folder, tries)
    }

    fn use_up(tries: &Tries) {
        for left_after in (0..BEFORE_PAUSE).rev() {
            assert_eq!(tries.begin(at(0)), Ok(Permit::Try { left_after }));
        }
    }

    #[test]
    fn five_wrong_ones_bring_a_pause_that_doubles() {
        let (_folder, tries) = tries();
        use_up(&tries);
        assert_eq!(tries.begin(at(0)), Ok(Permit::Wait { seconds: 60 }));
        assert_eq!(tries.begin(at(59)), Ok(Permit::Wait { seconds: 1 }));
        assert_eq!(tries.begin(at(60)), Ok(Permit::Try { left_after: 0 }));
        assert_eq!(tries.begin(at(60)), Ok(Permit::Wait { seconds: 120 }));
    }

    #[test]
    fn a_right_one_forgives_all() {
        let (_folder, tries) = tries();
        use_up(&tries);
        tries.forgive().expect("a file");
        assert_eq!(tries.begin(at(0)), Ok(Permit::Try { left_after: 4 }));
    }

    #[test]
    fn putting_the_clock_back_does_not_shorten_the_pause() {
        let (_folder, tries) = tries();
        use_up(&tries);
        assert_eq!(tries.begin(at(-90_000)), Ok(Permit::Wait { seconds: 60 }));
    }

    #[test]
    fn a_spoiled_count_is_no_fresh_start() {
        let (_folder, tries) = tries();
        for spoiled in ["", "0", "x 0", "-1 0", "0 x"] {
            std::fs::write(&tries.path, spoiled).expect("a file");
            assert_eq!(tries.begin(at(0)), Err(Fault::StateUnreadable), "{spoiled:?}");
        }
    }
}
